package check

import (
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// assumed are findings of the elders who would lose of a subject if there were any: a contradiction
// that a folder adds says that there is none. Whoever writes a list may write that, too, so it is
// told, one finding for each contradiction.
func (c *checker) assumed(of subject) []Finding {
	if len(c.added) == 0 {
		return nil
	}
	open := *c
	open.impossible = slices.DeleteFunc(slices.Clone(c.impossible), func(b box.Box) bool {
		return slices.ContainsFunc(c.added, func(x rules.Contradiction) bool { return x.Box.Equal(b) })
	})
	lost := open.lostOf(of)
	var findings []Finding
	for i, x := range c.added {
		said := slices.IndexFunc(c.added, func(y rules.Contradiction) bool { return y.Pos == x.Pos })
		if said == i {
			findings = append(findings, open.hidden(of, x, lost)...)
		}
	}
	return findings
}

// hidden is a finding of the elders among those who lose whom a contradiction rules out, none when
// there are none.
func (c *checker) hidden(of subject, by rules.Contradiction, lost []lostRegion) []Finding {
	var out, region []box.Box
	for _, x := range c.added {
		if x.Pos == by.Pos {
			out = append(out, x.Box)
		}
	}
	var above []lostRegion
	for _, l := range lost {
		if part := within(l.region, out, c.space.Values); len(part) > 0 {
			region, above = append(region, part...), append(above, l)
		}
	}
	if len(region) == 0 {
		return nil
	}
	f := Finding{
		Service: of.services[0], Kind: Assumed, Severity: policy.SeverityWarning, Method: Proof, From: c.parent.On,
		ChildPos: by.Pos, Child: lineOf(by.Pos), Boxes: box.Cover(region, c.impossible, c.space.Values),
		Note: fmt.Sprintf("nobody loses only because no elder is so, as a folder says: %s", by.Message), Assumes: by.Message,
	}
	if of.together != nil {
		f.Services = of.services
	}
	f.Region = words.Region(c.space, f.Boxes, words.Names)
	full := c.space.Plainest(box.Subtract(f.Boxes[:1], c.impossible, c.space.Values))
	for _, l := range above {
		f.promisedBy(l.by, full)
	}
	shown, _ := c.sparse(full, f.Boxes[0], func(elder.Cells) bool { return true })
	f.Witness = c.space.Elder(shown)
	return []Finding{f}
}

// lostOf are the regions in which elders lose of a subject, by the table.
func (c *checker) lostOf(of subject) []lostRegion {
	if of.together == nil {
		return c.lost(of.services[0])
	}
	var lost []box.Box
	for _, service := range of.services {
		for _, l := range c.lost(service) {
			if l.excuses() {
				lost = append(lost, l.region...)
			}
		}
	}
	return c.lostTogether(of.together, lost)
}
