# METADATA
# title: 老年人的共用判断
# description: Predicates about an elder that the lists share. A list may define its own instead.
package elder

import data.parameters as p

# METADATA
# title: 老年人
is_elder if input.age >= p.elder_age

# METADATA
# title: 经济困难
# scope: document
economic_hardship if input.economic_hardship

economic_hardship if input.assistance_category in {"dibao", "tekun", "dibao_marginal"}

# METADATA
# title: 生活不能自理（失能）
unable if input.self_care in {"partial", "none"}

# METADATA
# title: 持有残疾人证
disabled if input.disability_grade in {1, 2, 3, 4}

# METADATA
# title: 重残
severely_disabled if input.disability_grade in {1, 2}

# METADATA
# title: 特殊困难老年人（探访对象）
# scope: document
special_difficulty if input.living_alone

special_difficulty if input.empty_nest

special_difficulty if input.left_behind

special_difficulty if unable

special_difficulty if severely_disabled

special_difficulty if input.special_family

# METADATA
# title: 未参加职工基本医疗保险
# description: Only who is not in the employee scheme pays the premium of the resident scheme.
outside_employee_medical_scheme if input.medical_scheme in {"none", "resident"}

# METADATA
# title: 作出特殊贡献的老年人
contributor if {
	input.contributor in {
		"martyr_survivor",
		"duty_death_survivor",
		"illness_death_survivor",
		"disabled_veteran",
		"demobilised_veteran",
		"discharged_veteran",
	}
}

# METADATA
# title: 本地户籍
# description: Registered where the service is claimed.
registered_here if input.local_hukou

# METADATA
# title: 本市户籍
# description: Registered anywhere in the city in which the service is claimed.
# scope: document
registered_in_city if registered_here

registered_in_city if input.hukou_place in {"here", "city"}

# METADATA
# title: 本省户籍
# description: Registered anywhere in the province in which the service is claimed.
# scope: document
registered_in_province if registered_here

registered_in_province if input.hukou_place in {"here", "city", "province"}

# METADATA
# title: 本地常住
# description: Resident where the service is claimed.
resident_here if input.local_resident

# METADATA
# title: 本市常住
# description: Resident anywhere in the city in which the service is claimed.
# scope: document
resident_in_city if resident_here

resident_in_city if input.residence_place in {"here", "city"}

# METADATA
# title: 本省常住
# description: Resident anywhere in the province in which the service is claimed.
# scope: document
resident_in_province if resident_here

resident_in_province if input.residence_place in {"here", "city", "province"}

# METADATA
# title: 互相矛盾的信息
# description: An input for which one of these holds is refused; each message names the attributes, never their values.
# scope: document
contradictions contains "support_mode is given, but assistance_category is not tekun" if {
	input.support_mode in {"dispersed", "concentrated"}
	input.assistance_category in {"none", "dibao", "dibao_marginal", "expenditure_hardship"}
}

contradictions contains "disability_kind is given, but disability_grade says that there is no certificate" if {
	input.disability_kind in {"visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple"}
	input.disability_grade == 0
}

contradictions contains "disability_grade is given, but disability_kind says that there is no disability" if {
	input.disability_kind == "none"
	input.disability_grade in {1, 2, 3, 4}
}
