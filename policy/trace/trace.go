// Package trace compares a list with the text of its document. The items and clauses that the list
// cites must be there, each figure that it states must stand in one of them, and it must leave out
// no figure of an item.
//
// A finding can be accepted in the list's YAML, with a reason, as those of lint are:
//
//	accepted:
//	  - {code: no-figure, subject: bath_monthly, reason: …}
//
// Where one acceptance would be about several figures, its reason names those that it accepts.
package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/basic-eldercare/eldercare/policy"
)

// These are the codes of findings.
const (
	NoPlace     = policy.NoPlace
	NoFigure    = policy.NoFigure
	OtherName   = policy.OtherName
	NoParameter = policy.NoParameter
	// UnusedAcceptance says that the list accepts what trace does not find.
	UnusedAcceptance = "unused-acceptance"
)

// Finding is one difference between a list and its text. Subject is a parameter, a service, or the
// item of a figure.
type Finding struct {
	List     string          `json:"list"` // jurisdiction
	Code     string          `json:"code"`
	Severity policy.Severity `json:"severity"`
	Subject  string          `json:"subject"`
	Message  string          `json:"message"`
	Pos      policy.Position `json:"position"`           // in the list, or in the text
	Related  policy.Position `json:"related,omitzero"`   // where in the text the number should be
	Accepted string          `json:"accepted,omitempty"` // the reason given in the list
	figure   *figure         // what stands in no parameter, or in no place
}

// Report is the result of comparing a list with a text.
type Report struct {
	Places   int       `json:"places"`   // how many places the list cites in the text
	Figures  int       `json:"figures"`  // how many of its numbers were looked for
	Findings []Finding `json:"findings"` // by file and line
}

// List compares the first of some lists with the text of its document. The others are the lists
// above it, the nearest first: what the list takes over from them cites its document too.
// Without a list or a text the report is empty.
func List(chain []*policy.List, text *Text) *Report {
	if len(chain) == 0 || slices.Contains(chain, nil) || text == nil {
		return &Report{Findings: []Finding{}}
	}
	t := &tracer{chain: chain, text: text, document: cmp.Or(chain[0].Document.Number, chain[0].Document.Title), cited: map[string]bool{}}
	t.report.Findings = []Finding{}
	for _, s := range chain[0].Services {
		t.service(s)
	}
	for _, c := range chain[0].ChooseHigher {
		t.places(c.Cite, "choose_higher", c.Pos)
	}
	for _, e := range chain[0].Excludes {
		t.places(e.Cite, "excludes", e.Pos)
	}
	parameters := effective(chain)
	for _, p := range parameters {
		t.parameter(p)
	}
	for i := range text.items {
		t.item(i+1, parameters)
	}
	t.report.Places = len(t.cited)
	t.accept()
	slices.SortStableFunc(t.report.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line))
	})
	return &t.report
}

// effective returns the parameters of some lists, of each name that of the nearest list.
func effective(chain []*policy.List) []*policy.Parameter {
	var all []*policy.Parameter
	for _, list := range chain {
		for _, p := range list.Parameters {
			if !slices.ContainsFunc(all, func(q *policy.Parameter) bool { return q.Name == p.Name }) {
				all = append(all, p)
			}
		}
	}
	return all
}

type tracer struct {
	chain    []*policy.List
	text     *Text
	document string
	cited    map[string]bool
	report   Report
}

func (t *tracer) add(code string, severity policy.Severity, subject string, pos policy.Position, format string, args ...any) {
	t.report.Findings = append(t.report.Findings, Finding{
		List: t.chain[0].Jurisdiction.ID, Code: code, Severity: severity, Subject: subject, Pos: pos, Message: fmt.Sprintf(format, args...),
	})
}

// accept marks the findings that the list accepts, and reports acceptances of what is not found.
func (t *tracer) accept() {
	for _, a := range t.chain[0].Accepted {
		accepted := t.accepted(a)
		for _, f := range accepted {
			f.Accepted = cmp.Or(f.Accepted, a.Reason)
		}
		if a.OfTrace() && len(accepted) == 0 {
			t.add(UnusedAcceptance, policy.SeverityWarning, a.Subject, a.Pos,
				"the list accepts %s of %s, but there is no such finding", a.Code, a.Subject)
		}
	}
}

