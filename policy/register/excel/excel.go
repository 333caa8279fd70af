// Package excel reads and writes registers as Excel workbooks (.xlsx).
package excel

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/register"
)

// Format is an Excel workbook, of which one sheet is a register. Rows are read and written one by
// one; the packed file and its texts are held in memory.
type Format struct {
	// Memory keeps all of a workbook in memory, and refuses one that has more bytes when it is
	// unpacked. If it is 0, large sheets are unpacked into temporary files.
	Memory int64
}

// options say how excelize works.
func (f Format) options() excelize.Options {
	o := excelize.Options{RawCellValue: true}
	if f.Memory > 0 {
		o.UnzipSizeLimit, o.UnzipXMLSizeLimit = f.Memory, f.Memory
		o.TmpDir = os.DevNull // where no file can be, excelize keeps all in memory
	}
	return o
}

// source reads a sheet.
type source struct {
	book      *excelize.File
	sheet     string
	rows      *excelize.Rows
	taken     int // of rows
	header    []string
	number    int
	since1904 bool
	shown     []int
	formatted *excelize.Rows // again, for the formats of what is shown; nil where there are none of days
}

// Open reads the header of a sheet, the first unless one is named. When ctx ends, so does it, with
// the error of ctx.
func (f Format) Open(ctx context.Context, in io.Reader, sheet string) (register.Source, error) {
	packed, err := io.ReadAll(hearing{ctx, in})
	if err != nil {
		return nil, err
	}
	book, err := f.book(ctx, packed)
	if err != nil {
		return nil, cmp.Or(ctx.Err(), policy.Errorf("wrong-file", "cannot be read as an Excel workbook: %w", err))
	}
	s := &source{book: book}
	if err := cmp.Or(s.open(sheet), ctx.Err()); err != nil {
		return nil, errors.Join(err, book.Close())
	}
	return s, nil
}

// book is a packed workbook that is whole.
func (f Format) book(ctx context.Context, packed []byte) (*excelize.File, error) {
	if err := f.whole(ctx, packed); err != nil {
		return nil, err
	}
	return excelize.OpenReader(bytes.NewReader(packed), f.options())
}

// hearing reads until its context ends.
type hearing struct {
	ctx context.Context
	in  io.Reader
}

// Read reads on, unless the context has ended.
func (h hearing) Read(p []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	return h.in.Read(p)
}

