# METADATA
# title: 应享待遇的合成
# description: >-
#  What one elder is owed in one jurisdiction on one day: the best of the lists of the jurisdiction and of those above.
#  Input is {"jurisdiction": id, "on": "YYYY-MM-DD", "elder": {attribute: value}}, where an attribute left out has no
#  value. data.catalogs is the lists as JSON, written from the YAML.
package eldercare

# METADATA
# title: 决定
# description: >-
#  The decision, undefined while no list of the jurisdiction is in force on that day, or while the elder's attributes
#  contradict each other.
decision := {
	"jurisdiction": input.jurisdiction,
	"on": input.on,
	"entitled": _entitled,
	"possible": [],
	"discretionary": _awarded(true),
	"monthly_cny": _total,
} if {
	count(_chain) > 0
	count(contradictions) == 0
}

# METADATA
# title: 互相矛盾的信息
# description: What the elder's attributes contradict each other in; it names attributes, never their values.
contradictions := messages if {
	messages := data.elder.contradictions with input as input.elder
}

# The jurisdiction, the one above it, and so on to the top.
_line := path if {
	parents := {list.jurisdiction.id: [list.jurisdiction.parent | list.jurisdiction.parent != ""] |
		some list in data.catalogs.lists
	}
	some path in graph.reachable_paths(parents, {input.jurisdiction})
}

# The lists of the line in force on the day, the jurisdiction's own first. Without one of its own there is no answer.
_chain := [list | some id in _line; list := _in_force(id)] if _in_force(input.jurisdiction)

# The lists of a jurisdiction stand in the order in which they come into force.
_in_force(id) := lists[count(lists) - 1] if {
	lists := [list |
		some list in data.catalogs.lists
		list.jurisdiction.id == id
		list.effective_from <= input.on
	]
	count(lists) > 0
}

# What each list of the chain reads as data.parameters: of every parameter the nearest definition, its own first.
_parameters[i] := {name: _value_on(values) | some name, values in nearest} if {
	some i, _ in _chain
	nearest := object.union_n([_chain[k].parameters | some k in numbers.range(count(_chain) - 1, i)])
}

# The value of a parameter on the day; its values are dated in ascending order.
_value_on(values) := past[count(past) - 1] if {
	past := [value.parameter | some value in values; value.from <= input.on]
	count(past) > 0
}

# The services of each list of the chain by id.
_services[i] := {service.id: service | some service in list.services} if some i, list in _chain

# A list declares its own rules for a service and, where it inherits the service, those that the next list above with it
# declares: so the list at place i of the chain declares rules of the one at j when none before j stops the way.
_declares(i, j, service) if {
	_services[i][service]
	_services[j][service]
	every k in numbers.range(i, j) {
		_passes(k, j, service)
	}
}

_passes(k, j, _) if k == j

_passes(k, _, service) if not _services[k][service]

_passes(k, _, service) if _services[k][service].inherits

# What holds for the elder, by service: what the list at place layer of the chain grants by rules of the list at source.
_held[[grant.service, grant.discretionary]] contains {"layer": i, "source": j, "measures": grant.measures} if {
	some i, _ in _chain
	some j, source in _chain
	i <= j
	grants := data.lists[source.stem].grants with input as input.elder with data.parameters as _parameters[i]
	some grant in grants
	_declares(i, j, grant.service)
}

# The services as the jurisdiction's list prints them, then those that only lists above have.
_printed := [service.id |
	some i, list in _chain
	some service in list.services
	every j, nearer in _services {
		_nowhere_before(i, j, nearer, service.id)
	}
]

_nowhere_before(i, j, _, _) if j >= i

_nowhere_before(_, _, nearer, service) if not nearer[service]

_entitled := _awarded(false)

_awarded(discretionary) := [_entitlement(service, all_held[[service, discretionary]]) |
	all_held := _held
	some service in _printed
]

# A service as the nearest list that grants it prints it, with the best promise of each measure over all that holds.
_entitlement(id, held) := {
	"service": id,
	"name": service.name,
	"item": service.item,
	"list": list,
	"access": service.access,
	"promises": {measure: _shown(_best(held, measure), list) | some h in held; some measure, _ in h.measures},
	"cite": service.cite,
} if {
	nearest := min({h.layer | some h in held})
	service := _services[nearest][id]
	list := _chain[nearest].jurisdiction.id
}

