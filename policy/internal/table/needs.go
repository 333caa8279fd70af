package table

import (
	"iter"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// Combination is one choice of values for some attributes of an elder.
type Combination struct {
	Cells elder.Cells
	Box   box.Box // the choice, as sides of the chosen attributes
}

// Combinations returns all choices of values for those of the named attributes that c does not
// give, as far as somebody can have them. It reports false when there are more than limit.
func (t *Table) Combinations(c elder.Cells, attributes []string, limit int) ([]Combination, bool) {
	region := t.Possible(c)
	all := []Combination{{Cells: c}}
	for _, name := range attributes {
		for _, i := range t.Space.Indexes(name) {
			if c[i] != elder.Absent {
				continue
			}
			var ok bool
			if all, ok = t.combine(all, i, region, limit); !ok {
				return nil, false
			}
		}
	}
	return all, true
}

// combine extends each choice by every value of one more attribute that somebody in the region has
// with it.
func (t *Table) combine(all []Combination, i int, region []box.Box, limit int) ([]Combination, bool) {
	var next []Combination
	for _, chosen := range all {
		for cell := range t.Space.Axes[i].Cells() {
			b, _ := chosen.Box.With(i, box.SetOf(uint8(cell)))
			if !slices.ContainsFunc(region, b.Meets) {
				continue
			}
			if len(next) == limit {
				return nil, false
			}
			more := Combination{Cells: chosen.Cells, Box: b}
			more.Cells[i] = uint8(cell)
			next = append(next, more)
		}
	}
	return next, true
}

// Needs finds which missing attributes settle an award that is not certain, or what an award could
// still be. Region and cases are those of [Table.Awards].
func (t *Table) Needs(a *decide.Award, region []box.Box, cases []Case, known elder.Cells) {
	if a.Certain && !a.CanRise() {
		return
	}
	of := slices.DeleteFunc(slices.Clone(cases), func(c Case) bool {
		return c.Grant.Service != a.Service || c.Grant.Discretionary != a.Discretionary ||
			!slices.ContainsFunc(region, c.Box.Meets)
	})
	of = append(of, t.WithRaised(unlinked(of, a.Linked))[len(of):]...)
	needed := map[int]bool{}
	for i := range t.Space.Axes {
		first, _ := t.Space.Group(i) // a set is asked as a whole
		if known[first] == elder.Absent && t.matters(i, region, of) {
			needed[first] = true
		}
	}
	for i := range needed { // the attribute that decides whether it is asked comes first
		if of := t.Space.Axes[i].AskedOf; of >= 0 && known[of] == elder.Absent {
			needed[of] = true
		}
	}
	for i := range t.Space.Axes { // in the order of questions
		if needed[i] {
			a.Needs = append(a.Needs, t.Space.Axes[i].Attribute.Name)
		}
	}
	if !a.Certain {
		a.SettledBy = t.settledBy(region, of, needed, known)
	}
}

// couple finds for each attribute itself and those whose values it may rule out, directly or
// through others.
func (t *Table) couple() [][]int {
	impossible := t.Impossible()
	coupled := make([][]int, len(t.Space.Axes))
	for a := range coupled {
		coupled[a] = []int{a}
		for i := 0; i < len(coupled[a]); i++ {
			for _, b := range impossible {
				if _, ok := b.Side(coupled[a][i]); !ok {
					continue
				}
				for _, side := range b {
					if !slices.Contains(coupled[a], side.Attribute) {
						coupled[a] = append(coupled[a], side.Attribute)
					}
				}
			}
		}
	}
	return coupled
}

// matters reports whether a missing attribute can change what the cases grant somewhere in the
// region. The attributes that it is coupled with change too, because it may be unable to change
// alone.
func (t *Table) matters(attribute int, region []box.Box, cases []Case) bool {
	for i := range cases {
		c := &cases[i]
		if _, constrained := c.Box.Side(attribute); !constrained {
			continue
		}
		var asMuch, widened []box.Box
		for j := range cases {
			if cases[j].PromisesAsMuch(*c) {
				asMuch = append(asMuch, cases[j].Box)
			}
		}
		wide := c.Box
		for _, a := range t.coupled[attribute] {
			wide = wide.Without(a)
		}
		for _, r := range region {
			if b, some := r.Intersect(wide); some {
				widened = append(widened, b)
			}
		}
		if !box.Covered(widened, asMuch, t.All) {
			return true
		}
	}
	return false
}

// PromisesAsMuch reports whether a case promises at least as much as another of every measure. An
// open amount is as much as another only if both have the same bound and miss the same number,
// whatever share of it they are.
func (c Case) PromisesAsMuch(d Case) bool {
	for measure, want := range d.Grant.Measures {
		have, ok := c.Grant.Measures[measure]
		if !ok || have.Compare(want) < 0 || have.Open() && !have.Same(want) {
			return false
		}
	}
	return true
}

// maxSets is the greatest number of sets of attributes that are tried: all subsets of nine
// attributes.
const maxSets = 1 << 9

// settledBy returns the smallest sets of missing attributes that may by themselves show an award to
// be certain. For such a set, somebody in the region can have values with which the cases cover all
// that is left of the region. An attribute that is asked only of some elders comes with the one
// that decides it. Where more than nine attributes are needed, large sets are not tried.
func (t *Table) settledBy(region []box.Box, cases []Case, needed map[int]bool, known elder.Cells) [][]string {
	refused := box.Subtract(region, Boxes(cases), t.All)
	settles := func(set []int) bool {
		set = t.grouped(set)
		return !box.Covered(onto(region, set), onto(refused, set), t.All)
	}
	var minimal [][]int
	for set := range setsBySize(needed, maxSets) {
		asked := func(i int) bool {
			of := t.Space.Axes[i].AskedOf
			return of < 0 || known[of] != elder.Absent || slices.Contains(set, of)
		}
		larger := func(smaller []int) bool {
			return !slices.ContainsFunc(smaller, func(i int) bool { return !slices.Contains(set, i) })
		}
		if !slices.ContainsFunc(minimal, larger) && !slices.ContainsFunc(set, func(i int) bool { return !asked(i) }) && settles(set) {
			minimal = append(minimal, slices.Clone(set))
		}
	}
	names := make([][]string, len(minimal))
	for i, set := range minimal {
		for _, a := range set {
			names[i] = append(names[i], t.Space.Axes[a].Attribute.Name)
		}
	}
	return names
}

// grouped returns attributes, each set among them with all its axes.
func (t *Table) grouped(attributes []int) []int {
	all := make([]int, 0, len(attributes))
	for _, a := range attributes {
		first, end := t.Space.Group(a)
		for i := first; i < end; i++ {
			all = append(all, i)
		}
	}
	return all
}

// setsBySize yields sets of needed attributes, the smallest first and each in the order of
// questions, up to most of them. Each is valid until the next.
func setsBySize(needed map[int]bool, most int) iter.Seq[[]int] {
	of := slices.Sorted(maps.Keys(needed))
	return func(yield func([]int) bool) {
		var choose func(set []int, from, more int) bool
		choose = func(set []int, from, more int) bool {
			if more == 0 {
				most--
				return most >= 0 && yield(set)
			}
			for i := from; i <= len(of)-more; i++ {
				if !choose(append(set, of[i]), i+1, more-1) {
					return false
				}
			}
			return true
		}
		for size := range len(of) {
			if !choose(make([]int, 0, size+1), 0, size+1) {
				return
			}
		}
	}
}

// onto returns boxes reduced to the sides of some attributes, each box once.
func onto(boxes []box.Box, attributes []int) []box.Box {
	var all []box.Box
	for _, b := range boxes {
		projected := make(box.Box, 0, min(len(b), len(attributes)))
		for _, a := range attributes {
			if admits, constrained := b.Side(a); constrained {
				projected = append(projected, box.Side{Attribute: a, Admits: admits})
			}
		}
		if !slices.ContainsFunc(all, projected.Equal) {
			all = append(all, projected)
		}
	}
	return all
}
