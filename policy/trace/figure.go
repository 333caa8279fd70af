package trace

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// figure is a number in a text, and what it counts, which is empty where the text does not say.
type figure struct {
	value   *big.Rat
	counts  string
	printed string
	at      int
}

// counted maps the word behind a number to what the number counts.
var counted = map[string]string{
	"岁": "years", "周岁": "years", "年": "years", "元": "cny", "%": "percent", "倍": "multiple", "次": "times",
	"天": "days", "小时": "hours", "餐": "meals", "折": "tenths",
}

const (
	digits   = `\d+(?:,\d{3})*(?:\.\d+)?(?:/\d+)?`
	numerals = `[零〇一二两三四五六七八九十百千]+`
	between  = `(?:\([^()\n]{0,6}\)|[-—–~～至到、和或及]|以上|以下)` // of two numbers that share a word
)

var (
	figures = lazy.Regexp(`(` + numerals + `分之` + numerals + `)|(` + digits + `|` + numerals + `)(万?)\n*(周岁|岁|年|元|%|倍|次|天|小时|餐|折)?`)
	shared  = lazy.Regexp(`^` + between + `+\n*(?:` + digits + `|` + numerals + `)万?`)
)

// figuresIn returns the numbers in a part of the text. A number in Chinese numerals counts only
// with a word behind it. A year of the calendar does not count.
func (t *Text) figuresIn(in span) []figure {
	text := t.content[in.from:in.to]
	var all []figure
	for _, m := range figures().FindAllStringSubmatchIndex(text, -1) {
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		f := figure{printed: strings.ReplaceAll(text[m[0]:m[1]], "\n", ""), at: in.from + m[0], counts: counted[group(4)]}
		if share := group(1); share != "" {
			f.value, f.counts = fraction(share), "multiple"
		} else {
			f.value = number(group(2))
			if group(3) != "" {
				f.value.Mul(f.value, big.NewRat(10_000, 1))
			}
		}
		chinese := !isDigit(rune(text[m[0]]))
		if f.counts == "" && !chinese {
			f.counts = sharedWord(text[m[1]:])
		}
		if f.counts == "" && strings.Contains(group(2), "/") {
			f.counts = "multiple"
		}
		calendar := group(4) == "年" && f.value.Cmp(big.NewRat(1900, 1)) >= 0
		if calendar || chinese && (f.counts == "" || group(4) == "年") {
			continue
		}
		all = append(all, f)
	}
	return all
}

// sharedWord returns what a number counts by the word behind a number that follows: in 80至90岁, 80
// counts years.
func sharedWord(behind string) string {
	for {
		next := shared().FindString(behind)
		if next == "" {
			return ""
		}
		behind = behind[len(next):]
		for word, counts := range counted {
			if strings.HasPrefix(strings.TrimLeft(behind, "\n"), word) {
				return counts
			}
		}
	}
}

// number returns the value of digits or Chinese numerals.
func number(s string) *big.Rat {
	if !isDigit(rune(s[0])) {
		return big.NewRat(ofNumerals(s), 1)
	}
	value, ok := new(big.Rat).SetString(strings.ReplaceAll(s, ",", ""))
	if !ok { // a share of nothing
		return new(big.Rat)
	}
	return value
}

// fraction returns the value of a share such as 三分之一.
func fraction(s string) *big.Rat {
	of, part, _ := strings.Cut(s, "分之")
	if ofNumerals(of) == 0 {
		return new(big.Rat)
	}
	return big.NewRat(ofNumerals(part), ofNumerals(of))
}

// ofNumerals returns the value of Chinese numerals below ten thousand: 一百二十 is 120, and 百 alone is
// 100.
func ofNumerals(s string) int64 {
	var sum, digit int64
	for _, r := range s {
		if scale := map[rune]int64{'十': 10, '百': 100, '千': 1000}[r]; scale > 0 {
			sum += max(digit, 1) * scale
			digit = 0
			continue
		}
		digit = map[rune]int64{'一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}[r]
	}
	return sum + digit
}

// countsOf returns what a parameter with a unit counts, in the words of figures.
func countsOf(unit policy.Unit) string {
	base, _, _ := strings.Cut(string(unit), "_per_")
	return base
}

// words finds numbers that are said without a figure, by what they count: free of charge is a
// discount of 100 %.
var words = map[string]map[string]func() *regexp.Regexp{
	"percent": {"100": lazy.Regexp(`免|全额`), "50": lazy.Regexp(`半价|减半`)},
	"times":   {"1": lazy.Regexp(`每年|每月|每周`)},
}

// states reports whether a part of the text states a value, as a number of what the unit counts.
func (t *Text) states(in []span, value *big.Rat, unit policy.Unit) bool {
	counts := countsOf(unit)
	for _, s := range in {
		if word := words[counts][value.RatString()]; word != nil && word().MatchString(t.content[s.from:s.to]) {
			return true
		}
		for _, f := range t.figuresIn(s) {
			if f.is(value, counts) || f.counts == "" && f.value.Cmp(value) == 0 {
				return true
			}
		}
	}
	return false
}

// is reports whether a figure states a value of what a parameter counts. A price of 八折 is a
// discount of 20 %, and 1元 is 100 fen.
func (f figure) is(value *big.Rat, counts string) bool {
	mine := f.value
	switch {
	case f.counts == "tenths" && counts == "percent":
		mine = new(big.Rat).Sub(big.NewRat(100, 1), new(big.Rat).Mul(f.value, big.NewRat(10, 1)))
	case f.counts == "cny" && counts == "fen":
		mine = new(big.Rat).Mul(f.value, big.NewRat(100, 1))
	case f.counts == "percent" && counts == "multiple":
		mine = new(big.Rat).Quo(f.value, big.NewRat(100, 1))
	case f.counts != counts:
		return false
	}
	return mine.Cmp(value) == 0
}

// same reports whether two figures are one: both state the value, or are printed alike.
func (f figure) same(other *figure) bool {
	return f.printed != "" && f.printed == other.printed || f.is(other.value, other.counts)
}
