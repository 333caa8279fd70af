package check_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// What the parent promises, and what the child does: every region in which somebody loses is found,
// with what is wanted and had there.
func TestRegions(t *testing.T) {
	ages := []string{years("age70", 70), years("age75", 75), years("age80", 80), years("age90", 90)}
	amounts := []string{
		yuan("a40", "at_least", 40), yuan("a50", "at_least", 50), yuan("a90", "at_least", 90), yuan("a100", "at_least", 100),
		yuan("up400", "at_most", 400), yuan("exactly100", "exactly", 100), yuan("left", "set_locally", "null"), yuan("wage", "at_least", "null"),
		`third: {label: third, unit: multiple, bound: at_least, values: [{from: "2024-01-01", value: 1/3}], cite: [A]}`,
	}
	const over70, over80 = "input.age >= p.age70", "input.age >= p.age80"
	const thirdOfWage = `"monthly_cny": grant.times(p.wage, p.third)`
	for _, tt := range []struct {
		name          string
		parent, child []rule
		want          []found
		proved        int
	}{
		{
			name:   "two amounts, both less",
			parent: []rule{paying(old, "a50", over70), paying(old, "a100", over80)},
			child:  []rule{paying(old, "a40", over70), paying(old, "a90", over80)},
			want: []found{
				{old, "lower", monthly, "100", "90", "age ≥ 80", map[string]any{"age": 80}},
				{old, "lower", monthly, "50", "40", "age 70–79", map[string]any{"age": 70}},
			},
		},
		{
			name:   "two amounts, the higher one kept",
			parent: []rule{paying(old, "a50", over70), paying(old, "a100", over80)},
			child:  []rule{paying(old, "a40", over70), paying(old, "a100", over80)},
			want:   []found{{old, "lower", monthly, "50", "40", "age 70–79", map[string]any{"age": 70}}},
		},
		{
			name:   "one amount, of which one part of the elders gets more than another",
			parent: []rule{paying(old, "a100", over70)},
			child:  []rule{paying(old, "a40", over70), paying(old, "a90", over80), {old, "", "input.age >= p.age70"}},
			want: []found{
				{old, "lower", monthly, "100", "90", "age ≥ 80", map[string]any{"age": 80}},
				{old, "lower", monthly, "100", "40", "age 70–79", map[string]any{"age": 70}},
			},
		},
		{
			name:   "granted without an amount from 70 on, refused below 75 in town",
			parent: []rule{paying(old, "a100", over70)},
			child:  []rule{{old, "", over70 + "\ninput.local_hukou == false"}, {old, "", "input.age >= p.age75"}},
			want: []found{
				{old, "narrower", "", "", "", "age 70–74, local_hukou true", map[string]any{"age": 70, "local_hukou": true}},
				{
					old, "lower", monthly, "100", "", "age ≥ 75; or age ≥ 70, local_hukou false",
					map[string]any{"age": 75},
				},
			},
		},
		{
			name:   "two amounts, both left open",
			parent: []rule{paying(old, "a50", over70), paying(old, "a100", over80)},
			child:  []rule{paying(old, "left", over70)},
			want: []found{
				{old, "open", monthly, "100", "", "age ≥ 80", map[string]any{"age": 80}},
				{old, "open", monthly, "50", "", "age 70–79", map[string]any{"age": 70}},
			},
			proved: 1, // the parent's floor still holds
		},
		{
			name:   "left open from 80 on, less before; at 90 a number again",
			parent: []rule{paying(old, "a100", over70)},
			child: []rule{
				paying(old, "a40", over70+"\ninput.age < p.age80"), paying(old, "left", over80), paying(old, "a90", "input.age >= p.age90"),
			},
			want: []found{
				{old, "lower", monthly, "100", "90", "age ≥ 90", map[string]any{"age": 90}},
				{old, "lower", monthly, "100", "40", "age 70–79", map[string]any{"age": 70}},
				{old, "open", monthly, "100", "", "age 80–89", map[string]any{"age": 80}},
			},
		},
		{
			name:   "a floor comes before a ceiling beside it: nobody loses without the ceiling",
			parent: []rule{paying(old, "a100", over70), paying(old, "up400", over80)},
			child:  []rule{paying(old, "a100", over70)},
			proved: 1,
		},
		{
			name:   "a floor does not come before a share of a number that nobody states",
			parent: []rule{paying(old, "a100", over70), {old, thirdOfWage, over80}},
			child:  []rule{paying(old, "a100", over70)},
			want:   []found{{old, "lower", monthly, "", "100", "age ≥ 80", map[string]any{"age": 80}}},
		},
		{
			name:   "a floor and that share",
			parent: []rule{paying(old, "a100", over70), {old, thirdOfWage, over80}},
			child:  []rule{paying(old, "a100", over70), {old, thirdOfWage, over70}},
			proved: 1,
		},
		{
			name:   "a floor beside the ceiling that is wanted takes nothing away",
			parent: []rule{paying(old, "up400", over70)},
			child:  []rule{paying(old, "up400", over70), paying(old, "a100", over80)},
			proved: 1,
		},
		{
			name:   "a floor is no ceiling, and a ceiling is no floor",
			parent: []rule{paying(old, "up400", over70), paying(old, "a100", over80)},
			child:  []rule{paying(old, "a100", over70), paying(old, "up400", over80)},
			want:   []found{{old, "lower", monthly, "at most 400", "100", "age 70–79", map[string]any{"age": 70}}},
		},
		{
			name:   "a ceiling where a floor is wanted",
			parent: []rule{paying(old, "a100", over80), paying(old, "left", over70)},
			child:  []rule{paying(old, "up400", over70)},
			want: []found{ // nor does a ceiling meet what is left to the county
				{old, "lower", monthly, "100", "at most 400", "age ≥ 80", map[string]any{"age": 80}},
				{old, "lower", monthly, "", "at most 400", "age 70–79", map[string]any{"age": 70}},
			},
		},
		{
			name:   "an exact amount is as much as a floor of it",
			parent: []rule{paying(old, "a100", over80), paying(old, "exactly100", over70)},
			child:  []rule{paying(old, "exactly100", over70)},
			proved: 1,
		},
		{
			name:   "only tekun have a mode of support",
			parent: []rule{paying(old, "a100", `input.support_mode == "dispersed"`)},
			child:  []rule{paying(old, "a100", "input.support_mode == \"dispersed\"\ninput.assistance_category == \"tekun\"")},
			proved: 1,
		},
		{
			name:   "a kind of disability comes with a grade",
			parent: []rule{paying(old, "a100", `input.disability_kind == "mental"`)},
			child:  []rule{paying(old, "a100", "input.disability_kind == \"mental\"\ninput.disability_grade > 0")},
			proved: 1,
		},
		{
			name:   "granted only to those of whom nothing is said about care for oneself, which is nobody",
			parent: []rule{paying(old, "a100", over70)},
			child:  []rule{paying(old, "a100", over70+"\nnot input.self_care")},
			want:   []found{{old, "narrower", "", "", "", "age ≥ 70", map[string]any{"age": 70, "self_care": "full"}}},
		},
		{
			name:   "a permission is no promise",
			parent: []rule{paying(old, "a100", over70), paying("may "+nursing, "a100", over70)},
			child:  []rule{paying("may "+old, "a100", over70)},
			want:   []found{{old, "omitted", "", "", "", "age ≥ 70", map[string]any{"age": 70}}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			report := checked(t, chain(t, made{parameters: append(amounts, ages...), rules: tt.parent}, made{rules: tt.child}), "tc")
			if diff := cmp.Diff(tt.want, findings(report)); diff != "" {
				t.Error(diff)
			}
			if report.Proved != tt.proved || report.Tested != 0 {
				t.Errorf("%d proved, %d tested; want %d and 0", report.Proved, report.Tested, tt.proved)
			}
		})
	}
}

