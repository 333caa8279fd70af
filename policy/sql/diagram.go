package sql

import (
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/diagram"
)

// bounded is a decision diagram that is made and walked within a budget.
type bounded struct {
	*budget
	*diagram.Diagram
	space *elder.Space
	axes  []int // in the order in which the diagram asks for them
}

// build makes the diagram of what an answer depends on. See [diagram.Build].
func build(limit *budget, space *elder.Space, axes []int, conditions []diagram.Condition, ask func(elder.Cells) (int, error)) (*bounded, error) {
	axes = diagram.Order(axes, conditions)
	d, err := diagram.Build(space, axes, conditions, ask, func(conditions int) error {
		limit.taken.nodes++
		if limit.step(conditions) {
			return limit.wrong
		}
		return nil
	})
	return &bounded{limit, d, space, axes}, err
}

// search looks for elders who come to a leaf and lie in none of some boxes. What was searched
// without finding any is not searched again.
type search struct {
	*bounded
	leaf     int
	boxes    []box.Box
	last     []int // the place of the last attribute of each box
	searched map[string]bool
}

// uncovered returns a box of elders who come to a leaf and lie in none of some boxes. It returns
// false when there are none, and when the budget is spent.
func (d *bounded) uncovered(leaf int, boxes []box.Box) (box.Box, bool) {
	s := &search{bounded: d, leaf: leaf, boxes: boxes, last: make([]int, len(boxes)), searched: map[string]bool{}}
	alive := make([]byte, len(boxes))
	for i, b := range boxes {
		alive[i], s.last[i] = 1, -1
		for place, axis := range d.axes {
			if _, constrained := b.Side(axis); constrained {
				s.last[i] = place
			}
		}
	}
	return s.from(d.Root, 0, alive, nil)
}

// from searches from a node and the place of an attribute on. The boxes that agree with the path so
// far are alive: 1, not 0.
func (s *search) from(n *diagram.Node, place int, alive []byte, path box.Box) (box.Box, bool) {
	for place < len(s.axes) && n.Axis != s.axes[place] && !s.constrained(s.axes[place], alive) {
		place++
	}
	for i := range s.boxes {
		if alive[i] == 1 && s.last[i] < place {
			return nil, false
		}
	}
	if len(n.Branches) == 0 && n.Leaf != s.leaf {
		return nil, false
	}
	if place == len(s.axes) {
		return path, true
	}
	key := fmt.Sprint(n.Number, place) + string(alive)
	if s.searched[key] || s.step(1) {
		return nil, false
	}
	s.searched[key] = true
	branches := n.Branches
	if n.Axis != s.axes[place] {
		branches = []diagram.Branch{{Cells: s.space.All(s.axes[place]), To: n}}
	}
	for _, x := range branches {
		for _, cells := range s.parts(x.Cells, s.axes[place], alive) {
			with, _ := path.With(s.axes[place], cells)
			if found, ok := s.from(x.To, place+1, s.agreeing(cells, s.axes[place], alive), with); ok {
				return found, true
			}
		}
	}
	return nil, false
}

// constrained reports whether a box that is alive constrains an attribute.
func (s *search) constrained(axis int, alive []byte) bool {
	for i, b := range s.boxes {
		if _, constrained := b.Side(axis); alive[i] == 1 && constrained {
			return true
		}
	}
	return false
}

// parts returns cells of an attribute in parts that each box alive has all or nothing of.
func (s *search) parts(cells box.Set, axis int, alive []byte) []box.Set {
	parts := []box.Set{cells}
	for i, b := range s.boxes {
		side, constrained := b.Side(axis)
		if alive[i] == 0 || !constrained {
			continue
		}
		var split []box.Set
		for _, p := range parts {
			for _, half := range []box.Set{p.And(side), p.Minus(side)} {
				if !half.Empty() {
					split = append(split, half)
				}
			}
		}
		parts = split
	}
	return parts
}

// agreeing returns which of the boxes alive have some cells of an attribute.
func (s *search) agreeing(cells box.Set, axis int, alive []byte) []byte {
	agreeing := slices.Clone(alive)
	for i, b := range s.boxes {
		if side, constrained := b.Side(axis); constrained && side.And(cells).Empty() {
			agreeing[i] = 0
		}
	}
	return agreeing
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
