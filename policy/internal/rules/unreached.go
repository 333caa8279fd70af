package rules

import (
	"context"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// A table of tiers is one component: some tier in tiers; input.age >= tier.from; the amount of the
// tier. Only when nothing is asked of the elder does it show that a tier is for nobody.

// unreached returns what the head would grant if nothing were asked of the elder, but grants to
// nobody. It also returns where the elder is asked, if that is only one place. It finds nothing
// when what is granted depends on the elder.
func (w *work) unreached(ctx context.Context, k *component, known []string) ([]any, *ast.Location, error) {
	unasked, asked := w.module.splitter.unasked(k)
	if unasked == nil {
		return nil, nil, nil
	}
	q, err := w.newQuery(ctx, unasked)
	if err != nil {
		return nil, nil, err
	}
	defer q.close()
	if _, err := q.ask(ctx, ast.NewTerm(ast.NewObject())); err != nil {
		return nil, nil, err
	}
	var unreached []any
	for n, text := range q.texts {
		if !slices.Contains(known, text) {
			unreached = append(unreached, q.values[n])
		}
	}
	if len(asked) != 1 || len(unreached) == 0 {
		return unreached, nil, nil
	}
	return unreached, asked[0], nil
}

// unasked returns a component without the expressions that depend on the elder, and where these
// stand. It returns nil when the head depends on one of them.
func (s *splitter) unasked(k *component) (*component, []*ast.Location) {
	rest := *k
	rest.body = nil
	var asked []*ast.Location
	known, lost := ast.NewVarSet(), ast.NewVarSet()
	for _, e := range k.body {
		vars := localVars(e)
		if len(vars.Intersect(lost)) == 0 && !s.asksElder(e) {
			same := *e
			rest.body.Append(&same)
			known.Update(vars)
			continue
		}
		lost.Update(vars.Diff(known)) // if some are unknown, this would be the first place to report them
		if !e.Generated {
			asked = append(asked, e.Location)
		}
	}
	if lost.Contains(granted) || len(asked) == 0 {
		return nil, nil
	}
	return &rest, asked
}

// asksElder reports whether an expression reads the elder, even in a rule that it refers to.
func (s *splitter) asksElder(e *ast.Expr) bool {
	reads := s.all(ast.Body{e})
	return len(reads.attributes) > 0 || reads.whole != nil
}
