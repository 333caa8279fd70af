package timeline

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Course holds the rules of a jurisdiction over time. It is safe for concurrent use if its function
// Rules is.
type Course struct {
	// Days holds, in order, the days on which a list, a service or a dated parameter begins or has
	// ended, in the jurisdiction or in one above it. The first is the first day of the
	// jurisdiction's first list. On a day between two of them, the rules of the earlier one apply.
	Days []policy.Date
	// Rules returns the rules in force on a day.
	Rules func(ctx context.Context, on policy.Date) (*ruleset.Ruleset, error)
	// Ended returns a service that has ended by a day, with its list and its last day. It returns
	// nil when there is none. A nil Ended means that nobody knows.
	Ended func(service string, on policy.Date) (*policy.List, *policy.Service, policy.Date)
}

var errNoCourse = policy.CallError("the course is empty; get one from Engine.Course")

// AssumeKnown returns the course of rulesets that take every missing attribute as absent, or as
// unknown when known is false. See [ruleset.Ruleset.AssumeKnown].
func (c *Course) AssumeKnown(known bool) *Course {
	if !c.made() {
		return c
	}
	as := *c
	as.Rules = func(ctx context.Context, on policy.Date) (*ruleset.Ruleset, error) {
		r, err := c.Rules(ctx, on)
		return r.AssumeKnown(known), err
	}
	return &as
}

// made reports whether the course has rules and is not a zero value.
func (c *Course) made() bool { return c != nil && c.Rules != nil }

// ready returns an error when a claim cannot be followed through time.
func (c *Course) ready(ctx context.Context, r *ruleset.Ruleset, q Claim) error {
	if !c.made() {
		return errNoCourse
	}
	return r.Ready(ctx, &q.Profile)
}

// inForce returns the rules of a day, or nil when the jurisdiction has no list in force then.
func (c *Course) inForce(ctx context.Context, on policy.Date) (*ruleset.Ruleset, error) {
	r, err := c.Rules(ctx, on)
	if errors.As(err, new(*policy.NotInForceError)) {
		return nil, nil
	}
	return r, err
}

// Claim is an elder's claim to one service.
type Claim struct {
	Profile elder.Profile
	Service string
}

// Arrival tells when the passing of time alone makes a service due.
type Arrival struct {
	Day   policy.Date // zero when only the age at which it comes is known
	Age   int         // the age in years completed on that day; 0 when the day is not a birthday
	Needs []string    // the attributes that must be known as well
}

// Since returns the first day since which the service is certain, without a break, with exactly
// these promises and bundles of linked measures. It looks back from the day of the rules. It also
// reports whether the service was certain with other promises before.
//
// The day is zero when the service is not certain on the day of the rules. It is also zero when a
// rule that plain OPA evaluates would have to be tried too often. If only the age is known, Since
// returns the earliest possible day: it assumes that the elder is as old as the age allows. Missing
// attributes are taken on every day as the rules take them.
func (c *Course) Since(
	ctx context.Context, r *ruleset.Ruleset, q Claim, promises map[string]policy.Promise, bundles []policy.Bundle,
) (since policy.Date, otherwise bool, err error) {
	if err := c.ready(ctx, r, q); err != nil {
		return policy.Date{}, false, err
	}
	c = c.AssumeKnown(r.AssumesKnown())
	_, q.Profile.Birth = births(q.Profile, r)
	for m, err := range c.back(ctx, r.On, r, q) {
		if err != nil || m.untold {
			return policy.Date{}, false, err
		}
		award, err := m.promised(ctx, q)
		switch {
		case err != nil:
			return policy.Date{}, false, err
		case award == nil || !award.Certain:
			return since, false, nil
		case !same(award.Promises, promises), !slices.EqualFunc(award.Bundles, bundles, sameBundle):
			return since, true, nil
		}
		since = m.day
	}
	return since, false, nil
}

func same(a, b map[string]policy.Promise) bool {
	if len(a) != len(b) {
		return false
	}
	for measure, p := range a {
		if q, ok := b[measure]; !ok || !p.Same(q) {
			return false
		}
	}
	return true
}

// Arrivals returns when a service becomes certain, and when it becomes possible if that is earlier.
// The service must not be promised on the day of the rules. Each is nil when time does not bring
// it. If only the age is known, an arrival has a day only when the next birthday does not matter.
// It has only an age when the age is the same whenever the birthday is. Otherwise it is nil.
// Missing attributes are taken on every day as the rules take them.
func (c *Course) Arrivals(ctx context.Context, r *ruleset.Ruleset, q Claim) (certain, possible *Arrival, err error) {
	if err := c.ready(ctx, r, q); err != nil {
		return nil, nil, err
	}
	c = c.AssumeKnown(r.AssumesKnown())
	youngest, oldest := births(q.Profile, r)
	q.Profile.Birth = oldest
	if certain, possible, err = c.arrivals(ctx, r, q); err != nil || youngest == oldest {
		return certain, possible, err
	}
	q.Profile.Birth = youngest
	certainLate, possibleLate, err := c.arrivals(ctx, r, q)
	return agreed(certain, certainLate), agreed(possible, possibleLate), err
}

