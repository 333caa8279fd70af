package rules_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/rules"
)

// A helper that has two values for one elder is an error of plain OPA's. The table must not answer where OPA refuses to.
func TestConflictingValues(t *testing.T) {
	const exclude = `; let the conditions exclude each other, or join them by else [conflicting-values]`
	at := func(place, says string) []string {
		return []string{"rego/lists/own.rego:" + place + ": error: " + says + exclude}
	}
	helper := func(name, condition, more string, want []string) mistake {
		return mistake{name: name, edit: []string{"	" + ageCondition, "	" + condition}, more: more, want: want}
	}
	testMistakes(t, []mistake{
		helper("two rules", "_x == 1", "\n_x := 1 if input.age > 3\n\n_x := 2 if input.age > 5\n",
			at("18:1", "_x has one value here and another in rego/lists/own.rego:16 for the same elders: age ≥ 6")),
		helper("of true and false", "_x", "\n_x if input.age > 3\n\n_x := false if input.retired\n",
			at("18:1", "_x has one value here and another in rego/lists/own.rego:16 for the same elders: age ≥ 4, retired true")),
		helper("beside a default", "_x == 1", "\ndefault _x := 0\n\n_x := 1 if input.age > 3\n\n_x := 2 if input.retired\n",
			at("20:1", "_x has one value here and another in rego/lists/own.rego:18 for the same elders: age ≥ 4, retired true")),
		helper("by a parameter", "_x == 1", "\n_x := 1 if input.age >= p.old_age_allowance_age\n\n_x := 2 if input.age == 80\n",
			at("18:1", "_x has one value here and another in rego/lists/own.rego:16 for the same elders: age 80")),
		helper("in a helper of a helper", "_y", "\n_y if not _x == 3\n\n_x := 1 if input.age > 3\n\n_x := 2 if input.age < 5\n",
			at("20:1", "_x has one value here and another in rego/lists/own.rego:18 for the same elders: age 4")),
		helper("one rule with several", "_x == 1", "\n_x := n if {\n\tsome n in [1, 2]\n\tinput.age > n\n}\n",
			at("16:1", "_x has several values for the same elders: age ≥ 3")),
		helper("a function", "_f(input.age) == 1", "\n_f(n) := 1 if n > 3\n\n_f(n) := 2 if n > 5\n",
			at("18:1", "_f has one value here and another in rego/lists/own.rego:16 for the same elders: age ≥ 6")),
		helper("a function, of a variable", "n := input.age\n\t_f(n) == 1", "\n_f(n) := 1 if n > 3\n\n_f(n) := 2 if {\n\tn > 2\n\tinput.retired\n}\n",
			at("19:1", "_f has one value here and another in rego/lists/own.rego:17 for the same elders: age ≥ 4, retired true")),
	})
}

