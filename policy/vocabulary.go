package policy

import (
	"slices"
	"sync"
)

// index finds the words of a vocabulary by name.
type index struct {
	once         sync.Once
	attributes   map[string]*Attribute
	inputs       map[string]*Input
	measures     map[string]*Measure
	services     map[string]*ServiceName
	serviceTypes map[string]*ServiceType
}

// Attribute is the attribute of that name, nil when there is none.
func (v *Vocabulary) Attribute(name string) *Attribute { return v.indexed().attributes[name] }

// Input is the input of that name, nil when there is none.
func (v *Vocabulary) Input(name string) *Input { return v.indexed().inputs[name] }

// Measure is the measure of that name, nil when there is none.
func (v *Vocabulary) Measure(name string) *Measure { return v.indexed().measures[name] }

// Service is the service of that id, nil when there is none.
func (v *Vocabulary) Service(id string) *ServiceName { return v.indexed().services[id] }

// ServiceType is the type of service of that name, nil when there is none.
func (v *Vocabulary) ServiceType(name string) *ServiceType { return v.indexed().serviceTypes[name] }

func (v *Vocabulary) indexed() *index {
	v.index.once.Do(func() {
		v.index.attributes = byName(v.Attributes, func(a *Attribute) string { return a.Name })
		v.index.inputs = byName(v.Inputs, func(i *Input) string { return i.Name })
		v.index.measures = byName(v.Measures, func(m *Measure) string { return m.Name })
		v.index.services = byName(v.Services, func(s *ServiceName) string { return s.ID })
		v.index.serviceTypes = byName(v.ServiceTypes, func(t *ServiceType) string { return t.Name })
	})
	return &v.index
}

func byName[T any](all []T, name func(T) string) map[string]T {
	m := make(map[string]T, len(all))
	for _, t := range all {
		m[name(t)] = t
	}
	return m
}

func names[T any](all []T, name func(T) string) []string {
	s := make([]string, len(all))
	for i, t := range all {
		s[i] = name(t)
	}
	return s
}

// maxIntegers is how many values an integer attribute may have: tables keep a bit set for each.
const maxIntegers = 200

// readAttributes reads catalogs/attributes.yaml. It returns the number of words.
func (v *Vocabulary) readAttributes(root node) int {
	m := root.mapping("the vocabulary of attributes")
	if n, ok := m.required("attributes"); ok {
		entries := n.named(snakeCase)
		all := names(entries, func(n node) string { return n.name })
		for _, n := range entries {
			v.Attributes = append(v.Attributes, v.readAttribute(n, all))
		}
	}
	if n, ok := m.optional("inputs"); ok {
		for _, n := range n.named(snakeCase) {
			v.Inputs = append(v.Inputs, v.readInput(n))
		}
	}
	m.close()
	return len(v.Attributes)
}

func (v *Vocabulary) readAttribute(n node, all []string) *Attribute {
	m := n.mapping("an attribute")
	a := &Attribute{
		Name:    n.name,
		Label:   m.text("label"),
		English: m.text("english"),
		Type:    word(m, "type", "unknown-type", Boolean, Enum, Integer),
		Pos:     n.at,
	}
	switch a.Type {
	case Enum:
		a.Values = readEnumValues(m)
		a.Absent = readAbsent(m, a.Values)
	case Integer:
		readRange(m, a)
		a.Unit = m.optionalText("unit")
	case "": // reported; its other keys may be right
		m.asked = append(m.asked, "values", "absent", "min", "max", "unit")
	}
	if n, ok := m.optional("asked_of"); ok {
		a.AskedOf = v.readAskedOf(n, a.Name, all)
	}
	m.close()
	return a
}

// readAbsent reads which value means "nothing": the one that a missing attribute is taken for when the world is closed.
func readAbsent(m *mapping, values []*EnumValue) string {
	n, ok := m.optional("absent")
	if !ok {
		return ""
	}
	value, ok := n.text()
	known := names(values, func(v *EnumValue) string { return v.Name })
	if ok && !slices.Contains(known, value) {
		n.errorf("unknown-value", didYouMean(value, known, "use one of the values"), "there is no value %q", value)
	}
	return value
}

