package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/speech"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/excel"
	"github.com/basic-eldercare/eldercare/policy/summary"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// uploadRoutes take a register, and answer it at once. The server keeps nothing, so a client that
// wants a plan, a summary and the answers sends the register three times.
var uploadRoutes = []route{
	{
		method: http.MethodPost, path: "/v1/{jurisdiction}/rosters/plan", about: "How the columns of a register are understood",
		takes: []string{"on", "keep", "map"}, answer: rosterPlan, reads: true, register: true, gives: Plan{},
	},
	{
		method: http.MethodPost, path: "/v1/{jurisdiction}/rosters/summary", about: "What a register comes to",
		takes:  []string{"on", "assume_known", "by", "map", "lang", "format"},
		answer: rosterSummary, reads: true, register: true, gives: summary.Summary{}, forms: []form{formHTML},
	},
	{
		method: http.MethodPost, path: "/v1/{jurisdiction}/rosters/answers", about: "What the elders of a register are owed, a row for each",
		takes:  []string{"on", "assume_known", "keep", "map", "lang", "format"},
		answer: rosterAnswers, reads: true, register: true, forms: []form{formCSV, formExcel},
	},
	{
		method: http.MethodPost, path: "/v1/{jurisdiction}/rosters/problems", about: "What is wrong with the rows of a register",
		takes: []string{"on", "assume_known", "map", "lang"}, answer: rosterProblems, reads: true, register: true, forms: []form{formCSV},
	},
}

// sameOrigin refuses what a page from elsewhere sends in a browser.
var sameOrigin = http.NewCrossOriginProtection()

const (
	maxUploads  = 4       // registers at a time, as each is held in memory
	maxUnpacked = 4       // how many times --max-body a workbook may have when it is unpacked
	maxSheet    = 100_000 // elders in answers as a workbook, which is held as a whole
	planned     = 10_000  // rows that a plan looks at
)

// Plan tells how the columns of a register are understood, seen by its first rows, and why it
// cannot be answered yet.
type Plan struct {
	Columns  []register.Understanding `json:"columns"`
	Problems []Cause                  `json:"problems"`
}

// sent is a register that was sent, with its columns understood.
type sent struct {
	*request
	rules    *eldercare.Ruleset
	source   register.Source
	register *register.Register
	groups   []string // headers of columns to count by
	wrong    []Cause  // why it can be planned only
}

// open takes in a register of at most so many elders as a whole, and understands its columns.
func (q *request) open(w http.ResponseWriter, most int) (*sent, error) {
	rules, err := q.rules()
	if err != nil {
		return nil, err
	}
	s := &sent{request: q, rules: rules}
	if s.source, err = q.source(w, most); err != nil {
		return nil, err
	}
	if err := s.understand(); err != nil {
		return nil, errors.Join(err, s.source.Close())
	}
	return s, nil
}

// source takes in the body, and opens it in the format that its type names.
func (q *request) source(w http.ResponseWriter, most int) (register.Source, error) {
	var format register.Format = register.CSV{}
	unreadable := "its first row must name the columns, as text in UTF-8 or GB18030"
	switch kind, _, _ := mime.ParseMediaType(q.Header.Get("Content-Type")); kind {
	case typeCSV:
	case typeExcel:
		format = excel.Format{Memory: maxUnpacked * q.limits.Body}
		unreadable = fmt.Sprintf("it must be a whole workbook (.xlsx) of at most %d bytes when it is unpacked; the first row of its first sheet names the columns",
			maxUnpacked*q.limits.Body)
	default:
		return nil, refuse("unsupported-type", "send %s or %s", typeCSV, typeExcel)
	}
	var body bytes.Buffer
	_, err := body.ReadFrom(http.MaxBytesReader(w, q.Body, q.limits.Body))
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, refuse("too-large", "a register may have %d bytes", q.limits.Body)
	}
	if err != nil {
		return nil, err
	}
	in, err := format.Open(q.Context(), &body, "")
	switch late := q.Context().Err(); {
	case late != nil && err == nil:
		return nil, errors.Join(late, in.Close())
	case late != nil:
		return nil, late
	case err != nil:
		return nil, refuse("wrong-register", "%s", unreadable)
	}
	return &bounded{Source: in, left: most, most: most}, nil
}

