package notice

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	text "text/template"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/explain"
	"github.com/basic-eldercare/eldercare/policy/timeline"
	"github.com/basic-eldercare/eldercare/policy/words"
)

//go:embed notice.html.tmpl
var pageSource string

//go:embed notice.md.tmpl
var markdownSource string

// HTML writes notices as one self-contained page. When printed, each notice has sheets of A4 of its
// own. The language is English for "en" and Chinese otherwise.
func HTML(w io.Writer, lang string, notices ...*Notice) error {
	if err := printable(notices); err != nil {
		return err
	}
	page, err := template.New("notice").Parse(pageSource)
	if err != nil {
		return err
	}
	return write(w, page, views(lang, notices))
}

// Markdown writes notices one after another, like [HTML].
func Markdown(w io.Writer, lang string, notices ...*Notice) error {
	if err := printable(notices); err != nil {
		return err
	}
	page, err := text.New("notice").Funcs(text.FuncMap{"md": markdown}).Parse(markdownSource)
	if err != nil {
		return err
	}
	return write(w, page, views(lang, notices))
}

var (
	errNoNotice = policy.CallError("a notice is nil; get it from Engine.Notice")
	errNoWords  = policy.CallError("a notice that is read from JSON has no words; get it from Engine.Notice")
)

// printable returns an error unless all notices are there, and have words.
func printable(notices []*Notice) error {
	for _, n := range notices {
		if n == nil {
			return errNoNotice
		}
		for _, i := range slices.Concat(n.Due, n.Soon, n.Possible, n.Later, n.Permitted) {
			if !i.HasWords() {
				return errNoWords
			}
		}
	}
	return nil
}

// write writes a whole page, or nothing when the template fails. Everything in it is printable.
func write(w io.Writer, page interface{ Execute(io.Writer, any) error }, b book) error {
	if w == nil {
		return policy.CallError("the writer is nil")
	}
	var out bytes.Buffer
	if err := page.Execute(&out, b); err != nil {
		return err
	}
	_, err := io.WriteString(w, policy.PrintableLines(out.String()))
	return err
}

// marks are the characters, and the beginnings of bare addresses, that Markdown would not show as
// they are.
var marks = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "#", `\#`, "<", `\<`, "|", `\|`, "[", `\[`, "]", `\]`, "~", `\~`, "&", `\&`,
	"://", `\://`, "www.", `www\.`, "WWW.", `WWW\.`, "\n", " ", "\r", " ",
)

// markdown returns a text so that Markdown shows it as it is.
func markdown(s string) string { return marks.Replace(s) }

// book holds notices in words, as the templates read them.
type book struct {
	Lang, Title string
	Notices     []view
}

// view is one notice in words.
type view struct {
	Title    string
	Facts    []fact
	Sections []section
	Remarks  []string
	Signed   []string
}

type fact struct{ Label, Value string }

type section struct {
	Title   string
	Service string // what the services are called in the head of a table; empty when each has a block of its own
	Lead    string
	Items   []entry // those of a table have facts with the same labels
}

type entry struct {
	Title string
	Facts []fact
}

func views(lang string, notices []*Notice) book {
	s := speaker{words.In(lang)}
	b := book{Lang: s.say("en", "zh-CN"), Title: s.say("Basic eldercare services: notice", "基本养老服务待遇告知书")}
	for _, n := range notices {
		b.Notices = append(b.Notices, s.view(n, b.Title))
	}
	return b
}

// speaker puts a notice into one language.
type speaker struct{ style words.Style }

func (s speaker) say(english, chinese string) string {
	if s.style == words.Chinese {
		return chinese
	}
	return english
}

func (s speaker) lang() string { return s.say("en", "zh") }

// join joins labels, which may have commas of their own in English.
func (s speaker) join(parts []string) string { return strings.Join(parts, s.say("; ", "、")) }

