package table

import (
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// unlinked returns cases with what they promise of measures that are not linked.
func unlinked(cases []Case, linked []string) []Case {
	if len(linked) == 0 {
		return cases
	}
	single := slices.Clone(cases)
	for i := range single {
		single[i].Grant.Measures = decide.Single(single[i].Grant.Measures, linked)
	}
	return single
}

// bundled is a case with what it promises of linked measures.
type bundled struct {
	policy.Bundle
	box.Box
}

// addBundles adds to an award what cases promise of linked measures. If the award is certain
// throughout the region, it adds what is certain there. It also adds what the cases promise
// anywhere in the region beyond that.
func (t *Table) addBundles(a *decide.Award, region []box.Box, cases []Case) {
	var all []bundled
	for _, c := range cases {
		b := policy.BundleOf(c.Grant.Measures, a.Linked)
		for measure, p := range b {
			p.List = t.Layers[c.Layer].List.Jurisdiction.ID
			b[measure] = p
		}
		if b != nil {
			all = append(all, bundled{b, c.Box})
		}
	}
	var certain []policy.Bundle
	if a.Certain {
		certain = t.certainBundles(region, all, a.Linked)
		a.Keep(certain)
	}
	a.KeepUpTo(t.bundlesAnywhere(region, all), certain)
}

// certainBundles returns the best bundles such that the cases that promise as much cover the
// region. Each is composed of promises of the cases.
func (t *Table) certainBundles(region []box.Box, all []bundled, linked []string) []policy.Bundle {
	var certain []policy.Bundle
	for _, candidate := range combined(all, linked) {
		if slices.ContainsFunc(certain, func(c policy.Bundle) bool { return c.AtLeast(candidate) }) {
			continue
		}
		if b := t.certainBundle(region, all, candidate); b != nil {
			certain = append(certain, b)
		}
	}
	return certain
}

// combined returns all ways to combine promises of the measures, or none of a measure. Each stands
// before all that it is no worse than.
func combined(all []bundled, linked []string) []policy.Bundle {
	bundles := []policy.Bundle{{}}
	for _, measure := range linked {
		var next []policy.Bundle
		for _, b := range bundles {
			for _, p := range promisesOf(all, measure) {
				with := maps.Clone(b)
				with[measure] = p
				next = append(next, with)
			}
			next = append(next, b)
		}
		bundles = next
	}
	return bundles[:len(bundles)-1] // the last one is empty
}

// promisesOf returns the different promises of a measure, the best first.
func promisesOf(all []bundled, measure string) []policy.Promise {
	var promises []policy.Promise
	for _, b := range all {
		if p, ok := b.Bundle[measure]; ok {
			promises = append(promises, p)
		}
	}
	slices.SortStableFunc(promises, func(p, q policy.Promise) int { return q.Compare(p) })
	return slices.CompactFunc(promises, func(p, q policy.Promise) bool { return p.Compare(q) == 0 })
}

// certainBundle returns a bundle as good as another, or nil if the cases that promise at least as
// much do not cover the region. The bundle returned is that of the last case needed, if that
// promises no more. Otherwise each measure has the first promise that is equal.
func (t *Table) certainBundle(region []box.Box, all []bundled, want policy.Bundle) policy.Bundle {
	var better, equal []bundled
	for _, b := range all {
		switch {
		case !b.AtLeast(want):
		case want.AtLeast(b.Bundle):
			equal = append(equal, b)
		default:
			better = append(better, b)
		}
	}
	enough := slices.Concat(better, equal)
	left := region
	for i, b := range enough {
		if left = box.Subtract(left, []box.Box{b.Box}, t.All); len(left) > 0 {
			continue
		}
		if i >= len(better) {
			return b.Bundle
		}
		return attributed(want, enough)
	}
	return nil
}

// attributed returns a bundle in which each promise comes from the first case that gives an equal
// one.
func attributed(want policy.Bundle, among []bundled) policy.Bundle {
	of := policy.Bundle{}
	for measure, p := range want {
		i := slices.IndexFunc(among, func(b bundled) bool { return b.Bundle[measure].Compare(p) == 0 })
		of[measure] = among[i].Bundle[measure]
	}
	return of
}

// bundlesAnywhere returns the bundles of cases that are the best somewhere in the region, where no
// case that holds promises more.
func (t *Table) bundlesAnywhere(region []box.Box, all []bundled) []policy.Bundle {
	var shown []policy.Bundle
	for _, b := range all {
		var here, better []box.Box
		for _, r := range region {
			if both, some := r.Intersect(b.Box); some {
				here = append(here, both)
			}
		}
		for _, c := range all {
			if c.AtLeast(b.Bundle) && !b.AtLeast(c.Bundle) {
				better = append(better, c.Box)
			}
		}
		if !box.Covered(here, better, t.All) {
			shown = append(shown, b.Bundle)
		}
	}
	return shown
}
