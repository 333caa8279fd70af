package elder

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"
)

// Row is one elder of an input.
type Row struct {
	Line  int // the line on which the elder begins, from 1
	Elder Elder
}

// Raw is one elder of an input as it is written.
type Raw struct {
	Line int    // the line on which the elder begins, from 1
	JSON []byte // valid until the next elder is read
}

// Row reads the elder. The error is a [*RowError].
func (r Raw) Row() (Row, error) { return r.RowBy(func(key string) string { return key }) }

// RowBy is [Raw.Row] for an elder whose keys need not be names of attributes. The function key
// returns the name that a key stands for, or the key itself.
func (r Raw) RowBy(key func(string) string) (Row, error) {
	e, at, err := decode(r.JSON, key)
	if err != nil {
		return Row{Line: r.Line}, rowErrorAt(r.Line+at, err)
	}
	return Row{Line: r.Line, Elder: e}, nil
}

// RowError says what is wrong with one row of an input, or why reading cannot go on. It repeats
// nothing of the input except the names of attributes.
type RowError struct {
	Line    int // the line of the problem, from 1
	Problem string
	Err     error // the reader's own error; nil when the content is at fault
}

// Error returns the problem with its line.
func (e *RowError) Error() string {
	e = cmp.Or(e, &RowError{})
	return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
}

// Unwrap returns the reader's own error.
func (e *RowError) Unwrap() error { return cmp.Or(e, &RowError{}).Err }

// MarshalJSON writes code, message and line. It leaves out the reader's own error.
func (e *RowError) MarshalJSON() ([]byte, error) {
	e = cmp.Or(e, &RowError{})
	code := "malformed"
	if e.Err != nil {
		code = "unreadable"
	}
	return json.Marshal(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Line    int    `json:"line"`
	}{code, e.Error(), e.Line})
}

// maxElder is the greatest number of bytes of one elder.
const maxElder = 1 << 20

// ReadRaw cuts JSON into elders: an array of objects, or objects one after another, each on a line
// (NDJSON) or over several lines. One input may mix both. [Raw.Row] reads one of them. ReadRaw
// holds one elder at a time.
//
// Errors are [*RowError]. After an error in one row it reads on wherever the next row can be told.
// Outside an array that is always so, as a line that begins with a bracket begins an elder. Inside
// an array it is so unless the brackets or commas are wrong. An empty input is an error; an empty
// array is not.
func ReadRaw(r io.Reader) iter.Seq2[Raw, error] {
	return func(yield func(Raw, error) bool) {
		s := &splitter{in: bufio.NewReaderSize(r, 1<<16), line: 1, yield: yield}
		if err := s.run(); err != nil && !errors.Is(err, errStopped) {
			yield(Raw{}, s.rowError(err))
		}
	}
}

// errStopped says that the caller wants no more.
var errStopped = errors.New("stopped")

// problem says what is wrong with the content, in words that do not repeat it.
type problem string

func (p problem) Error() string { return string(p) }

const (
	notElders   = problem("elders must be JSON: an object, an array of objects, or one object a line")
	notAnObject = problem("an elder must be a JSON object of attributes")
	tooLong     = problem("an elder must not take more than 1 MiB")
	unfinished  = problem("the input ends before its last bracket is closed")
	notUTF8     = problem("the text is not UTF-8; save it as UTF-8")
	malformed   = problem("this is not well-formed JSON")
	notParted   = problem("something other than an object follows an elder; put elders separated by commas into an array")
)

// splitter cuts an input into elders and counts lines.
type splitter struct {
	in    *bufio.Reader
	line  int // the line of the next byte
	yield func(Raw, error) bool
}

// rowError adds the line.
func (s *splitter) rowError(err error) error { return rowErrorAt(s.line, err) }

func rowErrorAt(line int, err error) error {
	var p problem
	if errors.As(err, &p) {
		return &RowError{Line: line, Problem: string(p)}
	}
	return &RowError{Line: line, Problem: "the input cannot be read", Err: err}
}

// refuse passes the caller an error in the row that begins on a line.
func (s *splitter) refuse(line int, p problem) error {
	if !s.yield(Raw{Line: line}, rowErrorAt(line, p)) {
		return errStopped
	}
	return nil
}

