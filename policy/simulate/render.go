package simulate

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/page"
	"github.com/basic-eldercare/eldercare/policy/summary"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// HTML writes a report as one page that loads nothing from elsewhere. The page is for those who
// decide on the lists, and does not hide small figures. The language is English for "en", and
// Chinese otherwise.
func HTML(w io.Writer, r *Report, lang string) error {
	if r == nil {
		return errNoReport
	}
	return page.HTML(w, r.Page(lang))
}

// Markdown writes a report as Markdown, as [HTML] does as a page.
func Markdown(w io.Writer, r *Report, lang string) error {
	if r == nil {
		return errNoReport
	}
	return page.Markdown(w, r.Page(lang))
}

var errNoReport = policy.CallError("the report is nil; get one from Simulation.Report")

// speaker writes a report in one language.
type speaker struct {
	*Report
	english bool
}

func (s speaker) say(english, chinese string) string {
	if s.english {
		return english
	}
	return chinese
}

// Page returns the report in words: in English for "en", else in Chinese.
func (r *Report) Page(lang string) page.Page {
	r = cmp.Or(r, &Report{})
	s := speaker{r, lang == "en"}
	p := page.Page{
		Lang: s.say("en", "zh-CN"), Title: s.say("What changes", "清单调整影响测算"), Place: r.Name, Verdict: s.verdict(),
		Sure:  r.Proof.NobodyLoses && r.Losers+r.Both == 0,
		Facts: s.facts(), Tables: []page.Table{s.classes(), s.services()}, Notes: s.notes(),
	}
	if t := s.kinds(); len(t.Rows) > 0 {
		p.Tables = append(p.Tables, t)
	}
	p.Tables = append(p.Tables, s.losses()...)
	return p
}

// verdict says whether anybody loses: in the register, and at all.
func (s speaker) verdict() string {
	counted := fmt.Sprintf(s.say("%d losers in this register", "本名册中受损%d人"), s.Losers+s.Both)
	if s.Undecided > 0 {
		counted += fmt.Sprintf(s.say(", %d not decided", "，另有%d人待核实"), s.Undecided)
	}
	switch {
	case s.Proof.NobodyLoses && s.Before.On == s.After.On:
		return counted + s.say(". Proved: by the rules nobody can lose.", "。已证明：按规则任何人都不会受损。")
	case s.Proof.NobodyLoses:
		return counted + s.say(". Proved: by the rules nobody can lose who is as old on both days.", "。已证明：年龄相同者按规则都不会受损。")
	case s.unlike != nil:
		return counted + s.say(". Nothing is proved: ", "。未作证明：") + s.unlike.Words(s.style()) + s.say(".", "。")
	}
	return counted + s.proved()
}

// proved says what the findings of the proof amount to.
func (s speaker) proved() string {
	lost, unknown, assumed := 0, 0, 0
	for _, f := range s.Proof.Findings {
		switch {
		case f.Kind.Loses():
			lost++
		case f.Kind.Known():
			assumed++
		default:
			unknown++
		}
	}
	switch {
	case lost > 0:
		return fmt.Sprintf(s.say(". By the rules somebody can lose (%d findings).", "。按规则有人会受损（%d处）。"), lost)
	case unknown > 0:
		return fmt.Sprintf(s.say(". Not proved: of some it is not known whether they can lose (%d findings).", "。未能证明：部分情形无法确定（%d处）。"), unknown)
	case len(s.Proof.Tested) > 0:
		return s.say(". Not proved: some rules could only be tested.", "。未能证明：部分规则只能抽样检验。")
	}
	return fmt.Sprintf(s.say(". Proved only if nobody is so as a folder rules out (%d findings): by the rules nobody can lose.",
		"。以目录排除的人不存在为前提（%d处），已证明按规则任何人都不会受损。"), assumed)
}

func (s speaker) facts() []string {
	facts := []string{
		fmt.Sprintf(s.say("before: %s, after: %s", "调整前：%s，调整后：%s"), s.Before.On, s.After.On),
		fmt.Sprintf(s.say("%d elders compared, %d rows refused", "比较%d人，未受理%d行"), s.Elders, s.Rows.Refused+int(s.NotBefore)),
		fmt.Sprintf(s.say("certain monthly cash: %s yuan before, %s after (%s)", "每月现金（确定）：调整前%s元，调整后%s元（%s）"),
			summary.Yuan(s.Monthly.Before.Certain), summary.Yuan(s.Monthly.After.Certain), more(s.Monthly)),
		fmt.Sprintf(s.say("at most: %s yuan before, %s after", "每月现金（最多）：调整前%s元，调整后%s元"),
			summary.Yuan(s.Monthly.Before.UpTo), summary.Yuan(s.Monthly.After.UpTo)),
	}
	if n := s.Rows.Duplicates; n > 0 {
		facts = append(facts, fmt.Sprintf(s.say("rows with an id that an earlier row has: %d, each counted", "编号与前面的行相同：%d行，均计入"), n))
	}
	return facts
}

// more says how much more is certain after than before.
func more(c Change) string {
	before, after := c.Before.Certain, c.After.Certain
	if after.Cmp(before) < 0 {
		return "−" + summary.Yuan(before.Sub(after))
	}
	return "+" + summary.Yuan(after.Sub(before))
}

func (s speaker) style() words.Style {
	if s.english {
		return words.English
	}
	return words.Chinese
}

