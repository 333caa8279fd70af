package sql_test

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"

	_ "modernc.org/sqlite" // in Go alone

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// today is the day of tests that need no other.
const today = "2026-11-22"

// engine has the lists that come along and those of examples/lists.
var engine = sync.OnceValue(func() *eldercare.Engine {
	e, err := eldercare.Load(context.Background(), eldercare.WithDir("../../examples/lists"))
	if err != nil {
		panic(err)
	}
	return e
})

func rulesOn(t testing.TB, e *eldercare.Engine, jurisdiction, on string) *ruleset.Ruleset {
	t.Helper()
	day, err := policy.ParseDate(on)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := e.Rules(t.Context(), jurisdiction, day)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

func scriptOf(t testing.TB, rs *ruleset.Ruleset, d sql.Dialect) *sql.Script {
	t.Helper()
	s, err := sql.New(t.Context(), rs, sql.Options{Dialect: d})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// lite is a SQLite in memory.
type lite struct{ *stdsql.DB }

func newLite(t testing.TB) lite {
	t.Helper()
	db, err := stdsql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return lite{db}
}

func (l lite) run(t testing.TB, s *sql.Script) {
	t.Helper()
	for _, st := range s.Statements() {
		if _, err := l.Exec(st.Text); err != nil {
			t.Fatalf("%s: %v\n%s", st.Name, err, st.Text)
		}
	}
}

// fill puts elders into the table in place of those that are there.
func (l lite) fill(t testing.TB, columns []string, elders []elder.Elder) {
	t.Helper()
	tx, err := l.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tx.Commit(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := tx.Exec("DELETE FROM elder"); err != nil {
		t.Fatal(err)
	}
	insert, err := tx.Prepare("INSERT INTO elder (" + strings.Join(columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range elders {
		values := make([]any, len(columns))
		for i, c := range columns {
			if text := cell(e, c); text != nil {
				values[i] = *text
			}
		}
		if _, err := insert.Exec(values...); err != nil {
			t.Fatal(err)
		}
	}
}

// each visits the rows of a query.
func (l lite) each(t testing.TB, query string, visit func(names, values []string)) {
	t.Helper()
	rows, err := l.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, _ := rows.Columns()
	found, values := make([]stdsql.NullString, len(names)), make([]string, len(names))
	targets := make([]any, len(names))
	for i := range found {
		targets[i] = &found[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		for i, v := range found {
			if values[i] = v.String; !v.Valid {
				values[i] = null
			}
		}
		visit(names, values)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// decided returns the rows of the view of decisions, and of that of the refused.
func (l lite) decided(t testing.TB) map[string]row {
	t.Helper()
	all := map[string]row{}
	addRows(t, l.each, "SELECT * FROM decision", all)
	addRows(t, l.each, "SELECT id, code AS refused FROM refused", all)
	return all
}

// agree compares decisions row by row with what Go answers, and gives what differs.
func agree(t testing.TB, rs *ruleset.Ruleset, elders []elder.Elder, got map[string]row) (wrong []string) {
	t.Helper()
	if len(got) != len(elders) {
		wrong = append(wrong, fmt.Sprintf("%d rows, want %d", len(got), len(elders)))
	}
	for _, e := range elders {
		if d := differing(got[e.ID()], wanted(t, rs, e)); len(d) > 0 {
			wrong = append(wrong, fmt.Sprintf("%v\n  %s", e, strings.Join(d, "\n  ")))
		}
	}
	return wrong
}

// A script that fails in the middle leaves the answers that were there.
func TestFailureLeavesAnswers(t *testing.T) {
	rs := rulesOn(t, engine(), "hongtong", today)
	l := newLite(t)
	script := scriptOf(t, rs, sql.SQLite).String()
	if _, err := l.Exec(script); err != nil {
		t.Fatal(err)
	}
	elders := newPeople(rs, 8).elders(200)
	l.fill(t, columnsOf(rs), elders)
	if _, err := l.Exec("DROP VIEW elder_answer; CREATE TABLE elder_answer AS SELECT * FROM elder_checked"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Exec(script); err == nil {
		t.Fatal("a table was dropped")
	}
	if _, err := l.Exec("ROLLBACK; DROP TABLE elder_answer; " + viewOf(t, rs, "elder_answer")); err != nil {
		t.Fatal(err)
	}
	report(t, agree(t, rs, elders, l.decided(t)))
}

// viewOf returns the statement of SQLite that makes a view.
func viewOf(t *testing.T, rs *ruleset.Ruleset, name string) string {
	t.Helper()
	for _, st := range scriptOf(t, rs, sql.SQLite).Views {
		if st.Name == name && strings.Contains(st.Text, "CREATE VIEW") {
			return st.Text
		}
	}
	t.Fatalf("there is no view %s", name)
	return ""
}

func report(t testing.TB, wrong []string) {
	t.Helper()
	for i, text := range wrong {
		if i == 3 {
			t.Errorf("and %d more", len(wrong)-3)
			break
		}
		t.Error(text)
	}
}

// Who was born on 29 February, and who is asked about on one, completes a year as in Go.
func TestLeapDays(t *testing.T) {
	for _, on := range []string{"2027-02-28", "2027-03-01", "2028-02-29"} {
		rs := rulesOn(t, engine(), "hongtong", on)
		l := newLite(t)
		l.run(t, scriptOf(t, rs, sql.SQLite))
		elders := newPeople(rs, 3).elders(2000)
		l.fill(t, columnsOf(rs), elders)
		report(t, agree(t, rs, elders, l.decided(t)))
	}
}
