package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// This file finds where a file ceases to be YAML, and what to do there. The parser does not: it
// tells no column, often the line where the block around a mistake begins, and of a character that
// it cannot read no line at all.

// byteOrderMark may stand at the beginning of a file, and is no part of its first line.
const byteOrderMark = "\ufeff"

// misprint reports the first character that no file may hold: a byte that is not UTF-8, a control
// character, or what ends a line for YAML but not for an editor, so that no line behind it could be
// named.
func (d *document) misprint(content []byte) bool {
	pos := d.start()
	content = bytes.TrimPrefix(content, []byte(byteOrderMark))
	for i, r := range string(content) {
		switch {
		case r == utf8.RuneError && !bytes.HasPrefix(content[i:], []byte(string(utf8.RuneError))):
			d.diagnostics.Errorf("yaml-syntax", pos, "save the file as UTF-8", "the byte 0x%02x is not UTF-8", content[i])
			return true
		case r == '\n':
			pos.Line, pos.Column = pos.Line+1, 0
		case r == '\t':
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufffe' || r == '\uffff':
			d.diagnostics.Errorf("yaml-syntax", pos, `remove it; a line ends with \n or \r\n`, "YAML files must not contain the character %U", r)
			return true
		}
		pos.Column++
	}
	return false
}

// notYAML reports where content ceases to be YAML; err is what the parser said of all of it.
func (d *document) notYAML(content []byte, err error) {
	b := findBreach(content, err)
	pos := policy.Position{File: d.display, Line: b.line, Column: b.column}
	_, message := parserError(b.err)
	if alias, ok := unknownAlias(message); ok {
		d.diagnostics.Errorf("yaml-anchor", pos, "write out the value, in quotes if it begins with *", "alias *%s: lists must not use aliases", alias)
		return
	}
	d.diagnostics.Errorf("yaml-syntax", pos, b.remedy(), "this is not YAML: %s", message)
}

// breach is where a text ceases to be YAML.
type breach struct {
	line, column int   // from 1
	sign         rune  // what stands there; 0 when the column is not known
	err          error // of the parser, when the text ends with that line
}

// remedy returns what to do, as the sign tells.
func (b breach) remedy() string {
	switch b.sign {
	case '"', '\'':
		return "close the quotes; in a text in double quotes write \\\" for a quote and \\\\ for a backslash"
	case '{', '[':
		return "close the bracket, and put a comma between any two of what it holds"
	case '}', ']', ',':
		return "remove it, or put the text in quotes"
	case ':':
		return "put a text with a colon in quotes, or check the indentation"
	case '\t':
		return "indent with spaces"
	case '*', '&', '!', '%', '@', '`', '|', '>':
		return fmt.Sprintf("put a text that begins with %c in quotes", b.sign)
	case '-':
		return "begin each item of a list on a line of its own, indented like the others"
	}
	return "write key: value, indented like the keys beside it; put a text with signs of YAML in quotes"
}

// findBreach looks for the longest beginning of a text that is YAML: first in whole lines, then in
// characters of the next line. When that takes too long, the place is the parser's.
func findBreach(content []byte, whole error) breach {
	line, _ := parserError(whole)
	parsers := breach{line: line, column: 1, err: whole}
	s := search{content: content, ends: []int{0}}
	for line := range bytes.Lines(content) {
		s.ends = append(s.ends, s.ends[len(s.ends)-1]+len(line))
	}
	found := parsers
	n := s.linesRead()
	for ; n > 0; n-- {
		err := s.parse(s.ends[n])
		if err == nil {
			break
		}
		found.err = err
	}
	if s.spent() || n+1 == len(s.ends) {
		return parsers
	}
	found.line = n + 1
	found.column, found.sign = s.column(s.ends[n], s.ends[n+1])
	return found
}

// search looks for the beginnings of a text that are YAML.
type search struct {
	content []byte
	ends    []int // of the first lines: ends[n] is how many bytes the first n lines have
	parsed  int   // bytes, and what brackets within brackets take as long as
}

// maxParsed is how many bytes are parsed to find a breach. The search in a usual file takes a part
// of it.
const maxParsed = 8 << 20

// spent reports whether the search has taken too long. From then on everything passes for YAML.
func (s *search) spent() bool { return s.parsed > maxParsed }

// parse returns the error of a beginning that is not YAML.
func (s *search) parse(end int) error {
	deepest := depth(s.content[:end])
	if s.parsed += end + deepest*deepest; s.spent() {
		return nil
	}
	return isYAML(bytes.NewReader(s.content[:end]))
}

// depth returns how many brackets are open at once, at the most. The parser takes a time for each
// of them that grows with those around it.
func depth(text []byte) (deepest int) {
	open := 0
	for _, b := range text {
		switch b {
		case '[', '{':
			open++
			deepest = max(deepest, open)
		case ']', '}':
			open = max(open-1, 0)
		}
	}
	return deepest
}

// column returns where, in a line, the longest beginning of the text that is YAML ends, and the
// sign behind it.
func (s *search) column(start, end int) (column int, sign rune) {
	for i := end; i > start; {
		r, size := utf8.DecodeLastRune(s.content[start:i])
		i -= size
		if s.parse(i) == nil && !s.spent() {
			return utf8.RuneCount(bytes.TrimPrefix(s.content[start:i], []byte(byteOrderMark))) + 1, r
		}
	}
	return 1, 0
}

// linesRead returns how many lines the parser reads until it fails.
func (s *search) linesRead() int {
	lines := &lineReader{search: s}
	_ = isYAML(lines)
	return lines.n
}

// isYAML returns the first error of a text that is not YAML.
func isYAML(text io.Reader) error {
	decoder := yaml.NewDecoder(text)
	for {
		var n yaml.Node
		if err := decoder.Decode(&n); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// lineReader gives out the text of a search line by line.
type lineReader struct {
	*search
	n, at int // lines begun, bytes given out
}

// Read gives out no more than the rest of one line.
func (r *lineReader) Read(p []byte) (int, error) {
	if r.at == r.ends[r.n] {
		if r.n+1 == len(r.ends) {
			return 0, io.EOF
		}
		r.n++
	}
	size := copy(p, r.content[r.at:r.ends[r.n]])
	r.at += size
	return size, nil
}

var parserErrorForm = lazy.Regexp(`^yaml: (?:line (\d+): )?(.*)$`)

// parserError returns the line that an error of the parser names, 1 when it names none, and what it
// says.
func parserError(err error) (line int, message string) {
	m := parserErrorForm().FindStringSubmatch(err.Error())
	if m == nil {
		return 1, err.Error()
	}
	if line, err = strconv.Atoi(m[1]); err != nil {
		line = 1
	}
	return line, m[2]
}

// unknownAlias returns the name in the parser's error of an alias without an anchor.
func unknownAlias(message string) (string, bool) {
	name, is := strings.CutPrefix(message, "unknown anchor '")
	return strings.TrimSuffix(name, "' referenced"), is
}
