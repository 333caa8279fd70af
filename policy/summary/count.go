package summary

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// What an elder has of a service, as it is counted.
const (
	entitled = iota
	possible
	discretionary
	statuses
)

// counts are the counts of a group.
type counts struct {
	elders, undecided int64
	cash              cash
	services          []serviceCounts
}

type serviceCounts struct {
	status [statuses]int64
	cash   cash
}

// cash are sums in fen, and how many have a part in them.
type cash struct{ certain, upTo, paid, may, open int64 }

func (c *cash) add(d cash) {
	c.certain, c.upTo, c.paid, c.may, c.open = c.certain+d.certain, c.upTo+d.upTo, c.paid+d.paid, c.may+d.may, c.open+d.open
}

// brief is what a decision counts for.
type brief struct {
	undecided bool
	cash      cash
	held      []held
	missing   []int // attributes of the vocabulary
}

// held is a service of which a decision says something.
type held struct {
	service, status int
	cash            cash
}

// scale weighs decisions.
type scale struct {
	rules      *ruleset.Ruleset
	offers     []ruleset.Offer
	place      map[string]int // of a service among the offers
	attributes map[string]int
	isMonthly  map[string]bool // the measures of monthly cash
	english    bool
}

func newScale(rules *ruleset.Ruleset, english bool) *scale {
	s := &scale{
		rules: rules, offers: rules.EffectiveOffers(), english: english,
		place: map[string]int{}, attributes: map[string]int{}, isMonthly: map[string]bool{},
	}
	for i, offer := range s.offers {
		s.place[offer.Service] = i
	}
	for i, a := range s.vocabulary().Attributes {
		s.attributes[a.Name] = i
	}
	for _, m := range s.vocabulary().Measures {
		s.isMonthly[m.Name] = m.Monthly()
	}
	return s
}

func (s *scale) vocabulary() *policy.Vocabulary { return s.rules.Table.Space.Vocabulary }

// brief weighs a decision. As in a register, who is entitled and may be permitted more is entitled,
// and what facts may still bring goes before what is only permitted.
func (s *scale) brief(d *decide.Decision) *brief {
	b := &brief{}
	for _, e := range d.Entitled {
		b.put(s, e.Service, entitled)
		b.lack(s, e.Needs)
	}
	for _, permitted := range []bool{false, true} {
		for _, p := range d.Possible {
			if p.Discretionary == permitted {
				b.put(s, p.Service, possible)
			}
			if !p.Discretionary {
				b.lack(s, p.Needs)
			}
		}
	}
	for _, e := range d.Discretionary {
		b.put(s, e.Service, discretionary)
	}
	b.cash.certain = s.monthly(d.Entitled, d.MonthlyCNY.NotAdded, func(service int, fen int64) { b.of(service).cash.certain += fen })
	best := s.bestOf(d)
	left := decide.MonthlyCash(s.vocabulary(), s.rules.Table.Layers, best, nil).Sum.NotAdded
	b.cash.upTo = max(b.cash.certain, s.monthly(best, left, func(service int, fen int64) { b.of(service).cash.upTo += fen }))
	for _, service := range d.MonthlyCNY.Open {
		if i, ok := s.place[service]; ok {
			b.of(i).cash.open, b.cash.open = 1, 1
		}
	}
	for i := range b.held {
		h := &b.held[i].cash
		h.upTo = max(h.upTo, h.certain) // less where something else would then be paid instead
		h.paid, h.may = min(1, h.certain), min(1, h.upTo)
	}
	b.cash.paid, b.cash.may = min(1, b.cash.certain), min(1, b.cash.upTo)
	return b
}

// put notes what an elder has of a service, unless it is noted.
func (b *brief) put(s *scale, service string, status int) {
	if i, ok := s.place[service]; ok && b.of(i) == nil {
		b.held = append(b.held, held{service: i, status: status})
	}
}

// of is what is noted of a service, nil when nothing is.
func (b *brief) of(service int) *held {
	for i := range b.held {
		if b.held[i].service == service {
			return &b.held[i]
		}
	}
	return nil
}

// lack notes what is missing and matters.
func (b *brief) lack(s *scale, needs []string) {
	b.undecided = b.undecided || len(needs) > 0
	for _, name := range needs {
		if i, ok := s.attributes[name]; ok && !slices.Contains(b.missing, i) {
			b.missing = append(b.missing, i)
		}
	}
}

// bestOf are the entitlements to monthly cash of somebody of whom every missing fact is as well as
// it can be.
func (s *scale) bestOf(d *decide.Decision) []decide.Entitlement {
	var best []decide.Entitlement
	raise := func(service string, promises map[string]policy.Promise) {
		for measure, p := range promises {
			if !s.isMonthly[measure] {
				continue
			}
			i := slices.IndexFunc(best, func(e decide.Entitlement) bool { return e.Service == service })
			if i < 0 {
				i = len(best)
				best = append(best, decide.Entitlement{Granted: &decide.Granted{Service: service, Promises: map[string]policy.Promise{}}})
			}
			if had, ok := best[i].Promises[measure]; !ok || p.Compare(had) > 0 {
				best[i].Promises[measure] = p
			}
		}
	}
	for _, e := range d.Entitled {
		raise(e.Service, e.Promises)
		raise(e.Service, e.UpTo)
	}
	for _, p := range d.Possible {
		if !p.Discretionary {
			raise(p.Service, p.UpTo)
		}
	}
	return best
}

