package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/diff"
)

// diffOptions are the flags of diff.
type diffOptions struct {
	*common
	lang choice
}

func diffCommand(c *common) *cobra.Command {
	o := &diffOptions{common: c, lang: languages()}
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two lists, service by service",
		Long: `Diff compares what the residents of B are owed with what those of A are: of each
service whether it is equivalent, stronger, weaker, different (both), added or
omitted, for whom, and from which amount to which. It is proved over all elders,
with one of them as an example that plain OPA confirms. A service with a rule
that cannot be proved is tested, and says so.

A and B are jurisdictions, each with a day behind @ if it is not that of --on.`,
		Example: `  eldercare diff shuozhou hongtong
  eldercare diff hongtong@2024-06-01 hongtong
  eldercare diff shuozhou hongtong --format html > diff.html`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args[0], args[1]) },
	}
	o.flags(cmd, "text", "json", "markdown", "html")
	cmd.Flags().Var(&o.lang, "lang", "language of the report")
	return cmd
}

// operand is one side as it was named.
type operand struct {
	jurisdiction string
	on           eldercare.Date // zero when no day is named
}

func parseOperand(text string) (operand, error) {
	name, day, dated := strings.Cut(text, "@")
	o := operand{jurisdiction: name}
	if name == "" {
		return o, errors.New("name two jurisdictions; \"eldercare list\" shows them")
	}
	if !dated {
		return o, nil
	}
	return o, o.on.UnmarshalText([]byte(day))
}

func (o *diffOptions) run(ctx context.Context, textA, textB string) error {
	a, err := parseOperand(textA)
	if err != nil {
		return err
	}
	b, err := parseOperand(textB)
	if err != nil {
		return err
	}
	engine, err := o.load(ctx, a.jurisdiction, b.jurisdiction)
	if err != nil {
		return err
	}
	r, err := engine.Diff(ctx, a.jurisdiction, b.jurisdiction, eldercare.On(o.dayOf(engine, a)), eldercare.BOn(o.dayOf(engine, b)))
	if err != nil {
		return err
	}
	return o.print(r)
}

// dayOf returns the day that an operand names, else that of the command.
func (o *diffOptions) dayOf(engine *eldercare.Engine, of operand) eldercare.Date {
	if of.on.IsZero() {
		return o.day(engine)
	}
	return of.on
}

func (o *diffOptions) print(r *eldercare.Diff) error {
	switch o.format.value {
	case "json":
		return printJSON(o.stdout, []*eldercare.Diff{r})
	case "html":
		return diff.HTML(o.stdout, r, o.lang.value)
	case "markdown":
		return diff.Markdown(o.stdout, r, o.lang.value)
	}
	return printRecords(o.stdout, r.Page(o.lang.value))
}
