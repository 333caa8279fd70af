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

problems contains problem if {
	count(_wrong) == 0
	count(contradictions) == 0
	some problem in _unasked
}

# METADATA
# title: 互相矛盾的信息
# description: What the elder's attributes contradict each other in; it names attributes, never their values.
contradictions := shared | added if {
	count(_wrong) == 0
	shared := {message | some message in data.elder.contradictions with input as _elder}
	added := {message | some message in data.contradictions[_].contradictions with input as _elder}
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
	"message": "a key cannot be the name of an attribute: a name has letters, digits and _, at most 64",
} if {
	some name, value in _given
	not _is_name(name)
}

# What two attributes say of one, when they disagree: the first that says something of it, and another.
_wrong contains {
	"code": "contradiction",
	"attributes": [said[0].by, other.by],
	"message": "contradict each other",
} if {
	some said in _said
	some other in said
	other.value != said[0].value
}

# What is said of an attribute of which the elder is not asked, but for what is taken where it is missing.
_unasked contains {"code": "contradiction", "attributes": [of.attribute, name], "message": "contradict each other"} if {
	some name, value in _stated
	of := data.catalogs.vocabulary.attributes[name].asked_of
	not value in of.otherwise
	decides := _elder[of.attribute]
	not decides in of.values
}

# What is said of an attribute that others give: what is given of it first, then what they say.
_said[name] := array.concat(
	[{"by": name, "value": value} | value := _stated[name]],
	[{"by": link.attribute, "value": value} |
		some link in data.catalogs.vocabulary.gives
		link.gives == name
		value := link.values[_stated[link.attribute]]
	],
) if {
	some name in {link.gives | some link in data.catalogs.vocabulary.gives}
}

# The elder as rules see it: what is stated, and what that gives of others.
_elder := object.union({name: said[0].value | some name, said in _said}, _stated)

# What is stated of attributes, whole numbers as such, and sets in the order of the vocabulary.
_stated[name] := _seen(attribute, value) if {
	some name, value in _given
	attribute := data.catalogs.vocabulary.attributes[name]
	_fits(attribute, value)
}

_seen(attribute, value) := value if not attribute.type in {"integer", "set"}

_seen(attribute, value) := _whole(value) if attribute.type == "integer"

_seen(attribute, value) := [v | some v in attribute.values; v in value] if attribute.type == "set"

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
	attribute.type == "set"
	is_array(value)
	every v in value {
		is_string(v)
	}
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
	attribute.type == "set"
	is_array(value)
	every v in value {
		v in attribute.values
	}
	count({v | some v in value}) == count(value)
}

_fits(attribute, value) if {
	attribute.type == "integer"
	n := _whole(value)
	n >= attribute.min
	n <= attribute.max
}

_wanted(attribute) := "must be true or false" if attribute.type == "boolean"

_wanted(attribute) := sprintf("must be one of %s", [concat(", ", attribute.values)]) if attribute.type == "enum"

_wanted(attribute) := sprintf("must be a list of different names out of %s", [concat(", ", attribute.values)]) if {
	attribute.type == "set"
}

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

# A whole number of up to nine digits, exactly; undefined for any other.
_whole(value) := 0 if _numeral(value).digits == ""

