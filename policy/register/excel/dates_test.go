package excel_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/excel"
)

// A cell is shown as a day or a time where it is formatted so, and as it is elsewhere. It is read
// as it was.
func TestShowDates(t *testing.T) {
	custom := func(code string) *excelize.Style { return &excelize.Style{CustomNumFmt: &code} }
	for _, c := range []struct {
		style     *excelize.Style
		value     any
		want      string // shown, empty where the cell is written as it is
		since1904 string // the same, where days are counted from 1904
	}{
		{&excelize.Style{NumFmt: 14}, 16862, "1946-03-01", "1950-03-02"}, // 1,462 days later
		{&excelize.Style{NumFmt: 22}, 16862.5, "1946-03-01T12:00:00", "1950-03-02T12:00:00"},
		{&excelize.Style{NumFmt: 57}, 45292, "2024-01-01", "2028-01-02"}, // Chinese
		{&excelize.Style{NumFmt: 20}, 0.75, "18:00:00", "18:00:00"},
		{custom(`yyyy"年"m"月"d"日"`), 45351, "2024-02-29", "2028-03-01"},
		{custom(`[$-804]yyyy\-mm\-dd;@`), 45351, "2024-02-29", "2028-03-01"},
		{custom(`0.00"days"`), 45351, "", ""},
		{custom(`[Red]0.0`), 45351.5, "", ""},
		{custom(`General"年"`), 80, "", ""},
		{custom(`0年`), 80, "", ""},
		{custom(`[h]:mm`), 45.5, "", ""},
		{&excelize.Style{NumFmt: 46}, 45.5, "", ""},
		{&excelize.Style{NumFmt: 2}, 16862, "", ""},
		{&excelize.Style{NumFmt: 14}, "1946.3", "", ""},
		{&excelize.Style{NumFmt: 14}, -1, "", ""},
		{&excelize.Style{NumFmt: 14}, 1e300, "", ""},
		{&excelize.Style{NumFmt: 14}, nil, "", ""},
		{&excelize.Style{}, 16862, "", ""},
	} {
		for _, since1904 := range []bool{false, true} {
			f := excelize.NewFile()
			style, err := f.NewStyle(c.style)
			var b bytes.Buffer
			err = errors.Join(err, f.SetCellStyle("Sheet1", "B4", "C4", style), f.SetCellValue("Sheet1", "B2", "id"), f.SetCellValue("Sheet1", "C2", "登记"),
				f.SetCellValue("Sheet1", "B4", c.value), f.SetCellValue("Sheet1", "C4", c.value), f.SetCellValue("Sheet1", "D4", c.value),
				f.SetCellValue("Sheet1", "A5", 7), f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since1904}), f.Write(&b), f.Close())
			if err != nil {
				t.Fatal(err)
			}
			packed := b.Bytes()
			plain := rowsOf(t, packed, nil)
			got := rowsOf(t, packed, []int{2, 3, 9})
			want := c.want
			if since1904 {
				want = c.since1904
			}
			if len(got) != 3 || len(plain) != 3 {
				t.Fatalf("%d and %d rows", len(got), len(plain))
			}
			for i := range got {
				if diff := cmp.Diff(plain[i].Cells, got[i].Cells); diff != "" {
					t.Errorf("%v: cells are read otherwise: %s", c.value, diff)
				}
			}
			shown := ""
			if len(got[1].Shown) > 2 {
				shown = got[1].Shown[2]
			}
			if shown != want || len(got[0].Shown)+len(got[2].Shown)+len(plain[1].Shown) > 0 || len(got[1].Shown) > 3 {
				t.Errorf("%v as %+v, since 1904 %t: shown %q, want %q", c.value, c.style, since1904, got[1].Shown, want)
			}
		}
	}
}

// rowsOf returns the rows of a workbook of which some columns are shown.
func rowsOf(t *testing.T, packed []byte, show []int) []register.Row {
	t.Helper()
	s, err := excel.Format{}.Open(t.Context(), bytes.NewReader(packed), "")
	if err != nil {
		t.Fatal(err)
	}
	if show != nil {
		err = s.Show(show)
	}
	var rows []register.Row
	for err == nil {
		var r register.Row
		if err = s.Read(&r); err == nil {
			rows = append(rows, r)
		}
	}
	if closed := s.Close(); !errors.Is(err, io.EOF) || closed != nil {
		t.Fatal(err, closed)
	}
	return rows
}
