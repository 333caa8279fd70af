package parquet_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	pq "github.com/parquet-go/parquet-go"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/parquet"
)

// all are the cells of a source.
func all(t testing.TB, s register.Source) [][]string {
	t.Helper()
	var rows [][]string
	for {
		var r register.Row
		err := s.Read(&r)
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil || r.Number != len(rows)+1 {
			t.Fatal(r.Number, err)
		}
		s.Split(&r)
		rows = append(rows, r.Cells)
	}
}

// Columns of the types that other programs write are read as a clerk would write them.
func TestRead(t *testing.T) {
	type row struct {
		ID     string    `parquet:"编号"`
		Age    *int32    `parquet:"age"`
		Small  uint8     `parquet:"small"`
		Born   int32     `parquet:"born,date"`
		At     time.Time `parquet:"at,timestamp(microsecond)"`
		Alone  *bool     `parquet:"alone"`
		Share  float64   `parquet:"share"`
		Money  int64     `parquet:"money,decimal(2:9)"`
		Status string    `parquet:"status,dict"`
	}
	age, yes := int32(80), true
	var b bytes.Buffer
	w := pq.NewGenericWriter[row](&b)
	day := time.Date(1946, 3, 1, 0, 0, 0, 0, time.UTC)
	_, err := w.Write([]row{
		{"a", &age, 255, int32(day.Unix() / 86400), day, &yes, 0.25, 66667, "低保"},
		{"b", nil, 0, 0, day.Add(time.Second), nil, 80, -5, ""},
	})
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := parquet.Format{}.Open(t.Context(), &b, "") // no file: it is put into one
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if diff := cmp.Diff([]string{"编号", "age", "small", "born", "at", "alone", "share", "money", "status"}, s.Header()); diff != "" {
		t.Error(diff)
	}
	want := [][]string{
		{"a", "80", "255", "1946-03-01", "1946-03-01", "true", "0.25", "666.67", "低保"},
		{"b", "", "0", "1970-01-01", "1946-03-01T00:00:01", "", "80", "-0.05", ""},
	}
	if diff := cmp.Diff(want, all(t, s)); diff != "" {
		t.Error(diff)
	}
}

// What is written is typed, in order, and read again: over more rows than one group has.
func TestWrite(t *testing.T) {
	const rows = 1<<17 + 700
	name := filepath.Join(t.TempDir(), "out.parquet")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	sink, err := parquet.Format{}.Create(t.Context(), f, []register.Column{
		{Name: "row", Kind: register.Whole}, {Name: "id"}, {Name: "s"}, {Name: "b.m", Kind: register.Amount}, {Name: "a", Kind: register.Truth},
	})
	if err != nil {
		t.Fatal(err)
	}
	amount, err := policy.ParseDecimal("666.67")
	if err != nil {
		t.Fatal(err)
	}
	some, none := sink.Prepare(2, []register.Cell{{Text: "entitled"}, {Number: &amount}, {Text: "true"}}), sink.Prepare(2, make([]register.Cell, 3))
	w := register.NewWriter(sink)
	for i := range rows {
		err = errors.Join(err, w.Write([]register.Cell{{Text: strconv.Itoa(i)}, {Text: "E" + strconv.Itoa(i)}}, []any{some, none}[i%2]))
	}
	if err := errors.Join(err, w.Flush(), sink.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := parquet.Format{}.Open(t.Context(), f, "")
	if err != nil {
		t.Fatal(err)
	}
	got := all(t, s)
	if len(got) != rows {
		t.Fatalf("%d rows", len(got))
	}
	for i, row := range got {
		want := []string{strconv.Itoa(i), "E" + strconv.Itoa(i), "", "", ""}
		if i%2 == 0 {
			want = []string{want[0], want[1], "entitled", "666.67", "true"}
		}
		if diff := cmp.Diff(want, row); diff != "" {
			t.Fatal(diff)
		}
	}
	if err := errors.Join(s.Close(), f.Close()); err != nil {
		t.Error(err)
	}
}

// What is unknown is null in a column of truth values, and so is what is neither true nor false.
func TestUnknownTruth(t *testing.T) {
	var b bytes.Buffer
	sink, err := parquet.Format{}.Create(t.Context(), &b, []register.Column{{Name: "id"}, {Name: "alone", Kind: register.Truth}})
	if err != nil {
		t.Fatal(err)
	}
	w := register.NewWriter(sink)
	for _, text := range []string{"true", "", "false", "是"} {
		err = errors.Join(err, w.Write([]register.Cell{{Text: "a"}, {Text: text}}))
	}
	if err := errors.Join(err, w.Flush(), sink.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := parquet.Format{}.Open(t.Context(), &b, "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if diff := cmp.Diff([][]string{{"a", "true"}, {"a", ""}, {"a", "false"}, {"a", ""}}, all(t, s)); diff != "" {
		t.Error(diff)
	}
}

func TestCannotRead(t *testing.T) {
	type nested struct {
		Age  int
		List []string
	}
	var b bytes.Buffer
	w := pq.NewGenericWriter[nested](&b)
	_, err := w.Write([]nested{{80, []string{"a"}}})
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]struct{ text, sheet string }{
		"damaged, or is not": {"id,age\n", ""},
		`"List", is a list`:  {b.String(), ""},
		"no sheets":          {b.String(), "x"},
	} {
		if _, err := (parquet.Format{}).Open(t.Context(), strings.NewReader(c.text), c.sheet); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error %v does not say %q", err, want)
		}
	}
}

// No file makes the reader panic, and of a sound beginning it gives all rows or an error.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	sink, err := parquet.Format{}.Create(f.Context(), &b, []register.Column{{Name: "id"}, {Name: "age", Kind: register.Whole}, {Name: "低保"}})
	if err != nil {
		f.Fatal(err)
	}
	w := register.NewWriter(sink)
	for i := range 5 {
		err = errors.Join(err, w.Write([]register.Cell{{Text: strconv.Itoa(i)}, {Text: "80"}, {Text: "是"}}))
	}
	if err := errors.Join(err, w.Flush(), sink.Close()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := parquet.Format{}.Open(t.Context(), bytes.NewReader(file), "")
		if err != nil {
			return
		}
		rows := int64(0)
		var r register.Row
		for ; err == nil; rows++ {
			r = register.Row{}
			err = s.Read(&r)
		}
		if total := s.(interface{ Rows() int64 }).Rows(); errors.Is(err, io.EOF) && rows-1 < total && total < 1000 {
			t.Errorf("%d of %d rows", rows-1, total)
		}
		_ = s.Close() // damaged
	})
}
