package register

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// NDJSON is one JSON object on each line. A reader also accepts an array of objects.
type NDJSON struct{}

// jsonSource reads elders as [elder.ReadRaw] does.
type jsonSource struct {
	next func() (elder.Raw, error, bool)
	stop func()
	rows int
}

// Open begins to read.
func (NDJSON) Open(_ context.Context, in io.Reader, sheet string) (Source, error) {
	if sheet != "" {
		return nil, policy.Errorf("no-sheet", "JSON has no sheets: leave out --sheet")
	}
	s := &jsonSource{}
	s.next, s.stop = iter.Pull2(elder.ReadRaw(in))
	return s, nil
}

func (s *jsonSource) Header() []string { return nil }

// Show has nothing to prepare: cells are shown as they are read.
func (s *jsonSource) Show([]int) error { return nil }

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
	out   io.Writer
	names []string // of the columns, as they stand before a value
	kinds []Kind
}

// jsonPage is rows as text.
type jsonPage struct {
	*jsonSink
	text []byte
}

// Create begins to write.
func (NDJSON) Create(_ context.Context, out io.Writer, columns []Column) (Sink, error) {
	s := &jsonSink{out: out}
	for _, c := range columns {
		name, _ := json.Marshal(c.Name) // texts can be written
		s.names, s.kinds = append(s.names, ","+string(name)+":"), append(s.kinds, c.Kind)
	}
	return s, nil
}

// Prepare writes cells ahead, each behind a comma.
func (s *jsonSink) Prepare(from int, cells []Cell) any { return s.append(nil, from, cells) }

// Page returns an empty text.
func (s *jsonSink) Page() Page { return &jsonPage{jsonSink: s} }

// Add adds a line.
func (p *jsonPage) Add(own []Cell, prepared ...any) {
	begin := len(p.text)
	p.text = p.append(p.text, 0, own)
	for _, cells := range prepared {
		p.text = append(p.text, cells.([]byte)...)
	}
	if len(p.text) == begin {
		p.text = append(p.text, ',')
	}
	p.text[begin] = '{'
	p.text = append(p.text, '}', '\n')
}

// Write writes the text.
func (s *jsonSink) Write(p Page) error {
	page := p.(*jsonPage)
	_, err := s.out.Write(page.text)
	page.text = page.text[:0]
	return err
}

// Close has nothing left to write.
func (s *jsonSink) Close() error { return nil }

// Discard has nothing to let go of.
func (s *jsonSink) Discard() {}

// append appends cells of the columns from a place on, each behind a comma.
func (s *jsonSink) append(line []byte, from int, cells []Cell) []byte {
	for i, c := range cells {
		if c.Text == "" && c.Number == nil {
			continue
		}
		line = append(line, s.names[from+i]...)
		switch {
		case c.Number != nil:
			line = append(line, c.Number.String()...)
		case s.kinds[from+i] == Text:
			line = appendString(line, c.Text)
		case s.kinds[from+i] == List:
			line = appendList(line, c.Text)
		default:
			line = append(line, c.Text...)
		}
	}
	return line
}

// appendList appends names as a list.
func appendList(line []byte, names string) []byte {
	begin := len(line)
	for name := range strings.SplitSeq(names, ",") {
		if name != "none" {
			line = appendString(append(line, ','), name)
		}
	}
	if len(line) == begin {
		line = append(line, ',')
	}
	line[begin] = '['
	return append(line, ']')
}

// appendString appends a text in quotes.
func appendString(line []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(text) // texts can be written
			return append(line, quoted...)
		}
	}
	return append(append(append(line, '"'), text...), '"')
}
