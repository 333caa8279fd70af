package lint

import (
	"fmt"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// gaps looks for elders whom the branches of a service leave out. One kind has the service, but
// none of the amounts that several branches state. The other has no service by these branches or by
// those of more, and stands between elders who have it.
func (l *linter) gaps(service *policy.Service, branches, more []branch) {
	if !slices.ContainsFunc(branches, func(b branch) bool { return l.owns(b.Applied) }) {
		return
	}
	f := Finding{Code: Gap, Subject: service.ID, Pos: service.Pos}
	for _, measure := range measuresOf(branches) {
		states := func(b branch) bool { return b.states(measure) }
		stating := filter(branches, states)
		if len(stating) < 2 {
			continue
		}
		left := box.Subtract(boxesOf(branches), boxesOf(stating), l.space.Values)
		left = l.possible(box.Subtract(left, boxesOf(filter(more, states)), l.space.Values))
		if len(left) > 0 {
			f.Message = fmt.Sprintf("some elders have the service but are in none of the branches that state %s", measure)
			l.add(f, left)
		}
	}
	between := l.possible(box.Subtract(l.between(boxesOf(branches)), boxesOf(slices.Concat(branches, more)), l.space.Values))
	if len(between) > 0 {
		f.Message = "between the branches of the service, some elders are in none"
		l.add(f, between)
	}
}

func (b branch) states(measure string) bool {
	_, ok := b.grant.Measures[measure]
	return ok
}

func filter(branches []branch, keep func(branch) bool) []branch {
	return slices.DeleteFunc(slices.Clone(branches), func(b branch) bool { return !keep(b) })
}

func measuresOf(branches []branch) []string {
	var names []string
	for _, b := range branches {
		names = slices.AppendSeq(names, maps.Keys(b.grant.Measures))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func boxesOf(branches []branch) []box.Box {
	var boxes []box.Box
	for _, b := range branches {
		boxes = append(boxes, b.boxes...)
	}
	return boxes
}

// between returns the elders between two boxes. Such an elder differs in one attribute from an
// elder of each box, and has a value of it between theirs.
func (l *linter) between(boxes []box.Box) []box.Box {
	var all []box.Box
	for i, a := range boxes {
		for _, b := range boxes[i:] {
			for _, side := range a {
				other, constrained := b.Side(side.Attribute)
				if !constrained {
					continue
				}
				between := valuesBetween(&l.space.Axes[side.Attribute], side.Admits, other)
				if between.Empty() {
					continue
				}
				if rest, some := a.Without(side.Attribute).Intersect(b.Without(side.Attribute)); some {
					one, _ := rest.With(side.Attribute, between)
					all = append(all, one)
				}
			}
		}
	}
	return all
}

// valuesBetween returns the values between two sets of an attribute's values. For numbers these lie
// between the least and the greatest; a number that says there is nothing to count is left out. For
// an enum without a value that means nothing, these are all that neither set has, when one set has
// the first value and the other set only different ones.
func valuesBetween(axis *elder.Axis, a, b box.Set) box.Set {
	const first = 1
	both := a.Or(b)
	switch axis.Type {
	case policy.Integer:
		if cells := both.Minus(box.SetOf(axis.AbsentCell())).Cells(); len(cells) > 0 {
			return box.Range(cells[0], cells[len(cells)-1]).Minus(both)
		}
	case policy.Enum:
		if axis.Absent == nil && a.And(b).Empty() && both.Has(first) {
			return box.Range(first, uint8(axis.Cells()-1)).Minus(both)
		}
	}
	return box.Set{}
}
