package register

import (
	"bufio"
	"io"
	"strings"
)

// csvSink writes CSV.
type csvSink struct {
	out   *bufio.Writer
	comma byte
	line  []byte
}

// Create writes the header. Lines end in a line feed.
func (f CSV) Create(out io.Writer, columns []Column) (Sink, error) {
	s := &csvSink{out: bufio.NewWriterSize(out, 1<<16), comma: f.Comma}
	if s.comma == 0 {
		s.comma = ','
	}
	header := make([]Cell, len(columns))
	for i, c := range columns {
		header[i].Text = c.Name
	}
	_, err := s.out.Write(append(s.append(nil, header), '\n'))
	return s, err
}

// Prepare writes the shared cells ahead, with the line's end.
func (s *csvSink) Prepare(shared [][]Cell) any {
	lines := make([][]byte, len(shared))
	for i, cells := range shared {
		lines[i] = append(s.append([]byte{s.comma}, cells), '\n')
	}
	return lines
}

// Write writes the rows of one elder.
func (s *csvSink) Write(own []Cell, shared any) error {
	s.line = s.append(s.line[:0], own)
	for _, rest := range shared.([][]byte) {
		_, _ = s.out.Write(s.line) // the next write has the error
		if _, err := s.out.Write(rest); err != nil {
			return err
		}
	}
	return nil
}

// Close writes what is buffered.
func (s *csvSink) Close() error { return s.out.Flush() }

func (s *csvSink) append(line []byte, cells []Cell) []byte {
	for i, c := range cells {
		if i > 0 {
			line = append(line, s.comma)
		}
		if c.Number != nil {
			line = append(line, c.Number.String()...)
		} else {
			line = s.appendText(line, c.Text)
		}
	}
	return line
}

// appendText appends a text, in quotes where it needs them.
func (s *csvSink) appendText(line []byte, text string) []byte {
	text = harmless(text)
	if text == "" || strings.IndexByte(text, s.comma) < 0 && !strings.ContainsAny(text, "\"\r\n") && text[0] != ' ' {
		return append(line, text...)
	}
	line = append(line, '"')
	line = append(line, strings.ReplaceAll(text, `"`, `""`)...)
	return append(line, '"')
}

// harmless returns a text that no spreadsheet takes for a formula: behind an apostrophe if it
// begins like one.
func harmless(text string) string {
	if text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0 {
		return "'" + text
	}
	return text
}
