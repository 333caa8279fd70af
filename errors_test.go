package eldercare_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
)

// Every error marshals to an object with code and message; what belongs to its kind stands beside
// them in snake_case.
func TestErrorsMarshalInOneForm(t *testing.T) {
	position := policy.Position{File: "rego/lists/a.rego", Line: 3, Column: 5}
	diagnostic := policy.Diagnostic{
		Code: "no-number", Severity: policy.SeverityError, Pos: position, Summary: "no number", Remedy: "write one",
	}
	const written = `{"code":"no-number","severity":"error",` +
		`"position":{"file":"rego/lists/a.rego","line":3,"column":5},"message":"no number","remedy":"write one"}`
	first := eldercare.Date{Year: 2024, Month: time.January, Day: 1}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{
			&eldercare.InputError{ID: "110101194402290019", Problems: []eldercare.Problem{{
				Code: "out-of-range", Attributes: []string{"age"}, Message: "must be from 0 to 130",
			}}},
			`{"code":"wrong-input","message":"age: must be from 0 to 130 [out-of-range]",` +
				`"problems":[{"code":"out-of-range","attributes":["age"],"message":"must be from 0 to 130"}]}`,
		},
		{&eldercare.EvaluationError{Diagnostic: diagnostic}, written},
		{eldercare.Diagnostics{diagnostic}, "[" + written + "]"},
		{
			&eldercare.UnknownJurisdictionError{ID: "hungtong", Suggestion: "hongtong"},
			`{"code":"unknown-jurisdiction","message":"unknown jurisdiction \"hungtong\"; did you mean \"hongtong\"?",` +
				`"jurisdiction":"hungtong","suggestion":"hongtong"}`,
		},
		{
			&eldercare.NotInForceError{Jurisdiction: "hongtong", On: first.AddDays(-1), First: first},
			`{"code":"not-in-force","message":"no list of hongtong is in force on 2023-12-31; the first is from 2024-01-01",` +
				`"jurisdiction":"hongtong","on":"2023-12-31","first":"2024-01-01"}`,
		},
		{
			&eldercare.NotListedError{Service: "moon", Jurisdiction: "hongtong"},
			`{"code":"not-listed","message":"no list of hongtong or above has a service \"moon\"",` +
				`"service":"moon","jurisdiction":"hongtong"}`,
		},
		{
			&eldercare.ProfileError{},
			`{"code":"other-profile","message":"the profile was encoded for other attributes or figures; ` +
				`encode the elder with the ruleset that is asked"}`,
		},
		{
			&eldercare.DateError{Date: eldercare.Date{Year: 2026, Month: 13, Day: 99}},
			`{"code":"wrong-date","message":"2026-13-99 is not a day of the calendar"}`,
		},
	} {
		got, err := json.Marshal(tt.err)
		if err != nil {
			t.Errorf("%T: %v", tt.err, err)
		}
		if diff := cmp.Diff(tt.want, string(got)); diff != "" {
			t.Errorf("%T (-want +got):\n%s", tt.err, diff)
		}
	}
}

// A day that does not exist is a DateError wherever a day is given.
func TestWrongDateIsTyped(t *testing.T) {
	wrong := eldercare.Date{Year: 2026, Month: time.February, Day: 30}
	elder := eldercare.Elder{"age": 80}
	for name, ask := range map[string]func() error{
		"On": func() error {
			_, err := engine().Evaluate(t.Context(), "hongtong", elder, eldercare.On(wrong))
			return err
		},
		"OnDate": func() error {
			_, err := engine().Evaluate(t.Context(), "hongtong", elder, eldercare.OnDate("2026-02-30"))
			return err
		},
		"Rules": func() error {
			_, err := engine().Rules(t.Context(), "hongtong", wrong)
			return err
		},
		"Check": func() error {
			_, err := engine().Check(t.Context(), "hongtong", eldercare.On(wrong))
			return err
		},
	} {
		if err := ask(); !errors.As(err, new(*eldercare.DateError)) {
			t.Errorf("%s: %v, want a DateError", name, err)
		}
	}
}
