// Package timeline projects what an elder is owed from month to month. Birthdays and dated
// parameters change it. Everything else about the elder is taken to stay as it is.
package timeline

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Month is a month of the calendar.
type Month struct {
	Year  int
	Month time.Month
}

// MonthError says that a month is missing, or that something is not a month of the calendar. It
// wraps a [*policy.DateError].
type MonthError struct {
	Month Month  // as it was given; the zero Month when none was, or a text
	wrong string // with a text
}

// Error names the month, or says which form a text should have.
func (e *MonthError) Error() string {
	e = cmp.Or(e, &MonthError{})
	if e.Month != (Month{}) {
		return fmt.Sprintf("%s is not a month of the calendar", e.Month)
	}
	return cmp.Or(e.wrong, "the month is missing")
}

// Unwrap returns the error of the month's first day.
func (e *MonthError) Unwrap() error {
	return &policy.DateError{Date: cmp.Or(e, &MonthError{}).Month.Day(1)}
}

// MarshalJSON writes code and message, and the month that was given.
func (e *MonthError) MarshalJSON() ([]byte, error) {
	given := ""
	if e != nil && e.Month != (Month{}) {
		given = e.Month.String()
	}
	return json.Marshal(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Month   string `json:"month,omitempty"`
	}{"wrong-month", e.Error(), given})
}

// wrongMonthOf says what is wrong with a text that is no month.
func wrongMonthOf(s string) string {
	if year, month, _ := strings.Cut(s, "-"); len(year) == 4 && len(month) == 2 && strings.Trim(year+month, "0123456789") == "" {
		return "there is no such month"
	}
	return "not a month of the form YYYY-MM"
}

// ParseMonth reads YYYY-MM. The error is a [*MonthError].
func ParseMonth(s string) (Month, error) {
	d, err := policy.ParseDate(s + "-01")
	if err != nil {
		return Month{}, &MonthError{wrong: wrongMonthOf(s)}
	}
	return Month{d.Year, d.Month}, nil
}

// String returns the month as YYYY-MM.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, int(m.Month)) }

// MarshalText writes YYYY-MM.
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads YYYY-MM.
func (m *Month) UnmarshalText(text []byte) (err error) {
	if m == nil {
		return policy.CallError("there is no month to read into")
	}
	*m, err = ParseMonth(string(text))
	return err
}

// Next returns the month after m.
func (m Month) Next() Month {
	if m.Month == time.December {
		return Month{m.Year + 1, time.January}
	}
	return Month{m.Year, m.Month + 1}
}

// before returns the month before m.
func (m Month) before() Month {
	if m.Month == time.January {
		return Month{m.Year - 1, time.December}
	}
	return Month{m.Year, m.Month - 1}
}

// After reports whether m is later than n.
func (m Month) After(n Month) bool { return m.Year > n.Year || m.Year == n.Year && m.Month > n.Month }

// Day returns a day of the month.
func (m Month) Day(day int) policy.Date { return policy.Date{Year: m.Year, Month: m.Month, Day: day} }

// last returns the last day of the month.
func (m Month) last() policy.Date { return m.Next().Day(1).AddDays(-1) }

// Timeline tells what one elder is owed, month by month.
type Timeline struct {
	ID           string `json:"id,omitempty"`
	Jurisdiction string `json:"jurisdiction"`
	From         Month  `json:"from"`
	To           Month  `json:"to"`
	// Before covers the months that nobody can answer because no list was in force yet. It is nil
	// when there are none.
	Before *Before `json:"before,omitempty"`
	Months []State `json:"months"` // all other months
	// After covers the months that nobody can answer because the last list has ended. It is nil
	// when there are none.
	After *After `json:"after,omitempty"`
}

// After covers the months at the end of a timeline in which no list was in force any more. The
// counting day of a month decides.
type After struct {
	From  Month       `json:"from"`
	To    Month       `json:"to"`
	Ended policy.Date `json:"ended"` // the last day of the last list
}

// Before covers the months at the start of a timeline in which no list was in force yet. The
// counting day of a month decides.
type Before struct {
	From  Month       `json:"from"`
	To    Month       `json:"to"`
	First policy.Date `json:"first_list"` // the day on which the first list comes into force
}

