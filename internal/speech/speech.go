// Package speech says the messages of the program in another language. English is the key of its
// catalogue: the sentence as the code writes it, with the verbs of fmt for what it is about.
//
// What a command writes itself it says with [Sprintf]. What reaches it as a finished sentence it
// says with [Sentence]: an error that was wrapped, the message of a library, or a problem of a list.
// Sentence finds the format that the sentence was made with, and says that in the other language.
// So nothing that makes messages knows of languages, and none of its values is lost.
package speech

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/basic-eldercare/eldercare/policy/words"
)

// Sprintf formats as fmt does, in the language. What the catalogue does not have stays English.
func Sprintf(in words.Style, format string, args ...any) string {
	if in == words.Chinese {
		if chinese, known := catalogue()[format]; known {
			format = chinese
		}
	}
	if len(args) == 0 {
		return strings.ReplaceAll(format, "%%", "%")
	}
	return fmt.Sprintf(format, args...)
}

// Sentence returns a finished English text in the language: a sentence of the catalogue, several
// with "; ", ". " or a new line between them, or one behind a name and a colon. What is not in the
// catalogue stays as it is.
func Sentence(in words.Style, text string) string {
	if in != words.Chinese {
		return text
	}
	said, _ := translate(text, 0)
	return said
}

// deepest bounds how deep sentences stand in each other.
const deepest = 8

// translate returns a text in Chinese, and whether any of it was in the catalogue.
func translate(text string, depth int) (string, bool) {
	if depth > deepest || !strings.ContainsFunc(text, unicode.IsLetter) {
		return text, false
	}
	if said, known := recognised(text, depth); known {
		return said, true
	}
	for _, mark := range marks {
		for i := strings.Index(text, mark.english); i > 0; {
			if said, known := parts(text[:i], mark, text[i+len(mark.english):], depth); known {
				return said, true
			}
			next := strings.Index(text[i+1:], mark.english)
			if next < 0 {
				break
			}
			i += 1 + next
		}
	}
	return text, false
}

// mark stands between sentences, or between a name and what is said of it.
type mark struct {
	english, chinese string
	named            bool // what stands before may be a name
}

var marks = []mark{
	{"\n", "\n", true}, {"; ", "；", false}, {". ", "。", false}, {": ", "：", true}, {", ", "，", false},
}

// parts translates what stands before and behind a mark. Both must be known, or the first a name.
func parts(before string, m mark, behind string, depth int) (string, bool) {
	second, known := translate(behind, depth+1)
	if !known {
		return "", false
	}
	first, known := translate(before, depth+1)
	if !known && !m.named {
		return "", false
	}
	return first + m.chinese + second, true
}

// recognised returns a text in Chinese whose format is in the catalogue.
func recognised(text string, depth int) (string, bool) {
	if chinese, known := catalogue()[text]; known && !strings.Contains(text, "%") {
		return chinese, true
	}
	for _, p := range patterns() {
		values, fits := p.match(text)
		if !fits {
			continue
		}
		for i, v := range values {
			if p.nested[i] && strings.Contains(v, " ") {
				values[i], _ = translate(v, depth+1)
			}
		}
		return p.fill(values), true
	}
	return "", false
}

// pattern recognises the sentences of a format.
type pattern struct {
	literals []string // what stands around the verbs
	nested   []bool   // whether a verb may hold a sentence: %s, %v, %w
	regexp   func() *regexp.Regexp
	chinese  string
}

var verb = regexp.MustCompile(`%(?:\[\d+\])?[-+# 0]*\d*(?:\.\d+)?[a-zA-Z]`)

// newPattern returns the pattern of a format with at least one verb.
func newPattern(format, chinese string) *pattern {
	p := &pattern{chinese: chinese}
	var expression strings.Builder
	expression.WriteString(`(?s)\A`)
	at := 0
	for _, place := range verb.FindAllStringIndex(format, -1) {
		p.literal(&expression, format[at:place[0]])
		at = place[1]
		kind := format[at-1]
		p.nested = append(p.nested, strings.IndexByte("svw", kind) >= 0)
		expression.WriteString(valueOf(kind))
	}
	p.literal(&expression, format[at:])
	expression.WriteString(`\z`)
	p.regexp = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression.String()) })
	return p
}

func (p *pattern) literal(expression *strings.Builder, text string) {
	text = strings.ReplaceAll(text, "%%", "%")
	p.literals = append(p.literals, text)
	expression.WriteString(regexp.QuoteMeta(text))
}

// valueOf is the expression of what a verb writes.
func valueOf(kind byte) string {
	switch kind {
	case 'd':
		return `(-?\d+)`
	case 'q':
		return "(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`)"
	case 'x', 'X':
		return `([0-9a-fA-F]+)`
	}
	return `(.*?)`
}

// weight is how much of the format is fixed.
func (p *pattern) weight() int { return len(strings.Join(p.literals, "")) }

// match returns what the verbs wrote in a text.
func (p *pattern) match(text string) ([]string, bool) {
	rest := text
	for _, literal := range p.literals {
		_, behind, found := strings.Cut(rest, literal)
		if !found {
			return nil, false
		}
		rest = behind
	}
	values := p.regexp().FindStringSubmatch(text)
	if values == nil {
		return nil, false
	}
	return values[1:], true
}

// fill writes the values into the Chinese format.
func (p *pattern) fill(values []string) string {
	format := verb.ReplaceAllStringFunc(p.chinese, func(v string) string {
		if i := strings.IndexByte(v, ']'); i > 0 {
			return v[:i+1] + "s"
		}
		return "%s"
	})
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return fmt.Sprintf(format, args...)
}
