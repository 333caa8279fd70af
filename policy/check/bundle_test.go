package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
)

// A share of a cost up to a ceiling.
const (
	share   = "premium_subsidy_percent"
	ceiling = "annual_cny"
	aid     = "medical-assistance"
)

// sharing returns a rule for a share of so much up to so much a year; without one of them where it
// is empty.
func sharing(percent, most, condition string) rule {
	var measures []string
	if percent != "" {
		measures = append(measures, fmt.Sprintf("%q: p.%s", share, percent))
	}
	if most != "" {
		measures = append(measures, fmt.Sprintf("%q: p.%s", ceiling, most))
	}
	return rule{aid, strings.Join(measures, ", "), condition}
}

// shares returns figures of shares and ceilings for rules: s50, up300.
func shares() []string {
	all := []string{
		years("age70", 70), years("age80", 80),
		"open: {label: open, unit: cny_per_year, bound: set_locally, values: [{from: \"2024-01-01\", value: null}], cite: [A]}",
	}
	for _, n := range []int{40, 50, 80, 100} {
		all = append(all, fmt.Sprintf("s%d: {label: s, unit: percent, bound: at_least, values: [{from: \"2024-01-01\", value: %[1]d}], cite: [A]}", n))
	}
	for _, n := range []int{299, 300, 800, 900} {
		all = append(all, fmt.Sprintf("up%d: {label: up, unit: cny_per_year, bound: at_most, values: [{from: \"2024-01-01\", value: %[1]d}], cite: [A]}", n))
	}
	return all
}

// lostBundle is what a test expects of a finding on linked measures: bundles as "50 900", the share
// first, - for none.
type lostBundle struct {
	kind    check.Kind
	measure string
	want    string
	have    []string
	region  string
}

func bundleText(b policy.Bundle) string {
	text := func(measure string) string {
		p, promised := b[measure]
		switch {
		case !promised:
			return "-"
		case p.Open():
			return "open"
		}
		return p.Value.String()
	}
	return text(share) + " " + text(ceiling)
}

func lostBundles(r *eldercare.Report) (all []lostBundle) {
	for _, f := range r.Findings {
		lost := lostBundle{kind: f.Kind, measure: f.Measure, region: f.Region}
		if f.WantBundle != nil {
			lost.want = bundleText(f.WantBundle)
		}
		for _, b := range f.HaveBundles {
			lost.have = append(lost.have, bundleText(b))
		}
		all = append(all, lost)
	}
	return all
}

const (
	over70, over80, alone = "input.age >= p.age70", "input.age >= p.age80", "input.living_alone"
	both                  = share + "+" + ceiling
)

