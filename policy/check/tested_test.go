package check_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/check"
)

// third is nothing that an opaque rule takes off a difference of two attributes: by it there are
// too many combinations for a proof.
const third = ` - 0 * count([1 | input.disability_kind == "none"])`

// difference returns opaque: so many years of age that were not paid for.
func difference(parameter string) string {
	return "input.age - input.pension_contribution_years" + third + " >= p." + parameter
}

// A service that is opaque on one side is tested: on boundary values, and on others at random.
func TestTested(t *testing.T) {
	figures := []string{
		yuan("a100", "at_least", 100), yuan("a60", "at_least", 60),
		years("age60", 60), years("age70", 70), years("age75", 75), years("d45", 45), years("d46", 46), years("d50", 50),
	}
	const over60 = "input.age >= p.age60\n"
	// Whoever paid for many years is owed the allowance later: at 60 years of age, for 15 years or
	// less.
	younger := func(parameter string) rule { return paying(old, "a100", over60+difference(parameter)) }
	// Nobody from 70 to 74.
	const gap = "abs(input.age - 72) + 0 * input.pension_contribution_years" + third + " >= 3"
	// Read with so much else that all values are even more.
	const much = "\ninput.pension_contribution_years >= 0\ncount([x | some x in [input.local_hukou, input.local_resident, input.living_alone, input.empty_nest, input.retired]; x]) >= 0"
	const unknown = "not known: a rule is opaque"
	for _, tt := range []struct {
		name          string
		parent, child []rule
		want          []found
		tested        int // of one service
	}{
		{
			name:   "as much on both sides",
			parent: []rule{younger("d45")}, child: []rule{younger("d45")},
			tested: 1,
		},
		{
			name:   "a gap between the numbers that the rules name",
			parent: []rule{paying(old, "a100", "input.age >= p.age60")},
			child:  []rule{paying(old, "a100", over60+gap)},
			want:   []found{{old, "narrower", "", "", "", unknown, map[string]any{"age": 70}}},
		},
		{
			name:   "the gap, where all values are too many to combine",
			parent: []rule{paying(old, "a100", "input.age >= p.age60")},
			child:  []rule{paying(old, "a100", over60+gap+much)},
			want:   []found{{old, "narrower", "", "", "", unknown, map[string]any{"age": 70}}},
		},
		{
			name:   "a boundary that a case has and no parameter, where all values are too many to combine",
			parent: []rule{younger("d45"), paying(old, "a100", "input.age == p.age60 + 7"+much)},
			child:  []rule{younger("d45")},
			want: []found{{ // 67 less 23 is 44
				old, "narrower", "", "", "", unknown, map[string]any{"age": 67, "pension_contribution_years": 23},
			}},
		},
		{
			name:   "omitted",
			parent: []rule{younger("d45")},
			child:  []rule{{nursing, "", "input.local_hukou"}},
			want:   []found{{old, "omitted", "", "", "", unknown, map[string]any{"age": 60}}},
		},
		{
			name:   "only permitted",
			parent: []rule{younger("d45")},
			child:  []rule{paying("may "+old, "a100", "input.age >= p.age60")},
			want:   []found{{old, "omitted", "", "", "", unknown, map[string]any{"age": 60}}},
		},
		{
			name:   "a rule reads the elder as a whole",
			parent: []rule{paying(old, "a100", "input.age >= p.age70")},
			child: []rule{
				paying(old, "a100", "some name in [\"living_alone\", \"empty_nest\"]\ninput[name] == true"),
				paying(old, "a100", "count(input) >= 30\ninput.age >= p.age75"),
			},
			want: []found{{old, "narrower", "", "", "", unknown, map[string]any{"age": 70}}},
		},
		{
			name:   "less, on one side by a rule that is opaque",
			parent: []rule{paying(old, "a100", "input.age >= p.age70")},
			child:  []rule{paying(old, "a60", "input.age >= p.age70"), younger("d50")},
			want: []found{{ // from 75 years, 25 of them paid, the difference is 50: who is 70 loses from 21 on
				old, "lower", monthly, "100", "60", unknown, map[string]any{"age": 70, "pension_contribution_years": 21},
			}},
		},
		{
			name:   "an opaque permission makes nothing opaque",
			parent: []rule{paying(old, "a100", "input.age >= p.age70"), {"may " + old, "", difference("d45")}},
			child:  []rule{paying(old, "a100", "input.age >= p.age70"), {"may " + old, "", difference("d46")}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			report := checked(t, chain(t, made{parameters: figures, rules: tt.parent}, made{rules: tt.child}), "tc")
			if diff := cmp.Diff(tt.want, findings(report)); diff != "" {
				t.Error(diff)
			}
			proved := 0
			if tt.want == nil {
				proved = 1 - tt.tested
			}
			if report.Proved != proved || report.Tested != tt.tested {
				t.Errorf("%d proved, %d tested; want %d and %d", report.Proved, report.Tested, proved, tt.tested)
			}
			for _, f := range report.Findings {
				if f.Method != check.Tested || f.ParentPos.File != "made/rego/lists/tp.rego" {
					t.Errorf("%s by %s, above is %s", f.Kind, f.Method, f.Parent)
				}
			}
		})
	}
}

