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

// Attribute returns the attribute of a name, or nil when there is none.
func (v *Vocabulary) Attribute(name string) *Attribute { return v.indexed().attributes[name] }

// Input returns the input of a name, or nil when there is none.
func (v *Vocabulary) Input(name string) *Input { return v.indexed().inputs[name] }

// Measure returns the measure of a name, or nil when there is none.
func (v *Vocabulary) Measure(name string) *Measure { return v.indexed().measures[name] }

// Service returns the service of an id, or nil when there is none.
func (v *Vocabulary) Service(id string) *ServiceName { return v.indexed().services[id] }

// ServiceType returns the type of service of a name, or nil when there is none.
func (v *Vocabulary) ServiceType(name string) *ServiceType { return v.indexed().serviceTypes[name] }

// WithMeasuresOf returns the words of v, and the measures that only w has.
func (v *Vocabulary) WithMeasuresOf(w *Vocabulary) *Vocabulary {
	both := &Vocabulary{
		Attributes: v.Attributes, Inputs: v.Inputs, Measures: slices.Clip(v.Measures), Services: v.Services, ServiceTypes: v.ServiceTypes,
	}
	for _, m := range w.Measures {
		if v.Measure(m.Name) == nil {
			both.Measures = append(both.Measures, m)
		}
	}
	return both
}

// WithAttributes returns the words of v, with other attributes.
func (v *Vocabulary) WithAttributes(attributes []*Attribute) *Vocabulary {
	return &Vocabulary{Attributes: attributes, Inputs: v.Inputs, Measures: v.Measures, Services: v.Services, ServiceTypes: v.ServiceTypes}
}

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
