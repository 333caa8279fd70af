package policy_test

import (
	"cmp"
	"math/big"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
)

func decimal(t *testing.T, s string) *policy.Decimal {
	t.Helper()
	d, err := policy.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

func TestRound(t *testing.T) {
	for _, tt := range []struct {
		number string
		places int
		up     bool
		want   string
	}{
		{"2000/3", 2, true, "666.67"}, // a third of 2,000 yuan is a floor: up to the fen
		{"2000/3", 2, false, "666.66"},
		{"1800/3", 2, true, "600"},
		{"731.89999999999999997", 2, true, "731.9"}, // what OPA makes of 1.3 × 563
		{"731.90000000000000003", 2, true, "731.9"},
		{"0.001", 2, true, "0.01"},
		{"0.009", 2, false, "0"},
		{"1/3", 4, false, "0.3333"},
		{"-0.005", 2, true, "0"},
	} {
		r, _ := new(big.Rat).SetString(tt.number)
		if got := policy.Round(r, tt.places, tt.up).String(); got != tt.want {
			t.Errorf("Round(%s, %d, %v) = %s, want %s", tt.number, tt.places, tt.up, got, tt.want)
		}
	}
}

func TestDecimal(t *testing.T) {
	for _, s := range []string{"0", "100", "666.67", "1.3", "-0.5", "0.0001"} {
		if got := decimal(t, s).String(); got != s {
			t.Errorf("%s came back as %s", s, got)
		}
	}
	for _, s := range []string{"", "x", "1/3", "0.00001", "1e400", "1e999999999", "922337203685477.5808", "0x10", "1_000", "+1", "01", "1.", ".5"} {
		if _, err := policy.ParseDecimal(s); err == nil {
			t.Errorf("ParseDecimal(%q) reports no error", s)
		}
	}
	if got := policy.DecimalOfHundredths(66667); got.String() != "666.67" || got.Hundredths() != 66667 {
		t.Errorf("66667 fen are %s yuan, %d fen", got, got.Hundredths())
	}
}

func TestMeets(t *testing.T) {
	promise := func(bound policy.Bound, value string) policy.Promise {
		if value == "" {
			return policy.Promise{Bound: bound}
		}
		return policy.Promise{Bound: bound, Value: decimal(t, value)}
	}
	floor, ceiling, exact := policy.AtLeast, policy.AtMost, policy.Exactly
	open := promise(policy.SetLocally, "")
	for _, tt := range []struct {
		name       string
		have, want policy.Promise
		meets      bool
	}{
		{"one fen below the floor", promise(floor, "29.99"), promise(floor, "30"), false},
		{"at the floor", promise(floor, "30"), promise(floor, "30"), true},
		{"one fen above", promise(floor, "30.01"), promise(floor, "30"), true},
		{"an exact amount meets a floor", promise(exact, "30"), promise(floor, "30"), true},
		{"a ceiling meets no floor", promise(ceiling, "4000"), promise(floor, "1000"), false},
		{"a ceiling meets an equal ceiling", promise(ceiling, "4000"), promise(ceiling, "4000"), true},
		{"a lower ceiling does not", promise(ceiling, "3999.99"), promise(ceiling, "4000"), false},
		{"a floor meets a ceiling of the number", promise(floor, "4000"), promise(ceiling, "4000"), true},
		{"open meets no number", open, promise(floor, "30"), false},
		{"a number meets open", promise(floor, "0.01"), open, true},
		{"nothing does not", promise(exact, "0"), open, false},
		{"nor does a ceiling", promise(ceiling, "4000"), open, false},
		{"nothing for sure does not meet open", promise(floor, "0"), open, false},
		{"open meets open", open, open, true},
	} {
		if got := tt.have.Meets(tt.want); got != tt.meets {
			t.Errorf("%s: Meets = %v, want %v", tt.name, got, tt.meets)
		}
	}
	if !promise(ceiling, "4000").Exceeds(promise(exact, "1000")) || promise(exact, "1000").Exceeds(promise(ceiling, "4000")) {
		t.Error("a ceiling of 4,000 should exceed an amount of 1,000")
	}
	if open.Exceeds(promise(floor, "1")) || !promise(floor, "1").Exceeds(open) {
		t.Error("a number should exceed an open amount")
	}
	if promise(floor, "100").Compare(promise(exact, "100")) <= 0 {
		t.Error("of equal amounts a floor should beat an exact amount")
	}
	if promise(floor, "1").Compare(promise(ceiling, "4000")) <= 0 {
		t.Error("a promised amount should beat a ceiling")
	}
}

// Of a waiting time less is better: a ceiling is sure, a floor is not.
func TestLessIsBetter(t *testing.T) {
	days := func(bound policy.Bound, value string) policy.Promise {
		return policy.Promise{Bound: bound, Value: decimal(t, value), Less: true}
	}
	floor, ceiling, exact := policy.AtLeast, policy.AtMost, policy.Exactly
	open := policy.Promise{Bound: policy.SetLocally, Less: true}
	for _, tt := range []struct {
		name       string
		have, want policy.Promise
		meets      bool
		compare    int // the sign of Compare
	}{
		{"20 days where 15 are promised", days(ceiling, "20"), days(ceiling, "15"), false, -1},
		{"15 days", days(ceiling, "15"), days(ceiling, "15"), true, 0},
		{"10 days", days(ceiling, "10"), days(ceiling, "15"), true, 1},
		{"exactly 15 days", days(exact, "15"), days(ceiling, "15"), true, -1},
		{"at least 10 days", days(floor, "10"), days(ceiling, "15"), false, -1},
		{"at most 15 days where at least 20 were", days(ceiling, "15"), days(floor, "20"), true, 1},
		{"open where 15 are promised", open, days(ceiling, "15"), false, -1},
		{"no days at all where it is open", days(exact, "0"), open, true, 1},
		{"at least one day where it is open", days(floor, "1"), open, false, 1},
	} {
		if got := tt.have.Meets(tt.want); got != tt.meets {
			t.Errorf("%s: Meets = %v, want %v", tt.name, got, tt.meets)
		}
		if got := cmp.Compare(tt.have.Compare(tt.want), 0); got != tt.compare {
			t.Errorf("%s: Compare is %d, want %d", tt.name, got, tt.compare)
		}
	}
	if !days(ceiling, "10").Exceeds(days(exact, "15")) || days(ceiling, "20").Exceeds(days(ceiling, "15")) {
		t.Error("ten days should exceed fifteen, and twenty should not")
	}
}
