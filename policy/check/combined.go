package check

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/internal/union"
)

// combination is a set of promises that a list may not pay all together. Choices that have a
// promise in common, on either side, make one combination.
type combination struct {
	members  []policy.Member // in printed order
	services []string        // of the members, each once
}

// combinations returns the combinations of both sides' choices. A choice has promises of one unit,
// and so does a combination.
func (c *checker) combinations() []*combination {
	var all [][]policy.Member
	for _, side := range []Side{c.parent, c.child} {
		for _, l := range side.Table.Layers {
			for _, choice := range l.List.ChooseHigher {
				all = joined(all, choice.Members)
			}
		}
	}
	var combinations []*combination
	for _, members := range all {
		combinations = append(combinations, c.combination(members))
	}
	return combinations
}

// joined adds members to disjoint sets of members, and keeps the sets disjoint.
func joined(sets [][]policy.Member, members []policy.Member) [][]policy.Member {
	var apart [][]policy.Member
	for _, set := range sets {
		if slices.ContainsFunc(set, func(m policy.Member) bool { return slices.Contains(members, m) }) {
			members = union.Of(set, members)
		} else {
			apart = append(apart, set)
		}
	}
	return append(apart, members)
}

func (c *checker) combination(members []policy.Member) *combination {
	place := func(m policy.Member) int { return decide.Place(c.parent.Table.Layers, m.Service) }
	slices.SortFunc(members, func(a, b policy.Member) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(a.Service, b.Service), strings.Compare(a.Measure, b.Measure))
	})
	of := &combination{members: members}
	for _, m := range members {
		of.services = union.Of(of.services, []string{m.Service})
	}
	return of
}

// promised is what one side promises an elder for each member of a combination, the best first.
type promised map[policy.Member][]*policy.Promise

// paid is what a side pays of what it promises together.
type paid struct {
	sum  policy.Decimal                  // of the amounts that are sure
	kept promised                        // all that is not left out, be it without a sure amount
	left map[policy.Member]policy.Member // what is left out, and in favour of what
}

// count says what counts of promises made together.
type count struct {
	adds   func(measure string) bool // whether a measure is added up
	surely bool                      // whether floors may turn out to be higher, or are what is paid
}

// pays returns what a side pays of what it promises, counted as a decision does.
func (n count) pays(side Side, what promised) paid {
	layers, entitled := side.Table.Layers, entitledTo(side, what)
	left := decide.LeftOut(layers, entitled)
	p := paid{kept: promised{}, left: map[policy.Member]policy.Member{}}
	if n.surely {
		p.left = decide.Unsure(layers, entitled, left, n.adds)
	}
	for _, out := range left {
		m := policy.Member{Service: out.Service, Measure: out.Measure}
		p.left[m] = policy.Member{Service: out.InFavourOf, Measure: out.InFavourOfMeasure}
	}
	for m, promises := range what {
		if _, out := p.left[m]; !out && n.adds(m.Measure) {
			p.kept[m] = promises
		}
	}
	p.sum = sumOf(p.kept)
	return p
}

// entitledTo returns the best promises of a side as entitlements, in printed order.
func entitledTo(side Side, what promised) []decide.Entitlement {
	byService := map[string]map[string]policy.Promise{}
	for m, p := range what {
		if byService[m.Service] == nil {
			byService[m.Service] = map[string]policy.Promise{}
		}
		byService[m.Service][m.Measure] = *p[0]
	}
	layers := side.Table.Layers
	services := slices.SortedFunc(maps.Keys(byService), func(a, b string) int {
		return cmp.Or(cmp.Compare(decide.Place(layers, a), decide.Place(layers, b)), strings.Compare(a, b))
	})
	var entitled []decide.Entitlement
	for _, s := range services {
		entitled = append(entitled, decide.Entitlement{Granted: &decide.Granted{Service: s, Promises: byService[s]}})
	}
	return entitled
}

