package elder

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// objects reads objects that stand one after another, each on a line or over several lines.
func (s *splitter) objects() error {
	r := rows{splitter: s}
	for {
		part, err := s.readPart()
		if err := r.take(part); err != nil {
			return err
		}
		switch {
		case errors.Is(err, io.EOF):
			return r.end()
		case err != nil:
			return err
		case part[len(part)-1] == '\n':
			s.line++
			r.within = false
		default:
			r.within = true
		}
	}
}

// readPart returns the next line with its end. For a line longer than an elder may be, it returns
// the next part.
func (s *splitter) readPart() ([]byte, error) {
	part, err := s.in.ReadSlice('\n') // as most fit into the buffer
	if !errors.Is(err, bufio.ErrBufferFull) {
		return part, err
	}
	part = bytes.Clone(part)
	for {
		more, err := s.in.ReadSlice('\n')
		part = append(part, more...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return part, err
		}
		if len(part) > maxElder {
			return part, nil
		}
	}
}

// rows cuts lines into elders. A line of its own that is not an elder is refused alone. A line that
// begins with a bracket begins an elder, because no attribute is an object.
type rows struct {
	*splitter
	within bool // true in a line of which a part was taken already
	skip   bool // true when the rest of the line is to be skipped
	begun  bool // true once an elder was found
	strays []stray

	// These tell of the object that is not closed yet:
	raw     []byte // nil when there is none; at most one byte too long
	room    []byte // that of an object before, for the next
	start   int    // the line that it begins on
	indent  int    // the rest of that line
	nesting nesting
}

// stray is a line before the first elder that is not an elder.
type stray struct {
	line int
	problem
}

// maxStrays is how many such lines may come before the first elder. A file of something else is not
// refused line by line.
const maxStrays = 100

// take takes a line, or the next part of one.
func (r *rows) take(part []byte) error {
	r.skip = r.skip && r.within
	if r.skip {
		return nil
	}
	rest := trimSpace(part)
	indent := len(part) - len(rest)
	if r.raw != nil && !r.within && len(rest) > 0 && rest[0] == '{' && indent <= r.indent {
		if err := r.emitRow(); err != nil { // the earlier one was never closed
			return err
		}
	}
	for {
		if r.raw == nil {
			if rest = trimSpace(rest); len(rest) == 0 {
				return nil
			}
			if rest[0] != '{' {
				return r.stray(rest)
			}
			if err := r.begin(indent); err != nil {
				return err
			}
		}
		if rest = r.feed(rest); !r.nesting.closed {
			return nil
		}
		if err := r.closeRow(rest); err != nil || r.skip {
			return err
		}
	}
}

func (r *rows) begin(indent int) error {
	if r.room == nil {
		r.room = []byte{}
	}
	r.begun, r.start, r.indent, r.raw, r.nesting = true, r.line, indent, r.room[:0], nesting{}
	for _, s := range r.strays {
		if err := r.refuse(s.line, s.problem); err != nil {
			return err
		}
	}
	r.strays = nil
	return nil
}

// feed takes the text up to the bracket that closes the object, and returns the rest.
func (r *rows) feed(text []byte) []byte {
	n := 0
	for n < len(text) && !r.nesting.closed {
		r.nesting.take(text[n])
		n++
		if r.nesting.quoted && text[n-1] == '"' { // most of a line is in quotes
			n += plain(text[n:])
		}
	}
	r.raw = append(r.raw, text[:min(n, maxElder+1-len(r.raw))]...)
	return text[n:]
}

// plain returns how many bytes stand before the next quote or backslash.
func plain(text []byte) int {
	for _, end := range []byte{'"', '\\'} {
		if i := bytes.IndexByte(text, end); i >= 0 {
			text = text[:i]
		}
	}
	return len(text)
}

// closeRow emits the object that is closed. It refuses the line when it holds the whole object and
// something that may not follow it.
func (r *rows) closeRow(rest []byte) error {
	rest = trimSpace(rest)
	if len(rest) == 0 || rest[0] == '{' {
		return r.emitRow()
	}
	if r.start == r.line {
		r.raw, r.skip = nil, true
		return r.refuse(r.line, behind(rest))
	}
	if err := r.emitRow(); err != nil {
		return err
	}
	return r.stray(rest)
}

// behind says what is wrong with what follows an object.
func behind(rest []byte) problem {
	if rest[0] == ',' {
		return notParted
	}
	return malformed
}

// emitRow emits the object, closed or not.
func (r *rows) emitRow() error {
	raw := bytes.TrimRight(r.raw, " \t\r\n")
	r.room, r.raw = r.raw, nil
	return r.emit(r.start, raw)
}

// stray refuses the rest of a line that is not an elder. Before the first elder it waits to see
// whether one comes at all.
func (r *rows) stray(rest []byte) error {
	r.skip = true
	p := behind(rest)
	switch {
	case p == malformed && !utf8.Valid(rest):
		p = notUTF8
	case json.Valid(rest):
		p = notAnObject
	}
	if r.begun {
		return r.refuse(r.line, p)
	}
	if r.strays = append(r.strays, stray{r.line, p}); len(r.strays) > maxStrays {
		return r.end()
	}
	return nil
}

// end ends the input.
func (r *rows) end() error {
	if r.raw != nil {
		return unfinished
	}
	if len(r.strays) > 0 {
		r.line = r.strays[0].line
		return notElders
	}
	return nil
}

func trimSpace(text []byte) []byte { return bytes.TrimLeft(text, " \t\r\n") }
