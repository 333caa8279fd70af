package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file is the one place through which text from outside goes on its way to a terminal, a log, Markdown or HTML.

// Printable is text for one line: what could command a terminal, turn the direction of writing, break the line or stay unseen
// is shown as U+FFFD.
func Printable(s string) string { return strings.Map(printable, s) }

// PrintableLines is [Printable] for text of several lines, parted by \n.
func PrintableLines(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return printable(r)
	}, s)
}

func printable(r rune) rune {
	if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
		return unicode.ReplacementChar
	}
	return r
}

// Brief is text cut behind a number of characters, with … for the rest.
func Brief(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
