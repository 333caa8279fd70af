package answers

import (
	"encoding/binary"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// chance is a case that may hold for an elder, with the missing attributes that it reads. It waits
// for the missing attributes whose value matters.
type chance struct {
	*table.Case
	number       int // the case in the view
	reads, waits attributes
}

// attributes is a set of attributes.
type attributes uint64

func (a attributes) has(i int) bool { return a>>i&1 == 1 }

// over makes the answer for all completions of an elder. It is the same for all elders who leave
// the same open.
func (s *Answers) over(v *service, c elder.Cells) *Answer {
	chances := s.chances(v, &c)
	open := s.open(v, &c, chances)
	if a := v.alike.find(open); a != nil {
		return a
	}
	cases := make([]table.Case, len(chances))
	sure := true
	for i := range chances {
		cases[i] = *chances[i].Case
		sure = sure && chances[i].waits == 0
	}
	var awards []decide.Award
	if sure {
		awards = decide.Awards(s.table.Layers, table.Held(cases))
	} else {
		awards = Over(s.table, v.projection, cases, nil, c)
	}
	return v.alike.keep(open, s.share(v, awards))
}

// chances returns the cases that may hold, as far as attributes taken one by one can tell. It
// leaves out cases that add nothing to others; of a service with a case that raises another, none.
func (s *Answers) chances(v *service, c *elder.Cells) []chance {
	var chances []chance
	for i := range v.projection.Cases {
		if x := (chance{Case: &v.projection.Cases[i], number: i}); s.may(&x, c) {
			chances = append(chances, x)
		}
	}
	if v.raised {
		return chances
	}
	var kept []chance
	for i, x := range chances {
		more := func(y chance) bool { return s.outdoes(y, x) }
		if !slices.ContainsFunc(kept, more) && !slices.ContainsFunc(chances[i+1:], func(y chance) bool { return more(y) && !s.outdoes(x, y) }) {
			kept = append(kept, x)
		}
	}
	return kept
}

// may finds what a case waits for, and reports whether it holds for some values of that.
func (s *Answers) may(x *chance, c *elder.Cells) bool {
	for _, side := range x.Box {
		cell := c[side.Attribute]
		if cell == elder.Absent {
			x.reads |= 1 << side.Attribute
		}
		if cell != elder.Absent || !s.table.Space.Asked(side.Attribute, *c) {
			if !side.Admits.Has(cell) {
				return false
			}
			continue
		}
		switch values := s.table.Space.Values(side.Attribute); {
		case values.And(side.Admits).Empty():
			return false
		case !values.Within(side.Admits):
			x.waits |= 1 << side.Attribute
		}
	}
	return true
}

// outdoes reports whether y holds whenever x does, is not further away, and promises as much. Other
// attributes that x reads count when they are coupled to what y waits for, as they may tell it.
func (s *Answers) outdoes(y, x chance) bool {
	if y.waits&^x.waits != 0 || y.Layer > x.Layer || y.Grant.Discretionary != x.Grant.Discretionary || !y.PromisesAsMuch(*x.Case) {
		return false
	}
	for _, side := range y.Box {
		if admits, _ := x.Box.Side(side.Attribute); y.waits.has(side.Attribute) && !s.table.Space.Values(side.Attribute).And(admits).Within(side.Admits) {
			return false
		}
	}
	return !slices.ContainsFunc(s.groups, func(g *group) bool { return x.reads&^y.reads&g.coupled != 0 && y.waits&g.coupled != 0 })
}

// open tells elders apart who leave different things open. It goes by which cases may hold, which
// missing attributes these read, and what is known of the attributes coupled to those.
func (s *Answers) open(v *service, c *elder.Cells, chances []chance) string {
	var text []byte
	var reads attributes
	for _, x := range chances {
		text = binary.LittleEndian.AppendUint32(text, uint32(x.number))
		text = binary.LittleEndian.AppendUint64(text, uint64(x.reads))
		reads |= x.reads
	}
	for _, g := range s.groups {
		for _, x := range v.axes {
			if reads&g.coupled != 0 && g.coupled.has(int(x.attribute)) {
				text = append(text, x.attribute)
				text = binary.LittleEndian.AppendUint32(text, s.places[x.first+uint32(c[x.attribute])])
			}
		}
	}
	return string(text)
}
