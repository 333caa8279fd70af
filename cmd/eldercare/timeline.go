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
	course = course.AssumeKnown(o.assumeKnown)
	rules, err := course.Rules(ctx, timeline.Month(o.to).Next().Day(1).AddDays(-1)) // to find words for what it names
	if err != nil {
		return err
	}
	p := &timelinePage{page: newPage(o.stdout, o.lang), lexicon: newLexicon(engine, rules, o.lang)}
	if o.format.value == "json" {
		o.instead = func(who serve.Refused) error { return printJSON(o.stdout, []serve.Refused{who}) }
	}
	return o.each(in, p.out.Flush, o.read(func(row elder.Row) error {
		t, err := timeline.Project(ctx, course, row.Elder, timeline.Month(o.from), timeline.Month(o.to))
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
		id = p.text("line %d", row.Line)
	}
	p.line("", title, p.text("%s  %s  %s to %s", id, p.chain[0].Jurisdiction.Name, t.From, t.To))
	if t.Before != nil {
		p.line("", warning, p.text("%s to %s cannot be answered: the list is in force from %s", t.Before.From, t.Before.To, t.Before.First))
	}
	if t.After != nil {
		p.line("", warning, p.text("%s to %s cannot be answered: the list ended on %s", t.After.From, t.After.To, t.After.Ended))
	}
	for _, note := range p.payments(t) {
		p.line("", warning, note)
	}
	var rows [][]string
	for _, s := range p.stretches(t.Months) {
		rows = append(rows, []string{
			between(s.first.Month.String(), s.last.Month.String(), p.choose(" to ", " 至 ")), between(p.age(s.first), p.age(s.last), p.choose("–", "至")),
			fmt.Sprint(len(s.first.Entitled)), fmt.Sprint(len(s.first.Possible)), words.Total(s.first.MonthlyCNY, p.style()), s.changes,
		})
	}
	p.table([]column{
		{title: p.text("Month")}, {title: p.text("Age")}, {title: p.text("Entitled")}, {title: p.text("Possible")},
		{title: p.text("Cash a month")}, {title: p.text("Changes"), flexible: true},
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

func (p *timelinePage) age(m timeline.State) string {
	if m.Age == nil {
		return p.text("unknown")
	}
	return fmt.Sprint(*m.Age)
}

// changes returns what differs from the month before, or "" when nothing does.
func (p *timelinePage) changes(months []timeline.State) string {
	now := months[len(months)-1]
	parts := p.once(now, months)
	if len(months) == 1 {
		return strings.Join(append([]string{p.text("first month")}, parts...), p.semicolon())
	}
	before := months[len(months)-2]
	for _, c := range now.Changes {
		parts = append(parts, p.change(c, months[len(months)-2:]))
	}
	if len(parts) == 0 && words.Total(now.MonthlyCNY, p.style()) != words.Total(before.MonthlyCNY, p.style()) {
		parts = append(parts, p.text("only the total changes")) // each service stays as it is
	}
	return strings.Join(parts, p.semicolon())
}

// once returns what is due once in a month, and promised.
func (p *timelinePage) once(now timeline.State, months []timeline.State) []string {
	var parts []string
	for _, pay := range now.Payments {
		promised := slices.ContainsFunc(now.Entitled, func(e decide.Entitlement) bool { return e.Service == pay.Service })
		if !pay.Once || !promised {
			continue
		}
		text := p.text("paid once: %s", p.paidIn(pay, months))
		if pay.NotBefore != nil {
			text += p.text(" (if not had before)")
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
		if note := p.paidIn(pay, t.Months) + p.choose(": ", " ") + text; !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	for _, m := range t.Months {
		for _, pay := range m.Payments {
			if pay.From != "" {
				add(pay, words.Payment(&policy.Payment{From: pay.From, BackPayMonths: pay.BackPayMonths}, p.style()))
			}
			if len(pay.Suspended) > 0 {
				add(pay, words.Suspended(p.attributes(pay.Suspended), p.style()))
			}
			if len(pay.MaybeSuspended) > 0 {
				add(pay, words.MaybeSuspended(p.attributes(pay.MaybeSuspended), p.style()))
			}
		}
	}
	return notes
}

var (
	changeWords = map[timeline.Kind]string{
		timeline.Begins: "begins", timeline.Ends: "ends", timeline.Rises: "rises", timeline.Falls: "falls",
	}
	standingWords = map[timeline.Standing]string{
		timeline.Entitled: "", timeline.Possible: "possible: ", timeline.Discretionary: "permitted: ",
		timeline.PossiblyDiscretionary: "possibly permitted: ",
	}
	causeWords = map[timeline.Cause]string{timeline.ByAge: "by age", timeline.ByRules: "by figures or rules", timeline.ByPayment: "by payment"}
)

// change returns one change between two months.
func (p *timelinePage) change(c timeline.Change, months []timeline.State) string {
	text := p.text(standingWords[c.As]) + p.text(changeWords[c.Kind]) + " " + p.serviceIn(c.Service, months)
	if c.As == timeline.Possible && c.Kind == timeline.Ends {
		text = p.text("no longer possible: ") + p.serviceIn(c.Service, months)
	}
	if len(c.WasBundles)+len(c.IsBundles) > 0 {
		text += " " + cmp.Or(p.bundles(c.IsBundles), p.text("linked measures"))
	} else if m := p.catalog.Vocabulary.Measure(c.Measure); m != nil && c.Is != nil {
		text += " " + words.Promise(m, *c.Is, p.style(), p.parameter)
	} else if m != nil {
		text += " " + p.choose(m.English, m.Label)
	}
	return text + p.text(" (%s)", p.text(causeWords[c.Cause]))
}

// paidIn returns what the lists of some months call what a calendar pays: a service, with the
// measure that has a calendar of its own.
func (p *timelinePage) paidIn(pay timeline.Payment, months []timeline.State) string {
	name := p.serviceIn(pay.Service, months)
	if m := p.catalog.Vocabulary.Measure(pay.Measure); m != nil {
		name += p.choose(", "+m.English, "·"+m.Label)
	}
	return name
}

// serviceIn returns what the lists of some months call a service.
func (p *timelinePage) serviceIn(service string, months []timeline.State) string {
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
	return p.serviceName(service, name)
}
