package elder

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"
)

// Row is one elder of an input.
type Row struct {
	Line  int // on which the elder begins, from 1
	Elder Elder
}

// RowError says what is wrong with one row of an input, or why the input cannot be read on. It never repeats what the input
// says, but for the name of an attribute.
type RowError struct {
	Line    int // of the problem, from 1
	Problem string
	Err     error // the reader's own error, nil when the content is at fault
}

// Error is the problem with its line.
func (e *RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Problem) }

// Unwrap is the reader's own error.
func (e *RowError) Unwrap() error { return e.Err }

// maxElder bounds the bytes of one elder.
const maxElder = 1 << 20

// Read reads elders from JSON: one object, several one after the other, an array of objects, or one object a line (NDJSON),
// which it tells apart by itself. Numbers come as [json.Number]. It holds one elder at a time.
//
// Errors are [*RowError]. After an error of one row the others go on, wherever it is certain how: in lines always, elsewhere
// unless the brackets or commas are wrong. An empty input is an error; an empty array is not.
func Read(r io.Reader) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		s := &splitter{in: bufio.NewReader(r), line: 1, yield: yield}
		if err := s.run(); err != nil && !errors.Is(err, errStopped) {
			yield(Row{}, s.rowError(err))
		}
	}
}

// errStopped says that the caller wants no more.
var errStopped = errors.New("stopped")

// problem is what is wrong with the content, in words that do not repeat it.
type problem string

func (p problem) Error() string { return string(p) }

const (
	notElders   = problem("elders must be JSON: an object, an array of objects, or one object a line")
	notAnObject = problem("an elder must be a JSON object of attributes")
	tooLong     = problem("an elder must not take more than 1 MiB")
	unfinished  = problem("the input ends in the middle of an elder")
	notUTF8     = problem("the text is not UTF-8; save it as UTF-8")
)

// splitter cuts an input into elders, and counts lines.
type splitter struct {
	in    *bufio.Reader
	line  int // of the next byte
	yield func(Row, error) bool
}

// rowError names the line.
func (s *splitter) rowError(err error) error { return rowErrorAt(s.line, err) }

func rowErrorAt(line int, err error) error {
	var p problem
	if errors.As(err, &p) {
		return &RowError{Line: line, Problem: string(p)}
	}
	return &RowError{Line: line, Problem: "the input cannot be read", Err: err}
}

// emit gives a row or an error to the caller.
func (s *splitter) emit(line int, raw []byte) error {
	e, at, err := decode(raw)
	row := Row{Line: line, Elder: e}
	if err != nil {
		row.Elder, err = nil, rowErrorAt(line+at, err)
	}
	if !s.yield(row, err) {
		return errStopped
	}
	return nil
}

func (s *splitter) run() error {
	if err := s.skipMark(); err != nil {
		return err
	}
	c, err := s.skipSpace()
	switch {
	case errors.Is(err, io.EOF):
		return problem("the input is empty")
	case err != nil:
		return err
	case c == '[':
		return s.array()
	}
	first, lines, err := s.lookAhead()
	if err != nil {
		return err
	}
	if lines {
		return s.lines()
	}
	if c != '{' {
		return notElders
	}
	_ = first
	return s.objects()
}

// skipMark skips a byte order mark of UTF-8 and refuses those of UTF-16.
func (s *splitter) skipMark() error {
	mark, _ := s.in.Peek(3)
	switch {
	case bytes.Equal(mark, []byte("\xef\xbb\xbf")):
		_, err := s.in.Discard(3)
		return err
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return notUTF8
	}
	return nil
}
