package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare/policy/sql"
)

type sqlOptions struct {
	*common
	jurisdiction string
	dialect      choice
	partial      bool
}

func sqlCommand(c *common) *cobra.Command {
	o := &sqlOptions{common: c}
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

docs/sql.md says more.`,
		Example: `  eldercare sql -j hongtong | psql -v ON_ERROR_STOP=1 register
  eldercare sql -j hongtong --dialect sqlite --on 2026-01-01 > views.sql`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "sql")
	for _, d := range sql.Dialects() {
		o.dialect.of = append(o.dialect.of, string(d))
	}
	o.dialect.value = string(sql.PostgreSQL)
	cmd.Flags().StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction to answer for")
	cmd.Flags().Var(&o.dialect, "dialect", "kind of SQL; mysql is MariaDB's and TiDB's, too")
	cmd.Flags().BoolVar(&o.partial, "partial", false, "leave out services with a rule that cannot be written as SQL")
	return cmd
}

func (o *sqlOptions) run(ctx context.Context) error {
	if err := needJurisdiction(o.jurisdiction); err != nil {
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
		o.say(fmt.Sprintf("left out, as a rule of theirs is opaque: %s", strings.Join(script.LeftOut, ", ")))
	}
	_, err = script.WriteTo(o.stdout)
	return err
}
