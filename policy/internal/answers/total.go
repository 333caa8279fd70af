package answers

import (
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
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
	notAdded text
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
	chosen, kept := s.choose(answers)
	if !kept || len(s.services) > maxServices {
		sum = *s.partOf(answers)
		return total{sum.Cash.Total(), textOf(sum.Sum.Open), sum.notAdded}
	}
	if chosen != nil {
		sum.add(chosen, &open)
		sum.Sum.NotAdded, sum.notAdded = chosen.Sum.NotAdded, chosen.notAdded
	}
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

// choose returns the total of services of which only some are paid, or nil for nothing. It is kept
// by the kinds of their answers. It returns false when there are too many for that.
func (s *Answers) choose(answers []*Answer) (*part, bool) {
	if len(s.choosing) > elder.MaxAttributes {
		return nil, false
	}
	var kinds key
	for n, i := range s.choosing {
		if kinds.cells[n] = answers[i].kind; kinds.cells[n] == manyKinds {
			return nil, false
		}
	}
	if kinds == (key{}) {
		return nil, true
	}
	p := s.chosen.find(&kinds)
	if p == nil {
		var choosing []*Answer
		for _, i := range s.choosing {
			choosing = append(choosing, answers[i])
		}
		p = s.partOf(choosing)
		s.chosen.keep(&entry[part]{kinds, p})
	}
	return p, true
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
	if v.choosing < 0 {
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
