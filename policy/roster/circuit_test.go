package roster

import (
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// evaluate runs a program for the literals on as many rows as there are codes, the planes holding
// each row's number.
func evaluate(c *circuit, literals []literal, planes int) (member func(i, code int) bool, steps int) {
	p, out := c.compile(literals)
	inputs, slots := make([]lanes, planes), p.slots()
	for code := range 1 << planes {
		for digit := range planes {
			inputs[digit][code/64] |= uint64(code>>digit&1) << (code % 64)
		}
	}
	p.run(inputs, slots)
	return func(i, code int) bool {
		return (slots[out[i].slot][code/64]^out[i].negate)>>(code%64)&1 == 1
	}, len(p.steps)
}

func planesOf(c *circuit, n int) []literal {
	planes := make([]literal, n)
	for digit := range planes {
		planes[digit] = c.input(digit)
	}
	return planes
}

func TestMemberHoldsForTheCellsOfTheSet(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, cells := range []int{2, 3, 4, 5, 8, 9, 62, 132, 256} {
		planes := bits.Len(uint(cells - 1))
		for range 50 {
			var set box.Set
			for cell := range cells {
				if random.IntN(2) == 0 {
					set.Add(uint8(cell))
				}
			}
			c := newCircuit(planes)
			member, _ := evaluate(c, []literal{c.member(planesOf(c, planes), placesOf(set, cells, planes))}, planes)
			for cell := range cells {
				if member(0, cell) != set.Has(uint8(cell)) {
					t.Fatalf("%d cells, set %v: cell %d", cells, set, cell)
				}
			}
		}
	}
}

func TestMemberOfAThresholdTakesAGateAPlane(t *testing.T) {
	const cells, planes = 132, 8
	for from := 1; from < cells; from++ {
		c := newCircuit(planes)
		set := box.Range(uint8(from), cells-1)
		member, steps := evaluate(c, []literal{c.member(planesOf(c, planes), placesOf(set, cells, planes))}, planes)
		if steps >= planes {
			t.Errorf("from %d: %d gates", from, steps)
		}
		for cell := range cells {
			if member(0, cell) != (cell >= from) {
				t.Fatalf("from %d: cell %d", from, cell)
			}
		}
	}
}

func TestCircuitOperations(t *testing.T) {
	c := newCircuit(3)
	p, a, b := c.input(0), c.input(1), c.input(2)
	literals := []literal{
		c.and(a, b), c.or(a, b), c.andNot(a, b), c.choose(p, a, b), c.choose(p, a, a), c.choose(p, always, b), c.choose(p, never, b),
		c.choose(p, a, always), c.choose(p, a, never), c.and(a, a.not()), c.or(a, a.not()), c.and(a.not(), b.not()), a.not(), never, always,
	}
	member, _ := evaluate(c, literals, 3)
	for code := range 8 {
		p, a, b := code&1 == 1, code&2 == 2, code&4 == 4
		pick := func(yes, no bool) bool { return p && yes || !p && no }
		want := []bool{
			a && b, a || b, a && !b, pick(a, b), a, pick(true, b), pick(false, b),
			pick(a, true), pick(a, false), false, true, !a && !b, !a, false, true,
		}
		for i := range want {
			if member(i, code) != want[i] {
				t.Errorf("operation %d of p=%t a=%t b=%t: %t", i, p, a, b, member(i, code))
			}
		}
	}
}

func TestEqualGatesAreBuiltOnce(t *testing.T) {
	c := newCircuit(2)
	a, b := c.input(0), c.input(1)
	if x, y := c.or(a, b), c.or(b, a); x != y || len(c.gates) != 1 {
		t.Errorf("%d gates", len(c.gates))
	}
}

func TestTranspose(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var m [64]uint64
	for i := range m {
		m[i] = random.Uint64()
	}
	transposed := m
	transpose(&transposed)
	for i := range m {
		for k := range m {
			if m[k]>>i&1 != transposed[i]>>k&1 {
				t.Fatalf("bit %d of word %d", i, k)
			}
		}
	}
}

// Patterns of two words, numbered in two parts that share some.
func TestPatternsAreNumberedInTheOrderOfRows(t *testing.T) {
	take := func(p *patterns, row int, words ...uint64) int32 {
		number := int32(0)
		for w, word := range words {
			number = p.words[w].number(word, number)
		}
		p.take(number, row)
		return number
	}
	first, second := newPatterns(2), newPatterns(2)
	want := map[[2]uint64]int32{}
	random := rand.New(rand.NewPCG(1, 3))
	pattern := func() [2]uint64 { return [2]uint64{random.Uint64N(40), random.Uint64N(40) << 50} }
	for row := range 2000 {
		w := pattern()
		if _, ok := want[w]; !ok {
			want[w] = int32(len(want))
		}
		if got := take(first, row, w[0], w[1]); got != want[w] {
			t.Fatalf("row %d: pattern %d, want %d", row, got, want[w])
		}
	}
	var rows [][2]uint64
	var numbers []int32
	for row := range 2000 {
		w := pattern()
		rows = append(rows, w)
		numbers = append(numbers, take(second, 2000+row, w[0], w[1]))
	}
	renumber(numbers, first.merge(second))
	for i, w := range rows {
		if _, ok := want[w]; !ok {
			want[w] = int32(len(want))
		}
		if numbers[i] != want[w] {
			t.Fatalf("row %d of the second part: pattern %d, want %d", i, numbers[i], want[w])
		}
	}
	if len(first.rows) != len(want) {
		t.Errorf("%d patterns have a row, want %d", len(first.rows), len(want))
	}
}

func TestBeyond(t *testing.T) {
	for last := range 256 {
		for cell := range 256 {
			column := make([]uint8, 19)
			for i := range column {
				column[i] = uint8(last)
			}
			for _, at := range []int{0, 7, 8, 15, 18} {
				column[at] = uint8(cell)
				want := -1
				if cell > last {
					want = at
				}
				if got := beyond(column, uint8(last)); got != want {
					t.Fatalf("cell %d at %d, last %d: %d, want %d", cell, at, last, got, want)
				}
				column[at] = uint8(last)
			}
		}
	}
}
