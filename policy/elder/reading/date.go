package reading

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// These texts say what is wrong with a date, and what to write instead.
const (
	dateForms  = "write a day with a year of four digits, such as 1946-03-01 or 1946年3月1日"
	noDate     = "is not a date: " + dateForms
	aYear      = "is only a year: " + dateForms + ", or the age"
	aDayNumber = "is only a number: format the column as dates in the spreadsheet, or " + dateForms
	lostNought = "is January, or October if a spreadsheet dropped the nought of .10: write the month such as 1946年1月 or 1946年10月"
)

func noDay() *Problem { return &Problem{ImpossibleDate, "is not a day of the calendar"} }

func noMonth() *Problem { return &Problem{ImpossibleDate, "is not a month of the calendar"} }

var (
	midnight   = lazy.Regexp(`[ t]+0?0:00(:00(\.0+)?)?$`)
	separator  = lazy.Regexp(` *([-/.年月日号]) *`)
	dayForm    = lazy.Regexp(`^([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年([0-9]{1,2})月)([0-9]{1,2})[日号]?$|^([0-9]{8})$`)
	yearForm   = lazy.Regexp(`^[0-9]{4}年?$`)
	numberForm = lazy.Regexp(`^[0-9]{5}(\.[0-9]+)?$`)
	chinese    = lazy.Regexp(`^([零〇一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月(?:([一二三四五六七八九十]{1,3})[日号]|份?)$`)

	// Six digits are no month where they may be a day with a year of two digits: 191203.
	monthForm = lazy.Regexp(`^([0-9]{4})(?:[-/.]([0-9]{1,2})|年([0-9]{1,2})月份?)$|^((?:18|19|20)(?:00|1[3-9]|[2-9][0-9]))(0[1-9]|1[0-2])$`)
)

// points lists what input methods write for a point.
var points = strings.NewReplacer("。", ".", "、", ".")

// date reads a day, or a month without one. It accepts a time of day only when that is midnight
// without a zone, because any other time may mean the day before or after.
func date(text string) (any, *Problem) {
	if value, problem, ok := plainDate(text); ok {
		return value, problem
	}
	text = midnight().ReplaceAllString(strings.ToLower(text), "")
	text = strings.TrimSpace(separator().ReplaceAllString(points.Replace(text), "$1"))
	if value, problem, ok := plainDate(text); ok {
		return value, problem
	}
	if m := chinese().FindStringSubmatch(text); m != nil {
		return chineseDate(m[1], m[2], m[3])
	}
	if m := monthForm().FindStringSubmatch(text); m != nil {
		return month(m[1]+m[4], m[2]+m[3]+m[5])
	}
	switch {
	case yearForm().MatchString(text):
		return nil, unreadable(aYear)
	case numberForm().MatchString(text):
		return nil, unreadable(aDayNumber)
	}
	return nil, unreadable(noDate)
}

// plainDate reads a day written only with digits and separators. It reports false for any other
// form.
func plainDate(text string) (any, *Problem, bool) {
	m := dayForm().FindStringSubmatch(text)
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

// month returns the month that digits name.
func month(year, month string) (any, *Problem) {
	if _, problem := day(year, month, "1"); problem != nil {
		return nil, noMonth()
	}
	return year + "-" + twoDigits(month), nil
}

func twoDigits(n string) string {
	if len(n) == 1 {
		return "0" + n
	}
	return n
}

// chineseDate reads a date in Chinese figures. Without a day it is a month.
func chineseDate(year, monthOfYear, dayOfMonth string) (any, *Problem) {
	digits := ""
	for _, r := range year {
		digits += fmt.Sprint(chineseDigits[r])
	}
	m, ok := chineseNumber(monthOfYear)
	if ok && dayOfMonth == "" {
		return month(digits, fmt.Sprint(m))
	}
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

// serialDate reads a date that a spreadsheet holds as a number. A year with the month after the
// point is a month, but 1946.10 and 1946.1 are one number.
func serialDate(n float64, date1904 bool) (any, *Problem) {
	switch {
	case 1800 <= n && n < 2100, 1800_01 <= n && n <= 2099_12:
		text := strconv.FormatFloat(n, 'f', -1, 64)
		if strings.HasSuffix(text, ".1") {
			return nil, unreadable(lostNought)
		}
		return date(text)
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