func (s speaker) view(n *Notice, title string) view {
	v := view{Title: title, Signed: []string{s.say("Handled by", "经办人"), s.say("Date", "日期")}}
	if n.Name != "" {
		v.Facts = append(v.Facts, fact{s.say("Elder's name", "姓名"), elder.HideIDNumbers(n.Name)})
	}
	if n.ID != "" {
		v.Facts = append(v.Facts, fact{s.say("Elder's number", "老年人编号"), n.ID})
	}
	v.Facts = append(
		v.Facts,
		fact{s.say("Place", "地区"), n.Jurisdiction.Name},
		fact{s.say("As of", "评定日期"), n.On.String()},
		fact{s.say("Services due", "应享服务"), fmt.Sprintf(s.say("%d", "%d项"), len(n.Due))},
		fact{s.say("Monthly cash in total", "每月现金合计"), words.Total(n.Monthly, s.style)},
	)
	if len(n.Monthly.Open) > 0 {
		v.Facts = append(v.Facts, fact{s.say("Not in the sum, without a number", "金额未定、未计入合计"), s.join(s.names(n, n.Monthly.Open))})
	}
	for _, left := range n.Monthly.NotAdded {
		v.Facts = append(v.Facts, fact{s.say("Not added", "不重复计入"), s.notAdded(n, left)})
	}
	service := s.say("Service", "服务")
	v.section(section{Title: s.say("Due", "应享服务"), Items: s.items(n.Due, s.due)})
	v.section(section{Title: s.say("Due within a year, by time alone", "一年内到期即可享受"), Items: s.items(n.Soon, s.due)})
	v.section(section{
		Title: s.say("Still open", "尚待核实"), Service: service, Items: s.items(n.Possible, s.open),
		Lead: s.say("These services may be due. Tell the office what each depends on.", "以下服务可能应享，请补充所列信息。"),
	})
	v.section(section{
		Title: s.say("Possible within a year", "一年内可能享受"), Service: service, Items: s.items(n.Later, s.later),
		Lead: s.say("From the day given these services may be due. Tell the office what each depends on.", "自所列日期起可能应享以下服务，请补充所列信息。"),
	})
	v.section(section{
		Title: s.say("Permitted, not promised", "可扩大享受"), Service: service, Items: s.items(n.Permitted, s.permitted),
		Lead: s.say("The text permits these but does not promise them. Ask the office.", "条文允许扩大到以下服务，但未作承诺，请向受理部门询问。"),
	})
	v.Remarks = s.remarks(n)
	return v
}

// section adds a section unless it is empty.
func (v *view) section(s section) {
	if len(s.Items) > 0 {
		v.Sections = append(v.Sections, s)
	}
}

// Head returns the labels of the facts in a table's rows.
func (s section) Head() []fact { return s.Items[0].Facts }

func (s speaker) items(items []Item, facts func(Item) []fact) []entry {
	entries := make([]entry, len(items))
	for i, item := range items {
		printed := fmt.Sprintf(s.say(" (item %s)", "（第%s项）"), item.Sources[0].Item)
		entries[i] = entry{Title: item.Name(s.lang()) + printed, Facts: facts(item)}
	}
	return entries
}

func (s speaker) due(i Item) []fact {
	facts := []fact{{s.say("What", "待遇"), s.certain(i)}, {s.say("From", "起始"), s.from(i)}, {s.say("Ground", "依据"), s.ground(i)}}
	if payment := s.payments(i); payment != "" {
		facts = append(facts, fact{s.say("Payment", "发放"), payment})
	}
	if more := s.unsettled(i); more != "" {
		facts = append(facts, fact{s.say("Still open", "未定"), more})
	}
	return append(facts, s.procedure(i)...)
}

func (s speaker) open(i Item) []fact {
	return []fact{s.needs(i, i.Needs), {s.say("Would bring", "如符合可得"), s.amounts(i, i.Amounts, i.UpToBundles)}, s.cited(i, i.Grounds)}
}

func (s speaker) later(i Item) []fact {
	return append([]fact{{s.say("From", "起始"), i.Since.String() + s.assumed(i)}}, s.open(i)...)
}

