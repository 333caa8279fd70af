// Package box is the algebra of boxes: products of sets, with one set of cells for each attribute.
// A region of elders is a union of boxes. Every question of proof is a subtraction: what is left of
// one region when another is taken away.
package box

import (
	"math/bits"
	"slices"
)

// Set is a set of the cells of one attribute.
type Set [4]uint64

// MaxCells is the greatest number of cells an attribute may have.
const MaxCells = 256

// SetOf returns the set of the given cells.
func SetOf(cells ...uint8) Set {
	var s Set
	for _, c := range cells {
		s.Add(c)
	}
	return s
}

// Range returns the set of the cells from first to last, both included.
func Range(first, last uint8) Set {
	var s Set
	for c := int(first); c <= int(last); c++ {
		s.Add(uint8(c))
	}
	return s
}

// Add puts a cell into the set.
func (s *Set) Add(cell uint8) { s[cell/64] |= 1 << (cell % 64) }

// Has reports whether the cell is in the set.
func (s Set) Has(cell uint8) bool { return s[cell/64]>>(cell%64)&1 == 1 }

// And returns the intersection.
func (s Set) And(t Set) Set { return Set{s[0] & t[0], s[1] & t[1], s[2] & t[2], s[3] & t[3]} }

// Or returns the union.
func (s Set) Or(t Set) Set { return Set{s[0] | t[0], s[1] | t[1], s[2] | t[2], s[3] | t[3]} }

// Minus returns what is in s and not in t.
func (s Set) Minus(t Set) Set { return Set{s[0] &^ t[0], s[1] &^ t[1], s[2] &^ t[2], s[3] &^ t[3]} }

// Empty reports whether the set has no cell.
func (s Set) Empty() bool { return s == Set{} }

// Len returns the number of cells.
func (s Set) Len() int {
	return bits.OnesCount64(s[0]) + bits.OnesCount64(s[1]) + bits.OnesCount64(s[2]) + bits.OnesCount64(s[3])
}

// Within reports whether every cell of s is in t.
func (s Set) Within(t Set) bool { return s.Minus(t).Empty() }

// Cells returns the cells in ascending order.
func (s Set) Cells() []uint8 {
	var cells []uint8
	for w, word := range s {
		for ; word != 0; word &= word - 1 {
			cells = append(cells, uint8(w*64+bits.TrailingZeros64(word)))
		}
	}
	return cells
}

// Side is one side of a box: the cells of an attribute that it admits.
type Side struct {
	Attribute int
	Admits    Set
}

// Box is a product of sets. Its sides are sorted by attribute and constrain these attributes; of
// every other attribute it admits all cells. The empty Box is the whole space. No Box has an empty
// side.
type Box []Side

// Side returns the cells of an attribute that the box admits, and whether it constrains the
// attribute at all.
func (b Box) Side(attribute int) (Set, bool) {
	i, found := b.find(attribute)
	if !found {
		return Set{}, false
	}
	return b[i].Admits, true
}

func (b Box) find(attribute int) (int, bool) {
	return slices.BinarySearchFunc(b, attribute, func(s Side, a int) int { return s.Attribute - a })
}

// With returns the part of the box that admits only the given cells of an attribute, and false when
// nothing is left.
func (b Box) With(attribute int, admits Set) (Box, bool) {
	i, found := b.find(attribute)
	if found {
		admits = admits.And(b[i].Admits)
	}
	if admits.Empty() {
		return nil, false
	}
	if found {
		c := slices.Clone(b)
		c[i].Admits = admits
		return c, true
	}
	return slices.Insert(slices.Clip(b), i, Side{attribute, admits}), true
}

// Without returns the box without its side for an attribute.
func (b Box) Without(attribute int) Box {
	i, found := b.find(attribute)
	if !found {
		return b
	}
	return slices.Delete(slices.Clone(b), i, i+1)
}

// Intersect returns the common part of two boxes, and false when there is none.
func (b Box) Intersect(c Box) (Box, bool) {
	if !b.Meets(c) {
		return nil, false
	}
	out := make(Box, 0, len(b)+len(c))
	i, j := 0, 0
	for i < len(b) || j < len(c) {
		switch {
		case j == len(c) || i < len(b) && b[i].Attribute < c[j].Attribute:
			out = append(out, b[i])
			i++
		case i == len(b) || c[j].Attribute < b[i].Attribute:
			out = append(out, c[j])
			j++
		default:
			out = append(out, Side{b[i].Attribute, b[i].Admits.And(c[j].Admits)})
			i++
			j++
		}
	}
	return out, true
}

