# METADATA
# title: 应享待遇的合成
# description: >-
#  What one elder is owed in one jurisdiction on one day: the best of the lists of the jurisdiction and of those above it.
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
contradictions := data.elder.contradictions with input as input.elder

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
_parameters[i] := {name: _value_on(_chain[nearest].parameters[name]) |
	some i, _ in _chain
	some name in {name | some j, list in _chain; j >= i; some name, _ in list.parameters}
	nearest := min({j | some j, list in _chain; j >= i; list.parameters[name]})
}

# The value of a parameter on the day; its values are dated in ascending order.
_value_on(values) := past[count(past) - 1] if {
	past := [value.parameter | some value in values; value.from <= input.on]
	count(past) > 0
}
