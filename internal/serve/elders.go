package serve

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// These are the types of bodies.
const (
	typeJSON  = "application/json"
	typeLines = "application/x-ndjson"
)

// answerer answers for one elder after another: read is given each as written, and what it returns
// goes to write, which appends the answer as JSON.
type answerer[T any] struct {
	read  func(elder.Raw) (T, error)
	write func([]byte, *T) ([]byte, error)
}

// answer answers as the body asks: one for one elder, an array for an array, and lines for lines.
func (a answerer[T]) answer(w http.ResponseWriter, q *request) error {
	lines, err := q.sendsLines()
	if err != nil {
		return err
	}
	if lines {
		return a.stream(w, q)
	}
	all, many, err := readAll(w, q, a.read)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", typeJSON)
	if many {
		return a.array(w, q, all)
	}
	q.count(all[0].err)
	if all[0].err != nil {
		return all[0].err
	}
	text, err := a.write(nil, &all[0].value)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// sendsLines reports whether the body is elders line by line. No type is taken for JSON.
func (q *request) sendsLines() (bool, error) {
	given := q.Header.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(given)
	switch {
	case given == "", kind == typeJSON:
		return false, nil
	case kind == typeLines && err == nil:
		return true, nil
	}
	return false, refuse("unsupported-type", "send %s, or %s for elders line by line", typeJSON, typeLines)
}

// outcome is one elder of a body: read, or what is wrong.
type outcome[T any] struct {
	value T
	line  int
	err   error
}

// readAll reads a body to its end. An elder who cannot be read does not keep the others from being
// answered. It is an error when elders cannot be told from each other.
func readAll[T any](w http.ResponseWriter, q *request, read func(elder.Raw) (T, error)) (all []outcome[T], many bool, err error) {
	if q.ContentLength > q.limits.Body {
		return nil, false, &http.MaxBytesError{Limit: q.limits.Body}
	}
	body := bufio.NewReader(http.MaxBytesReader(w, q.Body, q.limits.Body))
	if many, err = beginsArray(body); err != nil {
		return nil, false, err
	}
	for raw, err := range elder.ReadRaw(body) {
		switch {
		case err != nil:
			return nil, false, err
		case !many && len(all) == 1:
			return nil, false, refuse("several-elders", "send several as an array, or line by line as %s", typeLines)
		case len(all) == q.limits.Elders:
			return nil, false, q.tooMany()
		case q.Context().Err() != nil:
			return nil, false, q.Context().Err()
		}
		value, err := read(raw)
		all = append(all, outcome[T]{value, raw.Line, err})
	}
	return all, many, nil
}

func (q *request) tooMany() error {
	return refuse("too-many-elders", "a request may have %d", q.limits.Elders)
}

// beginsArray reports whether the first sign of a body opens an array.
func beginsArray(body *bufio.Reader) (bool, error) {
	if mark, _ := body.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		if _, err := body.Discard(3); err != nil {
			return false, err
		}
	}
	for {
		c, err := body.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return false, refuse("malformed", "the body is empty")
		case err != nil:
			return false, err
		case !strings.ContainsRune(" \t\r\n", rune(c)):
			return c == '[', body.UnreadByte()
		}
	}
}

// heldAnswers is how many bytes of answers are written at once.
const heldAnswers = 1 << 15

// array answers for an array. Who is refused has an object that says why in the place of the
// answer.
func (a answerer[T]) array(w http.ResponseWriter, q *request, all []outcome[T]) error {
	text := []byte{'['}
	for i := range all {
		if i > 0 {
			text = append(text, ',')
		}
		var err error
		if text, err = a.row(text, q, i+1, &all[i]); err != nil {
			return err
		}
		if len(text) < heldAnswers {
			continue
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
		text = text[:0]
	}
	_, err := w.Write(append(text, ']', '\n'))
	return err
}

// row appends the answer for one elder among others. It returns an error that is not the elder's
// fault.
func (a answerer[T]) row(text []byte, q *request, row int, o *outcome[T]) ([]byte, error) {
	err := o.err
	if err == nil {
		if err = q.Context().Err(); err != nil {
			return text, err
		}
		var answered []byte
		if answered, err = a.write(text, &o.value); err == nil {
			q.count(nil)
			return answered, nil
		}
	}
	if causesOf(err) == nil {
		return text, err
	}
	q.count(err)
	return appendJSON(text, refusedRow(row, o.line, err))
}

// stream answers line by line while the elders come. It holds one at a time. What cannot go on ends
// with a line that has an error and no row.
func (a answerer[T]) stream(w http.ResponseWriter, q *request) error {
	_ = http.NewResponseController(w).EnableFullDuplex() // HTTP/2 always is
	w.Header().Set("Content-Type", typeLines)
	out := &held{to: w}
	err := a.lines(out, q)
	if err != nil && out.written {
		if out.text, err = appendJSON(out.text, Refused{Error: []Cause{lastCause(err)}}); err == nil {
			out.text = append(out.text, '\n')
		}
	}
	return errors.Join(err, out.flush())
}

func lastCause(err error) Cause {
	r := refusalOf(err)
	c := Cause{Code: r.code, Message: kinds[r.code].title}
	if r.detail != "" {
		c.Message += ": " + r.detail
	}
	return c
}

func (a answerer[T]) lines(out *held, q *request) error {
	n := 0
	for raw, err := range elder.ReadRaw(waiting{q.Body, out}) {
		if err != nil && raw.Line == 0 { // elders cannot be told from each other any more
			return err
		}
		if n++; n > q.limits.Elders {
			return q.tooMany()
		}
		o := outcome[T]{line: raw.Line, err: err}
		if err == nil {
			o.value, o.err = a.read(raw)
		}
		if out.text, err = a.row(out.text, q, n, &o); err != nil {
			return err
		}
		out.text = append(out.text, '\n')
		if len(out.text) >= heldAnswers {
			if err := out.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// held are answers that are not written yet.
type held struct {
	to      http.ResponseWriter
	text    []byte
	written bool
}

func (h *held) flush() error {
	if len(h.text) == 0 {
		return nil
	}
	h.written = true
	_, err := h.to.Write(h.text)
	h.text = h.text[:0]
	if err != nil {
		return err
	}
	return http.NewResponseController(h.to).Flush()
}

// waiting reads a body, and writes the answers that are held before it waits for more of it.
type waiting struct {
	body io.Reader
	held *held
}

func (w waiting) Read(p []byte) (int, error) {
	if err := w.held.flush(); err != nil {
		return 0, err
	}
	return w.body.Read(p)
}

// appendJSON appends a value as JSON, as the command prints it.
func appendJSON(text []byte, value any) ([]byte, error) {
	out := bytes.NewBuffer(text)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(out.Bytes(), []byte{'\n'}), err
}

// encode encodes an elder: straight from JSON, or where that cannot be done through the words that
// people use.
func (q *request) encode(rules *eldercare.Ruleset, raw elder.Raw) (elder.Profile, error) {
	if p, ok := rules.EncodeJSON(raw.JSON); ok {
		return p, nil
	}
	row, err := q.words.Row(raw)
	if err != nil {
		return elder.Profile{}, err
	}
	return rules.Encode(row.Elder)
}
