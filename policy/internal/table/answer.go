package table

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
)

// Distinct returns the cases that count, in the order of [Table.Cases]. A case that a nearer layer
// grants in the same words does not count.
func (t *Table) Distinct() []Case { return slices.Clone(t.distinct) }

// withoutRepeats leaves out cases of higher layers that a nearer layer grants in the same words, as
// they can add nothing.
func withoutRepeats(cases []Case) []Case {
	var distinct []Case
	for _, c := range cases {
		if !slices.ContainsFunc(distinct, func(d Case) bool { return d.repeats(c) }) {
			distinct = append(distinct, c)
		}
	}
	return distinct
}

// repeats reports whether d, of a higher layer, is the same case as c: the same rule, box and
// promises.
func (c Case) repeats(d Case) bool {
	if c.Layer >= d.Layer || c.Rule != d.Rule || !c.Box.Equal(d.Box) || len(c.Grant.Measures) != len(d.Grant.Measures) {
		return false
	}
	for name, p := range c.Grant.Measures {
		if q, ok := d.Grant.Measures[name]; !ok || !p.Same(q) {
			return false
		}
	}
	return true
}

// Contradicted returns the messages of the contradictions in what is given of an elder.
func (t *Table) Contradicted(c elder.Cells) []string {
	var messages []string
	for _, x := range t.Contradictions {
		if x.Box.Contains(func(a int) uint8 { return c[a] }) {
			messages = append(messages, x.Message)
		}
	}
	return messages
}

// Held returns cases as rules that hold.
func Held(cases []Case) []decide.Held {
	held := make([]decide.Held, len(cases))
	for i, c := range cases {
		held[i] = c.held()
	}
	return held
}

func (c Case) held() decide.Held {
	return decide.Held{Layer: c.Layer, Applied: c.Applied, Grant: c.Grant}
}

// Awards returns the exact awards of an elder with missing attributes. Region is [Table.Possible]
// of the elder, and cases are all that may hold. An award is certain when its cases together cover
// the region. For each measure, it promises the best that the cases promise over the whole region.
// UpTo says the most that they promise anywhere in it.
func (t *Table) Awards(region []box.Box, cases []Case) []decide.Award {
	cases = slices.DeleteFunc(slices.Clone(cases), func(c Case) bool {
		return !slices.ContainsFunc(region, c.Box.Meets)
	})
	awards := decide.Awards(t.Layers, Held(cases))
	for i := range awards {
		a := &awards[i]
		of := slices.DeleteFunc(slices.Clone(cases), func(c Case) bool {
			return c.Grant.Service != a.Service || c.Grant.Discretionary != a.Discretionary
		})
		single := t.WithRaised(unlinked(of, a.Linked))
		a.Promises, a.Bundles, a.UpTo = nil, nil, t.most(region, single)
		if a.Certain = box.Covered(region, Boxes(of), t.All); a.Certain {
			a.Promises, a.UpTo = t.certainPromises(region, single, a.UpTo)
			a.Layer, a.Applied = t.certainLayer(region, of)
		}
		t.addBundles(a, region, of)
	}
	return awards
}

// WithRaised adds cases for the elders of whom two cases hold and one may exceed the exact amount
// of the other. They promise that amount or more.
func (t *Table) WithRaised(cases []Case) []Case {
	all := slices.Clip(cases)
	for _, c := range cases {
		for measure, p := range c.Grant.Measures {
			for _, region := range t.raising(c, measure, cases) {
				with := c
				with.Box, with.Grant.Measures = region, map[string]policy.Promise{measure: p.OrBetter()}
				all = append(all, with)
			}
		}
	}
	return all
}

// Raise reports whether one of some cases may exceed the exact amount of another.
func Raise(cases []Case) bool {
	return slices.ContainsFunc(cases, func(c Case) bool {
		for measure := range c.Grant.Measures {
			if slices.ContainsFunc(cases, func(by Case) bool { return c.held().RaisedBy(by.held(), measure) }) {
				return true
			}
		}
		return false
	})
}

