package serve

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/explain"
	"github.com/basic-eldercare/eldercare/policy/interview"
	"github.com/basic-eldercare/eldercare/policy/notice"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// Explanations gives the reasons for the answers about one elder.
type Explanations struct {
	ID           string                 `json:"id,omitempty"`
	Explanations []*explain.Explanation `json:"explanations"`
}

// Questions lists what to ask next of one elder, the best question first.
type Questions struct {
	ID        string               `json:"id,omitempty"`
	Questions []eldercare.Question `json:"questions"`
}

// decisions answers exactly as the command evaluate does, byte for byte.
func decisions(w http.ResponseWriter, q *request) error {
	rules, err := q.rules()
	if err != nil {
		return err
	}
	return answerer[elder.Profile]{
		read: func(raw elder.Raw) (elder.Profile, error) { return q.encode(rules, raw) },
		write: func(text []byte, p *elder.Profile) ([]byte, error) {
			return rules.AppendJSON(q.Context(), text, p)
		},
	}.answer(w, q)
}

// explanations tells why elders have services, or do not have them.
func explanations(w http.ResponseWriter, q *request) error {
	rules, course, err := q.inTime()
	if err != nil {
		return err
	}
	services := q.services
	if len(services) == 0 {
		for _, offer := range rules.EffectiveOffers() {
			services = append(services, offer.Service)
		}
	}
	return answerer[elder.Profile]{
		read: func(raw elder.Raw) (elder.Profile, error) { return q.encode(rules, raw) },
		write: func(text []byte, p *elder.Profile) ([]byte, error) {
			all := Explanations{ID: p.ID}
			for _, service := range services {
				if err := q.Context().Err(); err != nil {
					return text, err
				}
				x, err := explain.Explain(q.Context(), course, rules, timeline.Claim{Profile: *p, Service: service})
				if err != nil {
					return text, err
				}
				all.Explanations = append(all.Explanations, x)
			}
			return appendJSON(text, all)
		},
	}.answer(w, q)
}

// questions tells what to ask next of elders.
func questions(w http.ResponseWriter, q *request) error {
	rules, err := q.rules()
	if err != nil {
		return err
	}
	return answerer[elder.Profile]{
		read: func(raw elder.Raw) (elder.Profile, error) { return q.encode(rules, raw) },
		write: func(text []byte, p *elder.Profile) ([]byte, error) {
			next, err := interview.NextQuestions(q.Context(), rules, *p)
			if err != nil {
				return text, err
			}
			if next == nil {
				next = []eldercare.Question{}
			}
			return appendJSON(text, Questions{p.ID, next})
		},
	}.answer(w, q)
}

// timelines tells what elders are owed month by month.
func timelines(w http.ResponseWriter, q *request) error {
	course, err := q.Course(q.jurisdiction())
	if err != nil {
		return err
	}
	return answerer[eldercare.Elder]{
		read: func(raw elder.Raw) (eldercare.Elder, error) {
			row, err := q.words.Row(raw)
			return row.Elder, err
		},
		write: func(text []byte, e *eldercare.Elder) ([]byte, error) {
			t, err := timeline.Project(q.Context(), course.AssumeKnown(q.assumeKnown), *e, q.from, q.to)
			if err != nil {
				return text, err
			}
			return appendJSON(text, t)
		},
	}.answer(w, q)
}

// notices writes a notice for each elder, all in one document. It writes none when one elder is
// refused.
func notices(w http.ResponseWriter, q *request) error {
	w.Header().Set("Vary", "Accept")
	form, err := q.negotiate(formHTML, formMarkdown)
	if err != nil {
		return err
	}
	rules, course, err := q.inTime()
	if err != nil {
		return err
	}
	if lines, err := q.sendsLines(); err != nil {
		return err
	} else if lines {
		return refuse("unsupported-type", "notices are one document: send an elder or an array of elders as %s", typeJSON)
	}
	all, _, err := readAll(w, q, min(maxNotices, q.limits.Array))
	if err != nil {
		return err
	}
	made := make([]*notice.Notice, len(all))
	for i, raw := range all {
		if made[i], err = q.notice(rules, course, raw); err != nil {
			return q.refusedAmong(i+1, raw.Line, err)
		}
	}
	var out bytes.Buffer
	write := notice.HTML
	if form == formMarkdown {
		write = notice.Markdown
	}
	if err := write(&out, q.lang, made...); err != nil {
		return err
	}
	for range made {
		q.count(nil)
	}
	return form.send(w, out.Bytes())
}

// maxNotices is the most notices of a document, which is held as a whole.
const maxNotices = 1000

func (q *request) notice(rules *eldercare.Ruleset, course *eldercare.Course, raw elder.Raw) (*notice.Notice, error) {
	if err := q.Context().Err(); err != nil {
		return nil, err
	}
	p, err := q.encode(rules, raw)
	if err != nil {
		return nil, err
	}
	return notice.New(q.Context(), course, rules, p)
}

// refusedAmong adds to an error of an elder which elder of the request it is.
func (q *request) refusedAmong(row, line int, err error) error {
	causes := causesOf(err)
	if causes == nil {
		return err
	}
	q.count(err)
	for i := range causes {
		causes[i].Row = row
		if causes[i].Line == 0 {
			causes[i].Line = line
		}
	}
	r := refusalOf(err)
	return &refusal{r.code, fmt.Sprintf("elder %d: %s", row, r.detail), causes}
}
