package check

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/internal/union"
)

// linking holds which measures of a service are linked: by either side, and by the parent. Measures
// that only the child links belong together in what the child promises. Of each of these measures
// the parent's residents have the best.
type linking struct {
	service       string
	either, above []string
}

func (c *checker) linking(service string) linking {
	l := linking{service: service, above: layer.Linked(c.parent.Table.Layers[:c.layers(c.parent)], service)}
	below := layer.Linked(c.child.Table.Layers[:c.layers(c.child)], service)
	l.either = union.Of(l.above, below)
	return l
}

// measure returns how a finding names the linked measures.
func (l linking) measure() string { return strings.Join(l.either, "+") }

// bundled is what one grant promises of linked measures. It can also be what several grants of the
// parent promise together, when the parent does not link their measures.
type bundled struct {
	policy.Bundle
	box   box.Box
	cases []table.Case
}

// bundles returns what each of the cases promises of measures.
func bundles(cases []table.Case, linked []string) []bundled {
	var all []bundled
	for _, k := range cases {
		if b := policy.BundleOf(k.Grant.Measures, linked); b != nil {
			all = append(all, bundled{b, k.Box, []table.Case{k}})
		}
	}
	return all
}

// owed returns the bundles that the parent's cases make together: each bundle of measures that the
// parent links, combined with every choice of the measures that it does not link.
func (l linking) owed(cases []table.Case) []bundled {
	all := append(bundles(cases, l.above), bundled{Bundle: policy.Bundle{}})
	for _, measure := range l.either {
		if slices.Contains(l.above, measure) {
			continue
		}
		for _, with := range bundles(cases, []string{measure}) {
			for _, b := range all {
				if both, some := b.box.Intersect(with.box); some && b.lacks(measure) {
					all = append(all, bundled{b.with(with.Bundle), both, slices.Concat(b.cases, with.cases)})
				}
			}
		}
	}
	return slices.DeleteFunc(all, func(b bundled) bool { return len(b.Bundle) == 0 })
}

func (b bundled) lacks(measure string) bool {
	_, has := b.Bundle[measure]
	return !has
}

func (b bundled) with(more policy.Bundle) policy.Bundle {
	both := maps.Clone(b.Bundle)
	maps.Copy(both, more)
	return both
}

// covers reports whether b promises all that c does, each measure at least as well. If two open
// amounts cannot be compared, neither is the better one.
func covers(b, c policy.Bundle) bool {
	return b.Every(c, func(p, q policy.Promise) bool {
		if p.Open() && q.Open() {
			return p.Meets(q)
		}
		return p.Compare(q) >= 0 || sameNumber(&p, &q)
	})
}

func sameBundle(b, c policy.Bundle) bool { return covers(b, c) && covers(c, b) }

// sameBundles reports whether two lists hold the same bundles, in any order.
func sameBundles(a, b []policy.Bundle) bool {
	among := func(all []policy.Bundle) func(policy.Bundle) bool {
		return func(b policy.Bundle) bool {
			return !slices.ContainsFunc(all, func(c policy.Bundle) bool { return sameBundle(b, c) })
		}
	}
	return !slices.ContainsFunc(a, among(b)) && !slices.ContainsFunc(b, among(a))
}

// lessens returns the loss of a bundle when others are had instead. The loss is one of an open
// amount when one of the others falls short only because it leaves an amount open.
func (c *checker) lessens(l linking, want policy.Bundle, have []policy.Bundle) loss {
	lost := loss{kind: Lower, service: l.service, measure: l.measure(), wantBundle: want, haveBundles: have}
	leavesOpen := func(p, q policy.Promise) bool { return p.Open() && !q.Open() || c.meets(p, q) }
	if slices.ContainsFunc(have, func(b policy.Bundle) bool { return b.Every(want, leavesOpen) }) {
		lost.kind = Open
	}
	return lost
}

