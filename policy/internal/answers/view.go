package answers

import (
	"slices"
	"sync/atomic"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// view is the space of elders as far as something depends on it. Cells of an attribute that nothing
// in the view tells apart are one class, and Absent is a class of its own. Elders whose cells are
// in the same classes have the same answer.
type view struct {
	projection *table.Projection
	axes       []axis
	wide       bool   // true when the classes have too many combinations for an array
	start      uint32 // where its answers begin
}

// axis is an attribute of a view.
type axis struct {
	attribute uint8
	// first is where its places begin: what each cell adds to the place of an elder. In a wide view
	// it is the number of the cell's class.
	first uint32
}

// maxSize is the greatest number of answers of a view that are kept in an array.
const maxSize = 1 << 16

// addView makes a view of a projection. Of an attribute that is read in full every cell is a class.
func (s *Answers) addView(v *view, p *table.Projection, full []int) {
	v.projection, v.start = p, s.size
	boxes := slices.Concat(table.Boxes(p.Cases), p.Impossible())
	var classes [][]uint8
	var numbers []uint32 // the number of classes
	size := uint32(1)
	for _, a := range p.Attributes() {
		of, n := s.classes(a, boxes, slices.Contains(full, a))
		classes, numbers = append(classes, of), append(numbers, n)
		v.wide = v.wide || size*n > maxSize
		size = min(size*n, maxSize)
	}
	stride := uint32(1)
	for i, a := range p.Attributes() {
		v.axes = append(v.axes, axis{attribute: uint8(a), first: uint32(len(s.places))})
		for _, class := range classes[i] {
			s.places = append(s.places, stride*uint32(class))
		}
		if !v.wide {
			stride *= numbers[i]
		}
	}
	if !v.wide {
		s.size += size
	}
}

// classes numbers the classes of the cells of an attribute, and counts them.
func (s *Answers) classes(attribute int, boxes []box.Box, full bool) (classes []uint8, n uint32) {
	classes = make([]uint8, s.table.Space.Axes[attribute].Cells())
	numbers := map[string]uint8{}
	n = 1 // Absent
	for cell := 1; cell < len(classes); cell++ {
		told := tells(attribute, uint8(cell), boxes)
		class, ok := numbers[told]
		if !ok || full {
			class = uint8(n)
			numbers[told] = class
			n++
		}
		classes[cell] = class
	}
	return classes, n
}

// tells says which boxes admit a cell.
func tells(attribute int, cell uint8, boxes []box.Box) string {
	admit := make([]byte, len(boxes))
	for i, b := range boxes {
		if side, constrained := b.Side(attribute); !constrained || side.Has(cell) {
			admit[i] = 1
		}
	}
	return string(admit)
}

// place returns the place where the answer of a view for an elder is kept.
func (s *Answers) place(v *view, c *elder.Cells) uint32 {
	place := v.start
	for _, x := range v.axes {
		place += s.places[x.first+uint32(c[x.attribute])]
	}
	return place
}

// find returns the answer of a view for an elder, or nil when it is not kept.
func (s *Answers) find(v *view, w World, c *elder.Cells) *Answer {
	if v.wide {
		k := s.wideKey(v, w, c)
		return s.wide.find(&k)
	}
	return s.keptIn(w)[s.place(v, c)].Load()
}

// keep keeps an answer.
func (s *Answers) keep(v *view, w World, c *elder.Cells, a *Answer) {
	if v.wide {
		s.wide.keep(&entry[Answer]{s.wideKey(v, w, c), a})
		return
	}
	s.keptIn(w)[s.place(v, c)].Store(a)
}

// keptIn returns the answers of a world.
func (s *Answers) keptIn(w World) []atomic.Pointer[Answer] {
	kept := s.kept[w].Load()
	if kept == nil {
		empty := make([]atomic.Pointer[Answer], s.size)
		s.kept[w].CompareAndSwap(nil, &empty)
		kept = s.kept[w].Load()
	}
	return *kept
}

// wideKey returns the key of an elder's answer in a view too large for an array.
func (s *Answers) wideKey(v *view, w World, c *elder.Cells) key {
	k := key{of: uint64(v.axes[0].first)*worlds + uint64(w)} // no two views begin at the same place
	for _, x := range v.axes {
		k.cells[x.attribute] = uint8(s.places[x.first+uint32(c[x.attribute])])
	}
	return k
}

// seen returns an elder of whom only what the view depends on is known.
func (v *view) seen(c *elder.Cells) elder.Cells {
	var seen elder.Cells
	for _, x := range v.axes {
		seen[x.attribute] = c[x.attribute]
	}
	return seen
}

// complete reports whether an elder lacks nothing that the view depends on and that could be asked.
func (v *view) complete(space *elder.Space, c *elder.Cells) bool {
	for _, x := range v.axes {
		if c[x.attribute] == elder.Absent && space.Asked(int(x.attribute), *c) {
			return false
		}
	}
	return true
}
