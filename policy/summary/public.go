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

// sum is money that may be hidden.
type sum struct {
	certain, upTo policy.Decimal
	hidden        bool
}

// public is a summary of which nothing tells about fewer elders than a least number, neither by
// itself nor by taking what is shown from what it adds up to.
type public struct {
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

// publicGroups are groups of all elders, which do not overlap.
type publicGroups struct {
	column string
	groups []publicGroup
}

type publicGroup struct {
	name      string
	elders    figure
	undecided figure
	money     sum
	entitled  []figure // by service
}

type publicMissing struct {
	Missing
	elders, alone figure
}

// publish hides of a summary what would tell about fewer elders than a least number.
func publish(s *Summary, least int64) *public {
	n := s.Total.Elders
	few := func(counts ...int64) bool {
		return slices.ContainsFunc(counts, func(c int64) bool { return 0 < c && c < least })
	}
	money := s.Total.Monthly
	p := &public{
		elders: figure{n, few(n)}, undecided: figure{s.Total.Undecided, few(n, s.Total.Undecided, n-s.Total.Undecided)},
		monthly:  sum{money.Certain, money.UpTo, few(n, money.Paid, money.May)},
		services: publicServices(s.Total, least),
	}
	p.byAge = p.groups("", s.ByAge, least)
	for _, b := range s.By {
		p.by = append(p.by, p.groups(b.Column, b.Groups, least))
	}
	for _, m := range s.Missing {
		p.missing = append(p.missing, publicMissing{
			m, figure{m.Elders, few(n, m.Elders, n-m.Elders)}, figure{m.Alone, few(n, m.Alone, m.Elders-m.Alone)},
		})
	}
	return p
}

// publicServices hides what few elders have of a service. How many have what adds up to all elders;
// the money of the services to that of all. Who sees how many have a service that pays can work out
// the money, so both are hidden together.
func publicServices(all Group, least int64) []publicService {
	services := make([]publicService, len(all.Services))
	may, forced := make([]int64, len(services)), []int{}
	hideRow := func(i int, also ...int) {
		s := all.Services[i]
		for status, hidden := range hide([]int64{s.Entitled, s.Possible, s.Discretionary, s.Not}, least, also...) {
			services[i].status[status].hidden = hidden
		}
	}
	for i, s := range all.Services {
		services[i].Service = s
		services[i].status = [4]figure{{n: s.Entitled}, {n: s.Possible}, {n: s.Discretionary}, {n: s.Not}}
		services[i].money = sum{certain: s.Monthly.Certain, upTo: s.Monthly.UpTo}
		hideRow(i)
		may[i] = s.Monthly.May
		if few := 0 < s.Monthly.Paid && s.Monthly.Paid < least; s.Monthly.May > 0 && (few || services[i].status[0].hidden || services[i].status[1].hidden) {
			forced = append(forced, i)
		}
	}
	for i, hidden := range hide(may, least, forced...) {
		if hidden {
			services[i].money.hidden = true
			hideRow(i, 0, 1)
		}
	}
	return services
}

// groups hides small groups, and what few of the others have.
func (p *public) groups(column string, groups []Group, least int64) publicGroups {
	out := publicGroups{column: column, groups: make([]publicGroup, len(groups))}
	of := func(count func(Group) int64) []int64 {
		counts := make([]int64, len(groups))
		for i, g := range groups {
			counts[i] = count(g)
		}
		return counts
	}
	elders := of(func(g Group) int64 { return g.Elders })
	small := places(hide(elders, least))
	few := slices.Clone(small)
	for i, g := range groups {
		if 0 < g.Monthly.Paid && g.Monthly.Paid < least {
			few = append(few, i)
		}
	}
	paid := hide(of(func(g Group) int64 { return g.Monthly.May }), least, few...)
	open := hideBoth(of(func(g Group) int64 { return g.Undecided }), elders, least, small)
	for i, g := range groups {
		out.groups[i] = publicGroup{
			name: g.Name, elders: figure{g.Elders, slices.Contains(small, i)},
			undecided: figure{g.Undecided, open[i] || p.undecided.hidden},
			money:     sum{g.Monthly.Certain, g.Monthly.UpTo, paid[i] || p.monthly.hidden},
			entitled:  make([]figure, len(g.Services)),
		}
	}
	for i := range p.services {
		entitled, forced := of(func(g Group) int64 { return g.Services[i].Entitled }), slices.Clone(small)
		for at, n := range entitled {
			if rest := elders[at] - n; 0 < rest && rest < least || paid[at] && p.services[i].Cash {
				forced = append(forced, at)
			}
		}
		hidden := hide(entitled, least, forced...)
		for at, n := range entitled {
			out.groups[at].entitled[i] = figure{n, hidden[at] || p.services[i].status[0].hidden}
		}
	}
	return out
}

// hideBoth hides counts and what is left of wholes so that neither tells of few.
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

// places are the places that are true.
func places(of []bool) []int {
	var all []int
	for i, is := range of {
		if is {
			all = append(all, i)
		}
	}
	return all
}
