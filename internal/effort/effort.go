// Package effort says how much a test tries.
package effort

import (
	"os"
	"testing"
)

// Long reports whether ELDERCARE_LONG asks for every test in full.
func Long() bool { return os.Getenv("ELDERCARE_LONG") != "" }

// Of returns how much a test tries: short with -short, full with ELDERCARE_LONG, usual without either.
// Whatever it is, the test must be able to fail.
func Of[T any](short, usual, full T) T {
	switch {
	case Long():
		return full
	case testing.Short():
		return short
	}
	return usual
}
