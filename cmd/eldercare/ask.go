package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
	"github.com/basic-eldercare/eldercare/policy/interview"
	"github.com/basic-eldercare/eldercare/policy/notice"
)

type askOptions struct {
	*common
	jurisdiction string
	output       string
	name         string
}

func askCommand(c *common) *cobra.Command {
	o := &askOptions{common: c}
	cmd := &cobra.Command{
		Use:   "ask -j ID [FILE] [-o FILE]",
		Short: "Ask about an elder what still matters",
		Long: `Ask holds an interview. It asks first what settles most services, leaves out
what no longer matters, and says what has become certain. An empty answer skips
the question, ? shows what it bears on, < takes back the last answer, and q or
the end of the input ends the interview. The decision then goes to standard
output. The conversation is on standard error.

With -o it writes what is known to a file after every answer, as JSON. Give that
file as FILE to resume the interview.

With --format markdown or html it writes the decision as a notice, as evaluate
does. --name puts the elder's name on what people read, and nowhere else: not
into the file, JSON or a message.`,
		Example: `  eldercare ask -j hongtong -o elder.json
  eldercare ask -j hongtong elder.json -o elder.json
  eldercare ask -j hongtong --name 张三 --format html > notice.html`,
		Args: atMostOneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args) },
	}
	o.flags(cmd, "table", "json", "markdown", "html")
	cmd.Flags().StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction")
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "`file` for what is known of the elder")
	cmd.Flags().StringVar(&o.name, "name", "", "`name` of the elder, for what people read alone")
	return cmd
}

func (o *askOptions) run(ctx context.Context, args []string) error {
	if err := needJurisdiction(o.jurisdiction); err != nil {
		return err
	}
	if o.name != "" && o.format.value == "json" {
		return errors.New("--name is for people: JSON names an elder by id alone")
	}
	known := eldercare.Elder{}
	engine, err := o.load(ctx, o.jurisdiction)
	if err != nil {
		return err
	}
	words := wordsOf(engine)
	if len(args) > 0 {
		if known, err = readElder(args[0], words); err != nil {
			return err
		}
	}
	rules, err := engine.Rules(ctx, o.jurisdiction, o.day(engine))
	if err != nil {
		return err
	}
	d := &dialogue{
		page: newPage(o.stderr, o.lang), lexicon: newLexicon(engine, rules, o.lang), rules: rules,
		words: words, in: bufio.NewScanner(o.stdin), echoed: isTerminal(o.stdin), output: o.output, known: known, skipped: map[string]bool{},
	}
	if err := d.hold(ctx); err != nil {
		return err
	}
	return o.result(ctx, engine, rules, d)
}

