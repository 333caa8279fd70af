package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
)

type checkOptions struct {
	*common
	jurisdiction string
	all          bool
	against      string
	strict       bool
	verify       bool
}

func checkCommand(c *common) *cobra.Command {
	o := &checkOptions{common: c}
	cmd := &cobra.Command{
		Use:   "check {-j ID | --all} [--against ID]",
		Short: "Prove that a list undercuts nothing, or show who would lose",
		Long: `Check proves, over all elders, that what a list declares is at least what the
residents of the jurisdiction above are owed: every service, every measure.
Where it is not, it shows who loses, and an elder as an example, whom plain OPA
confirms.

It looks at every day on which a list or a figure of either side changes; with
--on at that day only. An amount that is left open where the list above states a
number is a warning, since the floor of the list above still holds.

The exit code is 1 when somebody would lose; with --strict also when a service
could only be tested, not proved.`,
		Example: `  eldercare check --all
  eldercare check -j hongtong --against shuozhou
  eldercare check --all --dir mylists --format sarif`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "text", "json", "github", "sarif")
	cmd.Flags().StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction whose list is checked")
	cmd.Flags().BoolVar(&o.all, "all", false, "check every list against the one above it")
	cmd.Flags().StringVar(&o.against, "against", "", "`id` of the jurisdiction to check against, instead of the one above")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "let services fail that could only be tested")
	cmd.Flags().BoolVar(&o.verify, "verify", false, "replay the proof by plain OPA on all representative elders (slow)")
	return cmd
}

func (o *checkOptions) run(ctx context.Context) error {
	if o.all == (o.jurisdiction != "") {
		return errors.New("name one jurisdiction with -j, or all with --all")
	}
	if o.all && o.against != "" {
		return errors.New("--against goes with -j")
	}
	engine, reports, err := o.reports(ctx)
	if err != nil {
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

// reports loads what is needed, and checks.
func (o *checkOptions) reports(ctx context.Context) (*eldercare.Engine, []*eldercare.Report, error) {
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

func (o *checkOptions) checkOptions() []eldercare.CheckOption {
	var options []eldercare.CheckOption
	if o.against != "" {
		options = append(options, eldercare.Against(o.against))
	}
	if day := eldercare.Date(o.on); !day.IsZero() {
		options = append(options, eldercare.CheckOn(day))
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
		return writeGitHub(o.stdout, checkProblems(reports))
	case "sarif":
		return writeSARIF(o.stdout, checkProblems(reports))
	}
	p := &checkPage{newPage(o.stdout), engine.Catalog().Vocabulary}
	for _, r := range reports {
		if err := p.report(r); err != nil {
			return err
		}
	}
	return p.out.Flush()
}

func checkProblems(reports []*eldercare.Report) []problem {
	var problems []problem
	for _, r := range reports {
		for _, f := range r.Findings {
			problems = append(problems, problem{
				code: string(f.Kind), severity: f.Severity, pos: f.ChildPos, related: f.ParentPos,
				message: fmt.Sprintf("%s falls short of %s in %s: %s. Who: %s", r.Jurisdiction, r.Against, f.Service, shortfall(f), f.Region),
			})
		}
	}
	return problems
}

// shortfall says in what a finding consists.
func shortfall(f eldercare.Finding) string {
	number := func(d *policy.Decimal, none string) string {
		if d == nil {
			return none
		}
		return d.String()
	}
	switch {
	case f.Measure == "" && f.Kind == "omitted":
		return "the list omits the service"
	case f.Measure == "":
		return "some elders lose the service"
	case f.Kind == "open":
		return fmt.Sprintf("%s is left open, %s wanted", f.Measure, number(f.Want, "none"))
	}
	return fmt.Sprintf("%s is %s, %s wanted", f.Measure, number(f.Have, "not promised"), number(f.Want, "an open amount"))
}

// checkPage writes reports for people.
type checkPage struct {
	*page
	vocabulary *policy.Vocabulary
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
		summary += fmt.Sprintf(", %d tested, not proved (%s)", r.Tested, strings.Join(r.TestedServices, ", "))
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
	return nil
}

func (p *checkPage) finding(f eldercare.Finding) error {
	look := strong
	if f.Severity == policy.SeverityWarning {
		look = warning
	}
	name := ""
	if s := p.vocabulary.Service(f.Service); s != nil {
		name = s.Name + " "
	}
	p.line("  ", look, fmt.Sprintf("%s: %s %s%s: %s", f.Severity, f.Service, name, f.Kind, shortfall(f)))
	p.line("    who      ", plain, f.Region)
	witness, err := json.Marshal(f.Witness)
	if err != nil {
		return err
	}
	p.flow("    example  ", plain, strings.SplitAfter(string(witness), ","), "")
	p.line("    from     ", faint, f.From.String()+" ("+string(f.Method)+")")
	p.line("    here     ", faint, f.Child)
	p.line("    above    ", faint, f.Parent)
	return nil
}
