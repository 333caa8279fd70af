package table

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// bond is a box of elders who cannot exist. It binds the attributes of its sides to each other.
type bond struct {
	box box.Box
	// from is an attribute that gives another, if nothing else binds it to anything. Otherwise it is
	// -1. Whatever else is known, such an attribute may have some value, and it matters only where
	// something reads it.
	from int
}

// Impossible returns the boxes of elders who cannot exist, as far as something can tell. Such an
// elder contradicts itself, lacks an answer to a question that is asked of it, has an answer to one
// that is not, or has an attribute that disagrees with what another gives. The boxes must not be
// changed.
func (t *Table) Impossible() []box.Box { return t.impossible }

// tellable returns the boxes of [Table.Impossible].
func (t *Table) tellable() []box.Box {
	read := t.read()
	var boxes []box.Box
	for _, b := range t.bonds {
		if b.from < 0 || read[b.from] {
			boxes = append(boxes, b.box)
		}
	}
	return boxes
}

// read returns the attributes that a rule or a case reads.
func (t *Table) read() (read [elder.MaxAttributes]bool) {
	for _, l := range t.Layers {
		for _, applied := range l.Rules {
			for _, name := range applied.Attributes {
				for _, i := range t.Space.Indexes(name) {
					read[i] = true
				}
			}
		}
	}
	for _, c := range t.Cases {
		for _, side := range c.Box {
			read[side.Attribute] = true
		}
	}
	return read
}

// bind finds the bonds.
func (t *Table) bind() []bond {
	var bonds []bond
	for _, c := range t.Contradictions {
		bonds = append(bonds, bond{c.Box, -1})
	}
	for i := range t.Space.Axes {
		for _, b := range t.unasked(i) {
			bonds = append(bonds, bond{b, -1})
		}
	}
	for _, b := range t.Space.Mixed() {
		bonds = append(bonds, bond{b, -1})
	}
	bound := slices.Clone(bonds)
	for i := range t.Space.Links {
		l := &t.Space.Links[i]
		from := l.From
		if slices.ContainsFunc(bound, func(b bond) bool { _, reads := b.box.Side(l.From); return reads }) {
			from = -1
		}
		for _, b := range l.Disagreeing(t.Space) {
			bonds = append(bonds, bond{b, from})
		}
	}
	return bonds
}

// unasked returns the boxes of elders who have an attribute that is not asked of them, or lack one
// that is. An elder who is not asked may still have the value that is taken where the attribute is
// missing. For example, the insurance of someone who is not insured has not certified anything.
func (t *Table) unasked(attribute int) []box.Box {
	axis := &t.Space.Axes[attribute]
	if axis.AskedOf < 0 {
		return nil
	}
	asked := box.SetOf(axis.AskedCells...)
	unanswered, _ := box.Box{}.With(axis.AskedOf, asked)
	unanswered, _ = unanswered.With(attribute, box.SetOf(elder.Absent))
	return []box.Box{unanswered, t.notAsked(attribute, box.SetOf(elder.Absent, axis.AbsentCell()))}
}

// notAsked returns the box of elders who are not asked of an attribute and do not have some cells
// of it.
func (t *Table) notAsked(attribute int, of box.Set) box.Box {
	axis := &t.Space.Axes[attribute]
	b, _ := box.Box{}.With(axis.AskedOf, t.All(axis.AskedOf).Minus(box.SetOf(axis.AskedCells...)))
	b, _ = b.With(attribute, t.All(attribute).Minus(of))
	return b
}

// Binding returns those boxes of elders who cannot exist that an encoded elder may lie in. In an
// encoded elder, an attribute that gives another agrees with it.
func (t *Table) Binding() []box.Box {
	var boxes []box.Box
	for _, b := range t.bonds {
		if b.from < 0 {
			boxes = append(boxes, b.box)
		}
	}
	return boxes
}