// bounded is a register of which only so many rows are read. Its errors say nothing of what is in
// it.
type bounded struct {
	register.Source
	left, most int
}

// Read reads a row.
func (b *bounded) Read(r *register.Row) error {
	err := b.Source.Read(r)
	switch b.left--; {
	case errors.Is(err, io.EOF):
		return err
	case err != nil:
		return refuse("wrong-register", "it breaks off after %d rows", b.most-b.left-1)
	case len(r.Cells) == 0 && len(r.Text) == 0 && len(r.Words) == 0 && r.Problem == nil: // a gap in a sheet is no elder
		b.left++
	case b.left < 0:
		return tooMany(b.most)
	}
	return nil
}

// understand understands the columns. It is an error where a number does not tell a column from the
// others.
func (s *sent) understand() error {
	o := register.Options{
		Map: map[string]string{}, English: s.lang == "en", MaxErrors: -1, Places: s.Jurisdictions(),
	}
	for _, n := range slices.Sorted(maps.Keys(s.columns)) {
		o.Map[s.header(n)] = s.columns[n]
	}
	for _, n := range s.keep {
		o.Keep = append(o.Keep, s.header(n))
	}
	for _, n := range s.by {
		s.groups = append(s.groups, s.header(n))
	}
	if s.wrong != nil {
		return s.ready()
	}
	var err error
	if s.register, err = register.New(s.rules, s.source, o); err == nil {
		return nil
	}
	if s.wrong = columnCauses(err); s.wrong == nil {
		return err
	}
	if s.register == nil { // the first line is of an elder: no plan may show it
		return s.ready()
	}
	return nil
}

// header returns the header of a column.
func (s *sent) header(column int) string {
	all := s.source.Header()
	if column > len(all) {
		s.wrong = append(s.wrong, Cause{Code: "no-column", Columns: []int{column}, Message: fmt.Sprintf("there are %d columns", len(all))})
		return ""
	}
	clean := func(header string) string { return strings.Join(strings.Fields(header), " ") }
	header := clean(all[column-1])
	for i, other := range all {
		if i != column-1 && clean(other) == header {
			s.wrong = append(s.wrong, Cause{Code: "same-header", Columns: []int{column, i + 1}, Message: "they have one header: rename one of them"})
		}
	}
	return header
}

// ready returns an error if the register cannot be answered.
func (s *sent) ready() error {
	if s.wrong == nil {
		return nil
	}
	return &refusal{"wrong-register", "columns cannot be used as asked", s.wrong}
}

// columnMessages say what is wrong with columns.
var columnMessages = map[string]string{
	register.NoHeader:         "the first row is that of an elder, so it names no columns: put a row of names above it",
	register.NoAttribute:      "no column is an attribute: name them in the first row, or by map=NUMBER=ATTRIBUTE",
	register.SameAttribute:    "they are one attribute: leave one out by map=NUMBER=",
	register.UnknownAttribute: "map names an attribute that there is not: GET /v1/schemas/elder has them all",
	register.TakenName:        "a column to keep is named as one of the answers: rename it in the register",
}

// columnCauses returns what is wrong with columns. It repeats no header.
func columnCauses(err error) []Cause {
	var all []Cause
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			all = append(all, columnCauses(one)...)
		}
		return all
	}
	if wrong, ok := errors.AsType[*register.ColumnError](err); ok {
		c := Cause{Code: wrong.Code, Columns: wrong.Columns, Message: columnMessages[wrong.Code]}
		if wrong.Attribute != "" {
			c.Attributes = []string{wrong.Attribute}
		}
		return []Cause{c}
	}
	if single, ok := errors.AsType[*summary.SingleError](err); ok {
		return []Cause{{Code: "names-elders", Columns: []int{single.Column}, Message: "it names single elders: count by one that many share"}}
	}
	return nil
}

// answer answers the register into a sink, and lets hear know of problems.
func (s *sent) answer(to register.Sink, hear func(register.Problem) error) (register.Tally, error) {
	defer to.Discard()
	tally, err := s.register.Answer(s.Context(), to, hear)
	s.answered, s.refused = tally.Answered, tally.Refused
	if err == nil {
		err = to.Close()
	}
	return tally, err
}

