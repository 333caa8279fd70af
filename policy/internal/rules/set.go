package rules

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// A set is one dimension, though each of its values is an axis. The axes are given all together or
// not at all. So there are as many classes as lists, and one for the missing set.

// setDimension returns the dimension of a set. Its classes are that of Absent, and then one for
// each list of the values that are told apart, with a bit for each value. It reports false when
// there are too many.
func (rd *Reducer) setDimension(first int, u *usage) (dimension, bool) {
	d := dimension{attribute: first, members: rd.toldApart(first, u)}
	if len(d.members) >= 16 || 1<<len(d.members)+1 > maxCombinations {
		return d, false
	}
	d.classes = []class{{}}
	for list := range 1 << len(d.members) {
		var names []*ast.Term
		for bit, axis := range d.members {
			if list>>bit&1 == 1 {
				names = append(names, ast.StringTerm(rd.space.Axes[axis].Member.Name))
			}
		}
		d.classes = append(d.classes, class{value: ast.ArrayTerm(names...)})
	}
	return d, true
}

// toldApart returns the axes of a set on which a reader of the set depends: those of the values
// that it looks for, or else all.
func (rd *Reducer) toldApart(first int, u *usage) []int {
	members := []int{}
	for _, axis := range rd.space.Indexes(rd.space.Axes[first].Attribute.Name) {
		name := ast.String(rd.space.Axes[axis].Member.Name)
		if u.otherwise || slices.ContainsFunc(u.with, func(c constant) bool { return c.mayBe(name) }) {
			members = append(members, axis)
		}
	}
	return members
}

// mayBe reports whether comparing with the constant may tell a text, or a list with it, from
// others.
func (c constant) mayBe(text ast.String) bool {
	if c.parameter != nil || c.operator != "" || !ast.IsScalar(c.scalar) {
		return true
	}
	return c.scalar.Compare(text) == 0
}

// setSides returns disjoint boxes of some classes of a set.
func (d dimension) setSides(classes []int) []box.Box {
	absent := box.SetOf(elder.Absent)
	has := make([]bool, len(d.classes))
	for _, n := range classes {
		has[n] = true
	}
	given := memberBoxes(d.members, func(list int) bool { return has[list+1] })
	switch hasAbsent := has[0]; {
	case len(given) == 0:
		return []box.Box{{{Attribute: d.attribute, Admits: absent}}}
	case !hasAbsent && len(given[0]) == 0:
		return []box.Box{{{Attribute: d.attribute, Admits: notHeld.Or(isHeld)}}}
	case hasAbsent: // nobody has one axis without another, so the first box may include the others' absence
		given[0] = slices.Clone(given[0])
		for i := range given[0] {
			given[0][i].Admits = given[0][i].Admits.Or(absent)
		}
	}
	return given
}

// These are the cells of an axis of a set.
var notHeld, isHeld = box.SetOf(1), box.SetOf(2)

// memberBoxes returns disjoint boxes of the wanted lists. A value that makes no difference is left
// out.
func memberBoxes(members []int, wanted func(list int) bool) []box.Box {
	if len(members) == 0 {
		if wanted(0) {
			return []box.Box{{}}
		}
		return nil
	}
	last := len(members) - 1
	without := memberBoxes(members[:last], wanted)
	with := memberBoxes(members[:last], func(list int) bool { return wanted(list | 1<<last) })
	if slices.EqualFunc(without, with, box.Box.Equal) {
		return without
	}
	var all []box.Box
	for _, b := range without {
		b, _ = b.With(members[last], notHeld)
		all = append(all, b)
	}
	for _, b := range with {
		b, _ = b.With(members[last], isHeld)
		all = append(all, b)
	}
	return all
}
