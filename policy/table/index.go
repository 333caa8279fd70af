package table

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy/box"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// index is the bitmap index: for each attribute that a box constrains, and each cell, the set of the boxes that admit the
// cell. Bits stand for the boxes, in order.
type index struct {
	boxes int
	words int
	axes  []indexAxis
	rows  []uint64 // by axis, then by cell, then by word
}

type indexAxis struct {
	attribute uint8
	absent    uint8   // the cell that stands for nothing
	asked     bool    // only of some elders
	askedOf   uint8   // the attribute that decides it
	askedIf   box.Set // the cells for which it is asked
	first     int     // in rows, the row of cell 0
	certain   []uint64
	possible  []uint64
}

// newIndex indexes the cases, but for one of a higher layer that a nearer layer grants in the same words: it can add
// nothing. Cases are the indexes of those indexed.
func newIndex(t *Table) (x index, cases []int) {
	var boxes []box.Box
	for i, c := range t.Cases {
		repeats := slices.ContainsFunc(cases, func(j int) bool { return t.Cases[j].repeats(c) })
		if !repeats {
			cases = append(cases, i)
			boxes = append(boxes, c.Box)
		}
	}
	return indexOf(t, boxes), cases
}

// indexOf indexes boxes.
func indexOf(t *Table, boxes []box.Box) index {
	x := index{boxes: len(boxes), words: (len(boxes) + 63) / 64}
	for a := range t.Space.Axes {
		if slices.ContainsFunc(boxes, func(b box.Box) bool { _, ok := b.Side(a); return ok }) {
			x.add(t, a, boxes)
		}
	}
	return x
}

// repeats reports whether d, of a higher layer, is the same case as c: the same rule, box and promises.
func (c Case) repeats(d Case) bool {
	if c.Layer >= d.Layer || c.Rule != d.Rule || !c.Box.Equal(d.Box) || len(c.Grant.Measures) != len(d.Grant.Measures) {
		return false
	}
	for name, p := range c.Grant.Measures {
		if q, ok := d.Grant.Measures[name]; !ok || !p.Same(q) {
			return false
		}
	}
	return true
}

// add adds an attribute.
func (x *index) add(t *Table, attribute int, boxes []box.Box) {
	axis := &t.Space.Axes[attribute]
	added := indexAxis{
		attribute: uint8(attribute), absent: axis.AbsentCell(), first: len(x.rows),
		certain: make([]uint64, x.words), possible: make([]uint64, x.words),
	}
	if axis.AskedOf >= 0 {
		added.asked, added.askedOf, added.askedIf = true, uint8(axis.AskedOf), box.SetOf(axis.AskedCells...)
	}
	rows := make([]uint64, axis.Cells()*x.words)
	values := t.Space.Values(attribute)
	for bit, b := range boxes {
		admits, constrained := b.Side(attribute)
		if !constrained {
			admits = t.All(attribute)
		}
		mask, word := uint64(1)<<(bit%64), bit/64
		for _, cell := range admits.Cells() {
			rows[int(cell)*x.words+word] |= mask
		}
		if values.Within(admits) {
			added.certain[word] |= mask
		}
		if !values.And(admits).Empty() {
			added.possible[word] |= mask
		}
	}
	x.rows = append(x.rows, rows...)
	x.axes = append(x.axes, added)
}

// exact is the set of the boxes that admit c, a missing attribute being a cell like any other. Out has x.words words.
func (x *index) exact(c *elder.Cells, out []uint64) {
	if x.words == 1 { // nearly always
		all := x.word(0)
		for i := range x.axes {
			axis := &x.axes[i]
			all &= x.rows[axis.first+int(c[axis.attribute%elder.MaxAttributes])]
		}
		out[0] = all
		return
	}
	x.fill(out)
	for i := range x.axes {
		axis := &x.axes[i]
		and(out, x.rows[axis.first+int(c[axis.attribute])*x.words:])
	}
}

// some reports whether a box admits c with everything missing taken as absent.
func (x *index) some(c *elder.Cells) bool {
	for w := range x.words {
		all := x.word(w)
		for i := range x.axes {
			axis := &x.axes[i]
			cell := c[axis.attribute]
			if axis.missing(c) {
				cell = axis.absent
			}
			all &= x.rows[axis.first+int(cell)*x.words+w]
		}
		if all != 0 {
			return true
		}
	}
	return false
}

// missing reports whether an attribute of the index is not given and may be asked of the elder.
func (x *index) missing(c *elder.Cells) bool {
	for i := range x.axes {
		if x.axes[i].missing(c) {
			return true
		}
	}
	return false
}

// bounds are the boxes that admit c whatever its missing attributes are, and those that admit it for some of their values
// taken one by one. An attribute that is not asked of the elder has no value, and is not missing.
func (x *index) bounds(c *elder.Cells, certain, possible []uint64) {
	x.fill(certain)
	x.fill(possible)
	for i := range x.axes {
		axis := &x.axes[i]
		if axis.missing(c) {
			and(certain, axis.certain)
			and(possible, axis.possible)
			continue
		}
		row := x.rows[axis.first+int(c[axis.attribute])*x.words:]
		and(certain, row)
		and(possible, row)
	}
}

// missing reports whether the attribute is not given, and may be asked of the elder.
func (a *indexAxis) missing(c *elder.Cells) bool {
	if c[a.attribute%elder.MaxAttributes] != elder.Absent {
		return false
	}
	return !a.asked || c[a.askedOf] == elder.Absent || a.askedIf.Has(c[a.askedOf])
}

// fill sets the bits of all boxes.
func (x *index) fill(set []uint64) {
	for w := range set {
		set[w] = x.word(w)
	}
}

// word are the bits of a word that stand for boxes.
func (x *index) word(w int) uint64 {
	if used := x.boxes - w*64; used < 64 {
		return 1<<used - 1
	}
	return ^uint64(0)
}

func and(set, row []uint64) {
	for w := range set {
		set[w] &= row[w]
	}
}
