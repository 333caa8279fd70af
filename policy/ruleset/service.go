package ruleset

import (
	"context"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/layer"
	"github.com/basic-eldercare/eldercare/policy/table"
)

// Service is what an encoded elder gets of one service, as [Ruleset.Decide], or in a closed world [Ruleset.DecideKnown], answers
// it, at a fraction of the cost: an award of what is promised, and one of what is only permitted, each if there is any. The
// elder must be one that can exist.
func (r *Ruleset) Service(ctx context.Context, p *elder.Profile, service string, closed bool) ([]decide.Award, error) {
	if closed {
		return r.serviceKnown(ctx, p, service)
	}
	certain, possible := make([]uint64, r.Table.Words()), make([]uint64, r.Table.Words())
	r.Table.Bits(&p.Cells, certain, possible)
	var opaque []placed
	for _, o := range r.opaqueOf(service) {
		opaque = append(opaque, placed{o.Layer, o.Applied})
	}
	return r.awardsOver(ctx, p, casesOf(service, r.Table.CasesOf(possible)), opaque)
}

func (r *Ruleset) serviceKnown(ctx context.Context, p *elder.Profile, service string) ([]decide.Award, error) {
	closed := r.Close(*p)
	held := func(ctx context.Context, c elder.Cells) ([]decide.Held, error) { return r.heldOf(ctx, c, service) }
	if left := r.left(closed.Cells); len(left) > 0 {
		return r.inAll(ctx, &closed, left, held)
	}
	of, err := held(ctx, closed.Cells)
	return decide.Awards(r.Table.Layers, of), err
}

// heldOf are the rules of a service that hold for an elder whose missing attributes have no value.
func (r *Ruleset) heldOf(ctx context.Context, c elder.Cells, service string) ([]decide.Held, error) {
	bits := make([]uint64, r.Table.Words())
	r.Table.ClosedBits(&c, bits)
	held := table.Held(casesOf(service, r.Table.CasesOf(bits)))
	if len(r.opaqueOf(service)) == 0 {
		return held, nil
	}
	opaque, err := r.oracle.held(ctx, r.Table.Space.Input(c), func(i int, a layer.Applied) bool {
		return a.Service.ID == service && isOpaque(r.Table, i, a)
	})
	held = append(held, opaque...)
	sortAsDeclared(r.Table.Layers, held, func(h decide.Held) (int, layer.Applied) { return h.Layer, h.Applied })
	return held, err
}

func casesOf(service string, cases []table.Case) []table.Case {
	return slices.DeleteFunc(cases, func(c table.Case) bool { return c.Grant.Service != service })
}

func (r *Ruleset) opaqueOf(service string) []table.Opaque {
	var of []table.Opaque
	for _, o := range r.Table.Opaque {
		if o.Applied.Service.ID == service {
			of = append(of, o)
		}
	}
	return of
}

// Try tries an opaque rule on every completion of what is missing of an elder, and gives the cases that come of it: they are those
// of the elder as known, and constrain only what is missing. It reports false when there are too many completions. In a closed
// world the profile is one of [Ruleset.Close], and only what cannot be absent is tried.
func (r *Ruleset) Try(ctx context.Context, p *elder.Profile, rule table.Opaque, closed bool) ([]table.Case, bool, error) {
	attributes := rule.Applied.Attributes
	if closed {
		left := r.left(p.Cells)
		attributes = slices.DeleteFunc(slices.Clone(attributes), func(name string) bool { return !slices.Contains(left, name) })
	}
	return r.oracle.try(ctx, r.Table, p.Cells, placed{rule.Layer, rule.Applied}, attributes)
}
