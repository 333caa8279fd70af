package eldercare_test

import data.eldercare

_floor(value) := {"bound": "at_least", "value": value, "unit": "cny_per_month", "parameters": ["amount"]}

_amount(bound, value) := {"bound": bound, "value": value, "unit": "cny_per_month", "parameters": ["amount"]}

_open := {"bound": "at_least", "value": null, "unit": "cny_per_month", "parameters": ["wage"], "missing": "wage"}

_left := {"bound": "set_locally", "value": null, "unit": "cny_per_month", "parameters": ["left"], "missing": "left"}

_grant(service, measures) := {"service": service, "measures": measures, "discretionary": false}

_service(id, inherits) := {
	"id": id,
	"item": "1",
	"name": id,
	"access": "automatic",
	"inherits": inherits,
	"cite": [id],
}

_list(stem, id, parent, from, services) := {
	"stems": [stem],
	"jurisdiction": {"id": id, "parent": parent},
	"effective_from": from,
	"parameters": {},
	"services": services,
	"choose_higher": [],
}

_catalogs(lists) := {
	"vocabulary": {
		"attributes": {
			"age": {"type": "integer", "min": 0, "max": 130},
			"local_hukou": {"type": "boolean"},
			"support_mode": {"type": "enum", "values": ["dispersed", "concentrated"]},
			"disabilities": {"type": "set", "values": ["visual", "hearing"]},
			"assistance_category": {"type": "enum", "values": ["none", "dibao", "tekun"]},
		},
		"measures": {
			"monthly_cny": {"kind": "cash", "per": "month"},
			"nursing_cny": {"kind": "cash", "per": "month"},
			"voucher_cny": {"kind": "worth", "per": "month"},
			"visits": {"kind": "count", "per": "month"},
		},
	},
	"lists": lists,
}

_asked(jurisdiction, on) := {"jurisdiction": jurisdiction, "on": on, "elder": {"age": 80}}

_province := _list("up", "up", "", "2020-01-01", [_service("a", false), _service("b", false)])

_city := _list("mid", "mid", "up", "2022-01-01", [_service("b", true)])

_county := _list("low", "low", "mid", "2021-01-01", [_service("c", false), _service("b", true), _service("a", true)])

_nation := _catalogs([_county, _city, _province])

_decide(catalogs, lists, jurisdiction, on) := d if {
	d := eldercare.decision with data.catalogs as catalogs
		with data.lists as lists
		with input as _asked(jurisdiction, on)
}

_services(entitlements) := [e.service | some e in entitlements]

_promised(d, service, measure) := p if {
	some e in d.entitled
	e.service == service
	p := e.promises[measure]
}

test_no_decision_before_the_first_list_of_the_jurisdiction if {
	not _decide(_nation, {}, "low", "2020-12-31")
	_decide(_nation, {}, "low", "2021-01-01").entitled == []
}

test_the_last_list_in_force_answers if {
	later := _list("up_2023", "up", "", "2023-01-01", [_service("z", false)])
	catalogs := _catalogs([_province, later])
	lists := {
		"up": {"grants": {_grant("a", {})}},
		"up_2023": {"grants": {_grant("z", {})}},
	}
	_services(_decide(catalogs, lists, "up", "2022-12-31").entitled) == ["a"]
	_services(_decide(catalogs, lists, "up", "2023-01-01").entitled) == ["z"]
}

test_services_come_in_printed_order_those_of_lists_above_last if {
	lists := {
		"low": {"grants": {_grant("c", {})}},
		"up": {"grants": {_grant("a", {}), _grant("b", {})}},
	}
	_services(_decide(_nation, lists, "low", "2024-01-01").entitled) == ["c", "b", "a"]
	_services(_decide(_nation, lists, "mid", "2024-01-01").entitled) == ["b", "a"]
	_services(_decide(_nation, lists, "up", "2024-01-01").entitled) == ["a", "b"]
}

