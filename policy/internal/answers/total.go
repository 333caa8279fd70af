package answers

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/union"
)

// total is the total of a decision, with the text of its lists.
type total struct {
	decide.Total
	open, notAdded text
}

// part is what one service brings to a total, or several of which not all are paid.
type part struct {
	decide.Cash
	open     []int // the services with an open amount
	order    []int // of what is not added, in a decision
	each     []text
	notAdded text
}

// choice is services of which only some are paid: they have a choose-higher group in common, or one
// after the other. What they bring is kept by the kinds of their answers.
type choice struct {
	services []int
	kept     memo[part]
}

// open are the services with an open amount.
type open struct {
	services []string
	text     text
}

// maxServices is the greatest number of services whose open amounts are kept together.
const maxServices = 8 * elder.MaxAttributes

// total returns the total of the answers of all services.
func (s *Answers) total(answers []*Answer) total {
	sum := part{Cash: decide.Cash{Sum: decide.Total{Bound: policy.Exactly}}}
	var open key
	for _, a := range answers {
		if a.cash != nil {
			sum.add(a.cash, &open)
		}
	}
	if len(s.services) > maxServices {
		sum = *s.partOf(answers)
		return total{sum.Cash.Total(), textOf(sum.Sum.Open), sum.notAdded}
	}
	var few [fewChoices]*part
	left := few[:0]
	for _, c := range s.choices {
		chosen := s.choose(c, answers)
		if chosen == nil {
			continue
		}
		if sum.add(chosen, &open); len(chosen.order) > 0 {
			left = append(left, chosen)
		}
	}
	sum.Sum.NotAdded, sum.notAdded = leftBy(left)
	services := s.openOf(&open)
	sum.Sum.Open = services.services
	return total{sum.Cash.Total(), services.text, sum.notAdded}
}

// add adds what others bring, without the lists, and records which services are open.
func (p *part) add(q *part, open *key) {
	p.Counted = p.Counted || q.Counted
	p.Sum.Value = p.Sum.Value.Add(q.Sum.Value)
	if q.Sum.Bound != policy.Exactly {
		p.Sum.Bound = policy.AtLeast
	}
	for _, i := range q.open {
		open.cells[i/8%elder.MaxAttributes] |= 1 << (i % 8)
	}
}

// fewChoices is the number of choices held on the stack.
const fewChoices = 8

// leftBy returns what choices leave out, in the order of a decision, and its text.
func leftBy(choices []*part) ([]decide.NotAdded, text) {
	switch len(choices) {
	case 0:
		return nil, nil
	case 1:
		return choices[0].Sum.NotAdded, choices[0].notAdded
	}
	n, length := 0, 0
	for _, p := range choices {
		n, length = n+len(p.order), length+len(p.notAdded)
	}
	all, words := make([]decide.NotAdded, 0, n), append(make(text, 0, length), '[')
	var few [fewChoices]int
	next := append(few[:0], make([]int, len(choices))...) // of each choice
	for range n {
		first := -1
		for i, p := range choices {
			if next[i] < len(p.order) && (first < 0 || p.order[next[i]] < choices[first].order[next[first]]) {
				first = i
			}
		}
		p, i := choices[first], next[first]
		next[first]++
		if len(all) > 0 {
			words = append(words, ',')
		}
		all, words = append(all, p.Sum.NotAdded[i]), append(words, p.each[i]...)
	}
	return all, append(words, ']')
}

// addChoices makes a choice of the services of chains, and one of those whose chains have a service
// in common.
func (s *Answers) addChoices(chains []decide.Chain) {
	for _, chain := range chains {
		joined := &choice{}
		for i, v := range s.services {
			if chain.HasService(v.id) {
				v.chosen, joined.services = true, append(joined.services, i)
			}
		}
		if len(joined.services) == 0 {
			continue
		}
		apart := []*choice{}
		for _, c := range s.choices {
			if slices.ContainsFunc(c.services, func(i int) bool { return slices.Contains(joined.services, i) }) {
				joined.services = union.Of(joined.services, c.services)
			} else {
				apart = append(apart, c)
			}
		}
		slices.Sort(joined.services)
		s.choices = append(apart, joined)
	}
}

