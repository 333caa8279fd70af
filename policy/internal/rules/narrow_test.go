package rules

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// regionOf returns where the rule x of a module holds.
func regionOf(t *testing.T, rd *Reducer, text string) (*region, *obstacle) {
	t.Helper()
	s, r := compiledRule(t, text)
	w := &work{rd: rd, module: &Module{Stem: "own", compiler: s.compiler, splitter: s, limits: Limits{}.orDefault()}, parameters: &Parameters{}}
	region, obstacle, err := w.region(t.Context(), s.clause(r, nil))
	if err != nil {
		t.Fatal(err)
	}
	return region, obstacle
}

// A rule holds where all its components do: a helper where one of its clauses does, its negation
// nowhere else.
func TestNarrow(t *testing.T) {
	const a, b = 5, 3
	for _, c := range []struct {
		text  string
		holds func(a, b int) bool // -1 for an attribute that is not given
		lost  bool                // a branch is for nobody
	}{
		{"x if {\ninput.a >= 2\ninput.b == 1\n}", func(a, b int) bool { return a >= 2 && b == 1 }, false},
		{"x if {\ninput.a >= 2\ninput.a < 4\n}", func(a, _ int) bool { return a == 2 || a == 3 }, false},
		{"x if {\ninput.a >= 4\ninput.a < 4\n}", func(int, int) bool { return false }, true},
		{"x if _h\n\n_h if input.a >= 4\n\n_h if input.b == 1", func(a, b int) bool { return a >= 4 || b == 1 }, false},
		{"x if {\n_h\ninput.a < 4\n}\n\n_h if input.a >= 4\n\n_h if input.b == 1", func(a, b int) bool { return a >= 0 && a < 4 && b == 1 }, true},
		{"x if not _h\n\n_h if input.a == 4\n\n_h if {\ninput.a == 3\ninput.b == 1\n}", func(a, b int) bool { return a != 4 && (a != 3 || b != 1) }, false},
		{"x if {\ninput.a == 4\nnot _h\n}\n\n_h if input.a >= 4", func(int, int) bool { return false }, true},
		{"x if not _h\n\n_h if not _g\n\n_g if input.a == 4", func(a, _ int) bool { return a == 4 }, false},
		{"x if not _h\n\n_h if _g\n\n_h if input.b == 1\n\n_g if input.a > input.b", func(a, b int) bool { return b != 1 && (b == -1 || a <= b) }, false},
		{"x if true", func(int, int) bool { return true }, false},
	} {
		r, obstacle := regionOf(t, reducerOf(t, a, b), c.text)
		if obstacle != nil {
			t.Errorf("%s: %s", c.text, obstacle.reason)
		}
		if r.lost != c.lost {
			t.Errorf("%s: a branch is lost: %v", c.text, r.lost)
		}
		var boxes []box.Box
		for _, p := range r.parts {
			boxes = append(boxes, p.box)
		}
		if diff := cmp.Diff(pointsOf(a, b, c.holds), holdsAt(boxes, a, b)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.text, diff)
		}
	}
}

// The conditions of a case are in the order of the rule, each where it is written.
func TestConditions(t *testing.T) {
	r, _ := regionOf(t, reducerOf(t, 5, 3), "x if {\ninput.b == 1\nnot _h\n}\n\n_h if input.a >= 4")
	type condition struct {
		Attribute, Line int
		Admits          box.Set
	}
	var got []condition
	for _, c := range r.parts[0].conditions {
		got = append(got, condition{c.Attribute, c.Pos.Line, c.Admits})
	}
	want := []condition{{1, 6, box.SetOf(2)}, {0, 7, box.Range(0, 4)}} // absent, or up to 3
	if diff := cmp.Diff(want, got); diff != "" || len(r.parts) != 1 {
		t.Errorf("%d parts (-want +got):\n%s", len(r.parts), diff)
	}
}

// An obstacle hides no failure of what follows, and of what follows it nothing is claimed.
func TestObstacle(t *testing.T) {
	r, obstacle := regionOf(t, reducerOf(t, 5, 3), "x if {\ncount(input) > 2\n1 / (input.a - 3) > 0\n}")
	if obstacle == nil || obstacle.at.Row != 6 {
		t.Errorf("the obstacle is %+v", obstacle)
	}
	if len(r.fails) != 1 || r.fails[0].diagnostic.Summary != "division by zero" {
		t.Errorf("the failures are %+v", r.fails)
	}
}

