package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// People makes elders with blanks.
type People = people

// NewPeople makes always the same elders of a seed.
func NewPeople(rs *ruleset.Ruleset, seed uint64) People { return newPeople(rs, seed) }

// Next makes an elder.
func (p People) Next() []int { return p.next() }

// Wanted is the decision of the engine, and false when nobody can be so.
func Wanted(t testing.TB, rs *ruleset.Ruleset, cells []int) (any, bool) { return wanted(t, rs, cells) }

// Same compares answers on elders.
func Same(t testing.TB, elders [][]int, want, got []any) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%d answers on %d elders", len(got), len(want))
	}
	for i := range want {
		if !cmp.Equal(want[i], got[i]) {
			t.Fatalf("%v: %s", elders[i], cmp.Diff(want[i], got[i]))
		}
	}
}
