package policy

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// numeral is a number as JSON writes it: digits, without zeros around them, times a power of ten.
// It needs no more memory than the text, however large the exponent.
type numeral struct {
	negative bool
	digits   string // empty for zero
	exponent int
}

// ParseWhole reads a number in the form of JSON exactly, such as 80, 80.0 or 8e1. It reports false
// for anything that is not a whole number. A whole number outside int64 becomes the nearest int64.
func ParseWhole(s string) (int64, bool) {
	n, ok := parseNumeral(s)
	if !ok {
		return 0, false
	}
	return n.scaled(0)
}

// farthest bounds the exponents of numbers that are read as fractions. An exponent of a billion
// would fill the memory.
const farthest = 60

// ParseFraction reads a number in the form of JSON as an exact fraction. It reports false for
// anything that is not a number, or that is beyond all that a list could say.
func ParseFraction(s string) (*big.Rat, bool) {
	n, ok := parseNumeral(s)
	if !ok || len(n.digits) > farthest || n.exponent > farthest || n.exponent < -farthest {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func parseNumeral(s string) (n numeral, ok bool) {
	s, n.negative = strings.CutPrefix(s, "-")
	whole, s := cutDigits(s)
	if whole == "" || whole[0] == '0' && len(whole) > 1 {
		return n, false
	}
	fraction := ""
	if rest, found := strings.CutPrefix(s, "."); found {
		if fraction, s = cutDigits(rest); fraction == "" {
			return n, false
		}
	}
	exponent, ok := parseExponent(s)
	digits := strings.TrimLeft(whole+fraction, "0")
	n.digits = strings.TrimRight(digits, "0")
	n.exponent = exponent - len(fraction) + len(digits) - len(n.digits)
	return n, ok
}

// cutDigits splits a text after its leading digits.
func cutDigits(s string) (digits, rest string) {
	rest = strings.TrimLeft(s, "0123456789")
	return s[:len(s)-len(rest)], rest
}

// farExponent stands for all larger exponents: no text has as many digits.
const farExponent = 1_000_000_000

// parseExponent reads what follows the digits of a number: nothing, or an exponent.
func parseExponent(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return 0, false
	}
	s, negative := strings.CutPrefix(s[1:], "-")
	if !negative {
		s = strings.TrimPrefix(s, "+")
	}
	digits, rest := cutDigits(s)
	if digits == "" || rest != "" {
		return 0, false
	}
	exponent, err := strconv.Atoi(digits)
	if err != nil || exponent > farExponent {
		exponent = farExponent
	}
	if negative {
		exponent = -exponent
	}
	return exponent, true
}

// mostDigits is the greatest number of digits in an int64.
const mostDigits = 19

// scaled returns the number times a power of ten, and false when that is not whole. A result
// outside int64 becomes the nearest int64.
func (n numeral) scaled(places int) (int64, bool) {
	if n.digits == "" {
		return 0, true
	}
	zeros := n.exponent + places
	if zeros < 0 {
		return 0, false
	}
	v := int64(math.MaxInt64)
	if len(n.digits)+zeros <= mostDigits {
		// with an error it returns the nearest int64
		v, _ = strconv.ParseInt(n.digits+strings.Repeat("0", zeros), 10, 64)
	}
	if n.negative {
		v = -v
	}
	return v, true
}