// A failure that is known of a component is told at the place of the one at hand, which says the
// same.
func TestPlaceOfFailure(t *testing.T) {
	rd := reducerOf(t, 5, 3)
	const (
		first  = "x if {\n"
		second = "x if {\ninput.b == 1\n"
		long   = "some y in [1, 2, 3]\nsome z in [1, 2, 3]\n[y, z] == [input.a, 9]\n}"
		zero   = "1 / (input.a - 3) > -5\n}"
	)
	for text, line := range map[string]int{first + long: 8, second + long: 9, first + zero: 6, second + zero: 7} {
		s, r := compiledRule(t, text)
		w := &work{rd: rd, module: &Module{Stem: "own", compiler: s.compiler, splitter: s, limits: Limits{Steps: 7, RuleSteps: 500}.orDefault()}, parameters: &Parameters{}}
		region, _, err := w.region(t.Context(), s.clause(r, nil))
		if err != nil || len(region.fails) != 1 {
			t.Fatalf("%d failures, %v", len(region.fails), err)
		}
		if f := region.fails[0]; f.diagnostic.Pos.Line != line || f.at.Row != line {
			t.Errorf("in line %d: %v, at line %d", line, f.diagnostic, f.at.Row)
		}
	}
}

// A panic on the way of a rule is a failure of that rule.
func TestPanicIsFailure(t *testing.T) {
	s, r := compiledRule(t, "x contains n if n := input.a")
	w := &work{
		rd: reducerOf(t, 5, 3), module: &Module{Stem: "own", compiler: s.compiler, splitter: s, limits: Limits{}.orDefault()}, parameters: &Parameters{},
		read: func(any) (string, any, error) { panic("broken") },
	}
	region, _, err := w.region(t.Context(), s.clause(r, r.Head.Key))
	if err != nil || len(region.fails) != 1 || !strings.Contains(region.fails[0].diagnostic.Summary, "crashes") {
		t.Errorf("%+v, %v", region, err)
	}
}

// Who does not come to an expression does not meet its failure.
func TestComeTo(t *testing.T) {
	for text, want := range map[string]int{
		"x if {\ninput.a < 3\n1 / (input.a - 3) > 0\n}":                 0,
		"x if {\n1 / (input.a - 3) > 0\ninput.a < 3\n}":                 1,
		"x if {\n_h\n1 / (input.a - 3) > 0\n}\n\n_h if input.a > 3":     0,
		"x if {\nnot _h\n1 / (input.a - 3) > 0\n}\n\n_h if input.a > 3": 1,
		"x if _h\n\n_h if input.a >= 3\n\n_h if 1 / (input.a - 3) > -5": 0, // what is true already is not tried again
	} {
		if r, _ := regionOf(t, reducerOf(t, 5, 3), text); len(r.fails) != want {
			t.Errorf("%s: %d failures, want %d", text, len(r.fails), want)
		}
	}
}

// What a head would grant if nothing were asked, and grants to nobody, is told, with where it is
// asked.
func TestUnreached(t *testing.T) {
	for _, c := range []struct {
		body  string
		want  []string
		asked int // the line, 0 when it is not one place
	}{
		{"some n in [1, 9]\ninput.a >= n", []string{"9"}, 7}, // nobody's a is over 5
		{"some n in [1, 2]\ninput.a >= n", nil, 0},
		{"some n in [8, 9]\ninput.a >= n", []string{"8", "9"}, 7},
		{"some n in [1, 9]\ninput.a >= n\ninput.b != n", []string{"9"}, 0},
		{"n := input.a\nn > 9", nil, 0}, // what is granted depends on the elder
	} {
		s, r := compiledRule(t, "x contains n if {\n"+c.body+"\n}\n")
		w := &work{
			rd: reducerOf(t, 5, 3), module: &Module{Stem: "own", compiler: s.compiler, splitter: s, limits: Limits{}.orDefault()}, parameters: &Parameters{},
			read: func(value any) (string, any, error) { return ast.MustInterfaceToValue(value).String(), value, nil },
		}
		k := s.clause(r, r.Head.Key).components[0]
		dims, _ := w.rd.dimensions(k, w.parameters)
		e, _, err := w.enumerate(t.Context(), k, dims)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, value := range e.unreached {
			got = append(got, ast.MustInterfaceToValue(value).String())
		}
		asked := 0
		if e.asked != nil {
			asked = e.asked.Row
		}
		if diff := cmp.Diff(c.want, got); diff != "" || asked != c.asked {
			t.Errorf("%s: asked in line %d (-want +got):\n%s", c.body, asked, diff)
		}
	}
}
