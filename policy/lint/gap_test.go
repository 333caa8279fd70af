package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// promised returns a rule without an amount.
func promised(conditions ...string) string {
	return "grants contains grant.promise(\"old-age-allowance\", {}) if {\n\t" + strings.Join(conditions, "\n\t") + "\n}"
}

func discretionary(conditions ...string) string {
	return strings.Replace(promised(conditions...), "grant.promise", "grant.discretionary", 1)
}

// Whoever stands between elders who have a service, and has it not, is left out.
func TestGaps(t *testing.T) {
	const between = "tp.yaml:5 gap: %s: between the branches of the service, some elders are in none"
	for _, tt := range []struct {
		name  string
		rules []string
		want  string // whom
	}{
		{name: "none", rules: []string{promised("input.age >= 60", "input.age < 70"), promised("input.age >= 70")}},
		{name: "between two services without an amount", rules: []string{promised("input.age >= 60", "input.age < 70"), promised("input.age > 70")}, want: "age 70"},
		{name: "in one rule by itself", rules: []string{promised("input.age >= 60", "input.age != 76")}, want: "age 76"},
		{
			name: "among those who have registered locally only",
			rules: []string{
				promised("input.age >= 60", "input.age < 70", "input.local_hukou"), promised("input.age >= 75", "input.local_hukou"),
				promised("input.age >= 65", "input.local_hukou == false"),
			},
			want: "age 70–74, local_hukou true",
		},
		{
			name:  "filled by a third rule for some",
			rules: []string{promised("input.age >= 60", "input.age < 70"), promised("input.age >= 75"), promised("input.age >= 60", "input.local_hukou")},
			want:  "age 70–74, local_hukou false",
		},
		{
			name:  "none: no elder is both",
			rules: []string{promised("input.age < 70", "input.assistance_category == \"dibao\""), promised("input.age >= 75", "input.assistance_category == \"tekun\"")},
		},
		{
			name:  "none: nobody can be there",
			rules: []string{promised("input.disability_grade == 0"), promised(`input.disability_kind != "none"`, "input.disability_grade >= 2"), promised("input.disability_grade == 1")},
		},
		{
			name:  "between numbers that are no ages",
			rules: []string{promised("input.disability_grade in {1, 2}"), promised("input.disability_grade == 4")},
			want:  "disability_grade 3",
		},
		{name: "none: to have no certificate is not next to a grade", rules: []string{promised("input.disability_grade in {0, 3, 4}")}},
		{name: "none: what is said of one attribute is not said of the others", rules: []string{promised("input.age >= 60", `input.assistance_category in {"none", "dibao"}`), promised("input.age >= 60", `input.assistance_category == "dibao_marginal"`)}},
		{name: "of a permission", rules: []string{discretionary("input.age >= 60", "input.age < 70"), discretionary("input.age >= 75")}, want: "age 70–74"},
		{name: "of a permission, filled by a promise", rules: []string{discretionary("input.age >= 60", "input.age < 70"), discretionary("input.age >= 75"), promised("input.age >= 70", "input.age < 75")}},
		{name: "of a promise, where there is only a permission", rules: []string{promised("input.age >= 60", "input.age < 70"), promised("input.age >= 75"), discretionary("input.age >= 70", "input.age < 75")}, want: "age 70–74"},
		{
			name:  "unknown: a rule that cannot be proved may fill it",
			rules: []string{promised("input.age >= 60", "input.age < 70"), promised("input.age >= 75"), promised("input.age >= 70", "count(input) > 2")},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine := engineOf(t, map[string]string{"tp.yaml": rules(tp), "tp.rego": module("tp", "", tt.rules...)})
			var got, want []string
			for _, f := range found(t, engine, "tp") {
				if !strings.Contains(f, " opaque: ") {
					got = append(got, f)
				}
			}
			if tt.want != "" {
				want = []string{fmt.Sprintf(between, tt.want)}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whoever has a service without the amount that tiers of it state is left out, too.
func TestGapOfAnAmount(t *testing.T) {
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + amounts("a50 50", "a100 100"),
		"tp.rego": module("tp", tiers("70 80 a50", "80 131 a100"), byTier, promised("input.age >= 65")),
	})
	want := []string{"tp.yaml:5 gap: age 65–69: some elders have the service but are in none of the branches that state monthly_cny"}
	if diff := cmp.Diff(want, found(t, engine, "tp")); diff != "" {
		t.Error(diff)
	}
}