// sumOf returns the sum of the amounts that are sure.
func sumOf(kept promised) policy.Decimal {
	var sum policy.Decimal
	for _, p := range kept {
		if p[0].Sure() {
			sum = sum.Add(*p[0].Value)
		}
	}
	return sum
}

// shortOf returns how what is paid together is less than what is owed together, or nil when it is
// not less. As much must be paid in all, and as much in cash alone; both where floors are all that
// is paid, and of what is sure whatever they turn out to be. Where the child leaves an amount open,
// what is owed counts.
func (c *checker) shortOf(of *combination, owed, has promised) *loss {
	has = floored(owed, has)
	all := func(string) bool { return true }
	cash := func(measure string) bool { return c.vocabulary.Measure(measure).Cash() }
	ways := []count{{all, false}, {cash, false}, {all, true}, {cash, true}}
	if !slices.ContainsFunc(of.members, func(m policy.Member) bool { return !cash(m.Measure) }) { // then both add up the same
		ways = []count{{all, false}, {all, true}}
	}
	for _, n := range ways {
		if l := c.shortOfSum(of, n.of(owed), has, n.pays(c.parent, owed), n.pays(c.child, has)); l != nil {
			return l
		}
	}
	return nil
}

// of returns the promises of the measures that are added up.
func (n count) of(all promised) promised {
	of := maps.Clone(all)
	maps.DeleteFunc(of, func(m policy.Member, _ []*policy.Promise) bool { return !n.adds(m.Measure) })
	return of
}

// floored returns what one side has, with what is owed where it leaves the amount open: that still
// holds as a floor. A ceiling stays one.
func floored(owed, has promised) promised {
	with := maps.Clone(has)
	for m, p := range has {
		if want := owed[m]; p[0].Open() && want != nil && !want[0].Open() {
			floor := *want[0]
			if floor.Sure() {
				floor = floor.OrBetter()
			}
			with[m] = slices.Concat([]*policy.Promise{&floor}, p)
		}
	}
	return with
}

// shortOfSum compares what is paid of some promises with what is owed of them. Of promises that
// stand in for each other, the highest is owed, whichever that turns out to be. So the child must
// pay as much in every way it may turn out.
func (c *checker) shortOfSum(of *combination, owed, has promised, above, here paid) *loss {
	for _, highest := range of.ways(above, owed) {
		if unsure, short := c.shortOfWay(highest, owed, here, has); short {
			amount := func(sum policy.Decimal) *policy.Promise { return &policy.Promise{Bound: policy.AtLeast, Value: &sum} }
			out := leftOut(of, above, here)
			return &loss{
				kind: Combined, service: out.Service, measure: out.Measure, want: amount(above.sum), have: amount(here.sum),
				together: of, unsure: unsure,
			}
		}
	}
	return nil
}

// ways returns the ways in which what is owed may turn out. For each member that is paid, either it
// is the highest, or another is that has no sure amount and is left out in its favour. In the first
// way, all members that are paid are the highest.
func (of *combination) ways(above paid, owed promised) [][]policy.Member {
	ways := [][]policy.Member{nil}
	for _, m := range of.members {
		if above.kept[m] == nil {
			continue
		}
		highest := []policy.Member{m}
		for _, n := range of.members {
			if p := owed[n]; n != m && p != nil && !p[0].Sure() && above.payer(n) == m {
				highest = append(highest, n)
			}
		}
		var more [][]policy.Member
		for _, n := range highest {
			for _, way := range ways {
				more = append(more, append(slices.Clip(way), n))
			}
		}
		ways = more
	}
	return ways
}