// With an opaque difference of two attributes, somebody is found who loses by one year, though no
// boundary is near.
func TestTestedDifference(t *testing.T) {
	parent := made{parameters: []string{years("d45", 45), years("d46", 46)}, rules: []rule{{old, "", difference("d45")}}}
	report := checked(t, chain(t, parent, made{rules: []rule{{old, "", difference("d46")}}}), "tc")
	if len(report.Findings) != 1 || report.Findings[0].Kind != check.Narrower || report.Findings[0].Method != check.Tested {
		t.Fatalf("findings: %+v, want one of a service that is narrower", report.Findings)
	}
	witness := report.Findings[0].Witness
	age, _ := witness["age"].(int)
	if paid, _ := witness["pension_contribution_years"].(int); age-paid != 45 {
		t.Errorf("%v loses nothing", witness)
	}
}

// A difference of two attributes is compared exactly: an elder who is 45 years older than the years
// paid for loses where 46 are asked.
func TestRelations(t *testing.T) {
	older := func(parameter string) rule {
		return rule{old, "", "input.age >= p.age60\ninput.age - input.pension_contribution_years >= p." + parameter}
	}
	parent := made{parameters: []string{years("age60", 60), years("d45", 45), years("d46", 46)}, rules: []rule{older("d45")}}
	report := checked(t, chain(t, parent, made{rules: []rule{older("d45")}}), "tc")
	if report.Proved != 1 || report.Tested != 0 || len(report.Findings) > 0 {
		t.Errorf("as much on both sides: %+v", report)
	}
	report = checked(t, chain(t, parent, made{rules: []rule{older("d46")}}), "tc")
	region := ""
	for age := 60; age < 72; age++ { // and so on up to 105 years of age, 60 of them paid for
		region += fmt.Sprintf("age %d, pension_contribution_years %d; or ", age, age-45)
	}
	want := []found{{old, "narrower", "", "", "", region + "one of 34 more cases", map[string]any{"age": 60, "pension_contribution_years": 15}}}
	if diff := cmp.Diff(want, findings(report)); diff != "" || report.Findings[0].Method != check.Proof {
		t.Error(diff)
	}
}

// The report names the rules because of which a service could only be tested, once each.
func TestOpaqueOfReport(t *testing.T) {
	check.Try(t, effort.Of(1_000, 1_000, 20_000), effort.Of(200, 200, 2_000))
	opaque := rule{old, "", difference("d45")}
	engine := chain(
		t,
		made{parameters: []string{years("d45", "2024-01-01", 45, "2026-01-01", 50)}, rules: []rule{opaque, {nursing, "", "input.local_hukou"}}},
		made{inherits: []string{old, nursing}},
		made{inherits: []string{nursing}, rules: []rule{{old, "", "input.age >= 0"}, {"may " + old, "", "count(input) > 3"}}},
	)
	for _, jurisdiction := range []string{"tc", "tk"} { // what tk rules itself is clear, what it is held against is not
		report := checked(t, engine, jurisdiction)
		if report.Tested != 1 || report.Proved != 1 || len(report.Findings) > 0 || len(report.Opaque) != 1 {
			t.Fatalf("%s: %+v, want one service proved, one tested", jurisdiction, report)
		}
		o := report.Opaque[0]
		if o.Service != old || o.At != "made/rego/lists/tp.rego:11" || o.Pos.Line != 11 || !strings.HasPrefix(o.Reason, "it depends on more than 32768 combinations") {
			t.Errorf("%s: opaque is %+v", jurisdiction, o)
		}
	}
}

// A rule that plain OPA cannot evaluate for some elders is a finding about its service, with such
// an elder.
func TestUnanswered(t *testing.T) {
	parent := made{
		parameters: []string{years("age70", 70)},
		rules:      []rule{{old, "", "input.age >= p.age70"}, {nursing, "", "input.age >= p.age70"}},
	}
	child := made{rules: []rule{{old, "", "input.age >= p.age70\n100 / input.disability_grade >= 25"}, {nursing, "", "input.age >= p.age70"}}}
	report := checked(t, chain(t, parent, child), "tc")
	want := []found{{old, "unanswered", "", "", "", "not known: a rule is opaque", map[string]any{"age": 70}}}
	if diff := cmp.Diff(want, findings(report)); diff != "" {
		t.Error(diff)
	}
	if note := report.Findings[0].Note; !strings.Contains(note, "made/rego/lists/tc.rego:12") {
		t.Errorf("the note %q does not name the place", note)
	}
	if report.Proved != 1 || report.Errors() != 1 {
		t.Errorf("%d proved, %d errors; want 1 and 1", report.Proved, report.Errors())
	}
}

// A test that is broken off reports nothing.
func TestTestedIsBrokenOff(t *testing.T) {
	opaque := rule{old, "", difference("d45")}
	engine := chain(t, made{parameters: []string{years("d45", 45)}, rules: []rule{opaque}}, made{rules: []rule{opaque}})
	if _, err := engine.Check(t.Context(), "tc"); err != nil { // compiles
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if report, err := engine.Check(ctx, "tc"); !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v; want no report, and that it was broken off", report, err)
	}
}

// BenchmarkTested tests one service that is opaque, on 20,000 elders.
func BenchmarkTested(b *testing.B) {
	opaque := rule{old, "", difference("d45") + "\ninput.local_hukou"}
	engine := chain(b, made{parameters: []string{years("d45", 45)}, rules: []rule{opaque}}, made{rules: []rule{opaque}})
	for b.Loop() {
		if _, err := engine.Check(b.Context(), "tc", eldercare.On(engine.Today())); err != nil {
			b.Fatal(err)
		}
	}
}
