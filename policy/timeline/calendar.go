package timeline

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/union"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Payment tells what a payment calendar of a service adds to a month.
type Payment struct {
	Service string `json:"service"`
	// Measure names the measure whose own calendar this is. It is empty for the calendar of the
	// service.
	Measure string `json:"measure,omitempty"`
	// Once says that something is due in this month only. Measures names it. Measures is empty when
	// the whole service, or Measure, is due once.
	Once     bool     `json:"once,omitempty"`
	Measures []string `json:"measures,omitempty"`
	// NotBefore is set when the month of a payment due once is not known, because facts other than
	// the date of birth decide it. It is the first day on which the conditions may have been met. A
	// certain promise then appears in the first month, and is due unless it was paid before. A
	// possible promise appears in every month.
	NotBefore *policy.Date `json:"not_before,omitempty"`
	// From is set when payment waits for an application, whose month is not known. At most
	// BackPayMonths before the application are paid.
	From          policy.PaidFrom `json:"from,omitempty"`
	BackPayMonths int             `json:"back_pay_months,omitempty"`
	Suspension
}

// says reports whether there is anything to tell.
func (p *Payment) says() bool {
	return p.Once || p.From != "" || len(p.Suspended)+len(p.MaybeSuspended) > 0
}

// Suspension tells why a service that the elder has is not paid: the attributes that suspend it,
// and the unknown ones that may.
type Suspension struct {
	Suspended      []string `json:"suspended,omitempty"`
	MaybeSuspended []string `json:"maybe_suspended,omitempty"`
}

// SuspensionOf returns why a service is not paid to an elder whom the ruleset encoded. Missing
// attributes that the ruleset takes as absent suspend nothing.
func SuspensionOf(r *ruleset.Ruleset, p elder.Profile, payment *policy.Payment) Suspension {
	var why Suspension
	if payment == nil || r.IsEmpty() {
		return why
	}
	s := r.Table.Space
	for _, name := range payment.Suspended {
		i, ok := s.Index(name)
		switch {
		case !ok:
		case s.Axes[i].Value(p.Cell(i)) == true:
			why.Suspended = append(why.Suspended, name)
		case p.Cell(i) == elder.Absent && !r.AssumesKnown():
			why.MaybeSuspended = append(why.MaybeSuspended, name)
		}
	}
	return why
}

// PaymentOf returns the calendar of a measure of a service, or nil when no list has one for it.
// With an empty measure it returns the calendar of all measures that are not [Scheduled].
func PaymentOf(r *ruleset.Ruleset, service, measure string) *policy.Payment {
	if r.IsEmpty() {
		return nil
	}
	return layer.Payment(r.Table.Layers, service, measure)
}

// Scheduled returns the measures of a service that have a calendar of their own, sorted.
func Scheduled(r *ruleset.Ruleset, service string) []string {
	if r.IsEmpty() {
		return nil
	}
	return layer.Scheduled(r.Table.Layers, service)
}

// PaidTotal returns the total of a decision without the measures of services whose payment is
// suspended. Without rules or a decision it is zero.
func PaidTotal(r *ruleset.Ruleset, d *decide.Decision, suspended func(service, measure string) bool) decide.Total {
	switch {
	case r.IsEmpty() || d == nil:
		return decide.Total{}
	case suspended == nil:
		return d.MonthlyCNY
	}
	var entitled []decide.Entitlement
	for _, e := range d.Entitled {
		drop := func(measure string, _ policy.Promise) bool { return suspended(e.Service, measure) }
		paid := *e.Granted
		paid.Promises, paid.UpTo = maps.Clone(e.Promises), maps.Clone(e.UpTo)
		maps.DeleteFunc(paid.Promises, drop)
		maps.DeleteFunc(paid.UpTo, drop)
		if len(paid.Promises)+len(paid.UpTo) > 0 {
			entitled = append(entitled, decide.Entitlement{Granted: &paid})
		}
	}
	return decide.MonthlyCash(r.Table.Space.Vocabulary, r.Table.Layers, entitled, d.Possible).Total()
}

// FirstPaid returns the first month that is paid to an elder who has a service from a day on. Where
// payment waits for an application, it is the first month paid if the application is made on that
// day.
func FirstPaid(from policy.PaidFrom, day policy.Date, countingDay int) Month {
	m := Month{day.Year, day.Month}
	if day.After(decisive(from, m, m.Day(max(1, countingDay)))) {
		return m.Next()
	}
	return m
}

