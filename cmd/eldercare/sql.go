package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/sql"
	"github.com/basic-eldercare/eldercare/policy/sql/postgres"
)

type sqlOptions struct {
	*common
	registerFlags
	jurisdiction string
	dialect      choice
	partial      bool
	dsn, schema  string
	results      string
	batch        int
	imports      string
	errors       string
}

func sqlCommand(c *common) *cobra.Command {
	o := &sqlOptions{common: c, registerFlags: newRegisterFlags()}
	cmd := &cobra.Command{
		Use:   "sql -j ID --dialect DIALECT",
		Short: "Print a list as SQL, for the database that holds the register",
		Long: `Sql prints one script of SQL that decides for all elders of a table where they
are. It makes the table elder where there is none: id, the attributes by name,
NULL for unknown, and birth_date. Over it stand views:

  decision        one row an elder: of each service entitled, possible,
                  discretionary or NULL, the certain amounts as
                  <service>__<measure> (money in fen) and what they could be as
                  ..__up_to, and monthly_fen with monthly_bound
  decision_long   one row for each elder, service and measure
  decision_total  counts and sums in one row
  refused         who has no decision, with the code of the reason

The answers are those of this program, for elders with blanks, too. They are of
the day of --on: print the script anew for another day; the table stays, the
views are made anew. For PostgreSQL, SQLite and DuckDB all of it is one
transaction; let the client stop at an error.

A rule that is no list of conditions on single attributes cannot be written so:
that is an error with its place. With --partial its service has no column; then
the monthly sum is a floor.

With --run the script is not printed, but run on a PostgreSQL, in a schema of
its own. --import then copies a register, read as roster reads it, into the
table elder: rows that are refused go to FILE.errors.csv, and an elder who is
there with the same id is replaced. --results keeps the decisions as a table,
and the refused as TABLE__refused. It goes from batch to batch; a run that was
interrupted goes on where it was, and the tables before stay until all is done.
The password may come from PGPASSWORD or ~/.pgpass.

docs/sql.md says more.`,
		Example: `  eldercare sql -j hongtong | psql -v ON_ERROR_STOP=1 register
  eldercare sql -j hongtong --dialect sqlite --on 2026-01-01 > views.sql
  eldercare sql -j hongtong --run postgres://clerk@localhost/register \
      --import register.csv --results owed`,
		Args: cobra.NoArgs,
		RunE: c.interruptible(func(ctx context.Context, _ []string) error { return o.run(ctx) }),
	}
	o.common.flags(cmd, "sql")
	o.registerFlags.flags(cmd)
	for _, d := range sql.Dialects() {
		o.dialect.of = append(o.dialect.of, string(d))
	}
	o.dialect.value = string(sql.PostgreSQL)
	f := cmd.Flags()
	f.StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction to answer for")
	f.Var(&o.dialect, "dialect", "kind of SQL; mysql is MariaDB's and TiDB's, too")
	f.BoolVar(&o.partial, "partial", false, "leave out services with a rule that cannot be written as SQL")
	f.StringVar(&o.dsn, "run", "", "run the script on the PostgreSQL of this `connection` string")
	f.StringVar(&o.schema, "schema", "eldercare", "`name` of the schema for the table and the views")
	f.StringVar(&o.imports, "import", "", "`file` to copy into the table elder, or - for standard input")
	f.StringVar(&o.errors, "errors", "", "`file` for rows that are not imported (default FILE.errors.csv)")
	f.StringVar(&o.results, "results", "", "`name` of a table to keep decisions in")
	f.IntVar(&o.batch, "batch", postgres.DefaultBatch, "how many elders are decided at a time for --results")
	return cmd
}

// agree refuses flags that do not go together.
func (o *sqlOptions) agree() error {
	switch {
	case o.jurisdiction == "":
		return needJurisdiction("")
	case o.dsn == "" && (o.imports != "" || o.results != ""):
		return errors.New("--import and --results need a PostgreSQL: name it with --run")
	case o.dsn != "" && o.dialect.value != string(sql.PostgreSQL):
		return errors.New("--run is for PostgreSQL alone: print the script, and give it to the database's own client")
	case o.errors != "" && o.imports == "":
		return errors.New("--errors is for rows of --import")
	case o.batch < 1:
		return errors.New("--batch must be at least 1")
	}
	return nil
}

func (o *sqlOptions) run(ctx context.Context) error {
	if err := o.agree(); err != nil {
		return err
	}
	engine, err := o.load(ctx, o.jurisdiction)
	if err != nil {
		return err
	}
	rules, err := engine.Rules(ctx, o.jurisdiction, o.day(engine))
	if err != nil {
		return err
	}
	script, err := sql.New(ctx, rules, sql.Options{Dialect: sql.Dialect(o.dialect.value), Partial: o.partial})
	if err != nil {
		return err
	}
	if len(script.LeftOut) > 0 {
		o.tell("left out, as one of their rules is opaque: %s", strings.Join(script.LeftOut, ", "))
	}
	if o.dsn == "" {
		_, err = script.WriteTo(o.stdout)
		return err
	}
	return o.runOn(ctx, engine, rules, script)
}

// runOn runs the script on the database, and what else is asked for.
func (o *sqlOptions) runOn(ctx context.Context, engine *eldercare.Engine, rules *eldercare.Ruleset, script *sql.Script) error {
	database, err := postgres.Open(ctx, o.dsn, o.schema)
	if err != nil {
		return err
	}
	defer database.Close(context.WithoutCancel(ctx))
	if err := database.Make(ctx, script); err != nil {
		return err
	}
	o.tell("the table elder and the views are in the schema %s", o.schema)
	var refused int64
	if o.imports != "" {
		n, err := o.copyElders(ctx, database, engine, rules, script)
		if err != nil {
			return err
		}
		refused += n
	}
	if o.results != "" {
		n, err := o.keepResults(ctx, database, script)
		if err != nil {
			return err
		}
		refused += n
	}
	if refused > 0 {
		return errFound
	}
	return nil
}