// readElder reads the only elder of a file.
func readElder(file string, words *reading.Reader) (eldercare.Elder, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var known eldercare.Elder
	for raw, err := range elder.ReadRaw(f) {
		var row elder.Row
		if err == nil {
			row, err = words.Row(raw)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if known != nil {
			return nil, fmt.Errorf("%s: an interview is about one elder, but the file has several", file)
		}
		known = row.Elder
	}
	return known, nil
}

func (o *askOptions) result(ctx context.Context, engine *eldercare.Engine, rules *eldercare.Ruleset, d *dialogue) error {
	decision := *d.decision
	decision.ID = d.known.ID()
	switch o.format.value {
	case "json":
		return printJSON(o.stdout, []eldercare.Decision{decision})
	case "markdown", "html":
		course, err := engine.Course(o.jurisdiction)
		if err != nil {
			return err
		}
		n, err := notice.New(ctx, course, rules, d.profile)
		if err != nil {
			return err
		}
		n.Name = o.name
		return writeNotices(o.stdout, o.format.value, o.lang.value, n)
	}
	p := newDecisionPage(o.stdout, o.lang, engine, rules)
	p.name = elder.HideIDNumbers(o.name)
	if err := p.write(&decision, elder.Row{Line: 1, Elder: d.known}); err != nil {
		return err
	}
	return p.flush()
}

// dialogue is an interview in progress.
type dialogue struct {
	*page
	lexicon
	rules  *eldercare.Ruleset
	words  *reading.Reader
	in     *bufio.Scanner
	echoed bool // a terminal echoes what is typed, with the end of the line
	output string

	known    eldercare.Elder
	profile  elder.Profile
	decision *eldercare.Decision
	skipped  map[string]bool
	given    []given // in the order of answering
	asked    int
}

// given is an answer that can be taken back, or a skip.
type given struct {
	key     string
	before  any    // what was known under the key; nil for nothing
	skipped string // the attribute that was skipped; empty for an answer
}

// hold asks until nothing is left to ask or to answer.
func (d *dialogue) hold(ctx context.Context) error {
	if err := d.decide(ctx); err != nil {
		return err
	}
	if err := d.save(); err != nil { // before anybody answers in vain
		return err
	}
	d.line("", plain, d.text("Enter: skip; ?: which services it bears on; <: take back the last answer; q: end."))
	d.certain(nil)
	for {
		question, left, err := d.next(ctx)
		if err != nil {
			return err
		}
		if left == 0 {
			d.line("", strong, d.text("Nothing is left to ask."))
			break
		}
		if question == nil {
			d.line("", strong, d.text("%d questions are left, and skipped.", left))
			break
		}
		more, err := d.turn(ctx, *question)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	d.gap()
	if err := d.out.Flush(); err != nil {
		return err
	}
	return d.save()
}

// decide takes account of what is known. If that is impossible, the decision stays as it was.
func (d *dialogue) decide(ctx context.Context) error {
	p, err := d.rules.Encode(d.known)
	if err != nil {
		return err
	}
	decision, err := d.rules.Decide(ctx, &p)
	if err != nil {
		return err
	}
	d.profile, d.decision = p, decision
	return nil
}

// next returns the best question that is not skipped, or nil when all are, and the number of
// questions.
func (d *dialogue) next(ctx context.Context) (*interview.Question, int, error) {
	questions, err := interview.NextQuestions(ctx, d.rules, d.profile)
	for i := range questions {
		if !d.skipped[questions[i].Attribute] {
			return &questions[i], len(questions), err
		}
	}
	return nil, len(questions), err
}

// turn asks one question, and reports whether the interview goes on.
func (d *dialogue) turn(ctx context.Context, q interview.Question) (more bool, err error) {
	d.asked++
	d.gap()
	d.line("", title, d.text("%d. %s (bears on %d services)", d.asked, d.choose(q.English, q.Label), len(q.Services)))
	d.line("   ", plain, d.choices(q))
	for {
		fmt.Fprint(d.out, "> ")
		if err := d.out.Flush(); err != nil {
			return false, err
		}
		more := d.in.Scan()
		if !d.echoed || !more {
			d.gap()
		}
		if !more {
			return false, d.in.Err()
		}
		switch answer := strings.TrimSpace(narrow(d.in.Text())); answer {
		case "q", "Q", "退出":
			return false, nil
		case "":
			d.skipped[q.Attribute] = true
			d.given = append(d.given, given{skipped: q.Attribute})
			return true, nil
		case "?":
			d.flow("   ", plain, d.services(q.Services), d.comma())
		case "<":
			return true, d.back(ctx)
		default:
			done, err := d.answer(ctx, q, answer)
			if done || err != nil {
				return true, err
			}
		}
	}
}

// narrow returns the text with wide digits, letters and signs, which Chinese input methods produce,
// as ASCII.
func narrow(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000':
			return ' '
		}
		return r
	}, text)
}

// choices returns the answers that a question takes.
func (d *dialogue) choices(q interview.Question) string {
	if q.Type == policy.Integer {
		text := fmt.Sprintf("%d–%d", *q.Min, *q.Max) + d.choose("", q.Unit)
		for _, in := range q.Instead {
			if in.Type == policy.BirthDate {
				text += d.text(", or %s YYYY-MM-DD", d.choose(in.English, in.Label))
			}
		}
		return text
	}
	var parts []string
	for i, v := range ordered(q) {
		parts = append(parts, fmt.Sprintf("%d %s", i+1, d.choose(v.English, v.Label)))
	}
	if q.Type == policy.Set {
		parts = append(parts, d.text("0 none (several may be named, with commas)"))
	}
	for _, in := range q.Instead {
		if in.Type == policy.DivisionCode {
			parts = append(parts, d.text("or %s, six digits", d.choose(in.English, in.Label)))
		}
	}
	return strings.Join(parts, "  ")
}

// ordered returns the values of a question, yes before no.
func ordered(q interview.Question) []interview.Value {
	values := slices.Clone(q.Values)
	if q.Type == policy.Boolean {
		slices.Reverse(values)
	}
	return values
}

