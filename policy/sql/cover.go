package sql

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/diagram"
)

// cover returns few and wide boxes that hold all elders who come to a leaf. They may also hold
// elders who come to other leaves that are allowed: those on whom an earlier condition has decided,
// or who cannot exist. More than most boxes are errManyBoxes,
// unless most is 0.
func (d *bounded) cover(conditions []diagram.Condition, leaf int, allowed func(leaf int) bool, most int) ([]box.Box, error) {
	c := coverer{bounded: d, conditions: conditions, known: map[int][]box.Set{}, others: allowed}
	c.allowed = func(l int) bool { return l == leaf || allowed(l) }
	for {
		path, found := d.uncovered(leaf, c.boxes)
		if !found {
			break
		}
		if most > 0 && len(c.boxes) == most {
			return nil, errManyBoxes
		}
		d.taken.boxes++
		c.boxes = append(c.boxes, c.widen(path))
	}
	boxes := c.needed(leaf)
	return boxes, d.wrong
}

type coverer struct {
	*bounded
	conditions []diagram.Condition
	allowed    func(leaf int) bool
	others     func(leaf int) bool // of them but the leaf to be covered
	boxes      []box.Box
	known      map[int][]box.Set // the classes of axes
}

// widen makes a box as wide as is allowed. It takes whole sides off, and then adds cells to the
// others. Cells of which no elder comes to the leaf join only where that makes no more ranges.
func (c *coverer) widen(b box.Box) box.Box {
	for _, side := range slices.Backward(slices.Clone(b)) {
		if wide := b.Without(side.Attribute); c.within(wide, c.allowed) {
			b = wide
		}
	}
	for _, side := range b {
		rest := b.Without(side.Attribute)
		admits, wide := side.Admits, side.Admits
		for _, class := range c.classes(side.Attribute) {
			slab, _ := rest.With(side.Attribute, class)
			if class.Within(admits) || !c.within(slab, c.allowed) {
				continue
			}
			wide = wide.Or(class)
			if !c.within(slab, c.others) {
				admits = admits.Or(class)
			}
		}
		if ranges(wide) <= ranges(admits) {
			admits = wide
		}
		b, _ = rest.With(side.Attribute, admits)
	}
	return b
}

// ranges returns how many ranges cells make up. Absent is one of its own.
func ranges(cells box.Set) int {
	n := 0
	all := cells.Cells()
	for i, cell := range all {
		if i == 0 || all[i-1] == elder.Absent || all[i-1] != cell-1 {
			n++
		}
	}
	return n
}

// classes returns the cells of an attribute in classes that no condition tells apart. Absent is a
// class of its own.
func (c *coverer) classes(axis int) []box.Set {
	if known, ok := c.known[axis]; ok {
		return known
	}
	var classes []box.Set
	numbers := map[string]int{}
	for cell := range c.space.Axes[axis].Cells() {
		told := make([]byte, 1, 1+len(c.conditions))
		if cell != elder.Absent {
			told[0] = 1
		}
		for _, x := range c.conditions {
			admits, constrained := x.Side(axis)
			bit := byte(0)
			if !constrained || admits.Has(uint8(cell)) {
				bit = 1
			}
			told = append(told, bit)
		}
		number, known := numbers[string(told)]
		if !known {
			number = len(classes)
			numbers[string(told)] = number
			classes = append(classes, box.Set{})
		}
		classes[number].Add(uint8(cell))
	}
	c.known[axis] = classes
	return classes
}

// needed returns the boxes without those that others make superfluous, the ones with the fewest
// sides first.
func (c *coverer) needed(leaf int) []box.Box {
	boxes := c.boxes
	for i := len(boxes) - 1; i >= 0 && len(boxes) > 1 && !c.spent(); i-- {
		others := slices.Delete(slices.Clone(boxes), i, i+1)
		if _, found := c.uncovered(leaf, others); !found && !c.spent() {
			boxes = others
		}
	}
	slices.SortStableFunc(boxes, func(a, b box.Box) int { return len(a) - len(b) })
	return boxes
}
