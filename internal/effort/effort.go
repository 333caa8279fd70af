// Package effort says how much a test tries.
package effort

import (
	"os"
	"testing"
)

// Of returns how much a test tries: short with -short, full with ELDERCARE_LONG, usual without either.
// Whatever it is, the test must be able to fail.
func Of[T any](short, usual, full T) T {
	switch {
	case os.Getenv("ELDERCARE_LONG") != "":
		return full
	case testing.Short():
		return short
	}
	return usual
}
