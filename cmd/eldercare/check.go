package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
			o.say(fmt.Sprintf("%s is not checked: %s", r.Jurisdiction, r.Skipped))
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
		lines := newJSONLines(o.stdout)
		for _, r := range reports {
			if err := lines.value(r); err != nil {
				return err
			}
		}
		return lines.flush()
	case "github":
		return writeGitHub(o.stdout, o.problems(reports))
	case "sarif":
		return writeSARIF(o.stdout, o.problems(reports))
	}
	p := &checkPage{newPage(o.stdout), engine.Catalog().Vocabulary, o.unproved()}
	for _, of := range replaced(reports) {
		p.line("", warning, of.message)
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
	problems := replaced(reports)
	for _, r := range reports {
		for _, f := range r.Findings {
			problems = append(problems, problem{
				code: string(f.Kind), severity: f.Severity, pos: f.ChildPos, related: f.ParentPos,
				message: fmt.Sprintf("%s %s %s in %s: %s. Who: %s. When: %s", r.Jurisdiction, compares(f), r.Against, f.Service, shortfall(f), f.Region, span(f)),
			})
		}
		for _, rule := range r.Opaque {
			problems = append(problems, problem{
				code: "tested", severity: o.unproved(), pos: rule.Pos,
				message: fmt.Sprintf("%s against %s: %s is %s", r.Jurisdiction, r.Against, rule.Service, untold(rule)),
			})
		}
	}
	return problems
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

// compares is how a list compares with the one above, by a finding.
func compares(f eldercare.Finding) string {
	if f.Kind == check.Assumed {
		return "is no less than"
	}
	return "falls short of"
}

// shortfall says in what a finding consists.
func shortfall(f eldercare.Finding) string {
	if f.WantBundle != nil {
		return bundleShortfall(f)
	}
	switch f.Kind {
	case check.Omitted:
		return "the list omits the service"
	case check.Narrower:
		return "some elders lose the service"
	case check.Open:
		return fmt.Sprintf("%s is left open, but %s is required", f.Measure, figure(f.Want, f.WantBound, "none"))
	case check.Combined:
		return together(f)
	case check.Shorter:
		return "paid for fewer months: " + calendars(f)
	case check.Lower:
		none := "not promised"
		if f.HaveOpen {
			none = "left open"
		}
		return fmt.Sprintf("%s is %s, but %s is required", f.Measure,
			figure(f.Have, f.HaveBound, cmp.Or(f.HaveOf, none)), figure(f.Want, f.WantBound, cmp.Or(f.WantOf, "an open amount")))
	}
	return f.Note
}

// together says by how much several services together fall short.
func together(f eldercare.Finding) string {
	if f.Unsure && f.Want != nil && f.Have != nil && f.Have.Cmp(*f.Want) >= 0 {
		return fmt.Sprintf("it is not paid together with %s, though it has no number that these outweigh", others(f))
	}
	return fmt.Sprintf("together with %s it comes to %s%s, but %s is required",
		others(f), figure(f.Have, "", "nothing"), inUnit(f.Unit), figure(f.Want, "", "nothing"))
}

// calendars says by which parts of the payment calendar fewer months are paid.
func calendars(f eldercare.Finding) string {
	parts := make([]string, len(f.Calendar))
	for i, part := range f.Calendar {
		parts[i] = fmt.Sprintf("%s %s, but %s is required", part, paymentPart(f.HavePayment, part), paymentPart(f.WantPayment, part))
	}
	return strings.Join(parts, "; ")
}

// paymentPart is what a payment calendar says of a part.
func paymentPart(p *policy.Payment, part policy.PaymentPart) string {
	switch part {
	case policy.PartFrom:
		return cmp.Or(string(p.From), "as by default")
	case policy.PartUntil:
		return cmp.Or(string(p.Until), "as by default")
	case policy.PartBackPay:
		return strconv.Itoa(p.BackPayMonths)
	case policy.PartOnce:
		return strconv.FormatBool(p.Once)
	}
	return cmp.Or(strings.Join(p.Suspended, ", "), "never")
}

// inUnit is a unit behind a number: " a month" of yuan, " times a month".
func inUnit(u policy.Unit) string {
	text := ""
	of, per := u.Parts()
	if !u.Money() {
		text = " " + strings.ReplaceAll(of, "_", " ")
	}
	if per != policy.PerOnce {
		text += " a " + string(per)
	}
	return text
}

// others are the services that are paid together with that of a finding.
func others(f eldercare.Finding) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(f.Services), func(s string) bool { return s == f.Service }), ", ")
}

