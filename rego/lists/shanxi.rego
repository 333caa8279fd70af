# METADATA
# title: 山西省基本养老服务清单
# description: Reconstructed as what both Shuozhou and Hongtong promise; item numbers are Shuozhou's.
package lists.shanxi

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 职工基本养老保险
# custom:
#   item: "1"
grants contains grant.promise("employee-pension", {}) if {
	input.pension_scheme == "employee"
	input.pension_contribution_years >= p.employee_pension_years
	input.retired
}

# METADATA
# title: 城乡居民基本养老保险
# custom:
#   item: "2"
grants contains grant.promise("resident-pension", {}) if {
	input.pension_scheme == "resident"
	input.age >= p.resident_pension_age
	input.pension_contribution_years >= p.resident_pension_years
	input.receives_other_pension == false
}

# METADATA
# title: 司法救助
# custom:
#   item: "3"
grants contains grant.promise("judicial-assistance", {"court_fee_waiver_percent": p.court_fee_waiver_percent}) if {
	elder.is_elder
	input.support_claim_unenforceable
}

# METADATA
# title: 旅游服务
# custom:
#   item: "4"
grants contains grant.promise("tourism-concession", {
	"state_scenic_discount_percent": p.state_scenic_discount_percent,
	"culture_discount_percent": p.culture_discount_percent,
}) if {
	elder.is_elder
}

# METADATA
# title: 旅游服务
# custom:
#   item: "4"
grants contains grant.promise("tourism-concession", {"other_scenic_discount_percent": p.other_scenic_half_percent}) if {
	elder.is_elder
	input.age < p.other_scenic_free_age
}

# METADATA
# title: 旅游服务
# custom:
#   item: "4"
grants contains grant.promise("tourism-concession", {"other_scenic_discount_percent": p.other_scenic_free_percent}) if {
	input.age >= p.other_scenic_free_age
}

# METADATA
# title: 老年人能力综合评估
# custom:
#   item: "5"
grants contains grant.promise("capability-assessment", {}) if {
	input.age >= p.capability_assessment_age
}

# METADATA
# title: 健康管理
# custom:
#   item: "6"
grants contains grant.promise("health-management", {"checkups_per_year": p.checkups_per_year}) if {
	input.age >= p.health_management_age
}

# METADATA
# title: 乘坐城市公共交通工具
# custom:
#   item: "7"
grants contains grant.promise("public-transport-concession", {"bus_discount_percent": p.bus_discount_percent}) if {
	input.age >= p.public_transport_age
}

# METADATA
# title: 高龄津贴
# custom:
#   item: "8"
grants contains grant.promise("old-age-allowance", {"monthly_cny": p.old_age_allowance_monthly}) if {
	input.age >= p.old_age_allowance_age
	input.local_hukou
}

# METADATA
# title: 养老服务补贴
# custom:
#   item: "9"
grants contains grant.promise("care-service-subsidy", {"monthly_cny": p.care_service_subsidy_monthly}) if {
	elder.is_elder
	elder.economic_hardship
}

# METADATA
# title: 养老服务补贴
# custom:
#   item: "9"
grants contains grant.promise("care-service-subsidy", {"monthly_cny": p.care_service_subsidy_advanced_monthly}) if {
	input.age >= p.care_service_subsidy_advanced_age
	elder.economic_hardship
}

# METADATA
# title: 家庭适老化改造
# custom:
#   item: "10"
grants contains grant.promise("home-adaptation", {}) if {
	elder.is_elder
	elder.economic_hardship
	not _concentrated
}

# METADATA
# title: 助餐补贴
# custom:
#   item: "11"
grants contains grant.promise("meal-subsidy", {"meal_support": grant.included}) if {
	input.age >= p.meal_subsidy_age
	input.assistance_category == "dibao"
	input.local_hukou
	input.uses_meal_service
}

# METADATA
# title: 护理补贴
# custom:
#   item: "12"
grants contains grant.promise("nursing-subsidy", {"monthly_cny": p.nursing_subsidy_monthly}) if {
	elder.is_elder
	elder.economic_hardship
	elder.unable
}

# METADATA
# title: 家庭养老支持服务
# custom:
#   item: "13"
grants contains grant.promise("family-care-support", {"once_cny": p.caregiver_training_inclusive_once}) if {
	elder.is_elder
	elder.unable
	input.caregiver_training == "inclusive"
}

# METADATA
# title: 家庭养老支持服务
# custom:
#   item: "13"
grants contains grant.promise("family-care-support", {"once_cny": p.caregiver_training_order_based_once}) if {
	elder.is_elder
	elder.unable
	input.caregiver_training == "order_based"
}