# Of equal promises that of the nearest list counts, and there that of its own rules.
_best(held, measure) := best[3] if {
	best := max({[_rank(promise), 0 - h.layer, 0 - h.source, {"list": list, "promise": promise}] |
		some h in held
		promise := _rounded(h.measures[measure])
		list := _chain[h.layer].jurisdiction.id
	})
}

# The order of promises: an open amount, a ceiling, a promised amount; then by amount; of equal amounts a floor is
# better than an exact amount.
_rank(promise) := [0, 0, 0] if promise.value == null

_rank(promise) := [1, promise.value, 0] if {
	promise.value != null
	promise.bound == "at_most"
}

_rank(promise) := [2, promise.value, _floor(promise)] if {
	promise.value != null
	promise.bound != "at_most"
}

_floor(promise) := 1 if promise.bound == "at_least"

_floor(promise) := 0 if promise.bound != "at_least"

# The promise with its amount in whole hundredths (fen), a multiple in ten-thousandths: rounded up, but a ceiling down.
# What differs from such a number by less than a billionth is taken for it, as OPA's arithmetic is not exact.
_rounded(promise) := promise if promise.value == null

_rounded(promise) := object.union(promise, {"value": floor(((promise.value - 0.000000001) * steps) + 1) / steps}) if {
	promise.value != null
	promise.bound != "at_most"
	steps := _steps(promise.unit)
}

_rounded(promise) := object.union(promise, {"value": floor((promise.value + 0.000000001) * steps) / steps}) if {
	promise.value != null
	promise.bound == "at_most"
	steps := _steps(promise.unit)
}

_steps(unit) := 10000 if unit == "multiple"

_steps(unit) := 100 if unit != "multiple"

# A promise as the decision shows it: with its list only where it is not the entitlement's, and with what is missing
# only where the text does not leave the amount open by itself.
_shown(best, list) := object.union_n([
	{"bound": best.promise.bound, "value": best.promise.value},
	{"missing": best.promise.missing | best.promise.bound != "set_locally"},
	{"list": best.list | best.list != list},
])

# The sum of what is paid each month, but of each choice only the highest.
_total := object.union(
	{"bound": bound, "value": sum([round(m.promise.value * 100) | some m in sure]) / 100, "open": open},
	{"not_added": _not_added | count(_not_added) > 0},
) if {
	sure := [m | some m in _monthly; _rank(m.promise)[0] == 2]
	bound := _total_bound
	unsure := {m.service | some m in _monthly; _rank(m.promise)[0] < 2}
	open := [e.service | some e in _entitled; e.service in unsure]
}

# The monthly cash promises, and those of them that count.
_cash := [{"service": e.service, "measure": measure, "promise": promise} |
	some e in _entitled
	some measure, promise in e.promises
	data.catalogs.vocabulary.measures[measure].unit == "cny_per_month"
]

_monthly := [m |
	some m in _cash
	every group in _choices {
		not _left_out(group, m)
	}
]

# Whether a choice leaves out the promise of a service's measure.
_left_out(group, m) if {
	m.service in group.left
	group.measures[m.service] == m.measure
}

# A sum is exact when all of it is, and what is left out, too: that may turn out to be the higher.
_total_bound := "exactly" if {
	count(_monthly) > 0
	every m in _cash {
		m.promise.bound == "exactly"
	}
} else := "at_least"

# The groups of promises of which only the highest is paid, with what is left in favour of which. Of a service a group
# names the measure. Of equally high promises the first in print is paid.
_choices := [{"measures": measures, "best": best, "left": left, "reason": group.reason, "cite": group.cite} |
	some list in _chain
	some group in list.choose_higher
	measures := group.measures
	members := [e | some e in _entitled; e.promises[measures[e.service]]]
	count(members) > 1
	ranks := [_rank(e.promises[measures[e.service]]) | some e in members]
	best := members[min([i | some i, rank in ranks; rank == max(ranks)])].service
	left := [e.service | some e in members; e.service != best]
]

_not_added := [left |
	some i, choice in _choices
	some service in choice.left
	measure := choice.measures[service]
	every j, before in _choices {
		_first(i, j, before, {"service": service, "measure": measure})
	}
	left := {
		"service": service,
		"measure": measure,
		"in_favour_of": choice.best,
		"in_favour_of_measure": choice.measures[choice.best],
		"reason": choice.reason,
		"cite": choice.cite,
	}
]

_first(i, j, _, _) if j >= i

_first(_, _, before, m) if not _left_out(before, m)