// What a county falls short of may stand in the province's list, and not in the list of the city
// between them.
func TestThreeLevels(t *testing.T) {
	figures := []string{yuan("a50", "at_least", 50), yuan("a100", "at_least", 100), years("age75", 75), years("age80", 80)}
	const registered = "input.age >= p.age75\ninput.local_hukou"
	engine := chain(
		t,
		made{parameters: figures, rules: []rule{paying(old, "a50", "input.age >= p.age80"), paying(nursing, "a50", "input.age >= p.age80")}},
		made{rules: []rule{paying(old, "a100", registered)}},
		made{rules: []rule{paying(old, "a100", registered)}},
	)
	want := []found{
		{old, "narrower", "", "", "", "age ≥ 80, local_hukou false", map[string]any{"age": 80, "local_hukou": false}},
		{nursing, "omitted", "", "", "", "age ≥ 80", map[string]any{"age": 80}},
	}
	report := checked(t, engine, "tk")
	if diff := cmp.Diff(want, findings(report)); diff != "" {
		t.Error(diff)
	}
	for _, f := range report.Findings {
		if f.ParentPos.File != "made/rego/lists/tp.rego" {
			t.Errorf("%s: above is %s, want the list of the province", f.Service, f.Parent)
		}
	}
}

// Of a third of 1,000 yuan a ceiling is 333.33, a floor 333.34.
func TestCeilingsRoundDown(t *testing.T) {
	const third = `"monthly_cny": {"bound": p.%s.bound, "value": p.%[1]s.value / 3, "unit": "cny_per_month", "parameters": []}`
	parent := made{
		parameters: []string{yuan("upto", "at_most", 1000), yuan("from", "at_least", 1000)},
		rules:      []rule{{old, fmt.Sprintf(third, "upto"), "input.local_hukou"}, {nursing, fmt.Sprintf(third, "from"), "input.local_hukou"}},
	}
	child := made{
		parameters: []string{yuan("upto333", "at_most", "333.33"), yuan("from333", "at_least", "333.33")},
		rules:      []rule{paying(old, "upto333", "input.local_hukou"), paying(nursing, "from333", "input.local_hukou")},
	}
	want := []found{{nursing, "lower", monthly, "333.34", "333.33", "local_hukou true", map[string]any{"local_hukou": true}}}
	if diff := cmp.Diff(want, findings(checked(t, chain(t, parent, child), "tc"))); diff != "" {
		t.Error(diff)
	}
}

