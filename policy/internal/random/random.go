// Package random makes lists with random rules of every shape that Rego has, for tests.
package random

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing/fstest"
)

// Choices returns random choices, always the same of a seed.
func Choices(seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 1))
	choices := make([]byte, 500)
	for i := range choices {
		choices[i] = byte(random.IntN(256))
	}
	return choices
}

// A writer of rules makes its choices from bytes, so that a fuzzer can steer them.
type writer struct {
	choices []byte
	helpers []string // conditions by helper rules
	rego    strings.Builder
}

func (w *writer) choose(n int) int {
	if len(w.choices) == 0 {
		return 0
	}
	c := int(w.choices[0]) % n
	w.choices = w.choices[1:]
	return c
}

func (w *writer) oneOf(words ...string) string { return words[w.choose(len(words))] }

// Lists are a province "top" and its city "low" with random rules, in a small vocabulary. Grant is
// the content of rego/grant.rego.
func Lists(grant, choices []byte) fstest.MapFS {
	files := fstest.MapFS{
		"catalogs/attributes.yaml": {Data: []byte(`
attributes:
  age: {label: 年龄, english: age, type: integer, min: 0, max: 7, unit: 岁}
  grade: {label: 等级, english: grade, type: integer, min: 0, max: 2, unit: 级}
  poor: {label: 贫, english: poor, type: boolean}
  alone: {label: 独, english: alone, type: boolean}
  kind: {label: 类, english: kind, type: enum, values: {none: {label: 无, english: none}, x: {label: 甲, english: x}, "y": {label: 乙, english: "y"}}}
  mode: {label: 式, english: mode, type: enum, values: {p: {label: 丙, english: p}, q: {label: 丁, english: q}}, asked_of: {kind: [x]}}
  has: {label: 有, english: has, type: set, values: {u: {label: 戊, english: u}, v: {label: 己, english: v}, w: {label: 庚, english: w}}}
inputs: {}
`)},
		"catalogs/measures.yaml": {Data: []byte(`
measures:
  m: {label: 钱, english: money, unit: cny_per_month}
  f: {label: 有, english: flag, unit: flag}
`)},
		"catalogs/services.yaml": {Data: []byte(`
types:
  物质帮助: {english: material}
services:
  s1: {name: 一, english: one}
  s2: {name: 二, english: two}
`)},
		"rego/elder.rego": {Data: []byte(`package elder

import data.parameters as p

old if input.age >= p.old_age

contradictions contains "grade and kind" if {
	input.kind == "y"
	input.grade == 0
}
`)},
		"rego/grant.rego": {Data: grant},
	}
	w := &writer{choices: choices}
	for i, id := range []string{"top", "low"} {
		files["catalogs/"+id+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, `
jurisdiction: {id: %s, code: "%s", name: %s, level: %s%s}
document: {title: 文, basis: official}
effective_from: "2024-01-01"
parameters:
  old_age: {label: 岁, unit: years, values: [{from: "2024-01-01", value: %d}], cite: [一]}
  amount: {label: 钱, unit: cny_per_month, bound: %s, values: [{from: "2024-01-01", value: %d}], cite: [一]}
  third: {label: 比, unit: multiple, bound: at_least, values: [{from: "2024-01-01", value: 1/3}], cite: [一]}
services:
  - {id: s1, item: "1", name: 一, group: 人, type: 物质帮助, departments: [局], access: unstated, cite: [一]}
  - {id: s2, item: "2", name: 二, group: 人, type: 物质帮助, departments: [局], access: unstated, cite: [二]%s}
`, id, []string{"140000", "140100"}[i], id, []string{"province", "city"}[i], []string{"", ", parent: top"}[i],
			2+w.choose(4), w.oneOf("at_least", "exactly", "at_most"), 10*(1+w.choose(3)), []string{"", ", inherits: true"}[i])}
		files["rego/lists/"+id+".rego"] = &fstest.MapFile{Data: []byte(w.module(id))}
	}
	return files
}

