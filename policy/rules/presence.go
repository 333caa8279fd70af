package rules

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Partial evaluation leaves out what a rule only requires to be given. Of
//
//	mode := input.support_mode
//	not mode == "concentrated"
//
// it leaves not input.support_mode == "concentrated", which also holds for an elder of whom no mode is given. So while it runs,
// such a line is followed by one that it keeps, input.support_mode != null: no attribute is null, so the rule means the same.

// explicit is a rule with its body as it is compiled, and with what it requires spelled out.
type explicit struct {
	rule              *ast.Rule
	compiled, spelled ast.Body
}

// explicitIn are the rules of compiled modules that require something to be given that they do not spell out.
func explicitIn(modules map[string]*ast.Module) []explicit {
	var found []explicit
	for _, m := range modules {
		ast.WalkRules(m, func(r *ast.Rule) bool {
			if spelled, some := spelledOut(r.Body); some {
				found = append(found, explicit{r, r.Body, spelled})
			}
			return false
		})
	}
	return found
}

// spellOut spells out what the rules of a module require, until the returned function is called. The caller holds evaluation.
func (m *Module) spellOut() (restore func()) {
	for _, e := range m.explicit {
		e.rule.Body = e.spelled
	}
	return func() {
		for _, e := range m.explicit {
			e.rule.Body = e.compiled
		}
	}
}

// spelledOut is a body with what it requires spelled out, and whether there was anything to be.
func spelledOut(body ast.Body) (spelled ast.Body, some bool) {
	for _, expr := range body {
		same := *expr
		switch terms := expr.Terms.(type) {
		case *ast.Every:
			every := *terms
			inner, more := spelledOut(terms.Body)
			every.Body = inner
			same.Terms, some = &every, some || more
		case *ast.Not:
			not := *terms
			inner, more := spelledOut(terms.Body)
			not.Body = inner
			same.Terms, some = &not, some || more
		}
		spelled.Append(&same)
		for _, attribute := range droppable(expr, body) {
			given := ast.NotEqual.Expr(ast.NewTerm(attribute).SetLocation(expr.Location), ast.NullTerm())
			spelled.Append(given.SetLocation(expr.Location))
			some = true
		}
	}
	return spelled, some
}

// droppable are the references to the input in an expression of a compiled body that partial evaluation may leave out: those that
// the expression unites with something other than a constant, but for one that a builtin then takes as it is.
func droppable(expr *ast.Expr, body ast.Body) []ast.Ref {
	if !expr.IsEquality() || expr.Negated || len(expr.With) > 0 {
		return nil
	}
	var read []ast.Ref
	for i, other := range [2]int{1, 0} {
		if ast.IsScalar(expr.Operand(other).Value) {
			continue
		}
		_, isRef := expr.Operand(i).Value.(ast.Ref)
		v, isVar := expr.Operand(other).Value.(ast.Var)
		if isRef && isVar && taken(v, body) {
			continue
		}
		read = append(read, inputsIn(expr.Operand(i))...)
	}
	return read
}

// inputsIn are the attributes that a term reads. What is read in a comprehension need not be given.
func inputsIn(t *ast.Term) []ast.Ref {
	var read []ast.Ref
	ast.WalkTerms(t, func(t *ast.Term) bool {
		if ref, ok := t.Value.(ast.Ref); ok && ref.HasPrefix(ast.InputRootRef) && len(ref) > 1 && ref.IsGround() {
			read = append(read, ref)
		}
		return ast.IsComprehension(t.Value)
	})
	return read
}

// taken reports whether a builtin takes a variable of a body as it is: such an expression stays, and with it what the variable
// stands for. Where expressions have bodies of their own, it is not known what stays.
func taken(v ast.Var, body ast.Body) bool {
	found := false
	for _, expr := range body {
		switch expr.Terms.(type) {
		case *ast.Not, *ast.LogicalAnd, *ast.LogicalOr:
			return false
		}
		if expr.Negated || len(expr.With) > 0 || expr.IsEquality() || !isBuiltinCall(expr) {
			continue
		}
		found = found || slices.ContainsFunc(expr.Operands(), func(t *ast.Term) bool { return t.Value.Compare(v) == 0 })
	}
	return found
}

func isBuiltinCall(expr *ast.Expr) bool {
	return expr.IsCall() && !expr.Operator().HasPrefix(ast.DefaultRootRef)
}
