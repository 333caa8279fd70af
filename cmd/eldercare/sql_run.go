package main

import (
	"context"
	"errors"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/sql"
	"github.com/basic-eldercare/eldercare/policy/sql/postgres"
)

// copyElders copies the register that --import names into the table of elders, and gives the number
// of rows that are refused.
func (o *sqlOptions) copyElders(ctx context.Context, to *postgres.Database, engine *eldercare.Engine, rules *eldercare.Ruleset, script *sql.Script) (int64, error) {
	f, err := o.openRegister(ctx, o.common, []string{o.imports}, o.errorsName())
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if err := f.understand(ctx, rules, register.Options{Places: engine.Jurisdictions()}); err != nil {
		return 0, err
	}
	f.sayIgnored()
	var refused wholeFile = stream{o.stderr}
	if name := o.errorsName(); name != "" {
		if refused, err = register.CreateFile(name, 0o600); err != nil {
			return 0, err
		}
	}
	defer refused.Discard()
	wrong, err := register.NewProblems(refused)
	if err != nil {
		return 0, err
	}
	n, err := to.Import(ctx, script, rules.Table.Space, register.NewPeople(f.Register), o.explained(wrong.Write))
	if err != nil {
		o.tell("stopped after %s; none is imported", o.lang.counted(int(n.Rows), "row"))
		return 0, stopped(err)
	}
	if err := errors.Join(wrong.Close(), refused.Commit()); err != nil {
		return 0, err
	}
	text := o.lang.text("%d rows = %d added + %d replaced + %d refused + %d blank", n.Rows, n.Added, n.Replaced, n.Refused, n.Blank)
	if name := o.errorsName(); name != "" && name != "-" && n.Refused > 0 {
		text += o.lang.text("; see %s", name)
	}
	o.say(text)
	return n.Refused, nil
}

// errorsName returns the name of the file for rows that are not imported, empty for none.
func (o *sqlOptions) errorsName() string {
	if o.errors != "" || o.imports == "-" {
		return o.errors
	}
	return o.imports + ".errors.csv"
}

// keepResults keeps decisions as tables, and gives the number of elders who are refused.
func (o *sqlOptions) keepResults(ctx context.Context, in *postgres.Database, script *sql.Script) (int64, error) {
	seen, hide := o.batches()
	n, err := in.Refresh(ctx, script, postgres.Results{Table: o.results, Batch: o.batch, Seen: seen})
	hide()
	if err != nil {
		o.tell("stopped after %d elders = %d decided + %d refused; the results before stay, and the same command goes on from here",
			n.Elders, n.Decided, n.Refused)
		return 0, stopped(err)
	}
	text := o.lang.text("%d elders = %d decided + %d refused", n.Elders, n.Decided, n.Refused)
	if n.Resumed {
		text += o.lang.text(", some of them before an interruption")
	}
	o.say(text)
	if n.Elders != n.Register {
		o.tell("the register changed during the run and now has %d elders; run it again", n.Register)
	}
	return n.Refused, nil
}

// stopped is why something stopped, of which a person who stopped it is told enough.
func stopped(err error) error {
	if errors.Is(err, context.Canceled) {
		return errReported
	}
	return err
}
