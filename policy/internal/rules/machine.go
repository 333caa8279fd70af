package rules

import (
	"math"
	"math/big"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// On 32-bit machines OPA cuts what +, - and * give of two small integers to 32 bits, so that
// amounts would be wrong without a word. There these operators are replaced by ones that cut
// nothing, for the whole process.
func init() {
	if strconv.IntSize > 32 {
		return
	}
	for _, operator := range []string{ast.Plus.Name, ast.Minus.Name, ast.Multiply.Name} {
		topdown.RegisterBuiltinFunc(operator, uncut(operator, topdown.GetBuiltin(operator)))
	}
}

// uncut returns an operator that is right where the result of two integers of 32 bits has more.
func uncut(operator string, builtin topdown.BuiltinFunc) topdown.BuiltinFunc {
	return func(c topdown.BuiltinContext, operands []*ast.Term, iter func(*ast.Term) error) error {
		x, isInt := int32Of(operands[0])
		y, areInts := int32Of(operands[1])
		if !isInt || !areInts {
			return builtin(c, operands, iter)
		}
		result := arithmetic[operator](new(big.Rat), x, y)
		return iter(ast.NewTerm(ast.Number(result.Num().String())))
	}
}

// int32Of returns the integer that a term is; false when it is none of 32 bits.
func int32Of(t *ast.Term) (*big.Rat, bool) {
	n, isNumber := t.Value.(ast.Number)
	if !isNumber {
		return nil, false
	}
	i, isInt := n.Int64()
	return new(big.Rat).SetInt64(i), isInt && math.MinInt32 <= i && i <= math.MaxInt32
}