// Helpers with several definitions are proved where their conditions exclude each other, and evaluated by plain OPA where that
// is not known.
func TestSeveralDefinitions(t *testing.T) {
	for _, c := range []struct {
		name, condition, more string
		opaque                string // part of the reason, empty when there is none
	}{
		{"tiers", "_x == 1", "\n_x := 1 if input.age >= p.old_age_allowance_age\n\n_x := 2 if input.age < p.old_age_allowance_age\n", ""},
		{"the same value", "_x == 1", "\n_x := 1 if input.age > 3\n\n_x := 1 if input.retired\n", ""},
		{"only of elders who cannot exist", "_x == 1", "\n_x := 1 if input.disability_kind == \"none\"\n\n_x := 2 if input.disability_grade in {1, 2, 3, 4}\n", ""},
		{"a value of the elder", "_x > 60", "\n_x := input.age if input.retired\n", ""},
		{"a table", "_x == 1", "\n_x := n if {\n\tsome kind, n in {\"none\": 1, \"partial\": 2}\n\tinput.self_care == kind\n}\n", ""},
		{"a function by opposite conditions", "_f(input.age) == 1", "\n_f(n) := 1 if n >= p.old_age_allowance_age\n\n_f(n) := 2 if n < p.old_age_allowance_age\n", ""},
		{"a function by its argument", "_f(input.self_care) == 1", "\n_f(\"none\") := 1\n\n_f(\"partial\") := 2\n", ""},
		{"a function by tiers", "_f(input.age) == 1", "\n_f(n) := 1 if n < 70\n\n_f(n) := 2 if {\n\tn >= 70\n\tn < 80\n}\n\n_f(n) := 3 if 80 <= n\n", ""},
		{"a function by what is asked of it", "_f(input.age) == 1", "\n_f(n) := 1 if n < 70\n\n_f(n) := 2 if n * 2 > 150\n", ""},
		{"a function of what is computed", "_f(input.age + 1) == 1", "\n_f(n) := 1 if n < 70\n\n_f(n) := 2 if n * 2 > 150\n", ""},
		{"a function of what is local", "some n in [1, 2]\n\t_f(n) == 1", "\n_f(n) := 1 if n > 1\n\n_f(n) := 2 if n > 0\n", "_f has one value only: a function is called with something local"},
		{"a function of what is local, by opposite conditions", "some n in [1, 2]\n\t_f(n) == 1", "\n_f(n) := 1 if n > 1\n\n_f(n) := 2 if not n > 1\n", ""},
		{"a function of what is local, by its numbers", "some n in [1, 2]\n\t_f(n) == 1", "\n_f(n) := 1 if n > 2\n\n_f(n) := 2 if 2 > n\n", ""},
		{"a function of a function", "_g(input.age) == 1", "\n_g(m) := _f(m)\n\n_f(n) := 1 if n > 3\n\n_f(n) := 2 if n > 5\n", "_f has one value only: a function is called with something local"},
		{"values of the elder", "_x > 60", "\n_x := input.age if input.age > 3\n\n_x := input.disability_grade if input.age > 5\n", "_x has one value only: its value depends on the elder"},
		{"else beside another", "_x == 1", "\n_x := 1 if {\n\tinput.age > 3\n} else := 2\n\n_x := 1 if input.retired\n", "_x has one value only: a definition of it has an else"},
		{"keys of an object", "_x.a == 1", "\n_x[k] := 1 if {\n\tsome k in [\"a\", \"b\"]\n\tinput.age > 3\n}\n\n_x[k] := 2 if {\n\tsome k in [\"a\"]\n\tinput.age > 5\n}\n", "_x has one value only: the keys of an object are computed"},
		{"what two attributes decide", "_x == 1", "\n_x := 1 if input.age > 3\n\n_x := 2 if input.age > input.disability_grade\n", "_x has one value only: it relates two attributes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := mistake{edit: []string{"	" + ageCondition, "	" + c.condition}, more: c.more}.files(t)
			engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("own"))
			if err != nil {
				t.Fatal(err)
			}
			r, err := engine.Rules(t.Context(), "own", policy.Date{Year: 2026, Month: 11, Day: 22})
			if err != nil {
				t.Fatal(err)
			}
			reason := ""
			for _, o := range r.Table.Opaque {
				reason += o.Reason
			}
			if c.opaque == "" && reason != "" || !strings.Contains(reason, c.opaque) {
				t.Errorf("opaque because %q, want %q", reason, c.opaque)
			}
		})
	}
}

