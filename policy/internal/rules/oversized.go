package rules

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// bounds are how many parts a value may have that is written in a clause, and in what the clause
// refers to, and as how many of its members a comprehension counts. The values of our lists have
// fewer than a hundred parts.
type bounds struct{ most, members int }

// The types of OPA hold the members of a comprehension once. Finding them takes the square of what
// is written. A value holds all members: they may be collected in collections, which may be
// collected again, and so on, four times. Tests may write more: whole elders, and what they expect.
var ofTypes, ofTestTypes, ofValues = bounds{1 << 10, 1}, bounds{1 << 14, 1}, bounds{1 << 26, 1 << 6}

// bounding makes a compiler refuse clauses that are too large to be compiled, once it has told the
// variables apart, and before it finds their types.
func bounding(c *ast.Compiler, within ...bounds) *ast.Compiler {
	refuse := func(c *ast.Compiler) *ast.Error { return refuseOversized(c, within) }
	return c.WithStageAfterID(ast.StageCheckRecursion, ast.CompilerStageDefinition{Name: "oversized", MetricName: "oversized", Stage: refuse})
}

// refuseOversized returns an error for each clause in which a value is written that holds others so
// many times that OPA would not come to an end, as it goes through a value in one step: thirty
// definitions that each write the one before twice make a billion parts. All errors but the first
// are added to those of the compiler.
func refuseOversized(c *ast.Compiler, within []bounds) *ast.Error {
	for _, b := range within {
		w := &written{bounds: b, compiler: c, values: map[*ast.Rule]int{}, blamed: map[*ast.Rule]bool{}}
		for _, m := range c.Modules {
			for _, r := range m.Rules {
				w.inBody(r)
			}
		}
		if len(w.wrong) > 0 {
			c.Errors = append(c.Errors, w.wrong[1:]...)
			return w.wrong[0]
		}
	}
	return nil
}

// written counts the parts of values that are written in clauses. What a builtin makes counts as
// one part: it is counted while rules are evaluated.
type written struct {
	bounds
	compiler *ast.Compiler
	values   map[*ast.Rule]int // what rules come to
	blamed   map[*ast.Rule]bool
	wrong    ast.Errors
}

// bounded returns a number of parts in a clause. If it is too large, that is an error of the
// clause, and what refers to it is not to blame: there it counts as one.
func (w *written) bounded(parts int, r *ast.Rule) int {
	if parts <= w.most {
		return parts
	}
	if w.blamed[r] {
		return 1
	}
	w.blamed[r] = true
	w.wrong = append(w.wrong, ast.NewError(ast.CompileErr, r.Location, "oversized"))
	return 1
}

// inBody looks at what is written in the bodies of a rule, and at what it comes to.
func (w *written) inBody(r *ast.Rule) {
	n := w.value(r)
	for or := r; or != nil; or = or.Else {
		c := w.in(or)
		ast.WalkExprs(or.Body, func(e *ast.Expr) bool {
			ast.WalkTerms(e, func(t *ast.Term) bool {
				n = max(n, c.parts(t))
				return true
			})
			return false
		})
	}
	w.bounded(n, r)
}

// value returns the parts of what a rule comes to.
func (w *written) value(r *ast.Rule) int {
	if n, known := w.values[r]; known {
		return n
	}
	w.values[r] = 1 // a rule that refers to itself is an error of its own
	n := 1
	for or := r; or != nil; or = or.Else {
		n = max(n, w.in(or).parts(or.Head.Key, or.Head.Value))
	}
	w.values[r] = w.bounded(n, r)
	return w.values[r]
}

// document returns the parts of what the rules come to that a reference may lead to.
func (w *written) document(ref ast.Ref) int {
	n := 1
	for _, r := range w.compiler.GetRulesDynamicWithOpts(ref, ast.RulesOptions{IncludeHiddenModules: true}) {
		n = min(n+w.value(r), w.most+1)
	}
	return n
}

// writtenClause counts the parts of values that are written in one clause.
type writtenClause struct {
	*written
	stands map[ast.Var]*ast.Term // what a variable stands for, or for a part of which
	known  map[ast.Var]int       // the parts of what a variable stands for
}

// in reads what the variables of a clause stand for. OPA has ordered the conditions, so that a
// variable gets its value where it first occurs.
func (w *written) in(r *ast.Rule) *writtenClause {
	c := &writtenClause{w, map[ast.Var]*ast.Term{}, map[ast.Var]int{}}
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
	visitor := ast.NewVarVisitor().WithParams(ast.VarVisitorParams{SkipRefHead: true, SkipRefCallHead: true, SkipClosures: true})
	visitor.Walk(pattern)
	for v := range visitor.Vars() {
		if c.stands[v] == nil {
			c.stands[v] = value
		}
	}
}

// parts returns the parts of terms together, or more than a value may have. A nil term has none.
func (c *writtenClause) parts(terms ...*ast.Term) int {
	n := 0
	add := func(t *ast.Term) { n = min(n+c.parts(t), c.most+1) }
	for _, t := range terms {
		if t == nil {
			continue
		}
		n++
		switch v := t.Value.(type) {
		case ast.Var:
			n += c.variable(v) - 1
		case ast.Ref:
			if head, isVar := v[0].Value.(ast.Var); isVar && !v.HasPrefix(ast.DefaultRootRef) {
				n += c.variable(head) - 1
			} else {
				n += c.document(v) - 1
			}
		case *ast.Array:
			v.Foreach(add)
		case ast.Set:
			v.Foreach(add)
		case ast.Object:
			v.Foreach(func(key, value *ast.Term) { add(key); add(value) })
		case *ast.ArrayComprehension:
			n += c.collected(v.Term)
		case *ast.SetComprehension:
			n += c.collected(v.Term)
		case *ast.ObjectComprehension:
			n += c.collected(v.Key, v.Value)
		}
		n = min(n, c.most+1)
	}
	return n
}

// collected returns the parts of the members of a comprehension, or more than a value may have, and
// no more than a machine of 32 bits can count.
func (c *writtenClause) collected(member ...*ast.Term) int {
	return c.members * min(c.parts(member...), c.most/c.members+1)
}

// variable returns the parts of what a variable stands for.
func (c *writtenClause) variable(v ast.Var) int {
	if n, known := c.known[v]; known {
		return n
	}
	c.known[v] = 1 // it may occur in what it is compared with
	if t := c.stands[v]; t != nil {
		c.known[v] = c.parts(t)
	}
	return c.known[v]
}