// accepted returns the findings that an acceptance is about. Of several figures, it is about those
// that its reason names.
func (t *tracer) accepted(a *policy.Acceptance) []*Finding {
	reason := &Text{content: plain(a.Reason)}
	figures := reason.figuresIn(span{0, len(reason.content)})
	var all, named []*Finding
	several := false
	for i := range t.report.Findings {
		f := &t.report.Findings[i]
		if f.Code != a.Code || f.Subject != a.Subject {
			continue
		}
		all = append(all, f)
		if f.figure == nil {
			continue
		}
		several = several || !f.figure.same(all[0].figure)
		if slices.ContainsFunc(figures, func(in figure) bool { return in.same(f.figure) }) {
			named = append(named, f)
		}
	}
	if several {
		return named
	}
	return all
}

// service compares the places that a service cites, and its name, with the text.
func (t *tracer) service(s *policy.Service) {
	if s.Unnamed {
		return
	}
	t.places(s.Cite, s.ID, s.Pos)
	for _, r := range s.Readings {
		t.places(r.Cite, s.ID, s.Pos)
	}
	if n, err := strconv.Atoi(s.Item); err == nil && n > 0 && n <= len(t.text.items) && !t.text.prints(t.text.items[n-1].body, s.Name) {
		t.add(OtherName, policy.SeverityWarning, s.ID, s.Pos, "item %s does not print the name %s", s.Item, s.Name)
	}
}

// places returns the parts of the text that are cited, and reports those that are not there.
func (t *tracer) places(cite []policy.Citation, subject string, pos policy.Position) []span {
	var all []span
	for _, c := range cite {
		if c.Document != t.document || c.At == "" {
			continue
		}
		t.cited[c.At] = true
		in, ok := t.text.place(c.At)
		if !ok {
			t.add(NoPlace, policy.SeverityError, subject, pos, "the text has no %s; correct the citation, or the text", c.At)
		}
		all = append(all, in...)
	}
	return all
}

// parameter compares the numbers of a parameter with the places in the text that it cites.
func (t *tracer) parameter(p *policy.Parameter) {
	for _, v := range p.Values {
		if v.Printed != nil {
			v = v.Printed // an amendment states another
		}
		cite := v.Cite
		if len(cite) == 0 {
			cite = p.Cite
		}
		in := t.places(cite, p.Name, p.Pos)
		if v.Value == nil || len(in) == 0 {
			continue
		}
		t.report.Figures++
		if !t.text.states(in, v.Value, p.Unit) {
			t.add(NoFigure, policy.SeverityError, p.Name, v.Pos, "%s %s stands in none of the places that it cites", v.Value.RatString(), p.Unit)
			f := &t.report.Findings[len(t.report.Findings)-1]
			f.Related, f.figure = t.text.pos(in[len(in)-1].from), &figure{value: v.Value, counts: countsOf(p.Unit)}
		}
	}
}

// item reports the figures of an item that stand in no parameter.
func (t *tracer) item(n int, parameters []*policy.Parameter) {
	subject := "附件 " + strconv.Itoa(n)
	for _, s := range t.chain[0].Services {
		if s.Item == strconv.Itoa(n) {
			subject = s.ID
			break
		}
	}
	of := t.text.items[n-1]
	figures := t.text.figuresIn(of.body)
	if n == 1 || of.group != t.text.items[n-2].group {
		figures = append(t.text.figuresIn(of.group), figures...)
	}
	for _, f := range figures {
		known := func(p *policy.Parameter) bool {
			return slices.ContainsFunc(p.Values, func(v *policy.DatedValue) bool {
				return v.Value != nil && f.is(v.Value, countsOf(p.Unit)) || v.Printed != nil && f.is(v.Printed.Value, countsOf(p.Unit))
			})
		}
		if f.counts != "" && !slices.ContainsFunc(parameters, known) {
			t.add(NoParameter, policy.SeverityWarning, subject, t.text.pos(f.at), "%s stands in item %d, and in no parameter", f.printed, n)
			t.report.Findings[len(t.report.Findings)-1].figure = &f
		}
	}
}
