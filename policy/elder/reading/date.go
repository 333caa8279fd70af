package reading

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// What is wrong with a date, and what to write.
const (
	dateForms  = "write a day with a year of four digits, such as 1946-03-01 or 1946年3月1日"
	noDate     = "is no date: " + dateForms
	aMonth     = "has no day of the month: " + dateForms + ", or the age"
	aDayNumber = "is only a number: make the column dates in the spreadsheet, or " + dateForms
)

func noDay() *Problem { return &Problem{ImpossibleDate, "is no day of the calendar"} }

var (
	midnight   = regexp.MustCompile(`[ t]+0?0:00(:00(\.0+)?)?$`)
	separator  = regexp.MustCompile(` *([-/.年月日号]) *`)
	dayForm    = regexp.MustCompile(`^([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年([0-9]{1,2})月)([0-9]{1,2})[日号]?$`)
	eightForm  = regexp.MustCompile(`^([0-9]{4})([0-9]{2})([0-9]{2})$`)
	monthForm  = regexp.MustCompile(`^[0-9]{4}(年|[-/.][0-9]{1,2}|年[0-9]{1,2}月?)?$|^(18|19|20)[0-9]{2}(0[1-9]|1[0-2])$`)
	numberForm = regexp.MustCompile(`^[0-9]{5}(\.[0-9]+)?$`)
	chinese    = regexp.MustCompile(`^([零〇一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]$`)
)

// points are what an input method writes for a point.
var points = strings.NewReplacer("。", ".", "、", ".")

// date reads a day. A time of the day is read only when it is midnight without a zone: any other tells that the day may be the one before or after.
func date(text string) (any, *Problem) {
	if d, err := policy.ParseDate(text); err == nil && d.Year > 0 {
		return text, nil
	}
	text = midnight.ReplaceAllString(strings.ToLower(text), "")
	text = points.Replace(text)
	text = strings.TrimSpace(separator.ReplaceAllString(text, "$1"))
	if m := dayForm.FindStringSubmatch(text); m != nil {
		return day(m[1], m[2]+m[3]+m[4]+m[5], m[6])
	}
	if m := eightForm.FindStringSubmatch(text); m != nil {
		return day(m[1], m[2], m[3])
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

// day is a date of digits.
func day(year, month, day string) (any, *Problem) {
	d, err := policy.ParseDate(fmt.Sprintf("%s-%02s-%02s", year, month, day))
	if err != nil || !d.Exists() {
		return nil, noDay()
	}
	return d.String(), nil
}

// chineseDay is a date of Chinese figures.
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

// The count of days in a spreadsheet. Lotus 1-2-3, and Excel after it, took 1900 for a leap year: its day 60 never was.
const (
	leapThatWasNone = 60
	lastSerial      = 2_958_465 // 9999-12-31
)

// serialDate reads a date that a spreadsheet holds as a number. A year, or a year with the month behind the point, is none.
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
