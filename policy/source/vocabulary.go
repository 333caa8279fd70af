package source

import (
	"fmt"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// vocabularyReader reads the files of the vocabularies into one [policy.Vocabulary].
type vocabularyReader struct{ *policy.Vocabulary }

// readAttributes reads catalogs/attributes.yaml. It returns the number of words.
func (r vocabularyReader) readAttributes(root node) int {
	m := root.mapping("the vocabulary of attributes")
	headers := newRole()
	headers.add("the id of an elder", "id")
	if n, ok := m.required("attributes"); ok {
		entries := n.named(snakeCase)
		all := names(entries, func(n node) string { return n.name })
		given := map[*policy.Attribute]node{}
		for _, n := range entries {
			r.Attributes = append(r.Attributes, r.readAttribute(n, all, given, headers))
		}
		r.checkNumber(root)
		r.readAllGives(given)
	}
	if n, ok := m.optional("inputs"); ok {
		for _, n := range n.named(snakeCase) {
			r.Inputs = append(r.Inputs, r.readInput(n, headers))
		}
	}
	headers.check()
	m.close()
	return len(r.Attributes)
}

// checkNumber reports attributes beyond those that there may be, where a set counts as many as it
// has values.
func (r vocabularyReader) checkNumber(root node) {
	axes := 0
	var first *policy.Attribute
	for _, a := range r.Attributes {
		if axes += a.Axes(); axes > policy.MaxAttributes && first == nil {
			first = a
		}
	}
	counted := ""
	if axes > len(r.Attributes) {
		counted = ", each value of a set counted as one"
	}
	if first != nil {
		root.document.diagnostics.Errorf("too-many-attributes", first.Pos, "leave out what no rule reads, or join yes-no attributes that exclude each other into an enum",
			"the vocabulary has %d attributes%s, and %s is the first beyond the limit of %d", axes, counted, first.Name, policy.MaxAttributes)
	}
}

// readAttribute reads an attribute, and notes what it gives, which may be of one that comes later.
func (r vocabularyReader) readAttribute(n node, all []string, given map[*policy.Attribute]node, headers *role) *policy.Attribute {
	m := n.mapping("an attribute")
	a := &policy.Attribute{
		Name:    n.name,
		Label:   m.text("label"),
		English: m.text("english"),
		Type:    word(m, "type", "unknown-type", policy.Boolean, policy.Enum, policy.Integer, policy.Set),
		Pos:     n.at,
	}
	headers.add(a.Name, a.Name, a.Label, a.English)
	a.Aliases = headers.read(m, a.Name)
	switch a.Type {
	case policy.Enum:
		a.Values = readEnumValues(m, a.Type)
		a.Absent = readAbsent(m, a)
		if n, ok := m.optional("gives"); ok {
			given[a] = n
		}
	case policy.Set:
		a.Values = readEnumValues(m, a.Type)
	case policy.Integer:
		if readRange(m, a) {
			a.Absent = readAbsent(m, a)
		}
		a.Unit = m.optionalText("unit")
	case "": // reported; its other keys may be right
		m.asked = append(m.asked, "values", "absent", "min", "max", "unit", "gives")
	}
	if n, ok := m.optional("asked_of"); ok {
		a.AskedOf = r.readAskedOf(n, a.Name, all)
	}
	m.close()
	return a
}

// readAbsent reads which value means "nothing": the one that a missing attribute is taken for when
// the world is closed.
func readAbsent(m *mapping, a *policy.Attribute) any {
	if n, ok := m.optional("absent"); ok {
		return readValue(n, a)
	}
	return nil
}

// readValue reads a value of an attribute as a rule sees it, and reports one that it cannot have.
// It is nil when what is written is of another type.
func readValue(n node, a *policy.Attribute) any {
	switch a.Type {
	case policy.Boolean:
		if n.kind() == "true or false" {
			return n.boolean()
		}
		n.boolean() // reports it
	case policy.Integer:
		if value, ok := n.integer(); ok {
			if value < a.Min || value > a.Max {
				n.errorf("unknown-value", fmt.Sprintf("use a number from %d to %d", a.Min, a.Max), "%s is never %d", a.Name, value)
			}
			return value
		}
	case policy.Enum:
		if value, ok := n.text(); ok {
			known := names(a.Values, func(v *policy.EnumValue) string { return v.Name })
			if !slices.Contains(known, value) {
				n.errorf("unknown-value", didYouMean(value, known, "use one of "+strings.Join(known, ", ")), "%s has no value %q", a.Name, value)
			}
			return value
		}
	}
	return nil
}

// readAllGives reads what attributes give of others, and checks that of each value of what is given
// it is known who may have it.
func (r vocabularyReader) readAllGives(given map[*policy.Attribute]node) {
	for _, a := range r.Attributes {
		if n, ok := given[a]; ok {
			a.Gives = r.readGives(n, a, given)
		}
	}
}

// readGives reads which values of an enum attribute give which of another. What is given by another
// gives nothing itself.
func (r vocabularyReader) readGives(n node, self *policy.Attribute, given map[*policy.Attribute]node) *policy.Gives {
	entries := n.entries()
	if len(entries) != 1 {
		if len(entries) > 1 {
			n.errorf("gives", "keep one", "gives names %d attributes", len(entries))
		}
		return nil
	}
	n = entries[0]
	fail := func(code, remedy, format string, args ...any) *policy.Gives {
		n.document.diagnostics.Errorf(code, n.at, remedy, format, args...)
		return nil
	}
	i := slices.IndexFunc(r.Attributes, func(a *policy.Attribute) bool { return a.Name == n.name })
	if i < 0 {
		all := names(r.Attributes, func(a *policy.Attribute) string { return a.Name })
		return fail("unknown-attribute", didYouMean(n.name, all, "name an attribute of this file"), "unknown attribute %q", n.name)
	}
	target := r.Attributes[i]
	if target.Type == policy.Set {
		return fail("gives", "name an attribute of another type", "%s is a set, and a set cannot be given by another attribute", target.Name)
	}
	if _, gives := given[target]; gives {
		return fail("gives", "let "+self.Name+" or "+target.Name+" give nothing", "%s gives %s, which gives another attribute itself", self.Name, target.Name)
	}
	gives := &policy.Gives{Attribute: target.Name, Pos: n.at}
	for _, value := range n.entries() {
		readGiven(gives, value, self, target)
	}
	if target.AskedOf != nil && len(gives.Values) == len(self.Values) {
		return fail("gives", "leave out a value that says nothing of "+target.Name,
			"each value of %s gives %s, which is asked only of some elders", self.Name, target.Name)
	}
	if free := r.unreached(gives, self, target); free != "" {
		return fail("gives", "let a value give it, or leave out one that says nothing of "+target.Name,
			"no value of %s gives %s %s, so nobody could have it", self.Name, target.Name, free)
	}
	return gives
}

func readGiven(gives *policy.Gives, value node, self, target *policy.Attribute) {
	known := names(self.Values, func(v *policy.EnumValue) string { return v.Name })
	switch {
	case !slices.Contains(known, value.name):
		value.document.diagnostics.Errorf("unknown-value", value.at, didYouMean(value.name, known, "use one of "+strings.Join(known, ", ")),
			"%s has no value %q", self.Name, value.name)
	case value.name == self.Absent:
		value.document.diagnostics.Errorf("gives", value.at, "leave it out", "%s is what %s is taken for where it is missing, and gives nothing", value.name, self.Name)
	}
	if v := readValue(value, target); v != nil {
		gives.Values = append(gives.Values, policy.Given{Value: value.name, Gives: v})
	}
}

// unreached returns a value of what is given that no value of self goes with, empty when there is
// none.
func (r vocabularyReader) unreached(gives *policy.Gives, self, target *policy.Attribute) string {
	if len(gives.Values) < len(self.Values) {
		return ""
	}
	var values []any
	switch target.Type {
	case policy.Boolean:
		values = []any{false, true}
	case policy.Enum:
		for _, v := range target.Values {
			values = append(values, v.Name)
		}
	case policy.Integer:
		for n := target.Min; n <= target.Max && len(values) <= len(self.Values); n++ {
			values = append(values, n)
		}
	}
	for _, v := range values {
		if !slices.ContainsFunc(gives.Values, func(g policy.Given) bool { return g.Gives == v }) {
			return fmt.Sprint(v)
		}
	}
	return ""
}

func readEnumValues(m *mapping, kind policy.AttributeType) []*policy.EnumValue {
	var values []*policy.EnumValue
	n, ok := m.optional("values")
	if ok {
		cells := newRole()
		for _, n := range n.named(snakeCase) {
			m := n.mapping("a value")
			v := &policy.EnumValue{Name: n.name, Label: m.text("label"), English: m.text("english")}
			cells.add(v.Name, v.Name, v.Label, v.English)
			v.Aliases = cells.read(m, v.Name)
			values = append(values, v)
			m.close()
		}
		cells.check()
	}
	if !ok || len(n.yaml.Content) == 0 {
		m.missing("values", "enum-values", "add values: {name: {label: …, english: …}}", "the %s attribute %s has no values", kind, m.name)
	}
	return values
}

// readRange reads the least and the greatest value of an integer attribute, and reports whether
// they are a range.
func readRange(m *mapping, a *policy.Attribute) bool {
	low, hasMin := m.optional("min")
	high, hasMax := m.optional("max")
	if !hasMin || !hasMax {
		key := "max"
		if !hasMin {
			key = "min"
		}
		m.missing(key, "integer-range", "add min and max, the least and the greatest value allowed", "the integer attribute %s has no range", m.name)
		m.asked = append(m.asked, "absent") // it may be right
		return false
	}
	var okMin, okMax bool
	a.Min, okMin = low.integer()
	a.Max, okMax = high.integer()
	right := okMin && okMax && a.Min <= a.Max
	if okMin && okMax && !right {
		high.errorf("integer-range", "write the greatest value allowed", "the range %d to %d has no values", a.Min, a.Max)
	}
	if !right {
		m.asked = append(m.asked, "absent") // it may be right
	}
	return right
}

// readAskedOf reads on which values of an earlier attribute this one is asked.
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
	case r.Attributes[i].Type == policy.Set:
		fail("asked-of", "name an attribute of another type", "%s is asked of values of %s, which is a set", self, n.name)
		return asked
	}
	items := n.items()
	if len(items) == 0 {
		fail("asked-of", "name at least one value", "%s is asked of no value of %s", self, n.name)
	}
	for _, item := range items {
		if i < 0 {
			break
		}
		if value := readValue(item, r.Attributes[i]); value != nil {
			asked.Values = append(asked.Values, value)
		}
	}
	return asked
}

