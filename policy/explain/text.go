package explain

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// Write puts the explanation into plain text, in English for "en" and in Chinese otherwise. Texts that only the lists
// have, such as readings, stay in the lists' language.
func (e *Explanation) Write(w io.Writer, lang string) error {
	t := &text{Explanation: e, style: words.In(lang)}
	t.head()
	t.grounds()
	t.refusal()
	t.amounts()
	t.sources()
	_, err := io.WriteString(w, t.String())
	return err
}

// Text is what [Explanation.Write] writes.
func (e *Explanation) Text(lang string) string {
	var b strings.Builder
	_ = e.Write(&b, lang) // a Builder does not fail
	return b.String()
}

// text is an explanation on the way into words.
type text struct {
	*Explanation
	strings.Builder
	style words.Style
}

func (t *text) say(english, chinese string) string {
	if t.style == words.Chinese {
		return chinese
	}
	return english
}

// line writes a line at a depth of indentation.
func (t *text) line(depth int, parts ...string) {
	t.WriteString(strings.Repeat("  ", depth))
	for _, p := range parts {
		t.WriteString(p)
	}
	t.WriteByte('\n')
}

func (t *text) join(parts []string) string { return strings.Join(parts, t.say(", ", "、")) }

// Words is the answer in words.
func (a Answer) Words(lang string) string {
	say := func(english, chinese string) string {
		if words.In(lang) == words.Chinese {
			return chinese
		}
		return english
	}
	switch a {
	case Entitled:
		return say("entitled", "应享")
	case Possible:
		return say("possible", "可能应享，取决于未提供的信息")
	case Discretionary:
		return say("permitted, not promised", "可扩大，非承诺")
	default:
		return say("not entitled", "不享受")
	}
}

// Name is the service as the nearest list prints it; its general English name for "en".
func (e *Explanation) Name(lang string) string {
	if words.In(lang) == words.English {
		return e.serviceName(e.Service, words.English)
	}
	return e.Sources[0].Name
}

func (e *Explanation) serviceName(id string, style words.Style) string {
	s := e.vocabulary.Service(id)
	switch {
	case s == nil:
		return id
	case style == words.English:
		return s.English
	}
	return s.Name
}

func (t *text) lang() string { return t.say("en", "zh") }

func (t *text) head() {
	item := fmt.Sprintf(t.say(" (item %s)", "（第%s项）"), t.Sources[0].Item)
	t.line(0, t.Name(t.lang()), item, t.say(", ", "，"), t.place.Name, t.say(", ", "，"), t.On.String())
	t.line(0, t.say("Answer: ", "结论："), t.Answer.Words(t.lang()))
	if t.EligibleAge != nil {
		t.line(0, t.waiting(*t.EligibleAge, t.EligibleFrom))
	}
	if len(t.WouldDo) > 0 {
		var facts []string
		for _, c := range t.WouldDo {
			facts = append(facts, words.Side(c.axis, c.side.Admits, t.style))
		}
		t.line(0, t.say("Any one of these facts would do: ", "下列任一事实即可："), strings.Join(facts, t.say("; ", "；")))
	}
	if len(t.Needs) > 0 {
		t.line(0, t.say("Depends on: ", "取决于："), t.join(t.NeedLabels(t.lang())))
	}
	if t.Note != "" {
		t.line(0, t.say("Note: "+t.Note, "说明：有规则须整体求值，缺少的信息过多，无法逐一试算。"))
	}
}

// waiting says when an age is reached.
func (t *text) waiting(age int, from *policy.Date) string {
	if from == nil {
		return fmt.Sprintf(t.say("Only time is missing: at age %d", "只差时间：年满%d周岁起"), age)
	}
	return fmt.Sprintf(t.say("Only time is missing: from %[2]s, at age %[1]d", "只差时间：%[2]s 起，届时年满%[1]d周岁"), age, from)
}

// labels are attributes by their labels.
func labels(v *policy.Vocabulary, attributes []string, style words.Style) []string {
	var out []string
	for _, name := range attributes {
		out = append(out, attributeLabel(v, name, style))
	}
	return out
}

func attributeLabel(v *policy.Vocabulary, name string, style words.Style) string {
	a := v.Attribute(name)
	switch {
	case a == nil:
		return name
	case style == words.English:
		return a.English
	}
	return a.Label
}

// NeedLabels are the attributes that the answer or an amount waits for, by their labels.
func (e *Explanation) NeedLabels(lang string) []string {
	return labels(e.vocabulary, e.Needs, words.In(lang))
}

// AmountWords is the promise of an amount in words: "每月现金 不低于30元".
func (e *Explanation) AmountWords(a Amount, lang string) string {
	t := &text{Explanation: e, style: words.In(lang)}
	return words.Promise(e.vocabulary.Measure(a.Measure), a.Promise, t.style, t.parameterLabel)
}

// Vocabulary is the words that the explanation is made of.
func (e *Explanation) Vocabulary() *policy.Vocabulary { return e.vocabulary }

