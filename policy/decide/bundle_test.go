package decide_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
)

// linkedAward returns an award of pairs of a share and a ceiling, as decisions keep it.
func linkedAward(pairs ...[2]int64) decide.Award {
	a := decide.Award{Service: "aid", Certain: true, Linked: []string{"share", "ceiling"}, Promises: map[string]policy.Promise{}}
	a.Keep(bundlesOf(pairs))
	return a
}

func bundlesOf(pairs [][2]int64) (all []policy.Bundle) {
	for _, pair := range pairs {
		share, ceiling := policy.DecimalOf(pair[0]), policy.DecimalOf(pair[1])
		all = append(all, policy.Bundle{"share": {Bound: policy.AtLeast, Value: &share}, "ceiling": {Bound: policy.AtMost, Value: &ceiling}})
	}
	return all
}

// pairsOf returns pairs of a share and a ceiling; of what lacks one it is 0.
func pairsOf(bundles []policy.Bundle) (all [][2]int64) {
	number := func(p policy.Promise) int64 {
		if p.Value == nil {
			return 0
		}
		return p.Value.Hundredths() / 100
	}
	for _, b := range bundles {
		all = append(all, [2]int64{number(b["share"]), number(b["ceiling"])})
	}
	return all
}

func together(a decide.Award) []policy.Bundle {
	if b := policy.BundleOf(a.Promises, a.Linked); b != nil {
		return append([]policy.Bundle{b}, a.Bundles...)
	}
	return a.Bundles
}

// What is in several answers is of each bundle of one and each of another what both promise, and of
// these the best.
func TestBundlesInAll(t *testing.T) {
	for _, tt := range []struct {
		note    string
		answers [][][2]int64
		want    [][2]int64
	}{
		{"the same", [][][2]int64{{{50, 900}, {100, 300}}, {{100, 300}, {50, 900}}}, [][2]int64{{100, 300}, {50, 900}}},
		{"one of two", [][][2]int64{{{50, 900}, {100, 300}}, {{100, 300}}}, [][2]int64{{100, 300}}},
		{"parts of each", [][][2]int64{{{50, 900}}, {{100, 300}}}, [][2]int64{{50, 300}}},
		{"one between two", [][][2]int64{{{50, 900}, {100, 300}}, {{80, 800}}}, [][2]int64{{80, 300}, {50, 800}}},
		{"none of one", [][][2]int64{{{50, 900}}, {}}, nil},
		{"three answers", [][][2]int64{{{50, 900}, {100, 300}}, {{80, 800}}, {{60, 800}}}, [][2]int64{{60, 300}, {50, 800}}},
	} {
		var answers [][]decide.Award
		for _, pairs := range tt.answers {
			answers = append(answers, []decide.Award{linkedAward(pairs...)})
		}
		common := decide.InAll(answers)
		if len(common) != 1 {
			t.Fatalf("%s: %d awards", tt.note, len(common))
		}
		if diff := cmp.Diff(tt.want, pairsOf(together(common[0]))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.note, diff)
		}
		if diff := cmp.Diff(pairsOf(together(linkedAward(tt.answers[0]...))), pairsOf(together(answers[0][0]))); diff != "" {
			t.Errorf("%s: the first answer is changed:\n%s", tt.note, diff)
		}
	}
}

// What could be more is a single bundle among the measures only when it outdoes all that is
// certain.
func TestKeepUpTo(t *testing.T) {
	for _, tt := range []struct {
		note                 string
		certain, more, apart [][2]int64
		upTo                 [][2]int64
	}{
		{"nothing more", [][2]int64{{50, 900}}, [][2]int64{{50, 900}, {40, 900}}, nil, nil},
		{"one measure rises", [][2]int64{{50, 900}}, [][2]int64{{70, 900}}, nil, [][2]int64{{70, 0}}},
		{"another beside", [][2]int64{{50, 900}}, [][2]int64{{100, 300}}, [][2]int64{{100, 300}}, nil},
		{"two beside", [][2]int64{{50, 300}}, [][2]int64{{100, 300}, {50, 900}}, [][2]int64{{100, 300}, {50, 900}}, nil},
		{"one for two", [][2]int64{{50, 900}, {100, 300}}, [][2]int64{{100, 900}}, nil, [][2]int64{{100, 900}}},
		{"one for one of two", [][2]int64{{50, 900}, {100, 300}}, [][2]int64{{70, 900}}, [][2]int64{{70, 900}}, nil},
		{"nothing certain", nil, [][2]int64{{70, 900}}, nil, [][2]int64{{70, 900}}},
	} {
		a := linkedAward(tt.certain...)
		a.KeepUpTo(bundlesOf(tt.more), bundlesOf(tt.certain))
		var upTo [][2]int64
		if a.UpTo != nil {
			upTo = pairsOf([]policy.Bundle{a.UpTo})
		}
		if diff := cmp.Diff([][][2]int64{tt.apart, tt.upTo}, [][][2]int64{pairsOf(a.UpToBundles), upTo}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.note, diff)
		}
		if a.CanRise() != (len(tt.apart)+len(tt.upTo) > 0) {
			t.Errorf("%s: can rise %v", tt.note, a.CanRise())
		}
	}
}
