package summary

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// figure is a number that may be hidden.
type figure struct {
	n      int64
	hidden bool
}

// sum is money that may be hidden, and the number of elders who have it.
type sum struct {
	certain, upTo policy.Decimal
	figure
}

// public is a summary that says nothing about fewer elders than a least number. This also holds for
// the difference between what is shown and what it adds up to.
type public struct {
	least     int64
	dropped   int // figures that are hidden
	elders    figure
	undecided figure
	monthly   sum
	services  []publicService
	byAge     publicGroups
	by        []publicGroups
	missing   []publicMissing
}

type publicService struct {
	Service
	status [4]figure // entitled, possible, discretionary, not
	money  sum
}

// pays reports whether somebody has or may have money of the service. If so, the money tells how
// many have it.
func (s *publicService) pays() bool { return s.Cash && s.Monthly.May > 0 }

// publicGroups holds groups of all elders that do not overlap. Small groups are one group, the
// last.
type publicGroups struct {
	column string
	groups []publicGroup
}

type publicGroup struct {
	name      string
	small     bool // several small groups, without a name
	paid      int64
	elders    figure
	undecided figure
	money     sum
	entitled  []figure // by service
}

type publicMissing struct {
	Missing
	elders, alone figure
}

// publish hides everything in a summary that would tell of fewer elders than a least number. Each
// hidden figure may require others to be hidden, and it goes on until none does: the counts of a
// paid service tell the money, and the money tells the counts.
func publish(s *Summary, least int64) *public {
	n := s.Total.Elders
	p := &public{
		least: least, elders: figure{n: n}, undecided: figure{n: s.Total.Undecided}, monthly: sumOf(s.Total.Monthly),
		byAge: groupsOf("", s.ByAge, least),
	}
	for _, one := range s.Total.Services {
		p.services = append(p.services, publicService{
			one, [4]figure{{n: one.Entitled}, {n: one.Possible}, {n: one.Discretionary}, {n: one.Not}}, sumOf(one.Monthly),
		})
	}
	for _, b := range s.By {
		p.by = append(p.by, groupsOf(b.Column, b.Groups, least))
	}
	p.drop(&p.elders, p.few(n))
	p.drop(&p.undecided, p.few(n, s.Total.Undecided, n-s.Total.Undecided))
	p.drop(&p.monthly.figure, p.few(n, s.Total.Monthly.Paid, s.Total.Monthly.May))
	for before := -1; before < p.dropped; {
		before = p.dropped
		p.hideServices()
		p.hideGroups(&p.byAge)
		for i := range p.by {
			p.hideGroups(&p.by[i])
		}
	}
	for _, m := range s.Missing {
		p.missing = append(p.missing, publicMissing{
			m, figure{m.Elders, p.few(n, m.Elders, n-m.Elders)}, figure{m.Alone, p.few(n, m.Alone, m.Elders-m.Alone)},
		})
	}
	return p
}

func sumOf(m Money) sum { return sum{m.Certain, m.UpTo, figure{n: m.May}} }

// groupsOf returns groups with those of fewer elders than a least number put together. The name of
// such a group may be that of an elder, and would say that somebody is in it.
func groupsOf(column string, groups []Group, least int64) publicGroups {
	all := publicGroups{column: column}
	var small publicGroup
	for _, g := range groups {
		if g.Elders >= least {
			all.groups = append(all.groups, groupOf(g))
		} else {
			small.join(groupOf(g))
		}
	}
	if small.small = small.elders.n > 0; small.small {
		all.groups = append(all.groups, small)
	}
	return all
}

func groupOf(g Group) publicGroup {
	one := publicGroup{
		name: g.Name, paid: g.Monthly.Paid, elders: figure{n: g.Elders}, undecided: figure{n: g.Undecided}, money: sumOf(g.Monthly),
	}
	for _, s := range g.Services {
		one.entitled = append(one.entitled, figure{n: s.Entitled})
	}
	return one
}

// join adds another group, before anything is hidden, and leaves the name.
func (g *publicGroup) join(h publicGroup) {
	g.paid, g.elders.n, g.undecided.n, g.money.n = g.paid+h.paid, g.elders.n+h.elders.n, g.undecided.n+h.undecided.n, g.money.n+h.money.n
	g.money.certain, g.money.upTo = g.money.certain.Add(h.money.certain), g.money.upTo.Add(h.money.upTo)
	if g.entitled == nil {
		g.entitled = make([]figure, len(h.entitled))
	}
	for i, f := range h.entitled {
		g.entitled[i].n += f.n
	}
}

// few reports whether one of several counts tells of few elders.
func (p *public) few(counts ...int64) bool {
	return slices.ContainsFunc(counts, func(c int64) bool { return 0 < c && c < p.least })
}

// drop hides a figure.
func (p *public) drop(f *figure, when bool) {
	if when && !f.hidden {
		f.hidden = true
		p.dropped++
	}
}

