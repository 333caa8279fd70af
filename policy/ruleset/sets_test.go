package ruleset_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/explain"
	"github.com/basic-eldercare/eldercare/policy/interview"
	"github.com/basic-eldercare/eldercare/policy/roster"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// disabilities is a vocabulary with a set of three values.
const disabilities = `
attributes:
  alone: {label: 独居, english: alone, type: boolean}
  disabilities:
    label: 残疾
    english: disabilities
    type: set
    values: {visual: {label: 视力, english: sight}, hearing: {label: 听力, english: hearing}, speech: {label: 言语, english: speech}}
`

// anyDisability keeps the shared module from being idle.
const anyDisability = "anything if input.alone\n"

// What a rule says of a list holds by the table, by plain OPA and by stock OPA; of nothing, one,
// two and three values, and of an unknown list.
func TestSetsInRules(t *testing.T) {
	lists := []any{nil, []any{}, []any{"hearing"}, []any{"speech", "visual"}, []any{"visual", "hearing", "speech"}}
	for condition, want := range map[string]string{ // y yes, n no, m maybe, for each list
		`"visual" in input.disabilities`:                                                "mnnyy",
		`not "visual" in input.disabilities`:                                            "myynn",
		`count(input.disabilities) >= 2`:                                                "mnnyy",
		`count(input.disabilities) == 0`:                                                "mynnn",
		`some d in input.disabilities; d in {"hearing", "speech"}`:                      "mnyyy",
		`input.disabilities == ["visual", "speech"]`:                                    "mnnyn",
		`input.disabilities == ["speech", "visual"]`:                                    "nnnnn", // a list is in the order of the vocabulary
		`{d | some d in input.disabilities} == {"speech", "visual"}`:                    "mnnyn",
		`every d in input.disabilities { d == "hearing" }`:                              "myynn",
		`input.disabilities`:                                                            "yyyyy", // everybody has a list, be it empty
		`not input.disabilities`:                                                        "nnnnn",
		`"visual" in input.disabilities; not "hearing" in input.disabilities`:           "mnnyn",
		`input.disabilities[0] == "visual"`:                                             "mnnyy",
		`{"visual": true, "hearing": true} == {d: true | some d in input.disabilities}`: "mnnnn",
	} {
		files := listsOver(disabilities, anyDisability, condition)
		e := loadOver(t, files)
		query := stock(t, e, files)
		for i, list := range lists {
			person := eldercare.Elder{"disabilities": list}
			word := map[byte]string{'y': "yes", 'n': "no", 'm': "maybe"}[want[i]]
			for _, options := range [][]eldercare.EvalOption{nil, {eldercare.PlainOPA()}} {
				if got := decided(t, e, "county", person, options...); got != word {
					t.Errorf("%s, %v: %s, want %s", condition, list, got, word)
				}
			}
			options := []eldercare.EvalOption{eldercare.OnDate(today), eldercare.AssumeKnown()}
			closed := plain(t, must(e.Evaluate(t.Context(), "county", person, options...))(t))
			if list == nil { // where the world is closed, nobody has what is not said
				list = []any{}
			}
			asked := ask(t, query, "county", today, map[string]any{"disabilities": list, "alone": false})
			if diff := cmp.Diff(asked.decision, closed); diff != "" {
				t.Errorf("%s, %v: the table (+) is not stock OPA (-):\n%s", condition, list, diff)
			}
		}
		if r := rulesOn(t, e, "county", today); len(r.Table.Opaque) > 0 {
			t.Errorf("%s is opaque: %s", condition, r.Table.Opaque[0].Reason)
		}
	}
}