func (s speaker) permitted(i Item) []fact {
	p := i.Permitted
	return []fact{
		{s.say("What", "待遇"), s.amounts(i, p.Amounts, slices.Concat(p.Bundles, p.UpToBundles))}, s.needs(i, p.Needs), s.cited(i, p.Grounds),
		{s.say("Office", "受理部门"), s.departments(i)},
	}
}

// needs names what must be known.
func (s speaker) needs(i Item, attributes []string) fact {
	needs := s.say("nothing", "无")
	if len(attributes) > 0 {
		needs = s.join(i.Labels(attributes, s.lang()))
	}
	return fact{s.say("To be known", "需补充"), needs}
}

func (s speaker) cited(i Item, branches []explain.Branch) fact {
	return fact{s.say("Ground", "依据"), s.cite(i, branches)}
}

// certain returns the amounts that are promised. When there are none, the service itself stands for
// them.
func (s speaker) certain(i Item) string {
	return s.amounts(i, slices.DeleteFunc(slices.Clone(i.Amounts), func(a explain.Amount) bool { return !a.Certain }), i.Bundles)
}

// amounts returns amounts of a service. When there are none, it says that the service is provided.
func (s speaker) amounts(i Item, all []explain.Amount, bundles []policy.Bundle) string {
	if len(all)+len(bundles) == 0 {
		return s.say("the service itself", "提供该项服务")
	}
	parts := make([]string, len(all))
	for n, a := range all {
		parts[n] = i.AmountWords(a, s.lang())
	}
	if len(bundles) > 0 {
		parts = append(parts, s.bundles(i, bundles))
	}
	return strings.Join(parts, s.say("; ", "；"))
}

// bundles returns bundles of linked measures, each to be had as a whole.
func (s speaker) bundles(i Item, all []policy.Bundle) string {
	parts := make([]string, len(all))
	for n, b := range all {
		parts[n] = i.BundleWords(b, s.lang())
	}
	return strings.Join(parts, s.say(", or ", "，或 "))
}

// unsettled tells what of an amount is open, or could still be more.
func (s speaker) unsettled(i Item) string {
	var parts []string
	for _, a := range i.Amounts {
		switch {
		case !a.Certain:
			parts = append(parts, s.say("possibly also ", "可能另有：")+i.AmountWords(a, s.lang()))
		case a.UpTo != nil:
			higher := a
			higher.Promise = *a.UpTo
			parts = append(parts, s.say("possibly more: ", "可能更高：")+i.AmountWords(higher, s.lang()))
		case a.Missing != nil && a.Missing.Was != nil:
			parts = append(parts, a.Missing.Ended(s.lang()))
		case a.Missing != nil:
			parts = append(parts, s.say("the number waits for: ", "金额待定，尚缺：")+a.Missing.Words(s.lang()))
		case a.Promise.Open():
			parts = append(parts, s.say("the number is set locally", "金额由当地确定"))
		}
	}
	if len(i.UpToBundles) > 0 {
		parts = append(parts, s.say("possibly also ", "可能另有：")+s.bundles(i, i.UpToBundles))
	}
	if len(i.Needs) > 0 {
		parts = append(parts, s.say("depends on ", "取决于：")+s.join(i.Labels(i.Needs, s.lang())))
	}
	return strings.Join(parts, s.say("; ", "；"))
}

// from tells from when the service is due.
func (s speaker) from(i Item) string {
	day := i.Since.String() + s.assumed(i)
	if i.Otherwise {
		day += s.say(" (other amounts before)", "（此前待遇不同）")
	}
	switch {
	case i.Since.IsZero():
		return s.say("when all conditions are met; met on the day of this notice", "自符合全部条件之日起；评定日已符合")
	case !i.ByAge:
		return fmt.Sprintf(s.say("when all conditions are met, but not before %s; met on the day of this notice", "自符合全部条件之日起，不早于%s；评定日已符合"), day)
	case i.Payment != nil && i.Payment.From.Applied():
	case i.monthly():
		return day + s.monthlyFrom(i.Counts)
	}
	return day
}

func (s speaker) monthlyFrom(first policy.Date) string {
	return fmt.Sprintf(s.say("; monthly cash from %04d-%02d on", "；按月发放的自%d年%d月起计"), first.Year, int(first.Month))
}