func (t *text) grounds() {
	for i := range t.Grounds {
		t.line(0)
		title := t.say("Granted by", "依据条款")
		if t.Answer == Possible || t.Grounds[i].missing > 0 {
			title = t.say("May be granted by", "可能依据的条款")
		}
		t.branch(title, &t.Grounds[i])
	}
	for _, o := range t.Opaque {
		t.line(0)
		t.line(0, t.say("Rule evaluated as a whole", "整体求值的规则"), t.say(": ", "："), t.layer(o.Layer), " ", t.clause(o.Clause))
		t.line(1, t.say("Reads: ", "读取："), t.join(labels(t.vocabulary, o.Attributes, t.style)))
		holds := t.say("does not hold", "不成立")
		if o.Holds {
			holds = t.say("holds", "成立")
		}
		t.line(1, t.say("With what is given it "+holds, "按已提供的信息："+holds))
	}
}

func (t *text) refusal() {
	for i := range t.Nearest {
		t.line(0)
		t.branch(t.say("Nearest clause", "最接近的条款"), &t.Nearest[i])
		t.wouldPromise(&t.Nearest[i])
	}
}

// wouldPromise says what a branch that does not hold would promise.
func (t *text) wouldPromise(b *Branch) {
	label := func(name string) string { return b.ParameterWords(name, t.lang()) }
	var promises []string
	for _, m := range t.vocabulary.Measures {
		if p, ok := b.Promises[m.Name]; ok {
			promises = append(promises, words.Promise(m, p, t.style, label))
		}
	}
	if len(promises) > 0 {
		t.line(1, t.say("Would promise: ", "满足后可得："), strings.Join(promises, t.say("; ", "；")))
	}
}

func (t *text) branch(title string, b *Branch) {
	if b.Discretionary {
		title += t.say(" (permitted, not promised)", "（可扩大，非承诺）")
	}
	t.line(0, title, t.say(": ", "："), t.layer(b.Layer), " ", t.clause(b.Clause))
	if len(b.Conditions) == 0 {
		t.line(1, t.say("No condition", "没有条件"))
	}
	for _, c := range b.Conditions {
		t.line(1, t.mark(c.Status), " ", c.Words(t.lang()))
	}
	if b.EligibleAge != nil && t.EligibleAge == nil {
		t.line(1, t.waiting(*b.EligibleAge, b.EligibleFrom))
	}
	for _, p := range b.Parameters {
		read := func(c Condition) bool { return slices.Contains(c.Parameters, p.Name) }
		if slices.ContainsFunc(b.Conditions, read) { // the others stand with the amounts
			t.line(1, p.words(t.style))
		}
	}
}

func (t *text) layer(l Layer) string {
	return l.Name + t.say(" ("+words.Level(l.Level, t.style)+")", "（"+words.Level(l.Level, t.style)+"）")
}

func (t *text) clause(c Clause) string {
	inherited := ""
	if c.Inherited != nil {
		inherited = fmt.Sprintf(t.say(", inherited: %s item %s", "，沿用%s第%s项"), c.Inherited.Name, c.Inherited.Item)
	}
	return fmt.Sprintf("%s%s [%s:%d]", t.say("item "+c.Item, "第"+c.Item+"项 "+c.Name), inherited, c.File, c.Line)
}

func (t *text) mark(s Status) string {
	switch s {
	case Met:
		return "✓"
	case Failed:
		return "✗"
	default:
		return "?"
	}
}

// Words is the condition in words: "年龄 需 ≥ 80周岁，现为 79周岁", "age: needs ≥ 80, is 79".
func (c Condition) Words(lang string) string {
	style := words.In(lang)
	say := func(english, chinese string) string {
		if style == words.Chinese {
			return chinese
		}
		return english
	}
	needs := words.Label(c.axis, style) + say(": needs ", " 需 ") + words.Values(c.axis, c.side.Admits, style)
	has := words.Value(c.axis, c.cell, style)
	switch {
	case c.Assumed:
		return needs + say(", not given and taken as "+has, "，未提供，按"+has+"计")
	case c.cell == 0 && !c.asked:
		return needs + say(", not applicable", "，不适用")
	case c.cell == 0:
		return needs + say(", not given", "，未提供")
	}
	return needs + say(", is ", "，现为 ") + has
}

// Label is what the attribute of the condition is called.
func (c Condition) Label(lang string) string { return words.Label(c.axis, words.In(lang)) }

// Side is the attribute with the values needed: "年龄 ≥ 80周岁".
func (c Condition) Side(lang string) string { return words.Side(c.axis, c.side.Admits, words.In(lang)) }

// words is a parameter with its value, date and citation.
func (p Parameter) words(style words.Style) string {
	label, value := p.label(style), "原文未写数值"
	if style == words.English {
		value = "no text states a value"
	}
	since := ""
	if p.Value != nil {
		value = p.Value.words(p.Unit, style)
	}
	if p.Value != nil && p.From != nil {
		since = "，自 " + p.From.String() + " 起"
		if style == words.English {
			since = ", since " + p.From.String()
		}
	}
	if style == words.English {
		return fmt.Sprintf("%s = %s%s (%s)", label, value, since, words.Citations(p.Cite, style))
	}
	return fmt.Sprintf("%s = %s%s（%s）", label, value, since, words.Citations(p.Cite, style))
}

