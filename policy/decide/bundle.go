package decide

import (
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// Keep adds bundles of the linked measures: a single one to Promises, several to Bundles.
func (a *Award) Keep(bundles []policy.Bundle) {
	a.Bundles = policy.Best(bundles, a.Linked, policy.Bundle.AtLeast)
	if len(a.Bundles) == 1 {
		maps.Copy(a.Promises, a.Bundles[0])
		a.Bundles = nil
	}
}

// KeepUpTo adds the bundles that missing attributes could bring beside the certain ones. A single
// bundle that is better than all certain ones goes into UpTo, measure by measure. Any others go
// into UpToBundles.
func (a *Award) KeepUpTo(bundles, certain []policy.Bundle) {
	more := slices.DeleteFunc(slices.Clone(bundles), func(b policy.Bundle) bool {
		return slices.ContainsFunc(certain, func(c policy.Bundle) bool { return c.Outdoes(b) })
	})
	more = policy.Best(more, a.Linked, policy.Bundle.Outdoes)
	if len(more) != 1 || slices.ContainsFunc(certain, func(c policy.Bundle) bool { return !more[0].Outdoes(c) }) {
		a.UpToBundles = more
		return
	}
	if a.UpTo == nil {
		a.UpTo = map[string]policy.Promise{}
	}
	for measure, p := range more[0] {
		if q, promised := a.Promises[measure]; !promised || p.Exceeds(q) {
			a.UpTo[measure] = p
		}
	}
}

// CanRise reports whether missing attributes could add to the award or raise it.
func (a *Award) CanRise() bool { return len(a.UpTo) > 0 || len(a.UpToBundles) > 0 }

// bundles returns the bundles of the linked measures that the award promises.
func (a *Award) bundles() []policy.Bundle { return bundles(a.Promises, a.Bundles, a.Linked) }

// bundles returns the bundles of linked measures: a single one from among promises, or several that
// stand beside them.
func bundles(promises map[string]policy.Promise, several []policy.Bundle, linked []string) []policy.Bundle {
	if b := policy.BundleOf(promises, linked); b != nil {
		return []policy.Bundle{b}
	}
	return several
}

// Together returns the bundles of linked measures, even a single one, and those that missing
// attributes could add.
func (g *Granted) Together() (certain, upTo []policy.Bundle) {
	if g == nil {
		return nil, nil
	}
	upTo = bundles(g.UpTo, g.UpToBundles, g.Linked)
	one := policy.BundleOf(g.Promises, g.Linked)
	// those of its measures that could rise
	if higher := policy.BundleOf(g.UpTo, g.Linked); higher != nil && one != nil {
		whole := maps.Clone(one)
		maps.Copy(whole, higher)
		upTo = []policy.Bundle{whole}
	}
	return bundles(g.Promises, g.Bundles, g.Linked), upTo
}

// Together returns the bundles of linked measures that the service could bring.
func (u *Unsettled) Together() []policy.Bundle {
	if u == nil {
		return nil
	}
	return bundles(u.UpTo, u.UpToBundles, u.Linked)
}

// Single returns the promises of measures that are not linked.
func Single(promises map[string]policy.Promise, linked []string) map[string]policy.Promise {
	if len(linked) == 0 {
		return promises
	}
	single := maps.Clone(promises)
	maps.DeleteFunc(single, func(measure string, _ policy.Promise) bool { return slices.Contains(linked, measure) })
	return single
}

// inBoth returns the bundles that two awards both promise: what each pair of theirs has in common.
func (a *Award) inBoth(b Award) []policy.Bundle {
	var both []policy.Bundle
	for _, x := range a.bundles() {
		for _, y := range b.bundles() {
			both = append(both, x.Meet(y))
		}
	}
	return both
}

// foreignBundles returns bundles with List kept only where it is another list's.
func foreignBundles(bundles []policy.Bundle, list string) []policy.Bundle {
	var out []policy.Bundle
	for _, b := range bundles {
		out = append(out, foreign(b, list))
	}
	return out
}
