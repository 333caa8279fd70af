package ruleset_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
)

// malformed writes inputs of stock OPA as JSON, most of them wrong in one way or several. The first
// of the parts are right.
type malformed struct {
	*rand.Rand
	vocabulary *policy.Vocabulary
}

func (m malformed) oneOf(texts ...string) string { return texts[m.IntN(len(texts))] }

// mostly returns the first of some texts in four of five cases.
func (m malformed) mostly(texts ...string) string {
	if m.IntN(5) > 0 {
		return texts[0]
	}
	return m.oneOf(texts...)
}

// number leaves out exponents of many digits, with which OPA refuses an input by itself.
func (m malformed) number() string {
	return m.oneOf("0", "1", "4", "59", "60", "80", "100", "130", "131", "-1", "-0", "80.0", "8e1", "8.0E+1", "8000e-2", "79.5", "7.999999999999999999999e1",
		"8.0000000000000000000001e1", "1e-400", "1e400", "0e400", "4294967376", "18446744073709551696", "0.1e1", "3.000000000000000000001")
}

func (m malformed) value(a *policy.Attribute) string {
	other := m.oneOf("null", `"80"`, `""`, "[]", "{}", "[80]", `{"years": 80}`, "true", "false", `"true"`, "1", m.number())
	switch a.Type {
	case policy.Boolean:
		return m.mostly(m.oneOf("true", "false"), other)
	case policy.Integer:
		return m.mostly(m.number(), other)
	}
	value := a.Values[m.IntN(len(a.Values))].Name
	return m.mostly(`"`+value+`"`, `"`+strings.ToUpper(value)+`"`, `"`+value+` "`, other)
}

// elder returns an object of some attributes, and sometimes of keys that are none.
func (m malformed) elder() string {
	parts := map[string]string{}
	for range m.IntN(6) {
		a := m.vocabulary.Attributes[m.IntN(len(m.vocabulary.Attributes))]
		parts[a.Name] = m.value(a)
		if a.Gives != nil { // may disagree
			parts[a.Gives.Attribute] = m.value(m.vocabulary.Attribute(a.Gives.Attribute))
		}
	}
	if m.IntN(8) == 0 {
		key := m.oneOf("agee", "Age", "14060119461122001X", "id_14060119461122001X", "张三", `\u001b]0;x\u0007age`, "", "a b", strings.Repeat("x", 64), strings.Repeat("x", 65))
		parts[key] = m.oneOf("1", "null", `"x"`)
	}
	if m.IntN(4) == 0 {
		parts["id"] = m.mostly(`"a"`, "1", "1.5", `""`, "null", "true", "[]", "{}")
	}
	members := make([]string, 0, len(parts))
	for key, value := range parts {
		members = append(members, `"`+key+`": `+value)
	}
	slices.Sort(members) // maps have no order
	return "{" + strings.Join(members, ", ") + "}"
}

// told returns the problems that Go and stock OPA tell alike: code and attributes.
func told(problems []eldercare.Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, fmt.Sprint(p.Code, " ", p.Attributes))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestStockRefusesAsGoDoes holds stock OPA on our bundle, without strict errors of builtins, to
// what Go says of thousands of inputs: the same problems, and a decision exactly when there is
// none.
func TestStockRefusesAsGoDoes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bundle.tar.gz")
	var bundle bytes.Buffer
	if err := errors.Join(engine().WriteBundle(&bundle), os.WriteFile(file, bundle.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	query, err := rego.New(rego.Query("[data.eldercare.problems, [d | d := data.eldercare.decision.jurisdiction]]"), rego.LoadBundle(file)).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := malformed{rand.New(rand.NewPCG(9, 13)), engine().Catalog().Vocabulary}
	runs := effort.Of(300, 300, 2000)
	wrong, contradicting := 0, 0
	for range runs {
		jurisdiction := m.mostly("huojia", "hongtong", "shanxi", "nowhere", "")
		on := m.mostly(today, "2024-02-29", "2023-02-29", "2026-13-99", "tomorrow", "2026-1-1", "1926-11-22", "", "2026-11-22T00:00:00Z")
		elder := m.elder()
		var asked map[string]any
		decoder := json.NewDecoder(strings.NewReader(fmt.Sprintf(`{"jurisdiction": %q, "on": %q, "elder": %s}`, jurisdiction, on, elder)))
		decoder.UseNumber()
		if err := decoder.Decode(&asked); err != nil {
			t.Fatal(err)
		}
		results, err := query.Eval(t.Context(), rego.EvalInput(asked))
		if err != nil || len(results) != 1 {
			t.Fatalf("%v: %d results, %v", asked, len(results), err)
		}
		var got struct {
			Problems []eldercare.Problem
			Decided  bool
		}
		both := results[0].Expressions[0].Value.([]any)
		if err := json.Unmarshal(must(json.Marshal(both[0]))(t), &got.Problems); err != nil {
			t.Fatal(err)
		}
		got.Decided = len(both[1].([]any)) > 0
		want := goSays(t, jurisdiction, on, asked["elder"].(map[string]any))
		if diff := cmp.Diff(told(want), told(got.Problems)); diff != "" || got.Decided != (len(want) == 0) {
			t.Fatalf("%s on %s, %s: stock OPA decides %v; problems (-Go +stock OPA):\n%s", jurisdiction, on, elder, got.Decided, diff)
		}
		if len(want) > 0 {
			wrong++
		}
		if slices.ContainsFunc(want, func(p eldercare.Problem) bool { return p.Code == "contradiction" }) {
			contradicting++
		}
	}
	if wrong < runs/3 || wrong > runs*9/10 || contradicting == 0 {
		t.Errorf("of %d inputs %d were wrong and %d contradicted themselves: the test sees too little", runs, wrong, contradicting)
	}
}

// goSays returns what Go finds wrong with an input, each part looked at by itself, as stock OPA
// does.
func goSays(t *testing.T, jurisdiction, on string, elder map[string]any) []eldercare.Problem {
	t.Helper()
	var problems []eldercare.Problem
	add := func(code, attribute string) {
		problems = append(problems, eldercare.Problem{Code: code, Attributes: []string{attribute}})
	}
	day, err := policy.ParseDate(on)
	if err != nil {
		add("impossible-date", "on")
	}
	switch lists := engine().Catalog().ListsOf(jurisdiction); {
	case len(lists) == 0:
		add("unknown-jurisdiction", "jurisdiction")
	case err == nil:
		if _, err := engine().List(jurisdiction, day); err != nil {
			add("not-in-force", "on")
		}
	}
	_, err = engine().Evaluate(t.Context(), "huojia", elder, eldercare.OnDate(today), eldercare.AssumeKnown())
	var input *eldercare.InputError
	if errors.As(err, &input) {
		problems = append(problems, input.Problems...)
	} else if err != nil {
		t.Fatal(err)
	}
	return problems
}
