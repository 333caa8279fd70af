# METADATA
# title: 虚构的省级清单
package lists.paisheng

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 养老服务补贴
# custom:
#   item: "1"
grants contains grant.promise("care-service-subsidy", {"monthly_cny": p.care_monthly}) if {
	elder.is_elder
	elder.economic_hardship
}

# METADATA
# title: 护理补贴
# custom:
#   item: "2"
grants contains grant.promise("nursing-subsidy", {"monthly_cny": p.nursing_monthly}) if {
	elder.is_elder
	elder.unable
}

# METADATA
# title: 高龄津贴
# custom:
#   item: "3"
grants contains grant.promise("old-age-allowance", {"monthly_cny": p.old_age_monthly}) if {
	input.age >= p.old_age
}

# METADATA
# title: 百岁补贴
# custom:
#   item: "4"
grants contains grant.promise("centenarian-allowance", {"monthly_cny": p.old_age_monthly}) if {
	elder.is_elder
	input.living_alone
}

# METADATA
# title: 助餐补贴
# custom:
#   item: "5"
grants contains grant.promise("meal-subsidy", {}) if {
	elder.is_elder
	input.uses_meal_service
}

# METADATA
# title: 助餐补贴
# custom:
#   item: "5"
grants contains grant.discretionary("meal-subsidy", {}) if {
	elder.is_elder
}

# METADATA
# title: 探访服务
# custom:
#   item: "6"
grants contains grant.promise("visiting-service", {}) if {
	input.age - input.pension_contribution_years >= 60
}
