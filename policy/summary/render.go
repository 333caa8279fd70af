package summary

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

//go:embed summary.html.tmpl
var pageSource string

// DefaultMinGroup is the smallest number of elders that a page shows.
const DefaultMinGroup = 5

// HTML writes a summary as one page that loads nothing from elsewhere, for the screen and for A4.
// The page may be given to others. It hides every figure about fewer elders than least, and nobody
// can work such a figure out from the others. Groups of fewer elders share one row without their
// names. The language is English for "en", and Chinese otherwise.
//
// The template draws the bars as SVG.
func HTML(w io.Writer, s *Summary, lang string, least int) error {
	switch {
	case w == nil:
		return policy.CallError("the writer is nil")
	case s == nil:
		return policy.CallError("the summary is nil; get one from Counter.Sum")
	}
	page, err := template.New("summary").Parse(pageSource)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := page.Execute(&out, newView(s, lang == "en", int64(least))); err != nil {
		return err
	}
	_, err = io.WriteString(w, policy.PrintableLines(out.String()))
	return err
}

// view is a summary in words, as the template reads it.
type view struct {
	Lang, Title, Place string
	Lead               string
	Cards              []card
	Sections           []section
	Notes              []string
}

type card struct{ Label, Value, More string }

// section is a table, with or without bars.
type section struct {
	ID, Title, Lead string
	Legend          []mark
	Head            []string // of the columns behind the first, which has the names, and the bars
	First           string
	Bars            bool
	Rows            []row
	Heat            bool // the cells are shaded by their shares
}

// mark is a kind of bar in the legend.
type mark struct{ Class, Label string }

type row struct {
	Name, Remark string
	Bars         []bar
	Cells        []cell
}

// bar is a part of a row's bar, in thousandths of its full length.
type bar struct {
	Class    string
	From, To int64
}

// cell is a figure in words. In tables of shares, Shade is the share in tenths.
type cell struct {
	Label, Text string
	Hidden      bool
	Shade       int
}

// writer writes a summary in one language.
type writer struct {
	english bool
	least   int64
	p       *public
}

func (w writer) say(english, chinese string) string {
	if w.english {
		return english
	}
	return chinese
}

func newView(s *Summary, english bool, least int64) view {
	w := writer{english, least, publish(s, least)}
	v := view{
		Lang: w.say("en", "zh-CN"), Title: w.say("What a register is owed", "老年人应享服务汇总"),
		Place: s.Name + " " + s.On.String(), Cards: w.cards(s), Notes: w.notes(s),
		Lead: w.say("Computed from the published list for each elder of a register; the competent office decides.", "按公布的清单逐人计算，以主管部门认定为准。"),
	}
	v.Sections = append(v.Sections, w.services(), w.money(), w.groups("age", w.say("By age", "按年龄"), w.say("Age", "年龄"), w.p.byAge))
	v.Sections = append(v.Sections, w.heat())
	for i, b := range w.p.by {
		v.Sections = append(v.Sections, w.groups(fmt.Sprint("by", i), fmt.Sprintf(w.say("By %s", "按%s"), b.column), b.column, b))
	}
	v.Sections = append(v.Sections, w.missing())
	v.Sections = slices.DeleteFunc(v.Sections, func(s section) bool { return len(s.Rows) == 0 })
	return v
}

func (w writer) cards(s *Summary) []card {
	rows := fmt.Sprintf(w.say("%s rows read, %s refused, %s blank", "读入%s行，未受理%s行，空白%s行"),
		grouped(int64(s.Rows.Read)), grouped(int64(s.Rows.Refused)), grouped(int64(s.Rows.Blank)))
	if s.Rows.Duplicates > 0 {
		rows += fmt.Sprintf(w.say("; %s with an id that was there before", "；编号重复%s行"), grouped(int64(s.Rows.Duplicates)))
	}
	undecided := w.say("of whom missing facts may still bring more", "补充信息后可能另有应享")
	if s.AssumeKnown {
		undecided = w.say("what is missing was taken as absent", "缺少的信息一律按“无”计算")
	}
	return []card{
		{w.say("Elders", "老年人"), w.count(w.p.elders), rows},
		{w.say("Certain monthly cash", "每月现金（确定）"), w.yuan(w.p.monthly, false), w.say("amounts with a number", "有明确金额的部分")},
		{w.say("At most", "每月现金（最多）"), w.yuan(w.p.monthly, true), w.say("if every missing fact is as well as it can be", "所缺信息均属最有利情形")},
		{w.say("Undecided", "待核实"), w.count(w.p.undecided), undecided},
	}
}

