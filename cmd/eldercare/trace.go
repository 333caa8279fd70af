package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare/policy/trace"
)

type traceOptions struct {
	*common
	jurisdiction, source string
	accepted             bool
}

func traceCommand(c *common) *cobra.Command {
	o := &traceOptions{common: c}
	cmd := &cobra.Command{
		Use:   "trace -j ID --source FILE",
		Short: "Hold a list against the text of its document",
		Long: `Trace holds a list against the text of its document: plain text in UTF-8 or
GB18030, or Markdown, with the items of the annex in a table or as numbered
paragraphs. It finds each item and clause that the list cites, and each number
of its parameters in one of the places that they cite: as 80周岁, 百岁, 1.3倍,
1/3, 三分之一, ４０００元, 0.4万元 or 100%; free of charge is 100 %, and half
price 50 %. It names the figures of items that stand in no parameter, and
services whose name the item does not print.

What the list takes over from those above is looked for, too, where it cites the
document. That a rule says what the text says, only a reader can tell.

A finding is accepted in the list's YAML, with a reason, as those of lint are:

  accepted:
    - {code: no-parameter, subject: bath, reason: …}

The exit code is 1 when it finds something that is not accepted, and 2 when the
list cites nothing of the document.`,
		Example: `  eldercare trace -j shili --source 清单.txt --dir mylists`,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "text", "json", "github", "sarif")
	cmd.Flags().StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction")
	cmd.Flags().BoolVar(&o.accepted, "accepted", false, "show accepted findings too, with the reasons")
	cmd.Flags().StringVar(&o.source, "source", "", "`file` with the text of the document")
	return cmd
}

func (o *traceOptions) run(ctx context.Context) error {
	if err := needJurisdiction(o.jurisdiction); err != nil {
		return err
	}
	if o.source == "" {
		return errors.New("name the text of the document with --source")
	}
	content, err := os.ReadFile(o.source)
	if err != nil {
		return err
	}
	text, err := trace.Read(o.source, content)
	if err != nil {
		return err
	}
	engine, err := o.load(ctx, o.jurisdiction)
	if err != nil {
		return err
	}
	report, err := engine.Trace(o.jurisdiction, o.day(engine), text)
	if err != nil {
		return err
	}
	if report.Places == 0 {
		return nothingChecked("the list of " + o.jurisdiction + " cites nothing of its own document")
	}
	open := func(f trace.Finding) bool { return f.Accepted == "" }
	found := slices.ContainsFunc(report.Findings, open)
	if !o.accepted && o.format.value != "sarif" {
		report.Findings = slices.DeleteFunc(report.Findings, func(f trace.Finding) bool { return !open(f) })
	}
	if err := o.write(report); err != nil {
		return err
	}
	if found {
		return errFound
	}
	return nil
}

func (o *traceOptions) write(report *trace.Report) error {
	switch o.format.value {
	case "json":
		findings := slices.Clone(report.Findings)
		for i, f := range findings {
			findings[i].Message = o.lang.forPrograms().sentence(f.Message)
		}
		return printJSON(o.stdout, findings)
	case "github":
		return writeGitHub(o.stdout, traceProblems(o.lang.forPrograms(), report))
	case "sarif":
		return writeSARIF(o.stdout, traceProblems(o.lang.forPrograms(), report))
	}
	p := newPage(o.stdout, o.lang)
	for _, f := range report.Findings {
		p.line("", warning, fmt.Sprintf("%s:%d: %s: %s %s", f.Pos.File, f.Pos.Line, p.text(string(f.Severity)), f.Code, f.Subject))
		p.line("  ", plain, p.sentence(f.Message))
		if f.Related.File != "" {
			p.line(p.fact("see"), faint, fmt.Sprintf("%s:%d", f.Related.File, f.Related.Line))
		}
		if f.Accepted != "" {
			p.line(p.fact("accepted"), faint, f.Accepted)
		}
	}
	if len(report.Findings) == 0 {
		p.line("", plain, p.text("%s and %s found in the text", p.counted(report.Places, "place"), p.counted(report.Figures, "figure")))
	}
	return p.out.Flush()
}

func traceProblems(in language, report *trace.Report) []problem {
	problems := make([]problem, len(report.Findings))
	for i, f := range report.Findings {
		problems[i] = problem{
			code: f.Code, severity: f.Severity, pos: f.Pos, related: f.Related, accepted: f.Accepted,
			message: f.Subject + ": " + f.Message, said: f.Subject + ": " + in.sentence(f.Message),
		}
	}
	return problems
}
