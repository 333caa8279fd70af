package rules_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// answer is what is right for an elder, worked out by hand.
type answer string

const (
	pays     answer = "is paid"
	paysNot  answer = "is not paid"
	noAnswer answer = "has no answer: plain OPA reports an error"
)

// when returns that an elder is paid under a condition.
func when(held bool) answer {
	if held {
		return pays
	}
	return paysNot
}

// person is an elder of the small world. What is not told is missing.
type person map[string]any

// number returns a number, 0 when it is not told.
func (p person) number(attribute string) int {
	n, _ := p[attribute].(int)
	return n
}

func (p person) told(attribute string) bool { return p[attribute] != nil }

// beside are six ordinary conditions that keep samples from most elders, and beyond who meets them.
const beside = "input.age >= 61\ninput.living_alone\ninput.economic_hardship == true\ninput.pension_contribution_years > 1\ninput.support_mode == \"dispersed\"\nnot input.assistance_category == \"none\""

func (p person) meetsBeside() bool {
	return p.number("age") >= 61 && p["living_alone"] == true && p["economic_hardship"] == true &&
		p.number("pension_contribution_years") > 1 && p["support_mode"] == "dispersed" && p["assistance_category"] != "none"
}

// handWorked are the rules that were once proved wrongly, or brought the program down, with what is
// right. The late day is that on which a figure has no value.
var handWorked = []struct {
	name, conditions, helpers string
	late                      bool
	right                     func(person) answer
}{
	// S1: a set or an object with an unknown in it.
	{
		name: "S1 a helper's set", conditions: `_statuses["dibao"]`,
		helpers: "_statuses := {category, \"resident\"} if {\n\tcategory := input.assistance_category\n\tcategory != \"none\"\n}",
		right:   func(p person) answer { return when(p["assistance_category"] == "dibao") },
	},
	{
		name: "S1 a helper's set, denied", conditions: `not _statuses["dibao"]`,
		helpers: "_statuses := {category, \"resident\"} if {\n\tcategory := input.assistance_category\n\tcategory != \"none\"\n}",
		right:   func(p person) answer { return when(p["assistance_category"] != "dibao") },
	},
	{
		name: "S1 a key", conditions: "{input.assistance_category: 1}.dibao",
		right: func(p person) answer { return when(p["assistance_category"] == "dibao") },
	},
	{
		name: "S1 an object compared", conditions: `_o == {"x": input.living_alone}`, helpers: `_o := {"x": input.economic_hardship}`,
		right: func(p person) answer {
			return when(p.told("living_alone") && p["living_alone"] == p["economic_hardship"])
		},
	},
	{
		name: "S1 an object compared with a constant", conditions: `_o == {"x": true}`, helpers: `_o := {"x": input.living_alone}`,
		right: func(p person) answer { return when(p["living_alone"] == true) },
	},
	{
		name: "S1 a set of a call", conditions: `{upper(input.support_mode)}["DISPERSED"]`,
		right: func(p person) answer { return when(p["support_mode"] == "dispersed") },
	},

	// S2: a parameter without a value beside an unknown.
	{
		name: "S2 a factor with a value", conditions: "input.pension_contribution_years * p.per_year.value >= 30",
		right: func(p person) answer { return when(p.number("pension_contribution_years") >= 3) },
	},
	{
		name: "S2 a factor without a value", conditions: "input.pension_contribution_years * p.per_year.value >= 30", late: true,
		right: func(p person) answer {
			if p.told("pension_contribution_years") {
				return noAnswer
			}
			return paysNot
		},
	},
	{
		name: "S2 a word that is a number", conditions: "some x in [\"d\", 1]\nstartswith(input.support_mode, x)",
		right: func(p person) answer {
			if p.told("support_mode") {
				return noAnswer // 1 is no text
			}
			return paysNot
		},
	},

	// S3: what is left of an expression is dropped, or taken for true.
	{
		name: "S3 every number of many", conditions: "every age in numbers.range(61, 99) {\n\tinput.age != age\n}",
		right: func(p person) answer { return when(p["age"] == 60) },
	},
	{
		name: "S3 a negation before its binding", conditions: "some part in split(input.assistance_category, \"_\")\nnot part == \"dibao\"",
		right: func(p person) answer {
			return when(p["assistance_category"] == "none" || p["assistance_category"] == "dibao_marginal")
		},
	},
	{
		name: "S3 a negation of a key", conditions: "not {input.assistance_category: true}.dibao",
		right: func(p person) answer {
			return when(p.told("assistance_category") && p["assistance_category"] != "dibao") // the object itself must be there
		},
	},

	// S4: values that conflict.
	{
		name: "S4 by unification", conditions: "_rate == 1",
		helpers: "_rate := 1 if {\n\tyears = input.age\n\tyears > 63\n}\n\n_rate := 2 if {\n\tyears = input.pension_contribution_years\n\tyears <= 2\n}",
		right:   conflicting,
	},
	{
		name: "S4 by some", conditions: "_rate == 1",
		helpers: "_rate := 1 if {\n\tsome x\n\tx = input.age\n\tx > 63\n}\n\n_rate := 2 if {\n\tsome x\n\tx = input.pension_contribution_years\n\tx <= 2\n}",
		right:   conflicting,
	},
	{
		name: "S4 by argument patterns", conditions: "age := object.get(input, \"age\", 0)\nyears := object.get(input, \"pension_contribution_years\", 9)\n_rate([age, years]) == 1",
		helpers: "_rate([a, _]) := 1 if a > 63\n\n_rate([_, b]) := 2 if b <= 2",
		right:   conflicting,
	},

	// S5: a panic.
	{
		name: "S5 another input within a comprehension", conditions: "count([1 | input.age > 64 with input.age as 66]) == 1",
		right: func(person) answer { return pays },
	},
	{
		name: "S5 another input that is too low", conditions: "count([1 | input.age > 64 with input.age as 60]) == 1",
		right: func(person) answer { return paysNot },
	},
}

