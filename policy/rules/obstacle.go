package rules

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// obstacle is why something is no box, and where in the source that is.
type obstacle struct {
	reason string
	at     *ast.Location // nil when it is not known
}

// opacity says an obstacle in the words of the source: the whole expression that it is a part of.
func (r *Rule) opacity(o *obstacle) *Opacity {
	said := &Opacity{Reason: o.reason, Expression: r.Service, Pos: r.Pos}
	if at := r.module.statement(o.at); at != nil && len(at.Text) > 0 {
		said.Expression, said.Pos = strings.Join(strings.Fields(string(at.Text)), " "), position(at)
	}
	return said
}

// statement is where the expression of a body stands that a location is a part of; in the head of a rule, the call whose operator
// stands there.
func (m *Module) statement(at *ast.Location) *ast.Location {
	if at == nil || m.compiler.Modules[at.File] == nil {
		return at
	}
	body, head := at, at
	evaluation.RLock()
	defer evaluation.RUnlock()
	ast.WalkBodies(m.compiler.Modules[at.File], func(of ast.Body) bool {
		for _, expr := range of {
			switch {
			case !covers(expr.Location, at):
			case !expr.Generated && len(expr.Location.Text) > len(body.Text):
				body = expr.Location
			case expr.IsCall() && expr.OperatorTerm().Location != nil && expr.OperatorTerm().Location.Offset == at.Offset:
				head = expr.Location
			}
		}
		return false
	})
	if body != at {
		return body
	}
	return head
}

// covers reports whether one location is a part of another.
func covers(whole, part *ast.Location) bool {
	return whole != nil && whole.Offset <= part.Offset && part.Offset+len(part.Text) <= whole.Offset+len(whole.Text)
}

// because is an obstacle in an atom.
func because(reason string, atom ast.Body) *obstacle { return &obstacle{reason, locationOf(atom)} }

// locationOf is where what is left of a body, an expression or a term was written, nil when that is not known: partial evaluation
// keeps it of some parts only. The longest expression counts, else the first term.
func locationOf(left any) *ast.Location {
	var found *ast.Location
	ast.WalkExprs(left, func(expr *ast.Expr) bool {
		if inFile(expr.Location) && (found == nil || len(expr.Location.Text) > len(found.Text)) {
			found = expr.Location
		}
		return false
	})
	ast.WalkTerms(left, func(t *ast.Term) bool {
		if found == nil && inFile(t.Location) {
			found = t.Location
		}
		return found != nil
	})
	return found
}

// inFile reports whether a location is one in a file, and not in our query.
func inFile(at *ast.Location) bool { return at != nil && at.File != "" }

// locationOfUnknown is where the part of an object was written that depends on the elder: of the grant, in a body that grants.
func locationOfUnknown(body ast.Body) *ast.Location {
	for _, expr := range body {
		for _, t := range expr.Operands() {
			if _, isObject := t.Value.(ast.Object); !isObject || !expr.IsEquality() || ast.IsConstant(t.Value) {
				continue
			}
			for part := unknownPart(t); part != nil; part = unknownPart(part) {
				t = part
			}
			return locationOf(definition(t, body))
		}
	}
	return nil
}

// definition is what a body makes of a variable: a term that is none defines itself.
func definition(t *ast.Term, body ast.Body) any {
	v, isVar := t.Value.(ast.Var)
	if !isVar {
		return t
	}
	for _, expr := range body {
		if operands := expr.Operands(); len(operands) > 0 && operands[len(operands)-1].Value.Compare(v) == 0 {
			return expr
		}
	}
	return t
}

// unknownPart is a member of a collection that is not constant, nil when there is none.
func unknownPart(t *ast.Term) *ast.Term {
	var part *ast.Term
	take := func(t *ast.Term) {
		if part == nil && !ast.IsConstant(t.Value) {
			part = t
		}
	}
	switch v := t.Value.(type) {
	case ast.Object:
		v.Foreach(func(_, value *ast.Term) { take(value) })
	case *ast.Array:
		v.Foreach(take)
	case ast.Set:
		v.Foreach(take)
	}
	return part
}
