package ruleset

import (
	"fmt"
	"sync"
	"testing"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

func TestDecisionsAreFoundAgain(t *testing.T) {
	for _, c := range []struct{ words, same int }{{0, 0}, {1, 0}, {3, 0}, {3, 1}, {7, 0}, {7, 6}} {
		t.Run(fmt.Sprintf("%d words, the first %d the same", c.words, c.same), func(t *testing.T) {
			var known decisions
			key := func(i int) []uint64 {
				cases := make([]uint64, c.words)
				for w := c.same; w < c.words; w++ {
					cases[w] = uint64(i) << (w * 8)
				}
				return cases
			}
			n := 3000
			if c.words == 0 {
				n = 1
			}
			added := make([]*decide.Decision, n)
			for i := range added {
				if known.find(key(i)) != nil {
					t.Fatalf("decision %d is found before it was made", i)
				}
				added[i] = known.add(key(i), &decide.Decision{})
			}
			for i := range added {
				if known.find(key(i)) != added[i] {
					t.Errorf("decision %d is not found", i)
				}
				if known.add(key(i), &decide.Decision{}) != added[i] {
					t.Errorf("decision %d is made twice", i)
				}
			}
		})
	}
}

// TestDecisionsMadeAtOnceAreOne has goroutines make decisions whose cases all compete for the same slots.
func TestDecisionsMadeAtOnceAreOne(t *testing.T) {
	const goroutines, n, rounds = 8, 100, 1000
	var competing []uint64
	for word := uint64(0); len(competing) < n; word++ {
		if word*0x9e3779b97f4a7c15>>32&255 < 4 {
			competing = append(competing, word)
		}
	}
	for range rounds {
		var known decisions
		var made [goroutines][n]*decide.Decision
		var group sync.WaitGroup
		start := make(chan struct{})
		for g := range goroutines {
			group.Go(func() {
				<-start
				for i := range n {
					i = (i + g*7) % n
					cases := competing[i : i+1]
					if made[g][i] = known.find(cases); made[g][i] == nil {
						made[g][i] = known.add(cases, &decide.Decision{ID: fmt.Sprint(i)})
					}
				}
			})
		}
		close(start)
		group.Wait()
		for g := range made {
			for i, d := range made[g] {
				if d.ID != fmt.Sprint(i) || d != made[0][i] {
					t.Fatalf("goroutine %d has decision %s for cases %d, or not that of the others", g, d.ID, i)
				}
			}
		}
	}
}

func TestPartlyKnownAreKept(t *testing.T) {
	var known partly
	cells := func(i int) *elder.Cells { return &elder.Cells{uint8(i), uint8(i >> 8)} }
	for i := range 3 * maxPartly {
		if known.find(cells(i)) != nil {
			t.Fatalf("decision %d is found before it was made", i)
		}
		d := &decide.Decision{}
		if known.add(cells(i), d); known.find(cells(i)) != d {
			t.Fatalf("decision %d is not found", i)
		}
		if len(known.made) > maxPartly {
			t.Fatalf("%d decisions are kept", len(known.made))
		}
	}
}
