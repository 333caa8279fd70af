package policy

// Payment is the calendar by which a service is paid. It also holds for lists below, unless one of
// them has its own for the service.
type Payment struct {
	From  PaidFrom  // empty means [FromCountingDay]; a single payment is due in the month in which the condition is met
	Until PaidUntil // empty means [UntilCountingDay]
	// BackPayMonths is the greatest number of months paid for the time before an application, if
	// the condition was met in them.
	BackPayMonths int
	// Once says that the service is due in one month only, the first.
	Once bool
	// Suspended lists yes-no attributes. While one of them is true nothing is paid, though the
	// elder has the service.
	Suspended []string
	Pos       Position
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

// Once reports whether the measure is money that is paid once.
func (m *Measure) Once() bool {
	return (m.Kind == KindCash || m.Kind == KindWorth) && m.Per == PerOnce
}
