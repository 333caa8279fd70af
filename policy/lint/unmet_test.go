package lint_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	linting "github.com/basic-eldercare/eldercare/policy/lint"
)

// A rule that OPA cannot evaluate for some elders is opaque, and lint says for whom. To whom the
// rule is inherited with a figure of its own, it is said at the service.
func TestUnanswered(t *testing.T) {
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + amounts("a50 50"),
		"tp.rego": module("tp", "", "grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a50}) if {\n\t10 / input.disability_grade > 3\n}"),
		"tc.yaml": inherits(tc) + amounts("a50 60"),
	})
	for jurisdiction, want := range map[string][]string{
		"tp": {"tp.rego:12 opaque", "tp.rego:12 unanswered: disability_grade 0"},
		"tc": {"tc.yaml:5 opaque", "tc.yaml:5 unanswered: disability_grade 0"},
	} {
		if diff := cmp.Diff(want, placed(t, engine, jurisdiction)); diff != "" {
			t.Errorf("%s: %s", jurisdiction, diff)
		}
	}
}

// A condition that no value meets is the business of the list that wrote it, and is named once,
// wherever else the helper is used.
func TestUnmetConditions(t *testing.T) {
	inherited := "no elder can meet all conditions of the branch"
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + amounts("a50 50", "a100 100"),
		"tp.rego": module("tp", "_gone if input.age > 130\n", "grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a50}) if _gone",
			"grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a100}) if _gone"),
		"tc.yaml": inherits(tc) + amounts("a50 60"),
	})
	for jurisdiction, want := range map[string][]string{
		"tp": {
			"tp.rego:6 dead-branch: no value of age meets the condition on it",
			"tp.rego:12 dead-branch: " + inherited, "tp.rego:18 dead-branch: " + inherited,
		},
		"tc": {"tc.yaml:5 dead-branch: " + inherited + " (tp.rego:12)"},
	} {
		if diff := cmp.Diff(want, found(t, engine, jurisdiction)); diff != "" {
			t.Errorf("%s: %s", jurisdiction, diff)
		}
	}
}

// Where nobody reaches any tier of a rule, the rule is named, and not its tiers beside.
func TestUnmetTiers(t *testing.T) {
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + amounts("a50 50", "a100 100"), "tp.rego": module("tp", tiers("75 70 a50", "90 80 a100"), byTier),
	})
	want := []string{"tp.rego:11 dead-branch: no elder can meet all conditions of the branch"}
	if diff := cmp.Diff(want, found(t, engine, "tp")); diff != "" {
		t.Error(diff)
	}
}

// One of three linked measures may be alone; and a branch that promises none of them promises no
// less of them to whom it reaches.
func TestLinkedMeasuresAlone(t *testing.T) {
	const elders = "input.age >= p.elder_age"
	for _, tt := range []struct {
		name  string
		rules [][3]any
		three bool
		want  []string
	}{
		{"a third", [][3]any{{50, 300, elders}}, true, []string{"never-together: no rule promises rail_discount_percent together with another of the linked measures"}},
		{"none", [][3]any{{50, 300, elders}, {0, 0, elders + "\n\tinput.living_alone"}}, false, []string{
			"redundant-branch: other branches promise as much to everybody whom the branch reaches",
		}},
	} {
		files := sharing(tt.rules...)
		if list := files["catalogs/test.yaml"]; tt.three {
			list.Data = bytes.Replace(list.Data, []byte("annual_cny]"), []byte("annual_cny, rail_discount_percent]"), 1)
		}
		engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("test"))
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
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// A choice, or an exclusion, is idle, too, when only elders would have both services who cannot
// exist: who has no disability has no grade. Of several exclusions, and of several services that
// one denies, each is idle by itself; where a rule is opaque, nobody knows.
func TestIdleForWhoCannotExist(t *testing.T) {
	const (
		meals     = "  - {id: meal-subsidy, item: \"3\", name: 餐, group: g, type: 物质帮助, departments: [d], access: unstated, cite: [A]}\n"
		choice    = "choose_higher:\n  - {services: [old-age-allowance, %s], measure: monthly_cny, reason: r, cite: [A]}\n"
		exclusion = "excludes:\n  - {has: old-age-allowance, without: [nursing-subsidy, meal-subsidy], reason: r, cite: [A]}\n" +
			"  - {has: meal-subsidy, without: [nursing-subsidy], reason: r, cite: [A]}\n"
		meal = "\n# METADATA\n# title: 餐\n# custom:\n#   item: \"3\"\ngrants contains grant.promise(\"meal-subsidy\", {\"monthly_cny\": p.a}) if {\n\t%s\n}\n"
	)
	nursing, food := fmt.Sprintf(choice, "nursing-subsidy"), fmt.Sprintf(choice, "meal-subsidy")
	const none, first, opaque = "input.disability_grade == 0", "input.disability_grade == 1", "count(input) > 2"
	for _, tt := range []struct {
		name, more, nursing, meals string
		want                       []string
	}{
		{"a choice of no grade", nursing, none, first, nil},
		{"a choice of a grade without a disability", nursing, first, none, []string{"two.yaml:12 idle-choice old-age-allowance"}},
		{"a choice of which one rule is opaque", food, none, opaque, nil},
		{"exclusions of nobody", exclusion, none, first, []string{"two.yaml:12 idle-exclusion meal-subsidy", "two.yaml:13 idle-exclusion nursing-subsidy"}},
		// Whoever has no grade has no disability, so that nobody is left with a meal who could be denied
		// nursing.
		{"exclusions of who has no grade", exclusion, none, none, []string{"two.yaml:13 idle-exclusion nursing-subsidy"}},
		{"exclusions of which one rule is opaque", exclusion, none, opaque, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := two(tt.nursing, "monthly_cny", meals+tt.more)
			rego := files["rego/lists/two.rego"]
			rego.Data = fmt.Appendf(bytes.Replace(rego.Data, []byte("input.age >= 80"), []byte(`input.disability_kind == "none"`), 1), meal, tt.meals)
			engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("two"))
			if err != nil {
				t.Fatal(err)
			}
			findings, err := engine.Lint(t.Context(), "two")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range figured(findings) {
				if f.Code == linting.IdleChoice || f.Code == linting.IdleExclusion {
					got = append(got, fmt.Sprintf("%s:%d %s %s", strings.TrimPrefix(f.Pos.File, "catalogs/"), f.Pos.Line, f.Code, f.Subject))
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// placed are the findings by place, code and region.
func placed(t *testing.T, engine *eldercare.Engine, jurisdiction string) []string {
	t.Helper()
	findings, err := engine.Lint(t.Context(), jurisdiction)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range figured(findings) {
		text := fmt.Sprintf("%s:%d %s", strings.TrimPrefix(f.Pos.File, "catalogs/"), f.Pos.Line, f.Code)
		if f.Region != "" {
			text += ": " + f.Region
		}
		all = append(all, strings.TrimPrefix(text, "rego/lists/"))
	}
	return all
}
