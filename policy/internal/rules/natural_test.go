package rules_test

import (
	"math/rand/v2"
	"testing"
)

// paidAll returns the rules that pay the amount under conditions.
func paidAll(shapes []shape) []named {
	all := make([]named, len(shapes))
	for i, s := range shapes {
		all[i] = named{s.name, paid(s.conditions, s.helpers)}
	}
	return all
}

// named is a rule with a name.
type named struct {
	name string
	text smallText
}

// naturalConditions are the ways in which authors write conditions without being asked to.
var naturalConditions = []shape{
	{"else chain of numbers", "_tier >= 2", "_tier := 3 if {\n\tinput.age >= 65\n} else := 2 if {\n\tinput.living_alone\n\tinput.age >= 62\n} else := 1"},
	{"else chain of true and false", "_eligible", "_eligible if {\n\tinput.age >= 65\n} else := false if {\n\tinput.assistance_category == \"none\"\n} else := input.economic_hardship"},
	{"else chain without a last", "_tier == 2", "_tier := 1 if {\n\tinput.age < 62\n} else := 2 if {\n\tinput.living_alone\n}"},
	{"not an else chain", "not _excluded", "_excluded if {\n\tinput.support_mode == \"concentrated\"\n} else := false if input.age >= 63"},
	{"function with else", "_tier(input.age) > 1", "_tier(age) := 3 if {\n\tage >= 65\n} else := 2 if {\n\tage >= 63\n} else := 1"},
	{"default number compared", "_tier > 0", "default _tier := 0\n\n_tier := 1 if input.age >= 62"},
	{"default number of tiers", "_tier >= 2", "default _tier := 0\n\n_tier := 1 if {\n\tinput.age >= 61\n\tinput.age < 64\n}\n\n_tier := 2 if input.age >= 64"},
	{"default number equal", "_tier == 0", "default _tier := 0\n\n_tier := 1 if {\n\tinput.living_alone\n\tinput.economic_hardship\n}"},
	{"default word", `_need != "low"`, "default _need := \"low\"\n\n_need := \"high\" if input.living_alone"},
	{"default false", "_poor", "default _poor := false\n\n_poor if input.economic_hardship\n\n_poor if input.assistance_category == \"dibao\""},
	{"default false, denied", "not _poor", "default _poor := false\n\n_poor if input.economic_hardship\n\n_poor if input.assistance_category == \"dibao\""},
	{"default true", "_free", "default _free := true\n\n_free := false if input.support_mode == \"concentrated\""},
	{"function with a default", "_weight(input.assistance_category) >= 1", "default _weight(_) := 0\n\n_weight(\"dibao\") := 2\n\n_weight(\"dibao_marginal\") := 1"},
	{
		"points added up", "_old + _poor + _alone >= 3",
		"default _old := 0\n\n_old := 2 if input.age >= 64\n\ndefault _poor := 0\n\n_poor := 1 if input.economic_hardship\n\ndefault _alone := 0\n\n_alone := 1 if input.living_alone",
	},
	{"points of an object", "sum([n | some n in _points]) >= 3", "_points.old := 2 if input.age >= 64\n\n_points.poor := 1 if input.economic_hardship\n\n_points.alone := 1 if input.living_alone"},
	{"points of a table", "{\"none\": 0, \"dibao\": 3, \"dibao_marginal\": 2}[input.assistance_category] + input.pension_contribution_years >= 4", ""},
	{"reasons counted", "count(_reasons) > 0", "_reasons contains \"alone\" if input.living_alone\n\n_reasons contains \"old\" if input.age >= 65"},
	{"two reasons counted", "count(_reasons) >= 2", "_reasons contains \"alone\" if input.living_alone\n\n_reasons contains \"old\" if input.age >= 65\n\n_reasons contains \"poor\" if input.economic_hardship"},
	{"no reason", "count(_reasons) == 0", "_reasons contains \"alone\" if input.living_alone\n\n_reasons contains \"old\" if input.age >= 65"},
	{"a reason looked for", `"old" in _reasons`, "_reasons contains \"alone\" if input.living_alone\n\n_reasons contains \"old\" if input.age >= 65"},
	{"no such reason", `not _reasons.old`, "_reasons contains \"alone\" if input.living_alone\n\n_reasons contains \"old\" if input.age >= 65"},
	{"some reason", "some reason in _reasons\nreason != \"alone\"", "_reasons contains \"alone\" if input.living_alone\n\n_reasons contains \"old\" if input.age >= 65"},
	{"true attributes counted", "count([1 | some held in [input.living_alone, input.economic_hardship]; held]) >= 2", ""},
	{"conditions counted", "count([1 | some held in [_old, _poor]; held]) >= 1", "default _old := false\n\n_old if input.age >= 65\n\ndefault _poor := false\n\n_poor if input.economic_hardship"},
	{"number or 0", `object.get(input, "age", 0) >= 63`, ""},
	{"flag or false", `object.get(input, "living_alone", false)`, ""},
	{"not flag or false", `not object.get(input, "living_alone", false)`, ""},
	{"word or none", `object.get(input, "assistance_category", "none") != "none"`, ""},
	{"word or none of a path", `object.get(input, ["assistance_category"], "none") in {"dibao", "dibao_marginal"}`, ""},
	{"two words in a set", `[input.assistance_category, input.support_mode] in {["dibao", "dispersed"], ["none", "concentrated"]}`, ""},
	{"two words not in a set", `not [input.assistance_category, input.support_mode] in {["dibao", "dispersed"]}`, ""},
	{"two numbers compared", "input.age > input.pension_contribution_years + 61", ""},
	{"two numbers subtracted", "input.age - input.pension_contribution_years >= 61", ""},
	{"two numbers denied", "not input.age - 60 < input.pension_contribution_years", ""},
	{"two flags compared", "input.living_alone != input.economic_hardship", ""},
	{"two numbers through a helper", "_late\ninput.living_alone", "_late if input.age - 60 > input.pension_contribution_years"},
	{"threshold by category", `input.age >= {"none": 65, "dibao": 61, "dibao_marginal": 63}[input.assistance_category]`, ""},
	{"threshold of a helper", "input.age >= _age", "_age := 61 if input.economic_hardship\n\n_age := 64 if not input.economic_hardship"},
	{"one flag of several", "true in [input.living_alone, input.economic_hardship]", ""},
	{"some word of several", "some word in [\"dibao\", \"dibao_marginal\"]\ninput.assistance_category == word", ""},
	{"every number of a range", "every age in numbers.range(61, 99) {\n\tinput.age != age\n}", ""},
	{"every word but", "every word in [\"dibao\", \"none\"] {\n\tinput.assistance_category != word\n}", ""},
	{"part of a word", "some part in split(input.assistance_category, \"_\")\nnot part == \"dibao\"", ""},
	{"negation within a negation", "not _excluded", "_excluded if {\n\tinput.age < 64\n\tnot _exempt\n}\n\n_exempt if input.living_alone\n\n_exempt if input.economic_hardship"},
	{"chain of three helpers", "_eligible", "_eligible if {\n\t_needy\n\tnot _housed\n}\n\n_needy if _poor\n\n_needy if input.living_alone\n\n_poor if input.assistance_category in {\"dibao\", \"dibao_marginal\"}\n\n_housed if input.support_mode == \"concentrated\""},
	{"function of two attributes", "_late(input.age, input.pension_contribution_years)", "_late(age, years) if age - 60 > years\n\n_late(_, years) if years == 0"},
	{"function of an attribute, denied", "not _far(input.age)", "_far(age) if age < 62\n\n_far(age) if {\n\tage < 65\n\tnot input.living_alone\n}"},
	{"least and most", "max([input.age - 60, input.pension_contribution_years]) >= 4\nmin([input.age - 60, input.pension_contribution_years]) >= 2", ""},
	{"member of a helper's set", "_statuses.dibao", "_statuses := {category, \"resident\"} if {\n\tcategory := input.assistance_category\n\tcategory != \"none\"\n}"},
	{"object of computed keys", "_status.dibao\nnot _status.concentrated", "_status[input.assistance_category] := true if input.age >= 62\n\n_status[input.support_mode] := true if input.living_alone"},
	{"local of a local", "years := input.age - 60\nrest := years - input.pension_contribution_years\nrest > 1\nnot rest == 3", ""},
}

