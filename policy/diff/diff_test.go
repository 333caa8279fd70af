package diff_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/diff"
)

const today = "2026-11-22"

func load(t testing.TB, options ...eldercare.Option) *eldercare.Engine {
	t.Helper()
	engine, err := eldercare.Load(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

var lists = sync.OnceValue(func() *eldercare.Engine {
	engine, err := eldercare.Load(context.Background())
	if err != nil {
		panic(err)
	}
	return engine
})

func compared(t testing.TB, engine *eldercare.Engine, a, b string, options ...eldercare.DiffOption) *diff.Report {
	t.Helper()
	r, err := engine.Diff(t.Context(), a, b, append([]eldercare.DiffOption{eldercare.OnDate(today)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// relations returns those of the services that are not equivalent, and how many are.
func relations(r *diff.Report) (map[string]diff.Relation, int) {
	differ, same := map[string]diff.Relation{}, 0
	for _, s := range r.Services {
		if s.Relation == diff.Equivalent {
			same++
		} else {
			differ[s.Service] = s.Relation
		}
	}
	return differ, same
}

// said returns a difference in short: who has more, of what, from which amount to which, and who.
func said(all []diff.Difference) []string {
	var texts []string
	for _, d := range all {
		texts = append(texts, strings.TrimSpace(fmt.Sprintf("%s %s %s %s→%s %s %v", d.Better, d.Kind, d.Measure, amount(d.A), amount(d.B), d.Region, d.Witness)))
	}
	return texts
}

func amount(a *diff.Amount) string {
	switch {
	case a == nil:
		return "-"
	case a.Value == nil:
		return "open" + a.Of
	}
	return string(a.Bound) + a.Value.String()
}

// The expectations are the table of both official lists: Hongtong lacks the urban rail, gives the
// old-age allowance to its own registered alone and leaves its amount open, and subsidises the
// meals of its own registered with dibao from 80. It assists more people in court, and has six more
// items.
func TestShuozhouHongtong(t *testing.T) {
	r := compared(t, lists(), "shuozhou", "hongtong")
	differ, same := relations(r)
	want := map[string]diff.Relation{
		"public-transport-concession": diff.Weaker, "old-age-allowance": diff.Weaker, "meal-subsidy": diff.Weaker,
		"judicial-assistance":        diff.Stronger,
		"employee-medical-insurance": diff.Added, "resident-medical-insurance": diff.Added, "community-home-care": diff.Added,
		"only-child-care-leave": diff.Added, "centenarian-allowance": diff.Added, "public-legal-service": diff.Added,
	}
	if d := cmp.Diff(want, differ); d != "" {
		t.Errorf("relations (-want +got):\n%s", d)
	}
	if same != 18 { // Shuozhou's 22 services, of its 21 items, less these four
		t.Errorf("%d are equivalent, want 18", same)
	}
	if !r.Loses() {
		t.Error("nobody loses")
	}
	details := map[string][]string{
		"public-transport-concession": {"a lower rail_discount_percent 100→- age ≥ 65 map[age:65]"},
		"old-age-allowance": {
			"a narrower  -→- age ≥ 80, local_hukou false map[age:80 local_hukou:false]",
			"a open monthly_cny 30→open age ≥ 80, local_hukou true map[age:80 local_hukou:true]",
		},
		"centenarian-allowance": {"b omitted  -→- age ≥ 100, local_hukou true map[age:100 local_hukou:true]"},
	}
	for _, s := range r.Services {
		if s.Method != check.Proof {
			t.Errorf("%s is %s", s.Service, s.Method)
		}
		if want := details[s.Service]; want != nil {
			if d := cmp.Diff(want, said(s.Differences)); d != "" {
				t.Errorf("%s (-want +got):\n%s", s.Service, d)
			}
		}
	}
}

// grant is a rule of a list made up: a service, what it promises, and for whom.
type grant struct{ service, promise, condition string }

// made returns a list made up beside Shanxi's counties, with figures m100, m200 … of yuan a month.
func made(id, code string, grants []grant, more string) fstest.MapFS {
	var yaml, rego strings.Builder
	fmt.Fprintf(&yaml, `jurisdiction: {id: %s, code: %q, name: %s县, level: county, parent: shanxi}
document: {title: %s县清单, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
parameters:
`, id, code, id, id)
	for _, n := range []int{60, 200, 300} {
		fmt.Fprintf(&yaml, "  m%d: {label: %d元, unit: cny_per_month, bound: at_least, values: [{from: \"2024-01-01\", value: %d}], cite: [附件 1]}\n", n, n, n)
	}
	yaml.WriteString("  open: {label: 未定, unit: cny_per_month, bound: set_locally, values: [{from: \"2024-01-01\", value: null}], cite: [附件 1]}\n")
	yaml.WriteString("inherits_rest: true\nservices:\n")
	fmt.Fprintf(&rego, "package lists.%s\n\nimport data.grant\nimport data.parameters as p\n", id)
	listed := map[string]bool{}
	for i, g := range grants {
		if !listed[g.service] {
			listed[g.service] = true
			fmt.Fprintf(&yaml, "  - {id: %s, item: \"%d\", name: %s, group: 老年人, type: 物质帮助, departments: [县民政局], access: unstated, cite: [附件 1]}\n",
				g.service, i+1, g.service)
		}
		promise := "{}"
		if g.promise != "" {
			promise = fmt.Sprintf(`{"monthly_cny": p.%s}`, g.promise)
		}
		fmt.Fprintf(&rego, "\n# METADATA\n# title: %s\ngrants contains grant.promise(%q, %s) if {\n\t%s\n}\n",
			g.service, g.service, promise, strings.ReplaceAll(g.condition, "; ", "\n\t"))
	}
	yaml.WriteString(more)
	return fstest.MapFS{
		"catalogs/" + id + ".yaml":   {Data: []byte(yaml.String())},
		"rego/lists/" + id + ".rego": {Data: []byte(rego.String())},
	}
}

// one and two are lists made up that differ in every way.
var (
	one = made("one", "141099", []grant{
		{"centenarian-allowance", "m300", "input.age >= 100"},
		{"community-home-care", "", "input.age >= 60"},
		{"public-legal-service", "", "input.age >= 80"},
		{"only-child-care-leave", "", "input.age >= 60; input.only_child_parent"},
		{"public-culture-access", "", "input.age >= 65"},
		{"medical-assistance", "m60", "input.age >= 90"},
	}, "")
	two = made("two", "141098", []grant{
		{"centenarian-allowance", "m200", "input.age >= 95"},
		{"community-home-care", "", "input.age >= 60"},
		{"assistive-devices", "open", "input.age >= 70"},
		{"only-child-care-leave", "", "input.age >= 60"},
		{"public-culture-access", "", "input.age >= 70"},
		{"medical-assistance", "m60", "input.age >= 90"},
	}, "")
)

func TestMadeLists(t *testing.T) {
	engine := load(t, eldercare.WithFS("one", one), eldercare.WithFS("two", two), eldercare.WithJurisdictions("one", "two"))
	r := compared(t, engine, "one", "two")
	want := map[string][]string{
		"centenarian-allowance different": {
			"a lower monthly_cny 300→200 age ≥ 100 map[age:100]",
			"b narrower  -→- age 95–99 map[age:95]",
		},
		"public-legal-service omitted":   {"a omitted  -→- age ≥ 80 map[age:80]"},
		"only-child-care-leave stronger": {"b narrower  -→- age ≥ 60, only_child_parent false map[age:60 only_child_parent:false]"},
		"public-culture-access weaker":   {"a narrower  -→- age 65–69 map[age:65]"},
		"assistive-devices added":        {"b omitted  -→- age ≥ 70 map[age:70]"},
	}
	got := map[string][]string{}
	same := 0
	for _, s := range r.Services {
		if s.Relation == diff.Equivalent {
			same++
			continue
		}
		got[s.Service+" "+string(s.Relation)] = said(s.Differences)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("differences (-want +got):\n%s", d)
	}
	if same == 0 || len(r.Together) > 0 {
		t.Errorf("%d services are equivalent, and %d paid together differ", same, len(r.Together))
	}
}

// Two lists that promise the same, of which one pays only the higher of two allowances: from 100 on
// 300 and 60 make 360 by the first, and 300 by the second.
func TestTogether(t *testing.T) {
	grants := []grant{{"centenarian-allowance", "m300", "input.age >= 100"}, {"medical-assistance", "m60", "input.age >= 90"}}
	choice := "choose_higher:\n  - {services: [centenarian-allowance, medical-assistance], measure: monthly_cny, reason: 就高, cite: [附件 1]}\n"
	engine := load(t, eldercare.WithFS("one", made("one", "141099", grants, "")), eldercare.WithFS("two", made("two", "141098", grants, choice)),
		eldercare.WithJurisdictions("one", "two"))
	r := compared(t, engine, "one", "two")
	if differ, _ := relations(r); len(differ) > 0 {
		t.Errorf("one by one they differ: %v", differ)
	}
	if len(r.Together) != 1 || r.Together[0].Relation != diff.Weaker || !r.Loses() {
		t.Fatalf("together: %+v", r.Together)
	}
	if d := cmp.Diff([]string{"a combined monthly_cny 360→300 age ≥ 100 map[age:100]"}, said(r.Together[0].Differences)); d != "" {
		t.Errorf("together (-want +got):\n%s", d)
	}
}

// A figure that rises is a difference between two days, and none between two days after it.
func TestDays(t *testing.T) {
	draft := fstest.MapFS{"catalogs/hongtong_draft.yaml": {Data: []byte(`amends: hongtong
parameters:
  centenarian_allowance_monthly:
    values: [{from: "2024-01-01", value: 300}, {from: "2027-01-01", value: 350}]
    cite: [{document: 征求意见稿}]
`)}}
	engine := load(t, eldercare.WithFS("draft", draft), eldercare.WithJurisdictions("hongtong"))
	day := func(s string) eldercare.Date {
		var d eldercare.Date
		if err := d.UnmarshalText([]byte(s)); err != nil {
			t.Fatal(err)
		}
		return d
	}
	r := compared(t, engine, "hongtong", "hongtong", eldercare.BOn(day("2027-01-01")))
	if differ, _ := relations(r); !cmp.Equal(differ, map[string]diff.Relation{"centenarian-allowance": diff.Stronger}) || r.Loses() {
		t.Errorf("from 2026 to 2027: %v", differ)
	}
	r = compared(t, engine, "hongtong", "hongtong", eldercare.On(day("2027-01-01")), eldercare.BOn(day("2027-06-01")))
	if differ, _ := relations(r); len(differ) > 0 {
		t.Errorf("within 2027: %v", differ)
	}
	other := load(t, eldercare.WithJurisdictions("hongtong"))
	r = compared(t, engine, "hongtong", "hongtong", eldercare.On(day("2027-01-01")), eldercare.BIn(other))
	if differ, _ := relations(r); !cmp.Equal(differ, map[string]diff.Relation{"centenarian-allowance": diff.Weaker}) || !r.Loses() {
		t.Errorf("from the draft to today's lists: %v", differ)
	}
}

var mirrored = map[diff.Relation]diff.Relation{
	diff.Equivalent: diff.Equivalent, diff.Different: diff.Different, diff.Weaker: diff.Stronger, diff.Stronger: diff.Weaker,
	diff.Omitted: diff.Added, diff.Added: diff.Omitted,
}

// A list is equivalent to itself where its file has another comment, so that nothing is known to be
// unchanged before it is compared.
func TestItself(t *testing.T) {
	text, err := os.ReadFile("../../catalogs/shanxi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	edited := fstest.MapFS{"catalogs/shanxi.yaml": {Data: append(text, "# another edition\n"...)}}
	other := load(t, eldercare.WithFS("other", edited), eldercare.Replace("catalogs/shanxi.yaml"), eldercare.WithJurisdictions("shanxi"))
	r := compared(t, lists(), "shanxi", "shanxi", eldercare.BIn(other))
	if differ, same := relations(r); len(differ) > 0 || same != 22 || r.A.Digest == r.B.Digest {
		t.Errorf("%d are equivalent, and differ: %v", same, differ)
	}
}

// A list is equivalent to itself, and A to B is the mirror of B to A.
func TestMirror(t *testing.T) {
	engine := load(t, eldercare.WithFS("one", one), eldercare.WithFS("two", two))
	all := engine.Jurisdictions()
	all = effort.Of(all[len(all)-3:], all, all)
	for _, a := range all {
		if differ, same := relations(compared(t, engine, a.ID, a.ID)); len(differ) > 0 || same == 0 {
			t.Errorf("%s and itself: %v", a.ID, differ)
		}
		for _, b := range all {
			if a.ID < b.ID {
				mirror(t, compared(t, engine, a.ID, b.ID), compared(t, engine, b.ID, a.ID))
			}
		}
	}
}

func mirror(t *testing.T, there, back *diff.Report) {
	t.Helper()
	of := map[string]diff.Service{}
	for _, s := range back.Services {
		of[s.Service] = s
	}
	if len(of) != len(there.Services) || len(there.Together) != len(back.Together) {
		t.Errorf("%s to %s: %d services there, %d back", there.A.Jurisdiction, there.B.Jurisdiction, len(there.Services), len(of))
	}
	swap := map[string]string{"a": "b", "b": "a"}
	for _, s := range there.Services {
		other := of[s.Service]
		if other.Relation != mirrored[s.Relation] {
			t.Errorf("%s to %s: %s is %s, and %s back", there.A.Jurisdiction, there.B.Jurisdiction, s.Service, s.Relation, other.Relation)
		}
		var want []diff.Difference
		for _, side := range []string{"a", "b"} {
			for _, d := range other.Differences {
				if swap[d.Better] == side {
					d.Better, d.A, d.B = side, d.B, d.A
					want = append(want, d)
				}
			}
		}
		if d := cmp.Diff(said(want), said(s.Differences)); d != "" {
			t.Errorf("%s to %s: %s (-mirror +got):\n%s", there.A.Jurisdiction, there.B.Jurisdiction, s.Service, d)
		}
	}
}

// A report in words is in one language, and says in both whether anybody loses.
func TestWords(t *testing.T) {
	r := compared(t, lists(), "shuozhou", "hongtong")
	for lang, want := range map[string][]string{
		"zh": {"28项服务中：3项较低，1项较高，6项多出，18项相同", "8→12 高龄津贴", "每月现金：30元 → 由当地确定", "年龄 ≥ 80周岁，本地户籍 是"},
		"en": {"of 28 services: 3 weaker, 1 stronger, 6 added, 18 equivalent", "8→12 old-age allowance", "monthly cash 30 yuan → set locally"},
	} {
		var html, markdown bytes.Buffer
		if err := errors.Join(diff.HTML(&html, r, lang), diff.Markdown(&markdown, r, lang)); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(html.String(), text) || !strings.Contains(markdown.String(), text) {
				t.Errorf("%s does not say %q", lang, text)
			}
		}
		if strings.Contains(html.String(), "http") || strings.Contains(html.String(), "<script") {
			t.Error("the page takes something from elsewhere")
		}
	}
}
