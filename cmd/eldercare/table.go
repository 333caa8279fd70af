package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"

	"github.com/basic-eldercare/eldercare/policy"
)

// pageWidth is the greatest width of a line in columns of a terminal.
const pageWidth = 80

// widths measures text for a terminal. Characters that some terminals draw over two columns and
// others over one count as two, so that no line is too long on either.
var widths = runewidth.Condition{EastAsianWidth: true}

// page writes text for people: at most pageWidth columns wide, and in colour where that is wanted.
type page struct {
	language
	out    *bufio.Writer
	colour bool
}

// newPage returns a page on a stream. It uses colour only on terminals, and not if NO_COLOR is set.
func newPage(out io.Writer, in language) *page {
	return &page{language: in, out: bufio.NewWriter(out), colour: isTerminal(out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// paint is the way a line is shown on a terminal, as a parameter of the escape sequence SGR.
type paint string

// The ways in which lines are shown.
const (
	plain   paint = ""
	strong  paint = "1"
	faint   paint = "2"
	title   paint = "1;36"
	warning paint = "33"
)

// line writes text, wrapped. The first line begins with lead, and the others are indented to the
// same depth.
func (p *page) line(lead string, look paint, text string) {
	lead = policy.Printable(lead)
	indent := displayWidth(lead)
	for i, part := range wrap(policy.Printable(text), pageWidth-indent) {
		if i > 0 {
			lead = strings.Repeat(" ", indent)
		}
		fmt.Fprintln(p.out, strings.TrimRight(lead+p.painted(look, part), " "))
	}
}

// flow writes items with a mark between them, as many on a line as fit. Only an item that is wider
// than a line is cut. The lead is as in line. Without items it writes nothing.
func (p *page) flow(lead string, look paint, items []string, mark string) {
	if len(items) == 0 {
		return
	}
	room := pageWidth - displayWidth(lead)
	line := ""
	for i, item := range items {
		if i < len(items)-1 {
			item += mark
		}
		if line != "" && displayWidth(line+item) > room {
			p.line(lead, look, line)
			lead, line = strings.Repeat(" ", displayWidth(lead)), ""
		}
		line += item
	}
	p.line(lead, look, line)
}

// gap writes an empty line.
func (p *page) gap() { fmt.Fprintln(p.out) }

// column is a column of a table.
type column struct {
	title    string
	flexible bool // may be narrowed, with its cells wrapped
}

// table writes rows under titles. Where they are too wide for the page, the columns first move
// together, and then the flexible ones are narrowed.
func (p *page) table(columns []column, rows [][]string) {
	size, gap := layout(columns, rows)
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.title
	}
	p.row(strong, size, gap, titles)
	for _, row := range rows {
		p.row(plain, size, gap, row)
	}
}

// layout returns the widths of the columns of a table, and the number of terminal columns between
// them.
func layout(columns []column, rows [][]string) (size []int, gap int) {
	size = make([]int, len(columns))
	total := 0
	for i, c := range columns {
		size[i] = displayWidth(c.title)
		for _, row := range rows {
			size[i] = max(size[i], displayWidth(policy.Printable(row[i])))
		}
		total += size[i]
	}
	gap = 2
	if total+gap*(len(columns)-1) > pageWidth {
		gap = 1
	}
	for total += gap * (len(columns) - 1); total > pageWidth; total-- {
		widest := -1
		for i, c := range columns {
			if c.flexible && (widest < 0 || size[i] > size[widest]) {
				widest = i
			}
		}
		if widest < 0 || size[widest] <= max(4, displayWidth(columns[widest].title)) {
			break
		}
		size[widest]--
	}
	return size, gap
}

func (p *page) row(look paint, size []int, gap int, cells []string) {
	wrapped := make([][]string, len(cells))
	height := 1
	for i, cell := range cells {
		wrapped[i] = wrap(policy.Printable(cell), size[i])
		height = max(height, len(wrapped[i]))
	}
	for n := range height {
		var b strings.Builder
		for i := range cells {
			text := ""
			if n < len(wrapped[i]) {
				text = wrapped[i][n]
			}
			b.WriteString(pad(text, size[i]+gap))
		}
		fmt.Fprintln(p.out, p.painted(look, strings.TrimRight(b.String(), " ")))
	}
}

// painted returns text with the escape sequences for its look, where colour is wanted.
func (p *page) painted(look paint, text string) string {
	if !p.colour || look == plain || text == "" {
		return text
	}
	return "\x1b[" + string(look) + "m" + text + "\x1b[0m"
}

// runeWidth returns the width of a character in columns. Those that lists are mostly written in are
// known without [widths], which fills tables of 2 MB at its first look.
func runeWidth(r rune) int {
	switch {
	case ' ' <= r && r <= '~':
		return 1
	case '一' <= r && r <= '\u9fff', '、' <= r && r <= '〕', '！' <= r && r <= '～':
		return 2
	}
	return widths.RuneWidth(r)
}

func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// pad fills text with spaces up to a width.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-displayWidth(s)))
}

// padLeft fills text with spaces before it up to a width.
func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-displayWidth(s))) + s
}

// wrap cuts text into lines of at most a width, at spaces and between Chinese characters. It cuts a
// wider word anywhere. It returns at least one line.
func wrap(text string, width int) []string {
	var lines []string
	var previous rune
	start, cut, used, usedAtCut := 0, 0, 0, 0 // bytes, bytes, columns, columns
	for i, r := range text {
		w := runeWidth(r)
		if i > start && mayBreak(previous, r) {
			cut, usedAtCut = i, used
		}
		if used+w > width && i > start && r != ' ' {
			if cut <= start {
				cut, usedAtCut = i, used
			}
			lines = append(lines, strings.TrimRight(text[start:cut], " "))
			start, used = cut, used-usedAtCut
		}
		used += w
		previous = r
	}
	return append(lines, strings.TrimRight(text[start:], " "))
}

// mayBreak reports whether a line may end between two characters. It may after a space, unless a
// number follows that belongs to what stands before. It may between Chinese characters, unless a
// punctuation mark forbids it.
func mayBreak(before, after rune) bool {
	if before == ' ' {
		return !unicode.IsDigit(after)
	}
	return wide(before) && wide(after) && !strings.ContainsRune("（〔〕《“", before) && !strings.ContainsRune("，。；：、？）〔〕》”", after)
}

func wide(r rune) bool { return runeWidth(r) == 2 }
