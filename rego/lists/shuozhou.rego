# METADATA
# title: 朔州市基本养老服务清单
package lists.shuozhou

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 乘坐城市公共交通工具
# custom:
#   item: "7"
grants contains grant.promise("public-transport-concession", {
	"bus_discount_percent": p.bus_discount_percent,
	"rail_discount_percent": p.rail_discount_percent,
}) if {
	input.age >= p.public_transport_age
}

# METADATA
# title: 高龄津贴
# custom:
#   item: "8"
grants contains grant.promise("old-age-allowance", {"monthly_cny": p.old_age_allowance_monthly}) if {
	input.age >= p.old_age_allowance_age
}

# METADATA
# title: 助餐补贴
# custom:
#   item: "11"
grants contains grant.promise("meal-subsidy", {"meal_support": grant.included}) if {
	elder.is_elder
	input.uses_meal_service
}
