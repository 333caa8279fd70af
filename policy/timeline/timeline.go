// Package timeline projects what an elder is owed from month to month: birthdays and dated parameters change it, everything
// else about the elder is taken to stay as it is.
package timeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Month is a month of the calendar.
type Month struct {
	Year  int
	Month time.Month
}

// ParseMonth reads YYYY-MM.
func ParseMonth(s string) (Month, error) {
	d, err := policy.ParseDate(s + "-01")
	if err != nil {
		return Month{}, errors.New("not a month of the form YYYY-MM")
	}
	return Month{d.Year, d.Month}, nil
}

// String is the month as YYYY-MM.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, int(m.Month)) }

// MarshalText writes YYYY-MM.
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads YYYY-MM.
func (m *Month) UnmarshalText(text []byte) (err error) {
	*m, err = ParseMonth(string(text))
	return err
}

// Next is the month after m.
func (m Month) Next() Month {
	if m.Month == time.December {
		return Month{m.Year + 1, time.January}
	}
	return Month{m.Year, m.Month + 1}
}

// After reports whether m is later than n.
func (m Month) After(n Month) bool { return m.Year > n.Year || m.Year == n.Year && m.Month > n.Month }

// Day is a day of the month.
func (m Month) Day(day int) policy.Date { return policy.Date{Year: m.Year, Month: m.Month, Day: day} }

// last is the last day of the month.
func (m Month) last() policy.Date { return m.Next().Day(1).AddDays(-1) }

// Timeline is what one elder is owed, month by month.
type Timeline struct {
	ID           string  `json:"id,omitempty"`
	Jurisdiction string  `json:"jurisdiction"`
	From         Month   `json:"from"`
	To           Month   `json:"to"`
	Months       []State `json:"months"`
}

// State is what is owed in one month.
type State struct {
	Month Month `json:"month"`
	// On is the day on which the elder's state decides the month: the list's counting day, by default the first.
	On            policy.Date          `json:"on"`
	Age           *int                 `json:"age,omitempty"` // in years on that day; nil when it is not known
	Entitled      []decide.Entitlement `json:"entitled"`
	Possible      []decide.Possibility `json:"possible"`
	Discretionary []decide.Entitlement `json:"discretionary"`
	MonthlyCNY    decide.Total         `json:"monthly_cny"`
	// Changes are what differs from the month before; empty for the first month.
	Changes []Change `json:"changes"`
	Digest  string   `json:"digest"`
}

// Kind says how a service changes.
type Kind string

// The kinds of changes.
const (
	Begins Kind = "begins" // the service is due from this month on
	Ends   Kind = "ends"   // it was due up to the month before
	Rises  Kind = "rises"  // more of a measure is promised, or a measure is added
	Falls  Kind = "falls"  // less is promised, or a measure is dropped
)

// Cause says why a service changes.
type Cause string

// The causes of changes.
const (
	ByAge   Cause = "age"   // a birthday
	ByRules Cause = "rules" // a list, or a dated parameter, came into force
)

// Change is one thing that is not as it was in the month before.
type Change struct {
	Service string          `json:"service"`
	Kind    Kind            `json:"kind"`
	Measure string          `json:"measure,omitempty"` // of what rises and falls
	Was     *policy.Promise `json:"was,omitempty"`
	Is      *policy.Promise `json:"is,omitempty"`
	Cause   Cause           `json:"cause"`
}

// RulesOn gives the rules of the jurisdiction in force on a day.
type RulesOn func(ctx context.Context, on policy.Date) (*ruleset.Ruleset, error)

// maxMonths bounds a timeline: longer than a life.
const maxMonths = 12 * 130

var (
	// ErrAgeOnly says that an elder cannot be projected who is given by age and not by date of birth.
	ErrAgeOnly = errors.New("an age alone says nothing of other months: give the date of birth instead")
	// ErrOrder says that the months are not in order, or too many.
	ErrOrder = fmt.Errorf("the last month must not be before the first, and not more than %d months after it", maxMonths)
)

// Project is what an elder is owed from one month to another, both included. In each month the elder's state on the list's
// counting day decides: by default the first of the month, so that one is paid from the first of the month after a
// condition is met, and for the very month when it is met on the first. In a closed world what is missing is taken as absent.
//
// Where the elder has a date of birth, the attribute that it gives is derived anew for every month, and what is given of
// it besides is left out of account. The error is [ErrAgeOnly], [ErrOrder], one of rulesOn, or an [*elder.Error].
func Project(ctx context.Context, rulesOn RulesOn, e elder.Elder, from, to Month, closed bool) (*Timeline, error) {
	if from.After(to) || (to.Year-from.Year)*12+int(to.Month)-int(from.Month) >= maxMonths {
		return nil, ErrOrder
	}
	t := &Timeline{ID: e.ID(), From: from, To: to}
	p := projection{rulesOn: rulesOn, elder: e, closed: closed}
	var before *moment
	for month := from; !month.After(to); month = month.Next() {
		now, err := p.at(ctx, month)
		if err != nil {
			return nil, err
		}
		state := now.state()
		if before != nil {
			if state.Changes, err = p.changes(ctx, before, now); err != nil {
				return nil, err
			}
		}
		t.Jurisdiction = now.rules.Jurisdiction.ID
		t.Months = append(t.Months, state)
		before = now
	}
	return t, nil
}

