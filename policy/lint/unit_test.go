package lint_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	linting "github.com/basic-eldercare/eldercare/policy/lint"
)

// measured are attributes that count in something.
const measured = `attributes:
  income: {label: 收入, english: income, type: integer, min: 0, max: 1000000, unit: 元}
  savings: {label: 存款, english: savings, type: integer, min: 0, max: 999999999, unit: 分}
  registered: {label: 落户, english: registered, type: integer, min: 0, max: 1560, unit: 个月}
  points: {label: 积分, english: points, type: integer, min: 0, max: 1000, unit: 点}
`

// What an attribute is compared with is of its unit; each place is reported where it is not, be it
// in a helper.
func TestUnits(t *testing.T) {
	limits := ""
	for name, unit := range map[string]string{"yuan": "cny", "yuan_a_month": "cny_per_month", "fen_limit": "fen", "some_years": "years", "some_months": "months", "ratio": "multiple", "part": "percent"} {
		limits += fmt.Sprintf("  %s: {label: 限, unit: %s, values: [{from: \"2024-01-01\", value: 2}], cite: [附件 1]}\n", name, unit)
	}
	const other = "%s counts in %s, and the figure is in %s: state the figure in the unit of the attribute, or compare another attribute (tp.yaml)"
	for _, tt := range []struct{ condition, helpers, want string }{
		{"input.income <= p.yuan", "", ""},
		{"input.income <= p.yuan_a_month", "", ""},
		{"input.income <= p.fen_limit", "", "tp.rego:12 unit-mismatch: " + fmt.Sprintf(other, "income", "元", "fen")},
		{"p.yuan >= input.savings", "", "tp.rego:12 unit-mismatch: " + fmt.Sprintf(other, "savings", "分", "cny")},
		{"input.savings < p.fen_limit", "", ""},
		{"input.registered >= p.some_years", "", "tp.rego:12 unit-mismatch: " + fmt.Sprintf(other, "registered", "个月", "years")},
		{"input.registered >= p.some_years * 12", "", ""},
		{"input.age >= p.some_months", "", "tp.rego:12 unit-mismatch: " + fmt.Sprintf(other, "age", "周岁", "months")},
		{"input.age >= p.some_years", "", ""},
		{"input.points >= p.yuan", "", ""}, // nobody knows what a point is
		{"input.income <= p.ratio", "", "tp.rego:12 unit-mismatch: " + fmt.Sprintf(other, "income", "元", "multiple")},
		{"input.income <= p.yuan * p.ratio", "", ""},
		{"input.income <= (p.yuan * p.part) / 100", "", ""},
		{"input.savings <= p.yuan * p.ratio", "", "tp.rego:12 unit-mismatch: " + fmt.Sprintf(other, "savings", "分", "cny")},
		{"limit := p.fen_limit\n\tinput.income <= limit", "", "tp.rego:12 unit-mismatch: " + fmt.Sprintf(other, "income", "元", "fen")},
		{"_poor", "_poor if input.income <= p.fen_limit\n", "tp.rego:6 unit-mismatch: " + fmt.Sprintf(other, "income", "元", "fen")},
	} {
		rule := "grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a50}) if {\n\t" + tt.condition + "\n}"
		engine, err := eldercare.Load(t.Context(), eldercare.WithJurisdictions("tp"), eldercare.WithFS("", fstest.MapFS{
			"catalogs/attributes.yaml": {Data: []byte(measured)},
			"catalogs/tp.yaml":         {Data: []byte(rules(tp) + amounts("a50 50") + limits)},
			"rego/lists/tp.rego":       {Data: []byte(module("tp", tt.helpers, rule))},
		}))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found(t, engine, "tp") {
			if strings.Contains(f, "unit-mismatch") {
				before, _, _ := strings.Cut(f, "tp.yaml:")
				got = append(got, before+"tp.yaml)")
			}
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.condition, diff)
		}
	}
}

// A figure of the text belongs into the YAML: an age, years or an amount that stands in a rule or a
// helper is found where it stands. A grade, none at all and the 1 of a flag are no figures.
func TestHardCoded(t *testing.T) {
	const promise = "p.a50"
	for _, tt := range []struct{ condition, helpers, promise, want string }{
		{"input.age >= 80", "", promise, "tp.rego:10 hard-coded: age is compared with 80"},
		{"80 <= input.age", "", promise, "tp.rego:10 hard-coded: age is compared with 80"},
		{"limit := 80\n\tinput.age >= limit", "", promise, "tp.rego:10 hard-coded: age is compared with 80"},
		{"_old", "_old if input.age >= 80\n", promise, "tp.rego:6 hard-coded: age is compared with 80"},
		{"input.pension_contribution_years >= 15", "", promise, "tp.rego:10 hard-coded: pension_contribution_years is compared with 15"},
		{"input.age >= p.elder_age", "", `object.union(p.a50, {"value": 60})`, "tp.rego:9 hard-coded: the amount is 60"},
		{"input.age >= p.elder_age", "", promise, ""},
		{"input.disability_grade in {1, 2}", "", promise, ""},
		{"input.pension_contribution_years > 0", "", promise, ""},
		{"input.age >= p.elder_age", "", `p.a50, "housing_support": object.union(grant.included, {"value": 1})`, ""},
	} {
		rule := "grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": " + tt.promise + "}) if {\n\t" + tt.condition + "\n}"
		engine, err := eldercare.Load(t.Context(), eldercare.WithJurisdictions("tp"), eldercare.WithFS("", fstest.MapFS{
			"catalogs/tp.yaml":   {Data: []byte(rules(tp) + amounts("a50 50"))},
			"rego/lists/tp.rego": {Data: []byte(module("tp", tt.helpers, rule))},
		}))
		if err != nil {
			t.Fatal(err)
		}
		findings, err := engine.Lint(t.Context(), "tp")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range findings {
			if f.Code == linting.HardCoded {
				before, _, _ := strings.Cut(text(f), ", which")
				got += before
			}
		}
		if line := regexp.MustCompile(`:\d+`); line.ReplaceAllString(got, "") != line.ReplaceAllString(tt.want, "") {
			t.Errorf("%s, %s: %q, want %q", tt.condition, tt.promise, got, tt.want)
		}
	}
}
