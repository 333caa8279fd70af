package check

import (
	"cmp"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// lostRegion is a region in which elders lose in one way, as disjoint boxes, with the parent's
// cases that promise what is lost.
type lostRegion struct {
	loss
	region []box.Box
	by     []table.Case
}

// prove returns findings about the regions in which elders lose of a subject whose rules are all
// unions of boxes. If plain OPA does not confirm one of them, it returns only that doubt.
func (c *checker) prove(of subject, lost []lostRegion) (findings []Finding, doubt *Finding, err error) {
	for _, l := range lost {
		f := c.finding(l.loss)
		f.Boxes = box.Cover(l.region, c.impossible, c.space.Values)
		f.Region, f.Who = words.Region(c.space, f.Boxes, words.Names), words.Region(c.space, f.Boxes, words.Chinese)
		confirmed, err := c.show(of, f, l)
		switch {
		case err != nil && c.ctx.Err() != nil:
			return nil, nil, err
		case err != nil:
			return nil, f.unanswered(err), nil
		case !confirmed:
			return nil, f.disagreement(), nil
		}
		findings = append(findings, *f)
	}
	return findings, nil, nil
}

// disagreement returns the finding as a disagreement between the table and plain OPA.
func (f Finding) disagreement() *Finding {
	f.Kind, f.Severity, f.Boxes = Disagreement, policy.SeverityError, nil
	f.Note = "the decision table and plain OPA answer differently for this elder: a fault of eldercare, please report it"
	return &f
}

// unanswered returns a finding that plain OPA cannot answer for the elder of this finding.
func (f Finding) unanswered(err error) *Finding {
	f.Kind, f.Severity, f.Boxes, f.Measure = Unanswered, policy.SeverityError, nil, ""
	f.Want, f.Have, f.WantBound, f.HaveBound, f.WantOf, f.HaveOf, f.HaveOpen = nil, nil, "", "", "", "", false
	f.WantBundle, f.HaveBundles = nil, nil
	f.Note = err.Error()
	return &f
}

// lost returns the regions in which elders lose something of a service, according to the table.
func (c *checker) lost(service string) []lostRegion {
	upper, lower := c.cases(c.parent, service), c.cases(c.child, service)
	var all []lostRegion
	if region := c.subtract(table.Boxes(upper), table.Boxes(lower)); len(region) > 0 {
		all = append(all, lostRegion{loss{kind: c.withholding(service), service: service}, region, upper})
	}
	all = append(all, c.shortened(service, upper, lower)...)
	return append(all, c.lowered(service)...)
}

// cases returns the cases of some services that count on a side, for elders of whom everything is
// known. They come service by service.
func (c *checker) cases(side Side, services ...string) []table.Case {
	var cases []table.Case
	for _, service := range services {
		cases = append(cases, c.casesOf(side, service)...)
	}
	if side == c.child && len(c.lacks) > 0 {
		return slices.DeleteFunc(cases, func(k table.Case) bool {
			return slices.ContainsFunc(c.lacks, func(a int) bool { return c.reads([]table.Case{k}, a) })
		})
	}
	return cases
}

// casesOf returns the cases of a service, be an attribute that they read lacking or not.
func (c *checker) casesOf(side Side, service string) []table.Case {
	key := counted{side, service}
	if cases, known := c.counted[key]; known {
		return cases
	}
	var cases []table.Case
	for _, k := range side.Table.Cases {
		if k.Layer >= c.layers(side) || k.Grant.Service != service || k.Grant.Discretionary {
			continue
		}
		if b, some := side.Table.Known(k.Box); some {
			k.Box = b
			cases = append(cases, k)
		}
	}
	c.counted[key] = cases
	return cases
}

// subtract takes boxes away from a region, and also the elders who cannot exist.
func (c *checker) subtract(region, away []box.Box) []box.Box {
	return box.Subtract(box.Subtract(region, away, c.space.Values), c.impossible, c.space.Values)
}

// lowered returns the regions in which the child grants the service, but promises less of a measure
// than the parent or leaves it open. There is one for each number that is wanted and each that is
// had instead.
func (c *checker) lowered(service string) []lostRegion {
	upper, lower := c.cases(c.parent, service), c.cases(c.child, service)
	granted := table.Boxes(lower)
	linked := c.linking(service)
	all := c.loweredBundles(linked, upper, lower)
	for _, measure := range linked.others(table.Held(upper)) {
		first := len(all)
		given := tiers(lower, measure, sameNumber)
		wants := tiers(upper, measure, sameNumber)
		for i, wanted := range wants {
			better := hiding(wants, i)
			away := better
			for _, g := range given {
				if c.meets(*g.promise, *wanted.promise) {
					away = append(slices.Clip(away), g.boxes...)
				}
			}
			region := within(c.subtract(c.owed(wanted, upper, measure), away), granted, c.space.Values)
			all = append(all, c.parted(loss{kind: Lower, service: service, measure: measure, want: wanted.promise}, region, given, wanted.cases)...)
		}
		slices.SortStableFunc(all[first:], func(a, b lostRegion) int { return cmp.Compare(a.kind, b.kind) }) // lower before open
	}
	return all
}

// hiding returns the boxes of better tiers than the i-th, in which the promise of the i-th need not
// be met too. If two open amounts cannot be compared, neither is the better one. Nor is a number
// better than an amount that depends on a number that nobody states.
func hiding(tiers []tier, i int) []box.Box {
	var boxes []box.Box
	p := *tiers[i].promise
	for n, t := range tiers {
		open := p.Open() && t.promise.Open()
		if !open && n < i && !owesUnknown(p) || open && n != i && t.promise.Meets(p) {
			boxes = append(boxes, t.boxes...)
		}
	}
	return boxes
}

// owed returns the boxes of a tier. If its amount depends on a missing number, it leaves out those
// elders for whom a list below states the amount.
func (c *checker) owed(t tier, cases []table.Case, measure string) []box.Box {
	if !owesUnknown(*t.promise) {
		return t.boxes
	}
	held := table.Held(cases)
	var boxes []box.Box
	for i, open := range table.Held(t.cases) {
		var stated []box.Box
		for n, h := range held {
			if states(h, open, measure) {
				stated = append(stated, cases[n].Box)
			}
		}
		boxes = append(boxes, box.Subtract(t.boxes[i:i+1], stated, c.space.Values)...)
	}
	return boxes
}

// meets reports whether what the child promises is at least as much as what is wanted. If the child
// has the number of the base of a wanted share, amounts are compared.
func (c *checker) meets(p, want policy.Promise) bool {
	if p.Meets(want) {
		return true
	}
	amount := c.shareOf(want)
	if amount == nil {
		return false
	}
	number := policy.Promise{Bound: policy.AtLeast, Value: amount, Less: want.Less}
	if want.Less {
		number.Bound = policy.AtMost
	}
	return p.Meets(number)
}

// shareOf returns the amount of an open share of a base whose number the child has, or nil for any
// other promise.
func (c *checker) shareOf(want policy.Promise) *policy.Decimal {
	share := want.OpenShare()
	if share == nil {
		return nil
	}
	base := c.child.Table.Layers[0].Parameters.Amount(share.Of)
	if base == nil {
		return nil
	}
	amount := share.Amount(base)
	return &amount
}

// parted splits a region in which something is lost, by the best that is had there instead.
func (c *checker) parted(l loss, region []box.Box, given []tier, by []table.Case) []lostRegion {
	var parts []lostRegion
	for _, g := range given {
		part := within(region, g.boxes, c.space.Values)
		if len(part) == 0 {
			continue
		}
		have := l
		have.have = g.promise
		if g.promise.Open() && !l.want.Open() {
			have.kind = Open
		}
		parts = append(parts, lostRegion{have, part, by})
		region = box.Subtract(region, g.boxes, c.space.Values)
	}
	if len(region) > 0 {
		parts = append(parts, lostRegion{l, region, by})
	}
	return parts
}

// tier is a set of cases that promise the same of a measure.
type tier struct {
	promise *policy.Promise
	boxes   []box.Box
	cases   []table.Case
}

// tiers returns the tiers of a measure, the best first, by what promises are taken for the same.
func tiers(cases []table.Case, measure string, same func(p, q *policy.Promise) bool) []tier {
	promised := slices.DeleteFunc(slices.Clone(cases), func(k table.Case) bool { _, ok := k.Grant.Measures[measure]; return !ok })
	slices.SortStableFunc(promised, func(a, b table.Case) int { return order(a.Grant.Measures[measure], b.Grant.Measures[measure]) })
	var all []tier
	for _, k := range promised {
		p := k.Grant.Measures[measure]
		if len(all) == 0 || !same(all[len(all)-1].promise, &p) {
			all = append(all, tier{promise: &p})
		}
		last := &all[len(all)-1]
		last.boxes, last.cases = append(last.boxes, k.Box), append(last.cases, k)
	}
	return all
}

// within returns the part of a region that lies in one of the boxes. Both the region and the result
// are disjoint boxes.
func within(region, boxes []box.Box, all func(int) box.Set) []box.Box {
	var parts []box.Box
	for _, b := range boxes {
		for _, r := range region {
			if both, some := r.Intersect(b); some {
				parts = append(parts, box.Subtract([]box.Box{both}, parts, all)...)
			}
		}
	}
	return parts
}

// deniedAt sets the finding's place to the exclusion by which the child denies the service to an
// elder, if there is one.
func (c *checker) deniedAt(f *Finding, cells elder.Cells) {
	for _, d := range c.child.Table.Denied {
		if d.Layer == 0 && d.Grant.Service == f.Service && !d.Grant.Discretionary && d.Box.Contains(cellOf(&cells)) {
			f.ChildPos, f.Child = d.By.Pos, lineOf(d.By.Pos)
			return
		}
	}
}

// promisedBy notes where the first of some cases stands that applies to an elder, if one does.
func (f *Finding) promisedBy(cases []table.Case, cells elder.Cells) {
	for _, k := range cases {
		if k.Box.Contains(cellOf(&cells)) {
			f.above(k.Rule.Pos)
			return
		}
	}
}

// show picks the plainest elder of the finding's region and names the rule that makes the promise.
// It reports whether plain OPA confirms that the elder loses in this way. If not, the elder is
// shown with all attributes, and the error says why OPA could not answer, if that is the reason.
func (c *checker) show(of subject, f *Finding, l lostRegion) (confirmed bool, err error) {
	needed := f.Boxes[0]
	full := c.space.Plainest(box.Subtract([]box.Box{needed}, c.impossible, c.space.Values))
	f.promisedBy(l.by, full)
	if l.kind == Narrower {
		c.deniedAt(f, full)
	}
	shown, confirmed := c.sparse(full, needed, func(cells elder.Cells) bool {
		var losses []loss
		losses, err = c.lossesOf(of, cells)
		return slices.ContainsFunc(losses, l.same)
	})
	f.Witness = c.space.Elder(shown)
	if confirmed {
		err = nil
	}
	return confirmed, err
}
