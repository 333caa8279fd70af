package elder_test

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// An interval begins at each constant and after it, within the range of the number.
func TestStarts(t *testing.T) {
	a := &policy.Attribute{Name: "income", Type: policy.Integer, Min: -10, Max: 1000}
	for _, tt := range []struct {
		constants []*big.Rat
		want      []int
	}{
		{nil, nil},
		{[]*big.Rat{big.NewRat(300, 1)}, []int{300, 301}},
		{[]*big.Rat{big.NewRat(301, 1), big.NewRat(300, 1)}, []int{300, 301, 302}},
		{[]*big.Rat{big.NewRat(5, 2)}, []int{3}},
		{[]*big.Rat{big.NewRat(-1, 2)}, []int{0}},
		{[]*big.Rat{big.NewRat(-10, 1)}, []int{-9}},                        // the least begins the first interval
		{[]*big.Rat{big.NewRat(-11, 1), big.NewRat(1000, 1)}, []int{1000}}, // -10 is the first, and nothing is above 1000
		{[]*big.Rat{big.NewRat(1001, 1), big.NewRat(-12, 1), new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 80))}, nil},
	} {
		if diff := cmp.Diff(tt.want, elder.Starts(a, tt.constants)); diff != "" {
			t.Errorf("%v: %s", tt.constants, diff)
		}
	}
}

// Of a large number intervals are told apart: below 300, 300 itself, and what is above.
func TestIntervals(t *testing.T) {
	s, err := elder.NewSpaceOf(&policy.Vocabulary{Attributes: []*policy.Attribute{
		{Name: "income", Type: policy.Integer, Max: 1000, Unit: "元"}, {Name: "age", Type: policy.Integer, Max: 100}, {Name: "alone", Type: policy.Boolean},
	}}, map[string][]int{"income": {300, 301}, "age": {60}})
	if err != nil {
		t.Fatal(err)
	}
	income := &s.Axes[0]
	if income.Cells() != 4 || s.Axes[1].Cells() != 102 {
		t.Fatalf("%d cells of income and %d of age, want 4 and 102", income.Cells(), s.Axes[1].Cells())
	}
	for n, want := range map[int]uint8{0: 1, 299: 1, 300: 2, 301: 3, 1000: 3} {
		if cell, ok := income.Cell(n); !ok || cell != want {
			t.Errorf("%d is in cell %d, %v; want %d", n, cell, ok, want)
		}
	}
	for _, n := range []int{-1, 1001} {
		if _, ok := income.Cell(n); ok {
			t.Errorf("%d has a cell", n)
		}
	}
	for cell, want := range map[uint8]struct {
		low, high        int
		chinese, english string
	}{1: {0, 299, "≤ 299元", "≤ 299"}, 2: {300, 300, "300元", "300"}, 3: {301, 1000, "≥ 301元", "≥ 301"}} {
		low, high := income.Numbers(cell)
		if low != want.low || high != want.high || income.Words(cell, false) != want.chinese || income.Words(cell, true) != want.english {
			t.Errorf("cell %d is of %d to %d, %s; want %+v", cell, low, high, income.Words(cell, false), want)
		}
	}
	if low, high := s.Axes[1].Numbers(61); low != 60 || high != 60 {
		t.Errorf("cell 61 of age is of %d to %d, want 60", low, high)
	}
	for attribute, want := range map[string][]int{"income": {300, 301}, "age": nil, "alone": nil, "unknown": nil} {
		if diff := cmp.Diff(want, s.Starts(attribute)); diff != "" {
			t.Errorf("%s: %s", attribute, diff)
		}
	}
}

// A number between two constants is put by both ends.
func TestWordsOfIntervalBetween(t *testing.T) {
	s, err := elder.NewSpaceOf(&policy.Vocabulary{Attributes: []*policy.Attribute{{Name: "income", Type: policy.Integer, Max: 1000}}}, map[string][]int{"income": {300, 500}})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Axes[0].Words(2, true); got != "300–499" {
		t.Errorf("the middle is %q, want 300–499", got)
	}
}

// A set has an axis for each value, together in a group.
func TestGroupOfSet(t *testing.T) {
	s := withSet(t) // age, three values, alone
	for attribute, want := range map[string][]int{"age": {0}, "disabilities": {1, 2, 3}, "alone": {4}, "unknown": nil} {
		if diff := cmp.Diff(want, s.Indexes(attribute)); diff != "" {
			t.Errorf("%s: %s", attribute, diff)
		}
	}
	for axis, want := range []bool{true, true, false, false, true} {
		if got := s.First(axis); got != want {
			t.Errorf("axis %d is the first of its attribute: %v", axis, got)
		}
	}
	hearing := &s.Axes[2]
	with, _ := hearing.Cell(true)
	without, _ := hearing.Cell(false)
	for want, got := range map[string]string{
		"含听力": hearing.Words(with, false), "不含听力": hearing.Words(without, false),
		"with hearing": hearing.Words(with, true), "without hearing": hearing.Words(without, true),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The plainest elder has the fewest values that do not stand for nothing. Of two that are as plain
// it is the first.
func TestPlainest(t *testing.T) {
	s := small(t)
	side := func(attribute int, cells ...uint8) box.Side {
		return box.Side{Attribute: attribute, Admits: box.SetOf(cells...)}
	}
	two := box.Box{side(grade, 4), side(kind, 1)}
	for _, tt := range []struct {
		note  string
		boxes []box.Box
		want  elder.Cells
	}{
		// The grade is 0, the kind none, and from must be something: 3.
		{"anybody", []box.Box{{}}, elder.Cells{2, 2, 1, 0, 1}},
		{"one of two values", []box.Box{{side(kind, 1, 3)}}, elder.Cells{2, 1, 1, 0, 1}},
		{"none is among the values", []box.Box{{side(kind, 1, 2)}}, elder.Cells{2, 2, 1, 0, 1}},
		{"the first with less", []box.Box{{side(alone, 2)}, two}, elder.Cells{2, 2, 2, 0, 1}},
		{"the last with less", []box.Box{two, {side(alone, 2)}}, elder.Cells{2, 2, 2, 0, 1}},
		{"as plain", []box.Box{{side(alone, 2)}, {side(kind, 1)}}, elder.Cells{2, 2, 2, 0, 1}},
		{"nobody", nil, elder.Cells{}},
	} {
		if got := s.Plainest(tt.boxes); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.note, got[:5], tt.want[:5])
		}
	}
	plain := spaceOf(t, &policy.Vocabulary{Attributes: []*policy.Attribute{{Name: "alone", Type: policy.Boolean}, {Name: "poor", Type: policy.Boolean}}})
	for _, boxes := range [][]box.Box{{{}, {side(0, 2)}}, {{side(0, 2)}, {}}, {{}, {side(0, 2)}, {side(1, 2)}}} {
		if got := plain.Plainest(boxes); got != (elder.Cells{1, 1}) {
			t.Errorf("%v: %v, want nothing of all", boxes, got[:2])
		}
	}
	// The plainest value of what nothing reads is changed so that it agrees with what it gives.
	s = linked(t, gradesGive...)
	if got := s.Plainest([]box.Box{{side(0, 1)}}); got != (elder.Cells{1, 1, 1}) {
		t.Errorf("not disabled: %v, want no grade", got[:3])
	}
}
