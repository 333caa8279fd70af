package lists.shanxi_test

import data.lists.shanxi

_amount(name, bound, value, unit) := {"bound": bound, "value": value, "unit": unit, "parameters": [name]}

_open(name) := {"bound": "at_least", "value": null, "unit": "cny_per_month", "parameters": [name], "missing": name}

_multiple(name, numerator, denominator) := {
	"bound": "at_least",
	"value": numerator / denominator,
	"numerator": numerator,
	"denominator": denominator,
	"unit": "multiple",
	"parameters": [name],
}

_parameters := {
	"elder_age": 60,
	"other_scenic_free_age": 65,
	"other_scenic_half_percent": _amount("other_scenic_half_percent", "exactly", 50, "percent"),
	"other_scenic_free_percent": _amount("other_scenic_free_percent", "exactly", 100, "percent"),
	"care_service_subsidy_monthly": _open("care_service_subsidy_monthly"),
	"care_service_subsidy_advanced_age": 80,
	"care_service_subsidy_advanced_monthly": _amount(
		"care_service_subsidy_advanced_monthly",
		"at_least", 70, "cny_per_month",
	),
	"nursing_subsidy_monthly": _amount("nursing_subsidy_monthly", "at_least", 100, "cny_per_month"),
	"dibao_standard_monthly": _open("dibao_standard_monthly"),
	"living_multiple": _multiple("living_multiple", 13, 10),
	"premium_subsidy_percent": _amount("premium_subsidy_percent", "exactly", 100, "percent"),
	"nursing_multiple_full": _multiple("nursing_multiple_full", 1, 1),
	"nursing_multiple_partial": _multiple("nursing_multiple_partial", 2, 1),
	"nursing_multiple_none": _multiple("nursing_multiple_none", 3, 1),
	"meal_subsidy_age": 80,
	"resident_pension_age": 60,
	"resident_pension_years": 15,
}

_promised(elder, service, measure) := {value |
	some grant in shanxi.grants with input as elder with data.parameters as _parameters
	grant.service == service
	value := grant.measures[measure].value
}

_granted(elder, service) if {
	some grant in shanxi.grants with input as elder with data.parameters as _parameters
	grant.service == service
}

test_other_scenic_areas_half_price_until_65 if {
	_promised({"age": 59}, "tourism-concession", "other_scenic_discount_percent") == set()
	_promised({"age": 60}, "tourism-concession", "other_scenic_discount_percent") == {50}
	_promised({"age": 64}, "tourism-concession", "other_scenic_discount_percent") == {50}
	_promised({"age": 65}, "tourism-concession", "other_scenic_discount_percent") == {100}
}

test_care_service_subsidy_has_a_figure_from_80 if {
	_promised({"age": 79, "economic_hardship": true}, "care-service-subsidy", "monthly_cny") == {null}
	_promised({"age": 80, "economic_hardship": true}, "care-service-subsidy", "monthly_cny") == {null, 70}
}

test_nursing_of_dispersed_support_rises_with_need if {
	elder := {"age": 70, "assistance_category": "tekun", "support_mode": "dispersed"}
	wanted := {"full": {100}, "partial": {200}, "none": {300}}
	every self_care, value in wanted {
		_promised(object.union(elder, {"self_care": self_care}), "dispersed-support", "nursing_monthly_cny") == value
	}
	_promised(elder, "dispersed-support", "nursing_monthly_cny") == set()
	_promised(elder, "dispersed-support", "living_multiple_of_dibao") == {1.3}
	_promised(elder, "dispersed-support", "living_monthly_cny") == {null}
}

test_unknown_other_pension_does_not_count_as_none if {
	elder := {"age": 60, "pension_scheme": "resident", "pension_contribution_years": 15}
	not _granted(elder, "resident-pension")
	_granted(object.union(elder, {"receives_other_pension": false}), "resident-pension")
}

test_a_home_is_adapted_not_an_institution if {
	elder := {"age": 70, "assistance_category": "tekun"}
	_granted(object.union(elder, {"support_mode": "dispersed"}), "home-adaptation")
	not _granted(object.union(elder, {"support_mode": "concentrated"}), "home-adaptation")
	_granted({"age": 70, "assistance_category": "dibao"}, "home-adaptation")
}

test_the_premium_of_dispersed_support_is_that_of_the_resident_scheme if {
	elder := {"age": 70, "assistance_category": "tekun", "support_mode": "dispersed"}
	wanted := {"none": {100}, "resident": {100}, "employee": set()}
	every scheme, percent in wanted {
		_promised(object.union(elder, {"medical_scheme": scheme}), "dispersed-support", "premium_subsidy_percent") == percent
	}
	_granted(object.union(elder, {"medical_scheme": "employee"}), "dispersed-support")
}

test_meals_are_no_cash if {
	elder := {"age": 80, "assistance_category": "dibao", "local_hukou": true, "uses_meal_service": true}
	_promised(elder, "meal-subsidy", "meal_support") == {1}
	_promised(elder, "meal-subsidy", "monthly_cny") == set()
}
