package simulate_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/simulate"
	"github.com/basic-eldercare/eldercare/policy/synth"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// list returns Hongtong's list with other figures: pairs of what a parameter begins with, a value,
// and another.
func list(figures ...string) fstest.MapFS {
	text := string(must(os.ReadFile("../../catalogs/hongtong.yaml")))
	for i := 0; i < len(figures); i += 3 {
		head, rest, ok := strings.Cut(text, "  "+figures[i]+":\n")
		before, after, also := strings.Cut(rest, "value: "+figures[i+1]+"}")
		if !ok || !also {
			panic(figures[i])
		}
		text = head + "  " + figures[i] + ":\n" + before + "value: " + figures[i+2] + "}" + after
	}
	return fstest.MapFS{"catalogs/hongtong.yaml": &fstest.MapFile{Data: []byte(text)}}
}

// rules returns those of Hongtong, with a draft over them if there is one.
func rules(t testing.TB, day string, draft fstest.MapFS) *eldercare.Ruleset {
	t.Helper()
	options := []eldercare.Option{eldercare.WithJurisdictions("hongtong")}
	if draft != nil {
		options = append(options, eldercare.WithFS("draft", draft), eldercare.Replace("catalogs/hongtong.yaml"))
	}
	engine, err := eldercare.Load(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	r, err := engine.Rules(t.Context(), "hongtong", must(policy.ParseDate(day)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const today = "2026-11-22"

// now are the rules of today.
var now = sync.OnceValue(func() *eldercare.Ruleset {
	engine := must(eldercare.Load(context.Background(), eldercare.WithJurisdictions("hongtong")))
	return must(engine.Rules(context.Background(), "hongtong", must(policy.ParseDate(today))))
})

// simulated returns what changes for a register as CSV.
func simulated(t testing.TB, before, after *eldercare.Ruleset, text string, closed bool) *simulate.Report {
	t.Helper()
	return simulatedWith(t, before, after.AssumeKnown(closed), text, simulate.Options{})
}

func simulatedWith(t testing.TB, before, after *eldercare.Ruleset, text string, o simulate.Options) *simulate.Report {
	t.Helper()
	in := must(register.CSV{}.Open(t.Context(), strings.NewReader(text), ""))
	r, err := register.New(after, in, register.Options{MaxErrors: -1})
	if err != nil {
		t.Fatal(err)
	}
	s, err := simulate.New(t.Context(), before, after, r, o)
	if err != nil {
		t.Fatal(err)
	}
	sink := must(register.CSV{}.Create(t.Context(), new(bytes.Buffer), r.Columns()))
	tally, err := r.Answer(t.Context(), sink, func(p register.Problem) error { s.Problem(p); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return s.Report(tally)
}

// mixed has the allowance for centenarians from 95 on, lowered from 300 to 200, and the free first
// will from 98 instead of 80.
func mixed() fstest.MapFS {
	return list("centenarian_allowance_monthly", "300", "200", "centenarian_age", "100", "95", "notarisation_age", "80", "98")
}

// brief is a kind in short.
type brief struct {
	Class   simulate.Class
	Elders  int64
	Steps   []string
	Example string
}

func briefs(r *simulate.Report) (all []brief) {
	for _, k := range r.Kinds {
		b := brief{Class: k.Class, Elders: k.Elders, Example: k.Example}
		for _, s := range k.Changes {
			b.Steps = append(b.Steps, strings.Trim(strings.Join([]string{string(s.What), s.Service, s.Measure, s.Before, s.After}, " "), " "))
		}
		all = append(all, b)
	}
	return all
}

// A loses 100 yuan, B wins 200 beside an allowance without a number, C has nothing to do with it, E
// wins 200 and loses the free will; worked out by hand.
func TestWorkedOutByHand(t *testing.T) {
	text := "id,年龄,本地户籍,首次办理遗嘱公证\nA,100,是,否\nB,96,是,否\nC,70,是,否\nE,96,是,是\nF,abc,是,是\n"
	r := simulated(t, now(), rules(t, today, mixed()), text, true)
	if got, want := [6]int64{r.Elders, r.Winners, r.Losers, r.Both, r.Undecided, r.Unchanged}, [6]int64{4, 1, 1, 1, 0, 1}; got != want {
		t.Errorf("%v, want %v", got, want)
	}
	want := []brief{
		{simulate.Winner, 1, []string{"gained centenarian-allowance"}, "年龄 95–97周岁，本地户籍 是，首次办理遗嘱公证 否"},
		{simulate.Loser, 1, []string{"lowered centenarian-allowance monthly_cny 不低于300元 不低于200元"}, "年龄 ≥ 100周岁，本地户籍 是，首次办理遗嘱公证 否"},
		{simulate.Both, 1, []string{"gained centenarian-allowance", "lost public-legal-service"}, "年龄 95–97周岁，本地户籍 是，首次办理遗嘱公证 是"},
	}
	if diff := cmp.Diff(want, briefs(r)); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	for _, s := range r.Services {
		got := [4]int64{s.Before, s.After, s.Monthly.Before.Certain.Hundredths(), s.Monthly.After.Certain.Hundredths()}
		switch want := [4]int64{1, 3, 300_00, 600_00}; {
		case s.Service == "centenarian-allowance" && got != want:
			t.Errorf("%s: %v, want %v", s.Service, got, want)
		case s.Service == "public-legal-service" && got != [4]int64{1, 0, 0, 0}:
			t.Errorf("%s: %v", s.Service, got)
		}
	}
	if m := r.Monthly; m.Before.Certain.Hundredths() != 300_00 || m.After.Certain.Hundredths() != 600_00 || r.Rows.Refused != 1 {
		t.Errorf("%+v, %+v", m, r.Rows)
	}
	var findings []string
	for _, f := range r.Proof.Findings {
		findings = append(findings, f.Service+" "+string(f.Kind)+" "+f.Region)
	}
	wantFindings := []string{
		"centenarian-allowance lower age ≥ 100, local_hukou true", "public-legal-service narrower age 80–97, first_will_notarisation true",
	}
	if diff := cmp.Diff(wantFindings, findings); diff != "" || r.Proof.NobodyLoses {
		t.Errorf("proof (-want +got):\n%s", diff)
	}
	if n := len(r.Services); len(r.Proof.Same) != n-2 {
		t.Errorf("%d of %d services are proved the same", len(r.Proof.Same), n)
	}
}

// Where facts are missing that a changed rule reads, it is undecided; where those that are known
// settle it, it is not.
func TestUndecided(t *testing.T) {
	text := "id,年龄,本地户籍,首次办理遗嘱公证\nA,100,,否\nB,70,,\nC,,否,否\nD,96,是,\n"
	r := simulated(t, now(), rules(t, today, mixed()), text, false)
	want := []brief{
		{simulate.Undecided, 1, []string{"open centenarian-allowance"}, "年龄 ≥ 100周岁，首次办理遗嘱公证 否"},
		{simulate.Undecided, 1, []string{"gained centenarian-allowance", "open public-legal-service"}, "年龄 95–97周岁，本地户籍 是"},
	}
	got := briefs(r)
	slices.SortFunc(got, func(a, b brief) int { return len(a.Steps) - len(b.Steps) })
	if diff := cmp.Diff(want, got); diff != "" || r.Unchanged != 2 {
		t.Errorf("%d unchanged, kinds (-want +got):\n%s", r.Unchanged, diff)
	}
}

// That nobody loses by a draft that only raises is proved, and counted on a register with blanks.
func TestNobodyLoses(t *testing.T) {
	r := simulated(t, now(), rules(t, today, list("centenarian_allowance_monthly", "300", "450", "centenarian_age", "100", "85")), madeUp(t, 2000, 0.2), false)
	if !r.Proof.NobodyLoses || len(r.Proof.Findings) > 0 || r.Losers+r.Both > 0 || r.Winners == 0 {
		t.Errorf("%d winners, %d losers, %+v", r.Winners, r.Losers+r.Both, r.Proof)
	}
	if r.Proof.Proved != len(r.Services) {
		t.Errorf("%d of %d services proved", r.Proof.Proved, len(r.Services))
	}
}

// Two copies of the same lists change nothing for anybody, whatever is missing.
func TestNothingChanges(t *testing.T) {
	r := simulated(t, now(), rules(t, today, nil), madeUp(t, 2000, 0.2), false)
	if r.Unchanged != r.Elders || r.Elders != int64(effort.Of(200, 2000, 20_000)) || len(r.Kinds) > 0 || !r.Proof.NobodyLoses {
		t.Errorf("%+v", r)
	}
}

// From one day to the next somebody turns 80: the allowance for high ages comes, which has no
// number. Who has only an age stays as old.
func TestDays(t *testing.T) {
	text := "id,出生日期,年龄,本地户籍\nB,1946-11-23,,是\nC,1956-05-01,,是\nD,,79,是\n"
	r := simulated(t, now(), rules(t, "2026-11-23", nil), text, true)
	want := []brief{{simulate.Winner, 1, []string{"gained old-age-allowance"}, "年龄 ≤ 79周岁，之后 ≥ 80周岁，本地户籍 是"}} // no rule has changed
	if diff := cmp.Diff(want, briefs(r)); diff != "" || r.Unchanged != 2 {
		t.Errorf("%d unchanged, kinds (-want +got):\n%s", r.Unchanged, diff)
	}
}

// An example says what is known of the elder on each side and what the rules tell apart: whoever is
// born on 1929-01-20 is 99 on the first day and 100 on the second. Of somebody with a month of
// birth the age is open in that month.
func TestExamples(t *testing.T) {
	head := "id,出生日期,年龄,本地户籍\n"
	sooner, later := rules(t, "2029-01-10", nil), rules(t, "2029-02-01", nil)
	for _, tt := range []struct {
		name, row        string
		before, after    *eldercare.Ruleset
		class            simulate.Class
		chinese, english string
	}{
		{"age", "A,1929-01-20,,是", sooner, later, simulate.Winner, "年龄 ≤ 99周岁，之后 ≥ 100周岁，本地户籍 是", "age ≤ 99, then ≥ 100, registered locally: yes"},
		{"age alone", "A,1929-01-20,,", sooner, later, simulate.Undecided, "年龄 ≤ 99周岁，之后 ≥ 100周岁", "age ≤ 99, then ≥ 100"},
		{"month", "A,1929-01,,是", sooner, later, simulate.Undecided, "年龄 未提供，之后 ≥ 100周岁，本地户籍 是", "age not given, then ≥ 100, registered locally: yes"},
		{"nothing", "A,,,", now(), rules(t, today, mixed()), simulate.Undecided, "规则所涉情况均未登记", "of whom nothing is known that the rules read"},
	} {
		for english, want := range map[bool]string{false: tt.chinese, true: tt.english} {
			r := simulatedWith(t, tt.before, tt.after, head+tt.row+"\n", simulate.Options{English: english})
			if len(r.Kinds) != 1 || r.Kinds[0].Class != tt.class || r.Kinds[0].Example != want {
				t.Errorf("%s: %v, want %s %q", tt.name, briefs(r), tt.class, want)
			}
		}
	}
}

// Where the two sides do not know the same facts, an example of who loses a service is still told
// by the rules that gave it.
func TestExampleByTheRulesBefore(t *testing.T) {
	draft := list("centenarian_age", "100", "120")
	draft["catalogs/attributes.yaml"] = &fstest.MapFile{Data: []byte("attributes:\n  widowed: {label: 丧偶, english: widowed, type: boolean}\n")}
	r := simulated(t, now(), rules(t, today, draft), "id,年龄,本地户籍\nA,105,是\n", true)
	if want := "年龄 100–119周岁，本地户籍 是"; len(r.Kinds) != 1 || r.Kinds[0].Class != simulate.Loser || r.Kinds[0].Example != want {
		t.Errorf("%v, want a loser, %q", briefs(r), want)
	}
}

// Who has a service by both sides loses months where a draft pays it once or suspends it, and gains
// them the other way round. Who does not have it is not touched.
func TestPayments(t *testing.T) {
	text := "id,年龄,本地户籍\nA,100,是\nB,70,是\n"
	r := simulated(t, rules(t, today, paying("{from: month, until: month}")), rules(t, today, paying("{from: next_month, until: next_month}")), text, true)
	if r.Both != 1 || len(r.Kinds[0].Changes) != 2 {
		t.Errorf("a month later at either end: %v", briefs(r))
	}
	for payment, says := range map[string]string{
		"{once: true}": "一次性发放", "{suspended: [hospitalised]}": "暂停发放，期间为0元：患病住院",
	} {
		after := rules(t, today, paying(payment))
		r := simulated(t, now(), after, text, true)
		want := []brief{{simulate.Loser, 1, []string{"shorter centenarian-allowance  未规定发放期间 " + says}, "年龄 ≥ 100周岁，本地户籍 是"}}
		if d := cmp.Diff(want, briefs(r)); d != "" || r.Unchanged != 1 || r.Proof.NobodyLoses {
			t.Errorf("%s: %d unchanged, kinds (-want +got):\n%s", payment, r.Unchanged, d)
		}
		var page bytes.Buffer
		if err := simulate.Markdown(&page, r, "en"); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page.String(), "paid for fewer months") {
			t.Errorf("%s: no words for it in\n%s", payment, page.String())
		}
		want = []brief{{simulate.Winner, 1, []string{"longer centenarian-allowance  " + says + " 未规定发放期间"}, "年龄 ≥ 100周岁，本地户籍 是"}}
		if d := cmp.Diff(want, briefs(simulated(t, after, now(), text, true))); d != "" {
			t.Errorf("without %s: kinds (-want +got):\n%s", payment, d)
		}
	}
}

// paying returns Hongtong's list with a payment calendar for the allowance of centenarians.
func paying(payment string) fstest.MapFS {
	fs := list()
	file := fs["catalogs/hongtong.yaml"]
	file.Data = bytes.Replace(file.Data, []byte("  - id: centenarian-allowance\n"), []byte("  - id: centenarian-allowance\n    payment: "+payment+"\n"), 1)
	return fs
}

// madeUp returns a made-up register of Hongtong as CSV.
func madeUp(t testing.TB, elders int, blank float64) string {
	t.Helper()
	r := must(synth.For(now(), synth.Options{Elders: effort.Of(elders/10, elders, 10*elders), Seed: 12, Blank: blank}))
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

// What is said of somebody with blanks holds whatever the blanks turn out to be.
func TestBlanksKeepTheirWord(t *testing.T) {
	after := rules(t, today, mixed())
	class := func(r *simulate.Report) simulate.Class {
		if r.Unchanged == 1 {
			return simulate.Unchanged
		}
		return r.Kinds[0].Class
	}
	may := map[simulate.Class][]simulate.Class{
		simulate.Unchanged: {simulate.Unchanged}, simulate.Winner: {simulate.Winner},
		simulate.Loser: {simulate.Loser, simulate.Both}, simulate.Both: {simulate.Both},
	}
	met := map[simulate.Class]int{}
	for i := range effort.Of(24, 24, 160) {
		age, hukou, will := []string{"79", "80", "94", "95", "97", "98", "99", "100"}[i%8], []string{"是", "否"}[i/8%2], []string{"是", "否"}[i/16%2]
		row := []string{age, hukou, will}
		head := "年龄,本地户籍,首次办理遗嘱公证\n"
		whole := class(simulated(t, now(), after, head+strings.Join(row, ",")+"\n", false))
		for blank := range 3 {
			part := slices.Clone(row)
			part[blank] = ""
			got := class(simulated(t, now(), after, head+strings.Join(part, ",")+"\n", false))
			met[got]++
			if got != simulate.Undecided && !slices.Contains(may[got], whole) {
				t.Errorf("%v: %s without the fact at %d, %s with it", row, got, blank, whole)
			}
		}
	}
	for _, c := range []simulate.Class{simulate.Unchanged, simulate.Winner, simulate.Loser, simulate.Undecided} {
		if met[c] == 0 {
			t.Errorf("nobody is %s: %v", c, met)
		}
	}
}

// Where a draft knows more facts, it is proved over the facts of both sides, and elders are
// compared by what each side knows. Where the two sides do not mean the same by a fact, nothing is
// proved, and the fact is named.
func TestNewFact(t *testing.T) {
	fact := func(draft fstest.MapFS, attribute string) fstest.MapFS {
		draft["catalogs/attributes.yaml"] = &fstest.MapFile{Data: []byte("attributes:\n  " + attribute + "\n")}
		return draft
	}
	draft := rules(t, today, fact(list("centenarian_allowance_monthly", "300", "450"), "widowed: {label: 丧偶, english: widowed, type: boolean}"))
	r := simulated(t, now(), draft, "id,年龄,本地户籍,丧偶\nA,100,是,是\nB,70,是,否\n", true)
	if !r.Proof.NobodyLoses || r.Winners != 1 || r.Unchanged != 1 {
		t.Errorf("%+v", r.Proof)
	}
	years := rules(t, today, fact(list("notarisation_age", "80", "98"), "widowed: {label: 丧偶年数, english: years widowed, type: integer, min: 0, max: 99}"))
	r = simulated(t, draft, years, "id,年龄,本地户籍\nA,100,是\n", true)
	if r.Proof.NobodyLoses || r.Losers != 1 || !strings.Contains(r.Proof.Not, "widowed is not the same in draft/catalogs/attributes.yaml:2") {
		t.Errorf("%d lose: %+v", r.Losers, r.Proof)
	}
	if verdict := r.Page("zh").Verdict; !strings.Contains(verdict, "未作证明：widowed 在 draft/catalogs/attributes.yaml:2") {
		t.Error(verdict)
	}
}

// Reports are printed whole in both languages, have nothing from elsewhere, and never name an
// elder.
func TestRender(t *testing.T) {
	text := "id,年龄,本地户籍,首次办理遗嘱公证\nSECRET,100,是,否\nB,96,是,否\n"
	r := simulated(t, now(), rules(t, today, mixed()), text, true)
	if r.Proof.Findings[0].Method != check.Proof {
		t.Errorf("found by %s", r.Proof.Findings[0].Method)
	}
	for name, write := range map[string]func(*bytes.Buffer, string) error{
		"html":     func(b *bytes.Buffer, lang string) error { return simulate.HTML(b, r, lang) },
		"markdown": func(b *bytes.Buffer, lang string) error { return simulate.Markdown(b, r, lang) },
	} {
		for lang, always := range map[string][]string{
			"zh": {"本名册中受损1人", "比较2人，未受理0行", "按规则有人会受损（2处）", "百岁补贴", "年龄 95–97周岁", "年龄 80–97周岁，首次办理遗嘱公证 是"},
			"en": {"1 losers in this register", "By the rules somebody can lose (2 findings)"},
		} {
			var out bytes.Buffer
			if err := write(&out, lang); err != nil {
				t.Fatal(err)
			}
			for _, part := range always {
				if !strings.Contains(out.String(), part) {
					t.Errorf("%s %s has no %q", name, lang, part)
				}
			}
			for _, never := range []string{"SECRET", "http", "<script"} {
				if strings.Contains(out.String(), never) {
					t.Errorf("%s %s has %q", name, lang, never)
				}
			}
		}
	}
}

// The free first will that becomes cheaper by 95 % instead of 100 % leaves as many elders entitled
// and no other cash, yet both rows lose. Of the two, which have one id, one is a duplicate.
func TestLosersOfAWaiver(t *testing.T) {
	draft := rules(t, today, list("notary_fee_waiver_percent", "100", "95"))
	head := "id,年龄,本地户籍,首次办理遗嘱公证\n"
	twice := simulated(t, now(), draft, head+"A,85,是,是\nA,86,是,是\n", true)
	once := simulated(t, now(), draft, head+"A,85,是,是\nB,86,是,是\n", true)
	if twice.Losers != 2 || once.Losers != 2 {
		t.Errorf("%d and %d losers, want 2 each", twice.Losers, once.Losers)
	}
	for lang, want := range map[string][2]string{
		"en": {"no service has other numbers of elders or another monthly cost", "rows with an id that an earlier row has: 1, each counted"},
		"zh": {"各项服务的应享人数和每月金额均无变化", "编号与前面的行相同：1行，均计入"},
	} {
		p := twice.Page(lang)
		if got := p.Tables[1].Rows; len(got) != 1 || got[0][0] != want[0] {
			t.Errorf("%s: %v, want %q", lang, got, want[0])
		}
		if !slices.Contains(p.Facts, want[1]) {
			t.Errorf("%s: %q, want %q among them", lang, p.Facts, want[1])
		}
		if slices.ContainsFunc(once.Page(lang).Facts, func(f string) bool { return strings.Contains(f, want[1][:12]) }) {
			t.Errorf("%s: ids that differ are called the same: %q", lang, once.Page(lang).Facts)
		}
	}
}
