package explain

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// Write puts the explanation into plain text, in English for "en" and in Chinese otherwise. Texts
// that stand only in the lists, such as readings, stay in the lists' language.
func (e *Explanation) Write(w io.Writer, lang string) error {
	if w == nil {
		return errNoWriter
	}
	if !e.HasWords() {
		return errNoWords
	}
	return e.write(w, lang)
}

// HasWords reports whether the explanation can be put into words. One that is read from JSON, or is
// nil or zero, cannot.
func (e *Explanation) HasWords() bool { return e != nil && e.vocabulary != nil }

func (e *Explanation) write(w io.Writer, lang string) error {
	t := &text{Explanation: e.known(), style: words.In(lang)}
	t.head()
	t.grounds()
	t.permitted()
	t.opaque()
	t.refusal()
	t.amounts(t.say("What it promises", "待遇"), t.Amounts, t.Bundles, t.UpToBundles)
	if t.Permitted != nil {
		p := t.Permitted
		t.amounts(t.say("What is permitted, not promised", "可扩大的待遇（非承诺）"), p.Amounts, p.Bundles, p.UpToBundles)
	}
	t.sources()
	_, err := io.WriteString(w, policy.PrintableLines(t.String()))
	return err
}

var (
	errNoWriter = policy.CallError("the writer is nil")
	errNoWords  = policy.CallError("an explanation that is read from JSON has no words; get it from Engine.Explain")
)

// known returns the explanation. Of one that nobody was given, which is nil or has no words or
// sources, it returns what can be told of it.
func (e *Explanation) known() *Explanation {
	if e != nil && e.vocabulary != nil && len(e.Sources) > 0 {
		return e
	}
	some := *cmp.Or(e, &Explanation{})
	if !e.HasWords() {
		some.vocabulary = &policy.Vocabulary{}
		some.Grounds, some.Nearest, some.WouldDo, some.DeniedBy, some.Opaque = nil, nil, nil, nil, nil
		some.Amounts, some.Bundles, some.UpToBundles, some.Permitted = nil, nil, nil, nil
	}
	if len(some.Sources) == 0 {
		some.Sources = []Source{{Name: some.Service}}
	}
	return &some
}

// Text returns what [Explanation.Write] writes. Of an explanation without words it says which
// service it is of, the answer, what it needs by names, and the sources.
func (e *Explanation) Text(lang string) string {
	var b strings.Builder
	_ = e.write(&b, lang) // a Builder does not fail
	return b.String()
}

// text is an explanation while it is put into words.
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

// join joins labels, which may have commas of their own in English.
func (t *text) join(parts []string) string { return strings.Join(parts, t.say("; ", "、")) }

// words returns the answer in words.
func (a Answer) words(lang string) string {
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
		return say("possible, depending on what is not given", "可能应享，取决于未提供的信息")
	case Discretionary:
		return say("permitted, not promised", "可扩大，非承诺")
	case PossiblyDiscretionary:
		return say("not promised, but may be permitted; depends on what is not given", "没有承诺，但可能可以扩大享受，取决于未提供的信息")
	default:
		return say("not entitled", "不享受")
	}
}

// Name returns the service as the nearest list prints it, or its general English name for "en".
func (e *Explanation) Name(lang string) string {
	e = e.known()
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
	t.line(0, t.say("Answer: ", "结论："), t.Answer.words(t.lang()))
	t.besides()
	t.denied()
	t.time()
	if len(t.WouldDo) > 0 {
		var facts []string
		for _, c := range t.WouldDo {
			facts = append(facts, words.Side(c.axis, c.side.Admits, t.style))
		}
		t.line(0, t.say("Any one of these facts would do: ", "下列任一事实即可："), strings.Join(facts, t.say("; ", "；")))
	}
	if len(t.Needs) > 0 {
		t.line(0, t.say("Depends on: ", "取决于："), t.join(t.Labels(t.Needs, t.lang())))
	}
	if t.Permitted != nil && len(t.Permitted.Needs) > 0 {
		t.line(0, t.say("What is permitted depends on: ", "可扩大部分取决于："), t.join(t.Labels(t.Permitted.Needs, t.lang())))
	}
	if t.Note != "" || t.Permitted != nil && t.Permitted.Note != "" {
		t.line(0, t.say("Note: a rule is evaluated as a whole, and too many attributes are missing to try every possibility.", "说明：有规则须整体求值，缺少的信息过多，无法逐一试算。"))
	}
}

