package words

import (
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// Style is the way in which attributes and their values are written.
type Style int

// The styles.
const (
	Names   Style = iota // as rules and JSON write them: local_hukou false
	Chinese              // by Chinese labels: 本地户籍 否
	English              // by English labels: registered locally: no
	Quoted               // like English, with the values of enums in quotes, for use in a sentence: needs "none"
)

// In returns the style for a language: [English] for "en", and [Chinese] for everything else.
func In(lang string) Style {
	if lang == "en" {
		return English
	}
	return Chinese
}

// Box returns a box of elders in words, such as "age 60–64, local_hukou false". Sides that admit
// every value are left out, whether or not the attribute may be missing. A box without any other
// side is everybody.
func Box(space *elder.Space, b box.Box, style Style) string {
	var sides []string
	var before *policy.Attribute
	for _, s := range b {
		axis := &space.Axes[s.Attribute]
		switch {
		case everyValue(axis).Within(s.Admits):
		case axis.Member != nil && axis.Attribute == before: // a set is named once
			sides[len(sides)-1] += style.pick(" and ", "且") + Values(axis, s.Admits, style)
		default:
			sides, before = append(sides, Side(axis, s.Admits, style)), axis.Attribute
		}
	}
	if len(sides) == 0 {
		return style.pick("everybody", "所有人")
	}
	return strings.Join(sides, style.pick(", ", "，"))
}

// maxBoxes is the greatest number of boxes of a region that are written out. A relation between two
// ages has a hundred.
const maxBoxes = 12

// Region returns a union of boxes in words, with "; or " between them. Of many boxes it writes the
// first ones, and how many more there are.
func Region(space *elder.Space, boxes []box.Box, style Style) string {
	texts := make([]string, 0, maxBoxes+1)
	for i, b := range boxes {
		if i == maxBoxes {
			more := len(boxes) - maxBoxes
			texts = append(texts, style.pick("one of "+strconv.Itoa(more)+" more cases", "另外"+strconv.Itoa(more)+"种情形之一"))
			break
		}
		texts = append(texts, Box(space, b, style))
	}
	return strings.Join(texts, style.pick("; or ", "；或"))
}

// Side returns an attribute with the cells that are admitted, such as "age ≥ 65" or
// "assistance_category dibao|tekun".
func Side(axis *elder.Axis, admits box.Set, style Style) string {
	return Label(axis, style) + separator(axis, style) + Values(axis, admits, style)
}

// Cell returns an attribute with one value, such as "年龄 85周岁". A missing value is "not given".
func Cell(axis *elder.Axis, cell uint8, style Style) string {
	return Label(axis, style) + separator(axis, style) + Value(axis, cell, style)
}

// Label returns what the attribute is called.
func Label(axis *elder.Axis, style Style) string {
	if style == Names {
		return axis.Attribute.Name
	}
	return axis.Name(style != Chinese)
}

// separator stands between an attribute and its values.
func separator(axis *elder.Axis, style Style) string {
	if (style == English || style == Quoted) && axis.Type != policy.Integer {
		return ": "
	}
	return " "
}

// Value returns one value of an attribute. [elder.Absent] is "not given".
func Value(axis *elder.Axis, cell uint8, style Style) string {
	switch v := axis.Value(cell).(type) {
	case nil:
		return style.pick("not given", "未提供")
	case bool:
		switch {
		case style == Names && axis.Member != nil:
			return map[bool]string{true: "with ", false: "without "}[v] + axis.Member.Name
		case style == Names:
			return strconv.FormatBool(v)
		}
	case string:
		switch style {
		case Names:
			return v
		case Quoted:
			return `"` + axis.Words(cell, true) + `"`
		}
	}
	return axis.Words(cell, style != Chinese)
}

// Values returns the admitted cells of an attribute, without its name: "≥ 80周岁", "60–64周岁",
// "低保或特困", "是". When only a few values are left out, it writes these: "not tekun". Where a missing
// value is admitted too, the words say so.
func Values(axis *elder.Axis, admits box.Set, style Style) string {
	values := everyValue(axis)
	given, absent := admits.And(values), admits.Has(elder.Absent)
	left := values.Minus(given)
	switch {
	case given.Empty() && absent:
		return Value(axis, elder.Absent, style)
	case given.Empty():
		return style.pick("impossible", "不可能")
	case left.Empty() && absent:
		return style.pick("any", "不限")
	case left.Empty():
		return style.pick("given", "任一值")
	case style == Names && axis.Type != policy.Integer && axis.Member == nil && (absent || few(left, given)):
		return "not " + list(axis, left, style)
	case axis.Type == policy.Enum && absent:
		return style.pick("not ", "不是") + list(axis, left, style)
	case axis.Type == policy.Enum && few(left, given):
		return style.pick("any but ", "除") + list(axis, left, style) + style.pick("", "外均可")
	case absent:
		return strings.Join([]string{list(axis, given, style), Value(axis, elder.Absent, style)}, style.pick(" or ", "或"))
	}
	return list(axis, given, style)
}

// few reports whether a set leaves out far fewer values than it holds.
func few(left, given box.Set) bool { return 2*left.Len() < given.Len() }

// everyValue returns the cells of an axis except Absent.
func everyValue(axis *elder.Axis) box.Set { return box.Range(1, uint8(axis.Cells()-1)) }

// list returns the cells of a set of values. The set is neither empty nor the whole axis.
func list(axis *elder.Axis, set box.Set, style Style) string {
	if axis.Type == policy.Integer {
		return alternatives(runs(axis, set, style), style)
	}
	var values []string
	for _, cell := range set.Cells() {
		values = append(values, Value(axis, cell, style))
	}
	if style == Names {
		return strings.Join(values, "|")
	}
	return alternatives(values, style)
}

// fewValues is the greatest number of values for which a range of integers is written with both its
// ends: grade 1–4, not ≥ 1.
const fewValues = 10

// runs returns the ranges that a set of integers consists of.
func runs(axis *elder.Axis, set box.Set, style Style) []string {
	unit := style.pick("", axis.Unit)
	var all []string
	cells := set.Cells()
	for i := 0; i < len(cells); {
		last := i
		for last+1 < len(cells) && cells[last+1] == cells[last]+1 {
			last++
		}
		from, _ := axis.Numbers(cells[i])
		_, to := axis.Numbers(cells[last])
		open := axis.Max-axis.Min >= fewValues
		switch {
		case from == to:
			all = append(all, strconv.Itoa(from)+unit)
		case open && to == axis.Max:
			all = append(all, "≥ "+strconv.Itoa(from)+unit)
		case open && from == axis.Min:
			all = append(all, "≤ "+strconv.Itoa(to)+unit)
		default:
			all = append(all, strconv.Itoa(from)+"–"+strconv.Itoa(to)+unit)
		}
		i = last + 1
	}
	return all
}

// alternatives joins values of which any one will do: "a, b or c".
func alternatives(values []string, style Style) string {
	n := len(values) - 1
	if n == 0 {
		return values[0]
	}
	return strings.Join(values[:n], style.pick(", ", "、")) + style.pick(" or ", "或") + values[n]
}

// pick returns the text in the style's language.
func (s Style) pick(english, chinese string) string {
	if s == Chinese {
		return chinese
	}
	return english
}
