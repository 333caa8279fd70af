package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
)

type checkOptions struct {
	*common
	jurisdiction string
	all          bool
	against      string
	strict       bool
	verify       bool
	since        string
}

func checkCommand(c *common) *cobra.Command {
	o := &checkOptions{common: c}
	cmd := &cobra.Command{
		Use:   "check {-j ID | --all} [--against ID | --since REV]",
		Short: "Prove that a list undercuts nothing, or show who would lose",
		Long: `Check proves, over all elders, that what a list declares is at least what the
residents of the jurisdiction above are owed: every service, every measure.
Where it is less, Check shows who loses, with an elder as an example. Plain OPA
confirms the example.

Check looks at every day on which a list or a figure of either side changes, or
with --on at that day only. A finding holds from one of these days until another
or without end. An amount left open where the list above states a number is a
warning, because the floor of the list above still holds.

Some services have a rule that is not a list of conditions on single attributes.
Such a service is tested instead: plain OPA evaluates all values of the
attributes that the rules read, or boundary values and random ones where there
are too many.

With --since the folder of --dir is checked against itself as it was at a git
revision: everybody must still be owed what that version gave them.

The exit code is 1 when somebody would lose, and with --strict also when a
service could only be tested, not proved. It is also 1 for a disagreement, when
plain OPA does not confirm what the proof or a test says. Nothing is then known
of the service; please report the elder shown as a fault of this program. The
exit code is 2 when there was nothing to check, as on a day before every list.`,
		Example: `  eldercare check --all
  eldercare check -j hongtong --against shuozhou
  eldercare check --all --dir mylists --format sarif
  eldercare check --all --dir mylists --since origin/main`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "text", "json", "github", "sarif")
	cmd.Flags().StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction whose list is checked")
	cmd.Flags().BoolVar(&o.all, "all", false, "check every list against the one above it")
	cmd.Flags().StringVar(&o.against, "against", "", "`id` of the jurisdiction to check against, instead of the one above")
	cmd.Flags().StringVar(&o.since, "since", "", "git `revision` of the folder of --dir to check against")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "fail when a service could only be tested")
	cmd.Flags().BoolVar(&o.verify, "verify", false, "repeat the proof by plain OPA on all representative elders (slow)")
	return cmd
}

func (o *checkOptions) run(ctx context.Context) error {
	if o.all == (o.jurisdiction != "") {
		return errors.New("name one jurisdiction with -j, or all with --all")
	}
	if o.all && o.against != "" {
		return errors.New("--against goes with -j")
	}
	if o.since != "" && (o.against != "" || o.verify || len(o.dirs) != 1) {
		return errors.New("--since goes with one --dir, and without --against and --verify")
	}
	engine, reports, err := o.reports(ctx)
	if err != nil {
		return err
	}
	if err := o.nothing(reports); err != nil {
		return err
	}
	if err := o.write(engine, reports); err != nil {
		return err
	}
	for _, r := range reports {
		if r.Errors() > 0 || o.strict && r.Tested > 0 {
			return errFound
		}
	}
	return nil
}

// nothing returns an error when no list was compared with another. It tells what was skipped where
// the format has no place for it.
func (o *checkOptions) nothing(reports []*eldercare.Report) error {
	compared, why := false, "there is no list above to check against"
	for _, r := range reports {
		compared = compared || r.Against != "" && r.Skipped == ""
		if r.Skipped != "" {
			why = r.Skipped
		}
	}
	if !compared {
		return nothingChecked(why)
	}
	for _, r := range reports {
		if r.Skipped != "" && (o.format.value == "github" || o.format.value == "sarif") {
			o.tell("%s is not checked: %s", r.Jurisdiction, o.lang.sentence(r.Skipped))
		}
	}
	return nil
}

