package rules_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// writer writes random rules of the small world. Its ordinary conditions hold for a model, an elder
// of its own, so that also many of them together leave somebody.
type writer struct {
	random  *rand.Rand
	model   model
	locals  int      // so far
	named   int      // helpers so far
	helpers []string // Rego
	shapes  []string // the names of those used
	depth   int      // of shapes within shapes
}

// model is the elder whom ordinary conditions are made for.
type model struct {
	age, years      int
	hardship, alone bool
	category, mode  string
	disabilities    []string
}

var (
	smallCategories = []string{"none", "dibao", "dibao_marginal"}
	smallModes      = []string{"dispersed", "concentrated"}
	smallMembers    = []string{"visual", "hearing"}
)

// newWriter returns a writer with a seed of its own.
func newWriter(seed uint64) *writer {
	w := &writer{random: rand.New(rand.NewPCG(seed, 7))}
	w.model = w.anybody()
	return w
}

func (w *writer) anybody() model {
	return model{
		age: 60 + w.random.IntN(7), years: w.random.IntN(5), hardship: w.maybe(2), alone: w.maybe(2),
		category: w.oneOf(smallCategories...), mode: w.oneOf(smallModes...), disabilities: smallMembers[:w.random.IntN(3)],
	}
}

// maybe returns true once in n times.
func (w *writer) maybe(n int) bool { return w.random.IntN(n) == 0 }

func (w *writer) oneOf(words ...string) string { return words[w.random.IntN(len(words))] }

// ordinary returns a condition on one attribute that holds for the model, or in one case of four
// for anybody.
func (w *writer) ordinary() string {
	m := w.model
	if w.maybe(4) {
		m = w.anybody()
	}
	switch w.random.IntN(9) {
	case 0, 1:
		return w.onNumber("input.age", m.age, 60, 66)
	case 2:
		return w.onNumber("input.pension_contribution_years", m.years, 0, 4)
	case 3:
		return w.onFlag("input.economic_hardship", m.hardship)
	case 4:
		return w.onFlag("input.living_alone", m.alone)
	case 5:
		return w.onWord("input.assistance_category", m.category, smallCategories)
	case 6:
		return w.onWord("input.support_mode", m.mode, smallModes)
	case 7:
		return w.onSet("input.disabilities", m.disabilities)
	}
	if m.age >= 64 {
		return "elder.is_elder"
	}
	return "not elder.is_elder"
}

func (w *writer) onNumber(attribute string, value, first, last int) string {
	low, high := first+w.random.IntN(value-first+1), value+w.random.IntN(last-value+1)
	return fmt.Sprintf(w.oneOf("%[1]s >= %[2]d", "%[1]s <= %[3]d", "%[1]s > %[4]d", "not %[1]s > %[3]d", "%[1]s != %[5]d"),
		attribute, low, high, low-1, high+1)
}

func (w *writer) onFlag(attribute string, value bool) string {
	plain := map[bool]string{false: "not " + attribute, true: attribute}[value]
	return w.oneOf(plain, plain, fmt.Sprint(attribute, " == ", value), fmt.Sprint(attribute, " != ", !value),
		fmt.Sprint("not ", attribute, " == ", !value), fmt.Sprint(attribute, " in {", value, "}"))
}

func (w *writer) onWord(attribute, value string, words []string) string {
	other := w.oneOf(slices.DeleteFunc(slices.Clone(words), func(word string) bool { return word == value })...)
	return fmt.Sprintf(w.oneOf("%[1]s == %[2]q", "%[1]s != %[3]q", "not %[1]s == %[3]q", "%[1]s in {%[2]q, %[3]q}", "not %[1]s in {%[3]q}"),
		attribute, value, other)
}

func (w *writer) onSet(attribute string, values []string) string {
	member := w.oneOf(smallMembers...)
	if slices.Contains(values, member) {
		return w.oneOf(fmt.Sprintf("%q in %s", member, attribute), fmt.Sprintf("count(%s) >= %d", attribute, len(values)))
	}
	return w.oneOf(fmt.Sprintf("not %q in %s", member, attribute), fmt.Sprintf("count(%s) < %d", attribute, len(values)+1))
}

var placeholder = regexp.MustCompile(`\$(v|h|age|years|op|equal|not|bool|flag|number|any|category|mode|member|if)([0-9]?)`)

