package excel_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
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
		s, err := excel.Format{}.Open(t.Context(), book(t, since1904, cells), "名册")
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
		if _, err := (excel.Format{}).Open(t.Context(), c.in, c.sheet); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error %v does not say %q", err, want)
		}
	}
}

// What is written is typed: numbers are numbers, texts texts, also those that look like something
// else.
func TestWrite(t *testing.T) {
	var b bytes.Buffer
	s, err := excel.Format{}.Create(t.Context(), &b, []register.Column{
		{Name: "row", Kind: register.Whole}, {Name: "id"}, {Name: "s"}, {Name: "s.m", Kind: register.Amount},
	})
	if err != nil {
		t.Fatal(err)
	}
	amount, err := policy.ParseDecimal("666.67")
	if err != nil {
		t.Fatal(err)
	}
	rows, own := register.NewWriter(s), []register.Cell{{Text: "7"}, {Text: "＝1+1"}}
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
	want := [][]string{{"row", "id", "s", "s.m"}, {"7", "'＝1+1", "entitled", "666.67"}, {"7", "'＝1+1"}}
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

// FuzzSheet reads workbooks with whatever sheet. None makes the reader panic, and the number of
// rows is that of the sheet's rows at most.
func FuzzSheet(f *testing.F) {
	const head, tail = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`, `</sheetData></worksheet>`
	for _, rows := range []string{
		`<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="str"><v>age</v></c></row><row r="3"><c r="B3"><v>80</v></c></row>`,
		`<row><c t="s"><v>7</v></c></row><row r="2"><c r="ZZZZ1"><v>1</v></c></row>`,
		`<row r="1"><c r="A1" t="b"><v>1</v></c></row><row r="-1"><c r="A" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>`,
		`<row r="2000000000"><c r="A1" t="d"><v>1946-03-01</v></c></row>`,
	} {
		f.Add([]byte(head + rows + tail))
	}
	var b bytes.Buffer
	book := excelize.NewFile()
	if err := errors.Join(book.Write(&b), book.Close()); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, sheet []byte) {
		s, err := excel.Format{}.Open(t.Context(), bytes.NewReader(withSheet(t, b.Bytes(), sheet)), "")
		if err != nil {
			return
		}
		rows := 1
		for ; err == nil; rows++ {
			err = s.Read(&register.Row{})
		}
		if rows > excelize.TotalRows+1 {
			t.Errorf("%d rows", rows)
		}
		_ = s.Close() // damaged
	})
}

// withSheet returns a workbook with another first sheet.
func withSheet(t *testing.T, book, sheet []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, file := range in.File {
		if file.Name != "xl/worksheets/sheet1.xml" {
			err = errors.Join(err, out.Copy(file))
			continue
		}
		w, createErr := out.Create(file.Name)
		if createErr != nil {
			t.Fatal(createErr)
		}
		_, writeErr := w.Write(sheet)
		err = errors.Join(err, writeErr)
	}
	if err := errors.Join(err, out.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// In memory, nothing of a large workbook comes onto the disk, neither read nor written; and one
// that is too large when it is unpacked is refused.
func TestInMemory(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	onDisk := func() int {
		t.Helper()
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	written := func(f excel.Format) []byte { // a sheet of more than 16 MB, with which excelize goes to the disk
		t.Helper()
		var b bytes.Buffer
		s, err := f.Create(t.Context(), &b, []register.Column{{Name: "编号", Kind: register.Text}})
		if err != nil {
			t.Fatal(err)
		}
		w := register.NewWriter(s)
		long := strings.Repeat("长", 5000)
		for range 1500 {
			err = errors.Join(err, w.Write([]register.Cell{{Text: long}}))
		}
		if err := errors.Join(err, w.Flush()); err != nil {
			t.Fatal(err)
		}
		if there := onDisk() > 0; there != (f.Memory == 0) {
			t.Errorf("of a workbook that is written, something is on the disk: %t", there)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	large := excel.Format{Memory: 64 << 20}
	workbook := written(large)
	if !bytes.Equal(workbook, written(excel.Format{})) {
		t.Error("the workbook is another one")
	}
	for _, f := range []excel.Format{large, {}} {
		s, err := f.Open(t.Context(), bytes.NewReader(workbook), "")
		if err != nil {
			t.Fatal(err)
		}
		if _, rows := all(t, s); len(rows) != 1500 {
			t.Errorf("%d rows", len(rows))
		}
		if there := onDisk() > 0; there != (f.Memory == 0) {
			t.Errorf("of a workbook that is read, something is on the disk: %t", there)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := (excel.Format{Memory: 1 << 20}).Open(t.Context(), bytes.NewReader(workbook), ""); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("a workbook that is too large: %v", err)
	}
}

// repacked returns a workbook with one part written otherwise.
func repacked(t *testing.T, part string, write func([]byte) []byte) []byte {
	t.Helper()
	packed, err := io.ReadAll(book(t, false, map[string]any{"A1": "id", "B1": "age", "A2": "a", "B2": 80, "A3": "b", "B3": 90}))
	if err != nil {
		t.Fatal(err)
	}
	from, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	var to bytes.Buffer
	w := zip.NewWriter(&to)
	for _, f := range from.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == part {
			content = write(content)
		}
		out, err := w.Create(f.Name)
		if err == nil {
			_, err = out.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return to.Bytes()
}

// ending is a context that ends once it has been asked so many times.
type ending struct {
	context.Context
	left int
}

// Err counts down.
func (e *ending) Err() error {
	if e.left--; e.left < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// Opening a large workbook ends with its context while it is seen whether all is whole, and before
// anything is read: whether a sheet is large, or the texts, in memory and from a disk.
func TestOpeningHears(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	texts := func(n int) []byte {
		text := "<si><t>" + strings.Repeat("x", 1<<16) + "</t></si>"
		return repacked(t, "xl/sharedStrings.xml", func(b []byte) []byte {
			return bytes.Replace(b, []byte("</sst>"), []byte(strings.Repeat(text, n)+"</sst>"), 1)
		})
	}
	for name, c := range map[string]struct {
		excel.Format
		workbook []byte
		asked    int // at least
	}{
		"a sheet": {excel.Format{}, repacked(t, "xl/worksheets/sheet2.xml", func(b []byte) []byte {
			return bytes.Replace(b, []byte("</sheetData>"), []byte(strings.Repeat("<row/>", 1<<17)+"</sheetData>"), 1)
		}), 100},
		"texts":           {excel.Format{Memory: 64 << 20}, texts(64), 64 << 16 / 4096},
		"texts on a disk": {excel.Format{}, texts(272), 272 << 16 / 4096},
	} {
		whole := &ending{t.Context(), 1 << 20}
		s, err := c.Open(whole, bytes.NewReader(c.workbook), "名册")
		if err != nil {
			t.Fatal(err)
		}
		if onDisk := len(must(os.ReadDir(dir))); (onDisk > 0) != (name == "texts on a disk") {
			t.Errorf("%s: %d files are on the disk", name, onDisk)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		asked := 1<<20 - whole.left
		if asked < c.asked {
			t.Fatalf("%s: the context is asked only %d times, want %d", name, asked, c.asked)
		}
		for _, left := range []int{0, 1, asked / 2, asked * 5 / 6, asked - 1} {
			ctx := &ending{t.Context(), left}
			if _, err := c.Open(ctx, bytes.NewReader(c.workbook), "名册"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s, ended when asked %d times of %d: %v", name, left, asked, err)
			}
			if ctx.left < -6 {
				t.Errorf("%s, ended when asked %d times of %d: asked %d times more", name, left, asked, -ctx.left)
			}
		}
		if left := must(os.ReadDir(dir)); len(left) > 0 {
			t.Errorf("%s: %d files stay", name, len(left))
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Writing a large workbook ends with its context, wherever that is. Nothing of it is written, and
// nothing stays on the disk; nor does it of one that is discarded.
func TestClosingHears(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	columns := []register.Column{{Name: "编号", Kind: register.Text}}
	text := strings.Repeat("长", 10_000)
	for _, f := range []excel.Format{{}, {Memory: 64 << 20}} {
		written := func(ctx context.Context, out io.Writer) register.Sink {
			t.Helper()
			s := must(f.Create(ctx, out, columns))
			w := register.NewWriter(s)
			for range 800 { // 24 MB
				if err := w.Write([]register.Cell{{Text: text}}); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if there := len(must(os.ReadDir(dir))) > 0; there != (f.Memory == 0) {
				t.Fatalf("something is on the disk: %t", there)
			}
			return s
		}
		whole := &ending{t.Context(), 1 << 20}
		var out bytes.Buffer
		if err := written(whole, &out).Close(); err != nil || out.Len() == 0 {
			t.Fatal(err)
		}
		asked := 1<<20 - whole.left
		if asked < 24_000_000>>18 {
			t.Errorf("the context is asked only %d times", asked)
		}
		for _, left := range []int{0, 1, asked / 2, asked - 1} {
			ctx := &ending{t.Context(), left}
			out.Reset()
			if err := written(ctx, &out).Close(); !errors.Is(err, context.DeadlineExceeded) || out.Len() > 0 {
				t.Errorf("ended when asked %d times of %d: %v, and %d bytes are written", left, asked, err, out.Len())
			}
			if ctx.left < -3 {
				t.Errorf("ended when asked %d times of %d: asked %d times more", left, asked, -ctx.left)
			}
		}
		written(t.Context(), &out).Discard()
		if left := must(os.ReadDir(dir)); len(left) > 0 || out.Len() > 0 {
			t.Errorf("%d files stay, and %d bytes are written", len(left), out.Len())
		}
	}
}

// Texts are read in the encoding that they name, and in UTF-8 where they name none.
func TestEncodings(t *testing.T) {
	const sst = `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`
	for head, name := range map[string]string{
		"": "年龄", `<?xml version="1.0"?>`: "年龄", "\xef\xbb\xbf" + `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n": "年龄",
		`<?xml version='1.0' encoding='GB18030'?>`: "\xc4\xea\xc1\xe4",
	} {
		workbook := repacked(t, "xl/sharedStrings.xml", func([]byte) []byte {
			return []byte(head + sst + strings.Repeat("<si><t>"+name+"</t></si>", 4) + "</sst>")
		})
		s, err := excel.Format{}.Open(t.Context(), bytes.NewReader(workbook), "名册")
		if err != nil {
			t.Fatal(head, err)
		}
		if diff := cmp.Diff([]string{"年龄", "年龄"}, s.Header()); diff != "" {
			t.Errorf("%s: %s", head, diff)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A sheet that breaks off is no shorter register, nor is one without its texts.
func TestDamaged(t *testing.T) {
	const sheet, named = "xl/worksheets/sheet2.xml", "名册"
	same := func(b []byte) []byte { return b }
	flipped := repacked(t, sheet, same)
	at := bytes.Index(flipped, []byte(sheet)) + len(sheet) + 20
	flipped[at] ^= 0xff
	for name, packed := range map[string][]byte{
		"a flipped byte":           flipped,
		"an end in the middle":     repacked(t, sheet, func(b []byte) []byte { return b[:bytes.Index(b, []byte("</sheetData>"))] }),
		"an end in a tag":          repacked(t, sheet, func(b []byte) []byte { return b[:len(b)/2] }),
		"what XML may not contain": repacked(t, sheet, func(b []byte) []byte { return bytes.Replace(b, []byte("90"), []byte("9&#x1;"), 1) }),
		"texts that break off":     repacked(t, "xl/sharedStrings.xml", func(b []byte) []byte { return b[:len(b)-10] }),
	} {
		if _, err := (excel.Format{}).Open(t.Context(), bytes.NewReader(packed), named); err == nil || !strings.Contains(err.Error(), "is damaged") {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := excel.Format{}.Open(t.Context(), bytes.NewReader(repacked(t, sheet, same)), named)
	if err != nil {
		t.Fatal(err)
	}
	if _, rows := all(t, s); len(rows) != 2 {
		t.Errorf("as it was it has %d rows", len(rows))
	}
	// A text without letters is five bytes long and takes sixty-four.
	many := repacked(t, "xl/sharedStrings.xml", func(b []byte) []byte {
		return bytes.Replace(b, []byte("</sst>"), []byte(strings.Repeat("<si/>", 50_000)+"</sst>"), 1)
	})
	if _, err := (excel.Format{Memory: 2 << 20}).Open(t.Context(), bytes.NewReader(many), named); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("many texts: %v", err)
	}
}