// reports loads what is needed, and checks it.
func (o *checkOptions) reports(ctx context.Context) (*eldercare.Engine, []*eldercare.Report, error) {
	if o.since != "" {
		return o.reportsSince(ctx)
	}
	if o.all {
		engine, err := o.load(ctx)
		if err != nil {
			return nil, nil, err
		}
		reports, err := engine.CheckAll(ctx, o.checkOptions()...)
		return engine, reports, err
	}
	ids := []string{o.jurisdiction}
	if o.against != "" {
		ids = append(ids, o.against)
	}
	engine, err := o.load(ctx, ids...)
	if err != nil {
		return nil, nil, err
	}
	report, err := engine.Check(ctx, o.jurisdiction, o.checkOptions()...)
	return engine, []*eldercare.Report{report}, err
}

// reportsSince checks the folder against itself as it was at a revision.
func (o *checkOptions) reportsSince(ctx context.Context) (*eldercare.Engine, []*eldercare.Report, error) {
	var only []string
	if !o.all {
		only = []string{o.jurisdiction}
	}
	folder := o.dirs[0]
	files, err := revision(ctx, o.since, folder)
	if err != nil {
		return nil, nil, err
	}
	o.dirs = nil // what is laid over the lists is one version or the other
	name := "git:" + o.since
	earlier, err := o.over(ctx, name, eldercare.WithFS(name, files), only...)
	if err != nil {
		return nil, nil, err
	}
	engine, err := o.over(ctx, folder, eldercare.WithDir(folder), only...)
	if err != nil {
		return nil, nil, err
	}
	options := append(o.checkOptions(), eldercare.Since(earlier))
	if o.all {
		reports, err := engine.CheckAll(ctx, options...)
		return engine, since(name, reports...), err
	}
	report, err := engine.Check(ctx, o.jurisdiction, options...)
	return engine, since(name, report), err
}

// since says in reports what was checked against.
func since(name string, reports ...*eldercare.Report) []*eldercare.Report {
	for _, r := range reports {
		if r != nil {
			r.Against = name
		}
	}
	return reports
}

func (o *checkOptions) checkOptions() []eldercare.CheckOption {
	options := []eldercare.CheckOption{eldercare.On(eldercare.Date(o.on))}
	if o.against != "" {
		options = append(options, eldercare.Against(o.against))
	}
	if o.verify {
		options = append(options, eldercare.Verify())
	}
	return options
}

func (o *checkOptions) write(engine *eldercare.Engine, reports []*eldercare.Report) error {
	switch o.format.value {
	case "json":
		return printJSON(o.stdout, o.lang.forPrograms().reports(reports))
	case "github":
		return writeGitHub(o.stdout, o.problems(reports))
	case "sarif":
		return writeSARIF(o.stdout, o.problems(reports))
	}
	p := &checkPage{newPage(o.stdout, o.lang), engine.Catalog().Vocabulary, o.unproved()}
	for _, of := range replaced(reports) {
		p.line("", warning, p.sentence(of.message))
	}
	for _, r := range reports {
		if err := p.report(r); err != nil {
			return err
		}
	}
	return p.out.Flush()
}

// unproved returns how serious it is that a service could only be tested.
func (o *checkOptions) unproved() policy.Severity {
	if o.strict {
		return policy.SeverityError
	}
	return policy.SeverityWarning
}

// problems returns all findings, and the rules that kept services from being proved.
func (o *checkOptions) problems(reports []*eldercare.Report) []problem {
	in, english := o.lang.forPrograms(), language{value: "en"}
	problems := replaced(reports)
	for i := range problems {
		problems[i].said = in.sentence(problems[i].message)
	}
	for _, r := range reports {
		for _, f := range r.Findings {
			problems = append(problems, problem{
				code: string(f.Kind), severity: f.Severity, pos: f.ChildPos, related: f.ParentPos, message: found(english, r, f), said: found(in, r, f),
			})
		}
		for _, a := range r.Amended {
			problems = append(problems, problem{
				code: "amended", severity: policy.SeverityWarning, pos: a.Pos, message: amendedIn(english, r, a), said: amendedIn(in, r, a),
			})
		}
		for _, rule := range r.Opaque {
			problems = append(problems, problem{
				code: "tested", severity: o.unproved(), pos: rule.Pos, message: opaque(english, r, rule), said: opaque(in, r, rule),
			})
		}
	}
	return problems
}

