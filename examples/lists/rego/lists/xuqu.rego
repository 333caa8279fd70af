# METADATA
# title: 虚区基本养老服务清单（虚构）
package lists.xuqu

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 高龄津贴
# custom:
#   item: "1"
grants contains grant.promise("old-age-allowance", {"monthly_cny": p.early_monthly}) if {
	input.age >= p.early_age
	input.age < p.old_age
}

# METADATA
# title: 高龄津贴
# custom:
#   item: "1"
grants contains grant.promise("old-age-allowance", {"monthly_cny": topped_up}) if {
	input.age >= p.old_age
}

topped_up := grant.plus(grant.plus(p.very_old_age_monthly, p.old_age_top_up), p.district_top_up) if {
	input.age >= p.very_old_age
} else := grant.plus(grant.plus(p.old_age_monthly, p.old_age_top_up), p.district_top_up)

# METADATA
# title: 护理补贴
# custom:
#   item: "2"
grants contains grant.promise("nursing-subsidy", {"monthly_cny": p.nursing_monthly}) if {
	elder.is_elder
	elder.economic_hardship
	input.self_care == "partial"
}

# METADATA
# title: 护理补贴
# custom:
#   item: "2"
grants contains grant.promise("nursing-subsidy", {"monthly_cny": p.severe_nursing_monthly}) if {
	elder.is_elder
	elder.economic_hardship
	input.self_care == "none"
}

# METADATA
# title: 居家照料
# custom:
#   item: "3"
grants contains grant.promise("community-home-care", {"companion_hours_per_week": p.home_hours}) if {
	elder.is_elder
	elder.registered_here
	input.living_alone
	input.months_registered >= p.long_registered
}

# METADATA
# title: 适老化改造
# custom:
#   item: "4"
grants contains grant.promise("home-adaptation", {"adaptation_household_cny": p.adaptation_worth}) if {
	elder.is_elder
	elder.economic_hardship
}

# METADATA
# title: 适老化改造
# custom:
#   item: "4"
grants contains grant.discretionary("home-adaptation", {"adaptation_household_cny": p.adaptation_more}) if {
	elder.is_elder
	elder.disabled
}
