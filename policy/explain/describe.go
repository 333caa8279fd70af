package explain

import (
	"cmp"
	"context"
	"math/big"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// describe turns candidates into the branches that a reader sees.
func (x *explainer) describe(candidates []candidate) []Branch {
	out := make([]Branch, len(candidates))
	for i, c := range candidates {
		b := &out[i]
		*b = c.branch
		b.missing = c.missing
		b.Conditions = make([]Condition, len(c.branch.Conditions))
		for j, condition := range c.branch.Conditions {
			b.Conditions[j] = x.fill(condition)
		}
	}
	return out
}

// fill adds to a condition what the elder has.
func (x *explainer) fill(c Condition) Condition {
	i := c.side.Attribute
	c.cell = x.elder.Cell(i)
	c.Has, c.Status = c.axis.Value(c.cell), x.status(c.side)
	c.Assumed, c.asked = c.cell != x.given.Cell(i), x.table.Space.Asked(i, x.elder.Cells())
	return c
}

// amount tells how the promise of a measure was computed.
func (x *explainer) amount(measure string, promises, upTo map[string]policy.Promise, sure, may []candidate) Amount {
	a := Amount{Measure: measure, Offers: make([]Offer, 0, len(x.table.Layers))}
	a.Promise, a.Certain = promises[measure]
	best, more := upTo[measure]
	offering := may
	switch {
	case !a.Certain:
		a.Promise = best
	case more:
		a.UpTo = &best
	}
	if a.Certain && slices.ContainsFunc(sure, func(b candidate) bool { return states(b.Grant.Measures[measure], a.Promise) }) {
		offering = sure
	}
	if slices.Contains(x.linked, measure) {
		offering = x.together(offering, promises, upTo)
	}
	from := x.offers(&a, offering)
	a.Parameters = x.parameters(from, a.Promise.Parameters)
	a.Product = x.product(measure, a)
	a.Missing = x.read[read{from, a.Promise.Missing}]
	return a
}

// together returns the branches that promise the same linked measures as are promised in all, or
// could be.
func (x *explainer) together(branches []candidate, promises, upTo map[string]policy.Promise) []candidate {
	want := policy.BundleOf(promises, x.linked)
	if want == nil {
		want = policy.BundleOf(upTo, x.linked)
	}
	return slices.DeleteFunc(slices.Clone(branches), func(b candidate) bool { return !x.bundle(b).AtLeast(want) })
}

// offers records what each layer promises, and returns the layer whose promise counts.
func (x *explainer) offers(a *Amount, branches []candidate) (from int) {
	var layers []int
	for i := range x.table.Layers {
		if offer, offered := offerOf(branches, i, *a); offered {
			a.Offers, layers = append(a.Offers, Offer{Layer: layerOf(x.table, i), Promise: offer}), append(layers, i)
		}
	}
	best := slices.IndexFunc(a.Offers, func(o Offer) bool { return o.Promise.Same(a.Promise) })
	if best < 0 { // an exact amount beside another that may exceed it
		best = slices.IndexFunc(a.Offers, func(o Offer) bool { return states(o.Promise, a.Promise) })
	}
	if best < 0 {
		return 0
	}
	a.Offers[best].Best = true
	return layers[best]
}

// states reports whether a promise is what counts, or the exact amount that counts beside another
// that may exceed it.
func states(p, counts policy.Promise) bool {
	return p.Same(counts) || p.Bound == policy.Exactly && p.OrBetter().Same(counts)
}

// offerOf returns the best that a layer promises of a measure, as far as that is not more than what
// counts.
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

// product returns the computation of a promise that is a multiple or a percentage of another
// standard, else nil.
func (x *explainer) product(measure string, a Amount) *Product {
	m := x.table.Space.Vocabulary.Measure(measure)
	if isFactor(m.Unit) || len(a.Parameters) != 2 {
		return nil
	}
	base, multiple := a.Parameters[0], a.Parameters[1]
	if isFactor(base.Unit) {
		base, multiple = multiple, base
	}
	if !isFactor(multiple.Unit) {
		return nil
	}
	p := &Product{Base: base, Multiple: multiple}
	if base.Value == nil || multiple.Value == nil {
		return p
	}
	if a.Promise.Open() { // a floor times a ceiling
		return nil
	}
	p.Exact = &Number{new(big.Rat).Mul(base.Value.Rat, multiple.Value.Rat)}
	if multiple.Unit == policy.Percent {
		p.Exact.Quo(p.Exact.Rat, big.NewRat(100, 1))
	}
	p.Rounded = p.Exact.Cmp(rat(*a.Promise.Value)) != 0
	return p
}

// isFactor reports whether amounts are multiplied by numbers of the unit.
func isFactor(u policy.Unit) bool { return u == policy.Multiple || u == policy.Percent }

// chosen records the services of a choose-higher group that this promise displaces, or the one that
// displaces it.
func (x *explainer) chosen(a *Amount, d *decide.Decision) {
	for _, n := range d.MonthlyCNY.NotAdded {
		switch {
		case x.service == n.InFavourOf && a.Measure == n.InFavourOfMeasure && !n.Possibly:
			a.InsteadOf = append(a.InsteadOf, Choice{Service: n.Service, Measure: n.Measure, Reason: n.Reason, Cite: n.Cite})
		case x.service == n.Service && a.Measure == n.Measure:
			a.InFavourOf = &Choice{Service: n.InFavourOf, Measure: n.InFavourOfMeasure, Possibly: n.Possibly, Reason: n.Reason, Cite: n.Cite}
		}
	}
}

// try tries the rules that plain OPA evaluates as a whole. It adds the cases in which they hold to
// the candidates.
func (x *explainer) try(ctx context.Context) ([]Opaque, error) {
	var rules []Opaque
	for _, rule := range x.opaque {
		cases, tried, err := x.rules.Try(ctx, &x.elder, rule)
		if err != nil {
			return nil, err
		}
		region := x.table.Projection(cases).Region(x.elder.Cells())
		o := Opaque{
			Layer: layerOf(x.table, rule.Layer), Clause: clauseOf(x.table, rule.Applied), Reason: rule.Reason,
			Attributes: rule.Applied.Reads, Untried: !tried, MayHold: !tried || len(cases) > 0,
			Holds: len(cases) > 0 && box.Covered(region, table.Boxes(cases), x.table.All),
		}
		if o.Holds && alike(cases) {
			cases = cases[:1]
			cases[0].Box = nil
		}
		for i := range cases {
			x.all = append(x.all, x.candidate(&clause{Case: &cases[i], branch: x.whole(&cases[i])}))
		}
		rules = append(rules, o)
	}
	slices.SortStableFunc(x.all, func(a, b candidate) int { return cmp.Compare(a.Layer, b.Layer) })
	return rules, nil
}

// alike reports whether cases promise the same.
func alike(cases []table.Case) bool {
	return !slices.ContainsFunc(cases, func(c table.Case) bool { return !c.PromisesAsMuch(cases[0]) || !cases[0].PromisesAsMuch(c) })
}
