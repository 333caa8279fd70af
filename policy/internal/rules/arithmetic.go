package rules

import (
	"math/big"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// arithmetic are the operators by which a constant may be computed of others, as OPA names them,
// with what they are of exact numbers.
var arithmetic = map[string]func(z, x, y *big.Rat) *big.Rat{
	ast.Plus.Name: (*big.Rat).Add, ast.Minus.Name: (*big.Rat).Sub, ast.Multiply.Name: (*big.Rat).Mul, ast.Divide.Name: (*big.Rat).Quo,
}

// computed returns the variable that takes what an expression computes of constants.
func computed(e *ast.Expr, constants map[ast.Var]constant) (ast.Var, constant, bool) {
	if !e.IsCall() || e.Negated || len(e.With) > 0 || len(e.Operands()) != 3 {
		return "", constant{}, false
	}
	v, isVar := e.Operand(2).Value.(ast.Var)
	c := constant{operator: e.Operator().String()}
	if arithmetic[c.operator] == nil || !isVar {
		return "", constant{}, false
	}
	for _, t := range e.Operands()[:2] {
		operand, is := constantOf(t, constants)
		if !is {
			return "", constant{}, false
		}
		c.operands = append(c.operands, operand)
	}
	return v, c, true
}

// value returns what a constant is, as OPA computes it, given the numbers of parameters; nil when
// it is no number.
func (c constant) value(number func(ast.Ref) ast.Value) ast.Value {
	switch {
	case c.parameter != nil:
		return number(c.parameter)
	case c.operator == "":
		return c.scalar
	}
	terms := make([]*ast.Term, len(c.operands))
	for i, operand := range c.operands {
		value := operand.value(number)
		if value == nil {
			return nil
		}
		terms[i] = ast.NewTerm(value)
	}
	var result ast.Value
	err := topdown.GetBuiltin(c.operator)(topdown.BuiltinContext{}, terms, func(t *ast.Term) error {
		result = t.Value
		return nil
	})
	if err != nil { // such as a division by zero: then no comparison is come to
		return nil
	}
	return result
}

// exact returns what a constant is as lists state its figures, without rounding, given their exact
// numbers; nil when it is no number.
func (c constant) exact(number func(ast.Ref) *big.Rat) *big.Rat {
	switch {
	case c.parameter != nil:
		return number(c.parameter)
	case c.operator == "":
		return rational(c.scalar)
	}
	x, y := c.operands[0].exact(number), c.operands[1].exact(number)
	if x == nil || y == nil || c.operator == ast.Divide.Name && y.Sign() == 0 {
		return nil
	}
	return arithmetic[c.operator](new(big.Rat), x, y)
}

// rational returns a number exactly, nil when a value is none.
func rational(value ast.Value) *big.Rat {
	n, _ := value.(ast.Number)
	r, _ := policy.ParseFraction(string(n))
	return r
}

// figures are the parameters of a list on a day.
type figures struct {
	chain []*policy.List
	on    policy.Date
}

// inForce returns the parameter that a reference leads to, with its value; false when it has none.
func (f figures) inForce(ref ast.Ref) (*policy.Parameter, *policy.DatedValue, bool) {
	name, _ := ref[len(parametersRef)].Value.(ast.String)
	for _, l := range f.chain {
		i := slices.IndexFunc(l.Parameters, func(p *policy.Parameter) bool { return p.Name == string(name) })
		if i < 0 {
			continue
		}
		if v := l.Parameters[i].At(f.on); v != nil {
			return l.Parameters[i], v, true
		}
	}
	return nil, nil, false
}

// number returns the number at a reference, as rules read it.
func (f figures) number(ref ast.Ref) ast.Value {
	p, v, ok := f.inForce(ref)
	if !ok {
		return nil
	}
	return numberAt(source.ParameterData(p, v), ref)
}

// exact returns the number at a reference, as the list states it: rules read a fraction rounded.
func (f figures) exact(ref ast.Ref) *big.Rat {
	p, v, ok := f.inForce(ref)
	part := ref[len(ref)-1].Value
	if ok && (p.Threshold() || part.Compare(ast.String("value")) == 0) {
		return v.Value
	}
	return rational(f.number(ref))
}