// Without witnesses, the amounts left open are those that the check finds.
func TestOpenAmounts(t *testing.T) {
	engine := chain(
		t,
		made{
			parameters: []string{yuan("a50", "at_least", 50), yuan("a100", "at_least", 100), yuan("left", "set_locally", "null"), years("age80", 80)},
			rules: []rule{
				paying(old, "a50", "input.local_hukou"), paying(old, "a100", "input.local_hukou\ninput.age >= p.age80"), paying(nursing, "left", "input.local_hukou"),
			},
		},
		made{rules: []rule{paying(old, "left", "input.local_hukou"), paying(nursing, "left", "input.local_hukou")}},
	)
	child, parent := sides(t, engine, "tc", "tp")
	var got []string
	for _, f := range check.OpenAmounts(child, parent) {
		got = append(got, f.Want.String())
		if f.Kind != check.Open || f.Service != old || len(f.Boxes) == 0 || f.ChildPos.Line == 0 {
			t.Errorf("%+v is no open amount of %s with its place", f, old)
		}
	}
	if diff := cmp.Diff([]string{"100", "50"}, got); diff != "" {
		t.Error(diff)
	}
}

func sides(t *testing.T, engine *eldercare.Engine, ids ...string) (child, parent check.Side) {
	t.Helper()
	var all []check.Side
	for _, id := range ids {
		r, err := engine.Rules(t.Context(), id, policy.Date{Year: 2026, Month: 11, Day: 22})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all[0], all[1]
}

// What plain OPA does not confirm is not a finding about the list, and stops nothing. It is
// reported as a disagreement, the service is tested, and the others are checked.
func TestDisagreement(t *testing.T) {
	parent := made{
		parameters: []string{yuan("a100", "at_least", 100)},
		rules:      []rule{paying(old, "a100", "input.local_hukou"), paying(nursing, "a100", "input.local_hukou"), {"visiting-service", "", "input.local_hukou"}},
	}
	child := made{rules: []rule{paying(old, "a100", "input.local_hukou"), {nursing, "", "input.local_hukou"}, {"visiting-service", "", "input.local_hukou"}}}
	below, above := sides(t, chain(t, parent, child), "tc", "tp")
	below.Table.Cases = slices.DeleteFunc(below.Table.Cases, func(k table.Case) bool { return k.Grant.Service == old }) // as if it was lost

	var checker check.Checker
	report, err := checker.At(t.Context(), below, above)
	if err != nil {
		t.Fatal(err)
	}
	lost := found{nursing, "lower", monthly, "100", "", "local_hukou true", map[string]any{"local_hukou": true}}
	if diff := cmp.Diff([]found{lost}, findings(report)[1:]); diff != "" {
		t.Error(diff)
	}
	first := report.Findings[0]
	if first.Kind != check.Disagreement || first.Service != old || first.Witness["local_hukou"] != true || first.Note == "" {
		t.Errorf("%+v is no disagreement about %s with an elder and a note", first, old)
	}
	if report.Errors() != 2 || report.Proved != 1 || report.Tested != 0 {
		t.Errorf("%d errors, %d proved, %d tested; want 2, 1 and 0", report.Errors(), report.Proved, report.Tested)
	}
	if diff := cmp.Diff([]string{old}, report.TestedServices); diff != "" {
		t.Error(diff)
	}
}

// Open amounts are compared whatever order rules promise them in: who is owed a share of the wage
// and an amount that is set locally is owed the share, which is at least as good; of the same
// amount by several rules there is one finding.
func TestOpenAmountsInAnyOrder(t *testing.T) {
	figures := []string{
		yuan("left", "set_locally", "null"), yuan("wage", "at_least", "null"), yuan("up400", "at_most", 400), years("age70", 70), years("age80", 80), years("age90", 90),
		`third: {label: third, unit: multiple, bound: exactly, values: [{from: "2024-01-01", value: 1/3}], cite: [A]}`,
		`tenth: {label: tenth, unit: multiple, bound: exactly, values: [{from: "2024-01-01", value: 1/10}], cite: [A]}`,
	}
	const over70, over80, over90 = "input.age >= p.age70", "input.age >= p.age80", "input.age >= p.age90"
	part := func(of, condition string) rule {
		return rule{old, fmt.Sprintf(`"monthly_cny": grant.times(p.wage, p.%s)`, of), condition}
	}
	owed := []rule{paying(old, "left", over70), part("tenth", over90), part("third", over80), paying(old, "left", over80), part("third", over90)}
	want := map[string]string{"1/3 × wage": "age ≥ 80", "": "age 70–79"}
	for n := range owed {
		parent := slices.Concat(owed[n:], owed[:n])
		report := checked(t, chain(t, made{parameters: figures, rules: parent}, made{rules: []rule{paying(old, "up400", over70)}}), "tc")
		got := map[string]string{}
		for _, f := range report.Findings {
			if f.Kind != check.Lower || f.Want != nil || f.HaveOpen {
				t.Errorf("%s of %s, want %v, open below: %v", f.Kind, f.WantOf, f.Want, f.HaveOpen)
			}
			got[f.WantOf] = f.Region
		}
		if diff := cmp.Diff(want, got); diff != "" || len(report.Findings) != len(want) {
			t.Errorf("in the order %v: %d findings: %s", parent, len(report.Findings), diff)
		}
	}
	// Two shares beside each other are had in place of a wage as a whole: the same is said of
	// everybody, whatever rule comes first.
	less := []rule{part("third", over70), part("tenth", over80), part("third", over90)}
	for n := range less {
		child := slices.Concat(less[n:], less[:n])
		report := checked(t, chain(t, made{parameters: figures, rules: []rule{paying(old, "wage", over70)}}, made{rules: child}), "tc")
		for _, f := range report.Findings {
			if f.Kind != check.Lower || f.WantOf != "1 × wage" || !f.HaveOpen {
				t.Errorf("in the order %v: %s of %s, have %s, open: %v", child, f.Kind, f.WantOf, f.HaveOf, f.HaveOpen)
			}
		}
		if len(report.Findings) == 0 {
			t.Errorf("in the order %v nothing is found", child)
		}
	}
}
