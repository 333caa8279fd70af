package explain

import (
	"cmp"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// plan holds what the explanations of one service under one ruleset have in common: all that does
// not depend on the elder.
type plan struct {
	rules    *ruleset.Ruleset
	table    *table.Table
	service  string
	age      int // the attribute that a date of birth gives; -1 when none
	measures []*policy.Measure
	linked   []string // the measures that belong together
	clauses  []clause // by layer
	opaque   []table.Opaque
	sources  []Source
	read     map[read]*Parameter
}

// clause is a case of the service with the branch that describes it, except for what the elder has.
type clause struct {
	*table.Case
	branch Branch
}

// read is a parameter as a layer sees it.
type read struct {
	layer int
	name  string
}

// planKey is the key under which a ruleset keeps the plan of a service.
type planKey string

// planOf returns the plan of a service that the ruleset's lists have.
func planOf(r *ruleset.Ruleset, service string) *plan {
	return r.Keep(planKey(service), func() any { return newPlan(r, service) }).(*plan)
}

func newPlan(r *ruleset.Ruleset, service string) *plan {
	p := &plan{
		rules: r, table: r.Table, service: service, age: timeline.AgeAttribute(r.Table.Space), read: map[read]*Parameter{},
		linked: layer.Linked(r.Table.Layers, service),
	}
	for i := range r.Table.Cases {
		if c := &r.Table.Cases[i]; c.Grant.Service == service {
			p.clauses = append(p.clauses, clause{Case: c, branch: p.branch(c)})
		}
	}
	for _, o := range r.Table.Opaque {
		if o.Applied.Service.ID == service {
			p.opaque = append(p.opaque, o)
			p.look(o.Layer, o.Applied.Parameters)
		}
	}
	for _, m := range r.Table.Space.Vocabulary.Measures {
		promised := func(c clause) bool { _, ok := c.Grant.Measures[m.Name]; return ok }
		if len(p.opaque) > 0 || slices.ContainsFunc(p.clauses, promised) {
			p.measures = append(p.measures, m)
		}
	}
	p.sources = sources(r.Table, service)
	return p
}

// branch describes a case.
func (p *plan) branch(c *table.Case) Branch {
	b := Branch{
		Layer: layerOf(p.table, c.Layer), Clause: clauseOf(p.table, c.Applied), Discretionary: c.Grant.Discretionary,
		Conditions: make([]Condition, len(c.Box)), Promises: c.Grant.Measures,
	}
	var names []string
	for i, side := range c.Box {
		b.Conditions[i] = p.condition(side, c)
		names = append(names, b.Conditions[i].Parameters...)
	}
	for _, m := range p.table.Space.Vocabulary.Measures {
		names = append(names, c.Grant.Measures[m.Name].Parameters...)
	}
	p.look(c.Layer, names)
	b.Parameters = p.parameters(c.Layer, names)
	return b
}

// whole describes a case of a rule that is evaluated as a whole, by what the rule reads.
func (p *plan) whole(c *table.Case) Branch {
	b := Branch{
		Layer: layerOf(p.table, c.Layer), Clause: clauseOf(p.table, c.Applied), Discretionary: c.Grant.Discretionary,
		Whole: true, Conditions: []Condition{}, Promises: c.Grant.Measures, Parameters: p.parameters(c.Layer, c.Applied.Parameters),
	}
	for i := range p.table.Space.Axes {
		axis := &p.table.Space.Axes[i]
		if !slices.Contains(c.Applied.Reads, axis.Attribute.Name) {
			continue
		}
		condition := Condition{Attribute: axis.Attribute.Name, Member: memberOf(axis), axis: axis, side: box.Side{Attribute: i, Admits: p.table.All(i)}, whole: true}
		if admits, constrained := c.Box.Side(i); constrained {
			condition.side.Admits, condition.Needs = admits, valuesOf(axis, admits)
		}
		b.Conditions = append(b.Conditions, condition)
	}
	return b
}

// condition returns what a case requires of one attribute, and the parameters that this reads.
func (p *plan) condition(side box.Side, of *table.Case) Condition {
	axis := &p.table.Space.Axes[side.Attribute]
	c := Condition{Attribute: axis.Attribute.Name, Member: memberOf(axis), Needs: valuesOf(axis, side.Admits), axis: axis, side: side}
	for _, written := range of.Conditions {
		if written.Attribute != side.Attribute {
			continue
		}
		for _, name := range of.Rule.ReadAt(written.Pos) {
			if !slices.Contains(c.Parameters, name) {
				c.Parameters = append(c.Parameters, name)
			}
		}
	}
	return c
}

// memberOf returns the value of a set that an axis is about, or "" when it is not about one.
func memberOf(axis *elder.Axis) string {
	if axis.Member == nil {
		return ""
	}
	return axis.Member.Name
}

func valuesOf(axis *elder.Axis, admits box.Set) Values {
	v := Values{Missing: admits.Has(elder.Absent)}
	cells := admits.Cells()
	if v.Missing {
		cells = cells[1:]
	}
	if axis.Type != policy.Integer {
		for _, cell := range cells {
			v.Values = append(v.Values, axis.Value(cell))
		}
		return v
	}
	for i := 0; i < len(cells); {
		last := i
		for last+1 < len(cells) && cells[last+1] == cells[last]+1 {
			last++
		}
		v.Ranges = append(v.Ranges, rangeOf(axis, cells[i], cells[last]))
		i = last + 1
	}
	return v
}

func rangeOf(axis *elder.Axis, first, last uint8) Range {
	var r Range
	if from, _ := axis.Numbers(first); from != axis.Min {
		r.From = &from
	}
	if _, to := axis.Numbers(last); to != axis.Max {
		r.To = &to
	}
	return r
}

func layerOf(t *table.Table, i int) Layer {
	j := t.Layers[i].List.Jurisdiction
	return Layer{List: j.ID, Name: j.Name, Level: j.Level}
}

func clauseOf(t *table.Table, a layer.Applied) Clause {
	c := Clause{Item: a.Service.Item, Name: a.Service.Name, File: a.Rule.Pos.File, Line: a.Rule.Pos.Line, Title: a.Rule.Title}
	for _, l := range t.Layers {
		if slices.Contains(l.List.Stems(), a.Rule.Stem) && l.List.Service(a.Service.ID) != a.Service {
			c.Inherited = &Inherited{List: l.List.Stem, Name: l.List.Jurisdiction.Name, Item: a.Rule.Item}
		}
	}
	return c
}

// parameters returns the named parameters as a layer sees them, each once.
func (p *plan) parameters(layer int, names []string) []*Parameter {
	out := make([]*Parameter, 0, len(names))
	for _, name := range names {
		if q := p.read[read{layer, name}]; q != nil && !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	return out
}

// look looks up parameters for all layers up to a given one. Each layer sees its own parameter, or
// else that of the nearest layer above it.
func (p *plan) look(upTo int, names []string) {
	for layer := range upTo + 1 {
		for _, name := range names {
			if _, known := p.read[read{layer, name}]; !known {
				p.read[read{layer, name}] = p.nearest(layer, name)
			}
		}
	}
}

// nearest returns the parameter of a layer or of the nearest one above it. It prefers parameters
// that have a value on the day. It returns nil when no layer has the parameter.
func (p *plan) nearest(layer int, name string) *Parameter {
	var later *Parameter
	for _, l := range p.table.Layers[layer:] {
		i := slices.IndexFunc(l.List.Parameters, func(q *policy.Parameter) bool { return q.Name == name })
		if i < 0 {
			continue
		}
		found := parameterOf(l.List.Parameters[i], l.List, p.rules.On)
		if l.List.Parameters[i].At(p.rules.On) != nil {
			return found
		}
		later = cmp.Or(later, found)
	}
	return later
}

func parameterOf(p *policy.Parameter, list *policy.List, on policy.Date) *Parameter {
	out := &Parameter{Name: p.Name, Label: p.Label, Unit: p.Unit, Bound: p.Bound, List: list.Jurisdiction.ID, Cite: p.Cite}
	dated := p.At(on)
	if dated == nil {
		return out
	}
	out.From, out.Assumed = &dated.From, list.EffectiveFromAssumed != "" && dated.From == list.EffectiveFrom
	if dated.Value != nil {
		out.Value = &Number{dated.Value}
	} else if before := p.At(dated.From.AddDays(-1)); before != nil && before.Value != nil {
		out.Was = &Number{before.Value}
	}
	if len(dated.Cite) > 0 {
		out.Cite = dated.Cite
	}
	return out
}

// sources returns the lists that have the service.
func sources(t *table.Table, service string) []Source {
	var out []Source
	for _, l := range t.Layers {
		s := l.List.Service(service)
		if s == nil {
			continue
		}
		out = append(out, sourceOf(l.List, s))
	}
	return out
}

// sourceOf describes a list that has a service.
func sourceOf(list *policy.List, s *policy.Service) Source {
	j, document := list.Jurisdiction, list.Document
	source := Source{
		Layer: Layer{List: j.ID, Name: j.Name, Level: j.Level}, Document: document.Number, Title: document.Title, Basis: document.Basis,
		EffectiveFrom: list.EffectiveFrom, Assumed: list.EffectiveFromAssumed,
		Item: s.Item, Name: s.Name, Access: s.Access, Departments: s.Departments, Cite: s.Cite, Unnamed: s.Unnamed,
		Readings: make([]SourceReading, len(s.Readings)),
	}
	if source.Document == "" {
		source.Document = document.Title
	}
	for i, r := range s.Readings {
		source.Readings[i] = SourceReading{Question: r.Question, Answer: r.Answer, Why: r.Why, Cite: r.Cite}
	}
	return source
}
