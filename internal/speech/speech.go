// Package speech says the messages of the program in another language. English is the key of its
// catalogue: the sentence as the code writes it, with the verbs of fmt for what it is about.
//
// What a command writes itself it says with [Sprintf]. What reaches it as a finished sentence it
// says with [Sentence]: an error that was wrapped, the message of a library, or a problem of a list.
// Sentence finds the format that the sentence was made with, and says that in the other language.
// So nothing that makes messages knows of languages, and none of its values is lost.
package speech

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/basic-eldercare/eldercare/policy/words"
)

// Sprintf formats as fmt does, in the language. What the catalogue does not have stays English.
func Sprintf(in words.Style, format string, args ...any) string {
	if in == words.Chinese {
		if chinese, known := catalogue()[format]; known {
			format = chinese
		}
	}
	if len(args) == 0 {
		return strings.ReplaceAll(format, "%%", "%")
	}
	return fmt.Sprintf(format, args...)
}

// Sentence returns a finished English text in the language: a sentence of the catalogue, several
// with "; ", ". " or a new line between them, or one behind a name and a colon. What is not in the
// catalogue stays as it is.
func Sentence(in words.Style, text string) string {
	if in != words.Chinese {
		return text
	}
	said, _ := translate(text, 0)
	return said
}

// deepest bounds how deep sentences stand in each other.
const deepest = 8

// translate returns a text in Chinese, and whether any of it was in the catalogue.
func translate(text string, depth int) (string, bool) {
	if depth > deepest || !strings.ContainsFunc(text, unicode.IsLetter) {
		return text, false
	}
	if said, known := recognised(text, depth); known {
		return said, true
	}
	if m := coded.FindStringSubmatch(text); m != nil {
		said, known := translate(m[1], depth)
		return said + m[2], known
	}
	for _, m := range marks {
		for at := 0; ; {
			i := strings.Index(text[at:], m.english)
			if i < 0 {
				break
			}
			at += i + len(m.english)
			if said, known := m.parts(text[:at-len(m.english)], text[at:], depth+1); known {
				return said, true
			}
		}
	}
	return text, false
}

// coded matches a sentence with the code of a problem behind it.
var coded = regexp.MustCompile(`(?s)\A(.*)( \[[a-z0-9-]+\])\z`)

// mark stands between sentences, or between a name and what is said of it.
type mark struct {
	english, chinese string
	known            func(first, second part) bool // whether what stands there is known well enough
}

// part is what stands before or behind a mark, in Chinese where it is known.
type part struct {
	text  string
	known bool
}

// isWord reports whether a part is known, or no words of English: an id, or a condition such as
// age ≥ 80.
func (p part) isWord() bool { return p.known || !phrase.MatchString(p.text) }

// phrase matches words next to each other. Names of attributes and of files are none.
var phrase = regexp.MustCompile(`(?:^|[ ,;:(])[a-zA-Z]+[,;:]? [a-zA-Z]+(?:$|[ ,;:)])`)

func bothKnown(first, second part) bool { return first.known && second.known }
func oneKnown(first, second part) bool  { return first.known || second.known }
func bothWords(first, second part) bool { return first.isWord() && second.isWord() }

// marks are tried in order.
var marks = []mark{
	{"\n", "\n", oneKnown}, {"; or ", "；或", oneKnown}, {"; ", "；", bothKnown}, {". Who: ", "。对象：", oneKnown}, {". ", "。", bothKnown}, {": ", "：", oneKnown},
	{", ", "，", oneKnown}, {" or ", "或", bothWords}, {" and ", "和", bothWords}, {" not ", " 不是 ", bothWords},
}

// parts returns what stands before and behind a mark in Chinese, and whether it is known.
func (m mark) parts(before, behind string, depth int) (string, bool) {
	first, second := part{text: before}, part{text: behind}
	first.text, first.known = translate(before, depth)
	second.text, second.known = translate(behind, depth)
	return first.text + m.chinese + second.text, m.known(first, second)
}

// recognised returns a text in Chinese whose format is in the catalogue.
func recognised(text string, depth int) (string, bool) {
	if chinese, known := catalogue()[text]; known && !verb.MatchString(text) && (depth == 0 || strings.Contains(text, " ")) {
		return chinese, true // what stands in a sentence as one word may be an id
	}
	for _, p := range patterns() {
		if said, known := p.translate(text, depth); known {
			return said, true
		}
	}
	return "", false
}
