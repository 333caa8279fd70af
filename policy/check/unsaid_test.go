package check_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// Elders would lose who have no value of an attribute that only the county reads, because they have
// nothing of the kind. The check says so, however the county's rules share its values out. It also
// says who would lose if such an attribute gave no other one.
func TestUnsaid(t *testing.T) {
	const needed = "attributes:\n  years_here: {label: 年限, english: years here, type: integer, min: 10, max: 60, unit: 年}\n"
	assumed := []found{{old, "assumed", "", "", "", "age ≥ 60", map[string]any{"age": 60}}}
	for _, tt := range []struct {
		name, attributes string
		conditions       []string
		want             []found
	}{
		{"whatever the value", needed, []string{"input.years_here >= 10"}, assumed},
		{"each value by a rule of its own", needed, []string{"input.years_here >= 30", "input.years_here < 30"}, assumed},
		{"with a rule for all", needed, []string{"input.years_here >= 30", "input.age >= 0"}, nil},
		{
			"who has the card is said not to be one", "attributes:\n  card: {label: 卡, english: card, type: enum, absent: none, values: {none: {label: 无, english: none}, gold: {label: 金, english: gold}}, gives: {homeless: {gold: false}}}\n",
			[]string{"not input.homeless", "input.homeless\ninput.card == \"none\""},
			[]found{{old, "assumed", "", "", "", "age ≥ 60, homeless true, card gold", map[string]any{"age": 60, "homeless": true, "card": "gold"}}},
		},
		{
			"a value for who has none", "attributes:\n  years_here: {label: 年限, english: years here, type: integer, min: 0, max: 60, unit: 年, absent: 0}\n",
			[]string{"input.years_here >= 0"}, nil,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			figures := []string{yuan("a100", "at_least", 100), years("age60", 60)}
			var child []rule
			for _, condition := range tt.conditions {
				child = append(child, paying(old, "a100", "input.age >= p.age60\n"+condition))
			}
			files := fstest.MapFS{"catalogs/attributes.yaml": {Data: []byte(tt.attributes)}}
			parent := made{parameters: append(figures, years("elder_age", 60)), rules: []rule{paying(old, "a100", "input.age >= p.age60")}}
			parent.put(files, "tp", "990000", "province", "")
			made{rules: child}.put(files, "tc", "990100", "city", "tp")
			engine, err := eldercare.Load(t.Context(), eldercare.WithFS("made", files), eldercare.WithJurisdictions("tp", "tc"))
			if err != nil {
				t.Fatal(err)
			}
			report := checked(t, engine, "tc")
			if diff := cmp.Diff(tt.want, findings(report)); diff != "" {
				t.Error(diff)
			}
			if report.Proved != 1 {
				t.Errorf("%d proved", report.Proved)
			}
		})
	}
}
