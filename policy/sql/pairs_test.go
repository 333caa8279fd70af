package sql_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// pairsOf returns a list with a service for who has both facts of one of n pairs. In the vocabulary
// each pair is as far apart as n. Where others is true, each pair brings an amount of its own.
func pairsOf(t *testing.T, n int, others bool) fstest.MapFS {
	t.Helper()
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	attributes, rego := "attributes:\n", "package lists.top\n\nimport data.grant\n"
	for i := range 2 * n {
		attributes += fmt.Sprintf("  p%[1]d: {label: 事%[1]d, english: p%[1]d, type: boolean}\n", i)
	}
	for i := range n {
		amount := 10
		if others {
			amount += i
		}
		rego += fmt.Sprintf(`
# METADATA
# title: 务
# custom:
#   item: "1"
grants contains grant.promise("s", {"m": {"bound": "exactly", "value": %d, "unit": "cny_per_month", "parameters": []}}) if {
	input.p%d
	input.p%d
}
`, amount, i, n+i)
	}
	return fstest.MapFS{
		"catalogs/attributes.yaml": {Data: []byte(attributes + "inputs: {}\n")},
		"catalogs/measures.yaml":   {Data: []byte("measures:\n  m: {label: 钱, english: money, kind: cash, per: month}\n")},
		"catalogs/services.yaml":   {Data: []byte("types:\n  物质帮助: {english: material}\nservices:\n  s: {name: 务, english: s}\n")},
		"catalogs/top.yaml": {Data: []byte(`jurisdiction: {id: top, code: "140000", name: 省, level: province}
document: {title: 文, basis: official}
effective_from: "2024-01-01"
services:
  - {id: s, item: "1", name: 务, group: 人, type: 物质帮助, departments: [局], access: unstated, cite: [一]}
`)},
		"rego/grant.rego":     {Data: grant},
		"rego/lists/top.rego": {Data: []byte(rego)},
	}
}

// Ten pairs of facts far apart make a box each and not a box of each combination, even if each
// brings another amount.
func TestFarPairs(t *testing.T) {
	for _, others := range []bool{false, true} {
		e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", pairsOf(t, 10, others)))
		if err != nil {
			t.Fatal(err)
		}
		rs := rulesOn(t, e, "top", "2024-01-01")
		s := scriptOf(t, rs, sql.SQLite)
		if text := s.String(); strings.Count(text, `"p0" = 1 AND "p10" = 1`) != 1 || len(text) > 50_000 {
			t.Errorf("there is no box of each pair alone, in %d bytes", len(text))
		}
		l := newLite(t)
		l.run(t, s)
		elders := newPeople(rs, 1).elders(effort.Of(20, 20, 100)) // Go tries all that may be of each
		l.fill(t, columnsOf(rs), elders)
		report(t, agree(t, rs, elders, l.decided(t)))
		l.Close()
	}
}
