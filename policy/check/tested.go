package check

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// unknownRegion stands for the region of a finding that was only tested.
const unknownRegion = "not known: a rule is opaque"

// test tries a subject that has an opaque rule on many elders, by plain OPA. For each kind and
// measure it finds the first elder who loses, and also the first for whom OPA cannot answer. It
// makes those elders as plain as possible.
func (c *checker) test(of subject) ([]Finding, error) {
	t := c.newTester(of)
	var findings []Finding
	type way struct {
		kind    Kind
		measure string
	}
	seen := map[way]bool{}
	for cells, losses := range t.trials() {
		lost, err := losses(cells)
		if err := c.ctx.Err(); err != nil {
			return nil, err
		}
		if err != nil && of.together == nil { // of several services the one that has no answer says so
			lost = []loss{{kind: Unanswered, service: of.services[0]}}
		}
		for _, l := range lost {
			if kind := (way{l.kind, l.measure}); !seen[kind] {
				seen[kind] = true
				findings = append(findings, *t.found(l, cells, err))
			}
		}
	}
	return findings, c.ctx.Err()
}

// tester tries a subject on elders, by plain OPA with the rules of its services alone.
type tester struct {
	*checker
	of         subject
	above      party
	below      party
	attributes []int // that the rules of either side read, in order
	thresholds []int // ages and years that they compare with
}

// party is one side of a tester.
type party struct {
	side       Side
	oracle     *ruleset.Oracle
	attributes []int // that its rules read
	answered   map[elder.Cells][]decide.Held
}

func (c *checker) newTester(of subject) *tester {
	t := &tester{checker: c, of: of}
	t.above, t.below = c.party(c.parent, of), c.party(c.child, of)
	t.attributes = inOrder(append(slices.Clone(t.above.attributes), t.below.attributes...))
	c.applied(of.services, func(_ Side, l *layer.Layer, a layer.Applied) {
		t.thresholds = append(t.thresholds, l.Parameters.Thresholds(a.Parameters)...)
	})
	return t
}

func (c *checker) party(side Side, on subject) party {
	p := party{side: side, oracle: side.Oracle().Only(on.services...), answered: map[elder.Cells][]decide.Held{}}
	c.applied(on.services, func(of Side, _ *layer.Layer, a layer.Applied) {
		for _, name := range a.Reads {
			if of == side {
				p.attributes = append(p.attributes, c.space.Indexes(name)...)
			}
		}
	})
	p.attributes = inOrder(p.attributes)
	return p
}

func inOrder(attributes []int) []int {
	slices.Sort(attributes)
	return slices.Compact(attributes)
}

// losses returns how an elder loses when only the attributes that the rules read are known.
func (t *tester) losses(cells elder.Cells) ([]loss, error) { return t.lossesBy(t.held, cells) }

// wholeLosses returns the ways in which an elder loses whose attributes are all shown to the rules.
func (t *tester) wholeLosses(cells elder.Cells) ([]loss, error) {
	return t.lossesBy(func(p *party, cells elder.Cells) ([]decide.Held, error) {
		return t.ask(p.oracle, p.side, t.of.services, t.space.Elder(cells))
	}, cells)
}

func (t *tester) lossesBy(held func(*party, elder.Cells) ([]decide.Held, error), cells elder.Cells) ([]loss, error) {
	owed, err := held(&t.above, cells)
	if err != nil || len(owed) == 0 {
		return nil, err
	}
	has, err := held(&t.below, cells)
	return t.of.lost(t.checker, owed, has), err
}

// held returns what counts on a side for an elder. It asks once for all elders who are alike in
// what the side's rules read.
func (t *tester) held(p *party, cells elder.Cells) ([]decide.Held, error) {
	var read elder.Cells
	for _, i := range p.attributes {
		read[i] = cells[i]
	}
	if held, known := p.answered[read]; known {
		return held, nil
	}
	held, err := t.ask(p.oracle, p.side, t.of.services, t.space.Elder(read))
	if err == nil {
		p.answered[read] = held
	}
	return held, err
}

// found returns the finding of a loss, or of what plain OPA cannot answer, with an elder who is as
// plain as possible. Plain OPA with all rules of the lists confirms a loss.
func (t *tester) found(l loss, cells elder.Cells, failure error) *Finding {
	f := t.finding(l)
	f.Method, f.Region, f.Who = Tested, unknownRegion, ""
	plain := t.simplest(cells, l.within(t.losses))
	shown, confirmed := t.sparse(plain, nil, l.within(func(cells elder.Cells) ([]loss, error) { return t.lossesOf(t.of, cells) }))
	f.Witness = t.space.Elder(shown)
	if failure != nil {
		return f.unanswered(failure)
	}
	if owed, err := t.held(&t.above, plain); err == nil && len(owed) > 0 {
		f.above(promising(owed, l))
	}
	if !confirmed {
		return f.disagreement()
	}
	return f
}

// within returns a function that reports whether an elder loses in this way, by a function that
// finds all ways. For [Unanswered] it reports whether there is no answer.
func (l loss) within(losses func(elder.Cells) ([]loss, error)) func(elder.Cells) bool {
	return func(cells elder.Cells) bool {
		lost, err := losses(cells)
		return slices.ContainsFunc(lost, l.same) || err != nil && l.kind == Unanswered
	}
}

// everything is the box of all elders.
var everything = []box.Box{{}}