// besides tells what is permitted beside what is promised.
func (t *text) besides() {
	if t.Permitted == nil || t.Answer != Entitled && t.Answer != Possible {
		return
	}
	if t.Permitted.Certain {
		t.line(0, t.say("Besides this, the text permits more, without promising it", "另：条文允许扩大享受，但未作承诺"))
		return
	}
	t.line(0, t.say("Besides this, the text may permit more, without promising it", "另：条文可能允许扩大享受，但未作承诺"))
}

// denied tells which services the elder has instead.
func (t *text) denied() {
	for _, d := range t.DeniedBy {
		t.line(0, fmt.Sprintf(t.say("Not together with %s, by the list of %s: %s (%s)", "已享有%s，按%s清单不再享受：%s（%s）"),
			t.serviceName(d.Service, t.style), d.Layer.Name, d.Reason, t.join(decide.Strings(d.Cite))))
	}
}

// time tells what time alone brings.
func (t *text) time() {
	if t.Ended != nil {
		t.line(0, t.say("Ended on ", "已终止，最后一日为 "), t.Ended.String())
	}
	if t.EligibleFrom != nil || t.EligibleAge != nil {
		t.line(0, t.say("Only time is missing: ", "只差时间："), t.from(t.EligibleFrom, t.EligibleAge))
	}
	if t.PossibleFrom != nil || t.PossibleAge != nil {
		needs := t.join(t.Labels(t.PossibleNeeds, t.lang()))
		t.line(0, t.say("Possible ", "可能享受："), t.from(t.PossibleFrom, t.PossibleAge), t.say("; then depends on: ", "；届时还取决于："), needs)
	}
}

// from tells the day or the age.
func (t *text) from(day *policy.Date, age *int) string {
	switch {
	case day == nil:
		return fmt.Sprintf(t.say("at age %d", "年满%d周岁起"), *age)
	case age == nil:
		return fmt.Sprintf(t.say("from %s, when a list or a figure changes", "%s 起，届时清单或标准有变"), day)
	}
	return fmt.Sprintf(t.say("from %[2]s, at age %[1]d", "%[2]s 起，届时年满%[1]d周岁"), *age, day)
}

// labels returns attributes by their labels.
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

// Labels returns the labels of attributes.
func (e *Explanation) Labels(attributes []string, lang string) []string {
	return labels(e.known().vocabulary, attributes, words.In(lang))
}

// AmountWords returns the promise of an amount in words: "每月现金 不低于30元".
func (e *Explanation) AmountWords(a Amount, lang string) string {
	t := &text{Explanation: e.known(), style: words.In(lang)}
	if !e.HasWords() {
		return words.Promise(named(a.Measure), a.Promise, t.style, t.parameterLabel)
	}
	return words.Promise(t.vocabulary.Measure(a.Measure), a.Promise, t.style, t.parameterLabel)
}

// BundleWords returns a bundle in words: "报销比例 50% ＋ 每年现金 不超过900元".
func (e *Explanation) BundleWords(b policy.Bundle, lang string) string {
	t := &text{Explanation: e.known(), style: words.In(lang)}
	if !e.HasWords() {
		for _, measure := range slices.Sorted(maps.Keys(b)) {
			t.vocabulary.Measures = append(t.vocabulary.Measures, named(measure))
		}
	}
	return words.Bundle(t.vocabulary, b, t.style, t.parameterLabel)
}

