package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/internal/serve"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/timeline"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// monthFlag is a flag with a month.
type monthFlag timeline.Month

func (m *monthFlag) given() bool { return *m != monthFlag{} }

// String returns the month as YYYY-MM, empty when there is none.
func (m *monthFlag) String() string {
	if !m.given() {
		return ""
	}
	return timeline.Month(*m).String()
}

// Type returns what help calls the value.
func (m *monthFlag) Type() string { return "month" }

// Set refuses months that do not exist.
func (m *monthFlag) Set(value string) error { return (*timeline.Month)(m).UnmarshalText([]byte(value)) }

// timelines writes what elders are owed from month to month.
func (o *evaluateOptions) timelines(ctx context.Context, in *input) error {
	switch {
	case !o.from.given() || !o.to.given():
		return errors.New("--from and --to go together")
	case o.on.String() != "":
		return errors.New("--on and --from do not go together: the list says which day of a month counts")
	case o.format.value != "table" && o.format.value != "json":
		return errors.New("a timeline is a table or json")
	}
	engine, err := o.engine(ctx)
	if err != nil {
		return err
	}
	course, err := engine.Course(o.jurisdiction)
	if err != nil {
		return err
	}
	rules, err := course.Rules(ctx, timeline.Month(o.to).Next().Day(1).AddDays(-1)) // to find words for what it names
	if err != nil {
		return err
	}
	p := &timelinePage{page: newPage(o.stdout), lexicon: newLexicon(engine, rules)}
	if o.format.value == "json" {
		o.instead = func(who serve.Refused) error { return printJSON(o.stdout, []serve.Refused{who}) }
	}
	return o.each(in, p.out.Flush, o.read(func(row elder.Row) error {
		t, err := timeline.Project(ctx, course, row.Elder, timeline.Month(o.from), timeline.Month(o.to), o.assumeKnown)
		if err != nil {
			return err
		}
		if o.format.value == "json" {
			return printJSON(o.stdout, []*timeline.Timeline{t})
		}
		p.write(t, row)
		return nil
	}))
}

// timelinePage writes timelines for people to read: the months, with what changes in them.
type timelinePage struct {
	*page
	lexicon
	any bool // true once something is written
}

func (p *timelinePage) write(t *timeline.Timeline, row elder.Row) {
	if p.any {
		p.gap()
	}
	p.any = true
	id := elder.HideIDNumbers(t.ID)
	if id == "" {
		id = fmt.Sprintf("第%d行", row.Line)
	}
	p.line("", title, fmt.Sprintf("%s  %s  %s 至 %s", id, p.chain[0].Jurisdiction.Name, t.From, t.To))
	if t.Before != nil {
		p.line("", warning, fmt.Sprintf("%s 至 %s 无法回答：清单自 %s 起施行", t.Before.From, t.Before.To, t.Before.First))
	}
	if t.After != nil {
		p.line("", warning, fmt.Sprintf("%s 至 %s 无法回答：清单于 %s 终止", t.After.From, t.After.To, t.After.Ended))
	}
	for _, note := range p.payments(t) {
		p.line("", warning, note)
	}
	var rows [][]string
	for _, s := range p.stretches(t.Months) {
		rows = append(rows, []string{
			between(s.first.Month.String(), s.last.Month.String(), " 至 "), between(age(s.first), age(s.last), "至"),
			fmt.Sprint(len(s.first.Entitled)), fmt.Sprint(len(s.first.Possible)), words.Total(s.first.MonthlyCNY, words.Chinese), s.changes,
		})
	}
	p.table([]column{
		{title: "月份"}, {title: "年龄"}, {title: "应享"}, {title: "可能"}, {title: "每月现金合计"}, {title: "变化", flexible: true},
	}, rows)
}

// stretch is a run of months in which nothing changes but the age.
type stretch struct {
	first, last timeline.State
	changes     string // what the first month brings
}

func (p *timelinePage) stretches(months []timeline.State) []stretch {
	var all []stretch
	for i, m := range months {
		if changes := p.changes(months[:i+1]); changes != "" {
			all = append(all, stretch{first: m, changes: changes})
		}
		all[len(all)-1].last = m
	}
	return all
}

// between returns what stands from the first to the last month of a stretch.
func between(first, last, to string) string {
	if first == last {
		return first
	}
	return first + to + last
}

