package layer_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
)

// A city without parameters and exclusions of its own runs the province's rules with the
// province's, and falls under its exclusions.
func TestInheritedExclusions(t *testing.T) {
	const (
		service = "  - {id: %s, item: \"%d\", name: 名, group: g, type: 物质帮助, departments: [d], access: unstated, cite: [A]%s}\n"
		rule    = "\n# METADATA\n# title: 名\n# custom:\n#   item: \"%d\"\ngrants contains grant.promise(%q, {\"monthly_cny\": p.amount}) if input.%s\n"
	)
	list := func(place, inherits string) string {
		return fmt.Sprintf("jurisdiction: {%s}\ndocument: {title: t, basis: official}\neffective_from: \"2024-01-01\"\nservices:\n", place) +
			fmt.Sprintf(service, "old-age-allowance", 1, inherits) + fmt.Sprintf(service, "nursing-subsidy", 2, inherits)
	}
	files := fstest.MapFS{
		"catalogs/tc.yaml": {Data: []byte(list(`id: tc, code: "990100", name: 市, level: city, parent: tp`, ", inherits: true"))},
		"catalogs/tp.yaml": {Data: []byte(list(`id: tp, code: "990000", name: 省, level: province`, "") + `parameters:
  elder_age: {label: l, unit: years, values: [{from: "2024-01-01", value: 60}], cite: [A]}
  amount: {label: l, unit: cny_per_month, bound: exactly, values: [{from: "2024-01-01", value: 50}], cite: [A]}
excludes:
  - {has: nursing-subsidy, without: [old-age-allowance], reason: r, cite: [A]}
`)},
		"rego/lists/tp.rego": {Data: fmt.Appendf([]byte("package lists.tp\n\nimport data.grant\nimport data.parameters as p\n"), rule+rule,
			1, "old-age-allowance", "age >= 80", 2, "nursing-subsidy", "living_alone")},
	}
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("tp", "tc"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := engine.Rules(t.Context(), "tc", policy.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range r.Table.Layers {
		for _, a := range l.Rules {
			got = append(got, fmt.Sprint(l.List.Stem, " ", a.Rule.Service, " under ", len(a.Exclusions), ", reads ", a.Reads))
		}
	}
	want := []string{
		"tc old-age-allowance under 1, reads [age living_alone]", "tc nursing-subsidy under 0, reads [living_alone]",
		"tp old-age-allowance under 1, reads [age living_alone]", "tp nursing-subsidy under 0, reads [living_alone]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, c := range r.Table.Cases {
		if amount := fmt.Sprint(c.Grant.Measures["monthly_cny"].Value); amount != "50" {
			t.Errorf("layer %d promises %s", c.Layer, amount)
		}
	}
	if len(r.Table.Cases) != 4 {
		t.Errorf("%d cases, want two a layer", len(r.Table.Cases))
	}
}
