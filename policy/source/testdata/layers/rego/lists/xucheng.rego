# METADATA
# title: 虚构的市级清单
package lists.xucheng

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 公交
# custom:
#   item: "1"
grants contains grant.promise("public-transport-concession", {
	"bus_discount_percent": p.bus_discount_percent,
	"rail_discount_percent": p.bus_discount_percent,
}) if {
	input.age >= p.elder_age
	input.local_hukou
}

# METADATA
# title: 助餐补贴
# custom:
#   item: "3"
grants contains grant.promise("meal-subsidy", {"monthly_cny": p.meal_subsidy_monthly}) if {
	elder.is_elder
	input.uses_meal_service
}

# METADATA
# title: 助餐补贴
# custom:
#   item: "3"
grants contains grant.discretionary("meal-subsidy", {"monthly_cny": p.old_age_allowance_monthly}) if {
	not input.uses_meal_service
}

# METADATA
# title: 百岁补贴
# custom:
#   item: "5"
grants contains grant.promise("centenarian-allowance", {"monthly_cny": grant.times(
	p.old_age_allowance_monthly,
	p.living_multiple,
)}) if {
	input.age >= p.old_age_allowance_age
	input.living_alone
}
