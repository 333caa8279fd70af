package sql

import (
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/diagram"
)

// bounded is a decision diagram that is made and walked within a budget.
type bounded struct {
	*budget
	*diagram.Diagram
}

// build makes the diagram of what an answer depends on. See [diagram.Build].
func build(limit *budget, space *elder.Space, axes []int, conditions []diagram.Condition, ask func(elder.Cells) (int, error)) (*bounded, error) {
	d, err := diagram.Build(space, axes, conditions, ask, func(conditions int) error {
		limit.taken.nodes++
		if limit.step(conditions) {
			return limit.wrong
		}
		return nil
	})
	return &bounded{limit, d}, err
}

// paths calls yield for boxes that part the elders who come to a leaf, until it returns false or
// the budget is spent: then paths returns false.
func (d *bounded) paths(leaf int, yield func(box.Box) bool) bool {
	var walk func(n *diagram.Node, of box.Box) bool
	walk = func(n *diagram.Node, of box.Box) bool {
		if d.step(1) {
			return false
		}
		if len(n.Branches) == 0 {
			return n.Leaf != leaf || yield(of)
		}
		for _, x := range n.Branches {
			with, _ := of.With(n.Axis, x.Cells)
			if !walk(x.To, with) {
				return false
			}
		}
		return true
	}
	return walk(d.Root, nil)
}

// within reports whether all elders of a box come to leaves that are allowed. It reports false
// where the budget is spent.
func (d *bounded) within(b box.Box, allowed func(leaf int) bool) bool {
	seen := make([]bool, len(d.Nodes))
	var walk func(n *diagram.Node) bool
	walk = func(n *diagram.Node) bool {
		if seen[n.Number] {
			return true
		}
		seen[n.Number] = true
		if d.step(1) {
			return false
		}
		if len(n.Branches) == 0 {
			return allowed(n.Leaf)
		}
		side, constrained := b.Side(n.Axis)
		for _, x := range n.Branches {
			if constrained && side.And(x.Cells).Empty() {
				continue
			}
			if !walk(x.To) {
				return false
			}
		}
		return true
	}
	return walk(d.Root)
}