func (r vocabularyReader) readInput(n node, headers *role) *policy.Input {
	m := n.mapping("an input")
	in := &policy.Input{
		Name:    n.name,
		Label:   m.text("label"),
		English: m.text("english"),
		Type:    word(m, "type", "unknown-type", policy.BirthDate, policy.IDNumber, policy.DivisionCode),
		Pos:     n.at,
	}
	headers.add(in.Name, in.Name, in.Label, in.English)
	in.Aliases = headers.read(m, in.Name)
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
	r.checkGiven(in, given)
	return in
}

// checkGiven reports an input that gives an attribute of another type than its own. A division code
// says whether a place is local, or where it lies.
func (r vocabularyReader) checkGiven(in *policy.Input, given node) {
	a := r.Attributes[slices.IndexFunc(r.Attributes, func(a *policy.Attribute) bool { return a.Name == in.Gives })]
	want := policy.Integer
	if in.Type == policy.DivisionCode {
		want = policy.Boolean
	}
	switch {
	case in.Type == "" || a.Type == "" || a.Type == want:
	case in.Type == policy.DivisionCode && a.Type == policy.Enum:
		known := names(a.Values, func(v *policy.EnumValue) string { return v.Name })
		for _, place := range policy.Places() {
			if !slices.Contains(known, string(place)) {
				given.errorf("input-type", "add the value to "+a.Name, "a division code gives here, city, province or outside, and %s has no value %s", a.Name, place)
			}
		}
	default:
		given.errorf("input-type", "name an attribute of that type, or correct one of the types", "an input of type %s gives an attribute of type %s, and %s is of type %s", in.Type, want, in.Gives, a.Type)
	}
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

// readMeasure reads a measure: its kind and what that kind has besides, from which the unit
// follows; or the unit alone.
func readMeasure(n node) *policy.Measure {
	m := n.mapping("a measure")
	defer m.close()
	name, label, english := n.name, m.text("label"), m.text("english")
	_, hasKind := m.value("kind")
	if unit, ok := m.value("unit"); ok && !hasKind {
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

// readServices reads catalogs/services.yaml. It returns the number of words, 0 when the types or
// the services are none.
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