// lostBundles returns the ways in which an elder who is owed some rules' promises, and has others,
// loses of linked measures. There is one for each of the best bundles owed that no bundle meets as
// a whole.
func (c *checker) lostBundles(l linking, owed, has []decide.Held) []loss {
	var have, wanted []policy.Bundle
	for _, b := range bundles(casesOf(has), l.either) {
		have = append(have, b.Bundle)
	}
	for _, b := range l.owed(casesOf(owed)) {
		wanted = append(wanted, b.Bundle)
	}
	var all []loss
	for _, want := range policy.Best(wanted, l.either, covers) {
		if !slices.ContainsFunc(have, func(b policy.Bundle) bool { return b.Every(want, c.meets) }) {
			all = append(all, c.lessens(l, want, policy.Best(have, l.either, covers)))
		}
	}
	return all
}

// casesOf returns the rules that hold as cases that apply to everybody.
func casesOf(held []decide.Held) []table.Case {
	cases := make([]table.Case, len(held))
	for i, h := range held {
		cases[i].Grant = h.Grant
	}
	return cases
}

// loweredBundles returns the regions in which the child grants the service, but none of its bundles
// meets one of the parent's best. There is one for each bundle that is wanted and each that is had
// instead.
func (c *checker) loweredBundles(l linking, upper, lower []table.Case) []lostRegion {
	if len(l.either) == 0 {
		return nil
	}
	owed, given := l.owed(upper), bundles(lower, l.either)
	var all []lostRegion
	for _, want := range distinctBundles(owed, l.either) {
		var wanted, away []box.Box
		var by []table.Case
		for _, b := range owed {
			switch {
			case sameBundle(b.Bundle, want):
				wanted, by = append(wanted, b.box), append(by, b.cases...)
			case covers(b.Bundle, want):
				away = append(away, b.box)
			}
		}
		for _, b := range given {
			if b.Every(want, c.meets) {
				away = append(away, b.box)
			}
		}
		region := within(c.subtract(wanted, away), table.Boxes(lower), c.space.Values)
		all = append(all, c.partedBundles(l, want, region, given, by)...)
	}
	slices.SortStableFunc(all, func(a, b lostRegion) int { return cmp.Compare(a.kind, b.kind) }) // lower before open
	return all
}

// distinctBundles returns the distinct bundles among some, in their order.
func distinctBundles(of []bundled, linked []string) []policy.Bundle {
	all := make([]policy.Bundle, len(of))
	for i, b := range of {
		all[i] = b.Bundle
	}
	return policy.Best(all, linked, sameBundle)
}

// partedBundles splits a region in which a bundle is lost, by the best of the bundles that are had
// there instead.
func (c *checker) partedBundles(l linking, want policy.Bundle, region []box.Box, given []bundled, by []table.Case) []lostRegion {
	type part struct {
		have   []policy.Bundle
		region []box.Box
	}
	parts := []part{{nil, region}}
	for _, b := range distinctBundles(given, l.either) {
		var boxes []box.Box
		for _, g := range given {
			if sameBundle(g.Bundle, b) {
				boxes = append(boxes, g.box)
			}
		}
		var next []part
		for _, p := range parts {
			with := policy.Best(append(slices.Clip(p.have), b), l.either, covers)
			next = append(next, part{with, within(p.region, boxes, c.space.Values)}, part{p.have, box.Subtract(p.region, boxes, c.space.Values)})
		}
		parts = slices.DeleteFunc(next, func(p part) bool { return len(p.region) == 0 })
	}
	var all []lostRegion
	for _, p := range parts {
		lost := c.lessens(l, want, p.have)
		i := slices.IndexFunc(all, func(r lostRegion) bool { return r.same(lost) })
		if i < 0 {
			i = len(all)
			all = append(all, lostRegion{loss: lost, by: by})
		}
		all[i].region = append(all[i].region, p.region...)
	}
	return all
}

// partly reports whether a rule that holds promises at least as much of one of the measures that
// are lost together.
func (l loss) partly(h decide.Held) bool {
	for measure, want := range l.wantBundle {
		if p, ok := h.Grant.Measures[measure]; ok && sameNumber(&p, &want) {
			return true
		}
	}
	return false
}
