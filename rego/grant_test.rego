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

_exactly(value) := {"bound": "exactly", "value": value, "unit": "cny_per_month", "parameters": ["exact"]}

_up_to(value) := {"bound": "at_most", "value": value, "unit": "cny_per_month", "parameters": ["ceiling"]}

_multiple(bound, numerator, denominator) := object.union(_third, {
	"bound": bound,
	"numerator": numerator,
	"denominator": denominator,
})

_percent(bound, value) := {"bound": bound, "value": value, "unit": "percent", "parameters": ["percentage"]}

_other := object.union(_missing, {"parameters": ["other"], "missing": "other"})

_figure(amount) := [amount.bound, amount.value]

test_times_is_exact_only_where_both_are if {
	_figure(grant.times(_exactly(1800), _multiple("exactly", 1, 3))) == ["exactly", 600]
	_figure(grant.times(_exactly(1800), _multiple("at_least", 1, 3))) == ["at_least", 600]
	_figure(grant.times(_base(1800), _multiple("exactly", 1, 3))) == ["at_least", 600]
	_figure(grant.times(_exactly(100), _multiple("exactly", 1, 3))) == ["exactly", 33.34]
}

test_times_of_a_ceiling_is_a_ceiling_rounded_down if {
	_figure(grant.times(_up_to(100), _multiple("exactly", 1, 3))) == ["at_most", 33.33]
	_figure(grant.times(_exactly(100), _multiple("at_most", 1, 3))) == ["at_most", 33.33]
}

test_a_floor_times_a_ceiling_has_no_number if {
	product := grant.times(_up_to(100), _multiple("at_least", 1, 3))
	_figure(product) == ["at_least", null]
	not product.missing
	not product.share
}

test_percent_may_be_over_a_hundred if {
	_figure(grant.percent(_exactly(200), _percent("exactly", 150))) == ["exactly", 300]
	_figure(grant.percent(_base(70), _percent("exactly", 12.5))) == ["at_least", 8.75]
	_figure(grant.percent(_base(0.01), _percent("exactly", 33))) == ["at_least", 0.01]
	_figure(grant.percent(_exactly(999999999.99), _percent("exactly", 100))) == ["exactly", 999999999.99]
	grant.percent(_base(70), _percent("exactly", 50)).unit == "cny_per_month"
}

test_percent_of_an_unknown_number_is_a_share_of_it if {
	half := grant.percent(_missing, _percent("exactly", 50))
	[half.value, half.missing] == [null, "base"]
	half.share == {"of": "base", "numerator": 5000, "denominator": 10000, "plus": 0}
	unknown := grant.percent(_exactly(80), object.union(_percent("exactly", null), {"missing": "percentage"}))
	[unknown.value, unknown.missing] == [null, "percentage"]
	unknown.share == {"of": "percentage", "numerator": 8000, "denominator": 10000, "plus": 0}
}

test_plus_binds_as_both_do if {
	_figure(grant.plus(_exactly(100.01), _exactly(0.02))) == ["exactly", 100.03]
	_figure(grant.plus(_exactly(100), _base(50))) == ["at_least", 150]
	_figure(grant.plus(_base(100), _base(50))) == ["at_least", 150]
	_figure(grant.plus(_up_to(100), _up_to(50))) == ["at_most", 150]
	_figure(grant.plus(_exactly(999999999), _exactly(0.99))) == ["exactly", 999999999.99]
}

test_a_ceiling_adds_nothing_that_is_sure if {
	_figure(grant.plus(_exactly(100), _up_to(50))) == ["at_least", 100]
	_figure(grant.plus(_up_to(50), _base(100))) == ["at_least", 100]
	_figure(grant.plus(_missing, _up_to(50))) == ["at_least", null]
	grant.plus(_missing, _up_to(50)).share.of == "base"
	grant.plus(_exactly(100), _up_to(50)).parameters == ["exact", "ceiling"]
}

test_plus_is_open_while_something_is_missing if {
	sum := grant.plus(_exactly(50), grant.times(_missing, _third))
	[sum.bound, sum.value, sum.missing] == ["at_least", null, "base"]
	sum.share == {"of": "base", "numerator": 1, "denominator": 3, "plus": 500000}
	sum.parameters == ["exact", "base", "share"]
}

test_two_unknown_numbers_are_a_share_of_their_computation if {
	sum := grant.plus(_missing, _other)
	sum.missing == "base"
	sum.share.of == "1/1 × base + 0 + 1/1 × other + 0"
	grant.plus(sum, _exactly(50)).share == object.union(sum.share, {"plus": 500000})
	grant.times(sum, _third).share.of != grant.times(sum, _multiple("at_least", 1, 4)).share.of
	grant.times(_missing, object.union(_third, {"value": null, "missing": "share"})).share.numerator == 1
}

test_units_that_do_not_go_together_are_no_measure_s if {
	grant.plus(_exactly(1), object.union(_exactly(1), {"unit": "cny"})).unit == "cny_per_month and cny"
	grant.times(_exactly(1), _percent("exactly", 50)).unit == "cny_per_month and percent"
	grant.percent(_exactly(1), _third).unit == "cny_per_month and multiple"
}
