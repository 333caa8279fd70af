package eldercare_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
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
			`{"code":"wrong-date","message":"2026-13-99 is not a day of the calendar","date":"2026-13-99"}`,
		},
		{
			&eldercare.MonthError{Month: eldercare.Month{Year: 2026, Month: 13}},
			`{"code":"wrong-month","message":"2026-13 is not a month of the calendar","month":"2026-13"}`,
		},
		{
			policy.Errorf("wrong-folder", "%s is not a folder", "x"), `{"code":"wrong-folder","message":"x is not a folder"}`,
		},
		{
			policy.Join(eldercare.CallError("the row is nil"), nil, eldercare.CallError("the key is empty")),
			`{"code":"several-errors","message":"the row is nil\nthe key is empty",` +
				`"errors":[{"code":"wrong-call","message":"the row is nil"},{"code":"wrong-call","message":"the key is empty"}]}`,
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
		&eldercare.MonthError{}, policy.Errorf("wrong-folder", "no folder"),
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
	for _, file := range publicFiles(t) {
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
	}
	return names
}

// publicFiles parses the sources of the packages that others can import, by their paths.
func publicFiles(t *testing.T) map[string]*ast.File {
	t.Helper()
	paths := must(filepath.Glob("*.go"))(t)
	wrong := filepath.WalkDir("policy", func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && d.Name() == "internal" {
			return fs.SkipDir
		}
		paths = append(paths, path)
		return err
	})
	if wrong != nil {
		t.Fatal(wrong)
	}
	files := map[string]*ast.File{}
	for _, path := range paths {
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files[filepath.ToSlash(path)] = must(parser.ParseFile(token.NewFileSet(), path, nil, 0))(t)
		}
	}
	return files
}

// codeless are the texts of errors that have no code, with the reason.
var codeless = map[string]string{
	"the field is not exported": "becomes a BindProblem",
	"the field lies behind a pointer to an embedded struct; embed the struct itself": "becomes a BindProblem",
	"field %s has this tag already":               "becomes a BindProblem",
	"there is no such attribute%s":                "becomes a BindProblem",
	"the attribute needs %s, but the field is %s": "becomes a BindProblem",
	"stopped":                                "never leaves the reader",
	"there are too many cases to tell apart": "becomes a diagnostic",
	"there are many boxes":                   "has another order tried",
}

// No package that others can import makes an error without a code, which would be {} in JSON.
func TestErrorsHaveCodes(t *testing.T) {
	met := map[string]bool{}
	for path, file := range publicFiles(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			f, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || path == "policy/coded.go" { // which gives them codes
				return true
			}
			if of, ok := f.X.(*ast.Ident); !ok || of.Name+"."+f.Sel.Name != "errors.New" && of.Name+"."+f.Sel.Name != "fmt.Errorf" {
				return true
			}
			text := "a text that is put together"
			if literal, ok := call.Args[0].(*ast.BasicLit); ok {
				text = must(strconv.Unquote(literal.Value))(t)
			}
			if met[text] = true; codeless[text] == "" {
				t.Errorf("%s: %q has no code: make it a CallError, or with policy.Errorf", path, text)
			}
			return true
		})
	}
	for text := range codeless {
		if !met[text] {
			t.Errorf("no error says %q any more", text)
		}
	}
}

// What a caller meets has a code, and says what is wrong.
func TestErrorsOfCalls(t *testing.T) {
	ctx, e := t.Context(), engine()
	rules := rulesOn(t, e, "huojia", today)
	list := must(e.Roster(ctx, "huojia"))(t)
	type person struct {
		Age int `eldercare:"age"`
	}
	binding := must(eldercare.Bind[person](e))(t)
	for note, tt := range map[string]struct {
		code, message string
		call          func() error
	}{
		"no folder": {"wrong-folder", "", func() error {
			_, err := eldercare.Load(ctx, eldercare.WithDir(filepath.Join(t.TempDir(), "none")))
			return err
		}},
		"no file":   {"no-file", "open x.yaml: file does not exist", func() error { _, err := e.Source("x.yaml"); return err }},
		"a bad key": {"wrong-key", "", func() error { return e.WriteSignedBundle(io.Discard, []byte("x")) }},
		"no elder":  {"wrong-call", "the elder is nil", func() error { _, err := binding.Profile(rules, nil); return err }},
		"no writer": {"wrong-call", "the writer is nil", func() error { return new(eldercare.Explanation).Write(nil, "en") }},
		"no such column": {"unknown-attribute", "column x: there is no such attribute", func() error {
			return list.AppendColumns(1, map[string][]uint8{"x": {0}})
		}},
		"negative rows": {"wrong-call", "the number of elders is negative", func() error { return list.AppendColumns(-1, nil) }},
		"no such month": {"wrong-month", "there is no such month", func() error { _, err := timeline.ParseMonth("2026-13"); return err }},
		"no month":      {"wrong-month", "not a month of the form YYYY-MM", func() error { _, err := timeline.ParseMonth("2026-1"); return err }},
		"no such day": {"wrong-date", "2026-02-30 is not a day of the calendar", func() error {
			_, err := e.Evaluate(ctx, "hongtong", eldercare.Elder{}, eldercare.OnDate("2026-02-30"))
			return err
		}},
		"no day": {"wrong-date", "the day is missing", func() error { _, err := e.Rules(ctx, "hongtong", eldercare.Date{}); return err }},
	} {
		err := tt.call()
		if err == nil {
			t.Errorf("%s: no error", note)
			continue
		}
		var told struct{ Code, Message, Date string }
		text := must(json.Marshal(err))(t)
		if wrong := json.Unmarshal(text, &told); wrong != nil || told.Code != tt.code || told.Message != err.Error() {
			t.Errorf("%s: %s, want the code %s and the message %q", note, text, tt.code, err)
		}
		if tt.message != "" && err.Error() != tt.message {
			t.Errorf("%s: %v, want %s", note, err, tt.message)
		}
		if note == "no such day" && told.Date != "2026-02-30" {
			t.Errorf("%s: %s, want the date", note, text)
		}
	}
	_, err := eldercare.Load(ctx, eldercare.WithDir(filepath.Join(t.TempDir(), "none")))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
	if _, err := e.Source("x.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
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
