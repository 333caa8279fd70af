package sql_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// Three shards decide for their own elders, at the same time; the coordinator parts elders over
// them, and gets all decisions, and of sums one row a shard. When a shard dies there is an error
// and no half result, and all is well when it is back.
func TestShardsOfPostgreSQL(t *testing.T) {
	const port, shards = 54340, 3
	dir := start(t, "postgresql.sh", 1+shards, port)
	rs := rulesOn(t, engine(), "hongtong", today)
	script := filepath.Join(t.TempDir(), "hongtong.sql")
	if err := os.WriteFile(script, []byte(scriptOf(t, rs, sql.PostgreSQL).String()), 0o600); err != nil {
		t.Fatal(err)
	}
	servers := func(script string, args ...string) {
		t.Helper()
		if out, err := runScript(dir, script, args...); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	servers("shards.sh", script, strconv.Itoa(port), strconv.Itoa(1+shards))
	elders := newPeople(rs, 5).elders(effort.Of(500, 2000, 8000))
	c := postgres(port, "postgres")
	c.must(t, c.fill("elder", columnsOf(rs)), rows(columnsOf(rs), elders))
	for i := range shards {
		have := postgres(port+1+i, "postgres").number(t, "SELECT count(*) FROM elder")
		if even := len(elders) / shards; have < even*3/4 || have > even*5/4 {
			t.Errorf("shard %d has %d of %d elders", 1+i, have, len(elders))
		}
	}
	got := c.decided(t)
	for _, r := range got {
		delete(r, "shard")
	}
	report(t, agree(t, rs, elders, got))
	const sums = "SELECT sum(elders) AS elders, sum(monthly_fen__sum) AS fen FROM decision_total"
	want := c.must(t, c.query("SELECT count(*) AS elders, sum(monthly_fen) AS fen FROM decision"), "")
	if have := c.must(t, c.query(sums), ""); have != want {
		t.Errorf("sums %s, want %s", have, want)
	}
	c.pushesDown(t, sums, shards)
	c.diesInTheMiddle(t, len(elders), func() { servers("postgresql.sh", "stop", dir, "2") })
	if out, err := c.try(c.query(sums), ""); err == nil || !strings.Contains(err.Error(), "shard2") {
		t.Errorf("without a shard: %q, %v", out, err)
	}
	servers("postgresql.sh", "start", dir, strconv.Itoa(1+shards), strconv.Itoa(port))
	c.must(t, c.client, "CREATE TABLE kept AS SELECT * FROM decision;")
	if have := c.must(t, c.query("SELECT count(*) AS elders, sum(monthly_fen) AS fen FROM kept"), ""); have != want {
		t.Errorf("when the shard is back: %s, want %s", have, want)
	}
}

// number returns the whole number that a query gives.
func (s *server) number(t *testing.T, query string) int {
	t.Helper()
	lines := strings.Fields(s.must(t, s.query(query), ""))
	n, err := strconv.Atoi(lines[len(lines)-1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// plan returns how a query will be worked out.
func (s *server) plan(t *testing.T, query string) string {
	t.Helper()
	return s.must(t, s.client, "EXPLAIN (VERBOSE, COSTS OFF) "+query+";")
}

// pushesDown reads in plans that each shard works out its sums whole, at the same time: those of
// the view of totals, and others that are asked of each.
func (s *server) pushesDown(t *testing.T, sums string, shards int) {
	t.Helper()
	plan := s.plan(t, sums)
	if strings.Count(plan, "Async Foreign Scan on shard") != shards || strings.Contains(plan, "FROM public.elder") {
		t.Errorf("the plan does not leave the sums to all shards at the same time:\n%s", plan)
	}
	var each []string
	for i := range shards {
		each = append(each, fmt.Sprintf("SELECT count(*) AS n, sum(monthly_fen) AS fen FROM shard%d.decision WHERE old_age_allowance = 'entitled'", 1+i))
	}
	plan = s.plan(t, "SELECT sum(n), sum(fen) FROM ("+strings.Join(each, " UNION ALL ")+") AS s")
	const remote = "Remote SQL: SELECT count(*), sum(monthly_fen) FROM public.decision WHERE ((old_age_allowance = 'entitled'))"
	if strings.Count(plan, remote) != shards {
		t.Errorf("the plan does not leave a sum to each shard:\n%s", plan)
	}
}

// diesInTheMiddle keeps decisions of all shards, in half a minute, and stops one meanwhile: that is
// an error, and nothing is kept.
func (s *server) diesInTheMiddle(t *testing.T, elders int, stop func()) {
	t.Helper()
	s.must(t, s.client, "ALTER SERVER shard2 OPTIONS (SET fetch_size '10');")
	ended := make(chan error, 1)
	go func() {
		slowly := fmt.Sprintf("CREATE TABLE kept AS SELECT d.*, pg_sleep(30.0 / %d) IS NULL AS slept FROM decision AS d;", elders)
		_, err := s.try(s.client, slowly)
		ended <- err
	}()
	const under = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE TABLE kept%' AND now() - query_start > interval '1 second'"
	for end := time.Now().Add(30 * time.Second); s.number(t, under) == 0 && time.Now().Before(end); {
		time.Sleep(100 * time.Millisecond)
	}
	select {
	case err := <-ended:
		t.Fatalf("it ended before a shard died: %v", err)
	default:
	}
	stop()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "terminating connection") && !strings.Contains(err.Error(), "server closed the connection") {
		t.Errorf("a shard died: %v", err)
	}
	if s.number(t, "SELECT count(*) FROM pg_class WHERE relname = 'kept'") != 0 {
		t.Error("a half result is kept")
	}
}

// Two shards of ClickHouse decide for their own elders; one table on the first gives all decisions.
func TestShardsOfClickHouse(t *testing.T) {
	const port = 59020
	dir := start(t, "clickhouse.sh", 2, port)
	rs := rulesOn(t, engine(), "hongtong", today)
	script := filepath.Join(t.TempDir(), "hongtong.sql")
	if err := os.WriteFile(script, []byte(scriptOf(t, rs, sql.ClickHouse).String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := runScript(dir, "distributed.sh", script, "59020", "2"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	elders := newPeople(rs, 6).elders(effort.Of(500, 2000, 8000))
	for i, half := range []string{rows(columnsOf(rs), elders[:len(elders)/3]), rows(columnsOf(rs), elders[len(elders)/3:])} {
		shard := clickhouse(port+i, "default")
		shard.must(t, shard.fill("elder", columnsOf(rs)), half)
	}
	c := clickhouse(port, "default")
	got := map[string]row{}
	c.read(t, "SELECT * FROM decision_all", got)
	c.read(t, "SELECT id, code AS refused FROM refused_all", got)
	report(t, agree(t, rs, elders, got))
	if out, err := runScript(dir, "clickhouse.sh", "stop", dir, "1"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const sums = "SELECT count(), sum(monthly_fen) FROM decision_all"
	if out, err := c.try(c.query(sums), ""); err == nil {
		t.Errorf("without a shard: %q", out)
	}
	if out, err := runScript(dir, "clickhouse.sh", "start", dir, "2", "59020"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c.must(t, c.query(sums), "")
}
