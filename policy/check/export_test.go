package check

import "testing"

// Try has a test try a service that cannot be proved on that many combinations of values, and on
// that many elders at random. It is for what needs neither all of them nor much time.
func Try(t *testing.T, trials, random int) {
	combined, anybody := maxTrials, maxRandom
	t.Cleanup(func() { maxTrials, maxRandom = combined, anybody })
	maxTrials, maxRandom = trials, random
}
