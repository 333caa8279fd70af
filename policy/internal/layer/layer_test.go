package layer_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
)

// lists returns a province, a city and a county. The county inherits both services, the city only
// the first, and adds a rule of its own.
func lists() fstest.MapFS {
	files := fstest.MapFS{}
	for _, l := range []struct {
		id, place, services string
		amount              int
		rules               []string
	}{
		{"tp", `code: "990000", level: province`, "", 50, []string{"old-age-allowance 1 高龄津贴", "meal-subsidy 2 助餐补贴"}},
		{"tc", `code: "990100", level: city, parent: tp`, ", inherits: true", 60, []string{"old-age-allowance 1 高龄津贴"}},
		{"tk", `code: "990121", level: county, parent: tc`, ", inherits: true", 70, []string{"old-age-allowance 1 高龄津贴"}},
	} {
		service := func(id, item, name string) string {
			return fmt.Sprintf("  - {id: %s, item: %q, name: %s, group: 老年人, type: 物质帮助, departments: [民政], access: unstated, cite: [附件 1]%s}\n", id, item, name, l.services)
		}
		services := service("old-age-allowance", "1", "高龄津贴")
		if l.id != "tc" {
			services += service("meal-subsidy", "2", "助餐补贴")
		}
		files["catalogs/"+l.id+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, `jurisdiction: {id: %[1]s, name: %[1]s, %[2]s}
document: {title: %[1]s, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
services:
%[3]sparameters:
  elder_age: {label: 年龄, unit: years, values: [{from: "2024-01-01", value: 60}], cite: [附件 1]}
  amount: {label: 标准, unit: cny_per_month, bound: exactly, values: [{from: "2024-01-01", value: %[4]d}], cite: [附件 1]}
`, l.id, l.place, services, l.amount)}
		rego := "package lists." + l.id + "\n\nimport data.grant\nimport data.parameters as p\n"
		for _, r := range l.rules {
			var id, item, name string
			if _, err := fmt.Sscan(r, &id, &item, &name); err != nil {
				panic(err)
			}
			rego += fmt.Sprintf("\n# METADATA\n# title: %s\n# custom:\n#   item: %q\ngrants contains grant.promise(%q, {\"monthly_cny\": p.amount}) if {\n\tinput.age >= 60\n}\n", name, item, id)
		}
		files["rego/lists/"+l.id+".rego"] = &fstest.MapFile{Data: []byte(rego)}
	}
	return files
}

// A list declares its own rules, then those of the nearest list above that has the service, with
// all that this inherits; each runs with the list's own parameters.
func TestResolve(t *testing.T) {
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", lists()), eldercare.WithJurisdictions("tp", "tc", "tk"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := engine.Rules(t.Context(), "tk", policy.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range r.Table.Layers {
		for _, a := range l.Rules {
			got = append(got, fmt.Sprintf("%s: %s of %s, item %s", l.List.Jurisdiction.ID, a.Rule.Service, a.Stem, a.Service.Item))
		}
	}
	want := []string{
		"tk: old-age-allowance of tk, item 1", "tk: old-age-allowance of tc, item 1", "tk: old-age-allowance of tp, item 1",
		"tk: meal-subsidy of tp, item 2",
		"tc: old-age-allowance of tc, item 1", "tc: old-age-allowance of tp, item 1",
		"tp: old-age-allowance of tp, item 1", "tp: meal-subsidy of tp, item 2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	amounts := []string{}
	for _, c := range r.Table.Cases {
		amounts = append(amounts, fmt.Sprint(c.Applied.Stem, " in layer ", c.Layer, ": ", c.Grant.Measures["monthly_cny"].Value))
	}
	want = []string{
		"tk in layer 0: 70", "tc in layer 0: 70", "tp in layer 0: 70", "tp in layer 0: 70", "tc in layer 1: 60", "tp in layer 1: 60",
		"tp in layer 2: 50", "tp in layer 2: 50",
	}
	if diff := cmp.Diff(want, amounts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	same, err := engine.Rules(t.Context(), "tc", policy.Date{Year: 2026, Month: 11, Day: 23})
	if err != nil {
		t.Fatal(err)
	}
	if same.Table.Layers[0].Parameters != r.Table.Layers[1].Parameters || same.Table.Layers[0].Parameters == r.Table.Layers[0].Parameters {
		t.Error("the city's parameters are made twice, or are the county's")
	}
}
