package check_test

import (
	"testing"

	"github.com/basic-eldercare/eldercare"
)

// A list takes nothing from itself. What it leaves to localities it leaves open.
func TestAgainstItself(t *testing.T) {
	engine := load(t)
	for _, id := range []string{"shuozhou", "hongtong", "henan"} {
		r, err := engine.Check(t.Context(), id, eldercare.Against(id), eldercare.On(eldercare.Date{Year: 2026, Month: 11, Day: 22}))
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Findings) > 0 || r.Tested > 0 || r.Proved != len(r.Services) {
			t.Errorf("%s: %d of %d services proved, %d tested, %v", id, r.Proved, len(r.Services), r.Tested, r.Findings)
		}
	}
}
