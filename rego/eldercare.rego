# METADATA
# title: 应享待遇的合成
# description: >-
#  What one elder is owed in one jurisdiction on one day: the best of the lists of the jurisdiction and of those above.
#  Input is {"jurisdiction": id, "on": "YYYY-MM-DD", "elder": {attribute: value}}, where an attribute left out, or
#  null, has no value. data.catalogs is the lists as JSON, written from the YAML.
package eldercare

# METADATA
# title: 决定
# description: >-
#  The decision, undefined while no list of the jurisdiction is in force on that day, or while something is wrong with
#  the input: problems says what.
decision := {
	"jurisdiction": input.jurisdiction,
	"on": input.on,
	"entitled": _entitled,
	"possible": [],
	"discretionary": _awarded(true),
	"monthly_cny": _total,
} if {
	count(problems) == 0
	count(_chain) > 0
}

# METADATA
# title: 输入的问题
# description: >-
#  What is wrong with the input, by the vocabulary. Each problem has a code, the attributes concerned and a message,
#  never a value, and no name that can be none of an attribute. A check that fails counts as a problem.
# scope: document
problems contains {"code": "wrong-type", "attributes": [], "message": "the input must have an object elder"} if {
	not _has_elder
}

problems contains {
	"code": "impossible-date",
	"attributes": ["on"],
	"message": "must be a day of the calendar as YYYY-MM-DD",
} if {
	not _has_day
}

problems contains {"code": "unknown-jurisdiction", "attributes": ["jurisdiction"], "message": "has no list"} if {
	not _has_list
}

problems contains {
	"code": "not-in-force",
	"attributes": ["on"],
	"message": "no list of the jurisdiction is in force on that day",
} if {
	_has_day
	_has_list
	not _chain
}

problems contains problem if some problem in _wrong

problems contains {"code": "contradiction", "attributes": [], "message": message} if some message in contradictions

# METADATA
# title: 互相矛盾的信息
# description: What the elder's attributes contradict each other in; it names attributes, never their values.
contradictions := messages if {
	count(_wrong) == 0
	messages := data.elder.contradictions with input as _elder
}

# What the input has. A negation of a call is undefined when an argument is, and so is no check: hence these.
_has_elder if is_object(input.elder)

_has_day if _is_day(input.on)

_has_list if {
	some list in data.catalogs.lists
	list.jurisdiction.id == input.jurisdiction
}

# What is given of the elder.
_given[name] := value if {
	_has_elder
	some name, value in input.elder
	value != null
}

# What is wrong with single attributes of the elder.
_wrong contains {"code": _fault(attribute, value), "attributes": [name], "message": _wanted(attribute)} if {
	some name, value in _given
	attribute := data.catalogs.vocabulary.attributes[name]
	not _fits(attribute, value)
}

_wrong contains {"code": "wrong-type", "attributes": ["id"], "message": "must be text or a number"} if {
	id := _given.id
	not is_string(id)
	not is_number(id)
}

_wrong contains {"code": "unknown-attribute", "attributes": [name], "message": "no such attribute"} if {
	some name, value in _given
	name != "id"
	not data.catalogs.vocabulary.attributes[name]
	_is_name(name)
}

_wrong contains {
	"code": "unknown-attribute",
	"attributes": [],
	"message": "a key can be no attribute's name: a name has letters, digits and _, at most 64",
} if {
	some name, value in _given
	not _is_name(name)
}

# The elder as rules see it: what is given, whole numbers as such.
_elder[name] := _seen(attribute, value) if {
	some name, value in _given
	attribute := data.catalogs.vocabulary.attributes[name]
}

_seen(attribute, value) := value if attribute.type != "integer"

_seen(attribute, value) := _whole(value) if attribute.type == "integer"

_fault(attribute, value) := "out-of-range" if {
	_has_type(attribute, value)
} else := "wrong-type"

_has_type(attribute, value) if {
	attribute.type == "boolean"
	is_boolean(value)
}

_has_type(attribute, value) if {
	attribute.type == "enum"
	is_string(value)
}

_has_type(attribute, value) if {
	attribute.type == "integer"
	_numeral(value).exponent >= 0
}

_fits(attribute, value) if {
	attribute.type == "boolean"
	is_boolean(value)
}

_fits(attribute, value) if {
	attribute.type == "enum"
	value in attribute.values
}

