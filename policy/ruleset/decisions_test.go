package ruleset

import (
	"fmt"
	"sync"
	"testing"

	"github.com/basic-eldercare/eldercare/policy/decide"
)

func TestDecisionsAreFoundAgain(t *testing.T) {
	for _, words := range []int{0, 1, 3, 7} {
		t.Run(fmt.Sprint(words), func(t *testing.T) {
			var known decisions
			key := func(i int) []uint64 {
				cases := make([]uint64, words)
				for w := range cases {
					cases[w] = uint64(i) << (w * 8)
				}
				return cases
			}
			n := 3000
			if words == 0 {
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

func TestDecisionsMadeAtOnceAreOne(t *testing.T) {
	const goroutines, n = 8, 2000
	var known decisions
	var made [goroutines][n]*decide.Decision
	var group sync.WaitGroup
	for g := range goroutines {
		group.Go(func() {
			for i := range n {
				cases := []uint64{uint64(i * 977 % n)}
				if made[g][cases[0]] = known.find(cases); made[g][cases[0]] == nil {
					made[g][cases[0]] = known.add(cases, &decide.Decision{})
				}
			}
		})
	}
	group.Wait()
	for g := range made {
		if made[g] != made[0] {
			t.Errorf("goroutine %d has other decisions", g)
		}
	}
}
