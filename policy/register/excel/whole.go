package excel

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"strings"

	"golang.org/x/net/html/charset"

	"github.com/basic-eldercare/eldercare/policy"
)

// whole reports what is damaged in a packed workbook, because excelize takes a sheet that breaks
// off for one that ends. Its sheets and texts are read to their end: by checksum, and as XML. With
// a bound they may not have more bytes, and no more texts than fit. It ends when ctx does.
func (f Format) whole(ctx context.Context, packed []byte) error {
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if errors.Is(err, zip.ErrFormat) {
		return policy.Errorf("wrong-file", "it is not a zip archive, as every workbook is; is it a text file?")
	}
	if err != nil {
		return err
	}
	left := f.Memory
	if left == 0 {
		left = math.MaxInt64
	}
	for _, part := range z.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		sheet := strings.Contains(name, "xl/worksheets/") && path.Ext(name) == ".xml"
		if !sheet && path.Base(name) != "sharedstrings.xml" {
			continue
		}
		c := counted{left: left, elements: math.MaxInt64}
		if !sheet {
			c.elements = left / textBytes
		}
		if err := c.read(ctx, part); errors.Is(err, errTooLarge) {
			return err
		} else if err != nil {
			return policy.Errorf("wrong-file", "%s is damaged: %w", path.Base(name), err)
		}
		left = c.left
	}
	return nil
}

// textBytes is what a text of a workbook takes at least when it is held.
const textBytes = 64

var errTooLarge = policy.Errorf("wrong-file", "it is too large when it is unpacked")

// counted reads parts of a workbook, which may have so many bytes and elements.
type counted struct{ left, elements int64 }

// read reads a part to its end.
func (c *counted) read(ctx context.Context, part *zip.File) error {
	in, err := part.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	d := xml.NewDecoder(hearing{ctx, in})
	d.CharsetReader = charset.NewReaderLabel
	depth := 0
	for {
		token, err := d.RawToken()
		switch token.(type) {
		case xml.StartElement:
			depth++
			c.elements--
		case xml.EndElement:
			depth--
		}
		switch {
		case d.InputOffset() > c.left || c.elements < 0:
			return errTooLarge
		case errors.Is(err, io.EOF) && depth == 0:
			c.left -= d.InputOffset()
			return nil
		case errors.Is(err, io.EOF):
			return io.ErrUnexpectedEOF
		case err != nil:
			return err
		}
	}
}
