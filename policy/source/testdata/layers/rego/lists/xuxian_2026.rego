# METADATA
# title: 虚构的县级清单（修订）
package lists.xuxian_2026

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 老年餐
# custom:
#   item: "1"
grants contains grant.promise("meal-subsidy", {"monthly_cny": p.top_up_monthly}) if {
	elder.is_elder
	input.empty_nest
}

# METADATA
# title: 高龄补贴
# custom:
#   item: "2"
grants contains grant.promise("old-age-allowance", {"monthly_cny": p.old_age_allowance_ceiling_monthly}) if {
	input.age >= p.old_age_allowance_age
	input.only_child_parent
}

# METADATA
# title: 长寿补贴
# custom:
#   item: "3"
grants contains grant.promise("centenarian-allowance", {
	"monthly_cny": {
		"bound": "at_least",
		"value": p.old_age_allowance_monthly.value * 2.7,
		"unit": "cny_per_month",
		"parameters": ["old_age_allowance_monthly"],
	},
	"once_cny": {
		"bound": "at_most",
		"value": p.old_age_allowance_monthly.value / 7,
		"unit": "cny",
		"parameters": ["old_age_allowance_monthly"],
	},
	"living_multiple_of_dibao": p.living_multiple,
}) if {
	input.age >= p.old_age_allowance_age
	input.left_behind
}

# METADATA
# title: 护理补贴
# custom:
#   item: "4"
grants contains grant.promise("nursing-subsidy", {"monthly_cny": p.flat_monthly}) if {
	elder.unable
}

# METADATA
# title: 护理补贴
# custom:
#   item: "4"
grants contains grant.promise("nursing-subsidy", {"monthly_cny": p.nursing_subsidy_monthly}) if {
	elder.unable
	input.age > input.pension_contribution_years
}

# METADATA
# title: 护理补贴
# custom:
#   item: "4"
grants contains grant.discretionary("nursing-subsidy", {"extra_visits": grant.included}) if {
	elder.is_elder
}
