package sql_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// BenchmarkCostOnPostgreSQL measures how many times the cost of counting all elders it takes
// PostgreSQL to decide for them, in the same session, which has read the table before. No elder is
// refused. It is asked as it comes, with parallel workers and compiled expressions, and on one core
// without either. The best of several runs of each counts.
func BenchmarkCostOnPostgreSQL(b *testing.B) {
	const port = 54350
	start(b, "postgresql.sh", 1, port)
	rs := rulesOn(b, engine(), "hongtong", today)
	s := postgres(port, "postgres")
	s.must(b, s.client, scriptOf(b, rs, sql.PostgreSQL).String())
	s.must(b, s.fill("elder", columnsOf(rs)), rows(columnsOf(rs), decidedOf(b, rs, 5000)))
	columns := strings.Join(columnsOf(rs)[1:], ", ")
	copies := strconv.Itoa(effort.Of(20, 20, 200) - 1)
	s.must(b, s.client, "INSERT INTO elder (id, "+columns+") SELECT id || '-' || n, "+columns+" FROM elder, generate_series(1, "+copies+") n; VACUUM ANALYZE elder;")
	for name, settings := range map[string]string{"as-it-comes": "", "one-core": "SET max_parallel_workers_per_gather = 0; SET jit = off; "} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				count := s.milliseconds(b, settings, "SELECT count(*) FROM elder")
				decide := s.milliseconds(b, settings, "SELECT * FROM decision_total")
				b.ReportMetric(count, "ms/count")
				b.ReportMetric(decide, "ms/decide")
				b.ReportMetric(decide/count, "times")
			}
		})
	}
}

// decidedOf returns random elders who are not refused.
func decidedOf(t testing.TB, rs *ruleset.Ruleset, n int) []elder.Elder {
	t.Helper()
	var decided []elder.Elder
	for _, e := range newPeople(rs, 7).elders(4 * n) {
		_, refused, err := decide(t, rs, e)
		if err != nil {
			t.Fatal(err)
		}
		if refused == "" && len(decided) < n {
			decided = append(decided, e)
		}
	}
	return decided
}

// milliseconds returns how long a query takes, without a client: the least of several times.
func (s *server) milliseconds(t testing.TB, settings, query string) float64 {
	t.Helper()
	const times = 5
	out := s.must(t, s.client, settings+"SELECT count(*) FROM elder; "+strings.Repeat("EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) "+query+"; ", times))
	least := math.Inf(1)
	for _, text := range strings.Split(out, "Execution Time: ")[1:] {
		n, err := strconv.ParseFloat(strings.Fields(text)[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		least = min(least, n)
	}
	return least
}
