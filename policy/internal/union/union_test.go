package union_test

import (
	"slices"
	"testing"

	"github.com/basic-eldercare/eldercare/policy/internal/union"
)

// What is joined keeps its order, has nothing twice, and leaves what it was joined from alone.
func TestOf(t *testing.T) {
	a := append(make([]string, 0, 8), "x", "y")
	if got := union.Of(a, []string{"z", "x", "z"}); !slices.Equal(got, []string{"x", "y", "z"}) {
		t.Error(got)
	}
	if rest := a[:3]; rest[2] != "" {
		t.Errorf("the first list was written to: %q", rest)
	}
}
