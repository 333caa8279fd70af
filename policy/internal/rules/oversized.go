package rules

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// parts counts the parts of a value that is written in a clause, with those of what the clause
// refers to: with each comprehension as the one member that it writes, and with many members.
//
// The types of OPA hold the members of a comprehension once. Finding them takes the square of what
// is written. A value holds all members: they may be collected in collections, which may be
// collected again, and so on, four times.
type parts struct{ written, collected int }

const (
	many    = 1 << 6  // as how many members a comprehension counts
	endless = 1 << 28 // more than any bound; no sum of two and no product with many is more than 32 bits count
)

// The values of our lists have fewer than a hundred parts. Tests may write more: whole elders, and
// what they expect. They come with the rules of the bundle, which collect in collections what few
// elders have.
var ofRules, ofRegoTests = parts{1 << 10, 1 << 26}, parts{1 << 14, endless}

func (p parts) plus(q parts) parts {
	return parts{min(p.written+q.written, endless), min(p.collected+q.collected, endless)}
}

func (p parts) max(q parts) parts {
	return parts{max(p.written, q.written), max(p.collected, q.collected)}
}

// asMember returns the parts of the members of a comprehension, as the parts of one.
func (p parts) asMember() parts {
	return parts{p.written, min(p.collected, endless/many) * many}
}

// within says whether a value is not larger than it may be.
func (p parts) within(most parts) bool {
	return p.written <= most.written && p.collected <= most.collected
}

// bounding makes a compiler refuse clauses that are too large to be compiled, once it has told the
// variables apart, and before it finds their types.
func bounding(c *ast.Compiler, most parts) *ast.Compiler {
	refuse := func(c *ast.Compiler) *ast.Error { return refuseOversized(c, most) }
	return c.WithStageAfterID(ast.StageCheckRecursion, ast.CompilerStageDefinition{Name: "oversized", MetricName: "oversized", Stage: refuse})
}

// refuseOversized returns an error for each clause in which a value is written that holds others so
// many times that OPA would not come to an end, as it goes through a value in one step: thirty
// definitions that each write the one before twice make a billion parts. All errors but the first
// are added to those of the compiler.
func refuseOversized(c *ast.Compiler, most parts) *ast.Error {
	w := &written{most: most, compiler: c, clauses: map[*ast.Rule]*writtenClause{}, values: map[*ast.Rule]parts{}, blamed: map[*ast.Rule]bool{}}
	for _, m := range c.Modules {
		for _, r := range m.Rules {
			w.inBody(r)
		}
	}
	if len(w.wrong) == 0 {
		return nil
	}
	c.Errors = append(c.Errors, w.wrong[1:]...)
	return w.wrong[0]
}

// written counts the parts of values that are written in clauses. What a builtin makes counts as
// one part: it is counted while rules are evaluated.
type written struct {
	most     parts
	compiler *ast.Compiler
	clauses  map[*ast.Rule]*writtenClause
	values   map[*ast.Rule]parts // what rules come to
	blamed   map[*ast.Rule]bool
	wrong    ast.Errors
}

var one = parts{1, 1}

// bounded returns a number of parts in a clause. If it is too large, that is an error of the
// clause, and what refers to it is not to blame: there it counts as one.
func (w *written) bounded(n parts, r *ast.Rule) parts {
	if n.within(w.most) {
		return n
	}
	if w.blamed[r] {
		return one
	}
	w.blamed[r] = true
	w.wrong = append(w.wrong, ast.NewError(ast.CompileErr, r.Location, "oversized"))
	return one
}

// inBody looks at what is written in the bodies of a rule, and at what it comes to.
func (w *written) inBody(r *ast.Rule) {
	n := w.value(r)
	for or := r; or != nil; or = or.Else {
		c := w.in(or)
		ast.WalkExprs(or.Body, func(e *ast.Expr) bool {
			ast.WalkTerms(e, func(t *ast.Term) bool {
				n = n.max(c.parts(t))
				return true
			})
			return false
		})
	}
	w.bounded(n, r)
}

