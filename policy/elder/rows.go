package elder

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// objects reads objects that stand one after the other, each on a line or over several.
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

// readPart is the next line with its end; of a line longer than an elder may be, the next part.
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

// rows cuts lines into elders. What is no elder on a line of its own is refused alone; a line that begins with a bracket begins
// an elder, for no attribute is an object.
type rows struct {
	*splitter
	within bool // a line, of which a part was taken already
	skip   bool // the rest of the line
	begun  bool // some elder
	strays []stray

	// Of the object that is not closed yet:
	raw     []byte // nil when there is none; no more than tells that it is too long
	room    []byte // of one before, for the next
	start   int    // its line
	indent  int    // of that line
	nesting nesting
}

// stray is a line before the first elder that is none.
type stray struct {
	line int
	problem
}

// maxStrays is how many lines before the first elder may be none: a file of something else is not refused line by line.
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
		if err := r.emitRow(); err != nil { // it was never closed
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

// feed takes the text up to the bracket that closes the object, and gives the rest.
func (r *rows) feed(text []byte) []byte {
	n := 0
	for n < len(text) && !r.nesting.closed {
		r.nesting.take(text[n])
		n++
	}
	r.raw = append(r.raw, text[:min(n, maxElder+1-len(r.raw))]...)
	return text[n:]
}

// closeRow emits the object that is closed. When the rest of a line that holds it whole is nothing that may follow, the line is
// refused.
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

// behind is what is wrong with what stands behind an object.
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

// stray refuses the rest of a line that is no elder; before the first elder it waits whether one comes at all.
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
