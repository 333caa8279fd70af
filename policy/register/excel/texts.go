package excel

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"io"
	"path"
	"regexp"
	"strings"

	"golang.org/x/net/html/charset"
)

// partName is the name of a part of a workbook, as excelize looks for it.
func partName(part *zip.File) string {
	return strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
}

// isTexts reports whether a part has the texts that the sheets share.
func isTexts(part *zip.File) bool { return path.Base(partName(part)) == "sharedstrings.xml" }

// heardLabel stands before the name of the encoding of texts.
const heardLabel = "heard-"

// withHeardTexts is a packed workbook whose texts have an encoding that only [heard] reads. For
// excelize reads all texts in one go, and only asks for a reader where it does not know the
// encoding.
func withHeardTexts(ctx context.Context, packed []byte) ([]byte, error) {
	from, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	to := zip.NewWriter(&b)
	for _, part := range from.File {
		if isTexts(part) {
			err = relabel(ctx, to, part)
		} else {
			err = to.Copy(part)
		}
		if err != nil {
			return nil, err
		}
	}
	err = to.Close()
	return b.Bytes(), err
}

// The declaration that XML begins with, and the encoding that it names.
var (
	declaration = regexp.MustCompile(`^(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*\?>`)
	encoding    = regexp.MustCompile(`\sencoding\s*=\s*["']([^"']+)["']`)
)

// relabel copies texts with the name of another encoding.
func relabel(ctx context.Context, to *zip.Writer, part *zip.File) error {
	in, err := part.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := to.Create(part.Name)
	if err != nil {
		return err
	}
	text := bufio.NewReader(hearing{ctx, in})
	head, _ := text.Peek(text.Size()) // an error comes again
	declared := declaration.Find(head)
	label := "utf-8"
	if named := encoding.FindSubmatch(declared); named != nil {
		label = string(named[1])
	}
	if _, err = text.Discard(len(declared)); err == nil {
		_, err = io.WriteString(out, `<?xml version="1.0" encoding="`+heardLabel+label+`"?>`)
	}
	if err == nil {
		_, err = io.Copy(out, text)
	}
	return err
}

// heard reads an encoding; of texts with a label until ctx ends.
func heard(ctx context.Context, label string, in io.Reader) (io.Reader, error) {
	label, ok := strings.CutPrefix(label, heardLabel)
	if ok {
		in = hearing{ctx, in}
	}
	if strings.EqualFold(label, "utf-8") {
		return in, nil
	}
	return charset.NewReaderLabel(label, in)
}
