package serve

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/basic-eldercare/eldercare"
)

// request is a request that has been let in, with the edition that answers it.
type request struct {
	*http.Request
	*edition
	asked
	limits  Limits
	version string

	answered, refused int // elders
}

// body is the body of a request. Its errors have a type that tells them from those of the server.
type body struct {
	*bufio.Reader
	io.Closer
}

// bodyError is an error of a body, but not its end.
type bodyError struct{ error }

// Unwrap returns the error.
func (e bodyError) Unwrap() error { return e.error }

// Read reads the body.
func (b body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = bodyError{err}
	}
	return n, err
}

// steady is a body of which the next byte must not take long to come, nor the last one.
type steady struct {
	io.ReadCloser
	control *http.ResponseController
	pause   time.Duration
	end     time.Time
}

// Read waits for bytes. Who has no network sends them at once, and has no deadlines.
func (s steady) Read(p []byte) (int, error) {
	if next := time.Now().Add(s.pause); next.Before(s.end) {
		_ = s.control.SetReadDeadline(next)
		defer func() { _ = s.control.SetReadDeadline(s.end) }() // answers may take longer than a pause
	}
	return s.ReadCloser.Read(p)
}

// await waits for the first byte of a body, so that a client that sends nothing takes no slot.
func (l Limits) await(w http.ResponseWriter, r *http.Request) error {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return refuse("unsupported-type", "send the body as it is, without a Content-Encoding")
	}
	sent := steady{r.Body, http.NewResponseController(w), l.Pause, time.Now().Add(l.Time)}
	b := body{bufio.NewReader(sent), sent}
	r.Body = b
	if _, err := b.Peek(1); err != nil && !errors.Is(err, io.EOF) {
		return bodyError{err}
	}
	return nil
}

// count counts an elder, who was answered or refused.
func (q *request) count(err error) {
	if err == nil {
		q.answered++
	} else {
		q.refused++
	}
}

func (q *request) jurisdiction() string { return q.PathValue("jurisdiction") }

// day returns the day to answer for.
func (q *request) day() eldercare.Date {
	if q.on.IsZero() {
		return q.Today()
	}
	return q.on
}

// rules returns what is in force in the jurisdiction on the day.
func (q *request) rules() (*eldercare.Ruleset, error) {
	rules, err := q.Rules(q.Context(), q.jurisdiction(), q.day())
	return rules.AssumeKnown(q.assumeKnown), err
}

// inTime returns the rules of the day, and the rules over time.
func (q *request) inTime() (*eldercare.Ruleset, *eldercare.Course, error) {
	rules, err := q.rules()
	if err != nil {
		return nil, nil, err
	}
	course, err := q.Course(q.jurisdiction())
	return rules, course, err
}

// tag returns the ETag of an answer. It is made of what the answer is made from, and of everything
// else that is not in the address.
func (q *request) tag(digest string, more ...string) string {
	return `"` + strings.Join(append([]string{digest, q.version}, more...), "/") + `"`
}

// known tags an answer. It reports whether the client already has it, and then tells the client so.
func (q *request) known(w http.ResponseWriter, digest string, more ...string) bool {
	tag := q.tag(digest, more...)
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "no-cache") // without asking whether it is still so
	if !isAmong(tag, q.Header.Values("If-None-Match")) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// isAmong reports whether a tag is one of those in a header.
func isAmong(tag string, header []string) bool {
	for part := range strings.SplitSeq(strings.Join(header, ","), ",") {
		if part = strings.TrimPrefix(strings.TrimSpace(part), "W/"); part == tag || part == "*" {
			return true
		}
	}
	return false
}
