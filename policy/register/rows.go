package register

import (
	"context"
	"io"
	"strings"
	"sync/atomic"

	"github.com/basic-eldercare/eldercare/policy"
)

// Row is one row of a register, as it stands in the file.
type Row struct {
	Number  int      // among the rows of data, from 1
	Text    []byte   // what a format leaves to [Source.Split], or the JSON of an elder
	Cells   []string // one a column; missing ones are blank
	Words   []*Word  // what a format leaves to [Source.Split], too: one a column; nil ones are blank
	Shown   []string // cells that are shown otherwise than they are read, by column; else blank
	Problem *Problem // why the row cannot be read; nil when it can
}

// Word is a text that many cells of one column may share. It remembers what it means there.
type Word struct {
	Text    string
	meaning atomic.Pointer[meaning]
}

// reset empties a row, and keeps its room.
func (r *Row) reset() {
	*r = Row{Text: r.Text[:0], Cells: r.Cells[:0], Shown: r.Shown[:0], Words: r.Words[:0]}
}

// cell is the text of a cell, and the word that it is; nil where it is none.
func (r *Row) cell(i int) (string, *Word) {
	switch {
	case len(r.Words) == 0:
		return r.Cells[i], nil
	case r.Words[i] == nil:
		return "", nil
	}
	return r.Words[i].Text, r.Words[i]
}

// show is the text of a cell as it is shown, of one that reads as given.
func (r *Row) show(i int, cell string) string {
	if i < len(r.Shown) && r.Shown[i] != "" {
		return r.Shown[i]
	}
	return cell
}

// blank reports whether nothing is in a row.
func (r *Row) blank() bool {
	for _, word := range r.Words {
		if word != nil && strings.TrimSpace(word.Text) != "" {
			return false
		}
	}
	return blank(r.Cells)
}

// Problem is one thing wrong with a row. It never repeats the value of a cell.
type Problem struct {
	Row     int
	ID      string
	Column  string // the header, empty when the whole row is at fault
	Code    string
	Message string
}

// Source is a register to be read row by row.
type Source interface {
	// Header returns the names of the columns, or nil when each row is the JSON of an elder.
	Header() []string
	// Read reads the next row into r: its Text, its Cells or its Words. After the last row it
	// returns [io.EOF].
	Read(r *Row) error
	// Split makes the Cells of a row from its Text or its Words, and empties its Words. It is safe
	// for concurrent use.
	Split(r *Row)
	// Show tells the source, before a row is read, which columns people will see. The source may
	// then fill [Row.Shown] for their cells.
	Show(columns []int) error
	// Serials reports whether numbers may stand for days, and whether they count from 1904.
	Serials() (are, since1904 bool)
	// Close ends reading.
	Close() error
}

// Partial is a source that cannot read some of its columns, such as lists. All their cells are
// blank.
type Partial interface {
	Source
	// Unread returns these columns, in order.
	Unread() []int
}

// Sink takes rows in order, page by page. Pages are filled on many cores, and written on one.
type Sink interface {
	// Prepare turns the cells of several columns, from a column on, into what [Page.Add] takes.
	// Many rows can share the result. It is safe for concurrent use.
	Prepare(from int, cells []Cell) any
	// Page returns an empty page. It is safe for concurrent use.
	Page() Page
	// Write writes the rows of a page, and empties it.
	Write(Page) error
	// Close completes the content. It does not close the writer below.
	Close() error
	// Discard releases the content of a run that failed, without completing it. After Close it does
	// nothing.
	Discard()
}

// Page holds rows on their way to a sink. It serves one goroutine at a time.
type Page interface {
	// Add adds a row: its own cells first, and then cells that [Sink.Prepare] has prepared.
	Add(own []Cell, prepared ...any)
}

// Writer writes rows to a sink one by one.
type Writer struct {
	sink Sink
	page Page
	rows int
}

// NewWriter begins to write to a sink.
func NewWriter(sink Sink) *Writer { return &Writer{sink: sink, page: sink.Page()} }

// Write writes a row. Its last cells may be prepared ones.
func (w *Writer) Write(own []Cell, prepared ...any) error {
	w.page.Add(own, prepared...)
	if w.rows++; w.rows < chunkRows {
		return nil
	}
	return w.Flush()
}

// Flush writes what is left. It does not close the sink.
func (w *Writer) Flush() error {
	w.rows = 0
	return w.sink.Write(w.page)
}

// Format is a kind of file that registers come in.
type Format interface {
	// Open begins to read. The sheet is empty unless one is named. A format that takes long to
	// open, such as a workbook, stops when ctx ends and returns its error. Reading the rows does
	// not heed ctx.
	Open(ctx context.Context, in io.Reader, sheet string) (Source, error)
	// Create begins to write rows of the columns. A format that takes long to close, such as a
	// workbook, stops when ctx ends and returns its error. Writing the rows does not heed ctx.
	Create(ctx context.Context, out io.Writer, columns []Column) (Sink, error)
}

// Cell is a number if Number is set, and otherwise a text. Both may be empty.
type Cell struct {
	Text   string
	Number *policy.Decimal
}

// Kind is the type of a column's cells.
type Kind int

// The kinds of columns.
const (
	Text   Kind = iota
	Whole       // whole numbers
	Amount      // exact to four places
	Truth       // true or false
	List        // names with commas between them, or "none"; in JSON a list
)

// Column is a column of an output.
type Column struct {
	Name string
	Kind Kind
}
