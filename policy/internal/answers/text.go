package answers

import (
	"bytes"
	"encoding/json"

	"github.com/basic-eldercare/eldercare/policy/decide"
)

// text is JSON: a value, or the elements of a list with commas between them.
type text []byte

// textOf returns the JSON of a value. Signs such as < stay as they are.
func textOf(v any) text {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // everything that decisions are made of has JSON
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// and returns the elements of a list, and one more.
func (t text) and(u text) text {
	if t == nil {
		return u
	}
	return append(append(t, ','), u...)
}

// frame is the JSON that all decisions of a Decider have in common.
type frame struct{ head, foot text }

func newFrame(of *decide.Decision) frame {
	head := append(text(`"jurisdiction":`), textOf(of.Jurisdiction)...)
	head = append(append(head, `,"on":`...), textOf(of.On)...)
	foot := append(text(`,"digest":`), textOf(of.Digest)...)
	return frame{head, append(foot, '}')}
}

// appendJSON appends the decision that is made of answers.
func (d *Decider) appendJSON(out []byte, id string, answers []*Answer) []byte {
	out = append(out, '{')
	if id != "" {
		out = append(appendString(append(out, `"id":`...), id), ',')
	}
	out = append(out, d.frame.head...)
	out = appendList(out, "entitled", answers, func(a *Answer) text { return a.text.entitled })
	out = appendList(out, "possible", answers, func(a *Answer) text { return a.text.possible })
	out = appendList(out, "discretionary", answers, func(a *Answer) text { return a.text.discretionary })
	out = append(out, `,"monthly_cny":`...)
	out = d.total(answers).append(out)
	return append(out, d.frame.foot...)
}

// appendString appends a JSON string.
func appendString(out []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return append(out, textOf(s)...)
		}
	}
	return append(append(append(out, '"'), s...), '"')
}

func appendList(out []byte, name string, answers []*Answer, elements func(*Answer) text) []byte {
	out = append(append(append(out, `,"`...), name...), `":[`...)
	empty := len(out)
	for _, a := range answers {
		if t := elements(a); t != nil {
			if len(out) > empty {
				out = append(out, ',')
			}
			out = append(out, t...)
		}
	}
	return append(out, ']')
}

func (t total) append(out []byte) []byte {
	out = appendString(append(out, `{"bound":`...), string(t.Bound))
	out = append(append(out, `,"value":`...), t.Value.String()...)
	out = append(append(out, `,"open":`...), t.open...)
	if t.notAdded != nil {
		out = append(append(out, `,"not_added":`...), t.notAdded...)
	}
	return append(out, '}')
}
