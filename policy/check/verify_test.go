package check_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// The replay by plain OPA finds what the proof missed, and what it made up.
func TestVerify(t *testing.T) {
	engine := chain(
		t,
		made{
			parameters: []string{years("age70", 70), years("age80", 80), yuan("a50", "at_least", 50), yuan("a100", "at_least", 100)},
			rules:      []rule{paying(old, "a50", "input.age >= p.age70"), paying(old, "a100", "input.age >= p.age80"), {nursing, "", "input.age >= p.age70"}},
		},
		made{rules: []rule{paying(old, "a50", "input.age >= p.age70"), {nursing, "", "input.age >= p.age70"}}},
	)
	child, parent := sides(t, engine, "tc", "tp")
	var checker check.Checker
	report, err := checker.At(t.Context(), child, parent)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 1 || report.Proved != 1 { // 50 for 100 from 80 on
		t.Fatalf("%+v, want one finding", report)
	}
	truth := report.Findings[0]
	for _, tt := range []struct {
		name    string
		falsify func(*check.Finding) *check.Finding
		witness map[string]any
	}{
		{"nothing is wrong", func(f *check.Finding) *check.Finding { return f }, nil},
		{"a loss is missed", func(*check.Finding) *check.Finding { return nil }, map[string]any{"age": 80}},
		{"the region is too small", func(f *check.Finding) *check.Finding {
			f.Boxes = boxes(t, parent, "age", 81, 130)
			return f
		}, map[string]any{"age": 80}},
		{"the region is too large", func(f *check.Finding) *check.Finding {
			f.Boxes = boxes(t, parent, "age", 79, 130)
			return f
		}, map[string]any{"age": 79}},
		{"the region is too large by ages that no rule names", func(f *check.Finding) *check.Finding {
			f.Boxes = boxes(t, parent, "age", 75, 130)
			return f
		}, map[string]any{"age": 75}},
		{"less is wanted", func(f *check.Finding) *check.Finding {
			f.Want = f.Have
			return f
		}, map[string]any{"age": 80}},
		{"a ceiling is wanted", func(f *check.Finding) *check.Finding {
			f.WantBound = policy.AtMost
			return f
		}, map[string]any{"age": 80}},
		{"a ceiling is had", func(f *check.Finding) *check.Finding {
			f.HaveBound = policy.AtMost
			return f
		}, map[string]any{"age": 80}},
		{"it is said of another service", func(f *check.Finding) *check.Finding {
			f.Service = nursing
			return f
		}, map[string]any{"age": 80}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := truth
			claimed := *report
			claimed.Findings = nil
			if said := tt.falsify(&f); said != nil {
				claimed.Findings = append(claimed.Findings, *said)
			}
			verified, err := check.Verify(t.Context(), child, parent, &claimed)
			if err != nil {
				t.Fatal(err)
			}
			var witness map[string]any
			for _, f := range verified.Findings {
				if f.Kind == check.Disagreement && f.Service == old {
					witness = f.Witness
				}
			}
			if diff := cmp.Diff(tt.witness, witness); diff != "" {
				t.Error(diff)
			}
			if failed := verified.Fails(old); !failed {
				t.Error("the allowance counts as proved")
			}
		})
	}
}

// boxes returns the region of those who have one of a range of values of an attribute.
func boxes(t *testing.T, side check.Side, attribute string, from, to int) []box.Box {
	t.Helper()
	i, _ := side.Table.Space.Index(attribute)
	axis := &side.Table.Space.Axes[i]
	first, _ := axis.Cell(from)
	last, ok := axis.Cell(to)
	if !ok {
		t.Fatalf("%s has no value %d", attribute, to)
	}
	b, _ := box.Box{}.With(i, box.Range(first, last))
	return []box.Box{b}
}
