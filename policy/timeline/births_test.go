package timeline

import (
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
)

// On every day of four years, who was born on the last day for an age has it, and who was born a
// day later has not.
func TestLatestBirth(t *testing.T) {
	for on := (policy.Date{Year: 2025, Month: 1, Day: 1}); on.Year < 2029; on = on.AddDays(1) {
		for age := range 131 {
			born := latestBirth(age, on)
			if got, later := born.AgeOn(on), born.AddDays(1).AgeOn(on); got != age || later != age-1 {
				t.Fatalf("%d years on %s: born on %s, who is %d; a day later, %d", age, on, born, got, later)
			}
		}
	}
}
