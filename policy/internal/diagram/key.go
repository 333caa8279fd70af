package diagram

import (
	"encoding/binary"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// state is what is left to tell at some depth of a diagram.
type state struct {
	*builder
	depth   int
	cells   *elder.Cells
	alive   []bool                   // the conditions that are left open, but for those that others say enough of
	readers [elder.MaxAttributes]int // how many of these read an attribute
	certain []byte                   // the numbers of cases alike of which one holds
	maybe   []byte                   // and of those of which one may, whatever else there is
}

// key tells apart what is left to tell: by the conditions left open, and by the missing attributes
// that they read. Of cases that grant the same it tells only whether one of them holds or may hold,
// as far as that is all that they say and no other outdoes them. Alive is used up.
func (b *builder) key(depth int, c *elder.Cells, alive []bool) string {
	s := &state{builder: b, depth: depth, cells: c, alive: alive}
	s.certain, s.maybe = make([]byte, len(b.conditions)/8+1), make([]byte, len(b.conditions)/8+1)
	s.settle()
	for b.alike && s.loosen() {
		s.readers = [elder.MaxAttributes]int{}
	}
	b.thin(s.certain)
	b.thin(s.maybe)
	key := append([]byte{byte(depth)}, s.certain...)
	key = append(key, s.maybe...)
	var bits byte
	var missing uint64
	for i, x := range b.conditions {
		if alive[i] {
			bits |= 1 << (i % 8)
			for _, side := range x.Box {
				if s.isMissing(side.Attribute) {
					missing |= 1 << side.Attribute
				}
			}
		}
		if i%8 == 7 || i == len(b.conditions)-1 {
			key, bits = append(key, bits), 0
		}
	}
	return string(binary.LittleEndian.AppendUint64(key, missing))
}

// settle takes out the cases that a case outdoes that holds: they cannot add to it.
func (s *state) settle() {
	settled := make([]byte, len(s.certain))
	for i, x := range s.conditions {
		if s.alive[i] && x.Alike > 0 && s.holds(x) {
			put(s.certain, x.Alike)
			put(settled, x.Alike)
			for _, n := range x.Outdone {
				put(settled, n)
			}
		}
	}
	for i, x := range s.conditions {
		s.alive[i] = s.alive[i] && !has(settled, x.Alike)
	}
}

// thin takes from a set of numbers those of cases that others in it outdo. Of two that outdo each
// other the first is left.
func (b *builder) thin(set []byte) {
	for n := range 8 * len(set) {
		if !has(set, n) {
			continue
		}
		for _, m := range b.outdone[n] {
			if has(set, m) && (m > n || !slices.Contains(b.outdone[m], n)) {
				set[m/8] &^= 1 << (m % 8)
			}
		}
	}
}

// loosen takes out conditions on missing attributes that nothing else reads, and reports whether
// there are any. Such a case may hold and never does for certain, nor together with others. Such a
// condition of another kind makes nothing impossible, as the attribute may be otherwise.
func (s *state) loosen() (loosened bool) {
	for i, x := range s.conditions {
		for _, side := range x.Box {
			if s.alive[i] {
				s.readers[side.Attribute]++
			}
		}
	}
	for i, x := range s.conditions {
		if !s.alive[i] || !s.isFinished(x) {
			continue
		}
		missing, own, never := 0, 0, false
		for _, side := range x.Box {
			never = never || x.Alike > 0 && s.isMissing(side.Attribute) && !s.mayHold(side)
			if s.isMissing(side.Attribute) && !s.holdsAnyway(side) {
				if missing++; s.readers[side.Attribute] == 1 {
					own++
				}
			}
		}
		if !never && (own == 0 || x.Alike > 0 && own < missing) {
			continue
		}
		s.alive[i], loosened = false, true
		if x.Alike > 0 && !never {
			put(s.maybe, x.Alike)
		}
	}
	return loosened
}

func put(set []byte, n int)      { set[n/8] |= 1 << (n % 8) }
func has(set []byte, n int) bool { return set[n/8]>>(n%8)&1 == 1 }

// isFinished reports whether all attributes that a condition reads are asked.
func (s *state) isFinished(x Condition) bool {
	for _, side := range x.Box {
		if s.places[side.Attribute] >= s.depth {
			return false
		}
	}
	return true
}

// holds reports whether a condition that is alive holds for certain by itself.
func (s *state) holds(x Condition) bool {
	for _, side := range x.Box {
		if s.places[side.Attribute] >= s.depth || s.isMissing(side.Attribute) && !s.holdsAnyway(side) {
			return false
		}
	}
	return true
}

// holdsAnyway reports whether a side admits all that a missing attribute may be, also that it is
// not asked.
func (s *state) holdsAnyway(side box.Side) bool {
	return s.space.Values(side.Attribute).Within(side.Admits)
}

// mayHold reports whether a side admits something that a missing attribute may be: a value, or
// nothing where it is not asked. Where it is unknown whether it is asked, it may be either.
func (s *state) mayHold(side box.Side) bool {
	of := s.space.Axes[side.Attribute].AskedOf
	if of >= 0 && s.cells[of] == elder.Absent {
		return true
	}
	if !s.space.Asked(side.Attribute, *s.cells) {
		return side.Admits.Has(elder.Absent)
	}
	return !side.Admits.Minus(box.SetOf(elder.Absent)).Empty()
}

func (s *state) isMissing(axis int) bool {
	return s.places[axis] < s.depth && s.cells[axis] == elder.Absent
}
