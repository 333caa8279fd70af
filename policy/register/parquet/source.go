package parquet

import (
	"errors"
	"io"
	"os"

	"github.com/parquet-go/parquet-go"

	"github.com/basic-eldercare/eldercare/policy/register"
)

// batch is how many rows are read at once.
const batch = 512

// source reads a file, one group of rows after the other.
type source struct {
	file    *parquet.File
	spooled *os.File // nil unless the input was no file
	header  []string
	columns []column
	unread  []int // columns
	group   int   // the next
	left    int64
	ready   int // rows of the batch at hand
	at      int // the next of them
	rows    int
}

// column reads the cells of a column.
type column struct {
	index    int
	optional bool
	text     func(parquet.Value) string // nil of a column that is not read
	pages    parquet.Pages
	page     parquet.Page
	row      int // the next of the page
	values   parquet.ValueReader
	buffer   []parquet.Value
	cells    [batch]*register.Word

	// Of a page whose values are numbers of those in a dictionary:
	of      parquet.Dictionary
	words   []register.Word // of the dictionary
	numbers []int32
	levels  []byte
	number  int // the next
}

// Header returns the names of the columns.
func (s *source) Header() []string { return s.header }

// Unread returns the columns whose values do not fit into one cell.
func (s *source) Unread() []int { return s.unread }

// Show has nothing to prepare: cells are shown as they are read.
func (s *source) Show([]int) error { return nil }

// Serials reports that numbers stand for no days: dates are typed.
func (s *source) Serials() (bool, bool) { return false, false }

// Rows returns the number of rows.
func (s *source) Rows() int64 { return s.file.NumRows() }

// Split writes the words of a row out.
func (s *source) Split(r *register.Row) {
	for _, word := range r.Words {
		text := ""
		if word != nil {
			text = word.Text
		}
		r.Cells = append(r.Cells, text)
	}
	r.Words = r.Words[:0]
}

// Close ends reading.
func (s *source) Close() error {
	err := s.closePages()
	if s.spooled != nil {
		err = errors.Join(err, s.spooled.Close(), os.Remove(s.spooled.Name()))
	}
	return err
}

func (s *source) closePages() error {
	return guarded(func() (err error) {
		for i := range s.columns {
			c := &s.columns[i]
			c.release()
			if c.pages != nil {
				err = errors.Join(err, c.pages.Close())
			}
			c.pages = nil
		}
		return err
	})
}

// Read reads the cells of a row.
func (s *source) Read(r *register.Row) error {
	if s.at == s.ready {
		if err := guarded(s.fill); err != nil {
			return err
		}
	}
	for i := range s.columns {
		r.Words = append(r.Words, s.columns[i].cells[s.at])
	}
	s.at++
	s.rows++
	r.Number = s.rows
	return nil
}

// fill reads a batch.
func (s *source) fill() error {
	for s.left == 0 {
		if err := s.next(); err != nil {
			return err
		}
	}
	n := int(min(batch, s.left))
	for i := range s.columns {
		if c := &s.columns[i]; c.text != nil {
			if err := c.fill(n); err != nil {
				return err
			}
		}
	}
	s.left -= int64(n)
	s.ready, s.at = n, 0
	return nil
}

// next begins the next group of rows.
func (s *source) next() error {
	groups := s.file.RowGroups()
	if s.group == len(groups) {
		return io.EOF
	}
	if err := s.closePages(); err != nil {
		return errUnreadable
	}
	chunks := groups[s.group].ColumnChunks()
	for i := range s.columns {
		if c := &s.columns[i]; c.text != nil {
			c.pages = chunks[c.index].Pages()
		}
	}
	s.left = groups[s.group].NumRows()
	s.group++
	return nil
}

// fill reads some cells.
func (c *column) fill(n int) error {
	for done := 0; done < n; {
		if c.page == nil || c.row == int(c.page.NumRows()) {
			if err := c.turn(); err != nil {
				return err
			}
			continue
		}
		some := min(n-done, int(c.page.NumRows())-c.row)
		cells := c.cells[done : done+some]
		if c.of != nil {
			c.look(cells)
		} else if err := c.read(cells); err != nil {
			return err
		}
		done += some
		c.row += some
	}
	return nil
}

// turn turns to the next page.
func (c *column) turn() error {
	c.release()
	page, err := c.pages.ReadPage()
	switch {
	case errors.Is(err, io.EOF): // before the rows that the group has
		return errUnreadable
	case err != nil:
		return readError(err)
	}
	c.page, c.row, c.number = page, 0, 0
	if of := page.Dictionary(); of != nil {
		if c.of != of {
			c.of, c.words = of, make([]register.Word, of.Len())
			for i := range c.words {
				c.words[i].Text = c.text(of.Index(int32(i)))
			}
		}
		data := page.Data()
		c.numbers, c.levels = data.Int32(), page.DefinitionLevels()
		return nil
	}
	c.of, c.values = nil, page.Values()
	return nil
}

// readError is an error of the file system, or says that the file is damaged.
func readError(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path
	}
	return errUnreadable
}

func (c *column) release() {
	if c.page != nil {
		parquet.Release(c.page)
	}
	c.page = nil
}

// look takes the words of the dictionary.
func (c *column) look(cells []*register.Word) {
	for i := range cells {
		if c.optional && c.levels[c.row+i] == 0 {
			cells[i] = nil
			continue
		}
		cells[i] = &c.words[c.numbers[c.number]]
		c.number++
	}
}

// read reads the cells of a page without a dictionary.
func (c *column) read(cells []*register.Word) error {
	words := make([]register.Word, len(cells))
	if cap(c.buffer) < len(cells) {
		c.buffer = make([]parquet.Value, batch)
	}
	for done := 0; done < len(cells); {
		n, err := c.values.ReadValues(c.buffer[:len(cells)-done])
		for i, v := range c.buffer[:n] {
			cells[done+i] = nil
			if !v.IsNull() {
				words[done+i].Text = c.text(v)
				cells[done+i] = &words[done+i]
			}
		}
		done += n
		if err != nil && done < len(cells) || n == 0 {
			return errUnreadable
		}
	}
	return nil
}
