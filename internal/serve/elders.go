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
	"time"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// These are the types of bodies.
const (
	typeJSON  = "application/json"
	typeLines = "application/x-ndjson"
	typeCSV   = "text/csv"
	typeExcel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// answerer answers for one elder after another. Function read is given each elder as written.
// Function write is given what read returns, and appends the answer as JSON.
type answerer[T any] struct {
	read  func(elder.Raw) (T, error)
	write func([]byte, *T) ([]byte, error)
}

// answer answers in the form of the body: one answer for one elder, an array for an array, and
// lines for lines.
func (a answerer[T]) answer(w http.ResponseWriter, q *request) error {
	lines, err := q.sendsLines()
	if err != nil {
		return err
	}
	if lines {
		return a.stream(w, q)
	}
	all, many, err := readAll(w, q, q.limits.Array)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", typeJSON)
	if many {
		return a.array(w, q, all)
	}
	value, err := a.read(all[0])
	q.count(err)
	if err != nil {
		return err
	}
	text, err := a.write(nil, &value)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// sendsLines reports whether the body has elders line by line. A body without a type counts as
// JSON.
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

// readAll cuts a body into at most so many elders. It keeps them as they are written, so that only
// one elder at a time is decoded. It is an error when elders cannot be told apart.
func readAll(w http.ResponseWriter, q *request, most int) (all []elder.Raw, many bool, err error) {
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
		case len(all) == most:
			return nil, false, tooMany(most)
		case q.Context().Err() != nil:
			return nil, false, q.Context().Err()
		}
		all = append(all, elder.Raw{Line: raw.Line, JSON: bytes.Clone(raw.JSON)})
	}
	return all, many, nil
}

func tooMany(most int) error {
	return refuse("too-many-elders", "a request of this kind may have %d", most)
}

// beginsArray reports whether the first character of a body opens an array.
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

// heldAnswers is how many bytes of answers are collected before they are written.
const heldAnswers = 1 << 15

// array answers for an array. An elder who is refused gets an object that says why, in place of an
// answer.
func (a answerer[T]) array(w http.ResponseWriter, q *request, all []elder.Raw) error {
	text := []byte{'['}
	for i := range all {
		if i > 0 {
			text = append(text, ',')
		}
		var err error
		if text, err = a.row(text, q, i+1, all[i], nil); err != nil {
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

// row appends the answer for one elder among others. The error err says that the elder cannot be
// read. Row returns an error that is not the elder's fault.
func (a answerer[T]) row(text []byte, q *request, row int, raw elder.Raw, err error) ([]byte, error) {
	if late := q.Context().Err(); late != nil {
		return text, late
	}
	var value T
	if err == nil {
		value, err = a.read(raw)
	}
	if err == nil {
		var answered []byte
		if answered, err = a.write(text, &value); err == nil {
			q.count(nil)
			return answered, nil
		}
	}
	if causesOf(err) == nil {
		return text, err
	}
	q.count(err)
	return appendJSON(text, RefusedRow(row, raw.Line, err))
}

// stream answers line by line as the elders arrive. It holds one elder at a time. If it cannot go
// on, it ends with a line that has an error and no row.
func (a answerer[T]) stream(w http.ResponseWriter, q *request) error {
	_ = http.NewResponseController(w).EnableFullDuplex() // HTTP/2 always is
	w.Header().Set("Content-Type", typeLines)
	out := &held{to: q.patient(w)}
	err := a.lines(out, q)
	if err == nil || !out.written && len(out.text) == 0 {
		return errors.Join(err, out.flush())
	}
	out.text, _ = appendJSON(out.text, Refused{Error: []Cause{lastCause(err)}}) // only texts
	out.text = append(out.text, '\n')
	if out.flush() != nil {
		return err
	}
	return &toldError{err}
}

// toldError is an error that the client was told of at the end of a stream.
type toldError struct{ error }

// Unwrap returns the error.
func (t *toldError) Unwrap() error { return t.error }

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
			return tooMany(q.limits.Elders)
		}
		if out.text, err = a.row(out.text, q, n, raw, err); err != nil {
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

// patience is how long answers wait for a client to read them. A client that sends everything
// before it reads would keep both waiting for each other.
const patience = 10 * time.Second

// patient writes pieces of an answer at once, and waits some time for the client to read each.
type patient struct {
	to       http.ResponseWriter
	patience time.Duration
	until    time.Time // the end of the whole answer
}

func (q *request) patient(w http.ResponseWriter) patient {
	return patient{w, min(patience, q.limits.Time), time.Now().Add(q.limits.Time + patience)}
}

// Write writes a piece.
func (p patient) Write(text []byte) (int, error) {
	control := http.NewResponseController(p.to)
	_ = control.SetWriteDeadline(time.Now().Add(p.patience)) // who has no network needs none
	n, err := p.to.Write(text)
	if err == nil {
		err = control.Flush()
	}
	if err == nil {
		_ = control.SetWriteDeadline(p.until)
	}
	return n, err
}

// held holds answers that are not written yet.
type held struct {
	to      patient
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
	return err
}

// waiting reads a body. Before it waits for more of it, it writes the answers that are held.
type waiting struct {
	body io.Reader
	held *held
}

// Read writes what is held, and then waits.
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

// encode encodes an elder: directly from JSON or, where that cannot be done, through the words that
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
