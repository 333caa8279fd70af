package ruleset

import (
	"context"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/answers"
)

// Part is what an elder has of one service. Elders who have the same share one Part. It is
// immutable.
type Part = answers.Answer

// Services returns the ids of the services that a decision is about, in the order of
// [Ruleset.Parts].
func (r *Ruleset) Services() []string {
	if !r.compiled() {
		return nil
	}
	return r.answers.Services()
}

// Parts appends the parts of the decision that [Ruleset.Decide] returns, one for each service. Use
// it to prepare something once for each part, and then answer many elders.
func (r *Ruleset) Parts(ctx context.Context, p *elder.Profile, parts []*Part) ([]*Part, error) {
	if err := r.Ready(ctx, p); err != nil {
		return parts, err
	}
	cells := p.Cells()
	parts, err := r.decider.Vector(ctx, r.world, &cells, parts)
	return parts, named(err, p)
}

// TotalOf returns the total of a decision from all its parts, in the order of [Ruleset.Services].
// It returns the zero Total when a part is missing or belongs to other lists. The lists in the
// total are shared and must not be changed.
func (r *Ruleset) TotalOf(parts []*Part) decide.Total {
	if !r.compiled() {
		return decide.Total{}
	}
	return r.decider.Total(parts)
}

// Alone returns a decision that holds one part and no total. The decision is empty for a part of
// other lists. It must not be changed.
func (r *Ruleset) Alone(p *Part) *decide.Decision {
	if !r.compiled() {
		return &decide.Decision{}
	}
	return r.decider.Alone(p)
}

// EncodeValue encodes an elder with one attribute or input. It reports false when something is
// wrong with it; [Ruleset.Encode] says what.
func (r *Ruleset) EncodeValue(name string, value any) (elder.Profile, bool) {
	if !r.compiled() {
		return elder.Profile{}, false
	}
	return r.Table.Space.EncodeValue(name, value, r.Jurisdiction, r.On)
}
