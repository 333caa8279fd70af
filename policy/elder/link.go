package elder

import (
	"cmp"

	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// Link is an attribute that gives another: each cell of From implies a cell of To.
type Link struct {
	From, To int
	gives    [box.MaxCells]uint8 // by the cell of From; Absent where it gives nothing
}

// Given returns the cell of To that a cell of From gives, or Absent when it gives nothing.
func (l *Link) Given(from uint8) uint8 { return l.gives[from] }

// link makes the links of a vocabulary that was loaded without error.
func (s *Space) link() {
	for i := range s.Axes {
		gives := s.Axes[i].Attribute.Gives
		if gives == nil {
			continue
		}
		l := Link{From: i, To: s.index[gives.Attribute]}
		for _, v := range gives.Values {
			from, _ := s.Axes[i].Cell(v.Value)
			l.gives[from], _ = s.Axes[l.To].Cell(v.Gives)
		}
		s.Links = append(s.Links, l)
	}
}

// Disagreeing returns the boxes of elders whose attributes disagree: where one gives another, the
// other has a different value or none.
func (l *Link) Disagreeing(s *Space) []box.Box {
	var boxes []box.Box
	for to := range s.Axes[l.To].Cells() {
		var from box.Set
		for cell := range s.Axes[l.From].Cells() {
			if to != Absent && l.gives[cell] == uint8(to) {
				from.Add(uint8(cell))
			}
		}
		if b, some := (box.Box{}).With(l.From, from); some {
			b, _ = b.With(l.To, s.All(l.To).Minus(box.SetOf(uint8(to)))) // Absent is left as it is
			boxes = append(boxes, b)
		}
	}
	return boxes
}

// Derive sets the missing attributes that given ones imply. It reports false when the attributes
// given disagree, or when the space does not take the profile.
func (s *Space) Derive(p *Profile) bool { return p != nil && s.Takes(p) && s.derive(&p.cells) }

// derive is [Space.Derive] for cells of the space.
func (s *Space) derive(c *Cells) bool {
	agree := true
	for i := range s.Links {
		l := &s.Links[i]
		given := l.gives[c[l.From]]
		if c[l.To] == Absent {
			c[l.To] = given
		}
		agree = agree && (given == Absent || given == c[l.To])
	}
	return agree
}

// Fit changes each attribute that disagrees with what it gives to the first value that agrees. It
// is meant for attributes that nothing reads.
func (s *Space) Fit(c *Cells) {
	for i := range s.Links {
		l := &s.Links[i]
		for cell := 1; cell < s.Axes[l.From].Cells() && l.gives[c[l.From]] != Absent && l.gives[c[l.From]] != c[l.To]; cell++ {
			c[l.From] = uint8(cell)
		}
	}
}

// derive does the work of [Space.Derive] and says what disagrees.
func (enc *encoder) derive() {
	for i := range enc.space.Links {
		l := &enc.space.Links[i]
		switch given := l.gives[enc.cells[l.From]]; {
		case given == Absent || given == enc.cells[l.To]:
		case enc.cells[l.To] == Absent:
			enc.cells[l.To], enc.derived[l.To] = given, cmp.Or(enc.derived[l.From], 1+origin(l.From))
		default:
			enc.problem("contradiction", []string{enc.origin(l.To), enc.origin(l.From)}, "contradict each other")
		}
	}
}

// origin returns the input that an attribute was derived from, or else the attribute.
func (enc *encoder) origin(attribute int) string {
	switch from := enc.derived[attribute]; {
	case from >= ofInput:
		return enc.space.Vocabulary.Inputs[from-ofInput].Name
	case from > 0:
		attribute = int(from - 1)
	}
	return enc.space.Axes[attribute].Attribute.Name
}
