package ruleset_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// today is the day on which elders are asked about where no other is named.
const today = "2026-11-22"

// engine is the engine of the lists that come with the module.
var engine = sync.OnceValue(func() *eldercare.Engine {
	e, err := eldercare.Load(context.Background())
	if err != nil {
		panic(err)
	}
	return e
})

func date(t testing.TB, s string) eldercare.Date {
	t.Helper()
	d, err := policy.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func rulesOn(t testing.TB, e *eldercare.Engine, jurisdiction, on string) *eldercare.Ruleset {
	t.Helper()
	r, err := e.Rules(t.Context(), jurisdiction, date(t, on))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
		return v
	}
}

// A world is a set of elders who can exist, for random choice.
type world struct {
	*eldercare.Ruleset
	random *rand.Rand
	ages   []int // near these ages something changes
}

func newWorld(r *eldercare.Ruleset, seed uint64) *world {
	w := &world{Ruleset: r, random: rand.New(rand.NewPCG(seed, 0))}
	for _, l := range r.Table.Layers {
		for _, p := range l.List.Parameters {
			if v := p.At(r.On); p.Unit == policy.Years && v != nil {
				n := int(v.Value.Num().Int64())
				w.ages = append(w.ages, n-1, n, n+1)
			}
		}
	}
	return w
}

// elder returns a random elder of whom everything is known and nothing contradicts.
func (w *world) elder() elder.Cells {
	for {
		var c elder.Cells
		for i := range w.Table.Space.Axes {
			axis := &w.Table.Space.Axes[i]
			c[i] = uint8(1 + w.random.IntN(axis.Cells()-1))
			if axis.Type == policy.Integer && w.random.IntN(4) > 0 {
				if cell, ok := axis.Cell(w.ages[w.random.IntN(len(w.ages))]); ok {
					c[i] = cell
				}
			}
		}
		for _, l := range w.Table.Space.Links {
			if given := l.Given(c[l.From]); given != elder.Absent {
				c[l.To] = given
			}
		}
		for i := range w.Table.Space.Axes {
			if !w.Table.Space.Asked(i, c) {
				c[i] = elder.Absent
			}
		}
		if len(w.Table.Contradicted(c)) == 0 {
			return c
		}
	}
}

// partly returns the elder without n random attributes.
func (w *world) partly(c elder.Cells, n int) elder.Cells {
	for range n {
		first, end := w.Table.Space.Group(w.random.IntN(len(w.Table.Space.Axes)))
		clear(c[first:end])
	}
	p := w.Table.Space.Profile(c)
	w.Table.Space.Derive(&p)
	return p.Cells()
}
