package lists.henan_test

import data.lists.henan

_amount(name, value, unit) := {"bound": "at_least", "value": value, "unit": unit, "parameters": [name]}

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
	"advanced_age": 80,
	"resident_pension_years": 15,
	"premium_subsidy_percent": {"bound": "exactly", "value": 100, "unit": "percent", "parameters": ["premium"]},
	"premium_subsidy_annual": _amount("premium_annual", 80, "cny_per_year"),
	"premium_subsidy_at_risk_annual": _open("premium_at_risk"),
	"old_age_allowance_eighties_from": 80,
	"old_age_allowance_eighties_to": 90,
	"old_age_allowance_eighties_monthly": _amount("eighties", 50, "cny_per_month"),
	"old_age_allowance_nineties_from": 90,
	"old_age_allowance_nineties_to": 99,
	"old_age_allowance_nineties_monthly": _amount("nineties", 100, "cny_per_month"),
	"old_age_allowance_centenarian_from": 100,
	"old_age_allowance_centenarian_monthly": _amount("centenarian", 300, "cny_per_month"),
	"care_service_subsidy_monthly": _amount("care_service_subsidy_monthly", 60, "cny_per_month"),
	"nursing_subsidy_monthly": _amount("nursing_subsidy_monthly", 60, "cny_per_month"),
	"dibao_standard_monthly": _open("dibao_standard_monthly"),
	"living_multiple": _multiple("living_multiple", 13, 10),
	"minimum_wage_monthly": _amount("minimum_wage_monthly", 1800, "cny_per_month"),
	"nursing_share_none": _multiple("nursing_share_none", 1, 3),
	"nursing_share_partial": _multiple("nursing_share_partial", 1, 6),
	"disabled_living_allowance_monthly": _amount("disabled_living_allowance_monthly", 75, "cny_per_month"),
	"disabled_nursing_allowance_monthly": _amount("disabled_nursing_allowance_monthly", 75, "cny_per_month"),
}

_promised(elder, service, measure) := {grant.measures[measure].value |
	some grant in henan.grants with input as elder with data.parameters as _parameters
	grant.service == service
}

_services(elder, discretionary) := {grant.service |
	some grant in henan.grants with input as elder with data.parameters as _parameters
	grant.discretionary == discretionary
}

test_old_age_allowance_by_printed_bracket if {
	wanted := {79: set(), 80: {50}, 89: {50}, 90: {50, 100}, 91: {100}, 99: {100}, 100: {300}}
	every age, value in wanted {
		_promised({"age": age}, "old-age-allowance", "monthly_cny") == value
	}
}

test_nursing_of_destitute_elders_is_a_share_of_the_minimum_wage if {
	modes := {"dispersed": "dispersed-support", "concentrated": "concentrated-support"}
	wanted := {"full": {75}, "partial": {300}, "none": {600}}
	every mode, service in modes {
		every self_care, value in wanted {
			elder := {"age": 60, "assistance_category": "tekun", "support_mode": mode, "self_care": self_care}
			_promised(elder, service, "nursing_monthly_cny") == value
		}
	}
}

test_other_hardship_is_discretionary if {
	unable := {"age": 60, "self_care": "none", "assistance_category": "dibao_marginal"}
	"nursing-subsidy" in _services(unable, true)
	not "nursing-subsidy" in _services(unable, false)
	dibao := object.union(unable, {"assistance_category": "dibao"})
	"nursing-subsidy" in _services(dibao, false)
	not "nursing-subsidy" in _services(dibao, true)
}

test_home_adaptation_is_promised_to_the_destitute_and_permitted_for_dibao if {
	tekun := {"age": 80, "assistance_category": "tekun", "support_mode": "dispersed"}
	"home-adaptation" in _services(tekun, false)
	not "home-adaptation" in _services(object.union(tekun, {"age": 79}), false)
	"home-adaptation" in _services({"age": 80, "assistance_category": "dibao"}, true)
	not "home-adaptation" in _services({"age": 80, "assistance_category": "dibao"}, false)
}

test_special_family_needs_age_or_need_for_the_care_service_subsidy if {
	not "care-service-subsidy" in _services({"age": 79, "special_family": true}, false)
	"care-service-subsidy" in _services({"age": 80, "special_family": true}, false)
	"care-service-subsidy" in _services({"age": 60, "special_family": true, "disability_grade": 4}, false)
}

test_resident_pension_needs_15_years_and_no_other_pension if {
	elder := {"age": 60, "pension_scheme": "resident", "receives_other_pension": false}
	not "resident-pension" in _services(object.union(elder, {"pension_contribution_years": 14}), false)
	paid := object.union(elder, {"pension_contribution_years": 15})
	"resident-pension" in _services(paid, false)
	not "resident-pension" in _services(object.union(paid, {"receives_other_pension": true}), false)
	not "resident-pension" in _services(object.remove(paid, ["receives_other_pension"]), false)
}

test_the_premium_is_that_of_the_resident_scheme_the_rest_is_for_all if {
	elders := {
		"premium_subsidy_percent": {"age": 60, "assistance_category": "tekun"},
		"annual_cny": {"age": 60, "assistance_category": "none", "poverty_monitoring": "returned"},
	}
	every measure, elder in elders {
		count(_promised(object.union(elder, {"medical_scheme": "resident"}), "medical-assistance", measure)) == 1
		count(_promised(object.union(elder, {"medical_scheme": "employee"}), "medical-assistance", measure)) == 0
		"medical-assistance" in _services(object.union(elder, {"medical_scheme": "employee"}), false)
	}
}

test_who_has_the_premium_in_full_has_no_fixed_sum_besides if {
	every monitoring in {"returned", "at_risk"} {
		elder := {"age": 60, "medical_scheme": "none", "poverty_monitoring": monitoring}
		tekun := object.union(elder, {"assistance_category": "tekun"})
		count(_promised(tekun, "medical-assistance", "annual_cny")) == 0
		count(_promised(tekun, "medical-assistance", "premium_subsidy_percent")) == 1
		count(_promised(object.union(elder, {"assistance_category": "none"}), "medical-assistance", "annual_cny")) == 1
	}
}
