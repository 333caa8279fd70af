package ruleset

import (
	"context"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/answers"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// Service returns what an encoded elder gets of one service. There may be one award of what is
// promised, and one of what is only permitted. The awards must not be changed.
func (r *Ruleset) Service(ctx context.Context, p *elder.Profile, service string) ([]decide.Award, error) {
	if err := r.Ready(ctx, p); err != nil {
		return nil, err
	}
	cells := p.Cells()
	awards, err := r.answers.Service(ctx, r.world, &cells, service)
	return awards, named(err, p)
}

// Try evaluates an opaque rule on every completion of an elder's missing attributes, and returns
// the cases found. The cases hold for this elder, and constrain only missing attributes. Try
// reports false when there are too many completions. Where the ruleset takes missing attributes as
// absent, the profile must come from [Ruleset.Close], and Try completes only what cannot be absent.
func (r *Ruleset) Try(ctx context.Context, p *elder.Profile, rule table.Opaque) ([]table.Case, bool, error) {
	if err := r.Ready(ctx, p); err != nil {
		return nil, false, err
	}
	attributes := rule.Applied.Reads
	if r.AssumesKnown() {
		left := r.left(p.Cells())
		attributes = slices.DeleteFunc(slices.Clone(attributes), func(name string) bool { return !slices.Contains(left, name) })
	}
	return r.oracle.try(ctx, r.Table, p.Cells(), answers.Rule{Layer: rule.Layer, Applied: rule.Applied}, attributes)
}
