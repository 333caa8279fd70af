package reading

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

var (
	wholeForm = lazy.Regexp(`^-?[0-9]+(\.0+)?$`)
	thousands = lazy.Regexp(`^-?[0-9]{1,3}(,[0-9]{3})+(\.0+)?$`)
)

func wholeNumber(a *policy.Attribute) string {
	return fmt.Sprintf("must be a whole number from %d to %d", a.Min, a.Max)
}

// nothing lists the words for none of what is counted.
var nothing = []string{"无", "没有", "none"}

// roman lists the Roman figures of grades.
var roman = []string{"", "I", "II", "III", "IV"}

// integer reads a whole number in digits or in Chinese, with or without its unit. A grade may be in
// Roman figures. 无 and 没有 stand for the value that means "nothing", if there is one.
func integer(a *policy.Attribute, text string) (any, *Problem) {
	if absent, ok := a.Absent.(int); ok && slices.Contains(nothing, text) {
		return absent, nil
	}
	if a.Unit != "" {
		text = strings.TrimSuffix(text, a.Unit)
		if a.Unit == "周岁" {
			text = strings.TrimSuffix(text, "岁")
		}
		text = strings.TrimSpace(text)
	}
	n, ok := whole(text)
	if !ok && a.Unit == "级" {
		n = slices.Index(roman, strings.ToUpper(text))
		ok = n > 0
	}
	switch {
	case !ok:
		return nil, unreadable(wholeNumber(a))
	case n < a.Min || n > a.Max:
		return nil, &Problem{OutOfRange, wholeNumber(a)}
	}
	return n, nil
}

// whole reads a whole number. A number with more digits than any attribute may have becomes one
// that is out of range.
func whole(text string) (int, bool) {
	if n, err := strconv.Atoi(text); err == nil && len(text) < 4 && text[0] != '+' {
		return n, true
	}
	if n, ok := chineseNumber(text); ok {
		return n, true
	}
	if thousands().MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	if !wholeForm().MatchString(text) {
		return 0, false
	}
	digits, _, _ := strings.Cut(text, ".")
	digits, negative := strings.CutPrefix(digits, "-")
	digits = strings.TrimLeft(digits, "0")
	n, _ := strconv.Atoi("0" + digits[:min(len(digits), 10)])
	if len(digits) > 9 {
		n = 1_000_000_000
	}
	if negative {
		n = -n
	}
	return n, true
}

// chineseDigits lists the Chinese figures, including the forms that are hard to alter.
var chineseDigits = map[rune]int{
	'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
	'壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9,
}

var chineseUnits = map[rune]int{'十': 10, '拾': 10, '百': 100, '佰': 100, '千': 1000, '仟': 1000}

// chineseNumber reads a number below ten thousand, such as 八十二 or 一百零二. It refuses a number that
// leaves out a unit, such as 一百二.
func chineseNumber(text string) (int, bool) {
	total, digit, least, skipped := 0, -1, 10_000, false
	for i, r := range text {
		if unit, ok := chineseUnits[r]; ok {
			if digit < 0 && i == 0 && unit == 10 {
				digit = 1
			}
			if digit <= 0 || unit >= least {
				return 0, false
			}
			total, digit, least, skipped = total+digit*unit, -1, unit, false
			continue
		}
		d, ok := chineseDigits[r]
		switch {
		case !ok || digit >= 0:
			return 0, false
		case d == 0 && total > 0:
			if skipped || least == 10 {
				return 0, false
			}
			skipped = true
		default:
			digit = d
		}
	}
	switch {
	case digit < 0:
		return total, total > 0 && !skipped
	case total > 0 && least > 10 && !skipped:
		return 0, false
	}
	return total + digit, true
}
