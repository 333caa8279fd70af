# METADATA
# title: 河南省基本养老服务清单
# description: Reconstructed from items 1 to 19 of Huojia, which carry out national and provincial rules.
package lists.henan

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 职工基本养老保险
# custom:
#   item: "1"
grants contains grant.promise("employee-pension", {}) if {
	input.pension_scheme == "employee"
	input.retired
}

# METADATA
# title: 城乡居民基本养老保险
# custom:
#   item: "2"
grants contains grant.promise("resident-pension", {}) if {
	elder.is_elder
	input.pension_scheme == "resident"
	input.pension_contribution_years >= p.resident_pension_years
	input.receives_other_pension == false
}

# METADATA
# title: 老年人健康管理
# custom:
#   item: "3"
grants contains grant.promise("health-management", {
	"checkups_per_year": p.checkups_per_year,
	"tcm_sessions_per_year": p.tcm_sessions_per_year,
}) if {
	input.age >= p.health_management_age
	input.local_resident
}

# METADATA
# title: 老年人能力综合评估
# custom:
#   item: "4"
grants contains grant.promise("capability-assessment", {}) if {
	input.age >= p.capability_assessment_age
}

# METADATA
# title: 高龄津贴
# custom:
#   item: "5"
grants contains grant.promise("old-age-allowance", {"monthly_cny": p.old_age_allowance_eighties_monthly}) if {
	input.age >= p.old_age_allowance_eighties_from
	input.age <= p.old_age_allowance_eighties_to
}

# METADATA
# title: 高龄津贴
# custom:
#   item: "5"
grants contains grant.promise("old-age-allowance", {"monthly_cny": p.old_age_allowance_nineties_monthly}) if {
	input.age >= p.old_age_allowance_nineties_from
	input.age <= p.old_age_allowance_nineties_to
}

# METADATA
# title: 高龄津贴
# custom:
#   item: "5"
grants contains grant.promise("old-age-allowance", {"monthly_cny": p.old_age_allowance_centenarian_monthly}) if {
	input.age >= p.old_age_allowance_centenarian_from
}

# METADATA
# title: 最低社会保障
# custom:
#   item: "6"
grants contains grant.promise("minimum-living-security", {}) if {
	elder.is_elder
	input.assistance_category == "dibao"
}

# METADATA
# title: 最低社会保障
# custom:
#   item: "6"
grants contains grant.promise("minimum-living-security", {"temporary_relief": grant.included}) if {
	elder.is_elder
	input.assistance_category == "dibao"
	input.hardship_after_dibao
}

# METADATA
# title: 养老服务补贴
# custom:
#   item: "7"
grants contains grant.promise("care-service-subsidy", {"monthly_cny": p.care_service_subsidy_monthly}) if {
	elder.is_elder
	input.assistance_category == "dibao"
}

# METADATA
# title: 养老服务补贴
# custom:
#   item: "7"
grants contains grant.promise("care-service-subsidy", {"monthly_cny": p.care_service_subsidy_monthly}) if {
	elder.is_elder
	_special_family_subsidised
}

# METADATA
# title: 养老服务补贴
# custom:
#   item: "7"
grants contains grant.promise("care-service-subsidy", {"monthly_cny": p.care_service_subsidy_tekun_monthly}) if {
	elder.is_elder
	input.assistance_category == "tekun"
}

# METADATA
# title: 养老服务补贴
# custom:
#   item: "7"
grants contains grant.discretionary("care-service-subsidy", {"monthly_cny": p.care_service_subsidy_monthly}) if {
	elder.is_elder
	_other_hardship
	not _special_family_subsidised
}

# METADATA
# title: 家庭适老化改造
# custom:
#   item: "8"
grants contains grant.promise("home-adaptation", {}) if {
	_supported_at_home
	_frail
}

# METADATA
# title: 家庭适老化改造
# custom:
#   item: "8"
grants contains grant.discretionary("home-adaptation", {}) if {
	elder.is_elder
	input.assistance_category == "dibao"
	_frail
}

