# METADATA
# title: 洪洞县基本养老服务清单
package lists.hongtong

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 职工基本医疗保险
# custom:
#   item: "3"
grants contains grant.promise("employee-medical-insurance", {}) if {
	elder.is_elder
	input.medical_scheme == "employee"
}

# METADATA
# title: 城乡居民基本医疗保险
# custom:
#   item: "4"
grants contains grant.promise("resident-medical-insurance", {}) if {
	elder.is_elder
	input.medical_scheme == "resident"
}

# METADATA
# title: 司法救助
# custom:
#   item: "5"
grants contains grant.promise("judicial-assistance", {"legal_aid": grant.included}) if {
	elder.is_elder
	input.legal_aid_eligible
}

# METADATA
# title: 社区居家照料服务
# custom:
#   item: "7"
grants contains grant.promise("community-home-care", {}) if {
	elder.is_elder
}

# METADATA
# title: 独生子女照料假
# custom:
#   item: "8"
grants contains grant.promise("only-child-care-leave", {}) if {
	elder.is_elder
	input.only_child_parent
	input.hospitalised
}

# METADATA
# title: 百岁补贴
# custom:
#   item: "13"
grants contains grant.promise("centenarian-allowance", {"monthly_cny": p.centenarian_allowance_monthly}) if {
	input.age >= p.centenarian_age
	input.local_hukou
}

# METADATA
# title: 公共法律服务
# custom:
#   item: "14"
grants contains grant.promise("public-legal-service", {"notary_fee_waiver_percent": p.notary_fee_waiver_percent}) if {
	input.age >= p.notarisation_age
	input.first_will_notarisation
}
