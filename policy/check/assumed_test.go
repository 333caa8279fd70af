package check_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
)

// The check names elders who would lose if a folder did not say that they cannot exist. An elder
// who loses anyway is a finding all the same, and a contradiction on which nothing rests is not
// named.
func TestAssumed(t *testing.T) {
	figures := []string{yuan("a100", "at_least", 100), years("age60", 60), years("age90", 90)}
	both := []rule{paying(old, "a100", "input.age >= p.age60"), paying(nursing, "a100", "input.age >= p.age60")}
	young := []rule{paying(old, "a100", "input.age >= p.age60\ninput.age < p.age90"), paying(nursing, "a100", "input.age >= p.age60")}
	assumed := func(service, region string, witness map[string]any) found {
		return found{service, "assumed", "", "", "", region, witness}
	}
	for _, tt := range []struct {
		name, never, here string
		child             []rule
		want              []found
		proved            int
	}{
		{name: "nothing rests on it", never: "input.age >= 90", child: both, proved: 2},
		{
			name: "nobody loses but who is ruled out", never: "input.age >= 90", child: young, proved: 2,
			want: []found{assumed(old, "age ≥ 90", map[string]any{"age": 90})},
		},
		{
			name: "some lose, whoever is ruled out", never: "input.age >= 100", child: young, proved: 1,
			want: []found{{old, "narrower", "", "", "", "age 90–99", map[string]any{"age": 90}}},
		},
		{
			name: "of what is paid together", never: "input.age >= 60", here: higher([]string{old, nursing}), child: both, proved: 2,
			want: []found{assumed(old, "age ≥ 60", map[string]any{"age": 60})},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine := chain(t, made{parameters: figures, rules: both}, made{rules: tt.child, never: tt.never, rest: tt.here})
			report := checked(t, engine, "tc")
			if diff := cmp.Diff(tt.want, findings(report)); diff != "" {
				t.Error(diff)
			}
			if report.Proved != tt.proved {
				t.Errorf("%d proved, want %d", report.Proved, tt.proved)
			}
			for _, f := range report.Findings {
				if f.Kind == "assumed" && (f.Child != "made/rego/contradictions/tc.rego:5" || f.Parent == "" || f.Severity != policy.SeverityWarning) {
					t.Errorf("%s at %s, above %s", f.Severity, f.Child, f.Parent)
				}
			}
		})
	}
}
