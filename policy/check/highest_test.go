package check_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/check"
)

// Of two rules of a service that hold, the higher amount is paid though it stands behind the other;
// the replay by plain OPA agrees.
func TestTheHigherRuleIsPaid(t *testing.T) {
	const over60, over70 = "input.age >= p.age60", "input.age >= p.age70"
	rules := []rule{paying(old, "a50", over60), paying(old, "a100", over70), paying(nursing, "a60", over70)}
	figures := []string{yuan("a50", "at_least", 50), yuan("a60", "at_least", 60), yuan("a100", "at_least", 100), years("age60", 60), years("age70", 70)}
	engine := chain(t, made{parameters: figures, rules: rules}, made{rules: rules, rest: higher([]string{old, nursing})})
	want := []found{{nursing, "combined", monthly, "160", "100", "age ≥ 70", map[string]any{"age": 70}}}
	if diff := cmp.Diff(want, findings(checked(t, engine, "tc"))); diff != "" {
		t.Error(diff)
	}
}

// A loss that the replay finds, and the proof did not, names the rule above that is not met.
func TestDisagreementNamesTheRuleAbove(t *testing.T) {
	engine := chain(
		t, made{parameters: []string{yuan("a50", "at_least", 50)}, rules: []rule{paying(old, "a50", "input.age >= 60")}},
		made{rules: []rule{paying(old, "a50", "input.age >= 61")}},
	)
	child, parent := sides(t, engine, "tc", "tp")
	var checker check.Checker
	report, err := checker.At(t.Context(), child, parent)
	if err != nil {
		t.Fatal(err)
	}
	above := report.Findings[0].Parent
	report.Findings = nil
	verified, err := check.Verify(t.Context(), child, parent, report)
	if err != nil {
		t.Fatal(err)
	}
	if f := verified.Findings; len(f) != 1 || f[0].Kind != check.Disagreement || f[0].Parent != above || above == "" {
		t.Errorf("%+v, want a disagreement with the rule at %v", f, above)
	}
}
