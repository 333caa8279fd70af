package policy_test

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
)

func share(of string, ratio, plus int64) *policy.Share {
	return &policy.Share{Of: of, Ratio: big.NewRat(ratio, 6), Plus: big.NewRat(plus, 1)}
}

// Two promises are the same by their bound and number, or by what is missing for it.
func TestSamePromise(t *testing.T) {
	p := func(bound policy.Bound, value, missing string) policy.Promise {
		promise := policy.Promise{Bound: bound, Missing: missing}
		if value != "" {
			promise.Value = decimal(t, value)
		}
		return promise
	}
	different := []policy.Promise{
		p(policy.AtLeast, "30", ""), p(policy.Exactly, "30", ""), p(policy.AtLeast, "30.01", ""), p(policy.AtLeast, "", ""),
		p(policy.AtLeast, "", "wage"), p(policy.AtLeast, "", "pension"),
	}
	for i, a := range different {
		for j, b := range different {
			b.Parameters, b.List = []string{"any"}, "above" // which make no difference
			if got := a.Same(b); got != (i == j) {
				t.Errorf("promise %d is the same as %d: %v", i, j, got)
			}
		}
	}
	if !p(policy.AtLeast, "30", "").Same(p(policy.AtLeast, "30.0", "")) {
		t.Error("30 is not 30.0")
	}
}

// A promise knows what another is computed from, if it is computed from all of that itself.
func TestKnows(t *testing.T) {
	of := func(parameters ...string) policy.Promise { return policy.Promise{Parameters: parameters} }
	for _, tt := range []struct {
		p, q policy.Promise
		want bool
	}{
		{of("a", "b"), of("a", "b"), true}, {of("a", "b"), of("b"), true}, {of("a"), of("a", "b"), false}, {of("b"), of("a"), false},
		{of(), of(), true}, {of(), of("a"), false}, {of("a"), of(), true},
	} {
		if got := tt.p.Knows(tt.q); got != tt.want {
			t.Errorf("%v knows %v: %v", tt.p.Parameters, tt.q.Parameters, got)
		}
	}
}

// An open amount is a share of the parameter that has no number: as it says itself, or else the
// whole, if it is computed from that alone.
func TestOpenShare(t *testing.T) {
	third := share("wage", 2, 0)
	for note, tt := range map[string]struct {
		p    policy.Promise
		want string
	}{
		"a third":            {policy.Promise{Missing: "wage", Share: third}, "1/3 × wage"},
		"the whole":          {policy.Promise{Missing: "wage", Parameters: []string{"wage"}}, "1 × wage"},
		"of two parameters":  {policy.Promise{Missing: "wage", Parameters: []string{"wage", "rate"}}, ""},
		"set locally":        {policy.Promise{Bound: policy.SetLocally, Parameters: []string{"amount"}}, ""},
		"one that has a sum": {policy.Promise{Value: decimal(t, "30"), Missing: "wage", Share: third}, ""},
	} {
		got := ""
		if s := tt.p.OpenShare(); s != nil {
			got = s.String()
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", note, got, tt.want)
		}
	}
}

