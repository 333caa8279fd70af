package ruleset_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// linking are the embedded lists with two invented ones over them, of which services pay a share of
// a cost up to a ceiling.
const linking = "../source/testdata/linked"

const (
	aid    = "medical-assistance"
	device = "assistive-devices"
)

// shareOf writes a bundle: "share 50 ≤900".
func shareOf(b map[string]policy.Promise) string {
	var parts []string
	for _, measure := range slices.Sorted(maps.Keys(b)) {
		p := b[measure]
		text := "open"
		switch {
		case !p.Open() && p.Bound == policy.AtMost:
			text = "≤" + p.Value.String()
		case !p.Open():
			text = p.Value.String()
		}
		if p.List != "" {
			text += "@" + p.List
		}
		parts = append(parts, strings.TrimSuffix(measure, "_percent")+" "+text)
	}
	return strings.Join(parts, ", ")
}

func sharesOf(all []policy.Bundle) (out []string) {
	for _, b := range all {
		out = append(out, shareOf(b))
	}
	return out
}

// A linkedCase is what is said of one service; promises of an entitlement, or what a possibility
// could be.
type linkedCase struct {
	Promises    string
	Bundles     []string
	UpTo        string
	UpToBundles []string
}

// Answers never join the share of one bundle with the ceiling of another. The numbers are those of
// the lists, by hand.
func TestLinked(t *testing.T) {
	const ceiling300 = "annual_cny ≤300, premium_subsidy 100"
	over := must(eldercare.Load(t.Context(), eldercare.WithDir(linking)))(t)
	for _, tt := range []struct {
		note         string
		jurisdiction string
		service      string
		elder        eldercare.Elder
		options      []eldercare.EvalOption
		want         linkedCase
	}{
		{
			note: "one clause", jurisdiction: "liancheng", service: aid, elder: eldercare.Elder{"age": 79, "living_alone": false, "hospitalised": false},
			want: linkedCase{Promises: "annual_cny ≤900, premium_subsidy 50"},
		},
		{
			note: "from 80 on a better one hides it", jurisdiction: "liancheng", service: aid, elder: eldercare.Elder{"age": 80, "living_alone": false, "hospitalised": false},
			want: linkedCase{Promises: "annual_cny ≤900, premium_subsidy 70"},
		},
		{
			note: "two, of which none is the better", jurisdiction: "liancheng", service: aid, elder: eldercare.Elder{"age": 79, "living_alone": true, "hospitalised": false},
			want: linkedCase{Promises: "medical_support 1", Bundles: []string{ceiling300, "annual_cny ≤900, premium_subsidy 50"}},
		},
		{
			note: "not yet an elder", jurisdiction: "liancheng", service: aid, elder: eldercare.Elder{"age": 59, "living_alone": true, "hospitalised": true},
			want: linkedCase{Promises: "annual_cny ≤900, temporary_relief 1"},
		},
		{
			note: "a bundle with less of it counts for nothing beside", jurisdiction: "liancheng", service: aid, elder: eldercare.Elder{"age": 60, "living_alone": false, "hospitalised": true},
			want: linkedCase{Promises: "annual_cny ≤900, premium_subsidy 50, temporary_relief 1"},
		},
		{
			note: "unknown whether alone: another bundle is possible", jurisdiction: "liancheng", service: aid, elder: eldercare.Elder{"age": 79, "hospitalised": false},
			want: linkedCase{Promises: "annual_cny ≤900, premium_subsidy 50", UpTo: "medical_support 1", UpToBundles: []string{ceiling300}},
		},
		{
			note: "unknown age above 60, alone: 70 for 50 outdoes one of two", jurisdiction: "liancheng", service: aid,
			elder: eldercare.Elder{"age": 60, "hospitalised": false, "living_alone": true},
			want:  linkedCase{Promises: "medical_support 1", Bundles: []string{ceiling300, "annual_cny ≤900, premium_subsidy 50"}},
		},
		{
			note: "all unknown: nothing is certain, either bundle is possible", jurisdiction: "liancheng", service: aid, elder: eldercare.Elder{"hospitalised": false},
			want: linkedCase{UpTo: "medical_support 1", UpToBundles: []string{ceiling300, "annual_cny ≤900, premium_subsidy 70"}},
		},
		{
			note: "certain of several: what is common to them", jurisdiction: "liancheng", service: device, elder: eldercare.Elder{"age": 70, "disability_grade": 2},
			want: linkedCase{Bundles: []string{"once_cny ≤2000, premium_subsidy 40", "once_cny 500"}},
		},
		{
			note: "grade 3 has money only", jurisdiction: "liancheng", service: device, elder: eldercare.Elder{"age": 70, "disability_grade": 3},
			want: linkedCase{Promises: "once_cny 500"},
		},
		{
			note: "two layers: the county's 80 outdoes the city's 50, not its 100", jurisdiction: "lianxian", service: aid,
			elder: eldercare.Elder{"age": 70, "living_alone": true, "economic_hardship": true, "special_family": false, "hospitalised": false},
			want: linkedCase{
				Promises: "medical_support 1@liancheng",
				Bundles:  []string{"annual_cny ≤300@liancheng, premium_subsidy 100@liancheng", "annual_cny ≤900, premium_subsidy 80"},
			},
		},
		{
			note: "a ceiling left open is the least", jurisdiction: "lianxian", service: aid,
			elder: eldercare.Elder{"age": 69, "living_alone": false, "economic_hardship": true, "special_family": true, "hospitalised": false},
			want:  linkedCase{Bundles: []string{"annual_cny open, premium_subsidy 100", "annual_cny ≤900@liancheng, premium_subsidy 50@liancheng"}},
		},
		{
			note: "inherited with the county's figure", jurisdiction: "lianxian", service: device, elder: eldercare.Elder{"age": 70, "disability_grade": 1},
			want: linkedCase{Promises: "once_cny ≤2500, premium_subsidy 40"},
		},
		{
			note: "closed: what is missing is absent", jurisdiction: "liancheng", service: aid, elder: eldercare.Elder{"age": 79},
			options: []eldercare.EvalOption{eldercare.AssumeKnown()}, want: linkedCase{Promises: "annual_cny ≤900, premium_subsidy 50"},
		},
		// a kind of disability has a grade from 1 to 4: with 1 the first bundle, with 2 both, with
		// 3 the second, with 4 none
		{
			note: "closed, and a grade must be: not with every grade", jurisdiction: "liancheng", service: device,
			elder: eldercare.Elder{"age": 70, "disability_kind": "mental"}, options: []eldercare.EvalOption{eldercare.AssumeKnown()},
		},
	} {
		t.Run(tt.note, func(t *testing.T) {
			ways := [][]eldercare.EvalOption{nil, {eldercare.PlainOPA()}}
			if _, aged := tt.elder["age"]; !aged && !effort.Of(false, false, true) { // plain OPA tries every age
				ways = ways[:1]
			}
			for _, options := range ways {
				options = append(append(options, eldercare.OnDate("2025-06-01")), tt.options...)
				d := must(over.Evaluate(t.Context(), tt.jurisdiction, tt.elder, options...))(t)
				if diff := cmp.Diff(tt.want, said(d, tt.service)); diff != "" {
					t.Errorf("%v (-want +got):\n%s", tt.elder, diff)
				}
			}
		})
	}
}

