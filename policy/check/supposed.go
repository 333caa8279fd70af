package check

import (
	"math/rand/v2"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// supposed finds what [checker.assumed] finds, of a subject that can only be tested: the table does
// not have all its rules, so plain OPA is asked about elders whom only a premise rules out.
func (c *checker) supposed(of subject) ([]Finding, error) {
	var findings []Finding
	add := func(by premise, open *checker, out []box.Box, lacks int) error {
		f, err := open.wouldLose(of, by, out, lacks)
		if f != nil {
			findings = append(findings, *f)
		}
		return err
	}
	for i, x := range c.added {
		var out []box.Box
		first := i
		for j, y := range c.added {
			if y.Pos == x.Pos {
				out, first = append(out, y.Box), min(first, j)
			}
		}
		if first < i {
			continue
		}
		if err := add(contradictionPremise(x), c.without(out), out, none); err != nil {
			return nil, err
		}
	}
	t := c.newTester(of)
	onlyBelow := func(i int) bool {
		return slices.Contains(t.below.attributes, i) && !slices.Contains(t.above.attributes, i)
	}
	for i := range c.space.Axes {
		if c.alwaysHad(i) && onlyBelow(i) {
			if err := add(c.valuePremise(i), c, everything, i); err != nil {
				return nil, err
			}
		}
	}
	for i := range c.space.Links {
		if l := &c.space.Links[i]; onlyBelow(l.From) {
			out := l.Disagreeing(c.space)
			if err := add(c.linkPremise(l), c.without(out), out, none); err != nil {
				return nil, err
			}
		}
	}
	return findings, nil
}

// none stands for no attribute.
const none = -1

// without returns the checker where elders in some boxes may exist after all.
func (c *checker) without(boxes []box.Box) *checker {
	open := *c
	open.impossible = slices.DeleteFunc(slices.Clone(c.impossible), func(b box.Box) bool { return slices.ContainsFunc(boxes, b.Equal) })
	return &open
}

// wouldLose returns a finding about the first elder found in some boxes who loses by plain OPA, or
// nil when there is none among those tried. The elder has no value of the attribute that is lacked.
func (c *checker) wouldLose(of subject, by premise, out []box.Box, lacks int) (*Finding, error) {
	t, random := c.newTester(of), rand.New(rand.NewPCG(1, 2))
	lost := func(cells elder.Cells) []loss {
		if lacks != none {
			cells[lacks] = elder.Absent
		}
		if !slices.ContainsFunc(out, func(b box.Box) bool { return b.Contains(cellOf(&cells)) }) {
			return nil
		}
		all, err := t.losses(cells)
		if err != nil {
			return nil // that OPA cannot answer is found where elders who exist are tried
		}
		return all
	}
	for _, b := range out {
		for cells := range t.chosen(t.inside(b), max(1, maxTrials/len(out)), random) {
			all := lost(cells)
			if err := c.ctx.Err(); err != nil {
				return nil, err
			}
			if len(all) > 0 {
				return t.lostBy(by, cells, all[0], func(cells elder.Cells) bool { return len(lost(cells)) > 0 }, lacks), nil
			}
		}
	}
	return nil, nil
}

// inside returns the cells of a box of the attributes that the rules read or the box names. It
// returns nothing when no elder is in the box.
func (t *tester) inside(b box.Box) []choice {
	read := slices.Clone(t.attributes)
	for _, side := range b {
		read = append(read, side.Attribute)
	}
	var axes []choice
	for _, i := range inOrder(read) {
		cells := t.space.Values(i)
		if side, named := b.Side(i); named {
			cells = cells.And(side)
		}
		if cells.Empty() {
			return nil
		}
		axes = append(axes, choice{i, cells.Cells()})
	}
	return axes
}

// lostBy returns the finding about an elder who would lose but for a premise.
func (t *tester) lostBy(by premise, cells elder.Cells, l loss, loses func(elder.Cells) bool, lacks int) *Finding {
	f := t.resting(t.of, by, Tested)
	f.Region = unknownRegion
	if owed, err := t.held(&t.above, cells); err == nil && len(owed) > 0 {
		f.above(promising(owed, l))
	}
	shown, _ := t.sparse(t.simplest(cells, loses), nil, loses)
	if lacks != none {
		shown[lacks] = elder.Absent
	}
	f.Witness = t.space.Elder(shown)
	return &f
}
