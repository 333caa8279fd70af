// Package speech says the messages of the program in another language. English is the key of its
// catalogue: the sentence as the code writes it, with the verbs of fmt for what it is about.
//
// What a command writes itself it says with [Sprintf]. What reaches it as a finished sentence it
// says with [Sentence]: an error that was wrapped, the message of a library, a problem of a list.
// Sentence finds the format that the sentence was made with, and says that in the other language.
// So nothing that makes messages knows of languages, and none of its values is lost.
package speech

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/basic-eldercare/eldercare/internal/lazy"
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
	return translator{}.translate(text)
}

// mostKept bounds the sentences that [Repeated] keeps.
const mostKept = 1000

// Repeated returns a [Sentence] for texts that come over and over, as what is wrong with rows does.
// It keeps some of what it said. It is not safe for concurrent use.
func Repeated(in words.Style) func(text string) string {
	kept := map[string]string{}
	return func(text string) string {
		said, known := kept[text]
		if !known {
			said = Sentence(in, text)
			if len(kept) < mostKept {
				kept[text] = said
			}
		}
		return said
	}
}

// translator translates one text. It keeps what it made of the parts, as they stand in each other
// in many ways.
type translator map[string]part

// mostParts bounds the parts that are looked at of one text, and longestPart their bytes: a longer
// value is no sentence.
const (
	mostParts   = 500
	longestPart = 4000
)

// translate returns a text in Chinese, one that is very long line by line.
func (t translator) translate(text string) string {
	if len(text) <= longestPart {
		return t.made(text).text
	}
	all := strings.Split(text, "\n")
	for i, line := range all {
		all[i] = t.made(line).text
	}
	return strings.Join(all, "\n")
}

// part is a piece of a text, in Chinese where it is known.
type part struct {
	text  string
	known bool
}

// part translates a part of a text. One word stays as it is: it may be an id.
func (t translator) part(text string) part {
	if len(text) > longestPart {
		return part{text: text}
	}
	if p, made := t[text]; made || len(t) >= mostParts || !strings.Contains(text, " ") {
		p.text = cmp.Or(p.text, text)
		return p
	}
	t[text] = part{text: text} // while it is made
	p := t.made(text)
	t[text] = p
	return p
}

// made translates a text of which nothing is kept yet. Values in quotes stay as they are.
func (t translator) made(text string) part {
	if allQuoted().MatchString(text) {
		return part{text: text}
	}
	if chinese, known := catalogue()[text]; known && !verb().MatchString(text) {
		return part{chinese, true}
	}
	said, whole := t.recognised(text)
	if whole {
		return said
	}
	if m := coded().FindStringSubmatch(text); m != nil {
		inner := t.part(m[1])
		return part{inner.text + m[2], inner.known}
	}
	for _, m := range marks {
		if parts, known := t.split(text, m); known {
			return parts
		}
	}
	return said
}

// recognised returns a text in Chinese whose format is in the catalogue, and whether no English is
// left in it.
func (t translator) recognised(text string) (said part, whole bool) {
	said.text = text
	for _, p := range patterns() {
		in, whole := p.translate(t, text)
		if whole {
			return in, true
		}
		if in.known && !said.known {
			said = in
		}
	}
	return said, false
}

// split translates what stands before and behind a mark.
func (t translator) split(text string, m mark) (part, bool) {
	for at := 0; ; {
		i := strings.Index(text[at:], m.english)
		if i < 0 {
			return part{}, false
		}
		at += i + len(m.english)
		first, second := t.part(text[:at-len(m.english)]), t.part(text[at:])
		if m.known(first, second) {
			return part{first.text + m.chinese + second.text, true}, true
		}
	}
}

// coded matches a sentence with the code of a problem behind it.
var coded = lazy.Regexp(`(?s)\A(.*)( \[[a-z0-9-]+\])\z`)

// mark stands between sentences, or between a name and what is said of it.
type mark struct {
	english, chinese string
	known            func(first, second part) bool // whether what stands there is known well enough
}

// isWord reports whether a part is known, or no words of English: an id, or a condition such as
// age ≥ 80.
func (p part) isWord() bool { return p.known || !phrase().MatchString(p.text) }

// phrase matches words next to each other. Names of attributes and of files are none.
var phrase = lazy.Regexp(`(?:^|[ ,;:(])[a-zA-Z]+ [a-zA-Z]+(?:$|[ ,;:)])`)

func bothKnown(first, second part) bool { return first.known && second.known }
func oneKnown(first, second part) bool  { return first.known || second.known }

// bothWords reports whether both are words of a sentence. Of those that are not known it must be
// plain that they are no pieces of a name.
func bothWords(first, second part) bool {
	return first.isWord() && second.isWord() && (first.known || second.known || first.plain() && second.plain())
}

// plain reports whether a part is one value in quotes, or has nothing that paths and quotes have.
func (p part) plain() bool { return quoted().MatchString(p.text) || !named().MatchString(p.text) }

// named matches what is in paths, in names of files, and around values.
var named = lazy.Regexp("[/\\\\\"'`]|\\.\\pL")

// marks are tried in order.
var marks = []mark{
	{"\n", "\n", oneKnown}, {"; or ", "；或", oneKnown}, {"; ", "；", bothKnown}, {". Who: ", "。对象：", oneKnown}, {". ", "。", bothKnown}, {": ", "：", oneKnown},
	{", ", "，", oneKnown}, {" or ", "或", bothWords}, {" and ", "和", bothWords},
}