# METADATA
# title: 最低生活保障
# custom:
#   item: "14"
grants contains grant.promise("minimum-living-security", {"temporary_relief": grant.included}) if {
	elder.is_elder
	input.assistance_category == "dibao"
	input.hardship_after_dibao
}

# METADATA
# title: 分散供养
# custom:
#   item: "15"
grants contains grant.promise("dispersed-support", {
	"living_multiple_of_dibao": p.living_multiple,
	"living_monthly_cny": grant.times(p.dibao_standard_monthly, p.living_multiple),
	"funeral": grant.included,
}) if {
	_supported_at_home
}

# METADATA
# title: 分散供养
# custom:
#   item: "15"
grants contains grant.promise("dispersed-support", {"premium_subsidy_percent": p.premium_subsidy_percent}) if {
	_supported_at_home
	elder.outside_employee_medical_scheme
}

# METADATA
# title: 分散供养
# custom:
#   item: "15"
grants contains grant.promise("dispersed-support", {"nursing_monthly_cny": grant.times(
	p.nursing_subsidy_monthly,
	p.nursing_multiple_full,
)}) if {
	_supported_at_home
	input.self_care == "full"
}

# METADATA
# title: 分散供养
# custom:
#   item: "15"
grants contains grant.promise("dispersed-support", {"nursing_monthly_cny": grant.times(
	p.nursing_subsidy_monthly,
	p.nursing_multiple_partial,
)}) if {
	_supported_at_home
	input.self_care == "partial"
}

# METADATA
# title: 分散供养
# custom:
#   item: "15"
grants contains grant.promise("dispersed-support", {"nursing_monthly_cny": grant.times(
	p.nursing_subsidy_monthly,
	p.nursing_multiple_none,
)}) if {
	_supported_at_home
	input.self_care == "none"
}

# METADATA
# title: 分散供养
# custom:
#   item: "15"
grants contains grant.promise("dispersed-support", {"housing_support": grant.included}) if {
	_supported_at_home
	input.housing_hardship
}

# METADATA
# title: 集中供养
# custom:
#   item: "16"
grants contains grant.promise("concentrated-support", {}) if {
	elder.is_elder
	_concentrated
}

# METADATA
# title: 探访服务
# custom:
#   item: "17"
grants contains grant.promise("visiting-service", {"visits_per_month": p.visits_per_month}) if {
	elder.is_elder
	elder.special_difficulty
}

# METADATA
# title: 探访服务
# custom:
#   item: "17"
grants contains grant.promise("visiting-service", {"extra_visits": grant.included}) if {
	elder.is_elder
	elder.unable
}

# METADATA
# title: 集中供养
# custom:
#   item: "18"
grants contains grant.promise("contributor-support", {"medical_support": grant.included}) if {
	elder.is_elder
	elder.contributor
	input.without_supporter
	input.state_pension_benefit
}

# METADATA
# title: 优先享受机构养老
# custom:
#   item: "19"
grants contains grant.promise("priority-institutional-care", {}) if {
	elder.is_elder
	input.special_family
}

# METADATA
# title: 困难残疾人生活补贴
# custom:
#   item: "20"
grants contains grant.promise("disabled-living-allowance", {"monthly_cny": p.disabled_living_allowance_monthly}) if {
	elder.is_elder
	elder.disabled
	input.assistance_category in {"dibao", "dibao_marginal"}
}

# METADATA
# title: 重度残疾人护理补贴
# custom:
#   item: "20"
grants contains grant.promise("disabled-nursing-allowance", {"monthly_cny": p.disabled_nursing_allowance_monthly}) if {
	elder.is_elder
	elder.severely_disabled
}

# METADATA
# title: 重度残疾人护理补贴
# custom:
#   item: "20"
grants contains grant.promise("disabled-nursing-allowance", {"monthly_cny": p.disabled_nursing_allowance_monthly}) if {
	elder.is_elder
	input.disability_grade in {3, 4}
	input.disability_kind in {"intellectual", "mental"}
}

# METADATA
# title: 社会救助
# custom:
#   item: "21"
grants contains grant.promise("vagrant-assistance", {}) if {
	elder.is_elder
	input.homeless
}

_supported_at_home if {
	elder.is_elder
	input.assistance_category == "tekun"
	input.support_mode == "dispersed"
}

# In an institution, and so without a home of one's own to adapt.
_concentrated if {
	input.assistance_category == "tekun"
	input.support_mode == "concentrated"
}
