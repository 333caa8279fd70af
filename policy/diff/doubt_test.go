package diff_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/diff"
)

// words returns all that a report says, as Markdown without its escapes.
func words(t *testing.T, r *diff.Report, lang string) string {
	t.Helper()
	var out bytes.Buffer
	if err := diff.Markdown(&out, r, lang); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(out.String(), `\`, "")
}

// service returns what a report says of a service.
func service(t *testing.T, r *diff.Report, id string) diff.Service {
	t.Helper()
	for _, s := range r.Services {
		if s.Service == id {
			return s
		}
	}
	t.Fatalf("nothing is said of %s", id)
	return diff.Service{}
}

// never is a folder that says that nobody is 90 or over.
var never = fstest.MapFS{"rego/contradictions/one.rego": {Data: []byte(`package contradictions.one

# METADATA
# title: 示例
contradictions contains "无人年满九十" if {
	input.age >= 90
}
`)}}

// Who is 90 or over loses 60 yuan by the list two, if there is anybody: the folder says that there
// is not, and so nobody loses, but that is said.
func TestAssumed(t *testing.T) {
	a := made("one", "141099", []grant{{"medical-assistance", "m60", "input.age >= 60"}}, "")
	b := made("two", "141098", []grant{{"medical-assistance", "m60", "input.age >= 60; input.age < 90"}}, "")
	engine := load(t, eldercare.WithFS("one", a), eldercare.WithFS("two", b), eldercare.WithFS("never", never), eldercare.WithJurisdictions("one", "two"))
	r := compared(t, engine, "one", "two")
	s := service(t, r, "medical-assistance")
	if s.Relation != diff.Equivalent || r.Loses() || len(s.Differences) != 1 || s.Differences[0].Kind != check.Assumed || s.Differences[0].A != nil {
		t.Errorf("%s, loses: %v, %+v", s.Relation, r.Loses(), s.Differences)
	}
	for lang, want := range map[string][]string{
		"zh": {"其中1项以目录排除的人不存在为前提", "| 有前提 | 没有人减少，前提是如目录所称不存在这样的人：无人年满九十", "年龄 ≥ 90周岁", "目录排除的人除外"},
		"en": {"of 1 services only if nobody is so as a folder rules out", "| assumed | nobody has less, but only because a folder declares", "age ≥ 90"},
	} {
		for _, part := range want {
			if text := words(t, r, lang); !strings.Contains(text, part) {
				t.Errorf("%s does not say %q:\n%s", lang, part, text)
			}
		}
	}
	back := words(t, compared(t, engine, "two", "one"), "en")
	if !strings.Contains(back, "Proved: nobody has less.") || !strings.Contains(back, "nobody has more, but only because a folder declares") {
		t.Errorf("from two to one:\n%s", back)
	}
}

// A helper has two values for whoever is over 70 and paid for up to 40 years: plain OPA cannot
// answer, and nothing is known of them by either direction.
func TestUnanswered(t *testing.T) {
	a := made("one", "141099", []grant{{"medical-assistance", "m60", "_rate == 1"}}, "")
	a["rego/lists/one.rego"].Data = append(a["rego/lists/one.rego"].Data, `
_rate := 1 if {
	years = input.age
	years > 70
}

_rate := 2 if {
	years = input.pension_contribution_years
	years <= 40
}
`...)
	b := made("two", "141098", []grant{{"medical-assistance", "m60", "input.age >= 60"}}, "")
	r := compared(t, load(t, eldercare.WithFS("one", a), eldercare.WithFS("two", b), eldercare.WithJurisdictions("one", "two")), "one", "two")
	s := service(t, r, "medical-assistance")
	kinds := map[check.Kind]bool{}
	for _, d := range s.Differences {
		kinds[d.Kind] = true
	}
	if !kinds[check.Unanswered] || s.Method != check.Tested || len(s.Opaque) != 1 {
		t.Errorf("%s (%s), %v, %v", s.Relation, s.Method, kinds, s.Opaque)
	}
	for lang, want := range map[string][]string{
		"zh": {"| 无法确定 | 规则引擎对此人无法求值：", "| 抽样检验 | 规则不是单项条件的组合，无法逐一证明（one/rego/lists/one.rego:"},
		"en": {"| not known | ", "| tested only | "},
	} {
		for _, part := range want {
			if text := words(t, r, lang); !strings.Contains(text, part) {
				t.Errorf("%s does not say %q:\n%s", lang, part, text)
			}
		}
	}
}

// fact returns a folder that adds an attribute.
func fact(attribute string) fstest.MapFS {
	return fstest.MapFS{"catalogs/attributes.yaml": {Data: []byte("attributes:\n  " + attribute + "\n")}}
}

// Where only one side knows a fact, the rules of the other do not read it: whoever is not widowed
// loses by a rule that asks for it, and gains by one that does not.
func TestFactOfOneSide(t *testing.T) {
	a := load(t, eldercare.WithFS("a", made("one", "141099", []grant{{"medical-assistance", "m60", "input.age >= 90"}}, "")), eldercare.WithJurisdictions("one"))
	b := load(t, eldercare.WithFS("b", made("one", "141099", []grant{{"medical-assistance", "m60", "input.age >= 90; input.widowed"}}, "")),
		eldercare.WithFS("fact", fact("widowed: {label: 丧偶, english: widowed, type: boolean}")), eldercare.WithJurisdictions("one"))
	r := compared(t, a, "one", "one", eldercare.BIn(b))
	want := map[string]diff.Relation{"medical-assistance": diff.Weaker}
	if differ, same := relations(r); !cmp.Equal(want, differ) || same != 22 { // what Shanxi owes besides
		t.Errorf("%v differ, %d are equivalent", differ, same)
	}
	narrower := []string{"a narrower  -→- age ≥ 90, widowed false map[age:90 widowed:false]"}
	if d := cmp.Diff(narrower, said(service(t, r, "medical-assistance").Differences)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if differ, _ := relations(compared(t, b, "one", "one", eldercare.BIn(a))); differ["medical-assistance"] != diff.Stronger {
		t.Errorf("the other way round: %v", differ)
	}
	if _, err := b.Check(t.Context(), "one", eldercare.Since(a)); err != nil {
		t.Errorf("since: %v", err)
	}
}

// The places where a large number is told apart are those of both sides.
func TestThresholdsOfBothSides(t *testing.T) {
	income := fact("income: {label: 年收入, english: yearly income, type: integer, min: 0, max: 200000}")
	side := func(limit string) *eldercare.Engine {
		list := made("one", "141099", []grant{{"medical-assistance", "m60", "input.income <= " + limit}}, "")
		return load(t, eldercare.WithFS("side", list), eldercare.WithFS("fact", income), eldercare.WithJurisdictions("one"))
	}
	r := compared(t, side("20000"), "one", "one", eldercare.BIn(side("15000")))
	if d := cmp.Diff([]string{"a narrower  -→- income 15001–20000 map[income:15001]"}, said(service(t, r, "medical-assistance").Differences)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// An attribute that is not the same in both is named with both files.
func TestUnlikeAttribute(t *testing.T) {
	side := func(name, values string) *eldercare.Engine {
		return load(t, eldercare.WithFS(name, fact("home: {label: 住所, english: home, type: enum, values: {own: {label: 自有, english: own}, "+values+"}}")),
			eldercare.WithJurisdictions("shanxi"))
	}
	a, b := side("old", "rented: {label: 租, english: rented}"), side("new", "shared: {label: 合租, english: shared}")
	_, err := a.Diff(t.Context(), "shanxi", "shanxi", eldercare.OnDate(today), eldercare.BIn(b))
	unlike := new(diff.NotComparableError)
	if !errors.As(err, &unlike) || unlike.Attribute != "home" || unlike.A != (policy.Position{File: "old/catalogs/attributes.yaml", Line: 2, Column: 3}) ||
		unlike.B.File != "new/catalogs/attributes.yaml" {
		t.Errorf("%v", err)
	}
}

// Each side names the services that are paid together in the order of its own list. They are the
// same set of services all the same. From 90 on, one pays the higher of 60 and 200, and two pays
// both. From 100 on, one pays 300 besides, and two pays 60 besides the higher of 200 and 300.
func TestTogetherInOneOrder(t *testing.T) {
	choice := func(of string) string {
		return "choose_higher:\n  - {services: [" + of + "], measure: monthly_cny, reason: 就高, cite: [附件 1]}\n"
	}
	a := made("one", "141099", []grant{
		{"centenarian-allowance", "m300", "input.age >= 100"}, {"medical-assistance", "m60", "input.age >= 90"}, {"assistive-devices", "m200", "input.age >= 90"},
	}, choice("medical-assistance, assistive-devices"))
	b := made("two", "141098", []grant{
		{"assistive-devices", "m200", "input.age >= 90"}, {"medical-assistance", "m60", "input.age >= 90"}, {"centenarian-allowance", "m300", "input.age >= 100"},
	}, choice("centenarian-allowance, assistive-devices"))
	r := compared(t, load(t, eldercare.WithFS("one", a), eldercare.WithFS("two", b), eldercare.WithJurisdictions("one", "two")), "one", "two")
	want := []string{"centenarian-allowance", "medical-assistance", "assistive-devices"}
	if len(r.Together) != 1 || !cmp.Equal(want, r.Together[0].Services) || r.Together[0].Relation != diff.Different {
		t.Fatalf("together: %+v", r.Together)
	}
	sums := []string{"a combined monthly_cny 500→360 age ≥ 100 map[age:100]", "b combined monthly_cny 200→260 age 90–99 map[age:90]"}
	if d := cmp.Diff(sums, said(r.Together[0].Differences)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
