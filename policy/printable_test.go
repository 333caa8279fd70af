package policy_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/basic-eldercare/eldercare/policy"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"高龄津贴 (80+)":               "高龄津贴 (80+)",
		"a\x1b[31mb":               "a�[31mb",
		"a\u009bb":                 "a�b", // the same command in one character
		"a\u202eb\u2069":           "a�b�",
		"a\u200bb\ufeff":           "a�b�",
		"a\nb\tc\rd\u2028e\u2029f": "a�b�c�d�e�f",
		"a\xffb":                   "a�b", // not UTF-8
	} {
		if got := policy.Printable(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	if got, want := policy.PrintableLines("a\nb\r\n\x07"), "a\nb�\n�"; got != want {
		t.Errorf("lines are shown as %q, want %q", got, want)
	}
}

func TestUnprintable(t *testing.T) {
	for text, want := range map[string]rune{
		"高龄津贴 (80+)，第1项": 0, "": 0, "a\u200bb": 0, // unseen, and in its place
		"a\nb": '\n', "津\t贴\n": '\t', "a\r": '\r', "\x1b[31m": 0x1b, "a\u009b": 0x9b, "a\u2028": 0x2028, "a\u2029": 0x2029,
		"a\u202eb": 0x202e, "a\u2066b": 0x2066, "a\u200fb": 0x200f,
	} {
		if got, is := policy.Unprintable(text); got != want || is != (want != 0) {
			t.Errorf("%q: %U, %t, want %U", text, got, is, want)
		}
	}
}

// No message is longer than can be read, whatever is wrong where.
func TestDiagnosticsAreBrief(t *testing.T) {
	long := strings.Repeat("长", 100_000)
	d := policy.Diagnostic{
		Code: "c", Severity: policy.SeverityError, Summary: long + "\x1b]0;x\x07", Remedy: long, Pos: policy.Position{File: "a\u202e.yaml", Line: 1, Column: 50_000},
	}
	var b strings.Builder
	d.Render(&b, []byte(long))
	if got := b.String(); len(got) > 12_000 || strings.ContainsAny(got, "\x1b\x07\u202e") {
		t.Errorf("%d bytes: %.200q", len(got), got)
	}
	if !strings.Contains(b.String(), "^") {
		t.Error("the place is not shown")
	}
}

// The tables of Unicode decide, whatever is known of a character without them.
func TestPrintableIsAsUnicodeSays(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		hidden := unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
		if shown := policy.Printable(string(r)); (shown == "\ufffd") != (hidden || r == '\ufffd') {
			t.Errorf("%U is shown as %q", r, shown)
		}
		breaks := unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
		if _, is := policy.Unprintable(string(r)); is != breaks {
			t.Errorf("%U is unprintable: %t", r, is)
		}
	}
}