_whole(value) := _signed(sign, to_number(concat("", array.concat([n.digits], zeros)))) if {
	n := _numeral(value)
	n.digits != ""
	n.exponent >= 0
	count(n.digits) + n.exponent <= 9
	zeros := ["0" | some i in numbers.range(1, 9); i <= n.exponent]
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

# What each list of the chain reads as data.parameters: of every parameter the value of the nearest list that has one by
# that day, its own first. A threshold that is null has no value: every number is above null.
_parameters[i] := {name: value |
	some name, begun in nearest
	value := begun[count(begun) - 1]
	value != null
} if {
	some i, _ in _chain
	nearest := object.union_n([_begun(_chain[k].parameters) | some k in numbers.range(count(_chain) - 1, i)])
}

# The values of parameters that have begun by the day; they are dated in ascending order.
_begun(parameters) := {name: begun |
	some name, values in parameters
	begun := [value.parameter | some value in values; value.from <= input.on]
	count(begun) > 0
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

# What holds for the elder: what the list at place layer of the chain grants by rules of the list at source.
_written contains {"layer": i, "source": j, "grant": grant} if {
	some i, _ in _chain
	some j, source in _chain
	i <= j
	some stem in source.stems
	grants := data.lists[stem].grants with input as _elder with data.parameters as _parameters[i]
	some grant in grants
	_declares(i, j, grant.service)
}

# What is left of it but for what exclusions deny. An exclusion may depend on another, and no more than three depend on
# each other: what denies nothing that is denied is right at once, and each round makes the next right.
_left := _written if {
	every list in _chain {
		count(list.excludes) == 0
	}
} else := _undenied(_undenied(_undenied(_written)))

_undenied(having) := {h | some h in _written; not _denied(h, having)}

# Who has one service by the layer of a promise or by one above does not get what an exclusion of the promise's list
# denies.
_denied(h, having) if {
	some place in {h.layer, h.source}
	some exclusion in _chain[place].excludes
	h.grant.service in exclusion.without
	some other in having
	other.grant.service == exclusion.has
	other.layer >= h.layer
	not other.grant.discretionary
}

# What is left, by service.
_held[[h.grant.service, h.grant.discretionary]] contains held if {
	some h in _left
	held := {"layer": h.layer, "source": h.source, "measures": h.grant.measures}
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

# A service as the nearest list that grants it prints it, with the best promise of each measure over all that holds. Of
# linked measures the best bundle is among the promises, or several stand beside them.
_entitlement(id, held) := object.union(
	{
		"service": id,
		"name": service.name,
		"item": service.item,
		"list": list,
		"access": service.access,
		"promises": object.union(single, {measure: shown | count(bundles) == 1; some measure, shown in bundles[0]}),
		"cite": service.cite,
	},
	{"bundles": bundles | count(bundles) > 1},
) if {
	nearest := min({h.layer | some h in held})
	service := _services[nearest][id]
	list := _chain[nearest].jurisdiction.id
	linked := _linked(id)
	single := {measure: _shown(_best(held, measure), list) |
		some h in held
		some measure, _ in h.measures
		not measure in linked
	}
	bundles := [{measure: _shown(best, list) | some measure, best in bundle} | some bundle in _bundles(held, linked)]
}

# The measures of a service that belong together by any list of the chain, each once.
_linked(id) := [measure |
	some k, measure in all
	not measure in array.slice(all, 0, k)
] if {
	all := [measure | some i, _ in _chain; some measure in _services[i][id].linked]
}

# What single grants promise of linked measures, as far as none promises more: the best of the first measure first, then
# of the next. Of equal bundles that of the nearest list counts, and there that of its own rules.
_bundles(held, linked) := array.reverse([bundle |
	some ranks in sort(best)
	bundle := max({b | some b in all; b[0] == ranks})[3]
]) if {
	all := {[ranks, 0 - h.layer, 0 - h.source, bundle] |
		some h in held
		bundle := _bundle(h, linked)
		count(bundle) > 0
		ranks := [_rank_in(bundle, measure) | some measure in linked]
	}
	every_rank := {b[0] | some b in all}
	best := {ranks |
		some ranks in every_rank
		every other in every_rank {
			not _outdoes(other, ranks)
		}
	}
}

_bundle(h, linked) := {measure: {"list": _chain[h.layer].jurisdiction.id, "promise": promise} |
	some measure in linked
	promise := _rounded(h.measures[measure])
}

# What a bundle lacks is the least.
_rank_in(bundle, measure) := _rank(measure, bundle[measure].promise)

_rank_in(bundle, measure) := [-1, 0, 0] if not bundle[measure]

_outdoes(ranks, others) if {
	ranks != others
	every k, rank in others {
		ranks[k] >= rank
	}
}

# Of equal promises that of the nearest list counts, and there that of its own rules.
_best(held, measure) := best[3] if {
	offers := {{"layer": h.layer, "source": h.source, "promise": _rounded(h.measures[measure])} | some h in held}
	best := max({[_rank(measure, o.promise), 0 - o.layer, 0 - o.source, {"list": list, "promise": o.promise}] |
		some o in (offers | _raised(offers, measure))
		list := _chain[o.layer].jurisdiction.id
	})
}

# What exact amounts become beside others that may turn out better: that amount or better.
_raised(offers, measure) := {object.union(o, {"promise": {"bound": _or_better(measure)}}) |
	some o in offers
	_exact(o.promise)
	some other in offers
	_may_exceed(measure, other.promise, o.promise)
	not _filled(other, offers)
}

_exact(promise) if {
	promise.bound == "exactly"
	promise.value != null
}

_may_exceed(_, other, _) if other.value == null

_may_exceed(measure, other, promise) if _good(measure, other.value) > _good(measure, promise.value)

# What a list above leaves open is filled by an exact amount of a list below; what depends on a missing number only by
# one that is computed from the same parameters.
_filled(open, offers) if {
	some by in offers
	_exact(by.promise)
	by.layer < open.layer
	_fills(by.promise, open.promise)
}

_fills(_, open) if open.value != null

_fills(_, open) if open.bound == "set_locally"

_fills(promise, open) if {
	every name in open.parameters {
		name in promise.parameters
	}
}

# The bound of a number that may turn out better.
_or_better(measure) := "at_most" if {
	_less(measure)
} else := "at_least"

# The order of promises of a measure: an open amount, a number that is not sure, a sure one; then by number; of equal
# numbers one that may turn out better is better than an exact one.
_rank(_, promise) := [0, 0, 0] if promise.value == null

_rank(measure, promise) := [1, _good(measure, promise.value), 0] if {
	promise.value != null
	promise.bound == _unsure(measure)
}

_rank(measure, promise) := [2, _good(measure, promise.value), _more(promise)] if {
	promise.value != null
	promise.bound != _unsure(measure)
}

# Whether of a measure less is better, as of a waiting time.
_less(measure) if data.catalogs.vocabulary.measures[measure].less

# The bound of a number that may turn out worse.
_unsure(measure) := "at_least" if {
	_less(measure)
} else := "at_most"

_good(measure, value) := 0 - value if {
	_less(measure)
} else := value

_more(promise) := 1 if promise.bound != "exactly"

_more(promise) := 0 if promise.bound == "exactly"

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

# The sum of what is paid each month, but of each choice only the highest, as far as it is sure.
_total := object.union(
	{"bound": _total_bound, "value": sum([round(m.promise.value * 100) | some m in counted]) / 100, "open": open},
	{"not_added": not_added | count(not_added) > 0},
) if {
	counted := [m | some m in _monthly; _has_least(m.promise); not [m.service, m.measure] in _doubtful]
	unsure := {m.service | some m in _monthly; not _has_least(m.promise)}
	open := [e.service | some e in _entitled; e.service in unsure]
	not_added := array.concat(_not_added, _possibly_not_added)
}

# The monthly cash promises, and those of them that count.
_cash := [{"service": e.service, "measure": measure, "promise": promise} |
	some e in _entitled
	some measure, promise in e.promises
	_is_monthly(measure)
]

_is_monthly(measure) if {
	of := data.catalogs.vocabulary.measures[measure]
	of.kind == "cash"
	of.per == "month"
}

# Whether some amount of a promise is sure to be paid.
_has_least(promise) if {
	promise.value != null
	promise.bound != "at_most"
}

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
	count(_possibly_not_added) == 0
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
	ranks := [array.slice(_rank(measure, e.promises[measure]), 0, 2) | some e in members; measure := measures[e.service]]
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

# What choices choose from, in printed order.
_offers := [{"place": i, "key": [e.service, measure], "measure": measure, "promise": promise} |
	some i, e in _entitled
	some measure, promise in e.promises
	_has_rivals(e.service, measure)
]

_has_rivals(service, measure) if {
	some choice in _choices
	choice.measures[service] == measure
}

_rivals(a, b) if {
	some choice in _choices
	_chooses(choice, a, b)
}

_chooses(choice, a, b) if {
	every offer in [a, b] {
		choice.measures[offer.key[0]] == offer.measure
	}
}

# Whether one offer may turn out to be paid instead of another: a floor and an open amount may be any amount.
_may_outdo(b, _) if b.promise.value == null

_may_outdo(b, _) if b.promise.bound == "at_least"

_may_outdo(_, a) if not _has_least(a.promise)

_may_outdo(b, a) if _precedes(b, a)

# Of equal amounts the first in print is paid. Of a service's, the first by its measure counts: of any two offers one
# precedes.
_precedes(b, a) if b.promise.value > a.promise.value

_precedes(b, a) if {
	b.promise.value == a.promise.value
	[b.place, b.measure] < [a.place, a.measure]
}

# What may be paid instead of an offer: what may outdo it, what may outdo that, and so on, and be higher than the first.
_heirs(m) := [b | some b in _offers; b.key in reached] if {
	outdone := {a.key: {b.key |
		some b in _offers
		_rivals(a, b)
		_may_outdo(b, a)
		_may_outdo(b, m)
	} |
		some a in _offers
	}
	reached := graph.reachable(outdone, {m.key})
}

# The offers of which no amount is sure to be paid, by it or by an heir that does not count itself.
_doubtful contains m.key if {
	some m in _offers
	_is_monthly(m.measure)
	_has_least(m.promise)
	some heir in _heirs(m)
	_takes(heir, m)
}

_takes(heir, _) if not _is_monthly(heir.measure)

_takes(heir, m) if {
	_has_least(heir.promise)
	_precedes(heir, m)
}

_possibly_not_added := [left |
	some m in _offers
	m.key in _doubtful
	every choice in _choices {
		not _left_out(choice, {"service": m.key[0], "measure": m.measure})
	}
	favour := [b | some b in _offers; b.key != m.key; _rivals(m, b); _may_outdo(b, m)][0]
	choice := [c | some c in _choices; _chooses(c, m, favour)][0]
	left := {
		"service": m.key[0],
		"measure": m.measure,
		"in_favour_of": favour.key[0],
		"in_favour_of_measure": favour.measure,
		"possibly": true,
		"reason": choice.reason,
		"cite": choice.cite,
	}
]