// projection is the work on one timeline.
type projection struct {
	rulesOn RulesOn
	elder   elder.Elder
	closed  bool
}

// moment is an elder on the day that counts for a month.
type moment struct {
	month    Month
	rules    *ruleset.Ruleset
	profile  elder.Profile
	decision *decide.Decision
	age      int // the attribute that a date of birth gives, -1 when none does
}

func (p *projection) at(ctx context.Context, month Month) (*moment, error) {
	last, err := p.rulesOn(ctx, month.last())
	if err != nil {
		return nil, err
	}
	r, err := p.rulesOn(ctx, month.Day(max(1, last.Table.Layers[0].List.CountingDay)))
	if err != nil {
		return nil, err
	}
	m := &moment{month: month, rules: r, age: -1}
	given, birth := p.elder, birthInput(r.Table.Space.Vocabulary, p.elder)
	if birth != nil {
		given = maps.Clone(p.elder)
		delete(given, birth.Gives)
	}
	if m.profile, err = r.Encode(given); err != nil {
		return nil, err
	}
	if m.age, err = ageAttribute(r.Table.Space, birth, m.profile); err != nil {
		return nil, err
	}
	m.decision, err = p.decide(ctx, r, m.profile)
	return m, err
}

// birthInput is the input by which the elder's date of birth is given, nil when none is.
func birthInput(v *policy.Vocabulary, e elder.Elder) *policy.Input {
	for _, in := range v.Inputs {
		if (in.Type == policy.BirthDate || in.Type == policy.IDNumber) && e[in.Name] != nil {
			return in
		}
	}
	return nil
}

// ageAttribute is the attribute that a date of birth gives, and [ErrAgeOnly] when it is given and the date is not.
func ageAttribute(s *elder.Space, birth *policy.Input, p elder.Profile) (int, error) {
	for _, in := range s.Vocabulary.Inputs {
		if in.Type != policy.BirthDate {
			continue
		}
		i, ok := s.Index(in.Gives)
		if ok && birth == nil && p.Cells[i] != elder.Absent {
			return 0, ErrAgeOnly
		}
		return i, nil
	}
	return -1, nil
}

func (p *projection) decide(ctx context.Context, r *ruleset.Ruleset, profile elder.Profile) (*decide.Decision, error) {
	if !p.closed {
		return r.Decide(ctx, &profile)
	}
	profile = r.Close(profile)
	return r.DecideClosed(ctx, &profile)
}

func (m *moment) state() State {
	s := State{
		Month: m.month, On: m.rules.On, Entitled: m.decision.Entitled, Possible: m.decision.Possible,
		Discretionary: m.decision.Discretionary, MonthlyCNY: m.decision.MonthlyCNY, Changes: []Change{}, Digest: m.rules.Digest,
	}
	if m.age >= 0 {
		if age, known := m.rules.Table.Space.Axes[m.age].Value(m.profile.Cells[m.age]).(int); known {
			s.Age = &age
		}
	}
	return s
}

// changes are what differs between two months. A change that the later age alone makes under the earlier rules is
// caused by age, any other by the rules.
func (p *projection) changes(ctx context.Context, before, now *moment) ([]Change, error) {
	all := differences(before.decision, now.decision, ByRules)
	if len(all) == 0 {
		return []Change{}, nil
	}
	aged := before.profile
	if now.age >= 0 {
		aged.Cells[now.age] = now.profile.Cells[now.age]
	}
	older, err := p.decide(ctx, before.rules, aged)
	if err != nil {
		return nil, err
	}
	byAge := differences(before.decision, older, ByAge)
	for i := range all {
		same := func(c Change) bool {
			return c.Service == all[i].Service && c.Kind == all[i].Kind && c.Measure == all[i].Measure
		}
		if slices.ContainsFunc(byAge, same) {
			all[i].Cause = ByAge
		}
	}
	return all, nil
}

// differences are the services that begin, those that end, and the measures that rise or fall.
func differences(before, now *decide.Decision, cause Cause) []Change {
	var all []Change
	for _, is := range now.Entitled {
		was, found := entitlement(before, is.Service)
		if !found {
			all = append(all, Change{Service: is.Service, Kind: Begins, Cause: cause})
			continue
		}
		all = append(all, promises(is.Service, was.Promises, is.Promises, cause)...)
	}
	for _, was := range before.Entitled {
		if _, found := entitlement(now, was.Service); !found {
			all = append(all, Change{Service: was.Service, Kind: Ends, Cause: cause})
		}
	}
	return all
}

func entitlement(d *decide.Decision, service string) (decide.Entitlement, bool) {
	i := slices.IndexFunc(d.Entitled, func(e decide.Entitlement) bool { return e.Service == service })
	if i < 0 {
		return decide.Entitlement{}, false
	}
	return d.Entitled[i], true
}

func promises(service string, was, is map[string]policy.Promise, cause Cause) []Change {
	var all []Change
	both := maps.Clone(was)
	maps.Copy(both, is)
	for _, measure := range slices.Sorted(maps.Keys(both)) {
		old, had := was[measure]
		promise, has := is[measure]
		c := Change{Service: service, Measure: measure, Kind: Rises, Cause: cause}
		switch {
		case had && has && old.Same(promise):
			continue
		case !has || had && promise.Compare(old) < 0:
			c.Kind = Falls
		}
		if had {
			c.Was = &old
		}
		if has {
			c.Is = &promise
		}
		all = append(all, c)
	}
	return all
}
