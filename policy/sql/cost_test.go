package sql_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// mostCounts is how many times the cost of count(*) PostgreSQL may take to decide for the same
// elders in the same run.
const mostCounts = 40

// PostgreSQL decides for all elders at a few dozen times the cost of counting them. The best of
// several runs of each counts.
func TestCostOnPostgreSQL(t *testing.T) {
	const port = 54350
	start(t, "postgresql.sh", 1, port)
	rs := rulesOn(t, engine(), "hongtong", today)
	s := postgres(port, "postgres")
	s.must(t, s.client, scriptOf(t, rs, sql.PostgreSQL).String())
	some := newPeople(rs, 7).elders(5000)
	s.must(t, s.fill("elder", columnsOf(rs)), rows(columnsOf(rs), some))
	columns := strings.Join(columnsOf(rs)[1:], ", ")
	copies := strconv.Itoa(effort.Of(20, 20, 200) - 1)
	s.must(t, s.client, "INSERT INTO elder (id, "+columns+") SELECT id || '-' || n, "+columns+" FROM elder, generate_series(1, "+copies+") n; VACUUM ANALYZE elder;")
	count := s.milliseconds(t, "SELECT count(*) FROM elder")
	decide := s.milliseconds(t, "SELECT * FROM decision_total")
	t.Logf("count %.1f ms, decide %.1f ms: %.0f times", count, decide, decide/count)
	if decide > mostCounts*count {
		t.Errorf("to decide takes %.0f times as long as to count, want at most %d", decide/count, mostCounts)
	}
}

// milliseconds is how long a query takes on one core, without a client: the least of several times.
func (s *server) milliseconds(t *testing.T, query string) float64 {
	t.Helper()
	least := math.Inf(1)
	const explain = "SET max_parallel_workers_per_gather = 0; SET jit = off; EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) "
	for range 5 {
		out := s.must(t, s.client, explain+query+";")
		_, text, _ := strings.Cut(out, "Execution Time: ")
		n, err := strconv.ParseFloat(strings.Fields(text)[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		least = min(least, n)
	}
	return least
}