// What depends on a missing number is met by no less a share of it: of 1/3 of the wage by 1/3 or
// 1/2, with no less added.
func TestMeetsShares(t *testing.T) {
	open := func(s *policy.Share, less bool, bound policy.Bound) policy.Promise {
		return policy.Promise{Bound: bound, Missing: s.Of, Share: s, Less: less}
	}
	const floor, ceiling = policy.AtLeast, policy.AtMost
	sum := policy.Promise{Bound: floor, Value: decimal(t, "9999")}
	mixed := policy.Promise{Bound: floor, Missing: "wage", Parameters: []string{"wage", "rate"}}
	for _, tt := range []struct {
		note       string
		have, want policy.Promise
		meets      bool
	}{
		{"the same", open(share("wage", 2, 0), false, floor), open(share("wage", 2, 0), false, floor), true},
		{"a half for a third", open(share("wage", 3, 0), false, floor), open(share("wage", 2, 0), false, floor), true},
		{"a third for a half", open(share("wage", 2, 0), false, floor), open(share("wage", 3, 0), false, floor), false},
		{"with 50 more", open(share("wage", 2, 50), false, floor), open(share("wage", 2, 0), false, floor), true},
		{"without the 50", open(share("wage", 2, 0), false, floor), open(share("wage", 2, 50), false, floor), false},
		{"of another number", open(share("pension", 6, 0), false, floor), open(share("wage", 2, 0), false, floor), false},
		{"a ceiling for a floor", open(share("wage", 3, 0), false, ceiling), open(share("wage", 2, 0), false, floor), false},
		{"a ceiling for a ceiling", open(share("wage", 3, 0), false, ceiling), open(share("wage", 2, 0), false, ceiling), true},
		{"a floor for a ceiling", open(share("wage", 2, 0), false, floor), open(share("wage", 2, 0), false, ceiling), true},
		{"a third of the days for a half", open(share("days", 2, 0), true, ceiling), open(share("days", 3, 0), true, ceiling), true},
		{"a half of the days for a third", open(share("days", 3, 0), true, ceiling), open(share("days", 2, 0), true, ceiling), false},
		{"a sum for a share", sum, open(share("wage", 2, 0), false, floor), false},
		{"of two numbers, the same", mixed, mixed, true},
		{"a share for what is of two numbers", open(share("wage", 6, 0), false, floor), mixed, false},
		{"of two numbers, another missing", policy.Promise{Bound: floor, Missing: "pension", Parameters: []string{"a", "b"}}, mixed, false},
		{"a sum for what is of two numbers", sum, mixed, false},
	} {
		if got := tt.have.Meets(tt.want); got != tt.meets {
			t.Errorf("%s: Meets = %v, want %v", tt.note, got, tt.meets)
		}
	}
	for _, tt := range []struct {
		a, b *policy.Share
		want bool
	}{
		{nil, nil, true}, {share("w", 2, 0), nil, false}, {nil, share("w", 2, 0), false}, {share("w", 2, 0), share("w", 2, 0), true},
		{share("w", 2, 0), share("w", 3, 0), false}, {share("w", 3, 0), share("w", 2, 0), false}, {share("w", 2, 1), share("w", 2, 0), false},
		{share("w", 2, 0), share("v", 2, 0), false}, {share("w", 2, 0), &policy.Share{Of: "w", Ratio: big.NewRat(1, 3)}, true},
	} {
		if got := tt.a.Equal(tt.b); got != tt.want {
			t.Errorf("%v equals %v: %v", tt.a, tt.b, got)
		}
	}
}

// A share of 1000 is rounded up to the fen before anything is added.
func TestAmountOfShare(t *testing.T) {
	for want, s := range map[string]*policy.Share{"333.34": share("wage", 2, 0), "383.34": share("wage", 2, 50), "500": share("wage", 3, 0)} {
		if got := s.Amount(big.NewRat(1000, 1)).String(); got != want {
			t.Errorf("%s of 1000: %s, want %s", s, got, want)
		}
	}
}

// What may turn out better, by its number or beyond it.
func TestMayRise(t *testing.T) {
	of := func(bound policy.Bound, value string, less bool) policy.Promise {
		return policy.Promise{Bound: bound, Value: decimal(t, value), Less: less}
	}
	open := policy.Promise{Bound: policy.SetLocally}
	for _, tt := range []struct {
		p    policy.Promise
		want bool
	}{
		{of(policy.AtLeast, "5", false), true}, {of(policy.AtMost, "5", false), false}, {of(policy.Exactly, "5", false), false}, {open, true},
		{of(policy.AtLeast, "5", true), false}, {of(policy.AtMost, "5", true), true}, {of(policy.Exactly, "5", true), false},
	} {
		if got := tt.p.MayRise(); got != tt.want {
			t.Errorf("%s %s, less is better %v: may rise %v", tt.p.Bound, tt.p.Value, tt.p.Less, got)
		}
	}
	if b := of(policy.Exactly, "5", false).OrBetter().Bound; b != policy.AtLeast {
		t.Errorf("5 or better is %s", b)
	}
	if b := of(policy.Exactly, "5", true).OrBetter().Bound; b != policy.AtMost {
		t.Errorf("5 days or better are %s", b)
	}
	for _, tt := range []struct {
		p, q policy.Promise
		want bool
	}{
		{open, of(policy.AtLeast, "5", false), true}, {open, open, false}, {of(policy.AtLeast, "5", false), open, false},
		{of(policy.AtMost, "6", false), of(policy.AtLeast, "5", false), true}, {of(policy.AtLeast, "5", false), of(policy.AtLeast, "5", false), false},
		{of(policy.AtLeast, "4", false), of(policy.Exactly, "5", false), false}, {of(policy.AtMost, "4", true), of(policy.AtMost, "5", true), true},
	} {
		if got := tt.p.MayExceed(tt.q); got != tt.want {
			t.Errorf("%s %v may exceed %s %v: %v", tt.p.Bound, tt.p.Value, tt.q.Bound, tt.q.Value, got)
		}
	}
}

