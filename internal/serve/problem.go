package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// Problem says why a request is not answered, in the form of RFC 9457. It names attributes, and
// repeats nothing of the request.
type Problem struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail,omitempty"`
	Code   string  `json:"code"`
	Errors []Cause `json:"errors,omitempty"`
}

// Cause is one error in the data of an elder.
type Cause struct {
	Code       string   `json:"code"`
	Attributes []string `json:"attributes,omitempty"`
	Message    string   `json:"message"`
	Row        int      `json:"row,omitempty"`     // which elder of a request that is refused as a whole, from 1
	Line       int      `json:"line,omitempty"`    // of the body, from 1
	Columns    []int    `json:"columns,omitempty"` // of a register, from 1
}

// Refused stands in the place of an answer about an elder who is refused, among others who are
// answered. It repeats nothing of the elder but the id.
type Refused struct {
	ID    string  `json:"id,omitempty"`
	Row   int     `json:"row,omitempty"` // which elder of the request it is, from 1
	Line  int     `json:"line,omitempty"`
	Error []Cause `json:"error"`
}

// kinds holds the kinds of problems by their codes. docs/serve.md has a line for each.
var kinds = map[string]struct {
	status int
	title  string
}{
	"wrong-parameter":      {http.StatusBadRequest, "a parameter of the address is wrong"},
	"malformed":            {http.StatusBadRequest, "the body is not in a form that this address takes, or breaks off"},
	"several-elders":       {http.StatusBadRequest, "there are several elders where one is asked about"},
	"unauthorized":         {http.StatusUnauthorized, "a bearer token is needed"},
	"cross-origin":         {http.StatusForbidden, "a page from elsewhere may not send registers"},
	"not-found":            {http.StatusNotFound, "there is nothing at this address"},
	"unknown-jurisdiction": {http.StatusNotFound, "no list of this jurisdiction is loaded"},
	"not-in-force":         {http.StatusNotFound, "the jurisdiction has no list on this day"},
	"not-listed":           {http.StatusNotFound, "no list of the jurisdiction has such a service"},
	"wrong-method":         {http.StatusMethodNotAllowed, "the address does not take this method"},
	"not-acceptable":       {http.StatusNotAcceptable, "there is no answer in a form that is accepted"},
	"client-gone":          {http.StatusBadRequest, "the client is gone"},
	"not-read":             {http.StatusRequestTimeout, "the client does not read the answers"},
	"too-slow":             {http.StatusRequestTimeout, "the body did not arrive in time"},
	"too-large":            {http.StatusRequestEntityTooLarge, "the body is too large"},
	"too-many-elders":      {http.StatusRequestEntityTooLarge, "there are too many elders in one request"},
	"unsupported-type":     {http.StatusUnsupportedMediaType, "the body is of a type that is not read"},
	"wrong-input":          {http.StatusUnprocessableEntity, "what is said of the elder is wrong"},
	"wrong-register":       {http.StatusUnprocessableEntity, "the register cannot be read"},
	"evaluation-failed":    {http.StatusInternalServerError, "a rule cannot be evaluated for the elder"},
	"wrong-lists":          {http.StatusInternalServerError, "a list cannot be evaluated on this day"},
	"internal":             {http.StatusInternalServerError, "the server failed"},
	"busy":                 {http.StatusServiceUnavailable, "too many requests are under way; come again"},
	"too-long":             {http.StatusServiceUnavailable, "the answer takes too long"},
}

// refusal is an error with the code of a problem.
type refusal struct {
	code   string
	detail string
	causes []Cause
}

// Error returns the detail.
func (r *refusal) Error() string { return r.detail }

func refuse(code, format string, args ...any) error {
	return &refusal{code: code, detail: fmt.Sprintf(format, args...)}
}

// problemDocs is the address of the description of the kinds of problems.
const problemDocs = "https://github.com/basic-eldercare/eldercare/blob/main/docs/serve.md#"

// problemOf returns the problem that a client sees for an error.
func problemOf(err error) Problem {
	r := refusalOf(err)
	k := kinds[r.code]
	return Problem{Type: problemDocs + r.code, Title: k.title, Status: k.status, Detail: r.detail, Code: r.code, Errors: r.causes}
}

