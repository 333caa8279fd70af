package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
)

// The allowances beside which others are paid, or not.
const (
	care       = "care-service-subsidy"
	centenary  = "centenarian-allowance"
	disability = "disabled-nursing-allowance"
)

// higher writes groups of services of which only the highest monthly cash is paid.
func higher(groups ...[]string) string {
	text := "choose_higher:\n"
	for _, services := range groups {
		text += fmt.Sprintf("  - {services: [%s], measure: monthly_cny, reason: r, cite: [A]}\n", strings.Join(services, ", "))
	}
	return text
}

// What is paid together is compared together: a list may promise each service and pay less in all.
func TestCombined(t *testing.T) {
	figures := []string{
		yuan("a50", "at_least", 50), yuan("exact50", "exactly", 50), yuan("a60", "at_least", 60), yuan("a100", "at_least", 100), yuan("a150", "at_least", 150), yuan("a160", "at_least", 160),
		yuan("a200", "at_least", 200), yuan("left", "set_locally", "null"), yuan("up100", "at_most", 100),
		years("age60", 60), years("age70", 70), years("age80", 80), yuan("wage", "at_least", "null"),
		`third: {label: third, unit: multiple, bound: at_least, values: [{from: "2024-01-01", value: 1/3}], cite: [A]}`,
	}
	const share = `"monthly_cny": grant.times(p.wage, p.third)`
	const over60, over70, over80 = "input.age >= p.age60", "input.age >= p.age70", "input.age >= p.age80"
	together := []rule{paying(old, "a100", over60), paying(nursing, "a100", over70)}
	for _, tt := range []struct {
		name          string
		parent, child []rule
		above, here   string // choices
		want          []found
		proved        int
	}{
		{
			name:   "the same on both sides",
			parent: together, child: together, proved: 2,
		},
		{
			name:   "the child adds a choice",
			parent: together, child: together, here: higher([]string{old, nursing}),
			want: []found{{nursing, "combined", monthly, "200", "100", "age ≥ 70", map[string]any{"age": 70}}},
		},
		{
			name:   "the parent has the choice",
			parent: together, child: together, above: higher([]string{old, nursing}), proved: 2,
		},
		{
			name:   "the child has a choice and pays as much in all",
			parent: together, child: []rule{paying(old, "a200", over60), paying(nursing, "a100", over70)},
			here: higher([]string{old, nursing}), proved: 2,
		},
		{
			name:   "one fen short where three meet",
			parent: []rule{paying(old, "a50", over60), paying(nursing, "a50", over70), paying(care, "a50", over80)},
			child:  []rule{paying(old, "a60", over60), paying(nursing, "a60", over70), paying(care, "a100", over80)},
			here:   higher([]string{old, nursing, care}),
			want: []found{
				{old, "combined", monthly, "150", "100", "age ≥ 80", map[string]any{"age": 80}},
				{nursing, "combined", monthly, "100", "60", "age 70–79", map[string]any{"age": 70}},
			},
		},
		{ // the floor above still holds for what is left open: 100 and 100 are owed, and one of them is paid
			name:   "what the child leaves open is as much as above",
			parent: together, child: []rule{paying(old, "left", over60), paying(nursing, "a100", over70)}, here: higher([]string{old, nursing}),
			want: []found{
				{old, "open", monthly, "100", "", "age ≥ 60", map[string]any{"age": 60}},
				{nursing, "combined", monthly, "200", "100", "age ≥ 70", map[string]any{"age": 70}},
			},
			proved: 0,
		},
		// 100 and 100 are owed, and 200 are paid for the one that is higher, whatever the other comes to
		// above its floor
		{
			name:   "and is outweighed",
			parent: together, child: []rule{paying(old, "left", over60), paying(nursing, "a200", over70)}, here: higher([]string{old, nursing}),
			want: []found{{old, "open", monthly, "100", "", "age ≥ 60", map[string]any{"age": 60}}}, proved: 2,
		},
		{
			name:   "a service that is lost is not reported again",
			parent: together, child: []rule{paying(old, "a100", over60), paying(nursing, "a100", over80)},
			here: higher([]string{old, nursing}),
			want: []found{
				{nursing, "narrower", "", "", "", "age 70–79", map[string]any{"age": 70}},
				{nursing, "combined", monthly, "200", "100", "age ≥ 80", map[string]any{"age": 80}},
			},
		},
		{
			name:   "an open amount above is met by any sum beyond",
			parent: []rule{paying(old, "left", over60), paying(nursing, "a50", over60)},
			child:  []rule{paying(old, "a60", over60), paying(nursing, "a50", over60)},
			here:   higher([]string{old, nursing}), proved: 2, // 60 in all: the 50, and 10 for what has no number above
		},
		{
			name:   "an open amount above is not met by the sum alone",
			parent: []rule{paying(old, "left", over60), paying(nursing, "a50", over60)},
			child:  []rule{paying(old, "a50", over60), paying(nursing, "a50", over60)},
			here:   higher([]string{old, nursing}),
			want:   []found{{nursing, "combined", monthly, "50", "50", "age ≥ 60", map[string]any{"age": 60}}},
		},
		{
			name:   "a ceiling is no sum, and must be met as well",
			parent: []rule{paying(old, "up100", over60), paying(nursing, "a100", over60)},
			child:  []rule{paying(old, "up100", over60), paying(nursing, "a150", over60)},
			here:   higher([]string{old, nursing}),
			want:   []found{{old, "combined", monthly, "100", "150", "age ≥ 60", map[string]any{"age": 60}}},
		},
		{
			name:   "choices that overlap: more of the middle one takes both others away",
			parent: []rule{paying(old, "a100", over60), paying(nursing, "a50", over60), paying(care, "a100", over60)},
			child:  []rule{paying(old, "a100", over60), paying(nursing, "a150", over60), paying(care, "a100", over60)},
			above:  higher([]string{old, nursing}, []string{nursing, care}),
			here:   higher([]string{old, nursing}, []string{nursing, care}),
			want:   []found{{old, "combined", monthly, "200", "150", "age ≥ 60", map[string]any{"age": 60}}},
		},
		// owed are the higher of 150 and the share, and 200; paid are 160, and the higher of 200
		// and the share
		{
			name:   "what is left out above, too, is owed where it turns out to be higher",
			parent: []rule{paying(old, "a150", over60), {nursing, share, over60}, paying(care, "a200", over60)},
			child:  []rule{paying(old, "a150", over60), {nursing, share, over60}, paying(care, "a200", over60), paying(centenary, "a160", over60)},
			above:  higher([]string{old, nursing}), here: higher([]string{old, centenary}, []string{nursing, care}),
			want: []found{{old, "combined", monthly, "350", "360", "age ≥ 60", map[string]any{"age": 60}}},
		},
		// owed are the higher of 150 and the share, and 100. The choice above holds below, too: a share
		// of 120 leaves out the 100, is itself left out for the 150, and that for the 200.
		{
			name:   "and may be lost though more is paid",
			parent: []rule{paying(old, "a150", over60), {nursing, share, over60}, paying(care, "a100", over60)},
			child:  []rule{paying(old, "a150", over60), {nursing, share, over60}, paying(care, "a100", over60), paying(centenary, "a200", over60)},
			above:  higher([]string{old, nursing}), here: higher([]string{old, centenary}, []string{nursing, care}),
			want: []found{{old, "combined", monthly, "250", "200", "age ≥ 60", map[string]any{"age": 60}}},
		},
		// of 50, 100 and 100 both the 100 are owed; of at least 50, 101 may be paid alone
		{
			name:   "a floor in the middle of choices may take both others away",
			parent: []rule{paying(old, "a100", over60), paying(nursing, "exact50", over60), paying(care, "a100", over60)},
			child:  []rule{paying(old, "a100", over60), paying(nursing, "a50", over60), paying(care, "a100", over60)},
			above:  higher([]string{old, nursing}, []string{nursing, care}),
			here:   higher([]string{old, nursing}, []string{nursing, care}),
			want:   []found{{care, "combined", monthly, "200", "100", "age ≥ 60", map[string]any{"age": 60}}},
		},
		// from 70 to 79 exactly 50 is owed, which takes nothing away; below at least 50 is had
		{
			name: "a floor beside the same amount of others",
			parent: []rule{
				paying(old, "a100", over60), paying(nursing, "a50", over80), paying(nursing, "exact50", over70), paying(care, "a100", over60),
			},
			child: []rule{paying(old, "a100", over60), paying(nursing, "a50", over70), paying(care, "a100", over60)},
			above: higher([]string{old, nursing}, []string{nursing, care}),
			here:  higher([]string{old, nursing}, []string{nursing, care}),
			want:  []found{{care, "combined", monthly, "200", "100", "age 70–79", map[string]any{"age": 70}}},
		},
		// what the list leaves open beside the 50 makes it a floor
		{
			name:   "an amount that another rule raises",
			parent: []rule{paying(old, "a100", over60), paying(nursing, "exact50", over60), paying(care, "a100", over60)},
			child:  []rule{paying(old, "a100", over60), paying(nursing, "exact50", over60), paying(nursing, "left", over60), paying(care, "a100", over60)},
			above:  higher([]string{old, nursing}, []string{nursing, care}),
			here:   higher([]string{old, nursing}, []string{nursing, care}),
			want:   []found{{care, "combined", monthly, "200", "100", "age ≥ 60", map[string]any{"age": 60}}},
		},
		{
			name:   "an amount left open in the middle, too",
			parent: []rule{paying(old, "a100", over60), paying(nursing, "exact50", over60), paying(care, "a100", over60)},
			child:  []rule{paying(old, "a100", over60), paying(nursing, "left", over60), paying(care, "a100", over60)},
			above:  higher([]string{old, nursing}, []string{nursing, care}),
			here:   higher([]string{old, nursing}, []string{nursing, care}),
			want: []found{
				{nursing, "open", monthly, "50", "", "age ≥ 60", map[string]any{"age": 60}},
				{care, "combined", monthly, "200", "100", "age ≥ 60", map[string]any{"age": 60}},
			},
		},
		{
			name:   "and no less may be paid than above where that is so above",
			parent: []rule{paying(old, "a100", over60), paying(nursing, "a50", over60), paying(care, "a100", over60)},
			child:  []rule{paying(old, "a100", over60), paying(nursing, "a50", over60), paying(care, "a100", over60)},
			above:  higher([]string{old, nursing}, []string{nursing, care}),
			here:   higher([]string{old, nursing}, []string{nursing, care}), proved: 3,
		},
		{
			name:   "and is paid where one thing more is in the same choice",
			parent: []rule{paying(old, "a150", over60), {nursing, share, over60}, paying(care, "a100", over60)},
			child:  []rule{paying(old, "a150", over60), {nursing, share, over60}, paying(care, "a100", over60), paying(centenary, "a200", over60)},
			above:  higher([]string{old, nursing}), here: higher([]string{old, nursing, centenary}), proved: 3,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine := chain(t, made{parameters: figures, rules: tt.parent, rest: tt.above}, made{rules: tt.child, rest: tt.here})
			report := checked(t, engine, "tc")
			if diff := cmp.Diff(tt.want, findings(report)); diff != "" {
				t.Error(diff)
			}
			if report.Proved != tt.proved || report.Tested != 0 {
				t.Errorf("%d proved, %d tested; want %d and 0", report.Proved, report.Tested, tt.proved)
			}
			for _, f := range report.Findings {
				if f.Kind == check.Combined && !strings.HasPrefix(f.Child, "made/catalogs/tc.yaml:") {
					t.Errorf("the choice is said to be at %s", f.Child)
				}
			}
		})
	}
}

