package site

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// speaker says things in one language.
type speaker struct {
	english bool
	style   words.Style
}

func newSpeaker(english bool) speaker {
	if english {
		return speaker{true, words.English}
	}
	return speaker{false, words.Chinese}
}

func (s speaker) say(english, chinese string) string {
	if s.english {
		return english
	}
	return chinese
}

// card is a place on the first page.
type card struct {
	*place
	Level, Document, Basis string
}

// cell is a link to two lists side by side; the path is empty for none.
type cell struct{ Name, Path string }

// row are the comparisons of one place with all.
type row struct {
	Name  string
	Cells []cell
}

// home is the body of the first page.
type home struct {
	Cards []card
	Rows  []row
}

func (w *writer) home() home {
	var h home
	for _, p := range w.all {
		h.Cards = append(h.Cards, card{
			p, words.Level(p.Jurisdiction.Level, w.style), documentOf(p.List), words.Basis(p.Document.Basis, w.style),
		})
		r := row{Name: p.Jurisdiction.Name}
		for _, q := range w.all {
			c := cell{Name: q.Jurisdiction.Name}
			for _, of := range w.paired {
				if of.a == p && of.b == q || of.a == q && of.b == p {
					c.Path = of.path()
				}
			}
			r.Cells = append(r.Cells, c)
		}
		if len(w.paired) > 0 {
			h.Rows = append(h.Rows, r)
		}
	}
	return h
}

// documentOf is the number of a list's document, or its title where it has no number.
func documentOf(l *policy.List) string { return cmp.Or(l.Document.Number, l.Document.Title) }

// list is the body of the page of a list.
type list struct {
	Facts    []fact
	Services []listed
	Figures  []figure
}

// fact is something said of something. Ours are Chinese texts of the list on an English page.
type fact struct {
	Label, Value string
	Ours         bool
}

// listed is a service of a list.
type listed struct {
	ID, Item, Name, English string
	Facts                   []fact
	Rules                   []stated
	Readings                []reading
	Clauses                 []clause
}

// stated is what some elders have of a service by one list.
type stated struct{ What, Who, List string }

// reading is a choice made in reading the text.
type reading struct{ Question, Answer, Why, Cite string }

// clause is the Rego of a rule.
type clause struct{ Place, Text string }

func (w *writer) list(p *place) list {
	of := list{Facts: w.document(p), Figures: w.figures(p)}
	for _, o := range p.rules.EffectiveOffers() {
		s := listed{ID: o.Service, Item: o.Item, Name: o.Name, Facts: w.offered(p, o), Rules: w.rulesOf(p, o.Service)}
		if w.english {
			s.English = w.Catalog.Vocabulary.Service(o.Service).English
		}
		for _, r := range o.Readings {
			s.Readings = append(s.Readings, reading{r.Question, r.Answer, r.Why, words.Citations(r.Citations, w.style)})
		}
		s.Clauses = w.clauses(p, o.Service)
		of.Services = append(of.Services, s)
	}
	return of
}

func (w *writer) document(p *place) []fact {
	from := p.EffectiveFrom.String()
	if p.EffectiveFromAssumed != "" {
		from += w.say(" (assumed)", "（假定）")
	}
	facts := []fact{
		{w.say("Document", "文件"), p.Document.Title, true}, {w.say("Number", "文号"), p.Document.Number, true},
		{w.say("In force from", "生效"), from, false}, {w.say("Text", "文本"), words.Basis(p.Document.Basis, w.style), false},
		{w.say("Note", "说明"), p.Document.Note, true},
	}
	if layers := p.rules.Table.Layers; len(layers) > 1 {
		facts = append(facts, fact{w.say("List above", "上级清单"), layers[1].List.Jurisdiction.Name, true})
	}
	return said(facts)
}

// notice are the facts at the head of a printed notice.
func (w *writer) notice(p *place) []fact {
	return []fact{
		{w.say("Place", "地区"), p.Jurisdiction.Name, true}, {w.say("List", "清单"), documentOf(p.List), true}, {w.say("As of", "评定日期"), w.On.String(), false},
	}
}

// said are the facts with a value.
func said(facts []fact) []fact {
	return slices.DeleteFunc(facts, func(f fact) bool { return f.Value == "" })
}

