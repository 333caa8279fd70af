package explain_test

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/box"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/explain"
)

const today = "2026-11-22"

func load(t testing.TB, options ...eldercare.Option) *eldercare.Engine {
	t.Helper()
	engine, err := eldercare.Load(context.Background(), options...)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

func date(t testing.TB, s string) eldercare.Date {
	t.Helper()
	var d eldercare.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return d
}

func rulesOf(t testing.TB, engine *eldercare.Engine, jurisdiction, on string) *eldercare.Ruleset {
	t.Helper()
	r, err := engine.Rules(context.Background(), jurisdiction, date(t, on))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func about(t testing.TB, r *eldercare.Ruleset, service string, e eldercare.Elder, closed bool) *explain.Explanation {
	t.Helper()
	p, err := r.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	x, err := explain.Explain(context.Background(), r, p, service, closed)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func mustContain(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in:\n%s", part, text)
		}
	}
}

func TestEligibleFrom(t *testing.T) {
	engine := load(t)
	tests := []struct {
		note         string
		elder        eldercare.Elder
		jurisdiction string
		on           string
		answer       explain.Answer
		age          int
		from         string // empty: no date
	}{
		{"80 on the 80th birthday", eldercare.Elder{"birth_date": "1947-03-01"}, "shuozhou", today, explain.NotEntitled, 80, "2027-03-01"},
		{"born on 29 February, 80 in a leap year", eldercare.Elder{"birth_date": "1948-02-29"}, "shuozhou", today, explain.NotEntitled, 80, "2028-02-29"},
		{"born on 28 February", eldercare.Elder{"birth_date": "1947-02-28"}, "shuozhou", today, explain.NotEntitled, 80, "2027-02-28"},
		{"the day before the birthday", eldercare.Elder{"birth_date": "1946-11-23"}, "shuozhou", today, explain.NotEntitled, 80, "2026-11-23"},
		{"on the birthday it is due", eldercare.Elder{"birth_date": "1946-11-22"}, "shuozhou", today, explain.Entitled, 0, ""},
		{"with the age alone there is no date", eldercare.Elder{"age": 79}, "shuozhou", today, explain.NotEntitled, 80, ""},
		{"an unknown household registration is not a matter of time", eldercare.Elder{"birth_date": "1947-03-01"}, "hongtong", today, explain.NotEntitled, 0, ""},
		{"registered locally, only time is missing", eldercare.Elder{"birth_date": "1947-03-01", "local_hukou": true}, "hongtong", today, explain.NotEntitled, 80, "2027-03-01"},
		{"not registered locally, time does not help", eldercare.Elder{"birth_date": "1947-03-01", "local_hukou": false}, "hongtong", today, explain.NotEntitled, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.note, func(t *testing.T) {
			x := about(t, rulesOf(t, engine, test.jurisdiction, test.on), "old-age-allowance", test.elder, false)
			age, from := 0, ""
			if x.EligibleAge != nil {
				age = *x.EligibleAge
			}
			if x.EligibleFrom != nil {
				from = x.EligibleFrom.String()
			}
			if diff := cmp.Diff([]any{test.answer, test.age, test.from}, []any{x.Answer, age, from}); diff != "" {
				t.Error(diff)
			}
			if from != "" {
				mustContain(t, x.Text("zh"), from+" 起，届时年满80周岁")
				mustContain(t, x.Text("en"), "from "+from+", at age 80")
			}
		})
	}
}

// 2025 is a common year: who was born on 29 February completes the year on 1 March.
func TestEligibleFromInACommonYear(t *testing.T) {
	r := rulesOf(t, load(t), "shuozhou", "2024-02-28")
	x := about(t, r, "health-management", eldercare.Elder{"birth_date": "1960-02-29"}, false)
	if x.EligibleFrom == nil || x.EligibleFrom.String() != "2025-03-01" {
		t.Errorf("65 years after 1960-02-29: got %v, want 2025-03-01", x.EligibleFrom)
	}
}

func TestGrounds(t *testing.T) {
	x := about(t, rulesOf(t, load(t), "shuozhou", today), "old-age-allowance", eldercare.Elder{"age": 85}, false)
	if x.Answer != explain.Entitled || len(x.Grounds) != 1 {
		t.Fatalf("got %s with %d grounds, want entitled with 1", x.Answer, len(x.Grounds))
	}
	b := x.Grounds[0]
	if diff := cmp.Diff(explain.Layer{List: "shuozhou", Name: "朔州市", Level: "city"}, b.Layer); diff != "" {
		t.Error(diff)
	}
	if b.Clause.File != "rego/lists/shuozhou.rego" || b.Clause.Line == 0 || b.Clause.Inherited != nil {
		t.Errorf("the clause is the list's own, got %+v", b.Clause)
	}
	var lines []string
	for _, p := range b.Parameters {
		lines = append(lines, p.Name+" "+p.Value.String()+" "+p.From.String()+" "+p.List+" "+p.Cite[0].String())
	}
	want := []string{
		"old_age_allowance_age 80 2023-06-01 shanxi 朔政办发〔2023〕36号 附件 8",
		"old_age_allowance_monthly 30 2023-11-20 shuozhou 朔政办发〔2023〕36号 附件 8",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	mustContain(t, x.Text("zh"), "✓ 年龄 需 ≥ 80周岁，现为 85周岁", "每月现金 不低于30元", "是否限本市户籍？不限。")
	mustContain(t, x.Text("en"), "✓ age: needs ≥ 80, is 85", "monthly cash at least 30 yuan")
}

func TestInheritedClause(t *testing.T) {
	e := eldercare.Elder{"age": 100, "local_hukou": true}
	x := about(t, rulesOf(t, load(t), "hongtong", today), "old-age-allowance", e, true)
	want := &explain.Inherited{List: "shanxi", Name: "山西省", Item: "8"}
	if diff := cmp.Diff(want, x.Grounds[0].Clause.Inherited); diff != "" {
		t.Error(diff)
	}
	mustContain(t, x.Text("zh"), "第12项 高龄津贴，沿用山西省第8项", "不计入合计，从高取：百岁补贴", "金额由当地确定")
	centenarian := about(t, rulesOf(t, load(t), "hongtong", today), "centenarian-allowance", e, true)
	mustContain(t, centenarian.Text("zh"), "取其高，不再另加：高龄津贴")
}

func TestPossible(t *testing.T) {
	r := rulesOf(t, load(t), "shuozhou", today)
	x := about(t, r, "nursing-subsidy", eldercare.Elder{"age": 85}, false)
	if x.Answer != explain.Possible {
		t.Fatalf("got %s, want possible", x.Answer)
	}
	if diff := cmp.Diff([]string{"economic_hardship", "assistance_category", "self_care"}, x.Needs); diff != "" {
		t.Error(diff)
	}
	mustContain(t, x.Text("zh"), "? 生活自理能力 需 半自理（半护理）或全护理，未提供")

	visits := about(t, r, "visiting-service", eldercare.Elder{"age": 85, "living_alone": true}, false)
	mustContain(t, visits.Text("zh"), "结论：应享", "每月探访次数 不少于1次", "可能：增加探访次数", "取决于：生活自理能力")
}

func TestRefused(t *testing.T) {
	r := rulesOf(t, load(t), "shuozhou", today)
	tests := []struct {
		note, service string
		elder         eldercare.Elder
		closed        bool
		would         []string
		text          []string
	}{
		{
			"what is missing is not given, not false", "care-service-subsidy", eldercare.Elder{"age": 85}, true,
			[]string{"economic_hardship", "assistance_category"}, []string{"经认定经济困难 需 是，未提供，按否计"},
		},
		{
			"a fact that was denied would do", "priority-institutional-care", eldercare.Elder{"age": 70, "special_family": false}, false,
			[]string{"special_family"}, []string{"计划生育特殊家庭 需 是，现为 否"},
		},
		{
			"two conditions fail: no one fact would do", "nursing-subsidy",
			eldercare.Elder{"age": 70, "economic_hardship": false, "assistance_category": "none", "self_care": "full"}, false,
			nil, []string{"生活自理能力 需 半自理（半护理）或全护理，现为 全自理"},
		},
		{
			"what is asked only of others does not apply", "dispersed-support", eldercare.Elder{"age": 70, "assistance_category": "none"}, false,
			nil, []string{"特困供养方式 需 分散供养，不适用"},
		},
		{
			"a missing age is not a matter of time", "old-age-allowance", eldercare.Elder{}, true,
			nil, []string{"年龄 需 ≥ 80周岁，未提供"},
		},
	}
	for _, test := range tests {
		t.Run(test.note, func(t *testing.T) {
			x := about(t, r, test.service, test.elder, test.closed)
			if x.Answer != explain.NotEntitled || len(x.Nearest) == 0 || x.EligibleAge != nil {
				t.Fatalf("got %s, %d nearest clauses, eligible age %v", x.Answer, len(x.Nearest), x.EligibleAge)
			}
			var would []string
			for _, c := range x.WouldDo {
				would = append(would, c.Attribute)
			}
			if diff := cmp.Diff(test.would, would); diff != "" {
				t.Error(diff)
			}
			mustContain(t, x.Text("zh"), test.text...)
		})
	}
}

const wages = `amends: huojia
parameters:
  minimum_wage_monthly:
    values:
      - {from: "2024-12-03", value: 2000}
    cite: [{document: 最低工资公告, at: 第1条}]
`

// A third of 2,000 yuan is 666.666…, and a floor: 666.67.
func TestFraction(t *testing.T) {
	overlay := fstest.MapFS{"catalogs/huojia_wages.yaml": {Data: []byte(wages)}}
	r := rulesOf(t, load(t, eldercare.WithFS("local", overlay)), "huojia", today)
	e := eldercare.Elder{"age": 70, "assistance_category": "tekun", "support_mode": "dispersed", "self_care": "none"}
	x := about(t, r, "dispersed-support", e, false)
	i := slices.IndexFunc(x.Amounts, func(a explain.Amount) bool { return a.Measure == "nursing_monthly_cny" })
	if i < 0 {
		t.Fatal("no nursing amount")
	}
	a := x.Amounts[i]
	if a.Promise.Value == nil || a.Promise.Value.String() != "666.67" || a.Product == nil || !a.Product.Rounded {
		t.Errorf("got %+v", a)
	}
	wantOffers := []string{"huojia true", "henan false"}
	var offers []string
	for _, o := range a.Offers {
		offers = append(offers, o.Layer.List+" "+map[bool]string{true: "true", false: "false"}[o.Best])
	}
	if diff := cmp.Diff(wantOffers, offers); diff != "" {
		t.Error(diff)
	}
	mustContain(t, x.Text("zh"), "2000 × 1/3，进位到分：666.67元", "（取其优）", "河南省（省级）：金额未定（尚缺：当地最低工资标准）")
	text, err := json.Marshal(a.Product)
	if err != nil {
		t.Fatal(err)
	}
	mustContain(t, string(text), `"value":2000`, `"value":"1/3"`, `"exact":"2000/3"`)
}

const opaqueRule = `# METADATA
# title: 试验清单
package lists.huojia

import data.grant
import data.parameters as p

# METADATA
# title: 免费享受公共文化服务
# custom:
#   item: "20"
grants contains grant.promise("public-culture-access", {
	"culture_discount_percent": p.culture_discount_percent,
	"state_scenic_discount_percent": p.state_scenic_discount_percent,
}) if {
	input.age >= p.public_culture_age + input.disability_grade
	input.local_hukou
}
`

func TestOpaque(t *testing.T) {
	overlay := fstest.MapFS{"rego/lists/huojia.rego": {Data: []byte(opaqueRule)}}
	r := rulesOf(t, load(t, eldercare.WithFS("local", overlay)), "huojia", today)
	x := about(t, r, "public-culture-access", eldercare.Elder{"age": 66, "local_hukou": true}, true)
	if x.Answer != explain.Entitled || len(x.Opaque) != 1 || !x.Opaque[0].Holds {
		t.Fatalf("got %s, opaque %+v", x.Answer, x.Opaque)
	}
	mustContain(t, x.Text("zh"), "整体求值的规则", "读取：年龄、残疾等级、本地户籍", "按已提供的信息：成立")
}

func TestNotListed(t *testing.T) {
	r := rulesOf(t, load(t), "shuozhou", today)
	p, err := r.Encode(eldercare.Elder{"age": 80})
	if err != nil {
		t.Fatal(err)
	}
	_, err = explain.Explain(context.Background(), r, p, "old-age-alowance", false)
	var unlisted *explain.NotListedError
	if !errors.As(err, &unlisted) || unlisted.Suggestion != "old-age-allowance" {
		t.Errorf("got %v", err)
	}
}

var (
	broken   = regexp.MustCompile(`%!|<nil>|（）|\(\)|： *$|：；|, ,|、、|  +\S.*  `)
	place    = regexp.MustCompile(` \[[^\]]*\]`)
	codeWord = regexp.MustCompile(`[a-z]{2,}|[a-z]+_[a-z_]+`)
)

// The reasons of every service of every list, yes, no and possible, in both languages: none has a hole in it.
func TestEveryReasonReads(t *testing.T) {
	engine := load(t)
	for _, j := range engine.Jurisdictions() {
		r := rulesOf(t, engine, j.ID, today)
		listed := map[string]bool{}
		for _, l := range r.Table.Layers {
			for _, s := range l.List.Services {
				listed[s.ID] = true
			}
		}
		granted := map[string]bool{}
		for _, c := range r.Table.Cases {
			for _, e := range []eldercare.Elder{witness(r, c.Box), {}, {"age": 30}} {
				x := about(t, r, c.Grant.Service, e, len(e) > 0)
				reads(t, j.ID, x)
				if x.Answer == explain.Entitled || x.Answer == explain.Discretionary {
					granted[c.Grant.Service] = true
				}
			}
		}
		for service := range listed {
			if !granted[service] {
				t.Errorf("%s: no elder was granted %s", j.ID, service)
			}
		}
	}
}

// witness is an elder in a box.
func witness(r *eldercare.Ruleset, b box.Box) eldercare.Elder {
	var cells elder.Cells
	for _, side := range b {
		given := side.Admits.Minus(box.SetOf(elder.Absent))
		cells[side.Attribute] = given.Cells()[0]
	}
	return r.Table.Space.Elder(cells)
}

func reads(t *testing.T, jurisdiction string, x *explain.Explanation) {
	t.Helper()
	if len(x.Grounds)+len(x.Nearest) == 0 {
		t.Errorf("%s %s: neither grounds nor nearest clauses for %s", jurisdiction, x.Service, x.Answer)
	}
	chinese, english := x.Text("zh"), x.Text("en")
	for _, text := range []string{chinese, english} {
		for line := range strings.Lines(text) {
			if found := broken.FindString(strings.TrimSpace(line)); found != "" {
				t.Errorf("%s %s: %q in %q", jurisdiction, x.Service, found, line)
			}
		}
	}
	if found := codeWord.FindString(place.ReplaceAllString(chinese, "")); found != "" {
		t.Errorf("%s %s: the Chinese text has %q:\n%s", jurisdiction, x.Service, found, chinese)
	}
	for _, b := range slices.Concat(x.Grounds, x.Nearest) {
		for _, c := range b.Conditions {
			if words := c.Words("en"); strings.ContainsFunc(words, isHan) {
				t.Errorf("%s %s: the English text has Chinese: %s", jurisdiction, x.Service, words)
			}
			if len(c.Needs.Ranges)+len(c.Needs.Values) == 0 {
				t.Errorf("%s %s: condition on %s needs nothing", jurisdiction, x.Service, c.Attribute)
			}
		}
	}
	if _, err := json.Marshal(x); err != nil {
		t.Error(err)
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// One explained decision beside a plain one of the same elder.
func BenchmarkExplain(b *testing.B) {
	engine := load(b)
	ctx, on := context.Background(), date(b, today)
	e := eldercare.Elder{
		"age": 85, "local_hukou": true, "assistance_category": "tekun", "support_mode": "dispersed", "self_care": "none",
		"disability_grade": 0, "disability_kind": "none", "living_alone": true,
	}
	run := func(name string, options []eldercare.EvalOption, closed bool) {
		b.Run(name+"/plain", func(b *testing.B) {
			for b.Loop() {
				if _, err := engine.Evaluate(ctx, "shuozhou", e, options...); err != nil {
					b.Fatal(err)
				}
			}
		})
		for _, service := range []string{"dispersed-support", "visiting-service", "meal-subsidy"} {
			b.Run(name+"/"+service, func(b *testing.B) {
				for b.Loop() {
					about(b, rulesOf(b, engine, "shuozhou", today), service, e, closed)
				}
			})
		}
	}
	run("open", []eldercare.EvalOption{eldercare.On(on)}, false)
	run("closed", []eldercare.EvalOption{eldercare.On(on), eldercare.AssumeKnown()}, true)
}