// conflicting returns right for a rate of 1 above 63 years of age, and of 2 for up to two years of
// contributions.
func conflicting(p person) answer {
	old := p.number("age") > 63
	if old && p.told("pension_contribution_years") && p.number("pension_contribution_years") <= 2 {
		return noAnswer
	}
	return when(old)
}

// What was once wrong is right, alone and beside other conditions, for every elder.
func TestWorkedOutByHand(t *testing.T) {
	for _, c := range handWorked {
		day := smallDays[0]
		if c.late {
			day = smallDays[1]
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			held(t, smallOf(t, paid(c.conditions, c.helpers), day), c.right)
		})
		t.Run(c.name+", beside others", func(t *testing.T) {
			t.Parallel()
			held(t, smallOf(t, paid(beside+"\n"+c.conditions, c.helpers), day), func(p person) answer {
				if !p.meetsBeside() {
					return paysNot
				}
				return c.right(p)
			})
		})
	}
}

// held holds a rule against what is right for every elder, and plain OPA for some.
func held(t *testing.T, r *smallRuleOn, right func(person) answer) {
	t.Helper()
	fails, asked, every := false, 0, effort.Of(11, 11, 1) // of so many elders OPA, which is slow, is asked of one
	for c := range r.allElders {
		p := person(r.space.Input(c))
		want := right(p)
		fails = fails || want == noAnswer
		if asked++; asked%every == 0 {
			if got := r.plainAnswer(t, c); got != want {
				t.Fatalf("%v %s, says plain OPA; by hand, %s", p, got, want)
			}
		}
		if r.outcome() != exact || want == noAnswer {
			continue
		}
		if got := when(len(r.byCases(c)) > 0); got != want {
			t.Fatalf("%v %s, say the cases; by hand, %s", p, got, want)
		}
	}
	if want := map[bool]outcome{false: exact, true: failing}[fails]; r.outcome() != want {
		t.Errorf("%s, want %s: %+v, %v", r.outcome(), want, r.reduction, r.refusal)
	}
}

// plainAnswer returns plain OPA's answer for an elder.
func (r *smallRuleOn) plainAnswer(t *testing.T, c elder.Cells) answer {
	t.Helper()
	granted, err := r.byOPA(t.Context(), c)
	if err != nil {
		return noAnswer
	}
	return when(len(granted) > 0)
}

// Ten negations of helpers with three conditions each do not come to the 3^10 ways to negate one
// condition of each. Such a helper cuts one box into three at most, so that 21 are the most.
func TestManyNegationsGiveFewCases(t *testing.T) {
	var conditions, helpers []string
	for i := range 10 {
		conditions = append(conditions, fmt.Sprintf("not _h%d", i))
		helpers = append(helpers, fmt.Sprintf("_h%d if {\n\tinput.age == %d\n\tinput.pension_contribution_years == %d\n\tinput.assistance_category == %q\n}",
			i, 60+i%7, i%5, smallCategories[i%3]))
	}
	r := smallOf(t, paid(strings.Join(conditions, "\n"), strings.Join(helpers, "\n\n")), smallDays[0])
	if n := len(r.reduction.Cases); n > 21 {
		t.Errorf("%d cases", n)
	}
	held(t, r, func(p person) answer {
		for i := range 10 {
			if p["age"] == 60+i%7 && p["pension_contribution_years"] == i%5 && p["assistance_category"] == smallCategories[i%3] {
				return paysNot
			}
		}
		return pays
	})
}

// A contradiction is of the elder alone: the figures differ from list to list, and a clause that
// reads one would never hold.
func TestContradictionsReadNoFigures(t *testing.T) {
	shared, err := os.ReadFile("../../../rego/elder.rego")
	if err != nil {
		t.Fatal(err)
	}
	const clause = "\ncontradictions contains \"retired too early\" if {\n\tinput.retired\n\tinput.age < p.elder_age\n}\n"
	files := source.NewFiles(source.Source{FS: os.DirFS("../../..")}, source.Source{FS: fstest.MapFS{
		"rego/elder.rego": {Data: append(shared, clause...)},
	}})
	catalog, err := source.Load(t.Context(), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.Load(t.Context(), files, catalog, rules.Limits{})
	if err == nil {
		_, err = rules.NewReducer(set).Contradictions(t.Context())
	}
	var problems policy.Diagnostics
	want := strings.Count(string(shared), "\n") + 2
	if !errors.As(err, &problems) || problems[0].Pos.File != "rego/elder.rego" || problems[0].Pos.Line < want {
		t.Errorf("%v, want an error in rego/elder.rego from line %d on", err, want)
	}
}