// State tells what is owed in one month.
type State struct {
	Month Month `json:"month"`
	// On is the day on which the elder's state decides the month: the list's counting day, by
	// default the first.
	On            policy.Date          `json:"on"`
	Age           *int                 `json:"age,omitempty"` // in years on that day; nil when it is unknown
	Entitled      []decide.Entitlement `json:"entitled"`
	Possible      []decide.Possibility `json:"possible"`
	Discretionary []decide.Entitlement `json:"discretionary"`
	// MonthlyCNY leaves out what is suspended.
	MonthlyCNY decide.Total `json:"monthly_cny"`
	// Payments says how services are paid in this month that have a payment calendar, or something
	// due once.
	Payments []Payment `json:"payments,omitempty"`
	// Changes tells what differs from the month before. It is empty for the first month.
	Changes []Change `json:"changes"`
	Digest  string   `json:"digest"`
}

// Kind says how a service changes.
type Kind string

// The kinds of changes.
const (
	Begins Kind = "begins" // so from this month on
	Ends   Kind = "ends"   // so up to the month before
	Rises  Kind = "rises"  // more of a measure, be that worse as of a price, or a measure is added
	Falls  Kind = "falls"  // less of a measure, be that better, or a measure is dropped
)

// Standing says how a service stands in a decision.
type Standing string

// These are the standings. A service may be both entitled and possible: its amounts could then be
// higher than is certain.
const (
	Entitled              Standing = "entitled"
	Possible              Standing = "possible"               // depends on what is not known
	Discretionary         Standing = "discretionary"          // permitted, but not promised
	PossiblyDiscretionary Standing = "possibly_discretionary" // may be permitted
)

// Cause says why a service changes.
type Cause string

// The causes of changes.
const (
	ByAge   Cause = "age"   // a birthday
	ByRules Cause = "rules" // a list, or a dated parameter, came into force
	// ByPayment is a change of payment alone: something that was due once is not due again.
	ByPayment Cause = "payment"
)

// Change is one thing that differs from the month before.
type Change struct {
	Service string `json:"service"`
	Kind    Kind   `json:"kind"`
	Measure string `json:"measure,omitempty"` // of what rises and falls
	// LessIsBetter says that the measure is better when it falls, such as a price or a waiting
	// time.
	LessIsBetter bool            `json:"less_is_better,omitempty"`
	Was          *policy.Promise `json:"was,omitempty"`
	Is           *policy.Promise `json:"is,omitempty"`
	// WasBundles and IsBundles are promises of linked measures. Measure then names them with +
	// between them.
	WasBundles []policy.Bundle `json:"was_bundles,omitempty"`
	IsBundles  []policy.Bundle `json:"is_bundles,omitempty"`
	Cause      Cause           `json:"cause"`
	As         Standing        `json:"as"`
}

// maxMonths bounds a timeline: it is longer than a life.
const maxMonths = 12 * 130

var (
	// ErrAgeOnly says that an elder cannot be projected when an age, or the month of birth, is given
	// instead of a date of birth.
	ErrAgeOnly = policy.Errorf("age-only", "an age or a month of birth does not say when the next birthday is: give the date of birth instead")
	// ErrOrder says that the months are not in order, or too many.
	ErrOrder = policy.Errorf("wrong-months", "the last month must not be before the first, and not more than %d months after it", maxMonths)
)