// offered are the facts of a service.
func (w *writer) offered(p *place, o ruleset.Offer) []fact {
	between := w.say("; ", "，或")
	facts := []fact{
		{w.say("For", "对象"), o.Group, true}, {w.say("Promised", "待遇"), strings.Join(w.promises(p, o.Promises, o.Bundles), between), false},
		{w.say("Permitted", "可扩大"), strings.Join(w.promises(p, o.Discretionary, o.DiscretionaryBundles), between), false},
		{w.say("How", "办理"), words.Access(o.Access, w.style), false}, {w.say("Paid", "发放"), w.paid(o), false},
		{w.say("Kind", "类型"), w.kind(o.Type), false}, {w.say("Office", "部门"), strings.Join(o.Departments, "、"), true},
		{w.say("Spending", "支出责任"), o.Spending, true}, {w.say("Source", "依据"), words.Citations(o.Citations, w.style), true},
	}
	if own := p.Jurisdiction.ID; o.List != own {
		facts = append(facts, fact{w.say("Promised by", "来自"), w.nameOf(p, o.List), true})
	}
	return said(facts)
}

func (w *writer) kind(name string) string {
	if t := w.Catalog.Vocabulary.ServiceType(name); t != nil {
		return w.say(t.English, t.Name)
	}
	return name
}

// nameOf is the name of a jurisdiction among those above a place.
func (w *writer) nameOf(p *place, id string) string {
	for _, l := range p.rules.Table.Layers {
		if l.List.Jurisdiction.ID == id {
			return l.List.Jurisdiction.Name
		}
	}
	return id
}

// paid are the payment calendars of a service and of its measures.
func (w *writer) paid(o ruleset.Offer) string {
	var all []string
	for _, p := range o.Payments {
		switch text := words.Payment(p.Payment, w.style); {
		case text == "":
		case p.Measure == "":
			all = append(all, text)
		default:
			m := w.Catalog.Vocabulary.Measure(p.Measure)
			all = append(all, w.say(m.English+": ", m.Label+"：")+text)
		}
	}
	return strings.Join(all, w.say(". ", "。"))
}

func (w *writer) promises(p *place, promises map[string][]policy.Promise, bundles []policy.Bundle) []string {
	var all []string
	label := func(parameter string) string { return w.label(p, parameter) }
	for _, m := range w.Catalog.Vocabulary.Measures {
		for i, promise := range promises[m.Name] {
			text := words.Promise(m, promise, w.style, label)
			if i > 0 {
				text = words.Figure(promise, m.Unit, w.style, label)
			}
			all = append(all, text)
		}
	}
	for _, b := range bundles {
		all = append(all, words.Bundle(w.Catalog.Vocabulary, b, w.style, label))
	}
	return all
}

// label is what a parameter is called; its name in English.
func (w *writer) label(p *place, parameter string) string {
	if w.english {
		return ""
	}
	return labelOf(p.rules.Table, parameter)
}

// rulesOf are the rules of a service in words: what is granted, and to whom.
func (w *writer) rulesOf(p *place, service string) []stated {
	t := p.rules.Table
	regions := map[stated][]box.Box{}
	var order []stated
	for _, c := range t.Distinct() {
		if c.Grant.Service != service {
			continue
		}
		s := stated{What: w.granted(p, c), List: t.Layers[c.Layer].List.Jurisdiction.Name}
		if regions[s] == nil {
			order = append(order, s)
		}
		regions[s] = append(regions[s], c.Box)
	}
	for i, s := range order {
		order[i].Who = words.Region(t.Space, box.Cover(regions[s], t.Impossible(), t.Space.All), w.style)
	}
	return order
}

// granted is what a case grants, in words.
func (w *writer) granted(p *place, c table.Case) string {
	measures := map[string][]policy.Promise{}
	for measure, promise := range c.Grant.Measures {
		measures[measure] = []policy.Promise{promise}
	}
	text := cmp.Or(strings.Join(w.promises(p, measures, nil), w.say(", ", "，")), w.say("the service", "享受服务"))
	if c.Grant.Discretionary {
		text += w.say(" (permitted)", "（许可）")
	}
	return text
}

// clauses are the rules of a service as written, those of the nearest list first.
func (w *writer) clauses(p *place, service string) []clause {
	var all []clause
	for _, l := range p.rules.Table.Layers {
		for _, applied := range l.Rules {
			if applied.Service.ID != service {
				continue
			}
			if c := w.clause(applied); !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

func (w *writer) clause(applied layer.Applied) clause {
	name := "rego/lists/" + applied.Stem + ".rego"
	source, err := w.Source(name)
	if err != nil {
		w.err = cmp.Or(w.err, err)
		return clause{}
	}
	return clause{fmt.Sprintf("%s:%d", name, applied.Rule.Pos.Line), textAt(string(source), applied.Rule.Pos.Line)}
}

// textAt is the clause that begins on a line, with the comments over it.
func textAt(source string, line int) string {
	lines := strings.Split(source, "\n")
	first, last := line-1, line-1
	for first > 0 && strings.HasPrefix(lines[first-1], "#") {
		first--
	}
	for strings.HasSuffix(lines[line-1], "{") && last < len(lines)-1 && !strings.HasPrefix(lines[last], "}") {
		last++
	}
	return strings.Join(lines[first:last+1], "\n")
}
