package lint_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
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
