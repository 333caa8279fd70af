package check

import (
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// assumed returns findings about elders who would lose of a subject if there were any such elders.
// Whoever writes a list may also write that there are none, so the check says that it relies on
// this.
func (c *checker) assumed(of subject) []Finding {
	return slices.Concat(c.ruledOut(of), c.unsaid(of), c.implied(of))
}

// implied returns findings about elders who would lose if one attribute did not give another. The
// first is an attribute that only the child reads for the subject. An elder with other values of
// the two is refused.
func (c *checker) implied(of subject) []Finding {
	var findings []Finding
	for i := range c.space.Links {
		l := &c.space.Links[i]
		if !c.reads(c.cases(c.child, of.services...), l.From) || c.reads(c.cases(c.parent, of.services...), l.From) {
			continue
		}
		open := *c
		open.impossible = slices.DeleteFunc(slices.Clone(c.impossible), func(b box.Box) bool {
			return slices.ContainsFunc(l.Disagreeing(c.space), b.Equal)
		})
		if lost := open.lostOf(of); len(lost) > 0 {
			findings = append(findings, open.assumption(of, c.linkPremise(l), lost, regionOf(lost)))
		}
	}
	return findings
}

// unsaid returns findings about elders who would lose if they had no value of an attribute. It is
// an attribute that only the child reads for the subject, and whose value is missing for elders who
// have nothing of the kind.
func (c *checker) unsaid(of subject) []Finding {
	var findings []Finding
	for i := range c.space.Axes {
		if !c.alwaysHad(i) || !c.reads(c.cases(c.child, of.services...), i) || c.reads(c.cases(c.parent, of.services...), i) {
			continue
		}
		open := *c
		open.lacks = append(slices.Clip(c.lacks), i)
		if lost := open.lostOf(of); len(lost) > 0 {
			findings = append(findings, open.assumption(of, c.valuePremise(i), lost, regionOf(lost)))
		}
	}
	return findings
}

// alwaysHad reports whether everybody is taken to have a value of an attribute that a folder adds,
// as it has none for who has nothing of the kind.
func (c *checker) alwaysHad(attribute int) bool {
	ours := c.space.Vocabulary.Attributes[0].Pos.File // folders add theirs behind
	axis := &c.space.Axes[attribute]
	a := axis.Attribute
	return a.Pos.File != ours && a.Absent == nil && a.Type != policy.Boolean && a.Type != policy.Set && axis.AskedOf < 0
}

// premise is what it rests on that nobody loses: its place, what it is, and that in a sentence.
type premise struct {
	at            policy.Position
	assumes, note string
}

func (c *checker) linkPremise(l *elder.Link) premise {
	from, to := c.space.Axes[l.From].Attribute, c.space.Axes[l.To].Attribute
	return premise{from.Gives.Pos, from.Name + " → " + to.Name,
		fmt.Sprintf("nobody loses, but only because %s gives %s: an elder with other values of the two is refused", from.Name, to.Name)}
}

func (c *checker) valuePremise(attribute int) premise {
	a := c.space.Axes[attribute].Attribute
	return premise{a.Pos, a.Name,
		fmt.Sprintf("nobody loses, but only because everybody has a value of %s: let its key absent name the value of elders who have nothing of the kind", a.Name)}
}

func contradictionPremise(x rules.Contradiction) premise {
	return premise{x.Pos, x.Message, fmt.Sprintf("nobody loses, but only because a folder declares that no such elder exists: %s", x.Message)}
}

// reads reports whether a case depends on an attribute that its rule reads. The box of a case may
// also name attributes that others give away.
func (c *checker) reads(cases []table.Case, attribute int) bool {
	return slices.ContainsFunc(cases, func(k table.Case) bool {
		_, constrained := k.Box.Side(attribute)
		return constrained && slices.Contains(k.Applied.Reads, c.space.Axes[attribute].Attribute.Name)
	})
}

func regionOf(lost []lostRegion) []box.Box {
	var region []box.Box
	for _, l := range lost {
		region = append(region, l.region...)
	}
	return region
}

// ruledOut returns findings about elders who cannot exist because a contradiction that a folder
// adds rules them out. There is one for each such contradiction.
func (c *checker) ruledOut(of subject) []Finding {
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

// hidden returns a finding about those of the elders who lose whom a contradiction rules out. It
// returns none when there are no such elders.
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
	return []Finding{c.assumption(of, contradictionPremise(by), above, region)}
}

// assumption returns the finding that nobody in a region loses only because of what a folder says.
// It names the place of that, and says it in words.
func (c *checker) assumption(of subject, by premise, lost []lostRegion, region []box.Box) Finding {
	f := c.resting(of, by, Proof)
	f.Boxes = box.Cover(region, c.impossible, c.space.Values)
	f.Region, f.Who = words.Region(c.space, f.Boxes, words.Names), words.Region(c.space, f.Boxes, words.Chinese)
	full := c.space.Plainest(box.Subtract(f.Boxes[:1], c.impossible, c.space.Values))
	for _, side := range f.Boxes[0] { // even where an attribute gives another value
		if !side.Admits.Has(full[side.Attribute]) {
			full[side.Attribute] = side.Admits.Cells()[0]
		}
	}
	for _, l := range lost {
		f.promisedBy(l.by, full)
	}
	shown, _ := c.sparse(full, f.Boxes[0], func(elder.Cells) bool { return true })
	f.Witness = c.space.Elder(shown)
	return f
}

// resting returns the finding that nobody loses of a subject only because of a premise, without the
// elders who would.
func (c *checker) resting(of subject, by premise, method Method) Finding {
	f := Finding{
		Service: of.services[0], Kind: Assumed, Severity: policy.SeverityWarning, Method: method, From: c.parent.On,
		ChildPos: by.at, Child: lineOf(by.at), Note: by.note, Assumes: by.assumes,
	}
	if of.together != nil {
		f.Services = of.services
	}
	return f
}

// lostOf returns the regions in which elders lose something of a subject, according to the table.
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
