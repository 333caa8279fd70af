package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A rule of the list above that cannot be proved hides no gap between a list's own rules.
func TestGapBelowAnOpaqueRule(t *testing.T) {
	for note, above := range map[string]string{"proved": promised("input.age >= 0"), "opaque": promised("count(input) > 2")} {
		engine := engineOf(t, map[string]string{
			"tp.yaml": rules(tp) + amounts("a50 50"), "tp.rego": module("tp", "", above),
			"tc.yaml": rules(tc) + amounts("b50 50"), "tc.rego": module("tc", "", promised("input.age >= 60", "input.age < 70"), promised("input.age >= 75")),
		})
		got := slices.DeleteFunc(found(t, engine, "tc"), func(f string) bool { return !strings.Contains(f, " gap: ") })
		want := []string{"tc.yaml:5 gap: age 70–74: between the branches of the service, some elders are in none"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s above: %s", note, diff)
		}
	}
}

// What two rules compare in one helper is found once.
func TestUnitsInASharedHelper(t *testing.T) {
	const limit = "  some_months: {label: 限, unit: months, values: [{from: \"2024-01-01\", value: 2}], cite: [附件 1]}\n"
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + limit,
		"tp.rego": module("tp", "_old if input.age >= p.some_months\n", promised("_old", "input.local_hukou"), promised("_old", "input.living_alone")),
	})
	got := slices.DeleteFunc(found(t, engine, "tp"), func(f string) bool { return !strings.Contains(f, " unit-mismatch: ") })
	if len(got) != 1 || !strings.HasPrefix(got[0], "tp.rego:6 ") {
		t.Errorf("%d findings, want one of the helper in line 6: %v", len(got), got)
	}
}

// An acceptance of a figure that is null may be used by what an amendment states. Any other, and
// one of a list that nothing amends, is unused if there is no such finding.
func TestUnusedAcceptancesOfAmendedLists(t *testing.T) {
	const amendment = "amends: tp\nparameters:\n  a50: {values: [{from: \"2024-01-01\", value: 55}], cite: [{document: 通知}]}\n"
	for _, tt := range []struct {
		code, subject string
		amended       bool
		unused        bool
	}{
		{"null-figure", "a50", true, false}, {"null-figure", "a50", false, true}, {"gap", "old-age-allowance", true, true}, {"gap", "old-age-allowance", false, true},
	} {
		files := map[string]string{
			"tp.yaml": rules(tp) + amounts("a50 50") + accepted(tt.code+" "+tt.subject+" 甲"), "tp.rego": module("tp", "", fmt.Sprintf(flat, "a50", 60)),
		}
		if tt.amended {
			files["tp_more.yaml"] = amendment
		}
		got := slices.ContainsFunc(found(t, engineOf(t, files), "tp"), func(f string) bool { return strings.Contains(f, " unused-acceptance: ") })
		if got != tt.unused {
			t.Errorf("%s, amended %v: unused %v, want %v", tt.code, tt.amended, got, tt.unused)
		}
	}
}
