package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// province is a province made up for tests, with one service and the rules given.
const province = `jurisdiction: {id: test, code: "990000", name: 测试省, level: province}
document: {title: 测试清单, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
parameters:
  elder_age: {label: 年龄, unit: years, values: [{from: "2024-01-01", value: 60}], cite: [附件 1]}
  low: {label: 低档, unit: cny_per_month, bound: at_least, values: [{from: "2024-01-01", value: 50}], cite: [附件 1]}
  high: {label: 高档, unit: cny_per_month, bound: at_least, values: [{from: "2024-01-01", value: 100}], cite: [附件 1]}
services:
  - {id: old-age-allowance, item: "1", name: 高龄津贴, group: 老年人, type: 物质帮助, departments: [民政], access: unstated, cite: [附件 1]}
`

func lint(t *testing.T, more string, rules ...string) []string {
	t.Helper()
	module := "package lists.test\n\nimport data.grant\nimport data.parameters as p\n"
	for _, r := range rules {
		module += "\n# METADATA\n# title: 高龄津贴\n# custom:\n#   item: \"1\"\n" + r + "\n"
	}
	if strings.Contains(module, "elder.") {
		module = strings.Replace(module, "import data.grant", "import data.elder\nimport data.grant", 1)
	}
	fsys := fstest.MapFS{
		"catalogs/test.yaml":   {Data: []byte(province + more)},
		"rego/lists/test.rego": {Data: []byte(module)},
	}
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", fsys), eldercare.WithJurisdictions("test"))
	if err != nil {
		t.Fatal(err)
	}
	findings, err := engine.Lint(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range figured(findings) {
		text := fmt.Sprintf("%s:%d %s %s", f.Pos.File, f.Pos.Line, f.Code, f.Subject)
		if f.Region != "" {
			text += ": " + f.Region
		}
		if f.Accepted != "" {
			text += " (accepted)"
		}
		all = append(all, text)
	}
	return all
}

func allowance(parameter string, conditions ...string) string {
	return fmt.Sprintf("grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.%s}) if {\n\t%s\n}", parameter, strings.Join(conditions, "\n\t"))
}

func TestFindings(t *testing.T) {
	clean := allowance("low", "input.age >= p.elder_age", "input.age < 80")
	high := allowance("high", "input.age >= 80")
	for _, tt := range []struct {
		name  string
		more  string
		rules []string
		want  []string
	}{
		{name: "nothing", rules: []string{clean, high}},
		{
			name:  "at 80 both hold",
			rules: []string{allowance("low", "input.age >= p.elder_age", "input.age <= 80"), high},
			want:  []string{"rego/lists/test.rego:19 overlap old-age-allowance: age 80"},
		},
		{
			name:  "accepted",
			more:  "accepted:\n  - {code: overlap, subject: old-age-allowance, reason: 取较高者}\n",
			rules: []string{allowance("low", "input.age >= p.elder_age", "input.age <= 80"), high},
			want:  []string{"rego/lists/test.rego:19 overlap old-age-allowance: age 80 (accepted)"},
		},
		{
			name:  "an acceptance of nothing",
			more:  "accepted:\n  - {code: overlap, subject: old-age-allowance, reason: 取较高者}\n",
			rules: []string{clean, high},
			want:  []string{"catalogs/test.yaml:11 unused-acceptance old-age-allowance"},
		},
		{
			name:  "nobody of 80 gets anything",
			rules: []string{clean, allowance("high", "input.age > 80")},
			want:  []string{"catalogs/test.yaml:9 gap old-age-allowance: age 80"},
		},
		{
			name:  "a branch wholly inside a better one",
			rules: []string{allowance("low", "input.age >= 85"), allowance("high", "input.age >= p.elder_age")},
			want: []string{
				"rego/lists/test.rego:10 redundant-branch old-age-allowance: age ≥ 85",
				"rego/lists/test.rego:18 overlap old-age-allowance: age ≥ 85",
			},
		},
		{
			name:  "two branches that together cover a third",
			rules: []string{allowance("low", "input.age >= p.elder_age", "input.local_hukou"), allowance("low", "input.age >= p.elder_age", "input.local_hukou == false"), allowance("low", "input.age == 70"), high},
			want: []string{
				"rego/lists/test.rego:28 redundant-branch old-age-allowance: age 70",
				"rego/lists/test.rego:36 overlap old-age-allowance: age ≥ 80, local_hukou true",
				"rego/lists/test.rego:36 overlap old-age-allowance: age ≥ 80, local_hukou false",
			},
		},
		{
			name:  "a value that does not exist",
			rules: []string{clean, high, allowance("high", "input.age < 60", "input.disability_grade > 4")},
			want: []string{
				"rego/lists/test.rego:29 dead-branch old-age-allowance", // the condition
				"rego/lists/test.rego:27 dead-branch old-age-allowance", // the branch
			},
		},
		{
			name:  "conditions that contradict",
			rules: []string{clean, high, allowance("high", "input.age < 60", "input.disability_grade == 0", `input.disability_kind == "visual"`)},
			want:  []string{"rego/lists/test.rego:27 dead-branch old-age-allowance"},
		},
		{
			name:  "a parameter without use",
			rules: []string{allowance("low", "input.age >= p.elder_age")},
			want:  []string{"catalogs/test.yaml:7 unused-parameter high"},
		},
		{
			name:  "a rule that reads the elder as a whole",
			rules: []string{clean, high, allowance("high", "count(input) > 2")},
			want:  []string{"rego/lists/test.rego:28 opaque old-age-allowance"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := lint(t, tt.more, tt.rules...)
			if diff := cmp.Diff(sorted(tt.want), sorted(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func sorted(s []string) []string {
	return slices.Sorted(slices.Values(s))
}

// Our own lists have no finding that is not accepted with a reason.
func TestOurListsAreClean(t *testing.T) {
	engine, err := eldercare.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range engine.Jurisdictions() {
		findings, err := engine.Lint(t.Context(), j.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range figured(findings) {
			if f.Accepted == "" {
				t.Errorf("%s:%d %s %s: %s", f.Pos.File, f.Pos.Line, f.Code, f.Subject, f.Message)
			}
		}
	}
}

// A rule loads without METADATA, without a title and with a word misspelt there; lint names it.
func TestUntitled(t *testing.T) {
	const metadata = "# METADATA\n# title: 高龄津贴\n# custom:\n#   item: \"1\"\n"
	titled := module("tp", "", fmt.Sprintf(flat, "a50", 80))
	for name, tt := range map[string]struct {
		metadata string
		want     []string
	}{
		"titled":         {metadata, nil},
		"title alone":    {"# METADATA\n# title: 高龄津贴\n", nil},
		"no METADATA":    {"", []string{"7"}},
		"item alone":     {"# METADATA\n# custom:\n#   item: \"1\"\n", []string{"10"}},
		"an empty title": {"# METADATA\n# title: \"\"\n", []string{"9"}},
		"a typo":         {"# METADTA\n# title: 高龄津贴\n", []string{"9"}},
		"a key misspelt": {"# METADATA\n# titel: 高龄津贴\n", []string{"9"}},
	} {
		rego := strings.Replace(titled, metadata, tt.metadata, 1)
		engine := engineOf(t, map[string]string{"tp.yaml": rules(tp) + amounts("a50 50"), "tp.rego": rego})
		var want []string
		for _, line := range tt.want {
			want = append(want, "tp.rego:"+line+" untitled: the rule has no title; write above the rule: # METADATA, # title: 高龄津贴")
		}
		if diff := cmp.Diff(want, found(t, engine, "tp")); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", name, diff)
		}
	}
}
