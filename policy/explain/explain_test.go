package explain_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/explain"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/timeline"
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

// about explains a service to an elder on a day.
func about(t testing.TB, engine *eldercare.Engine, jurisdiction, on, service string, e eldercare.Elder, closed bool) *explain.Explanation {
	t.Helper()
	r := rulesOf(t, engine, jurisdiction, on)
	p, err := r.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	c, err := engine.Course(jurisdiction)
	if err != nil {
		t.Fatal(err)
	}
	x, err := explain.Explain(context.Background(), c, r.AssumeKnown(closed), timeline.Claim{Profile: p, Service: service})
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

func mustNotContain(t *testing.T, text, part string) {
	t.Helper()
	if strings.Contains(text, part) {
		t.Errorf("%q in:\n%s", part, text)
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
			x := about(t, engine, test.jurisdiction, test.on, "old-age-allowance", test.elder, false)
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
	x := about(t, load(t), "shuozhou", "2024-02-28", "health-management", eldercare.Elder{"birth_date": "1960-02-29"}, false)
	if x.EligibleFrom == nil || x.EligibleFrom.String() != "2025-03-01" {
		t.Errorf("65 years after 1960-02-29: got %v, want 2025-03-01", x.EligibleFrom)
	}
}

// amended returns the lists with an amendment of Shuozhou's parameters.
func amended(t *testing.T, parameters string) *eldercare.Engine {
	t.Helper()
	amendment := "amends: shuozhou\nparameters:\n" + parameters
	return load(t, eldercare.WithFS("local", fstest.MapFS{"catalogs/shuozhou_local.yaml": {Data: []byte(amendment)}}))
}

// A threshold that will be another counts from the day on which it is.
func TestEligibleFromNewRules(t *testing.T) {
	const threshold = "  old_age_allowance_age: {values: [{from: \"2027-01-01\", value: %s}], cite: [{document: 通知}]}\n"
	earlier := about(t, amended(t, strings.Replace(threshold, "%s", "75", 1)), "shuozhou", today, "old-age-allowance", eldercare.Elder{"birth_date": "1950-03-01"}, false)
	if earlier.EligibleFrom == nil || earlier.EligibleFrom.String() != "2027-01-01" || earlier.EligibleAge != nil {
		t.Errorf("75 from 2027-01-01: eligible from %v, at %v", earlier.EligibleFrom, earlier.EligibleAge)
	}
	mustContain(t, earlier.Text("zh"), "只差时间：2027-01-01 起，届时清单或标准有变")
	mustContain(t, earlier.Text("en"), "Only time is missing: from 2027-01-01, when a list or a figure changes")

	elder := eldercare.Elder{"birth_date": "1947-03-01", "local_hukou": false}
	later := about(t, amended(t, strings.Replace(threshold, "%s", "85", 1)), "shuozhou", today, "old-age-allowance", elder, false)
	if later.EligibleFrom == nil || later.EligibleFrom.String() != "2032-03-01" || later.EligibleAge == nil || *later.EligibleAge != 85 {
		t.Errorf("85 from 2027-01-01: eligible from %v, at %v", later.EligibleFrom, later.EligibleAge)
	}
}

// With the household registration unknown time alone does not do: the service becomes possible.
func TestPossibleFrom(t *testing.T) {
	x := about(t, load(t), "hongtong", today, "old-age-allowance", eldercare.Elder{"birth_date": "1947-03-01"}, false)
	if x.EligibleFrom != nil || x.PossibleFrom == nil || x.PossibleFrom.String() != "2027-03-01" || *x.PossibleAge != 80 {
		t.Errorf("eligible from %v, possible from %v", x.EligibleFrom, x.PossibleFrom)
	}
	if diff := cmp.Diff([]string{"local_hukou"}, x.PossibleNeeds); diff != "" {
		t.Error(diff)
	}
	mustContain(t, x.Text("zh"), "可能享受：2027-03-01 起，届时年满80周岁；届时还取决于：本地户籍")
	mustContain(t, x.Text("en"), "Possible from 2027-03-01, at age 80; then depends on: registered locally")
	mustNotContain(t, x.Text("zh"), "只差时间")
	mustNotContain(t, x.Text("en"), "Only time")
}

// What Huojia's text permits stands beside what it promises, whether it is certain or only
// possible.
func TestPermitted(t *testing.T) {
	engine := load(t)
	nursing := about(t, engine, "huojia", today, "nursing-subsidy", eldercare.Elder{"age": 70, "assistance_category": "dibao_marginal"}, false)
	want := explain.Permitted{Needs: []string{"self_care"}}
	if diff := permittedDiff(explain.PossiblyDiscretionary, want, nursing); diff != "" {
		t.Error(diff)
	}
	mustContain(
		t, nursing.Text("zh"), "没有承诺，但可能可以扩大享受", "可扩大部分取决于：生活自理能力", "可能可扩大的依据条款", "✓ 救助类别 需 低保边缘家庭或支出型困难家庭，现为 低保边缘家庭",
		"可扩大的待遇（非承诺）\n  可能：每月现金 不低于60元", "✗ 救助类别 需 最低生活保障对象",
	)
	mustContain(t, nursing.Text("en"), "not promised, but may be permitted", "What is permitted depends on: ability of self-care")

	e := eldercare.Elder{"age": 85, "economic_hardship": true, "assistance_category": "none", "local_hukou": true}
	care := about(t, engine, "huojia", today, "care-service-subsidy", e, false)
	want = explain.Permitted{Needs: []string{"special_family"}} // a special family of 85 is promised it instead
	if diff := permittedDiff(explain.Possible, want, care); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"special_family"}, care.Needs); diff != "" {
		t.Error(diff)
	}
	mustContain(t, care.Text("zh"), "结论：可能应享", "另：条文可能允许扩大享受，但未作承诺", "取决于：计划生育特殊家庭", "可扩大部分取决于：计划生育特殊家庭", "可扩大的待遇（非承诺）\n  可能：每月现金 不低于60元")
	mustContain(t, care.Text("en"), "needs \"none\", is \"none\"")

	known := about(t, engine, "huojia", today, "care-service-subsidy", e, true) // a special family is none
	if diff := permittedDiff(explain.Discretionary, explain.Permitted{Certain: true}, known); diff != "" {
		t.Error(diff)
	}
	if len(known.Nearest) == 0 {
		t.Error("no nearest clause of those that promise it")
	}
}

