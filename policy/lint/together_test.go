package lint_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	linting "github.com/basic-eldercare/eldercare/policy/lint"
)

// two returns a province's allowances for who is 80 or older, and for whom a condition holds, with
// more YAML.
func two(condition, measure, more string) fstest.MapFS {
	const service = "  - {id: %s, item: \"%d\", name: 津贴, group: g, type: 物质帮助, departments: [d], access: unstated, cite: [A]}\n"
	const rule = "\n# METADATA\n# title: 津贴\n# custom:\n#   item: \"%d\"\ngrants contains grant.promise(%q, {%q: p.a}) if %s\n"
	list := `jurisdiction: {id: two, code: "990000", name: 省, level: province}
document: {title: t, basis: official}
effective_from: "2024-01-01"
parameters:
  elder_age: {label: l, unit: years, values: [{from: "2024-01-01", value: 60}], cite: [A]}
  a: {label: l, unit: cny_per_month, bound: exactly, values: [{from: "2024-01-01", value: 50}], cite: [A]}
services:
` + fmt.Sprintf(service+service, "old-age-allowance", 1, "nursing-subsidy", 2)
	module := "package lists.two\n\nimport data.elder\nimport data.grant\nimport data.parameters as p\n\nold if elder.is_elder\n" +
		fmt.Sprintf(rule, 1, "old-age-allowance", "monthly_cny", "input.age >= 80") +
		fmt.Sprintf(rule, 2, "nursing-subsidy", measure, condition)
	return fstest.MapFS{
		"catalogs/two.yaml":   {Data: []byte(list + more)},
		"rego/lists/two.rego": {Data: []byte(module)},
	}
}

