package eldercare_test

import (
	"errors"
	"testing"

	"github.com/basic-eldercare/eldercare"
)

// A jurisdiction of which neither version has a list is unknown, not clean.
func TestSinceUnknown(t *testing.T) {
	e := engine()
	for name, options := range map[string][]eldercare.CheckOption{
		"every day": {eldercare.Since(e)},
		"one day":   {eldercare.Since(e), eldercare.On(date(t, today))},
	} {
		r, err := e.Check(t.Context(), "hongtnog", options...)
		if unknown := new(eldercare.UnknownJurisdictionError); !errors.As(err, &unknown) || unknown.Suggestion != "hongtong" {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
}
