// Package effort says how much a test should try, and runs tests.
package effort

import (
	"os"
	"runtime/debug"
	"testing"
)

// Main runs the tests of a package, and has garbage collected less often than usual: they make
// much, and keep little.
func Main(m *testing.M) {
	debug.SetGCPercent(400)
	m.Run()
}

// Of returns how much a test should try: short with -short, full with ELDERCARE_LONG, and usual
// otherwise. At every size the test must be able to fail.
func Of[T any](short, usual, full T) T {
	switch {
	case os.Getenv("ELDERCARE_LONG") != "":
		return full
	case testing.Short():
		return short
	}
	return usual
}
