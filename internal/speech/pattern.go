package speech

import (
	"fmt"
	"strings"

	"github.com/basic-eldercare/eldercare/internal/lazy"
)

// pattern recognises the sentences that are made with a format.
type pattern struct {
	literals []string // what stands around the verbs
	kinds    []byte   // the verbs
	chinese  string
	path     bool // whether the first value is a path, as the operating system names it
}

// verb matches a verb of a format, but for %%.
var verb = lazy.Regexp(`%(?:\[\d+\])?[-+# 0]*\d*(?:\.\d+)?[a-zA-Z]`)

// ofFile matches the formats of errors about files.
var ofFile = lazy.Regexp(`\A(?:chdir|create|fdopendir|lstat|mkdir|open|read|remove|rename|stat|write) %s`)

// newPattern returns the pattern of a format with at least one verb.
func newPattern(format, chinese string) *pattern {
	p := &pattern{chinese: chinese, path: ofFile().MatchString(format)}
	at := 0
	for _, place := range verb().FindAllStringIndex(format, -1) {
		p.literals = append(p.literals, strings.ReplaceAll(format[at:place[0]], "%%", "%"))
		at = place[1]
		p.kinds = append(p.kinds, format[at-1])
	}
	p.literals = append(p.literals, strings.ReplaceAll(format[at:], "%%", "%"))
	return p
}

// weight is how much of the format is fixed.
func (p *pattern) weight() int { return len(strings.Join(p.literals, "")) }

// leastWeight is what must be fixed of a format that recognises a sentence with parts that are not
// known. Of "%s is %s" it says too little.
const leastWeight = 8

// mostSplits bounds in how many ways a sentence is split into values.
const mostSplits = 200

// translate returns a text in Chinese, if it was made with the format, and whether no English is
// left in it. Where it can be split into values in several ways, it is the first that leaves none.
func (p *pattern) translate(t translator, text string) (said part, whole bool) {
	if p.weight() < leastWeight && strings.Contains(text, "\n") {
		return part{}, false // several lines are several sentences
	}
	rest := text
	for _, literal := range p.literals {
		_, behind, found := strings.Cut(rest, literal)
		if !found {
			return part{}, false
		}
		rest = behind
	}
	rest, found := strings.CutPrefix(text, p.literals[0])
	if !found {
		return part{}, false
	}
	tried := 0
	p.split(rest, nil, func(values []string) bool {
		tried++
		var filled string
		filled, whole = p.fill(t, values)
		if whole || !said.known && p.weight() >= leastWeight {
			said = part{filled, true}
		}
		return whole || tried >= mostSplits
	})
	return said, whole
}

// split calls try with the values of each way to split a text that stands behind the first literal,
// until try returns true.
func (p *pattern) split(text string, values []string, try func([]string) bool) bool {
	n := len(values)
	next := p.literals[n+1]
	if n == len(p.kinds)-1 {
		value, found := strings.CutSuffix(text, next)
		return found && fits(p.kinds[n], value) && try(append(values, value))
	}
	for _, end := range ends(text, next) {
		if fits(p.kinds[n], text[:end]) && p.split(text[end+len(next):], append(values, text[:end]), try) {
			return true
		}
	}
	return false
}

// ends returns where a value may end before a literal. Where nothing stands between two values, the
// second is empty or begins with a mark.
func ends(text, literal string) []int {
	var all []int
	if literal == "" {
		all = append(all, len(text))
		for i := len(text) - 1; i > 0; i-- {
			if strings.IndexByte("; ,:(", text[i]) >= 0 {
				all = append(all, i)
			}
		}
		return all
	}
	for at := 0; ; {
		i := strings.Index(text[at:], literal)
		if i < 0 {
			return all
		}
		all = append(all, at+i)
		at += i + 1
	}
}

var (
	quoted    = lazy.Regexp("\\A(?:\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`)\\z")
	allQuoted = lazy.Regexp(`\A"(?:[^"\\]|\\.)*"(?:, "(?:[^"\\]|\\.)*")*\z`)
	number    = lazy.Regexp(`\A-?\d+\z`)
	hex       = lazy.Regexp(`\A[0-9a-fA-F]+\z`)
)

// fits reports whether a verb may have written a value.
func fits(kind byte, value string) bool {
	switch kind {
	case 'd':
		return number().MatchString(value)
	case 'q':
		return quoted().MatchString(value)
	case 'x':
		return hex().MatchString(value)
	}
	return true
}

// fill writes the values into the Chinese format, those that are sentences in Chinese. It reports
// whether no English is left in them.
func (p *pattern) fill(t translator, values []string) (text string, whole bool) {
	whole = true
	args := make([]any, len(values))
	for i, v := range values {
		if i == 0 && p.path {
			args[i] = v
			continue
		}
		if strings.IndexByte("svw", p.kinds[i]) >= 0 && strings.Contains(strings.TrimSpace(v), " ") {
			value := t.part(v)
			whole = whole && value.isWord()
			v = value.text
		}
		args[i] = v
	}
	format := verb().ReplaceAllStringFunc(p.chinese, func(v string) string {
		if i := strings.IndexByte(v, ']'); i > 0 {
			return v[:i+1] + "s"
		}
		return "%s"
	})
	return fmt.Sprintf(format, args...), whole
}
