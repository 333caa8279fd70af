package parquet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	pq "github.com/parquet-go/parquet-go"

	"github.com/basic-eldercare/eldercare"
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

// nested is a file with columns that are no attributes' between others: a list, a group, a list of
// groups and a UUID.
func nested(t *testing.T) []byte {
	t.Helper()
	type place struct {
		Town string `parquet:"town"`
		No   *int32 `parquet:"no"`
	}
	type row struct {
		ID     string   `parquet:"编号"`
		Phones []string `parquet:"电话"`
		Place  place    `parquet:"住址"`
		Age    int32    `parquet:"age"`
		Kin    []place  `parquet:"备注,list"`
		Key    [16]byte `parquet:"key,uuid"`
		Town   *string  `parquet:"乡镇"`
	}
	town := "甲"
	var b bytes.Buffer
	if err := pq.Write(&b, []row{
		{ID: "a", Phones: []string{"1", "2"}, Place: place{Town: "x"}, Age: 80, Kin: []place{{}, {}, {}}, Town: &town}, {ID: "b", Age: 66},
	}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Of columns that are no attributes' the cells are blank, and the others are read as without them.
func TestUnread(t *testing.T) {
	s, err := parquet.Format{}.Open(t.Context(), bytes.NewReader(nested(t)), "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if diff := cmp.Diff([]int{1, 2, 4, 5}, s.(register.Partial).Unread()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]string{{"a", "", "", "80", "", "", "甲"}, {"b", "", "", "66", "", "", ""}}, all(t, s)); diff != "" {
		t.Error(diff)
	}
}

// A column that cannot be read is ignored, and left out if one says so. It is an error if it is an
// attribute, or kept or asked for.
func TestUnreadIsIgnored(t *testing.T) {
	e, err := eldercare.Load(t.Context(), eldercare.WithJurisdictions("hongtong"))
	if err != nil {
		t.Fatal(err)
	}
	day, err := policy.ParseDate("2026-11-22")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := e.Rules(t.Context(), "hongtong", day)
	if err != nil {
		t.Fatal(err)
	}
	open := func(file []byte, o register.Options) (*register.Register, error) {
		in, err := parquet.Format{}.Open(t.Context(), bytes.NewReader(file), "")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { in.Close() })
		return register.New(rules, in, o)
	}
	for _, o := range []register.Options{{}, {Map: map[string]string{"备注": ""}}} {
		r, err := open(nested(t), o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"电话", "住址", "备注", "key", "乡镇"}, r.Ignored()); diff != "" {
			t.Errorf("ignored: %s", diff)
		}
		if _, err := r.Column("备注"); err == nil || !strings.Contains(err.Error(), `the column 5, "备注", is a list`) {
			t.Errorf("the column of a list: %v", err)
		}
		if i, err := r.Column("乡镇"); i != 6 || err != nil {
			t.Errorf("乡镇 is column %d, %v", i, err)
		}
		plan, err := r.Plan(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range plan {
			got = append(got, fmt.Sprintf("%s=%s %d/%d", u.Header, u.Attribute, u.Blank, u.Rows))
		}
		want := []string{"编号=id 0/2", "电话= 0/0", "住址= 0/0", "age=age 0/2", "备注= 0/0", "key= 0/0", "乡镇= 1/2"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("plan: %s", diff)
		}
	}
	type headed struct {
		Age  int32    `parquet:"age"`
		Kind []string `parquet:"低保"`
		Care []string `parquet:"自理能力"`
	}
	var b bytes.Buffer
	if err := pq.Write(&b, []headed{{Age: 80}}); err != nil {
		t.Fatal(err)
	}
	const left = ", is a list, a group, or of a type that no attribute has: leave it out with --map "
	for name, c := range map[string]struct {
		file []byte
		o    register.Options
		want string
	}{
		"mapped": {nested(t), register.Options{Map: map[string]string{"备注": "self_care"}}, `the column 5, "备注"` + left + `"备注="`},
		"kept":   {nested(t), register.Options{Keep: []string{"住址"}}, `--keep: the column 3, "住址", is a list, a group, or of a type that cannot be read`},
		"headed": {b.Bytes(), register.Options{}, `the column 2, "低保"` + left + "\"低保=\"\n" + `the column 3, "自理能力"` + left + `"自理能力="`},
		"left":   {b.Bytes(), register.Options{Map: map[string]string{"低保": "", "自理能力": ""}}, ""},
	} {
		text := ""
		if _, err := open(c.file, c.o); err != nil {
			text = err.Error()
		}
		if text != c.want {
			t.Errorf("%s: the error is %q, want %q", name, text, c.want)
		}
	}
}

func TestCannotRead(t *testing.T) {
	file := string(nested(t))
	for want, c := range map[string]struct{ text, sheet string }{
		"damaged, or is not": {"id,age\n", ""},
		"no sheets":          {file, "x"},
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
