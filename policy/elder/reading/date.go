package reading

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// These texts say what is wrong with a date, and what to write instead.
const (
	dateForms  = "write a day with a year of four digits, such as 1946-03-01 or 1946年3月1日"
	noDate     = "is not a date: " + dateForms
	aMonth     = "has no day of the month: " + dateForms + ", or the age"
	aDayNumber = "is only a number: format the column as dates in the spreadsheet, or " + dateForms
)

func noDay() *Problem { return &Problem{ImpossibleDate, "is not a day of the calendar"} }

var (
	midnight   = regexp.MustCompile(`[ t]+0?0:00(:00(\.0+)?)?$`)
	separator  = regexp.MustCompile(` *([-/.年月日号]) *`)
	dayForm    = regexp.MustCompile(`^([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年([0-9]{1,2})月)([0-9]{1,2})[日号]?$|^([0-9]{8})$`)
	monthForm  = regexp.MustCompile(`^[0-9]{4}(年|[-/.][0-9]{1,2}|年[0-9]{1,2}月?)?$|^(18|19|20)[0-9]{2}(0[1-9]|1[0-2])$`)
	numberForm = regexp.MustCompile(`^[0-9]{5}(\.[0-9]+)?$`)
	chinese    = regexp.MustCompile(`^([零〇一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]$`)
)

// points lists what input methods write for a point.
var points = strings.NewReplacer("。", ".", "、", ".")

// date reads a day. It accepts a time of day only when that is midnight without a zone, because any
// other time may mean the day before or after.
func date(text string) (any, *Problem) {
	if value, problem, ok := plainDate(text); ok {
		return value, problem
	}
	text = midnight.ReplaceAllString(strings.ToLower(text), "")
	text = strings.TrimSpace(separator.ReplaceAllString(points.Replace(text), "$1"))
	if value, problem, ok := plainDate(text); ok {
		return value, problem
	}
	if m := chinese.FindStringSubmatch(text); m != nil {
		return chineseDay(m[1], m[2], m[3])
	}
	switch {
	case monthForm.MatchString(text):
		return nil, unreadable(aMonth)
	case numberForm.MatchString(text):
		return nil, unreadable(aDayNumber)
	}
	return nil, unreadable(noDate)
}

// plainDate reads a day written only with digits and separators. It reports false for any other
// form.
func plainDate(text string) (any, *Problem, bool) {
	m := dayForm.FindStringSubmatch(text)
	if m == nil {
		return nil, nil, false
	}
	if m[7] != "" { // eight digits
		value, problem := day(m[7][:4], m[7][4:6], m[7][6:])
		return value, problem, true
	}
	value, problem := day(m[1], m[2]+m[3]+m[4]+m[5], m[6])
	return value, problem, true
}

// day returns the date that digits name.
func day(year, month, day string) (any, *Problem) {
	d, err := policy.ParseDate(year + "-" + twoDigits(month) + "-" + twoDigits(day))
	if err != nil || d.Year == 0 {
		return nil, noDay()
	}
	return d.String(), nil
}

func twoDigits(n string) string {
	if len(n) == 1 {
		return "0" + n
	}
	return n
}

// chineseDay reads a date in Chinese figures.
func chineseDay(year, month, dayOfMonth string) (any, *Problem) {
	digits := ""
	for _, r := range year {
		digits += fmt.Sprint(chineseDigits[r])
	}
	m, ok := chineseNumber(month)
	d, also := chineseNumber(dayOfMonth)
	if !ok || !also {
		return nil, unreadable(noDate)
	}
	return day(digits, fmt.Sprint(m), fmt.Sprint(d))
}

// These bound the count of days in a spreadsheet. Lotus 1-2-3, and Excel after it, took 1900 for a
// leap year, so that day 60 never existed.
const (
	leapThatWasNone = 60
	lastSerial      = 2_958_465 // 9999-12-31
)

// serialDate reads a date that a spreadsheet holds as a number. A bare year is not a date, and
// neither is a year with the month after the point.
func serialDate(n float64, date1904 bool) (any, *Problem) {
	switch {
	case 1800 <= n && n < 2100, 1800_01 <= n && n <= 2099_12:
		return nil, unreadable(aMonth)
	case n != math.Trunc(n) || math.IsInf(n, 0):
		return nil, unreadable(noDate)
	case 1000_01_01 <= n && n <= 9999_12_31:
		text := fmt.Sprintf("%.0f", n)
		return day(text[:4], text[4:6], text[6:])
	case n < 0 || n > lastSerial || !date1904 && (n == 0 || n == leapThatWasNone):
		return nil, noDay()
	}
	from := policy.Date{Year: 1899, Month: 12, Day: 30}
	switch {
	case date1904:
		from = policy.Date{Year: 1904, Month: 1, Day: 1}
	case n < leapThatWasNone:
		from = policy.Date{Year: 1899, Month: 12, Day: 31}
	}
	d := from.AddDays(int(n))
	if d.Year > 9999 {
		return nil, noDay()
	}
	return d.String(), nil
}
