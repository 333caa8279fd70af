package elder

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// identityNumber matches the citizen identity numbers in a run of digits: the place, the date of birth, an order and a check
// character, as since 1999, or with a year of two digits and no check character, as before. Whether the check character fits, and
// whether the day is one of the calendar, does not matter: with a slip it still tells who it is.
var identityNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[1-9][0-9]{5}(?:(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]|[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3})`)
})

// shortestID is how many characters an identity number has at least: most texts need not be searched.
const shortestID = 15

// shownOfID is how many characters at the end of an identity number are shown.
const shownOfID = 4

// HideIDNumbers is a text with all but the last four characters of every citizen identity number in it made unreadable, also where
// it is written with spaces or hyphens, or in full width.
func HideIDNumbers(text string) string {
	shown := []rune(text)
	var digits []byte // of the run, with X for the check character
	var places []int  // of the digits in the text
	hide := func() {
		for from := 0; from+shortestID <= len(digits); from++ {
			found := identityNumber().FindIndex(digits[from:])
			if found == nil {
				break
			}
			for _, place := range places[from+found[0] : from+found[1]-shownOfID] {
				shown[place] = '*'
			}
			from += found[0] // numbers may overlap
		}
		digits, places = digits[:0], places[:0]
	}
	for i, r := range []rune(text) {
		switch d := digit(r); {
		case d != 0:
			digits, places = append(digits, d), append(places, i)
		case !parts(r):
			hide()
		}
	}
	hide()
	return string(shown)
}

// digit is the digit, or the check character X, that a character of any width stands for; 0 for any other.
func digit(r rune) byte {
	if '！' <= r && r <= '～' {
		r -= '！' - '!'
	}
	switch {
	case '0' <= r && r <= '9':
		return byte(r)
	case r == 'X' || r == 'x':
		return 'X'
	}
	return 0
}

// parts reports whether people write a character between the digits of a number.
func parts(r rune) bool {
	return unicode.In(r, unicode.Z, unicode.Pd, unicode.Cf) || strings.ContainsRune("_.·/\t", r)
}
