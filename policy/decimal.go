package policy

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// decimalScale is the number of steps in 1: a Decimal is exact to four places.
const (
	decimalPlaces = 4
	decimalScale  = 10_000
)

// Decimal is an exact number with up to four decimal places. It writes money exact to the fen (0.01
// yuan), and multiples such as 1.3, without the errors of binary floating point.
type Decimal struct{ steps int64 }

// DecimalOf returns the integer n as a Decimal.
func DecimalOf(n int64) Decimal { return Decimal{n * decimalScale} }

// ParseDecimal reads a decimal number in the form of JSON, such as 666.67. It must be exact in four
// places.
func ParseDecimal(s string) (Decimal, error) {
	n, ok := parseNumeral(s)
	if !ok {
		return Decimal{}, Errorf("wrong-number", "not a decimal number")
	}
	steps, whole := n.scaled(decimalPlaces)
	if !whole || steps == math.MaxInt64 || steps == -math.MaxInt64 {
		return Decimal{}, Errorf("wrong-number", "more than four decimal places")
	}
	return Decimal{steps}, nil
}

// amountLimit is a billion, and all amounts are below it. A [Decimal] holds the sum of ninety
// thousand such amounts.
const amountLimit = 1_000_000_000

// FitsAmount reports whether a number may be promised: it is at least 0 and below a billion. Sums
// of larger numbers would not be exact.
func FitsAmount(r *big.Rat) bool { return r.Sign() >= 0 && r.Cmp(big.NewRat(amountLimit, 1)) < 0 }

// ExactDecimal reports whether a number is a [Decimal] without rounding.
func ExactDecimal(r *big.Rat) bool {
	return new(big.Rat).Mul(r, big.NewRat(decimalScale, 1)).IsInt()
}

// Round returns r with the given number of places, at most four. It rounds up when up is true, and
// down otherwise. A number that differs from a result by less than a billionth of its last place
// counts as that result: OPA computes 1.3 × 563 as 731.89999999999999997, and the fen must not
// depend on that.
func Round(r *big.Rat, places int, up bool) Decimal {
	unit := int64(1)
	for range places {
		unit *= 10
	}
	scaled := new(big.Rat).Mul(r, big.NewRat(unit, 1))
	noise := big.NewRat(unit, 1_000_000_000)
	if up {
		scaled.Neg(scaled)
	}
	scaled.Add(scaled, noise)
	n := new(big.Int)
	n.Div(scaled.Num(), scaled.Denom()) // Euclidean division is the floor, as the denominator is positive
	if up {
		n.Neg(n)
	}
	return Decimal{n.Int64() * (decimalScale / unit)}
}

// Add returns the sum of d and e.
func (d Decimal) Add(e Decimal) Decimal { return Decimal{d.steps + e.steps} }

// Sub returns d minus e, negative when e is greater.
func (d Decimal) Sub(e Decimal) Decimal { return Decimal{d.steps - e.steps} }

// Cmp returns -1, 0 or +1 when d is less than, equal to or greater than e.
func (d Decimal) Cmp(e Decimal) int {
	switch {
	case d.steps < e.steps:
		return -1
	case d.steps > e.steps:
		return 1
	}
	return 0
}

// Equal reports whether d and e are the same number.
func (d Decimal) Equal(e Decimal) bool { return d == e }

// Hundredths returns d in hundredths, rounded towards zero. For money this is the number of fen.
func (d Decimal) Hundredths() int64 { return d.steps / (decimalScale / 100) }

// TenThousandths returns d in ten-thousandths, exactly.
func (d Decimal) TenThousandths() int64 { return d.steps }

// DecimalOfHundredths returns n hundredths as a Decimal. For money n is the number of fen.
func DecimalOfHundredths(n int64) Decimal { return Decimal{n * (decimalScale / 100)} }

// String returns d without trailing zeros, such as 666.67 or 100.
func (d Decimal) String() string {
	whole, part := d.steps/decimalScale, d.steps%decimalScale
	if part == 0 {
		return strconv.FormatInt(whole, 10)
	}
	sign := ""
	if d.steps < 0 {
		sign, whole, part = "-", -whole, -part
	}
	return sign + strconv.FormatInt(whole, 10) + "." + strings.TrimRight(fmt.Sprintf("%04d", part), "0")
}

// MarshalJSON writes a JSON number.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON reads a JSON number.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	v, err := ParseDecimal(n.String())
	*d = v
	return err
}
