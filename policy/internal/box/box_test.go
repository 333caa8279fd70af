package box_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// The algebra is checked against enumeration of every point of a small space.
const attributes, cells = 3, 4

func all(int) box.Set { return box.Range(0, cells-1) }

func points(yield func([attributes]uint8) bool) {
	for a := range uint8(cells) {
		for b := range uint8(cells) {
			for c := range uint8(cells) {
				if !yield([attributes]uint8{a, b, c}) {
					return
				}
			}
		}
	}
}

func contains(boxes []box.Box, p [attributes]uint8) int {
	n := 0
	for _, b := range boxes {
		if b.Contains(func(a int) uint8 { return p[a] }) {
			n++
		}
	}
	return n
}

func randomBox(r *rand.Rand) box.Box {
	var b box.Box
	for a := range attributes {
		if r.IntN(3) == 0 {
			continue
		}
		var admits box.Set
		for c := range uint8(cells) {
			if r.IntN(2) == 0 {
				admits.Add(c)
			}
		}
		if with, some := b.With(a, admits); some {
			b = with
		}
	}
	return b
}

func randomRegion(r *rand.Rand, most int) []box.Box {
	var region []box.Box
	for range r.IntN(most + 1) {
		region = append(region, randomBox(r))
	}
	return region
}

func TestSubtractAgreesWithEnumeration(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 2000 {
		one, away := []box.Box{randomBox(r)}, randomRegion(r, 4)
		left := box.Subtract(one, away, all)
		for p := range points {
			want := 0
			if contains(one, p) > 0 && contains(away, p) == 0 {
				want = 1 // disjoint: at most once
			}
			if got := contains(left, p); got != want {
				t.Fatalf("%v minus %v: point %v is in %d boxes, want %d", one, away, p, got, want)
			}
		}
		if got, want := box.Covered(one, away, all), len(left) == 0; got != want {
			t.Fatalf("Covered = %v, want %v", got, want)
		}
	}
}

func TestIntersectAgreesWithEnumeration(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 2000 {
		a, b := randomBox(r), randomBox(r)
		both, some := a.Intersect(b)
		if some != a.Meets(b) {
			t.Fatalf("%v and %v: Intersect says %v, Meets %v", a, b, some, a.Meets(b))
		}
		for p := range points {
			want := contains([]box.Box{a}, p) > 0 && contains([]box.Box{b}, p) > 0
			if got := some && contains([]box.Box{both}, p) > 0; got != want {
				t.Fatalf("%v and %v at %v: got %v, want %v", a, b, p, got, want)
			}
		}
	}
}

// A cover admits all of the region and nothing else that is possible.
func TestCoverAgreesWithEnumeration(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 1000 {
		impossible := randomRegion(r, 1)
		region := box.Subtract(box.Subtract([]box.Box{randomBox(r)}, randomRegion(r, 3), all), impossible, all)
		cover := box.Cover(region, impossible, all)
		if len(cover) > len(region) {
			t.Fatalf("the cover has %d boxes, the region %d", len(cover), len(region))
		}
		for p := range points {
			in, covered := contains(region, p) > 0, contains(cover, p) > 0
			if in && !covered || covered && !in && contains(impossible, p) == 0 {
				t.Fatalf("region %v, cover %v: point %v is in the region %v, covered %v", region, cover, p, in, covered)
			}
		}
	}
}

// What a side of a cover admits, some possible point has.
func TestCoverShowsNothingImpossible(t *testing.T) {
	// attribute 0 is 1 and attribute 1 is 2; 1 and 3 cannot be together
	region := []box.Box{{{Attribute: 0, Admits: box.SetOf(1)}, {Attribute: 1, Admits: box.SetOf(2)}}}
	impossible := []box.Box{{{Attribute: 0, Admits: box.SetOf(1)}, {Attribute: 1, Admits: box.SetOf(3)}}}
	if diff := cmp.Diff(region, box.Cover(region, impossible, all)); diff != "" {
		t.Error(diff)
	}
}

func TestCoverWidensToTheWholeCondition(t *testing.T) {
	// attribute 0 is 2 or 3, cut into pieces by attribute 1
	region := []box.Box{
		{{Attribute: 0, Admits: box.SetOf(2)}, {Attribute: 1, Admits: box.SetOf(0, 1)}},
		{{Attribute: 0, Admits: box.SetOf(3)}},
		{{Attribute: 0, Admits: box.SetOf(2)}, {Attribute: 1, Admits: box.SetOf(2, 3)}},
	}
	want := []box.Box{{{Attribute: 0, Admits: box.SetOf(2, 3)}}}
	if diff := cmp.Diff(want, box.Cover(region, nil, all)); diff != "" {
		t.Error(diff)
	}
}
