package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare/internal/pages"
	"github.com/basic-eldercare/eldercare/policy/site"
)

type siteOptions struct {
	*common
	output string
}

func siteCommand(c *common) *cobra.Command {
	o := &siteOptions{common: c}
	cmd := &cobra.Command{
		Use:   "site -o DIR",
		Short: "Write the calculator and the lists as a static site",
		Long: `Site writes a folder of pages, in Chinese and under en/ in English: for each
jurisdiction a calculator that asks one question after the other and a notice to
print, its list with the rules in words and the history of its figures, what it
adds to and takes from the list above, and any two lists side by side.

The answers are computed in the browser, from answers exported as data: nothing
that is entered leaves the device or is kept. The pages ask for nothing from
elsewhere. Any web space will do, or open index.html from a disk.

The site is of the day of --on: write it anew for another day. DIR must be new
or empty; it is there whole in the end, or as it was. A jurisdiction of which a
rule is no list of conditions on single attributes has no calculator.

docs/site.md says more.`,
		Example: `  eldercare site -o site
  eldercare site -o site --dir mylists --on 2026-01-01`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "html")
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "`folder` to write, new or empty")
	return cmd
}

func (o *siteOptions) run(ctx context.Context) error {
	if o.output == "" {
		return errors.New("name a folder with -o")
	}
	if err := site.Writable(o.output); err != nil {
		return err
	}
	engine, err := o.load(ctx)
	if err != nil {
		return err
	}
	s, err := pages.Of(ctx, engine, o.day(engine))
	if err != nil {
		return err
	}
	if len(s.LeftOut) > 0 {
		o.tell("some places have no calculator: %s", o.lang.sentence(s.LeftOut.Error()))
	}
	return s.Write(o.output)
}
