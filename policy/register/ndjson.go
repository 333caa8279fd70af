package register

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"strconv"

	"github.com/basic-eldercare/eldercare/policy/elder"
)

// NDJSON is one JSON object a line. What is read may also be an array of objects.
type NDJSON struct{}

// jsonSource reads elders as [elder.ReadRaw] does.
type jsonSource struct {
	next func() (elder.Raw, error, bool)
	stop func()
	rows int
}

// Open begins to read.
func (NDJSON) Open(in io.Reader, sheet string) (Source, error) {
	if sheet != "" {
		return nil, errors.New("JSON has no sheets: leave out --sheet")
	}
	s := &jsonSource{}
	s.next, s.stop = iter.Pull2(elder.ReadRaw(in))
	return s, nil
}

func (s *jsonSource) Header() []string      { return nil }
func (s *jsonSource) Serials() (bool, bool) { return false, false }
func (s *jsonSource) Split(*Row)            {}

// Close ends reading.
func (s *jsonSource) Close() error {
	s.stop()
	return nil
}

// Read reads the next elder.
func (s *jsonSource) Read(r *Row) error {
	raw, err, ok := s.next()
	if !ok {
		return io.EOF
	}
	s.rows++
	r.Number = s.rows
	var wrong *elder.RowError
	switch {
	case err == nil:
		r.Text = append(r.Text[:0], raw.JSON...)
	case errors.As(err, &wrong) && wrong.Err == nil:
		r.Problem = &Problem{Code: malformed, Message: wrong.Problem}
	default:
		return err
	}
	return nil
}

// malformed is the code of what is no elder in JSON.
const malformed = "malformed"

// jsonSink writes one object a row: the columns that are not empty.
type jsonSink struct {
	out   *bufio.Writer
	names []string // of the columns, as they stand before a value
	kinds []Kind
	line  []byte
}

// Create begins to write.
func (NDJSON) Create(out io.Writer, columns []Column) (Sink, error) {
	s := &jsonSink{out: bufio.NewWriterSize(out, 1<<16)}
	for _, c := range columns {
		name, _ := json.Marshal(c.Name) // texts can be written
		s.names, s.kinds = append(s.names, string(name)+":"), append(s.kinds, c.Kind)
	}
	return s, nil
}

// Prepare writes the shared cells ahead.
func (s *jsonSink) Prepare(shared [][]Cell) any {
	lines := make([][]byte, len(shared))
	for i, cells := range shared {
		lines[i] = append(s.append(nil, len(s.names)-len(cells), cells), '}', '\n')
	}
	return lines
}

// Write writes the rows of one elder.
func (s *jsonSink) Write(own []Cell, shared any) error {
	s.line = s.append(s.line[:0], 0, own)
	s.line[0] = '{' // instead of the comma before the row, which is never empty
	for _, rest := range shared.([][]byte) {
		_, _ = s.out.Write(s.line) // the next write has the error
		if _, err := s.out.Write(rest); err != nil {
			return err
		}
	}
	return nil
}

// Close writes what is buffered.
func (s *jsonSink) Close() error { return s.out.Flush() }

// append appends cells of the columns from a place on, each behind a comma.
func (s *jsonSink) append(line []byte, from int, cells []Cell) []byte {
	for i, c := range cells {
		if c.Text == "" && c.Number == nil {
			continue
		}
		line = append(append(line, ','), s.names[from+i]...)
		switch {
		case c.Number != nil:
			line = append(line, c.Number.String()...)
		case s.kinds[from+i] == Text:
			text, _ := json.Marshal(c.Text) // texts can be written
			line = append(line, text...)
		default:
			line = append(line, c.Text...)
		}
	}
	return line
}

// number returns a whole number as a cell.
func number(n int) Cell { return Cell{Text: strconv.Itoa(n)} }
