package serve

import (
	"net/http"
	"strings"

	"github.com/basic-eldercare/eldercare"
)

// request is a request that is let in, with the edition that answers it.
type request struct {
	*http.Request
	*edition
	asked
	limits  Limits
	version string

	answered, refused int // elders
}

// count counts an elder who is answered, or refused.
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

// rules returns what is in force in the jurisdiction on the day, and tags the answer with it.
func (q *request) rules(w http.ResponseWriter) (*eldercare.Ruleset, error) {
	rules, err := q.Rules(q.Context(), q.jurisdiction(), q.day())
	if err == nil {
		w.Header().Set("ETag", q.tag(rules.Digest, rules.On.String()))
	}
	return rules, err
}

// inTime returns the rules of the day and those over time.
func (q *request) inTime(w http.ResponseWriter) (*eldercare.Ruleset, *eldercare.Course, error) {
	rules, err := q.rules(w)
	if err != nil {
		return nil, nil, err
	}
	course, err := q.Course(q.jurisdiction())
	return rules, course, err
}

// tag is the ETag of an answer: what it is made from and by, and whatever else is not in the
// address.
func (q *request) tag(digest string, more ...string) string {
	return `"` + strings.Join(append([]string{digest, q.version}, more...), "/") + `"`
}

// known tags an answer, and tells a client that has it already so.
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