// refusalOf gives an error its code. An error that it does not know is the fault of the server, and
// its text is not sent.
func refusalOf(err error) *refusal {
	var known *refusal
	var input *eldercare.InputError
	var row *elder.RowError
	var failed *eldercare.EvaluationError
	var unknown *eldercare.UnknownJurisdictionError
	var notInForce *eldercare.NotInForceError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &input):
		return &refusal{"wrong-input", input.Error(), causesOf(err)}
	case errors.Is(err, timeline.ErrAgeOnly):
		return &refusal{"wrong-input", err.Error(), causesOf(err)}
	case errors.Is(err, timeline.ErrOrder):
		return &refusal{"wrong-parameter", "from and to: " + err.Error(), nil}
	case errors.As(err, &failed):
		return &refusal{"evaluation-failed", failed.Error(), causesOf(err)}
	case errors.As(err, &unknown):
		return &refusal{"unknown-jurisdiction", suggestion(unknown.Suggestion), nil}
	case errors.As(err, &notInForce):
		return &refusal{"not-in-force", notInForce.Error(), nil}
	case errors.As(err, new(*eldercare.NotListedError)):
		return &refusal{"not-listed", "the address /v1/lists/ of the jurisdiction shows its services", nil}
	case errors.As(err, &tooLarge):
		return &refusal{"too-large", fmt.Sprintf("it may have %d bytes; send many elders one a line, as %s", tooLarge.Limit, typeLines), nil}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &refusal{code: "too-slow"}
	case errors.Is(err, context.DeadlineExceeded):
		return &refusal{code: "too-long"}
	case errors.Is(err, context.Canceled), errors.As(err, new(*net.OpError)):
		return &refusal{code: "client-gone"}
	case errors.As(err, new(bodyError)):
		return &refusal{"malformed", "the body breaks off, or its chunks are not well-formed", nil}
	case errors.As(err, &row):
		return &refusal{"malformed", row.Error(), nil}
	case errors.As(err, new(eldercare.Diagnostics)):
		return &refusal{code: "wrong-lists"}
	}
	return &refusal{code: "internal"}
}

// typesOf names the types of an error, which say where to look, and none of its words.
func typesOf(err error) string {
	text := fmt.Sprintf("%T", err)
	for err = errors.Unwrap(err); err != nil; err = errors.Unwrap(err) {
		text += fmt.Sprintf(" %T", err)
	}
	return text
}

func suggestion(id string) string {
	if id == "" {
		return "the address /v1/jurisdictions shows which are"
	}
	return fmt.Sprintf("did you mean %q? The address /v1/jurisdictions shows which are", id)
}

// causesOf returns what is wrong with one elder. It returns nil for an error that does not concern
// an elder.
func causesOf(err error) []Cause {
	var input *eldercare.InputError
	var row *elder.RowError
	var failed *eldercare.EvaluationError
	switch {
	case errors.As(err, &input):
		causes := make([]Cause, len(input.Problems))
		for i, p := range input.Problems {
			causes[i] = Cause{Code: p.Code, Attributes: p.Attributes, Message: p.Message}
		}
		return causes
	case errors.Is(err, timeline.ErrAgeOnly):
		return []Cause{{Code: "age-only", Message: err.Error()}}
	case errors.As(err, &failed):
		return []Cause{{Code: failed.Code, Message: failed.Error()}}
	case errors.As(err, &row) && row.Err == nil:
		return []Cause{{Code: "malformed", Message: row.Problem, Line: row.Line}}
	}
	return nil
}

// RefusedRow tells of an elder who is refused among others.
func RefusedRow(row, line int, err error) Refused {
	r := Refused{Row: row, Line: line, Error: causesOf(err)}
	var input *eldercare.InputError
	if errors.As(err, &input) {
		r.ID = input.ID
	}
	return r
}

// writeProblem answers with a problem.
func writeProblem(w http.ResponseWriter, err error) {
	p := problemOf(err)
	text, _ := json.Marshal(p) // which has only texts and numbers
	h := w.Header()
	for _, name := range []string{"ETag", "Content-Security-Policy"} {
		h.Del(name)
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	switch p.Code {
	case "busy":
		h.Set("Retry-After", "1")
	case "unauthorized":
		h.Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(text, '\n')) // who is gone needs no answer
}

// Codes returns the codes of all problems.
func Codes() []string { return slices.Sorted(maps.Keys(kinds)) }