func age(m timeline.State) string {
	if m.Age == nil {
		return "未知"
	}
	return fmt.Sprint(*m.Age)
}

// changes returns what differs from the month before, or "" when nothing does.
func (p *timelinePage) changes(months []timeline.State) string {
	now := months[len(months)-1]
	parts := p.once(now, months)
	if len(months) == 1 {
		return strings.Join(append([]string{"首月"}, parts...), "；")
	}
	before := months[len(months)-2]
	for _, c := range now.Changes {
		parts = append(parts, p.change(c, months[len(months)-2:]))
	}
	if len(parts) == 0 && words.Total(now.MonthlyCNY, words.Chinese) != words.Total(before.MonthlyCNY, words.Chinese) {
		parts = append(parts, "合计方法改变") // services stay as they are: others of them are paid together
	}
	return strings.Join(parts, "；")
}

// once returns what is due once in a month, and promised.
func (p *timelinePage) once(now timeline.State, months []timeline.State) []string {
	var parts []string
	for _, pay := range now.Payments {
		promised := slices.ContainsFunc(now.Entitled, func(e decide.Entitlement) bool { return e.Service == pay.Service })
		if !pay.Once || !promised {
			continue
		}
		text := "一次性发放 " + serviceName(pay.Service, months)
		if pay.NotBefore != nil {
			text += "（未领取过的）"
		}
		parts = append(parts, text)
	}
	return parts
}

// payments tells about the payment of services in some or all months of a timeline, each thing
// once.
func (p *timelinePage) payments(t *timeline.Timeline) []string {
	var notes []string
	add := func(pay timeline.Payment, text string) {
		if note := serviceName(pay.Service, t.Months) + " " + text; !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	for _, m := range t.Months {
		for _, pay := range m.Payments {
			if pay.From != "" {
				add(pay, words.Payment(&policy.Payment{From: pay.From, BackPayMonths: pay.BackPayMonths}, words.Chinese))
			}
			if len(pay.Suspended) > 0 {
				add(pay, words.Suspended(p.labels(pay.Suspended), words.Chinese))
			}
			if len(pay.MaybeSuspended) > 0 {
				add(pay, words.MaybeSuspended(p.labels(pay.MaybeSuspended), words.Chinese))
			}
		}
	}
	return notes
}

// labels returns the Chinese names of attributes.
func (p *timelinePage) labels(attributes []string) []string {
	labels := slices.Clone(attributes)
	for i, name := range labels {
		labels[i] = p.catalog.Vocabulary.Attribute(name).Label
	}
	return labels
}

var (
	changeWords = map[timeline.Kind]string{
		timeline.Begins: "开始", timeline.Ends: "停止", timeline.Rises: "提高", timeline.Falls: "降低",
	}
	standingWords = map[timeline.Standing]string{
		timeline.Entitled: "", timeline.Possible: "可能", timeline.Discretionary: "可扩大", timeline.PossiblyDiscretionary: "可能可扩大",
	}
	causeWords = map[timeline.Cause]string{timeline.ByAge: "年龄", timeline.ByRules: "标准或规则", timeline.ByPayment: "发放办法"}
)

// change returns one change between two months.
func (p *timelinePage) change(c timeline.Change, months []timeline.State) string {
	text := standingWords[c.As] + changeWords[c.Kind] + " " + serviceName(c.Service, months)
	if c.As == timeline.Possible && c.Kind == timeline.Ends {
		text = "不再可能 " + serviceName(c.Service, months)
	}
	if len(c.WasBundles)+len(c.IsBundles) > 0 {
		text += " " + cmp.Or(p.bundles(c.IsBundles), "成套待遇")
	} else if m := p.catalog.Vocabulary.Measure(c.Measure); m != nil && c.Is != nil {
		text += " " + words.Promise(m, *c.Is, words.Chinese, p.parameter)
	} else if m != nil {
		text += " " + m.Label
	}
	return text + "（" + causeWords[c.Cause] + "）"
}

// serviceName returns what the lists of some months call a service.
func serviceName(service string, months []timeline.State) string {
	name := service
	for _, m := range months {
		for _, e := range slices.Concat(m.Entitled, m.Discretionary) {
			if e.Service == service {
				name = e.Name
			}
		}
		for _, e := range m.Possible {
			if e.Service == service {
				name = e.Name
			}
		}
	}
	return name
}
