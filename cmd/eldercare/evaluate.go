package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

type evaluateOptions struct {
	*common
	jurisdiction string
	assumeKnown  bool
	engine       choice
}

func evaluateCommand(c *common) *cobra.Command {
	o := &evaluateOptions{common: c, engine: choice{of: []string{"table", "opa"}, value: "table"}}
	cmd := &cobra.Command{
		Use:   "evaluate -j ID [FILE|-]",
		Short: "Say what elders are owed",
		Long: `Evaluate reads elders as JSON, from a file or from standard input: one object,
an array of objects, or one object a line. It says of each which services the
elder is entitled to, with amounts and citations, which are possible, and what
must be known to settle them.

A row that is wrong is reported on standard error by file and line; the others
are answered, and the exit code is 2.`,
		Example: `  eldercare evaluate -j hongtong examples/hongtong.json
  echo '{"age": 90}' | eldercare evaluate -j huojia --format json -`,
		Args: atMostOneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args) },
	}
	o.flags(cmd, "table", "json")
	cmd.Flags().StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction")
	cmd.Flags().BoolVar(&o.assumeKnown, "assume-known", false, "take what is missing as false, none or 0 instead of unknown")
	cmd.Flags().Var(&o.engine, "engine", "answer by the decision table, or by plain OPA, the slow reference")
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
	if o.engine.value == "opa" && !o.assumeKnown {
		return errors.New("--engine opa needs --assume-known: plain OPA cannot tell unknown from false")
	}
	in, err := o.open(args)
	if err != nil {
		return err
	}
	defer in.Close()
	engine, err := o.load(ctx, o.jurisdiction)
	if err != nil {
		return err
	}
	rules, err := engine.Rules(ctx, o.jurisdiction, o.day(engine))
	if err != nil {
		return err
	}
	return o.answer(ctx, engine, in, o.writer(engine, rules))
}

// input is a stream of elders with the name that messages give it.
type input struct {
	io.Reader
	name  string
	close func() error
	piped bool // elders may come one by one
}

// Close closes the stream if it is a file.
func (in *input) Close() error { return in.close() }

// open opens the file named, or standard input if that is named by "-", or if none is named and somebody pipes into it.
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

// decisionWriter writes decisions one after the other.
type decisionWriter interface {
	write(d *eldercare.Decision, row elder.Row) error
	flush() error
}

// decisionLines writes decisions as JSON, one a line.
type decisionLines struct{ *jsonLines }

func (l decisionLines) write(d *eldercare.Decision, _ elder.Row) error { return l.value(d) }

func (o *evaluateOptions) writer(engine *eldercare.Engine, rules *eldercare.Ruleset) decisionWriter {
	if o.format.value == "json" {
		return decisionLines{newJSONLines(o.stdout)}
	}
	return newDecisionPage(o.stdout, engine, rules)
}

// answer answers row by row. What is wrong with a row goes to standard error; the others go on.
func (o *evaluateOptions) answer(ctx context.Context, engine *eldercare.Engine, in *input, out decisionWriter) error {
	options := []eldercare.EvalOption{eldercare.On(o.day(engine))}
	if o.assumeKnown {
		options = append(options, eldercare.AssumeKnown())
	}
	if o.engine.value == "opa" {
		options = append(options, eldercare.PlainOPA())
	}
	failed := false
	for row, err := range elder.Read(in) {
		var d *eldercare.Decision
		if err == nil {
			d, err = engine.Evaluate(ctx, o.jurisdiction, row.Elder, options...)
		}
		if err == nil {
			err = out.write(d, row)
		} else {
			failed = true
			err = errors.Join(out.flush(), o.reportRow(in.name, row, err))
		}
		if err == nil && in.piped {
			err = out.flush()
		}
		if err != nil {
			return err
		}
	}
	if err := out.flush(); err != nil {
		return err
	}
	if failed {
		return errReported
	}
	return nil
}

// reportRow prints what is wrong with a row. It gives the error back if it is not the row's fault.
func (o *evaluateOptions) reportRow(file string, row elder.Row, err error) error {
	var unreadable *elder.RowError
	var wrong *eldercare.InputError
	switch {
	case errors.As(err, &unreadable) && unreadable.Err != nil:
		return fmt.Errorf("%s: %w", file, unreadable.Err)
	case errors.As(err, &unreadable):
		fmt.Fprintf(o.stderr, "eldercare: %s:%d: %s\n", file, unreadable.Line, unreadable.Problem)
	case errors.As(err, &wrong):
		fmt.Fprintf(o.stderr, "eldercare: %s:%d: %s\n", file, row.Line, oneLine(wrong.Error()))
	default:
		return err
	}
	return nil
}
