package diff

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/page"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// HTML writes a report for those who decide on the lists, as one page that loads nothing from
// elsewhere. The language is English for "en", else Chinese.
func HTML(w io.Writer, r *Report, lang string) error {
	if err := r.printable(); err != nil {
		return err
	}
	return page.HTML(w, r.Page(lang))
}

// Markdown writes a report as Markdown, as [HTML] does as a page.
func Markdown(w io.Writer, r *Report, lang string) error {
	if err := r.printable(); err != nil {
		return err
	}
	return page.Markdown(w, r.Page(lang))
}

var (
	errNoReport = policy.CallError("the report is nil; get one from Compare")
	errNoWords  = policy.CallError("a report that is read from JSON has no words; get one from Compare")
)

// printable returns an error unless the report is there, and has words or needs none.
func (r *Report) printable() error {
	switch {
	case r == nil:
		return errNoReport
	case r.space == nil && len(r.Services)+len(r.Together) > 0:
		return errNoWords
	}
	return nil
}

// speaker writes a report in one language.
type speaker struct {
	*Report
	style words.Style
}

func (s speaker) say(english, chinese string) string {
	if s.style == words.English {
		return english
	}
	return chinese
}

// Page returns the report in words: in English for "en", else in Chinese. Of one that is read from
// JSON it says who and what by names.
func (r *Report) Page(lang string) page.Page {
	r = cmp.Or(r, &Report{})
	s := speaker{r, words.In(lang)}
	a, b := s.names()
	p := page.Page{
		Lang: s.say("en", "zh-CN"), Title: s.say("Two lists compared", "清单对比"), Place: a + " → " + b, Verdict: s.verdict(),
		Sure: !r.Loses() && s.count(untold) == 0, Facts: s.facts(a, b), Notes: s.notes(),
	}
	var tables []page.Table
	for _, g := range groups {
		tables = append(tables, s.table(g))
	}
	for _, t := range append(tables, s.together(), s.doubts(), s.same()) {
		if len(t.Rows) > 0 {
			p.Tables = append(p.Tables, t)
		}
	}
	return p
}

// Losses returns two tables in words. The first says who has less by B. The second says what is
// unknown, or rests on an assumption.
func (r *Report) Losses(lang string) (lost, doubts page.Table) {
	s := speaker{cmp.Or(r, &Report{}).down(), words.In(lang)}
	lost = s.table([]Relation{Omitted, Weaker, Different})
	lost.Rows = append(lost.Rows, s.together().Rows...)
	return lost, s.doubts()
}

// down returns the report without the differences by which A gives less.
func (r *Report) down() *Report {
	less := *r
	up := func(d Difference) bool { return d.Better == "b" }
	less.Services, less.Together = slices.Clone(r.Services), slices.Clone(r.Together)
	for i, s := range less.Services {
		less.Services[i].Differences = slices.DeleteFunc(slices.Clone(s.Differences), up)
	}
	for i, t := range less.Together {
		less.Together[i].Differences = slices.DeleteFunc(slices.Clone(t.Differences), up)
	}
	return &less
}

// names returns what to call the two sides, by what tells them apart.
func (s speaker) names() (a, b string) {
	name := func(side Side) string {
		switch {
		case s.A.Jurisdiction != s.B.Jurisdiction && s.A.Name != s.B.Name:
			return side.Name
		case side.From != "":
			return side.Name + s.say(" by ", "·") + side.From
		case s.A.On != s.B.On:
			return side.Name + " " + side.On.String()
		}
		return side.Name
	}
	return name(s.A), name(s.B)
}

func (s speaker) facts(a, b string) []string {
	facts := []string{s.side("A", a, s.A), s.side("B", b, s.B)}
	if r := s.Roster; r != nil {
		facts = append(facts,
			fmt.Sprintf(s.say("In the register, of %d elders: %d lose, %d win, %d win and lose, %d undecided, %d unchanged; %d rows refused",
				"名册%d人中：受损%d人，受益%d人，有增有减%d人，待核实%d人，不变%d人；未受理%d行"),
				r.Elders, r.Losers, r.Winners, r.Both, r.Undecided, r.Unchanged, r.Refused),
			fmt.Sprintf(s.say("Certain monthly cash in the register: %s → %s yuan", "名册每月现金（确定）：%s元 → %s元"), r.MonthlyA, r.MonthlyB))
	}
	return facts
}

func (s speaker) side(letter, name string, side Side) string {
	return fmt.Sprintf(s.say("%s: %s, as of %s", "%s：%s，按%s有效的清单"), letter, name, side.On)
}

