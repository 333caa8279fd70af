package lint_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A rule that cannot be proved is named at the line of the expression that is the cause. Where a
// county runs such a rule of the province with its own figure, it learns so at its service; the
// line is related.
func TestOpaqueRules(t *testing.T) {
	const promise = "grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a50}) if {\n\tinput.age >= 60\n\t"
	for _, tt := range []struct{ name, expression, reason string }{
		{
			"three attributes of many values", `input.age - input.pension_contribution_years - 0 * count([1 | input.disability_kind == "none"]) >= 45`,
			"it depends on more than 32768 combinations of values of age, pension_contribution_years, disability_kind",
		},
		{"the elder as a whole", "count(input) > 2", "it reads the elder as a whole, or an attribute by a computed name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine := engineOf(t, map[string]string{
				"tp.yaml": rules(tp) + amounts("a50 50"), "tp.rego": module("tp", "", promise+tt.expression+"\n}"),
				"tc.yaml": inherits(tc) + amounts("a50 60"),
			})
			for jurisdiction, want := range map[string]string{
				"tp": "tp.rego:13 opaque: the rule cannot be proved, because " + tt.reason,
				"tc": "tc.yaml:5 opaque: the rule cannot be proved, because " + tt.reason + " (tp.rego:13)",
			} {
				var got []string
				for _, f := range found(t, engine, jurisdiction) {
					reason, expression, _ := strings.Cut(f, ": "+tt.expression)
					if _, related, is := strings.Cut(expression, " (tp.rego"); is {
						reason += " (tp.rego" + related
					}
					got = append(got, reason)
				}
				if diff := cmp.Diff([]string{want}, got); diff != "" {
					t.Errorf("%s: %s", jurisdiction, diff)
				}
			}
		})
	}
}
