# METADATA
# title: 待遇的写法
# description: What a rule of a list grants, and the arithmetic on amounts.
package grant

# METADATA
# title: 应当提供
# description: A grant that everybody has who meets the rule's conditions.
promise(service, measures) := {"service": service, "measures": measures, "discretionary": false}

# METADATA
# title: 可以扩大
# description: A grant that the text permits and does not promise; it never counts as entitled.
discretionary(service, measures) := {"service": service, "measures": measures, "discretionary": true}

# METADATA
# title: 包含
# description: The promise of a flag.
included := {"bound": "exactly", "value": 1, "unit": "flag", "parameters": []}

# METADATA
# title: 某一标准的倍数
# description: >-
#  The base times a multiple, in the unit of the base. It is exact where both are, a floor where one is, a ceiling where
#  one is and the other is none but exact. A ceiling is rounded down to the fen, anything else up. A floor times a
#  ceiling binds nobody: its amount is open. While one of the two has no number the amount is open, names what is
#  missing, and says of what it is a share.
times(base, multiple) := _scaled(base, multiple, {
	"unit": "multiple",
	"whole": 1,
	"numerator": object.get(multiple, "numerator", 1),
	"denominator": object.get(multiple, "denominator", 1),
})

# METADATA
# title: 某一标准的百分之几
# description: A percentage of the base, which may be over 100, and else as times.
percent(base, percentage) := _scaled(base, percentage, {
	"unit": "percent",
	"whole": 100,
	"numerator": _in_parts(percentage, 100),
	"denominator": 10000,
})

# METADATA
# title: 在另一金额之上增加
# description: >-
#  The sum of two amounts of one unit. It is exact where both are, a ceiling where both are, else a floor: a ceiling
#  adds nothing that is sure. While one of the two has no number the sum is open, and names what is missing.
# scope: document
plus(a, b) := object.union(_computed(a, b, a.unit == b.unit), _sum(a, b)) if _ceilings(a, b) in {0, 2}

plus(a, b) := object.union(_computed(a, b, a.unit == b.unit), _floor(sure)) if {
	_ceilings(a, b) == 1
	sure := [x | some x in [a, b]; x.bound != "at_most"][0]
}

_ceilings(a, b) := count([x | some x in [a, b]; x.bound == "at_most"])

_scaled(base, factor, by) := object.union(_computed(base, factor, factor.unit == by.unit), _product(base, factor, by))

# What an amount computed of two is but for its number. Its unit is no measure's where the two do not go together.
_computed(a, b, fits) := {
	"bound": _bound(a, b),
	"unit": _unit(a, b, fits),
	"parameters": array.concat(a.parameters, b.parameters),
}

_unit(a, _, true) := a.unit

_unit(a, b, false) := concat(" and ", [a.unit, b.unit])

_bound(a, b) := "exactly" if {
	a.bound == "exactly"
	b.bound == "exactly"
} else := "at_most" if {
	a.bound in {"exactly", "at_most"}
	b.bound in {"exactly", "at_most"}
} else := "at_least"

_product(base, factor, by) := {"value": value} if {
	value := _rounded(_in_parts(base, 100) * by.numerator, by.denominator, _bound(base, factor)) / 100
	_known(base)
	_known(factor)
	not _unbound(base, factor)
} else := _open([base, factor], []) if {
	_unbound(base, factor)
} else := _open([base, factor], [_part(_name(base), by.numerator, by.denominator)]) if {
	_known(factor)
} else := _open([base, factor], [_part(_name(factor), _in_parts(base, 100), 100 * by.whole)]) if {
	_known(base)
} else := _open([base, factor], [_part(name, 1, 1) |
	name := concat("", ["(", _text(base), ") × (", _factor(factor, by), ")"])
])

_factor(factor, by) := concat("/", [format_int(by.numerator, 10), format_int(by.denominator, 10)]) if {
	_known(factor)
} else := _text(factor)

# Whether a product is bound neither from below nor from above.
_unbound(a, b) if {
	"at_most" in {a.bound, b.bound}
	_bound(a, b) == "at_least"
}

_sum(a, b) := {"value": _added(_in_parts(a, 10000), _in_parts(b, 10000)) / 10000} if {
	_known(a)
	_known(b)
} else := _open([a, b], [_raised(share, b) | share := _share(a)]) if {
	_known(b)
} else := _open([a, b], [_raised(share, a) | share := _share(b)]) if {
	_known(a)
} else := _open([a, b], [_part(name, 1, 1) | name := concat(" + ", [_text(a), _text(b)])])

_raised(share, by) := object.union(share, {"plus": _added(share.plus, _in_parts(by, 10000))})

# In this package + is the function plus.
_added(a, b) := a - (0 - b)

# The number of one amount of a sum of which the other adds nothing.
_floor(a) := object.union({"bound": "at_least"}, _number(a))

_number(a) := {"value": a.value} if {
	_known(a)
} else := _open([a], [share | share := _share(a)])

# An amount without a number: what is missing, first of all of those that it is computed of, and of what it is a share.
_open(amounts, shares) := object.union_n(array.concat(
	[{"value": null}],
	array.concat(
		[object.filter(a, ["missing"]) | some a in array.reverse(amounts); not _known(a)],
		[{"share": share} | some share in shares],
	),
))

_known(a) if a.value != null

# The parameter that an amount without a number is.
_name(a) := a.parameters[0] if {
	not _known(a)
	not a.share
	count(a.parameters) == 1
}

# Of what an amount without a number is a share, plus so many ten-thousandths: a proof compares shares of one number
# that it does not know. What is computed of several such numbers is a share of the whole computation.
_share(a) := a.share if {
	a.share
} else := _part(_name(a), 1, 1)

_part(name, numerator, denominator) := {"of": name, "numerator": numerator, "denominator": denominator, "plus": 0}

# An amount as a text that is equal for equal ones.
_text(a) := format_int(_in_parts(a, 10000), 10) if {
	_known(a)
} else := concat("", [
	format_int(_share(a).numerator, 10),
	"/",
	format_int(_share(a).denominator, 10),
	" × ",
	_share(a).of,
	" + ",
	format_int(_share(a).plus, 10),
])

# The number of an amount in hundredths or ten-thousandths, as a whole number: arithmetic on these is exact.
_in_parts(a, parts) := round(a.value * parts) if {
	_known(a)
} else := 1

# A quotient of whole numbers: a ceiling is rounded down, anything else up.
_rounded(a, b, "at_most") := (a - (a % b)) / b

_rounded(a, b, bound) := (n - (n % b)) / b if {
	bound != "at_most"
	n := a - (1 - b)
}