// Bundles are compared as a whole: a share from one and a ceiling from another are no promise.
func TestBundles(t *testing.T) {
	pair := []string{share, ceiling}
	for _, tt := range []struct {
		name          string
		parent, child []rule
		want          []lostBundle
	}{
		{
			name:   "the same two bundles",
			parent: []rule{sharing("s50", "up900", over70), sharing("s100", "up300", alone)},
			child:  []rule{sharing("s100", "up300", alone), sharing("s50", "up900", over70)},
		},
		{
			name:   "one as good as both in all",
			parent: []rule{sharing("s50", "up900", over70), sharing("s100", "up300", over70)},
			child:  []rule{sharing("s100", "up900", over70)},
		},
		{
			name:   "a greater share under a lower ceiling",
			parent: []rule{sharing("s50", "up900", over70)},
			child:  []rule{sharing("s100", "up300", over70)},
			want:   []lostBundle{{check.Lower, both, "50 900", []string{"100 300"}, "age ≥ 70"}},
		},
		{
			name:   "share and ceiling by different rules",
			parent: []rule{sharing("s80", "up800", over70)},
			child:  []rule{sharing("s50", "up900", over70), sharing("s100", "up300", over80)},
			want: []lostBundle{
				{check.Lower, both, "80 800", []string{"100 300", "50 900"}, "age ≥ 80"},
				{check.Lower, both, "80 800", []string{"50 900"}, "age 70–79"},
			},
		},
		{
			name:   "one of two for those who have both",
			parent: []rule{sharing("s50", "up900", over70), sharing("s100", "up300", alone)},
			child:  []rule{sharing("s50", "up900", over70), sharing("s100", "up300", alone+"\ninput.age < p.age80")},
			want:   []lostBundle{{check.Lower, both, "100 300", []string{"50 900"}, "age ≥ 80, living_alone true"}},
		},
		{
			name:   "a bundle that a better one hides is not wanted",
			parent: []rule{sharing("s50", "up900", over70), sharing("s80", "up900", over80)},
			child:  []rule{sharing("s50", "up900", over70+"\ninput.age < p.age80"), sharing("s80", "up900", over80)},
		},
		{
			name:   "of a better and a worse one only the better is lost",
			parent: []rule{sharing("s50", "up900", over70), sharing("s80", "up900", over80)},
			child:  []rule{sharing("s40", "up900", over70)},
			want: []lostBundle{
				{check.Lower, both, "80 900", []string{"40 900"}, "age ≥ 80"},
				{check.Lower, both, "50 900", []string{"40 900"}, "age 70–79"},
			},
		},
		{
			name:   "one yuan below",
			parent: []rule{sharing("s100", "up300", over70)},
			child:  []rule{sharing("s100", "up299", over70)},
			want:   []lostBundle{{check.Lower, both, "100 300", []string{"100 299"}, "age ≥ 70"}},
		},
		{
			name:   "a measure missing",
			parent: []rule{sharing("s50", "up300", over70), sharing("s50", "", alone)},
			child:  []rule{sharing("s50", "", over70), sharing("", "up900", over70), sharing("s50", "up900", alone)},
			want: []lostBundle{
				{check.Lower, both, "50 300", []string{"50 -", "- 900"}, "age ≥ 70, living_alone false"},
			},
		},
		{
			name:   "the service without any of them",
			parent: []rule{sharing("s50", "up300", over70)},
			child:  []rule{{aid, "", over70}},
			want:   []lostBundle{{check.Lower, both, "50 300", nil, "age ≥ 70"}},
		},
		{
			name:   "lost as a whole for some",
			parent: []rule{sharing("s50", "up300", over70)},
			child:  []rule{sharing("s50", "up300", over80)},
			want:   []lostBundle{{kind: check.Narrower, region: "age 70–79"}},
		},
		{
			name:   "a ceiling left open, the share kept",
			parent: []rule{sharing("s50", "up300", over70)},
			child:  []rule{sharing("s50", "open", over70)},
			want:   []lostBundle{{check.Open, both, "50 300", []string{"50 open"}, "age ≥ 70"}},
		},
		{
			name:   "a ceiling left open under a lesser share",
			parent: []rule{sharing("s50", "up300", over70)},
			child:  []rule{sharing("s40", "open", over70)},
			want:   []lostBundle{{check.Lower, both, "50 300", []string{"40 open"}, "age ≥ 70"}},
		},
		{
			name:   "left open above, a ceiling below",
			parent: []rule{sharing("s50", "open", over70)},
			child:  []rule{sharing("s50", "open", over70)},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, linked := range []struct{ parent, child []string }{{pair, pair}, {pair, nil}} {
				engine := chain(
					t, made{parameters: shares(), linked: linked.parent, rules: tt.parent}, made{linked: linked.child, rules: tt.child},
				)
				report := checked(t, engine, "tc")
				if diff := cmp.Diff(tt.want, lostBundles(report), cmp.AllowUnexported(lostBundle{})); diff != "" {
					t.Errorf("linked %v (-want +got):\n%s", linked, diff)
				}
			}
		})
	}
}