// unwritten takes answers that nobody asked for.
func (s *sent) unwritten() (register.Sink, error) {
	return register.CSV{}.Create(s.Context(), io.Discard, s.register.Columns())
}

// rosterPlan tells how the columns are understood, also where the register cannot be answered yet.
func rosterPlan(w http.ResponseWriter, q *request) error {
	s, err := q.open(w, q.limits.Elders)
	if err != nil {
		return err
	}
	defer s.source.Close()
	plan := Plan{Problems: append([]Cause{}, s.wrong...)}
	if plan.Columns, err = s.register.Plan(q.Context(), planned); err != nil {
		return err
	}
	return sendJSON(w, plan)
}

// withRegister opens a register of at most so many elders for a function, if it can be answered.
func (q *request) withRegister(w http.ResponseWriter, most int, answer func(*sent) error) error {
	s, err := q.open(w, most)
	if err != nil {
		return err
	}
	defer s.source.Close()
	if err := s.ready(); err != nil {
		return err
	}
	return answer(s)
}

// rosterSummary tells what a register comes to: as a page that may be given to others, or every
// figure.
func rosterSummary(w http.ResponseWriter, q *request) error {
	w.Header().Set("Vary", "Accept")
	form, err := q.negotiate(formJSON, formHTML)
	if err != nil {
		return err
	}
	return q.withRegister(w, q.limits.Elders, func(s *sent) error {
		sum, err := s.sum()
		if err != nil {
			return err
		}
		if form == formJSON {
			return sendJSON(w, sum)
		}
		var page bytes.Buffer
		if err := summary.HTML(&page, sum, q.lang, summary.DefaultMinGroup); err != nil {
			return err
		}
		return form.send(w, page.Bytes())
	})
}

// sum answers the register, and returns what it comes to.
func (s *sent) sum() (*summary.Summary, error) {
	counter, err := summary.New(s.rules, s.register, summary.Options{By: s.groups, English: s.lang == "en"})
	if err != nil {
		s.wrong = columnCauses(err)
		return nil, errors.Join(s.ready(), err)
	}
	to, err := s.unwritten()
	if err != nil {
		return nil, err
	}
	tally, err := s.answer(to, func(p register.Problem) error { counter.Problem(p); return nil })
	if err != nil {
		return nil, err
	}
	return counter.Sum(tally), nil
}

// rosterAnswers writes a row for each elder who is answered.
func rosterAnswers(w http.ResponseWriter, q *request) error {
	w.Header().Set("Vary", "Accept")
	form, err := q.negotiate(formCSV, formExcel)
	if err != nil {
		return err
	}
	most, format, out := q.limits.Elders, register.Format(register.CSV{}), io.Writer(q.patient(w))
	if form == formExcel { // written as a whole at its end
		most, format, out = min(most, maxSheet), excel.Format{Memory: maxUnpacked * q.limits.Body}, w
	}
	return q.withRegister(w, most, func(s *sent) error {
		w.Header().Set("Content-Type", form.mediaType)
		to, err := format.Create(q.Context(), out, s.register.Columns())
		if err != nil {
			return err
		}
		_, err = s.answer(to, func(register.Problem) error { return nil })
		return err
	})
}

// rosterProblems writes what is wrong with rows.
func rosterProblems(w http.ResponseWriter, q *request) error {
	if _, err := q.negotiate(formCSV); err != nil {
		return err
	}
	return q.withRegister(w, q.limits.Elders, func(s *sent) error {
		w.Header().Set("Content-Type", formCSV.mediaType)
		wrong, err := register.NewProblems(q.patient(w))
		if err != nil {
			return err
		}
		to, err := s.unwritten()
		if err != nil {
			return err
		}
		_, err = s.answer(to, s.explained(wrong.Write))
		return errors.Join(err, wrong.Close())
	})
}

// explained has problems written in the language that is asked for, English without one.
func (s *sent) explained(write func(register.Problem) error) func(register.Problem) error {
	if s.lang == "" {
		return write
	}
	said := speech.Repeated(words.In(s.lang))
	return func(p register.Problem) error {
		p.Message = said(p.Message)
		return write(p)
	}
}
