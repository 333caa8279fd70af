package check_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
)

// Where a list is no more, every service that somebody had is omitted, and stands nowhere.
func TestGone(t *testing.T) {
	rules := []rule{paying(old, "a100", "input.age >= p.age60"), paying(nursing, "a100", "input.age >= p.age60")}
	engine := chain(t, made{parameters: []string{yuan("a100", "at_least", 100), years("age60", 60)}, rules: rules}, made{rules: rules})
	before, err := engine.Rules(t.Context(), "tc", policy.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		t.Fatal(err)
	}
	report, err := check.Gone(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, f.Service+" "+string(f.Kind)+" "+f.Child)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{nursing + " omitted ", old + " omitted "}, got); diff != "" {
		t.Error(diff)
	}
}

// What rests on a premise names the services that are paid together, and of a single one none.
func TestServicesOfAssumed(t *testing.T) {
	figures := []string{yuan("a100", "at_least", 100), years("age60", 60), years("age90", 90)}
	both := []rule{paying(old, "a100", "input.age >= p.age60"), paying(nursing, "a100", "input.age >= p.age60")}
	young := []rule{paying(old, "a100", "input.age >= p.age60\ninput.age < p.age90"), both[1]}
	for note, tt := range map[string]struct {
		child made
		want  []string
	}{
		"one service":   {made{rules: young, never: "input.age >= 90"}, nil},
		"paid together": {made{rules: both, never: "input.age >= 60", rest: higher([]string{old, nursing})}, []string{old, nursing}},
	} {
		report := checked(t, chain(t, made{parameters: figures, rules: both}, tt.child), "tc")
		if len(report.Findings) != 1 || report.Findings[0].Kind != check.Assumed {
			t.Fatalf("%s: %+v, want one finding that assumes", note, report.Findings)
		}
		if diff := cmp.Diff(tt.want, report.Findings[0].Services); diff != "" {
			t.Errorf("%s: %s", note, diff)
		}
	}
}

// What is left out is said to be so by the choice that names it, not by one that only has the
// others. The 200 of the one in the middle are paid, and the others are not.
func TestPlaceOfTheChoice(t *testing.T) {
	const care = "care-service-subsidy"
	rules := func(amount string) []rule {
		return []rule{
			paying(old, "a100", "input.age >= p.age60"), paying(nursing, amount, "input.age >= p.age60"), paying(care, "a100", "input.age >= p.age60"),
		}
	}
	figures := []string{yuan("a100", "at_least", 100), yuan("a200", "at_least", 200), years("age60", 60)}
	groups := higher([]string{nursing, care}, []string{old, nursing})
	report := checked(t, chain(t, made{parameters: figures, rules: rules("a100")}, made{rules: rules("a200"), rest: groups}), "tc")
	if len(report.Findings) != 1 {
		t.Fatalf("%d findings, want one of what is paid in all", len(report.Findings))
	}
	f := report.Findings[0]
	if f.Kind != check.Combined || f.Service != old || f.Want.String() != "300" || f.Have.String() != "200" {
		t.Errorf("%s %s: %s of %s", f.Service, f.Kind, f.Have, f.Want)
	}
	if f.Child != "made/catalogs/tc.yaml:10" { // the second group
		t.Errorf("the choice is said to be at %s", f.Child)
	}
}