// payments tells by what calendars a service and its measures are paid. It is empty when no list
// has one.
func (s speaker) payments(i Item) string {
	var all []string
	if i.Payment != nil {
		all = append(all, s.payment(i, i.Payment, i.Suspension))
	}
	for _, a := range i.Apart {
		m := i.Vocabulary().Measure(a.Measure)
		text := s.say(m.English+": ", m.Label+"：") + s.payment(i, a.Payment, a.Suspension)
		if m.Monthly() && i.ByAge && !a.Payment.From.Applied() && !a.Counts.IsZero() {
			text += s.monthlyFrom(a.Counts)
		}
		all = append(all, text)
	}
	return strings.Join(all, s.say(". ", "。"))
}

// payment tells by what calendar something of a service is paid, and why it is not paid, or may not
// be.
func (s speaker) payment(i Item, p *policy.Payment, of timeline.Suspension) string {
	var parts []string
	if calendar := words.Payment(p, s.style); calendar != "" {
		parts = append(parts, calendar)
	}
	if len(of.Suspended) > 0 {
		parts = append(parts, words.Suspended(i.Labels(of.Suspended, s.lang()), s.style))
	}
	if may := of.MaybeSuspended; len(may) > 0 {
		parts = append(parts, words.MaybeSuspended(i.Labels(may, s.lang()), s.style))
	}
	if len(parts) == 0 {
		parts = append(parts, fmt.Sprintf(s.say("suspended while: %s, which is not so", "%s期间暂停发放；目前无此情形"), s.join(i.Labels(p.Suspended, s.lang()))))
	}
	return strings.Join(parts, s.say("; ", "；"))
}

// assumed marks a day that no text prints.
func (s speaker) assumed(i Item) string {
	if !i.Assumed {
		return ""
	}
	return s.say(" (an assumed date: the text prints none)", "（该日为推定，原文未印施行日期）")
}

// ground returns the conditions that are met, and the places in the texts: of the service, and of
// its amounts.
func (s speaker) ground(i Item) string {
	var met []string
	for _, b := range i.Grounds {
		for _, c := range b.Conditions {
			side := c.Side(s.lang())
			if c.Status == explain.Met && (c.Has != nil || !b.Whole) && !slices.Contains(met, side) {
				met = append(met, side)
			}
		}
	}
	cite := s.cite(i, i.Grounds) + words.Figures(figures(i), s.style)
	if len(met) == 0 {
		return cite
	}
	return strings.Join(met, s.say("; ", "；")) + s.say(". ", "。") + cite
}

// figures returns the places that state the certain amounts, where no list cites them for the
// service. What a reconstructed list cites only attests it.
func figures(i Item) []policy.Citation {
	var of, all []policy.Citation
	reconstructed := map[string]bool{}
	for _, source := range i.Sources {
		of = append(of, source.Cite...)
		reconstructed[source.Layer.List] = source.Basis == policy.Reconstructed
	}
	for _, a := range i.Amounts {
		for _, p := range a.Parameters {
			if a.Certain && !a.Promise.Open() && !reconstructed[p.List] {
				all = append(all, p.Cite...)
			}
		}
	}
	return words.Beside(of, all)
}

// cite returns the places in the documents of the lists that have the clauses, each once. Without a
// clause it returns that of the nearest list. It marks a reconstructed list.
func (s speaker) cite(i Item, branches []explain.Branch) string {
	var cites []string
	var cited []explain.Citations
	for n, source := range i.Sources {
		of := func(b explain.Branch) bool { return b.Layer.List == source.Layer.List }
		if len(branches) > 0 && !slices.ContainsFunc(branches, of) {
			continue
		}
		source = named(i.Sources[n:])
		same := func(c explain.Citations) bool { return slices.Equal(c, source.Cite) }
		if slices.ContainsFunc(cited, same) {
			continue
		}
		cited = append(cited, source.Cite)
		cite := words.Citations(source.Cite, s.style)
		if source.Basis == policy.Reconstructed {
			cite += s.say(" (reconstructed, as the text is not at hand)", "（推定，原文未取得）")
		}
		cites = append(cites, cite)
		if len(branches) == 0 {
			break
		}
	}
	return strings.Join(cites, s.say("; ", "；"))
}