// module returns a list's Rego: helpers, and rules that grant each of the services.
func (w *writer) module(id string) string {
	w.rego.Reset()
	w.helpers = nil
	fmt.Fprintf(&w.rego, "package lists.%s\n\nimport data.elder\nimport data.grant\nimport data.parameters as p\n", id)
	w.rego.WriteString("\n_every_import if {\n\telder.old\n\tp.old_age\n\tgrant.included\n}\n")
	for i := range w.choose(4) {
		w.helper(fmt.Sprintf("_h%d", i))
	}
	for i := range 2 + w.choose(3) {
		service := i%2 + 1
		name := []string{"一", "二"}[i%2]
		fmt.Fprintf(&w.rego, "\n# METADATA\n# title: %s\n# custom:\n#   item: \"%d\"\ngrants contains grant.%s(\"s%d\", {%s}) if {\n",
			name, service, w.oneOf("promise", "promise", "promise", "discretionary"), service, w.measures())
		w.rego.WriteString(w.body() + "}\n")
	}
	return w.rego.String()
}

func (w *writer) measures() string {
	switch w.choose(8) {
	case 0:
		return ""
	case 1:
		return `"f": grant.included`
	case 2:
		computed := w.oneOf("grant.times(p.amount, p.third)", "grant.plus(p.amount, grant.times(p.amount, p.third))", "grant.plus(p.amount, p.amount)")
		return `"m": ` + computed + `, "f": grant.included`
	case 3:
		return `"m": {"bound": "at_least", "value": input.age * 10, "unit": "cny_per_month", "parameters": []}`
	case 4:
		return fmt.Sprintf(`"m": {"bound": %q, "value": %d.5, "unit": "cny_per_month", "parameters": []}`, w.oneOf("at_least", "exactly", "at_most"), w.choose(30))
	case 5:
		return `"m": {"bound": "at_least", "value": null, "unit": "cny_per_month", "parameters": [], "missing": "amount"}`
	}
	return `"m": p.amount`
}

// helper writes a helper rule, and adds how conditions use it.
func (w *writer) helper(name string) {
	var conditions []string
	switch w.choose(11) {
	case 5: // several values
		fmt.Fprintf(&w.rego, "\n%[1]s := 1 if {\n%[2]s}\n\n%[1]s := 2 if {\n%[3]s}\n", name, w.body(), w.body())
		conditions = []string{name + " == 1", "not " + name + " == 2", name + " > 0"}
	case 6: // several values of a function
		fmt.Fprintf(&w.rego, "\n%[1]s(n) := 1 if n >= %[2]d\n\n%[1]s(n) := 2 if n < %[3]d\n\n%[1]s(n) := 3 if {\n\tn == %[4]d\n\tinput.poor\n}\n",
			name, w.choose(8), w.choose(8), w.choose(8))
		conditions = []string{name + "(input.age) == 1", name + "(input.grade) > 1", "not " + name + "(input.age) == 2"}
	case 7: // values with a default, by tiers
		tier := w.choose(8)
		fmt.Fprintf(&w.rego, "\ndefault %[1]s := 0\n\n%[1]s := 1 if {\n\tinput.age >= %[2]d\n%[3]s}\n\n%[1]s := 2 if {\n\tinput.age < %[2]d\n%[4]s}\n",
			name, tier, w.body(), w.body())
		conditions = []string{name + " == 1", name + " == 0", "not " + name + " == 2"}
	case 0: // a default
		fmt.Fprintf(&w.rego, "\ndefault %s := false\n", name)
		w.clauses(name)
		conditions = []string{name, "not " + name, name + " == false"}
	case 1: // a tier
		fmt.Fprintf(&w.rego, "\n%s := 1 if {\n%s} else := 2 if {\n%s} else := 3\n", name, w.body(), w.body())
		conditions = []string{name + " > 1", name + " == 2", "not " + name + " == 3"}
	case 2: // a function
		fmt.Fprintf(&w.rego, "\n%s(n) if n >= %d\n\n%s(n) if n == %d\n", name, w.choose(8), name, w.choose(8))
		conditions = []string{name + "(input.age)", "not " + name + "(input.age)", name + "(input.grade)"}
	case 3: // a set
		fmt.Fprintf(&w.rego, "\n%s contains input.kind if {\n%s}\n\n%s contains \"x\" if {\n%s}\n", name, w.body(), name, w.body())
		conditions = []string{`"x" in ` + name, `not "y" in ` + name, "count(" + name + ") > 0", name, "not " + name, name + ".x", "not " + name + ".y"}
	case 8: // a function that need not look at what it takes
		fmt.Fprintf(&w.rego, "\n%[1]s(word) if {\n\tword == \"%[2]s\"\n%[3]s}\n\n%[1]s(word) if {\n\tnot word == \"p\"\n%[4]s}\n", name, w.kind(), w.body(), w.body())
		conditions = []string{name + "(input.kind)", "not " + name + "(input.kind)", name + "(input.mode)", "not " + name + "(input.mode)"}
	case 9: // a function of a member
		fmt.Fprintf(&w.rego, "\n%[1]s(of) if of.mode == \"p\"\n\n%[1]s(of) if {\n\tof.kind == \"%[2]s\"\n%[3]s}\n", name, w.kind(), w.body())
		conditions = []string{name + `({"mode": input.mode, "kind": "x"})`, "not " + name + `({"mode": input.mode, "kind": "x"})`, "not " + name + `({"kind": input.kind})`}
	case 10: // an object
		fmt.Fprintf(&w.rego, "\n%[1]s[input.kind] := true if {\n%[2]s}\n\n%[1]s.x := true if {\n%[3]s}\n", name, w.body(), w.body())
		conditions = []string{name + ".x", "not " + name + ".x", "not " + name + ".y", name, "not " + name}
	default:
		w.clauses(name)
		conditions = []string{name, "not " + name}
	}
	w.helpers = append(w.helpers, conditions...)
}