// Project returns what an elder is owed from one month to another, both included.
//
// In each month the elder's state on the list's counting day decides. By default that is the first
// of the month. Payment then starts on the first of the month after a condition is met, or in the
// same month when it is met on the first. A service or a parameter may have a payment calendar that
// says otherwise ([policy.Payment]). Money that is promised once is due in the month of the first
// day.
//
// The course says how missing attributes are taken; see [Course.AssumeKnown]. Months before the
// first list, and after the end of the last, are left out and named in the timeline.
//
// If the elder has a date of birth, the attribute that it gives is derived anew for every month,
// and a value given besides is ignored. The error is [ErrAgeOnly], [ErrOrder], a
// [*MonthError] for a month that does not exist, an [*elder.Error], or one of the course's
// rules, such as a [*policy.NotInForceError] when all months are before the first list.
func Project(ctx context.Context, c *Course, e elder.Elder, from, to Month) (*Timeline, error) {
	if !c.made() {
		return nil, errNoCourse
	}
	e = e.Natural()
	for _, month := range []Month{from, to} {
		if first := month.Day(1); !first.Exists() {
			return nil, &MonthError{Month: month}
		}
	}
	if from.After(to) || (to.Year-from.Year)*12+int(to.Month)-int(from.Month) >= maxMonths {
		return nil, ErrOrder
	}
	t := &Timeline{ID: e.ID(), From: from, To: to}
	p := projection{course: c, elder: e, from: from, to: to, had: map[scheduleKey][]spell{}, gifts: map[giftKey]*gift{}}
	var before *counted
	for month := from; !month.After(to); month = month.Next() {
		now, err := p.at(ctx, month)
		var early *policy.NotInForceError
		switch {
		case !errors.As(err, &early):
		case early.Ended.IsZero() && month != to:
			t.Before = &Before{From: from, To: month, First: early.First}
			continue
		case !early.Ended.IsZero() && before != nil:
			if t.After == nil {
				t.After = &After{From: month, Ended: early.Ended}
			}
			t.After.To = month
			continue
		}
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
	course *Course
	elder  elder.Elder

	from, to Month
	first    Month // a month that is answered, with its counting day
	firstOn  policy.Date
	had      map[scheduleKey][]spell // nil when it cannot be told
	gifts    map[giftKey]*gift

	schedules map[scheduleKey]*schedule // those of the current month
}

// counted is an elder on the day that counts for a month.
type counted struct {
	month    Month
	rules    *ruleset.Ruleset
	profile  elder.Profile
	decision *decide.Decision

	schedules map[scheduleKey]*schedule
	// the day whose state is paid, by schedule, except for what is due once
	days     map[scheduleKey]policy.Date
	payments []Payment
}

func (p *projection) at(ctx context.Context, month Month) (*counted, error) {
	last, err := p.course.Rules(ctx, month.last())
	if ended := new(policy.NotInForceError); errors.As(err, &ended) && !ended.Ended.Before(month.Day(1)) {
		last, err = p.course.Rules(ctx, ended.Ended) // it ended in this month
	}
	if err != nil {
		return nil, err
	}
	r, err := p.course.Rules(ctx, month.Day(max(1, layer.CountingDay(last.Table.Layers))))
	if err != nil {
		return nil, err
	}
	m := &counted{month: month, rules: r}
	if m.profile, err = p.encode(r); err != nil {
		return nil, err
	}
	if m.decision, err = r.Decide(ctx, &m.profile); err != nil {
		return nil, err
	}
	return m, p.calendar(ctx, m, last)
}

// encode encodes the elder for a day, at the age that the date of birth gives.
func (p *projection) encode(r *ruleset.Ruleset) (elder.Profile, error) {
	given, birth := p.elder, birthInput(r.Table.Space.Vocabulary, p.elder)
	if birth != nil {
		given = maps.Clone(p.elder)
		delete(given, birth.Gives)
	}
	profile, err := r.Encode(given)
	if age := AgeAttribute(r.Table.Space); err == nil && profile.Birth.IsZero() && age >= 0 &&
		(profile.Cell(age) != elder.Absent || !profile.BirthMonth.IsZero()) {
		return profile, ErrAgeOnly
	}
	return profile, err
}

// birthInput returns the input that gives the elder's date of birth, or nil when none does.
func birthInput(v *policy.Vocabulary, e elder.Elder) *policy.Input {
	for _, in := range v.Inputs {
		if (in.Type == policy.BirthDate || in.Type == policy.IDNumber) && e[in.Name] != nil {
			return in
		}
	}
	return nil
}

func (m *counted) state() State {
	s := State{
		Month: m.month, On: m.rules.On, Entitled: m.decision.Entitled, Possible: m.decision.Possible,
		Discretionary: m.decision.Discretionary, MonthlyCNY: m.decision.MonthlyCNY, Payments: m.payments, Changes: []Change{}, Digest: m.rules.Digest,
	}
	if i := AgeAttribute(m.rules.Table.Space); i >= 0 {
		if age, known := m.rules.Table.Space.Axes[i].Value(m.profile.Cell(i)).(int); known {
			s.Age = &age
		}
	}
	return s
}

// changes returns what differs between two months. A change that the later age alone makes under
// the earlier rules is caused by age. Any other change is caused by the rules.
func (p *projection) changes(ctx context.Context, before, now *counted) ([]Change, error) {
	all := differences(before.decision, now.decision, ByRules)
	if len(all) == 0 {
		return []Change{}, nil
	}
	aged, _ := Aged(before.rules.Table.Space, before.profile, now.rules.On) // the age that the elder has now
	older, err := before.rules.Decide(ctx, &aged)
	if err != nil {
		return nil, err
	}
	byAge := differences(before.decision, older, ByAge)
	for i := range all {
		scheduled := before.schedules[scheduleKey{all[i].Service, ""}] != nil || now.schedules[scheduleKey{all[i].Service, ""}] != nil
		switch {
		case scheduled && (all[i].As == Entitled || all[i].As == Possible):
			if all[i].Cause, err = p.cause(ctx, before, now, all[i]); err != nil {
				return nil, err
			}
		case slices.ContainsFunc(byAge, all[i].same):
			all[i].Cause = ByAge
		}
	}
	return all, nil
}

// differences returns the services that begin or end, certainly or possibly, and the measures that
// rise or fall.
func differences(before, now *decide.Decision, cause Cause) []Change {
	earlier, later := dues(before), dues(now)
	var all []Change
	for _, is := range later {
		all = append(all, is.changed(find(earlier, is))...)
	}
	for _, was := range earlier {
		if find(later, was) == nil {
			all = append(all, was.change(Ends))
		}
	}
	for i := range all {
		all[i].Cause = cause
	}
	return all
}

// due is what a decision says of one service, either of what is promised or of what is permitted.
type due struct {
	service       string
	discretionary bool
	certain       bool
	promises      map[string]policy.Promise
	upTo          map[string]policy.Promise // what it could be at best, where that is more
	together
}

func dues(d *decide.Decision) []due {
	var all []due
	for _, e := range d.Entitled {
		all = append(all, granted(e, false))
	}
	for _, p := range d.Possible {
		all = append(all, due{
			service: p.Service, discretionary: p.Discretionary, upTo: decide.Single(p.UpTo, p.Linked), together: together{p.Linked, nil, p.Together()},
		})
	}
	for _, e := range d.Discretionary {
		all = append(all, granted(e, true))
	}
	return all
}

func granted(e decide.Entitlement, discretionary bool) due {
	certain, upTo := e.Together()
	return due{
		service: e.Service, discretionary: discretionary, certain: true,
		promises: decide.Single(e.Promises, e.Linked), upTo: decide.Single(e.UpTo, e.Linked), together: together{e.Linked, certain, upTo},
	}
}

// find returns the claim to the same thing among others, or nil when there is none.
func find(among []due, same due) *due {
	i := slices.IndexFunc(among, func(c due) bool { return c.service == same.service && c.discretionary == same.discretionary })
	if i < 0 {
		return nil
	}
	return &among[i]
}

// as says how the claim stands. With the other certainty it says how the claim would stand then.
func (c due) as(certain bool) Standing {
	switch {
	case c.discretionary && certain:
		return Discretionary
	case c.discretionary:
		return PossiblyDiscretionary
	case certain:
		return Entitled
	}
	return Possible
}

func (c due) change(kind Kind) Change {
	return Change{Service: c.service, Kind: kind, As: c.as(c.certain)}
}

// changed returns what differs. It returns nil when there was no such claim.
func (c due) changed(was *due) []Change {
	switch {
	case was == nil, c.certain && !was.certain:
		return []Change{c.change(Begins)}
	case was.certain && !c.certain:
		return []Change{was.change(Ends), c.change(Begins)}
	}
	changes := promises(c.service, c.as(true), was.promises, c.promises)
	changes = append(changes, c.bundles(was)...)
	return append(changes, promises(c.service, c.as(false), was.best(c), c.best(*was))...)
}

// best returns the promises at their best, of those measures that the claim or another leaves open.
func (c due) best(other due) map[string]policy.Promise {
	best := maps.Clone(c.promises)
	if best == nil {
		best = map[string]policy.Promise{}
	}
	maps.Copy(best, c.upTo)
	maps.DeleteFunc(best, func(measure string, _ policy.Promise) bool {
		_, here := c.upTo[measure]
		_, there := other.upTo[measure]
		return !here && !there
	})
	return best
}

// promises returns the measures that rise or fall.
func promises(service string, as Standing, was, is map[string]policy.Promise) []Change {
	var all []Change
	both := map[string]policy.Promise{}
	maps.Copy(both, was)
	maps.Copy(both, is)
	for _, measure := range slices.Sorted(maps.Keys(both)) {
		old, had := was[measure]
		promise, has := is[measure]
		c := Change{Service: service, Measure: measure, LessIsBetter: old.Less || promise.Less, Kind: Rises, As: as}
		switch {
		case had && has && old.Same(promise):
			continue
		case !has, had && falls(promise, old):
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

// falls reports whether a promise is of less than another, of a price of a lower one; without two
// numbers, whether it is worse.
func falls(p, than policy.Promise) bool {
	if p.Less && p.Value != nil && than.Value != nil && !p.Value.Equal(*than.Value) {
		return p.Value.Cmp(*than.Value) < 0
	}
	return p.Compare(than) < 0
}
