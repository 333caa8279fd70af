package grant_test

import data.grant

_third := {
	"bound": "at_least",
	"value": 0.3333333333333333,
	"numerator": 1,
	"denominator": 3,
	"unit": "multiple",
	"parameters": ["share"],
}

_base(value) := {"bound": "at_least", "value": value, "unit": "cny_per_month", "parameters": ["base"]}

_missing := {"bound": "at_least", "value": null, "unit": "cny_per_month", "parameters": ["base"], "missing": "base"}

test_promise_is_not_discretionary if {
	grant.promise("x", {}) == {"service": "x", "measures": {}, "discretionary": false}
	grant.discretionary("x", {}) == {"service": "x", "measures": {}, "discretionary": true}
}

test_times_is_exact_where_the_product_is_in_fen if {
	grant.times(_base(1800), _third).value == 600
	grant.times(_base(0), _third).value == 0
	grant.times(_base(563), object.union(_third, {"numerator": 13, "denominator": 10})).value == 731.9
}

test_times_rounds_up_to_the_fen if {
	grant.times(_base(1000), _third).value == 333.34
	grant.times(_base(0.01), _third).value == 0.01
}

test_times_names_both_parameters_and_keeps_the_unit if {
	product := grant.times(_base(1800), _third)
	product.parameters == ["base", "share"]
	product.unit == "cny_per_month"
	product.bound == "at_least"
}

test_times_is_open_while_the_base_is_missing if {
	product := grant.times(_missing, _third)
	product.value == null
	product.missing == "base"
	product.parameters == ["base", "share"]
}

test_times_is_open_while_the_multiple_is_missing if {
	multiple := {"bound": "at_least", "value": null, "unit": "multiple", "parameters": ["share"], "missing": "share"}
	grant.times(_base(1800), multiple).missing == "share"
	grant.times(_missing, multiple).missing == "base"
}