# METADATA
# title: 特困老年人分散供养
# custom:
#   item: "9"
grants contains grant.promise("dispersed-support", {
	"living_multiple_of_dibao": p.living_multiple,
	"living_monthly_cny": grant.times(p.dibao_standard_monthly, p.living_multiple),
	"medical_support": grant.included,
	"funeral": grant.included,
}) if {
	_supported_at_home
}

# METADATA
# title: 特困老年人分散供养
# custom:
#   item: "9"
grants contains grant.promise("dispersed-support", {"nursing_monthly_cny": p.disabled_nursing_allowance_monthly}) if {
	_supported_at_home
	input.self_care == "full"
}

# METADATA
# title: 特困老年人分散供养
# custom:
#   item: "9"
grants contains grant.promise("dispersed-support", {"nursing_monthly_cny": grant.times(
	p.minimum_wage_monthly,
	p.nursing_share_partial,
)}) if {
	_supported_at_home
	input.self_care == "partial"
}

# METADATA
# title: 特困老年人分散供养
# custom:
#   item: "9"
grants contains grant.promise("dispersed-support", {"nursing_monthly_cny": grant.times(
	p.minimum_wage_monthly,
	p.nursing_share_none,
)}) if {
	_supported_at_home
	input.self_care == "none"
}

# METADATA
# title: 特困老年人集中供养
# custom:
#   item: "10"
grants contains grant.promise("concentrated-support", {
	"living_multiple_of_dibao": p.living_multiple,
	"living_monthly_cny": grant.times(p.dibao_standard_monthly, p.living_multiple),
	"medical_support": grant.included,
	"funeral": grant.included,
}) if {
	_supported_in_institution
}

# METADATA
# title: 特困老年人集中供养
# custom:
#   item: "10"
grants contains grant.promise("concentrated-support", {
	"nursing_monthly_cny": p.disabled_nursing_allowance_monthly,
}) if {
	_supported_in_institution
	input.self_care == "full"
}

# METADATA
# title: 特困老年人集中供养
# custom:
#   item: "10"
grants contains grant.promise("concentrated-support", {"nursing_monthly_cny": grant.times(
	p.minimum_wage_monthly,
	p.nursing_share_partial,
)}) if {
	_supported_in_institution
	input.self_care == "partial"
}

# METADATA
# title: 特困老年人集中供养
# custom:
#   item: "10"
grants contains grant.promise("concentrated-support", {"nursing_monthly_cny": grant.times(
	p.minimum_wage_monthly,
	p.nursing_share_none,
)}) if {
	_supported_in_institution
	input.self_care == "none"
}

# METADATA
# title: 护理补贴
# custom:
#   item: "11"
grants contains grant.promise("nursing-subsidy", {"monthly_cny": p.nursing_subsidy_monthly}) if {
	elder.is_elder
	input.assistance_category == "dibao"
	elder.unable
}

# METADATA
# title: 护理补贴
# custom:
#   item: "11"
grants contains grant.discretionary("nursing-subsidy", {"monthly_cny": p.nursing_subsidy_monthly}) if {
	elder.is_elder
	_other_hardship
	elder.unable
}

# METADATA
# title: 家庭养老支持服务
# custom:
#   item: "12"
grants contains grant.promise("family-care-support", {"once_cny": p.caregiver_training_once}) if {
	elder.is_elder
	elder.unable
	input.caregiver_training in {"inclusive", "order_based"}
}

# METADATA
# title: 对国家和社会作出特殊贡献的老年人集中供养
# custom:
#   item: "13"
grants contains grant.promise("contributor-support", {"medical_support": grant.included}) if {
	elder.is_elder
	elder.contributor
	input.without_supporter
	input.state_pension_benefit
}

# METADATA
# title: 困难残疾人生活补贴
# custom:
#   item: "14"
grants contains grant.promise("disabled-living-allowance", {"monthly_cny": p.disabled_living_allowance_monthly}) if {
	elder.is_elder
	elder.disabled
	input.assistance_category == "dibao"
}

