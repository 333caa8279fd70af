package register

import (
	"context"
	"io"
	"strings"
	"unicode/utf8"
)

// csvSink writes CSV.
type csvSink struct {
	out   io.Writer
	comma byte
}

// csvPage is rows as text.
type csvPage struct {
	*csvSink
	text []byte
}

// Create writes the header. Lines end in a line feed.
func (f CSV) Create(_ context.Context, out io.Writer, columns []Column) (Sink, error) {
	s := &csvSink{out: out, comma: f.Comma}
	if s.comma == 0 {
		s.comma = ','
	}
	header := make([]Cell, len(columns))
	for i, c := range columns {
		header[i].Text = c.Name
	}
	page := s.Page()
	page.Add(header)
	return s, s.Write(page)
}

// Prepare writes cells ahead, each behind what parts it from the one before.
func (s *csvSink) Prepare(_ int, cells []Cell) any { return s.append(nil, cells) }

// Page returns an empty text.
func (s *csvSink) Page() Page { return &csvPage{csvSink: s} }

// Add adds a line.
func (p *csvPage) Add(own []Cell, prepared ...any) {
	begin := len(p.text)
	p.text = p.append(p.text, own)
	for _, cells := range prepared {
		p.text = append(p.text, cells.([]byte)...)
	}
	if len(p.text) > begin { // nothing parts the first cell from one before
		p.text = append(p.text[:begin], p.text[begin+1:]...)
	}
	p.text = append(p.text, '\n')
}

// Write writes the text.
func (s *csvSink) Write(p Page) error {
	page := p.(*csvPage)
	_, err := s.out.Write(page.text)
	page.text = page.text[:0]
	return err
}

// Close has nothing left to write.
func (s *csvSink) Close() error { return nil }

// Discard has nothing to let go of.
func (s *csvSink) Discard() {}

func (s *csvSink) append(text []byte, cells []Cell) []byte {
	for _, c := range cells {
		if text = append(text, s.comma); c.Number != nil {
			text = append(text, c.Number.String()...)
		} else {
			text = s.appendText(text, c.Text)
		}
	}
	return text
}

// appendText appends a text, in quotes where it needs them.
func (s *csvSink) appendText(out []byte, text string) []byte {
	text = Harmless(text)
	if text == "" || text[0] != ' ' && !s.special(text) {
		return append(out, text...)
	}
	out = append(out, '"')
	out = append(out, strings.ReplaceAll(text, `"`, `""`)...)
	return append(out, '"')
}

// special reports whether a text has what ends a cell.
func (s *csvSink) special(text string) bool {
	for i := range len(text) {
		if c := text[i]; c == s.comma || c == '"' || c == '\r' || c == '\n' {
			return true
		}
	}
	return false
}

// Harmless returns a text that no spreadsheet takes for a formula: with an apostrophe before it if
// it begins like one. Spreadsheets in East Asian languages accept full-width signs in formulas,
// too.
func Harmless(text string) string {
	switch first, _ := utf8.DecodeRuneInString(text); first {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n':
		return "'" + text
	}
	return text
}
