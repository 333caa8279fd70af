package roster

import (
	"cmp"
	"context"
	"math/bits"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// Totals holds counts and sums over the elders of a roster who have a decision.
type Totals struct {
	Elders   int64     `json:"elders"`   // who have a decision
	Services []Service `json:"services"` // in the order of the jurisdiction's list, then those that only lists above have
	// Monthly is all monthly cash without what is not added up: the sum of all
	// [decide.Decision.MonthlyCNY].
	Monthly Cash        `json:"monthly_cny"`
	Errors  []*RowError `json:"errors"`
}

// Service holds the counts and sums of one service.
type Service struct {
	Service       string `json:"service"`
	Entitled      int64  `json:"entitled"`      // elders who certainly have it
	Discretionary int64  `json:"discretionary"` // elders to whom the text permits it
	Possible      int64  `json:"possible"`      // elders who are entitled to it for some values of missing attributes
	Cash          []Cash `json:"cash"`          // promises to those entitled, by measure; without linked measures, which mean nothing apart
}

// Cash is a sum of money promised to several elders. It counts, for each elder and measure, the
// best amount that is certain.
type Cash struct {
	Measure string `json:"measure,omitempty"` // empty for a sum over measures
	Fen     int64  `json:"fen"`               // the amounts that are sure to be paid, in fen (0.01 yuan)
	Open    int64  `json:"open"`              // elders with an amount that is left out, because it is open or only a ceiling
}

// Totals counts elders and adds up money, service by service. It leaves out rows without a
// decision, and reports them in order. The error is the context's, or one of plain OPA evaluating
// an opaque rule.
func (r *Roster) Totals(ctx context.Context) (*Totals, error) {
	if err := r.ready(ctx); err != nil {
		return nil, err
	}
	t := newTotals(r.rules.Table)
	parts, err := parallel(ctx, r, r.count)
	if err != nil {
		return nil, err
	}
	answers, err := r.ask(ctx, t.addCounts(r.plan.tallies, parts))
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		if a.refused != nil {
			t.Errors = append(t.Errors, a.errors()...)
			continue
		}
		t.add(r.rules.Table, a.decision, int64(len(a.rows)))
	}
	sortByRow(t.Errors)
	return t, nil
}

func sortByRow(errs []*RowError) {
	slices.SortFunc(errs, func(a, b *RowError) int { return cmp.Compare(a.Row, b.Row) })
}

// counts are the tallies of a part of a roster.
type counts struct {
	elders  int64
	tallies []int64
	left    []int // rows that the planes do not decide
}

// count counts the elders of the blocks from first to before end.
func (r *Roster) count(ctx context.Context, first, end int) (counts, error) {
	c := counts{tallies: make([]int64, len(r.plan.tallies))}
	slots, out := r.plan.totals.slots(), r.plan.totalsOut
	for b := first; b < end; b++ {
		if b%checkEvery == 0 && ctx.Err() != nil {
			return c, ctx.Err()
		}
		r.plan.totals.run(r.block(b), slots)
		var decided lanes
		decided, c.left = r.decided(b, slots, out[0], c.left)
		c.elders += ones(&decided, &decided, 0)
		for i, o := range out[1:] {
			c.tallies[i] += ones(&slots[o.slot], &decided, o.negate)
		}
	}
	return c, nil
}

// ones counts the bits of a that are in b. If negate is all ones, a is negated first.
func ones(a, b *lanes, negate uint64) int64 {
	n := 0
	for w := range a {
		n += bits.OnesCount64((a[w] ^ negate) & b[w])
	}
	return int64(n)
}

// newTotals returns the totals of nobody.
func newTotals(t *table.Table) *Totals {
	totals := &Totals{Services: []Service{}, Errors: []*RowError{}}
	for _, l := range t.Layers {
		for _, s := range l.List.Services {
			totals.service(s.ID)
		}
	}
	for _, c := range t.Cases {
		for measure := range c.Grant.Measures {
			if !c.Grant.Discretionary && addsUp(t, c.Grant.Service, measure) {
				totals.service(c.Grant.Service).cash(measure)
			}
		}
	}
	return totals
}

// addsUp reports whether a measure is money that adds up over elders by itself.
func addsUp(t *table.Table, service, measure string) bool {
	return t.Space.Vocabulary.Measure(measure).Cash() && !slices.Contains(layer.Linked(t.Layers, service), measure)
}

// service returns the counts of a service, and adds it when it is new.
func (t *Totals) service(id string) *Service {
	i := slices.IndexFunc(t.Services, func(s Service) bool { return s.Service == id })
	if i < 0 {
		i = len(t.Services)
		t.Services = append(t.Services, Service{Service: id, Cash: []Cash{}})
	}
	return &t.Services[i]
}

// cash returns the sum of a measure, and adds it when it is new.
func (s *Service) cash(measure string) *Cash {
	i, found := slices.BinarySearchFunc(s.Cash, measure, func(c Cash, m string) int { return cmp.Compare(c.Measure, m) })
	if !found {
		s.Cash = slices.Insert(s.Cash, i, Cash{Measure: measure})
	}
	return &s.Cash[i]
}

// addCounts adds what was counted in parts, and returns the rows that were not counted.
func (t *Totals) addCounts(tallies []tally, parts []counts) (left []int) {
	for _, part := range parts {
		t.Elders += part.elders
		for i, n := range part.tallies {
			tallies[i].add(t, n)
		}
		left = append(left, part.left...)
	}
	return left
}

// add adds elders who share a decision.
func (t *Totals) add(of *table.Table, d *decide.Decision, elders int64) {
	t.Elders += elders
	for _, e := range d.Entitled {
		s := t.service(e.Service)
		s.Entitled += elders
		for measure, p := range e.Promises {
			if addsUp(of, e.Service, measure) {
				s.cash(measure).add(p, elders)
			}
		}
	}
	for _, e := range d.Discretionary {
		t.service(e.Service).Discretionary += elders
	}
	for _, p := range d.Possible {
		if !p.Discretionary {
			t.service(p.Service).Possible += elders
		}
	}
	t.Monthly.Fen += elders * d.MonthlyCNY.Value.Hundredths()
	if len(d.MonthlyCNY.Open) > 0 {
		t.Monthly.Open += elders
	}
}
