package lists.shuozhou_test

import data.lists.shuozhou

_free(name) := {"bound": "exactly", "value": 100, "unit": "percent", "parameters": [name]}

_parameters := {
	"elder_age": 60,
	"public_transport_age": 65,
	"bus_discount_percent": _free("bus_discount_percent"),
	"rail_discount_percent": _free("rail_discount_percent"),
	"old_age_allowance_age": 80,
	"old_age_allowance_monthly": {
		"bound": "at_least",
		"value": 30,
		"unit": "cny_per_month",
		"parameters": ["old_age_allowance_monthly"],
	},
}

_services(elder) := {grant.service |
	some grant in shuozhou.grants with input as elder with data.parameters as _parameters
}

test_old_age_allowance_from_80_without_hukou if {
	not "old-age-allowance" in _services({"age": 79})
	"old-age-allowance" in _services({"age": 80, "local_hukou": false})
}

test_bus_and_rail_from_65 if {
	not "public-transport-concession" in _services({"age": 64})
	"public-transport-concession" in _services({"age": 65})
}

test_meal_subsidy_for_every_elder_at_a_meal_service if {
	"meal-subsidy" in _services({"age": 60, "uses_meal_service": true})
	not "meal-subsidy" in _services({"age": 60, "uses_meal_service": false})
	not "meal-subsidy" in _services({"age": 59, "uses_meal_service": true})
}
