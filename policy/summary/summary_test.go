package summary_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	pq "github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/excel"
	"github.com/basic-eldercare/eldercare/policy/register/parquet"
	"github.com/basic-eldercare/eldercare/policy/summary"
	"github.com/basic-eldercare/eldercare/policy/synth"
)

var engine = sync.OnceValue(func() *eldercare.Engine {
	return must(eldercare.Load(context.Background()))
})

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func rules(t testing.TB, jurisdiction string) *eldercare.Ruleset {
	t.Helper()
	r, err := engine().Rules(t.Context(), jurisdiction, must(policy.ParseDate("2026-11-22")))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// summed returns the summary of a register as CSV, and its answers.
func summed(t testing.TB, jurisdiction, text string, closed bool, o summary.Options) (*summary.Summary, [][]string) {
	t.Helper()
	return summedBy(t, rules(t, jurisdiction), text, closed, o)
}

func summedBy(t testing.TB, rules *eldercare.Ruleset, text string, closed bool, o summary.Options) (*summary.Summary, [][]string) {
	t.Helper()
	in, err := register.CSV{}.Open(t.Context(), strings.NewReader(text), "")
	if err != nil {
		t.Fatal(err)
	}
	rules = rules.AssumeKnown(closed)
	r, err := register.New(rules, in, register.Options{MaxErrors: -1})
	if err != nil {
		t.Fatal(err)
	}
	c, err := summary.New(rules, r, o)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	sink := must(register.CSV{}.Create(t.Context(), &out, r.Columns()))
	tally, err := r.Answer(t.Context(), sink, func(p register.Problem) error { c.Problem(p); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	return c.Sum(tally), must(csv.NewReader(&out).ReadAll())
}

// few are four elders, and a row that cannot be read.
const few = `id,年龄,本地户籍,救助类别,自理能力,乡镇
A,100,是,无,全自理,甲
B,70,否,无,全自理, 甲
C,59,是,无,全自理,乙
D,85,是,低保,半自理,
E,85岁半,,,,乙
`

// What four elders of Hongtong are owed, worked out by hand from items 6, 7, 9–13, 15, 16, 18 and
// 23: the centenarian has 300 instead of the old-age allowance, D 70 of the care subsidy at 80 and
// over and 100 of the nursing subsidy, and an old-age allowance without a number.
func TestWorkedOutByHand(t *testing.T) {
	s, _ := summed(t, "hongtong", few, true, summary.Options{By: []string{"乡镇"}})
	want := map[string][3]int64{ // entitled, certain yuan, open
		"tourism-concession": {3}, "community-home-care": {3}, "capability-assessment": {3}, "health-management": {3},
		"public-transport-concession": {3}, "old-age-allowance": {2, 0, 1}, "centenarian-allowance": {1, 300}, "care-service-subsidy": {1, 70},
		"home-adaptation": {1}, "nursing-subsidy": {1, 100}, "visiting-service": {1},
	}
	for _, one := range s.Total.Services {
		of := want[one.Service]
		got := [3]int64{one.Entitled, one.Monthly.Certain.Hundredths() / 100, one.Monthly.Open}
		if got != of || one.Not != 4-of[0] || one.Possible+one.Discretionary != 0 {
			t.Errorf("%s: %v, want %v", one.Service, got, of)
		}
	}
	type group struct {
		Name   string
		Elders int64
		Money  string
	}
	of := func(groups []summary.Group) (all []group) {
		for _, g := range groups {
			all = append(all, group{g.Name, g.Elders, fmt.Sprintf("%s %s %d %d", g.Monthly.Certain, g.Monthly.UpTo, g.Monthly.Paid, g.Monthly.Open)})
		}
		return all
	}
	wantAges := []group{{"60岁以下", 1, "0 0 0 0"}, {"70–74岁", 1, "0 0 0 0"}, {"85–89岁", 1, "170 170 1 1"}, {"100岁及以上", 1, "300 300 1 0"}}
	if diff := cmp.Diff(wantAges, of(s.ByAge)); diff != "" {
		t.Errorf("by age (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]group{{"甲", 2, "300 300 1 0"}, {"", 1, "170 170 1 1"}, {"乙", 1, "0 0 0 0"}}, of(s.By[0].Groups)); diff != "" {
		t.Errorf("by column (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]group{{"", 4, "470 470 2 1"}}, of([]summary.Group{s.Total})); diff != "" {
		t.Errorf("in all (-want +got):\n%s", diff)
	}
	wantRows := summary.Rows{Read: 5, Answered: 4, Refused: 1, Problems: map[string]int{"unreadable": 1}}
	if diff := cmp.Diff(wantRows, s.Rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if len(s.Missing) != 0 || s.Total.Undecided != 0 {
		t.Errorf("everything is known: %v", s.Missing)
	}
}

// Of somebody of whom the age alone is missing, the age keeps everything open, and it may be all
// that a centenarian has.
func TestMissing(t *testing.T) {
	all, _ := summed(t, "hongtong", few, true, summary.Options{})
	known := map[string]string{}
	for _, a := range engine().Catalog().Vocabulary.Attributes {
		if a.Name != "age" && a.Type == policy.Boolean {
			known[a.Name] = "否"
		}
	}
	known["local_hukou"] = "是"
	header, row := []string{"id", "年龄"}, []string{"X", ""}
	for name, value := range known {
		header, row = append(header, name), append(row, value)
	}
	for name, value := range map[string]string{
		"pension_scheme": "none", "medical_scheme": "none", "assistance_category": "none", "self_care": "full", "disability_grade": "0",
		"contributor": "none", "poverty_monitoring": "none", "caregiver_training": "none", "pension_contribution_years": "0", "disability_kind": "none",
	} {
		header, row = append(header, name), append(row, value)
	}
	s, _ := summed(t, "hongtong", strings.Join(header, ",")+"\n"+strings.Join(row, ",")+"\n", false, summary.Options{})
	if diff := cmp.Diff([]summary.Missing{{Attribute: "age", Label: "年龄", English: "age", Elders: 1, Alone: 1}}, s.Missing); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if m := s.Total.Monthly; s.Total.Undecided != 1 || m.Certain.Hundredths() != 0 || m.UpTo.Hundredths() != 300_00 || m.Paid != 0 || m.May != 1 {
		t.Errorf("%+v", s.Total)
	}
	if all.Total.Monthly.UpTo.Hundredths() != 470_00 {
		t.Error("the page of all known elders has changed")
	}
}

// madeUp returns a made-up register as CSV.
func madeUp(t testing.TB, jurisdiction string, o synth.Options) string {
	t.Helper()
	r := must(synth.For(rules(t, jurisdiction), o))
	var out bytes.Buffer
	sink := must(register.CSV{}.Create(t.Context(), &out, r.Columns()))
	if _, err := r.Write(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A summary counts what the answers have row by row, its groups add up to the whole, and so does
// the money of its services.
func TestSumsOfAnswers(t *testing.T) {
	for _, jurisdiction := range []string{"hongtong", "shuozhou", "huojia"} {
		text := madeUp(t, jurisdiction, synth.Options{Elders: effort.Of(500, 1000, 10_000), Seed: 6, Blank: 0.15, Dirty: 0.002, Townships: true})
		s, answers := summed(t, jurisdiction, text, false, summary.Options{By: []string{"乡镇"}})
		column := func(name string) []string {
			at := slices.Index(answers[0], name)
			var cells []string
			for _, row := range answers[1:] {
				cells = append(cells, row[at])
			}
			return cells
		}
		var monthly, services int64
		for _, cell := range column("monthly_cny") {
			monthly += must(policy.ParseDecimal(cell)).Hundredths()
		}
		for _, one := range s.Total.Services {
			counts := map[string]int64{}
			for _, cell := range column(one.Service) {
				counts[cell]++
			}
			want := map[string]int64{register.Entitled: one.Entitled, register.Possible: one.Possible, register.Discretionary: one.Discretionary, "": one.Not}
			for status, n := range want {
				if counts[status] != n {
					t.Errorf("%s %s: %d %q, the answers have %d", jurisdiction, one.Service, n, status, counts[status])
				}
			}
			services += one.Monthly.Certain.Hundredths()
		}
		if got := s.Total.Monthly.Certain.Hundredths(); got != monthly || got != services {
			t.Errorf("%s: %d fen in all, %d by services, %d by answers", jurisdiction, got, services, monthly)
		}
		for name, groups := range map[string][]summary.Group{"age": s.ByAge, "township": s.By[0].Groups} {
			if diff := cmp.Diff(s.Total, together(groups)); diff != "" {
				t.Errorf("%s by %s (-whole +parts):\n%s", jurisdiction, name, diff)
			}
		}
	}
}

// together returns groups as one.
func together(groups []summary.Group) summary.Group {
	all := groups[0]
	all.Name, all.Services = "", slices.Clone(all.Services)
	add := func(m *summary.Money, n summary.Money) {
		m.Certain, m.UpTo, m.Paid, m.May, m.Open = m.Certain.Add(n.Certain), m.UpTo.Add(n.UpTo), m.Paid+n.Paid, m.May+n.May, m.Open+n.Open
	}
	for _, g := range groups[1:] {
		all.Elders, all.Undecided = all.Elders+g.Elders, all.Undecided+g.Undecided
		add(&all.Monthly, g.Monthly)
		for i, one := range g.Services {
			to := &all.Services[i]
			to.Entitled, to.Possible, to.Discretionary, to.Not = to.Entitled+one.Entitled, to.Possible+one.Possible, to.Discretionary+one.Discretionary, to.Not+one.Not
			add(&to.Monthly, one.Monthly)
		}
	}
	return all
}

// overlapping returns the rules of Hongtong with choices of ours that have the nursing subsidy in
// common, and 80 for a centenarian.
func overlapping(t testing.TB) *eldercare.Ruleset {
	t.Helper()
	folder := fstest.MapFS{"catalogs/hongtong_choice.yaml": &fstest.MapFile{Data: []byte(`
amends: hongtong
document: {title: 不叠加（虚构）, basis: official}
parameters:
  centenarian_allowance_monthly: {values: [{from: "2024-01-01", value: 80}], cite: [第一条]}
choose_higher:
  - {services: [care-service-subsidy, nursing-subsidy], measure: monthly_cny, reason: 虚构, cite: [第一条]}
  - {services: [centenarian-allowance, nursing-subsidy], measure: monthly_cny, reason: 虚构, cite: [第一条]}
`)}}
	e, err := eldercare.Load(t.Context(), eldercare.WithFS("folder", folder), eldercare.WithJurisdictions("hongtong"))
	if err != nil {
		t.Fatal(err)
	}
	return must(e.Rules(t.Context(), "hongtong", must(policy.ParseDate("2026-11-22"))))
}

// No completion of an elder brings more than what the summary says it may be at most, nor less than
// what it says is certain; in all, and of each service. So it is where choices overlap.
func TestUpToHolds(t *testing.T) {
	for name, rules := range map[string]*eldercare.Ruleset{"as they are": rules(t, "hongtong"), "overlapping": overlapping(t)} {
		for seed := range uint64(effort.Of(40, 40, 1000)) {
			o := synth.Options{Elders: 1, Seed: seed, Distinct: true}
			whole := strings.Split(strings.TrimSpace(madeUp(t, "hongtong", o)), "\n")
			cells := strings.Split(whole[1], ",")
			for i := range cells {
				if (uint64(i)*7+seed)%5 == 0 && i > 0 {
					cells[i] = ""
				}
			}
			known, _ := summedBy(t, rules, strings.Join(whole, "\n"), false, summary.Options{})
			blank, _ := summedBy(t, rules, whole[0]+"\n"+strings.Join(cells, ","), false, summary.Options{})
			k, b := known.Total.Monthly, blank.Total.Monthly
			if k.Certain.Cmp(b.UpTo) > 0 || k.Certain.Cmp(b.Certain) < 0 || k.UpTo.Cmp(k.Certain) != 0 {
				t.Errorf("%s, seed %d: %s known whole, from %s up to %s with blanks", name, seed, k.Certain, b.Certain, b.UpTo)
			}
			for i, one := range known.Total.Services {
				if k, b := one.Monthly, blank.Total.Services[i].Monthly; k.Certain.Cmp(b.UpTo) > 0 {
					t.Errorf("%s, seed %d: %s is %s known whole, up to %s with blanks", name, seed, one.Service, k.Certain, b.UpTo)
				}
			}
		}
	}
}

// Who has dibao, and maybe is a hundred years old, may have the nursing subsidy of 100, or 80 for a
// centenarian and the care subsidy of 70. So it is 150 at most: not 100, where the nursing subsidy
// drives out both, and not the sum.
func TestUpToOfOverlapping(t *testing.T) {
	s, _ := summedBy(t, overlapping(t), "id,本地户籍,救助类别\nA,是,低保\n", false, summary.Options{})
	got := map[string]string{"": s.Total.Monthly.Certain.String() + " to " + s.Total.Monthly.UpTo.String()}
	for _, one := range s.Total.Services {
		if one.Monthly.May > 0 {
			got[one.Service] = one.Monthly.Certain.String() + " to " + one.Monthly.UpTo.String()
		}
	}
	want := map[string]string{"": "0 to 150", "centenarian-allowance": "0 to 80", "care-service-subsidy": "0 to 70", "nursing-subsidy": "0 to 100"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What cannot be counted by is refused.
func TestByIsRefused(t *testing.T) {
	for _, by := range [][]string{{"id"}, {"没有"}, {"乡镇", " 乡镇"}, {"年龄", "age"}} {
		in := must(register.CSV{}.Open(t.Context(), strings.NewReader(few), ""))
		r := must(register.New(rules(t, "hongtong"), in, register.Options{}))
		if _, err := summary.New(rules(t, "hongtong"), r, summary.Options{By: by}); err == nil || !strings.HasPrefix(err.Error(), "--by: ") {
			t.Errorf("%s: %v", by, err)
		}
	}
	text := "id,年龄,电话\n"
	for i := range 1001 {
		text += fmt.Sprintf("%d,80,%d\n", i, i)
	}
	in := must(register.CSV{}.Open(t.Context(), strings.NewReader(text), ""))
	r := must(register.New(rules(t, "hongtong"), in, register.Options{}))
	must(summary.New(rules(t, "hongtong"), r, summary.Options{By: []string{"电话"}}))
	sink := must(register.CSV{}.Create(t.Context(), new(bytes.Buffer), r.Columns()))
	if _, err := r.Answer(t.Context(), sink, func(register.Problem) error { return nil }); err == nil || !strings.Contains(err.Error(), "more than 1000 different values") {
		t.Errorf("by telephone: %v", err)
	}
}

// A day is counted by as a day, in workbooks of both systems of dates and in Parquet. In a workbook
// a number is one where it is formatted so; what is written as a text is what it is.
func TestByDay(t *testing.T) {
	workbook := func(since1904 bool) io.Reader {
		f := excelize.NewFile()
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		err = errors.Join(err, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since1904}), f.SetCellStyle("Sheet1", "C2", "C3", day))
		for i, row := range [][]any{{"id", "年龄", "登记"}, {"a", 80, 45292}, {"b", 80, 45292}, {"c", 80, 45292}, {"d", 80, "2024-01-01"}} {
			err = errors.Join(err, f.SetSheetRow("Sheet1", "A"+strconv.Itoa(i+1), &row))
		}
		var b bytes.Buffer
		if err := errors.Join(err, f.Write(&b), f.Close()); err != nil {
			t.Fatal(err)
		}
		return &b
	}
	type row struct {
		ID   string `parquet:"id"`
		Age  int    `parquet:"年龄"`
		Seen int32  `parquet:"登记,date"`
	}
	var table bytes.Buffer
	if err := pq.Write(&table, []row{{"a", 80, 19723}, {"b", 80, 19723}, {"c", 80, 0}}); err != nil { // days since 1970
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		register.Format
		in   io.Reader
		want map[string]int64
	}{
		"since 1900": {excel.Format{}, workbook(false), map[string]int64{"2024-01-01": 3, "45292": 1}},
		"since 1904": {excel.Format{}, workbook(true), map[string]int64{"2028-01-02": 2, "45292": 1, "2024-01-01": 1}}, // 1,462 days later
		"Parquet":    {parquet.Format{}, &table, map[string]int64{"2024-01-01": 2, "1970-01-01": 1}},
	} {
		in := must(c.Open(t.Context(), c.in, ""))
		r := must(register.New(rules(t, "hongtong"), in, register.Options{}))
		counter := must(summary.New(rules(t, "hongtong"), r, summary.Options{By: []string{"登记"}}))
		sink := must(register.CSV{}.Create(t.Context(), new(bytes.Buffer), r.Columns()))
		tally, err := r.Answer(t.Context(), sink, func(register.Problem) error { return nil })
		if err = errors.Join(err, in.Close()); err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, g := range counter.Sum(tally).By[0].Groups {
			got[g.Name] = g.Elders
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A page shows no figure of fewer elders than the least, has nothing from elsewhere, and shows what
// a column holds as text.
func TestHTML(t *testing.T) {
	text := madeUp(t, "hongtong", synth.Options{Elders: 300, Seed: 2, Blank: 0.1, Townships: true})
	text = strings.ReplaceAll(text, "城关镇", "<script>甲</script>")
	s, _ := summed(t, "hongtong", text, false, summary.Options{By: []string{"乡镇"}})
	for _, lang := range []string{"zh", "en"} {
		var out bytes.Buffer
		if err := summary.HTML(&out, s, lang, 5); err != nil {
			t.Fatal(err)
		}
		page := out.String()
		for _, never := range []string{"<script", "http:", "https:", "src=", "@import", ">1<", ">2<", ">3<", ">4<", "SYN"} {
			if strings.Contains(page, never) {
				t.Errorf("%s: the page has %q", lang, never)
			}
		}
		for _, always := range []string{"&lt;script&gt;甲", "<svg", "@media print", `scope="row"`, ">*<", "洪洞县 2026-11-22"} {
			if !strings.Contains(page, always) {
				t.Errorf("%s: the page has no %q", lang, always)
			}
		}
	}
	var all bytes.Buffer
	if err := summary.HTML(&all, s, "zh", 1); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(all.String(), ">*<") {
		t.Error("figures of single elders are hidden though they may be shown")
	}
	if want := fmt.Sprintf("读入%d行，未受理%d行，空白%d行", s.Rows.Read, s.Rows.Refused, s.Rows.Blank); !strings.Contains(all.String(), want) {
		t.Errorf("the page has no %q", want)
	}
}

// groupRows returns the rows of the first table by a column of a page: names and figures.
func groupRows(t testing.TB, page string) [][]string {
	t.Helper()
	_, table, ok := strings.Cut(page, `<section aria-labelledby="by0">`)
	if !ok {
		t.Fatal("the page has no table by a column")
	}
	table, _, _ = strings.Cut(table, "</section>")
	var rows [][]string
	for _, row := range strings.Split(table, `scope="row"`)[1:] {
		var cells []string
		for _, cell := range regexp.MustCompile(`>([^<>]+)</t[hd]>`).FindAllStringSubmatch(row, -1) {
			cells = append(cells, cell[1])
		}
		rows = append(rows, cells)
	}
	return rows
}

// Groups of fewer elders than the least have no name on a page, since it may be an elder's, and are
// one row. If they are few even together, so that the row is hidden, another is hidden with it.
func TestSmallGroupsHaveNoName(t *testing.T) {
	for name, c := range map[string]struct {
		groups map[string]int
		zh, en [][]string
	}{
		"together enough": { // 4 + 3 + 2
			groups: map[string]int{"甲": 12, "乙": 5, "张三": 4, "1946-11-22": 3, "": 2},
			zh:     [][]string{{"甲", "12", "0", "0", "0"}, {"乙", "5", "0", "0", "0"}, {"各不足5人", "9", "0", "0", "0"}},
			en:     [][]string{{"甲", "12", "0", "0", "0"}, {"乙", "5", "0", "0", "0"}, {"fewer than 5 each", "9", "0", "0", "0"}},
		},
		"together few": { // 1 + 2; of nobody in two groups that are hidden the third must not tell
			groups: map[string]int{"甲": 12, "乙": 6, "张三": 1, "李四": 2},
			zh:     [][]string{{"甲", "12", "*", "*", "*"}, {"乙", "*", "*", "*", "*"}, {"各不足5人", "*", "*", "*", "*"}},
			en:     [][]string{{"甲", "12", "*", "*", "*"}, {"乙", "*", "*", "*", "*"}, {"fewer than 5 each", "*", "*", "*", "*"}},
		},
		"none": {
			groups: map[string]int{"甲": 12, "": 5},
			zh:     [][]string{{"甲", "12", "0", "0", "0"}, {"（空白）", "5", "0", "0", "0"}},
			en:     [][]string{{"甲", "12", "0", "0", "0"}, {"(blank)", "5", "0", "0", "0"}},
		},
		"identity numbers": {
			groups: map[string]int{"14060119461122001X": 6, "140601194611220028": 1, "140601194611220036": 4},
			zh:     [][]string{{"**************001X", "6", "0", "0", "0"}, {"各不足5人", "5", "0", "0", "0"}},
			en:     [][]string{{"**************001X", "6", "0", "0", "0"}, {"fewer than 5 each", "5", "0", "0", "0"}},
		},
	} {
		text := "id,年龄,本地户籍,证件\n"
		for group, n := range c.groups {
			text += strings.Repeat("A,70,否,"+group+"\n", n)
		}
		s, _ := summed(t, "hongtong", text, true, summary.Options{By: []string{"证件"}})
		for lang, want := range map[string][][]string{"zh": c.zh, "en": c.en} {
			var out bytes.Buffer
			if err := summary.HTML(&out, s, lang, 5); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, groupRows(t, out.String())); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", name, lang, diff)
			}
			for group, n := range c.groups {
				if group != "" && n < 5 && strings.Contains(out.String(), group) {
					t.Errorf("%s, %s: the page has a group of %d by name", name, lang, n)
				}
			}
		}
	}
}

// A band of ages with one elder has no name on a page, either.
func TestSmallBandHasNoName(t *testing.T) {
	text := "id,年龄,本地户籍\n" + strings.Repeat("A,70,否\n", 8) + strings.Repeat("B,66,否\n", 9) + "C,101,否\n"
	s, _ := summed(t, "hongtong", text, true, summary.Options{})
	var out bytes.Buffer
	if err := summary.HTML(&out, s, "zh", 5); err != nil {
		t.Fatal(err)
	}
	if page := out.String(); strings.Contains(page, "100岁及以上") || !strings.Contains(page, ">各不足5人<") || !strings.Contains(page, ">65–69岁<") {
		t.Error("the page names the band of one elder, or not the others")
	}
}

// Groups named by identity numbers are masked where small ones are shown, too, and are in no order
// of what is masked.
func TestIdentityNumbersAreMasked(t *testing.T) {
	text := "id,年龄,证件\nA,70,140601194611220052\nB,70,14060119501122001X\nC,70,140601 19601122 0036\nD,70,甲\n"
	s, _ := summed(t, "hongtong", text, true, summary.Options{By: []string{"证件"}})
	var got []string
	for _, g := range s.By[0].Groups {
		got = append(got, g.Name)
	}
	if diff := cmp.Diff([]string{"****** ******** 0036", "**************001X", "**************0052", "甲"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func BenchmarkSummary(b *testing.B) {
	const elders = 20_000
	text := madeUp(b, "hongtong", synth.Options{Elders: elders, Seed: 1, Blank: 0.2, Townships: true})
	for b.Loop() {
		summed(b, "hongtong", text, false, summary.Options{By: []string{"乡镇"}})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/elders, "ns/elder")
}
