// Package postgres runs a list as SQL on a PostgreSQL server. It makes the table and the views,
// fills the table from a register, and keeps decisions as a table.
//
// No error repeats what an elder has, or a password. Of the server's messages, it shows only what
// cannot hold values of rows.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// Database is a schema of a PostgreSQL server, for use by one goroutine.
type Database struct {
	conn   *pgx.Conn
	schema string
}

// Open connects to a schema of the database that a connection string names.
func Open(ctx context.Context, dsn, schema string) (*Database, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil { // an error that may repeat the password
		return nil, policy.Errorf("wrong-connection", "this is not a connection string of PostgreSQL: write postgres://user@host:5432/database, or host=… dbname=…; "+
			"the password may come from PGPASSWORD or ~/.pgpass")
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "eldercare"
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, told("connect", err)
	}
	return &Database{conn, schema}, nil
}

// Close ends the connection.
func (d *Database) Close(ctx context.Context) error { return told("disconnect", d.conn.Close(ctx)) }

// Make makes the schema, and in it the table and the views of a script, in one transaction.
func (d *Database) Make(ctx context.Context, s *sql.Script) error {
	if s.Dialect != sql.PostgreSQL {
		return policy.CallError(fmt.Sprintf("a script of %s is not for PostgreSQL", s.Dialect))
	}
	return d.within(ctx, func(tx transaction) error {
		var there bool
		if err := tx.row("look for the schema", "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)", d.schema).to(&there); err != nil {
			return err
		}
		if !there { // who may not make schemas may use one
			if _, err := tx.do("make the schema", "CREATE SCHEMA "+quoted(d.schema)); err != nil {
				return err
			}
		}
		return tx.run(quoted(d.schema), s.Statements())
	})
}

// transaction is a transaction whose errors are told.
type transaction struct {
	ctx context.Context
	tx  pgx.Tx
}

// within calls do in a transaction that sees the database as it is when the transaction begins.
func (d *Database) within(ctx context.Context, do func(transaction) error) error {
	tx, err := d.conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		return told("begin", err)
	}
	if err := do(transaction{ctx, tx}); err != nil {
		_ = tx.Rollback(context.WithoutCancel(ctx)) // what is wrong is told already
		return err
	}
	return told("commit", tx.Commit(ctx))
}

// do executes a statement and returns the number of its rows.
func (t transaction) do(what, query string, args ...any) (int64, error) {
	tag, err := t.tx.Exec(t.ctx, query, args...)
	return tag.RowsAffected(), told(what, err)
}

// run executes statements in a schema.
func (t transaction) run(schema string, statements []sql.Statement) error {
	if _, err := t.do("enter the schema", "SET LOCAL search_path TO "+schema); err != nil {
		return err
	}
	for _, st := range statements {
		if _, err := t.do("make or drop "+st.Name, st.Text); err != nil {
			return err
		}
	}
	return nil
}

// answer is the one row that a query returns.
type answer struct {
	what string
	row  pgx.Row
}

func (t transaction) row(what, query string, args ...any) answer {
	return answer{what, t.tx.QueryRow(t.ctx, query, args...)}
}

// to stores the row in variables.
func (a answer) to(targets ...any) error { return told(a.what, a.row.Scan(targets...)) }

// quoted returns a name as an identifier, qualified by schemas if several names are given.
func quoted(names ...string) string { return pgx.Identifier(names).Sanitize() }

// shown lists the classes of errors whose messages name things of the database and no values of
// rows.
var shown = []string{"08", "25", "28", "2B", "3D", "3F", "40", "42", "53", "54", "55", "57", "58"}

// told returns an error that says what could not be done, and those parts of the reason that hold
// no elder's data.
func told(what string, err error) error {
	var said *pgconn.PgError
	var network net.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return policy.Errorf("database", "cannot %s: %w", what, err)
	case errors.As(err, &said):
		return policy.Errorf("database", "cannot %s: %s", what, reason(said))
	case errors.As(err, new(*pgconn.ConnectError)):
		return policy.Errorf("database", "cannot %s: %s", what, strings.Join(strings.Fields(err.Error()), " "))
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return policy.Errorf("database", "cannot %s: the connection is lost", what)
	}
	return policy.Errorf("database", "cannot %s: the driver gives an error that may have data (%T)", what, err)
}

// reason returns what a server says, without anything that could be a value of a row.
func reason(said *pgconn.PgError) string {
	for _, class := range shown {
		if strings.HasPrefix(said.Code, class) {
			text := said.Message
			if class == "2B" && said.Detail != "" { // which views of others need what is to be dropped
				text += ": " + strings.Join(strings.Fields(said.Detail), " ")
			}
			return text + " (" + said.Code + ")"
		}
	}
	text := "the server refuses with " + said.Code
	for _, part := range []struct{ what, name string }{{"table", said.TableName}, {"column", said.ColumnName}, {"constraint", said.ConstraintName}} {
		if part.name != "" {
			text += ", " + part.what + " " + part.name
		}
	}
	return text
}
