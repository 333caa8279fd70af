package register

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/basic-eldercare/eldercare/policy"
)

// CSV is text with one row on each line and commas between the cells. A cell in quotes may contain
// line ends.
type CSV struct {
	// Comma is written between cells; 0 stands for a comma. A reader finds the separator in the
	// header: comma, tab or semicolon, whichever occurs most often.
	Comma byte
}

const (
	maxRecord = 1 << 18 // bytes of a row: a longer one is refused
	maxLines  = 20      // of one row: a quote that is never closed must not swallow the rest of a file
)

// csvSource reads CSV.
type csvSource struct {
	in     *bufio.Reader
	ahead  [][]byte // lines read behind an open quote, to be read again
	err    error    // behind those lines
	comma  byte
	header []string
	rows   int
}

// Open reads the header.
func (CSV) Open(_ context.Context, in io.Reader, sheet string) (Source, error) {
	if sheet != "" {
		return nil, policy.Errorf("no-sheet", "CSV has no sheets: leave out --sheet")
	}
	s := &csvSource{in: decoded(in), comma: ','}
	record, problem, err := s.record()
	for err == nil && problem == nil && len(record) == 0 {
		record, problem, err = s.record()
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, policy.Errorf("no-header", "the file is empty: its first row must name the columns")
	case err != nil:
		return nil, err
	case problem != nil:
		return nil, policy.Errorf("no-header", "the first row must name the columns, and cannot be read: %s", problem.Message)
	case !utf8.Valid(record):
		return nil, policy.Errorf("not-utf8", "the first row is not UTF-8 or GB18030 text")
	}
	s.comma = parting(record)
	if s.header, problem = s.cells(record, nil); problem != nil {
		return nil, policy.Errorf("no-header", "the first row must name the columns, and cannot be read: %s", problem.Message)
	}
	return s, nil
}

// parting returns what parts the cells of a header.
func parting(header []byte) byte {
	counts := map[byte]int{}
	quoted := false
	for _, b := range header {
		switch b {
		case '"':
			quoted = !quoted
		case ',', '\t', ';':
			if !quoted {
				counts[b]++
			}
		}
	}
	best := byte(',')
	for _, b := range []byte{'\t', ';'} {
		if counts[b] > counts[best] {
			best = b
		}
	}
	return best
}

func (s *csvSource) Header() []string { return s.header }

// Show has nothing to prepare: cells are shown as they are read.
func (s *csvSource) Show([]int) error { return nil }

func (s *csvSource) Serials() (bool, bool) { return false, false }
func (s *csvSource) Close() error          { return nil }

// Read reads the text of a row. Lines with nothing in them are no rows.
func (s *csvSource) Read(r *Row) error {
	for {
		record, problem, err := s.record()
		if err != nil {
			return err
		}
		if len(record) == 0 && problem == nil {
			continue
		}
		s.rows++
		r.Number, r.Problem = s.rows, problem
		r.Text = append(r.Text[:0], record...)
		return nil
	}
}

// record reads a line; of one with an open quote as many as close it. Where nothing closes it, or
// what comes of it has not as many cells as the header, the line is refused alone, and those behind
// it are read again.
func (s *csvSource) record() ([]byte, *Problem, error) {
	first, err := s.line()
	if err != nil || len(first) > maxRecord {
		return nil, tooLong(first), err
	}
	record, used := first, 0
	if s.open(first) {
		record = bytes.Clone(first) // reading on overwrites it
	}
	for open := s.open(record); open; open = s.open(record) {
		if used == maxLines || len(record) > maxRecord {
			return nil, &Problem{Code: "open-quote", Message: "a quote is not closed"}, nil
		}
		more, err := s.peek(used)
		if errors.Is(err, io.EOF) {
			return nil, &Problem{Code: "open-quote", Message: "a quote is not closed"}, nil
		}
		if err != nil {
			return nil, nil, err
		}
		used++
		record = append(append(record, '\n'), more...)
	}
	if used > 0 && s.header != nil {
		if cells, problem := s.cells(record, nil); problem != nil || len(cells) != len(s.header) {
			return nil, &Problem{Code: "open-quote", Message: "a quote is not closed where the cell ends"}, nil
		}
	}
	s.ahead = s.ahead[used:]
	return record, nil, nil
}

