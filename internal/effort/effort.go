// Package effort says how much a test should try.
package effort

import (
	"os"
	"testing"
)

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
