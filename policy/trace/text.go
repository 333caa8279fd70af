package trace

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// Text is the text of an official document: a plan of numbered clauses, and an annex with the
// numbered items of a list.
type Text struct {
	name    string
	content string // in half-width characters, without spaces; cells end in tabs
	annex   int    // where the annex begins
	items   []item // by number, from 1
}

// item is an item of the list. Its group is the cell before its number, which says whom it is for.
// Its body is what follows.
type item struct{ group, body span }

// span is a part of a text.
type span struct{ from, to int }

// Read reads a text in UTF-8 or GB18030. It is plain text whose cells end in tabs or lines, or
// Markdown. The name is shown in findings.
func Read(name string, content []byte) (*Text, error) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(content)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return nil, errors.New(name + " is not UTF-8 or GB18030 text; save it as plain text")
		}
		content = decoded
	}
	t := &Text{name: name, content: plain(string(content))}
	if strings.TrimSpace(t.content) == "" {
		return nil, errors.New(name + " is empty")
	}
	if at := annexHeading().FindAllStringIndex(t.content, -1); len(at) > 0 {
		t.annex = at[len(at)-1][1]
	}
	t.findItems()
	return t, nil
}

var (
	annexHeading = lazy.Regexp(`(?m)^[#*]*附件[一1]?[::]?[*]*$`)
	lineEnds     = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n", "|", "\t")
)

// plain returns a text with half-width digits, letters and signs, and without spaces except between
// two digits. Lines stay as they are.
func plain(content string) string {
	runes := []rune(lineEnds.Replace(content))
	var out strings.Builder
	var last rune
	for i, r := range runes {
		switch {
		case r >= '！' && r <= '～' && r != '，':
			r -= '！' - '!'
		case r == ' ', r == '\u3000', r == '\u00a0':
			if !isDigit(last) || i+1 == len(runes) || !isDigit(runes[i+1]) {
				continue
			}
			r = ' '
		}
		out.WriteRune(r)
		last = r
	}
	return out.String()
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// findItems finds the items of the annex by their numbers, which are consecutive.
func (t *Text) findItems() {
	for from := t.annex; ; {
		n := strconv.Itoa(len(t.items) + 1)
		at := regexp.MustCompile(`(?:^|[\t\n])(` + n + `)(?:[\t\n]|$|[.、]\D)`).FindStringSubmatchIndex(t.content[from:])
		if at == nil {
			return
		}
		number := span{from + at[2], from + at[3]}
		before := t.content[t.annex:max(number.from-1, t.annex)] // without what ends the cell
		group := span{t.annex + strings.LastIndexByte(before, '\t') + 1, t.annex + len(before)}
		if strings.IndexAny(t.content[number.to:], ".、") == 0 { // a paragraph, which says itself for whom it is
			group.from = group.to
		} else if row := t.content[group.from:group.to]; strings.HasPrefix(t.content[number.to:], "\t") { // a row is a line
			group.from += strings.IndexByte(row, '\n') + 1 // behind the end of the row before
		}
		if len(t.items) > 0 {
			last := &t.items[len(t.items)-1]
			last.body.to = max(group.from, last.body.from)
			if strings.TrimSpace(t.content[group.from:group.to]) == "" {
				group = last.group // a cell that spans several items
			}
		}
		t.items = append(t.items, item{group, span{number.to, len(t.content)}})
		from = number.to
	}
}

// Items returns how many items were found in the annex.
func (t *Text) Items() int { return len(t.items) }

var (
	itemPlace    = lazy.Regexp(`^附件(\d+)$`)
	articlePlace = lazy.Regexp(`^第([一二三四五六七八九十百\d]+)条$`)
	clausePlace  = lazy.Regexp(`^(\D+)(\d+)$`)
)

// place finds what a citation names: an item (附件 12), a clause of a section (主要措施 4), or an
// article (第二条).
func (t *Text) place(at string) ([]span, bool) {
	at = plain(at)
	if m := itemPlace().FindStringSubmatch(at); m != nil {
		n, _ := strconv.Atoi(m[1])
		if n < 1 || n > len(t.items) {
			return nil, false
		}
		return []span{t.items[n-1].group, t.items[n-1].body}, true
	}
	if m := articlePlace().FindStringSubmatch(at); m != nil {
		return t.between(span{0, len(t.content)}, `第`+m[1]+`条`, `第[一二三四五六七八九十百\d]+条`)
	}
	m := clausePlace().FindStringSubmatch(at)
	if m == nil {
		return nil, false
	}
	section, ok := t.between(span{0, t.bodyEnd()}, `[一二三四五六七八九十]+、`+regexp.QuoteMeta(m[1]), `[一二三四五六七八九十]+、`)
	if !ok {
		return nil, false
	}
	return t.between(section[0], m[2]+`[.、]`, `\d+[.、]`)
}

// bodyEnd returns where the plan ends and the annex begins.
func (t *Text) bodyEnd() int {
	if t.annex == 0 {
		return len(t.content)
	}
	return t.annex
}

// between returns the part of a text from a line that begins with one pattern to the next line that
// begins with the other.
func (t *Text) between(in span, begin, end string) ([]span, bool) {
	text := t.content[in.from:in.to]
	first := regexp.MustCompile(`(?m)^[#*]*` + begin).FindStringIndex(text)
	if first == nil {
		return nil, false
	}
	found := span{in.from + first[1], in.to}
	if next := regexp.MustCompile(`(?m)^[#*]*(?:` + end + `)`).FindStringIndex(text[first[1]:]); next != nil {
		found.to = found.from + next[0]
	}
	return []span{found}, true
}

// pos returns the position of a place in the text, as a line.
func (t *Text) pos(at int) policy.Position {
	return policy.Position{File: t.name, Line: 1 + strings.Count(t.content[:at], "\n"), Column: 1}
}

// prints reports whether a part of the text holds the characters of a name in their order. A page
// break may separate them.
func (t *Text) prints(in span, name string) bool {
	text := t.content[in.from:in.to]
	for _, r := range plain(name) {
		i := strings.IndexRune(text, r)
		if i < 0 {
			return false
		}
		text = text[i+utf8.RuneLen(r):]
	}
	return true
}
