package rules_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

// A helper that has two values for one elder is an error of plain OPA's. The table must not answer
// where OPA refuses to: it says who, when some elders meet the error, and the list does not load
// when all do who come to it.
func TestConflictingValues(t *testing.T) {
	for _, c := range []struct {
		name, condition, more string
		line                  int
		says                  string
		ages                  [2]int // of the elders who meet it; a rule is for those of 60 and over
	}{
		{"two rules", "_x == 1", "_x := 1 if input.age > 3\n\n_x := 2 if input.age > 65\n", 18, "_x has several values at once", [2]int{66, 130}},
		{"of true and false", "_x", "_x if input.age > 3\n\n_x := false if input.age > 70\n", 18, "_x has several values at once", [2]int{71, 130}},
		{"beside a default", "_x == 1", "default _x := 0\n\n_x := 1 if input.age > 3\n\n_x := 2 if input.age < 62\n", 20, "_x has several values at once", [2]int{60, 61}},
		{"by a parameter", "_x == 1", "_x := 1 if input.age >= p.old_age_allowance_age\n\n_x := 2 if input.age == 80\n", 18, "_x has several values at once", [2]int{80, 80}},
		{"in a helper of a helper", "_y", "_y if not _x == 3\n\n_x := 1 if input.age > 70\n\n_x := 2 if input.age < 72\n", 20, "_x has several values at once", [2]int{71, 71}},
		{"one rule with several", "_x == 1", "_x := n if {\n\tsome n in [1, 62]\n\tinput.age > n\n}\n", 16, "_x has several values at once", [2]int{63, 130}},
		{"a function", "_f(input.age) == 1", "_f(n) := 1 if n > 3\n\n_f(n) := 2 if n > 100\n", 18, "_f has several values at once", [2]int{101, 130}},
		{"what two attributes decide", "_x == 1", "_x := 1 if input.age > 3\n\n_x := 2 if input.age > input.disability_grade + 68\n", 18, "_x has several values at once", [2]int{69, 130}},
		{"keys of an object", "_x.a == 1", "_x[k] := 1 if {\n\tsome k in [\"a\", \"b\"]\n\tinput.age > 3\n}\n\n_x[k] := 2 if {\n\tsome k in [\"a\"]\n\tinput.age > 75\n}\n", 21, "a key of an object has several values at once", [2]int{76, 130}},
	} {
		t.Run(c.name, func(t *testing.T) {
			reduction, space := reduced(t, c.condition, c.more)
			if reduction.Failing == nil || reduction.Opaque == nil {
				t.Fatalf("it fails for nobody: %+v", reduction)
			}
			if got := reduction.Failing; got.Pos.Line != c.line || got.Summary != c.says || !strings.HasSuffix(reduction.Opaque.Reason, c.says) {
				t.Errorf("line %d: %s; opaque because %s", got.Pos.Line, got.Summary, reduction.Opaque.Reason)
			}
			age, _ := space.Index("age")
			if got, _ := space.Axes[age].Value(reduction.Failing.Witness[age]).(int); got < c.ages[0] || got > c.ages[1] {
				t.Errorf("the witness is %d years old, want one of %d to %d", got, c.ages[0], c.ages[1])
			}
		})
	}
}

// What everyone meets who comes to it, and of whom it is known what is read, is an error of the
// list.
func TestFailsForEveryone(t *testing.T) {
	const exclude = "; make the conditions of its definitions exclude each other, or join them by else [evaluation]"
	at := func(place, says string) []string {
		return []string{"rego/lists/own.rego:" + place + ": error: " + says}
	}
	condition := func(name, condition, more string, want []string) mistake {
		return mistake{name: name, edit: []string{"	" + ageCondition, "	" + condition}, more: more, want: want}
	}
	failing := func(builtin string) []string {
		return at("13:2", "the builtin "+builtin+" fails on what it is given; exclude this in an earlier condition [evaluation]")
	}
	testMistakes(t, []mistake{
		condition("for those of 60 and over", "input.self_care == \"none\"\n\t_x == 1", "\n_x := 1 if true\n\n_x := 2 if true\n", at("19:1", "_x has several values at once"+exclude)),
		condition("a function of what is local", "some n in [1, 2]\n\t_f(n) == 1", "\n_f(n) := 1 if n > 1\n\n_f(n) := 2 if n > 0\n", at("19:1", "_f has several values at once"+exclude)),
		condition("a function of the elder", "some n in [77, 78]\n\t_f(n) == input.age", "\n_f(n) := n if n > 5\n\n_f(n) := input.age + 1 if n > 3\n", at("19:1", "_f has several values at once"+exclude)),
		condition("a text that is no number", "to_number(input.self_care) >= 0", "", failing("to_number")),
		condition("a unit", "units.parse(input.self_care) >= 0", "", failing("units.parse")),
		condition("a pattern", `regex.match(concat("", ["[", input.self_care]), "x")`, "", failing("regex.match")),
		condition("a pattern of two attributes", `to_number(concat("", [format_int(input.age + input.disability_grade, 10), "!"])) > 0`, "", failing("to_number")),
		condition("a key twice", "count({k: v | some v in [1, 2]; k := input.self_care}) > 0", "", at("13:9", "a key of an object has several values at once; make each key occur only once [evaluation]")),
		condition("nobody comes to it", "input.age < 60\n\tto_number(input.self_care) >= 0", "", nil),
	})
}