test_an_inherited_service_is_the_list_s_own if {
	lists := {"up": {"grants": {_grant("b", {"visits": _floor(1)})}}}
	d := _decide(_nation, lists, "low", "2024-01-01")
	d.entitled[0].list == "low"
	not d.entitled[0].promises.visits.list
}

test_a_service_that_is_not_listed_keeps_the_list_that_grants_it if {
	lists := {"up": {"grants": {_grant("a", {})}}}
	_decide(_nation, lists, "mid", "2024-01-01").entitled[0].list == "up"
}

test_the_best_promise_of_each_measure_counts_and_names_its_list if {
	catalogs := _catalogs([
		_list("low", "low", "up", "2020-01-01", [_service("a", false)]),
		_list("up", "up", "", "2020-01-01", [_service("a", false)]),
	])
	lists := {
		"low": {"grants": {_grant("a", {"monthly_cny": _floor(10)}), _grant("a", {"visits": _floor(2)})}},
		"up": {"grants": {_grant("a", {"monthly_cny": _floor(20), "visits": _floor(1)})}},
	}
	d := _decide(catalogs, lists, "low", "2024-01-01")
	_promised(d, "a", "monthly_cny") == {"bound": "at_least", "value": 20, "list": "up"}
	_promised(d, "a", "visits") == {"bound": "at_least", "value": 2}
}

test_a_floor_beats_a_ceiling_and_a_ceiling_an_open_amount if {
	wanted := [
		[{_floor(1), _amount("at_most", 9)}, {"bound": "at_least", "value": 1}],
		[{_open, _amount("at_most", 9)}, {"bound": "at_most", "value": 9}],
		[{_floor(5), _amount("exactly", 5)}, {"bound": "at_least", "value": 5}],
		[{_floor(5), _amount("exactly", 5.01)}, {"bound": "exactly", "value": 5.01}],
	]
	every pair in wanted {
		lists := {"up": {"grants": {_grant("a", {"monthly_cny": promise}) | some promise in pair[0]}}}
		_promised(_decide(_nation, lists, "up", "2024-01-01"), "a", "monthly_cny") == pair[1]
	}
}

test_amounts_are_rounded_up_to_the_fen_and_ceilings_down if {
	wanted := [
		[_floor(1.3 * 563), 731.9],
		[_floor(666.666), 666.67],
		[_amount("at_most", 666.666), 666.66],
		[_floor(0.0000000001), 0],
	]
	every pair in wanted {
		lists := {"up": {"grants": {_grant("a", {"monthly_cny": pair[0]})}}}
		_promised(_decide(_nation, lists, "up", "2024-01-01"), "a", "monthly_cny").value == pair[1]
	}
}

test_what_is_missing_is_named_unless_the_text_leaves_it_open if {
	lists := {"up": {"grants": {_grant("a", {"monthly_cny": _open}), _grant("b", {"monthly_cny": _left})}}}
	d := _decide(_nation, lists, "up", "2024-01-01")
	_promised(d, "a", "monthly_cny") == {"bound": "at_least", "value": null, "missing": "wage"}
	_promised(d, "b", "monthly_cny") == {"bound": "set_locally", "value": null}
	d.monthly_cny == {"bound": "at_least", "value": 0, "open": ["a", "b"]}
}

test_discretionary_grants_stand_apart_and_count_nothing if {
	lists := {"up": {"grants": {{"service": "a", "measures": {"monthly_cny": _floor(5)}, "discretionary": true}}}}
	d := _decide(_nation, lists, "up", "2024-01-01")
	d.entitled == []
	_services(d.discretionary) == ["a"]
	d.monthly_cny == {"bound": "at_least", "value": 0, "open": []}
}

test_a_total_of_exact_amounts_is_exact if {
	lists := {"up": {"grants": {
		_grant("a", {"monthly_cny": _amount("exactly", 0.1)}),
		_grant("b", {"monthly_cny": _amount("exactly", 0.2), "visits": _floor(3)}),
	}}}
	_decide(_nation, lists, "up", "2024-01-01").monthly_cny == {"bound": "exactly", "value": 0.3, "open": []}
}

