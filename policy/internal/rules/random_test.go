package rules_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
)

// The sizes of a run of random rules: ELDERCARE_LONG=1 makes it long; ELDERCARE_RULES is how many
// rules there are, ELDERCARE_ELDERS how many elders each is tried on at most, on each of two days,
// and ELDERCARE_SEED the seed of the first.
type sizes struct{ rules, elders, seed int }

var (
	fewRules  = sizes{rules: len(shapes), elders: 60}
	someRules = sizes{rules: len(shapes), elders: 100}
	manyRules = sizes{rules: 10_000, elders: 6_000}
)

// asked returns sizes as far as the environment does not say others.
func (s sizes) asked(t *testing.T) sizes {
	t.Helper()
	for name, n := range map[string]*int{"ELDERCARE_RULES": &s.rules, "ELDERCARE_ELDERS": &s.elders, "ELDERCARE_SEED": &s.seed} {
		if value := os.Getenv(name); value != "" {
			var err error
			if *n, err = strconv.Atoi(value); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	return s
}

// randomBatch is how many random rules share a catalog and a reducer.
const randomBatch = 24

// reduceTimeout is how long the reduction of one small rule may take, on a busy machine.
const reduceTimeout = 5 * time.Minute

// randomTally counts what became of random rules.
type randomTally struct {
	mu                sync.Mutex
	loaded            int             // rules
	refused           map[string]int  // rules that do not load, by shape
	outcomes          map[outcome]int // of each clause on each of two days
	opaque            map[string]int  // likewise, by shape
	compared, granted int             // elders
	faults            []string
}

// Random rules of every shape, alone and beside others: what is claimed of a rule is what plain OPA
// answers, for every elder.
func TestRandomRules(t *testing.T) {
	size := effort.Of(fewRules, someRules, manyRules).asked(t)
	total := &randomTally{refused: map[string]int{}, outcomes: map[outcome]int{}, opaque: map[string]int{}}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for first := size.seed; first < size.seed+size.rules; first += randomBatch {
		n := min(randomBatch, size.seed+size.rules-first)
		group.Go(func() error { return total.batch(t.Context(), first, n, size.elders) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	total.report(t)
}

// batch tries the rules of some seeds, in one catalog.
func (total *randomTally) batch(ctx context.Context, first, n, elders int) error {
	writers, texts := make([]*writer, n), make([]smallText, n)
	for i := range n {
		writers[i] = newWriter(uint64(first + i))
		texts[i] = writers[i].rule((first + i) % len(shapes))
	}
	s, err := loadSmall(texts)
	if err != nil {
		return fmt.Errorf("seeds from %d: %w", first, err)
	}
	for i := range n {
		stem := smallStem(i)
		if s.refused[stem] != nil {
			total.refuse(writers[i].shapes[0])
			continue
		}
		total.load()
		for _, day := range smallDays {
			where := fmt.Sprintf("seed %d on %v", first+i, day)
			random := rand.New(rand.NewPCG(uint64(first+i), uint64(day.Year)))
			for clause, v := range s.compared(ctx, stem, day, random, elders) {
				total.add(v, writers[i].shapes, fmt.Sprintf("%s, clause %d: %s\n%s", where, clause+1, v.fault, texts[i]))
			}
		}
	}
	return ctx.Err()
}

// compared compares the clauses of a list on a day. What keeps them from being reduced is a fault.
func (s *small) compared(ctx context.Context, stem string, day policy.Date, random *rand.Rand, most int) []verdict {
	limited, cancel := context.WithTimeout(ctx, reduceTimeout)
	defer cancel()
	clauses, err := s.on(limited, stem, day)
	if err != nil {
		return []verdict{{fault: err.Error()}}
	}
	verdicts := make([]verdict, len(clauses))
	for i, r := range clauses {
		elders, all := r.elders(random, most)
		verdicts[i] = r.compare(ctx, elders, all)
	}
	return verdicts
}

func (total *randomTally) load() {
	total.mu.Lock()
	defer total.mu.Unlock()
	total.loaded++
}

func (total *randomTally) refuse(shape string) {
	total.mu.Lock()
	defer total.mu.Unlock()
	total.refused[shape]++
}

func (total *randomTally) add(v verdict, shapes []string, fault string) {
	total.mu.Lock()
	defer total.mu.Unlock()
	total.compared += v.compared
	total.granted += v.granted
	if v.fault != "" {
		total.faults = append(total.faults, fault)
		return
	}
	total.outcomes[v.outcome]++
	if v.outcome == opaque {
		total.opaque[shapes[0]]++
	}
}

// maxReported is how many faults are shown.
const maxReported = 10

func (total *randomTally) report(t *testing.T) {
	t.Helper()
	refused := 0
	for _, n := range total.refused {
		refused += n
	}
	t.Logf("%d rules load, %d do not: %s", total.loaded, refused, counted(total.refused))
	t.Logf("clauses, on %d days each: %v", len(smallDays), total.outcomes)
	t.Logf("%d comparisons with plain OPA, in %d of which it grants something", total.compared, total.granted)
	t.Logf("opaque, by shape: %s", counted(total.opaque))
	for _, fault := range total.faults[:min(len(total.faults), maxReported)] {
		t.Error(fault)
	}
	if len(total.faults) > 0 {
		t.Errorf("%d times a rule is not what plain OPA says", len(total.faults))
	}
	if refused*20 > total.loaded || total.granted*50 < total.compared || total.outcomes[exact] < total.loaded {
		t.Error("too many rules do not load, grant nothing, or are opaque")
	}
}

// counted returns counts by name, the greatest first.
func counted(counts map[string]int) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, counts[name])
	}
	return strings.Join(names, ", ")
}
