package rules

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// reducerOf returns a reducer of elders with the whole numbers a and b, from 0 to some number, and
// the truth c.
func reducerOf(t *testing.T, a, b int) *Reducer {
	t.Helper()
	space, err := elder.NewSpace(&policy.Vocabulary{Attributes: []*policy.Attribute{
		{Name: "a", Type: policy.Integer, Max: a}, {Name: "b", Type: policy.Integer, Max: b}, {Name: "c", Type: policy.Boolean},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return NewReducer(&Set{Space: space})
}

// enumerated returns the extent of the one component of a body, and the dimensions it is evaluated
// on.
func enumerated(t *testing.T, rd *Reducer, body string, p *Parameters) ([]dimension, *extent) {
	t.Helper()
	s, r := compiledRule(t, "x if {\n"+body+"\n}\n")
	components := s.clause(r, nil).components
	if len(components) != 1 {
		t.Fatalf("%s: %d components", body, len(components))
	}
	w := &work{rd: rd, module: &Module{Stem: "own", compiler: s.compiler, splitter: s, limits: Limits{}.orDefault()}, parameters: p}
	dims, obstacle := rd.dimensions(components[0], p)
	if obstacle != nil {
		t.Fatalf("%s: %s", body, obstacle.reason)
	}
	e, _, err := w.enumerate(t.Context(), components[0], dims)
	if err != nil {
		t.Fatal(err)
	}
	return dims, e
}

// holdsAt returns the points a, b at which boxes have an elder, -1 for one of whom it is not given.
func holdsAt(boxes []box.Box, a, b int) []string {
	var points []string
	for x := -1; x <= a; x++ {
		for y := -1; y <= b; y++ {
			point := box.Box{{Attribute: 0, Admits: box.SetOf(uint8(x + 1))}, {Attribute: 1, Admits: box.SetOf(uint8(y + 1))}}
			if slices.ContainsFunc(boxes, func(b box.Box) bool { _, some := b.Intersect(point); return some }) {
				points = append(points, fmt.Sprintf("%d,%d", x, y))
			}
		}
	}
	return points
}

// pointsOf returns the points a, b for which something holds, in the form of holdsAt.
func pointsOf(a, b int, holds func(a, b int) bool) []string {
	var points []string
	for x := -1; x <= a; x++ {
		for y := -1; y <= b; y++ {
			if holds(x, y) {
				points = append(points, fmt.Sprintf("%d,%d", x, y))
			}
		}
	}
	return points
}

func TestEnumerate(t *testing.T) {
	const a, b = 5, 3
	rd := reducerOf(t, a, b)
	for _, c := range []struct {
		body  string
		holds func(a, b int) bool // -1 for an attribute that is not given
	}{
		{"input.a >= 2", func(a, _ int) bool { return a >= 2 }},
		{"not input.a >= 2", func(a, _ int) bool { return a >= 0 && a < 2 }}, // what OPA computes with must be given, in a negation, too
		{"not input.a == 2", func(a, _ int) bool { return a != 2 }},
		{"not input.a", func(a, _ int) bool { return a == -1 }}, // 0 is not false
		{"input.a > input.b", func(a, b int) bool { return b >= 0 && a > b }},
		{"input.a + input.b == 4", func(a, b int) bool { return a >= 0 && b >= 0 && a+b == 4 }},
		{"count([1 | some n in [input.a, input.b]; n > 2]) == 1", func(a, b int) bool { return a >= 0 && b >= 0 && (a > 2) != (b > 2) }},
		{"y := object.get(input, \"a\", 4)\ny > 3", func(a, _ int) bool { return a == -1 || a > 3 }},
		{"{input.a: 1}[3] == 1", func(a, _ int) bool { return a == 3 }},
		{"every n in numbers.range(0, 40) { n != input.a }", func(int, int) bool { return false }},
		{"every n in numbers.range(1, 40) { n != input.a }", func(a, _ int) bool { return a == 0 }},
		{"count([1 | input.a > 3 with input.a as 4]) == 1", func(int, int) bool { return true }},
	} {
		_, e := enumerated(t, rd, c.body, &Parameters{})
		if diff := cmp.Diff(pointsOf(a, b, c.holds), holdsAt(e.holds, a, b)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.body, diff)
		}
		for i, p := range e.holds {
			if slices.ContainsFunc(e.holds[:i], p.Meets) {
				t.Errorf("%s: its boxes meet", c.body)
			}
		}
		if len(e.fails) > 0 {
			t.Errorf("%s: it fails: %+v", c.body, e.fails)
		}
	}
}

// A whole number that is only compared with constants falls into the intervals between them;
// absence is a class of its own.
func TestClasses(t *testing.T) {
	rd := reducerOf(t, 100, 3)
	years := &Parameters{values: map[string]parameter{"age": {data: json.Number("80")}}}
	for _, c := range []struct {
		body string
		want []int // the number of classes of each attribute
	}{
		{"input.a >= 60", []int{1 + 3}}, // below, at and above
		{"input.a > 60\n", []int{1 + 3}},
		{"y := input.a\ny >= 60\ny < 70", []int{1 + 5}},
		{"input.a >= 0", []int{1 + 2}}, // none is below
		{"input.a >= p.age", []int{1 + 3}},
		{"input.a in {60, 61}", []int{1 + 4}},
		{"input.a % 2 == 0", []int{1 + 101}},
		{"input.a > input.b", []int{1 + 101, 1 + 4}},
		{"input.c", []int{1 + 2}},
		{"input.c == true", []int{1 + 2}},
		{"input.a + 0 == 200", []int{1 + 101}},
	} {
		dims, _ := enumerated(t, rd, c.body, years)
		var got []int
		for _, d := range dims {
			got = append(got, len(d.classes))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.body, diff)
		}
	}
}

// Boxes are few where classes of the last attribute have the same elders of the others.
func TestBoxes(t *testing.T) {
	rd := reducerOf(t, 5, 3)
	for body, want := range map[string]int{
		"input.a + input.b >= 0":                         1, // all of whom both are given
		"input.a + input.b >= 100":                       0,
		"input.a > input.b":                              4, // one for each b
		"input.a + 0 > 2 + 0 * input.b":                  1,
		"input.a * input.b == 0":                         2, // b is 0; or it is not and a is
		"[input.a, input.b] in {[1, 1], [1, 2], [2, 3]}": 2,
	} {
		if _, e := enumerated(t, rd, body, &Parameters{}); len(e.holds) != want {
			t.Errorf("%s: %d boxes, want %d", body, len(e.holds), want)
		}
	}
}

// An evaluation that ends in an error is told with those whom it befalls, and whether it befalls
// all.
func TestFails(t *testing.T) {
	rd := reducerOf(t, 5, 3)
	null := &Parameters{values: map[string]parameter{"age": {}}}
	for _, c := range []struct {
		body   string
		code   string
		want   []string
		always bool
	}{
		{"1 / (input.a - 3) > 0", "evaluation", []string{"3"}, false},
		{"to_number(sprintf(\"%d!\", [input.a])) > 0", "evaluation", []string{"0", "1", "2", "3", "4", "5"}, true},
		{"input.a + p.age > 0", "null-parameter", []string{"0", "1", "2", "3", "4", "5"}, true},
		{"p.age + 1 > 0", "null-parameter", []string{"-1", "0", "1", "2", "3", "4", "5"}, true},
		{"x := input.a\nx > 3\nx + p.age > 0", "null-parameter", []string{"4", "5"}, false},
	} {
		_, e := enumerated(t, rd, c.body, null)
		if len(e.fails) != 1 {
			t.Errorf("%s: %d failures", c.body, len(e.fails))
			continue
		}
		f := e.fails[0]
		var got []string
		for _, point := range holdsAt(f.boxes, 5, -1) {
			got = append(got, point[:len(point)-len(",-1")])
		}
		if diff := cmp.Diff(c.want, got); diff != "" || f.diagnostic.Code != c.code || f.always != c.always {
			t.Errorf("%s: %s, always %v (-want +got):\n%s", c.body, f.diagnostic.Code, f.always, diff)
		}
	}
}
