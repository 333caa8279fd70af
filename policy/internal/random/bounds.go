package random

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing/fstest"
)

// facts is how many facts the rules of [Bounds] ask for.
const facts = 5

// Bounds are a province "top" and its city "low" that grant one service by random rules, always the
// same of a seed: each asks for one or two of a few facts, and promises an amount that is exact, a
// floor, a ceiling, or open. By the seed, all that are open are set locally or miss one number. So
// rules raise and fill what others say. Of each third seed the service has two linked measures.
// Grant is the content of rego/grant.rego.
func Bounds(grant []byte, seed uint64) fstest.MapFS {
	r := rand.New(rand.NewPCG(seed, 3))
	measures, linked := []string{"m_cny"}, ""
	if seed%3 == 2 {
		measures, linked = []string{"a_cny", "b_cny"}, ", linked: [a_cny, b_cny]"
	}
	var attributes strings.Builder
	for i := range facts {
		fmt.Fprintf(&attributes, "  p%[1]d: {label: 事%[1]d, english: p%[1]d, type: boolean}\n", i)
	}
	files := fstest.MapFS{
		"catalogs/attributes.yaml": {Data: []byte("attributes:\n" + attributes.String() + "inputs: {}\n")},
		"catalogs/measures.yaml": {Data: []byte(`measures:
  m_cny: {label: 钱, english: money, kind: cash, per: month}
  a_cny: {label: 年钱, english: yearly money, kind: cash, per: year}
  b_cny: {label: 另年钱, english: other yearly money, kind: cash, per: year}
`)},
		"catalogs/services.yaml": {Data: []byte("types:\n  物质帮助: {english: material}\nservices:\n  s: {name: 务, english: s}\n")},
		"rego/grant.rego":        {Data: grant},
	}
	for i, id := range []string{"top", "low"} {
		files["catalogs/"+id+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, `jurisdiction: {id: %s, code: "%s", name: %s, level: %s%s}
document: {title: 文, basis: official}
effective_from: "2024-01-01"
services:
  - {id: s, item: "1", name: 务, group: 人, type: 物质帮助, departments: [局], access: unstated, cite: [一]%s}
`, id, []string{"140000", "140100"}[i], id, []string{"province", "city"}[i], []string{"", ", parent: top"}[i], linked)}
		rego := "package lists." + id + "\n\nimport data.grant\n"
		for range 1 + r.IntN(3) {
			rego += bounded(r, measures, seed%2 == 0)
		}
		files["rego/lists/"+id+".rego"] = &fstest.MapFile{Data: []byte(rego)}
	}
	return files
}

// bounded is a rule that promises a random amount of some of the measures.
func bounded(r *rand.Rand, measures []string, locally bool) string {
	var promises []string
	for n, measure := range measures {
		if n == 0 || r.IntN(2) == 0 {
			promises = append(promises, fmt.Sprintf("%q: %s", measure, promise(r, len(measures) > 1, locally)))
		}
	}
	conditions := ""
	for _, p := range r.Perm(facts)[:1+r.IntN(2)] {
		conditions += fmt.Sprintf("\tinput.p%d\n", p)
	}
	return fmt.Sprintf(`
# METADATA
# title: 务
# custom:
#   item: "1"
grants contains grant.promise("s", {%s}) if {
%s}
`, strings.Join(promises, ", "), conditions)
}

// promise is a random amount of a month or a year. What is open is set locally, or else misses a
// number.
func promise(r *rand.Rand, yearly, locally bool) string {
	p := amount(r, []string{"exactly", "exactly", "at_least", "at_most", "set_locally"})
	if yearly {
		p = strings.Replace(p, "month", "year", 1)
	}
	switch open := strings.Contains(p, "null"); {
	case open && !locally:
		return strings.NewReplacer("set_locally", "exactly", "[]", `["amount"], "missing": "amount"`).Replace(p)
	case !open && r.IntN(4) == 0:
		return strings.Replace(p, "[]", `["amount"]`, 1)
	}
	return p
}
