package elder

import (
	"strings"
	"unicode"

	"github.com/basic-eldercare/eldercare/internal/lazy"
)

// identityNumber matches citizen identity numbers in a run of digits. Since 1999 they consist of
// the place, the date of birth, an order and a check character. Earlier ones have a year of two
// digits and no check character. The check character need not fit and the day need not exist,
// because a number with a slip still tells who it is.
var identityNumber = lazy.Regexp(`[1-9][0-9]{5}(?:(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]|[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3})`)

// shortestID is the least number of characters of an identity number. Shorter texts need not be
// searched.
const shortestID = 15

// shownOfID is the number of characters shown at the end of an identity number.
const shownOfID = 4

// HideIDNumbers returns a text with every citizen identity number in it masked, except the last
// four characters. It also finds numbers written with spaces or hyphens, or in full width.
func HideIDNumbers(text string) string {
	shown := []rune(text)
	var digits []byte // the run of digits, with X for the check character
	var places []int  // the places of the digits in the text
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

// digit returns the digit, or the check character X, that a character of any width stands for. It
// returns 0 for any other.
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
