# METADATA
# title: 虚构的市级清单
package lists.liancheng

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 医疗救助
# custom:
#   item: "1"
grants contains grant.promise("medical-assistance", {
	"premium_subsidy_percent": p.share_half,
	"annual_cny": p.ceiling_high,
}) if {
	elder.is_elder
}

# METADATA
# title: 医疗救助
# custom:
#   item: "1"
grants contains grant.promise("medical-assistance", {
	"premium_subsidy_percent": p.share_whole,
	"annual_cny": p.ceiling_low,
	"medical_support": grant.included,
}) if {
	elder.is_elder
	input.living_alone
}

# METADATA
# title: 医疗救助
# custom:
#   item: "1"
grants contains grant.promise("medical-assistance", {
	"premium_subsidy_percent": p.share_more,
	"annual_cny": p.ceiling_high,
}) if {
	input.age >= 80
}

# METADATA
# title: 医疗救助
# custom:
#   item: "1"
grants contains grant.promise("medical-assistance", {"annual_cny": p.ceiling_high, "temporary_relief": grant.included}) if {
	input.hospitalised
}

# METADATA
# title: 医疗救助
# custom:
#   item: "1"
grants contains grant.discretionary("medical-assistance", {
	"premium_subsidy_percent": p.share_whole,
	"annual_cny": p.ceiling_high,
}) if {
	input.empty_nest
}

# METADATA
# title: 辅具
# custom:
#   item: "2"
grants contains grant.promise("assistive-devices", {
	"premium_subsidy_percent": p.device_share,
	"once_cny": p.device_ceiling,
}) if {
	input.disability_grade in {1, 2}
}

# METADATA
# title: 辅具
# custom:
#   item: "2"
grants contains grant.promise("assistive-devices", {"once_cny": p.device_money}) if {
	input.disability_grade in {2, 3}
}
