package source

import (
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// vocabularyReader reads the files of the vocabularies into one [policy.Vocabulary].
type vocabularyReader struct{ *policy.Vocabulary }

// maxIntegers is how many values an integer attribute may have: tables keep a bit set for each.
const maxIntegers = 200

// readAttributes reads catalogs/attributes.yaml. It returns the number of words.
func (r vocabularyReader) readAttributes(root node) int {
	m := root.mapping("the vocabulary of attributes")
	if n, ok := m.required("attributes"); ok {
		entries := n.named(snakeCase)
		all := names(entries, func(n node) string { return n.name })
		for _, n := range entries {
			r.Attributes = append(r.Attributes, r.readAttribute(n, all))
		}
	}
	if n, ok := m.optional("inputs"); ok {
		for _, n := range n.named(snakeCase) {
			r.Inputs = append(r.Inputs, r.readInput(n))
		}
	}
	m.close()
	return len(r.Attributes)
}

func (r vocabularyReader) readAttribute(n node, all []string) *policy.Attribute {
	m := n.mapping("an attribute")
	a := &policy.Attribute{
		Name:    n.name,
		Label:   m.text("label"),
		English: m.text("english"),
		Type:    word(m, "type", "unknown-type", policy.Boolean, policy.Enum, policy.Integer),
		Pos:     n.at,
	}
	switch a.Type {
	case policy.Enum:
		a.Values = readEnumValues(m)
		a.Absent = readAbsent(m, a.Values)
	case policy.Integer:
		readRange(m, a)
		a.Unit = m.optionalText("unit")
	case "": // reported; its other keys may be right
		m.asked = append(m.asked, "values", "absent", "min", "max", "unit")
	}
	if n, ok := m.optional("asked_of"); ok {
		a.AskedOf = r.readAskedOf(n, a.Name, all)
	}
	m.close()
	return a
}

// readAbsent reads which value means "nothing": the one that a missing attribute is taken for when the world is closed.
func readAbsent(m *mapping, values []*policy.EnumValue) string {
	n, ok := m.optional("absent")
	if !ok {
		return ""
	}
	value, ok := n.text()
	known := names(values, func(v *policy.EnumValue) string { return v.Name })
	if ok && !slices.Contains(known, value) {
		n.errorf("unknown-value", didYouMean(value, known, "use one of the values"), "there is no value %q", value)
	}
	return value
}

func readEnumValues(m *mapping) []*policy.EnumValue {
	var values []*policy.EnumValue
	n, ok := m.optional("values")
	if ok {
		for _, n := range n.named(snakeCase) {
			m := n.mapping("a value")
			values = append(values, &policy.EnumValue{Name: n.name, Label: m.text("label"), English: m.text("english")})
			m.close()
		}
	}
	if !ok || len(n.yaml.Content) == 0 {
		m.missing("values", "enum-values", "add values: {name: {label: …, english: …}}", "the enum attribute %s has no values", m.name)
	}
	return values
}

func readRange(m *mapping, a *policy.Attribute) {
	low, hasMin := m.optional("min")
	high, hasMax := m.optional("max")
	if !hasMin || !hasMax {
		key := "max"
		if !hasMin {
			key = "min"
		}
		m.missing(key, "integer-range", "add min and max, the least and the greatest value allowed", "the integer attribute %s has no range", m.name)
		return
	}
	var okMin, okMax bool
	a.Min, okMin = low.integer()
	a.Max, okMax = high.integer()
	if okMin && okMax && (a.Min > a.Max || a.Max-a.Min >= maxIntegers) {
		high.errorf("integer-range", "narrow the range", "the range %d to %d must have 1 to %d values", a.Min, a.Max, maxIntegers)
	}
}

// readAskedOf reads on which values of an earlier enum attribute this one is asked.
func (r vocabularyReader) readAskedOf(n node, self string, all []string) *policy.AskedOf {
	entries := n.entries()
	if len(entries) != 1 {
		if len(entries) > 1 {
			n.errorf("asked-of", "keep one", "asked_of names %d attributes", len(entries))
		}
		return nil
	}
	n = entries[0]
	asked := &policy.AskedOf{Attribute: n.name, Pos: n.at}
	i := slices.IndexFunc(r.Attributes, func(a *policy.Attribute) bool { return a.Name == n.name })
	fail := func(code, remedy, format string, args ...any) {
		n.document.diagnostics.Errorf(code, n.at, remedy, format, args...)
	}
	switch {
	case !slices.Contains(all, n.name):
		fail("unknown-attribute", didYouMean(n.name, all, "name an attribute of this file"), "unknown attribute %q", n.name)
	case i < 0:
		fail("asked-of", "put "+n.name+" before "+self, "%s is asked of %s, which is asked later", self, n.name)
	case r.Attributes[i].Type != policy.Enum:
		fail("asked-of", "name an enum attribute", "%s is asked of %s, which is no enum", self, n.name)
	}
	items := n.items()
	if len(items) == 0 {
		fail("asked-of", "name at least one value", "%s is asked of no value of %s", self, n.name)
	}
	for _, item := range items {
		s, ok := item.text()
		asked.Values = append(asked.Values, s)
		if !ok || i < 0 || r.Attributes[i].Type != policy.Enum {
			continue
		}
		known := names(r.Attributes[i].Values, func(e *policy.EnumValue) string { return e.Name })
		if !slices.Contains(known, s) {
			item.errorf("unknown-value", didYouMean(s, known, "name a value of "+n.name), "%s has no value %q", n.name, s)
		}
	}
	return asked
}

func (r vocabularyReader) readInput(n node) *policy.Input {
	m := n.mapping("an input")
	in := &policy.Input{
		Name:    n.name,
		Label:   m.text("label"),
		English: m.text("english"),
		Type:    word(m, "type", "unknown-type", policy.BirthDate, policy.IDNumber, policy.DivisionCode),
		Pos:     n.at,
	}
	given, ok := m.required("gives")
	m.close()
	all := names(r.Attributes, func(a *policy.Attribute) string { return a.Name })
	if slices.Contains(all, in.Name) {
		n.document.diagnostics.Errorf("duplicate-name", n.at, "give the input another name", "%s is already an attribute", in.Name)
	}
	if !ok {
		return in
	}
	if in.Gives, ok = given.text(); !ok {
		return in
	}
	i := slices.Index(all, in.Gives)
	if i < 0 {
		given.errorf("unknown-attribute", didYouMean(in.Gives, all, "name an attribute of this file"), "unknown attribute %q", in.Gives)
		return in
	}
	want := policy.Integer
	if in.Type == policy.DivisionCode {
		want = policy.Boolean
	}
	if got := r.Attributes[i].Type; in.Type != "" && got != "" && got != want {
		given.errorf("input-type", "name an attribute of that type, or correct one of the types", "an input of type %s gives an attribute of type %s, and %s is of type %s", in.Type, want, in.Gives, got)
	}
	return in
}

// readMeasures reads catalogs/measures.yaml. It returns the number of words.
func (r vocabularyReader) readMeasures(root node) int {
	m := root.mapping("the vocabulary of measures")
	if n, ok := m.required("measures"); ok {
		for _, n := range n.named(snakeCase) {
			r.Measures = append(r.Measures, readMeasure(n))
		}
	}
	m.close()
	return len(r.Measures)
}

// readMeasure reads a measure: its kind and what that kind has besides, from which the unit follows; or the unit alone.
func readMeasure(n node) *policy.Measure {
	m := n.mapping("a measure")
	defer m.close()
	name, label, english := n.name, m.text("label"), m.text("english")
	_, hasKind := m.values["kind"]
	if unit, ok := m.values["unit"]; ok && !hasKind {
		m.asked = append(m.asked, "unit")
		measure := policy.NewMeasure(name, label, english, wordOf(unit, "unknown-unit", unitsAlone...))
		measure.Pos = n.at
		return measure
	}
	measure := &policy.Measure{Name: name, Label: label, English: english, Pos: n.at}
	measure.Kind = word(m, "kind", "unknown-kind", policy.MeasureKinds()...)
	measure.Per = policy.PerOnce
	of, known := "", measure.Kind != ""
	switch measure.Kind {
	case policy.KindShare:
		of, known = readShareOf(m)
	case policy.KindCount:
		of, known = readCountOf(m)
	case "": // reported; its other keys may be right
		m.asked = append(m.asked, "of", "per", "better", "unit")
	}
	if measure.Kind == policy.KindCap || measure.Kind == policy.KindShare || measure.Kind == policy.KindCount {
		if n, ok := m.optional("better"); ok {
			measure.Less = wordOf(n, "unknown-better", policy.More, policy.Less) == policy.Less
		}
	}
	if measure.Kind != "" && measure.Kind != policy.KindShare && measure.Kind != policy.KindFlag {
		if n, ok := m.optional("per"); ok {
			measure.Per = wordOf(n, "unknown-per", policy.Pers()...)
			known = known && measure.Per != ""
		}
	}
	if known {
		measure.Unit = policy.UnitOf(measure.Kind, of, measure.Per)
	}
	return measure
}

// unitsAlone are the units that a measure may have without a kind.
var unitsAlone = []policy.Unit{
	policy.CNYPerMonth, policy.CNYPerYear, policy.CNY, policy.Percent, policy.TimesPerMonth, policy.TimesPerYear, policy.Multiple, policy.Flag,
}

// readShareOf reads how a share is written.
func readShareOf(m *mapping) (of string, known bool) {
	n, ok := m.optional("of")
	if !ok {
		return string(policy.Percent), true
	}
	unit := wordOf(n, "unknown-unit", policy.Percent, policy.Multiple)
	return string(unit), unit != ""
}

// readCountOf reads what is counted.
func readCountOf(m *mapping) (of string, known bool) {
	n, ok := m.optional("of")
	if !ok {
		return policy.Counted()[0], true
	}
	of, ok = n.text()
	switch {
	case !ok:
		return "", false
	case !snakeCase.MatchString(of):
		n.document.badName(n.pos(), of, snakeCase)
	case !policy.Unit(of).Counts() || strings.Contains(of, "_per_"):
		n.errorf("measure-of", "name what is counted, such as "+strings.Join(policy.Counted(), ", ")+", and write the period under per", "%q is not counted", of)
	default:
		return of, true
	}
	return "", false
}

// readServices reads catalogs/services.yaml. It returns the number of words, 0 when the types or the services are none.
func (r vocabularyReader) readServices(root node) int {
	m := root.mapping("the vocabulary of services")
	if n, ok := m.required("types"); ok {
		for _, n := range n.named(nil) {
			m := n.mapping("a type")
			r.ServiceTypes = append(r.ServiceTypes, &policy.ServiceType{Name: n.name, English: m.text("english")})
			m.close()
		}
	}
	if n, ok := m.required("services"); ok {
		for _, n := range n.named(kebabCase) {
			m := n.mapping("a service name")
			r.Services = append(r.Services, &policy.ServiceName{ID: n.name, Name: m.text("name"), English: m.text("english"), Pos: n.at})
			m.close()
		}
	}
	m.close()
	return min(len(r.ServiceTypes), len(r.Services))
}
