package ruleset

import (
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// addBundles adds what single cases promise of linked measures, unless everybody in a case has a
// bundle as good from others.
func (f *Offer) addBundles(t *table.Table, cases []table.Case) {
	var bundles [2][]policy.Bundle // promised at 0, only permitted at 1
	for _, c := range cases {
		b := policy.BundleOf(c.Grant.Measures, f.Linked)
		if b == nil || f.hasBetter(t, c, cases) {
			continue
		}
		if from := t.Layers[c.Layer].List.Jurisdiction.ID; from != f.List {
			for measure, p := range b {
				p.List = from
				b[measure] = p
			}
		}
		of := &bundles[0]
		if c.Grant.Discretionary {
			of = &bundles[1]
		}
		*of = append(*of, b)
	}
	equal := func(a, b policy.Bundle) bool { return a.AtLeast(b) && b.AtLeast(a) }
	f.Bundles, f.DiscretionaryBundles = policy.Best(bundles[0], f.Linked, equal), policy.Best(bundles[1], f.Linked, equal)
}

// hasBetter reports whether everybody to whom a case promises a bundle has a better one from other
// cases, or as good a one from a nearer list.
func (f *Offer) hasBetter(t *table.Table, c table.Case, cases []table.Case) bool {
	bundle := policy.BundleOf(c.Grant.Measures, f.Linked)
	var better []box.Box
	for _, d := range cases {
		other := policy.BundleOf(d.Grant.Measures, f.Linked)
		asGood := other.AtLeast(bundle) && d.Grant.Discretionary == c.Grant.Discretionary
		if asGood && (d.Layer < c.Layer || !bundle.AtLeast(other)) {
			better = append(better, d.Box)
		}
	}
	return box.Covered([]box.Box{c.Box}, better, t.All)
}