func (s speaker) class(c Class) string {
	return map[Class]string{
		Winner: s.say("win", "受益"), Loser: s.say("lose", "受损"), Both: s.say("win and lose", "有增有减"),
		Undecided: s.say("undecided", "待核实"), Unchanged: s.say("unchanged", "不变"),
	}[c]
}

func (s speaker) classes() page.Table {
	t := page.Table{Title: s.say("Who wins, who loses", "受益与受损"), Head: []string{s.say("Elders", "老年人"), s.say("Number", "人数")}}
	for i, n := range []int64{s.Winners, s.Losers, s.Both, s.Undecided, s.Unchanged} {
		t.Rows = append(t.Rows, []string{s.class(classNames[i]), fmt.Sprint(n)})
	}
	return t
}

// services shows the services of which the elders or the money change.
func (s speaker) services() page.Table {
	t := page.Table{Title: s.say("By service", "按服务"), Head: []string{
		s.say("Service", "服务"), s.say("Entitled before", "应享（前）"), s.say("after", "应享（后）"),
		s.say("Yuan a month before", "元/月（前）"), s.say("after", "元/月（后）"), s.say("more", "增减"),
	}}
	for _, one := range s.Services {
		was, is := one.Monthly.Before, one.Monthly.After
		if one.Before == one.After && was.Certain.Equal(is.Certain) && was.UpTo.Equal(is.UpTo) {
			continue
		}
		row := []string{one.Item + " " + one.Name, fmt.Sprint(one.Before), fmt.Sprint(one.After), "", "", ""}
		if one.Cash {
			row[3], row[4], row[5] = summary.Yuan(one.Monthly.Before.Certain), summary.Yuan(one.Monthly.After.Certain), more(one.Monthly)
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		t.Rows = [][]string{{s.say("no service has other numbers of elders or another monthly cost", "各项服务的应享人数和每月金额均无变化"), "", "", "", "", ""}}
	}
	return t
}

// These bound how many kinds of a class are shown, and how many of them may have a change to the
// same service before that service no longer counts.
const (
	mostKinds     = 10
	mostOfService = 3
)

func (s speaker) kinds() page.Table {
	t := page.Table{Title: s.say("What changes for whom", "情形举例"), Text: true, Head: []string{
		s.say("Elders", "老年人"), s.say("Number", "人数"), s.say("What changes", "变化"), s.say("For example", "例如"),
	}}
	kinds, rest := some(s.Kinds, mostKinds, mostOfService)
	for _, k := range kinds {
		steps := make([]string, len(k.Changes))
		for i, step := range k.Changes {
			steps[i] = s.step(step)
		}
		t.Rows = append(t.Rows, []string{s.class(k.Class), fmt.Sprint(k.Elders), strings.Join(steps, s.say("; ", "；")), k.Example})
	}
	for _, class := range classNames {
		more := Rest{}
		for _, r := range slices.Concat(rest, s.Rest) {
			if r.Class == class {
				more.Kinds, more.Elders = more.Kinds+r.Kinds, more.Elders+r.Elders
			}
		}
		if more.Kinds > 0 {
			t.Rows = append(t.Rows, []string{s.class(class), fmt.Sprint(more.Elders), fmt.Sprintf(s.say("%d more kinds", "另有%d种情形"), more.Kinds), ""})
		}
	}
	return t
}

func (s speaker) step(c Step) string {
	name := c.Name
	if c.Label != "" {
		name += s.say(", ", "·") + c.Label
	}
	before, after := c.Before, c.After
	if before == "" {
		before = s.say("nothing", "无")
	}
	if after == "" {
		after = s.say("nothing", "无")
	}
	switch c.What {
	case Gained:
		return s.say("gains ", "新增") + name
	case Lost:
		return s.say("loses ", "失去") + name
	case Open:
		return name + s.say(" depends on what is missing", "须补充信息")
	case Shorter:
		name += s.say(" is paid for fewer months:", "发放月数减少")
	case Longer:
		name += s.say(" is paid for more months:", "发放月数增加")
	}
	return name + " " + before + " → " + after
}

// losses shows who could lose by the rules, and what is not known of that, as a diff does.
func (s speaker) losses() []page.Table {
	if s.byRules == nil {
		return nil
	}
	lost, doubts := s.byRules.Losses(s.say("en", "zh"))
	lost.Title, lost.Head[2] = s.say("Who could lose by the rules", "按规则会受损的人"), s.say("before → after", "调整前 → 调整后")
	return slices.DeleteFunc([]page.Table{lost, doubts}, func(t page.Table) bool { return len(t.Rows) == 0 })
}

func (s speaker) notes() []string {
	notes := []string{
		s.say("Elders are compared by what is certain; what the register does not say is unknown, not false.", "按已确定的待遇比较；名册未登记的视为未知，不视为“否”。"),
		s.say("Examples name what the rules of what changes tell apart, as spans; figures of few elders are not hidden: not for publication.",
			"举例只写规则所区分的条件，不写具体数值；人数较少的情形未作隐藏，请勿公开。"),
	}
	if s.Before.On != s.After.On {
		notes = append(notes, s.say("An elder with a date of birth has the age of each day; an elder with only an age has the same age on both.", "有出生日期的按各日年龄计算，只有年龄的两日相同。"))
	}
	return append(notes, s.say("Lists and rules before: ", "调整前版本： ")+s.Before.Digest, s.say("Lists and rules after: ", "调整后版本： ")+s.After.Digest)
}