// A group to choose from, or an exclusion, that changes nothing for anybody is found.
func TestIdle(t *testing.T) {
	const (
		choice    = "choose_higher:\n  - {services: [old-age-allowance, nursing-subsidy], measure: monthly_cny, reason: r, cite: [A]}\n"
		exclusion = "excludes:\n  - {has: old-age-allowance, without: [nursing-subsidy], reason: r, cite: [A]}\n"
	)
	for _, tt := range []struct {
		name, condition, measure, more string
		want                           []string
	}{
		{"a choice of who is 80", "input.age >= 80", "monthly_cny", choice, nil},
		{"a choice that nobody has", "input.age < 80", "monthly_cny", choice, []string{"11 idle-choice old-age-allowance"}},
		{"a choice of nobody who can exist", "old\n", "monthly_cny", choice, nil},
		{"a choice of what is not promised", "input.age >= 80", "living_monthly_cny", choice, []string{"11 idle-choice nursing-subsidy"}},
		{"an exclusion of who is 80", "input.age == 80", "monthly_cny", exclusion, nil},
		{"an exclusion of nobody", "input.age == 79", "monthly_cny", exclusion, []string{"11 idle-exclusion nursing-subsidy"}},
		{
			"an exclusion of nobody who can exist", "not old\n", "monthly_cny", exclusion, []string{"11 idle-exclusion nursing-subsidy"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			condition := strings.TrimSuffix(tt.condition, "\n")
			engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", two(condition, tt.measure, tt.more)), eldercare.WithJurisdictions("two"))
			if err != nil {
				t.Fatal(err)
			}
			found, err := engine.Lint(t.Context(), "two")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				if f.Code == linting.IdleChoice || f.Code == linting.IdleExclusion {
					got = append(got, fmt.Sprintf("%d %s %s", f.Pos.Line, f.Code, f.Subject))
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What an amendment chooses between or excludes is found, at its place. What the list itself
// chooses or excludes is not.
func TestAmendedGroups(t *testing.T) {
	files := two("input.age >= 80", "monthly_cny", "choose_higher:\n  - {services: [old-age-allowance, nursing-subsidy], measure: monthly_cny, reason: r, cite: [A]}\n")
	files["catalogs/two_more.yaml"] = &fstest.MapFile{Data: []byte("amends: two\nexcludes:\n  - {has: old-age-allowance, without: [nursing-subsidy], reason: r, cite: [{document: A}]}\n")}
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("two"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := engine.Lint(t.Context(), "two")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		if f.Code == linting.AmendedGroup {
			got = append(got, fmt.Sprintf("%s:%d %s", f.Pos.File, f.Pos.Line, f.Subject))
		}
	}
	if diff := cmp.Diff([]string{"catalogs/two_more.yaml:3 nursing-subsidy"}, got); diff != "" {
		t.Error(diff)
	}
}

// Two groups with a member in common are found where an elder can have it and one more of each; a
// group within another is not.
func TestOverlappingChoice(t *testing.T) {
	group := func(services string) string {
		return "  - {services: [" + services + "], measure: monthly_cny, reason: r, cite: [A]}\n"
	}
	const three = "old-age-allowance, nursing-subsidy, care-service-subsidy"
	for _, tt := range []struct {
		name, condition, groups string
		want                    []string
	}{
		{
			"a chain", "input.age >= 90", group("old-age-allowance, nursing-subsidy") + group("nursing-subsidy, care-service-subsidy"),
			[]string{"13 overlapping-choice nursing-subsidy 12"},
		},
		{
			"each with each, of which the last is found once", "input.age >= 90",
			group("old-age-allowance, nursing-subsidy") + group("care-service-subsidy, old-age-allowance") + group("nursing-subsidy, care-service-subsidy"),
			[]string{"13 overlapping-choice old-age-allowance 12", "14 overlapping-choice nursing-subsidy 12"},
		},
		{"one group", "input.age >= 90", group(three), nil},
		{"one within another", "input.age >= 90", group("old-age-allowance, nursing-subsidy") + group(three), nil},
		{"of services that nobody has together", "input.age < 80", group("old-age-allowance, nursing-subsidy") + group("nursing-subsidy, care-service-subsidy"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := two(tt.condition, "monthly_cny", "  - {id: care-service-subsidy, item: \"3\", name: 津贴, group: g, type: 物质帮助, departments: [d], access: unstated, cite: [A]}\nchoose_higher:\n"+tt.groups)
			files["rego/lists/two.rego"].Data = append(files["rego/lists/two.rego"].Data,
				"\n# METADATA\n# title: 津贴\n# custom:\n#   item: \"3\"\ngrants contains grant.promise(\"care-service-subsidy\", {\"monthly_cny\": p.a}) if input.age >= 80\n"...)
			engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("two"))
			if err != nil {
				t.Fatal(err)
			}
			found, err := engine.Lint(t.Context(), "two")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				if f.Code == linting.OverlappingChoice {
					got = append(got, fmt.Sprintf("%d %s %s %d", f.Pos.Line, f.Code, f.Subject, f.Related.Line))
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A group, or an exclusion, with a service that has ended is no slip: it held while the service
// did.
func TestIdleAfterTheEnd(t *testing.T) {
	for _, more := range []string{
		"choose_higher:\n  - {services: [old-age-allowance, nursing-subsidy], measure: monthly_cny, reason: r, cite: [A]}\n",
		"excludes:\n  - {has: old-age-allowance, without: [nursing-subsidy], reason: r, cite: [A]}\n",
		"excludes:\n  - {has: nursing-subsidy, without: [old-age-allowance], reason: r, cite: [A]}\n",
	} {
		files := two("input.age >= 80", "monthly_cny", more)
		list := string(files["catalogs/two.yaml"].Data)
		ended := strings.Replace(list, `{id: nursing-subsidy`, `{until: "2025-06-30", id: nursing-subsidy`, 1)
		files["catalogs/two.yaml"].Data = []byte(ended)
		engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("two"))
		if err != nil {
			t.Fatal(err)
		}
		found, err := engine.Lint(t.Context(), "two")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if f.Code == linting.IdleChoice || f.Code == linting.IdleExclusion {
				t.Errorf("%s of %s from %s on\n%s", f.Code, f.Subject, f.From, more)
			}
		}
	}
}