// said returns what a decision says of a service.
func said(d *eldercare.Decision, service string) (all linkedCase) {
	for _, e := range d.Entitled {
		if e.Service == service {
			return linkedCase{shareOf(e.Promises), sharesOf(e.Bundles), shareOf(e.UpTo), sharesOf(e.UpToBundles)}
		}
	}
	for _, e := range d.Possible {
		if e.Service == service && !e.Discretionary {
			return linkedCase{UpTo: shareOf(e.UpTo), UpToBundles: sharesOf(e.UpToBundles)}
		}
	}
	return all
}

// What is certain of bundles, and what is possible, is what plain OPA says of every completion of
// what is missing.
func TestLinkedOverCompletions(t *testing.T) {
	over := must(eldercare.Load(t.Context(), eldercare.WithDir(linking)))(t)
	unknown := []string{"living_alone", "economic_hardship", "special_family", "hospitalised", "disability_grade"}
	several := 0
	for _, jurisdiction := range []string{"liancheng", "lianxian"} {
		r := rulesOn(t, over, jurisdiction, "2025-06-01")
		w := newWorld(r, 5)
		for range effort.Of(10, 10, 50) {
			c := w.elder()
			for _, name := range unknown {
				if i, _ := r.Table.Space.Index(name); w.random.IntN(2) == 0 {
					c[i] = elder.Absent
				}
			}
			completions, ok := r.Table.Combinations(c, unknown, 1000)
			if !ok {
				t.Fatal("too many completions")
			}
			for service, linked := range map[string][]string{aid: {"premium_subsidy_percent", "annual_cny"}, device: {"premium_subsidy_percent", "once_cny"}} {
				var each [][]policy.Bundle
				for _, completion := range completions {
					each = append(each, bundlesOf(must(w.plainly(t.Context(), completion.Cells))(t), service, linked))
				}
				p := w.Table.Space.Profile(c)
				got := bundlesOf(must(r.Decide(t.Context(), &p))(t), service, linked)
				want := each[0]
				for _, bundles := range each[1:] {
					want = inBoth(want, bundles)
				}
				if len(want) > 1 {
					several++
				}
				if diff := cmp.Diff(numbers(want), numbers(got)); diff != "" {
					t.Fatalf("%s in %s, %v: (-every completion +answer)\n%s", service, jurisdiction, r.Table.Space.Elder(c), diff)
				}
			}
		}
	}
	if several < 3 {
		t.Errorf("several bundles were certain %d times: the test sees too little", several)
	}
}

// bundlesOf returns the bundles to which a decision entitles.
func bundlesOf(d *eldercare.Decision, service string, linked []string) []policy.Bundle {
	for _, e := range d.Entitled {
		if e.Service != service {
			continue
		}
		if b := policy.BundleOf(e.Promises, linked); b != nil {
			return []policy.Bundle{b}
		}
		return e.Bundles
	}
	return nil
}

// inBoth returns the best of what two bundles have in common, one of each side.
func inBoth(a, b []policy.Bundle) []policy.Bundle {
	var common, best []policy.Bundle
	for _, x := range a {
		for _, y := range b {
			least := policy.Bundle{}
			for measure, p := range x {
				if q, has := y[measure]; has && q.Compare(p) < 0 {
					least[measure] = q
				} else if has {
					least[measure] = p
				}
			}
			common = append(common, least)
		}
	}
	for i, x := range common {
		outdone := len(x) == 0
		for j, y := range common {
			outdone = outdone || y.AtLeast(x) && (!x.AtLeast(y) || j < i)
		}
		if !outdone {
			best = append(best, x)
		}
	}
	return best
}

// numbers returns bundles in words, without their lists, in a fixed order.
func numbers(bundles []policy.Bundle) []string {
	var all []string
	for _, b := range bundles {
		all = append(all, fmt.Sprint(strings.ReplaceAll(strings.ReplaceAll(shareOf(b), "@liancheng", ""), "@lianxian", "")))
	}
	slices.Sort(all)
	return all
}
