# METADATA
# title: 虚构的县级清单
package lists.lianxian

import data.grant
import data.parameters as p

# METADATA
# title: 医疗救助
# custom:
#   item: "1"
grants contains grant.promise("medical-assistance", {
	"premium_subsidy_percent": p.share_county,
	"annual_cny": p.ceiling_county,
}) if {
	input.age >= 70
	input.economic_hardship
}

# METADATA
# title: 医疗救助
# custom:
#   item: "1"
grants contains grant.promise("medical-assistance", {
	"premium_subsidy_percent": p.share_whole,
	"annual_cny": p.ceiling_open,
}) if {
	input.special_family
}
