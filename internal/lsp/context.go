package lsp

import (
	"path"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// cursor is a place in a document, and the word there.
type cursor struct {
	text       string
	file       string // slash path inside the folder
	n          int    // the line, from 0
	line       string
	start, end int // the bytes of the line between which the word stands
}

func newCursor(text, file string, at position) cursor {
	c := cursor{text: text, file: file, n: max(at.Line, 0), line: lineOf(text, at.Line)}
	here := offset(c.line, at.Character)
	c.start, c.end = wordAt(c.line, here, true)
	if c.inRego() && !quoted(c.line[:c.start]) { // a hyphen is a minus there
		c.start, c.end = wordAt(c.line, here, false)
	}
	return c
}

func (c cursor) inRego() bool { return path.Ext(c.file) == ".rego" }

func (c cursor) word() string { return c.line[c.start:c.end] }

func (c cursor) span() span { return spanOf(c.line, c.n, c.start, c.end) }

// sought returns the kinds of names that may stand at the place. It knows them by the text before
// the word alone, so that it also knows them in a file that cannot be read yet.
func (c cursor) sought(v *policy.Vocabulary) []sought {
	if c.inRego() {
		return c.inRules()
	}
	return c.inYAML(v)
}

// quoted reports whether a text ends within quotes.
func quoted(text string) bool {
	in := false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if in {
				i++
			}
		case '"':
			in = !in
		}
	}
	return in
}

var (
	// parametersAs finds the name by which a module reads the parameters.
	parametersAs = lazy.Regexp(`(?m)^import data\.parameters(?:\s+as\s+(\w+))?\s*$`)

	beforeService   = lazy.Regexp(`\b(?:promise|discretionary)\(\s*$`)
	beforeAttribute = lazy.Regexp(`\binput\[$`)
	beforeValue     = lazy.Regexp(`\binput\.(\w+)\s*(?:==|!=|in)\s*(?:[{\[][^{}\[\]]*)?$`)
	afterValue      = lazy.Regexp(`^"\s*in\s+input\.(\w+)`)
	beforeKey       = lazy.Regexp(`[{,]\s*$`)
)

// inRules is [cursor.sought] in Rego.
func (c cursor) inRules() []sought {
	before := c.line[:c.start]
	if quoted(before) {
		return c.inString(before[:strings.LastIndexByte(before, '"')])
	}
	if strings.ContainsRune(before, '#') {
		return nil
	}
	parameters := "data.parameters"
	if as := parametersAs().FindStringSubmatch(c.text); as != nil {
		if parameters = as[1]; parameters == "" {
			parameters = "parameters"
		}
	}
	switch {
	case endsIn(before, parameters+"."):
		return []sought{{kind: parameter}}
	case endsIn(before, "input."):
		return []sought{{kind: attribute}}
	}
	return nil
}

// endsIn reports whether a text ends in a reference to something, and not in a longer name.
func endsIn(text, reference string) bool {
	rest, ok := strings.CutSuffix(text, reference)
	if !ok {
		return false
	}
	start, end := wordAt(rest, len(rest), false)
	return start == end && !strings.HasSuffix(rest, ".")
}

// inString is [cursor.sought] in a string of Rego, by what stands before its quotes.
func (c cursor) inString(before string) []sought {
	if m := beforeValue().FindStringSubmatch(before); m != nil {
		return []sought{{kind: value, of: m[1]}}
	}
	if m := afterValue().FindStringSubmatch(c.line[c.end:]); m != nil {
		return []sought{{kind: value, of: m[1]}}
	}
	switch {
	case beforeService().MatchString(before):
		return []sought{{kind: service}}
	case beforeAttribute().MatchString(before):
		return []sought{{kind: attribute}}
	case beforeKey().MatchString(before):
		return []sought{{kind: measure}, {kind: service}, {kind: attribute}}
	}
	return nil
}

// keyed says which kinds of names stand after a key of YAML, or under it.
var keyed = map[string][]sought{
	"parameters":        {{kind: parameter}},
	"services":          {{kind: service}},
	"id":                {{kind: service}, {kind: jurisdiction}},
	"service":           {{kind: service}},
	"has":               {{kind: service}},
	"without":           {{kind: service}},
	"refused":           {{kind: service}},
	"not_discretionary": {{kind: service}},
	"entitled":          {{kind: service}},
	"discretionary":     {{kind: service}},
	"possible":          {{kind: service}},
	"measure":           {{kind: measure}},
	"measures":          {{kind: measure}},
	"linked":            {{kind: measure}},
	"subject":           {{kind: service}, {kind: parameter}},
	"suspended":         {{kind: attribute}},
	"asked_of":          {{kind: attribute}},
	"gives":             {{kind: attribute}, {kind: given}},
	"attributes":        {{kind: attribute}},
	"elder":             {{kind: attribute}, {kind: given}},
	"parent":            {{kind: jurisdiction}},
	"amends":            {{kind: stem}},
}

// inYAML is [cursor.sought] in YAML: by the key before the word, or else by the line above that is
// indented less.
func (c cursor) inYAML(v *policy.Vocabulary) []sought {
	before := c.line[:c.start]
	if strings.HasPrefix(before, "#") || strings.Contains(before, " #") {
		return nil
	}
	key := keyOf(before)
	if key == "" {
		key = c.above()
	}
	switch {
	case key == "services" && path.Base(c.file) != "services.yaml": // a list of mappings
		return nil
	case keyed[key] != nil:
		return keyed[key]
	case v.Attribute(key) != nil:
		return []sought{{kind: value, of: key}}
	case v.Service(key) != nil:
		return []sought{{kind: measure}}
	}
	return nil
}

var keyBefore = lazy.Regexp(`[\w-]+$`)

// keyOf returns the key that the text after a part of a line belongs to: the last key, or that of
// the brackets around it. It is empty when the line has none yet.
func keyOf(before string) string {
	var open []string // the keys of the brackets that are open
	key := ""
	for i, r := range before {
		switch r {
		case ':':
			key = keyBefore().FindString(before[:i])
		case '{', '[':
			open = append(open, key)
		case '}', ']':
			open = open[:max(len(open)-1, 0)]
		case ',':
			if len(open) > 0 {
				key = open[len(open)-1]
			}
		}
	}
	return key
}

// above returns the key of the nearest line above that is indented less than the word.
func (c cursor) above() string {
	lines := strings.Split(c.text, "\n")
	own := len(c.line[:c.start])
	for _, line := range slices.Backward(lines[:min(c.n, len(lines))]) {
		content := strings.TrimLeft(line, " -")
		if content == "" || content[0] == '#' || len(line)-len(content) >= own {
			continue
		}
		key, _, _ := strings.Cut(content, ":")
		return key
	}
	return ""
}
