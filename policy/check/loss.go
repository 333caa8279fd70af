package check

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// loss is one way in which elders lose something of a service.
type loss struct {
	kind    Kind
	service string
	measure string
	want    *policy.Promise // the best that is promised above; nil when the service itself is lost
	have    *policy.Promise // the best that is had instead, nil when nothing is

	together    *combination    // of what is paid together, where the loss is one of that
	unsure      bool            // then: a promise without a sure amount is lost, too
	wantBundle  policy.Bundle   // of linked measures, in place of want
	haveBundles []policy.Bundle // the best of them that are had instead
	calendar    calendar        // where fewer months are paid
}

// same reports whether two losses are reported as the same finding.
func (l loss) same(m loss) bool {
	return l.kind == m.kind && l.service == m.service && l.measure == m.measure && l.unsure == m.unsure && sameNumber(l.want, m.want) && sameNumber(l.have, m.have) &&
		sameBundle(l.wantBundle, m.wantBundle) && sameBundles(l.haveBundles, m.haveBundles)
}

// says reports whether a finding reports this loss.
func (l loss) says(f Finding) bool {
	want, wantBound := number(l.want)
	have, haveBound := number(l.have)
	return f.Kind == l.kind && f.Service == l.service && f.Measure == l.measure && f.Unsure == l.unsure &&
		equal(f.Want, want) && f.WantBound == wantBound && equal(f.Have, have) && f.HaveBound == haveBound &&
		f.WantOf == of(l.want) && f.HaveOf == of(l.have) && f.HaveOpen == (l.have != nil && l.have.Open()) &&
		sameBundle(f.WantBundle, l.wantBundle) && sameBundles(f.HaveBundles, l.haveBundles)
}

// sameNumber reports whether two promises, or none, are the same ceiling or the same amount, or are
// both open.
func sameNumber(p, q *policy.Promise) bool {
	if p == nil || q == nil {
		return p == q
	}
	return p.Meets(*q) && q.Meets(*p)
}

// sameOutcome reports whether two promises are the same number and may turn out alike.
func sameOutcome(p, q *policy.Promise) bool { return sameNumber(p, q) && p.Bound == q.Bound }

// losses returns the ways in which an elder loses, given what is owed and what is had, by plain
// OPA. Of each measure, the best of what is owed counts, and any promise that meets it will do.
func (c *checker) losses(service string, owed, has []decide.Held) []loss {
	if len(owed) == 0 {
		return nil
	}
	if len(has) == 0 {
		return []loss{{kind: c.withholding(service), service: service}}
	}
	linked := c.linking(service)
	all := append(c.paidLess(service, owed, has), c.lostBundles(linked, owed, has)...)
	for _, measure := range linked.others(owed) {
		for _, want := range wanted(owed, measure) {
			meets := func(h decide.Held) bool {
				p, ok := h.Grant.Measures[measure]
				return ok && c.meets(p, *want)
			}
			if slices.ContainsFunc(has, meets) {
				continue
			}
			l := loss{kind: Lower, service: service, measure: measure, want: want, have: best(has, measure)}
			if l.have != nil && l.have.Open() && !want.Open() {
				l.kind = Open
			}
			all = append(all, l)
		}
	}
	return all
}

// wanted returns the promises of a measure that must be met: the best of what is owed, and every
// open amount that is not less than another. Beside a number, only open amounts count that could
// turn out higher by a number that no list above states.
func wanted(owed []decide.Held, measure string) []*policy.Promise {
	most := best(owed, measure)
	var all []*policy.Promise
	if !most.Open() {
		all = append(all, most)
	}
	for _, h := range owed {
		p, ok := h.Grant.Measures[measure]
		if !ok || !p.Open() || !most.Open() && (!owesUnknown(p) || slices.ContainsFunc(owed, func(k decide.Held) bool { return states(k, h, measure) })) {
			continue
		}
		if !slices.ContainsFunc(all, func(q *policy.Promise) bool { return q.Meets(p) }) {
			all = slices.DeleteFunc(all, func(q *policy.Promise) bool { return p.Meets(*q) })
			all = append(all, &p)
		}
	}
	return all
}

// owesUnknown reports whether an amount depends on a missing number and is owed however high that
// number turns out to be.
func owesUnknown(p policy.Promise) bool { return p.Open() && p.Missing != "" && !p.Unsure() }