// permittedDiff compares an answer and what is permitted, but for grounds and amounts, of which
// there must be some.
func permittedDiff(answer explain.Answer, want explain.Permitted, got *explain.Explanation) string {
	if got.Permitted == nil || len(got.Permitted.Grounds) == 0 || len(got.Permitted.Amounts) == 0 {
		return "nothing is permitted, or without grounds or amounts"
	}
	have := *got.Permitted
	have.Grounds, have.Amounts = nil, nil
	return cmp.Diff([]any{answer, want}, []any{got.Answer, have})
}

func TestGrounds(t *testing.T) {
	x := about(t, load(t), "shuozhou", today, "old-age-allowance", eldercare.Elder{"age": 85}, false)
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
	x := about(t, load(t), "hongtong", today, "old-age-allowance", e, true)
	want := &explain.Inherited{List: "shanxi", Name: "山西省", Item: "8"}
	if diff := cmp.Diff(want, x.Grounds[0].Clause.Inherited); diff != "" {
		t.Error(diff)
	}
	mustContain(t, x.Text("zh"), "第12项 高龄津贴，沿用山西省第8项", "不计入合计，从高取：百岁补贴", "金额由当地确定")
	centenarian := about(t, load(t), "hongtong", today, "centenarian-allowance", e, true)
	mustContain(t, centenarian.Text("zh"), "取其高，不再另加：高龄津贴", "不叠加。推进全县")
}

// A reason and its citation are kept apart, be there a full stop or not.
func TestReasonOfChoice(t *testing.T) {
	engine, err := eldercare.Load(t.Context(), eldercare.WithDir("../../examples/lists"))
	if err != nil {
		t.Fatal(err)
	}
	x := about(t, engine, "xushi", today, "merit-allowance", eldercare.Elder{"age": 75, "contributor": "model_worker"}, true)
	mustContain(t, x.Text("zh"), "荣誉津贴（两项津贴就高不重复，虚市〔2024〕2号 附件 7）")
}