// Whatever is chosen by is compared together, in its own unit: cash of any period, what is no cash,
// and counts.
func TestCombinedMeasures(t *testing.T) {
	const words = "  care_voucher: {label: v, english: vouchers, kind: worth, per: month}\n  walks: {label: w, english: walks, kind: count, per: week}\n"
	figures := []string{
		years("age60", 60), yuan("a90", "at_least", 90), yuan("exact90", "exactly", 90), yuan("a100", "at_least", 100), yuan("a190", "at_least", 190),
		`yearly: {label: yearly, unit: cny_per_year, bound: exactly, values: [{from: "2024-01-01", value: 600}], cite: [A]}`,
		`gift: {label: g, unit: cny, bound: exactly, values: [{from: "2024-01-01", value: 50}], cite: [A]}`,
		`often: {label: o, unit: times_per_week, bound: at_least, values: [{from: "2024-01-01", value: 3}], cite: [A]}`,
	}
	promising := func(service, measure, parameter string) rule {
		return rule{service, fmt.Sprintf("%q: p.%s", measure, parameter), "input.age >= p.age60"}
	}
	choice := func(measures ...string) string {
		return fmt.Sprintf("choose_higher:\n  - {members: [{service: %s, measure: %s}, {service: %s, measure: %s}], reason: r, cite: [A]}\n", old, measures[0], nursing, measures[1])
	}
	both := func(measure, parameter string) []rule {
		return []rule{promising(old, measure, parameter), promising(nursing, measure, parameter)}
	}
	mixed := func(cash, voucher string) []rule {
		return []rule{promising(old, monthly, cash), promising(nursing, "care_voucher", voucher)}
	}
	lost := func(service, measure, want, have string) []found {
		return []found{{service, "combined", measure, want, have, "age ≥ 60", map[string]any{"age": 60}}}
	}
	for _, tt := range []struct {
		name          string
		parent, child []rule
		above, here   string
		unit          policy.Unit
		want          []found
	}{
		{name: "by the year", parent: both("annual_cny", "yearly"), here: choice("annual_cny", "annual_cny"), unit: "cny_per_year", want: lost(nursing, "annual_cny", "1200", "600")},
		{name: "once", parent: both("once_cny", "gift"), here: choice("once_cny", "once_cny"), unit: "cny", want: lost(nursing, "once_cny", "100", "50")},
		{name: "vouchers", parent: both("care_voucher", "a90"), here: choice("care_voucher", "care_voucher"), unit: "cny_per_month", want: lost(nursing, "care_voucher", "180", "90")},
		{name: "a count", parent: both("walks", "often"), here: choice("walks", "walks"), unit: "times_per_week", want: lost(nursing, "walks", "6", "3")},
		{name: "chosen above, too", parent: both("walks", "often"), above: choice("walks", "walks"), here: choice("walks", "walks")},
		{name: "cash and vouchers", parent: mixed("a100", "a90"), here: choice(monthly, "care_voucher"), unit: "cny_per_month", want: lost(nursing, "care_voucher", "190", "100")},
		{ // 190 in all are owed and paid, but of the 100 in cash nothing
			name: "vouchers in place of cash", parent: mixed("a100", "a90"), child: mixed("a100", "a190"), here: choice(monthly, "care_voucher"),
			unit: "cny_per_month", want: lost(old, monthly, "100", "0"),
		},
		{name: "cash in place of vouchers", parent: mixed("a100", "a90"), child: mixed("a190", "exact90"), here: choice(monthly, "care_voucher")},
		{ // of vouchers of at least 90 there may be 191, and then no cash
			name: "vouchers that may be more than cash", parent: mixed("a100", "a90"), child: mixed("a190", "a90"), here: choice(monthly, "care_voucher"),
			unit: "cny_per_month", want: lost(old, monthly, "100", "0"),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.child == nil {
				tt.child = tt.parent
			}
			report := checked(t, chain(t, made{parameters: figures, measures: words, rules: tt.parent, rest: tt.above}, made{rules: tt.child, rest: tt.here}), "tc")
			if diff := cmp.Diff(tt.want, findings(report)); diff != "" {
				t.Error(diff)
			}
			for _, f := range report.Findings {
				if f.Unit != tt.unit {
					t.Errorf("the amounts are in %s, want %s", f.Unit, tt.unit)
				}
			}
		})
	}
}