// named is a measure that is called by its name.
func named(measure string) *policy.Measure {
	return &policy.Measure{Name: measure, Label: measure, English: measure}
}

// Vocabulary returns the words that the explanation is made of.
func (e *Explanation) Vocabulary() *policy.Vocabulary { return e.known().vocabulary }

func (t *text) grounds() {
	for i := range t.Grounds {
		t.line(0)
		title := t.say("Granted by", "依据条款")
		if t.Answer == Possible || t.Grounds[i].missing > 0 {
			title = t.say("May be granted by", "可能依据的条款")
		}
		t.branch(title, &t.Grounds[i])
	}
}

func (t *text) permitted() {
	if t.Permitted == nil {
		return
	}
	for i := range t.Permitted.Grounds {
		t.line(0)
		title := t.say("Clause that permits it", "可扩大的依据条款")
		if !t.Permitted.Certain || t.Permitted.Grounds[i].missing > 0 {
			title = t.say("Clause that may permit it", "可能可扩大的依据条款")
		}
		t.branch(title, &t.Permitted.Grounds[i])
	}
}

// opaque tells of the rules that are evaluated as a whole.
func (t *text) opaque() {
	for _, o := range t.Opaque {
		t.line(0)
		t.line(0, t.say("Rule evaluated as a whole", "整体求值的规则"), t.say(": ", "："), t.layer(o.Layer), " ", t.clause(o.Clause))
		t.line(1, t.say("Reads: ", "读取："), t.join(t.Labels(o.Attributes, t.lang())))
		switch {
		case o.Holds:
			t.line(1, t.say("It holds with what is given", "按已提供的信息：成立"))
		case o.Untried:
			t.line(1, t.say("Too many attributes are missing to tell whether it holds", "缺少的信息过多，无法判定是否成立"))
		case o.MayHold:
			t.line(1, t.say("Whether it holds depends on what is not given", "是否成立，取决于未提供的信息"))
		default:
			t.line(1, t.say("It does not hold with what is given", "按已提供的信息：不成立"))
		}
	}
}

func (t *text) refusal() {
	for i := range t.Nearest {
		t.line(0)
		t.branch(t.say("Nearest clause", "最接近的条款"), &t.Nearest[i])
		t.wouldPromise(&t.Nearest[i])
	}
}

// wouldPromise tells what a branch that does not hold would promise.
func (t *text) wouldPromise(b *Branch) {
	label := func(name string) string { return b.parameterWords(name, t.lang()) }
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
	if b.Whole {
		t.line(1, t.say("These facts are judged together", "以上各项一并判定"))
	}
	for _, p := range b.Parameters {
		if b.readsFor(p.Name) { // the others stand with the amounts
			t.line(1, p.words(t.style))
		}
	}
}

