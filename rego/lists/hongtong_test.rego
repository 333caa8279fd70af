package lists.hongtong_test

import data.lists.hongtong

_parameters := {
	"elder_age": 60,
	"centenarian_age": 100,
	"centenarian_allowance_monthly": {
		"bound": "at_least",
		"value": 300,
		"unit": "cny_per_month",
		"parameters": ["centenarian_allowance_monthly"],
	},
	"notarisation_age": 80,
	"notary_fee_waiver_percent": {
		"bound": "exactly",
		"value": 100,
		"unit": "percent",
		"parameters": ["notary_fee_waiver_percent"],
	},
}

_services(elder) := {grant.service |
	some grant in hongtong.grants with input as elder with data.parameters as _parameters
}

test_centenarian_allowance_from_100 if {
	not "centenarian-allowance" in _services({"age": 99, "local_hukou": true})
	"centenarian-allowance" in _services({"age": 100, "local_hukou": true})
	not "centenarian-allowance" in _services({"age": 100, "local_hukou": false})
}

test_medical_insurance_by_scheme if {
	_services({"age": 60, "medical_scheme": "employee"}) == {"community-home-care", "employee-medical-insurance"}
	_services({"age": 60, "medical_scheme": "resident"}) == {"community-home-care", "resident-medical-insurance"}
	_services({"age": 60, "medical_scheme": "none"}) == {"community-home-care"}
	_services({"age": 59, "medical_scheme": "employee"}) == set()
}

test_care_leave_needs_an_only_child_and_a_hospital if {
	"only-child-care-leave" in _services({"age": 60, "only_child_parent": true, "hospitalised": true})
	not "only-child-care-leave" in _services({"age": 60, "only_child_parent": true, "hospitalised": false})
	not "only-child-care-leave" in _services({"age": 60, "only_child_parent": false, "hospitalised": true})
}

test_first_will_is_notarised_free_from_80 if {
	"public-legal-service" in _services({"age": 80, "first_will_notarisation": true})
	not "public-legal-service" in _services({"age": 79, "first_will_notarisation": true})
}

test_legal_aid_is_part_of_judicial_assistance if {
	"judicial-assistance" in _services({"age": 60, "legal_aid_eligible": true})
	not "judicial-assistance" in _services({"age": 60, "legal_aid_eligible": false})
}