// emit passes an elder to the caller.
func (s *splitter) emit(line int, raw []byte) error {
	if len(raw) > maxElder {
		return s.refuse(line, tooLong)
	}
	if !s.yield(Raw{Line: line, JSON: raw}, nil) {
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
	return s.objects()
}

// skipMark skips a byte order mark of UTF-8 and refuses those of UTF-16.
func (s *splitter) skipMark() error {
	mark, err := s.in.Peek(3)
	switch {
	case bytes.Equal(mark, []byte("\xef\xbb\xbf")):
		_, err := s.in.Discard(3)
		return err
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return notUTF8
	case err != nil && !errors.Is(err, io.EOF): // asked again, the reader might wait again
		return err
	}
	return nil
}

// skipSpace skips white space and returns the next byte without taking it.
func (s *splitter) skipSpace() (byte, error) {
	for {
		c, err := s.in.ReadByte()
		if err != nil {
			return 0, err
		}
		if !isSpace(c) {
			return c, s.in.UnreadByte()
		}
		if c == '\n' {
			s.line++
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// array reads the elements of an array of objects.
func (s *splitter) array() error {
	if _, err := s.in.ReadByte(); err != nil {
		return err
	}
	for first := true; ; first = false {
		c, err := s.inside()
		if err != nil {
			return err
		}
		if c == ']' && first {
			break
		}
		if c == ']' || c == ',' || c == '}' || c == ':' {
			return problem("an elder is missing next to a comma of the array")
		}
		if err := s.value(); err != nil {
			return err
		}
		if c, err = s.inside(); err != nil {
			return err
		}
		if c == ']' {
			break
		}
		if c != ',' {
			return problem("a comma is missing between two elders of the array")
		}
		if _, err := s.in.ReadByte(); err != nil {
			return err
		}
	}
	return s.end()
}

// inside is [splitter.skipSpace] for places where the input must not end.
func (s *splitter) inside() (byte, error) {
	c, err := s.skipSpace()
	if errors.Is(err, io.EOF) {
		err = unfinished
	}
	return c, err
}

// end takes the end of an array, after which nothing may follow. Objects that do follow are read
// all the same.
func (s *splitter) end() error {
	if _, err := s.in.ReadByte(); err != nil {
		return err
	}
	c, err := s.skipSpace()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	if err := s.refuse(s.line, "something follows the end of the array"); err != nil || c != '{' {
		return err
	}
	return s.objects()
}

// value takes the next value of an array, up to its closing bracket, and emits it as an elder.
func (s *splitter) value() error {
	start := s.line
	var raw []byte
	var n nesting
	for !n.closed {
		c, err := s.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && n.open():
			return unfinished
		case errors.Is(err, io.EOF):
			return s.emit(start, raw)
		case err != nil:
			return err
		case len(raw) > 0 && !n.open() && (isSpace(c) || c == ',' || c == ']' || c == '}'): // after a number or word
			if err := s.in.UnreadByte(); err != nil {
				return err
			}
			return s.emit(start, raw)
		case c == '\n':
			s.line++
		}
		if len(raw) <= maxElder { // one byte more than allowed shows that it is too long
			raw = append(raw, c)
		}
		n.take(c)
	}
	return s.emit(start, raw)
}

// nesting keeps track of the brackets and quotes of a value.
type nesting struct {
	depth           int
	quoted, escaped bool
	closed          bool // ended by its closing bracket
}

func (n *nesting) open() bool { return n.depth > 0 || n.quoted }

func (n *nesting) take(c byte) {
	switch {
	case n.quoted:
		n.quoted = c != '"' || n.escaped
		n.escaped = c == '\\' && !n.escaped
	case c == '"':
		n.quoted = true
	case c == '{' || c == '[':
		n.depth++
	case c == '}' || c == ']':
		n.depth--
		n.closed = n.depth <= 0
	}
}

// decode reads one elder. With an error it returns the line of the problem, counted from 0.
func decode(raw []byte, key func(string) string) (Elder, int, error) {
	if !utf8.Valid(raw) {
		return nil, 0, notUTF8
	}
	var whole json.RawMessage
	if err := json.Unmarshal(raw, &whole); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, lineAt(raw, syntax.Offset), malformed
		}
		return nil, 0, malformed
	}
	if trimmed := bytes.TrimSpace(raw); trimmed[0] != '{' {
		return nil, 0, notAnObject
	}
	return decodeObject(raw, key)
}

// decodeObject reads an object that is well-formed.
func decodeObject(raw []byte, key func(string) string) (Elder, int, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return nil, 0, malformed
	}
	e := Elder{}
	for n := 0; d.More(); {
		token, err := d.Token()
		name, isText := token.(string)
		if err != nil || !isText {
			return nil, lineAt(raw, d.InputOffset()), malformed
		}
		n++
		if name = key(name); !IsName(name) {
			return nil, lineAt(raw, d.InputOffset()), problem(fmt.Sprintf("key %d of the object cannot be the name of an attribute: %s", n, nameForm))
		}
		if _, twice := e[name]; twice {
			return nil, lineAt(raw, d.InputOffset()), problem(fmt.Sprintf("the attribute %q is given twice", name))
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, lineAt(raw, d.InputOffset()), malformed
		}
		e[name] = value
	}
	return e, 0, nil
}

// lineAt returns the line of an offset, from 0.
func lineAt(raw []byte, offset int64) int {
	return bytes.Count(raw[:min(int(offset), len(raw))], []byte("\n"))
}
