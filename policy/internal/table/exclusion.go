package table

import (
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

// Denied is a case as its rule states it, when an exclusion denies it to some elders or to all.
type Denied struct {
	Case
	By   *policy.Exclusion
	Whom []box.Box // as far as boxes tell: they may hold none who can exist
}

// exclude removes from the cases the elders who have a service that denies them. A rule becomes
// opaque when a rule that denies it is opaque.
func (t *Table) exclude() {
	x := exclusion{table: t, done: map[settled]bool{}, cases: t.Cases}
	t.Cases = nil
	for i := range slices.Backward(t.Layers) {
		for _, a := range t.Layers[i].Rules {
			x.settle(i, a.Service.ID)
		}
	}
	for i, l := range t.Layers { // in the order of before
		for _, a := range l.Rules {
			for _, c := range x.left {
				if c.Layer == i && c.Rule == a.Rule {
					t.Cases = append(t.Cases, c)
				}
			}
		}
	}
}

// exclusion does the work of [Table.exclude]. It settles services layer by layer from the top, and
// within a layer those that deny others first.
type exclusion struct {
	table *Table
	cases []Case // as the rules state them
	left  []Case // cases of the services that are settled
	done  map[settled]bool
}

// settled is a service in a layer.
type settled struct {
	layer   int
	service string
}

// settle finds what remains of a service in a layer.
func (x *exclusion) settle(layer int, service string) {
	key := settled{layer, service}
	if x.done[key] {
		return
	}
	x.done[key] = true
	for _, a := range x.table.Layers[layer].Rules {
		if a.Service.ID != service {
			continue
		}
		opaque := -1
		for _, e := range a.Exclusions {
			x.settle(layer, e.Has)
			opaque = max(opaque, x.opaque(layer, e))
		}
		if opaque >= 0 {
			x.obscure(layer, a.Rule, x.table.Opaque[opaque])
			continue
		}
		for _, c := range x.cases {
			if c.Layer == layer && c.Rule == a.Rule {
				x.left = append(x.left, x.of(c)...)
			}
		}
	}
}

// opaque returns the place, among the opaque rules, of one that gives a service which denies others
// in a layer. It returns -1 when there is none.
func (x *exclusion) opaque(layer int, e *policy.Exclusion) int {
	return slices.IndexFunc(x.table.Opaque, func(o Opaque) bool {
		return o.Layer >= layer && o.Applied.Service.ID == e.Has && !o.Applied.Discretionary
	})
}

// obscure makes a rule opaque because of another, unless it is opaque itself.
func (x *exclusion) obscure(layer int, rule *rules.Rule, by Opaque) {
	t := x.table
	if slices.ContainsFunc(t.Opaque, func(o Opaque) bool { return o.Layer == layer && o.Applied.Rule == rule }) {
		return
	}
	for _, a := range t.Layers[layer].Rules {
		if a.Rule == rule {
			reason := fmt.Sprintf("it is denied to anybody who has %s, and a rule of that service is opaque: %s", by.Applied.Service.ID, by.Reason)
			t.Opaque = append(t.Opaque, Opaque{Layer: layer, Applied: a, Opacity: rules.Opacity{Reason: reason, Expression: by.Expression, Pos: by.Pos}})
		}
	}
}

// of returns what remains of a case.
func (x *exclusion) of(c Case) []Case {
	region := []box.Box{c.Box}
	for _, e := range c.Applied.Exclusions {
		var whom []box.Box
		for _, d := range x.left {
			if d.Layer < c.Layer || d.Grant.Service != e.Has || d.Grant.Discretionary {
				continue
			}
			if both, some := d.Box.Intersect(c.Box); some {
				whom = append(whom, both)
			}
		}
		if whom != nil {
			x.table.Denied = append(x.table.Denied, Denied{c, e, whom})
			region = box.Subtract(region, whom, x.table.All)
		}
	}
	left := make([]Case, len(region))
	for i, b := range region {
		left[i] = c
		left[i].Box = b
	}
	return left
}
