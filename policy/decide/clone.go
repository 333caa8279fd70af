package decide

import (
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// Clone is a decision that shares nothing with d that can be changed.
func (d *Decision) Clone() *Decision {
	c := *d
	c.Entitled = cloneEach(d.Entitled, Entitlement.clone)
	c.Possible = cloneEach(d.Possible, Possibility.clone)
	c.Discretionary = cloneEach(d.Discretionary, Entitlement.clone)
	c.MonthlyCNY.Open = slices.Clone(d.MonthlyCNY.Open)
	c.MonthlyCNY.NotAdded = cloneEach(d.MonthlyCNY.NotAdded, func(n NotAdded) NotAdded {
		n.Cite = slices.Clone(n.Cite)
		return n
	})
	return &c
}

func (e Entitlement) clone() Entitlement {
	e.Promises, e.UpTo = clonePromises(e.Promises), clonePromises(e.UpTo)
	e.Needs, e.Cite = slices.Clone(e.Needs), slices.Clone(e.Cite)
	return e
}

func (p Possibility) clone() Possibility {
	p.UpTo = clonePromises(p.UpTo)
	p.Needs, p.Cite = slices.Clone(p.Needs), slices.Clone(p.Cite)
	p.SettledBy = cloneEach(p.SettledBy, slices.Clone[[]string])
	return p
}

func clonePromises(all map[string]policy.Promise) map[string]policy.Promise {
	c := maps.Clone(all)
	for measure, p := range c {
		if p.Value != nil {
			value := *p.Value
			p.Value = &value
		}
		p.Parameters = slices.Clone(p.Parameters)
		c[measure] = p
	}
	return c
}

// cloneEach is a slice of clones, nil for nil.
func cloneEach[T any](all []T, clone func(T) T) []T {
	c := slices.Clone(all)
	for i := range c {
		c[i] = clone(c[i])
	}
	return c
}