// fill fills in the placeholders of templates that belong together. One with a digit is the same
// wherever it stands.
func (w *writer) fill(templates ...string) []string {
	remembered := map[string]string{}
	filled := make([]string, len(templates))
	for i, template := range templates {
		filled[i] = placeholder.ReplaceAllStringFunc(template, func(found string) string {
			match := placeholder.FindStringSubmatch(found)
			if match[2] == "" {
				return w.choice(match[1])
			}
			if _, ok := remembered[found]; !ok {
				remembered[found] = w.choice(match[1])
			}
			return remembered[found]
		})
	}
	return filled
}

// choice returns what a placeholder of a kind may stand for.
func (w *writer) choice(kind string) string {
	switch kind {
	case "v": // a local variable
		w.locals++
		return "v" + strconv.Itoa(w.locals)
	case "h": // a helper
		w.named++
		return "_h" + strconv.Itoa(w.named)
	case "age":
		return strconv.Itoa(59 + w.random.IntN(9))
	case "years":
		return strconv.Itoa(w.random.IntN(6))
	case "op":
		return w.oneOf(">=", ">", "<", "<=", "==", "!=")
	case "equal":
		return w.oneOf("==", "!=", "=")
	case "not":
		return w.oneOf("", "not ")
	case "bool":
		return w.oneOf("true", "false")
	case "flag":
		return "input." + w.oneOf("economic_hardship", "living_alone")
	case "number":
		return "input." + w.oneOf("age", "pension_contribution_years")
	case "any":
		return "input." + w.oneOf("age", "pension_contribution_years", "economic_hardship", "living_alone", "assistance_category", "support_mode", "disabilities")
	case "category":
		return strconv.Quote(w.oneOf(smallCategories...))
	case "mode":
		return strconv.Quote(w.oneOf(smallModes...))
	case "member":
		return strconv.Quote(w.oneOf(smallMembers...))
	case "if":
		return w.body()
	}
	panic("no placeholder " + kind)
}

// body returns up to three conditions in one line, one of which may be of a shape.
func (w *writer) body() string {
	var all []string
	for range 1 + w.random.IntN(3) {
		all = append(all, w.ordinary())
	}
	if w.depth < 2 && w.maybe(5) {
		all = append(all, w.shaped(w.random.IntN(len(shapes)))...)
	}
	return strings.Join(all, "; ")
}

// shaped returns the conditions of a shape, one an element; its helpers are written along.
func (w *writer) shaped(n int) []string {
	w.depth++
	defer func() { w.depth-- }()
	w.shapes = append(w.shapes, shapes[n].name)
	filled := w.fill(shapes[n].conditions, shapes[n].helpers)
	w.help(filled[1])
	return strings.Split(filled[0], "\n")
}

func (w *writer) help(helpers string) {
	if helpers != "" {
		w.helpers = append(w.helpers, helpers)
	}
}

// rule returns a rule with a shape, alone or beside others. One in three has a second clause, with
// some of the same conditions, or with others whose local variables have the same names.
func (w *writer) rule(shape int) smallText {
	first := w.shaped(shape)
	body := w.beside(first)
	head := promises[0]
	if w.maybe(3) {
		head = promises[w.random.IntN(len(promises))]
	}
	w.shapes = append(w.shapes, head.name)
	filled := w.fill(head.measures, head.conditions, head.helpers)
	if filled[1] != "" {
		body = w.among(body, strings.Split(filled[1], "\n"))
	}
	w.help(filled[2])
	text := smallText{measures: filled[0], conditions: strings.Join(body, "\n")}
	switch w.random.IntN(6) {
	case 0:
		text.second = strings.Join(w.beside(first), "\n")
	case 1:
		w.locals = 0
		text.second = strings.Join(w.beside(w.shaped(w.random.IntN(len(shapes)))), "\n")
	}
	text.helpers = strings.Join(w.helpers, "\n\n")
	return text
}

// beside puts conditions among others: of further shapes, and up to eight ordinary ones.
func (w *writer) beside(conditions []string) []string {
	for w.maybe(4) {
		conditions = w.among(conditions, w.shaped(w.random.IntN(len(shapes))))
	}
	if w.maybe(3) {
		return conditions
	}
	for range 1 + w.random.IntN(8) {
		conditions = w.among(conditions, []string{w.ordinary()})
	}
	return conditions
}

// among puts some lines among others, both in their order.
func (w *writer) among(lines, others []string) []string {
	var all []string
	for len(lines)+len(others) > 0 {
		if n := w.random.IntN(len(lines) + len(others)); n < len(lines) {
			all, lines = append(all, lines[0]), lines[1:]
		} else {
			all, others = append(all, others[0]), others[1:]
		}
	}
	return all
}
