package register

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// windowed is how much of a text is looked at to tell its encoding, and buffered how much is read
// at once.
const windowed, buffered = 1 << 16, 1 << 18

// decoded returns a text in UTF-8 without a byte order mark, whose lines end with a line feed. What
// is no UTF-8 at its beginning, and has no mark, is taken for GB18030, which holds GBK and GB 2312.
func decoded(in io.Reader) *bufio.Reader {
	text := inUTF8(in)
	start, _ := text.Peek(windowed) // an error comes again when it is read
	if bytes.IndexByte(start, '\r') < 0 || bytes.IndexByte(start, '\n') >= 0 {
		return text
	}
	return bufio.NewReaderSize(lineFeeds{text}, buffered)
}

// lineFeeds reads a text whose lines end with a carriage return, as those of a Macintosh did.
type lineFeeds struct{ in io.Reader }

func (l lineFeeds) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

func inUTF8(in io.Reader) *bufio.Reader {
	raw := bufio.NewReaderSize(in, buffered)
	start, _ := raw.Peek(windowed) // an error comes again when it is read
	switch {
	case bytes.HasPrefix(start, []byte{0xEF, 0xBB, 0xBF}):
		_, _ = raw.Discard(3) // they are buffered
		return raw
	case bytes.HasPrefix(start, []byte{0xFF, 0xFE}), bytes.HasPrefix(start, []byte{0xFE, 0xFF}):
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		return bufio.NewReaderSize(transform.NewReader(raw, utf16.NewDecoder()), buffered)
	case isUTF8(whole(start)):
		return raw
	}
	return bufio.NewReaderSize(transform.NewReader(raw, simplifiedchinese.GB18030.NewDecoder()), buffered)
}

// isUTF8 reports whether a text is UTF-8, but perhaps for some broken characters: of those beyond
// ASCII more are sound. In a text in GB18030 hardly any look so.
func isUTF8(text []byte) bool {
	sound, broken := 0, 0
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			broken++
		case size > 1:
			sound++
		}
		text = text[size:]
	}
	return broken == 0 || sound > broken
}

// whole returns a text without a character that is cut off at its end.
func whole(text []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(text); i++ {
		if b := text[len(text)-i]; utf8.RuneStart(b) {
			if !utf8.FullRune(text[len(text)-i:]) {
				return text[:len(text)-i]
			}
			break
		}
	}
	return text
}
