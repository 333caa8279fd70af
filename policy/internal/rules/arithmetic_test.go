package rules

import (
	"math/big"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// What is computed of figures is exact. A division by zero is no number, nor is what is made of
// one, or of a figure that has no value.
func TestExactConstants(t *testing.T) {
	number := func(text string) constant { return constant{scalar: ast.Number(text)} }
	of := func(operator ast.Builtin, x, y constant) constant {
		return constant{operator: operator.Name, operands: []constant{x, y}}
	}
	third := of(*ast.Divide, number("1"), number("3"))
	byZero := of(*ast.Divide, number("7"), of(*ast.Minus, number("3"), number("3")))
	missing := constant{parameter: ast.MustParseRef("data.parameters.missing")}
	for name, tt := range map[string]struct {
		of   constant
		want *big.Rat
	}{
		"a third, three times":  {of(*ast.Multiply, third, number("3")), big.NewRat(1, 1)},
		"a third and a half":    {of(*ast.Plus, third, number("0.5")), big.NewRat(5, 6)},
		"a text":                {constant{scalar: ast.String("7")}, nil},
		"a division by zero":    {byZero, nil},
		"one more than that":    {of(*ast.Plus, byZero, number("1")), nil},
		"one divided by that":   {of(*ast.Divide, number("1"), byZero), nil},
		"zero divided":          {of(*ast.Divide, number("0"), number("7")), new(big.Rat)},
		"zero times":            {of(*ast.Multiply, number("7"), number("0")), new(big.Rat)},
		"a figure":              {constant{parameter: ast.MustParseRef("data.parameters.known")}, big.NewRat(2, 3)},
		"a share of none":       {of(*ast.Divide, missing, number("2")), nil},
		"what none is taken of": {of(*ast.Minus, number("2"), missing), nil},
	} {
		got := tt.of.exact(func(ref ast.Ref) *big.Rat {
			if ref.Equal(missing.parameter) {
				return nil
			}
			return big.NewRat(2, 3)
		})
		if (got == nil) != (tt.want == nil) || got != nil && got.Cmp(tt.want) != 0 {
			t.Errorf("%s is %v, want %v", name, got, tt.want)
		}
	}
}
