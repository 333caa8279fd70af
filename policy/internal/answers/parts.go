package answers

import (
	"context"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// Services returns the ids of the services that answers are about, in the order of
// [Decider.Vector].
func (s *Answers) Services() []string {
	ids := make([]string, len(s.services))
	for i, v := range s.services {
		ids[i] = v.id
	}
	return ids
}

// Number returns a number that tells answers apart, most of the time: it repeats after four
// billion.
func (a *Answer) Number() uint32 { return a.number }

// Vector appends the answers of all services for an elder. Elders who have the same of a service
// share its answer. Errors are those of [Decider.Decide]; nothing is allocated once all answers are
// made.
func (d *Decider) Vector(ctx context.Context, w World, c *elder.Cells, answers []*Answer) ([]*Answer, error) {
	return d.vector(ctx, w, c, answers)
}

// Total returns the total of the answers of all services, in the order of [Answers.Services]. It
// returns zero for anything else. Its lists are shared and must not be changed.
func (d *Decider) Total(answers []*Answer) decide.Total {
	if len(answers) != len(d.services) {
		return decide.Total{}
	}
	for i, a := range answers {
		if a == nil || a.details == nil || a.of != d.services[i] {
			return decide.Total{}
		}
	}
	return d.total(answers).Total
}

// Alone returns the decision that is made of one answer, without a total. Of an answer of other
// lists, or of none, it is empty.
func (d *Decider) Alone(a *Answer) *decide.Decision {
	if a == nil || a.details == nil || !slices.Contains(d.services, a.of) {
		return &decide.Decision{}
	}
	of := d.of
	of.Possible = a.possible
	if a.entitled.Granted != nil {
		of.Entitled = []decide.Entitlement{a.entitled}
	}
	if a.discretionary.Granted != nil {
		of.Discretionary = []decide.Entitlement{a.discretionary}
	}
	return &of
}