// states reports whether a rule states as a number what a rule of a list above leaves open.
func states(h, open decide.Held, measure string) bool {
	p, ok := h.Grant.Measures[measure]
	return ok && !p.Open() && h.Layer < open.Layer && p.Knows(open.Grant.Measures[measure])
}

// withholding returns how a service is lost as a whole.
func (c *checker) withholding(service string) Kind {
	for _, l := range c.child.Table.Layers[:c.layers(c.child)] {
		if l.Promises(service) {
			return Narrower
		}
	}
	return Omitted
}

// others returns the names of all promised measures that are not linked, sorted.
func (l linking) others(held []decide.Held) []string {
	names := map[string]bool{}
	for _, h := range held {
		for name := range h.Grant.Measures {
			if !slices.Contains(l.either, name) {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// order compares promises of a measure, the best first. Open amounts, of which none is better than
// another, are grouped by what they are, whatever rules promise them.
func order(p, q policy.Promise) int {
	return cmp.Or(q.Compare(p), strings.Compare(openAs(p), openAs(q)))
}

// openAs returns a text that is the same for two open amounts exactly when the amounts are the
// same.
func openAs(p policy.Promise) string {
	if !p.Open() || p.Missing == "" {
		return ""
	}
	text := p.Missing
	if share := p.OpenShare(); share != nil {
		text = share.String()
	}
	if p.Unsure() {
		text += " at most"
	}
	return text
}

// best returns the best promise of a measure, or nil when there is none.
func best(held []decide.Held, measure string) *policy.Promise {
	var most *policy.Promise
	for _, h := range held {
		if p, ok := h.Grant.Measures[measure]; ok && (most == nil || order(p, *most) < 0) {
			most = &p
		}
	}
	return most
}

// promising returns the place of the first rule that makes the promise that a loss is about.
func promising(held []decide.Held, l loss) policy.Position {
	i := slices.IndexFunc(held, func(h decide.Held) bool {
		if h.Grant.Service != l.service {
			return false
		}
		p, ok := h.Grant.Measures[l.measure]
		if l.wantBundle != nil {
			return l.partly(h)
		}
		if l.want == nil {
			return ok || l.measure == ""
		}
		return ok && (l.together != nil || sameNumber(&p, l.want))
	})
	return held[i].Applied.Pos
}

// ask returns what counts of some services on a side for an elder, as plain OPA answers.
func (c *checker) ask(oracle *ruleset.Oracle, side Side, services []string, input elder.Elder) ([]decide.Held, error) {
	held, err := oracle.Services(c.ctx, input, services, c.layers(side))
	return slices.DeleteFunc(held, func(h decide.Held) bool { return h.Grant.Discretionary }), err
}

// subject is what is checked: one service, or several that are paid together.
type subject struct {
	services []string
	together *combination // nil for one service
}

func single(service string) subject { return subject{services: []string{service}} }

func (of *combination) subject() subject { return subject{of.services, of} }

// has reports whether a finding is about the subject.
func (of subject) has(f Finding) bool {
	if of.together != nil {
		return f.Kind == Combined && slices.Equal(f.Services, of.services)
	}
	return f.Kind != Combined && f.Service == of.services[0]
}

// subjects returns each service as a subject, and each combination of services that are paid
// together.
func (c *checker) subjects(services []string) []subject {
	var all []subject
	for _, s := range services {
		all = append(all, single(s))
	}
	for _, of := range c.combinations() {
		all = append(all, of.subject())
	}
	return all
}

// lost returns the ways in which an elder loses of a subject, given what is owed and what is had,
// by plain OPA.
func (of subject) lost(c *checker, owed, has []decide.Held) []loss {
	if of.together != nil {
		return c.lossTogether(of.together, owed, has)
	}
	return c.losses(of.services[0], owed, has)
}

// lossesOf returns the ways in which an elder loses of a subject, by plain OPA with all rules of
// the lists.
func (c *checker) lossesOf(of subject, cells elder.Cells) ([]loss, error) {
	input := c.space.Elder(cells)
	owed, err := c.ask(c.parent.Oracle(), c.parent, of.services, input)
	if err != nil || len(owed) == 0 {
		return nil, err
	}
	has, err := c.ask(c.child.Oracle(), c.child, of.services, input)
	return of.lost(c, owed, has), err
}
