package elder

import (
	"bytes"
	"unicode/utf8"

	"github.com/basic-eldercare/eldercare/policy"
)

// EncodeJSON is [Space.Encode] for an elder as JSON, without the steps between. It reads only
// correct and plain input: flat, without escapes, with whole numbers in digits. It reports false
// for anything else. [Raw.Row] and [Space.Encode] then read it, or say what is wrong.
func (s *Space) EncodeJSON(raw []byte, j policy.Jurisdiction, on policy.Date) (Profile, bool) {
	scan := scanner{raw: raw, encoder: encoder{space: s, jurisdiction: j, on: on}}
	if !scan.object() {
		return Profile{}, false
	}
	for i := range scan.inputs[:scan.given] {
		// after the attributes, which they may contradict
		scan.takeInput(scan.inputs[i].of, string(scan.inputs[i].text))
	}
	if len(scan.problems) > 0 || !s.derive(&scan.cells) {
		return Profile{}, false
	}
	return scan.profile(scan.id), true
}

// maxInputs is the greatest number of inputs read beside attributes.
const maxInputs = 8

// scanner reads one JSON object.
type scanner struct {
	raw []byte
	at  int
	encoder
	seen   uint64 // attributes seen so far
	id     string
	named  bool // true when the elder has an id
	inputs [maxInputs]struct {
		of   *policy.Input
		text []byte
	}
	given int // inputs
}

// object reads the whole text and reports whether it could.
func (s *scanner) object() bool {
	if !s.take('{') {
		return false
	}
	for more := !s.take('}'); more; {
		name, ok := s.text()
		if !ok || !s.take(':') || !s.member(name) {
			return false
		}
		if more = s.take(','); !more && !s.take('}') {
			return false
		}
	}
	s.space()
	return s.at == len(s.raw)
}

// member reads the value after a name. It refuses a name that it met before.
func (s *scanner) member(name []byte) bool {
	if i, ok := s.encoder.space.index[string(name)]; ok {
		if s.seen>>i&1 == 1 {
			return false
		}
		s.seen |= 1 << i
		return s.value(i)
	}
	text, ok := s.text()
	if string(name) == "id" {
		again := s.named
		s.id, s.named = string(text), true
		return ok && !again
	}
	in := s.encoder.space.Vocabulary.Input(string(name))
	for i := range s.inputs[:s.given] {
		ok = ok && s.inputs[i].of != in
	}
	if !ok || in == nil || s.given == maxInputs {
		return false
	}
	s.inputs[s.given].of, s.inputs[s.given].text = in, text
	s.given++
	return true
}

// value reads the value of an attribute.
func (s *scanner) value(i int) bool {
	axis := &s.encoder.space.Axes[i]
	if s.word("null") {
		return true
	}
	switch axis.Type {
	case policy.Boolean:
		if s.word("true") {
			s.cells[i] = 2
			return true
		}
		s.cells[i] = 1
		return s.word("false")
	case policy.Set:
		return false // it is not flat
	case policy.Integer:
		n, written := s.number()
		cell, ok := axis.number(n)
		s.cells[i] = cell
		return written && ok
	default:
		text, ok := s.text()
		s.cells[i] = axis.named(string(text))
		return ok && s.cells[i] != Absent
	}
}

// space skips white space.
func (s *scanner) space() {
	for s.at < len(s.raw) && isSpace(s.raw[s.at]) {
		s.at++
	}
}

// take takes a sign after white space, if it is there.
func (s *scanner) take(c byte) bool {
	s.space()
	if s.at < len(s.raw) && s.raw[s.at] == c {
		s.at++
		return true
	}
	return false
}

// word takes a word after white space, if it is there.
func (s *scanner) word(word string) bool {
	s.space()
	if bytes.HasPrefix(s.raw[s.at:], []byte(word)) {
		s.at += len(word)
		return true
	}
	return false
}

// text takes a string without escapes.
func (s *scanner) text() ([]byte, bool) {
	if !s.take('"') {
		return nil, false
	}
	start, plain := s.at, true
	for ; s.at < len(s.raw); s.at++ {
		switch c := s.raw[s.at]; {
		case c == '"':
			s.at++
			text := s.raw[start : s.at-1]
			return text, plain || utf8.Valid(text)
		case c < ' ' || c == '\\':
			return nil, false
		case c >= utf8.RuneSelf:
			plain = false
		}
	}
	return nil, false
}

// number takes a whole number of a few digits.
func (s *scanner) number() (int64, bool) {
	s.space()
	start, n := s.at, int64(0)
	for s.at < len(s.raw) && '0' <= s.raw[s.at] && s.raw[s.at] <= '9' {
		n = 10*n + int64(s.raw[s.at]-'0')
		s.at++
	}
	digits := s.at - start
	return n, digits == 1 || 1 < digits && digits < 10 && s.raw[start] != '0'
}