// A county that wants a value undercuts a city that wants any; one that says the same in other
// words does not.
func TestCheckOfSets(t *testing.T) {
	for _, c := range []struct{ city, county, region string }{
		{`count(input.disabilities) > 0`, `input.disabilities != []`, ""},
		{`not "visual" in input.disabilities`, `count([d | some d in input.disabilities; d == "visual"]) == 0`, ""},
		{`"visual" in input.disabilities`, `count(input.disabilities) >= 1`, ""},
		{`count(input.disabilities) == 3`, `count(input.disabilities) >= 2`, ""},
		{`count(input.disabilities) >= 1`, `"visual" in input.disabilities; input.alone`, "more"},
		{`"visual" in input.disabilities`, `count(input.disabilities) == 1`, "disabilities with visual and with hearing; or disabilities with visual and with speech"},
		{`count(input.disabilities) == 0`, `not "speech" in input.disabilities; input.alone`, "alone false, disabilities without visual and without hearing and without speech"},
	} {
		e := loadOver(t, listsOver(disabilities, anyDisability, c.city, c.county))
		report := must(e.Check(t.Context(), "county"))(t)
		if c.region == "" {
			if report.Proved != 1 || len(report.Findings) > 0 {
				t.Errorf("%s, %s: %d proved, %v", c.city, c.county, report.Proved, report.Findings)
			}
			continue
		}
		if len(report.Findings) != 1 || report.Findings[0].Method != "proof" {
			t.Fatalf("%s, %s: %v", c.city, c.county, report.Findings)
		}
		f := report.Findings[0]
		if c.region != "more" && f.Region != c.region {
			t.Errorf("%s, %s: region %s, want %s", c.city, c.county, f.Region, c.region)
		}
		if _, whole := f.Witness["disabilities"].([]any); !whole {
			t.Errorf("%s, %s: the witness has no list: %v", c.city, c.county, f.Witness)
		}
		if up := decided(t, e, "city", f.Witness, eldercare.AssumeKnown(), eldercare.PlainOPA()); up != "yes" {
			t.Errorf("%s: the city's list says %s of %v", c.city, up, f.Witness)
		}
	}
}

// A set that is missing is needed, settles and is asked about once, as a whole, whatever is read of
// it.
func TestSetsAreAskedOnce(t *testing.T) {
	e := loadOver(t, listsOver(disabilities, anyDisability, `"speech" in input.disabilities; not "hearing" in input.disabilities`))
	d := must(e.Evaluate(t.Context(), "city", eldercare.Elder{}, eldercare.OnDate(today)))(t)
	if len(d.Possible) != 1 {
		t.Fatalf("%+v", d)
	}
	if diff := cmp.Diff([]string{"disabilities"}, d.Possible[0].Needs); diff != "" {
		t.Errorf("needs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]string{{"disabilities"}}, d.Possible[0].SettledBy); diff != "" {
		t.Errorf("settled by (-want +got):\n%s", diff)
	}
	city := rulesOn(t, e, "city", today)
	questions := must(interview.NextQuestions(t.Context(), city, city.Table.Space.Profile(elder.Cells{})))(t)
	want := []interview.Question{{
		Attribute: "disabilities", Label: "残疾", English: "disabilities", Type: "set",
		Values: []interview.Value{
			{Value: "visual", Label: "视力", English: "sight"}, {Value: "hearing", Label: "听力", English: "hearing"}, {Value: "speech", Label: "言语", English: "speech"},
		},
		Services: []string{"s1"}, Settles: 1, AtLeast: 1,
	}}
	if diff := cmp.Diff(want, questions); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}
}

// An explanation says of each value that matters whether the elder must have it, and has it.
func TestSetsAreExplained(t *testing.T) {
	e := loadOver(t, listsOver(disabilities, anyDisability, `"speech" in input.disabilities; not "hearing" in input.disabilities`))
	for _, c := range []struct {
		list []string
		want []string
	}{
		{[]string{"speech"}, []string{"残疾 需 不含听力，现为 不含听力", "残疾 需 含言语，现为 含言语"}},
		{[]string{"hearing"}, []string{"残疾 需 不含听力，现为 含听力", "残疾 需 含言语，现为 不含言语"}},
	} {
		x := must(e.Explain(t.Context(), "city", eldercare.Elder{"disabilities": c.list}, "s1", eldercare.OnDate(today)))(t)
		var got []string
		for _, branches := range [][]explain.Branch{x.Grounds, x.Nearest} {
			for _, b := range branches {
				for _, condition := range b.Conditions {
					got = append(got, condition.Words("zh"))
				}
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.list, diff)
		}
	}
}

// A set may be asked of some elders only: the others have none, which is not an empty one, and of
// which OPA says nothing.
func TestSetsAskedOfSome(t *testing.T) {
	attributes := strings.Replace(disabilities, "type: set", "type: set\n    asked_of: {alone: [true]}", 1)
	e := loadOver(t, listsOver(attributes, anyDisability, `not "visual" in input.disabilities`, "input.disabilities == []"))
	for _, c := range []struct {
		elder eldercare.Elder
		want  string
	}{
		{eldercare.Elder{}, "maybe"}, {eldercare.Elder{"alone": false}, "no"}, {eldercare.Elder{"alone": true}, "maybe"},
		{eldercare.Elder{"alone": true, "disabilities": []string{"visual"}}, "no"}, {eldercare.Elder{"alone": true, "disabilities": []string{}}, "yes"},
		{eldercare.Elder{"disabilities": []string{"speech"}}, "yes"},
	} {
		for _, options := range [][]eldercare.EvalOption{nil, {eldercare.PlainOPA()}} {
			if got := decided(t, e, "city", c.elder, options...); got != c.want {
				t.Errorf("%v: %s, want %s", c.elder, got, c.want)
			}
		}
	}
	// an empty list may be said of who is not asked, as what is taken where it is missing; no other
	// list may
	if _, err := e.Evaluate(t.Context(), "city", eldercare.Elder{"alone": false, "disabilities": []string{}}, eldercare.OnDate(today)); err != nil {
		t.Error(err)
	}
	if _, err := e.Evaluate(t.Context(), "city", eldercare.Elder{"alone": false, "disabilities": []string{"visual"}}, eldercare.OnDate(today)); err == nil {
		t.Error("who is not asked may have a list")
	}
}

