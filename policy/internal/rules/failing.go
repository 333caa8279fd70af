package rules

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// Failure says that OPA cannot evaluate a rule for some elders. Such a rule is opaque too, and
// plain OPA answers for the other elders.
type Failure struct {
	policy.Diagnostic
	Box     box.Box     // elders for whom it fails, perhaps with others
	Witness elder.Cells // one elder for whom it fails
}

// maxWitnesses is the greatest number of boxes in which a failure is tried.
const maxWitnesses = 64

// failing returns the reduction of a rule that OPA may not be able to evaluate for some elders. It
// is opaque, and has a failure if plain OPA confirms it. The error is a [policy.Diagnostics] when
// the rule fails for everybody for whom OPA comes to it.
func (w *work) failing(ctx context.Context, r *Rule, fails []failing) (*Reduction, error) {
	slices.SortStableFunc(fails, func(a, b failing) int { return boolInt(b.always) - boolInt(a.always) })
	for _, f := range fails {
		failure, err := w.confirm(ctx, r, slices.Concat(f.sure, f.boxes))
		if err != nil {
			return nil, err
		}
		d := w.nameMissing(f.diagnostic, r)
		switch {
		case f.always && (failure != nil || w.rd.misspelt(r)):
			return nil, policy.Diagnostics{d}
		case failure == nil:
			continue
		}
		failure.Diagnostic = d
		opaque := r.opacity(&obstacle{"OPA cannot evaluate it for every elder: " + d.Summary, d.Remedy, f.at})
		return &Reduction{Opaque: opaque, Failing: failure}, nil
	}
	return &Reduction{Opaque: r.opacity(&obstacle{
		"it is not known whether OPA can evaluate it for every elder", fails[0].diagnostic.Remedy, fails[0].at,
	})}, nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// misspelt reports whether a rule reads an attribute that does not exist. Such a rule holds for
// nobody and is refused. Whatever else is wrong with it is reported too.
func (rd *Reducer) misspelt(r *Rule) bool {
	return slices.ContainsFunc(r.Attributes, func(name string) bool {
		_, known := rd.space.Index(name)
		return !known
	})
}

// possible keeps the failures that somebody who can exist meets.
func (rd *Reducer) possible(ctx context.Context, fails []failing) ([]failing, error) {
	if len(fails) == 0 {
		return nil, nil
	}
	impossible, err := rd.impossible(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(fails), func(f failing) bool {
		return len(box.Subtract(f.boxes, impossible, rd.space.All)) == 0
	}), nil
}

// confirm tries the rules of the service on elders of boxes who can exist, until OPA cannot
// evaluate them for one. It returns that elder and the box, or nil.
func (w *work) confirm(ctx context.Context, r *Rule, boxes []box.Box) (*Failure, error) {
	impossible, err := w.rd.impossible(ctx)
	if err != nil {
		return nil, err
	}
	only, err := r.module.Only(r.Service)
	if err != nil {
		return nil, err
	}
	evaluator, err := only.Evaluator(ctx, w.parameters)
	if err != nil {
		return nil, err
	}
	for _, b := range boxes[:min(len(boxes), maxWitnesses)] {
		for _, part := range box.Subtract([]box.Box{b}, impossible, w.rd.space.All) {
			witness := w.rd.member(part)
			_, err := evaluator.Grants(ctx, w.rd.space.Input(witness))
			var failed *EvaluationError
			switch {
			case errors.As(err, &failed):
				return &Failure{Box: b, Witness: witness}, nil
			case err != nil:
				return nil, err
			}
		}
	}
	return nil, nil
}

// member returns an elder of a box, with only what the box asks for given.
func (rd *Reducer) member(b box.Box) elder.Cells {
	var c elder.Cells
	for _, side := range b {
		cells := side.Admits.Cells()
		c[side.Attribute] = cells[len(cells)-1] // Absent comes first
	}
	return c
}

// nameMissing adds to an error of arithmetic on null the names of the parameters without a value
// that the rule reads.
func (w *work) nameMissing(d policy.Diagnostic, r *Rule) policy.Diagnostic {
	if d.Code != "null-parameter" {
		return d
	}
	missing := slices.DeleteFunc(slices.Clone(r.Parameters), func(name string) bool { return !w.parameters.lacks(name) })
	if len(missing) > 0 {
		d.Summary = "the rule computes with " + strings.Join(missing, " and ") + ", which has no value"
	}
	return d
}