// raising returns where other cases may exceed the exact amount that a case promises.
func (t *Table) raising(c Case, measure string, cases []Case) []box.Box {
	var region []box.Box
	for _, by := range cases {
		if !c.held().RaisedBy(by.held(), measure) {
			continue
		}
		both, some := c.Box.Intersect(by.Box)
		if !some {
			continue
		}
		filling := slices.DeleteFunc(slices.Clone(cases), func(f Case) bool { return !f.held().Fills(by.held(), measure) })
		region = append(region, box.Subtract([]box.Box{both}, Boxes(filling), t.All)...)
	}
	return region
}

// most returns the most that is promised anywhere in the region, by measure. Where several cases
// hold, the best of them is promised. A ceiling does not show beside a promised amount. What is
// more than a floor or an open amount of others is as much or better: these may turn out better
// still.
func (t *Table) most(region []box.Box, cases []Case) map[string]policy.Promise {
	most := map[string]policy.Promise{}
	for _, c := range cases {
		for measure, p := range c.Grant.Measures {
			p.List = t.Layers[c.Layer].List.Jurisdiction.ID
			if q, ok := most[measure]; (!ok || p.Exceeds(q)) && t.shows(region, c, measure, cases) {
				most[measure] = p
			}
		}
	}
	for measure, p := range most {
		rises := func(c Case) bool {
			q, ok := c.Grant.Measures[measure]
			return ok && q.MayRise() && t.shows(region, c, measure, cases)
		}
		if !p.MayRise() && slices.ContainsFunc(cases, rises) {
			most[measure] = p.OrBetter()
		}
	}
	return most
}

// shows reports whether a case promises the best of a measure somewhere in the region.
func (t *Table) shows(region []box.Box, c Case, measure string, cases []Case) bool {
	var here, better []box.Box
	for _, r := range region {
		if b, some := r.Intersect(c.Box); some {
			here = append(here, b)
		}
	}
	for _, d := range cases {
		if q, ok := d.Grant.Measures[measure]; ok && q.Compare(c.Grant.Measures[measure]) > 0 {
			better = append(better, d.Box)
		}
	}
	return !box.Covered(here, better, t.All)
}

// certainLayer returns the nearest layer whose cases, together with those of nearer layers, cover
// the region. All cases together must cover it.
func (t *Table) certainLayer(region []box.Box, cases []Case) (int, layer.Applied) {
	for n := 0; ; n++ {
		nearer := slices.DeleteFunc(slices.Clone(cases), func(c Case) bool { return c.Layer > n })
		if box.Covered(region, Boxes(nearer), t.All) {
			i := slices.IndexFunc(nearer, func(c Case) bool { return c.Layer == n })
			return n, nearer[i].Applied
		}
	}
}

// certainPromises splits the promises of cases that cover the region. The certain part is the best
// of each measure that they promise over the whole region. The other part is what the most that
// they promise anywhere would add or raise.
func (t *Table) certainPromises(region []box.Box, cases []Case, anywhere map[string]policy.Promise) (certain, upTo map[string]policy.Promise) {
	certain = map[string]policy.Promise{}
	for measure, most := range anywhere {
		sure, found := t.certainPromise(region, cases, measure)
		if found {
			certain[measure] = sure
		}
		if !found || most.Exceeds(sure) {
			if upTo == nil {
				upTo = map[string]policy.Promise{}
			}
			upTo[measure] = most
		}
	}
	return certain, upTo
}

// certainPromise returns the best promise of a measure such that the cases that promise as much
// cover the region.
func (t *Table) certainPromise(region []box.Box, cases []Case, measure string) (policy.Promise, bool) {
	var promised []Case
	for _, c := range cases {
		if _, ok := c.Grant.Measures[measure]; ok {
			promised = append(promised, c)
		}
	}
	slices.SortStableFunc(promised, func(a, b Case) int { return b.Grant.Measures[measure].Compare(a.Grant.Measures[measure]) })
	left := region
	for _, c := range promised {
		if left = box.Subtract(left, []box.Box{c.Box}, t.All); len(left) == 0 {
			p := c.Grant.Measures[measure]
			p.List = t.Layers[c.Layer].List.Jurisdiction.ID
			return p, true
		}
	}
	return policy.Promise{}, false
}

// Boxes returns the boxes of cases.
func Boxes(cases []Case) []box.Box {
	out := make([]box.Box, len(cases))
	for i, c := range cases {
		out[i] = c.Box
	}
	return out
}
