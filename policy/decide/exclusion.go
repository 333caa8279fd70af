package decide

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// Undenied returns the rules that hold and that no exclusion denies. An exclusion denies a service
// to anyone who has another one by a rule of the same layer or one above. Held must contain all
// rules that hold for the services that may deny some of it.
func Undenied(held []Held) []Held {
	if !slices.ContainsFunc(held, func(h Held) bool { return len(h.Applied.Exclusions) > 0 }) {
		return held
	}
	d := denial{held: held, counts: make([]bool, len(held)), known: make([]bool, len(held))}
	var left []Held
	for i, h := range held {
		if d.isLeft(i) {
			left = append(left, h)
		}
	}
	return left
}

// denial finds which rules remain of those that hold. Exclusions make no cycle.
type denial struct {
	held          []Held
	counts, known []bool
}

// isLeft reports whether nothing denies what the i-th rule grants.
func (d *denial) isLeft(i int) bool {
	if !d.known[i] {
		d.known[i] = true
		d.counts[i] = !slices.ContainsFunc(d.held[i].Applied.Exclusions, func(e *policy.Exclusion) bool {
			return d.has(d.held[i].Layer, e.Has)
		})
	}
	return d.counts[i]
}

// has reports whether a rule of a layer, or of one above, gives a service.
func (d *denial) has(layer int, service string) bool {
	for i, h := range d.held {
		if h.Layer >= layer && h.Grant.Service == service && !h.Grant.Discretionary && d.isLeft(i) {
			return true
		}
	}
	return false
}
