package lint_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// sharing returns a province that links a share with a ceiling, and its rules: each a share and a
// ceiling, 0 for none, and a condition.
func sharing(rules ...[3]any) fstest.MapFS {
	yaml := `jurisdiction: {id: test, code: "990000", name: 测试省, level: province}
document: {title: 测试清单, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
parameters:
  elder_age: {label: 年龄, unit: years, values: [{from: "2024-01-01", value: 60}], cite: [附件 1]}
`
	module := "package lists.test\n\nimport data.grant\nimport data.parameters as p\n"
	for i, r := range rules {
		measures := ""
		for j, kind := range []string{"percent, bound: at_least", "cny_per_year, bound: at_most"} {
			if r[j] != 0 {
				yaml += fmt.Sprintf("  n%d_%d: {label: 数, unit: %s, values: [{from: \"2024-01-01\", value: %v}], cite: [A]}\n", i, j, kind, r[j])
				measures += fmt.Sprintf("%q: p.n%d_%d, ", []string{"premium_subsidy_percent", "annual_cny"}[j], i, j)
			}
		}
		module += fmt.Sprintf("\n# METADATA\n# title: 救助\n# custom:\n#   item: \"1\"\ngrants contains grant.promise(\"medical-assistance\", {%s}) if {\n\t%s\n}\n", measures, r[2])
	}
	yaml += `services:
  - {id: medical-assistance, item: "1", name: 救助, group: 老年人, type: 物质帮助, departments: [民政], access: unstated, linked: [premium_subsidy_percent, annual_cny], cite: [附件 1]}
`
	return fstest.MapFS{"catalogs/test.yaml": {Data: []byte(yaml)}, "rego/lists/test.rego": {Data: []byte(module)}}
}

// Branches are compared by what they promise together.
func TestLinkedMeasures(t *testing.T) {
	const elders, alone = "input.age >= p.elder_age", "input.age >= p.elder_age\n\tinput.living_alone"
	for _, tt := range []struct {
		name  string
		rules [][3]any
		want  []string
	}{
		{"two bundles, none the better", [][3]any{{50, 900, elders}, {100, 300, alone}}, nil},
		{
			"one the better", [][3]any{{50, 900, elders}, {80, 900, alone}},
			[]string{"overlap: two branches promise linked measures to the same elders: annual_cny up to 900 yuan together with premium_subsidy_percent at least 80%, " +
				"and annual_cny up to 900 yuan together with premium_subsidy_percent at least 50%; the former holds"},
		},
		{
			"share and ceiling as good, but by two others", [][3]any{{50, 900, elders}, {100, 300, elders}, {80, 800, alone}},
			nil,
		},
		{
			"as good by one other", [][3]any{{50, 900, alone}, {50, 900, elders}},
			[]string{"redundant-branch: other branches promise as much to everybody whom the branch reaches"},
		},
		{
			"never together", [][3]any{{50, 0, elders}, {0, 300, elders}},
			[]string{"never-together: no rule promises premium_subsidy_percent or annual_cny together with another of the linked measures"},
		},
		{"together for some", [][3]any{{50, 0, elders}, {50, 300, alone}}, []string{
			"overlap: two branches promise linked measures to the same elders: annual_cny up to 300 yuan together with premium_subsidy_percent at least 50%, " +
				"and premium_subsidy_percent at least 50%; the former holds",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", sharing(tt.rules...)), eldercare.WithJurisdictions("test"))
			if err != nil {
				t.Fatal(err)
			}
			findings, err := engine.Lint(t.Context(), "test")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range figured(findings) {
				got = append(got, f.Code+": "+f.Message)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
