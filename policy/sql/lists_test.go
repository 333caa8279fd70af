package sql_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// null stands for NULL among values that are read.
const null = "\x00"

// each visits the rows that a database gives for a query. The values are gone after the visit.
type each func(t testing.TB, query string, visit func(names, values []string))

// addRows adds what a query gives, by id, without what is NULL.
func addRows(t testing.TB, of each, query string, into map[string]row) {
	t.Helper()
	of(t, query, func(names, values []string) {
		r := row{}
		for i, v := range values[1:] {
			if v != null {
				r[names[i+1]] = v
			}
		}
		if into[values[0]] != nil {
			t.Fatalf("%s twice", values[0])
		}
		into[values[0]] = r
	})
}

// expectation is all that the views of a list are to give for some elders, as Go answers.
type expectation struct {
	rows  map[string]row // by id
	long  map[string]int // by place
	texts []longRow
	total map[string]int64
}

// expect asks Go about each elder once.
func expect(t testing.TB, rs *ruleset.Ruleset, elders []elder.Elder) *expectation {
	t.Helper()
	x := &expectation{rows: map[string]row{}, long: map[string]int{}, total: map[string]int64{}}
	for _, e := range elders {
		d, refused, err := decide(t, rs, e)
		if err != nil {
			t.Fatal(err)
		}
		if x.rows[e.ID()] = rowOf(rs, d, refused); refused != "" {
			continue
		}
		addLong(rs, e.ID(), d, func(place string, r longRow) {
			x.long[place] = len(x.texts)
			x.texts = append(x.texts, r)
		})
		addTotal(rs, d, x.total)
	}
	return x
}

// compare returns what a database gives otherwise.
func (x *expectation) compare(t testing.TB, of each) (wrong []string) {
	t.Helper()
	seen := map[string]bool{}
	for _, query := range []string{"SELECT * FROM decision", "SELECT id, code AS refused FROM refused"} {
		of(t, query, func(names, values []string) {
			id := strings.Clone(values[0])
			if d := x.rows[id].differing(names[1:], values[1:]); d != "" || seen[id] {
				wrong = append(wrong, fmt.Sprintf("%s: %s, twice %t", id, d, seen[id]))
			}
			seen[id] = true
		})
	}
	if len(seen) != len(x.rows) {
		wrong = append(wrong, fmt.Sprintf("%d elders, want %d", len(seen), len(x.rows)))
	}
	wrong = append(wrong, x.compareLong(t, of)...)
	have, want := map[string]row{}, row{}
	addRows(t, of, totalQuery, have)
	for name, n := range x.total {
		want[name] = strconv.FormatInt(n, 10)
	}
	delete(want, "elders") // which is the key
	got := have[strconv.FormatInt(x.total["elders"], 10)]
	for name, text := range got {
		if want[name] == "" && sameText(text, "0") {
			delete(got, name)
		}
	}
	return append(wrong, differing(got, want)...)
}

func (x *expectation) compareLong(t testing.TB, of each) (wrong []string) {
	t.Helper()
	seen, rows := make([]bool, len(x.texts)), 0
	of(t, longQuery, func(_, values []string) {
		rows++
		for i, v := range values {
			if v == null {
				values[i] = ""
			}
		}
		i, ok := x.long[values[0]]
		have := longRow{values[1], values[2], values[3], values[4], values[5], values[6]}
		if !ok || have != x.texts[i] || seen[i] {
			wrong = append(wrong, fmt.Sprintf("%s: %v, wanted %t", values[0], have, ok))
			return
		}
		seen[i] = true
	})
	if rows != len(x.texts) {
		wrong = append(wrong, fmt.Sprintf("the long form has %d rows, want %d", rows, len(x.texts)))
	}
	return wrong
}

// differing tells what values differ from a row, empty for nothing.
func (r row) differing(names, values []string) string {
	n := 0
	for i, v := range values {
		if v == null {
			continue
		}
		if n++; !sameText(r[names[i]], v) {
			return fmt.Sprintf("%s: %q, want %q", names[i], v, r[names[i]])
		}
	}
	if n != len(r) {
		return fmt.Sprintf("%d values, want %d of %v", n, len(r), r)
	}
	return ""
}

// databases are where lists are compared: each makes a place of its own for a list, with its
// script and elders.
func databases(t *testing.T) map[string]func(t *testing.T, j string, rs *ruleset.Ruleset, elders []elder.Elder) each {
	all := map[string]func(t *testing.T, j string, rs *ruleset.Ruleset, elders []elder.Elder) each{
		"sqlite": func(t *testing.T, _ string, rs *ruleset.Ruleset, elders []elder.Elder) each {
			l := newLite(t)
			l.run(t, scriptOf(t, rs, sql.SQLite))
			l.fill(t, columnsOf(rs), elders)
			return l.each
		},
	}
	if os.Getenv("ELDERCARE_SERVERS") == "" {
		return all
	}
	start(t, "postgresql.sh", 1, 54330)
	start(t, "clickhouse.sh", 1, 59010)
	start(t, "mariadb.sh", 1, 53316)
	for name, server := range map[string]struct {
		of   func(port int, database string) *server
		port int
		main string
	}{"postgresql": {postgres, 54330, "postgres"}, "clickhouse": {clickhouse, 59010, "default"}, "mariadb": {mariadb, 53316, testDatabase}} {
		all[name] = func(t *testing.T, j string, rs *ruleset.Ruleset, elders []elder.Elder) each {
			main, s := server.of(server.port, server.main), server.of(server.port, j)
			main.must(t, main.client, "CREATE DATABASE "+j+";")
			script := scriptOf(t, rs, s.dialect).String()
			s.must(t, s.client, script)
			s.must(t, s.client, script) // views are made anew, the table stays
			s.must(t, s.fill("elder", columnsOf(rs)), rows(columnsOf(rs), elders))
			return s.each
		}
	}
	return all
}

// Every list answers on SQLite, row by row, as Go does, and with ELDERCARE_SERVERS on PostgreSQL,
// ClickHouse and MariaDB: elders who are complete, with blanks, and such as cannot be. Go is asked
// once for all of these, which answer at the same time. MariaDB, by far the slowest, is asked for a
// part of the elders.
func TestLists(t *testing.T) {
	all := databases(t)
	for _, j := range engine().Jurisdictions() {
		t.Run(j.ID, func(t *testing.T) {
			rs := rulesOn(t, engine(), j.ID, today)
			elders := newPeople(rs, 1).elders(effort.Of(500, 500, 8000))
			few := elders[:len(elders)/4]
			want, wantOfFew := expect(t, rs, elders), expect(t, rs, few)
			for name, fill := range all {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					if name == "mariadb" {
						report(t, wantOfFew.compare(t, fill(t, j.ID, rs, few)))
						return
					}
					report(t, want.compare(t, fill(t, j.ID, rs, elders)))
				})
			}
		})
	}
}

// To a script what is missing is unknown, whatever the ruleset assumes that it is made of.
func TestScriptsAssumeNothing(t *testing.T) {
	rs := rulesOn(t, engine(), "shanxi", today)
	if open, known := scriptOf(t, rs, sql.SQLite).String(), scriptOf(t, rs.AssumeKnown(true), sql.SQLite).String(); open != known {
		t.Error("it is another script")
	}
}