// Of each measure that only the child links, the parent's residents have the best. Linking them
// takes that away.
func TestLinkedBelowOnly(t *testing.T) {
	pair := []string{share, ceiling}
	two := []rule{sharing("s50", "up900", over70), sharing("s100", "up300", over80)}
	for _, tt := range []struct {
		name          string
		parent, child []rule
		want          []lostBundle
	}{
		{
			name: "two for the same elders", parent: two, child: two,
			want: []lostBundle{{check.Lower, both, "100 900", []string{"100 300", "50 900"}, "age ≥ 80"}},
		},
		{
			name:   "two for different elders",
			parent: []rule{sharing("s50", "up900", over80), sharing("s100", "up300", over70+"\ninput.age < p.age80")},
			child:  []rule{sharing("s50", "up900", over80), sharing("s100", "up300", over70+"\ninput.age < p.age80")},
		},
		{
			name: "as good together", parent: two,
			child: []rule{sharing("s50", "up900", over70), sharing("s100", "up900", over80)},
		},
		{
			name:   "from two rules, each of one measure",
			parent: []rule{sharing("s50", "", over70), sharing("", "up900", over70)},
			child:  []rule{sharing("s50", "", over70), sharing("", "up900", over70)},
			want:   []lostBundle{{check.Lower, both, "50 900", []string{"50 -", "- 900"}, "age ≥ 70"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine := chain(t, made{parameters: shares(), rules: tt.parent}, made{linked: pair, rules: tt.child})
			if diff := cmp.Diff(tt.want, lostBundles(checked(t, engine, "tc")), cmp.AllowUnexported(lostBundle{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The parent owes what its own parent promises, as bundles beside its own; what it inherits runs
// with its figures.
func TestBundlesOfThreeLevels(t *testing.T) {
	pair := []string{share, ceiling}
	province := made{parameters: shares(), linked: pair, rules: []rule{sharing("s50", "up900", over70)}}
	city := made{rules: []rule{sharing("s100", "up300", over70)}}
	engine := chain(t, province, city, made{rules: []rule{sharing("s100", "up300", over70)}})
	want := []lostBundle{{check.Lower, both, "50 900", []string{"100 300"}, "age ≥ 70"}}
	for _, id := range []string{"tc", "tk"} {
		if diff := cmp.Diff(want, lostBundles(checked(t, engine, id)), cmp.AllowUnexported(lostBundle{})); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
	engine = chain(t, province, city, made{rules: []rule{sharing("s100", "up300", over70), sharing("s50", "up900", over70)}})
	if report := checked(t, engine, "tk"); len(report.Findings) > 0 || report.Proved != 1 {
		t.Errorf("%v: both bundles are kept", report.Findings)
	}
	inheriting := made{
		parameters: []string{"up900: {label: up, unit: cny_per_year, bound: at_most, values: [{from: \"2024-01-01\", value: 800}], cite: [A]}"},
		inherits:   []string{aid},
	}
	want = []lostBundle{{check.Lower, both, "50 900", []string{"50 800"}, "age ≥ 70"}}
	if diff := cmp.Diff(want, lostBundles(checked(t, chain(t, province, inheriting), "tc")), cmp.AllowUnexported(lostBundle{})); diff != "" {
		t.Error(diff)
	}
}

// Where a rule is opaque, plain OPA compares bundles.
func TestBundlesTested(t *testing.T) {
	pair := []string{share, ceiling}
	opaque := over70 + "\n" + difference("age70")
	engine := chain(
		t, made{parameters: shares(), linked: pair, rules: []rule{sharing("s50", "up900", opaque)}},
		made{rules: []rule{sharing("s100", "up300", opaque)}},
	)
	report := checked(t, engine, "tc")
	want := []lostBundle{{check.Lower, both, "50 900", []string{"100 300"}, "not known: a rule is opaque"}}
	if diff := cmp.Diff(want, lostBundles(report), cmp.AllowUnexported(lostBundle{})); diff != "" {
		t.Error(diff)
	}
}

// A bundle that is lost on some days is one finding, and another when it is lost again, or another
// bundle is.
func TestBundlesInTime(t *testing.T) {
	pair := []string{share, ceiling}
	falls := "falls: {label: falls, unit: cny_per_year, bound: at_most, values: " +
		dated([]any{"2024-01-01", 900, "2025-01-01", 300, "2026-01-01", 299, "2026-06-01", 900}) + ", cite: [A]}"
	engine := chain(
		t, made{parameters: shares(), linked: pair, rules: []rule{sharing("s50", "up900", over70)}},
		made{parameters: []string{falls}, rules: []rule{sharing("s50", "falls", over70)}},
	)
	var got []string
	for _, f := range checked(t, engine, "tc").Findings {
		got = append(got, fmt.Sprint(bundleText(f.HaveBundles[0]), " ", f.From, " ", f.Until))
	}
	if diff := cmp.Diff([]string{"50 300 2025-01-01 2026-01-01", "50 299 2026-01-01 2026-06-01"}, got); diff != "" {
		t.Error(diff)
	}
}

// Every weakening of one value of a bundle is found, with an elder whom plain OPA confirms, and no
// strengthening is.
func TestMutantsOfBundles(t *testing.T) {
	pair := []string{share, ceiling}
	rungs := map[string][]string{share: {"s40", "s50", "s80", "s100"}, ceiling: {"up299", "up300", "up800", "up900"}}
	original := [][3]string{{"s50", "up800", over70}, {"s80", "up300", alone}, {"s100", "up299", over80}}
	step := func(measure, value string, by int) string {
		i := slices.Index(rungs[measure], value) + by
		if i < 0 || i >= len(rungs[measure]) {
			return ""
		}
		return rungs[measure][i]
	}
	rules := func(all [][3]string) (of []rule) {
		for _, r := range all {
			of = append(of, sharing(r[0], r[1], r[2]))
		}
		return of
	}
	weaker, stronger := 0, 0
	for i := range original {
		for m, measure := range pair {
			for _, by := range []int{-1, 1} {
				mutant := slices.Clone(original)
				mutant[i][m] = step(measure, original[i][m], by)
				if mutant[i][m] == "" && by > 0 {
					continue // there is nothing better
				}
				engine := chain(t, made{parameters: shares(), linked: pair, rules: rules(original)}, made{linked: pair, rules: rules(mutant)})
				lost := lostBundles(checked(t, engine, "tc"))
				switch {
				case by < 0:
					weaker++
					if len(lost) == 0 || lost[0].kind != check.Lower {
						t.Errorf("%v for %v: not found", mutant[i], original[i])
					}
				default:
					stronger++
					if len(lost) > 0 {
						t.Errorf("%v for %v: %v", mutant[i], original[i], lost)
					}
				}
			}
		}
	}
	if weaker != 6 || stronger != 5 {
		t.Errorf("%d mutants for the worse and %d for the better, want 6 and 5", weaker, stronger)
	}
}