// decisive returns the day whose state decides whether a month is paid, and how much.
func decisive(from policy.PaidFrom, m Month, counting policy.Date) policy.Date {
	switch from {
	case policy.FromMonth, policy.FromMonthOfApplication:
		return m.last()
	case policy.FromNextMonth, policy.FromMonthAfterApplication:
		return m.Day(1).AddDays(-1)
	}
	return counting
}

// lasting returns the day up to which an elder must have a service for a month to be paid.
func lasting(until policy.PaidUntil, m Month, counting policy.Date) policy.Date {
	switch until {
	case policy.UntilMonthBefore:
		return m.last()
	case policy.UntilMonth:
		return m.Day(1)
	case policy.UntilNextMonth:
		return m.before().Day(1)
	}
	return counting
}

// schedule holds what is special in the payment of one service, or of one measure of it that has a
// calendar of its own.
type schedule struct {
	service string
	measure string   // empty for all but the measures apart
	apart   []string // then: the measures that have a calendar of their own
	payment policy.Payment
	once    []string // measures that are due once
}

// scheduleKey names a schedule: a service, with a measure that has a calendar of its own or none.
type scheduleKey struct{ service, measure string }

func (s *schedule) key() scheduleKey { return scheduleKey{s.service, s.measure} }

// schedules returns what is not simply paid while the elder has it: services of a ruleset, and
// measures of these that have a calendar of their own. A service with such measures is there, too.
func schedules(r *ruleset.Ruleset) map[scheduleKey]*schedule {
	all := map[scheduleKey]*schedule{}
	of := func(service, measure string) *schedule {
		key := scheduleKey{service, measure}
		if all[key] == nil {
			all[key] = &schedule{service: service, measure: measure}
		}
		return all[key]
	}
	for _, l := range r.Table.Layers {
		for _, s := range l.List.Services {
			if p := PaymentOf(r, s.ID, ""); p != nil {
				of(s.ID, "").payment = *p
			}
			apart := Scheduled(r, s.ID)
			for _, measure := range apart {
				of(s.ID, measure).payment = *PaymentOf(r, s.ID, measure)
				of(s.ID, "").apart = apart
			}
		}
	}
	for _, m := range r.Table.Space.Vocabulary.Measures {
		for _, service := range promising(r, m) {
			s := of(service, "")
			if slices.Contains(s.apart, m.Name) {
				s = of(service, m.Name)
			}
			s.once = append(s.once, m.Name)
		}
	}
	return all
}

// of returns what of an award is paid by the schedule, or nil for nothing.
func (s *schedule) of(a *decide.Award) *decide.Award {
	switch {
	case a == nil:
		return nil
	case s.measure != "":
		return single(a, s.measure)
	case len(s.apart) == 0:
		return a
	}
	return restricted(a, func(measure string) bool { return !slices.Contains(s.apart, measure) })
}

// sortedKeys returns the keys of schedules in order: each service before its measures.
func sortedKeys(all map[scheduleKey]*schedule) []scheduleKey {
	return slices.SortedFunc(maps.Keys(all), func(a, b scheduleKey) int {
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.measure, b.measure))
	})
}

// promising returns the services that may promise a measure of money due once. A measure that is
// linked with others follows the service.
func promising(r *ruleset.Ruleset, m *policy.Measure) []string {
	var services []string
	add := func(service string) {
		if !slices.Contains(services, service) && !slices.Contains(layer.Linked(r.Table.Layers, service), m.Name) {
			services = append(services, service)
		}
	}
	if !m.Once() {
		return nil
	}
	for _, c := range r.Table.Cases {
		if _, ok := c.Grant.Measures[m.Name]; ok {
			add(c.Grant.Service)
		}
	}
	for _, o := range r.Table.Opaque {
		add(o.Applied.Service.ID)
	}
	return services
}

// regular returns what of an award is not due once, or nil for nothing.
func (s *schedule) regular(a *decide.Award) *decide.Award {
	if a = s.of(a); a == nil || s.payment.Once {
		return nil
	}
	return restricted(a, func(measure string) bool { return !slices.Contains(s.once, measure) })
}

