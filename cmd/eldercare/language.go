package main

import (
	"cmp"
	"errors"
	"os"
	"strings"

	"github.com/basic-eldercare/eldercare/internal/speech"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// language is the flag --lang: the language of what people read.
type language struct {
	value string
	given bool // by the flag, not by the locale
}

// languageOf returns the language that arguments ask for, else that of the locale. It is needed
// before the arguments are parsed: what is wrong with them is said in it, too.
func languageOf(args []string) language {
	l := language{value: "en"}
	if locale := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")); strings.HasPrefix(locale, "zh") {
		l.value = "zh"
	}
	for i, arg := range args {
		name, value, joined := strings.Cut(arg, "=")
		switch {
		case arg == "--":
			return l
		case name == "--lang" && joined:
			_ = l.Set(value) // cobra says what is wrong with it
		case arg == "--lang" && i+1 < len(args):
			_ = l.Set(args[i+1])
		}
	}
	return l
}

// String returns the language.
func (l *language) String() string { return l.value }

// Type returns the languages as help shows them.
func (l *language) Type() string { return "zh|en" }

// Set refuses a language that there is not.
func (l *language) Set(value string) error {
	if value != "zh" && value != "en" {
		return errors.New("must be zh or en")
	}
	l.value, l.given = value, true
	return nil
}

// style returns how people are written to.
func (l language) style() words.Style { return words.In(l.value) }

// english reports whether people are written to in English.
func (l language) english() bool { return l.value == "en" }

// forData returns the language of what other programs read: the one that --lang names. The locale
// makes no difference to them.
func (l language) forData(otherwise string) string {
	if l.given {
		return l.value
	}
	return otherwise
}

// forPrograms returns the language of messages that other programs take: English, unless --lang
// says otherwise.
func (l language) forPrograms() language { return language{value: l.forData("en")} }

// namedInEnglish reports whether a form of output names services in English. In JSON, which
// programs read, only --lang asks for it: without it they are named as the list prints them.
func (l language) namedInEnglish(form string) bool {
	if form == "json" {
		return l.forData("zh") == "en"
	}
	return l.english()
}

// text returns an English format, with what it is about, in the language.
func (l language) text(format string, args ...any) string {
	return speech.Sprintf(l.style(), format, args...)
}

// sentence returns a finished English sentence, such as an error, in the language.
func (l language) sentence(english string) string { return speech.Sentence(l.style(), english) }

// choose returns the English text or the Chinese one.
func (l language) choose(english, chinese string) string {
	if l.english() {
		return english
	}
	return chinese
}

// comma stands between things, semicolon between longer ones, and colon before what is said of one.
func (l language) comma() string     { return l.choose(", ", "、") }
func (l language) semicolon() string { return l.choose("; ", "；") }
func (l language) colon() string     { return l.choose(": ", "：") }

// counted returns a number of things. The noun is in English, of one thing.
func (l language) counted(n int, noun string) string {
	if n != 1 || !l.english() {
		noun += "s"
	}
	return l.text("%d "+noun, n)
}

// diagnostic returns a problem in the language, for people.
func (l language) diagnostic(d policy.Diagnostic) policy.Diagnostic {
	if l.english() {
		return d
	}
	d.Severity = policy.Severity(l.text(string(d.Severity)))
	d.Summary = l.sentence(d.Summary)
	if d.Remedy != "" {
		d.Summary, d.Remedy = d.Summary+"；"+l.sentence(d.Remedy), ""
	}
	return d
}

// messages returns problems for other programs, with their messages in the language.
func (l language) messages(all policy.Diagnostics) policy.Diagnostics {
	said := make(policy.Diagnostics, len(all))
	for i, d := range all {
		d.Summary, d.Remedy = l.sentence(d.Summary), l.sentence(d.Remedy)
		said[i] = d
	}
	return said
}
