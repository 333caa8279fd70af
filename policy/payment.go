package policy

import (
	"cmp"
	"math"
	"slices"
)

// Payment is the calendar by which a service, or the amount of one parameter, is paid. Lists below
// inherit it unless they have their own.
type Payment struct {
	From  PaidFrom  `json:"from,omitempty"`  // empty: [FromCountingDay]; what is due once begins with the month in which the condition is met
	Until PaidUntil `json:"until,omitempty"` // empty: [UntilCountingDay]
	// BackPayMonths is the greatest number of months before the application that are paid. Only
	// months in which the condition was met are paid.
	BackPayMonths int `json:"back_pay_months,omitempty"`
	// Once says that the service is due in one month: the first.
	Once bool `json:"once,omitempty"`
	// Suspended names yes-no attributes. While one of them is true, nothing is paid, although the
	// elder has the service.
	Suspended []string `json:"suspended,omitempty"`
	Pos       Position `json:"-"`
}

// Same reports whether two calendars say the same. Either may be nil.
func (p *Payment) Same(q *Payment) bool {
	if p == nil || q == nil {
		return p == q
	}
	return p.From == q.From && p.Until == q.Until && p.BackPayMonths == q.BackPayMonths && p.Once == q.Once && slices.Equal(p.Suspended, q.Suspended)
}

// PaidFrom says from which month on a service is paid.
type PaidFrom string

// The first months that may be paid.
const (
	// the month of the first counting day on or after the day on which the condition is met
	FromCountingDay           PaidFrom = "counting_day"
	FromMonth                 PaidFrom = "month"      // the month in which the condition is met: 当月
	FromNextMonth             PaidFrom = "next_month" // the month after it: 次月
	FromMonthOfApplication    PaidFrom = "month_of_application"
	FromMonthAfterApplication PaidFrom = "month_after_application"
)

// PaidFroms lists all first months.
func PaidFroms() []PaidFrom {
	return []PaidFrom{FromCountingDay, FromMonth, FromNextMonth, FromMonthOfApplication, FromMonthAfterApplication}
}

// Applied reports whether payment waits for an application.
func (f PaidFrom) Applied() bool {
	return f == FromMonthOfApplication || f == FromMonthAfterApplication
}

// PaidUntil says up to which month a service is paid.
type PaidUntil string

// The last months that may be paid.
const (
	UntilCountingDay PaidUntil = "counting_day" // the last month on whose counting day the condition is met
	UntilMonthBefore PaidUntil = "month_before" // the last month on whose last day the condition is met
	UntilMonth       PaidUntil = "month"        // the month of the last day on which the condition is met
	UntilNextMonth   PaidUntil = "next_month"   // the month after it
)

// PaidUntils lists all last months.
func PaidUntils() []PaidUntil {
	return []PaidUntil{UntilCountingDay, UntilMonthBefore, UntilMonth, UntilNextMonth}
}

// PaymentPart is a part of a payment calendar, by its key in a list.
type PaymentPart string

// The parts of a calendar.
const (
	PartFrom      PaymentPart = "from"
	PartBackPay   PaymentPart = "back_pay_months"
	PartUntil     PaymentPart = "until"
	PartOnce      PaymentPart = "once"
	PartSuspended PaymentPart = "suspended"
)

// Paid says how a list pays for something. Payment is nil when there is no calendar. The counting
// day applies where the calendar says nothing else.
type Paid struct {
	*Payment
	CountingDay int  // 0: no list states one, and it is the first of the month
	Gift        bool // it is due once, whatever the calendar says
}

// Short returns the parts of the calendar that may leave out a month which another list pays for
// the same elder.
func (p Paid) Short(of Paid) []PaymentPart {
	var parts []PaymentPart
	add := func(part PaymentPart, short bool) {
		if short {
			parts = append(parts, part)
		}
	}
	have, want := p.calendar(), of.calendar()
	waits := have.From.Applied() && !want.From.Applied()
	add(PartFrom, waits || p.latest() < of.latest())
	add(PartBackPay, have.From.Applied() && want.From.Applied() && have.BackPayMonths < want.BackPayMonths)
	add(PartUntil, !p.once() && p.lasting() > of.lasting())
	add(PartOnce, p.once() && !of.once())
	add(PartSuspended, slices.ContainsFunc(have.Suspended, func(name string) bool { return !slices.Contains(want.Suspended, name) }))
	return parts
}

// States reports whether a list says something about a part. A list need not say that payment is
// monthly and never suspended: that is the rule.
func (p Paid) States(part PaymentPart) bool {
	switch part {
	case PartFrom:
		return p.calendar().From != "" || p.CountingDay > 0
	case PartUntil:
		return p.calendar().Until != "" || p.CountingDay > 0 || p.once()
	}
	return true
}

// Floor returns the calendar with each part replaced by that of a list above where it falls short
// of it. Back pay goes with the first month.
func (p Paid) Floor(above Paid) *Payment {
	floor, least := p.calendar(), above.calendar()
	for _, part := range p.Short(above) {
		if !above.States(part) {
			continue
		}
		switch part {
		case PartFrom, PartBackPay:
			floor.From, floor.BackPayMonths = least.From, least.BackPayMonths
		case PartUntil:
			floor.Until = above.until()
		case PartOnce:
			floor.Once, floor.From, floor.Until = false, cmp.Or(floor.From, FromMonth), least.Until
		case PartSuspended:
			floor.Suspended = slices.DeleteFunc(slices.Clone(floor.Suspended), func(name string) bool { return !slices.Contains(least.Suspended, name) })
		}
	}
	return &floor
}

// calendar is the calendar, without a word when there is none.
func (p Paid) calendar() Payment {
	if p.Payment == nil {
		return Payment{}
	}
	return *p.Payment
}

func (p Paid) once() bool { return p.Gift || p.calendar().Once }

// latest is the last day of a month, 0 for the day before it, by which the condition must be met
// for the month to be the first.
func (p Paid) latest() int {
	switch p.calendar().From {
	case FromMonth, FromMonthOfApplication:
		return endOfMonth
	case FromNextMonth, FromMonthAfterApplication:
		return 0
	case "":
		if p.once() {
			return endOfMonth
		}
	}
	return max(1, p.CountingDay)
}

// until is the last month; of what is due once it is one up to which the first is always paid,
// however soon the condition ends.
func (p Paid) until() PaidUntil {
	switch {
	case !p.once():
		return p.calendar().Until
	case p.latest() == endOfMonth:
		return UntilMonth
	}
	return UntilNextMonth
}

// lasting is the day of a month, negative in the month before, up to which the condition must be
// met for the month to be paid.
func (p Paid) lasting() int {
	switch p.until() {
	case UntilMonthBefore:
		return endOfMonth
	case UntilMonth:
		return 1
	case UntilNextMonth:
		return -1
	}
	return max(1, p.CountingDay)
}

// endOfMonth is after every counting day.
const endOfMonth = math.MaxInt

// Once reports whether the measure is money due once.
func (m *Measure) Once() bool {
	return (m.Kind == KindCash || m.Kind == KindWorth) && m.Per == PerOnce
}
