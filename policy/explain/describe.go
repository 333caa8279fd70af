package explain

import (
	"context"
	"math/big"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/box"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/layer"
	"github.com/basic-eldercare/eldercare/policy/table"
)

// describe makes the branches that a reader sees of candidates.
func (x *explainer) describe(candidates []candidate) []Branch {
	out := make([]Branch, len(candidates))
	for i, c := range candidates {
		b := &out[i]
		b.Layer, b.Clause, b.missing = x.layerOf(c.Layer), x.clause(c.Applied), c.missing
		b.Discretionary, b.Promises = c.Grant.Discretionary, c.Grant.Measures
		b.Conditions = make([]Condition, len(c.Box))
		var names []string
		for j, side := range c.Box {
			b.Conditions[j] = x.condition(side, c.Case)
			names = append(names, b.Conditions[j].Parameters...)
		}
		for _, measure := range x.measures(b.Promises) {
			names = append(names, b.Promises[measure].Parameters...)
		}
		b.Parameters = x.parameters(c.Layer, names)
		if age, ok := x.ageOf(c); ok {
			b.EligibleAge, b.EligibleFrom = &age, x.birthday(&age)
		}
	}
	return out
}

// condition is what a case asks of one attribute, what the elder has, and which parameters the asking reads.
func (x *explainer) condition(side box.Side, of *table.Case) Condition {
	axis := &x.table.Space.Axes[side.Attribute]
	cell := x.elder.Cells[side.Attribute]
	c := Condition{
		Attribute: axis.Attribute.Name, Has: axis.Value(cell), Status: x.status(side), axis: axis, admits: side.Admits, cell: cell,
		Assumed: cell != x.given.Cells[side.Attribute], asked: x.table.Space.Asked(side.Attribute, x.elder.Cells),
	}
	c.Needs = valuesOf(c)
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

func valuesOf(c Condition) Values {
	v := Values{Missing: c.admits.Has(elder.Absent)}
	cells := c.admits.Cells()
	if v.Missing {
		cells = cells[1:]
	}
	if c.axis.Type != policy.Integer {
		for _, cell := range cells {
			v.Values = append(v.Values, c.axis.Value(cell))
		}
		return v
	}
	for i := 0; i < len(cells); {
		last := i
		for last+1 < len(cells) && cells[last+1] == cells[last]+1 {
			last++
		}
		v.Ranges = append(v.Ranges, rangeOf(c.axis, cells[i], cells[last]))
		i = last + 1
	}
	return v
}

func rangeOf(axis *elder.Axis, first, last uint8) Range {
	var r Range
	if from := axis.Value(first).(int); from != axis.Min {
		r.From = &from
	}
	if to := axis.Value(last).(int); to != axis.Max {
		r.To = &to
	}
	return r
}

func (x *explainer) layerOf(i int) Layer {
	j := x.table.Layers[i].List.Jurisdiction
	return Layer{List: j.ID, Name: j.Name, Level: j.Level}
}

func (x *explainer) clause(a layer.Applied) Clause {
	c := Clause{Item: a.Service.Item, Name: a.Service.Name, File: a.Rule.Pos.File, Line: a.Rule.Pos.Line, Title: a.Rule.Title}
	for _, l := range x.table.Layers {
		if l.List.Stem == a.Rule.Stem && layer.Find(l.List, x.service) != a.Service {
			c.Inherited = &Inherited{List: l.List.Stem, Name: l.List.Jurisdiction.Name, Item: a.Rule.Item}
		}
	}
	return c
}

// parameters are the named parameters as a layer sees them, each once.
func (x *explainer) parameters(from int, names []string) []Parameter {
	out := []Parameter{}
	for _, name := range names {
		known := func(p Parameter) bool { return p.Name == name }
		if p, ok := x.parameter(from, name); ok && !slices.ContainsFunc(out, known) {
			out = append(out, p)
		}
	}
	return out
}

// parameter is a parameter of a layer, or else of the nearest above it.
func (x *explainer) parameter(from int, name string) (Parameter, bool) {
	for _, l := range x.table.Layers[from:] {
		for _, p := range l.List.Parameters {
			if p.Name == name {
				return parameterOf(p, l.List.Jurisdiction.ID, x.rules.On), true
			}
		}
	}
	return Parameter{}, false
}

func parameterOf(p *policy.Parameter, list string, on policy.Date) Parameter {
	out := Parameter{Name: p.Name, Label: p.Label, Unit: p.Unit, Bound: p.Bound, List: list, Cite: p.Cite}
	if dated := p.At(on); dated != nil {
		out.From = &dated.From
		if dated.Value != nil {
			out.Value = &Number{dated.Value}
		}
		if len(dated.Cite) > 0 {
			out.Cite = dated.Cite
		}
	}
	return out
}

// amount tells how the promise of a measure came about.
func (x *explainer) amount(d *decide.Decision, measure string, promises, upTo map[string]policy.Promise, sure, may []candidate) Amount {
	a := Amount{Measure: measure, Offers: []Offer{}}
	a.Promise, a.Certain = promises[measure]
	best, more := upTo[measure]
	offering := may
	switch {
	case !a.Certain:
		a.Promise = best
	case more:
		a.UpTo = &best
	}
	if a.Certain && slices.ContainsFunc(sure, func(b candidate) bool { return b.Grant.Measures[measure].Same(a.Promise) }) {
		offering = sure
	}
	from := x.offers(&a, offering)
	a.Parameters = x.parameters(from, a.Promise.Parameters)
	a.Product = x.product(measure, a)
	if missing, ok := x.parameter(from, a.Promise.Missing); ok {
		a.Missing = &missing
	}
	x.chosen(&a, d)
	return a
}

// offers notes what each layer promises, and gives the layer whose promise counts.
func (x *explainer) offers(a *Amount, branches []candidate) (from int) {
	found := false
	for i := range x.table.Layers {
		offer, offered := offerOf(branches, i, *a)
		if !offered {
			continue
		}
		best := !found && offer.Same(a.Promise)
		if best {
			from, found = i, true
		}
		a.Offers = append(a.Offers, Offer{Layer: x.layerOf(i), Promise: offer, Best: best})
	}
	return from
}

// offerOf is the best that a layer promises of a measure, as far as it is not more than what counts.
func offerOf(branches []candidate, layer int, a Amount) (best policy.Promise, found bool) {
	for _, b := range branches {
		if b.Layer != layer {
			continue
		}
		p, promised := b.Grant.Measures[a.Measure]
		if promised && p.Compare(a.Promise) <= 0 && (!found || p.Compare(best) > 0) {
			best, found = p, true
		}
	}
	return best, found
}

// product is the computation of a promise that is a multiple of another standard, nil when it is not.
func (x *explainer) product(measure string, a Amount) *Product {
	m := x.table.Space.Vocabulary.Measure(measure)
	if m.Unit == policy.Multiple || len(a.Parameters) != 2 {
		return nil
	}
	base, multiple := a.Parameters[0], a.Parameters[1]
	if base.Unit == policy.Multiple {
		base, multiple = multiple, base
	}
	if multiple.Unit != policy.Multiple {
		return nil
	}
	p := &Product{Base: base, Multiple: multiple}
	if base.Value != nil && multiple.Value != nil {
		p.Exact = &Number{new(big.Rat).Mul(base.Value.Rat, multiple.Value.Rat)}
		p.Rounded = !a.Promise.Open() && p.Exact.Cmp(rat(*a.Promise.Value)) != 0
	}
	return p
}

// chosen notes the services of a choose-higher group that this promise displaces, or the one that displaces it.
func (x *explainer) chosen(a *Amount, d *decide.Decision) {
	for _, n := range d.MonthlyCNY.NotAdded {
		if x.groupMeasure(n) != a.Measure {
			continue
		}
		switch x.service {
		case n.InFavourOf:
			a.InsteadOf = append(a.InsteadOf, Choice{Service: n.Service, Reason: n.Reason, Cite: n.Cite})
		case n.Service:
			a.InFavourOf = &Choice{Service: n.InFavourOf, Reason: n.Reason, Cite: n.Cite}
		}
	}
}

func (x *explainer) groupMeasure(n decide.NotAdded) string {
	for _, l := range x.table.Layers {
		for _, g := range l.List.ChooseHigher {
			if slices.Contains(g.Services, n.Service) && slices.Contains(g.Services, n.InFavourOf) {
				return g.Measure
			}
		}
	}
	return ""
}

// sources are the lists that have the service.
func (x *explainer) sources() []Source {
	var out []Source
	for i, l := range x.table.Layers {
		s := layer.Find(l.List, x.service)
		if s == nil {
			continue
		}
		document := l.List.Document
		source := Source{
			Layer: x.layerOf(i), Document: document.Number, Title: document.Title, Basis: document.Basis,
			EffectiveFrom: l.List.EffectiveFrom, Assumed: l.List.EffectiveFromAssumed,
			Item: s.Item, Name: s.Name, Access: s.Access, Departments: s.Departments, Cite: s.Cite,
			Readings: make([]SourceReading, len(s.Readings)),
		}
		if source.Document == "" {
			source.Document = document.Title
		}
		for i, r := range s.Readings {
			source.Readings[i] = SourceReading{Question: r.Question, Answer: r.Answer, Why: r.Why, Cite: r.Cite}
		}
		out = append(out, source)
	}
	return out
}

// opaque are the service's rules that plain OPA evaluates as a whole.
func (x *explainer) opaque(ctx context.Context) ([]Opaque, error) {
	var out []Opaque
	var held []decide.Held
	for _, o := range x.table.Opaque {
		if o.Applied.Service.ID != x.service {
			continue
		}
		if held == nil {
			var err error
			if held, err = x.rules.Oracle().Held(ctx, x.table.Space.Input(x.elder.Cells)); err != nil {
				return nil, err
			}
		}
		holds := func(h decide.Held) bool { return h.Layer == o.Layer && h.Applied.Rule == o.Applied.Rule }
		out = append(out, Opaque{
			Layer: x.layerOf(o.Layer), Clause: x.clause(o.Applied), Reason: o.Reason,
			Attributes: o.Applied.Attributes, Holds: slices.ContainsFunc(held, holds),
		})
	}
	return out, nil
}
