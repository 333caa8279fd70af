package table

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// Projection is the space of elders seen by the attributes that some cases constrain, and by those
// bound to them: contradicting them, asked because of them, or given by them. All other attributes
// are independent of these. So a question about the cases alone has the same answer here as in the
// whole space, at a fraction of the cost.
type Projection struct {
	Cases      []Case
	table      *Table
	attributes []int
	impossible []box.Box
}

// Projection returns the projection for some cases and for further attributes that matter.
func (t *Table) Projection(cases []Case, more ...int) *Projection {
	p := &Projection{Cases: cases, table: t}
	var seen [elder.MaxAttributes]bool
	for _, i := range more {
		seen[i] = true
	}
	see := func(b box.Box) {
		for _, side := range b {
			seen[side.Attribute] = true
		}
	}
	for _, c := range cases {
		see(c.Box)
	}
	left := slices.Clone(t.bonds)
	for bound := true; bound; {
		bound = false
		left = slices.DeleteFunc(left, func(b bond) bool {
			sees := b.from >= 0 && seen[b.from] ||
				b.from < 0 && slices.ContainsFunc(b.box, func(s box.Side) bool { return seen[s.Attribute] })
			if !sees {
				return false
			}
			see(b.box)
			p.impossible = append(p.impossible, b.box)
			bound = true
			return true
		})
	}
	for i := range t.Space.Axes {
		if seen[i] {
			p.attributes = append(p.attributes, i)
		}
	}
	return p
}

// Attributes returns the attributes of the projection, in the order of the vocabulary. They must
// not be changed.
func (p *Projection) Attributes() []int { return p.attributes }

// Impossible returns the boxes of [Table.Impossible] that constrain attributes of the projection.
// They must not be changed.
func (p *Projection) Impossible() []box.Box { return p.impossible }

// Region returns the projection of [Table.Possible]. It is empty when no such elder can exist.
func (p *Projection) Region(c elder.Cells) []box.Box {
	known, impossible := make(box.Box, 0, len(p.attributes)), slices.Clip(p.impossible)
	for _, i := range p.attributes {
		axis := &p.table.Space.Axes[i]
		switch {
		case c[i] != elder.Absent:
			known = append(known, box.Side{Attribute: i, Admits: box.SetOf(c[i])})
		case axis.AskedOf < 0:
			known = append(known, box.Side{Attribute: i, Admits: box.Range(1, uint8(axis.Cells()-1))})
		default: // where it is not asked, it stays missing
			impossible = append(impossible, p.table.notAsked(i, box.SetOf(elder.Absent)))
		}
	}
	return box.Subtract([]box.Box{known}, impossible, p.table.All)
}
