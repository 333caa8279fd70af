package sql

import (
	"encoding/binary"
	"fmt"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// diagram says which leaf everything that may be given of an elder leads to. Missing attributes are
// cells like others. It asks for one attribute after another. Parts that are the same from some
// attribute on share one node, so it is small where the combinations of cells are many.
type diagram struct {
	*budget
	root  *node
	nodes []*node
}

// node asks for an attribute, or is a leaf.
type node struct {
	number   int // in the diagram
	axis     int
	branches []branch // of which each cell of the axis takes one; none of a leaf
	leaf     int
}

// branch is what some cells of an attribute lead to.
type branch struct {
	cells box.Set
	to    *node
}

// condition is a box that a leaf depends on. If it is only for elders of whom an attribute is
// missing, it names that attribute.
type condition struct {
	box.Box
	missing int // -1 for none
}

// conditionsOf returns the boxes that an answer over the elders of a projection depends on: the
// cases, the elders who cannot exist and, for each attribute that is asked only of some, the box in
// which it stays missing of all others.
func conditionsOf(space *elder.Space, p *table.Projection) []condition {
	var all []condition
	for _, b := range table.Boxes(p.Cases) {
		all = append(all, condition{b, -1})
	}
	for _, b := range p.Impossible() {
		all = append(all, condition{b, -1})
	}
	for _, i := range p.Attributes() {
		axis := &space.Axes[i]
		if axis.AskedOf < 0 {
			continue
		}
		b, _ := box.Box{}.With(axis.AskedOf, space.All(axis.AskedOf).Minus(box.SetOf(axis.AskedCells...)))
		b, _ = b.With(i, space.All(i).Minus(box.SetOf(elder.Absent)))
		all = append(all, condition{b, i})
	}
	return all
}

// builder makes a diagram.
type builder struct {
	diagram
	space      *elder.Space
	axes       []int
	conditions []condition
	ask        func(c elder.Cells) (int, error) // the leaf of an elder
	reached    map[string]*node                 // by what is left to tell
	same       map[string]*node                 // by branches
}

// build makes the diagram of what an answer depends on. Elders have the same answer if they meet
// the same conditions and lack the same attributes that these read. So only one of them is asked
// about.
func build(limit *budget, space *elder.Space, axes []int, conditions []condition, ask func(elder.Cells) (int, error)) (*diagram, error) {
	b := &builder{diagram: diagram{budget: limit}, space: space, axes: axes, conditions: conditions, ask: ask, reached: map[string]*node{}, same: map[string]*node{}}
	alive := make([]bool, len(conditions))
	for i := range alive {
		alive[i] = true
	}
	root, err := b.node(0, elder.Cells{}, alive)
	if err != nil {
		return nil, err
	}
	b.root = root
	return &b.diagram, nil
}

// node returns the node for elders of whom the first attributes are known as in c. The alive
// conditions are those that these attributes leave open.
func (b *builder) node(depth int, c elder.Cells, alive []bool) (*node, error) {
	key := b.key(depth, &c, alive)
	if known := b.reached[key]; known != nil {
		return known, nil
	}
	b.taken.nodes++
	if b.step(len(alive)) {
		return nil, b.wrong
	}
	var n *node
	var err error
	if depth == len(b.axes) {
		n, err = b.leaf(c)
	} else {
		n, err = b.branch(depth, c, alive)
	}
	b.reached[key] = n
	return n, err
}

// key returns a text by which nodes are told apart: the conditions left open, and the missing
// attributes that they read.
func (b *builder) key(depth int, c *elder.Cells, alive []bool) string {
	key := make([]byte, 1+(len(alive)+7)/8, 1+(len(alive)+7)/8+8)
	key[0] = byte(depth)
	var missing uint64
	for i, x := range b.conditions {
		if !alive[i] {
			continue
		}
		key[1+i/8] |= 1 << (i % 8)
		for _, side := range x.Box {
			if b.isMissing(side.Attribute, depth, c) {
				missing |= 1 << side.Attribute
			}
		}
	}
	return string(binary.LittleEndian.AppendUint64(key, missing))
}

func (b *builder) isMissing(axis, depth int, c *elder.Cells) bool {
	for _, a := range b.axes[:depth] {
		if a == axis {
			return c[axis] == elder.Absent
		}
	}
	return false
}

func (b *builder) leaf(c elder.Cells) (*node, error) {
	leaf, err := b.ask(c)
	if err != nil {
		return nil, err
	}
	return b.add(&node{leaf: leaf, axis: -1}), nil
}

// branch asks for the next attribute. If that makes no difference, it returns the node that
// follows.
func (b *builder) branch(depth int, c elder.Cells, alive []bool) (*node, error) {
	n := &node{axis: b.axes[depth]}
	for cell := range b.space.Axes[n.axis].Cells() {
		c[n.axis] = uint8(cell)
		to, err := b.node(depth+1, c, b.left(n.axis, uint8(cell), alive))
		if err != nil {
			return nil, err
		}
		n.lead(uint8(cell), to)
	}
	if len(n.branches) == 1 {
		return n.branches[0].to, nil
	}
	return b.add(n), nil
}

// lead leads a cell to a node.
func (n *node) lead(cell uint8, to *node) {
	for i := range n.branches {
		if n.branches[i].to == to {
			n.branches[i].cells.Add(cell)
			return
		}
	}
	n.branches = append(n.branches, branch{box.SetOf(cell), to})
}

// left returns the conditions that a cell of an attribute leaves open.
func (b *builder) left(axis int, cell uint8, alive []bool) []bool {
	left := make([]bool, len(alive))
	for i, x := range b.conditions {
		left[i] = alive[i]
		if cell == elder.Absent {
			continue
		}
		if side, constrained := x.Side(axis); constrained && !side.Has(cell) || x.missing == axis {
			left[i] = false
		}
	}
	return left
}

// add adds a node, or returns the one that is like it.
func (b *builder) add(n *node) *node {
	key := fmt.Sprint(n.axis, n.leaf)
	for _, x := range n.branches {
		key += fmt.Sprint(" ", x.cells, x.to.number)
	}
	if known := b.same[key]; known != nil {
		return known
	}
	n.number = len(b.nodes)
	b.nodes = append(b.nodes, n)
	b.same[key] = n
	return n
}

// paths calls yield for disjoint boxes of all the elders who come to a leaf. It returns false if
// yield does or if the budget is spent.
func (d *diagram) paths(leaf int, yield func(box.Box) bool) bool {
	var walk func(n *node, of box.Box) bool
	walk = func(n *node, of box.Box) bool {
		if d.step(1) {
			return false
		}
		if len(n.branches) == 0 {
			return n.leaf != leaf || yield(of)
		}
		for _, x := range n.branches {
			with, _ := of.With(n.axis, x.cells)
			if !walk(x.to, with) {
				return false
			}
		}
		return true
	}
	return walk(d.root, nil)
}

// within reports whether all elders of a box come to leaves that are allowed. It reports false when
// the budget is spent.
func (d *diagram) within(b box.Box, allowed func(leaf int) bool) bool {
	seen := make([]bool, len(d.nodes))
	var walk func(n *node) bool
	walk = func(n *node) bool {
		if seen[n.number] {
			return true
		}
		seen[n.number] = true
		if d.step(1) {
			return false
		}
		if len(n.branches) == 0 {
			return allowed(n.leaf)
		}
		side, constrained := b.Side(n.axis)
		for _, x := range n.branches {
			if constrained && side.And(x.cells).Empty() {
				continue
			}
			if !walk(x.to) {
				return false
			}
		}
		return true
	}
	return walk(d.root)
}
