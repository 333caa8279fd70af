package excel_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/excel"
)

// book returns a workbook with cells in a second sheet.
func book(t *testing.T, since1904 bool, cells map[string]any) io.Reader {
	t.Helper()
	f := excelize.NewFile()
	_, err := f.NewSheet("名册")
	for cell, value := range cells {
		err = errors.Join(err, f.SetCellValue("名册", cell, value))
	}
	var b bytes.Buffer
	err = errors.Join(err, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since1904}), f.Write(&b), f.Close())
	if err != nil {
		t.Fatal(err)
	}
	return &b
}

// all returns the rows of a source: number, then cells.
func all(t *testing.T, s register.Source) (numbers []int, cells [][]string) {
	t.Helper()
	for {
		var r register.Row
		err := s.Read(&r)
		if errors.Is(err, io.EOF) {
			return numbers, cells
		}
		if err != nil {
			t.Fatal(err)
		}
		numbers, cells = append(numbers, r.Number), append(cells, r.Cells)
	}
}

func TestRead(t *testing.T) {
	cells := map[string]any{"A1": "编号", "B1": "年龄", "C1": "出生日期", "A2": "007", "B2": 80, "C2": 16862, "A4": "b", "B4": "六十"}
	for _, since1904 := range []bool{false, true} {
		s, err := excel.Format{}.Open(book(t, since1904, cells), "名册")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"编号", "年龄", "出生日期"}, s.Header()); diff != "" {
			t.Error(diff)
		}
		if are, since := s.Serials(); !are || since != since1904 {
			t.Errorf("numbers are days: %v, since 1904: %v, want %v", are, since, since1904)
		}
		numbers, rows := all(t, s)
		if diff := cmp.Diff([]int{1, 2, 3}, numbers); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([][]string{{"007", "80", "16862"}, nil, {"b", "六十"}}, rows); diff != "" {
			t.Error(diff)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestCannotRead(t *testing.T) {
	for want, c := range map[string]struct {
		in    io.Reader
		sheet string
	}{
		"cannot be read as an Excel workbook": {strings.NewReader("id,age\n"), ""},
		`the sheets are Sheet1, 名册`:           {book(t, false, nil), "老人"},
		`the sheet "Sheet1" is empty`:         {book(t, false, nil), ""},
	} {
		if _, err := (excel.Format{}).Open(c.in, c.sheet); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error %v does not say %q", err, want)
		}
	}
}

// What is written is typed: numbers are numbers, texts texts, also those that look like something
// else.
func TestWrite(t *testing.T) {
	var b bytes.Buffer
	s, err := excel.Format{}.Create(&b, []register.Column{
		{Name: "row", Kind: register.Whole}, {Name: "id"}, {Name: "s"}, {Name: "s.m", Kind: register.Amount},
	})
	if err != nil {
		t.Fatal(err)
	}
	amount, err := policy.ParseDecimal("666.67")
	if err != nil {
		t.Fatal(err)
	}
	rows, own := register.NewWriter(s), []register.Cell{{Text: "7"}, {Text: "=1+1"}}
	err = errors.Join(
		rows.Write(own, s.Prepare(2, []register.Cell{{Text: "entitled"}}), s.Prepare(3, []register.Cell{{Number: &amount}})),
		rows.Write(own, s.Prepare(2, []register.Cell{{}, {}})), rows.Flush(), s.Close(),
	)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := f.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"row", "id", "s", "s.m"}, {"7", "'=1+1", "entitled", "666.67"}, {"7", "'=1+1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for cell, want := range map[string]bool{"A2": true, "B2": false, "D2": true} {
		kind, err := f.GetCellType("Sheet1", cell)
		if number := kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset; err != nil || number != want {
			t.Errorf("%s is a number: %v, %v", cell, number, err)
		}
	}
	if formula, err := f.GetCellFormula("Sheet1", "B2"); formula != "" || err != nil {
		t.Errorf("a formula: %q, %v", formula, err)
	}
}