// restricted returns an award limited to some of its measures. It returns nil when the award has
// measures, but none of these.
func restricted(a *decide.Award, keep func(measure string) bool) *decide.Award {
	some := func(promises map[string]policy.Promise) map[string]policy.Promise {
		kept := maps.Clone(promises)
		maps.DeleteFunc(kept, func(measure string, _ policy.Promise) bool { return !keep(measure) })
		return kept
	}
	b := *a
	b.Promises, b.UpTo = some(a.Promises), some(a.UpTo)
	if kept := len(b.Promises) + len(b.UpTo) + len(b.Bundles) + len(b.UpToBundles); kept == 0 && len(a.Promises)+len(a.UpTo) > 0 {
		return nil
	}
	return &b
}

// gift returns what is due once of an award: one measure, or the whole award when name stands for
// it.
func (s *schedule) gift(a *decide.Award, measure string) *decide.Award {
	if a = s.of(a); a == nil || s.payment.Once {
		return a
	}
	return single(a, measure)
}

// single returns one measure of an award, or nil when the award does not have it.
func single(a *decide.Award, measure string) *decide.Award {
	_, sure := a.Promises[measure]
	_, may := a.UpTo[measure]
	if !sure && !may {
		return nil
	}
	b := *a
	b.Promises, b.UpTo = map[string]policy.Promise{}, nil
	b.Bundles, b.UpToBundles = nil, nil
	if sure {
		b.Promises[measure] = a.Promises[measure]
	}
	if may {
		b.UpTo = map[string]policy.Promise{measure: a.UpTo[measure]}
	}
	b.Certain = a.Certain && sure
	return &b
}

// part is what is paid of a service in a month.
type part struct {
	layers []layer.Layer
	award  *decide.Award
}

// joined joins the parts into one award: the first certain one, with what the others add. It
// returns nil when there are no parts.
func joined(parts []part) *part {
	if len(parts) == 0 {
		return nil
	}
	lead := max(0, slices.IndexFunc(parts, func(p part) bool { return p.award.Certain }))
	all := parts[lead]
	award := *all.award
	award.Promises, award.UpTo = maps.Clone(award.Promises), maps.Clone(award.UpTo)
	for i, p := range parts {
		if i == lead {
			continue
		}
		if award.UpTo == nil {
			award.UpTo = map[string]policy.Promise{}
		}
		maps.Copy(award.UpTo, p.award.UpTo)
		maps.Copy(award.Promises, p.award.Promises)
		award.Bundles, award.UpToBundles = append(slices.Clip(award.Bundles), p.award.Bundles...), append(slices.Clip(award.UpToBundles), p.award.UpToBundles...)
		award.Needs = union.Of(award.Needs, p.award.Needs)
	}
	all.award = &award
	return &all
}

// without returns a copy of a decision without what it promises, or may promise, of a service. What
// is only permitted stays.
func without(d *decide.Decision, service string) *decide.Decision {
	c := *d
	c.Entitled = slices.DeleteFunc(slices.Clone(d.Entitled), func(e decide.Entitlement) bool { return e.Service == service })
	c.Possible = slices.DeleteFunc(slices.Clone(d.Possible), func(p decide.Possibility) bool { return p.Service == service && !p.Discretionary })
	return &c
}

// with adds what is paid to a decision that is not shared, at its place in the lists.
func with(d *decide.Decision, layers []layer.Layer, p *part) {
	if p.award.Certain {
		d.Entitled = append(d.Entitled, decide.NewEntitlement(p.layers, *p.award))
		slices.SortStableFunc(d.Entitled, func(a, b decide.Entitlement) int {
			return cmp.Compare(decide.Place(layers, a.Service), decide.Place(layers, b.Service))
		})
		return
	}
	d.Possible = append(d.Possible, decide.NewPossibility(p.layers, *p.award))
	slices.SortStableFunc(d.Possible, func(a, b decide.Possibility) int {
		return cmp.Compare(decide.Place(layers, a.Service), decide.Place(layers, b.Service))
	})
}

// moment returns a day with its rules, and what is promised then.
func (p *projection) moment(ctx context.Context, q Claim, day policy.Date) (moment, *decide.Award, error) {
	r, err := p.course.inForce(ctx, day)
	if err != nil {
		return moment{}, nil, err
	}
	m := moment{day: day, rules: r}
	award, err := m.promised(ctx, q)
	return m, award, err
}