// dropAmong hides some of the figures that add up to a total, so that no hidden one can be worked
// out.
func (p *public) dropAmong(all []*figure) {
	for i, hidden := range hide(numbers(all), p.least, hiddenOf(all)...) {
		p.drop(all[i], hidden)
	}
}

// dropParts hides parts of wholes, so that neither a part nor the rest of a whole can be worked
// out.
func (p *public) dropParts(parts, wholes []*figure) {
	for i, hidden := range hideBoth(numbers(parts), numbers(wholes), p.least, hiddenOf(parts)) {
		p.drop(parts[i], hidden)
	}
}

func numbers(all []*figure) []int64 {
	counts := make([]int64, len(all))
	for i, f := range all {
		counts[i] = f.n
	}
	return counts
}

func hiddenOf(all []*figure) []int {
	var hidden []int
	for i, f := range all {
		if f.hidden {
			hidden = append(hidden, i)
		}
	}
	return hidden
}

// hideServices hides what few elders have of a service. The counts of a service's statuses add up
// to all elders, and the money of the services adds up to that of all. Counts and money of a
// service that pays can be worked out from each other, so they are hidden together.
func (p *public) hideServices() {
	var money []*figure
	for i := range p.services {
		s := &p.services[i]
		if s.Cash {
			p.drop(&s.status[0], s.pays() && s.money.hidden)
			p.drop(&s.status[1], s.pays() && s.money.hidden)
			money = append(money, &s.money.figure)
		}
		p.dropAmong([]*figure{&s.status[0], &s.status[1], &s.status[2], &s.status[3]})
		if s.pays() && (s.status[0].hidden || s.status[1].hidden || p.few(s.Monthly.Paid)) {
			p.drop(&s.money.figure, true)
			p.drop(&p.monthly.figure, true)
		}
	}
	p.drop(&p.monthly.figure, p.undecided.hidden)
	if p.monthly.hidden && len(hiddenOf(money)) == 0 && len(money) > 0 { // they would add up to it
		p.drop(smallest(money), true)
	}
	p.dropAmong(money)
}

// smallest returns the figure that costs least to hide.
func smallest(all []*figure) *figure {
	return slices.MinFunc(all, func(f, g *figure) int {
		switch {
		case smaller(f.n, g.n):
			return -1
		case smaller(g.n, f.n):
			return 1
		}
		return 0
	})
}

// hideGroups hides small groups, and also what few elders of the other groups have.
func (p *public) hideGroups(b *publicGroups) {
	of := func(one func(*publicGroup) *figure) []*figure {
		all := make([]*figure, len(b.groups))
		for i := range b.groups {
			all[i] = one(&b.groups[i])
		}
		return all
	}
	elders := of(func(g *publicGroup) *figure { return &g.elders })
	p.dropAmong(elders)
	for i := range b.groups {
		g := &b.groups[i]
		p.drop(&g.undecided, g.elders.hidden || p.undecided.hidden)
	}
	p.dropParts(of(func(g *publicGroup) *figure { return &g.undecided }), elders)
	for i := range b.groups {
		g := &b.groups[i]
		told := g.elders.hidden || g.undecided.hidden || p.monthly.hidden || p.few(g.paid)
		p.drop(&g.money.figure, told || p.hidesCash(g))
	}
	p.dropAmong(of(func(g *publicGroup) *figure { return &g.money.figure }))
	for i := range p.services {
		s := &p.services[i]
		for j := range b.groups {
			g := &b.groups[j]
			p.drop(&g.entitled[i], g.elders.hidden || s.status[0].hidden || s.pays() && g.money.hidden)
		}
		p.dropParts(of(func(g *publicGroup) *figure { return &g.entitled[i] }), elders)
	}
}

// hidesCash reports whether the number of a group's elders who have a service that pays is hidden.
func (p *public) hidesCash(g *publicGroup) bool {
	for i, f := range g.entitled {
		if f.hidden && p.services[i].pays() {
			return true
		}
	}
	return false
}

// hideBoth returns which counts to hide so that neither they nor the rest of their wholes tell of
// few.
func hideBoth(counts, wholes []int64, least int64, forced []int) []bool {
	rest := make([]int64, len(counts))
	both := make([]bool, len(counts))
	for i := range counts {
		rest[i] = wholes[i] - counts[i]
		both[i] = slices.Contains(forced, i) || 0 < counts[i] && counts[i] < least || 0 < rest[i] && rest[i] < least
	}
	for {
		more := hide(rest, least, places(hide(counts, least, places(both)...))...)
		if slices.Equal(more, both) {
			return both
		}
		both = more
	}
}

// places returns the indices that are true.
func places(of []bool) []int {
	var all []int
	for i, is := range of {
		if is {
			all = append(all, i)
		}
	}
	return all
}
