# METADATA
# title: 虚市基本养老服务清单（虚构）
package lists.xushi

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 长期护理待遇
# custom:
#   item: "3"
grants contains grant.promise("long-term-care", {
	"cost_share_percent": p.city_care_share,
	"cost_ceiling_annual_cny": p.care_ceiling,
}) if {
	certified
}

# METADATA
# title: 长期护理待遇
# custom:
#   item: "3"
grants contains grant.promise("long-term-care", {
	"cost_share_percent": p.dibao_care_share,
	"cost_ceiling_annual_cny": p.dibao_care_ceiling,
}) if {
	certified
	input.assistance_category in {"dibao", "dibao_marginal"}
}

certified if {
	elder.is_elder
	input.care_insured
	input.care_certified
}

# METADATA
# title: 公交优惠
# custom:
#   item: "4"
grants contains grant.promise("public-transport-concession", {
	"bus_discount_percent": p.city_bus_percent,
	"rail_discount_percent": p.city_bus_percent,
}) if {
	input.age >= p.senior_age
	elder.registered_in_city
}

# METADATA
# title: 荣誉津贴
# custom:
#   item: "6"
grants contains grant.promise("honour-allowance", {"monthly_cny": p.honour_monthly}) if {
	elder.is_elder
	input.contributor == "model_worker"
}

# METADATA
# title: 功勋津贴
# custom:
#   item: "7"
grants contains grant.promise("merit-allowance", {"monthly_cny": p.merit_monthly}) if {
	input.age >= p.merit_age
	input.contributor in {"model_worker", "disabled_veteran"}
}

# METADATA
# title: 辅具补助
# custom:
#   item: "9"
grants contains grant.promise("assistive-devices", {"device_cny": device_worth}) if {
	elder.is_elder
	sense_impaired
}

sense_impaired if "visual" in input.impairments

sense_impaired if "hearing" in input.impairments

device_worth := p.both_senses_worth if {
	"visual" in input.impairments
	"hearing" in input.impairments
} else := p.one_sense_worth
