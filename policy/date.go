package policy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Date is a day of the Gregorian calendar, without time or zone. The zero Date is not a date: it
// means that there is none. As text it is 0000-00-00, which UnmarshalText reads again, and
// [ParseDate] does not.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateError says that a day is missing, or that something is not a day of the calendar.
type DateError struct {
	Date Date // as it was given; the zero Date when none was, or a text
	// Text is what was given instead of a date. It is empty where it may be an elder's date of birth:
	// [ParseDate] does not keep it.
	Text string

	wrong string // with a text; one of the following
}

// What may be wrong with a text.
const (
	wrongForm = "not a date of the form YYYY-MM-DD"
	noSuchDay = "there is no such day"
)

// Error names the date, or says which form a text should have.
func (e *DateError) Error() string {
	e = cmp.Or(e, &DateError{})
	switch {
	case !e.Date.IsZero():
		return fmt.Sprintf("%s is not a day of the calendar", e.Date)
	case e.wrong == noSuchDay && e.Text != "":
		return fmt.Sprintf("%s is not a day of the calendar", e.Text)
	}
	return cmp.Or(e.wrong, "the day is missing")
}

// MarshalJSON writes code and message, and what was given.
func (e *DateError) MarshalJSON() ([]byte, error) {
	e = cmp.Or(e, &DateError{})
	given := e.Text
	if !e.Date.IsZero() {
		given = e.Date.String()
	}
	return json.Marshal(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Date    string `json:"date,omitempty"`
	}{"wrong-date", e.Error(), given})
}

// ParseDate reads YYYY-MM-DD and refuses days that do not exist. The error is a [*DateError].
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err == nil {
		return DateOf(t), nil
	}
	if hasDateForm(s) {
		return Date{}, &DateError{wrong: noSuchDay}
	}
	return Date{}, &DateError{wrong: wrongForm}
}

// hasDateForm reports whether a text is of the form YYYY-MM-DD.
func hasDateForm(s string) bool {
	part := strings.Split(s, "-")
	return len(part) == 3 && len(part[0]) == 4 && len(part[1]) == 2 && len(part[2]) == 2 && strings.Trim(strings.Join(part, ""), "0123456789") == ""
}

// DateOf returns the day of t in t's own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// String returns the date as YYYY-MM-DD.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) (err error) {
	if d == nil {
		return CallError("there is no date to read into")
	}
	if string(text) == (Date{}).String() {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(text))
	return err
}

// Exists reports whether d is a day of the calendar, in the years 1 to 9999.
func (d Date) Exists() bool {
	return d.Year >= 1 && d.Year <= 9999 && d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && d.Day <= daysOf(d.Year, d.Month)
}

// daysOf returns how many days a month has.
func daysOf(year int, month time.Month) int {
	switch {
	case month == time.February && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == time.February:
		return 28
	case month == time.April, month == time.June, month == time.September, month == time.November:
		return 30
	}
	return 31
}

// IsZero reports whether d is the zero Date.
func (d Date) IsZero() bool { return d == Date{} }

// Compare returns -1, 0 or +1 when d is before, equal to or after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// AddDays returns the day n days after d.
func (d Date) AddDays(n int) Date { return DateOf(d.time().AddDate(0, 0, n)) }

// EndOfMonth returns the last day of d's month.
func (d Date) EndOfMonth() Date { return DateOf(time.Date(d.Year, d.Month+1, 0, 0, 0, 0, 0, time.UTC)) }

// InMonth reports whether d and e lie in one month.
func (d Date) InMonth(e Date) bool { return d.Year == e.Year && d.Month == e.Month }

// Birthday returns the day on which somebody born on d completes n years (周岁). Somebody born on 29
// February completes a year on 1 March in common years.
func (d Date) Birthday(n int) Date {
	return DateOf(time.Date(d.Year+n, d.Month, d.Day, 0, 0, 0, 0, time.UTC))
}

// AgeOn returns the number of years that somebody born on d has completed on a day. It is negative
// before the birth.
func (d Date) AgeOn(on Date) int {
	age := on.Year - d.Year
	// right for 29 February too: the year is complete on 1 March
	if on.Month < d.Month || on.Month == d.Month && on.Day < d.Day {
		age--
	}
	return age
}

func (d Date) time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
