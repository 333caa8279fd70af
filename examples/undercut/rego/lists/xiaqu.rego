# METADATA
# title: 下区基本养老服务清单（虚构）
package lists.xiaqu

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 长期护理待遇
# custom:
#   item: "1"
grants contains grant.promise("long-term-care", {
	"cost_share_percent": p.district_care_share,
	"cost_ceiling_annual_cny": p.care_ceiling,
}) if {
	certified
}

# METADATA
# title: 长期护理待遇
# custom:
#   item: "1"
grants contains grant.promise("long-term-care", {
	"cost_share_percent": p.dibao_care_share,
	"cost_ceiling_annual_cny": p.dibao_care_ceiling,
}) if {
	certified
}

certified if {
	elder.is_elder
	input.care_insured
	input.care_certified
}

# METADATA
# title: 公交优惠
# custom:
#   item: "2"
grants contains grant.promise("public-transport-concession", {
	"bus_discount_percent": p.city_bus_percent,
	"rail_discount_percent": p.city_bus_percent,
}) if {
	input.age >= p.senior_age
	elder.registered_here
}
