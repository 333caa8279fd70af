package check_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
)

// spans says of each finding what is wanted, what is had, and when.
func spans(r *eldercare.Report) []string {
	var all []string
	for _, f := range r.Findings {
		until := ""
		if !f.Until.IsZero() {
			until = " until " + f.Until.String()
		}
		have := "nothing"
		if f.Have != nil {
			have = f.Have.String()
		}
		want := "the service"
		if f.Want != nil {
			want = f.Want.String()
		}
		all = append(all, fmt.Sprintf("%s %s: %s for %s from %s%s", f.Service, f.Kind, have, want, f.From, until))
	}
	return all
}

// A finding says from when until when it holds. A finding that has ended is another finding when it
// comes again.
func TestSpans(t *testing.T) {
	const over70 = "input.age >= p.age70"
	for _, tt := range []struct {
		name          string
		parent, child made
		want          []string
	}{
		{
			name: "raised above, then lowered, raised again",
			parent: made{
				parameters: []string{
					yuan("owed", "at_least", "2024-01-01", 50, "2025-01-01", 80, "2026-01-01", 50, "2027-01-01", 80), years("age70", 70),
				},
				rules: []rule{paying(old, "owed", over70)},
			},
			child: made{parameters: []string{yuan("given", "at_least", 60)}, rules: []rule{paying(old, "given", over70)}},
			want: []string{
				old + " lower: 60 for 80 from 2025-01-01 until 2026-01-01",
				old + " lower: 60 for 80 from 2027-01-01",
			},
		},
		{
			name: "another number is another finding, another day alone is not",
			parent: made{
				parameters: []string{
					yuan("owed", "at_least", "2024-01-01", 80, "2027-01-01", 90), yuan("other", "at_least", "2024-01-01", 1, "2025-01-01", 2, "2026-01-01", 3),
					years("age70", 70),
				},
				rules: []rule{paying(old, "owed", over70), paying(nursing, "other", over70)},
			},
			child: made{
				parameters: []string{yuan("given", "at_least", "2024-01-01", 60, "2028-01-01", 90)},
				inherits:   []string{nursing}, rules: []rule{paying(old, "given", over70)},
			},
			want: []string{
				old + " lower: 60 for 80 from 2024-01-01 until 2027-01-01",
				old + " lower: 60 for 90 from 2027-01-01 until 2028-01-01",
			},
		},
		{
			name: "a service that can only be tested is tested again when its figures change",
			parent: made{
				parameters: []string{years("d45", "2024-01-01", 46, "2026-01-01", 45, "2028-01-01", 46), yuan("other", "at_least", "2024-01-01", 1, "2027-01-01", 2)},
				rules:      []rule{{old, "", difference("d45")}, paying(nursing, "other", "input.local_hukou")},
			},
			child: made{
				parameters: []string{years("given", 46)},
				inherits:   []string{nursing}, rules: []rule{{old, "", difference("given")}},
			},
			want: []string{old + " narrower: nothing for the service from 2026-01-01 until 2028-01-01"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, spans(checked(t, chain(t, tt.parent, tt.child), "tc"))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Reports of single days are joined in order. A service fails if it fails on one day, and is only
// tested if it is only tested on one day.
func TestMerge(t *testing.T) {
	day := func(year int) policy.Date { return policy.Date{Year: year, Month: 1, Day: 1} }
	lower := func(from policy.Date) check.Finding {
		return check.Finding{Service: "c", Kind: check.Lower, Severity: policy.SeverityError, From: from}
	}
	open := check.Finding{Service: "a", Kind: check.Open, Severity: policy.SeverityWarning, From: day(2024)}
	merged := check.Merge("tc", "tp", []*check.Report{
		{Dates: []policy.Date{day(2024)}, Services: []string{"a", "b"}, Findings: []check.Finding{open}},
		{Dates: []policy.Date{day(2025)}, Services: []string{"a", "b", "c"}, TestedServices: []string{"b"}},
		{Dates: []policy.Date{day(2026)}, Services: []string{"a", "b", "c"}, TestedServices: []string{"c"}, Findings: []check.Finding{lower(day(2026))}},
		{Dates: []policy.Date{day(2027)}, Services: []string{"a", "b", "c"}, TestedServices: []string{"c"}, Findings: []check.Finding{lower(day(2027))}},
	})
	open.Until = day(2025)
	want := &check.Report{
		Jurisdiction: "tc", Against: "tp", Proved: 1, Tested: 1, // a and b
		Dates:    []policy.Date{day(2024), day(2025), day(2026), day(2027)},
		Findings: []check.Finding{open, lower(day(2026))},
		Services: []string{"a", "b", "c"}, TestedServices: []string{"b", "c"},
	}
	if diff := cmp.Diff(want, merged); diff != "" {
		t.Error(diff)
	}
}
