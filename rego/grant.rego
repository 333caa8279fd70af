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
#  The base times the multiple, in the unit of the base. It is a floor, so it is rounded up to the fen. While one of the
#  two has no number the amount is open, and names what is missing. It says of which parameter it is a share.
# scope: document
times(base, multiple) := object.union(
	{
		"bound": "at_least",
		"value": _fen_up(base.value, multiple) / 100,
		"unit": base.unit,
		"parameters": array.concat(base.parameters, multiple.parameters),
	},
	_share(base, multiple),
) if {
	base.value != null
	multiple.value != null
}

times(base, multiple) := object.union(
	{
		"bound": "at_least",
		"value": null,
		"unit": base.unit,
		"parameters": array.concat(base.parameters, multiple.parameters),
		"missing": base.missing,
	},
	_share(base, multiple),
) if {
	base.value == null
}

times(base, multiple) := {
	"bound": "at_least",
	"value": null,
	"unit": base.unit,
	"parameters": array.concat(base.parameters, multiple.parameters),
	"missing": multiple.missing,
} if {
	base.value != null
	multiple.value == null
}

# Of which parameter an amount is a share, and which: a proof compares shares of one base whose number it does not know.
_share(base, multiple) := {"share": {
	"of": base.parameters[0],
	"numerator": multiple.numerator,
	"denominator": multiple.denominator,
}} if {
	count(base.parameters) == 1
	multiple.value != null
}

_share(base, _) := {} if count(base.parameters) != 1

_share(_, multiple) := {} if multiple.value == null

# The product in fen, exact in integers: a fraction such as 1/3 has no decimal to multiply by.
_fen_up(value, multiple) := _ceil_div(round(value * 100) * multiple.numerator, multiple.denominator)

_ceil_div(a, b) := (n - (n % b)) / b if n := (a + b) - 1
