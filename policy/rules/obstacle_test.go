package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/rules"
)

// What is not a union of boxes is said in the words of the source: the expression and where it stands.
func TestOpacity(t *testing.T) {
	place := func(line, column int) policy.Position {
		return policy.Position{File: "rego/lists/own.rego", Line: line, Column: column}
	}
	for _, c := range []struct {
		condition, helpers string
		want               rules.Opacity
	}{
		{
			condition: "input.age > input.pension_contribution_years * 4",
			want:      rules.Opacity{Reason: "it relates two attributes", Expression: "input.age > input.pension_contribution_years * 4", Pos: place(13, 2)},
		},
		{
			condition: "count([1 | some name in [\"living_alone\", \"empty_nest\"]; input[name]]) > 1",
			want: rules.Opacity{
				Reason:     "it reads the elder as a whole, or an attribute that is computed",
				Expression: `count([1 | some name in ["living_alone", "empty_nest"]; input[name]]) > 1`, Pos: place(13, 2),
			},
		},
		{
			condition: "100 / input.disability_grade >= 25",
			want: rules.Opacity{
				Reason:     "OPA cannot evaluate it for every value: division by zero",
				Expression: "100 / input.disability_grade >= 25", Pos: place(13, 2),
			},
		},
		{
			condition: "_eligible", helpers: "_eligible := true if {\n\tinput.age >= 80\n} else := false if {\n\tinput.self_care == \"full\"\n} else := true",
			want: rules.Opacity{Reason: "it uses a helper that partial evaluation could not resolve", Expression: "_eligible", Pos: place(13, 2)},
		},
		{
			condition: "_groups", helpers: `_groups contains "old" if input.age >= 70`,
			want: rules.Opacity{Reason: "a helper is a set, which is there even when it is empty", Expression: "_groups", Pos: place(13, 2)},
		},
		{
			condition: "not _groups", helpers: `_groups contains "old" if input.age >= 70`,
			want: rules.Opacity{Reason: "a helper is a set, which is there even when it is empty", Expression: "not _groups", Pos: place(13, 2)},
		},
		{
			condition: "not _alone", helpers: "default _alone := true\n\n_alone := false if input.living_alone",
			want: rules.Opacity{Reason: "a helper is false under a condition", Expression: "not _alone", Pos: place(13, 2)},
		},
		{
			condition: "_poor with input.age as 99", helpers: "_poor if {\n\tinput.age > 90\n\tinput.economic_hardship\n}",
			want: rules.Opacity{Reason: "it replaces the input", Expression: "_poor with input.age as 99", Pos: place(13, 2)},
		},
		{
			condition: "_both", helpers: "_both if {\n\tinput.age >= 70\n\tinput.age > input.pension_contribution_years\n}",
			want: rules.Opacity{Reason: "it relates two attributes", Expression: "input.age > input.pension_contribution_years", Pos: place(18, 2)},
		},
	} {
		reduction, _ := reduced(t, c.condition, c.helpers)
		if reduction.Opaque == nil {
			t.Errorf("%s: not opaque", c.condition)
			continue
		}
		if diff := cmp.Diff(c.want, *reduction.Opaque); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.condition, diff)
		}
	}
}

// An amount that depends on the elder is named as it is written.
func TestOpacityOfAmounts(t *testing.T) {
	const head, body = `{"monthly_cny": p.own_monthly}) if {`, "\tinput.age >= p.old_age_allowance_age\n}\n"
	const between = "\n\telder.is_elder\n"
	const helpers = `
_amount := p.own_monthly if {
	input.age > 80
} else := p.open_monthly

_amount_of(age) := p.own_monthly if {
	age > 80
} else := p.open_monthly
`
	for promised, want := range map[string]string{
		"_amount":               "_amount",
		"_amount_of(input.age)": "_amount_of(input.age)",
		amount("input.age * 10", "cny_per_month"):                "input.age * 10",
		`object.union(p.own_monthly, {"value": input.age - 20})`: `object.union(p.own_monthly, {"value": input.age - 20})`,
	} {
		catalog, set, err := load(t, head+between+body, `{"monthly_cny": `+promised+"}) if {"+between+body+helpers)
		if err != nil {
			t.Fatal(err)
		}
		reduction, err := rules.NewReducer(set).Reduce(t.Context(), set.Module("own").Rules[0], parametersOf(t, catalog, set))
		if err != nil {
			t.Fatal(err)
		}
		if reduction.Opaque == nil {
			t.Errorf("%s: not opaque", promised)
			continue
		}
		if got := *reduction.Opaque; got.Expression != want || got.Pos.Line != 11 || got.Reason != "what it grants depends on the elder" {
			t.Errorf("%s: %+v", promised, got)
		}
	}
}