func tooLong(line []byte) *Problem {
	if len(line) <= maxRecord {
		return nil
	}
	return &Problem{Code: "too-long", Message: fmt.Sprintf("longer than %d bytes", maxRecord)}
}

// line returns the next line, without its end. It is good until the next is read.
func (s *csvSource) line() ([]byte, error) {
	if len(s.ahead) > 0 {
		line := s.ahead[0]
		s.ahead = s.ahead[1:]
		return line, nil
	}
	return s.readLine()
}

// peek returns the n-th line behind the one read last.
func (s *csvSource) peek(n int) ([]byte, error) {
	for len(s.ahead) <= n {
		line, err := s.readLine()
		if err != nil {
			return nil, err
		}
		s.ahead = append(s.ahead, bytes.Clone(line))
	}
	return s.ahead[n], nil
}

// readLine reads a line; of one that is too long the beginning.
func (s *csvSource) readLine() ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	line, err := s.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line = bytes.Clone(line)
		for errors.Is(err, bufio.ErrBufferFull) {
			var more []byte
			if more, err = s.in.ReadSlice('\n'); len(line) <= maxRecord {
				line = append(line, more...)
			}
		}
	}
	if err != nil {
		s.err = err
		if len(line) == 0 || !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), nil
}

// open reports whether a text ends within quotes.
func (s *csvSource) open(text []byte) bool {
	if bytes.IndexByte(text, '"') < 0 {
		return false
	}
	_, problem := s.cells(text, nil)
	return problem != nil && problem.Code == "open-quote"
}

// Split cuts the text of a row into cells.
func (s *csvSource) Split(r *Row) {
	if r.Problem != nil {
		return
	}
	r.Cells, r.Problem = s.cells(r.Text, r.Cells[:0])
	if r.Problem != nil {
		return
	}
	for len(r.Cells) > len(s.header) && strings.TrimSpace(r.Cells[len(r.Cells)-1]) == "" {
		r.Cells = r.Cells[:len(r.Cells)-1]
	}
	if len(r.Cells) != len(s.header) && !blank(r.Cells) {
		r.Problem = &Problem{
			Code: "ragged-row", Message: fmt.Sprintf("%d cells where the header has %d", len(r.Cells), len(s.header)),
		}
	}
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// cells appends the cells of a record. A quote within a cell that does not begin with one is a
// character like others.
func (s *csvSource) cells(record []byte, cells []string) ([]string, *Problem) {
	text := string(record)
	for {
		if !strings.HasPrefix(text, `"`) {
			end := strings.IndexByte(text, s.comma)
			if end < 0 {
				return append(cells, text), nil
			}
			cells, text = append(cells, text[:end]), text[end+1:]
			continue
		}
		cell, rest, problem := quoted(text, s.comma)
		if problem != nil {
			return cells, problem
		}
		cells = append(cells, cell)
		if rest == "" {
			return cells, nil
		}
		text = rest[1:]
	}
}

// quoted returns the cell in quotes that a text begins with, and the rest from what parts it from
// the next.
func quoted(text string, comma byte) (cell, rest string, problem *Problem) {
	rest = text[1:]
	for {
		end := strings.IndexByte(rest, '"')
		if end < 0 {
			return "", "", &Problem{Code: "open-quote", Message: "a quote is not closed"}
		}
		cell, rest = cell+rest[:end], rest[end+1:]
		switch {
		case rest == "" || rest[0] == comma:
			return cell, rest, nil
		case rest[0] != '"':
			return "", "", &Problem{Code: "stray-quote", Message: "a quote within quotes is not doubled"}
		}
		cell, rest = cell+`"`, rest[1:]
	}
}
