package lsp

import (
	"net/url"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/basic-eldercare/eldercare/policy"
)

// lineOf returns a line of a text, counted from 0, without its line ending. A line that does not
// exist is empty.
func lineOf(text string, n int) string {
	for range n {
		_, rest, ok := strings.Cut(text, "\n")
		if !ok {
			return ""
		}
		text = rest
	}
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r")
}

// units returns how many UTF-16 code units a text has.
func units(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// offset returns the byte of a line that follows a number of UTF-16 code units, or the end of the
// line if the line is shorter.
func offset(line string, character int) int {
	for i, r := range line {
		if character <= 0 {
			return i
		}
		character -= units(string(r))
	}
	return len(line)
}

// wordAt returns the start and the end, in bytes, of the word around an offset of a line. If there
// is no word, both are the offset.
func wordAt(line string, at int, hyphens bool) (start, end int) {
	part := func(r rune) bool {
		return r == '_' || hyphens && r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	for start = at; start > 0; {
		r, size := utf8.DecodeLastRuneInString(line[:start])
		if !part(r) {
			break
		}
		start -= size
	}
	for end = at; end < len(line); {
		r, size := utf8.DecodeRuneInString(line[end:])
		if !part(r) {
			break
		}
		end += size
	}
	return start, end
}

// spanOf returns the range of a line from one byte to another.
func spanOf(line string, n, start, end int) span {
	return span{position{n, units(line[:start])}, position{n, units(line[:end])}}
}

// spanAt returns the range of what stands at a place of a text: the name that begins there, such as
// input.age, or one character.
func spanAt(text string, at policy.Position) span {
	n := max(at.Line-1, 0)
	line := lineOf(text, n)
	start := 0
	for range at.Column - 1 {
		_, size := utf8.DecodeRuneInString(line[start:])
		start += size
	}
	_, end := wordAt(line, start, true)
	for end > start && strings.HasPrefix(line[end:], ".") {
		_, end = wordAt(line, end+1, true)
	}
	if end == start {
		_, size := utf8.DecodeRuneInString(line[start:])
		end += size
	}
	return spanOf(line, n, start, end)
}

// pathOf returns the file that a URI names. It reports false for a URI of anything but a file.
func pathOf(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.ContainsRune(u.Path, 0) {
		return "", false
	}
	name := u.Path
	if len(name) > 2 && name[2] == ':' { // of Windows: /C:/lists
		name = name[1:]
	}
	return filepath.Clean(filepath.FromSlash(name)), true
}

// uriOf returns the URI of a file.
func uriOf(name string) string {
	name = filepath.ToSlash(name)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	return (&url.URL{Scheme: "file", Path: name}).String()
}