// readsFor reports whether the conditions of the branch read a parameter.
func (b *Branch) readsFor(parameter string) bool {
	for _, p := range b.Promises {
		if b.Whole && slices.Contains(p.Parameters, parameter) {
			return false
		}
	}
	return b.Whole || slices.ContainsFunc(b.Conditions, func(c Condition) bool { return slices.Contains(c.Parameters, parameter) })
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

// Words returns the condition in words: "年龄 需 ≥ 80周岁，现为 79周岁", "age: needs ≥ 80, is 79". Of a
// condition that was read from JSON it returns the name of the attribute.
func (c Condition) Words(lang string) string {
	if c.axis == nil { // read from JSON
		return c.Attribute + ": " + string(c.Status)
	}
	style := words.In(lang)
	say := func(english, chinese string) string {
		if style == words.Chinese {
			return chinese
		}
		return english
	}
	values := style
	if style == words.English {
		values = words.Quoted
	}
	has := words.Value(c.axis, c.cell, values)
	label := words.Label(c.axis, style)
	anything := len(c.Needs.Ranges)+len(c.Needs.Values) == 0 || c.Status == Met && c.cell == 0
	switch {
	case c.whole && anything && c.Assumed:
		return label + say(": not given and taken as "+has, " 未提供，按"+has+"计")
	case c.whole && anything && c.cell == 0:
		return label + say(": not given, whatever it is", " 未提供，不论何值")
	case c.whole && anything:
		return label + say(": is ", " 现为 ") + has
	}
	needs := label + say(": needs ", " 需 ") + words.Values(c.axis, c.side.Admits, values)
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

// Label returns what the attribute of the condition is called.
func (c Condition) Label(lang string) string {
	if c.axis == nil { // read from JSON
		return c.Attribute
	}
	return words.Label(c.axis, words.In(lang))
}

// Side returns the attribute with the values needed: "年龄 ≥ 80周岁". Where the rule is evaluated as a
// whole, it returns the elder's value instead.
func (c Condition) Side(lang string) string {
	if c.axis == nil { // read from JSON
		return c.Attribute
	}
	if c.whole {
		return words.Cell(c.axis, c.cell, words.In(lang))
	}
	return words.Side(c.axis, c.side.Admits, words.In(lang))
}

// words returns a parameter with its value, date and citation.
func (p Parameter) words(style words.Style) string {
	say := func(english, chinese string) string {
		if style == words.Chinese {
			return chinese
		}
		return english
	}
	cite := fmt.Sprintf(say(" (%s)", "（%s）"), words.Citations(p.Cite, style))
	switch {
	case p.Was != nil:
		return p.ended(style) + cite
	case p.Value == nil:
		return p.label(style) + say(": no text states a value", "：原文未写数值") + cite
	}
	since := ""
	if p.From != nil {
		since = fmt.Sprintf(say(", since %s", "，自 %s 起"), p.From)
	}
	if p.Assumed {
		since = fmt.Sprintf(say(", since %s, an assumed date", "，自 %s（推定）起"), p.From)
	}
	return p.label(style) + " = " + p.Value.words(p.Unit, style) + since + cite
}

// ended tells which value of a repealed parameter ended, and when.
func (p Parameter) ended(style words.Style) string {
	was := p.Was.words(p.Unit, style)
	if style == words.English {
		return fmt.Sprintf("%s: the figure of %s ended on %s", p.label(style), was, p.From)
	}
	return fmt.Sprintf("%s：%s的标准已于 %s 停止", p.label(style), was, p.From)
}

// Ended tells which value of a repealed parameter ended, and when. It is empty for any other
// parameter.
func (p Parameter) Ended(lang string) string {
	if p.Was == nil {
		return ""
	}
	return p.ended(words.In(lang))
}

// words returns a number with the sign of its unit.
func (n Number) words(unit policy.Unit, style words.Style) string {
	d, err := policy.ParseDecimal(n.String())
	switch {
	case err == nil:
		return words.Number(d, unit, style)
	case style == words.English: // a fraction of another standard
		return n.String()
	}
	return n.String() + strings.TrimPrefix(words.Number(policy.Decimal{}, unit, style), "0")
}

func (t *text) amounts(title string, all []Amount, bundles, upTo []policy.Bundle) {
	if len(all)+len(bundles)+len(upTo) == 0 {
		return
	}
	t.line(0)
	t.line(0, title)
	for i := range all {
		t.amount(&all[i])
	}
	t.bundles(t.say("linked, each as a whole:", "成套待遇，各套不拆开："), bundles)
	t.bundles(t.say("linked, possible as a whole, depending on what is not given:", "视未提供的信息，可能的成套待遇："), upTo)
}

// bundles writes bundles of linked measures, one on a line.
func (t *text) bundles(title string, all []policy.Bundle) {
	if len(all) > 0 {
		t.line(1, title)
	}
	for _, b := range all {
		t.line(2, t.BundleWords(b, t.lang()))
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
		could := t.say("could be more, depending on what is not given: ", "视未提供的信息，可提高为：")
		if m.Less {
			could = t.say("could be less, depending on what is not given: ", "视未提供的信息，可降为：")
		}
		t.line(2, could, words.Figure(*a.UpTo, m.Unit, t.style, t.parameterLabel))
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
		t.choice(t.say("counts instead of ", "取其高，不再另加："), a.Measure, c)
	}
	switch {
	case a.InFavourOf == nil:
	case a.InFavourOf.Possibly:
		t.choice(t.say("not certain, and not added, beside ", "不一定计入合计，可能改取："), a.Measure, *a.InFavourOf)
	default:
		t.choice(t.say("not added, in favour of ", "不计入合计，从高取："), a.Measure, *a.InFavourOf)
	}
}

// differ reports whether lists promise different amounts.
func differ(offers []Offer) bool {
	return slices.ContainsFunc(offers, func(o Offer) bool { return !o.Promise.Same(offers[0].Promise) })
}

// Words returns what the parameter is called. Lists name parameters only in Chinese, so English
// uses the words of its identifier.
func (p Parameter) Words(lang string) string { return p.label(words.In(lang)) }

func (p Parameter) label(style words.Style) string {
	if style == words.English {
		return strings.ReplaceAll(p.Name, "_", " ")
	}
	return p.Label
}

// parameterLabel returns the label of a parameter that an amount mentions.
func (t *text) parameterLabel(name string) string {
	all := t.Amounts
	if t.Permitted != nil {
		all = slices.Concat(all, t.Permitted.Amounts)
	}
	for i := range all {
		for _, p := range all[i].Parameters {
			if p.Name == name {
				return p.label(t.style)
			}
		}
	}
	for i := range t.Grounds {
		if label := t.Grounds[i].parameterWords(name, t.lang()); label != "" {
			return label
		}
	}
	return ""
}

// parameterWords returns what a parameter of the branch is called, or "" when the branch does not
// read it.
func (b *Branch) parameterWords(name, lang string) string {
	for _, p := range b.Parameters {
		if p.Name == name {
			return p.Words(lang)
		}
	}
	return ""
}

// product tells how a multiple is computed.
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
	factor := p.Multiple.Value.String()
	if p.Multiple.Unit == policy.Percent {
		factor += "%"
	}
	numbers := fmt.Sprintf("%s × %s = %s", p.Base.Value, factor, p.Exact)
	if p.Rounded {
		way := t.say("rounded up to the fen", "进位到分")
		if a.Promise.Bound == policy.AtMost {
			way = t.say("rounded down to the fen", "舍去不足一分")
		}
		numbers = fmt.Sprintf(t.say("%s × %s, %s: %s", "%s × %s，%s：%s"), p.Base.Value, factor, way, words.Number(*a.Promise.Value, m.Unit, t.style))
	}
	t.line(2, t.say("computed as ", "算法："), formula, t.say(": ", "："), numbers)
}

// choice names the other promise of a choice. Its reason is in the list's language.
func (t *text) choice(what, measure string, c Choice) {
	other := t.serviceName(c.Service, t.style)
	if c.Measure != measure {
		other = words.Part(other, t.vocabulary.Measure(c.Measure), t.style)
	}
	comma := "，"
	if strings.HasSuffix(c.Reason, "。") {
		comma = ""
	}
	reason := "（" + c.Reason + comma + strings.Join(c.Cite, "、") + "）"
	if t.style == words.English {
		reason = ": only the higher of the two counts (" + c.Reason + " " + strings.Join(c.Cite, "; ") + ")"
	}
	t.line(2, what, other, reason)
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
	from := s.EffectiveFrom.String()
	if s.Assumed != "" {
		from += t.say(", an assumed date", "（推定："+strings.TrimSuffix(s.Assumed, "。")+"）")
	}
	basis := words.Basis(s.Basis, t.style)
	return fmt.Sprintf(t.say("%s (%s), in force since %s", "%s（%s），自 %s 起"), strings.Join(parts, ""), basis, from)
}
