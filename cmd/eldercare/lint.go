package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
)

type lintOptions struct {
	*common
	jurisdiction string
	accepted     bool
}

func lintCommand(c *common) *cobra.Command {
	o := &lintOptions{common: c}
	cmd := &cobra.Command{
		Use:   "lint [-j ID]",
		Short: "Find what is probably wrong in lists and rules",
		Long: `Lint finds branches of rules that overlap with different promises, that nobody
can reach, or that add nothing. It finds elders left out between branches,
parameters that no rule reads, ages and amounts that stand in a rule instead of
a parameter, rules that cannot be proved or have no title, and amounts left open
that the list above states. A rule that takes its amounts from
a table has a branch for each.

A finding is accepted in the list's YAML, with a reason:

  accepted:
    - {code: overlap, subject: old-age-allowance, reason: …}

It looks at every day on which a list or a figure changes. With --on it looks at
that day only, and at the lists in force then. The exit code is 1 when it finds
something that is not accepted, and 2 when there was nothing to look at.`,
		Example: `  eldercare lint
  eldercare lint -j huojia --accepted`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "text", "json", "github", "sarif")
	cmd.Flags().StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction (default all)")
	cmd.Flags().BoolVar(&o.accepted, "accepted", false, "show accepted findings too, with the reasons")
	return cmd
}

func (o *lintOptions) run(ctx context.Context) error {
	engine, err := o.load(ctx) // all lists, as a list below may use a parameter
	if err != nil {
		return err
	}
	ids := []string{o.jurisdiction}
	if o.jurisdiction == "" {
		ids = nil
		for _, j := range engine.Jurisdictions() {
			ids = append(ids, j.ID)
		}
	}
	var findings []eldercare.LintFinding
	found, lists := false, 0
	for _, id := range ids {
		of, err := engine.Lint(ctx, id, eldercare.On(eldercare.Date(o.on)))
		if notYet := new(eldercare.NotInForceError); o.jurisdiction == "" && errors.As(err, &notYet) {
			o.say(notYet.Error())
			continue
		}
		if err != nil {
			return err
		}
		lists++
		for _, f := range of {
			found = found || f.Accepted == ""
			if f.Accepted == "" || o.accepted || o.format.value == "sarif" {
				findings = append(findings, f)
			}
		}
	}
	if lists == 0 {
		return nothingChecked("no list is in force on " + o.on.String())
	}
	if err := o.write(findings, lists); err != nil {
		return err
	}
	if found {
		return errFound
	}
	return nil
}

func (o *lintOptions) write(findings []eldercare.LintFinding, lists int) error {
	switch o.format.value {
	case "json":
		return printJSON(o.stdout, o.lang.forPrograms().lintFindings(findings))
	case "github":
		return writeGitHub(o.stdout, lintProblems(o.lang.forPrograms(), findings))
	case "sarif":
		return writeSARIF(o.stdout, lintProblems(o.lang.forPrograms(), findings))
	}
	p := newPage(o.stdout, o.lang)
	for _, f := range findings {
		p.lintFinding(f)
	}
	if len(findings) == 0 {
		p.line("", plain, p.text("%s, nothing found", p.counted(lists, "list")))
	}
	return p.out.Flush()
}

// lintFinding writes a finding for people.
func (p *page) lintFinding(f eldercare.LintFinding) {
	p.line("", warning, fmt.Sprintf("%s:%d: %s: %s %s", f.Pos.File, f.Pos.Line, p.text(string(f.Severity)), f.Code, f.Subject))
	p.line("  ", plain, p.sentence(f.Message))
	if f.Region != "" {
		p.line(p.fact("who"), plain, p.region(f.Region, f.Who))
	}
	if f.Related.File != "" {
		p.line(p.fact("see"), faint, fmt.Sprintf("%s:%d", f.Related.File, f.Related.Line))
	}
	if !f.From.IsZero() {
		p.line(p.fact("from"), faint, p.during(f.From, f.Until))
	}
	if f.Accepted != "" {
		p.line(p.fact("accepted"), faint, f.Accepted)
	}
}

// fact stands before one fact of a finding.
func (p *page) fact(english string) string { return "  " + pad(p.text(english), 10) }

// during says on which days a finding holds. The last day is the first on which it no longer does.
func (l language) during(from, until eldercare.Date) string {
	if until.IsZero() {
		return from.String()
	}
	return l.text("%s until %s", from, until)
}

// lintFindings returns findings for other programs, with their messages in the language.
func (l language) lintFindings(all []eldercare.LintFinding) []eldercare.LintFinding {
	said := slices.Clone(all)
	for i, f := range said {
		said[i].Message, said[i].Region = l.sentence(f.Message), l.region(f.Region, f.Who)
	}
	return said
}

func lintProblems(in language, findings []eldercare.LintFinding) []problem {
	said := in.lintFindings(findings)
	problems := make([]problem, len(findings))
	for i, f := range findings {
		problems[i] = problem{
			code: f.Code, severity: f.Severity, pos: f.Pos, related: f.Related, accepted: f.Accepted,
			message: lintMessage(language{value: "en"}, f), said: lintMessage(in, said[i]),
		}
	}
	return problems
}

// lintMessage says what a finding is, in one line.
func lintMessage(in language, f eldercare.LintFinding) string {
	if f.Region == "" {
		return f.Subject + ": " + f.Message
	}
	return in.text("%s: %s. Who: %s", f.Subject, f.Message, f.Region)
}