// Helpers with several definitions are exact where no elder meets two of different values.
func TestSeveralDefinitions(t *testing.T) {
	for _, c := range []struct {
		name, condition, more string
		first, last           int // of the ages for which the rule may hold
	}{
		{"tiers", "_x == 1", "_x := 1 if input.age >= p.old_age_allowance_age\n\n_x := 2 if input.age < p.old_age_allowance_age\n", 80, 130},
		{"the same value", "_x == 1", "_x := 1 if input.age > 70\n\n_x := 1 if input.retired\n", 60, 130},
		{"only of elders who cannot exist", "_x == 2", "_x := 1 if input.disability_kind == \"none\"\n\n_x := 2 if input.disability_grade in {1, 2, 3, 4}\n", 60, 130},
		{"only of those for whom the rule is not", "_x == 1", "_x := 1 if input.age > 3\n\n_x := 2 if input.age < 60\n", 60, 130},
		{"a value of the elder", "_x > 70", "_x := input.age if input.retired\n", 71, 130},
		{"values of the elder", "_x > 3", "_x := input.age if input.age > 90\n\n_x := input.disability_grade + 100 if input.age <= 90\n", 60, 130},
		{"a table", "_x == 1", "_x := n if {\n\tsome from, n in {70: 1, 90: 2}\n\tinput.age == from\n}\n", 70, 70},
		{"else", "_x == 1", "_x := 1 if {\n\tinput.age > 70\n} else := 2\n", 71, 130},
		{"else beside another", "_x == 1", "_x := 1 if {\n\tinput.age > 3\n} else := 2\n\n_x := 1 if input.retired\n", 60, 130}, // all are over 3
		{"a function by opposite conditions", "_f(input.age) == 1", "_f(n) := 1 if n >= p.old_age_allowance_age\n\n_f(n) := 2 if n < p.old_age_allowance_age\n", 80, 130},
		{"a function by its argument", "_f(input.age) == 1", "_f(77) := 1\n\n_f(78) := 2\n", 77, 77},
		{"a function by tiers", "_f(input.age) == 2", "_f(n) := 1 if n < 70\n\n_f(n) := 2 if {\n\tn >= 70\n\tn < 80\n}\n\n_f(n) := 3 if 80 <= n\n", 70, 79},
		{"a function by what is asked of it", "_f(input.age) == 1", "_f(n) := 1 if n < 70\n\n_f(n) := 2 if n * 2 > 150\n", 60, 69},
		{"a function of what is computed", "_f(input.age + 1) == 1", "_f(n) := 1 if n < 70\n\n_f(n) := 2 if n * 2 > 150\n", 60, 68},
		{"a function of what is local", "some n in [1, 2]\n\t_f(n) == input.age - 70", "_f(n) := 1 if n > 1\n\n_f(n) := 2 if not n > 1\n", 71, 72},
		{"a function of a function", "_g(input.age) == 1", "_g(m) := _f(m)\n\n_f(n) := 1 if n > 65\n\n_f(n) := 2 if n < 60\n", 66, 130},
		{"a member of a set with an unknown in it", `_ages[71]`, "_ages := {input.age, 60}\n", 71, 71},
		{"a key of an object with an unknown in it", `{input.age: 1}[75] == 1`, "", 75, 75},
	} {
		t.Run(c.name, func(t *testing.T) {
			reduction, space := reduced(t, c.condition, c.more)
			if reduction.Opaque != nil {
				t.Fatalf("opaque: %+v", *reduction.Opaque)
			}
			var want []any
			for age := c.first; age <= c.last; age++ {
				want = append(want, age)
			}
			if diff := cmp.Diff(want, admitted(t, reduction, space, "age")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A parameter that has no value where a rule computes with it is found when the lists are loaded:
// in every list that applies the rule, its own or an inherited one, whenever it lacks the value.
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

// Where OPA fails at one elder, the error says at what, and nothing of the elder; the others are
// answered.
func TestEvaluationErrors(t *testing.T) {
	const exclude = "; exclude this in an earlier condition [evaluation]"
	for _, c := range []struct {
		name, condition, more, want string
	}{
		{"a text that is no number", `to_number(concat("", [trim_left(input.self_care, "ful"), "1"])) >= 0`, "", "13:2: error: the builtin to_number fails on what it is given" + exclude},
		{"a pattern of two attributes", `to_number(concat("", [format_int(input.age, 10), substring("!", 0, input.disability_grade - 1)])) > 0`, "", "13:2: error: the builtin to_number fails on what it is given" + exclude},
		{"zero", "1 / (input.age - 77) >= 0", "", "13:2: error: division by zero; exclude zero in an earlier condition [evaluation]"},
		{"remainder of zero", "1 % (input.age - 77) >= 0", "", "13:2: error: division by zero; exclude zero in an earlier condition [evaluation]"},
		{
			"values of the elder", "_x > 0", "\n_x := input.age if input.retired\n\n_x := input.disability_grade if input.age > 5\n",
			"18:1: error: _x has several values at once; make the conditions of its definitions exclude each other, or join them by else [evaluation]",
		},
		{
			"values of a function", "some n in [77, 78]\n\t_f(n) == input.age", "\n_f(n) := n if n > 5\n\n_f(n) := n + 1 if input.age == 77\n",
			"19:1: error: _f has several values at once; make the conditions of its definitions exclude each other, or join them by else [evaluation]",
		},
		{"a key twice", "count({k: v | some v in [1, 2]; k := max([0, input.age - 77]) * v}) > 0", "", "13:9: error: a key of an object has several values at once; make each key occur only once [evaluation]"},
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
