package check

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/box"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/table"
)

// maxTrials bounds the elders that one service is tried on: all combinations of the boundary values where they are not more,
// random ones among them otherwise.
const maxTrials = 20_000

// test tries a service of which a rule is opaque, by plain OPA, on elders at the boundaries of what either side's rules
// read. It finds the first elder of each kind who loses.
func (c *checker) test(service string) ([]Finding, error) {
	var findings []Finding
	seen := map[string]bool{}
	for cells := range c.trials(service, maxTrials) {
		lost, err := c.losses(service, cells)
		if err != nil {
			return nil, err
		}
		for _, f := range lost {
			key := string(f.Kind) + f.Measure
			if seen[key] {
				continue
			}
			seen[key] = true
			f.Method, f.From = Tested, c.parent.On
			f.Witness = c.space.Elder(c.shown(cells, box.Box{}))
			f.Region = "not known: a rule is opaque"
			c.place(&f, cells, c.applied(service))
			findings = append(findings, f)
		}
	}
	return findings, nil
}

// applied are the parent's rules of a service as cases of all elders, for their places.
func (c *checker) applied(service string) []table.Case {
	var cases []table.Case
	for _, l := range c.parent.Table.Layers {
		for _, a := range l.Rules {
			if a.Service.ID == service {
				k := table.Case{Applied: a}
				k.Rule = a.Rule
				cases = append(cases, k)
			}
		}
	}
	return cases
}

// losses are the ways in which an elder loses, by plain OPA.
func (c *checker) losses(service string, cells elder.Cells) ([]Finding, error) {
	want, err := c.award(c.parent, len(c.parent.Table.Layers), cells, service)
	if err != nil || want == nil {
		return nil, err
	}
	have, err := c.award(c.child, 1, cells, service)
	if err != nil {
		return nil, err
	}
	if have == nil {
		return []Finding{{Service: service, Kind: Narrower, Severity: policy.SeverityError}}, nil
	}
	var findings []Finding
	for measure, w := range want.Promises {
		h, promised := have.Promises[measure]
		switch {
		case promised && h.Meets(w):
		case promised && h.Open():
			findings = append(findings, Finding{Service: service, Kind: Open, Severity: policy.SeverityWarning, Measure: measure, Want: w.Value})
		default:
			findings = append(findings, Finding{Service: service, Kind: Lower, Severity: policy.SeverityError, Measure: measure, Want: w.Value, Have: h.Value})
		}
	}
	slices.SortFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Measure, b.Measure) })
	return findings, nil
}

// trials yields elders who can exist: every combination of the representative values of the attributes that either side's
// rules of a service read, all else being plain; when those are more than limit, that many at random, by a fixed seed.
func (c *checker) trials(service string, limit int) func(yield func(elder.Cells) bool) {
	axes, total := c.representatives(service), 1
	for _, a := range axes {
		if total <= limit {
			total *= len(a.cells)
		}
	}
	return func(yield func(elder.Cells) bool) {
		random := rand.New(rand.NewPCG(1, 2))
		for n := range min(total, limit) {
			cells := c.space.Close(elder.Cells{})
			rest := n
			for _, a := range axes {
				i := rest % len(a.cells)
				rest /= len(a.cells)
				if total > limit {
					i = random.IntN(len(a.cells))
				}
				cells[a.attribute] = a.cells[i]
			}
			if c.exists(cells) && !yield(cells) {
				return
			}
		}
	}
}

// exists reports whether nothing about an elder contradicts.
func (c *checker) exists(cells elder.Cells) bool {
	return !slices.ContainsFunc(c.impossible, func(b box.Box) bool {
		return b.Contains(func(a int) uint8 { return cells[a] })
	})
}

// representative are the cells of an attribute that stand for all of its values.
type representative struct {
	attribute int
	cells     []uint8
}

// representatives are, of each attribute that either side's rules of a service read, the values that stand for all: of
// an integer the numbers one below, at and one above each threshold that the rules' parameters state, and its ends; of
// any other all.
func (c *checker) representatives(service string) []representative {
	read := map[int]bool{}
	var thresholds []int
	for _, side := range []Side{c.child, c.parent} {
		for _, l := range side.Table.Layers {
			for _, a := range l.Rules {
				if a.Service.ID != service {
					continue
				}
				for _, name := range a.Attributes {
					if i, ok := c.space.Index(name); ok {
						read[i] = true
					}
				}
				thresholds = append(thresholds, l.Parameters.Thresholds(a.Parameters)...)
			}
		}
	}
	for _, b := range c.impossible { // what contradicts an attribute read must vary with it
		if slices.ContainsFunc(b, func(s box.Side) bool { return read[s.Attribute] }) {
			for _, s := range b {
				read[s.Attribute] = true
			}
		}
	}
	var all []representative
	for i := range c.space.Axes {
		if read[i] {
			all = append(all, representative{i, c.representativeCells(i, thresholds)})
		}
	}
	return all
}

func (c *checker) representativeCells(attribute int, thresholds []int) []uint8 {
	axis := &c.space.Axes[attribute]
	if axis.Type != policy.Integer || axis.Cells() < 16 {
		return c.space.Values(attribute).Cells()
	}
	cells := box.SetOf(1, uint8(axis.Cells()-1))
	for _, t := range thresholds {
		for n := t - 1; n <= t+1; n++ {
			if cell, ok := axis.Cell(n); ok {
				cells.Add(cell)
			}
		}
	}
	return cells.Cells()
}