// A set that cannot be empty is not taken for empty where the world is closed: it stays unknown, as
// a whole.
func TestSetsThatCannotBeEmpty(t *testing.T) {
	const shared = anyDisability + "\ncontradictions contains \"everybody has one\" if input.disabilities == []\n"
	e := loadOver(t, listsOver(disabilities, shared, "count(input.disabilities) >= 1", `"speech" in input.disabilities`))
	for _, options := range [][]eldercare.EvalOption{nil, {eldercare.AssumeKnown()}, {eldercare.AssumeKnown(), eldercare.PlainOPA()}} {
		if got := decided(t, e, "city", eldercare.Elder{}, options...); got != "yes" {
			t.Errorf("%d options: %s, and everybody has one", len(options), got)
		}
	}
	for _, options := range [][]eldercare.EvalOption{{eldercare.AssumeKnown()}, {eldercare.AssumeKnown(), eldercare.PlainOPA()}} {
		e := loadOver(t, listsOver(disabilities, shared, `"speech" in input.disabilities`))
		if got := decided(t, e, "city", eldercare.Elder{}, options...); got != "no" {
			t.Errorf("it is not known that it is speech: %s", got)
		}
	}
	if _, err := e.Evaluate(t.Context(), "city", eldercare.Elder{"disabilities": []string{}}, eldercare.OnDate(today)); err == nil {
		t.Error("an empty list is taken")
	}
}

// A rule that looks for single values of a large set is exact; one that counts sixteen is left to
// plain OPA, and answers all the same.
func TestLargeSets(t *testing.T) {
	for _, size := range []int{14, 15, 40} { // 2 to the power of 14 lists and none are 16,385 combinations; of 15 they are 32,769, one too many
		names := make([]string, size)
		for i := range names {
			names[i] = fmt.Sprintf("v%d: {label: 值%[1]d, english: v%[1]d}", i)
		}
		attributes := fmt.Sprintf("\nattributes:\n  many: {label: 多, english: many, type: set, values: {%s}}\n", strings.Join(names, ", "))
		e := loadOver(t, listsOver(attributes, `anything if "v0" in input.many`+"\n", "count(input.many) >= 2", `"v1" in input.many; "v2" in input.many`))
		for _, c := range []struct {
			jurisdiction string
			list         any
			want         string
		}{
			{"city", nil, "maybe"}, {"city", []string{"v13"}, "no"}, {"city", []string{"v13", "v0"}, "yes"},
			{"county", []string{"v1"}, "no"}, {"county", []string{"v2", "v1"}, "yes"},
		} {
			if got := decided(t, e, c.jurisdiction, eldercare.Elder{"many": c.list}); got != c.want {
				t.Errorf("%d values, %v in the %s: %s, want %s", size, c.list, c.jurisdiction, got, c.want)
			}
		}
		r := rulesOn(t, e, "county", today)
		if opaque := len(r.Table.Opaque); (opaque > 0) != (size > 14) || opaque > 1 {
			t.Errorf("%d values: %d rules are opaque", size, opaque)
		}
	}
}

