package box_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// Sets of all 256 cells are checked against maps.
func TestSetsAgreeWithMaps(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	random := func() (box.Set, map[uint8]bool) {
		var s box.Set
		m := map[uint8]bool{}
		for range r.IntN(100) {
			cell := uint8(r.IntN(box.MaxCells))
			s.Add(cell)
			m[cell] = true
		}
		return s, m
	}
	for range 200 {
		a, inA := random()
		b, inB := random()
		var cells, and, or, minus []uint8
		for c := range box.MaxCells {
			cell := uint8(c)
			if a.Has(cell) != inA[cell] {
				t.Fatalf("cell %d: %v", cell, a.Has(cell))
			}
			if inA[cell] {
				cells = append(cells, cell)
			}
			if inA[cell] && inB[cell] {
				and = append(and, cell)
			}
			if inA[cell] || inB[cell] {
				or = append(or, cell)
			}
			if inA[cell] && !inB[cell] {
				minus = append(minus, cell)
			}
		}
		want := [][]uint8{cells, and, or, minus}
		if diff := cmp.Diff(want, [][]uint8{a.Cells(), a.And(b).Cells(), a.Or(b).Cells(), a.Minus(b).Cells()}); diff != "" {
			t.Fatalf("cells, and, or, minus: %s", diff)
		}
		if a.Len() != len(cells) || a.Empty() != (len(cells) == 0) || a.Within(b) != (len(minus) == 0) || !a.And(b).Within(b) {
			t.Fatalf("%v: %d cells, empty %v, within %v: %v", cells, a.Len(), a.Empty(), b.Cells(), a.Within(b))
		}
		first, last := uint8(r.IntN(box.MaxCells)), uint8(r.IntN(box.MaxCells))
		if got, want := box.Range(first, last).Len(), max(0, int(last)-int(first)+1); got != want {
			t.Fatalf("from %d to %d there are %d, want %d", first, last, got, want)
		}
		if !box.SetOf(cells...).Within(a) || len(cells) > 0 && box.Range(cells[0], cells[len(cells)-1]).And(a) != a {
			t.Fatalf("%v is not made of its cells", cells)
		}
	}
}

// Sides stay in order, are looked up, taken off, and never change the box that one had.
func TestSides(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	for range 500 {
		b := randomBox(r)
		before := slices.Clone(b)
		a := r.IntN(attributes)
		admits := box.Range(uint8(r.IntN(cells)), cells-1)
		with, some := b.With(a, admits)
		had, constrained := b.Side(a)
		want := admits
		if constrained {
			want = admits.And(had)
		}
		if some == want.Empty() {
			t.Fatalf("%v with %v of %d: %v", b, admits, a, some)
		}
		if some {
			if got, ok := with.Side(a); !ok || got != want {
				t.Fatalf("%v with %v of %d admits %v", b, admits, a, got)
			}
			if !slices.IsSortedFunc(with, func(x, y box.Side) int { return x.Attribute - y.Attribute }) {
				t.Fatalf("%v is out of order", with)
			}
			if constrained && with.Equal(b) != (want == had) {
				t.Fatalf("%v and %v: equal %v", with, b, with.Equal(b))
			}
		}
		without := b.Without(a)
		if _, still := without.Side(a); still || len(without) != len(b)-boolInt(constrained) {
			t.Fatalf("%v without %d is %v", b, a, without)
		}
		if !b.Equal(before) {
			t.Fatalf("%v has become %v", before, b)
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// What two boxes have in common constrains each attribute once.
func TestIntersectHasEachSideOnce(t *testing.T) {
	a := box.Box{{Attribute: 0, Admits: box.SetOf(0, 1)}, {Attribute: 1, Admits: box.SetOf(0, 1)}}
	b := box.Box{{Attribute: 0, Admits: box.SetOf(1, 2)}, {Attribute: 2, Admits: box.SetOf(3)}}
	want := box.Box{{Attribute: 0, Admits: box.SetOf(1)}, {Attribute: 1, Admits: box.SetOf(0, 1)}, {Attribute: 2, Admits: box.SetOf(3)}}
	for _, pair := range [][2]box.Box{{a, b}, {b, a}} {
		if got, some := pair[0].Intersect(pair[1]); !some || !got.Equal(want) {
			t.Errorf("%v and %v: %v", pair[0], pair[1], got)
		}
	}
}

// A cover has the boxes with the fewest sides first, each as wide as the region is: here the others
// reach into the widest.
func TestCoverOrder(t *testing.T) {
	narrow := box.Box{{Attribute: 0, Admits: box.SetOf(0)}, {Attribute: 1, Admits: box.SetOf(0)}, {Attribute: 2, Admits: box.SetOf(0)}}
	wide := box.Box{{Attribute: 0, Admits: box.SetOf(3)}}
	middle := box.Box{{Attribute: 0, Admits: box.SetOf(1)}, {Attribute: 2, Admits: box.SetOf(2)}}
	got := box.Cover([]box.Box{narrow, middle, wide}, nil, all)
	middle[0].Admits, narrow[0].Admits = box.SetOf(1, 3), box.SetOf(0, 3)
	if diff := cmp.Diff([]box.Box{wide, middle, narrow}, got); diff != "" {
		t.Error(diff)
	}
}