// bundleShortfall says which bundle of linked measures is required, and which ones elders get
// instead.
func bundleShortfall(f eldercare.Finding) string {
	have := make([]string, len(f.HaveBundles))
	for i, b := range f.HaveBundles {
		have[i] = bundled(f.Measure, b)
	}
	lack := "nothing as good as a whole"
	if f.Kind == check.Open {
		lack = "a part of it left open"
	}
	return fmt.Sprintf("%s is required, %s: %s", bundled(f.Measure, f.WantBundle), lack, cmp.Or(strings.Join(have, "; or "), "no such measure promised"))
}

// bundled returns a bundle of linked measures, in their order.
func bundled(measures string, b eldercare.Bundle) string {
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
		parts = append(parts, measure+" "+figure(p.Value, bound, none))
	}
	return strings.Join(parts, " with ")
}

// figure returns a number that is promised, or another word when there is none.
func figure(d *policy.Decimal, bound policy.Bound, none string) string {
	switch {
	case d == nil:
		return none
	case bound == policy.AtMost:
		return "at most " + d.String()
	case bound == policy.AtLeast:
		return "at least " + d.String()
	}
	return d.String()
}

// span says how long a finding holds. The last day is the first on which it no longer does.
func span(f eldercare.Finding) string {
	if f.Until.IsZero() {
		return "from " + f.From.String()
	}
	return fmt.Sprintf("from %s until %s", f.From, f.Until)
}

// untold says why a service could only be tested.
func untold(o check.Opaque) string {
	return "tested, not proved: " + o.Reason
}

// checkPage writes reports for people.
type checkPage struct {
	*page
	vocabulary *policy.Vocabulary
	unproved   policy.Severity
}

func (p *checkPage) report(r *eldercare.Report) error {
	if r.Against == "" {
		p.line("", faint, r.Jurisdiction+": at the top, nothing to check against")
		return nil
	}
	if r.Skipped != "" {
		p.line("", faint, fmt.Sprintf("%s against %s: %s", r.Jurisdiction, r.Against, r.Skipped))
		return nil
	}
	summary := fmt.Sprintf("%s against %s: %s proved", r.Jurisdiction, r.Against, counted(r.Proved, "service"))
	if r.Tested > 0 {
		passed := slices.DeleteFunc(slices.Clone(r.TestedServices), r.Fails)
		summary += fmt.Sprintf(", %d tested, not proved (%s)", r.Tested, strings.Join(passed, ", "))
	}
	if len(r.Findings) > 0 {
		summary += ", " + counted(len(r.Findings), "finding")
	}
	p.line("", strong, summary)
	for _, f := range r.Findings {
		if err := p.finding(f); err != nil {
			return err
		}
	}
	for _, o := range r.Opaque {
		p.headline(p.unproved, o.Service, untold(o))
		p.line("    here     ", faint, o.At)
	}
	return nil
}

func (p *checkPage) headline(severity policy.Severity, service, what string) {
	look := strong
	if severity == policy.SeverityWarning {
		look = warning
	}
	if s := p.vocabulary.Service(service); s != nil {
		service += " " + s.Name
	}
	p.line("  ", look, fmt.Sprintf("%s: %s %s", severity, service, what))
}

func (p *checkPage) finding(f eldercare.Finding) error {
	p.headline(f.Severity, f.Service, fmt.Sprintf("%s: %s", f.Kind, shortfall(f)))
	p.line("    who      ", plain, f.Region)
	witness, err := json.Marshal(f.Witness)
	if err != nil {
		return err
	}
	p.flow("    example  ", plain, strings.SplitAfter(string(witness), ","), "")
	p.line("    from     ", faint, fmt.Sprintf("%s (%s)", strings.TrimPrefix(span(f), "from "), f.Method))
	p.line("    here     ", faint, f.Child)
	if f.Parent != "" {
		p.line("    above    ", faint, f.Parent)
	}
	return nil
}
