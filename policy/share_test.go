package policy_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
)

// A share of a number is rounded up to the fen before anything is added.
func TestShares(t *testing.T) {
	third := policy.Share{Of: "wage", Ratio: big.NewRat(1, 3)}
	more := policy.Share{Of: "wage", Ratio: big.NewRat(1, 3), Plus: big.NewRat(50, 1)}
	if got := third.Amount(big.NewRat(2000, 1)).String(); got != "666.67" {
		t.Errorf("a third of 2,000 yuan is %s", got)
	}
	if got := more.Amount(big.NewRat(2000, 1)).String(); got != "716.67" {
		t.Errorf("a third of 2,000 yuan and 50 is %s", got)
	}
	if third.String() != "1/3 × wage" || more.String() != "1/3 × wage + 50" {
		t.Errorf("they are written %s, %s", third, more)
	}
	nothing := policy.Share{Of: "wage", Ratio: big.NewRat(2, 6), Plus: new(big.Rat)}
	other := policy.Share{Of: "dibao", Ratio: big.NewRat(1, 3)}
	var none *policy.Share
	if !third.Equal(&nothing) || third.Equal(&more) || more.Equal(&third) || third.Equal(&other) || third.Equal(none) || !none.Equal(nil) {
		t.Error("shares are not equal when they say the same")
	}
}

// Money is exact in sums, and in JSON.
func TestDecimalsAreExact(t *testing.T) {
	a, b := *decimal(t, "0.1"), *decimal(t, "0.2")
	if got := a.Add(b).String(); got != "0.3" {
		t.Errorf("0.1 + 0.2 = %s", got)
	}
	if got := a.Sub(b); got.String() != "-0.1" || got.TenThousandths() != -1000 {
		t.Errorf("0.1 - 0.2 = %s", got)
	}
	var read []policy.Decimal
	if err := json.Unmarshal([]byte(`[666.67, 1e2]`), &read); err != nil {
		t.Fatal(err)
	}
	if written, err := json.Marshal(read); err != nil || string(written) != "[666.67,100]" {
		t.Errorf("it came back as %s, %v", written, err)
	}
	if err := json.Unmarshal([]byte(`[0.00001]`), &read); err == nil {
		t.Error("a fifth decimal place is read")
	}
}

// Whether a promise may turn out better than a number depends on its bound, and on whether less is
// better.
func TestMayExceedAndRise(t *testing.T) {
	of := func(bound policy.Bound, n int64, less bool) policy.Promise {
		amount := policy.DecimalOf(n)
		return policy.Promise{Bound: bound, Value: &amount, Less: less}
	}
	open := policy.Promise{Bound: policy.AtLeast}
	for name, tt := range map[string]struct {
		p, q         policy.Promise
		exceed, rise bool // p may exceed q; p may rise
	}{
		"more":             {of(policy.Exactly, 6, false), of(policy.Exactly, 5, false), true, false},
		"as much":          {of(policy.Exactly, 5, false), of(policy.Exactly, 5, false), false, false},
		"a ceiling":        {of(policy.AtMost, 6, false), of(policy.Exactly, 5, false), true, false},
		"a floor below":    {of(policy.AtLeast, 4, false), of(policy.Exactly, 5, false), false, true},
		"fewer days":       {of(policy.AtMost, 4, true), of(policy.Exactly, 5, true), true, true},
		"at least 4 days":  {of(policy.AtLeast, 4, true), of(policy.Exactly, 5, true), true, false},
		"more days":        {of(policy.Exactly, 6, true), of(policy.Exactly, 5, true), false, false},
		"an open amount":   {open, of(policy.Exactly, 5, false), true, true},
		"two open amounts": {open, open, false, true},
		"a number, of one": {of(policy.Exactly, 6, false), open, false, false},
	} {
		if got := tt.p.MayExceed(tt.q); got != tt.exceed {
			t.Errorf("%s: may exceed %v", name, got)
		}
		if got := tt.p.MayRise(); got != tt.rise {
			t.Errorf("%s: may rise %v", name, got)
		}
	}
	if more, less := of(policy.Exactly, 5, false).OrBetter(), of(policy.Exactly, 5, true).OrBetter(); more.Bound != policy.AtLeast || less.Bound != policy.AtMost {
		t.Errorf("or better: %s, %s", more.Bound, less.Bound)
	}
}
