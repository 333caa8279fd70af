package elder_test

import data.elder

_parameters := {"elder_age": 60}

test_elder_from_the_60th_birthday if {
	not elder.is_elder with input as {"age": 59} with data.parameters as _parameters
	elder.is_elder with input as {"age": 60} with data.parameters as _parameters
}

test_unknown_age_is_not_an_elder if {
	not elder.is_elder with input as {} with data.parameters as _parameters
}

test_hardship_is_recognised_or_follows_from_assistance if {
	elder.economic_hardship with input as {"economic_hardship": true}
	elder.economic_hardship with input as {"assistance_category": "dibao"}
	elder.economic_hardship with input as {"assistance_category": "tekun"}
	elder.economic_hardship with input as {"assistance_category": "dibao_marginal"}
	not elder.economic_hardship with input as {"assistance_category": "expenditure_hardship"}
	not elder.economic_hardship with input as {"economic_hardship": false, "assistance_category": "none"}
}

test_partial_self_care_counts_as_unable if {
	elder.unable with input as {"self_care": "none"}
	elder.unable with input as {"self_care": "partial"}
	not elder.unable with input as {"self_care": "full"}
	not elder.unable with input as {}
}

test_grades_of_disability if {
	not elder.disabled with input as {"disability_grade": 0}
	elder.disabled with input as {"disability_grade": 4}
	not elder.severely_disabled with input as {"disability_grade": 3}
	elder.severely_disabled with input as {"disability_grade": 2}
}

test_each_group_is_in_special_difficulty if {
	groups := [
		{"living_alone": true},
		{"empty_nest": true},
		{"left_behind": true},
		{"special_family": true},
		{"self_care": "partial"},
		{"disability_grade": 2},
	]
	every group in groups {
		elder.special_difficulty with input as group
	}
	not elder.special_difficulty with input as {"living_alone": false, "self_care": "full", "disability_grade": 3}
}

test_the_employee_medical_scheme_is_known_not_to_be_the_elder_s if {
	elder.outside_employee_medical_scheme with input as {"medical_scheme": "none"}
	elder.outside_employee_medical_scheme with input as {"medical_scheme": "resident"}
	not elder.outside_employee_medical_scheme with input as {"medical_scheme": "employee"}
	not elder.outside_employee_medical_scheme with input as {}
}

test_no_contribution_is_no_contributor if {
	elder.contributor with input as {"contributor": "martyr_survivor"}
	not elder.contributor with input as {"contributor": "none"}
}

test_support_mode_contradicts_other_assistance if {
	count(elder.contradictions) == 1 with input as {"support_mode": "dispersed", "assistance_category": "dibao"}
	count(elder.contradictions) == 0 with input as {"support_mode": "dispersed", "assistance_category": "tekun"}
	count(elder.contradictions) == 0 with input as {"support_mode": "dispersed"}
}

test_kind_and_grade_of_disability_go_together if {
	count(elder.contradictions) == 1 with input as {"disability_kind": "mental", "disability_grade": 0}
	count(elder.contradictions) == 1 with input as {"disability_kind": "none", "disability_grade": 4}
	count(elder.contradictions) == 0 with input as {"disability_kind": "mental", "disability_grade": 4}
	count(elder.contradictions) == 0 with input as {"disability_kind": "none", "disability_grade": 0}
}

test_retired_or_not_contradicts_nothing if {
	count(elder.contradictions) == 0 with input as {"retired": false, "pension_scheme": "employee"}
}

test_registered_in_the_city_is_here_or_elsewhere_in_it if {
	elder.registered_in_city with input as {"local_hukou": true}
	elder.registered_in_city with input as {"hukou_place": "city", "local_hukou": false}
	not elder.registered_in_city with input as {"hukou_place": "province", "local_hukou": false}
	not elder.registered_here with input as {"hukou_place": "city", "local_hukou": false}
	elder.registered_in_province with input as {"hukou_place": "province", "local_hukou": false}
	not elder.registered_in_province with input as {"hukou_place": "outside", "local_hukou": false}
}

test_resident_in_the_city_is_here_or_elsewhere_in_it if {
	elder.resident_in_city with input as {"local_resident": true}
	elder.resident_in_city with input as {"residence_place": "city", "local_resident": false}
	not elder.resident_in_city with input as {"residence_place": "province", "local_resident": false}
	not elder.resident_here with input as {"residence_place": "city", "local_resident": false}
	elder.resident_in_province with input as {"residence_place": "province", "local_resident": false}
	not elder.resident_in_province with input as {"residence_place": "outside", "local_resident": false}
}
