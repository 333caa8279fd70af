package table

import (
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// unlinked are cases with what they promise of measures that are not linked.
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

// addBundles adds to an award what cases promise of linked measures: what is certain over the region, where all of the award is, and
// what they promise anywhere in it besides.
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

// certainBundles are the best bundles such that the cases that promise as much cover the region. Each is put together of promises of
// the cases.
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

// combined are all ways to put together promises of the measures, or none, those before all that they are at least as good as.
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
	return bundles[:len(bundles)-1] // the last is empty
}

// promisesOf are the different promises of a measure, the best first.
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

// certainBundle returns a bundle as good as another, nil when the cases that promise at least as much do not cover the region. It is that of
// the last case needed, where this promises no more; else of each measure it is the first promise that is equal.
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

// attributed is a bundle with each promise as the first of some cases gives it that gives an equal one.
func attributed(want policy.Bundle, among []bundled) policy.Bundle {
	of := policy.Bundle{}
	for measure, p := range want {
		i := slices.IndexFunc(among, func(b bundled) bool { return b.Bundle[measure].Compare(p) == 0 })
		of[measure] = among[i].Bundle[measure]
	}
	return of
}

// bundlesAnywhere are the bundles of cases that are the best somewhere in the region: where no case that holds promises more.
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
