package rules_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/rules"
)

// What a rule reads must be given, be it that only a negation looks at it; what a negation itself reads need not.
func TestWhatIsReadMustBeGiven(t *testing.T) {
	const attribute = "support_mode" // dispersed or concentrated
	for _, c := range []struct {
		condition, helpers string
		want               []any
	}{
		{condition: `not input.support_mode == "concentrated"`, want: []any{nil, "dispersed"}},
		{condition: "mode := input.support_mode\n\tnot mode == \"concentrated\"", want: []any{"dispersed"}},
		{condition: "mode := input.support_mode\n\tother := mode\n\tnot other == \"concentrated\"", want: []any{"dispersed"}},
		{condition: "x := {\"c\": input.support_mode}\n\tnot x.c == \"concentrated\"", want: []any{"dispersed"}},
		{condition: "some mode in [input.support_mode, \"dispersed\"]\n\tmode == \"dispersed\"", want: []any{"dispersed", "concentrated"}},
		{condition: `not startswith(input.support_mode, "c")`, want: []any{"dispersed"}},
		{condition: `not _in(input.support_mode)`, helpers: `_in(mode) if mode == "concentrated"`, want: []any{"dispersed"}},
		{condition: `not _in({"mode": input.support_mode})`, helpers: `_in(x) if x.mode == "concentrated"`, want: []any{"dispersed"}},
		{condition: `_out(input.support_mode)`, helpers: `_out(mode) if not mode == "concentrated"`, want: []any{"dispersed"}},
		{condition: `_any(input.support_mode)`, helpers: `_any(_) := true`, want: []any{"dispersed", "concentrated"}},
		{condition: "_out", helpers: "_out if {\n\tmode := input.support_mode\n\tnot mode == \"concentrated\"\n}", want: []any{"dispersed"}},
		{condition: "not _out", helpers: "_out if {\n\tmode := input.support_mode\n\tnot mode == \"concentrated\"\n}", want: []any{nil, "concentrated"}},
		{condition: "every v in [\"concentrated\"] {\n\t\tmode := input.support_mode\n\t\tnot mode == v\n\t}", want: []any{"dispersed"}},
		{condition: "mode := input.support_mode\n\tcount([1 | mode == \"concentrated\"]) == 0", want: []any{"dispersed"}},
		{condition: "input.support_mode = input.support_mode", want: []any{"dispersed", "concentrated"}},
		{condition: "input.support_mode == input.support_mode", want: []any{"dispersed", "concentrated"}},
		{condition: "mode := input.support_mode\n\tmode = input.support_mode", want: []any{"dispersed", "concentrated"}},
		{
			condition: "_mode == 1", helpers: "_mode := 1 if {\n\tmode := input.support_mode\n\tnot mode == \"concentrated\"\n}\n\n_mode := 2 if not input.support_mode",
			want: []any{"dispersed"},
		},
		{condition: "_ = input.support_mode", want: []any{"dispersed", "concentrated"}},
	} {
		reduction, space := reduced(t, c.condition, c.helpers)
		if reduction.Opaque != nil {
			t.Errorf("%s: %+v", c.condition, reduction)
			continue
		}
		if diff := cmp.Diff(c.want, admitted(t, reduction, space, attribute)); diff != "" {
			t.Errorf("%s\n%s (-want +got):\n%s", c.condition, c.helpers, diff)
		}
	}
}

// A value that is false is given.
func TestFalseIsGiven(t *testing.T) {
	for condition, want := range map[string][]any{
		"input.living_alone = input.living_alone":             {false, true},
		"alone := input.living_alone\n\tnot alone":            {false},
		"not input.living_alone":                              {nil, false},
		"alone := input.living_alone\n\talone == false":       {false},
		"_ = input.living_alone\n\tnot input.living_alone":    {false},
		"input.living_alone in {false, true}":                 {false, true},
		"alone := input.living_alone\n\tnot alone in {true}":  {false},
		"alone := [input.living_alone]\n\tnot true in alone":  {false},
		"not true in {input.living_alone, input.local_hukou}": nil, // opaque
		"not input.living_alone = input.living_alone":         nil,
	} {
		reduction, space := reduced(t, condition, "")
		if want == nil {
			if reduction.Opaque == nil {
				t.Errorf("%s: not opaque", condition)
			}
			continue
		}
		if diff := cmp.Diff(want, admitted(t, reduction, space, "living_alone")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", condition, diff)
		}
	}
}

// To be run with -race: while partial evaluation runs, rules say more than they are compiled to.
func TestRulesAreSpelledOutForPartialEvaluationOnly(t *testing.T) {
	catalog, set, err := load(t, "input.age >= p.old_age_allowance_age", "mode := input.support_mode\n\tnot mode == \"concentrated\"")
	if err != nil {
		t.Fatal(err)
	}
	m, parameters := set.Module("own"), parametersOf(t, catalog, set)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			reduction, err := rules.NewReducer(set).Reduce(t.Context(), m.Rules[0], parameters)
			if err != nil || reduction.Opaque != nil {
				t.Errorf("%+v, %v", reduction, err)
			}
		})
		group.Go(func() {
			evaluator, err := m.Evaluator(t.Context(), parameters)
			if err != nil {
				t.Error(err)
				return
			}
			for mode, want := range map[string]int{"": 0, "dispersed": 1, "concentrated": 0} {
				input := map[string]any{"age": 80, "support_mode": mode}
				if mode == "" {
					delete(input, "support_mode")
				}
				if held, err := evaluator.Grants(t.Context(), input); err != nil || len(held) != want {
					t.Errorf("mode %q: %d grants, %v", mode, len(held), err)
				}
			}
		})
	}
	group.Wait()
}