test_of_a_choice_only_the_highest_is_added_and_each_is_named_once if {
	choice := {"measures": {"a": "monthly_cny", "b": "monthly_cny"}, "reason": "r", "cite": ["c"]}
	catalogs := _catalogs([object.union(_province, {"choose_higher": [choice, choice]})])
	lists := {"up": {"grants": {
		_grant("a", {"monthly_cny": _floor(60)}),
		_grant("b", {"monthly_cny": _floor(75)}),
	}}}
	_decide(catalogs, lists, "up", "2024-01-01").monthly_cny == {
		"bound": "at_least",
		"value": 75,
		"open": [],
		"not_added": [{
			"service": "a",
			"measure": "monthly_cny",
			"in_favour_of": "b",
			"in_favour_of_measure": "monthly_cny",
			"reason": "r",
			"cite": ["c"],
		}],
	}
}

test_a_choice_between_measures_leaves_the_other_money_of_a_service if {
	choice := {"measures": {"a": "monthly_cny", "b": "nursing_cny"}, "reason": "r", "cite": ["c"]}
	catalogs := _catalogs([object.union(_province, {"choose_higher": [choice]})])
	lists := {"up": {"grants": {
		_grant("a", {"monthly_cny": _floor(75)}),
		_grant("b", {"monthly_cny": _floor(1000), "nursing_cny": _floor(60)}),
	}}}
	total := _decide(catalogs, lists, "up", "2024-01-01").monthly_cny
	total.value == 1075
	[[left.service, left.measure, left.in_favour_of_measure] | some left in total.not_added] == [[
		"b",
		"nursing_cny",
		"monthly_cny",
	]]
}

# b may be a little over 100, and is then paid instead of both measures of a: 100 is certain, not 200.
test_what_may_be_paid_instead_of_two_measures_of_a_service_counts_once if {
	choices := [{"measures": {"a": measure, "b": "monthly_cny"}, "reason": "r", "cite": ["c"]} |
		some measure in ["monthly_cny", "nursing_cny"]
	]
	catalogs := _catalogs([object.union(_province, {"choose_higher": choices})])
	lists := {"up": {"grants": {
		_grant("a", {"monthly_cny": _amount("exactly", 100), "nursing_cny": _amount("exactly", 100)}),
		_grant("b", {"monthly_cny": _floor(50)}),
	}}}
	total := _decide(catalogs, lists, "up", "2024-01-01").monthly_cny
	[total.bound, total.value, total.open] == ["at_least", 100, []]
	left := [[n.service, n.measure, n.in_favour_of, object.get(n, "possibly", false)] | some n in total.not_added]
	left == [["b", "monthly_cny", "a", false], ["a", "nursing_cny", "b", true]]
}

test_parameters_are_the_nearest_list_s_with_the_value_of_the_day if {
	free := {"bound": "exactly", "value": 100, "unit": "percent", "parameters": []}
	half := {"bound": "exactly", "value": 50, "unit": "percent", "parameters": []}
	above := object.union(_list("up", "up", "", "2020-01-01", []), {"parameters": {
		"public_culture_age": [{"from": "2020-01-01", "parameter": 65}],
		"culture_discount_percent": [{"from": "2020-01-01", "parameter": half}],
		"state_scenic_discount_percent": [{"from": "2020-01-01", "parameter": half}],
	}})
	own := object.union(
		_list("huojia", "low", "up", "2020-01-01", [_service("public-culture-access", false)]),
		{"parameters": {"culture_discount_percent": [
			{"from": "2020-01-01", "parameter": half},
			{"from": "2024-01-01", "parameter": free},
		]}},
	)
	discounts := {on: [_value(d, "culture_discount_percent"), _value(d, "state_scenic_discount_percent")] |
		some on in ["2023-12-31", "2024-01-01"]
		d := eldercare.decision with data.catalogs as _catalogs([own, above])
			with input as {"jurisdiction": "low", "on": on, "elder": {"age": 65, "local_hukou": true}}
	}
	discounts == {"2023-12-31": [50, 50], "2024-01-01": [100, 50]}
}

