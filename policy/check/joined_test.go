package check_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/check"
)

// Elders for whom a better bundle hides a worse one lose in the same way as those who have the
// better one only. Together they are one finding.
func TestPartsOfALossAreJoined(t *testing.T) {
	engine := chain(
		t, made{parameters: shares(), linked: []string{share, ceiling}, rules: []rule{sharing("s100", "up900", over70)}},
		made{rules: []rule{sharing("s80", "up800", over70), sharing("s50", "up300", alone)}},
	)
	want := []lostBundle{{check.Lower, both, "100 900", []string{"80 800"}, "age ≥ 70"}}
	if diff := cmp.Diff(want, lostBundles(checked(t, engine, "tc")), cmp.AllowUnexported(lostBundle{})); diff != "" {
		t.Error(diff)
	}
}
