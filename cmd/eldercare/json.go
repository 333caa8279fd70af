package main

import (
	"bytes"
	"encoding/json"
	"io"
)

// jsonLines writes values as JSON, one on a line.
type jsonLines struct {
	out     io.Writer
	buffer  bytes.Buffer
	encoder *json.Encoder
}

// newJSONLines leaves signs such as < and & as they are, because the output is not HTML.
func newJSONLines(out io.Writer) *jsonLines {
	l := &jsonLines{out: out}
	l.encoder = json.NewEncoder(&l.buffer)
	l.encoder.SetEscapeHTML(false)
	return l
}

// printJSON writes values as JSON, one on a line.
func printJSON[T any](out io.Writer, values []T) error {
	lines := newJSONLines(out)
	for _, v := range values {
		if err := lines.value(v); err != nil {
			return err
		}
	}
	return lines.flush()
}

// bufferedJSON is the number of bytes written at once.
const bufferedJSON = 1 << 16

func (l *jsonLines) value(v any) error {
	if err := l.encoder.Encode(v); err != nil {
		return err
	}
	return l.flushIfFull()
}

// line writes a value that is JSON already.
func (l *jsonLines) line(text []byte) error {
	l.buffer.Write(text)
	l.buffer.WriteByte('\n')
	return l.flushIfFull()
}

func (l *jsonLines) flushIfFull() error {
	if l.buffer.Len() < bufferedJSON {
		return nil
	}
	return l.flush()
}

func (l *jsonLines) flush() error {
	_, err := l.buffer.WriteTo(l.out)
	return err
}
