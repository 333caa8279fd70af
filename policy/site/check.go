package site

import (
	"fmt"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/page"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// tables is the body of a page of tables, one after another.
type tables struct{ Parts []page.Page }

// sides is the body of the page of two lists.
func (w *writer) sides(of pair) tables { return tables{[]page.Page{of.diff.Page(w.say("en", "zh"))}} }

// check is the body of the page of what a list takes from the list above, and what it adds.
func (w *writer) check(p *place) tables {
	r := p.above
	verdict := fmt.Sprintf(w.say("What %s itself states, against what is owed by %s: %d services proved, %d tested, %d findings.",
		"以%s清单自身的规定，对照%s的待遇：证明%d项，抽样检验%d项，发现%d处。"),
		p.Jurisdiction.Name, w.nameOf(p, r.Against), r.Proved, r.Tested, len(r.Findings))
	takes := page.Page{Verdict: verdict, Sure: r.Errors() == 0}
	if len(r.Findings) == 0 {
		takes.Facts = []string{w.say("It takes nothing away from anybody.", "没有从任何人那里减少待遇。")}
	}
	t := page.Table{
		Title: w.say("What the list takes away", "清单减少的"), Text: true,
		Head: []string{w.say("Service", "服务"), w.say("In what", "减少什么"), w.say("Who", "哪些人"), w.say("Weight", "程度")},
	}
	for _, f := range r.Findings {
		weight := w.say("error", "须更正")
		if f.Severity != policy.SeverityError {
			weight = w.say("warning", "提示")
		}
		t.Rows = append(t.Rows, []string{w.serviceOf(p, f.Service), w.shortfall(f), words.Region(p.rules.Table.Space, f.Boxes, w.style), weight})
	}
	if len(t.Rows) > 0 {
		takes.Tables = []page.Table{t}
	}
	return tables{[]page.Page{takes, p.diff.Page(w.say("en", "zh"))}}
}

// serviceOf is the name of a service.
func (w *writer) serviceOf(p *place, id string) string {
	for _, l := range p.rules.Table.Layers {
		if s := l.List.Service(id); s != nil {
			return w.say(w.Catalog.Vocabulary.Service(id).English, s.Name)
		}
	}
	return id
}

// kinds of findings in words.
var kinds = map[check.Kind][2]string{
	check.Omitted: {"not on the list", "清单没有列入"}, check.Narrower: {"some lose it", "部分人不再享受"}, check.Lower: {"lower", "标准较低"},
	check.Open: {"left open", "标准未定"}, check.Combined: {"less in all", "合并计算后较少"}, check.Shorter: {"paid for fewer months", "发放月数较少"},
	check.Assumed: {"nobody loses, by a contradiction that was added", "依新增的矛盾规则才无人减少"}, check.Disagreement: {"not proved", "未能证明"},
	check.Unanswered: {"a rule has no answer", "有规则无法得出结果"},
}

// shortfall says in what a finding consists.
func (w *writer) shortfall(f check.Finding) string {
	text := w.say(kinds[f.Kind][0], kinds[f.Kind][1])
	m := w.Catalog.Vocabulary.Measure(f.Measure)
	if m == nil {
		return text
	}
	figure := func(value *policy.Decimal, bound policy.Bound, of string) string {
		switch {
		case value != nil:
			return words.Figure(policy.Promise{Bound: bound, Value: value}, m.Unit, w.style, nil)
		case of != "" || f.HaveOpen:
			return strings.TrimSpace(w.say("open ", "未定 ") + of)
		}
		return w.say("nothing", "无")
	}
	return fmt.Sprintf(w.say("%s, %s: %s, where %s is owed", "%s，%s：%s，应为%s"),
		text, w.say(m.English, m.Label), figure(f.Have, f.HaveBound, f.HaveOf), figure(f.Want, f.WantBound, f.WantOf))
}