func (c *Course) arrivals(ctx context.Context, r *ruleset.Ruleset, q Claim) (certain, possible *Arrival, err error) {
	for m, err := range c.ahead(ctx, r.On, r, q) {
		if err != nil {
			return nil, nil, err
		}
		if m.untold {
			return nil, nil, nil
		}
		award, err := m.promised(ctx, q)
		switch {
		case err != nil:
			return nil, nil, err
		case award == nil:
		case award.Certain:
			return m.arrival(q, nil), possible, nil
		case possible == nil:
			possible = m.arrival(q, award.Needs)
		}
	}
	return nil, possible, nil
}

// agreed returns what two arrivals have in common.
func agreed(a, b *Arrival) *Arrival {
	switch {
	case a == nil || b == nil || !slices.Equal(a.Needs, b.Needs):
		return nil
	case a.Day == b.Day:
		return a
	case a.Age == b.Age && a.Age > 0:
		return &Arrival{Age: a.Age, Needs: a.Needs}
	}
	return nil
}

// births returns the latest and the earliest day on which the elder can be born. The two are the
// same when the date of birth is known, and zero when neither its month nor the age is.
func births(p elder.Profile, r *ruleset.Ruleset) (youngest, oldest policy.Date) {
	i := AgeAttribute(r.Table.Space)
	if !p.Birth.IsZero() || i < 0 {
		return p.Birth, p.Birth
	}
	if p.Cell(i) != elder.Absent {
		age := r.Table.Space.Axes[i].Value(p.Cell(i)).(int)
		youngest, oldest = latestBirth(age, r.On), latestBirth(age+1, r.On).AddDays(1)
	}
	if p.BirthMonth.IsZero() {
		return youngest, oldest
	}
	if last := p.BirthMonth.EndOfMonth(); youngest.IsZero() || last.Before(youngest) {
		youngest = last
	}
	if p.BirthMonth.After(oldest) {
		oldest = p.BirthMonth
	}
	return youngest, oldest
}

// latestBirth returns the last possible day of birth of somebody who has completed so many years on
// a day.
func latestBirth(age int, on policy.Date) policy.Date {
	day := on.Birthday(-age)
	if day.AgeOn(on) < age { // 29 February, in a common year
		day = day.AddDays(-1)
	}
	return day
}

// AgeAttribute returns the index of the attribute that a date of birth gives, or -1 when there is
// none.
func AgeAttribute(s *elder.Space) int {
	if s == nil || s.Vocabulary == nil {
		return -1
	}
	for _, in := range s.Vocabulary.Inputs {
		if in.Type == policy.BirthDate {
			if i, ok := s.Index(in.Gives); ok {
				return i
			}
		}
	}
	return -1
}

// Aged returns an elder with the age of a day. It returns false when nobody can have that age:
// before the birth, or above the greatest age. If the month of birth leaves the age open, the age
// is unknown. If neither a date nor a month of birth is given, the age stays as it is.
func Aged(s *elder.Space, p elder.Profile, on policy.Date) (elder.Profile, bool) {
	i := AgeAttribute(s)
	p = p.OnAnyDay()
	if p.Birth.IsZero() && p.BirthMonth.IsZero() || i < 0 {
		return p, true
	}
	age := p.Birth.AgeOn(on)
	if p.Birth.IsZero() {
		youngest, oldest := elder.AgesIn(p.BirthMonth, on)
		if youngest != oldest {
			s.Set(&p, i, elder.Absent)
			return p, true
		}
		age = oldest
	}
	cell, ok := s.Axes[i].Cell(age)
	return p, s.Set(&p, i, cell) && ok
}

// moment is a day from which on an answer may differ, with the rules in force then. These are the
// rules of an earlier day if nothing has changed since.
type moment struct {
	day    policy.Date
	rules  *ruleset.Ruleset // nil when no list is in force
	untold bool             // true when there are too many moments to try; no other follows
}

// promised returns what is promised of a service at the moment, or nil for nothing.
func (m moment) promised(ctx context.Context, q Claim) (*decide.Award, error) {
	if m.rules == nil {
		return nil, nil
	}
	p, ok := Aged(m.rules.Table.Space, q.Profile, m.day)
	if !ok {
		return nil, nil
	}
	awards, err := m.rules.Service(ctx, &p, q.Service)
	i := slices.IndexFunc(awards, func(a decide.Award) bool { return !a.Discretionary })
	if i < 0 {
		return nil, err
	}
	return &awards[i], err
}