// answer records an answer, and reports whether the text is one.
func (d *dialogue) answer(ctx context.Context, q interview.Question, text string) (done bool, err error) {
	key, value, ok := d.understand(q, text)
	if !ok {
		d.line("   ", warning, d.text("Not understood; please answer in one of the forms above."))
		return false, nil
	}
	before, step := d.decision, given{key: key, before: d.known[key]}
	d.known[key] = value
	err = d.decide(ctx)
	var wrong *eldercare.InputError
	if errors.As(err, &wrong) {
		d.undo(step)
		d.line("   ", warning, d.text("This contradicts what is known, or is impossible; please answer again."))
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if i, _ := d.rules.Table.Space.Index(q.Attribute); d.profile.Cell(i) == elder.Absent {
		why := d.text("The code covers places outside as well, so it does not settle the question; give a narrower code, or the answer itself.")
		if in := d.catalog.Vocabulary.Input(key); in != nil && in.Type == policy.BirthDate {
			why = d.text("The birthday may come before or after this day, so the month does not settle the age; give the day of birth, or the age.")
		}
		d.undo(step)
		d.line("   ", warning, why)
		return false, d.decide(ctx)
	}
	d.given = append(d.given, step)
	d.certain(before)
	return true, d.save()
}

// undo makes known again what was known before an answer.
func (d *dialogue) undo(step given) {
	if step.before == nil {
		delete(d.known, step.key)
		return
	}
	d.known[step.key] = step.before
}

// understand reads an answer: one of the values by its place, a value as it stands in a register,
// or an input that gives the attribute.
func (d *dialogue) understand(q interview.Question, text string) (key string, value any, ok bool) {
	if q.Type == policy.Set {
		list, ok := understandSet(q, text)
		return q.Attribute, list, ok
	}
	n, err := strconv.Atoi(text)
	if values := ordered(q); err == nil && 1 <= n && n <= len(values) {
		return q.Attribute, values[n-1].Value, true
	}
	keys := []string{q.Attribute}
	for _, in := range q.Instead {
		keys = append(keys, in.Input)
	}
	for _, key := range keys {
		field, _ := d.words.Field(key)
		if value, problem := d.words.Value(field, text); problem == nil && value != nil {
			return key, value, true
		}
	}
	return "", nil, false
}

// understandSet reads the answer to a question that may have several right values: each by its
// place or its name, or 0 for none.
func understandSet(q interview.Question, text string) ([]any, bool) {
	list := []any{}
	if text == "0" || text == "无" {
		return list, true
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '、' })
	values := ordered(q)
	for _, part := range parts {
		part = strings.TrimSpace(part)
		i := slices.IndexFunc(values, func(v interview.Value) bool {
			return strings.EqualFold(part, narrow(v.Label)) || strings.EqualFold(part, v.English) || strings.EqualFold(part, fmt.Sprint(v.Value))
		})
		if n, err := strconv.Atoi(part); err == nil && 1 <= n && n <= len(values) {
			i = n - 1
		}
		if i < 0 {
			return nil, false
		}
		if !slices.Contains(list, values[i].Value) {
			list = append(list, values[i].Value)
		}
	}
	return list, len(list) > 0
}

// back takes back the last answer, or the last skip if that came later. Its question comes again.
func (d *dialogue) back(ctx context.Context) error {
	if len(d.given) == 0 {
		d.line("   ", warning, d.text("There is no answer to take back; change what the file says in the file."))
		return nil
	}
	last := len(d.given) - 1
	step := d.given[last]
	d.given = d.given[:last]
	if step.skipped != "" {
		delete(d.skipped, step.skipped)
		return nil
	}
	d.undo(step)
	if err := d.decide(ctx); err != nil {
		return err
	}
	return d.save()
}

// certain says which services have become certain since a decision, and how many are open. A nil
// decision means that there was none before.
func (d *dialogue) certain(before *eldercare.Decision) {
	for _, e := range d.decision.Entitled {
		if before != nil && slices.ContainsFunc(before.Entitled, func(b eldercare.Entitlement) bool { return b.Service == e.Service }) {
			continue
		}
		d.flow("   ＋ ", strong, append([]string{d.serviceName(e.Service, e.Name)}, d.together(e.Promises, e.Bundles)...), d.semicolon())
	}
	d.line("   ", faint, d.text("certain: %d, still open: %d", len(d.decision.Entitled), len(d.decision.Possible)))
}

// services returns the names of services.
func (d *dialogue) services(ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id
		if s := d.catalog.Vocabulary.Service(id); s != nil {
			names[i] = d.serviceName(id, s.Name)
		}
	}
	return names
}

// save writes what is known, readable only by the user.
func (d *dialogue) save() error {
	if d.output == "" {
		return nil
	}
	return writeFile(d.output, 0o600, d.write)
}

// write writes what is known as one JSON object: the id, then everything in the order of the
// vocabulary.
func (d *dialogue) write(w io.Writer) error {
	order := []string{"id"}
	for _, in := range d.catalog.Vocabulary.Inputs {
		order = append(order, in.Name)
	}
	for _, a := range d.catalog.Vocabulary.Attributes {
		order = append(order, a.Name)
	}
	keys := slices.SortedFunc(maps.Keys(d.known), func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	var b bytes.Buffer
	b.WriteString("{")
	for i, key := range keys {
		value, err := json.Marshal(d.known[key])
		if err != nil {
			return err
		}
		separator := ",\n  "
		if i == 0 {
			separator = "\n  "
		}
		fmt.Fprintf(&b, "%s%q: %s", separator, key, value)
	}
	b.WriteString("\n}\n")
	_, err := b.WriteTo(w)
	return err
}
