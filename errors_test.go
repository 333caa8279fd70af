package eldercare_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/diff"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/roster"
	"github.com/basic-eldercare/eldercare/policy/summary"
	"github.com/basic-eldercare/eldercare/policy/timeline"
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
			`{"code":"other-profile","message":"the profile was encoded for other attributes or figures, for another day or place, or not at all; ` +
				`encode the elder with the ruleset that is asked"}`,
		},
		{
			eldercare.CallError("the context is nil"), `{"code":"wrong-call","message":"the context is nil"}`,
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

// Every exported error marshals to code and message, in snake_case throughout.
func TestEveryErrorMarshals(t *testing.T) {
	place := policy.Position{File: "catalogs/attributes.yaml", Line: 3, Column: 5}
	diagnostic := policy.Diagnostic{Code: "no-number", Severity: policy.SeverityError, Pos: place, Summary: "no number", Remedy: "write one"}
	input := &eldercare.InputError{Problems: []eldercare.Problem{{Code: "out-of-range", Attributes: []string{"age"}, Message: "must be from 0 to 130"}}}
	_, unbound := eldercare.Bind[struct {
		Age string `eldercare:"age"`
	}](engine())
	rules := rulesOn(t, engine(), "huojia", today)
	source := must(register.CSV{}.Open(t.Context(), strings.NewReader("x,y\n1,2\n"), ""))(t)
	_, noColumn := register.New(rules, source, register.Options{})
	made := []error{
		input, unbound, noColumn, timeline.ErrAgeOnly, timeline.ErrOrder, eldercare.Diagnostics{diagnostic}, &eldercare.ProfileError{}, &eldercare.DateError{}, eldercare.CallError("the context is nil"),
		&eldercare.UnknownJurisdictionError{ID: "hungtong"}, &eldercare.NotInForceError{Jurisdiction: "hongtong"}, &eldercare.NotListedError{Service: "moon"},
		&eldercare.EvaluationError{Diagnostic: diagnostic}, &elder.RowError{Line: 3, Problem: "this is not well-formed JSON"},
		&roster.RowError{Row: 7, Err: input}, &summary.SingleError{Column: 2}, &register.TooManyError{Allowed: 10},
		&diff.NotComparableError{Attribute: "age", A: place, B: place},
	}
	tried := map[string]bool{"rules.EvaluationError": true}
	for _, err := range made {
		tried[strings.TrimPrefix(fmt.Sprintf("%T", err), "*")] = true
		text, wrong := json.Marshal(err)
		if wrong != nil {
			t.Errorf("%T: %v", err, wrong)
			continue
		}
		if keys := odd(must(decoded(text))(t)); len(keys) > 0 {
			t.Errorf("%T has the keys %q: %s", err, keys, text)
		}
		var object struct{ Code, Message string }
		if text[0] == '[' { // Diagnostics are several
			text = bytes.Trim(text, "[]")
		}
		if wrong := json.Unmarshal(text, &object); wrong != nil || object.Code == "" || object.Message == "" || object.Message != message(err) {
			t.Errorf("%T has the code %q and the message %q, %v: %s", err, object.Code, object.Message, wrong, text)
		}
	}
	for _, name := range declaredErrors(t) {
		if !tried[name] {
			t.Errorf("%s is not tried", name)
		}
	}
	for want, none := range map[string]any{
		"[]": eldercare.Diagnostics(nil), `{"code":"wrong-input","message":"","problems":[]}`: &eldercare.InputError{},
		`{"code":"wrong-binding","message":"","problems":[]}`: &eldercare.BindError{},
	} {
		if got := string(must(json.Marshal(none))(t)); got != want {
			t.Errorf("%T: %s, want %s", none, got, want)
		}
	}
}

// message is the text of an error; of a diagnostic it is the summary, as place and remedy stand
// beside it.
func message(err error) string {
	var several eldercare.Diagnostics
	if errors.As(err, &several) {
		return several[0].Summary
	}
	return err.Error()
}

func decoded(text []byte) (v any, err error) {
	err = json.Unmarshal(text, &v)
	return v, err
}

// odd returns the keys of a JSON value that are not in snake_case.
func odd(v any) (keys []string) {
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			keys = append(keys, odd(element)...)
		}
	case map[string]any:
		for key, value := range v {
			if strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") != "" {
				keys = append(keys, key)
			}
			keys = append(keys, odd(value)...)
		}
	}
	return keys
}

// declaredErrors returns the exported error types of the packages that others can import.
func declaredErrors(t *testing.T) (names []string) {
	t.Helper()
	wrong := filepath.WalkDir("policy", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "internal":
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file := must(parser.ParseFile(token.NewFileSet(), path, nil, 0))(t)
		for _, declared := range file.Decls {
			f, ok := declared.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Error" {
				continue
			}
			of := f.Recv.List[0].Type
			if pointer, ok := of.(*ast.StarExpr); ok {
				of = pointer.X
			}
			if name, ok := of.(*ast.Ident); ok && name.IsExported() {
				names = append(names, file.Name.Name+"."+name.Name)
			}
		}
		return nil
	})
	if wrong != nil {
		t.Fatal(wrong)
	}
	return names
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
		"Timeline": func() error {
			month := eldercare.Month{Year: 2026, Month: 11}
			_, err := engine().Timeline(t.Context(), "hongtong", elder, month, eldercare.Month{Year: 2026, Month: 13})
			return err
		},
		"Timeline of zero months": func() error {
			_, err := engine().Timeline(t.Context(), "hongtong", elder, eldercare.Month{}, eldercare.Month{})
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
	if all := engine().Listings(wrong); all != nil {
		t.Errorf("%d lists are in force on a day that does not exist", len(all))
	}
}
