package rules

import (
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// region is where a clause holds, as far as it is known.
type region struct {
	parts     []part
	dead      []Condition // conditions that no value meets
	unreached []any       // what the head grants in branches left without elders
	fails     []failing   // elders for whom OPA may not be able to evaluate it
	lost      bool        // true when a branch was left without elders
}

// part is a box on the way to a case.
type part struct {
	box        box.Box
	conditions []Condition
	grant      any // what the head grants, once it is known
}

// maxParts is the greatest number of cases of a rule.
const maxParts = 2048

// obstacle says why something is not known exactly, what to write instead, and where.
type obstacle struct {
	reason, remedy string
	at             *ast.Location // nil for the current component
}

// of returns the obstacle with its place, by default that of a component.
func (o *obstacle) of(k *component) *obstacle {
	if o == nil || o.at != nil {
		return o
	}
	return &obstacle{o.reason, o.remedy, k.at}
}

func tooMany() *obstacle {
	return &obstacle{
		reason: fmt.Sprintf("this gives the rule more than %d cases", maxParts),
		remedy: "write fewer alternatives, or split the rule",
	}
}

// narrow keeps of a region what a component holds for.
func (w *work) narrow(r *region, k *component, e *extent) *obstacle {
	before := r.parts
	r.parts = nil
	switch {
	case k.valued:
		if r.unreached = append(r.unreached, e.unreached...); e.asked != nil && len(e.attributes) == 1 {
			r.dead = append(r.dead, Condition{Attribute: e.attributes[0], Pos: position(e.asked)})
		}
		return r.grant(before, k, e.grants)
	case e.inside && k.negated:
		return w.outside(r, before, k, e.away)
	case e.inside:
		r.dead, r.lost = append(r.dead, e.dead...), r.lost || e.lost
		for _, p := range before {
			for _, q := range e.parts {
				if !r.meet(p, q.conditions) {
					return tooMany()
				}
			}
		}
		return nil
	case len(e.holds) == 0 && len(e.attributes) > 0:
		r.dead, r.lost = append(r.dead, Condition{Attribute: e.attributes[0], Pos: position(k.at)}), true
	}
	for _, p := range before {
		for _, b := range e.holds {
			if !r.meet(p, conditionsOf(b, k)) {
				return tooMany()
			}
		}
	}
	return nil
}

// conditionsOf returns the sides of a box as conditions of a component.
func conditionsOf(b box.Box, k *component) []Condition {
	conditions := make([]Condition, len(b))
	for i, side := range b {
		conditions[i] = Condition{Attribute: side.Attribute, Admits: side.Admits, Pos: position(k.at)}
	}
	return conditions
}

// meet adds a part with more conditions, unless they leave nobody. It reports false when there are
// too many parts.
func (r *region) meet(p part, conditions []Condition) bool {
	for _, c := range conditions {
		var some bool
		if p.box, some = p.box.With(c.Attribute, c.Admits); !some {
			r.lost = true
			return true
		}
	}
	p.conditions = slices.Concat(p.conditions, conditions)
	r.parts = append(r.parts, p)
	return len(r.parts) <= maxParts
}

// grant gives each part what the head grants there.
func (r *region) grant(before []part, k *component, grants []granting) *obstacle {
	for _, g := range grants {
		lost := r.lost
		for _, p := range before {
			p.grant = g.value
			for _, b := range g.boxes {
				if !r.meet(p, conditionsOf(b, k)) {
					return tooMany()
				}
			}
		}
		if r.lost {
			r.unreached = append(r.unreached, g.value)
		}
		r.lost = lost
	}
	return nil
}

// outside keeps of each part what is outside boxes.
func (w *work) outside(r *region, before []part, k *component, away []box.Box) *obstacle {
	for _, p := range before {
		left, ok := w.without(p.box, away)
		if !ok {
			return tooMany()
		}
		r.lost = r.lost || len(left) == 0
		for _, b := range left {
			conditions := slices.Concat(p.conditions, added(p.box, b, position(k.at)))
			if r.parts = append(r.parts, part{box: b, conditions: conditions}); len(r.parts) > maxParts {
				return tooMany()
			}
		}
	}
	return nil
}

// without returns what is left of a box when others are taken away. It returns false when that is
// too many boxes.
func (w *work) without(b box.Box, away []box.Box) ([]box.Box, bool) {
	left := []box.Box{b}
	for _, c := range away {
		if left = box.Subtract(left, []box.Box{c}, w.rd.space.All); len(left) > maxParts {
			return nil, false
		}
	}
	return left, true
}

// added returns the conditions by which a box is narrower than another.
func added(wide, narrow box.Box, pos policy.Position) []Condition {
	var conditions []Condition
	for _, side := range narrow {
		if before, constrained := wide.Side(side.Attribute); !constrained || before != side.Admits {
			conditions = append(conditions, Condition{Attribute: side.Attribute, Admits: side.Admits, Pos: pos})
		}
	}
	return conditions
}