// verdict counts the services by how they compare, and says whether anybody loses.
func (s speaker) verdict() string {
	count := map[Relation]int{}
	tested := 0
	for _, one := range s.Services {
		count[one.Relation]++
		if one.Method == check.Tested {
			tested++
		}
	}
	var parts []string
	for _, of := range relations {
		if n := count[of]; n > 0 {
			parts = append(parts, fmt.Sprintf(s.say("%d %s", "%d项%s"), n, s.relation(of)))
		}
	}
	a, b := s.names()
	text := fmt.Sprintf(s.say("%s, of %d services: ", "%s，%d项服务中："), b, len(s.Services)) + strings.Join(parts, s.say(", ", "，"))
	switch {
	case s.Loses() && s.versions:
		return text + s.say(". Somebody loses.", "。有人会减少待遇。")
	case s.Loses():
		return text + fmt.Sprintf(s.say(". Somebody has less than in %s.", "。有人得到的比在%s少。"), a)
	case s.count(untold) > 0:
		return text + fmt.Sprintf(s.say(". Nobody was found who has less; of %d services it is not known.", "。未发现有人减少待遇，其中%d项无法确定。"), s.count(untold))
	case tested > 0:
		return text + fmt.Sprintf(s.say(". Nobody was found who has less; %d services could only be tested.", "。未发现有人减少待遇，其中%d项只能抽样检验。"), tested)
	}
	if n := s.count(assumed); n > 0 {
		return text + fmt.Sprintf(s.say(". Proved: nobody has less; of %d services only if nobody is so as a folder rules out.",
			"。已证明：没有人减少待遇，其中%d项以目录排除的人不存在为前提。"), n)
	}
	return text + s.say(". Proved: nobody has less.", "。已证明：没有人减少待遇。")
}

// untold reports whether it is not known if somebody has less by a difference.
func untold(d Difference) bool { return !d.Kind.Known() }

// assumed reports whether a difference rests on an assumption: that nobody has less by B.
func assumed(d Difference) bool { return d.Kind == check.Assumed && d.Better == "a" }

// count counts the services, and the sets of services paid together, that have such a difference.
func (r *Report) count(of func(Difference) bool) int {
	n := 0
	for _, s := range r.Services {
		if slices.ContainsFunc(s.Differences, of) {
			n++
		}
	}
	for _, t := range r.Together {
		if slices.ContainsFunc(t.Differences, of) {
			n++
		}
	}
	return n
}

var relations = []Relation{Omitted, Weaker, Different, Unknown, Stronger, Added, Equivalent}

func (s speaker) relation(of Relation) string {
	said := relationWords[of]
	if s.versions {
		return s.say(string(of), said[0])
	}
	return s.say(string(of), said[1])
}

// relationWords hold the Chinese words for a relation: of two versions, and of two places.
var relationWords = map[Relation][2]string{
	Omitted: {"取消", "没有"}, Weaker: {"降低", "较低"}, Different: {"有增有减", "有高有低"},
	Stronger: {"提高", "较高"}, Added: {"新增", "多出"}, Equivalent: {"不变", "相同"}, Unknown: {"无法确定", "无法确定"},
}

// groups are the relations that are shown in one table each.
var groups = [][]Relation{{Omitted, Weaker}, {Different}, {Stronger, Added}}

// title names a table of services by their relations.
func (s speaker) title(of ...Relation) string {
	names := make([]string, len(of))
	for i, one := range of {
		names[i] = s.relation(one)
	}
	return s.say("Services: "+strings.Join(names, ", "), strings.Join(names, "、")+"的服务")
}

func (s speaker) head() []string {
	a, b := s.names()
	return []string{s.say("Service", "服务"), s.say("Compared", "比较"), a + " → " + b, s.say("Who", "哪些人"), s.say("For example", "例如")}
}

// table shows the services of a group, with a row for each difference.
func (s speaker) table(group []Relation) page.Table {
	t := page.Table{Text: true, Head: s.head()}
	var met []Relation
	for _, of := range group {
		for i := range s.Services {
			if one := &s.Services[i]; one.Relation == of {
				if !slices.Contains(met, of) {
					met = append(met, of)
				}
				for _, d := range one.Differences {
					if d.Kind.Loses() {
						t.Rows = append(t.Rows, s.row(s.name(one), of, d, s.change(one, d)))
					}
				}
				if len(one.Differences) == 0 && (of == Omitted || of == Added) {
					t.Rows = append(t.Rows, []string{s.name(one), s.relation(of), s.promised(cmp.Or(one.offerA, one.offerB)), s.say("nobody has it", "没有人享有"), ""})
				}
			}
		}
	}
	t.Title = s.title(met...)
	return t
}

func (s speaker) row(name string, of Relation, d Difference, change string) []string {
	compared := s.relation(of)
	switch {
	case of == Different && d.Better == "a":
		compared = s.relation(Weaker)
	case of == Different:
		compared = s.relation(Stronger)
	}
	if d.Method == check.Tested {
		compared += s.say(" (tested only)", "（抽样检验）")
	}
	return []string{name, compared, change, s.region(d), s.who(d.Witness, s.style)}
}

