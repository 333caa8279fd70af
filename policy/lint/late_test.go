package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// A figure that begins after its list is late until then, unless a list above has one in force. A
// rule that waits for it is not dead.
func TestLateFigures(t *testing.T) {
	const (
		late    = "the figure begins on 2024-02-01, and until then nobody is granted what needs it; add the number that holds until then"
		gradual = "grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a50}) if {\n\tinput.age >= p.old\n}"
	)
	old := func(values ...string) string { return amounts("a50 50") + age("old", values...) }
	for _, tt := range []struct {
		name, province, city, on string
		want                     []string
	}{
		{"late", old("2024-01-01 80"), "", "2024-01-15", nil},
		{"late above", old("2024-02-01 80"), "", "2024-01-15", nil},
		{"late here, in force above", old("2024-01-01 80"), age("old", "2024-02-01 90"), "2024-01-15", nil},
		{"late in both", old("2024-02-01 80"), age("old", "2024-02-01 90"), "2024-01-15", []string{"tc.yaml:7 late-figure: " + late}},
		{"late in the city alone", amounts("a50 50") + age("old", "2024-03-01 80"), age("old", "2024-02-01 90"), "2024-01-15", []string{"tc.yaml:7 late-figure: " + late}},
		{"begun", old("2024-02-01 80"), age("old", "2024-02-01 90"), "2024-02-01", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			city := inherits(tc) + tt.city
			if tt.city == "" {
				city = strings.TrimSuffix(city, "parameters:\n")
			}
			engine := engineOf(t, map[string]string{"tp.yaml": rules(tp) + tt.province, "tp.rego": module("tp", "", gradual), "tc.yaml": city})
			if diff := cmp.Diff(tt.want, found(t, engine, "tc", eldercare.OnDate(tt.on))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A number of an amendment that takes the place of another that the text states is found, with both
// places; a further one is not.
func TestAmendedFigures(t *testing.T) {
	engine := engineOf(t, map[string]string{
		"tp.yaml":      rules(tp) + amounts("a50 50", "a100 100"),
		"tp_more.yaml": "amends: tp\ndocument: {title: 补充, basis: official}\nparameters:\n" + amounts("a50 60"),
		"tp.rego":      module("tp", "", fmt.Sprintf(flat, "a50", 80), fmt.Sprintf(flat, "a100", 90)),
	})
	want := []string{
		"tp_more.yaml:4 amended-figure: from 2024-01-01 on the amendment replaces a number that the text states (tp.yaml:8)",
		"tp.rego:19 overlap: age ≥ 90: two branches promise monthly_cny to the same elders: 60 and 100; the higher holds (tp.rego:11)",
	}
	if diff := cmp.Diff(want, found(t, engine, "tp")); diff != "" {
		t.Error(diff)
	}
}

// An amendment may not bind or pay an amount otherwise in silence, either.
func TestAmendedBoundsAndCalendars(t *testing.T) {
	engine := engineOf(t, map[string]string{
		"tp.yaml":      rules(tp) + amounts("a50 50"),
		"tp_more.yaml": "amends: tp\nparameters:\n  a50: {values: [{from: \"2026-01-01\", value: 60}], bound: at_most, payment: {once: true}, cite: [{document: A}]}\n",
		"tp.rego":      module("tp", "", fmt.Sprintf(flat, "a50", 80)),
	})
	want := []string{
		"tp_more.yaml:3 amended-figure: the amendment gives the amount another bound than the text (tp.yaml:8)",
		"tp_more.yaml:3 amended-figure: the amendment pays the amount by another calendar than the text (tp.yaml:8)",
		"tp_more.yaml:3 amended-figure: from 2026-01-01 on the amendment replaces a number that the text states (tp.yaml:8)",
	}
	if diff := cmp.Diff(want, found(t, engine, "tp")); diff != "" {
		t.Error(diff)
	}
}

// A number that the list above states by two rules is one finding, with all to whom it is the best.
func TestOpenAmountStatedTwice(t *testing.T) {
	const of = "grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a50}) if {\n\tinput.age >= 70\n\tinput.self_care == \"%s\"\n}"
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + amounts("a50 50"), "tp.rego": module("tp", "", fmt.Sprintf(of, "none"), fmt.Sprintf(of, "partial")),
		"tc.yaml": rules(tc) + amounts("free ?"), "tc.rego": module("tc", "", fmt.Sprintf(flat, "free", 60)),
	})
	want := []string{"tc.yaml:5 open-amount: age ≥ 70, self_care partial|none: the amount of monthly_cny is left open, but the list above states at least 50 yuan (tp.rego:11)"}
	if diff := cmp.Diff(want, found(t, engine, "tc")); diff != "" {
		t.Error(diff)
	}
}

// A rule of the list overlaps one that it inherits, too: at its own place, with the other's.
func TestOverlapWithAnInheritedRule(t *testing.T) {
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + amounts("a50 50"), "tp.rego": module("tp", "", fmt.Sprintf(flat, "a50", 60)),
		"tc.yaml": inherits(tc) + amounts("a100 100"), "tc.rego": module("tc", "", fmt.Sprintf(flat, "a100", 80)),
	})
	want := []string{"tc.rego:11 overlap: age ≥ 80: two branches promise monthly_cny to the same elders: 100 and 50; the higher holds (tp.rego:11)"}
	if diff := cmp.Diff(want, found(t, engine, "tc")); diff != "" {
		t.Error(diff)
	}
}

// Where two branches promise linked measures, the finding stands at the later, with the other's
// place.
func TestPlacesOfLinkedMeasures(t *testing.T) {
	const elders = "input.age >= p.elder_age"
	files := sharing([3]any{50, 900, elders}, [3]any{80, 900, elders + "\n\tinput.living_alone"})
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("test"))
	if err != nil {
		t.Fatal(err)
	}
	findings, err := engine.Lint(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != 1 || findings[0].Pos.Line != 18 || findings[0].Related.Line != 10 || findings[0].Pos.File != "rego/lists/test.rego" {
		t.Errorf("%+v, want one in line 18, related to line 10", findings)
	}
}
