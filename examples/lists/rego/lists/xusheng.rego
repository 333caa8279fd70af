# METADATA
# title: 虚省基本养老服务清单（虚构）
package lists.xusheng

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 高龄津贴
# custom:
#   item: "1"
grants contains grant.promise("old-age-allowance", {"monthly_cny": grant.plus(
	p.old_age_monthly,
	p.old_age_top_up,
)}) if {
	input.age >= p.old_age
	input.age < p.very_old_age
}

# METADATA
# title: 高龄津贴
# custom:
#   item: "1"
grants contains grant.promise("old-age-allowance", {"monthly_cny": grant.plus(
	p.very_old_age_monthly,
	p.old_age_top_up,
)}) if {
	input.age >= p.very_old_age
}

# METADATA
# title: 重度残疾人护理补贴
# custom:
#   item: "3"
grants contains grant.promise("disabled-nursing-allowance", {"monthly_cny": grant.percent(
	p.disabled_nursing_monthly,
	p.disabled_nursing_percent,
)}) if {
	elder.is_elder
	elder.severely_disabled
}

# METADATA
# title: 冬季取暖补贴
# custom:
#   item: "5"
grants contains grant.promise("winter-heating", {"heating_annual_cny": p.heating_annual}) if {
	input.age >= p.heating_age
	elder.registered_in_province
	input.savings_fen <= p.savings_limit_fen
}

# METADATA
# title: 公共文化
# custom:
#   item: "6"
grants contains grant.promise("public-culture-access", {}) if {
	elder.is_elder
	elder.registered_in_province
}