// Stock OPA refuses the lists that Go refuses, by the same code, and reads the others in whatever
// order.
func TestStockReadsSets(t *testing.T) {
	e := loadOver(t, listsOver(disabilities, anyDisability, "input.alone"))
	query := must(rego.New(
		rego.Query("[data.eldercare.problems, data.eldercare._elder]"), rego.Module("eldercare.rego", string(must(os.ReadFile("../../rego/eldercare.rego"))(t))),
		rego.Store(inmem.NewFromObject(map[string]any{"catalogs": source.Data(e.Catalog())})),
	).PrepareForEval(t.Context()))(t)
	for list, want := range map[string]string{
		`"visual"`: "wrong-type", `["visual", 7]`: "wrong-type", `["other", null]`: "wrong-type", `{"visual": true}`: "wrong-type", `[["visual"]]`: "wrong-type",
		`["other"]`: "out-of-range", `["visual", "visual"]`: "out-of-range", `[]`: "[]", `["speech", "visual"]`: `["visual","speech"]`, `null`: "null",
	} {
		var value any
		if err := json.Unmarshal([]byte(list), &value); err != nil {
			t.Fatal(err)
		}
		input := map[string]any{"jurisdiction": "city", "on": today, "elder": map[string]any{"disabilities": value}}
		results := must(query.Eval(t.Context(), rego.EvalInput(input)))(t)
		both := results[0].Expressions[0].Value.([]any)
		problems := both[0].([]any)
		got := string(must(json.Marshal(both[1].(map[string]any)["disabilities"]))(t))
		if len(problems) == 1 {
			got = fmt.Sprint(problems[0].(map[string]any)["code"])
			_, err := e.Evaluate(t.Context(), "city", eldercare.Elder{"disabilities": value}, eldercare.OnDate(today))
			wrong := new(eldercare.InputError)
			if !errors.As(err, &wrong) || wrong.Problems[0].Code != got || wrong.Problems[0].Message != problems[0].(map[string]any)["message"] {
				t.Errorf("%s: stock OPA says %v, and Go %v", list, problems[0], err)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", list, got, want)
		}
	}
}

// What is wrong with a set, and with what a rule says of one, is reported where it stands.
func TestMistakesWithSets(t *testing.T) {
	many := make([]string, 62)
	for i := range many {
		many[i] = fmt.Sprintf("v%d: {label: 值, english: v}", i)
	}
	for _, c := range []struct{ from, to, condition, want string }{
		{"", "", `"visul" in input.disabilities`, "unknown-value rego/lists/city.rego:17"},
		{"", "", `input.disabilities == ["visul"]`, "unknown-value rego/lists/city.rego:17"},
		{"", "", `input.disabilities == "visual"`, "wrong-type rego/lists/city.rego:17"},
		{"", "", `input.disabilities == {"visual"}`, "wrong-type rego/lists/city.rego:17"},
		{"", "", `1 in input.disabilities`, "wrong-type rego/lists/city.rego:17"},
		{"values: {visual: {label: 视力, english: sight}, hearing: {label: 听力, english: hearing}, speech: {label: 言语, english: speech}}", "values: {}", "input.alone", "enum-values catalogs/attributes.yaml:5"},
		{"type: set", "type: set\n    absent: []", "input.alone", "unknown-key catalogs/attributes.yaml:8"},
		{"values: {visual", "values: {" + strings.Join(many, ", ") + ", visual", "input.alone", "too-many-attributes catalogs/attributes.yaml:4"},
		{"attributes:", "attributes:\n  k: {label: 类, english: k, type: enum, values: {a: {label: 甲, english: a}}, gives: {disabilities: {a: visual}}}", "input.alone", "gives catalogs/attributes.yaml:3"},
		{"{visual: {", "{visual: {", "input.alone", ""},
	} {
		attributes := strings.Replace(disabilities, c.from, c.to, 1)
		_, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", listsOver(attributes, anyDisability, c.condition)))
		var wrong eldercare.Diagnostics
		errors.As(err, &wrong)
		var got []string
		for _, d := range wrong {
			got = append(got, fmt.Sprintf("%s %s:%d", d.Code, d.Pos.File, d.Pos.Line))
		}
		if len(got) == 0 && c.want == "" {
			continue
		}
		if len(got) == 0 || got[0] != c.want {
			t.Errorf("%.40s %s: %q, want %s: %.300v", c.to, c.condition, got, c.want, err)
		}
	}
}

// A roster counts elders with sets as one by one they are answered; a column of cells holds no set.
func TestSetsInRosters(t *testing.T) {
	r := rulesOn(t, loadOver(t, listsOver(disabilities, anyDisability, `"visual" in input.disabilities; count(input.disabilities) < 3`)), "city", today)
	all := roster.New(r)
	for _, list := range []any{nil, []any{}, []any{"visual"}, []any{"visual", "speech"}, []any{"hearing"}, []any{"visual", "hearing", "speech"}} {
		if err := all.Add(eldercare.Elder{"disabilities": list}); err != nil {
			t.Fatal(err)
		}
	}
	totals := must(all.Totals(t.Context()))(t)
	if s := totals.Services; len(s) != 1 || s[0].Entitled != 2 || s[0].Possible != 1 {
		t.Errorf("%+v", s)
	}
	if err := all.AppendColumns(1, map[string][]uint8{"disabilities": {1}}); err == nil {
		t.Error("a column of a set is taken")
	}
}