// words is a number with the sign of its unit.
func (n Number) words(unit policy.Unit, style words.Style) string {
	d, err := policy.ParseDecimal(n.String())
	if err == nil {
		return words.Number(d, unit, style)
	}
	return n.String() + strings.TrimPrefix(words.Number(policy.Decimal{}, unit, style), "0")
}

func (t *text) amounts() {
	if len(t.Amounts) == 0 {
		return
	}
	t.line(0)
	t.line(0, t.say("What it promises", "待遇"))
	for i := range t.Amounts {
		t.amount(&t.Amounts[i])
	}
}

func (t *text) amount(a *Amount) {
	m := t.vocabulary.Measure(a.Measure)
	certain := ""
	if !a.Certain {
		certain = t.say("possible: ", "可能：")
	}
	t.line(1, certain, words.Promise(m, a.Promise, t.style, t.parameterLabel))
	if a.UpTo != nil {
		t.line(2, t.say("up to, depending on what is not given: ", "视未提供的信息，最高可为："), words.Figure(*a.UpTo, m.Unit, t.style, t.parameterLabel))
	}
	t.product(a, m)
	for _, o := range a.Offers {
		best := ""
		if o.Best && differ(a.Offers) {
			best = t.say(" (the best counts)", "（取其优）")
		}
		t.line(2, t.layer(o.Layer), t.say(": ", "："), words.Figure(o.Promise, m.Unit, t.style, t.parameterLabel), best)
	}
	for _, p := range a.Parameters {
		t.line(2, p.words(t.style))
	}
	for _, c := range a.InsteadOf {
		t.choice(t.say("counts instead of ", "取其高，不再另加："), c)
	}
	if a.InFavourOf != nil {
		t.choice(t.say("not added, in favour of ", "不计入合计，从高取："), *a.InFavourOf)
	}
}

// differ reports whether lists promise different amounts.
func differ(offers []Offer) bool {
	return slices.ContainsFunc(offers, func(o Offer) bool { return !o.Promise.Same(offers[0].Promise) })
}

// Words is what the parameter is called; lists name parameters in Chinese only, so English has the words of its name.
func (p Parameter) Words(lang string) string { return p.label(words.In(lang)) }

func (p Parameter) label(style words.Style) string {
	if style == words.English {
		return strings.ReplaceAll(p.Name, "_", " ")
	}
	return p.Label
}

// parameterLabel is the label of a parameter that one of the amounts speaks of.
func (t *text) parameterLabel(name string) string {
	for i := range t.Amounts {
		for _, p := range t.Amounts[i].Parameters {
			if p.Name == name {
				return p.label(t.style)
			}
		}
	}
	return ""
}

// ParameterWords is what a parameter of the branch is called, empty when the branch reads none of that name.
func (b *Branch) ParameterWords(name, lang string) string {
	for _, p := range b.Parameters {
		if p.Name == name {
			return p.Words(lang)
		}
	}
	return ""
}

// product tells the computation of a multiple.
func (t *text) product(a *Amount, m *policy.Measure) {
	if a.Product == nil {
		return
	}
	p := a.Product
	formula := p.Base.label(t.style) + " × " + p.Multiple.label(t.style)
	if p.Exact == nil {
		t.line(2, t.say("computed as ", "算法："), formula)
		return
	}
	numbers := fmt.Sprintf("%s × %s = %s", p.Base.Value, p.Multiple.Value, p.Exact)
	if p.Rounded {
		numbers = fmt.Sprintf(t.say("%s × %s, rounded up to the fen: %s", "%s × %s，进位到分：%s"), p.Base.Value, p.Multiple.Value, words.Number(*a.Promise.Value, m.Unit, t.style))
	}
	t.line(2, t.say("computed as ", "算法："), formula, t.say(": ", "："), numbers)
}

func (t *text) choice(what string, c Choice) {
	reason := t.say(" ("+strings.Join(c.Cite, ", ")+")", "（"+c.Reason+strings.Join(c.Cite, "、")+"）")
	t.line(2, what, t.serviceName(c.Service, t.style), reason)
}

func (t *text) sources() {
	t.line(0)
	t.line(0, t.say("Sources", "出处"))
	for _, s := range t.Sources {
		t.line(1, t.layer(s.Layer), t.say(": ", "："), t.document(s), t.say("; ", "；"), words.Citations(s.Cite, t.style))
		for _, r := range s.Readings {
			cite := words.Citations(r.Cite, t.style)
			t.line(2, t.say("Reading: ", "释义："), r.Question, r.Answer, t.say("Why: ", "理由："), r.Why, t.say(" ("+cite+")", "（"+cite+"）"))
		}
	}
}

func (t *text) document(s Source) string {
	parts := []string{"《" + s.Title + "》"}
	if s.Document != s.Title {
		parts = []string{s.Document, parts[0]}
	}
	return fmt.Sprintf(t.say("%s (%s), in force since %s", "%s（%s），自 %s 起"), strings.Join(parts, ""), words.Basis(s.Basis, t.style), s.EffectiveFrom)
}
