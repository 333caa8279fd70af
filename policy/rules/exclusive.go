package rules

import (
	"slices"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"
)

// exclusive reports whether the text of two definitions of a rule or function, as they were written, shows that they never both
// hold: one demands what the other denies.
func exclusive(a, b *ast.Rule) bool {
	if a == nil || b == nil || len(a.Head.Args) != len(b.Head.Args) {
		return false
	}
	for i := range a.Head.Args {
		x, y := a.Head.Args[i], b.Head.Args[i]
		if ast.IsConstant(x.Value) && ast.IsConstant(y.Value) && !x.Equal(y) {
			return true
		}
	}
	others := conditionsOf(b)
	return slices.ContainsFunc(conditionsOf(a), func(c condition) bool { return slices.ContainsFunc(others, c.denies) })
}

// condition is an expression: a comparison, or a term without an operator, such as input.retired.
type condition struct {
	operator    string
	left, right *ast.Term
	negated     bool
}

// conditionsOf are the expressions of a body that say the same in another: those of no local variable but the arguments, which are
// named by their places.
func conditionsOf(r *ast.Rule) []condition {
	places, locals := map[ast.Var]ast.Value{}, localsOf(r)
	for i, argument := range r.Head.Args {
		if v, ok := argument.Value.(ast.Var); ok {
			places[v] = ast.Var("argument " + strconv.Itoa(i))
		}
	}
	var conditions []condition
	for _, expr := range r.Body {
		local := len(expr.With) > 0
		named, err := ast.TransformVars(expr.Copy(), func(v ast.Var) (ast.Value, error) {
			if _, is := locals[v]; is || v.IsWildcard() {
				local = true
			}
			if place, ok := places[v]; ok {
				return place, nil
			}
			return v, nil
		})
		if err != nil || local {
			continue
		}
		if c, ok := conditionOf(named.(*ast.Expr)); ok {
			conditions = append(conditions, c)
		}
	}
	return conditions
}

func conditionOf(expr *ast.Expr) (condition, bool) {
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		return condition{left: terms, negated: expr.Negated}, true
	case []*ast.Term:
		operator := terms[0].Value.String()
		if operator == ast.Equality.Name {
			operator = ast.Equal.Name
		}
		if len(terms) != 3 || mirrored[operator] == "" {
			return condition{}, false
		}
		c := condition{operator, terms[1], terms[2], expr.Negated}
		if ast.IsConstant(c.left.Value) {
			c = condition{mirrored[operator], terms[2], terms[1], expr.Negated}
		}
		return c, true
	}
	return condition{}, false
}

// mirrored are the operators of comparisons, by those that say the same with the operands exchanged.
var mirrored = map[string]string{
	ast.Equal.Name: ast.Equal.Name, ast.NotEqual.Name: ast.NotEqual.Name,
	ast.LessThan.Name: ast.GreaterThan.Name, ast.GreaterThan.Name: ast.LessThan.Name,
	ast.LessThanEq.Name: ast.GreaterThanEq.Name, ast.GreaterThanEq.Name: ast.LessThanEq.Name,
}

// orders are for each operator whether it admits what is less than its right side, equal to it, and greater.
var orders = map[string][3]bool{
	ast.LessThan.Name: {true, false, false}, ast.LessThanEq.Name: {true, true, false}, ast.Equal.Name: {false, true, false},
	ast.GreaterThanEq.Name: {false, true, true}, ast.GreaterThan.Name: {false, false, true}, ast.NotEqual.Name: {true, false, true},
}

// denies reports whether two conditions never both hold.
func (c condition) denies(d condition) bool {
	if !c.left.Equal(d.left) {
		return false
	}
	if c.negated || d.negated {
		same := c.operator == d.operator && (c.operator == "" || c.right.Equal(d.right))
		return same && c.negated != d.negated
	}
	if c.operator == "" || d.operator == "" {
		return false
	}
	if c.right.Equal(d.right) {
		return !meet(c.operator, d.operator, 0)
	}
	return ast.IsConstant(c.right.Value) && ast.IsConstant(d.right.Value) && !meet(c.operator, d.operator, c.right.Value.Compare(d.right.Value))
}

// meet reports whether a value may stand in one relation to a first thing and in another to a second, when the first compares to the
// second as order says.
func meet(first, second string, order int) bool {
	a, b := orders[first], orders[second]
	switch {
	case order == 0:
		return a[0] && b[0] || a[1] && b[1] || a[2] && b[2]
	case order > 0:
		a, b = b, a // from here on the thing of a is the lesser
	}
	below := a[0] && b[0]
	atLesser, between, atGreater := a[1] && b[0], a[2] && b[0], a[2] && b[1]
	return below || atLesser || between || atGreater || a[2] && b[2]
}
