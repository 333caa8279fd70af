package decide

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// Undenied are the rules that hold but for what others deny: who has one service by a rule of the same layer or of one above does not get
// what an exclusion says. Held must have all that hold of the services that may deny some of it.
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

// denial finds what is left of rules that hold. Exclusions make no cycle.
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

// has reports whether a service is had by a rule of a layer or of one above.
func (d *denial) has(layer int, service string) bool {
	for i, h := range d.held {
		if h.Layer >= layer && h.Grant.Service == service && !h.Grant.Discretionary && d.isLeft(i) {
			return true
		}
	}
	return false
}