// named returns the nearest of some sources that names the service, which those before it inherit.
func named(sources []explain.Source) explain.Source {
	for _, source := range sources {
		if !source.Unnamed {
			return source
		}
	}
	return sources[0]
}

func (s speaker) departments(i Item) string { return s.join(i.Sources[0].Departments) }

// procedure tells how to obtain a service: the office, and what to bring.
func (s speaker) procedure(i Item) []fact {
	facts := []fact{{s.say("Office", "受理部门"), s.departments(i)}}
	identity := s.say("a valid identity document", "本人有效身份证件")
	bring := append([]string{identity}, s.proofs(i)...)
	way := words.Access(i.Sources[0].Access, s.style)
	switch i.Sources[0].Access {
	case policy.Automatic:
		bring = []string{s.say("nothing; to correct a mistake, ", "无须申请；更正信息时带") + identity}
	case policy.Application:
		bring = append([]string{s.say("the application form (from the office)", "申请表（向受理部门领取）")}, bring...)
	case policy.Unstated:
		way = s.say("not stated in the text; ask the office", "条文未写，请先向受理部门询问")
	}
	return append(facts, fact{s.say("How", "办理方式"), way}, fact{s.say("Bring", "携带"), s.join(bring)})
}

// proofs names documents for the conditions that an identity document does not prove. It returns
// none when there is no such condition.
func (s speaker) proofs(i Item) []string {
	var of []string
	for _, b := range i.Grounds {
		for _, c := range b.Conditions {
			label := c.Label(s.lang())
			if !givenByBirth(i.Vocabulary(), c.Attribute) && c.Status == explain.Met && c.Has != nil && !slices.Contains(of, label) {
				of = append(of, label)
			}
		}
	}
	if len(of) == 0 {
		return nil
	}
	return []string{s.say("supporting documents (", "证明材料（") + s.join(of) + s.say(")", "）")}
}

func (s speaker) names(n *Notice, services []string) []string {
	names := make([]string, len(services))
	for i, id := range services {
		names[i] = s.name(n, id)
	}
	return names
}

func (s speaker) name(n *Notice, service string) string {
	for _, i := range slices.Concat(n.Due, n.Possible) {
		if i.Service == service {
			return i.Name(s.lang())
		}
	}
	return service
}

// notAdded tells what the total leaves out, and why. The reason is in the list's language.
func (s speaker) notAdded(n *Notice, of decide.NotAdded) string {
	name := func(service string) string { return s.name(n, service) }
	left, counted := words.NotAdded(of, n.Due[0].Vocabulary(), name, s.style)
	format := s.say("%s: only the higher of the two counts, which is %s. %s (%s)", "%s：从高享受%s。%s（%s）")
	if of.Possibly {
		format = s.say("%s: not certain, as %s may be paid instead. %s (%s)", "%s：可能改为享受%s，暂不计入。%s（%s）")
	}
	return fmt.Sprintf(format, left, counted, of.Reason, s.join(of.Cite))
}

// counting tells from when monthly cash counts where the list says nothing else.
func (s speaker) counting(n *Notice) string {
	counting := s.say("Monthly cash counts from the first month on whose counting day the conditions are met.", "按月发放的，以当月计算日的情况为准，自符合条件后的首个计算月起计。")
	if slices.ContainsFunc(slices.Concat(n.Due, n.Soon), func(i Item) bool { return i.Payment != nil || len(i.Apart) > 0 }) {
		counting += s.say(" Where a service says how it is paid, that applies instead.", "服务另写明发放办法的，从其规定。")
	}
	return counting
}

func (s speaker) remarks(n *Notice) []string {
	return []string{
		s.say("Computed from the published lists; the competent office decides.", "本告知书按公布的清单计算，以主管部门认定为准。"),
		s.counting(n),
		s.say("Lists and rules: ", "清单与规则版本：") + n.Digest,
	}
}
