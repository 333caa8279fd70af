package register_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/register"
)

// Rows are written as objects of the columns that are not empty, by the kinds of these.
func TestWriteNDJSON(t *testing.T) {
	number := func(s string) *policy.Decimal {
		d := must(policy.ParseDecimal(s))
		return &d
	}
	columns := []register.Column{
		{Name: "row", Kind: register.Whole}, {Name: "id", Kind: register.Text}, {Name: "sum", Kind: register.Amount},
		{Name: "\"家\"", Kind: register.Truth}, {Name: "needs", Kind: register.List},
	}
	var out bytes.Buffer
	sink := must(register.NDJSON{}.Create(t.Context(), &out, columns))
	w := register.NewWriter(sink)
	row := func(row, id string, sum *policy.Decimal, truth, list string) []register.Cell {
		return []register.Cell{{Text: row}, {Text: id}, {Number: sum}, {Text: truth}, {Text: list}}
	}
	for _, cells := range [][]register.Cell{
		row("1", "a", number("30.5"), "true", "age,alone"),
		row("2", "007", number("0"), "false", "none"),
		row("", "", nil, "", ""),
		row("3", `张"三\<&>`, nil, "", "age"),
		row("4", "a b~", nil, "", ""),
		row("5", "a\x1fb\x7f", nil, "", ""),
		{},
	} {
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	// Cells of the last columns may be written ahead.
	ahead := sink.Prepare(3, []register.Cell{{Text: "true"}, {Text: "none,age"}})
	for _, own := range [][]register.Cell{{{Text: "6"}}, {}} {
		if err := w.Write(own, ahead); err != nil {
			t.Fatal(err)
		}
	}
	if out.Len() > 0 {
		t.Error("rows are written before they are flushed")
	}
	for range 2 { // and only once
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"row":1,"id":"a","sum":30.5,"\"家\"":true,"needs":["age","alone"]}`,
		`{"row":2,"id":"007","sum":0,"\"家\"":false,"needs":[]}`,
		`{}`,
		`{"row":3,"id":"张\"三\\\u003c\u0026\u003e","needs":["age"]}`,
		`{"row":4,"id":"a b~"}`,
		`{"row":5,"id":"a\u001fb` + "\x7f" + `"}`,
		`{}`,
		`{"row":6,"\"家\"":true,"needs":["age"]}`,
		`{"\"家\"":true,"needs":["age"]}`,
		``,
	}
	if diff := cmp.Diff(want, strings.Split(out.String(), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for line := range strings.Lines(out.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("%s is no JSON", line)
		}
	}
	if err := must(register.NDJSON{}.Create(t.Context(), &brokenPipe{}, columns)).Write(written(sink)); err == nil {
		t.Error("what cannot be written is no error")
	}
}

// written returns a page of one row.
func written(sink register.Sink) register.Page {
	p := sink.Page()
	p.Add([]register.Cell{{Text: "1"}})
	return p
}

// A source of JSON counts rows, has no header and no sheets, and goes on behind what is no elder.
func TestReadNDJSON(t *testing.T) {
	if _, err := (register.NDJSON{}).Open(t.Context(), strings.NewReader("{}"), "Sheet1"); err == nil {
		t.Error("JSON has a sheet")
	}
	source := must(register.NDJSON{}.Open(t.Context(), strings.NewReader("{\"id\":\"a\"}\n80\n{\"id\":\"c\"}\n"), ""))
	dates, since04 := source.Serials()
	if source.Header() != nil || source.Show([]int{0}) != nil || dates || since04 {
		t.Error("JSON has no header, no columns to keep, and no serial numbers of days")
	}
	var got []string
	for {
		var r register.Row
		err := source.Read(&r)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			break
		}
		source.Split(&r)
		text := string(r.Text)
		if r.Problem != nil {
			text = r.Problem.Code
		}
		got = append(got, text)
		if r.Number != len(got) {
			t.Errorf("row %d is numbered %d", len(got), r.Number)
		}
	}
	if diff := cmp.Diff([]string{`{"id":"a"}`, "malformed", `{"id":"c"}`}, got); diff != "" {
		t.Error(diff)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	broken := must(register.NDJSON{}.Open(t.Context(), io.MultiReader(strings.NewReader("{\"id\":\"a\"}\n"), failing{}), ""))
	defer broken.Close()
	var r register.Row
	if err := broken.Read(&r); err != nil {
		t.Fatal(err)
	}
	if err := broken.Read(&r); err == nil || errors.Is(err, io.EOF) || r.Problem != nil {
		t.Errorf("what cannot be read: %v, %v", err, r.Problem)
	}
}