// value returns the parts of what a rule comes to.
func (w *written) value(r *ast.Rule) parts {
	if n, known := w.values[r]; known {
		return n
	}
	w.values[r] = one // a rule that refers to itself is an error of its own
	n := one
	for or := r; or != nil; or = or.Else {
		n = n.max(w.in(or).parts(or.Head.Key, or.Head.Value))
	}
	w.values[r] = w.bounded(n, r)
	return w.values[r]
}

// document returns the parts of what the rules come to that a reference may lead to.
func (w *written) document(ref ast.Ref) parts {
	n := one
	for _, r := range w.compiler.GetRulesDynamicWithOpts(ref, ast.RulesOptions{IncludeHiddenModules: true}) {
		n = n.plus(w.value(r))
	}
	return n
}

// writtenClause counts the parts of values that are written in one clause.
type writtenClause struct {
	*written
	stands map[ast.Var]*ast.Term // what a variable stands for, or for a part of which
	known  map[ast.Var]parts     // the parts of what a variable stands for
}

// in reads what the variables of a clause stand for. OPA has ordered the conditions, so that a
// variable gets its value where it first occurs.
func (w *written) in(r *ast.Rule) *writtenClause {
	if c := w.clauses[r]; c != nil {
		return c
	}
	c := &writtenClause{w, map[ast.Var]*ast.Term{}, map[ast.Var]parts{}}
	w.clauses[r] = c
	ast.WalkExprs(r.Body, func(e *ast.Expr) bool {
		operands := e.Operands()
		switch {
		case !e.IsCall():
		case e.IsEquality() || e.IsAssignment():
			c.set(operands[0], operands[1])
			c.set(operands[1], operands[0])
		default: // what a function comes to is behind its arguments
			c.set(operands[len(operands)-1], ast.NewTerm(e.Operator()))
		}
		return false
	})
	return c
}

// set notes that the variables of a term that have no value yet stand for another, or for parts of
// it.
func (c *writtenClause) set(pattern, value *ast.Term) {
	if v, isVar := pattern.Value.(ast.Var); isVar {
		c.stand(v, value)
		return
	}
	visitor := ast.NewVarVisitor().WithParams(ast.VarVisitorParams{SkipRefHead: true, SkipRefCallHead: true, SkipClosures: true})
	visitor.Walk(pattern)
	for v := range visitor.Vars() {
		c.stand(v, value)
	}
}

func (c *writtenClause) stand(v ast.Var, value *ast.Term) {
	if c.stands[v] == nil {
		c.stands[v] = value
	}
}

// parts returns the parts of terms together. A nil term has none.
func (c *writtenClause) parts(terms ...*ast.Term) parts {
	var n parts
	for _, t := range terms {
		if t != nil {
			n = n.plus(c.term(t))
		}
	}
	return n
}

func (c *writtenClause) term(t *ast.Term) parts {
	n := one
	add := func(t *ast.Term) { n = n.plus(c.term(t)) }
	switch v := t.Value.(type) {
	case ast.Var:
		return c.variable(v)
	case ast.Ref:
		if head, isVar := v[0].Value.(ast.Var); isVar && !v.HasPrefix(ast.DefaultRootRef) {
			return c.variable(head)
		}
		return c.document(v)
	case *ast.Array:
		v.Foreach(add)
	case ast.Set:
		v.Foreach(add)
	case ast.Object:
		v.Foreach(func(key, value *ast.Term) { add(key); add(value) })
	case *ast.ArrayComprehension:
		return n.plus(c.parts(v.Term).asMember())
	case *ast.SetComprehension:
		return n.plus(c.parts(v.Term).asMember())
	case *ast.ObjectComprehension:
		return n.plus(c.parts(v.Key, v.Value).asMember())
	}
	return n
}

// variable returns the parts of what a variable stands for.
func (c *writtenClause) variable(v ast.Var) parts {
	if n, known := c.known[v]; known {
		return n
	}
	c.known[v] = one // it may occur in what it is compared with
	if t := c.stands[v]; t != nil {
		c.known[v] = c.term(t)
	}
	return c.known[v]
}