// A parameter that has no value where a rule computes with it is found when the lists are loaded: in every list that applies the rule, its
// own or an inherited one, whenever it lacks the value.
func TestComputedWithoutValue(t *testing.T) {
	const remedy = "; compute with grant.times, which leaves the amount open, or give the parameter a value [null-parameter]"
	const low = `jurisdiction: {id: low, code: "149901", name: 本县, level: county, parent: own}
document: {title: 本县清单, basis: official}
effective_from: "2024-06-01"
parameters:
  own_monthly: {label: 标准, unit: cny_per_month, bound: at_least, values: [{from: "2024-06-01", value: 20}, {from: "2025-01-01", value: null}], cite: [附件 1]}
services:
  - {id: meal-subsidy, item: "1", name: 助餐, group: 老年人, type: 物质帮助, departments: [民政局], access: unstated, inherits: true, cite: [附件 1]}
`
	computed := amount("p.own_monthly.value * 2", "cny_per_month")
	for _, c := range []struct {
		name string
		edit []string
		more string
		want []string
	}{
		{
			name: "inherited, from a day on", edit: []string{"p.own_monthly", computed},
			want: []string{"rego/lists/own.rego:11:94: error: the rule computes with own_monthly, which has no value in low on 2025-01-01" + remedy},
		},
		{
			name: "in both lists, by a helper", edit: []string{"p.own_monthly", amount("_double(p.own_monthly.value) + p.open_monthly.value", "cny_per_month")},
			more: "\n_double(n) := n * 2\n",
			want: []string{
				"rego/lists/own.rego:11:94: error: the rule computes with open_monthly, which has no value in low on 2024-06-01" + remedy,
				"rego/lists/own.rego:11:94: error: the rule computes with open_monthly, which has no value in own on 2024-01-01" + remedy,
			},
		},
		{name: "only while there is a value", edit: []string{"p.own_monthly", computed, "	elder.is_elder", "	elder.is_elder\n	p.own_monthly.value != null"}},
		{name: "left open", edit: []string{"p.own_monthly", "grant.times(p.own_monthly, p.old_share)", "  open_monthly:", "  old_share: {label: 比例, unit: multiple, bound: at_least, values: [{from: \"2024-01-01\", value: 1/3}], cite: [附件 1]}\n  open_monthly:"}},
		{
			name: "beside a misspelt attribute", edit: []string{"p.own_monthly", computed, "input.age", "input.agee"},
			want: []string{
				"rego/lists/own.rego:11:94: error: the rule computes with own_monthly, which has no value in low on 2025-01-01" + remedy,
				misspeltAge,
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := mistake{edit: c.edit, more: c.more}.files(t)
			files["catalogs/low.yaml"] = &fstest.MapFile{Data: []byte(low)}
			_, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("low"))
			if diff := cmp.Diff(c.want, messages(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Where OPA fails at one elder, the error says at what, and nothing of the elder; the others are answered.
func TestEvaluationErrors(t *testing.T) {
	const exclude = "; exclude that by a condition before [evaluation]"
	for _, c := range []struct {
		name, condition, more, want string
	}{
		{"a text that is no number", "to_number(input.self_care) >= 0", "", "13:2: error: the builtin to_number fails on what it is given" + exclude},
		{"a unit", "units.parse(input.self_care) >= 0", "", "13:2: error: the builtin units.parse fails on what it is given" + exclude},
		{"a pattern", `regex.match(concat("", ["[", input.self_care]), "x")`, "", "13:2: error: the builtin regex.match fails on what it is given" + exclude},
		{"a pattern of two attributes", `to_number(concat("", [format_int(input.age + input.disability_grade, 10), "!"])) > 0`, "", "13:2: error: the builtin to_number fails on what it is given" + exclude},
		{"zero", "1 / (input.age - 77) >= 0", "", "13:2: error: division by zero; exclude zero by a condition before [evaluation]"},
		{"remainder of zero", "1 % (input.age - 77) >= 0", "", "13:2: error: division by zero; exclude zero by a condition before [evaluation]"},
		{
			"values of the elder", "_x > 0", "\n_x := input.age if input.retired\n\n_x := input.disability_grade if input.age > 5\n",
			"18:1: error: _x has several values at once; let the conditions of its definitions exclude each other, or join them by else [evaluation]",
		},
		{
			"values of a function", "some n in [77, 78]\n\t_f(n) == input.age", "\n_f(n) := n if n > 5\n\n_f(n) := input.age + 1 if n > 3\n",
			"19:1: error: _f has several values at once; let the conditions of its definitions exclude each other, or join them by else [evaluation]",
		},
		{"a key twice", "count({k: v | some v in [1, 2]; k := input.self_care}) > 0", "", "13:9: error: a key of an object has several values at once; let each key come up once [evaluation]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := mistake{edit: []string{"	" + ageCondition, "	" + c.condition}, more: c.more}.files(t)
			engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("own"))
			if err != nil {
				t.Fatal(err)
			}
			fails := eldercare.Elder{"id": "A", "age": 77, "self_care": "partial", "retired": true, "disability_grade": 2, "disability_kind": "visual"}
			for _, by := range [][]eldercare.EvalOption{{eldercare.AssumeKnown()}, {eldercare.AssumeKnown(), eldercare.PlainOPA()}, {eldercare.PlainOPA()}, nil} {
				_, err := engine.Evaluate(t.Context(), "own", fails, append(by, eldercare.OnDate("2026-11-22"))...)
				failed := new(rules.EvaluationError)
				if !errors.As(err, &failed) {
					t.Fatalf("the error is %v", err)
				}
				if diff := cmp.Diff("rego/lists/own.rego:"+c.want, failed.Error()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if diff := cmp.Diff([]string{failed.Error()}, messages(t, err)); diff != "" {
					t.Errorf("as diagnostics (-want +got):\n%s", diff)
				}
			}
			if _, err := engine.Evaluate(t.Context(), "own", eldercare.Elder{"id": "B", "age": 4}, eldercare.AssumeKnown(), eldercare.OnDate("2026-11-22")); err != nil {
				t.Errorf("another elder: %v", err)
			}
		})
	}
}
