package roster

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// literal names a node of a circuit, or its negation when the lowest bit is set. Node 0 is false.
type literal int32

const (
	never  literal = 0
	always literal = 1
)

func (l literal) not() literal { return l ^ 1 }

// gate is the conjunction of two literals.
type gate struct{ a, b literal }

// circuit is a Boolean circuit of conjunctions and negations. Equal gates are built once, so that
// what conditions and cases have in common is computed once.
type circuit struct {
	inputs int              // nodes 1 to inputs are the inputs
	gates  []gate           // gate i is node inputs+1+i
	known  map[gate]literal // gates already built
}

func newCircuit(inputs int) *circuit {
	return &circuit{inputs: inputs, known: map[gate]literal{}}
}

// input returns the literal of input i.
func (c *circuit) input(i int) literal { return literal(1+i) << 1 }

func (c *circuit) and(a, b literal) literal {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == never || a == b.not():
		return never
	case a == always || a == b:
		return b
	}
	g := gate{a, b}
	l, ok := c.known[g]
	if !ok {
		l = literal(1+c.inputs+len(c.gates)) << 1
		c.gates = append(c.gates, g)
		c.known[g] = l
	}
	return l
}

func (c *circuit) or(a, b literal) literal { return c.and(a.not(), b.not()).not() }

func (c *circuit) andNot(a, b literal) literal { return c.and(a, b.not()) }

// choose returns a literal that is yes where p holds, and no elsewhere.
func (c *circuit) choose(p, yes, no literal) literal {
	switch {
	case yes == no:
		return yes
	case yes == always:
		return c.or(p, no)
	case yes == never:
		return c.and(p.not(), no)
	case no == always:
		return c.or(p.not(), yes)
	}
	return c.or(c.and(p, yes), c.and(p.not(), no))
}

// place says whether a code is in a set. A code that does not occur may be taken either way.
type place uint8

const (
	unused place = iota
	outside
	inside
)

// member returns a literal that holds where the code in the planes, lowest digit first, is inside.
// Places has one place for each code. A threshold becomes a comparator with at most one gate a
// plane. A set becomes the choices that tell it apart. Planes that make no difference are left out.
func (c *circuit) member(planes []literal, places []place) literal {
	switch {
	case !slices.Contains(places, inside):
		return never
	case !slices.Contains(places, outside):
		return always
	}
	top, rest := planes[len(planes)-1], planes[:len(planes)-1]
	low, high := places[:len(places)/2], places[len(places)/2:]
	if both, agree := agreed(low, high); agree {
		return c.member(rest, both)
	}
	return c.choose(top, c.member(rest, high), c.member(rest, low))
}

// agreed joins the places of codes that differ only in the highest digit, and reports whether that
// digit makes no difference.
func agreed(low, high []place) ([]place, bool) {
	both := make([]place, len(low))
	for i := range low {
		if low[i] != high[i] && low[i] != unused && high[i] != unused {
			return nil, false
		}
		both[i] = max(low[i], high[i])
	}
	return both, true
}

// placesOf returns the places of the codes of so many digits in a set of cells. Only codes below
// cells occur.
func placesOf(admits box.Set, cells, digits int) []place {
	places := make([]place, 1<<digits)
	for cell := range cells {
		places[cell] = outside
		if admits.Has(uint8(cell)) {
			places[cell] = inside
		}
	}
	return places
}

// Elders are evaluated in blocks of blockWords words, with one bit for each elder, which share the
// cost of stepping through the program.
const (
	blockWords = 8
	blockRows  = blockWords * 64
)

// lanes holds one bit for each elder of a block.
type lanes [blockWords]uint64

// program computes some literals of a circuit. Slot 0 is false, the next slots are the inputs, and
// each step fills the next slot.
type program struct {
	inputs int
	steps  []step
}

// step is one gate: the conjunction of slots a and b. The operation may negate b or both.
type step struct {
	op   operation
	a, b int32
}

type operation int32

const (
	and    operation = iota // a ∧ b
	andNot                  // a ∧ ¬b
	nor                     // ¬a ∧ ¬b
)

// output is a computed literal: a slot whose bits are negated by exclusive or.
type output struct {
	slot   int32
	negate uint64
}

// compile returns the program that computes the literals, and where it leaves each.
func (c *circuit) compile(literals []literal) (*program, []output) {
	needed := make([]bool, 1+c.inputs+len(c.gates))
	for _, l := range literals {
		needed[l>>1] = true
	}
	for i := len(c.gates) - 1; i >= 0; i-- {
		if needed[1+c.inputs+i] {
			needed[c.gates[i].a>>1], needed[c.gates[i].b>>1] = true, true
		}
	}
	p := &program{inputs: c.inputs}
	slots := make([]int32, len(needed))
	for node := range slots {
		if node <= c.inputs {
			slots[node] = int32(node)
			continue
		}
		if !needed[node] {
			continue
		}
		slots[node] = int32(1 + c.inputs + len(p.steps))
		p.steps = append(p.steps, newStep(c.gates[node-1-c.inputs], slots))
	}
	outputs := make([]output, len(literals))
	for i, l := range literals {
		outputs[i] = output{slot: slots[l>>1], negate: -uint64(l & 1)}
	}
	return p, outputs
}

func newStep(g gate, slots []int32) step {
	s := step{op: and, a: slots[g.a>>1], b: slots[g.b>>1]}
	switch {
	case g.a&1 == 1 && g.b&1 == 1:
		s.op = nor
	case g.a&1 == 1:
		s.op, s.a, s.b = andNot, s.b, s.a
	case g.b&1 == 1:
		s.op = andNot
	}
	return s
}

// slots returns as many slots as the program fills.
func (p *program) slots() []lanes { return make([]lanes, 1+p.inputs+len(p.steps)) }

// run evaluates one block. Slots are those of [program.slots]. It allocates nothing.
func (p *program) run(inputs, slots []lanes) {
	copy(slots[1:], inputs[:p.inputs])
	filled := slots[1+p.inputs:]
	for i := range p.steps {
		s := &p.steps[i]
		a, b, z := &slots[s.a], &slots[s.b], &filled[i]
		switch s.op {
		case and:
			z[0], z[1], z[2], z[3] = a[0]&b[0], a[1]&b[1], a[2]&b[2], a[3]&b[3]
			z[4], z[5], z[6], z[7] = a[4]&b[4], a[5]&b[5], a[6]&b[6], a[7]&b[7]
		case andNot:
			z[0], z[1], z[2], z[3] = a[0]&^b[0], a[1]&^b[1], a[2]&^b[2], a[3]&^b[3]
			z[4], z[5], z[6], z[7] = a[4]&^b[4], a[5]&^b[5], a[6]&^b[6], a[7]&^b[7]
		case nor:
			z[0], z[1], z[2], z[3] = ^(a[0] | b[0]), ^(a[1] | b[1]), ^(a[2] | b[2]), ^(a[3] | b[3])
			z[4], z[5], z[6], z[7] = ^(a[4] | b[4]), ^(a[5] | b[5]), ^(a[6] | b[6]), ^(a[7] | b[7])
		}
	}
}