// naturalPromises are the ways in which authors write an amount that depends on the elder.
var naturalPromises = []named{
	{"amount in proportion to an attribute", smallText{measures: `"monthly_cny": object.union(p.amount, {"value": p.amount.value * input.pension_contribution_years / 4})`, conditions: "elder.is_elder"}},
	{"amount written out", smallText{measures: `"monthly_cny": {"bound": "at_least", "value": input.age * 10, "unit": "cny_per_month", "parameters": []}`, conditions: "input.age >= 62"}},
	{"multiple by an attribute", smallText{measures: `"monthly_cny": grant.times(p.amount, {"bound": "exactly", "unit": "multiple", "value": 1, "numerator": input.pension_contribution_years, "denominator": 3, "parameters": []})`, conditions: "elder.is_elder"}},
	{"amount by else", smallText{measures: `"monthly_cny": _amount`, conditions: "elder.is_elder", helpers: "_amount := p.amount if {\n\tinput.living_alone\n} else := p.per_year"}},
	{"amount by a function", smallText{measures: `"monthly_cny": _amount(input.age)`, conditions: "elder.is_elder", helpers: "_amount(age) := p.amount if age >= 65\n\n_amount(age) := p.per_year if age < 65"}},
	{"amount of a table", smallText{measures: `"monthly_cny": {"none": p.per_year, "dibao": p.amount}[input.assistance_category]`, conditions: "elder.is_elder"}},
	{"amount by points", smallText{measures: `"monthly_cny": object.union(p.amount, {"value": count(_points) * 50})`, conditions: "count(_points) > 0", helpers: "_points contains \"alone\" if input.living_alone\n\n_points contains \"old\" if input.age >= 65"}},
	{"amount of two attributes", smallText{measures: `"monthly_cny": object.union(p.amount, {"value": (input.age - 59) * (input.pension_contribution_years + 1)})`, conditions: "elder.is_elder"}},
	{"amount through a local", smallText{measures: `"monthly_cny": object.union(p.amount, {"value": amount})`, conditions: "amount := (input.age - 60) * 5\namount > 10"}},
	{"amount before the condition that keeps it from being negative", smallText{measures: `"monthly_cny": object.union(p.amount, {"value": amount})`, conditions: "amount := input.age - 63\ninput.age >= 63"}},
	{"several amounts at once", smallText{measures: `"monthly_cny": object.union(p.amount, {"value": amount})`, conditions: "some amount in [10, 20]\ninput.pension_contribution_years * 10 >= amount"}},
	{"amount by what it is computed from", smallText{measures: `"monthly_cny": object.union(p.amount, {"parameters": [_name]})`, conditions: "elder.is_elder", helpers: "_name := \"amount\" if input.living_alone\n\n_name := \"third\" if not input.living_alone"}},
	{"measures of a helper", smallText{measures: `"monthly_cny": p.amount, "housing_support": object.union(grant.included, {"value": _housed})`, conditions: "elder.is_elder", helpers: "_housed := 1 if {\n\tinput.living_alone\n} else := 0"}},
}

// What authors naturally write is no reason to give up a proof: its cases are what plain OPA
// grants, for every elder.
func TestNaturalShapes(t *testing.T) {
	for _, c := range append(paidAll(naturalConditions), naturalPromises...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := smallOf(t, c.text, smallDays[0])
			elders, all := r.elders(rand.New(rand.NewPCG(1, 1)), 10_000)
			v := r.compare(t.Context(), elders, all)
			if !all || v.failed > 0 || v.granted == 0 || v.granted == v.compared {
				t.Errorf("the test is of no use: plain OPA grants something to %d of %d, and fails for %d", v.granted, v.compared, v.failed)
			}
			if v.fault != "" {
				t.Error(v.fault)
			}
			if v.outcome != exact {
				t.Errorf("%s: %+v", v.outcome, r.reduction)
			}
		})
	}
}