// Meets reports whether two boxes have a common part.
func (b Box) Meets(c Box) bool {
	i, j := 0, 0
	for i < len(b) && j < len(c) {
		switch d := b[i].Attribute - c[j].Attribute; {
		case d < 0:
			i++
		case d > 0:
			j++
		default:
			if b[i].Admits.And(c[j].Admits).Empty() {
				return false
			}
			i++
			j++
		}
	}
	return true
}

// Equal reports whether two boxes have the same sides.
func (b Box) Equal(c Box) bool { return slices.Equal(b, c) }

// Contains reports whether the box admits a point, given as one cell for each attribute.
func (b Box) Contains(cell func(attribute int) uint8) bool {
	for _, s := range b {
		if !s.Admits.Has(cell(s.Attribute)) {
			return false
		}
	}
	return true
}

// Minus returns what is left of the box when c is taken away, as disjoint boxes. All is the set of
// all cells of an attribute, which a box without a side for it admits.
func (b Box) Minus(c Box, all func(attribute int) Set) []Box {
	if !b.Meets(c) {
		return []Box{b}
	}
	var left []Box
	rest := b
	for i, s := range c {
		have, constrained := rest.Side(s.Attribute)
		if !constrained {
			have = all(s.Attribute)
		}
		outside, some := rest.With(s.Attribute, have.Minus(s.Admits))
		if some {
			left = append(left, outside)
		}
		if i < len(c)-1 && (some || !constrained) { // else the rest stays as it is
			rest, _ = rest.With(s.Attribute, s.Admits) // not empty, as b meets c
		}
	}
	return left
}

// Subtract returns what is left of a region when another is taken away, as boxes. They are disjoint
// where the region's are.
func Subtract(region, away []Box, all func(attribute int) Set) []Box {
	var left []Box
	for _, b := range region { // most often one box takes away another whole
		if !slices.ContainsFunc(away, func(c Box) bool { return b.within(c, all) }) {
			left = append(left, b)
		}
	}
	for _, c := range away {
		if len(left) == 0 {
			return nil
		}
		if !slices.ContainsFunc(left, c.Meets) {
			continue
		}
		var rest []Box
		for _, b := range left {
			rest = append(rest, b.Minus(c, all)...)
		}
		left = rest
	}
	return left
}

// within reports whether every point of the box lies in c.
func (b Box) within(c Box, all func(attribute int) Set) bool {
	for _, s := range c {
		admits, constrained := b.Side(s.Attribute)
		if !constrained {
			admits = all(s.Attribute)
		}
		if !admits.Within(s.Admits) {
			return false
		}
	}
	return true
}

// Covered reports whether every point of the region lies in one of the boxes.
func Covered(region, boxes []Box, all func(attribute int) Set) bool {
	return len(Subtract(region, boxes, all)) == 0
}

// Cover covers a region by few and wide boxes, those with the fewest sides first. Each box is made
// as wide as the region and the impossible points allow. No side admits a cell that only impossible
// points have.
func Cover(region, impossible []Box, all func(attribute int) Set) []Box {
	outside := func(b Box) []Box { return Subtract(Subtract([]Box{b}, region, all), impossible, all) }
	var cover []Box
	for left := region; len(left) > 0; {
		b := left[0]
		for _, side := range slices.Backward(left[0]) {
			if wide := b.Without(side.Attribute); len(outside(wide)) == 0 {
				b = wide
			}
		}
		for _, side := range b {
			b = widen(b, side, all(side.Attribute), outside)
		}
		b = trim(b, impossible, all)
		cover = append(cover, b)
		left = Subtract(left, []Box{b}, all)
	}
	slices.SortStableFunc(cover, func(a, b Box) int { return len(a) - len(b) })
	return cover
}

// trim takes from the sides of a box the cells that no possible point of it has.
func trim(b Box, impossible []Box, all func(attribute int) Set) Box {
	for _, side := range b {
		var some Set
		for _, part := range Subtract([]Box{b}, impossible, all) {
			admits, _ := part.Side(side.Attribute) // the side that b has
			some = some.Or(admits)
		}
		if !some.Empty() {
			b, _ = b.With(side.Attribute, some) // some cell is within the side
		}
	}
	return b
}

// widen adds to a side of a box every cell for which the box stays inside.
func widen(b Box, side Side, all Set, outside func(Box) []Box) Box {
	rest := b.Without(side.Attribute)
	more := all.Minus(side.Admits)
	beside, some := rest.With(side.Attribute, more)
	if !some {
		return b
	}
	for _, o := range outside(beside) {
		out, _ := o.Side(side.Attribute) // the side that beside has
		more = more.Minus(out)
	}
	wide, _ := rest.With(side.Attribute, side.Admits.Or(more))
	return wide
}