func readEnumValues(m *mapping) []*EnumValue {
	var values []*EnumValue
	n, ok := m.optional("values")
	if ok {
		for _, n := range n.named(snakeCase) {
			m := n.mapping("a value")
			values = append(values, &EnumValue{Name: n.name, Label: m.text("label"), English: m.text("english")})
			m.close()
		}
	}
	if !ok || len(n.yaml.Content) == 0 {
		m.missing("values", "enum-values", "add values: {name: {label: …, english: …}}", "the enum attribute %s has no values", m.name)
	}
	return values
}

func readRange(m *mapping, a *Attribute) {
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
func (v *Vocabulary) readAskedOf(n node, self string, all []string) *AskedOf {
	entries := n.entries()
	if len(entries) != 1 {
		if len(entries) > 1 {
			n.errorf("asked-of", "keep one", "asked_of names %d attributes", len(entries))
		}
		return nil
	}
	n = entries[0]
	asked := &AskedOf{Attribute: n.name, Pos: n.at}
	i := slices.IndexFunc(v.Attributes, func(a *Attribute) bool { return a.Name == n.name })
	fail := func(code, remedy, format string, args ...any) {
		n.document.diagnostics.Errorf(code, n.at, remedy, format, args...)
	}
	switch {
	case !slices.Contains(all, n.name):
		fail("unknown-attribute", didYouMean(n.name, all, "name an attribute of this file"), "unknown attribute %q", n.name)
	case i < 0:
		fail("asked-of", "put "+n.name+" before "+self, "%s is asked of %s, which is asked later", self, n.name)
	case v.Attributes[i].Type != Enum:
		fail("asked-of", "name an enum attribute", "%s is asked of %s, which is no enum", self, n.name)
	}
	items := n.items()
	if len(items) == 0 {
		fail("asked-of", "name at least one value", "%s is asked of no value of %s", self, n.name)
	}
	for _, item := range items {
		s, ok := item.text()
		asked.Values = append(asked.Values, s)
		if !ok || i < 0 || v.Attributes[i].Type != Enum {
			continue
		}
		known := names(v.Attributes[i].Values, func(e *EnumValue) string { return e.Name })
		if !slices.Contains(known, s) {
			item.errorf("unknown-value", didYouMean(s, known, "name a value of "+n.name), "%s has no value %q", n.name, s)
		}
	}
	return asked
}

func (v *Vocabulary) readInput(n node) *Input {
	m := n.mapping("an input")
	in := &Input{
		Name:    n.name,
		Label:   m.text("label"),
		English: m.text("english"),
		Type:    word(m, "type", "unknown-type", BirthDate, IDNumber, DivisionCode),
		Pos:     n.at,
	}
	given, ok := m.required("gives")
	m.close()
	all := names(v.Attributes, func(a *Attribute) string { return a.Name })
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
	want := Integer
	if in.Type == DivisionCode {
		want = Boolean
	}
	if got := v.Attributes[i].Type; in.Type != "" && got != "" && got != want {
		given.errorf("input-type", "name an attribute of that type, or correct one of the types", "an input of type %s gives an attribute of type %s, and %s is of type %s", in.Type, want, in.Gives, got)
	}
	return in
}

// readMeasures reads catalogs/measures.yaml. It returns the number of words.
func (v *Vocabulary) readMeasures(root node) int {
	m := root.mapping("the vocabulary of measures")
	if n, ok := m.required("measures"); ok {
		for _, n := range n.named(snakeCase) {
			m := n.mapping("a measure")
			v.Measures = append(v.Measures, &Measure{
				Name:    n.name,
				Label:   m.text("label"),
				English: m.text("english"),
				Unit:    word(m, "unit", "unknown-unit", MeasureUnits()...),
				Pos:     n.at,
			})
			m.close()
		}
	}
	m.close()
	return len(v.Measures)
}

// readServices reads catalogs/services.yaml. It returns the number of words, 0 when the types or the services are none.
func (v *Vocabulary) readServices(root node) int {
	m := root.mapping("the vocabulary of services")
	if n, ok := m.required("types"); ok {
		for _, n := range n.named(nil) {
			m := n.mapping("a type")
			v.ServiceTypes = append(v.ServiceTypes, &ServiceType{Name: n.name, English: m.text("english")})
			m.close()
		}
	}
	if n, ok := m.required("services"); ok {
		for _, n := range n.named(kebabCase) {
			m := n.mapping("a service name")
			v.Services = append(v.Services, &ServiceName{ID: n.name, Name: m.text("name"), English: m.text("english"), Pos: n.at})
			m.close()
		}
	}
	m.close()
	return min(len(v.ServiceTypes), len(v.Services))
}
