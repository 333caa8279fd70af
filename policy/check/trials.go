package check

import (
	"iter"
	"math/rand/v2"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// These bound how many elders a service is tried on that cannot be proved: up to maxTrials
// combinations of values, which take plain OPA about a second, and maxRandom elders at random. Only
// tests change them.
var (
	maxTrials = 20_000
	maxRandom = 2_000
)

// trials yields elders who can exist, each with the function that finds their losses. The elders
// are the same in every run. First comes one of each region in which somebody would lose if it were
// not for the opaque rules. Then come combinations of the values of the attributes that the rules
// read, with all else plain. Last come elders who are random in all attributes.
func (t *tester) trials() iter.Seq2[elder.Cells, func(elder.Cells) ([]loss, error)] {
	random := rand.New(rand.NewPCG(1, 2))
	return func(yield func(elder.Cells, func(elder.Cells) ([]loss, error)) bool) {
		for cells := range concat(t.doubtful(), t.combinations(random)) {
			if !yield(cells, t.losses) {
				return
			}
		}
		for cells := range t.anybody(random) {
			if !yield(cells, t.wholeLosses) {
				return
			}
		}
	}
}

// doubtful yields an elder for whom OPA cannot evaluate a rule. It also yields the plainest elder
// of each part of each region in which somebody loses by the rules that are not opaque.
func (t *tester) doubtful() iter.Seq[elder.Cells] {
	return func(yield func(elder.Cells) bool) {
		for _, f := range t.failing() {
			if !yield(t.space.Plainest([]box.Box{f.Box})) {
				return
			}
		}
		for _, service := range t.of.services {
			for _, l := range t.lost(service) {
				for _, b := range l.region {
					if !yield(t.space.Plainest([]box.Box{b})) {
						return
					}
				}
			}
		}
	}
}

// failing returns those rules of the services that count and that OPA cannot evaluate for some
// elders.
func (t *tester) failing() []table.Failing {
	var all []table.Failing
	for _, side := range []Side{t.child, t.parent} {
		for _, f := range side.Table.Failing {
			if f.Layer < t.layers(side) && slices.Contains(t.of.services, f.Applied.Service.ID) && !f.Applied.Discretionary {
				all = append(all, f)
			}
		}
	}
	return all
}

// combinations yields every combination of the values of the attributes that the rules read. If
// there are more than maxTrials, half as many are combinations of boundary values (all of them, if
// they are not more), and half are drawn from all values.
func (t *tester) combinations(random *rand.Rand) iter.Seq[elder.Cells] {
	all := t.choices(func(i int) []uint8 { return t.space.Values(i).Cells() })
	if product(all, maxTrials) <= maxTrials {
		return t.chosen(all, maxTrials, random)
	}
	return concat(t.chosen(t.choices(t.boundary), maxTrials/2, random), t.chosen(all, maxTrials/2, random))
}

func concat(parts ...iter.Seq[elder.Cells]) iter.Seq[elder.Cells] {
	return func(yield func(elder.Cells) bool) {
		for _, part := range parts {
			for cells := range part {
				if !yield(cells) {
					return
				}
			}
		}
	}
}

// choice is an attribute and the cells to choose from.
type choice struct {
	attribute int
	cells     []uint8
}

func (t *tester) choices(of func(attribute int) []uint8) []choice {
	axes := make([]choice, len(t.attributes))
	for n, i := range t.attributes {
		axes[n] = choice{i, of(i)}
	}
	return axes
}

// product returns how many ways there are to choose, or a number above limit when there are more.
func product(axes []choice, limit int) int {
	total := 1
	for _, a := range axes {
		if total *= len(a.cells); total > limit {
			return limit + 1
		}
	}
	return total
}

// chosen yields the elders who can exist among all ways to choose. When there are more ways than
// limit, it yields that many at random.
func (t *tester) chosen(axes []choice, limit int, random *rand.Rand) iter.Seq[elder.Cells] {
	total := product(axes, limit)
	plain := t.space.Plainest(box.Subtract(everything, t.impossible, t.space.Values))
	return func(yield func(elder.Cells) bool) {
		for n := range min(total, limit) {
			cells, rest := plain, n
			for _, a := range axes {
				i := rest % len(a.cells)
				rest /= len(a.cells)
				if total > limit {
					i = random.IntN(len(a.cells))
				}
				cells[a.attribute] = a.cells[i]
			}
			if cells, exists := t.completed(cells, axes); exists && !yield(cells) {
				return
			}
		}
	}
}

// completed returns an elder with the cells of the chosen attributes, and with such others that
// somebody can be so. It reports false when nobody can.
func (t *tester) completed(cells elder.Cells, axes []choice) (elder.Cells, bool) {
	if t.exists(cells) {
		return cells, true
	}
	b := box.Box{}
	for _, a := range axes {
		b = append(b, box.Side{Attribute: a.attribute, Admits: box.SetOf(cells[a.attribute])})
	}
	left := box.Subtract([]box.Box{b}, t.impossible, t.space.Values)
	if len(left) == 0 {
		return cells, false
	}
	return t.space.Plainest(left), true
}

// boundary returns the cells of an attribute that stand for all others. Of a long range, these are
// the least and the greatest, the cells one below, at and one above each threshold that the rules
// compare with, and those on both sides of where a case of the rules begins or ends. Of any other
// attribute, these are all cells.
func (t *tester) boundary(attribute int) []uint8 {
	axis := &t.space.Axes[attribute]
	values := t.space.Values(attribute)
	if values.Len() < 16 {
		return values.Cells()
	}
	last := uint8(axis.Cells() - 1)
	cells := box.SetOf(1, last)
	for _, threshold := range t.thresholds {
		for n := threshold - 1; n <= threshold+1; n++ {
			if cell, ok := axis.Cell(n); ok {
				cells.Add(cell)
			}
		}
	}
	for _, side := range []Side{t.child, t.parent} {
		for _, k := range t.cases(side, t.of.services...) {
			admits, constrained := k.Box.Side(attribute)
			for cell := uint8(2); constrained && cell <= last; cell++ {
				if admits.Has(cell-1) != admits.Has(cell) {
					cells.Add(cell - 1)
					cells.Add(cell)
				}
			}
		}
	}
	return cells.And(values).Cells()
}

// anybody yields maxRandom elders at random, from all values of all attributes. If an elder's
// attributes contradict each other, those are drawn again.
func (t *tester) anybody(random *rand.Rand) iter.Seq[elder.Cells] {
	values := make([][]uint8, len(t.space.Axes))
	for i := range values {
		values[i] = t.space.Values(i).Cells()
	}
	draw := func(i int) uint8 { return values[i][random.IntN(len(values[i]))] }
	const maxDraws = 100
	return func(yield func(elder.Cells) bool) {
		for range maxRandom {
			var cells elder.Cells
			for i := range values {
				cells[i] = draw(i)
			}
			for range maxDraws {
				b := t.contradiction(&cells)
				if b == nil {
					break
				}
				i := b[random.IntN(len(b))].Attribute
				cells[i] = draw(i)
			}
			if t.exists(cells) && !yield(cells) {
				return
			}
		}
	}
}
