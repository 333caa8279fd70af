package check

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

func cellOf(cells *elder.Cells) func(attribute int) uint8 {
	return func(attribute int) uint8 { return cells[attribute] }
}

// exists reports whether an elder's attributes do not contradict each other.
func (c *checker) exists(cells elder.Cells) bool { return c.contradiction(&cells) == nil }

// contradiction returns a box of impossible elders that contains this one, or nil when there is
// none.
func (c *checker) contradiction(cells *elder.Cells) box.Box {
	for _, b := range c.impossible {
		if b.Contains(cellOf(cells)) {
			return b
		}
	}
	return nil
}

// sparse returns an elder who loses with as few attributes as possible, all others being absent. It
// keeps the attributes that the box constrains, and those whose value does not stand for nothing.
// If the elder does not lose even as given, it keeps all attributes and reports false.
func (c *checker) sparse(full elder.Cells, needed box.Box, loses func(elder.Cells) bool) (elder.Cells, bool) {
	var shown elder.Cells
	var doubtful []int // they have a value, and none that stands for nothing
	for i := range c.space.Axes {
		nothing := c.space.Axes[i].AbsentCell()
		if _, constrained := needed.Side(i); constrained || full[i] != nothing && nothing != elder.Absent {
			shown[i] = full[i]
		} else if full[i] != nothing {
			doubtful = append(doubtful, i)
		}
	}
	if loses(c.space.Close(shown)) {
		return shown, true
	}
	if !loses(full) {
		return full, false
	}
	for _, i := range doubtful {
		shown[i] = full[i]
	}
	for _, i := range doubtful {
		less := shown
		if less[i] = elder.Absent; loses(c.space.Close(less)) {
			shown = less
		}
	}
	return shown, true
}

// simplest makes an elder as plain as possible who still loses. It makes one attribute after
// another plainer, the others staying as they are, until none can be plainer.
func (c *checker) simplest(cells elder.Cells, loses func(elder.Cells) bool) elder.Cells {
	for plainer := true; plainer; {
		plainer = false
		for i := range c.space.Axes {
			for _, cell := range c.plainerCells(i, cells[i]) {
				if trial, possible := c.changed(cells, i, cell); possible && loses(trial) {
					cells, plainer = trial, true
					break
				}
			}
		}
	}
	return cells
}

// plainerCells returns the cells of an attribute that are plainer than one, the plainest first: the
// one that stands for nothing, then the lower ones.
func (c *checker) plainerCells(attribute int, than uint8) []uint8 {
	nothing := c.space.Axes[attribute].AbsentCell()
	if than == nothing {
		return nil
	}
	cells := c.space.Values(attribute).Cells()
	cells = slices.DeleteFunc(cells, func(cell uint8) bool { return cell >= than || cell == nothing })
	if c.space.Values(attribute).Has(nothing) {
		cells = slices.Insert(cells, 0, nothing)
	}
	return cells
}

// changed returns an elder with another value of one attribute. Attributes that the value would
// contradict are made plain too. It reports false when that is not enough.
func (c *checker) changed(cells elder.Cells, attribute int, cell uint8) (elder.Cells, bool) {
	cells[attribute] = cell
	for range c.space.Axes {
		b := c.contradiction(&cells)
		if b == nil {
			return cells, true
		}
		for _, s := range b {
			if s.Attribute != attribute {
				cells[s.Attribute] = c.space.Axes[s.Attribute].AbsentCell()
			}
		}
	}
	return cells, false
}