// region says for whom there is a difference.
func (s speaker) region(d Difference) string {
	if s.space == nil { // read from JSON
		return d.Region
	}
	if len(d.finding.Boxes) == 0 {
		return s.say("not known", "尚不明确")
	}
	return words.Region(s.space, d.finding.Boxes, s.style)
}

// doubts shows what is not known, what rests on an assumption, and what was only tested and why.
func (s speaker) doubts() page.Table {
	t := page.Table{Title: s.say("Not known, or known only in part", "无法确定或有前提的"), Text: true, Head: s.head()}
	t.Head[2] = s.say("Why", "原因")
	add := func(name string, all []Difference) {
		for _, d := range all {
			if d.Kind.Loses() {
				continue
			}
			what, at := s.say("not known", "无法确定"), cmp.Or(d.finding.Child, d.finding.Parent)
			if s.space == nil { // read from JSON
				t.Rows = append(t.Rows, []string{name, what, s.at(d.Note, cmp.Or(d.AtA, d.AtB)), s.region(d), s.who(d.Witness, s.style)})
				continue
			}
			if d.Kind == check.Assumed {
				what = s.say("assumed", "有前提")
			}
			t.Rows = append(t.Rows, []string{name, what, s.at(d.finding.Doubt(s.style, d.Better == "a"), at), s.region(d), s.who(d.Witness, s.style)})
		}
	}
	for i := range s.Services {
		one := &s.Services[i]
		add(s.name(one), one.Differences)
		for _, o := range one.Opaque {
			why := s.say(o.Reason, "规则不是单项条件的组合，无法逐一证明")
			t.Rows = append(t.Rows, []string{s.name(one), s.say("tested only", "抽样检验"), s.at(why, o.At), s.say("anybody", "任何人"), ""})
		}
	}
	for _, one := range s.Together {
		add(s.joint(one), one.Differences)
	}
	return t
}

// at adds to a text the place where the list says so.
func (s speaker) at(text, place string) string {
	if place == "" {
		return text
	}
	return text + s.say(" (", "（") + place + s.say(")", "）")
}

// together shows what several services come to.
func (s speaker) together() page.Table {
	t := page.Table{Title: s.say("Paid together", "合并计算的"), Text: true, Head: s.head()}
	for _, one := range s.Together {
		for _, d := range one.Differences {
			if d.Kind.Loses() {
				t.Rows = append(t.Rows, s.row(s.joint(one), one.Relation, d, s.sums(d)))
			}
		}
	}
	return t
}

// joint names the services that are paid together.
func (s speaker) joint(one Together) string {
	names := make([]string, len(one.Services))
	for i, id := range one.Services {
		names[i] = id
		if at := slices.IndexFunc(s.Services, func(o Service) bool { return o.Service == id }); at >= 0 {
			names[i] = s.name(&s.Services[at])
		}
	}
	return strings.Join(names, s.say(", ", "、"))
}

// sums says what services come to together on both sides.
func (s speaker) sums(d Difference) string {
	text := s.amounts(d, d.finding.Unit)
	if d.finding.Unsure {
		text += s.say(", and an amount without a number is not paid beside it", "，金额未定的一项不另发")
	}
	return text
}

// same shows the services that do not differ.
func (s speaker) same() page.Table {
	t := page.Table{Title: s.title(Equivalent), Text: true, Head: []string{s.say("Service", "服务"), s.say("How that is known", "依据")}}
	for _, by := range []struct {
		method  check.Method
		assumed bool
		how     string
	}{
		{check.Proof, false, s.say("proved over all elders", "对所有人逐一证明")},
		{check.Proof, true, s.say("proved over all elders, but for those whom a folder rules out", "对所有人逐一证明，目录排除的人除外")},
		{check.Tested, false, s.say("tested on many elders, not proved", "抽样检验，未作证明")},
		{check.Tested, true, s.say("tested on many elders, but for those whom a folder rules out", "抽样检验，未作证明，目录排除的人除外")},
	} {
		var names []string
		for i := range s.Services {
			one := &s.Services[i] // of which all differences are assumptions
			if one.Relation == Equivalent && one.Method == by.method && len(one.Differences) > 0 == by.assumed {
				names = append(names, s.name(one))
			}
		}
		if len(names) > 0 {
			t.Rows = append(t.Rows, []string{strings.Join(names, s.say(", ", "、")), by.how})
		}
	}
	return t
}

// name returns a service's name with its items on both sides, as two items may have the same name.
func (s speaker) name(one *Service) string {
	items := one.ItemA
	if one.ItemA != one.ItemB {
		items = cmp.Or(one.ItemA, "–") + "→" + cmp.Or(one.ItemB, "–")
	}
	return strings.TrimSpace(items + " " + s.say(cmp.Or(one.english, one.Name), one.Name))
}