func (w *writer) clauses(name string) {
	for range 1 + w.choose(3) {
		fmt.Fprintf(&w.rego, "\n%s if {\n%s}\n", name, w.body())
	}
}

func (w *writer) body() string {
	var b strings.Builder
	for i := range 1 + w.choose(3) {
		b.WriteString("\t" + w.condition(i) + "\n")
	}
	return b.String()
}

func (w *writer) kind() string { return w.oneOf("none", "x", "y") }

// condition returns a condition in a body, with n to tell its local variables from those of others.
func (w *writer) condition(n int) string {
	number := func(attribute string) string {
		return fmt.Sprintf("input.%s %s %d", attribute, w.oneOf(">=", ">", "<", "<=", "==", "!="), w.choose(8))
	}
	kind := w.kind
	flag := func() string { return "input." + w.oneOf("poor", "alone") }
	switch w.choose(60) {
	case 0, 1:
		return number("age")
	case 2:
		return number("grade")
	case 3:
		return "not " + number("age")
	case 4:
		return flag()
	case 5:
		return "not " + flag()
	case 6:
		return flag() + " == " + w.oneOf("true", "false")
	case 7:
		return flag() + " != " + w.oneOf("true", "false")
	case 8:
		return fmt.Sprintf("input.kind %s %q", w.oneOf("==", "!="), kind())
	case 9:
		return fmt.Sprintf("%sinput.kind in {%q, %q}", w.oneOf("", "not "), kind(), kind())
	case 10:
		return fmt.Sprintf("input.mode == %q", w.oneOf("p", "q"))
	case 11:
		return "not input.mode"
	case 12:
		return "elder.old"
	case 13:
		return "not elder.old"
	case 14:
		return fmt.Sprintf("input.age > input.grade * %d", w.choose(4))
	case 15:
		return fmt.Sprintf("count(input) > %d", w.choose(6))
	case 16:
		return fmt.Sprintf("input.age + %d < %d", w.choose(5), w.choose(10))
	case 17:
		return fmt.Sprintf("some v%d in [%q, %q]\n\tinput.kind == v%d", n, kind(), kind(), n)
	case 18:
		return fmt.Sprintf("v%d := input.age\n\tv%d > %d\n\tv%d != %d", n, n, w.choose(5), n, w.choose(8))
	case 19:
		return fmt.Sprintf("object.get(input, \"age\", %d) > %d", w.choose(8), w.choose(8))
	case 20:
		return fmt.Sprintf("every v%d in [%q, %q] {\n\t\tinput.kind != v%d\n\t}", n, kind(), kind(), n)
	case 21:
		return fmt.Sprintf("input.age >= {\"x\": %d, \"y\": %d}[input.kind]", w.choose(8), w.choose(8))
	case 22:
		return "{input.poor, input.alone} == {true}"
	case 23:
		return fmt.Sprintf("input.age %% 2 == %d", w.choose(2))
	case 24:
		return fmt.Sprintf("count([1 | %s]) == %d", flag(), w.choose(2))
	case 25:
		return fmt.Sprintf("some v%d\n\tinput[v%d] == %s", n, n, w.oneOf("true", "3", `"x"`))
	case 26:
		return fmt.Sprintf("input.kind %s input.mode", w.oneOf("!=", "=="))
	case 27:
		return fmt.Sprintf("input.age in numbers.range(%d, %d)", w.choose(8), w.choose(8))
	case 28:
		return fmt.Sprintf("v%d := input.kind\n\tnot v%d == %q", n, n, kind())
	case 29:
		return fmt.Sprintf("v%d := {\"mode\": input.mode}\n\tnot v%d.mode == %q", n, n, w.oneOf("p", "q"))
	case 30:
		return fmt.Sprintf("v%d := %s\n\tnot v%d", n, flag(), n)
	case 31:
		f := flag()
		return f + w.oneOf(" = ", " == ", " != ") + f
	case 32:
		return fmt.Sprintf("v%d := input.mode\n\tv%d %s input.mode", n, n, w.oneOf("=", "==", "!="))
	case 33:
		return fmt.Sprintf("%s(input.age + %d) * 2 > %d", w.oneOf("", "not "), w.choose(4), w.choose(16))
	case 34:
		return fmt.Sprintf("%sfloor(input.age / 2) == %d", w.oneOf("", "not "), w.choose(4))
	case 35:
		return fmt.Sprintf("%supper(input.kind) %s %q", w.oneOf("", "not "), w.oneOf("==", "!="), w.oneOf("X", "Y"))
	case 36:
		return fmt.Sprintf("%s%d / input.grade >= 2", w.oneOf("", "not "), w.choose(5))
	case 37:
		return fmt.Sprintf("v%d := input.age * 2\n\tv%d >= %d\n\tnot v%d == %d", n, n, w.choose(12), n, w.choose(12))
	case 38:
		return fmt.Sprintf("not startswith(input.mode, %q)", w.oneOf("p", "q"))
	case 39:
		return fmt.Sprintf("some v%d in [%s, %s]\n\tv%d == %s", n, flag(), flag(), n, w.oneOf("true", "false"))
	case 40:
		return fmt.Sprintf("every v%d in [%q, %q] {\n\t\tw%d := input.kind\n\t\tnot w%d == v%d\n\t}", n, kind(), kind(), n, n, n)
	case 41:
		return fmt.Sprintf("count([1 | v%d := input.mode; not v%d == \"p\"]) == %d", n, n, w.choose(2))
	case 42:
		return fmt.Sprintf("v%d := input.mode\n\tcount([1 | v%d == \"p\"]) == %d", n, n, w.choose(2))
	case 43:
		return fmt.Sprintf("%s with input.age as %d", w.oneOf("elder.old", "not elder.old", flag()), w.choose(8))
	case 45:
		return fmt.Sprintf("%s%q in input.has", w.oneOf("", "not "), w.oneOf("u", "v", "w"))
	case 46:
		return fmt.Sprintf("count(input.has) %s %d", w.oneOf(">=", "<", "==", "!="), w.choose(4))
	case 47:
		return fmt.Sprintf("some v%d in input.has\n\tv%d in {%q, %q}", n, n, w.oneOf("u", "v"), w.oneOf("v", "w"))
	case 48:
		return "input.has == " + w.oneOf("[]", `["u"]`, `["u", "v"]`, `["v", "w"]`)
	case 49:
		return fmt.Sprintf("%severy v%d in input.has {\n\t\tv%d != %q\n\t}", w.oneOf("", "input.poor\n\t"), n, n, w.oneOf("u", "v", "w"))
	case 50:
		return fmt.Sprintf("{%q, %q} & {v | some v in input.has} == {%q}", w.oneOf("u", "v"), w.oneOf("v", "w"), w.oneOf("u", "v", "w"))
	case 44:
		return fmt.Sprintf("_ = %s", w.oneOf("input.mode", flag(), `{"x": 1, "y": 2}[input.kind]`))
	}
	if len(w.helpers) == 0 {
		return number("age")
	}
	return w.oneOf(w.helpers...)
}
