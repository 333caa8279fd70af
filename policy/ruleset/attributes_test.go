package ruleset_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// listsOver is a folder with a city's list and one of a county below it, over a vocabulary of these attributes. Each list grants its
// service to whom its condition holds of; shared is the rest of rego/elder.rego.
func listsOver(attributes, shared string, conditions ...string) fstest.MapFS {
	files := randomLists(nil)
	files["catalogs/attributes.yaml"] = &fstest.MapFile{Data: []byte(attributes)}
	files["rego/elder.rego"] = &fstest.MapFile{Data: []byte("package elder\n\n" + shared)}
	for i, id := range []string{"city", "county"} {
		files["catalogs/"+id+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, `
jurisdiction: {id: %s, code: "%s", name: %[1]s, level: %[1]s%[3]s}
document: {title: 文, basis: official}
effective_from: "2024-01-01"
parameters:
  limit: {label: 限, unit: years, values: [{from: "2024-01-01", value: 50}], cite: [一]}
services:
  - {id: s1, item: "1", name: 一, group: 人, type: 物质帮助, departments: [局], access: unstated, cite: [一]}
`, id, []string{"140100", "140121"}[i], []string{"", ", parent: city"}[i])}
		files["rego/lists/"+id+".rego"] = &fstest.MapFile{Data: fmt.Appendf(nil, `package lists.%s

import data.elder
import data.grant
import data.parameters as p

_every_import if {
	elder.anything
	p.limit
}

# METADATA
# title: 一
# custom:
#   item: "1"
grants contains grant.promise("s1", {"f": grant.included}) if {
	%s
}
`, id, conditions[min(i, len(conditions)-1)])}
	}
	for _, old := range []string{"top", "low"} {
		delete(files, "catalogs/"+old+".yaml")
		delete(files, "rego/lists/"+old+".rego")
	}
	return files
}

// loadOver loads the lists of listsOver alone.
func loadOver(t testing.TB, files fstest.MapFS) *eldercare.Engine {
	t.Helper()
	files["rego/eldercare.rego"] = &fstest.MapFile{Data: must(os.ReadFile("../../rego/eldercare.rego"))(t)}
	return must(eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files)))(t)
}

// services are the services that an elder has, or may have.
func services(d *eldercare.Decision) (entitled, possible []string) {
	for _, e := range d.Entitled {
		entitled = append(entitled, e.Service)
	}
	for _, p := range d.Possible {
		possible = append(possible, p.Service)
	}
	return entitled, possible
}

// decided says in a word what an elder has of the one service: yes, maybe, or no.
func decided(t testing.TB, e *eldercare.Engine, jurisdiction string, person eldercare.Elder, options ...eldercare.EvalOption) string {
	t.Helper()
	d := must(e.Evaluate(t.Context(), jurisdiction, person, append(options, eldercare.OnDate(today))...))(t)
	switch entitled, possible := services(d); {
	case slices.Contains(entitled, "s1"):
		return "yes"
	case slices.Contains(possible, "s1"):
		return "maybe"
	}
	return "no"
}

// A missing number is 0 only where the vocabulary says so: nobody is poor for not having said what they earn.
func TestAbsentNumbers(t *testing.T) {
	const attributes = `
attributes:
  income: {label: 收入, english: income, type: integer, min: 0, max: 100, unit: 元}
  years: {label: 年限, english: years, type: integer, min: 0, max: 60, unit: 年, absent: 0}
`
	for _, c := range []struct {
		condition string
		elder     eldercare.Elder
		want      string
	}{
		{"input.income <= p.limit", eldercare.Elder{}, "no"},
		{"input.income <= p.limit", eldercare.Elder{"income": 50}, "yes"},
		{"input.income <= p.limit", eldercare.Elder{"income": 51}, "no"},
		{"input.years < 15", eldercare.Elder{}, "yes"},
		{"input.years < 15", eldercare.Elder{"years": 15}, "no"},
	} {
		e := loadOver(t, listsOver(attributes, "anything if input.years >= 0\n", c.condition))
		for _, options := range [][]eldercare.EvalOption{{eldercare.AssumeKnown()}, {eldercare.AssumeKnown(), eldercare.PlainOPA()}} {
			if diff := cmp.Diff(c.want, decided(t, e, "city", c.elder, options...)); diff != "" {
				t.Errorf("%s, %v (-want +got):\n%s", c.condition, c.elder, diff)
			}
		}
	}
}
