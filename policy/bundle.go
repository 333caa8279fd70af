package policy

import "slices"

// Bundle is what one grant promises of measures that are linked, by measure.
type Bundle map[string]Promise

// BundleOf returns what promises say of linked measures. It returns nil when they say nothing of
// them.
func BundleOf(promises map[string]Promise, linked []string) Bundle {
	var b Bundle
	for _, measure := range linked {
		if p, ok := promises[measure]; ok {
			if b == nil {
				b = Bundle{}
			}
			b[measure] = p
		}
	}
	return b
}

// Every reports whether b has every measure of c and the function holds returns true for each pair
// of promises.
func (b Bundle) Every(c Bundle, as func(p, q Promise) bool) bool {
	for measure, q := range c {
		if p, ok := b[measure]; !ok || !as(p, q) {
			return false
		}
	}
	return true
}

// AtLeast reports whether b is at least as good as c in each measure of c, by [Promise.Compare].
func (b Bundle) AtLeast(c Bundle) bool {
	return b.Every(c, func(p, q Promise) bool { return p.Compare(q) >= 0 })
}

// Outdoes reports whether c could bring nothing more than b: b has every measure of c, and no
// promise of c exceeds that of b.
func (b Bundle) Outdoes(c Bundle) bool {
	return b.Every(c, func(p, q Promise) bool { return !q.Exceeds(p) })
}

// Meet returns what both b and c promise: the lesser promise of each measure that both have.
func (b Bundle) Meet(c Bundle) Bundle {
	least := Bundle{}
	for measure, p := range b {
		q, ok := c[measure]
		switch {
		case !ok:
		case q.Compare(p) < 0:
			least[measure] = q
		default:
			least[measure] = p
		}
	}
	return least
}

// Best returns the bundles that no other bundle makes needless. Of bundles that make each other
// needless it keeps the first. The result is sorted by the first linked measure, then by the next,
// best first; a bundle that lacks a measure comes last. Empty bundles are left out.
func Best(bundles []Bundle, linked []string, needless func(by, b Bundle) bool) []Bundle {
	var best []Bundle
	for _, b := range bundles {
		if len(b) == 0 || slices.ContainsFunc(best, func(c Bundle) bool { return needless(c, b) }) {
			continue
		}
		best = slices.DeleteFunc(best, func(c Bundle) bool { return needless(b, c) })
		best = append(best, b)
	}
	slices.SortStableFunc(best, func(b, c Bundle) int { return c.order(b, linked) })
	return best
}

// order compares bundles measure by measure; the first difference decides.
func (b Bundle) order(c Bundle, linked []string) int {
	for _, measure := range linked {
		p, has := b[measure]
		q, had := c[measure]
		order := boolInt(has) - boolInt(had)
		if has && had {
			order = p.Compare(q)
		}
		if order != 0 {
			return order
		}
	}
	return 0
}