func (s *source) open(sheet string) error {
	sheets := s.book.GetSheetList()
	switch {
	case len(sheets) == 0:
		return policy.Errorf("no-sheet", "the workbook has no sheet")
	case sheet == "":
		sheet = sheets[0]
	case !slices.Contains(sheets, sheet):
		return policy.Errorf("no-sheet", "there is no sheet %q; the sheets are %s", sheet, strings.Join(sheets, ", "))
	}
	if props, err := s.book.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		s.since1904 = *props.Date1904
	}
	var err error
	s.sheet = sheet
	if s.rows, err = s.book.Rows(sheet); err != nil {
		return err
	}
	for len(s.header) == 0 {
		if s.header, err = s.next(); errors.Is(err, io.EOF) {
			return policy.Errorf("no-header", "the sheet %q is empty: its first row must name the columns", sheet)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// next returns the cells of the next row.
func (s *source) next() ([]string, error) {
	s.taken++
	return nextOf(s.rows)
}

func nextOf(rows *excelize.Rows, o ...excelize.Options) ([]string, error) {
	if !rows.Next() {
		if err := rows.Error(); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}
	return rows.Columns(o...)
}

// Header returns the names of the columns.
func (s *source) Header() []string { return s.header }

// Serials reports that numbers stand for days.
func (s *source) Serials() (bool, bool) { return true, s.since1904 }

// Split has nothing to do: cells are read apart.
func (s *source) Split(*register.Row) {}

// Read reads the cells of a row. Empty rows between others are rows.
func (s *source) Read(r *register.Row) error {
	cells, err := s.next()
	if err != nil {
		return err
	}
	s.number++
	r.Number, r.Cells = s.number, append(r.Cells[:0], cells...)
	return s.show(r)
}

// Close ends reading.
func (s *source) Close() error {
	var err error
	if s.formatted != nil {
		err = s.formatted.Close()
	}
	return errors.Join(err, s.rows.Close(), s.book.Close())
}

// sink writes a sheet.
type sink struct {
	book  *excelize.File
	sheet *excelize.StreamWriter
	out   io.Writer
	row   int
	whole []bool // whether a column holds whole numbers
}

// Create writes the header. When ctx ends, so does [register.Sink.Close], with the error of ctx.
func (f Format) Create(ctx context.Context, out io.Writer, columns []register.Column) (register.Sink, error) {
	book := excelize.NewFile(f.options())
	book.SetZipWriter(func(out io.Writer) excelize.ZipWriter { return heardZip{zip.NewWriter(out), ctx} })
	sheet, err := book.NewStreamWriter(book.GetSheetName(0))
	if err != nil {
		return nil, err
	}
	s := &sink{book: book, sheet: sheet, out: out}
	var header []any
	for _, c := range columns {
		header = append(header, register.Harmless(c.Name))
		s.whole = append(s.whole, c.Kind == register.Whole)
	}
	return s, s.put(header)
}

func (s *sink) put(cells []any) error {
	if s.row++; s.row > excelize.TotalRows {
		return policy.Errorf("too-many-rows", "a sheet has at most %d rows: write CSV", excelize.TotalRows)
	}
	return s.sheet.SetRow("A"+strconv.Itoa(s.row), cells)
}

// Prepare makes values of cells.
func (s *sink) Prepare(from int, cells []register.Cell) any { return s.values(nil, from, cells) }

// page is rows as values, one after the other.
type page struct {
	*sink
	values []any
	ends   []int // of the rows
}

// Page returns an empty page.
func (s *sink) Page() register.Page { return &page{sink: s} }

// Add adds a row.
func (p *page) Add(own []register.Cell, prepared ...any) {
	p.values = p.sink.values(p.values, 0, own)
	for _, more := range prepared {
		p.values = append(p.values, more.([]any)...)
	}
	p.ends = append(p.ends, len(p.values))
}

// Write writes the rows of a page.
func (s *sink) Write(of register.Page) error {
	p := of.(*page)
	begin := 0
	for _, end := range p.ends {
		if err := s.put(p.values[begin:end]); err != nil {
			return err
		}
		begin = end
	}
	clear(p.values) // they are the elders'
	p.values, p.ends = p.values[:0], p.ends[:0]
	return nil
}

// values returns cells of the columns from a place on. Nothing is an empty cell.
func (s *sink) values(line []any, from int, cells []register.Cell) []any {
	for i, c := range cells {
		switch {
		case c.Number != nil:
			line = append(line, float(*c.Number))
		case c.Text == "":
			line = append(line, nil)
		case s.whole[from+i]:
			n, _ := strconv.Atoi(c.Text) // it is one
			line = append(line, n)
		default:
			line = append(line, register.Harmless(c.Text))
		}
	}
	return line
}

// float returns an amount as a spreadsheet holds it: it has fewer digits than a float64.
func float(d policy.Decimal) float64 {
	f, _ := strconv.ParseFloat(d.String(), 64) // it is a number
	return f
}

// Close writes the workbook.
func (s *sink) Close() error {
	return errors.Join(s.sheet.Flush(), s.book.Write(s.out), s.book.Close())
}

// Discard removes what was put aside.
func (s *sink) Discard() { _ = s.book.Close() }

// heardZip packs until its context ends.
type heardZip struct {
	*zip.Writer
	ctx context.Context
}

// Create begins a part.
func (h heardZip) Create(name string) (io.Writer, error) {
	out, err := h.Writer.Create(name)
	return heardPart{h.ctx, out}, err
}

// heardPart is a part of a workbook that is packed.
type heardPart struct {
	ctx context.Context
	out io.Writer
}

// piece is how much of a part is packed at once.
const piece = 1 << 18

// Write packs what may be all of a sheet, unless the context ends.
func (p heardPart) Write(b []byte) (n int, err error) {
	for len(b) > n && err == nil {
		if err = p.ctx.Err(); err == nil {
			var some int
			some, err = p.out.Write(b[n:min(len(b), n+piece)])
			n += some
		}
	}
	return n, err
}