func TestPossible(t *testing.T) {
	engine := load(t)
	x := about(t, engine, "shuozhou", today, "nursing-subsidy", eldercare.Elder{"age": 85}, false)
	if x.Answer != explain.Possible {
		t.Fatalf("got %s, want possible", x.Answer)
	}
	if diff := cmp.Diff([]string{"economic_hardship", "assistance_category", "self_care"}, x.Needs); diff != "" {
		t.Error(diff)
	}
	mustContain(t, x.Text("zh"), "? 生活自理能力 需 半自理（半护理）或全护理，未提供")

	visits := about(t, engine, "shuozhou", today, "visiting-service", eldercare.Elder{"age": 85, "living_alone": true}, false)
	mustContain(t, visits.Text("zh"), "结论：应享", "每月探访次数 不少于1次", "可能：增加探访次数", "取决于：生活自理能力")
}

// In a closed world the grade of a disability that is given cannot be absent: any of them does.
func TestWhatCannotBeAbsent(t *testing.T) {
	x := about(t, load(t), "hongtong", today, "disabled-nursing-allowance", eldercare.Elder{"age": 70, "disability_kind": "mental"}, true)
	if x.Answer != explain.Entitled || len(x.Grounds) != 2 {
		t.Errorf("got %s by %d clauses, want entitled by two together", x.Answer, len(x.Grounds))
	}
	mustContain(t, x.Text("zh"), "? 残疾等级 需 1–2级，未提供", "? 残疾等级 需 3–4级，未提供", "✓ 残疾类别 需 智力或精神，现为 精神")
}

