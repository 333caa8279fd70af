package sql_test

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/internal/random"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// Random rules of every shape that Rego has answer on SQLite as in Go. As many are tried at a time
// as there are processors.
func TestRandomRules(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	var compared, partial atomic.Int64
	seeds, workers := effort.Of[uint64](20, 20, 300), uint64(runtime.GOMAXPROCS(0))
	t.Run("seeds", func(t *testing.T) {
		for first := range workers {
			t.Run(strconv.FormatUint(first, 10), func(t *testing.T) {
				t.Parallel()
				for seed := first; seed < seeds; seed += workers {
					all, opaque := compareRules(t, grant, seed)
					compared.Add(all)
					partial.Add(opaque)
				}
			})
		}
	})
	t.Logf("%d rule sets, of which %d have opaque rules", compared.Load(), partial.Load())
	if compared.Load()-partial.Load() < 10 || partial.Load() < 5 {
		t.Errorf("%d rule sets were compared, %d of them without the services that are opaque", compared.Load(), partial.Load())
	}
}

// compareRules compares the rule sets of a seed, and returns how many there are, and how many with
// opaque rules.
func compareRules(t *testing.T, grant []byte, seed uint64) (compared, partial int64) {
	t.Helper()
	files := random.Lists(grant, random.Choices(seed))
	e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
	if problems := (eldercare.Diagnostics{}); errors.As(err, &problems) {
		return 0, 0 // refused with a reason
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range []string{"top", "low"} {
		rs, err := e.Rules(t.Context(), j, eldercare.Date{Year: 2024, Month: 1, Day: 1})
		if errors.As(err, new(eldercare.Diagnostics)) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		compareRandom(t, rs, seed)
		compared++
		if len(rs.Table.Opaque) > 0 {
			partial++
		}
	}
	if t.Failed() {
		t.Fatalf("seed %d\n%s\n%s", seed, files["rego/lists/top.rego"].Data, files["rego/lists/low.rego"].Data)
	}
	return compared, partial
}

// compareRandom compares what has columns: services with an opaque rule are left out, and then the
// sum is only a floor.
func compareRandom(t *testing.T, rs *ruleset.Ruleset, seed uint64) {
	t.Helper()
	s, err := sql.New(t.Context(), rs, sql.Options{Dialect: sql.SQLite, Partial: true})
	if err != nil {
		t.Fatal(err)
	}
	l := newLite(t)
	defer l.Close()
	l.run(t, s)
	n := 150
	if len(s.LeftOut) > 0 { // plain OPA tries them one by one
		n = 5
	}
	elders := newPeople(rs, seed).elders(n)
	l.fill(t, columnsOf(rs), elders)
	got := l.decided(t)
	for _, e := range elders {
		d, refused, err := decide(t, rs, e)
		if err != nil {
			continue // by a rule that is opaque
		}
		want := rowOf(rs, d, refused)
		if len(s.LeftOut) > 0 && refused == "" {
			forget(want, got[e.ID()], s)
		}
		if d := differing(got[e.ID()], want); len(d) > 0 {
			t.Errorf("%v\n  %s", e, strings.Join(d, "\n  "))
			return
		}
	}
}

// forget takes from a wanted row what a script leaves out, and the sum from both.
func forget(want, got row, s *sql.Script) {
	for name := range want {
		for _, id := range s.LeftOut {
			of := column(strings.Fields(id)[0])
			if name == of || strings.HasPrefix(name, of+"__") {
				delete(want, name)
			}
		}
	}
	delete(want, "monthly_fen")
	delete(want, "monthly_bound")
	delete(got, "monthly_fen")
	delete(got, "monthly_bound")
}

// Of random rules that raise and fill what other rules promise SQLite answers as Go does.
func TestRandomBounds(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range effort.Of[uint64](40, 60, 200) {
		files := random.Bounds(grant, seed)
		e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
		if err != nil {
			t.Fatal(err)
		}
		if compareRandom(t, rulesOn(t, e, "low", "2024-01-01"), seed); t.Failed() {
			t.Fatalf("seed %d\n%s\n%s", seed, files["rego/lists/top.rego"].Data, files["rego/lists/low.rego"].Data)
		}
	}
}

// Of random lists with choices between cash and vouchers SQLite adds up what Go does; where choices
// overlap, the list is refused at one of them.
func TestRandomChoices(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	compared, refused := 0, 0
	for seed := range effort.Of[uint64](50, 80, 150) { // the 43rd has a sum that only a voucher leaves open
		var bounds []string
		if seed%2 == 1 {
			bounds = []string{"exactly", "at_least", "at_most", "set_locally"}
		}
		files := random.Choosing(grant, seed, bounds...)
		e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
		if err != nil {
			t.Fatal(err)
		}
		rs := rulesOn(t, e, "top", "2024-01-01")
		_, err = sql.New(t.Context(), rs, sql.Options{Dialect: sql.SQLite})
		if problems := (eldercare.Diagnostics{}); errors.As(err, &problems) {
			if p := problems[0]; p.Code != "overlapping-choice" || p.Pos.File != "catalogs/top.yaml" || p.Pos.Line < 10 || p.Remedy == "" {
				t.Errorf("seed %d: %+v", seed, p)
			}
			refused++
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if compareRandom(t, rs, seed); t.Failed() {
			t.Fatalf("seed %d\n%s\n%s", seed, files["catalogs/top.yaml"].Data, files["rego/lists/top.rego"].Data)
		}
		compared++
	}
	if compared < 10 || refused < 10 {
		t.Errorf("%d lists were compared, %d refused", compared, refused)
	}
}