// shortOfWay reports whether less is paid than is owed in one way, and whether part of that has no
// sure amount. Such a promise must be paid by itself, or something higher must be paid for it, or
// what is paid beyond the sum must outweigh it.
func (c *checker) shortOfWay(highest []policy.Member, owed promised, here paid, has promised) (unsure, short bool) {
	var all, unmet []*policy.Promise // without a sure amount; of these, what nothing is paid for
	var owes policy.Decimal
	rest := here.sum // but for what is paid for the others
	spent := map[policy.Member]bool{}
	for _, m := range highest {
		want := owed[m][0]
		if want.Sure() {
			owes = owes.Add(*want.Value)
			continue
		}
		all = append(all, want)
		meets := func(have *policy.Promise) bool { return !have.Sure() && c.meets(*have, *want) }
		payer := here.payer(m)
		if spent[payer] || here.kept[payer] == nil || !slices.ContainsFunc(has[m], meets) {
			unmet = append(unmet, want)
			continue
		}
		if spent[payer] = true; here.kept[payer][0].Sure() {
			rest = rest.Sub(*here.kept[payer][0].Value)
		}
	}
	short = !c.outweighs(rest.Sub(owes), unmet) && !c.outweighs(here.sum.Sub(owes), all)
	return len(all) > 0, short
}

// payer returns the member that is paid for another: itself, or the one in favour of which it is
// left out. The higher of the two is then paid, whichever that turns out to be.
func (p paid) payer(m policy.Member) policy.Member {
	for range p.left {
		if instead, out := p.left[m]; out {
			m = instead
		}
	}
	return m
}

// outweighs reports whether a sum paid beyond what is owed makes up for promises without a sure
// amount. It must cover each ceiling, and each share of a number that the child has. If no text
// says how much some promise is, it must leave something more for those.
func (c *checker) outweighs(beyond policy.Decimal, unmet []*policy.Promise) bool {
	more := false
	for _, want := range unmet {
		amount := want.Value
		if want.Open() {
			amount = c.shareOf(*want)
		}
		switch {
		case amount != nil:
			beyond = beyond.Sub(*amount)
		case want.Missing == "":
			more = true
		default:
			return false
		}
	}
	order := beyond.Cmp(policy.Decimal{})
	return order > 0 || order == 0 && !more
}

// leftOut returns the first member that is owed and that the child leaves out, or else the first
// member that is owed.
func leftOut(of *combination, above, here paid) policy.Member {
	owed := slices.DeleteFunc(slices.Clone(of.members), func(m policy.Member) bool { return above.kept[m] == nil })
	for _, m := range owed {
		if _, out := here.left[m]; out {
			return m
		}
	}
	return owed[0]
}

// lostTogether returns the regions in which the child pays less of a combination than the parent,
// outside a region in which elders lose of a single service.
func (c *checker) lostTogether(of *combination, lost []box.Box) []lostRegion {
	cut := partition{c: c, of: of}
	for _, side := range []Side{c.parent, c.child} {
		for _, m := range of.members {
			cut.slots = append(cut.slots, slot{side == c.parent, m, tiers(c.raised(side, m), m.Measure, sameOutcome)})
		}
	}
	cut.split(0, c.subtract(everything, lost), promised{}, promised{})
	for i := range cut.losses {
		l := &cut.losses[i]
		l.by = slices.DeleteFunc(c.cases(c.parent, l.service), func(k table.Case) bool { _, ok := k.Grant.Measures[l.measure]; return !ok })
	}
	return cut.losses
}

// raised returns the cases of a member's service. Where another case may exceed an exact amount, it
// is a floor, too.
func (c *checker) raised(side Side, m policy.Member) []table.Case {
	cases := c.cases(side, m.Service)
	if slices.Contains(layer.Linked(side.Table.Layers, m.Service), m.Measure) {
		return cases
	}
	return side.Table.WithRaised(cases)
}

// partition divides a region by what both sides promise of a combination.
type partition struct {
	c      *checker
	of     *combination
	slots  []slot
	losses []lostRegion
}

// slot is what one side promises for one member, the best first.
type slot struct {
	owed   bool
	member policy.Member
	tiers  []tier
}

// beside returns which of some tiers matter where a better one holds. Of what is owed, the best
// counts. Of what is had, an amount that is not sure may still meet one that is owed.
func (s slot) beside(tiers []tier) []tier {
	if s.owed {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(tiers), func(t tier) bool { return t.promise.Sure() })
}

