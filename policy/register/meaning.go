package register

import (
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// meaning is what a text in a column says of an elder.
type meaning struct {
	gives   []place
	room    [2]place // of gives, beside it: most texts give little
	said    place    // where a yes or no is said of a value
	no      bool     // that it is a no
	unclear bool     // or wrong: the row is read at length
	birth   policy.Date
	month   policy.Date // of birth, where the day is not known
	text    string      // empty when it is not remembered
}

// place is a cell of an axis; that with no cell is none.
type place struct{ axis, cell uint8 }

// dictionary is the meanings of the texts of a column. It remembers those read before, and serves
// one goroutine.
type dictionary struct {
	*column
	known  map[string]*meaning
	recent [32]*meaning // by the texts' ends
	seen   *uint64      // the last row in which the elder had what the column says; columns of one attribute share it

	// Of a key of JSON:
	quoted string      // as it is mostly written
	next   *dictionary // the key that came behind it
}

// remembered is how many texts of a column are remembered, and rememberedLength how long each may
// be. Most columns have few; there are as many dates of birth as days in a hundred years.
const remembered, rememberedLength = 1 << 15, 48

// meaning is what a text says. It reads one that is new.
func (d *dictionary) meaning(text string, read func(*column, string) *meaning) *meaning {
	recent := &d.recent[0]
	if n := len(text); n > 1 { // in JSON the last sign is a quote
		recent = &d.recent[(int(text[n-1])+7*int(text[n-2])+n)%len(d.recent)]
	}
	if m := *recent; m != nil && m.text == text {
		return m
	}
	m, ok := d.known[text]
	if !ok {
		m = read(d.column, text)
		if len(text) <= rememberedLength && len(d.known) < remembered && !m.unclear {
			m.text = strings.Clone(text)
			d.known[m.text] = m
		}
	}
	if m.text != "" {
		*recent = m
	}
	return m
}

// meaningOf is what a text says that may be a word.
func (d *dictionary) meaningOf(word *Word, text string, read func(*column, string) *meaning) *meaning {
	if word == nil {
		return d.meaning(text, read)
	}
	m := word.meaning.Load()
	if m == nil {
		m = d.meaning(text, read)
		word.meaning.Store(m)
	}
	return m
}

// unclear is the meaning of what is wrong, or beyond what is read at once.
var unclear = &meaning{unclear: true}

// mean is what a value says that is given under a column; nil says nothing.
func (w *worker) mean(k *column, value any) *meaning {
	switch {
	case value == nil:
		return &meaning{}
	case k.asked != nil:
		return w.meanAsked(k, value)
	case !w.knows(k.field.Name): // as other rules may not
		return &meaning{}
	}
	p, ok := w.rules.EncodeValue(k.field.Name, value)
	if !ok {
		return unclear
	}
	m := &meaning{birth: p.Birth, month: p.BirthMonth}
	m.gives = m.room[:0]
	for axis := range w.rules.Table.Space.Axes {
		if cell := p.Cell(axis); cell != elder.Absent {
			m.gives = append(m.gives, place{uint8(axis), cell})
		}
	}
	return m
}

// meanAsked is what a yes or no says of a value.
func (w *worker) meanAsked(k *column, value any) *meaning {
	yes, ok := value.(bool)
	if !ok {
		return unclear
	}
	axis, ok := w.rules.Table.Space.Index(k.asked.Of.Name)
	if !ok {
		return &meaning{} // as other rules may not know it
	}
	cell, ok := w.rules.Table.Space.Axes[axis].Cell(k.asked.Value.Name)
	if !ok {
		return unclear
	}
	m := &meaning{said: place{uint8(axis), cell}, no: !yes}
	if yes {
		m.gives = append(m.room[:0], m.said)
	}
	return m
}

// take takes what a text says of an elder. It reports false where that is unclear, or contradicts
// what was said before.
func (w *worker) take(m *meaning, p *elder.Profile) bool {
	for _, g := range m.gives {
		if before := p.Cell(int(g.axis)); before != elder.Absent && before != g.cell {
			return false
		}
		w.rules.Table.Space.Set(p, int(g.axis), g.cell)
	}
	if !m.birth.IsZero() {
		if !p.Birth.IsZero() && p.Birth != m.birth {
			return false
		}
		p.Birth = m.birth
	}
	if !m.month.IsZero() {
		p.BirthMonth = m.month
	}
	switch {
	case m.said.cell == elder.Absent:
	case m.no:
		w.denied = append(w.denied, m.said)
	default:
		w.affirmed = append(w.affirmed, m.said)
	}
	return !m.unclear && !m.open()
}

// open reports whether a month of birth leaves the age open: what else says of it is then read at
// length.
func (m *meaning) open() bool { return !m.month.IsZero() && len(m.gives) == 0 }

// settle sees to it that an elder has nothing that is denied, and has what alone is left. Of
// several columns that ask for one value, such as of two kinds of it, a yes in one is a yes.
func (w *worker) settle(p *elder.Profile) bool {
	if !p.Birth.IsZero() && !p.BirthMonth.IsZero() { // which the day must lie in
		return false
	}
	for _, no := range w.denied {
		switch p.Cell(int(no.axis)) {
		case no.cell:
			if !slices.Contains(w.affirmed, no) {
				return false
			}
		case elder.Absent:
			if cell := w.left(no.axis); cell != elder.Absent {
				w.rules.Table.Space.Set(p, int(no.axis), cell)
			}
		}
	}
	return w.rules.Table.Space.Derive(p)
}

// left is the cell of an axis that alone is not denied, Absent when several are left or none.
func (w *worker) left(axis uint8) uint8 {
	left := uint8(elder.Absent)
	for cell := uint8(1); int(cell) < w.rules.Table.Space.Axes[axis].Cells(); cell++ {
		switch {
		case slices.Contains(w.denied, place{axis, cell}):
		case left != elder.Absent:
			return elder.Absent
		default:
			left = cell
		}
	}
	return left
}
