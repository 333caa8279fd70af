package roster

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
)

// tally counts the elders for whom something holds.
type tally struct {
	where literal
	add   func(t *Totals, elders int64)
}

// best names the elders for whom a promise is the best of its service and measure.
type best struct {
	service string
	measure string
	promise policy.Promise
	where   literal
}

// sure reports whether the amount of a promise is sure to be paid: it has a number, and is not a
// ceiling.
func sure(p policy.Promise) bool { return !p.Open() && p.Bound != policy.AtMost }

// add adds a promise made to elders.
func (c *Cash) add(p policy.Promise, elders int64) {
	if sure(p) {
		c.Fen += elders * p.Value.Hundredths()
	} else {
		c.Open += elders
	}
}

// tallies hold what [Totals] is made of.
func (b *planner) tallies() []tally {
	var tallies []tally
	var promises []best
	for _, s := range newTotals(b.table).Services {
		entitled, discretionary := b.granted(s.Service, false), b.granted(s.Service, true)
		tallies = append(tallies,
			tally{entitled, func(t *Totals, n int64) { t.service(s.Service).Entitled += n }},
			tally{discretionary, func(t *Totals, n int64) { t.service(s.Service).Discretionary += n }},
		)
		for _, c := range s.Cash {
			promises = append(promises, b.best(s.Service, c.Measure)...)
		}
	}
	for _, p := range promises {
		tallies = append(tallies, tally{p.where, func(t *Totals, n int64) { t.service(p.service).cash(p.measure).add(p.promise, n) }})
	}
	tallies = append(tallies, b.monthly(promises)...)
	return slices.DeleteFunc(tallies, func(t tally) bool { return t.where == never })
}

// granted holds for the elders to whom a service is granted.
func (b *planner) granted(service string, discretionary bool) literal {
	granted := never
	for i, c := range b.cases {
		if c.Grant.Service == service && c.Grant.Discretionary == discretionary {
			granted = b.or(granted, b.holds[i])
		}
	}
	return granted
}

// best groups the elders to whom a service promises a measure by the best promise, the highest
// first.
func (b *planner) best(service, measure string) []best {
	var promises []best
	for i, c := range b.cases {
		if p, ok := c.Grant.Measures[measure]; ok && c.Grant.Service == service && !c.Grant.Discretionary {
			promises = append(promises, best{service, measure, p, b.holds[i]})
		}
	}
	slices.SortStableFunc(promises, higherFirst)
	return b.parted(promises)
}

func higherFirst(x, y best) int { return y.promise.Compare(x.promise) }

func higherAmountFirst(x, y best) int { return y.promise.CompareAmounts(x.promise) }

// parted leaves to each promise only the elders who have none of those before. It joins promises of
// the same.
func (b *planner) parted(promises []best) []best {
	var parted []best
	had := never
	for _, p := range promises {
		alone := b.andNot(p.where, had)
		had = b.or(had, p.where)
		if last := len(parted) - 1; last >= 0 && parted[last].promise.Compare(p.promise) == 0 {
			parted[last].where = b.or(parted[last].where, alone)
			continue
		}
		p.where = alone
		parted = append(parted, p)
	}
	return parted
}

// monthly returns the tallies of the monthly total. Of services of which only the highest is paid
// it leaves out the others.
func (b *planner) monthly(promises []best) []tally {
	promises = slices.DeleteFunc(slices.Clone(promises), func(p best) bool {
		return !b.table.Space.Vocabulary.Measure(p.measure).Monthly()
	})
	leftOut := b.leftOut(promises)
	var tallies []tally
	open := never
	for i, p := range promises {
		paid := b.andNot(p.where, leftOut[i])
		if !sure(p.promise) {
			open = b.or(open, paid)
			continue
		}
		tallies = append(tallies, tally{paid, func(t *Totals, n int64) { t.Monthly.add(p.promise, n) }})
	}
	return append(tallies, tally{open, func(t *Totals, n int64) { t.Monthly.Open += n }})
}

// choosing holds for the elders who have several services of choices that overlap, or that pay
// something else than monthly cash. What is sure of these is left to the ruleset.
func (b *planner) choosing() literal {
	several := never
	for _, chain := range decide.Chains(b.table.Layers) {
		if !chain.Loosens(b.table.Space.Vocabulary) {
			continue
		}
		had := never
		for _, service := range chain.Services() {
			granted := b.granted(service, false)
			several = b.or(several, b.and(had, granted))
			had = b.or(had, granted)
		}
	}
	return several
}

// leftOut returns for each promise a literal for those who are not paid it, because they have a
// higher one of the same choice. Of equal promises the first in print is paid.
func (b *planner) leftOut(promises []best) []literal {
	leftOut := make([]literal, len(promises))
	for _, l := range b.table.Layers {
		for _, choice := range l.List.ChooseHigher {
			var members []int
			for i, p := range promises {
				if p.measure == choice.Measure(p.service) {
					members = append(members, i)
				}
			}
			slices.SortStableFunc(members, func(i, j int) int { return higherAmountFirst(promises[i], promises[j]) })
			had := never
			for _, i := range members {
				leftOut[i] = b.or(leftOut[i], b.and(promises[i].where, had))
				had = b.or(had, promises[i].where)
			}
		}
	}
	return leftOut
}
