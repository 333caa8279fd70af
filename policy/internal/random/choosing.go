package random

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing/fstest"
)

// services is how many services a list has to choose from.
const services = 4

// Choosing is a list "top" of four services, of which each of four facts grants one a random
// amount, with random groups of which only the highest is paid; always the same of a seed. Of one
// service the amount is a voucher's. Another has two amounts, mostly equal ones, and a group names
// it by one. Amounts are bound by some of the given bounds, exactly without any. Grant is the
// content of rego/grant.rego.
func Choosing(grant []byte, seed uint64, bounds ...string) fstest.MapFS {
	r := rand.New(rand.NewPCG(seed, 2))
	var attributes, named, offered strings.Builder
	rego := strings.Builder{}
	rego.WriteString("package lists.top\n\nimport data.grant\n")
	for i := 1; i <= services; i++ {
		fmt.Fprintf(&attributes, "  p%d: {label: 事%d, english: p%d, type: boolean}\n", i, i, i)
		fmt.Fprintf(&named, "  s%d: {name: 务%d, english: s%d}\n", i, i, i)
		fmt.Fprintf(&offered, "  - {id: s%d, item: \"%d\", name: 务%d, group: 人, type: 物质帮助, departments: [局], access: unstated, cite: [一]}\n", i, i, i)
		for range 1 + r.IntN(2) {
			var promises []string
			of := amount(r, bounds)
			for n, m := range measuresOf(i) {
				if n > 0 && r.IntN(4) == 0 {
					of = amount(r, bounds)
				}
				promises = append(promises, fmt.Sprintf("%q: %s", m, of))
			}
			fmt.Fprintf(&rego, `
# METADATA
# title: 务%d
# custom:
#   item: "%d"
grants contains grant.promise("s%d", {%s}) if {
	input.p%d
}
`, i, i, i, strings.Join(promises, ", "), 1+r.IntN(services))
		}
	}
	return fstest.MapFS{
		"catalogs/attributes.yaml": {Data: []byte("attributes:\n" + attributes.String() + "inputs: {}\n")},
		"catalogs/measures.yaml": {Data: []byte(`measures:
  m: {label: 钱, english: money, kind: cash, per: month}
  o: {label: 另钱, english: other money, kind: cash, per: month}
  v: {label: 券, english: voucher, kind: worth, per: month}
`)},
		"catalogs/services.yaml": {Data: []byte("types:\n  物质帮助: {english: material}\nservices:\n" + named.String())},
		"catalogs/top.yaml": {Data: fmt.Appendf(nil, `jurisdiction: {id: top, code: "140000", name: 省, level: province}
document: {title: 文, basis: official}
effective_from: "2024-01-01"
services:
%schoose_higher:
%s`, offered.String(), groups(r))},
		"rego/grant.rego":     {Data: grant},
		"rego/lists/top.rego": {Data: []byte(rego.String())},
	}
}

// measuresOf returns the measures of a service, from 1 on.
func measuresOf(service int) []string {
	switch service {
	case 1:
		return []string{"m", "o"}
	case services:
		return []string{"v"}
	}
	return []string{"m"}
}

// amount returns a random promise, bound by one of the bounds.
func amount(r *rand.Rand, bounds []string) string {
	bound, value := "exactly", strconv.Itoa(1+r.IntN(9))
	if len(bounds) > 0 {
		bound = bounds[r.IntN(len(bounds))]
	}
	if bound == "set_locally" {
		value = "null"
	}
	return fmt.Sprintf(`{"bound": "%s", "value": %s, "unit": "cny_per_month", "parameters": []}`, bound, value)
}

// groups returns random groups. At times two have the same services, the one that has two measures
// by one and by the other.
func groups(r *rand.Rand) string {
	var all strings.Builder
	write := func(services []int, number int) {
		var members []string
		for _, i := range services {
			measures := measuresOf(i + 1)
			members = append(members, fmt.Sprintf("{service: s%d, measure: %s}", i+1, measures[number%len(measures)]))
		}
		fmt.Fprintf(&all, "  - {members: [%s], reason: 从高, cite: [一]}\n", strings.Join(members, ", "))
	}
	for range 1 + r.IntN(3) {
		members, number := r.Perm(services)[:2+r.IntN(2)], r.IntN(2)
		write(members, number)
		if slices.Contains(members, 0) && r.IntN(3) == 0 {
			write(members, number+1)
		}
	}
	return all.String()
}
