package policy

// Payment is the calendar by which a service is paid. It holds for the lists below, too, unless one of them has its own for the service.
type Payment struct {
	From  PaidFrom  // empty: [FromCountingDay]; what is due once begins with the month in which the condition is met
	Until PaidUntil // empty: [UntilCountingDay]
	// BackPayMonths is how many months before that of an application are paid at most, if the condition was met in them.
	BackPayMonths int
	// Once says that the service is due in one month: the first.
	Once bool
	// Suspended are yes-no attributes while which nothing is paid, though the elder has the service.
	Suspended []string
	Pos       Position
}

// PaidFrom says from which month on a service is paid.
type PaidFrom string

// The first months that may be paid.
const (
	FromCountingDay           PaidFrom = "counting_day" // that of the first counting day on or after the day on which the condition is met
	FromMonth                 PaidFrom = "month"        // that in which the condition is met: 当月
	FromNextMonth             PaidFrom = "next_month"   // the one after it: 次月
	FromMonthOfApplication    PaidFrom = "month_of_application"
	FromMonthAfterApplication PaidFrom = "month_after_application"
)

// PaidFroms are all first months.
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
	UntilCountingDay PaidUntil = "counting_day" // the last on whose counting day the condition is met
	UntilMonthBefore PaidUntil = "month_before" // the last to whose last day the condition is met
	UntilMonth       PaidUntil = "month"        // that of the last day on which the condition is met
	UntilNextMonth   PaidUntil = "next_month"   // the one after it
)

// PaidUntils are all last months.
func PaidUntils() []PaidUntil {
	return []PaidUntil{UntilCountingDay, UntilMonthBefore, UntilMonth, UntilNextMonth}
}

// Once reports whether the measure is money that is due once.
func (m *Measure) Once() bool {
	return (m.Kind == KindCash || m.Kind == KindWorth) && m.Per == PerOnce
}
