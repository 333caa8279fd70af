package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/serve"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

type evaluateOptions struct {
	rows
	by       choice // the engine that answers
	from, to monthFlag
}

func evaluateCommand(c *common) *cobra.Command {
	o := &evaluateOptions{rows: rows{common: c}, by: choice{of: []string{"table", "opa"}, value: "table"}}
	cmd := &cobra.Command{
		Use:   "evaluate -j ID [FILE|-]",
		Short: "Show what elders are owed",
		Long: `Evaluate reads elders as JSON, from a file or from standard input: one object,
an array of objects, or one object a line. Keys and values may be Chinese, as in
{"年龄": 80, "救助类别": "低保"}. For each elder it shows the services that the
elder is entitled to, with amounts and citations. It also shows which services
are possible, and what must be known to settle them.

With --from and --to it answers month by month: what is owed, what is possible,
and where a birthday or a new figure changes it. The elder's state on one day
decides the month. That is the first unless a list says otherwise. Months before
the first list are named but not answered. It is an error if no month is left.

With --format markdown or html it writes a notice for the elder or the file.
Identity numbers in an elder's id are masked wherever people read them. With
--format json the id stays as given, for programs that join on it.

A wrong row is reported on standard error with file, line, which elder it is and
the id. The others are answered, and the exit code is 2. The last line then says
how many were answered and how many refused. With --format json an object with
"error" stands in the place of the answer, as serve has it.`,
		Example: `  eldercare evaluate -j hongtong examples/hongtong.json
  echo '{"age": 90}' | eldercare evaluate -j huojia --format json -
  eldercare evaluate -j shuozhou --from 2026-01 --to 2027-12 elders.json
  eldercare evaluate -j hongtong --format html elders.json > notice.html`,
		Args: atMostOneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.agree(); err != nil {
				return err
			}
			return o.run(cmd.Context(), args)
		},
	}
	o.flags(cmd, "table", "json", "markdown", "html")
	cmd.Flags().Var(&o.by, "engine", "answer by the decision table, or by plain OPA, the slow reference")
	cmd.Flags().Var(&o.from, "from", "first month of a timeline, as `YYYY-MM`")
	cmd.Flags().Var(&o.to, "to", "last month of a timeline, as `YYYY-MM`")
	return cmd
}

func atMostOneFile(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("give one FILE, not %d", len(args))
	}
	return nil
}

func (o *evaluateOptions) run(ctx context.Context, args []string) error {
	if err := needJurisdiction(o.jurisdiction); err != nil {
		return err
	}
	in, err := o.open(args)
	if err != nil {
		return err
	}
	defer in.Close()
	switch {
	case o.overMonths():
		return o.timelines(ctx, in)
	case o.asNotice():
		return o.notices(ctx, in)
	}
	return o.decisions(ctx, in)
}

// overMonths reports whether a timeline is wanted.
func (o *evaluateOptions) overMonths() bool { return o.from.given() || o.to.given() }

// asNotice reports whether notices are wanted.
func (o *evaluateOptions) asNotice() bool {
	return o.format.value == "markdown" || o.format.value == "html"
}

// agree refuses flags that mean nothing next to the others.
func (o *evaluateOptions) agree() error {
	if o.by.value == "opa" && (o.overMonths() || o.asNotice()) {
		return errors.New("--engine opa answers for one day, as a table or as JSON")
	}
	return nil
}

// input is a stream of elders with the name that messages use for it.
type input struct {
	io.Reader
	name  string
	close func() error
	piped bool // elders may come one by one
}

// Close closes the stream if it is a file.
func (in *input) Close() error { return in.close() }

// open opens the named file. It opens standard input when the name is "-", or when none is given
// and somebody pipes into it.
func (c *common) open(args []string) (*input, error) {
	if len(args) == 0 && isTerminal(c.stdin) {
		return nil, errors.New("name a FILE of elders, or - for standard input")
	}
	if len(args) == 0 || args[0] == "-" {
		return &input{Reader: c.stdin, name: "stdin", close: func() error { return nil }, piped: true}, nil
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, err
	}
	return &input{Reader: f, name: args[0], close: f.Close}, nil
}

// decisionWriter writes decisions one after another.
type decisionWriter interface {
	write(d *eldercare.Decision, row elder.Row) error
	flush() error
}

// decisionLines writes decisions as JSON, one on a line.
type decisionLines struct{ *jsonLines }

func (l decisionLines) write(d *eldercare.Decision, _ elder.Row) error { return l.value(d) }

func (o *evaluateOptions) writer(engine *eldercare.Engine, rules *eldercare.Ruleset) decisionWriter {
	if o.format.value == "json" {
		out := newJSONLines(o.stdout)
		o.instead = func(who serve.Refused) error { return out.value(who) }
		return decisionLines{out}
	}
	return newDecisionPage(o.stdout, o.lang, engine, rules)
}

// decisions answers row by row.
func (o *evaluateOptions) decisions(ctx context.Context, in *input) error {
	engine, err := o.engine(ctx)
	if err != nil {
		return err
	}
	rules, err := o.rules(ctx, engine)
	if err != nil {
		return err
	}
	if o.format.value == "json" && o.by.value == "table" {
		return o.lines(ctx, in, rules)
	}
	options := []eldercare.EvalOption{eldercare.On(rules.On)}
	if o.assumeKnown {
		options = append(options, eldercare.AssumeKnown())
	}
	if o.by.value == "opa" {
		options = append(options, eldercare.PlainOPA())
	}
	out := o.writer(engine, rules)
	return o.each(in, out.flush, o.read(func(row elder.Row) error {
		d, err := engine.Evaluate(ctx, o.jurisdiction, row.Elder, options...)
		if err != nil {
			return err
		}
		return out.write(d, row)
	}))
}

// lines answers in JSON, row by row, without going through maps. It reads an elder straight into
// cells, and composes a decision from answers that are JSON already.
func (o *evaluateOptions) lines(ctx context.Context, in *input, rules *eldercare.Ruleset) error {
	out := newJSONLines(o.stdout)
	o.instead = func(who serve.Refused) error { return out.value(who) }
	var line []byte
	return o.each(in, out.flush, func(raw elder.Raw) error {
		p, err := o.encode(rules, raw)
		if err != nil {
			return err
		}
		if line, err = rules.AppendJSON(ctx, line[:0], &p); err != nil {
			return err
		}
		return out.line(line)
	})
}

// encode reads an elder straight into cells. Where that cannot be done, it goes through a map and
// the words that people use.
func (o *evaluateOptions) encode(rules *eldercare.Ruleset, raw elder.Raw) (elder.Profile, error) {
	if p, ok := rules.EncodeJSON(raw.JSON); ok {
		return p, nil
	}
	row, err := o.words.Row(raw)
	if err != nil {
		return elder.Profile{}, err
	}
	return rules.Encode(row.Elder)
}
