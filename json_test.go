package eldercare_test

import (
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/diff"
	"github.com/basic-eldercare/eldercare/policy/explain"
	"github.com/basic-eldercare/eldercare/policy/notice"
	"github.com/basic-eldercare/eldercare/policy/roster"
	"github.com/basic-eldercare/eldercare/policy/trace"
)

// What an engine answers is JSON with keys in snake_case, and lists that are never null. It is the
// same once it was read again.
func TestAnswersAreJSON(t *testing.T) {
	ctx, e := t.Context(), engine()
	el := eldercare.Elder{"age": 79, "local_hukou": true}
	day := eldercare.OnDate(today)
	list := must(e.Roster(ctx, "huojia", day))(t)
	if err := errors.Join(list.Add(el), list.Add(eldercare.Elder{"age": 100, "local_hukou": true})); err != nil {
		t.Fatal(err)
	}
	answers := map[string]any{
		"decision":  must(e.Evaluate(ctx, "huojia", el, day))(t),
		"questions": must(e.NextQuestions(ctx, "huojia", el, day))(t),
		"notice":    must(e.Notice(ctx, "huojia", el, day))(t),
		"totals":    must(list.Totals(ctx))(t),
		"check":     must(e.Check(ctx, "huojia", day))(t),
		"diff":      must(e.Diff(ctx, "huojia", "hongtong", day))(t),
		"lint":      must(e.Lint(ctx, "huojia", day))(t),
		"trace":     must(e.Trace("huojia", date(t, today), must(trace.Read("x.txt", []byte("清单")))(t)))(t),
		"test":      must(e.Test(ctx, eldercare.TestsOf("huojia")))(t),
		"timeline": must(e.Timeline(ctx, "huojia", eldercare.Elder{"birth_date": "1947-03-05", "local_hukou": true},
			eldercare.Month{Year: 2026, Month: 11}, eldercare.Month{Year: 2027, Month: 4}))(t),
		"listings":      e.Listings(date(t, today)),
		"jurisdictions": e.Jurisdictions(),
	}
	for _, service := range must(e.List("huojia", date(t, today)))(t).Services {
		answers["explanation of "+service.ID] = must(e.Explain(ctx, "huojia", el, service.ID, day))(t)
	}
	for name, answer := range answers {
		text := must(json.Marshal(answer))(t)
		again := reflect.New(reflect.TypeOf(answer))
		if err := json.Unmarshal(text, again.Interface()); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(string(text), string(must(json.Marshal(again.Interface()))(t))); diff != "" {
			t.Errorf("%s, as it is read again (-was +is):\n%s", name, diff)
		}
		for _, key := range []string{"due", "soon", "possible", "later", "permitted", "services", "cash", "errors", "findings"} {
			if strings.Contains(string(text), `"`+key+`":null`) {
				t.Errorf("%s has null for the list %s", name, key)
			}
		}
		if keys := odd(must(decoded(text))(t)); len(keys) > 0 {
			t.Errorf("%s has the keys %q", name, keys)
		}
	}
}

// A row without a decision is read again from the totals.
func TestRowErrorsFromJSON(t *testing.T) {
	input := &eldercare.InputError{Problems: []eldercare.Problem{{Code: "out-of-range", Attributes: []string{"age"}, Message: "must be from 0 to 130"}}}
	for _, err := range []error{input, eldercare.CallError("the cell has no value")} {
		row := &roster.RowError{Row: 7, Err: err}
		read := again(t, &roster.Totals{Errors: []*roster.RowError{row}})
		if got := read.Errors[0]; got.Row != 7 || got.Error() != row.Error() || string(must(json.Marshal(got))(t)) != string(must(json.Marshal(row))(t)) {
			t.Errorf("%v is read as %v", row, got)
		}
	}
}

// A fraction is read as it is written, and no number that only seems one.
func TestNumbersFromJSON(t *testing.T) {
	for text, want := range map[string]*big.Rat{"666.67": big.NewRat(66667, 100), `"1/3"`: big.NewRat(1, 3), `"-2/7"`: big.NewRat(-2, 7), "0": new(big.Rat)} {
		var n explain.Number
		if err := json.Unmarshal([]byte(text), &n); err != nil || n.Rat == nil || n.Rat.Cmp(want) != 0 {
			t.Errorf("%s is read as %v, %v", text, n, err)
		}
		if got := string(must(json.Marshal(n))(t)); got != text {
			t.Errorf("%s is written again as %s", text, got)
		}
	}
	for _, text := range []string{`"1/0"`, `"1e999999999"`, `"x"`, `""`, "1e999999999", "{}", "true"} {
		if err := json.Unmarshal([]byte(text), new(explain.Number)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
	if got := string(must(json.Marshal(explain.Number{}))(t)); got != "null" {
		t.Errorf("no number is %s", got)
	}
}

// The zero Date, which means none, is read again.
func TestNoDateFromJSON(t *testing.T) {
	read := again(t, &eldercare.Date{})
	if !read.IsZero() {
		t.Errorf("no date is read as %s", read)
	}
}

// What was read from JSON has no words. It says so, or says what it can, and does not panic.
func TestAnswersFromJSONDoNotPanic(t *testing.T) {
	ctx, e := t.Context(), engine()
	day := eldercare.OnDate(today)
	for _, el := range []eldercare.Elder{{"age": 79}, {"age": 100, "local_hukou": true}, {}} {
		n := again(t, must(e.Notice(ctx, "huojia", el, day))(t))
		for _, print := range []func() error{
			func() error { return notice.HTML(io.Discard, "en", n) }, func() error { return notice.Markdown(io.Discard, "zh", n) },
		} {
			if err := print(); !errors.As(err, new(eldercare.CallError)) {
				t.Errorf("a notice is printed: %v", err)
			}
		}
		for _, service := range must(e.List("huojia", date(t, today)))(t).Services {
			x := again(t, must(e.Explain(ctx, "huojia", el, service.ID, day))(t))
			if err := x.Write(io.Discard, "en"); !errors.As(err, new(eldercare.CallError)) {
				t.Errorf("an explanation is written: %v", err)
			}
			for _, lang := range []string{"en", "zh"} {
				if x.Text(lang) == "" || x.Name(lang) == "" {
					t.Errorf("%s says nothing", service.ID)
				}
				x.Labels(x.Needs, lang)
				for _, a := range x.Amounts {
					x.AmountWords(a, lang)
				}
				for _, b := range x.Bundles {
					x.BundleWords(b, lang)
				}
				for _, b := range append(x.Grounds, x.Nearest...) {
					for _, c := range b.Conditions {
						_, _, _ = c.Words(lang), c.Label(lang), c.Side(lang)
					}
				}
			}
		}
	}
	for _, other := range []string{"hongtong", "huojia"} {
		d := again(t, must(e.Diff(ctx, "huojia", other, day))(t))
		for _, print := range []func() error{func() error { return diff.HTML(io.Discard, d, "en") }, func() error { return diff.Markdown(io.Discard, d, "zh") }} {
			if err := print(); !errors.As(err, new(eldercare.CallError)) {
				t.Errorf("a report is printed: %v", err)
			}
		}
		for _, lang := range []string{"en", "zh"} {
			if d.Page(lang).Verdict == "" {
				t.Error("a report has no verdict")
			}
			d.Losses(lang)
		}
	}
}

// again reads an answer from the JSON that it writes.
func again[T any](t *testing.T, answer *T) *T {
	t.Helper()
	read := new(T)
	if err := json.Unmarshal(must(json.Marshal(answer))(t), read); err != nil {
		t.Fatal(err)
	}
	return read
}
