package elder

import "github.com/basic-eldercare/eldercare/policy/internal/box"

// set sets all axes of a set of which the first is i. It returns the code of what is wrong, empty when nothing is; then nothing is set.
func (enc *encoder) set(i int, value any) (wrong string) {
	before := enc.cells
	first, end := enc.space.Group(i)
	for axis := first; axis < end; axis++ {
		enc.cells[axis] = notHeld
	}
	switch list := value.(type) {
	case []string:
		for _, name := range list {
			if wrong == "" {
				wrong = enc.hold(i, name)
			}
		}
	case []any:
		for _, name := range list {
			if wrong == "" {
				wrong = enc.hold(i, name)
			}
		}
	default:
		wrong = "wrong-type"
	}
	if wrong != "" {
		enc.cells = before
	}
	return wrong
}

// hold adds a value to a set. It returns the code of what is wrong, empty when nothing is.
func (enc *encoder) hold(i int, name any) (wrong string) {
	text, isText := name.(string)
	if !isText {
		return "wrong-type"
	}
	cell := enc.space.Axes[i].named(text)
	if cell == Absent || enc.cells[i+int(cell)-1] == held {
		return "out-of-range"
	}
	enc.cells[i+int(cell)-1] = held
	return ""
}

// Mixed are the boxes of elders of whom some axes of a set are given and others are not. There is no such elder.
func (s *Space) Mixed() []box.Box {
	var boxes []box.Box
	for i := range s.Axes {
		if s.Axes[i].Member == nil {
			continue
		}
		next := i + 1
		if first, end := s.Group(i); next == end {
			next = first
		}
		if next == i {
			continue
		}
		b, _ := box.Box{}.With(i, box.SetOf(Absent))
		b, _ = b.With(next, box.SetOf(notHeld, held))
		boxes = append(boxes, b)
	}
	return boxes
}