// found says what a finding is, in one line.
func found(in language, r *eldercare.Report, f eldercare.Finding) string {
	format := "%s falls short of %s in %s: %s. Who: %s. When: %s"
	if f.Kind == check.Assumed {
		format = "%s is no less than %s in %s: %s. Who: %s. When: %s"
	}
	return in.text(format, r.Jurisdiction, r.Against, f.Service, in.shortfall(f), in.region(f.Region, f.Who), in.span(f))
}

// amendedIn says what of a list above is amended, in one line.
func amendedIn(in language, r *eldercare.Report, a check.Amended) string {
	return in.text("%s against %s: %s: %s. When: %s", r.Jurisdiction, r.Against, a.Subject, in.amended(a), in.text("from %s", a.From))
}

// opaque says which service could only be tested.
func opaque(in language, r *eldercare.Report, rule check.Opaque) string {
	return in.text("%s against %s: %s is %s", r.Jurisdiction, r.Against, rule.Service, in.untold(rule))
}

// reports returns reports for other programs, with their messages in the language.
func (l language) reports(all []*eldercare.Report) []*eldercare.Report {
	if l.english() {
		return all
	}
	said := make([]*eldercare.Report, len(all))
	for i, r := range all {
		of := *r
		of.Skipped, of.Findings, of.Opaque = l.sentence(r.Skipped), slices.Clone(r.Findings), slices.Clone(r.Opaque)
		for j, f := range of.Findings {
			of.Findings[j].Note, of.Findings[j].Region = l.sentence(f.Note), l.region(f.Region, f.Who)
		}
		for j, o := range of.Opaque {
			of.Opaque[j].Reason = l.sentence(o.Reason)
		}
		said[i] = &of
	}
	return said
}

// region says who is concerned: by the names of attributes, in Chinese by their labels.
func (l language) region(byNames, byLabels string) string {
	if l.english() || byLabels == "" {
		return l.sentence(byNames)
	}
	return byLabels
}

// replaced returns the files that folders replace, each once. They are the same for all reports.
func replaced(reports []*eldercare.Report) []problem {
	var problems []problem
	for _, r := range reports[:min(1, len(reports))] {
		for _, by := range r.Replaced {
			pos := policy.Position{File: by.By, Line: 1, Column: 1}
			problems = append(problems, problem{code: "replaced", severity: policy.SeverityWarning, pos: pos, message: by.String()})
		}
	}
	return problems
}

// shortfall says in what a finding consists.
func (l language) shortfall(f eldercare.Finding) string {
	if f.WantBundle != nil {
		return l.bundleShortfall(f)
	}
	switch f.Kind {
	case check.Omitted:
		return l.text("the list omits the service")
	case check.Narrower:
		return l.text("some elders lose the service")
	case check.Open:
		return l.text("%s is left open, but %s is required", f.Measure, l.figure(f.Want, f.WantBound, "none"))
	case check.Combined:
		return l.together(f)
	case check.Shorter:
		return l.text("paid for fewer months: %s", l.calendars(f))
	case check.Lower:
		none := "not promised"
		if f.HaveOpen {
			none = "left open"
		}
		return l.text("%s is %s, but %s is required", f.Measure,
			l.figure(f.Have, f.HaveBound, cmp.Or(f.HaveOf, none)), l.figure(f.Want, f.WantBound, cmp.Or(f.WantOf, "an open amount")))
	}
	return l.sentence(f.Note)
}

