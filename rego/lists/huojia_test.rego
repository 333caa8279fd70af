package lists.huojia_test

import data.lists.huojia

_free(name) := {"bound": "exactly", "value": 100, "unit": "percent", "parameters": [name]}

_parameters := {
	"public_culture_age": 65,
	"culture_discount_percent": _free("culture_discount_percent"),
	"state_scenic_discount_percent": _free("state_scenic_discount_percent"),
}

_services(elder) := {grant.service |
	some grant in huojia.grants with input as elder with data.parameters as _parameters
}

test_public_culture_is_free_from_65_for_those_registered_here if {
	_services({"age": 65, "local_hukou": true}) == {"public-culture-access"}
	_services({"age": 64, "local_hukou": true}) == set()
	_services({"age": 65, "local_hukou": false}) == set()
}
