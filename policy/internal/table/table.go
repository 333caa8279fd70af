// Package table turns the layers of a jurisdiction into a decision table of cases, and answers from
// it.
//
// A case is a box of elders with what it grants.
package table

import (
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

// Case is a case of one layer.
type Case struct {
	rules.Case
	Layer   int // index into Table.Layers; 0 is the jurisdiction's own list
	Applied layer.Applied
}

// Opaque is a rule of one layer that is not a union of boxes, with the reason.
type Opaque struct {
	Layer   int
	Applied layer.Applied
	rules.Opacity
}

// Failing is a rule of one layer that OPA cannot evaluate for some elders. It is opaque too.
type Failing struct {
	Layer   int
	Applied layer.Applied
	rules.Failure
}

// Table is a jurisdiction's rules on one day, as cases. It is immutable and safe for concurrent
// use.
type Table struct {
	Space          *elder.Space
	Layers         []layer.Layer
	Cases          []Case // by layer, then in the order of the layer's rules
	Opaque         []Opaque
	Failing        []Failing
	Dead           []Dead
	Unreached      []Unreached
	Denied         []Denied
	Contradictions []rules.Contradiction
	distinct       []Case
	bonds          []bond
	impossible     []box.Box
	coupled        [][]int // for each attribute, itself and those whose values it rules out
}

// Dead is a condition that left a branch of a rule without elders.
type Dead struct {
	Layer     int
	Applied   layer.Applied
	Condition rules.Condition
}

// Unreached is what a branch of a rule without elders grants. Another branch may grant the same.
type Unreached struct {
	Layer   int
	Applied layer.Applied
	Grant   rules.Grant
}

// Compile reduces the rules of the layers, in parallel. [Try] has already reported what is wrong
// with them. Here the first such problem is the error.
func Compile(ctx context.Context, rd *rules.Reducer, space *elder.Space, layers []layer.Layer) (*Table, error) {
	contradictions, err := rd.Contradictions(ctx)
	if err != nil {
		return nil, err
	}
	t := &Table{Space: space, Layers: layers, Contradictions: contradictions}
	reductions, err := reduce(ctx, rd, layers)
	if err != nil {
		return nil, err
	}
	for i, l := range layers {
		for j, applied := range l.Rules {
			t.add(i, applied, reductions[i][j])
		}
	}
	t.exclude()
	t.prepare()
	return t, nil
}

// New returns a table of cases that do not come from rules.
func New(space *elder.Space, layers []layer.Layer, cases []Case, contradictions []rules.Contradiction) *Table {
	t := &Table{Space: space, Layers: layers, Cases: cases, Contradictions: contradictions}
	t.prepare()
	return t
}

// prepare computes the lookup data that answers need.
func (t *Table) prepare() {
	t.distinct = withoutRepeats(t.Cases)
	t.bonds = t.bind()
	t.impossible = t.tellable()
	t.coupled = t.couple()
}

func reduce(ctx context.Context, rd *rules.Reducer, layers []layer.Layer) ([][]*rules.Reduction, error) {
	reductions := make([][]*rules.Reduction, len(layers))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, l := range layers {
		reductions[i] = make([]*rules.Reduction, len(l.Rules))
		for j, applied := range l.Rules {
			group.Go(func() error {
				var err error
				reductions[i][j], err = rd.Reduce(ctx, applied.Rule, l.Parameters)
				return err
			})
		}
	}
	return reductions, group.Wait()
}

func (t *Table) add(i int, applied layer.Applied, r *rules.Reduction) {
	if r.Opaque != nil {
		t.Opaque = append(t.Opaque, Opaque{Layer: i, Applied: applied, Opacity: *r.Opaque})
	}
	if r.Failing != nil {
		t.Failing = append(t.Failing, Failing{Layer: i, Applied: applied, Failure: *r.Failing})
	}
	for _, c := range r.Cases {
		t.Cases = append(t.Cases, Case{Case: c, Layer: i, Applied: applied})
	}
	for _, c := range r.Dead {
		t.Dead = append(t.Dead, Dead{Layer: i, Applied: applied, Condition: c})
	}
	for _, g := range r.Unreached {
		t.Unreached = append(t.Unreached, Unreached{Layer: i, Applied: applied, Grant: g})
	}
}

// All returns all cells of an attribute, Absent included.
func (t *Table) All(attribute int) box.Set {
	return t.Space.All(attribute)
}

// IsOpaque reports whether a rule of a service, in any layer, is evaluated by plain OPA.
func (t *Table) IsOpaque(service string) bool {
	for _, o := range t.Opaque {
		if o.Applied.Service.ID == service {
			return true
		}
	}
	return false
}

// Possible returns the region of all elders who can exist and agree with what is known: the
// completions of c.
func (t *Table) Possible(c elder.Cells) []box.Box {
	known, impossible := box.Box{}, slices.Clip(t.Impossible())
	for i := range t.Space.Axes {
		axis := &t.Space.Axes[i]
		switch {
		case c[i] != elder.Absent:
			known = append(known, box.Side{Attribute: i, Admits: box.SetOf(c[i])})
		case axis.AskedOf < 0:
			known = append(known, box.Side{Attribute: i, Admits: t.Space.Values(i)})
		default: // where it is not asked, it stays missing
			impossible = append(impossible, t.notAsked(i, box.SetOf(elder.Absent)))
		}
	}
	return box.Subtract([]box.Box{known}, impossible, t.All)
}

// Known returns a box restricted to elders of whom everything is known, and false when there are
// none. Every attribute of such an elder has a value, except one that is only asked of others.
func (t *Table) Known(b box.Box) (box.Box, bool) {
	for _, side := range b {
		var some bool
		if b, some = b.With(side.Attribute, t.Space.Values(side.Attribute)); !some {
			return nil, false
		}
	}
	return b, true
}

// Declares reports whether the jurisdiction's own list has rules that promise a service, inherited
// ones included.
func (t *Table) Declares(service string) bool { return t.Layers[0].Promises(service) }