// services shows how many elders have what of each service.
func (w writer) services() section {
	s := section{
		ID: "services", Title: w.say("Services", "各项服务"), First: w.say("Service", "服务"), Bars: true,
		Lead: w.say("Each elder counts once in a row. Possible: missing facts decide. Permitted: the text allows it and does not promise it.",
			"每项服务每人计一次。可能：尚缺信息，补充后确定；可扩大：条文允许而未承诺。"),
		Head: []string{w.say("Entitled", "应享"), w.say("Possible", "可能"), w.say("Permitted", "可扩大"), w.say("Not", "不享")},
	}
	for i, class := range []string{"sure", "may", "permitted"} {
		s.Legend = append(s.Legend, mark{class, s.Head[i]})
	}
	for _, one := range w.p.services {
		r := row{Name: one.Name, Remark: w.item(one.Item)}
		at := int64(0)
		for i, f := range one.status {
			r.Cells = append(r.Cells, cell{Label: s.Head[i], Text: w.count(f), Hidden: f.hidden})
			if i < len(s.Legend) && !f.hidden && at >= 0 {
				r.Bars = append(r.Bars, bar{s.Legend[i].Class, share(at, w.p.elders.n), share(at+f.n, w.p.elders.n)})
				at += f.n
			} else {
				at = -1 // what comes behind what is hidden is not drawn: its place would tell
			}
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}

// money shows what each service with monthly cash costs a month.
func (w writer) money() section {
	s := section{
		ID: "money", Title: w.say("Monthly cash by service, yuan", "每月现金（元）"), First: w.say("Service", "服务"), Bars: true,
		Lead: w.say("Amounts that are left to the place are in no sum.", "由当地确定、尚无金额的不计入。"),
		Head: []string{w.say("Certain", "确定"), w.say("At most", "最多")},
	}
	s.Legend = []mark{{"sure", s.Head[0]}, {"may", s.Head[1]}}
	most := int64(1)
	for _, one := range w.p.services {
		if !one.money.hidden {
			most = max(most, one.money.upTo.Hundredths())
		}
	}
	for _, one := range w.p.services {
		if !one.Cash {
			continue
		}
		r := row{Name: one.Name, Remark: w.item(one.Item)}
		if one.Monthly.Open > 0 {
			r.Remark += w.say("; some amounts have no number", "；部分金额未定")
		}
		r.Cells, r.Bars = w.moneyCells(s.Head, one.money, most)
		s.Rows = append(s.Rows, r)
	}
	return s
}

func (w writer) moneyCells(head []string, m sum, most int64) ([]cell, []bar) {
	cells := []cell{{Label: head[0], Text: w.yuan(m, false), Hidden: m.hidden}, {Label: head[1], Text: w.yuan(m, true), Hidden: m.hidden}}
	if m.hidden {
		return cells, nil
	}
	certain, upTo := share(m.certain.Hundredths(), most), share(m.upTo.Hundredths(), most)
	return cells, []bar{{"sure", 0, certain}, {"may", certain, upTo}}
}

// groups shows how many elders a group has, how many of them are undecided, and what they cost.
func (w writer) groups(id, title, first string, all publicGroups) section {
	s := section{
		ID: id, Title: title, First: first, Bars: true,
		Head:   []string{w.say("Elders", "人数"), w.say("Undecided", "待核实"), w.say("Certain, yuan a month", "每月确定（元）"), w.say("At most, yuan a month", "每月最多（元）")},
		Legend: []mark{{"sure", w.say("Elders", "人数")}},
	}
	most := int64(1)
	for _, g := range all.groups {
		if !g.elders.hidden {
			most = max(most, g.elders.n)
		}
	}
	for _, g := range all.groups {
		r := row{Name: w.named(g)}
		money, _ := w.moneyCells(s.Head[2:], g.money, 1)
		r.Cells = append([]cell{
			{Label: s.Head[0], Text: w.count(g.elders), Hidden: g.elders.hidden}, {Label: s.Head[1], Text: w.count(g.undecided), Hidden: g.undecided.hidden},
		}, money...)
		if !g.elders.hidden {
			r.Bars = []bar{{"sure", 0, share(g.elders.n, most)}}
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}

// heat shows how many elders of each age band are entitled to each service.
func (w writer) heat() section {
	s := section{
		ID: "heat", Title: w.say("Entitled by age", "各年龄段应享人数"), First: w.say("Service", "服务"), Heat: true,
		Lead: w.say("The darker, the larger the share of the band.", "颜色越深，占该年龄段的比例越高。"),
	}
	for _, g := range w.p.byAge.groups {
		s.Head = append(s.Head, w.named(g))
	}
	for i, one := range w.p.services {
		r := row{Name: one.Name}
		for _, g := range w.p.byAge.groups {
			f := g.entitled[i]
			c := cell{Label: w.named(g), Text: w.count(f), Hidden: f.hidden}
			if !f.hidden {
				c.Shade = int(share(f.n, g.elders.n) / 100)
			}
			r.Cells = append(r.Cells, c)
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}

// mostMissing is how many missing facts are named at most.
const mostMissing = 12

// missing shows the facts that keep most elders undecided.
func (w writer) missing() section {
	s := section{
		ID: "missing", Title: w.say("What is missing most", "最缺的信息"), First: w.say("Fact", "信息"), Bars: true,
		Lead: w.say("How many elders it keeps undecided, and of how many of them nothing else is missing that matters.",
			"因缺少该信息而待核实的人数；其中只缺这一项的人数。"),
		Head: []string{w.say("Elders", "涉及人数"), w.say("Only this", "只缺此项")},
	}
	s.Legend = []mark{{"sure", s.Head[1]}, {"may", s.Head[0]}}
	for _, m := range w.p.missing[:min(mostMissing, len(w.p.missing))] {
		r := row{Name: w.say(m.English, m.Label)}
		r.Cells = []cell{
			{Label: s.Head[0], Text: w.count(m.elders), Hidden: m.elders.hidden}, {Label: s.Head[1], Text: w.count(m.alone), Hidden: m.alone.hidden},
		}
		if !m.elders.hidden {
			alone := int64(0)
			if !m.alone.hidden {
				alone = share(m.alone.n, w.p.elders.n)
			}
			r.Bars = []bar{{"sure", 0, alone}, {"may", alone, share(m.elders.n, w.p.elders.n)}}
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}

func (w writer) notes(s *Summary) []string {
	notes := []string{
		fmt.Sprintf(w.say("Figures of fewer than %d elders are not shown (*), nor are others from which they could be worked out.",
			"不足%d人的数字不显示（*）；可据以推算出的其他数字一并不显示。"), w.least),
		w.say("Entitled means by what the register says; what it does not say is unknown, not false.", "“应享”以登记信息为准；未登记的视为未知，不视为“否”。"),
		w.say("Of services of which only the highest is paid, the others are in no sum. Cash that is not monthly is in none, either.",
			"就高不重复享受的，未享受的不计入合计；非按月发放的现金不计入。"),
		w.say("Lists and rules: ", "清单与规则版本：") + s.Digest,
	}
	return notes
}

func (w writer) item(item string) string { return fmt.Sprintf(w.say("item %s", "第%s项"), item) }

func (w writer) named(g publicGroup) string {
	switch {
	case g.small:
		return fmt.Sprintf(w.say("fewer than %d each", "各不足%d人"), w.least)
	case g.name == "":
		return w.say("(blank)", "（空白）")
	}
	return g.name
}

// count returns a figure in words, or a star if it is hidden.
func (w writer) count(f figure) string {
	if f.hidden {
		return "*"
	}
	return grouped(f.n)
}

func (w writer) yuan(m sum, upTo bool) string {
	d := m.certain
	if upTo {
		d = m.upTo
	}
	if m.hidden {
		return "*"
	}
	return Yuan(d)
}

// Yuan returns an amount with its thousands separated.
func Yuan(d policy.Decimal) string {
	whole, fen, _ := strings.Cut(d.String(), ".")
	if fen != "" {
		fen = "." + fen
	}
	return separated(whole) + fen
}

func grouped(n int64) string { return separated(fmt.Sprint(n)) }

// separated returns digits in groups of three.
func separated(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// share returns a part of a whole in thousandths. A part that is not nothing is never 0.
func share(part, whole int64) int64 {
	if whole == 0 || part == 0 {
		return 0
	}
	return max(1, part*1000/whole)
}

// Width returns the length of the part.
func (b bar) Width() int64 { return max(0, b.To-b.From) }
