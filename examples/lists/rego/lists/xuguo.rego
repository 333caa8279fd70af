# METADATA
# title: 虚国基本养老服务清单（虚构）
package lists.xuguo

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 高龄津贴
# custom:
#   item: "1"
grants contains grant.promise("old-age-allowance", {"monthly_cny": p.old_age_monthly}) if {
	input.age >= p.old_age
	input.age < p.very_old_age
}

# METADATA
# title: 高龄津贴
# custom:
#   item: "1"
grants contains grant.promise("old-age-allowance", {"monthly_cny": p.very_old_age_monthly}) if {
	input.age >= p.very_old_age
}

# METADATA
# title: 百岁补贴
# custom:
#   item: "2"
grants contains grant.promise("centenarian-allowance", {
	"monthly_cny": p.centenarian_monthly,
	"once_cny": p.centenarian_gift,
}) if {
	input.age >= p.centenarian_age
}

# METADATA
# title: 能力评估
# custom:
#   item: "3"
grants contains grant.promise("capability-assessment", {"assessment_wait_days": p.assessment_wait}) if {
	elder.is_elder
}

# METADATA
# title: 健康管理
# custom:
#   item: "4"
grants contains grant.promise("health-management", {"checkups_per_year": p.checkups}) if {
	input.age >= p.senior_age
	elder.resident_here
}

# METADATA
# title: 养老服务补贴
# custom:
#   item: "5"
grants contains grant.promise("care-service-subsidy", {"monthly_cny": p.care_monthly}) if {
	elder.is_elder
	input.income_monthly_cny <= p.income_limit
}

# METADATA
# title: 养老服务补贴
# custom:
#   item: "5"
grants contains grant.discretionary("care-service-subsidy", {"monthly_cny": p.care_monthly}) if {
	elder.is_elder
	input.income_monthly_cny > p.income_limit
	input.income_monthly_cny <= p.wider_income_limit
}

# METADATA
# title: 护理补贴
# custom:
#   item: "6"
grants contains grant.promise("nursing-subsidy", {"monthly_cny": p.nursing_monthly}) if {
	elder.is_elder
	elder.economic_hardship
	input.self_care == "partial"
}

# METADATA
# title: 护理补贴
# custom:
#   item: "6"
grants contains grant.promise("nursing-subsidy", {"monthly_cny": grant.percent(
	p.nursing_monthly,
	p.full_nursing_percent,
)}) if {
	elder.is_elder
	elder.economic_hardship
	input.self_care == "none"
}

# METADATA
# title: 重度残疾人护理补贴
# custom:
#   item: "7"
grants contains grant.promise("disabled-nursing-allowance", {"monthly_cny": p.disabled_nursing_monthly}) if {
	elder.is_elder
	elder.severely_disabled
}

# METADATA
# title: 特困分散供养
# custom:
#   item: "8"
grants contains grant.promise("dispersed-support", {"living_monthly_cny": grant.times(
	p.dibao_monthly,
	p.living_multiple,
)}) if {
	elder.is_elder
	input.assistance_category == "tekun"
	input.support_mode == "dispersed"
}

# METADATA
# title: 特困分散供养
# custom:
#   item: "8"
grants contains grant.promise("dispersed-support", {"nursing_monthly_cny": p.tekun_nursing_monthly}) if {
	elder.is_elder
	input.assistance_category == "tekun"
	input.support_mode == "dispersed"
	elder.unable
}

# METADATA
# title: 养老服务券
# custom:
#   item: "9"
grants contains grant.promise("care-voucher", {"care_voucher_monthly_cny": p.voucher_monthly}) if {
	elder.is_elder
	elder.unable
}

# METADATA
# title: 助餐
# custom:
#   item: "10"
grants contains grant.promise("meal-subsidy", {
	"meal_voucher_cny": p.meal_voucher,
	"meal_price_cny": p.meal_price,
}) if {
	elder.is_elder
	input.uses_meal_service
}

# METADATA
# title: 长期护理待遇
# custom:
#   item: "11"
grants contains grant.promise("long-term-care", {
	"cost_share_percent": p.care_share,
	"cost_ceiling_annual_cny": p.care_ceiling,
}) if {
	certified
}

# METADATA
# title: 长期护理待遇
# custom:
#   item: "11"
grants contains grant.promise("long-term-care", {
	"cost_share_percent": p.dibao_care_share,
	"cost_ceiling_annual_cny": p.dibao_care_ceiling,
}) if {
	certified
	input.assistance_category == "dibao"
}

certified if {
	elder.is_elder
	input.care_insured
	input.care_certified
}

# METADATA
# title: 适老化改造
# custom:
#   item: "12"
grants contains grant.promise("home-adaptation", {"adaptation_household_cny": p.adaptation_worth}) if {
	elder.is_elder
	elder.economic_hardship
}

# METADATA
# title: 探访陪伴
# custom:
#   item: "13"
grants contains grant.promise("visiting-service", {"visits_per_month": p.visits}) if {
	elder.is_elder
	elder.special_difficulty
}

# METADATA
# title: 探访陪伴
# custom:
#   item: "13"
grants contains grant.promise("visiting-service", {"companion_hours_per_week": p.companion_hours}) if {
	elder.is_elder
	input.living_alone
}

# METADATA
# title: 住院陪护补贴
# custom:
#   item: "14"
grants contains grant.promise("hospital-companion", {"companion_daily_cny": p.companion_daily}) if {
	elder.is_elder
	input.living_alone
	input.hospitalised
}

# METADATA
# title: 喘息服务
# custom:
#   item: "15"
grants contains grant.promise("respite-care", {
	"respite_hourly_cny": p.respite_hourly,
	"nursing_visit_cny": p.nursing_visit,
}) if {
	elder.is_elder
	elder.unable
	input.caregiver_training in {"inclusive", "order_based"}
}

# METADATA
# title: 公交优惠
# custom:
#   item: "16"
grants contains grant.promise("public-transport-concession", {"bus_discount_percent": p.bus_discount_percent}) if {
	input.age >= p.senior_age
	elder.registered_here
}
