package check_test

import (
	"os"
	"runtime/debug"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/check"
)

// TestMain has garbage collected less often: the tests make much, and keep little.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// fewerTrials has a test, but in its long form, try services that cannot be proved on few elders.
func fewerTrials(t *testing.T) {
	t.Helper()
	check.Try(t, effort.Of(1_000, 1_000, 20_000), effort.Of(200, 200, 2_000))
}
