package policy_test

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
)

// A whole number may be written in any form of JSON. What is beyond int64 becomes its nearest.
func TestParseWhole(t *testing.T) {
	for text, want := range map[string]int64{
		"80": 80, "80.0": 80, "8e1": 80, "8E+1": 80, "800e-1": 80, "0.8e2": 80, "-3": -3, "0": 0, "-0": 0, "0.000": 0, "0e999999999999": 0,
		"9223372036854775807": math.MaxInt64, "9223372036854775808": math.MaxInt64, "1e19": math.MaxInt64, "1e999999999999": math.MaxInt64,
		"1000000000000000000": 1_000_000_000_000_000_000, "-9223372036854775807": -math.MaxInt64, "-1e30": -math.MaxInt64,
	} {
		if got, ok := policy.ParseWhole(text); !ok || got != want {
			t.Errorf("%s: %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-", "+1", "01", "1.", ".5", "0.5", "1e", "1e+", "1e-1", "1e1.5", "1e1x", "1f1", "--1", "1 ", "NaN", "1e-999999999999"} {
		if got, ok := policy.ParseWhole(text); ok {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

// A fraction is exact, and what takes more than sixty places is refused.
func TestParseFraction(t *testing.T) {
	for text, want := range map[string]*big.Rat{
		"0.25": big.NewRat(1, 4), "-1.5e1": big.NewRat(-15, 1), "0": new(big.Rat), "2e-3": big.NewRat(1, 500),
	} {
		if got, ok := policy.ParseFraction(text); !ok || got.Cmp(want) != 0 {
			t.Errorf("%s: %v, %v; want %v", text, got, ok, want)
		}
	}
	sixty := strings.Repeat("7", 60)
	for text, want := range map[string]bool{
		sixty: true, sixty + "7": false, "1e60": true, "1e61": false, "1e-60": true, "1e-61": false, "1/3": false, "": false, "1e999999999": false,
	} {
		if _, ok := policy.ParseFraction(text); ok != want {
			t.Errorf("%.70s is taken: %v", text, ok)
		}
	}
}