// monthly gives what each service adds to the monthly total of entitlements, in fen, and their sum.
// What is left out of the total adds nothing, nor does what has no sure number.
func (s *scale) monthly(all []decide.Entitlement, left []decide.NotAdded, each func(service int, fen int64)) (sum int64) {
	for _, e := range all {
		for measure, p := range e.Promises {
			i, ok := s.place[e.Service]
			if !ok || !s.isMonthly[measure] || p.Open() || p.Bound == policy.AtMost ||
				slices.ContainsFunc(left, func(n decide.NotAdded) bool { return n.Service == e.Service && n.Measure == measure }) {
				continue
			}
			each(i, p.Value.Hundredths())
			sum += p.Value.Hundredths()
		}
	}
	return sum
}

// part is the count of one goroutine.
type part struct {
	*Counter
	age     int
	total   *counts
	bands   []*counts
	by      []map[string]*counts
	missing []missing // by attribute
	briefs  map[*decide.Decision]*brief
}

type missing struct{ elders, alone int64 }

func newPart(c *Counter) *part {
	p := &part{Counter: c, age: ageAxis(c.rules.Table.Space), briefs: map[*decide.Decision]*brief{}, total: c.scale.counts()}
	for range len(bands) + 1 {
		p.bands = append(p.bands, c.scale.counts())
	}
	for range c.columns {
		p.by = append(p.by, map[string]*counts{})
	}
	p.missing = make([]missing, len(c.scale.vocabulary().Attributes))
	return p
}

func (s *scale) counts() *counts { return &counts{services: make([]serviceCounts, len(s.offers))} }

const (
	maxBriefs = 4096 // decisions remembered
	maxGroups = 1000 // by one column
)

// add counts an elder.
func (p *part) add(a register.Answered) error {
	b := p.briefs[a.Decision]
	if b == nil {
		if len(p.briefs) >= maxBriefs {
			clear(p.briefs)
		}
		b = p.scale.brief(a.Decision)
		p.briefs[a.Decision] = b
	}
	p.total.add(b)
	band := len(bands)
	if p.age >= 0 {
		band = bandOf(p.rules.Table.Space.Axes[p.age].Value(a.Profile.Cells[p.age]))
	}
	p.bands[band].add(b)
	for i, column := range p.columns {
		name := groupName(a.Cells[column])
		group := p.by[i][name]
		if group == nil {
			if err := p.met(i, name); err != nil {
				return err
			}
			group = p.scale.counts()
			p.by[i][name] = group
		}
		group.add(b)
	}
	for _, attribute := range b.missing {
		p.missing[attribute].elders++
		if len(b.missing) == 1 {
			p.missing[attribute].alone++
		}
	}
	return nil
}

// met notes a group of a column, and refuses one too many of all parts.
func (c *Counter) met(column int, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names[column][name] = true
	if len(c.names[column]) > maxGroups {
		return fmt.Errorf("--by: the column %q has more than %d different values: take one that many share", c.By[column], maxGroups)
	}
	return nil
}

func (c *counts) add(b *brief) {
	c.elders++
	if b.undecided {
		c.undecided++
	}
	c.cash.add(b.cash)
	for i := range b.held {
		h := &b.held[i]
		s := &c.services[h.service]
		s.status[h.status]++
		s.cash.add(h.cash)
	}
}

// join adds another part.
func (p *part) join(q *part) {
	p.total.join(q.total)
	for i := range p.bands {
		p.bands[i].join(q.bands[i])
	}
	for i := range p.by {
		for name, counts := range q.by[i] {
			if p.by[i][name] == nil {
				p.by[i][name] = p.scale.counts()
			}
			p.by[i][name].join(counts)
		}
	}
	for i, m := range q.missing {
		p.missing[i].elders += m.elders
		p.missing[i].alone += m.alone
	}
}

func (c *counts) join(d *counts) {
	c.elders, c.undecided = c.elders+d.elders, c.undecided+d.undecided
	c.cash.add(d.cash)
	for i := range c.services {
		for status := range statuses {
			c.services[i].status[status] += d.services[i].status[status]
		}
		c.services[i].cash.add(d.services[i].cash)
	}
}

// group is a group in its last form.
func (s *scale) group(name string, c *counts) Group {
	g := Group{Name: name, Elders: c.elders, Undecided: c.undecided, Monthly: c.cash.money()}
	for i, offer := range s.offers {
		status := c.services[i].status
		one := Service{
			Service: offer.Service, Item: offer.Item, Name: s.name(offer), Monthly: c.services[i].cash.money(), Cash: s.pays(offer),
			Entitled: status[entitled], Possible: status[possible], Discretionary: status[discretionary],
		}
		one.Not = c.elders - one.Entitled - one.Possible - one.Discretionary
		g.Services = append(g.Services, one)
	}
	return g
}

func (s *scale) name(offer ruleset.Offer) string {
	if known := s.vocabulary().Service(offer.Service); s.english && known != nil {
		return known.English
	}
	return offer.Name
}

// pays reports whether a service promises monthly cash.
func (s *scale) pays(offer ruleset.Offer) bool {
	for measure := range offer.Promises {
		if s.isMonthly[measure] {
			return true
		}
	}
	return false
}

func (c cash) money() Money {
	return Money{policy.DecimalOfHundredths(c.certain), policy.DecimalOfHundredths(c.upTo), c.paid, c.may, c.open}
}

// missing are the facts that are missing of somebody, the most missing first.
func (s *scale) missing(p *part) []Missing {
	all := []Missing{}
	for i, a := range s.vocabulary().Attributes {
		if m := p.missing[i]; m.elders > 0 {
			all = append(all, Missing{a.Name, a.Label, a.English, m.elders, m.alone})
		}
	}
	slices.SortStableFunc(all, func(a, b Missing) int { return cmp.Compare(b.Elders, a.Elders) })
	return all
}