// change says what changes from A to B.
func (s speaker) change(one *Service, d Difference) string {
	if s.space == nil { // read from JSON
		return strings.TrimSpace(d.Measure + " " + s.sums(d))
	}
	switch d.Kind {
	case check.Omitted, check.Narrower:
		a, b := s.promised(one.offerA), s.say("nothing", "无")
		if d.Better == "b" {
			a, b = b, s.promised(one.offerB)
		}
		return a + " → " + b
	case check.Shorter:
		return s.payments(d)
	case check.Lower, check.Open:
		if d.finding.WantBundle != nil {
			return s.bundles(d.A) + " → " + s.bundles(d.B)
		}
		m := s.vocabulary.Measure(d.Measure)
		return s.say(m.English, m.Label) + s.say(" ", "：") + s.amounts(d, m.Unit)
	}
	return d.Note
}

// promised says what a service brings, as far as it is the same for all who have it.
func (s speaker) promised(o *ruleset.Offer) string {
	if o == nil {
		return s.say("entitled", "享有")
	}
	var parts []string
	for _, measure := range slices.Sorted(maps.Keys(o.Promises)) {
		m := s.vocabulary.Measure(measure)
		from := o.Promises[measure][0]
		text := words.Promise(m, from, s.style, nil)
		if n := len(o.Promises[measure]); n > 1 {
			text += s.say(" to ", "至") + words.Figure(o.Promises[measure][n-1], m.Unit, s.style, nil)
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return s.say("entitled", "享有")
	}
	return s.say("entitled: ", "享有（") + strings.Join(parts, s.say(", ", "，")) + s.say("", "）")
}

// amounts says the amounts of a measure on both sides.
func (s speaker) amounts(d Difference, unit policy.Unit) string {
	return s.amount(d.A, unit) + " → " + s.amount(d.B, unit)
}

func (s speaker) amount(a *Amount, unit policy.Unit) string {
	switch {
	case a == nil:
		return s.say("nothing", "无")
	case s.space == nil && len(a.Bundles) > 0: // read from JSON
		return s.say("together", "合并")
	case a.Value == nil && a.Of != "":
		return s.share(a.Of)
	case a.Value == nil:
		return s.say("set locally", "由当地确定")
	}
	return words.Figure(policy.Promise{Value: a.Value, Bound: a.Bound}, unit, s.style, nil)
}

// share says what an open amount is a share of, with the label of the parameter instead of its
// name.
func (s speaker) share(text string) string {
	head, of, _ := strings.Cut(text, " × ")
	name, plus, _ := strings.Cut(of, " + ")
	if label := s.labels[name]; label != "" && s.style == words.Chinese {
		text = strings.TrimSuffix(head+" × "+label+" + "+plus, " + ")
	}
	return text
}

func (s speaker) bundles(a *Amount) string {
	if a == nil {
		return s.say("nothing", "无")
	}
	parts := make([]string, len(a.Bundles))
	for i, b := range a.Bundles {
		parts[i] = words.Bundle(s.vocabulary, b, s.style, nil)
	}
	return strings.Join(parts, s.say(", or ", "，或 "))
}

// payments says both payment calendars, and of what measure they are, where it has its own.
func (s speaker) payments(d Difference) string {
	a, b := d.finding.WantPayment, d.finding.HavePayment
	if d.Better == "b" {
		a, b = b, a
	}
	of := ""
	if m := s.vocabulary.Measure(d.Measure); m != nil {
		of = s.say(m.English+": ", m.Label+"：")
	}
	return of + words.Calendar(a, s.vocabulary, s.style) + " → " + words.Calendar(b, s.vocabulary, s.style)
}

func (s speaker) notes() []string {
	notes := []string{
		s.say("Compared is what residents are owed, also by the lists above; what a list only permits does not count.",
			"比较的是居民应享待遇，含上级清单；清单只作许可的不计。"),
		s.say("The numbers before a service are its items in A and in B.", "服务前的数字是两份清单中的项号（A→B）。"),
		s.say("Each difference was found over all elders who can exist; Open Policy Agent confirmed each example by the rules as written.",
			"各项差别系对所有可能的老年人逐一比较得出；每个例子均经规则引擎复核。例子是推演，不是真人。"),
	}
	for _, one := range s.Services {
		if one.Method == check.Tested {
			notes = append(notes, s.say("What is marked as tested was tried on many elders, not proved.", "注明“抽样检验”的，只在大量人员情形上试算，未作证明。"))
			break
		}
	}
	return append(notes, s.say("A ", "A 版本 ")+s.A.Digest, s.say("B ", "B 版本 ")+s.B.Digest)
}
