package sql_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// BenchmarkCostOnPostgreSQL measures how many times the cost of counting all elders it takes
// PostgreSQL to decide for them, in the same run. The best of several runs of each counts.
func BenchmarkCostOnPostgreSQL(b *testing.B) {
	const port = 54350
	start(b, "postgresql.sh", 1, port)
	rs := rulesOn(b, engine(), "hongtong", today)
	s := postgres(port, "postgres")
	s.must(b, s.client, scriptOf(b, rs, sql.PostgreSQL).String())
	some := newPeople(rs, 7).elders(5000)
	s.must(b, s.fill("elder", columnsOf(rs)), rows(columnsOf(rs), some))
	columns := strings.Join(columnsOf(rs)[1:], ", ")
	copies := strconv.Itoa(effort.Of(20, 20, 200) - 1)
	s.must(b, s.client, "INSERT INTO elder (id, "+columns+") SELECT id || '-' || n, "+columns+" FROM elder, generate_series(1, "+copies+") n; VACUUM ANALYZE elder;")
	for b.Loop() {
		count := s.milliseconds(b, "SELECT count(*) FROM elder")
		decide := s.milliseconds(b, "SELECT * FROM decision_total")
		b.ReportMetric(count, "ms/count")
		b.ReportMetric(decide, "ms/decide")
		b.ReportMetric(decide/count, "times")
	}
}

// milliseconds returns how long a query takes on one core, without a client: the least of several
// times.
func (s *server) milliseconds(t testing.TB, query string) float64 {
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
