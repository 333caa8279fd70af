package policy

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Severity ranks a diagnostic.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Diagnostic is one thing found wrong in a source file, with the remedy. Codes are stable, so that
// machines may match them.
type Diagnostic struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Pos      Position `json:"position"`
	Summary  string   `json:"message"`          // one line: what is wrong
	Remedy   string   `json:"remedy,omitempty"` // what to do
}

// longestText is the number of characters shown of a summary, a remedy or a line of the source.
const longestText = 1000

// String returns the diagnostic on one line: file:line:column: severity: summary; remedy [code].
// The line is [Printable].
func (d Diagnostic) String() string {
	var b strings.Builder
	if d.Pos.File != "" {
		b.WriteString(d.Pos.File)
		if d.Pos.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", d.Pos.Line, d.Pos.Column)
		}
		b.WriteString(": ")
	}
	fmt.Fprintf(&b, "%s: %s", d.Severity, Brief(d.Summary, longestText))
	if d.Remedy != "" {
		b.WriteString("; " + Brief(d.Remedy, longestText))
	}
	fmt.Fprintf(&b, " [%s]", d.Code)
	return Printable(b.String())
}

// Render writes the line of [Diagnostic.String], then the line of the source, then a caret under
// the column. The last two are left out when the place is not in the source. Tabs are kept, and the
// rest is made [Printable]. East Asian wide characters take two columns in any locale. Of a long
// line only the part around the column is shown. A nil writer gets nothing.
func (d Diagnostic) Render(w io.Writer, source []byte) {
	if w == nil {
		return
	}
	fmt.Fprintln(w, d)
	line, ok := d.Pos.lineOf(source)
	if !ok {
		return
	}
	shown := []rune(string(line))
	column := d.Pos.Column
	if first := column - longestText/2; first > 0 && len(shown) > longestText {
		shown = shown[min(first, len(shown)):]
		column -= first
	}
	var width runewidth.Condition
	var text, indent strings.Builder
	for i, r := range shown[:min(len(shown), longestText)] {
		if r != '\t' {
			r = printable(r)
		}
		text.WriteRune(r)
		switch {
		case i+1 >= column:
		case r == '\t':
			indent.WriteRune(r)
		default:
			indent.WriteString(strings.Repeat(" ", width.RuneWidth(r)))
		}
	}
	fmt.Fprintf(w, "%s\n%s^\n", text.String(), indent.String())
}

// byteOrderMark may stand at the beginning of a file and is not part of its first line.
const byteOrderMark = "\ufeff"

// lineOf returns the line of the source at the position. A byte order mark is not part of the first
// line.
func (p Position) lineOf(source []byte) ([]byte, bool) {
	n := 0
	for line := range bytes.Lines(bytes.TrimPrefix(source, []byte(byteOrderMark))) {
		if n++; n == p.Line {
			return bytes.TrimRight(line, "\r\n"), true
		}
	}
	return nil, false
}

// Diagnostics is an error made of every diagnostic of one run, sorted by place.
type Diagnostics []Diagnostic

// Error returns the diagnostics, one on a line.
func (ds Diagnostics) Error() string {
	lines := make([]string, len(ds))
	for i, d := range ds {
		lines[i] = d.String()
	}
	return strings.Join(lines, "\n")
}

// MarshalJSON writes an array of the diagnostics, and an empty one when there are none.
func (ds Diagnostics) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // which is left to whoever writes what holds them
	err := encoder.Encode(append([]Diagnostic{}, ds...))
	return out.Bytes(), err
}

// Sort sorts the diagnostics by file, line, column and code, and drops repetitions.
func (ds *Diagnostics) Sort() {
	if ds == nil {
		return
	}
	slices.SortFunc(*ds, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Summary, b.Summary))
	})
	*ds = slices.Compact(*ds)
}

// Errorf adds an error. Nil diagnostics stay without.
func (ds *Diagnostics) Errorf(code string, pos Position, remedy, format string, args ...any) {
	if ds == nil {
		return
	}
	*ds = append(*ds, Diagnostic{Code: code, Severity: SeverityError, Pos: pos, Summary: fmt.Sprintf(format, args...), Remedy: remedy})
}

// Err returns the sorted diagnostics as an error, or nil when there are none.
func (ds Diagnostics) Err() error {
	if len(ds) == 0 {
		return nil
	}
	ds.Sort()
	return ds
}
