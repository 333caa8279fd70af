package answers

import (
	"bytes"
	"encoding/json"

	"github.com/basic-eldercare/eldercare/policy/decide"
)

// text is JSON: a value, or the elements of a list with commas between them.
type text []byte

// textOf returns the JSON of a value, signs such as < being left as they are.
func textOf(v any) text {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // of what decisions are made of nothing is without JSON
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// and returns the elements of two lists.
func (t text) and(u text) text {
	if len(t) == 0 || len(u) == 0 {
		return append(t, u...)
	}
	return append(append(t, ','), u...)
}

// appendJSON appends the decision that is made of answers.
func (s *Answers) appendJSON(out []byte, of *decide.Decision, answers []*Answer) []byte {
	out = append(out, '{')
	if of.ID != "" {
		out = append(append(append(out, `"id":`...), textOf(of.ID)...), ',')
	}
	out = append(append(out, `"jurisdiction":`...), textOf(of.Jurisdiction)...)
	out = append(append(out, `,"on":`...), textOf(of.On)...)
	out = appendList(out, "entitled", answers, func(a *Answer) text { return a.text.entitled })
	out = appendList(out, "possible", answers, func(a *Answer) text { return a.text.possible })
	out = appendList(out, "discretionary", answers, func(a *Answer) text { return a.text.discretionary })
	out = append(out, `,"monthly_cny":`...)
	out = s.total(answers).append(out)
	return append(append(append(out, `,"digest":`...), textOf(of.Digest)...), '}')
}

func appendList(out []byte, name string, answers []*Answer, elements func(*Answer) text) []byte {
	out = append(append(append(out, `,"`...), name...), `":[`...)
	empty := len(out)
	for _, a := range answers {
		if t := elements(a); len(t) > 0 {
			if len(out) > empty {
				out = append(out, ',')
			}
			out = append(out, t...)
		}
	}
	return append(out, ']')
}

func (t total) append(out []byte) []byte {
	out = append(append(out, `{"bound":`...), textOf(t.Bound)...)
	out = append(append(out, `,"value":`...), t.Value.String()...)
	out = append(append(out, `,"open":`...), t.open...)
	if len(t.notAdded) > 0 {
		out = append(append(out, `,"not_added":`...), t.notAdded...)
	}
	return append(out, '}')
}