// split divides a region by the slots from the i-th on, and notes where in it less is paid than is
// owed.
func (p *partition) split(i int, region []box.Box, owed, has promised) {
	switch {
	case len(region) == 0 || i == len(p.of.members) && len(owed) == 0:
		return
	case i == len(p.slots):
		if l := p.c.shortOf(p.of, owed, has); l != nil {
			p.note(*l, region)
		}
		return
	}
	s := p.slots[i]
	to := has
	if s.owed {
		to = owed
	}
	p.promise(i, s, to, s.tiers, region, owed, has)
	delete(to, s.member)
}

// promise divides a region by which tiers of the i-th slot hold in it.
func (p *partition) promise(i int, s slot, to promised, tiers []tier, region []box.Box, owed, has promised) {
	if len(tiers) == 0 || len(region) == 0 {
		p.split(i+1, region, owed, has)
		return
	}
	t, held := tiers[0], to[s.member]
	to[s.member] = append(slices.Clip(held), t.promise)
	p.promise(i, s, to, s.beside(tiers[1:]), within(region, t.boxes, p.c.space.Values), owed, has)
	if to[s.member] = held; held == nil {
		delete(to, s.member)
	}
	p.promise(i, s, to, tiers[1:], box.Subtract(region, t.boxes, p.c.space.Values), owed, has)
}

func (p *partition) note(l loss, region []box.Box) {
	i := slices.IndexFunc(p.losses, func(known lostRegion) bool { return known.same(l) })
	if i < 0 {
		i = len(p.losses)
		p.losses = append(p.losses, lostRegion{loss: l})
	}
	p.losses[i].region = append(p.losses[i].region, region...)
}

// excuses reports whether elders with this loss of a single service are not looked at together.
// What is only left open is still paid.
func (l loss) excuses() bool { return l.kind != Open && l.kind != Shorter && l.kind != Combined }

// lossTogether returns how an elder loses of a combination, given what is owed and what is had, by
// plain OPA. It returns nothing where a single service is lost too.
func (c *checker) lossTogether(of *combination, owed, has []decide.Held) []loss {
	for _, service := range of.services {
		if slices.ContainsFunc(c.losses(service, byService(owed, service), byService(has, service)), loss.excuses) {
			return nil
		}
	}
	above := of.promises(c.parent, owed)
	if len(above) == 0 {
		return nil
	}
	if l := c.shortOf(of, above, of.promises(c.child, has)); l != nil {
		return []loss{*l}
	}
	return nil
}

// promises returns the promises of a combination's members by rules of a side, the best first. An
// exact amount that another rule may exceed is a floor, too.
func (of *combination) promises(side Side, held []decide.Held) promised {
	all := promised{}
	for _, m := range of.members {
		linked := layer.Linked(side.Table.Layers, m.Service)
		for _, h := range byService(held, m.Service) {
			for _, measures := range []map[string]policy.Promise{h.Grant.Measures, h.Raised(held, linked)} {
				if p, ok := measures[m.Measure]; ok {
					all[m] = append(all[m], &p)
				}
			}
		}
		slices.SortStableFunc(all[m], func(p, q *policy.Promise) int { return order(*p, *q) })
		if len(all[m]) == 0 {
			delete(all, m)
		}
	}
	return all
}

func byService(held []decide.Held, service string) []decide.Held {
	return slices.DeleteFunc(slices.Clone(held), func(h decide.Held) bool { return h.Grant.Service != service })
}

// choiceAt returns where the child says that a service is left out beside another of a combination,
// or its list's place where it does not say so.
func (c *checker) choiceAt(of *combination, out policy.Member) policy.Position {
	for _, l := range c.child.Table.Layers {
		for _, choice := range l.List.ChooseHigher {
			others := func(m policy.Member) bool { return m != out && slices.Contains(of.members, m) }
			if slices.Contains(choice.Members, out) && slices.ContainsFunc(choice.Members, others) {
				return choice.Pos
			}
		}
	}
	return c.child.Table.Layers[0].List.Pos
}