_fits(attribute, value) if {
	attribute.type == "integer"
	n := _whole(value)
	n >= attribute.min
	n <= attribute.max
}

_wanted(attribute) := "must be true or false" if attribute.type == "boolean"

_wanted(attribute) := sprintf("must be one of %s", [concat(", ", attribute.values)]) if attribute.type == "enum"

_wanted(attribute) := sprintf("must be a whole number from %d to %d", [attribute.min, attribute.max]) if {
	attribute.type == "integer"
}

# A name may be shown: no identity number is one, by the form of either kind, with _ in it or not.
_is_name(name) if {
	regex.match(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`, name)
	digits := replace(name, "_", "")
	not regex.match(`[1-9]\d{5}(18|19|20)?\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}`, digits)
}

# A number by its digits, without zeros around them, and a power of ten: OPA compares numbers rounded, and the text of a
# number is exact.
_numeral(value) := {"negative": m[1] == "-", "digits": digits, "exponent": exponent} if {
	is_number(value)
	m := regex.find_all_string_submatch_n(`^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?)0*(\d*))?$`, json.marshal(value), 1)[0]
	significant := trim_left(concat("", [m[2], m[3]]), "0")
	digits := trim_right(significant, "0")
	exponent := ((_exponent(digits, m[4], m[5]) - count(m[3])) + count(significant)) - count(digits)
}

# The exponent of zero is of no account, nor is that of one by how much it is too far.
_exponent(digits, sign, written) := 0 if {
	_zero(digits, written)
} else := _signed(sign, 1000000000) if {
	count(written) > 9
} else := _signed(sign, to_number(written))

_zero("", _)

_zero(_, "")

_signed(sign, n) := n if sign != "-"

_signed("-", n) := 0 - n

# A whole number of up to four digits, exactly; undefined for any other.
_whole(value) := 0 if _numeral(value).digits == ""

_whole(value) := _signed(sign, to_number(concat("", array.concat([n.digits], zeros)))) if {
	n := _numeral(value)
	n.digits != ""
	n.exponent >= 0
	count(n.digits) + n.exponent <= 4
	zeros := ["0" | some i in numbers.range(1, 4); i <= n.exponent]
	sign := {true: "-", false: ""}[n.negative]
}

_is_day(text) if {
	is_string(text)
	regex.match(`^\d{4}-\d{2}-\d{2}$`, text)
	[year, month, day] := split(text, "-")
	year != "0000"
	day >= "01"
	day <= _last_day(to_number(concat("", ["1", year])) - 10000, month)
}

_last_day(_, month) := "31" if month in {"01", "03", "05", "07", "08", "10", "12"}

_last_day(_, month) := "30" if month in {"04", "06", "09", "11"}

_last_day(year, "02") := "29" if {
	_is_leap(year)
} else := "28"

_is_leap(year) if {
	year % 4 == 0
	year % 100 != 0
}

_is_leap(year) if year % 400 == 0

# The jurisdiction, the one above it, and so on to the top.
_line := path if {
	parents := {list.jurisdiction.id: [list.jurisdiction.parent | list.jurisdiction.parent != ""] |
		some list in data.catalogs.lists
	}
	some path in graph.reachable_paths(parents, {input.jurisdiction})
}

# The lists of the line in force on the day, the jurisdiction's own first. Without one of its own there is no answer.
_chain := [list | some id in _line; list := _in_force(id)] if _in_force(input.jurisdiction)

# The lists of a jurisdiction stand in the order in which they come into force. The last that has
# may have ended.
_in_force(id) := latest if {
	lists := [list |
		some list in data.catalogs.lists
		list.jurisdiction.id == id
		list.effective_from <= input.on
	]
	latest := lists[count(lists) - 1]
	object.get(latest, "until", input.on) >= input.on
}

# Whether a list in force has the service on the day: it may begin later, and its last day may be past.
_runs(service) if {
	object.get(service, "from", input.on) <= input.on
	object.get(service, "until", input.on) >= input.on
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
_services[i] := {service.id: service |
	some service in list.services
	_runs(service)
} if {
	some i, list in _chain
}

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
	some stem in source.stems
	grants := data.lists[stem].grants with input as _elder with data.parameters as _parameters[i]
	some grant in grants
	_declares(i, j, grant.service)
}

# The services as the jurisdiction's list prints them, then those that only lists above have.
_printed := [service.id |
	some i, list in _chain
	some service in list.services
	_runs(service)
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
