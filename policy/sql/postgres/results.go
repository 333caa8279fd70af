package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// DefaultBatch is how many elders one transaction decides on.
const DefaultBatch = 50_000

// Results says where to keep decisions.
type Results struct {
	Table string       // of decisions; the refused are in another, whose name ends with __refused
	Batch int          // elders in one transaction; 0 for [DefaultBatch]
	Seen  func(Counts) // hears of each batch; may be nil
}

// Counts say how far a refresh has come.
type Counts struct {
	Register int64 // the elders that there are
	Elders   int64 // read
	Decided  int64
	Refused  int64
	Resumed  bool // some of them by a run before, which was interrupted
}

// refresh is a refresh of results in progress.
type refresh struct {
	*Database
	Results
	digest string // of the script
	counts Counts
	last   *string // the id reached, nil for none
}

// These are names beside that of a table of results. Those of what is being made end with __next.
const (
	refusedTable  = "__refused"
	nextTable     = "__next"
	progressTable = "__progress"
)

// ours begins the comment of tables of results. No other table is replaced.
const ours = "eldercare: results of "

// lockWait is how long a run waits for another one that is ending.
const lockWait = "20s"

// Refresh keeps the decisions and the refused elders as tables. It goes through the elders in the
// order of ids, in batches, each in a transaction. An interrupted refresh goes on after its last
// batch. The earlier tables stay until all is done. The views of the script must exist.
func (d *Database) Refresh(ctx context.Context, s *sql.Script, o Results) (Counts, error) {
	if o.Batch <= 0 {
		o.Batch = DefaultBatch
	}
	r := &refresh{Database: d, Results: o, digest: fmt.Sprintf("%x", sha256.Sum256([]byte(s.String())))}
	if err := r.allowed(s); err != nil {
		return r.counts, err
	}
	unlock, err := r.lock(ctx)
	if err != nil {
		return r.counts, err
	}
	defer unlock()
	if err := r.within(ctx, func(tx transaction) error { return r.begin(tx, s) }); err != nil {
		return r.counts, err
	}
	for more := true; more; {
		kept := r.counts
		if err := r.within(ctx, func(tx transaction) (err error) { more, err = r.batch(tx); return err }); err != nil {
			return kept, err
		}
		if r.Seen != nil {
			r.Seen(r.counts)
		}
	}
	return r.counts, r.within(ctx, r.finish)
}

// allowed returns an error for names that the script has, and for those that are too long.
func (r *refresh) allowed(s *sql.Script) error {
	taken := slices.ContainsFunc(s.Statements(), func(st sql.Statement) bool { return st.Name == r.Table })
	const longest = 63 - len(refusedTable+nextTable)
	switch {
	case r.Table == "":
		return policy.Errorf("wrong-name", "the table of results has no name")
	case taken:
		return policy.Errorf("wrong-name", "%s is a name that the list itself uses: give the table of results another name", r.Table)
	case len(r.Table) > longest:
		return policy.Errorf("wrong-name", "the name of the table of results has more than %d bytes: give it a shorter one", longest)
	}
	return nil
}

func (r *refresh) table(suffixes ...string) string {
	return quoted(r.schema, r.Table+strings.Join(suffixes, ""))
}

// lock makes sure that no other run makes the same tables.
func (r *refresh) lock(ctx context.Context) (unlock func(), err error) {
	key := r.table()
	if _, err := r.conn.Exec(ctx, "SET lock_timeout TO '"+lockWait+"'"); err != nil {
		return nil, told("set how long to wait", err)
	}
	if _, err := r.conn.Exec(ctx, "SELECT pg_advisory_lock(hashtextextended($1, 14))", key); err != nil {
		return nil, told("begin, as another run may be at it", err)
	}
	return func() { // which the end of the connection does, too
		_, _ = r.conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(hashtextextended($1, 14))", key)
	}, nil
}

// begin takes up what an earlier run has left, or begins again, and makes views of the elders of a
// batch.
func (r *refresh) begin(tx transaction, s *sql.Script) error {
	if err := r.mayReplace(tx); err != nil {
		return err
	}
	elders := quoted(r.schema, sql.ElderTable)
	if err := tx.row("count the elders", "SELECT count(*) FROM "+elders).to(&r.counts.Register); err != nil {
		return err
	}
	batch := sql.Statement{Name: sql.ElderTable, Text: "CREATE VIEW " + quoted(sql.ElderTable) + " AS SELECT * FROM " + elders +
		" WHERE id BETWEEN current_setting('eldercare.from') AND current_setting('eldercare.upto')"}
	drop := sql.Statement{Name: sql.ElderTable, Text: "DROP VIEW IF EXISTS " + quoted(sql.ElderTable) + " CASCADE"}
	if err := tx.run("pg_temp", append([]sql.Statement{drop, batch}, s.Views...)); err != nil {
		return err
	}
	resumes, err := r.resume(tx)
	if err != nil || resumes {
		return err
	}
	for _, st := range []string{
		"DROP TABLE IF EXISTS " + r.table(nextTable) + ", " + r.table(refusedTable, nextTable) + ", " + r.table(progressTable),
		"CREATE TABLE " + r.table(nextTable) + " AS SELECT * FROM pg_temp." + quoted(sql.DecisionView) + " WITH NO DATA",
		"CREATE TABLE " + r.table(refusedTable, nextTable) + " AS SELECT * FROM pg_temp." + quoted(sql.RefusedView) + " WITH NO DATA",
		"ALTER TABLE " + r.table(nextTable) + " ADD PRIMARY KEY (id)",
		"ALTER TABLE " + r.table(refusedTable, nextTable) + " ADD PRIMARY KEY (id)",
		"COMMENT ON TABLE " + r.table(nextTable) + " IS '" + ours + r.digest + "'",
		"COMMENT ON TABLE " + r.table(refusedTable, nextTable) + " IS '" + ours + r.digest + "'",
		"CREATE TABLE " + r.table(progressTable) + " (digest text NOT NULL, last text, elders bigint NOT NULL, decided bigint NOT NULL, refused bigint NOT NULL)",
		"COMMENT ON TABLE " + r.table(progressTable) + " IS '" + ours + r.digest + "'",
		"INSERT INTO " + r.table(progressTable) + " VALUES ('" + r.digest + "', NULL, 0, 0, 0)",
	} {
		if _, err := tx.do("begin the tables of results", st); err != nil {
			return err
		}
	}
	return nil
}

