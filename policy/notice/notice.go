// Package notice writes a notice of what an elder is owed, for the elder or for the file. It says
// who gets what, how much, from when and on what ground, what is still open, and what to bring.
//
// A notice names an elder by id, and by name where its caller sets one. It never contains an
// identity number, nor any attribute that is not a ground of a service.
package notice

import (
	"context"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/explain"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// Notice is what one elder is told. It is the same in every language. In JSON it is data without
// words: one that is read from JSON cannot be printed.
type Notice struct {
	ID           string              `json:"id,omitempty"`   // as given, with only the last four characters of an identity number
	Name         string              `json:"name,omitempty"` // the elder's name; New leaves it empty
	Jurisdiction policy.Jurisdiction `json:"jurisdiction"`
	On           policy.Date         `json:"on"`
	Due          []Item              `json:"due"`
	Soon         []Item              `json:"soon"`      // what time alone will bring within a year, as it will be then
	Possible     []Item              `json:"possible"`  // what depends on things that are not known
	Later        []Item              `json:"later"`     // what will, within a year, depend on unknown things, as it will be then
	Permitted    []Item              `json:"permitted"` // what the text permits, or may permit, but does not promise
	Monthly      decide.Total        `json:"monthly_cny"`
	Digest       string              `json:"digest"`
}

// Item is one service of a notice.
type Item struct {
	*explain.Explanation
	// Since is the first day from which the elder, as described, has or will have the service with
	// these very promises, without a break up to the day of the notice. It is zero when nobody can
	// tell.
	Since policy.Date `json:"since,omitzero"`
	// ByAge says that the date of birth alone makes the service due on that day. Otherwise other
	// facts do so too. The notice does not know since when those hold, and Since is then the
	// earliest possible day.
	ByAge bool `json:"by_age"`
	// Otherwise says that the elder had the service before Since, with other promises.
	Otherwise bool `json:"otherwise"`
	// Assumed says that Since is the first day of a list whose text prints none.
	Assumed bool `json:"since_assumed"`
	// Counts is the first day of the first month that is paid, by the payment calendar or the
	// counting day of the list in force then. It is zero when Since is.
	Counts policy.Date `json:"counts,omitzero"`
	// Payment is the calendar by which the service is paid, or nil when no list has one for it.
	// Suspension says why it is not paid, or may not be.
	Payment    *policy.Payment     `json:"payment,omitempty"`
	Suspension timeline.Suspension `json:"suspension,omitzero"`
	// Apart are the measures of the service that have a calendar of their own, as far as they are
	// promised. Payment, Suspension and Counts do not speak of them.
	Apart []Apart `json:"apart,omitempty"`
}

// Apart is a measure that is paid by a calendar of its own.
type Apart struct {
	Measure    string              `json:"measure"`
	Payment    *policy.Payment     `json:"payment,omitempty"`
	Suspension timeline.Suspension `json:"suspension,omitzero"`
	Counts     policy.Date         `json:"counts,omitzero"` // as in [Item]
}

// soon is how far ahead a notice looks, in days.
const soon = 366

// New makes the notice for an encoded elder on the day of the rules. The course must be that of the
// same jurisdiction. Missing attributes are taken as the rules take them.
func New(ctx context.Context, c *timeline.Course, r *ruleset.Ruleset, p elder.Profile) (*Notice, error) {
	if err := r.Ready(ctx, &p); err != nil {
		return nil, err
	}
	w := writer{course: c.AssumeKnown(r.AssumesKnown()), rules: r, elder: p}
	w.notice = &Notice{
		ID: elder.HideIDNumbers(p.ID), Jurisdiction: r.Jurisdiction, On: r.On, Digest: r.Digest,
		Due: []Item{}, Soon: []Item{}, Possible: []Item{}, Later: []Item{}, Permitted: []Item{},
	}
	decision, err := r.Decide(ctx, &p)
	if err != nil {
		return nil, err
	}
	for _, service := range r.Listed() {
		if err := w.add(ctx, service); err != nil {
			return nil, err
		}
	}
	w.notice.Monthly = decision.MonthlyCNY
	if slices.ContainsFunc(w.notice.Due, Item.suspended) {
		w.notice.Monthly = timeline.PaidTotal(r, decision, func(service, measure string) bool {
			return slices.ContainsFunc(w.notice.Due, func(i Item) bool { return i.Service == service && len(i.suspension(measure).Suspended) > 0 })
		})
	}
	return w.notice, nil
}

// suspended reports whether payment of the service, or of a measure of it, is suspended.
func (i Item) suspended() bool {
	return len(i.Suspension.Suspended) > 0 || slices.ContainsFunc(i.Apart, func(a Apart) bool { return len(a.Suspension.Suspended) > 0 })
}

// suspension tells why a measure of the service is not paid.
func (i Item) suspension(measure string) timeline.Suspension {
	for _, a := range i.Apart {
		if a.Measure == measure {
			return a.Suspension
		}
	}
	return i.Suspension
}

// monthly reports whether a measure with the calendar of the service is monthly cash.
func (i Item) monthly() bool {
	return slices.ContainsFunc(i.Amounts, func(a explain.Amount) bool {
		apart := slices.ContainsFunc(i.Apart, func(b Apart) bool { return b.Measure == a.Measure })
		return !apart && i.Vocabulary().Measure(a.Measure).Monthly()
	})
}

// writer is the work on one notice.
type writer struct {
	course *timeline.Course
	rules  *ruleset.Ruleset
	elder  elder.Profile
	notice *Notice
}

func (w *writer) claim(service string) timeline.Claim {
	return timeline.Claim{Profile: w.elder, Service: service}
}

// add adds a service to the sections where it belongs.
func (w *writer) add(ctx context.Context, service string) error {
	n := w.notice
	x, err := explain.Explain(ctx, w.course, w.rules, w.claim(service))
	if err != nil {
		return err
	}
	if x.Permitted != nil {
		n.Permitted = append(n.Permitted, Item{Explanation: x})
	}
	switch {
	case x.Answer == explain.Entitled:
		n.Due = append(n.Due, w.item(w.rules, x))
		return w.since(ctx, &n.Due[len(n.Due)-1])
	case x.Answer == explain.Possible:
		n.Possible = append(n.Possible, Item{Explanation: x})
	case w.isSoon(x.EligibleFrom):
		return w.coming(ctx, &n.Soon, service, *x.EligibleFrom)
	case w.isSoon(x.PossibleFrom):
		return w.coming(ctx, &n.Later, service, *x.PossibleFrom)
	}
	return nil
}

// item returns a service with the calendars by which it is paid.
func (w *writer) item(r *ruleset.Ruleset, x *explain.Explanation) Item {
	suspension := func(p *policy.Payment) timeline.Suspension {
		return timeline.SuspensionOf(r, w.elder, p)
	}
	payment := timeline.PaymentOf(r, x.Service, "")
	item := Item{Explanation: x, Payment: payment, Suspension: suspension(payment)}
	for _, measure := range timeline.Scheduled(r, x.Service) {
		if slices.ContainsFunc(x.Amounts, func(a explain.Amount) bool { return a.Measure == measure }) {
			own := timeline.PaymentOf(r, x.Service, measure)
			item.Apart = append(item.Apart, Apart{Measure: measure, Payment: own, Suspension: suspension(own)})
		}
	}
	return item
}

func (w *writer) isSoon(day *policy.Date) bool {
	return day != nil && day.Before(w.rules.On.AddDays(soon))
}

// coming adds a service as it will be on a later day.
func (w *writer) coming(ctx context.Context, to *[]Item, service string, day policy.Date) error {
	r, err := w.course.Rules(ctx, day)
	if err != nil {
		return err
	}
	q := w.claim(service)
	q.Profile, _ = timeline.Aged(r.Table.Space, q.Profile, day) // an elder who was asked about exists
	x, err := explain.Explain(ctx, w.course, r, q)
	if err != nil {
		return err
	}
	item := w.item(r, x)
	item.Since, item.ByAge = day, true
	*to = append(*to, item)
	return w.counts(ctx, &(*to)[len(*to)-1])
}

// since finds the day from which a service is due.
func (w *writer) since(ctx context.Context, item *Item) error {
	promises := map[string]policy.Promise{}
	for _, a := range item.Amounts {
		if a.Certain {
			promises[a.Measure] = a.Promise
		}
	}
	q := w.claim(item.Service)
	var err error
	if item.Since, item.Otherwise, err = w.course.Since(ctx, w.rules, q, promises, item.Bundles); err != nil || item.Since.IsZero() {
		return err
	}
	if !q.Profile.Birth.IsZero() {
		byAge, _, err := w.course.Since(ctx, w.rules, w.byAge(item.Service), promises, item.Bundles)
		if err != nil {
			return err
		}
		item.ByAge = byAge == item.Since
	}
	return w.counts(ctx, item)
}

// byAge returns the claim of an elder of whom only the date of birth is known.
func (w *writer) byAge(service string) timeline.Claim {
	q := timeline.Claim{Service: service, Profile: w.elder.OnlyBirth()}
	q.Profile, _ = timeline.Aged(w.rules.Table.Space, q.Profile, w.rules.On) // the elder's own age
	return q
}

// counts finds the first months that are paid of a service that is due since a day.
func (w *writer) counts(ctx context.Context, item *Item) error {
	r, err := w.course.Rules(ctx, item.Since)
	if err != nil {
		return err
	}
	for _, l := range r.Table.Layers {
		item.Assumed = item.Assumed || l.List.EffectiveFrom == item.Since && l.List.EffectiveFromAssumed != ""
	}
	first := func(p *policy.Payment) policy.Date {
		var from policy.PaidFrom
		if p != nil {
			if from = p.From; from == "" && p.Once {
				from = policy.FromMonth
			}
		}
		return timeline.FirstPaid(from, item.Since, layer.CountingDay(r.Table.Layers)).Day(1)
	}
	item.Counts = first(item.Payment)
	for i := range item.Apart {
		item.Apart[i].Counts = first(item.Apart[i].Payment)
	}
	return nil
}

// givenByBirth reports whether a date of birth gives the attribute.
func givenByBirth(v *policy.Vocabulary, attribute string) bool {
	return slices.ContainsFunc(v.Inputs, func(in *policy.Input) bool {
		return in.Type == policy.BirthDate && in.Gives == attribute
	})
}
