package table_test

import (
	"math/rand/v2"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// The attributes of the elders of these tests, as places in the space.
const (
	category = iota // none, poor, tekun
	age             // 0 to 2
	mode            // home, away; asked of tekun
	alone
)

func spaceOf(t *testing.T) *elder.Space {
	t.Helper()
	enum := func(names ...string) (values []*policy.EnumValue) {
		for _, name := range names {
			values = append(values, &policy.EnumValue{Name: name})
		}
		return values
	}
	space, err := elder.NewSpace(&policy.Vocabulary{Attributes: []*policy.Attribute{
		{Name: "category", Type: policy.Enum, Values: enum("none", "poor", "tekun"), Absent: "none"},
		{Name: "age", Type: policy.Integer, Max: 2},
		{Name: "mode", Type: policy.Enum, Values: enum("home", "away"), AskedOf: &policy.AskedOf{Attribute: "category", Values: []any{"tekun"}}},
		{Name: "alone", Type: policy.Boolean},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return space
}

// layersOf returns a county, a city and a province, each with rules for services a and b: what is
// promised, then what is permitted.
func layersOf() []layer.Layer {
	var layers []layer.Layer
	for _, id := range []string{"county", "city", "province"} {
		list := &policy.List{Jurisdiction: policy.Jurisdiction{ID: id}}
		l := layer.Layer{List: list}
		for _, service := range []string{"a", "b"} {
			s := &policy.Service{ID: service}
			list.Services = append(list.Services, s)
			for _, discretionary := range []bool{false, true} {
				r := &rules.Rule{Stem: id, Index: len(l.Rules), Service: service, Discretionary: discretionary}
				l.Rules = append(l.Rules, layer.Applied{Rule: r, Service: s})
			}
		}
		layers = append(layers, l)
	}
	return layers
}

// promised returns measures with exact amounts.
func promised(amounts map[string]int64) map[string]policy.Promise {
	measures := map[string]policy.Promise{}
	for measure, n := range amounts {
		amount := policy.DecimalOf(n)
		measures[measure] = policy.Promise{Bound: policy.Exactly, Value: &amount}
	}
	return measures
}

// caseOf returns a case of a rule of a layer.
func caseOf(layers []layer.Layer, i, rule int, b box.Box, measures map[string]policy.Promise) table.Case {
	applied := layers[i].Rules[rule]
	grant := rules.Grant{Service: applied.Service.ID, Discretionary: applied.Discretionary, Measures: measures}
	return table.Case{Case: rules.Case{Rule: applied.Rule, Grant: grant, Box: b}, Layer: i, Applied: applied}
}

// side returns a box with one side.
func side(attribute int, cells ...uint8) box.Box {
	return box.Box{{Attribute: attribute, Admits: box.SetOf(cells...)}}
}

// random makes tables.
type random struct{ *rand.Rand }

func (r random) table(t *testing.T) *table.Table {
	t.Helper()
	space, layers := spaceOf(t), layersOf()
	var cases []table.Case
	for i := range layers {
		for rule := range layers[i].Rules {
			for range r.IntN(3) {
				cases = append(cases, caseOf(layers, i, rule, r.box(space, 2), r.measures()))
			}
		}
	}
	var contradictions []rules.Contradiction
	for range r.IntN(3) {
		contradictions = append(contradictions, rules.Contradiction{Message: "impossible", Box: r.contradiction(space)})
	}
	return table.New(space, layers, cases, contradictions)
}

func (r random) measures() map[string]policy.Promise {
	measures := map[string]policy.Promise{}
	for _, measure := range []string{"cash", "visits"} {
		amount := policy.DecimalOf(int64(1 + r.IntN(3)))
		switch r.IntN(5) {
		case 0:
			measures[measure] = policy.Promise{Bound: policy.Exactly, Value: &amount}
		case 1:
			measures[measure] = policy.Promise{Bound: policy.AtLeast, Value: &amount}
		case 2:
			measures[measure] = policy.Promise{Bound: policy.AtMost, Value: &amount}
		case 3:
			measures[measure] = policy.Promise{Bound: policy.SetLocally, Missing: "wage"}
		}
	}
	return measures
}

// box returns a box with a side of one in so many attributes.
func (r random) box(space *elder.Space, in int) box.Box {
	var b box.Box
	for a := range space.Axes {
		if r.IntN(in) > 0 {
			continue
		}
		var admits box.Set
		for cell := range space.Axes[a].Cells() {
			if r.IntN(2) == 0 {
				admits.Add(uint8(cell))
			}
		}
		if with, some := b.With(a, admits); some {
			b = with
		}
	}
	return b
}

// contradiction returns a box of values of two attributes.
func (r random) contradiction(space *elder.Space) box.Box {
	var b box.Box
	for _, a := range r.Perm(len(space.Axes))[:2] {
		b, _ = b.With(a, box.SetOf(uint8(1+r.IntN(len(space.Axes[a].Values)))))
	}
	return b
}

// everybody yields all that may be said of an elder.
func everybody(space *elder.Space) func(yield func(elder.Cells) bool) {
	return func(yield func(elder.Cells) bool) {
		var c elder.Cells
		var next func(a int) bool
		next = func(a int) bool {
			if a == len(space.Axes) {
				return yield(c)
			}
			for cell := range space.Axes[a].Cells() {
				if c[a] = uint8(cell); !next(a + 1) {
					return false
				}
			}
			return true
		}
		next(0)
	}
}

// exists reports whether c is an elder of whom everything is known, and who contradicts nothing.
func exists(t *table.Table, c elder.Cells) bool {
	if c[age] == elder.Absent || c[category] == elder.Absent || c[alone] == elder.Absent {
		return false
	}
	if tekun := c[category] == 3; tekun != (c[mode] != elder.Absent) {
		return false
	}
	return len(t.Contradicted(c)) == 0
}

// completes reports whether c is as is known.
func completes(c, known elder.Cells) bool {
	for a := range known {
		if known[a] != elder.Absent && c[a] != known[a] {
			return false
		}
	}
	return true
}