# METADATA
# title: 困难残疾人生活补贴
# custom:
#   item: "14"
grants contains grant.discretionary("disabled-living-allowance", {
	"monthly_cny": p.disabled_living_allowance_monthly,
}) if {
	elder.is_elder
	elder.disabled
	_other_hardship
}

# METADATA
# title: 重度残疾人护理补贴
# custom:
#   item: "14"
grants contains grant.promise("disabled-nursing-allowance", {"monthly_cny": p.disabled_nursing_allowance_monthly}) if {
	elder.is_elder
	elder.severely_disabled
	input.long_term_care_need
}

# METADATA
# title: 康复辅具适配
# custom:
#   item: "15"
grants contains grant.promise("assistive-devices", {}) if {
	elder.is_elder
	elder.disabled
}

# METADATA
# title: 生活无着的流浪乞讨老年人社会救助
# custom:
#   item: "16"
grants contains grant.promise("vagrant-assistance", {}) if {
	elder.is_elder
	input.homeless
}

# METADATA
# title: 医疗救助
# custom:
#   item: "17"
grants contains grant.promise("medical-assistance", {}) if {
	elder.is_elder
	_medically_assisted
}

# METADATA
# title: 医疗救助
# custom:
#   item: "17"
grants contains grant.promise("medical-assistance", {"premium_subsidy_percent": p.premium_subsidy_percent}) if {
	elder.is_elder
	input.assistance_category == "tekun"
	elder.outside_employee_medical_scheme
}

# METADATA
# title: 医疗救助
# custom:
#   item: "17"
grants contains grant.promise("medical-assistance", {"annual_cny": p.premium_subsidy_annual}) if {
	elder.is_elder
	input.assistance_category == "dibao"
	elder.outside_employee_medical_scheme
}

# METADATA
# title: 医疗救助
# custom:
#   item: "17"
grants contains grant.promise("medical-assistance", {"annual_cny": p.premium_subsidy_annual}) if {
	elder.is_elder
	input.poverty_monitoring == "returned"
	_not_destitute
	elder.outside_employee_medical_scheme
}

# METADATA
# title: 医疗救助
# custom:
#   item: "17"
grants contains grant.promise("medical-assistance", {"annual_cny": p.premium_subsidy_at_risk_annual}) if {
	elder.is_elder
	input.poverty_monitoring == "at_risk"
	_not_destitute
	elder.outside_employee_medical_scheme
}

# METADATA
# title: 探访服务
# custom:
#   item: "18"
grants contains grant.promise("visiting-service", {"visits_per_month": p.visits_per_month}) if {
	elder.is_elder
	elder.special_difficulty
}

# METADATA
# title: 优先享受机构养老服务
# custom:
#   item: "19"
grants contains grant.promise("priority-institutional-care", {}) if {
	elder.is_elder
	input.special_family
}

# Of great age, unable to care for oneself, or disabled.
_frail if input.age >= p.advanced_age

_frail if elder.unable

_frail if elder.disabled

_supported_at_home if {
	elder.is_elder
	input.assistance_category == "tekun"
	input.support_mode == "dispersed"
}

_supported_in_institution if {
	elder.is_elder
	input.assistance_category == "tekun"
	input.support_mode == "concentrated"
}

# Of the groups that medical assistance names, whatever medical scheme one is in.
_medically_assisted if input.assistance_category in {"tekun", "dibao"}

_medically_assisted if input.poverty_monitoring in {"returned", "at_risk"}

# Who is destitute has the premium paid in full, and no sum towards it besides.
_not_destitute if input.assistance_category in {"none", "dibao", "dibao_marginal", "expenditure_hardship"}

_special_family_subsidised if {
	input.special_family
	_frail
}

# In hardship, but in none of the groups of assistance that the text names in the first place.
_other_hardship if input.assistance_category in {"dibao_marginal", "expenditure_hardship"}

_other_hardship if {
	input.economic_hardship
	input.assistance_category == "none"
}
