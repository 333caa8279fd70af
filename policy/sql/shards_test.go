package sql_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// Two shards decide for their own elders, at the same time; the coordinator gets all decisions, and
// of sums one row a shard. Without a shard there is an error and no half result, and all is well
// when it is back.
func TestShardsOfPostgreSQL(t *testing.T) {
	const port = 54340
	dir := start(t, "postgresql.sh", 3, port)
	rs := rulesOn(t, engine(), "hongtong", today)
	script := filepath.Join(t.TempDir(), "hongtong.sql")
	if err := os.WriteFile(script, []byte(scriptOf(t, rs, sql.PostgreSQL).String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := runScript(dir, "shards.sh", script, "54340", "3"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	elders := newPeople(rs, 5).elders(effort.Of(500, 2000, 20000))
	for i, half := range []string{rows(columnsOf(rs), elders[:len(elders)/3]), rows(columnsOf(rs), elders[len(elders)/3:])} {
		shard := postgres(port+1+i, "postgres")
		shard.must(t, shard.fill("elder", columnsOf(rs)), half)
	}
	c := postgres(port, "postgres")
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
	plan := c.must(t, append(c.client[:len(c.client)-2:len(c.client)-2], "-c", "EXPLAIN (VERBOSE, COSTS OFF) "+sums), "")
	if strings.Count(plan, "Async Foreign Scan on shard") != 2 || strings.Contains(plan, "FROM public.elder") {
		t.Errorf("the plan does not leave the sums to both shards at the same time:\n%s", plan)
	}
	if out, err := runScript(dir, "postgresql.sh", "stop", dir, "2"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := c.try(c.query(sums), ""); err == nil || !strings.Contains(err.Error(), "shard2") {
		t.Errorf("without a shard: %q, %v", out, err)
	}
	if out, err := runScript(dir, "postgresql.sh", "start", dir, "3", "54340"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if have := c.must(t, c.query(sums), ""); have != want {
		t.Errorf("when the shard is back: %s, want %s", have, want)
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
	elders := newPeople(rs, 6).elders(effort.Of(500, 2000, 20000))
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