// Each elder who loses in all is found, and nobody else: every combination of ages, hardship and
// disability, worked out from the figures.
func TestCombinedOfEverybody(t *testing.T) {
	figures := []string{
		yuan("a30", "at_least", 30), yuan("a80", "at_least", 80), yuan("a100", "at_least", 100), yuan("a120", "at_least", 120), years("age80", 80),
	}
	parent := []rule{
		paying(old, "a30", "input.age >= p.age80"), paying(nursing, "a100", "input.economic_hardship"), paying(disability, "a80", "input.disability_grade in {1, 2}"),
	}
	child := []rule{
		paying(old, "a30", "input.age >= p.age80"), paying(nursing, "a120", "input.economic_hardship"), paying(disability, "a80", "input.disability_grade in {1, 2}"),
	}
	engine := chain(t, made{parameters: figures, rules: parent, rest: higher([]string{old, disability})}, made{rules: child, rest: higher([]string{nursing, disability})})
	report := checked(t, engine, "tc")
	rules, err := engine.Rules(t.Context(), "tc", engine.Today())
	if err != nil {
		t.Fatal(err)
	}
	for age := 78; age < 83; age++ {
		for grade := range 5 {
			for _, hardship := range []bool{false, true} {
				aged, severe := age >= 80, grade == 1 || grade == 2
				// Above 30 and 80 exclude each other; below these and 120 and 80 do.
				owed, paid := 0, 0
				if hardship {
					owed, paid = 100, 120
				}
				switch {
				case severe && hardship:
					owed += 80 // the 30 is left out, the 80 on the other side, too
				case severe:
					owed, paid = 80, 80
				case aged:
					owed, paid = owed+30, paid+30
				}
				e := eldercare.Elder{"age": age, "economic_hardship": hardship, "disability_grade": grade}
				profile, err := rules.Encode(e)
				if err != nil {
					t.Fatal(err)
				}
				closed := rules.Close(profile)
				cells := closed.Cells()
				said := slices.ContainsFunc(report.Findings, func(f eldercare.Finding) bool {
					for _, b := range f.Boxes {
						if b.Contains(func(i int) uint8 { return cells[i] }) {
							return true
						}
					}
					return false
				})
				if said != (paid < owed) {
					t.Errorf("%v is owed %d and paid %d: finding %v", e, owed, paid, said)
				}
			}
		}
	}
}

