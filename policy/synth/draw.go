package synth

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// person is a made-up elder.
type person struct {
	cells    elder.Cells
	numbers  [elder.MaxAttributes]int // of the attributes that are whole numbers
	birth    policy.Date
	township int
	blank    []bool // by field
}

// drawer draws the attributes of elders one after the other, each by what was drawn before.
type drawer struct {
	space *elder.Space
	draws []draw
	even  bool // each value is as likely as any other
}

// draw is how one axis is drawn.
type draw struct {
	axis   int
	givens []given
}

// given are the shares of cells for whom a box holds.
type given struct {
	who    box.Box
	shares shares
}

// shares are cells with how often each comes, summed up.
type shares struct {
	cells []uint8
	upTo  []uint64
}

func (s *shares) add(cell uint8, weight uint64) {
	if len(s.upTo) > 0 {
		weight += s.upTo[len(s.upTo)-1]
	}
	s.cells, s.upTo = append(s.cells, cell), append(s.upTo, weight)
}

func (s *shares) draw(random *rand.Rand) uint8 {
	at := random.Uint64N(s.upTo[len(s.upTo)-1])
	for i, upTo := range s.upTo {
		if at < upTo {
			return s.cells[i]
		}
	}
	return elder.Absent
}

// newDrawer reads the traits. Of hukou_place and residence_place only the cells that reachable has
// may be drawn, if it has any.
func newDrawer(space *elder.Space, even bool, reachable map[string]box.Set) (*drawer, error) {
	d := &drawer{space: space, even: even}
	for _, t := range traits {
		axis, ok := space.Index(t.attribute)
		if !ok {
			return nil, policy.Errorf("no-attribute", "the vocabulary has no attribute %s", t.attribute)
		}
		allowed, some := reachable[t.attribute]
		if !some {
			allowed = space.All(axis)
		}
		one := draw{axis: axis}
		for _, o := range t.odds {
			g, err := d.read(axis, o, allowed)
			if err != nil {
				return nil, policy.Errorf("no-attribute", "%s: %w", t.attribute, err)
			}
			one.givens = append(one.givens, g)
		}
		d.draws = append(d.draws, one)
	}
	for i := range space.Axes {
		if !slices.ContainsFunc(d.draws, func(one draw) bool { return one.axis == i }) {
			d.draws = append(d.draws, draw{i, []given{{shares: d.usual(i)}}})
		}
	}
	return d, nil
}

// usual are the shares of an attribute that no trait is of, such as one of a folder's own: 3 in 100
// have what a question asks or a value of a set; nine in ten the value that means nothing, or else
// all the first; numbers are all alike.
func (d *drawer) usual(axis int) shares {
	a := &d.space.Axes[axis]
	var s shares
	for cell := 1; cell < a.Cells(); cell++ {
		weight := uint64(1)
		switch {
		case d.even || a.Type == policy.Integer && a.Absent == nil:
		case a.Type == policy.Boolean || a.Type == policy.Set:
			weight = []uint64{97, 3}[cell-1]
		case uint8(cell) == a.AbsentCell() || a.Absent == nil && cell == 1:
			weight = 9 * uint64(a.Cells()-2)
		}
		s.add(uint8(cell), max(1, weight))
	}
	return s
}

// read reads odds.
func (d *drawer) read(axis int, o odds, allowed box.Set) (given, error) {
	var g given
	if o.condition != "" {
		for _, part := range strings.Split(o.condition, ";") {
			words := strings.Fields(part)
			of, ok := d.space.Index(words[0])
			if !ok {
				return g, policy.Errorf("no-attribute", "the vocabulary has no attribute %s", words[0])
			}
			var cells box.Set
			for _, word := range words[1:] {
				named, err := d.cells(of, word)
				if err != nil {
					return g, err
				}
				cells = cells.Or(box.SetOf(named...))
			}
			g.who, _ = g.who.With(of, cells)
		}
	}
	for _, part := range strings.Split(o.shares, ",") {
		words := strings.Fields(part)
		cells, err := d.cells(axis, words[0])
		if err != nil {
			return g, err
		}
		weight, err := strconv.ParseUint(words[1], 10, 32)
		if err != nil {
			return g, err
		}
		const fine = 1000 // what a span's cells share is cut into
		for _, cell := range cells {
			switch {
			case !allowed.Has(cell):
			case d.even:
				g.shares.add(cell, 1)
			default:
				g.shares.add(cell, weight*fine/uint64(len(cells)))
			}
		}
	}
	return g, nil
}

// cells are the cells of a value, or of a span of numbers.
func (d *drawer) cells(axis int, word string) ([]uint8, error) {
	a := &d.space.Axes[axis]
	value := func(text string) (uint8, error) {
		var v any = text
		if n, err := strconv.Atoi(text); err == nil {
			v = n
		} else if a.Type == policy.Boolean {
			v = text == "true"
		}
		cell, ok := a.Cell(v)
		if !ok {
			return 0, policy.Errorf("no-attribute", "%s has no value %s", a.Attribute.Name, text)
		}
		return cell, nil
	}
	from, to, span := strings.Cut(word, "-")
	first, err := value(from)
	if err != nil || !span {
		return []uint8{first}, err
	}
	last, err := value(to)
	return box.Range(first, last).Cells(), err
}

// person draws an elder.
func (d *drawer) person(random *rand.Rand, p *person) {
	*p = person{blank: p.blank}
	for i := range d.draws {
		one := &d.draws[i]
		if !d.space.Asked(one.axis, p.cells) {
			continue
		}
		for j := range one.givens {
			if g := &one.givens[j]; g.who.Contains(func(axis int) uint8 { return p.cells[axis] }) {
				p.cells[one.axis] = g.shares.draw(random)
				break
			}
		}
		if a := &d.space.Axes[one.axis]; a.Type == policy.Integer {
			low, high := a.Numbers(p.cells[one.axis])
			p.numbers[one.axis] = low
			if high > low {
				p.numbers[one.axis] += random.IntN(high - low + 1)
			}
		}
	}
	for i := range d.space.Links { // what is given is that, whatever was drawn
		l := &d.space.Links[i]
		if given := l.Given(p.cells[l.From]); given != elder.Absent {
			p.cells[l.To] = given
		}
	}
	p.township = township(random, d.even)
}

// township draws where an elder lives.
func township(random *rand.Rand, even bool) int {
	if even {
		return random.IntN(len(townships))
	}
	at := random.IntN(1000)
	for i := range townships {
		if at -= townships[i].share; at < 0 {
			return i
		}
	}
	return 0
}