func TestRefused(t *testing.T) {
	engine := load(t)
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
			x := about(t, engine, "shuozhou", today, test.service, test.elder, test.closed)
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
	engine := load(t, eldercare.WithFS("local", overlay))
	e := eldercare.Elder{"age": 70, "assistance_category": "tekun", "support_mode": "dispersed", "self_care": "none"}
	x := about(t, engine, "huojia", today, "dispersed-support", e, false)
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

// opaqueRule depends on the age and the grade of a disability; it reads the years of contribution,
// too, which makes no difference, but too many combinations to hold in a table.
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
	input.age >= p.public_culture_age + input.disability_grade + 0 * count([1 | input.pension_contribution_years + 0 > 99])
	input.local_hukou
}
`

func TestOpaque(t *testing.T) {
	overlay := fstest.MapFS{"rego/lists/huojia.rego": {Data: []byte(opaqueRule)}}
	engine := load(t, eldercare.Replace("rego/lists/huojia.rego"), eldercare.WithFS("local", overlay))
	x := about(t, engine, "huojia", today, "public-culture-access", eldercare.Elder{"age": 66, "local_hukou": true}, true)
	if x.Answer != explain.Entitled || len(x.Opaque) != 1 || !x.Opaque[0].Holds {
		t.Fatalf("got %s, opaque %+v", x.Answer, x.Opaque)
	}
	mustContain(t, x.Text("zh"), "整体求值的规则", "读取：年龄、残疾等级、本地户籍", "按已提供的信息：成立")
}

// hardshipRule promises the same service by conditions that can be told apart.
const hardshipRule = `
# METADATA
# title: 免费享受公共文化服务
# custom:
#   item: "20"
grants contains grant.promise("public-culture-access", {"culture_discount_percent": p.culture_discount_percent}) if {
	input.age >= p.public_culture_age
	input.economic_hardship
}
`

// A rule that is evaluated as a whole is tried on every completion: it needs 65 years and as many
// as the grade, up to four.
func TestOpaqueUnknown(t *testing.T) {
	overlay := fstest.MapFS{"rego/lists/huojia.rego": {Data: []byte(opaqueRule + hardshipRule)}}
	engine := load(t, eldercare.Replace("rego/lists/huojia.rego"), eldercare.WithFS("local", overlay))
	tests := []struct {
		note           string
		elder          eldercare.Elder
		answer         explain.Answer
		holds, mayHold bool
		has            []string
		hasNot         string
	}{
		{
			"whatever the grade is", eldercare.Elder{"age": 90, "local_hukou": true, "pension_contribution_years": 15}, explain.Entitled, true, true,
			[]string{"依据条款", "✓ 年龄 现为 90周岁", "✓ 残疾等级 未提供，不论何值", "以上各项一并判定", "按已提供的信息：成立"}, "经认定经济困难",
		},
		{
			"up to grade 1", eldercare.Elder{"age": 66, "local_hukou": true, "pension_contribution_years": 15}, explain.Possible, false, true,
			[]string{"取决于：经认定经济困难", "? 残疾等级 需 0–1级，未提供", "是否成立，取决于未提供的信息", "? 经认定经济困难 需 是，未提供"}, "不成立",
		},
		{
			"too young for it", eldercare.Elder{"age": 60, "local_hukou": true, "pension_contribution_years": 15, "economic_hardship": false}, explain.NotEntitled, false, false,
			[]string{"按已提供的信息：不成立", "只差时间：年满69周岁起", "可能享受：年满65周岁起；届时还取决于：残疾等级"}, "可能依据的条款",
		},
		{
			"registered elsewhere", eldercare.Elder{"birth_date": "1930-01-01", "local_hukou": false, "economic_hardship": false}, explain.NotEntitled,
			false, false, []string{"按已提供的信息：不成立"}, "只差时间",
		},
	}
	for _, test := range tests {
		t.Run(test.note, func(t *testing.T) {
			x := about(t, engine, "huojia", today, "public-culture-access", test.elder, false)
			want := []any{test.answer, test.holds, test.mayHold}
			if diff := cmp.Diff(want, []any{x.Answer, x.Opaque[0].Holds, x.Opaque[0].MayHold}); diff != "" {
				t.Error(diff)
			}
			mustContain(t, x.Text("zh"), test.has...)
			mustNotContain(t, x.Text("zh"), test.hasNot)
		})
	}
}

// Of a rule that holds whatever the grade and the kind of a disability are, which cannot both be
// anything, there is one ground.
func TestOpaqueWhateverTogether(t *testing.T) {
	rule := strings.Replace(opaqueRule, "\tinput.local_hukou\n", "\tinput.local_hukou\n\tinput.disability_kind\n", 1)
	overlay := fstest.MapFS{"rego/lists/huojia.rego": {Data: []byte(rule + hardshipRule)}}
	x := about(t, load(t, eldercare.Replace("rego/lists/huojia.rego"), eldercare.WithFS("local", overlay)), "huojia", today, "public-culture-access", eldercare.Elder{"age": 90, "local_hukou": true, "pension_contribution_years": 15}, false)
	if x.Answer != explain.Entitled || len(x.Grounds) != 1 || !x.Grounds[0].Whole {
		t.Errorf("got %s by %d clauses", x.Answer, len(x.Grounds))
	}
	mustContain(t, x.Text("zh"), "✓ 残疾等级 未提供，不论何值", "✓ 残疾类别 未提供，不论何值")
	mustContain(t, x.Text("en"), "✓ disability grade: not given, whatever it is")
}

// A rule that reads too much that is missing is not guessed.
func TestOpaqueUntried(t *testing.T) {
	reading := "\tinput.pension_contribution_years >= 0\n\tinput.disability_kind\n\tinput.contributor\n\tinput.local_hukou\n"
	rule := strings.Replace(opaqueRule, "\tinput.local_hukou\n", reading, 1)
	overlay := fstest.MapFS{"rego/lists/huojia.rego": {Data: []byte(rule)}}
	x := about(t, load(t, eldercare.Replace("rego/lists/huojia.rego"), eldercare.WithFS("local", overlay)), "huojia", today, "public-culture-access", eldercare.Elder{"age": 70}, false)
	if x.Answer != explain.Possible || !x.Opaque[0].Untried || !x.Opaque[0].MayHold || x.Opaque[0].Holds {
		t.Errorf("got %s, %+v", x.Answer, x.Opaque[0])
	}
	mustContain(t, x.Text("zh"), "缺少的信息过多，无法判定是否成立", "说明：有规则须整体求值")
}

// Hongtong's and the province's texts print no date, Shuozhou's does.
func TestAssumedDates(t *testing.T) {
	x := about(t, load(t), "hongtong", today, "centenarian-allowance", eldercare.Elder{"age": 100}, false)
	mustContain(t, x.Text("zh"), "自 2024-01-01（推定：文本未印日期；", "百岁补贴标准 = 300元，自 2024-01-01（推定）起")
	mustContain(t, x.Text("en"), "in force since 2024-01-01, an assumed date", "since 2024-01-01, an assumed date (")
	x = about(t, load(t), "shuozhou", today, "old-age-allowance", eldercare.Elder{"age": 85}, false)
	mustContain(t, x.Text("zh"), "（原文），自 2023-11-20 起；", "自 2023-06-01（推定：", "高龄津贴标准 = 30元，自 2023-11-20 起（")
	text, err := json.Marshal(x.Grounds[0].Parameters)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), `"from_assumed":true`); n != 1 { // the province's threshold
		t.Errorf("%d assumed dates in %s", n, text)
	}
}

// A figure that ended is not one that was never written.
func TestRepealed(t *testing.T) {
	engine := amended(t, "  old_age_allowance_monthly: {values: [{from: \"2027-03-01\", value: 50}, {from: \"2027-05-10\", value: null}], cite: [{document: 通知}]}\n")
	x := about(t, engine, "shuozhou", "2027-06-01", "old-age-allowance", eldercare.Elder{"age": 85}, false)
	mustContain(t, x.Text("zh"), "高龄津贴标准：50元的标准已于 2027-05-10 停止（通知）")
	mustContain(t, x.Text("en"), "old age allowance monthly: the figure of 50 yuan ended on 2027-05-10 (通知)")
	mustNotContain(t, x.Text("zh"), "原文未写数值")
}

func TestEnglish(t *testing.T) {
	engine := load(t)
	fraction := about(t, engine, "huojia", today, "dispersed-support", eldercare.Elder{
		"age": 70, "assistance_category": "tekun", "support_mode": "dispersed", "self_care": "none",
	}, false)
	mustContain(t, fraction.Text("en"), `ability of self-care: needs "none", is "none"`, "nursing share none = 1/3, since")
	mustNotContain(t, fraction.Text("en"), "1/3 times")
	mustContain(t, fraction.Text("en"), "minimum wage monthly: no text states a value (")
	needs := about(t, engine, "shuozhou", today, "contributor-support", eldercare.Elder{"age": 70}, false)
	mustContain(t, needs.Text("en"), "Depends on: status of special contribution; nobody bound, or able, to support; receives a regular state benefit")
	e := eldercare.Elder{"age": 100, "local_hukou": true}
	const chosen = ": only the higher of the two counts (方案把100周岁及以上的标准写在高龄津贴一条之内，是同一津贴的高档，不叠加。 推进全县基本养老服务体系建设实施方案 重点工作 3)"
	mustContain(t, about(t, engine, "hongtong", today, "old-age-allowance", e, true).Text("en"), "not added, in favour of centenarian allowance"+chosen)
	mustContain(t, about(t, engine, "hongtong", today, "centenarian-allowance", e, true).Text("en"), "counts instead of old-age allowance"+chosen)
}

func TestNotListed(t *testing.T) {
	r := rulesOf(t, load(t), "shuozhou", today)
	p, err := r.Encode(eldercare.Elder{"age": 80})
	if err != nil {
		t.Fatal(err)
	}
	_, err = explain.Explain(context.Background(), nil, r, timeline.Claim{Profile: p, Service: "old-age-alowance"})
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

// The reasons of every service of every list in both languages have no hole: yes, no, permitted and
// possible, now and to come, and of a rule that is evaluated as a whole.
func TestEveryReasonReads(t *testing.T) {
	everyReasonReads(t, load(t), "")
	overlay := fstest.MapFS{"rego/lists/huojia.rego": {Data: []byte(opaqueRule + hardshipRule)}}
	everyReasonReads(t, load(t, eldercare.Replace("rego/lists/huojia.rego"), eldercare.WithFS("local", overlay), eldercare.WithJurisdictions("huojia")), "public-culture-access")
}

// everyReasonReads explains a service, or all of them, to elders of every case. Some elder must
// have each, and of all services every kind of answer must occur.
func everyReasonReads(t *testing.T, engine *eldercare.Engine, only string) {
	t.Helper()
	answers := map[explain.Answer]bool{}
	toCome := false
	for _, j := range engine.Jurisdictions() {
		r := rulesOf(t, engine, j.ID, today)
		listed := map[string]bool{}
		for _, l := range r.Table.Layers {
			for _, s := range l.List.Services {
				if only == "" || only == s.ID {
					listed[s.ID] = true
				}
			}
		}
		granted := map[string]bool{}
		explained := func(service string, e eldercare.Elder, closed bool) {
			x := about(t, engine, j.ID, today, service, e, closed)
			reads(t, j.ID, x)
			answers[x.Answer] = true
			toCome = toCome || x.PossibleFrom != nil && x.EligibleFrom == nil
			if x.Answer == explain.Entitled || x.Answer == explain.Discretionary {
				granted[service] = true
			}
		}
		for service := range listed {
			for _, e := range []eldercare.Elder{{}, {"age": 30}, {"birth_date": "1947-03-01"}, {"birth_date": "1963-03-01", "local_hukou": true}} {
				explained(service, e, false)
				explained(service, e, true)
			}
		}
		for _, c := range r.Table.Cases {
			if !listed[c.Grant.Service] {
				continue
			}
			whole := witness(r, c.Box)
			explained(c.Grant.Service, whole, true)
			explained(c.Grant.Service, whole, false)
			for _, side := range c.Box { // all but one
				part := maps.Clone(whole)
				delete(part, r.Table.Space.Axes[side.Attribute].Attribute.Name)
				if _, err := r.Encode(part); err == nil { // what was left out may have kept two others from contradicting
					explained(c.Grant.Service, part, false)
				}
			}
		}
		for service := range listed {
			if !granted[service] {
				t.Errorf("%s: no elder was granted %s", j.ID, service)
			}
		}
	}
	if only == "" && (len(answers) != 5 || !toCome) {
		t.Errorf("answers %v, some to come: %t", answers, toCome)
	}
}

// witness returns an elder in a box. What may be absent is absent, as a value of it might
// contradict something else that is absent.
func witness(r *eldercare.Ruleset, b box.Box) eldercare.Elder {
	var cells elder.Cells
	for _, side := range b {
		if !side.Admits.Has(elder.Absent) {
			cells[side.Attribute] = side.Admits.Cells()[0]
		}
	}
	return r.Table.Space.Elder(cells)
}

func reads(t *testing.T, jurisdiction string, x *explain.Explanation) {
	t.Helper()
	branches := slices.Concat(x.Grounds, x.Nearest)
	if x.Permitted != nil {
		branches = append(branches, x.Permitted.Grounds...)
	}
	if len(branches)+len(x.Opaque) == 0 {
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
	for _, b := range branches {
		for _, c := range b.Conditions {
			if words := c.Words("en"); strings.ContainsFunc(words, isHan) {
				t.Errorf("%s %s: the English text has Chinese: %s", jurisdiction, x.Service, words)
			}
			if len(c.Needs.Ranges)+len(c.Needs.Values) == 0 && !b.Whole {
				t.Errorf("%s %s: condition on %s needs nothing", jurisdiction, x.Service, c.Attribute)
			}
		}
	}
	if _, err := json.Marshal(x); err != nil {
		t.Error(err)
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// One explained decision beside a plain one of the same elder: of one who has the services, and of
// one who has to wait.
func BenchmarkExplain(b *testing.B) {
	engine := load(b)
	ctx, on := context.Background(), date(b, today)
	run := func(name, jurisdiction string, e eldercare.Elder, closed bool, services ...string) {
		options := []eldercare.EvalOption{eldercare.On(on)}
		if closed {
			options = append(options, eldercare.AssumeKnown())
		}
		b.Run(name+"/plain", func(b *testing.B) {
			for b.Loop() {
				if _, err := engine.Evaluate(ctx, jurisdiction, e, options...); err != nil {
					b.Fatal(err)
				}
			}
		})
		for _, service := range services {
			b.Run(name+"/"+service, func(b *testing.B) {
				for b.Loop() {
					about(b, engine, jurisdiction, today, service, e, closed)
				}
			})
		}
	}
	tekun := eldercare.Elder{
		"age": 85, "local_hukou": true, "assistance_category": "tekun", "support_mode": "dispersed", "self_care": "none",
		"disability_grade": 0, "disability_kind": "none", "living_alone": true,
	}
	run("open", "shuozhou", tekun, false, "dispersed-support", "visiting-service", "meal-subsidy")
	run("closed", "shuozhou", tekun, true, "dispersed-support", "visiting-service", "meal-subsidy")
	young := eldercare.Elder{"birth_date": "1990-05-05", "local_hukou": true, "assistance_category": "none", "self_care": "full"}
	run("waiting open", "huojia", young, false, "old-age-allowance", "care-service-subsidy", "medical-assistance")
	run("waiting closed", "huojia", young, true, "old-age-allowance", "care-service-subsidy", "medical-assistance")
}
