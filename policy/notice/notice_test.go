package notice_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/notice"
)

var update = flag.Bool("update", false, "write the golden files")

// of returns a notice as of 22 November 2026.
func of(t *testing.T, engine *eldercare.Engine, jurisdiction string, e eldercare.Elder, closed bool) *notice.Notice {
	t.Helper()
	n := on(t, engine, jurisdiction, "2026-11-22", e, closed)
	n.Digest = "sha256:…" // changes with every change of a list
	return n
}

func on(t *testing.T, engine *eldercare.Engine, jurisdiction, day string, e eldercare.Elder, closed bool) *notice.Notice {
	t.Helper()
	ctx := context.Background()
	date, err := policy.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	r, err := engine.Rules(ctx, jurisdiction, date)
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	c, err := engine.Course(jurisdiction)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.New(ctx, c, r.AssumeKnown(closed), p)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func load(t *testing.T) *eldercare.Engine {
	t.Helper()
	engine, err := eldercare.Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

func TestNotice(t *testing.T) {
	engine := load(t)
	tests := []struct {
		name, jurisdiction, lang string
		elder                    eldercare.Elder
		closed                   bool
	}{
		{"hongtong-centenarian", "hongtong", "zh", eldercare.Elder{"id": "H-100", "birth_date": "1926-05-04", "local_hukou": true}, true},
		{"shuozhou-unknown", "shuozhou", "zh", eldercare.Elder{"id": "S-85", "birth_date": "1947-03-01"}, false},
		{"huojia-tekun", "huojia", "en", eldercare.Elder{
			"id": "J-9", "age": 76, "local_hukou": true, "assistance_category": "tekun", "support_mode": "dispersed", "self_care": "none",
		}, true},
	}
	for _, test := range tests {
		n := of(t, engine, test.jurisdiction, test.elder, test.closed)
		var page, markdown bytes.Buffer
		if err := notice.HTML(&page, test.lang, n); err != nil {
			t.Fatal(err)
		}
		if err := notice.Markdown(&markdown, test.lang, n); err != nil {
			t.Fatal(err)
		}
		golden(t, test.name+".html", page.Bytes())
		golden(t, test.name+".md", markdown.Bytes())
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// amended returns the lists with an amendment of Shuozhou's parameters.
func amended(t *testing.T, parameters string) *eldercare.Engine {
	t.Helper()
	amendment := "amends: shuozhou\nparameters:\n" + parameters
	return overlaid(t, fstest.MapFS{"catalogs/shuozhou_local.yaml": {Data: []byte(amendment)}})
}

func overlaid(t *testing.T, lists fstest.MapFS, options ...eldercare.Option) *eldercare.Engine {
	t.Helper()
	engine, err := eldercare.Load(context.Background(), append(options, eldercare.WithFS("local", lists))...)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// block returns what the Markdown of a notice says of the service with a title, or the row of a
// table about it; empty when nothing.
func block(t *testing.T, n *notice.Notice, lang, service string) string {
	t.Helper()
	var out bytes.Buffer
	if err := notice.Markdown(&out, lang, n); err != nil {
		t.Fatal(err)
	}
	if _, after, found := strings.Cut(out.String(), "### "+service); found {
		text, _, _ := strings.Cut(after, "\n#")
		return text
	}
	_, after, _ := strings.Cut(out.String(), "| "+service)
	row, _, _ := strings.Cut(after, "\n")
	return row
}

func TestFrom(t *testing.T) {
	engine := load(t)
	raised := amended(t, "  old_age_allowance_monthly: {values: [{from: \"2027-03-01\", value: 50}, {from: \"2027-05-10\", value: null}], cite: [{document: 通知}]}\n")
	lowered := amended(t, "  old_age_allowance_age: {values: [{from: \"2027-01-01\", value: 75}], cite: [{document: 通知}]}\n")
	born := func(day string) eldercare.Elder { return eldercare.Elder{"birth_date": day, "local_hukou": true} }
	tests := []struct {
		note, jurisdiction, on string
		engine                 *eldercare.Engine
		elder                  eldercare.Elder
		want                   string
	}{
		{"since the list", "shuozhou", "2026-11-22", engine, born("1942-02-15"), "2023-11-20；按月发放的自2023年12月起计"},
		{"since a birthday", "shuozhou", "2026-11-22", engine, born("1946-02-28"), "2026-02-28；按月发放的自2026年3月起计"},
		{"since a birthday on the first", "shuozhou", "2026-11-22", engine, born("1946-02-01"), "2026-02-01；按月发放的自2026年2月起计"},
		{
			"the amount was raised on 2027-03-01", "shuozhou", "2027-04-01", raised, born("1942-02-15"),
			"2027-03-01（此前待遇不同）；按月发放的自2027年3月起计",
		},
		{
			"the amount was repealed on 2027-05-10", "shuozhou", "2027-06-01", raised, born("1942-02-15"),
			"2027-05-10（此前待遇不同）；按月发放的自2027年6月起计",
		},
		{"the threshold was lowered on 2027-01-01", "shuozhou", "2027-02-01", lowered, born("1950-03-01"), "2027-01-01；按月发放的自2027年1月起计"},
		{
			"of an age alone the day is the earliest possible", "shuozhou", "2026-11-22", engine, eldercare.Elder{"age": 80},
			"自符合全部条件之日起，不早于2025-11-23；评定日已符合",
		},
		{
			"since when somebody is registered the notice does not know", "hongtong", "2026-11-22", engine, born("1946-02-28"),
			"自符合全部条件之日起，不早于2026-02-28；评定日已符合",
		},
		{
			"a list without a date", "hongtong", "2026-11-22", engine, born("1940-02-28"),
			"自符合全部条件之日起，不早于2024-01-01（该日为推定，原文未印施行日期）；评定日已符合",
		},
	}
	for _, test := range tests {
		t.Run(test.note, func(t *testing.T) {
			n := on(t, test.engine, test.jurisdiction, test.on, test.elder, false)
			if text := block(t, n, "zh", "高龄津贴"); !strings.Contains(text, "- **起始** "+test.want+"\n") {
				t.Errorf("want %s in:\n%s", test.want, text)
			}
		})
	}
	n := on(t, raised, "shuozhou", "2027-06-01", born("1942-02-15"), false)
	if text := block(t, n, "zh", "高龄津贴"); !strings.Contains(text, "**未定** 高龄津贴标准：50元的标准已于 2027-05-10 停止\n") {
		t.Errorf("no end of the figure in:\n%s", text)
	}
}

// An assumed date is marked in both languages.
func TestAssumedDate(t *testing.T) {
	n := on(t, load(t), "hongtong", "2026-11-22", eldercare.Elder{"birth_date": "1950-01-01"}, false)
	for lang, want := range map[string]string{
		"zh": "**起始** 2024-01-01（该日为推定，原文未印施行日期）\n", "en": "**From** 2024-01-01 (an assumed date: the text prints none)\n",
	} {
		service := map[string]string{"zh": "健康管理", "en": "health management"}[lang]
		if text := block(t, n, lang, service); !strings.Contains(text, want) {
			t.Errorf("want %s in:\n%s", want, text)
		}
	}
}

// What may come is on the notice: what is possible within a year, and what is permitted, or may be.
func TestNothingDropped(t *testing.T) {
	engine := load(t)
	tests := []struct {
		note, jurisdiction, service string
		elder                       eldercare.Elder
		want                        string
	}{
		{
			"80 within a year, registered or not", "hongtong", "高龄津贴（第12项）", eldercare.Elder{"birth_date": "1947-03-01"},
			" | 2027-03-01 | 本地户籍 | 每月现金 金额由当地确定 | 推进全县基本养老服务体系建设实施方案 附件 12、重点工作 3 |",
		},
		{
			"permitted to those who cannot care for themselves", "huojia", "护理补贴（第11项）",
			eldercare.Elder{"age": 70, "assistance_category": "dibao_marginal"},
			" | 每月现金 不低于60元 | 生活自理能力 | 获政办〔2024〕21号 附件 11 | 县民政局 |",
		},
		{
			"promised to a special family, and permitted to others", "huojia", "养老服务补贴（第7项）",
			eldercare.Elder{"age": 85, "economic_hardship": true, "assistance_category": "none", "local_hukou": true},
			" | 计划生育特殊家庭 | 每月现金 不低于60元 | 获政办〔2024〕21号 附件 7 |",
		},
	}
	for _, test := range tests {
		t.Run(test.note, func(t *testing.T) {
			if row := block(t, of(t, engine, test.jurisdiction, test.elder, false), "zh", test.service); row != test.want {
				t.Errorf("got  %s\nwant %s", row, test.want)
			}
		})
	}
	e := eldercare.Elder{"age": 85, "economic_hardship": true, "assistance_category": "none", "local_hukou": true}
	var out bytes.Buffer
	if err := notice.Markdown(&out, "zh", of(t, engine, "huojia", e, false)); err != nil {
		t.Fatal(err)
	}
	if want := "| 养老服务补贴（第7项） | 每月现金 不低于60元 | 计划生育特殊家庭 | 获政办〔2024〕21号 附件 7 | 县民政局 |"; !strings.Contains(out.String(), want) {
		t.Errorf("no %s in:\n%s", want, out.String())
	}
}

// Promised by a rule whose conditions cannot be told apart, and by another of the same list to
// other elders.
func TestGroundOfARuleAsAWhole(t *testing.T) {
	const rules = `# METADATA
# title: 试验清单
package lists.huojia

import data.grant
import data.parameters as p

# METADATA
# title: 免费享受公共文化服务
# custom:
#   item: "20"
grants contains grant.promise("public-culture-access", {"culture_discount_percent": p.culture_discount_percent}) if {
	input.age >= p.public_culture_age + input.disability_grade + 0 * count([1 | input.pension_contribution_years + 0 > 99])
	input.local_hukou
}

# METADATA
# title: 免费享受公共文化服务
# custom:
#   item: "20"
grants contains grant.promise("public-culture-access", {"culture_discount_percent": p.culture_discount_percent}) if {
	input.age >= p.public_culture_age
	input.economic_hardship
}
`
	engine := overlaid(t, fstest.MapFS{"rego/lists/huojia.rego": {Data: []byte(rules)}}, eldercare.Replace("rego/lists/huojia.rego"))
	e := eldercare.Elder{"age": 90, "local_hukou": true, "disability_grade": 1, "disability_kind": "visual"}
	text := block(t, of(t, engine, "huojia", e, false), "zh", "免费享受公共文化服务")
	for _, want := range []string{
		"**依据** 年龄 90周岁；本地户籍 是；残疾等级 1级。获政办〔2024〕21号 附件 20\n", "本人有效身份证件、证明材料（本地户籍、残疾等级）\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in:\n%s", want, text)
		}
	}
	delete(e, "disability_grade")
	delete(e, "disability_kind")
	if text := block(t, of(t, engine, "huojia", e, false), "zh", "免费享受公共文化服务"); !strings.Contains(text, "**依据** 年龄 90周岁；本地户籍 是。") {
		t.Errorf("no ground without the grade in:\n%s", text)
	}
}

// A service that a list above promises cites that list, whatever the nearest list says of it.
func TestCitesTheListThatGrants(t *testing.T) {
	const county = `jurisdiction: {id: yingxian, code: "140622", name: 应县, level: county, parent: shuozhou}
document: {title: 应县清单, number: 应政办〔2024〕1号, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
parameters:
  special_amount: {label: 试验标准, unit: cny_per_month, bound: exactly, values: [{from: "2024-01-01", value: 10}], cite: [附件 4]}
services:
  - {id: home-adaptation, item: "4", name: 适老化, group: 特殊家庭, type: 物质帮助, departments: [县民政局], access: automatic, cite: [附件 4]}
`
	const rules = `# METADATA
# title: 应县清单
package lists.yingxian

import data.grant
import data.parameters as p

# METADATA
# title: 适老化
# custom:
#   item: "4"
grants contains grant.promise("home-adaptation", {"monthly_cny": p.special_amount}) if {
	input.special_family
}
`
	engine := overlaid(t, fstest.MapFS{
		"catalogs/yingxian.yaml": {Data: []byte(county)}, "rego/lists/yingxian.rego": {Data: []byte(rules)},
	})
	e := eldercare.Elder{"age": 70, "economic_hardship": true, "assistance_category": "none", "special_family": false}
	if text := block(t, of(t, engine, "yingxian", e, false), "zh", "适老化"); !strings.Contains(text, "经认定经济困难 是；救助类别 不是特困人员。朔政办发〔2023〕36号 附件 10\n") {
		t.Errorf("granted by the city:\n%s", text)
	}
	delete(e, "economic_hardship")
	if row := block(t, of(t, engine, "yingxian", e, false), "zh", "适老化"); !strings.HasSuffix(row, "| 朔政办发〔2023〕36号 附件 10 |") {
		t.Errorf("possible by the city: %s", row)
	}
}

var hole = regexp.MustCompile(`%!|<nil>|<no value>|<td></td>|：<|\*\* *\n|ZgotmplZ`)

// Every elder of a small set, in every list, both languages and forms: no hole, and no identity
// number.
func TestNoHoles(t *testing.T) {
	engine := load(t)
	elders := []eldercare.Elder{
		{"id": "11010519491231002X"}, {"birth_date": "1947-03-01"}, {"age": 70, "assistance_category": "dibao_marginal"}, {"birth_date": "1966-11-23"}, {"age": 90, "local_hukou": true},
		{"id": "2", "id_number": "11010519491231002X", "disability_grade": 1, "assistance_category": "dibao", "self_care": "partial", "long_term_care_need": true},
	}
	for _, j := range engine.Jurisdictions() {
		for _, e := range elders {
			for _, closed := range []bool{true, false} {
				n := of(t, engine, j.ID, e, closed)
				for _, lang := range []string{"zh", "en"} {
					var out bytes.Buffer
					if err := notice.HTML(&out, lang, n, n); err != nil {
						t.Fatal(err)
					}
					if err := notice.Markdown(&out, lang, n, n); err != nil {
						t.Fatal(err)
					}
					if found := hole.FindString(out.String()); found != "" {
						t.Errorf("%s %v: %q", j.ID, e["id"], found)
					}
					if strings.Contains(out.String(), "110105194912310") {
						t.Errorf("%s: the identity number is printed", j.ID)
					}
				}
			}
		}
	}
}

// An id that is, or has in it, an identity number is shown by the last four characters, also with a
// slip in it; any other as it is.
func TestIdentityNumberAsID(t *testing.T) {
	engine := load(t)
	for id, want := range map[string]string{
		"11010519491231002X": "**************002X", "11010519491231002x": "**************002x", "F-11010519491231002X/2": "F-**************002X/2",
		"110105194912310021": "**************0021", "H-100": "H-100", // the check character of the first is wrong
	} {
		if n := of(t, engine, "shuozhou", eldercare.Elder{"id": id, "age": 80}, true); n.ID != want {
			t.Errorf("%s is shown as %s, want %s", id, n.ID, want)
		}
	}
}

// An id is the sender's text, and must not become markup.
func TestMarkupInID(t *testing.T) {
	const id = "<script>*a*</script>\n# b ~~c~~ &amp; www.example.org http://example.org"
	n := of(t, load(t), "shuozhou", eldercare.Elder{"id": id, "age": 80}, true)
	var page, markdown bytes.Buffer
	if err := notice.HTML(&page, "zh", n); err != nil {
		t.Fatal(err)
	}
	if err := notice.Markdown(&markdown, "zh", n); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script>") {
		t.Error("the page has the id as markup")
	}
	if want := `\<script>\*a\*\</script> \# b \~\~c\~\~ \&amp; www\.example.org http\://example.org`; !strings.Contains(markdown.String(), want) {
		t.Errorf("the Markdown has not %s", want)
	}
}

// An amount that a county raises is cited where the county states it, beside the service where the
// city promises it.
func TestCitesWhatStatesTheAmount(t *testing.T) {
	const county = `jurisdiction: {id: yingxian, code: "140622", name: 应县, level: county, parent: shuozhou}
document: {title: 应县清单, number: 应政办〔2024〕1号, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
inherits_rest: true
parameters:
  old_age_allowance_monthly:
    label: 高龄津贴标准
    unit: cny_per_month
    bound: at_least
    values:
      - {from: "2024-01-01", value: 40}
      - {from: "2026-01-01", value: 50, cite: [{document: 应民发〔2025〕9号, at: 第二条}]}
    cite: [附件 8]
services: []
`
	engine := overlaid(t, fstest.MapFS{"catalogs/yingxian.yaml": {Data: []byte(county)}})
	e := eldercare.Elder{"birth_date": "1940-01-01", "local_hukou": true}
	for day, want := range map[string]string{
		"2025-06-01": "。朔政办发〔2023〕36号 附件 8、主要措施 4；金额：应政办〔2024〕1号 附件 8\n",
		"2026-06-01": "。朔政办发〔2023〕36号 附件 8、主要措施 4；金额：应民发〔2025〕9号 第二条\n",
	} {
		if text := block(t, on(t, engine, "yingxian", day, e, false), "zh", "高龄津贴"); !strings.Contains(text, want) {
			t.Errorf("%s: want %s in:\n%s", day, want, text)
		}
	}
	if text := block(t, on(t, engine, "shuozhou", "2026-06-01", e, false), "zh", "高龄津贴"); strings.Contains(text, "金额：") {
		t.Errorf("what the service cites is said twice:\n%s", text)
	}
	lower := strings.NewReplacer("value: 40", "value: 20", "value: 50", "value: 20").Replace(county)
	engine = overlaid(t, fstest.MapFS{"catalogs/yingxian.yaml": {Data: []byte(lower)}})
	if text := block(t, on(t, engine, "yingxian", "2026-06-01", e, false), "zh", "高龄津贴"); !strings.Contains(text, "。朔政办发〔2023〕36号 附件 8、主要措施 4\n") {
		t.Errorf("the city's list promises more, and is cited once:\n%s", text)
	}
}

// What a list inherits with the rest is cited as the list above cites it, and marked where that is
// reconstructed.
func TestCitesWhatIsInheritedOnce(t *testing.T) {
	const city = `jurisdiction: {id: datong, code: "140200", name: 大同市, level: city, parent: shanxi}
document: {title: 大同清单, number: 同政办发〔2024〕1号, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
inherits_rest: true
services: []
`
	engine := overlaid(t, fstest.MapFS{"catalogs/datong.yaml": {Data: []byte(city)}})
	e := eldercare.Elder{"birth_date": "1940-01-01", "local_hukou": true}
	text := block(t, of(t, engine, "datong", e, false), "zh", "健康管理")
	if strings.Count(text, "朔政办发〔2023〕36号") != 1 || !strings.Contains(text, "（推定，原文未取得）\n") {
		t.Errorf("not cited once, with the mark:\n%s", text)
	}
}
