package register

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
	"unsafe"

	"github.com/basic-eldercare/eldercare/policy/elder"
)

// member is a key of an object of JSON with its value as it is written.
type member struct {
	*dictionary // what the key stands for
	key, value  []byte
}

// scanObject returns the members of an object, good until the next is read. It takes every object
// that is well-formed, and leaves it to who reads a value, or a key, to see whether that is; it
// reports false where there is no object.
func (w *worker) scanObject(text []byte) (members []member, ok bool) {
	members = w.members[:0]
	defer func() { w.members = members }()
	s := scan{text: text}
	if !s.take('{') {
		return members, false
	}
	last := &w.start
	for more := !s.take('}'); more; {
		key, d := s.expected(last)
		if d == nil {
			if key, ok = s.key(); !ok {
				return members, false
			}
			if d = w.key(key); d.quoted != "" {
				last.next = d
			}
		}
		if !s.take(':') {
			return members, false
		}
		value := s.value()
		if len(value) == 0 {
			return members, false
		}
		members = append(members, member{d, key, value})
		if more = s.take(','); !more && !s.take('}') {
			return members, false
		}
		last = d
	}
	s.space()
	return members, s.at == len(text)
}

// scan reads JSON.
type scan struct {
	text []byte
	at   int
}

func (s *scan) space() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\t' || s.text[s.at] == '\r' || s.text[s.at] == '\n') {
		s.at++
	}
}

// take takes a sign behind white space, if it is there.
func (s *scan) take(c byte) bool {
	s.space()
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

// ahead is how many keys are expected: an elder may lack some that others have.
const ahead = 4

// expected takes a key that came behind another, or soon behind it, in objects before. It is nil
// where none of them stands here.
func (s *scan) expected(last *dictionary) ([]byte, *dictionary) {
	s.space()
	rest := s.text[s.at:]
	for range ahead {
		if last = last.next; last == nil {
			break
		}
		if n := len(last.quoted); n > 0 && len(rest) >= n && string(rest[:n]) == last.quoted {
			s.at += n
			return rest[1 : n-1], last
		}
	}
	return nil, nil
}

// key takes a text, without its quotes.
func (s *scan) key() ([]byte, bool) {
	s.space()
	quoted, plain := s.quoted()
	switch {
	case len(quoted) < 2:
		return nil, false
	case plain:
		return quoted[1 : len(quoted)-1], true
	}
	var key string
	err := json.Unmarshal(quoted, &key)
	return []byte(key), err == nil
}

// quoted takes a text in quotes, and reports whether it has neither escapes nor control characters.
func (s *scan) quoted() (text []byte, plain bool) {
	if s.at >= len(s.text) || s.text[s.at] != '"' {
		return nil, false
	}
	plain = true
	for i := s.at + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			text, s.at = s.text[s.at:i+1], i+1
			return text, plain
		case c == '\\':
			plain = false
			i++
		case c < ' ':
			plain = false
		}
	}
	return nil, false
}

// endsValue are the signs behind a number or word.
var endsValue = [256]bool{',': true, '}': true, ']': true, ' ': true, '\t': true, '\r': true, '\n': true}

// value takes a value.
func (s *scan) value() []byte {
	s.space()
	if s.at >= len(s.text) {
		return nil
	}
	start := s.at
	switch s.text[start] {
	case '"':
		text, _ := s.quoted()
		return text
	case '{', '[':
		return s.nested()
	}
	for s.at < len(s.text) && !endsValue[s.text[s.at]] {
		s.at++
	}
	return s.text[start:s.at]
}

// nested takes a list or an object.
func (s *scan) nested() []byte {
	start, depth := s.at, 0
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case '"':
			if text, _ := s.quoted(); text == nil {
				return nil
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if s.at++; depth == 0 {
			return s.text[start:s.at]
		}
	}
	return nil
}

// plainText is a text in quotes without them, or a number or truth value as it is written; nothing
// for null. It reports false for what is none, or must be read at length.
func plainText(value []byte) (string, bool) {
	switch {
	case value[0] == '"':
		s := scan{text: value}
		if _, plain := s.quoted(); plain {
			text := value[1 : len(value)-1]
			return string(text), utf8.Valid(text)
		}
		var text string
		err := json.Unmarshal(value, &text)
		return text, err == nil
	case string(value) == "null":
		return "", true
	}
	return string(value), value[0] != '{' && value[0] != '[' && json.Valid(value)
}

// maxKeys is how many keys are remembered: elders have few.
const maxKeys = 1 << 10

// key is the column that a key of JSON stands for.
func (w *worker) key(name []byte) *dictionary {
	if d, ok := w.keys[string(name)]; ok {
		return d
	}
	k := w.understood.understand(string(name))
	d := &dictionary{column: &k, known: map[string]*meaning{}}
	if len(w.keys) >= maxKeys || !utf8.Valid(name) {
		return d
	}
	stands := " " + k.header // no attribute has such a name
	if k.field != nil {
		stands = k.field.Name
	}
	if w.stamps[stands] == nil {
		w.stamps[stands] = new(uint64)
	}
	d.seen = w.stamps[stands]
	w.keys[k.header] = d
	quoted := scan{text: []byte(`"` + k.header + `"`)}
	if text, plain := quoted.quoted(); plain && len(text) == len(quoted.text) {
		d.quoted = string(text)
	}
	return d
}

// readObject reads an object. It reports false when it must be read at length.
func (w *worker) readObject(text []byte, p *elder.Profile, a *result) bool {
	members, plain := w.scanObject(text)
	for _, m := range members {
		d := m.dictionary
		if d.seen == nil || *d.seen == w.row {
			plain = false
		} else {
			*d.seen = w.row
		}
		if d.kept >= 0 {
			w.own[2+d.kept].Text, _ = plainText(m.value)
		}
		if plain {
			plain = w.readMember(d, m.value, p, a)
		}
	}
	return plain && w.settle(p)
}

// readMember reads a value of a key.
func (w *worker) readMember(d *dictionary, value []byte, p *elder.Profile, a *result) (plain bool) {
	switch {
	case d.isID():
		a.id, plain = plainText(value)
		return plain && (value[0] == '"' || '0' <= value[0] && value[0] <= '9' && len(value) <= 15)
	case d.says():
		return w.take(d.meaning(unsafe.String(&value[0], len(value)), w.meanToken), p) // what is remembered is cloned
	}
	return (d.left || d.kept >= 0) && json.Valid(value)
}

// meanToken is what a value of JSON says.
func (w *worker) meanToken(k *column, token string) *meaning {
	decoder := json.NewDecoder(bytes.NewReader([]byte(token)))
	decoder.UseNumber()
	var value any
	if !utf8.ValidString(token) || !json.Valid([]byte(token)) || decoder.Decode(&value) != nil {
		return unclear
	}
	if k.asked == nil {
		return w.mean(k, w.reader.JSONValue(k.field.Name, value))
	}
	value, problem := w.answerOf(k, []byte(token))
	if problem != nil {
		return unclear
	}
	return w.mean(k, value)
}