func (m moment) arrival(q Claim, needs []string) *Arrival {
	a := &Arrival{Day: m.day, Needs: needs}
	if birth := q.Profile.Birth; !birth.IsZero() && birth.Birthday(birth.AgeOn(m.day)) == m.day {
		a.Age = birth.AgeOn(m.day)
	}
	return a
}

// back returns the moments up to a day, the latest first. The rules are those of the day, and may
// be nil.
func (c *Course) back(ctx context.Context, on policy.Date, r *ruleset.Ruleset, q Claim) iter.Seq2[moment, error] {
	return func(yield func(moment, error) bool) {
		rules, until := r, on.AddDays(1)
		for _, from := range slices.Backward(c.Days) {
			if !from.Before(until) {
				continue
			}
			if rules == nil {
				var err error
				if rules, err = c.inForce(ctx, from); err != nil {
					yield(moment{}, err)
					return
				}
			}
			days, ok := birthdays(rules, q, from, until)
			if !ok {
				yield(moment{untold: true}, nil)
				return
			}
			for _, day := range slices.Backward(days) {
				if !yield(moment{day: day, rules: rules}, nil) {
					return
				}
			}
			if !yield(moment{day: from, rules: rules}, nil) {
				return
			}
			until, rules = from, nil
		}
	}
}

// ahead returns the moments after a day, in order. The rules are those of the day, or nil when no
// list is in force.
func (c *Course) ahead(ctx context.Context, on policy.Date, r *ruleset.Ruleset, q Claim) iter.Seq2[moment, error] {
	return func(yield func(moment, error) bool) {
		next, _ := slices.BinarySearchFunc(c.Days, on.AddDays(1), policy.Date.Compare)
		rules := r
		for from := on; ; next++ {
			until := endOfTime
			if next < len(c.Days) {
				until = c.Days[next]
			}
			days, ok := birthdays(rules, q, from, until)
			if !ok {
				yield(moment{untold: true}, nil)
				return
			}
			for _, day := range days {
				if !yield(moment{day: day, rules: rules}, nil) {
					return
				}
			}
			if next == len(c.Days) {
				return
			}
			var err error
			if rules, err = c.inForce(ctx, until); !yield(moment{day: until, rules: rules}, err) || err != nil {
				return
			}
			from = until
		}
	}
}

// endOfTime is after every birthday of everybody.
var endOfTime = policy.Date{Year: 9999, Month: 12, Day: 31}

// birthdays returns the birthdays after one day and before another on which the rules may answer a
// claim differently from the day before. It returns false when too much would have to be tried.
func birthdays(r *ruleset.Ruleset, q Claim, after, before policy.Date) ([]policy.Date, bool) {
	if r == nil || q.Profile.Birth.IsZero() {
		return nil, true
	}
	t := turnsOf(r, q.Service)
	var days []policy.Date
	for _, age := range t.ages {
		if day := q.Profile.Birth.Birthday(age); day.After(after) && day.Before(before) {
			days = append(days, day)
		}
	}
	return days, len(days) == 0 || r.AssumesKnown() || t.feasible(r, q.Profile.Cells())
}

// turns holds the ages at which the answer about a service may change.
type turns struct {
	ages   []int      // in order
	opaque [][]string // the attributes of each rule that must be tried at every age
}

// turnsKey is the key under which a ruleset keeps the turns of a service.
type turnsKey string

func turnsOf(r *ruleset.Ruleset, service string) *turns {
	return r.Keep(turnsKey(service), func() any { return newTurns(r, service) }).(*turns)
}

func newTurns(r *ruleset.Ruleset, service string) *turns {
	t := &turns{}
	age := AgeAttribute(r.Table.Space)
	if age < 0 {
		return t
	}
	axis := &r.Table.Space.Axes[age]
	for _, o := range r.Table.Opaque {
		if o.Applied.Service.ID == service && slices.Contains(o.Applied.Reads, axis.Attribute.Name) {
			t.opaque = append(t.opaque, o.Applied.Reads)
		}
	}
	turn := make([]bool, axis.Cells())
	for _, c := range r.Table.Cases {
		side, constrained := c.Box.Side(age)
		for cell := 2; constrained && c.Grant.Service == service && cell < axis.Cells(); cell++ {
			turn[cell] = turn[cell] || side.Has(uint8(cell)) != side.Has(uint8(cell-1))
		}
	}
	for cell := 2; cell < axis.Cells(); cell++ {
		if turn[cell] || len(t.opaque) > 0 {
			t.ages = append(t.ages, axis.Value(uint8(cell)).(int))
		}
	}
	return t
}

// maxTrials is the greatest number of completions of an elder on which a rule is tried at every
// birthday.
const maxTrials = 32

func (t *turns) feasible(r *ruleset.Ruleset, c elder.Cells) bool {
	return !slices.ContainsFunc(t.opaque, func(attributes []string) bool {
		_, few := r.Table.Combinations(c, attributes, maxTrials)
		return !few
	})
}
