package register

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
)

// answerAtLength answers a row that cannot be read by what its texts mean, and says all that is
// wrong with it.
func (w *worker) answerAtLength(ctx context.Context, row *Row, a *result) (elder.Profile, error) {
	person, err := w.elderAtLength(row, a)
	if err != nil || len(a.problems) > 0 {
		return elder.Profile{}, err
	}
	profile, err := w.rules.Encode(person)
	if err != nil {
		if wrong := new(elder.Error); errors.As(err, &wrong) && wrong.ID != "" {
			a.id = wrong.ID
		}
		return elder.Profile{}, err
	}
	a.id = profile.ID
	return profile, w.composer.compose(ctx, &profile)
}

// elderAtLength returns the elder of a row, and notes what is wrong with it.
func (w *worker) elderAtLength(row *Row, a *result) (person elder.Elder, err error) {
	said := &statements{}
	if w.understood.table {
		person = w.elderOf(row.Cells, said)
	} else {
		person, err = w.elderOfObject(row.Text, said)
	}
	if err != nil {
		return nil, err
	}
	said.settle(person)
	if a.problems = said.problems; len(a.problems) > 0 {
		if id := person.ID(); id != "" {
			a.id = id
		}
	}
	return person, nil
}

// elderOf is the elder of the cells of a row.
func (w *worker) elderOf(cells []string, said *statements) elder.Elder {
	person := elder.Elder{}
	for i, d := range w.columns {
		if !d.says() && !d.isID() {
			continue
		}
		value, problem := w.understood.value(d.column, cells[i])
		switch {
		case problem != nil:
			said.wrong(d.header, problem)
		case value == nil:
		case d.asked != nil:
			said.say(d.column, value)
		default:
			person[d.field.Name] = value
		}
	}
	return person
}

// statements are what a row says of values by yes and no, and what is wrong with it.
type statements struct {
	all      []statement
	problems []Problem
}

type statement struct {
	*column
	yes bool
}

// say takes a yes or no.
func (s *statements) say(k *column, value any) {
	yes, ok := value.(bool)
	if !ok {
		s.wrong(k.header, &reading.Problem{Code: "wrong-type", Message: "must be true or false"})
		return
	}
	s.all = append(s.all, statement{k, yes})
}

func (s *statements) wrong(header string, p *reading.Problem) {
	s.problems = append(s.problems, Problem{Column: header, Code: p.Code, Message: p.Message})
}

// settle gives an elder the values that are said, and refuses what contradicts them.
func (s *statements) settle(person elder.Elder) {
	for _, yes := range s.all {
		if name := yes.asked.Of.Name; yes.yes && person[name] == nil {
			person[name] = yes.asked.Value.Name
		}
	}
	for _, said := range s.all {
		has := person[said.asked.Of.Name]
		if said.yes != (has == said.asked.Value.Name) && has != nil && (said.yes || !s.affirmed(said.asked)) {
			s.wrong(said.header, &reading.Problem{Code: "contradiction", Message: "contradicts another column about " + said.asked.Of.Label})
		}
		if has == nil {
			s.leave(said.asked, person)
		}
	}
}

// affirmed reports whether a yes is said of a value.
func (s *statements) affirmed(asked *reading.Asked) bool {
	for _, other := range s.all {
		if other.yes && *other.asked == *asked {
			return true
		}
	}
	return false
}

// leave gives an elder the one value that is left when all others are ruled out.
func (s *statements) leave(asked *reading.Asked, person elder.Elder) {
	var left []string
	for _, value := range asked.Of.Values {
		denied := false
		for _, other := range s.all {
			denied = denied || other.asked.Of == asked.Of && other.asked.Value == value
		}
		if !denied {
			left = append(left, value.Name)
		}
	}
	if len(left) == 1 {
		person[asked.Of.Name] = left[0]
	}
}

// errNoJSON says of a row what [elder.Raw.Row] says of one, where it is not asked: under keys that
// say nothing of an elder.
var errNoJSON = &elder.RowError{Problem: "this is not well-formed JSON, or a key is given twice"}

// nameIt says what to do about a key of JSON that is not understood.
const nameIt = "say what it is with --map KEY=ATTRIBUTE, or leave it out with --map KEY="

// elderOfObject is the elder of an object of JSON.
func (w *worker) elderOfObject(text []byte, said *statements) (elder.Elder, error) {
	members, ok := w.scanObject(text)
	if !ok {
		if _, err := w.reader.RowBy(elder.Raw{JSON: text}, w.Map); err != nil {
			return nil, err
		}
		return nil, errNoJSON
	}
	rest := []byte{'{'}
	for i, m := range members {
		d := m.dictionary
		if slices.ContainsFunc(members[:i], func(other member) bool { return bytes.Equal(other.key, m.key) }) || !json.Valid(m.value) {
			return nil, errNoJSON
		}
		switch {
		case d.asked != nil:
			w.sayOf(d.column, m.value, said)
		case d.field == nil && (d.left || d.kept >= 0):
		case d.field == nil && !elder.IsName(string(m.key)): // it may be private
			problem := fmt.Sprintf("key %d of the object is not understood", i+1)
			said.wrong("", &reading.Problem{Code: UnknownAttribute, Message: problem + "; " + nameIt})
		default:
			if len(rest) > 1 {
				rest = append(rest, ',')
			}
			rest = append(append(appendString(rest, string(m.key)), ':'), m.value...)
		}
	}
	row, err := w.reader.RowBy(elder.Raw{JSON: append(rest, '}')}, w.Map)
	return row.Elder, err
}

// sayOf takes what JSON says under a value of an attribute.
func (w *worker) sayOf(k *column, token []byte, said *statements) {
	value, problem := w.answerOf(k, token)
	switch {
	case problem != nil:
		said.wrong(k.header, problem)
	case value != nil:
		said.say(k, value)
	}
}

// answerOf is the yes or no of JSON, nil for nothing.
func (w *worker) answerOf(k *column, token []byte) (any, *reading.Problem) {
	var value any
	if err := json.Unmarshal(token, &value); err != nil {
		return nil, &reading.Problem{Code: malformed, Message: "is not well-formed JSON"}
	}
	if text, ok := value.(string); ok {
		return w.reader.Answer(*k.asked, text)
	}
	return value, nil
}
