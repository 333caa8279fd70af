package register

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
)

// Understanding is how a column is understood, seen by some rows.
type Understanding struct {
	Header     string   `json:"header"`
	Attribute  string   `json:"attribute"` // or input, or "id"; empty when nothing is known of the column
	Label      string   `json:"label"`
	Examples   []string `json:"examples"` // masked: 0 is a digit, a a letter, * any other
	Rows       int      `json:"rows"`
	Blank      int      `json:"blank"`
	Unreadable int      `json:"unreadable"`
	Kept       bool     `json:"kept,omitempty"`
}

// examples is how many examples of a column are shown, and longestExample how many characters of
// each.
const examples, longestExample = 3, 24

// Plan reads up to some rows and says how each column is understood. Nothing is answered, and the
// register cannot be answered any more.
func (r *Register) Plan(ctx context.Context, rows int) ([]Understanding, error) {
	if r.columns == nil {
		return nil, errors.New("--plan is for tables: JSON names its attributes")
	}
	all := make([]Understanding, len(r.columns.header))
	for i, f := range r.columns.fields {
		all[i] = Understanding{Header: r.columns.header[i], Examples: []string{}}
		if f == nil {
			continue
		}
		all[i].Attribute = f.Name
		switch {
		case f.Attribute != nil:
			all[i].Label = f.Attribute.Label
		case f.Input != nil:
			all[i].Label = f.Input.Label
		}
	}
	for _, i := range r.columns.kept {
		all[i].Kept = true
	}
	speller := newSpeller(r.columns)
	var row Row
	for range rows {
		row.reset()
		err := r.in.Read(&row)
		if errors.Is(err, io.EOF) {
			break
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		if r.in.Split(&row); row.Problem == nil && !blank(row.Cells) {
			see(all, speller, row.Cells)
		}
	}
	return all, nil
}

// see takes in a row.
func see(all []Understanding, speller *speller, cells []string) {
	for i := range all {
		u := &all[i]
		u.Rows++
		cell := ""
		if i < len(cells) {
			cell = strings.TrimSpace(cells[i])
		}
		if cell == "" {
			u.Blank++
			continue
		}
		if u.Attribute != "" && speller.cell(i, cell).problem != nil {
			u.Unreadable++
		}
		if example := masked(cell); len(u.Examples) < examples && !slices.Contains(u.Examples, example) {
			u.Examples = append(u.Examples, example)
		}
	}
}

// masked returns a text of which only the form is left.
func masked(text string) string {
	form := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '0'
		case unicode.IsSpace(r):
			return ' '
		case r < unicode.MaxASCII && unicode.IsLetter(r):
			return 'a'
		case r < unicode.MaxASCII && unicode.IsPrint(r):
			return r
		}
		return '*'
	}, text)
	if runes := []rune(form); len(runes) > longestExample {
		return string(runes[:longestExample]) + "…"
	}
	return form
}
