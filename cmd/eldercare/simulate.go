package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/simulate"
)

// simulateOptions are the flags of simulate.
type simulateOptions struct {
	rows
	registerFlags
	with    string
	against dateFlag
	errors  string
}

func simulateCommand(c *common) *cobra.Command {
	o := &simulateOptions{rows: rows{common: c}, registerFlags: newRegisterFlags()}
	cmd := &cobra.Command{
		Use:   "simulate -j ID [--with DIR] [--against YYYY-MM-DD] [IN|-]",
		Short: "Compare what a register is owed today and by a draft",
		Long: `Simulate answers a register twice, by the lists of today and by a draft, or on
two days, and says who wins, who loses and what it costs, with an example of
each kind. That nobody loses is counted on the register, and proved over all
elders where it can be.

A draft is a folder with catalogs/ and rego/, as --dir takes; what it has in
common with the lists of today it replaces. --on is the day before, and
--against the day after, by default the same. The answer is for those who decide
on the lists: it hides no small figure.

It ends with 1 when somebody in the register loses, or rows are refused.`,
		Example: `  eldercare simulate -j hongtong --with draft register.csv
  eldercare simulate -j hongtong --with draft --format html in.csv > out.html
  eldercare simulate -j hongtong --on 2026-01-01 --against 2027-01-01 in.xlsx`,
		Args: atMostOneFile,
		RunE: c.interruptible(o.run),
	}
	o.rows.flags(cmd, "text", "json", "html", "markdown")
	o.registerFlags.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.with, "with", "", "`folder` with the draft")
	f.Var(&o.against, "against", "the day after, as `YYYY-MM-DD` (default that of --on)")
	f.StringVar(&o.errors, "errors", "", "`file` for rows that are refused")
	return cmd
}

func (o *simulateOptions) run(ctx context.Context, args []string) error {
	if err := needJurisdiction(o.jurisdiction); err != nil {
		return err
	}
	if o.with == "" && eldercare.Date(o.against).IsZero() {
		return errors.New("name a draft with --with, or another day with --against")
	}
	f, err := o.openRegister(ctx, o.common, args, o.errors)
	if err != nil {
		return err
	}
	defer f.Close()
	before, after, places, err := o.sides(ctx)
	if err != nil {
		return err
	}
	if err := f.understand(ctx, after, register.Options{MaxErrors: -1, Places: places}); err != nil {
		return err
	}
	s, err := simulate.New(ctx, before, after, f.Register, simulate.Options{English: o.lang.namedInEnglish(o.format.value)})
	if err != nil {
		return err
	}
	return o.compare(ctx, f, s)
}

// sides are the rules before and after.
func (o *simulateOptions) sides(ctx context.Context) (before, after *eldercare.Ruleset, places []eldercare.Jurisdiction, err error) {
	today, err := o.engine(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	on := o.day(today)
	if before, err = today.Rules(ctx, o.jurisdiction, on); err != nil {
		return nil, nil, nil, err
	}
	if day := eldercare.Date(o.against); !day.IsZero() {
		on = day
	}
	then := today
	if o.with != "" {
		if then, err = o.over(ctx, o.with, eldercare.WithDir(o.with), o.jurisdiction); err != nil {
			return nil, nil, nil, err
		}
	}
	after, err = then.Rules(ctx, o.jurisdiction, on)
	return before, after.AssumeKnown(o.assumeKnown), then.Jurisdictions(), err
}

// compare answers the register and prints what changes.
func (o *simulateOptions) compare(ctx context.Context, f *registerFile, s *simulate.Simulation) error {
	var refused wholeFile = stream{io.Discard}
	if o.errors != "" {
		var err error
		if refused, err = register.CreateFile(o.errors, 0o600); err != nil {
			return err
		}
	}
	defer refused.Discard()
	tally, err := f.answer(ctx, register.CSV{}, io.Discard, refused, s.Problem)
	if err != nil && ctx.Err() != nil {
		o.tell("stopped after %s; nothing is compared", o.lang.counted(tally.Rows, "row"))
		return errReported
	}
	if err != nil {
		return err
	}
	if err := refused.Commit(); err != nil {
		return err
	}
	report := s.Report(tally)
	if err := o.print(report); err != nil {
		return err
	}
	if tally.Refused > 0 || report.Losers+report.Both+report.NotBefore > 0 {
		return errFound
	}
	return nil
}

func (o *simulateOptions) print(r *simulate.Report) error {
	switch o.format.value {
	case "json":
		return printJSON(o.stdout, []*simulate.Report{r})
	case "html":
		return simulate.HTML(o.stdout, r, o.lang.value)
	case "markdown":
		return simulate.Markdown(o.stdout, r, o.lang.value)
	}
	return printTables(o.stdout, r.Page(o.lang.value))
}