// choose returns what the services of a choice bring, or nil for nothing.
func (s *Answers) choose(c *choice, answers []*Answer) *part {
	kinds, fits := c.kinds(answers)
	if fits && kinds == (key{}) {
		return nil
	}
	if fits {
		if p := c.kept.find(&kinds); p != nil {
			return p
		}
	}
	choosing := make([]*Answer, len(c.services))
	for n, i := range c.services {
		choosing[n] = answers[i]
	}
	p := s.partOf(choosing)
	if fits {
		c.kept.keep(&entry[part]{kinds, p})
	}
	return p
}

// kinds returns the kinds of the answers of a choice. It returns false when there are too many for
// a key.
func (c *choice) kinds(answers []*Answer) (key, bool) {
	var k key
	if len(c.services) > len(k.cells)/2 {
		return k, false
	}
	for n, i := range c.services {
		kind := answers[i].kind
		if kind == manyKinds {
			return k, false
		}
		binary.LittleEndian.PutUint16(k.cells[2*n:], kind)
	}
	return k, true
}

// partOf counts what services bring.
func (s *Answers) partOf(answers []*Answer) *part {
	var entitled []decide.Entitlement
	var possible []decide.Possibility
	for _, a := range answers {
		if a.entitled.Granted != nil {
			entitled = append(entitled, a.entitled)
		}
		possible = append(possible, a.possible...)
	}
	p := &part{Cash: decide.MonthlyCash(s.table.Space.Vocabulary, s.table.Layers, entitled, possible)}
	for _, id := range p.Sum.Open {
		p.open = append(p.open, slices.IndexFunc(s.services, func(v *service) bool { return v.id == id }))
	}
	if len(p.Sum.NotAdded) > 0 {
		p.notAdded = textOf(p.Sum.NotAdded)
	}
	for _, n := range p.Sum.NotAdded {
		p.order, p.each = append(p.order, n.Order(s.table.Layers)), append(p.each, textOf(n))
	}
	return p
}

// count tells what a new answer brings.
func (s *Answers) count(v *service, a *Answer) {
	p := s.partOf([]*Answer{a})
	nothing := !p.Counted && p.Sum.Bound == policy.Exactly
	risen := ""
	if v.loose {
		risen = rises(a)
	}
	if !v.chosen {
		if !nothing {
			a.cash = p
		}
		return
	}
	if nothing && a.entitled.Granted == nil && risen == "" {
		return
	}
	kind := fmt.Sprint(p.Sum.Bound)
	if a.entitled.Granted != nil {
		kind += string(textOf(a.entitled.Promises))
	}
	a.kind = v.kinds.number(kind + risen)
}

// rises words what may take from the certain cash of other services, empty for nothing.
func rises(a *Answer) string {
	var all []any
	if e := a.entitled.Granted; e != nil && (len(e.UpTo) > 0 || e.Note != "") {
		all = append(all, e.UpTo, e.Note)
	}
	for _, p := range a.possible {
		if !p.Discretionary {
			all = append(all, p.UpTo, p.Note)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return string(textOf(all))
}

// openOf returns the services of a set, in the order of a decision.
func (s *Answers) openOf(set *key) *open {
	if o := s.opens.find(set); o != nil {
		return o
	}
	o := &open{services: []string{}}
	for i := range s.services {
		if set.cells[i/8]>>(i%8)&1 == 1 {
			o.services = append(o.services, s.services[i].id)
		}
	}
	o.services = slices.Clip(o.services)
	o.text = textOf(o.services)
	s.opens.keep(&entry[open]{*set, o})
	return o
}
