package rules_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

const (
	byComputedName = "it reads the elder as a whole, or an attribute by a computed name"
	nameEach       = "name each attribute: input.age"

	// beyondEnumeration reads 132 × 62 × 9 combinations of values, absence included.
	beyondEnumeration = `input.age - input.pension_contribution_years - 0 * count([1 | input.disability_kind == "none"]) >= 45`

	// Two of four hold in 6 disjoint boxes.
	twoOfAlone = "count([1 | some yes in [input.living_alone, input.empty_nest, input.left_behind, input.special_family]; yes]) > 1"
	twoOfLocal = "count([1 | some yes in [input.local_hukou, input.local_resident, input.retired, input.homeless]; yes]) > 1"
)

// What cannot be told exactly is said in the words of the source: the expression, where it stands,
// and what to write instead.
func TestOpacity(t *testing.T) {
	place := func(line, column int) policy.Position {
		return policy.Position{File: "rego/lists/own.rego", Line: line, Column: column}
	}
	for _, c := range []struct {
		condition, helpers string
		want               rules.Opacity
	}{
		{
			condition: `count([1 | some name in ["living_alone", "empty_nest"]; input[name]]) > 1`,
			want: rules.Opacity{
				Reason: byComputedName, Remedy: nameEach,
				Expression: `count([1 | some name in ["living_alone", "empty_nest"]; input[name]]) > 1`, Pos: place(13, 2),
			},
		},
		{
			condition: "count(input) > 3",
			want:      rules.Opacity{Reason: byComputedName, Remedy: nameEach, Expression: "count(input) > 3", Pos: place(13, 2)},
		},
		{
			condition: "them := input\n\tthem.age >= 80",
			want:      rules.Opacity{Reason: byComputedName, Remedy: nameEach, Expression: "them.age >= 80", Pos: place(14, 2)},
		},
		{
			condition: beyondEnumeration,
			want: rules.Opacity{
				Reason:     "it depends on more than 32768 combinations of values of age, pension_contribution_years, disability_kind",
				Remedy:     "split it into conditions on fewer attributes, or into a helper of several clauses",
				Expression: beyondEnumeration, Pos: place(13, 2),
			},
		},
		{
			condition: "_both", helpers: "_both if {\n\tinput.age >= 70\n\tcount(input) > 3\n}",
			want: rules.Opacity{Reason: byComputedName, Remedy: nameEach, Expression: "count(input) > 3", Pos: place(18, 2)},
		},
		{
			condition: "100 / input.disability_grade >= 25",
			want: rules.Opacity{
				Reason: "OPA cannot evaluate it for every elder: division by zero", Remedy: "exclude zero in an earlier condition",
				Expression: "100 / input.disability_grade >= 25", Pos: place(13, 2),
			},
		},
		{
			condition: "input.age - 70 > input.pension_contribution_years\n\t" + twoOfAlone + "\n\t" + twoOfLocal, // 60 · 6 · 6
			want: rules.Opacity{
				Reason: "this gives the rule more than 2048 cases", Remedy: "write fewer alternatives, or split the rule",
				Expression: twoOfLocal, Pos: place(15, 2),
			},
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

// Of a rule that OPA fails at for nobody, since its index spares who would meet the failure, no
// failure is told.
func TestSparedFailure(t *testing.T) {
	reduction, _ := reduced(t, "1 / (input.disability_grade - 2) > -5\n\tinput.disability_grade == 3", "")
	if reduction.Opaque == nil || reduction.Failing != nil {
		t.Errorf("%+v", reduction)
	}
}

// An amount that cannot be told exactly is named as it is written.
func TestOpacityOfAmounts(t *testing.T) {
	const head = `{"monthly_cny": p.own_monthly}) if {`
	for promised, want := range map[string]string{
		"object.union(p.own_monthly, {\"value\": count(input)})":                                                               byComputedName,
		amount("10 * count(input)", "cny_per_month"):                                                                           byComputedName,
		amount(`input.age + input.pension_contribution_years + count([1 | input.disability_kind == "none"])`, "cny_per_month"): "it depends on more than 32768 combinations",
	} {
		catalog, set, err := load(t, head, `{"monthly_cny": `+promised+"}) if {")
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
		if got := *reduction.Opaque; !strings.Contains(promised, got.Expression) || got.Pos.Line != 11 || !strings.HasPrefix(got.Reason, want) {
			t.Errorf("%s: %+v", promised, got)
		}
	}
}
