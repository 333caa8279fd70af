package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// All text from outside goes through this file on its way to a terminal, a log, Markdown or HTML.

// Printable returns text fit for one line. It shows as U+FFFD whatever could command a terminal,
// turn the direction of writing, break the line or stay unseen.
func Printable(s string) string { return strings.Map(printable, s) }

// PrintableLines is [Printable] for text of several lines, separated by \ .
func PrintableLines(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return printable(r)
	}, s)
}

func printable(r rune) rune {
	if !ordinary(r) && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
		return unicode.ReplacementChar
	}
	return r
}

// ordinary reports whether a character is one of those that lists are mostly written in: printable
// ASCII, Chinese characters, and the marks between them. No table says anything else of these.
func ordinary(r rune) bool {
	return ' ' <= r && r <= '~' || '一' <= r && r <= '\u9fff' || '、' <= r && r <= '〕' || '！' <= r && r <= '～'
}

// Unprintable returns the first character of a text that keeps it from being one line that reads as
// it is written: a control character, such as a line feed or a tab, or one that turns the direction
// of writing.
func Unprintable(s string) (r rune, is bool) {
	i := strings.IndexFunc(s, func(r rune) bool {
		return !ordinary(r) && unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
	})
	if i < 0 {
		return 0, false
	}
	r, _ = utf8.DecodeRuneInString(s[i:])
	return r, true
}

// Brief returns the text cut after a number of characters, with … for the rest.
func Brief(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
