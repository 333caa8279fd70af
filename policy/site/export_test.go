package site

import (
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// People makes elders with blanks.
type People = people

// NewPeople makes always the same elders of a seed.
func NewPeople(rs *ruleset.Ruleset, seed uint64) People { return newPeople(rs, seed) }

// Next makes an elder.
func (p People) Next() []int { return p.next() }

// Decided is the decision of the engine on an elder, or nil when nobody can be so.
func Decided(t testing.TB, rs *ruleset.Ruleset, cells []int) *eldercare.Decision {
	return decided(t, rs, cells)
}
