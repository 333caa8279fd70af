package timeline

import (
	"context"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// spell is a run of days, both ends included, on which an elder has a service without a break.
type spell struct{ from, to policy.Date }

// gift tells when something that is due once is due.
type gift struct {
	month     Month
	day       policy.Date  // the day whose state says what is due
	notBefore *policy.Date // as in [Payment]
	open      bool         // it may be due in any later month, as it depends on unknown facts
}

// giftKey names what is due once: a measure of what a schedule pays, or all of that when the
// measure is empty. It may be certain or possible.
type giftKey struct {
	scheduleKey
	measure string
	sure    bool
}

// calendar puts into the decision of a month what is paid in it, where that differs from what the
// elder has on the counting day. The calendar of a service is that of the rules at the month's end.
// If these no longer have the service, the calendar of earlier rules holds.
func (p *projection) calendar(ctx context.Context, m *counted, end *ruleset.Ruleset) error {
	if p.firstOn.IsZero() {
		p.first, p.firstOn = m.month, m.rules.On
		earlier, err := p.course.inForce(ctx, m.month.before().Day(1))
		if err != nil {
			return err
		}
		p.schedules = renewed(nil, earlier)
	}
	p.schedules = renewed(renewed(p.schedules, m.rules), end)
	m.schedules, m.days = p.schedules, map[scheduleKey]policy.Date{}
	parts, suspended := map[string][]part{}, map[scheduleKey]bool{}
	for _, key := range sortedKeys(m.schedules) {
		paid, told, err := p.paid(ctx, m, m.schedules[key])
		if err != nil {
			return err
		}
		if paid == nil {
			continue
		}
		parts[key.service] = append(parts[key.service], *paid)
		if told.says() {
			m.payments = append(m.payments, told)
		}
		suspended[key] = len(told.Suspended) > 0
	}
	for key, s := range m.schedules {
		if s.measure != "" { // its service is among the schedules
			continue
		}
		m.decision = without(m.decision, key.service)
		if paid := joined(parts[key.service]); paid != nil {
			with(m.decision, m.rules.Table.Layers, paid)
		}
	}
	if len(m.schedules) > 0 {
		m.decision.MonthlyCNY = PaidTotal(m.rules, m.decision, func(service, measure string) bool {
			key := scheduleKey{service, measure}
			if m.schedules[key] == nil {
				key.measure = ""
			}
			return suspended[key]
		})
	}
	return nil
}

// renewed returns the schedules of a ruleset, with the earlier ones of services that it does not
// have.
func renewed(earlier map[scheduleKey]*schedule, r *ruleset.Ruleset) map[scheduleKey]*schedule {
	if r == nil {
		return earlier
	}
	all := schedules(r)
	for key, s := range earlier {
		has := func(l layer.Layer) bool { return l.List.Service(key.service) != nil }
		if all[key] == nil && !slices.ContainsFunc(r.Table.Layers, has) {
			all[key] = s
		}
	}
	return all
}

// paid returns what is paid by a schedule in a month, or nil for nothing, and what there is to tell
// about it.
func (p *projection) paid(ctx context.Context, m *counted, s *schedule) (*part, Payment, error) {
	q := Claim{Profile: m.profile, Service: s.service}
	told := Payment{Service: s.service, Measure: s.measure, Suspension: SuspensionOf(m.rules, m.profile, &s.payment)}
	if s.payment.From.Applied() {
		told.From, told.BackPayMonths = s.payment.From, s.payment.BackPayMonths
	}
	parts, err := p.regular(ctx, m, s, q)
	if err != nil {
		return nil, told, err
	}
	for _, measure := range s.gifts() {
		given, notBefore, err := p.given(ctx, m, s, q, measure)
		if err != nil {
			return nil, told, err
		}
		if given == nil {
			continue
		}
		parts, told.Once, told.NotBefore = append(parts, *given), true, notBefore
		if measure != "" && s.measure == "" {
			told.Measures = append(told.Measures, measure)
		}
	}
	return joined(parts), told, nil
}

// gifts returns the measures that are due once, or the empty name when all that is paid is.
func (s *schedule) gifts() []string {
	if s.payment.Once {
		return []string{""}
	}
	return s.once
}

// regular returns what is paid from month to month. The state of one day decides, if the elder has
// the service without a break up to another.
func (p *projection) regular(ctx context.Context, m *counted, s *schedule, q Claim) ([]part, error) {
	if s.payment.Once {
		return nil, nil
	}
	day, last := decisive(s.payment.From, m.month, m.rules.On), lasting(s.payment.Until, m.month, m.rules.On)
	if day != last {
		spells, told, err := p.spells(ctx, s, q)
		if err != nil {
			return nil, err
		}
		day = stateDay(spells, day, last)
		if !told {
			day = m.rules.On
		}
		if day.IsZero() {
			return nil, nil
		}
	}
	of, award, err := p.moment(ctx, q, day)
	if award = s.regular(award); award == nil || err != nil {
		return nil, err
	}
	m.days[s.key()] = day
	return []part{{layers: of.rules.Table.Layers, award: award}}, nil
}

// stateDay returns the last day, up to the decisive one, in a spell that lasts up to another day.
// It returns zero when there is none.
func stateDay(spells []spell, decisive, lasting policy.Date) policy.Date {
	for _, s := range slices.Backward(spells) {
		switch {
		case s.from.After(decisive):
		case s.to.Before(lasting):
			return policy.Date{}
		case s.to.Before(decisive):
			return s.to
		default:
			return decisive
		}
	}
	return policy.Date{}
}

// spells returns the spells of what is paid from month to month of a service, from the month before
// the timeline to its end. It returns false when a rule that plain OPA evaluates would have to be
// tried too often. The counting day decides then.
func (p *projection) spells(ctx context.Context, s *schedule, q Claim) ([]spell, bool, error) {
	if had, ok := p.had[s.key()]; ok {
		return had, had != nil, nil
	}
	start, end := p.from.before().Day(1), p.to.last()
	if start.Before(p.course.Days[0]) {
		start = p.course.Days[0]
	}
	m, award, err := p.moment(ctx, q, start)
	if err != nil {
		return nil, false, err
	}
	spells, open := []spell{}, s.regular(award) != nil
	if open {
		spells = append(spells, spell{start, end})
	}
	for m, err := range p.course.ahead(ctx, start, m.rules, q) {
		if err != nil {
			return nil, false, err
		}
		if m.untold {
			spells = nil
		}
		if m.untold || m.day.After(end) {
			break
		}
		award, err := m.promised(ctx, q)
		if err != nil {
			return nil, false, err
		}
		switch has := s.regular(award) != nil; {
		case has && !open:
			spells, open = append(spells, spell{m.day, end}), true
		case !has && open:
			spells[len(spells)-1].to, open = m.day.AddDays(-1), false
		}
	}
	p.had[s.key()] = spells
	return spells, spells != nil, nil
}

// given returns what is due in a month of something that is due once, or nil for nothing.
func (p *projection) given(ctx context.Context, m *counted, s *schedule, q Claim, measure string) (*part, *policy.Date, error) {
	g, err := p.due(ctx, m, s, q, giftKey{s.key(), measure, true})
	if err == nil && (g == nil || g.month.After(m.month)) {
		g, err = p.due(ctx, m, s, q, giftKey{s.key(), measure, false})
	}
	if err != nil || g == nil || g.month.After(m.month) || m.month.After(g.month) && !g.open {
		return nil, nil, err
	}
	day := g.day
	if m.month.After(g.month) {
		day = m.rules.On
	}
	of, award, err := p.moment(ctx, q, day)
	if award = s.gift(award, measure); award == nil || err != nil {
		return nil, nil, err
	}
	return &part{layers: of.rules.Table.Layers, award: award}, g.notBefore, nil
}

// due returns when something that is due once is due, or nil for never.
func (p *projection) due(ctx context.Context, m *counted, s *schedule, q Claim, key giftKey) (*gift, error) {
	if g, ok := p.gifts[key]; ok {
		return g, nil
	}
	day, known, err := p.firstDay(ctx, q, func(a *decide.Award, sure bool) bool {
		g := s.gift(a, key.measure)
		return g != nil && (g.Certain || !sure)
	}, key.sure)
	if err != nil {
		return nil, err
	}
	var g *gift
	if !day.IsZero() {
		from := s.payment.From
		if from == "" {
			from = policy.FromMonth
		}
		g = &gift{month: FirstPaid(from, day, layer.CountingDay(m.rules.Table.Layers)), day: day, open: !known && !key.sure}
		if early := p.first.After(g.month); early && !known {
			g.month, g.day, g.notBefore = p.first, p.firstOn, &day
		} else if early && !p.from.After(g.month) { // in a month before the first list, which nobody can answer
			g.month = p.first
		}
	}
	p.gifts[key] = g
	return g, nil
}

// firstDay returns the first day on which an elder as described has something, for certain or
// perhaps. It is zero when there is none up to the timeline's end. The second result reports
// whether the day is known: a birthday brings it, or the date of birth alone makes it certain.
// Otherwise it depends on facts that may have come about later.
func (p *projection) firstDay(ctx context.Context, q Claim, has func(a *decide.Award, sure bool) bool, sure bool) (policy.Date, bool, error) {
	var first policy.Date
	for m, err := range p.course.back(ctx, p.to.last(), nil, q) {
		if err != nil {
			return policy.Date{}, false, err
		}
		if m.untold {
			return p.firstOn, false, nil
		}
		award, err := m.promised(ctx, q)
		if err != nil {
			return policy.Date{}, false, err
		}
		if has(award, sure) {
			first = m.day
		}
	}
	birth := q.Profile.Birth
	if first.IsZero() || birth.IsZero() {
		return first, false, nil
	}
	if birth.Birthday(birth.AgeOn(first)) == first {
		return first, true, nil
	}
	_, award, err := p.moment(ctx, Claim{Profile: q.Profile.OnlyBirth(), Service: q.Service}, first)
	return first, has(award, true), err
}

// dayOf returns the day whose state is paid by a schedule in the month. Where nothing is paid but
// what is due once, it returns the given day.
func (m *counted) dayOf(key scheduleKey, otherwise policy.Date) policy.Date {
	if day, ok := m.days[key]; ok {
		return day
	}
	return otherwise
}

// cause tells why the payment of a service with calendars changes. A change by time or by rules of
// what any of them pays is one of the service.
func (p *projection) cause(ctx context.Context, before, now *counted, c Change) (Cause, error) {
	all := maps.Clone(now.schedules)
	maps.Copy(all, before.schedules)
	for _, key := range sortedKeys(all) {
		if key.service != c.Service {
			continue
		}
		if cause, err := p.causeBy(ctx, before, now, c, all[key]); err != nil || cause != ByPayment {
			return cause, err
		}
	}
	return ByPayment, nil
}

// causeBy tells why what is paid by a schedule changes.
func (p *projection) causeBy(ctx context.Context, before, now *counted, c Change, s *schedule) (Cause, error) {
	waited := before.rules.On
	if before.schedules[s.key()] != nil {
		waited = decisive(s.payment.From, before.month, waited)
	}
	earlier, later := before.dayOf(s.key(), waited), now.dayOf(s.key(), now.month.last())
	q := Claim{Profile: now.profile, Service: c.Service}
	old, was, err := p.moment(ctx, q, earlier)
	if err != nil {
		return "", err
	}
	current, is, err := p.moment(ctx, q, later)
	if err != nil {
		return "", err
	}
	aged := moment{day: later, rules: old.rules}
	older, err := aged.promised(ctx, q)
	switch {
	case err != nil:
		return "", err
	case slices.ContainsFunc(differences(old.alone(s.of(was)), aged.alone(s.of(older)), ByAge), c.partOf):
		return ByAge, nil
	case slices.ContainsFunc(differences(old.alone(s.of(was)), current.alone(s.of(is)), ByRules), c.partOf):
		return ByRules, nil
	}
	return ByPayment, nil
}

// partOf reports whether the change is the same as the other, or only adds to it in a month: part
// of the service that the other brings is due once.
func (c Change) partOf(other Change) bool {
	return c.same(other) || c.Kind == Rises && other.Kind == Begins && c.Service == other.Service && c.As == other.As
}

// alone returns a decision on one service.
func (m moment) alone(award *decide.Award) *decide.Decision {
	d := &decide.Decision{}
	if award != nil {
		with(d, m.rules.Table.Layers, &part{layers: m.rules.Table.Layers, award: award})
	}
	return d
}

// same reports whether another change concerns the same thing in the same way.
func (c Change) same(other Change) bool {
	return c.Service == other.Service && c.Kind == other.Kind && c.Measure == other.Measure && c.As == other.As
}