_value(d, measure) := _promised(d, "public-culture-access", measure).value

test_contradictions_leave_no_decision if {
	elder := {"age": 70, "support_mode": "dispersed", "assistance_category": "dibao"}
	asked := {"jurisdiction": "up", "on": "2024-01-01", "elder": elder}
	count(eldercare.contradictions) == 1 with data.catalogs as _nation with input as asked
	not eldercare.decision with data.catalogs as _nation with data.lists as {} with input as asked
}

_problems(input_) := {[p.code, p.attributes] | some p in ps} if {
	ps := eldercare.problems with data.catalogs as _nation with input as input_
}

_of(elder) := _problems({"jurisdiction": "up", "on": "2024-01-01", "elder": elder})

test_numbers_are_read_exactly if {
	every age in [80, 80.0, 8e1, 0.8e2, 8000e-2, 0, -0, 0e99, 130] {
		_of({"age": age}) == set()
	}
	every age in [131, -1, 1e300, 4294967376, 10000] {
		_of({"age": age}) == {["out-of-range", ["age"]]}
	}
	every age in [79.5, 7.999999999999999999999e1, 80.00000000000000000000001, 1e-400, "80", true, [80], {}] {
		_of({"age": age}) == {["wrong-type", ["age"]]}
	}
}

test_a_set_is_a_list_of_different_values if {
	every list in [[], ["visual"], ["hearing", "visual"], null] {
		_of({"disabilities": list}) == set()
	}
	every list in [["speech"], ["visual", "visual"], ["visual", ""]] {
		_of({"disabilities": list}) == {["out-of-range", ["disabilities"]]}
	}
	every list in ["visual", ["visual", 1], [null], {"visual": true}, true, [["visual"]]] {
		_of({"disabilities": list}) == {["wrong-type", ["disabilities"]]}
	}
}

test_every_problem_is_told_at_once if {
	elder := {
		"age": "59",
		"local_hukou": 1,
		"support_mode": "both",
		"agee": 1,
		"14060119461122001X": 1,
		"id": [],
		"x": null,
	}
	_problems({"jurisdiction": "nowhere", "on": "tomorrow", "elder": elder}) == {
		["unknown-jurisdiction", ["jurisdiction"]],
		["impossible-date", ["on"]],
		["wrong-type", ["age"]],
		["wrong-type", ["local_hukou"]],
		["out-of-range", ["support_mode"]],
		["unknown-attribute", ["agee"]],
		["unknown-attribute", []],
		["wrong-type", ["id"]],
	}
}

test_an_input_without_its_parts_is_a_problem if {
	every input_ in [null, [], 1, {}, {"elder": null}, {"elder": [1]}] {
		["wrong-type", []] in _problems(input_)
	}
}

test_only_days_of_the_calendar_are_days if {
	every on in ["2024-02-29", "2000-02-29", "2024-12-31"] {
		_problems({"jurisdiction": "up", "on": on, "elder": {}}) == {p |
			on < "2020"
			p := ["not-in-force", ["on"]]
		}
	}
	wrong := ["2023-02-29", "1900-02-29", "2024-04-31", "2024-13-01", "2024-00-01", "2024-01-00", "2024-1-1", 20240101, ""]
	every on in wrong {
		_problems({"jurisdiction": "up", "on": on, "elder": {}}) == {["impossible-date", ["on"]]}
	}
}

test_a_null_is_no_value if {
	lists := {"up": {"grants": {_grant("a", {}) | input.local_hukou}}}
	d := eldercare.decision with data.catalogs as _nation
		with data.lists as lists
		with input as {"jurisdiction": "up", "on": "2024-01-01", "elder": {"age": 80, "local_hukou": null}}
	d.entitled == []
}
