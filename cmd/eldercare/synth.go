package main

import (
	"context"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/synth"
)

// synthOptions are the flags of synth.
type synthOptions struct {
	*common
	synth.Options
	jurisdiction, out string
	to                choice
}

func synthCommand(c *common) *cobra.Command {
	o := &synthOptions{common: c, to: choice{of: slices.Sorted(maps.Keys(registerFormats))}}
	cmd := &cobra.Command{
		Use:   "synth -n N [--seed S] [-j ID] [-o OUT]",
		Short: "Make up a register of elders",
		Long: `Synth makes up a register to try things on. Nobody is meant: ids begin with SYN,
and the shares of ages, schemes, kinds of hardship and so on are rough orders of
magnitude, chosen so that every condition has some who meet it. They are no
statistics of any place. The same flags and lists give the same register.
Headers and values are Chinese, and with --lang en the names of the vocabulary.

With -j most elders are registered in the jurisdiction, by its code, and nobody
contradicts its rules. Identity numbers, with --id-numbers, are valid, and those
of a county that does not exist.

--dirty has so many cells written as clerks write them: full-width, other forms
of dates, other words, the id of another; and some that nobody can read.
--distinct draws every value as often as any other, and no two elders alike; it
takes some 40 bytes of memory for each.`,
		Example: `  eldercare synth -n 1000 -j hongtong -o register.xlsx
  eldercare synth -n 1000000 --seed 1 --blank 0.2 --dirty 0.02 -o register.csv
  eldercare synth -n 500 -j hongtong --lang en -o elders.ndjson`,
		Args: cobra.NoArgs,
		RunE: c.interruptible(func(ctx context.Context, _ []string) error { return o.run(ctx) }),
	}
	f := cmd.Flags()
	f.IntVarP(&o.Elders, "number", "n", 1000, "how many elders")
	f.Uint64Var(&o.Seed, "seed", 1, "`number` that seeds the random draw")
	f.StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction in which most are registered")
	f.StringVarP(&o.out, "output", "o", "-", "`file` to write; as CSV to standard output without one")
	f.Var(&o.to, "to", "format of the output, where its name does not say")
	f.Float64Var(&o.Blank, "blank", 0, "`share` of cells that are blank, such as 0.2")
	f.Float64Var(&o.Dirty, "dirty", 0, "`share` of cells with something odd or wrong, such as 0.02")
	f.BoolVar(&o.Distinct, "distinct", false, "draw values evenly, and no two elders alike")
	f.BoolVar(&o.IDNumbers, "id-numbers", false, "add citizen identity numbers")
	f.StringArrayVar(&c.dirs, "dir", nil, "`folder` with catalogs/ and rego/ of one's own, laid over the lists that come along")
	f.StringArrayVar(&c.replace, "replace", nil, "let a folder replace the file with this `path`, such as rego/elder.rego")
	f.Var(&c.on, "on", "the day on which the elders have their ages, as `YYYY-MM-DD` (default "+synth.DefaultDay.String()+")")
	return cmd
}

func (o *synthOptions) run(ctx context.Context) error {
	format := o.to.value
	if format == "" && o.out == "-" {
		format = "csv"
	}
	to, err := formatOf(o.out, format, "--to")
	if err != nil {
		return err
	}
	o.English, o.Day = o.lang.forData("zh") == "en", eldercare.Date(o.on)
	_, json := to.(register.NDJSON)
	o.Townships = !json // where a key that is no attribute is an error
	r, err := o.register(ctx)
	if err != nil {
		return err
	}
	var tally synth.Tally
	write := func(out io.Writer) error {
		sink, err := to.Create(ctx, out, r.Columns())
		if err != nil {
			return err
		}
		defer sink.Discard()
		if tally, err = r.Write(ctx, sink); err != nil {
			return err
		}
		return sink.Close()
	}
	if o.out == "-" {
		err = write(o.stdout)
	} else {
		err = writeFile(o.out, 0o644, write)
	}
	if err != nil {
		return err
	}
	o.tell("%d made-up elders (seed %d), %d cells blank, %d odd or wrong", tally.Elders, o.Seed, tally.Blank, tally.Dirty)
	return nil
}

// register is the register asked for.
func (o *synthOptions) register(ctx context.Context) (*synth.Register, error) {
	if o.jurisdiction == "" {
		vocabulary, err := eldercare.LoadVocabulary(o.options()...)
		if err != nil {
			return nil, err
		}
		return synth.New(vocabulary, o.Options)
	}
	engine, err := o.load(ctx, o.jurisdiction)
	if err != nil {
		return nil, err
	}
	day := o.Day
	if day.IsZero() {
		day = synth.DefaultDay
	}
	rules, err := engine.Rules(ctx, o.jurisdiction, day)
	if err != nil {
		return nil, err
	}
	return synth.For(rules, o.Options)
}
