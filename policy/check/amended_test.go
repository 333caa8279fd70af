package check_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// A folder that amends the list above decides what its own list must meet. The check names what the
// amendment says in place of the text, also where the amendment accepts what lint finds. What fills
// an open figure, and what amends the list that is checked, is not named.
func TestAmended(t *testing.T) {
	const accepted = "accepted:\n  - {code: amended-figure, subject: a100, reason: r}\n"
	figure := func(name, more string) string {
		return fmt.Sprintf("  %s: {%s, cite: [{document: A}]}\n", name, more)
	}
	values := func(value string) string { return `values: [{from: "2024-01-01", value: ` + value + `}]` }
	for _, tt := range []struct {
		name, amends, amendment, below string // below is the amount of the city
		want                           []string
	}{
		{"nothing", "tp", "", "100", nil},
		{"a lower number", "tp", "parameters:\n" + figure("a100", values("30")), "30", []string{"tp a100 number 100 → 30 from 2024-01-01 tp_own.yaml:4"}},
		{"a lower number, accepted", "tp", "parameters:\n" + figure("a100", values("30")) + accepted, "30", []string{"tp a100 number 100 → 30 from 2024-01-01 tp_own.yaml:4"}},
		{"a lower number later", "tp", "parameters:\n" + figure("a100", `values: [{from: "2025-06-01", value: 99.5}]`), "100",
			[]string{"tp a100 number 100 → 99.5 from 2025-06-01 tp_own.yaml:4"}},
		{"repealed", "tp", "parameters:\n" + figure("a100", values("null")), "1", []string{"tp a100 number 100 → null from 2024-01-01 tp_own.yaml:4"}},
		{"a ceiling", "tp", "parameters:\n" + figure("a100", values("100")+", bound: at_most"), "100", []string{"tp a100 bound at_least → at_most from 2024-01-01 tp_own.yaml:4"}},
		{"a calendar", "tp", "parameters:\n" + figure("a100", values("100")+", payment: {once: true}"), "100", []string{"tp a100 payment  →  from 2024-01-01 tp_own.yaml:4"}},
		{"an exclusion", "tp", "excludes:\n  - {has: nursing-subsidy, without: [old-age-allowance], reason: r, cite: [{document: A}]}\n", "100",
			[]string{"tp old-age-allowance group  →  from 2024-01-01 tp_own.yaml:4"}},
		{"a choice", "tp", "choose_higher:\n  - {services: [old-age-allowance, nursing-subsidy], measure: monthly_cny, reason: r, cite: [{document: A}]}\n", "100",
			[]string{"tp old-age-allowance group  →  from 2024-01-01 tp_own.yaml:4"}},
		{"an open figure", "tp", "parameters:\n" + figure("free", values("30")+", bound: at_least"), "100", nil},
		{"the list itself", "tc", "parameters:\n" + figure("b", values("90")), "100", nil},
	} {
		files := fstest.MapFS{}
		made{parameters: []string{
			yuan("a100", "at_least", 100), years("elder_age", 60), `free: {label: l, unit: cny_per_month, bound: set_locally, values: [{from: "2024-01-01", value: null}], cite: [A]}`,
		}, rules: []rule{paying(old, "a100", "input.age >= p.elder_age"), paying(nursing, "free", "input.living_alone")}}.put(files, "tp", "990000", "province", "")
		made{parameters: []string{strings.Replace(yuan("b", "at_least", 7), "value: 7", "value: "+tt.below, 1)}, rules: []rule{
			paying(old, "b", "input.age >= p.elder_age"), paying(nursing, "b", "input.living_alone"),
		}}.put(files, "tc", "990100", "city", "tp")
		if tt.amendment != "" {
			files["catalogs/"+tt.amends+"_own.yaml"] = &fstest.MapFile{Data: []byte("amends: " + tt.amends + "\ndocument: {title: t, basis: official}\n" + tt.amendment)}
		}
		engine, err := eldercare.Load(t.Context(), eldercare.WithFS("made", files), eldercare.WithJurisdictions("tp", "tc"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range checked(t, engine, "tc").Amended {
			got = append(got, fmt.Sprintf("%s %s %s %s → %s from %s %s", a.List, a.Subject, a.What, a.Printed, a.Stated, a.From, strings.TrimPrefix(a.At, "made/catalogs/")))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
