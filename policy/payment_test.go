package policy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
)

// paidMonths are the months that a calendar pays to an elder who meets the condition on two days
// and between, and applies in a month, as a set of bits. All months have 30 days, and the days are
// counted through. It goes by the words of the calendar alone.
func paidMonths(p policy.Paid, first, last, applied int) uint64 {
	month := func(day int) int { return day / 30 }
	counting := max(1, p.CountingDay)
	from, until := p.From, p.Until
	if from == "" && (p.Once || p.Gift) {
		from = policy.FromMonth
	}
	var begin int
	switch from {
	case policy.FromMonth:
		begin = month(first)
	case policy.FromNextMonth:
		begin = month(first) + 1
	case policy.FromMonthOfApplication:
		begin = max(month(first), applied-p.BackPayMonths)
	case policy.FromMonthAfterApplication:
		begin = max(month(first)+1, applied+1)
		if p.BackPayMonths > 0 {
			begin = max(month(first)+1, applied-p.BackPayMonths)
		}
	default:
		begin = month(first + 30 - counting)
	}
	var end int
	switch until {
	case policy.UntilMonthBefore:
		end = month(last+1) - 1
	case policy.UntilMonth:
		end = month(last)
	case policy.UntilNextMonth:
		end = month(last) + 1
	default:
		end = month(last+31-counting) - 1
	}
	if p.Once || p.Gift {
		end = begin
		if from.Applied() && applied > month(last) {
			return 0 // who does not meet the condition any more cannot apply
		}
	}
	var months uint64
	for m := begin; m <= end; m++ {
		months |= 1 << m
	}
	return months
}

// everyCalendar is every calendar that a list may have, but for what suspends payment, with some
// counting days.
func everyCalendar(gift bool) []policy.Paid {
	var all []policy.Paid
	for _, from := range append(policy.PaidFroms(), "") {
		for _, back := range []int{0, 1, 2} {
			if back > 0 && !from.Applied() {
				continue
			}
			for _, until := range append(policy.PaidUntils(), "", "once") {
				for _, counting := range []int{0, 1, 15, 28} {
					p := policy.Payment{From: from, BackPayMonths: back, Until: until}
					if until == "once" {
						p.Until, p.Once = "", true
					}
					all = append(all, policy.Paid{Payment: &p, CountingDay: counting, Gift: gift})
				}
			}
		}
	}
	return all
}

// loses reports whether somebody loses who is paid in some months and not in others. What is due
// once on both sides may be due earlier.
func loses(have, want policy.Paid, paid, owed uint64) bool {
	if (have.Once || have.Gift) && (want.Once || want.Gift) {
		return owed != 0 && (paid == 0 || paid > owed)
	}
	return owed&^paid != 0
}

// A calendar is short of another exactly when somebody is paid in fewer months by it: every two
// calendars are tried on stretches of days that begin and end around counting days and turns of
// months.
func TestShort(t *testing.T) {
	days := func(months ...int) (all []int) {
		for _, month := range months {
			for _, day := range []int{1, 2, 14, 15, 16, 27, 28, 29, 30} {
				all = append(all, month*30+day-1)
			}
		}
		return all
	}
	for _, gift := range []bool{false, true} {
		calendars := everyCalendar(gift)
		paid := make([][]uint64, len(calendars))
		for i, p := range calendars {
			for _, first := range days(5) {
				for _, last := range days(5, 6, 7, 12) {
					for applied := first / 30; applied < 10 && last >= first; applied++ {
						paid[i] = append(paid[i], paidMonths(p, first, last, applied))
					}
				}
			}
		}
		for i, have := range calendars {
			for k, want := range calendars {
				short := have.Short(want)
				lost := false
				for n := range paid[i] {
					lost = lost || loses(have, want, paid[i][n], paid[k][n])
				}
				if lost != (len(short) > 0) {
					t.Fatalf("gift %v: %+v of counting day %d against %+v of %d: short by %v, and somebody loses: %v",
						gift, *have.Payment, have.CountingDay, *want.Payment, want.CountingDay, short, lost)
				}
			}
		}
	}
}

// What suspends payment is compared by name; a list without a calendar pays by its counting day,
// always.
func TestShortOf(t *testing.T) {
	suspended := func(names ...string) *policy.Payment { return &policy.Payment{Suspended: names} }
	for _, tt := range []struct {
		have, want *policy.Payment
		short      []policy.PaymentPart
	}{
		{nil, nil, nil},
		{nil, &policy.Payment{From: policy.FromMonth}, []policy.PaymentPart{policy.PartFrom}},
		{&policy.Payment{Until: policy.UntilMonthBefore}, nil, []policy.PaymentPart{policy.PartUntil}},
		{&policy.Payment{Once: true}, nil, []policy.PaymentPart{policy.PartOnce}},
		{&policy.Payment{From: policy.FromMonthOfApplication, BackPayMonths: 2}, &policy.Payment{From: policy.FromMonthOfApplication, BackPayMonths: 3}, []policy.PaymentPart{policy.PartBackPay}},
		{&policy.Payment{From: policy.FromMonthOfApplication, BackPayMonths: 120}, &policy.Payment{From: policy.FromNextMonth}, []policy.PaymentPart{policy.PartFrom}},
		{suspended("a"), nil, []policy.PaymentPart{policy.PartSuspended}},
		{suspended("a", "b"), suspended("b"), []policy.PaymentPart{policy.PartSuspended}},
		{suspended("b"), suspended("a", "b"), nil},
		{nil, suspended("a"), nil},
	} {
		got := policy.Paid{Payment: tt.have}.Short(policy.Paid{Payment: tt.want})
		if diff := cmp.Diff(tt.short, got); diff != "" {
			t.Errorf("%+v against %+v (-want +got):\n%s", tt.have, tt.want, diff)
		}
	}
}

// What a list above states is owed by the floor, and the floor falls short of the list's own
// calendar in nothing but what that states.
func TestFloor(t *testing.T) {
	for _, have := range everyCalendar(false) {
		for _, above := range everyCalendar(false) {
			have.CountingDay, above.CountingDay = 0, 0
			floor := policy.Paid{Payment: have.Floor(above)}
			for _, part := range floor.Short(above) {
				if above.States(part) {
					t.Fatalf("%+v above %+v: the floor %+v is short by %s", *above.Payment, *have.Payment, *floor.Payment, part)
				}
			}
			if len(have.Short(above)) == 0 && !cmp.Equal(have.Payment, floor.Payment) {
				t.Fatalf("%+v above %+v: the floor is %+v", *above.Payment, *have.Payment, *floor.Payment)
			}
		}
	}
	have := policy.Paid{Payment: &policy.Payment{Suspended: []string{"a", "b"}}}
	if got := fmt.Sprint(have.Floor(policy.Paid{Payment: &policy.Payment{Suspended: []string{"b", "c"}}}).Suspended); got != "[b]" {
		t.Errorf("suspended by %s, want [b]", got)
	}
	if !slices.Equal(have.Suspended, []string{"a", "b"}) {
		t.Error("the floor changes the list's own calendar")
	}
}
