package elder

import "github.com/basic-eldercare/eldercare/policy/internal/box"

// set sets all axes of a set whose first axis is i. A nil list is unknown. It returns the code of
// what is wrong, and sets nothing then. The code is empty when all is well.
func (enc *encoder) set(i int, value any) (wrong string) {
	var names []string
	switch list := value.(type) {
	case []string:
		if list == nil {
			return ""
		}
		names = list
	case []any:
		if list == nil {
			return ""
		}
		for _, name := range list {
			text, isText := name.(string)
			if !isText {
				return "wrong-type"
			}
			names = append(names, text)
		}
	default:
		return "wrong-type"
	}
	return enc.hold(i, names)
}

// hold is [set] for the names of the values that the elder has.
func (enc *encoder) hold(i int, names []string) (wrong string) {
	cells := enc.cells
	first, end := enc.space.Group(i)
	for axis := first; axis < end; axis++ {
		cells[axis] = notHeld
	}
	for _, name := range names {
		cell := enc.space.Axes[i].named(name)
		if cell == Absent || cells[i+int(cell)-1] == held {
			return "out-of-range"
		}
		cells[i+int(cell)-1] = held
	}
	enc.cells = cells
	return ""
}

// Mixed returns the boxes of elders with some axes of a set given and others not. No such elder
// exists.
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
