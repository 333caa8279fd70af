package register

import (
	"context"
	"errors"
	"hash/maphash"
	"io"
	"slices"
	"strings"
	"unicode"
)

// Understanding says how a column is understood, judged by some rows.
type Understanding struct {
	Header     string   `json:"header"`
	Attribute  string   `json:"attribute"` // or input, or "id"; empty when nothing is known of the column
	Label      string   `json:"label"`
	Examples   []string `json:"examples"` // masked: 0 is a digit, a a letter, * any other
	Rows       int      `json:"rows"`     // seen; 0 of a column that cannot be read
	Blank      int      `json:"blank"`
	Unreadable int      `json:"unreadable"`
	Months     int      `json:"months,omitempty"`    // of birth, without the day
	AgeOpen    int      `json:"ages_open,omitempty"` // months among them that leave the age open on the day
	Kept       bool     `json:"kept,omitempty"`
	Refused    bool     `json:"refused,omitempty"` // an unknown key of JSON: so are its rows
}

// examples is how many examples of a column are shown, and longestExample how many characters of
// each.
const examples, longestExample = 3, 24

// Plan reads a number of rows at most and says how it understands each column, or each key of JSON.
// It answers nothing, and the register can then no longer be answered.
func (r *Register) Plan(ctx context.Context, rows int) ([]Understanding, error) {
	p := plan{worker: newWorker(r, nil, maphash.MakeSeed()), place: map[*dictionary]int{}}
	for _, d := range p.columns {
		p.understand(d)
	}
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
		if r.in.Split(&row); row.Problem == nil {
			p.see(&row)
		}
	}
	for i := range p.all {
		if i >= len(p.columns) || !p.columns[i].unread { // else nobody has seen what is in it
			p.all[i].Rows, p.all[i].Blank = p.rows, p.rows-p.filled[i]
		}
	}
	return p.all, nil
}

// plan is a plan being made.
type plan struct {
	*worker
	all    []Understanding
	filled []int // cells
	place  map[*dictionary]int
	rows   int
}

// understand adds a column.
func (p *plan) understand(d *dictionary) {
	u := Understanding{Header: d.header, Examples: []string{}, Kept: d.kept >= 0}
	u.Refused = !p.understood.table && !d.says() && !d.isID() && !d.left && !u.Kept
	switch f := d.field; {
	case d.asked != nil:
		u.Attribute, u.Label = d.asked.Of.Name, d.asked.Of.Label+" = "+d.asked.Value.Label
	case f == nil:
	case f.Attribute != nil:
		u.Attribute, u.Label = f.Name, f.Attribute.Label
	case f.Input != nil:
		u.Attribute, u.Label = f.Name, f.Input.Label
	default:
		u.Attribute = f.Name
	}
	p.place[d] = len(p.all)
	p.all, p.filled = append(p.all, u), append(p.filled, 0)
}

// see takes in a row.
func (p *plan) see(row *Row) {
	if p.understood.table {
		if blank(row.Cells) {
			return
		}
		for i, cell := range row.Cells[:min(len(row.Cells), len(p.columns))] {
			d := p.columns[i]
			says := &meaning{}
			if d.says() {
				says = d.meaning(cell, p.meanCell)
			}
			p.seeText(d, strings.TrimSpace(cell), says)
		}
		p.rows++
		return
	}
	members, ok := p.scanObject(row.Text)
	if !ok {
		return
	}
	for _, m := range members {
		if d := m.dictionary; d.seen != nil { // else there are too many
			text, _ := plainText(m.value)
			says := &meaning{}
			if d.says() {
				says = d.meaning(string(m.value), p.meanToken)
			}
			p.seeText(d, text, says)
		}
	}
	p.rows++
}

// seeText takes in a text of a column, and what it says.
func (p *plan) seeText(d *dictionary, text string, says *meaning) {
	place, ok := p.place[d]
	if !ok {
		p.understand(d)
		place = len(p.all) - 1
	}
	u := &p.all[place]
	if text == "" {
		return
	}
	p.filled[place]++
	if says.unclear {
		u.Unreadable++
	}
	if !says.month.IsZero() {
		u.Months++
	}
	if says.open() {
		u.AgeOpen++
	}
	if example := masked(text); len(u.Examples) < examples && !slices.Contains(u.Examples, example) {
		u.Examples = append(u.Examples, example)
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
