package summary

import (
	"cmp"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// These are the statuses of an elder's service, as they are counted.
const (
	entitled = iota
	possible
	discretionary
	statuses
)

// counts holds the counts of a group.
type counts struct {
	elders, undecided int64
	cash              cash
	services          []serviceCounts
}

type serviceCounts struct {
	status [statuses]int64
	cash   cash
}

// cash holds sums in fen, and how many elders have a part in them.
type cash struct{ certain, upTo, paid, may, open int64 }

func (c *cash) add(d cash) {
	c.certain, c.upTo, c.paid, c.may, c.open = c.certain+d.certain, c.upTo+d.upTo, c.paid+d.paid, c.may+d.may, c.open+d.open
}

// brief is what a decision adds to the counts.
type brief struct {
	undecided bool
	cash      cash
	held      []held
	missing   []int // attributes of the vocabulary
}

// held is a service that a decision says something about.
type held struct {
	service, status int
	cash            cash
}

// scale turns decisions into what they add to the counts.
type scale struct {
	rules      *ruleset.Ruleset
	offers     []ruleset.Offer
	place      map[string]int // of a service among the offers
	attributes map[string]int
	isMonthly  map[string]bool // the measures of monthly cash
	between    map[string]bool // see [between]
	english    bool
}

func newScale(rules *ruleset.Ruleset, english bool) *scale {
	s := &scale{
		rules: rules, offers: rules.EffectiveOffers(), english: english,
		place: map[string]int{}, attributes: map[string]int{}, isMonthly: map[string]bool{}, between: between(rules.Table.Layers),
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

// brief returns what a decision adds to the counts. As in a register, an elder who is entitled and
// may be permitted more counts as entitled. What facts may still bring goes before what is only
// permitted.
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
	s.raise(b, d)
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

// put notes what an elder has of a service, unless something is noted already.
func (b *brief) put(s *scale, service string, status int) {
	if i, ok := s.place[service]; ok && b.of(i) == nil {
		b.held = append(b.held, held{service: i, status: status})
	}
}

// of returns what is noted of a service, or nil when nothing is.
func (b *brief) of(service int) *held {
	for i := range b.held {
		if b.held[i].service == service {
			return &b.held[i]
		}
	}
	return nil
}

// lack notes the missing attributes that matter.
func (b *brief) lack(s *scale, needs []string) {
	b.undecided = b.undecided || len(needs) > 0
	for _, name := range needs {
		if i, ok := s.attributes[name]; ok && !slices.Contains(b.missing, i) {
			b.missing = append(b.missing, i)
		}
	}
}

// raise notes the most that the monthly cash could be, for each service and in all. For one
// service, the others bring only what is certain of them.
func (s *scale) raise(b *brief, d *decide.Decision) {
	certain, best := s.cashOf(d)
	b.cash.upTo = b.cash.certain
	s.monthly(certain, decide.LeftOut(s.rules.Table.Layers, certain), func(service int, fen int64) { b.of(service).cash.upTo += fen })
	for _, one := range best {
		at, ok := s.place[one.Service]
		if !ok {
			continue
		}
		raised := with(certain, one)
		var sum int64
		s.monthly(raised, decide.LeftOut(s.rules.Table.Layers, raised), func(service int, fen int64) {
			if service == at {
				sum += fen
			}
		})
		b.of(at).cash.upTo = max(b.of(at).cash.upTo, sum)
	}
	var maybe []decide.Entitlement // what is paid beside others only where something between them is not had
	sure := certain
	for _, one := range best {
		if s.between[one.Service] {
			maybe = append(maybe, one)
		} else {
			sure = with(sure, one)
		}
	}
	b.cash.upTo = max(b.cash.upTo, s.most(sure, maybe))
}

// manyMaybe is the greatest number of services that are tried in all their combinations. No list
// has more.
const manyMaybe = 8

// most returns the greatest sum of monthly cash, in fen, where some services may each be as good as
// they can be, or not. Only the highest of a group is paid, so less of one service may bring more
// of two others.
func (s *scale) most(sure, maybe []decide.Entitlement) int64 {
	none := func(int, int64) {}
	if len(maybe) > manyMaybe { // not less than it can be
		for _, one := range maybe {
			sure = with(sure, one)
		}
		return s.monthly(sure, nil, none)
	}
	if len(maybe) > 0 {
		return max(s.most(sure, maybe[1:]), s.most(with(sure, maybe[0]), maybe[1:]))
	}
	return s.monthly(sure, decide.LeftOut(s.rules.Table.Layers, sure), none)
}

// with returns entitlements with another one in place of what is had of its service.
func with(all []decide.Entitlement, one decide.Entitlement) []decide.Entitlement {
	others := slices.DeleteFunc(slices.Clone(all), func(e decide.Entitlement) bool { return e.Service == one.Service })
	return append(others, one)
}

// between returns the services in groups that overlap. Only the highest of such a group is paid.
// The groups have services in common, but neither has all services of the other.
func between(layers []layer.Layer) map[string]bool {
	var groups [][]policy.Member
	for _, l := range layers {
		for _, g := range l.List.ChooseHigher {
			groups = append(groups, g.Members)
		}
	}
	services := map[string]bool{}
	for i, g := range groups {
		for _, h := range groups[:i] {
			common := 0
			for _, m := range g {
				if slices.Contains(h, m) {
					common++
				}
			}
			if common == 0 || common == len(g) || common == len(h) {
				continue
			}
			for _, m := range slices.Concat(g, h) {
				services[m.Service] = true
			}
		}
	}
	return services
}

// cashOf returns the entitlements to monthly cash that are certain, and the best form of those that
// could bring more if every missing fact turned out as well as it can.
func (s *scale) cashOf(d *decide.Decision) (certain, best []decide.Entitlement) {
	raise := func(all []decide.Entitlement, service string, promises map[string]policy.Promise) []decide.Entitlement {
		for measure, p := range promises {
			if !s.isMonthly[measure] {
				continue
			}
			i := slices.IndexFunc(all, func(e decide.Entitlement) bool { return e.Service == service })
			if i < 0 {
				i = len(all)
				all = append(all, decide.Entitlement{Granted: &decide.Granted{Service: service, Promises: map[string]policy.Promise{}}})
			}
			if had, ok := all[i].Promises[measure]; !ok || p.Compare(had) > 0 {
				all[i].Promises[measure] = p
			}
		}
		return all
	}
	for _, e := range d.Entitled {
		certain = raise(certain, e.Service, e.Promises)
		best = raise(best, e.Service, e.UpTo)
	}
	for _, p := range d.Possible {
		if !p.Discretionary {
			best = raise(best, p.Service, p.UpTo)
		}
	}
	for _, e := range certain {
		if slices.ContainsFunc(best, func(one decide.Entitlement) bool { return one.Service == e.Service }) {
			best = raise(best, e.Service, e.Promises)
		}
	}
	return certain, best
}

// monthly calls each with what a service adds to the monthly total of entitlements, in fen, and
// returns their sum. What is left out of the total adds nothing, nor does an amount without a sure
// number.
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

// part holds the counts of one goroutine.
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
		band = bandOf(p.rules.Table.Space.Axes[p.age].Value(a.Profile.Cell(p.age)))
	}
	p.bands[band].add(b)
	for i, column := range p.columns {
		name := groupName(a.Cell(column))
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

// met notes a group of a column. It returns an error when all parts together have met too many
// groups.
func (c *Counter) met(column int, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names[column][name] = true
	if len(c.names[column]) > maxGroups {
		return policy.Errorf("too-many-groups", "--by: the column %q has more than %d different values: take one that many share", c.By[column], maxGroups)
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

// group returns a group in its final form.
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

// missing returns the facts that are missing of somebody, the most frequent first.
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
