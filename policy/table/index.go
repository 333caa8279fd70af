package table

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy/box"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// index is the bitmap index: for each attribute that a case constrains, and each cell, the set of the cases that admit it.
// Bits stand for the cases that the index holds, and after them for the contradictions.
type index struct {
	words int
	axes  []indexAxis
	cases []int // bit -> index into Table.Cases
	total int   // the number of bits: the cases, then the contradictions
}

type indexAxis struct {
	attribute int
	rows      []uint64 // cell × words
	certain   []uint64 // the cases that admit every value
	possible  []uint64 // the cases that admit some value
}

// newIndex indexes the cases. A case of a higher layer that a nearer layer grants in the same words is left out: it can
// add nothing.
func newIndex(t *Table) index {
	var x index
	for i, c := range t.Cases {
		repeats := slices.ContainsFunc(x.cases, func(j int) bool { return t.Cases[j].repeats(c) })
		if !repeats {
			x.cases = append(x.cases, i)
		}
	}
	x.total = len(x.cases) + len(t.Contradictions)
	boxes := make([]box.Box, 0, x.total)
	for _, i := range x.cases {
		boxes = append(boxes, t.Cases[i].Box)
	}
	for _, c := range t.Contradictions {
		boxes = append(boxes, c.Box)
	}
	x.words = (len(boxes) + 63) / 64
	for a := range t.Space.Axes {
		if slices.ContainsFunc(boxes, func(b box.Box) bool { _, ok := b.Side(a); return ok }) {
			x.axes = append(x.axes, newIndexAxis(t, a, boxes, x.words))
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

func newIndexAxis(t *Table, attribute int, boxes []box.Box, words int) indexAxis {
	cells := t.Space.Axes[attribute].Cells()
	x := indexAxis{attribute: attribute, rows: make([]uint64, cells*words), certain: make([]uint64, words), possible: make([]uint64, words)}
	values := t.Space.Values(attribute)
	for bit, b := range boxes {
		admits, constrained := b.Side(attribute)
		if !constrained {
			admits = t.All(attribute)
		}
		mask, word := uint64(1)<<(bit%64), bit/64
		for _, cell := range admits.Cells() {
			x.rows[int(cell)*words+word] |= mask
		}
		if values.Within(admits) {
			x.certain[word] |= mask
		}
		if !values.And(admits).Empty() {
			x.possible[word] |= mask
		}
	}
	return x
}

// exact is the set of the cases that admit c, a missing attribute being a cell like any other. Out has x.words words.
func (x *index) exact(c *elder.Cells, out []uint64) {
	for w := range out {
		out[w] = ^uint64(0)
	}
	if x.words == 1 {
		bits := ^uint64(0)
		for i := range x.axes {
			bits &= x.axes[i].rows[c[x.axes[i].attribute]]
		}
		out[0] = bits & x.last()
		return
	}
	for i := range x.axes {
		axis := &x.axes[i]
		row := axis.rows[int(c[axis.attribute])*x.words:][:len(out)]
		for w := range out {
			out[w] &= row[w]
		}
	}
	x.trim(out)
}

// bounds are the cases that admit c whatever its missing attributes are, and those that admit it for some of their values
// taken one by one.
func (x *index) bounds(c *elder.Cells, certain, possible []uint64) {
	for w := range certain {
		certain[w], possible[w] = ^uint64(0), ^uint64(0)
	}
	for i := range x.axes {
		axis := &x.axes[i]
		cell := c[axis.attribute]
		low, high := axis.certain, axis.possible
		if cell != elder.Absent {
			low = axis.rows[int(cell)*x.words:][:x.words]
			high = low
		}
		for w := range certain {
			certain[w] &= low[w]
			possible[w] &= high[w]
		}
	}
	x.trim(certain)
	x.trim(possible)
}

// last masks the bits of the last word that stand for something.
func (x *index) last() uint64 {
	if used := x.total % 64; used != 0 {
		return 1<<used - 1
	}
	return ^uint64(0)
}

func (x *index) trim(bits []uint64) {
	if len(bits) > 0 {
		bits[len(bits)-1] &= x.last()
	}
}
