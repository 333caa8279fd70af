package check

import (
	"context"
	"testing"

	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// Try has a test try a service that cannot be proved on that many combinations of values, and on
// that many elders at random. It is for what needs neither all of them nor much time.
func Try(t *testing.T, trials, random int) {
	combined, anybody := maxTrials, maxRandom
	t.Cleanup(func() { maxTrials, maxRandom = combined, anybody })
	maxTrials, maxRandom = trials, random
}

// OpenAmounts returns the amounts that the child leaves open and the parent states, on one day,
// without witnesses.
func OpenAmounts(child, parent Side) []Finding {
	c := newChecker(context.Background(), child, parent)
	var findings []Finding
	for _, service := range c.services() {
		for _, l := range c.lowered(service) {
			if l.kind == Open {
				f := c.finding(l.loss)
				f.Boxes = box.Cover(l.region, c.impossible, c.space.Values)
				findings = append(findings, *f)
			}
		}
	}
	return findings
}
