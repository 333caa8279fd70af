// Package diagram makes decision diagrams of answers: what is had of a service, or whether somebody
// exists, by the few attributes that it depends on, missing being a value like others.
package diagram

import (
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// Diagram says for everything that may be given of an elder, missing attributes being cells like
// others, which leaf it comes to. It asks one attribute after the other. What is the same from some
// attribute on is one node, so that it is small where the combinations of cells are many.
type Diagram struct {
	Root  *Node
	Nodes []*Node
}

// Node asks for an attribute, or is a leaf.
type Node struct {
	Number   int // in the diagram
	Axis     int
	Branches []Branch // of which each cell of the axis takes one; none of a leaf
	Leaf     int
}

// Branch is what some cells of an attribute lead to.
type Branch struct {
	Cells box.Set
	To    *Node
}

// Condition is a box on which a leaf depends. One that is only for elders of whom an attribute is
// missing names it.
type Condition struct {
	box.Box
	Missing int // -1 for none
	// Alike is the same number of cases that grant the same, from 1 on, where nobody asks which of them
	// hold: either all cases have a number, or none. Outdone are the numbers of cases that add nothing
	// where this one holds, nor to what may be had where it may hold.
	Alike   int
	Outdone []int
}

// ConditionsOf are the boxes on which an answer over the elders of a projection depends: cases,
// those who cannot exist, and of each attribute that is asked only of some, that it stays missing
// of all others.
func ConditionsOf(space *elder.Space, p *table.Projection) []Condition {
	var all []Condition
	for _, b := range table.Boxes(p.Cases) {
		all = append(all, Condition{Box: b, Missing: -1})
	}
	for _, b := range p.Impossible() {
		all = append(all, Condition{Box: b, Missing: -1})
	}
	for _, i := range p.Attributes() {
		axis := &space.Axes[i]
		if axis.AskedOf < 0 {
			continue
		}
		b, _ := box.Box{}.With(axis.AskedOf, space.All(axis.AskedOf).Minus(box.SetOf(axis.AskedCells...)))
		b, _ = b.With(i, space.All(i).Minus(box.SetOf(elder.Absent)))
		all = append(all, Condition{Box: b, Missing: i})
	}
	return all
}

// builder makes a diagram.
type builder struct {
	Diagram
	space      *elder.Space
	axes       []int
	conditions []Condition
	ask        func(c elder.Cells) (int, error) // the leaf of an elder
	step       func(conditions int) error
	places     map[int]int      // of the axes
	outdone    map[int][]int    // by the numbers of cases
	alike      bool             // whether nobody asks which cases hold, nor what would settle it
	reached    map[string]*Node // by what is left to tell
	same       map[string]*Node // by branches
}

// Build makes the diagram of what an answer depends on. Elders who meet the same conditions, and of
// whom the same attributes are missing that these read, have the same answer: one of them is asked
// about. Step is called at each step with what it takes. It ends the work by an error.
func Build(
	space *elder.Space, axes []int, conditions []Condition, ask func(elder.Cells) (leaf int, err error), step func(conditions int) error,
) (*Diagram, error) {
	b := &builder{space: space, axes: axes, conditions: conditions, ask: ask, step: step, reached: map[string]*Node{}, same: map[string]*Node{}}
	b.places, b.outdone = map[int]int{}, map[int][]int{}
	for _, x := range conditions {
		b.outdone[x.Alike] = x.Outdone
		b.alike = b.alike || x.Alike > 0
	}
	for place, axis := range axes {
		b.places[axis] = place
	}
	alive := make([]bool, len(conditions))
	for i := range alive {
		alive[i] = true
	}
	root, err := b.node(0, elder.Cells{}, alive)
	if err != nil {
		return nil, err
	}
	b.Root = root
	return &b.Diagram, nil
}

// node returns the node for elders of whom the first attributes are known as in c. The conditions
// alive are those that these leave open.
func (b *builder) node(depth int, c elder.Cells, alive []bool) (*Node, error) {
	key := b.key(depth, &c, slices.Clone(alive))
	if known := b.reached[key]; known != nil {
		return known, nil
	}
	if err := b.step(len(alive)); err != nil {
		return nil, err
	}
	var n *Node
	var err error
	if depth == len(b.axes) {
		n, err = b.leaf(c)
	} else {
		n, err = b.branch(depth, c, alive)
	}
	b.reached[key] = n
	return n, err
}

func (b *builder) leaf(c elder.Cells) (*Node, error) {
	leaf, err := b.ask(c)
	if err != nil {
		return nil, err
	}
	return b.add(&Node{Leaf: leaf, Axis: -1}), nil
}

// branch asks for the next attribute. Where that makes no difference the node is the one behind it.
func (b *builder) branch(depth int, c elder.Cells, alive []bool) (*Node, error) {
	n := &Node{Axis: b.axes[depth]}
	for cell := range b.space.Axes[n.Axis].Cells() {
		c[n.Axis] = uint8(cell)
		to, err := b.node(depth+1, c, b.left(n.Axis, uint8(cell), alive))
		if err != nil {
			return nil, err
		}
		n.lead(uint8(cell), to)
	}
	if len(n.Branches) == 1 {
		return n.Branches[0].To, nil
	}
	return b.add(n), nil
}

// lead leads a cell to a node.
func (n *Node) lead(cell uint8, to *Node) {
	for i := range n.Branches {
		if n.Branches[i].To == to {
			n.Branches[i].Cells.Add(cell)
			return
		}
	}
	n.Branches = append(n.Branches, Branch{box.SetOf(cell), to})
}

// left are the conditions that a cell of an attribute leaves open.
func (b *builder) left(axis int, cell uint8, alive []bool) []bool {
	left := make([]bool, len(alive))
	for i, x := range b.conditions {
		left[i] = alive[i]
		if cell == elder.Absent {
			continue
		}
		if side, constrained := x.Side(axis); constrained && !side.Has(cell) || x.Missing == axis {
			left[i] = false
		}
	}
	return left
}

// add adds a node, unless there is one like it.
func (b *builder) add(n *Node) *Node {
	key := fmt.Sprint(n.Axis, n.Leaf)
	for _, x := range n.Branches {
		key += fmt.Sprint(" ", x.Cells, x.To.Number)
	}
	if known := b.same[key]; known != nil {
		return known
	}
	n.Number = len(b.Nodes)
	b.Nodes = append(b.Nodes, n)
	b.same[key] = n
	return n
}
