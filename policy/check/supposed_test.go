package check_test

import (
	"fmt"
	"path"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/check"
)

// Of a service that can only be tested, too, the check names elders who would lose if a folder did
// not say that they cannot exist, or that everybody has a value. It does not name those whom a rule
// grants the service that the table does not hold.
func TestSupposed(t *testing.T) {
	check.Try(t, effort.Of(1_000, 1_000, 20_000), effort.Of(200, 200, 2_000))
	const opaque = "\ninput[concat(\"\", [\"a\", \"ge\"])] >= 0"
	const years60, under90 = "input.age >= p.age60", "input.age >= p.age60\ninput.age < p.age90"
	const needed = "attributes:\n  years_here: {label: 年限, english: years here, type: integer, min: 10, max: 60, unit: 年}\n"
	const card = "attributes:\n  card: {label: 卡, english: card, type: enum, absent: none, values: {none: {label: 无, english: none}, gold: {label: 金, english: gold}}, gives: {homeless: {gold: false}}}\n"
	for _, tt := range []struct {
		name, above, below, never, attributes string
		want                                  []string
	}{
		{"the rule that nobody can read grants it to them", years60, years60 + opaque, "input.age >= 90", "", nil},
		{"it does not", years60, under90 + opaque, "input.age >= 90", "", []string{"assumed tested map[age:90] tc.rego:5"}},
		{"a rule above that nobody can read grants it to them", years60 + opaque, under90, "input.age >= 90", "", []string{"assumed tested map[age:90] tc.rego:5"}},
		{"only who is ruled out by what no rule reads", years60, years60 + opaque, "input.homeless", "", nil},
		{"by what the rule reads", years60, years60 + "\nnot input.homeless" + opaque, "input.homeless", "", []string{"assumed tested map[age:60 homeless:true] tc.rego:5"}},
		{"everybody has a value", years60, years60 + "\ninput.years_here >= 10" + opaque, "", needed, []string{"assumed tested map[age:60] attributes.yaml:2"}},
		{"not all that the rule reads", years60 + "\ninput.years_here >= 10", years60 + "\ninput.years_here >= 10" + opaque, "", needed, nil},
		{"who has the card is said not to be one", years60, years60 + "\ncount([1 | input.homeless; input.card == \"gold\"]) == 0" + opaque, "", card,
			[]string{"assumed tested map[age:60 card:gold homeless:true] attributes.yaml:2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := fstest.MapFS{}
			if tt.attributes != "" {
				files["catalogs/attributes.yaml"] = &fstest.MapFile{Data: []byte(tt.attributes)}
			}
			figures := []string{yuan("a100", "at_least", 100), years("age60", 60), years("age90", 90), years("elder_age", 60)}
			made{parameters: figures, rules: []rule{paying(old, "a100", tt.above)}}.put(files, "tp", "990000", "province", "")
			made{rules: []rule{paying(old, "a100", tt.below)}, never: tt.never}.put(files, "tc", "990100", "city", "tp")
			engine, err := eldercare.Load(t.Context(), eldercare.WithFS("made", files), eldercare.WithJurisdictions("tp", "tc"))
			if err != nil {
				t.Fatal(err)
			}
			report := checked(t, engine, "tc")
			var got []string
			for _, f := range report.Findings {
				got = append(got, fmt.Sprintf("%s %s %v %s", f.Kind, f.Method, map[string]any(f.Witness), path.Base(f.Child)))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if report.Tested != 1 {
				t.Errorf("%d tested, want 1", report.Tested)
			}
		})
	}
}
