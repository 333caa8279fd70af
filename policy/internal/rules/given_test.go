package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a rule reads must be given, be it that only a negation looks at it; what a negation itself
// reads need not.
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
		"not true in {input.living_alone, input.local_hukou}": {false}, // of a builtin in a negation OPA wants what it is given
		"not input.living_alone = input.living_alone":         {nil},
	} {
		reduction, space := reduced(t, condition, "")
		if reduction.Opaque != nil {
			t.Errorf("%s: %+v", condition, *reduction.Opaque)
		}
		if diff := cmp.Diff(want, admitted(t, reduction, space, "living_alone")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", condition, diff)
		}
	}
}