// What is paid together is only tested where a rule of one of the services is opaque.
func TestCombinedTested(t *testing.T) {
	check.Try(t, effort.Of(1_000, 1_000, 20_000), effort.Of(200, 200, 2_000))
	figures := []string{yuan("a100", "at_least", 100), years("age70", 70), years("d45", 45)}
	rules := []rule{paying(old, "a100", difference("d45")), paying(nursing, "a100", "input.age >= p.age70")}
	engine := chain(t, made{parameters: figures, rules: rules}, made{rules: rules, rest: higher([]string{old, nursing})})
	report := checked(t, engine, "tc")
	want := []found{{nursing, "combined", monthly, "200", "100", "not known: a rule is opaque", map[string]any{"age": 70}}}
	if diff := cmp.Diff(want, findings(report)); diff != "" {
		t.Error(diff)
	}
	if report.Proved != 0 || report.Tested != 0 || !slices.Equal(report.TestedServices, []string{old, nursing}) {
		t.Errorf("%d proved, %d tested, of %v", report.Proved, report.Tested, report.TestedServices)
	}
}

// A list that denies one service to whoever has another, where the list above does not, takes it
// away from them.
func TestExclusions(t *testing.T) {
	figures := []string{yuan("a100", "at_least", 100), years("age60", 60), years("age80", 80)}
	rules := []rule{paying(old, "a100", "input.age >= p.age60"), paying(nursing, "a100", "input.age >= p.age80")}
	const excludes = "excludes:\n  - {has: nursing-subsidy, without: [old-age-allowance], reason: r, cite: [A]}\n"
	for _, tt := range []struct {
		name        string
		above, here string
		child       made
		want        []found
	}{
		{"on both sides", excludes, excludes, made{rules: rules}, nil},
		{"above only", excludes, "", made{rules: rules}, nil},
		{"inherited with the service", excludes, "", made{inherits: []string{old, nursing}}, nil},
		{"below only", "", excludes, made{rules: rules}, []found{{old, "narrower", "", "", "", "age ≥ 80", map[string]any{"age": 80}}}},
		{
			"below, of what is inherited", "", excludes, made{inherits: []string{old, nursing}},
			[]found{{old, "narrower", "", "", "", "age ≥ 80", map[string]any{"age": 80}}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.child.rest = tt.here
			report := checked(t, chain(t, made{parameters: figures, rules: rules, rest: tt.above}, tt.child), "tc")
			if diff := cmp.Diff(tt.want, findings(report)); diff != "" {
				t.Error(diff)
			}
			for _, f := range report.Findings { // the last line of the list is the exclusion
				if f.Child != "made/catalogs/tc.yaml:8" {
					t.Errorf("the exclusion is said to be at %s", f.Child)
				}
			}
		})
	}
}

// A service that is denied because of one whose rule is opaque is tested, like that.
func TestExclusionsTested(t *testing.T) {
	check.Try(t, effort.Of(1_000, 1_000, 20_000), effort.Of(200, 200, 2_000))
	const excludes = "excludes:\n  - {has: nursing-subsidy, without: [old-age-allowance], reason: r, cite: [A]}\n"
	figures := []string{yuan("a100", "at_least", 100), years("age70", 70), years("d45", 45)}
	rules := []rule{paying(old, "a100", "input.age >= p.age70"), paying(nursing, "a100", difference("d45"))}
	engine := chain(t, made{parameters: figures, rules: rules}, made{rules: rules, rest: excludes})
	report := checked(t, engine, "tc")
	want := []found{{old, "narrower", "", "", "", "not known: a rule is opaque", map[string]any{"age": 70}}}
	if diff := cmp.Diff(want, findings(report)); diff != "" {
		t.Error(diff)
	}
}
