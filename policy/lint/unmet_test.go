package lint_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// A rule that OPA cannot evaluate for some elders is opaque, and lint says for whom. To whom the rule is inherited with a figure of
// its own, it is said at the service.
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

// A condition that no value meets is the business of the list that wrote it, and is named once, wherever else the helper is used.
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
			"tp.rego:6 dead-branch: the condition on age holds for no value of it",
			"tp.rego:12 dead-branch: " + inherited, "tp.rego:18 dead-branch: " + inherited,
		},
		"tc": {"tc.yaml:5 dead-branch: " + inherited + " (tp.rego:12)"},
	} {
		if diff := cmp.Diff(want, found(t, engine, jurisdiction)); diff != "" {
			t.Errorf("%s: %s", jurisdiction, diff)
		}
	}
}

// A choice between two services is idle, too, when only elders would have both who cannot exist: who has no disability has no grade.
func TestIdleChoices(t *testing.T) {
	const choice = "choose_higher:\n  - {services: [old-age-allowance, nursing-subsidy], measure: monthly_cny, reason: r, cite: [A]}\n"
	for grade, want := range map[int][]string{0: nil, 1: {"two.yaml:11 idle-choice"}} {
		files := two(fmt.Sprint("input.disability_grade == ", grade), "monthly_cny", choice)
		rego := files["rego/lists/two.rego"]
		rego.Data = bytes.Replace(rego.Data, []byte("input.age >= 80"), []byte(`input.disability_kind == "none"`), 1)
		engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("two"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, placed(t, engine, "two")); diff != "" {
			t.Errorf("grade %d: %s", grade, diff)
		}
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
	for _, f := range findings {
		text := fmt.Sprintf("%s:%d %s", strings.TrimPrefix(f.Pos.File, "catalogs/"), f.Pos.Line, f.Code)
		if f.Region != "" {
			text += ": " + f.Region
		}
		all = append(all, strings.TrimPrefix(text, "rego/lists/"))
	}
	return all
}