// together says by how much several services together fall short.
func (l language) together(f eldercare.Finding) string {
	if f.Unsure && f.Want != nil && f.Have != nil && f.Have.Cmp(*f.Want) >= 0 {
		return l.text("it is not paid beside %s, although its amount is open and may be higher", l.others(f))
	}
	return l.text("together with %s it comes to %s%s, but %s is required",
		l.others(f), l.figure(f.Have, "", "nothing"), l.inUnit(f.Unit), l.figure(f.Want, "", "nothing"))
}

// calendars says by which parts of the payment calendar fewer months are paid.
func (l language) calendars(f eldercare.Finding) string {
	of := ""
	if f.Measure != "" {
		of = f.Measure + l.choose(": ", "：")
	}
	parts := make([]string, len(f.Calendar))
	for i, part := range f.Calendar {
		parts[i] = l.text("%s %s, but %s is required", part, l.paymentPart(f.HavePayment, part), l.paymentPart(f.WantPayment, part))
	}
	return of + strings.Join(parts, l.semicolon())
}

// paymentPart is what a payment calendar says of a part.
func (l language) paymentPart(p *policy.Payment, part policy.PaymentPart) string {
	switch part {
	case policy.PartFrom:
		return cmp.Or(string(p.From), l.text("as by default"))
	case policy.PartUntil:
		return cmp.Or(string(p.Until), l.text("as by default"))
	case policy.PartBackPay:
		return strconv.Itoa(p.BackPayMonths)
	case policy.PartOnce:
		return strconv.FormatBool(p.Once)
	}
	return cmp.Or(strings.Join(p.Suspended, l.comma()), l.text("never"))
}

// inUnit is a unit behind a number: " a month" of yuan, " times a month".
func (l language) inUnit(u policy.Unit) string {
	text := ""
	of, per := u.Parts()
	if !u.Money() {
		text = l.text(" %s", l.text(strings.ReplaceAll(of, "_", " ")))
	}
	if per != policy.PerOnce {
		text += l.text(" a %s", l.text(string(per)))
	}
	return text
}

// others are the services that are paid together with that of a finding.
func (l language) others(f eldercare.Finding) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(f.Services), func(s string) bool { return s == f.Service }), l.comma())
}

// bundleShortfall says which bundle of linked measures is required, and which ones elders get
// instead.
func (l language) bundleShortfall(f eldercare.Finding) string {
	have := make([]string, len(f.HaveBundles))
	for i, b := range f.HaveBundles {
		have[i] = l.bundled(f.Measure, b)
	}
	lack := "nothing as good as a whole"
	if f.Kind == check.Open {
		lack = "a part of it left open"
	}
	return l.text("%s is required, %s: %s", l.bundled(f.Measure, f.WantBundle), l.text(lack),
		cmp.Or(strings.Join(have, l.choose("; or ", "；或")), l.text("no such measure promised")))
}

// bundled returns a bundle of linked measures, in their order.
func (l language) bundled(measures string, b eldercare.Bundle) string {
	var parts []string
	for measure := range strings.SplitSeq(measures, "+") {
		p, promised := b[measure]
		if !promised {
			continue
		}
		none := "an open amount"
		if share := p.OpenShare(); share != nil {
			none = share.String()
		}
		bound := policy.Bound("")
		if p.Bound == policy.AtMost {
			bound = policy.AtMost
		}
		parts = append(parts, measure+" "+l.figure(p.Value, bound, none))
	}
	return strings.Join(parts, l.choose(" with ", " ＋ "))
}

// figure returns a number that is promised, or English words when there is none.
func (l language) figure(d *policy.Decimal, bound policy.Bound, none string) string {
	switch {
	case d == nil:
		return l.sentence(none)
	case bound == policy.AtMost:
		return l.text("at most %s", d)
	case bound == policy.AtLeast:
		return l.text("at least %s", d)
	}
	return d.String()
}