// mayReplace returns an error rather than let anything be replaced or dropped that is not a table
// of results.
func (r *refresh) mayReplace(tx transaction) error {
	for _, name := range []string{r.table(), r.table(refusedTable), r.table(nextTable), r.table(refusedTable, nextTable), r.table(progressTable)} {
		var other bool
		const query = "SELECT to_regclass($1) IS NOT NULL AND coalesce(obj_description(to_regclass($1), 'pg_class'), '') NOT LIKE $2"
		if err := tx.row("look for tables of results", query, name, ours+"%").to(&other); err != nil {
			return err
		}
		if other {
			return policy.Errorf("wrong-name", "%s exists and is not a table of results: give the table of results another name", name)
		}
	}
	return nil
}

// resume reads how far a run of the same script came, and reports whether there was one.
func (r *refresh) resume(tx transaction) (bool, error) {
	var there bool
	if err := tx.row("look for an interrupted run", "SELECT to_regclass($1) IS NOT NULL", r.table(progressTable)).to(&there); err != nil || !there {
		return false, err
	}
	c := &r.counts
	query := "SELECT last, elders, decided, refused FROM " + r.table(progressTable) + " WHERE digest = $1"
	err := tx.tx.QueryRow(tx.ctx, query, r.digest).Scan(&r.last, &c.Elders, &c.Decided, &c.Refused)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil // of another day or list
	}
	c.Resumed = c.Elders > 0
	return err == nil, told("read how far a run before came", err)
}

// batch decides on the next elders, and reports whether there may be more.
func (r *refresh) batch(tx transaction) (more bool, err error) {
	var from, upto *string
	var elders int64
	of, args := "", []any{r.Batch}
	if r.last != nil {
		of, args = " WHERE id > $2", append(args, *r.last)
	}
	query := "SELECT min(id), max(id), count(*) FROM (SELECT id FROM " + quoted(r.schema, sql.ElderTable) + of + " ORDER BY id LIMIT $1) AS batch"
	if err := tx.row("find the next elders", query, args...).to(&from, &upto, &elders); err != nil || elders == 0 {
		return false, err
	}
	next := r.counts
	next.Elders += elders
	const bounds = "SELECT set_config('eldercare.from', $1, true), set_config('eldercare.upto', $2, true), set_config('jit', 'off', true)"
	if _, err := tx.do("tell the next elders", bounds, *from, *upto); err != nil {
		return false, err
	}
	for _, x := range []struct {
		table, view string
		count       *int64
	}{{r.table(nextTable), sql.DecisionView, &next.Decided}, {r.table(refusedTable, nextTable), sql.RefusedView, &next.Refused}} {
		n, err := tx.do("keep decisions", "INSERT INTO "+x.table+" SELECT * FROM pg_temp."+quoted(x.view))
		if err != nil {
			return false, err
		}
		*x.count += n
	}
	if next.Elders != next.Decided+next.Refused {
		return false, policy.Errorf("internal", "of %d elders %d are decided and %d refused: this does not add up, and the batch is taken back",
			elders, next.Decided-r.counts.Decided, next.Refused-r.counts.Refused)
	}
	reached := "UPDATE " + r.table(progressTable) + " SET last = $1, elders = $2, decided = $3, refused = $4"
	if _, err := tx.do("keep how far it is", reached, *upto, next.Elders, next.Decided, next.Refused); err != nil {
		return false, err
	}
	r.counts, r.last = next, upto
	return true, nil
}

// finish puts the tables in place of the earlier ones, once they have all that was counted.
func (r *refresh) finish(tx transaction) error {
	var decided, refused int64
	query := "SELECT (SELECT count(*) FROM " + r.table(nextTable) + "), (SELECT count(*) FROM " + r.table(refusedTable, nextTable) + "), " +
		"(SELECT count(*) FROM " + quoted(r.schema, sql.ElderTable) + ")"
	if err := tx.row("count the results", query).to(&decided, &refused, &r.counts.Register); err != nil {
		return err
	}
	if decided != r.counts.Decided || refused != r.counts.Refused {
		return policy.Errorf("internal", "%d were decided and %d refused, but the tables have %d and %d: drop %s and begin anew",
			r.counts.Decided, r.counts.Refused, decided, refused, r.table(progressTable))
	}
	for _, st := range []string{
		"DROP TABLE IF EXISTS " + r.table() + ", " + r.table(refusedTable),
		"ALTER TABLE " + r.table(nextTable) + " RENAME TO " + quoted(r.Table),
		"ALTER TABLE " + r.table(refusedTable, nextTable) + " RENAME TO " + quoted(r.Table+refusedTable),
		"DROP TABLE " + r.table(progressTable),
	} {
		if _, err := tx.do("put the results in place", st); err != nil {
			return err
		}
	}
	return nil
}
