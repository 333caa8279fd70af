package check

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// maxReplay bounds the number of elders on whom the proof of one subject is replayed: all
// combinations of boundary values if there are no more of them, else that many at random.
const maxReplay = 200_000

// Verify repeats the check of one day without the table. Plain OPA answers for both sides, for
// every combination of boundary values of the attributes that their rules read. For each proved
// service, exactly the elders in the regions of the findings must lose, in the way that the
// findings say. Otherwise the report returned has a finding of kind [Disagreement], and the service
// does not count as proved.
func Verify(ctx context.Context, child, parent Side, report *Report) (*Report, error) {
	if err := ready(ctx, child, parent); err != nil {
		return nil, err
	}
	if report == nil {
		return nil, policy.CallError("the report is nil; get one from Checker.At")
	}
	c := newChecker(ctx, child, parent)
	verified := *report
	verified.Findings = slices.Clone(report.Findings)
	for _, of := range c.subjects(report.Services) {
		if slices.ContainsFunc(of.services, func(s string) bool { return slices.Contains(report.TestedServices, s) }) {
			continue
		}
		disagreement, err := c.replay(of, report.Findings)
		if err != nil {
			return nil, err
		}
		if disagreement != nil {
			verified.Findings = append(verified.Findings, *disagreement)
		}
	}
	return Merge(report.Jurisdiction, report.Against, []*Report{&verified}), nil
}

// replay returns a disagreement, with an elder, between what was found of a subject and plain OPA.
// It returns nil when there is none. By an assumed finding nobody loses who exists.
func (c *checker) replay(of subject, findings []Finding) (*Finding, error) {
	t := c.newTester(of)
	findings = slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return !of.has(f) || f.Kind == Assumed })
	for cells := range t.chosen(t.choices(t.boundary), maxReplay, rand.New(rand.NewPCG(1, 2))) {
		d, err := t.disagreement(findings, cells)
		if err := c.ctx.Err(); err != nil {
			return nil, err
		}
		if err != nil {
			return t.found(loss{kind: Unanswered, service: of.services[0]}, cells, err), nil
		}
		if d != nil {
			return t.plainly(findings, cells), nil
		}
	}
	return nil, nil
}

// plainly returns the disagreement about an elder, made as plain as possible.
func (t *tester) plainly(findings []Finding, cells elder.Cells) *Finding {
	disagrees := func(cells elder.Cells) bool {
		d, err := t.disagreement(findings, cells)
		return d != nil && err == nil
	}
	cells = t.simplest(cells, disagrees)
	shown, _ := t.sparse(cells, nil, disagrees)
	d, _ := t.disagreement(findings, cells) // there is one
	d.Witness = t.space.Elder(shown)
	return d
}

// disagreement compares what the findings of a service say of an elder with plain OPA. It returns
// nil when both say the same, else what only one of them says.
func (t *tester) disagreement(findings []Finding, cells elder.Cells) (*Finding, error) {
	lost, err := t.losses(cells)
	if err != nil {
		return nil, err
	}
	for _, f := range findings {
		said := slices.ContainsFunc(f.Boxes, func(b box.Box) bool { return b.Contains(cellOf(&cells)) })
		n := slices.IndexFunc(lost, func(l loss) bool { return l.says(f) })
		switch {
		case said && n < 0:
			return f.unsettled(), nil
		case said:
			lost = slices.Delete(lost, n, n+1)
		}
	}
	if len(lost) == 0 {
		return nil, nil
	}
	owed, err := t.held(&t.above, cells)
	if err != nil {
		return nil, err
	}
	f := t.finding(lost[0])
	f.above(promising(owed, lost[0]))
	return f.unsettled(), nil
}

// unsettled returns a disagreement about the finding for one elder. It is not known which other
// elders it concerns.
func (f Finding) unsettled() *Finding {
	d := f.disagreement()
	d.Method, d.Region, d.Who = Tested, "not known: the decision table and plain OPA disagree", ""
	return d
}
