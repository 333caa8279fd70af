package ruleset

import (
	"context"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/answers"
)

// Part is what elders have of one service: those who have the same share one. It is immutable.
type Part = answers.Answer

// Services are the ids of the services that a decision is about, in the order of [Ruleset.Parts].
func (r *Ruleset) Services() []string {
	if !r.compiled() {
		return nil
	}
	return r.answers.Services()
}

// Parts appends the parts of the decision of [Ruleset.Decide]: one a service. Use it to prepare
// something once for each part, and then answer many elders.
func (r *Ruleset) Parts(ctx context.Context, p *elder.Profile, parts []*Part) ([]*Part, error) {
	if err := r.Ready(ctx, p); err != nil {
		return parts, err
	}
	cells := p.Cells()
	parts, err := r.decider.Vector(ctx, r.world, &cells, parts)
	return parts, named(err, p)
}

// TotalOf is the total of all parts of a decision, in the order of [Ruleset.Services]. It is zero
// when one is missing or belongs to other lists. Its lists are shared and must not be changed.
func (r *Ruleset) TotalOf(parts []*Part) decide.Total {
	if !r.compiled() {
		return decide.Total{}
	}
	return r.decider.Total(parts)
}

// Alone is a decision with what one part says, and without a total. It is empty for a part of other
// lists. It must not be changed.
func (r *Ruleset) Alone(p *Part) *decide.Decision {
	if !r.compiled() {
		return &decide.Decision{}
	}
	return r.decider.Alone(p)
}

// EncodeValue encodes an elder of whom one thing is given, an attribute or an input. It reports
// false when something is wrong with that: [Ruleset.Encode] says what.
func (r *Ruleset) EncodeValue(name string, value any) (elder.Profile, bool) {
	if !r.compiled() {
		return elder.Profile{}, false
	}
	return r.Table.Space.EncodeValue(name, value, r.Jurisdiction, r.On)
}
