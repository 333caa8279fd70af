package reading

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean returns a text in NFKC without invisible characters and without the blanks around it. It
// also removes the signs that tell a spreadsheet that a cell is text: a leading apostrophe, or ="…"
// around the text.
func clean(text string) string {
	if !isPlain(text) {
		text = strings.TrimSpace(strings.Map(visible, norm.NFKC.String(text)))
	}
	if inner, ok := strings.CutPrefix(text, `="`); ok && strings.HasSuffix(inner, `"`) {
		text = strings.TrimSpace(inner[:len(inner)-1])
	}
	return strings.TrimSpace(strings.TrimPrefix(text, "'"))
}

// isPlain reports whether a text is printable ASCII.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= utf8.RuneSelf-1 {
			return false
		}
	}
	return true
}

// visible drops invisible characters, and writes all kinds of blank, minus and dash in one way
// each.
func visible(r rune) rune {
	switch {
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		return -1
	case unicode.IsSpace(r), unicode.IsControl(r):
		return ' '
	case r == '−', unicode.Is(unicode.Pd, r):
		return '-'
	}
	return r
}

// foldCell returns a cell in the form that is compared: clean, in small letters and without blanks.
func foldCell(text string) string { return strings.ReplaceAll(strings.ToLower(clean(text)), " ", "") }

// foldHeader returns a header in the form that is compared. Hyphens and underscores make no
// difference either.
func foldHeader(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' {
			return -1
		}
		return r
	}, foldCell(text))
}

// unknowns lists texts that say that something is not known, or that the question does not arise.
var unknowns = []string{
	"不详", "未知", "不明", "不清楚", "待核实", "待查", "未填", "未填写", "空", "空白", "缺", "暂缺", "不适用",
	"unknown", "n/a", "na", "#n/a", "nan", "null", "nil",
}

// isBlank reports whether a clean text stands for no answer.
func isBlank(text string) bool {
	return strings.Trim(text, `-/\_? `) == "" || slices.Contains(unknowns, foldCell(text))
}