// span says how long a finding holds. The last day is the first on which it no longer does.
func (l language) span(f eldercare.Finding) string {
	if f.Until.IsZero() {
		return l.text("from %s", f.From)
	}
	return l.text("from %s until %s", f.From, f.Until)
}

// amended says what an amendment says in place of the text of a list above.
func (l language) amended(a check.Amended) string {
	switch a.What {
	case check.AmendedPayment:
		return l.text("an amendment of the list of %s pays it by another calendar than the text", a.List)
	case check.AmendedGroup:
		return l.text("an amendment of the list of %s adds a choice or an exclusion, which may take from what the text gives", a.List)
	}
	return l.text("an amendment of the list of %s says %s, where the text says %s", a.List, cmp.Or(a.Stated, "–"), cmp.Or(a.Printed, "–"))
}

// untold says why a service could only be tested.
func (l language) untold(o check.Opaque) string {
	return l.text("tested, not proved: %s", l.sentence(o.Reason))
}

// checkPage writes reports for people.
type checkPage struct {
	*page
	vocabulary *policy.Vocabulary
	unproved   policy.Severity
}

func (p *checkPage) report(r *eldercare.Report) error {
	if r.Against == "" {
		p.line("", faint, p.text("%s: at the top, nothing to check against", r.Jurisdiction))
		return nil
	}
	if r.Skipped != "" {
		p.line("", faint, p.text("%s against %s: %s", r.Jurisdiction, r.Against, p.sentence(r.Skipped)))
		return nil
	}
	summary := p.text("%s against %s: %s proved", r.Jurisdiction, r.Against, p.counted(r.Proved, "service"))
	if r.Tested > 0 {
		passed := slices.DeleteFunc(slices.Clone(r.TestedServices), r.Fails)
		summary += p.text(", %d tested, not proved (%s)", r.Tested, strings.Join(passed, p.comma()))
	}
	if len(r.Findings) > 0 {
		summary += p.choose(", ", "，") + p.counted(len(r.Findings), "finding")
	}
	p.line("", strong, summary)
	for _, f := range r.Findings {
		if err := p.finding(f); err != nil {
			return err
		}
	}
	for _, a := range r.Amended {
		p.headline(policy.SeverityWarning, a.Subject, p.amended(a))
		p.line(p.label("from"), faint, p.text("from %s", a.From))
		p.line(p.label("above"), faint, a.At)
	}
	for _, o := range r.Opaque {
		p.headline(p.unproved, o.Service, p.untold(o))
		p.line(p.label("here"), faint, o.At)
	}
	return nil
}

func (p *checkPage) headline(severity policy.Severity, service, what string) {
	look := strong
	if severity == policy.SeverityWarning {
		look = warning
	}
	if s := p.vocabulary.Service(service); s != nil {
		service += p.choose("", " "+s.Name)
	}
	p.line("  ", look, p.text(string(severity))+p.colon()+service+" "+what)
}

// label stands before one fact of a finding.
func (p *checkPage) label(english string) string { return "    " + pad(p.text(english), 9) }

func (p *checkPage) finding(f eldercare.Finding) error {
	named := f
	if m := p.vocabulary.Measure(f.Measure); m != nil {
		named.Measure = p.choose(m.Name, m.Label)
	}
	p.headline(f.Severity, f.Service, p.text(string(f.Kind))+p.colon()+p.shortfall(named))
	p.line(p.label("who"), plain, p.region(f.Region, f.Who))
	witness, err := json.Marshal(f.Witness)
	if err != nil {
		return err
	}
	p.flow(p.label("example"), plain, strings.SplitAfter(string(witness), ","), "")
	p.line(p.label("from"), faint, p.during(f.From, f.Until)+p.text(" (%s)", p.text(string(f.Method))))
	p.line(p.label("here"), faint, f.Child)
	if f.Parent != "" {
		p.line(p.label("above"), faint, f.Parent)
	}
	return nil
}