// numbered returns sure numbers by measure.
func numbered(t *testing.T, of map[string]string) policy.Bundle {
	t.Helper()
	b := policy.Bundle{}
	for measure, value := range of {
		b[measure] = policy.Promise{Bound: policy.Exactly, Value: decimal(t, value)}
	}
	return b
}

func numbersOf(b policy.Bundle) map[string]string {
	of := map[string]string{}
	for measure, p := range b {
		of[measure] = p.Value.String()
	}
	return of
}

// A bundle has what is promised of linked measures, and nothing else.
func TestBundleOf(t *testing.T) {
	type m = map[string]string
	promises := numbered(t, m{"percent": "50", "days": "7", "cash": "100"})
	got := policy.BundleOf(promises, []string{"percent", "days", "visits"})
	if diff := cmp.Diff(m{"percent": "50", "days": "7"}, numbersOf(got)); diff != "" {
		t.Error(diff)
	}
	if b := policy.BundleOf(promises, []string{"visits"}); b != nil {
		t.Errorf("of what is not promised: %v", b)
	}
	lesser := numbered(t, m{"percent": "50", "days": "6"})
	if !got.AtLeast(lesser) || lesser.AtLeast(got) || !got.AtLeast(got) || got.AtLeast(promises) || !promises.AtLeast(got) {
		t.Error("a bundle is at least another by every measure of that")
	}
	floor := policy.Bundle{"percent": {Bound: policy.AtLeast, Value: decimal(t, "50")}}
	if !floor.Outdoes(numbered(t, m{"percent": "50"})) || numbered(t, m{"percent": "50"}).Outdoes(floor) || floor.Outdoes(numbered(t, m{"percent": "51"})) || floor.Outdoes(numbered(t, m{"days": "1"})) {
		t.Error("what could bring more is not outdone")
	}
	both := numbered(t, m{"percent": "50", "days": "5", "cash": "1"}).Meet(numbered(t, m{"percent": "40", "days": "6"}))
	if diff := cmp.Diff(m{"percent": "40", "days": "5"}, numbersOf(both)); diff != "" {
		t.Errorf("what both promise: %s", diff)
	}
}

// A unit is compared with what an attribute counts by the sign behind its number.
func TestFits(t *testing.T) {
	for _, tt := range []struct {
		unit policy.Unit
		sign string
		want bool
	}{
		{policy.CNY, "元", true}, {policy.CNYPerMonth, "元", true}, {policy.Fen, "元", false}, {policy.Fen, "分", true}, {policy.CNY, "分", false},
		{policy.CNY, "万元", false}, {policy.Years, "岁", true}, {policy.Years, "周岁", true}, {policy.Years, "年", true}, {"months", "年", false},
		{"months", "个月", true}, {"months", "月", true}, {policy.Years, "月", false}, {"days", "天", true}, {"working_days", "日", true}, {"days", "工作日", false},
		{"working_days", "工作日", true}, {"hours_per_week", "小时", true}, {"minutes", "小时", false}, {"minutes", "分钟", true}, {"persons", "人", true},
		{policy.TimesPerMonth, "次", true}, {"square_metres", "平方米", true}, {"persons", "次", false}, {"persons", "平方米", false}, {"times", "人", false},
		{policy.Years, "", true}, {"quilts", "床", true},
	} {
		if got := tt.unit.Fits(tt.sign); got != tt.want {
			t.Errorf("%s fits %q: %v", tt.unit, tt.sign, got)
		}
	}
}

// Counts are of neither yuan nor a share, a flag or years.
func TestKindsOfUnits(t *testing.T) {
	for unit, want := range map[policy.Unit]bool{
		"days": true, policy.TimesPerMonth: true, policy.Fen: true, policy.CNY: false, policy.CNYPerYear: false, policy.Percent: false,
		policy.Multiple: false, policy.Flag: false, policy.Years: false, "": false,
	} {
		if got := unit.Counts(); got != want {
			t.Errorf("%q is of a count: %v", unit, got)
		}
	}
	for _, kind := range policy.MeasureKinds() {
		for _, per := range policy.Pers() {
			m := &policy.Measure{Kind: kind, Per: per}
			if cash := kind == policy.KindCash; m.Cash() != cash || m.Monthly() != (cash && per == policy.PerMonth) {
				t.Errorf("%s per %s: cash %v, monthly %v", kind, per, m.Cash(), m.Monthly())
			}
		}
	}
}
