package rules

import (
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Integers of OPA have as many digits as they need, on machines of any kind.
func TestIntegersAreNotCut(t *testing.T) {
	for expression, want := range map[string]string{
		"2147483647 + 1":        "2147483648",
		"2147483646 + 1":        "2147483647",
		"-2147483648 - 1":       "-2147483649",
		"-2147483648 + 0":       "-2147483648",
		"99999999900 + 99":      "99999999999",
		"1000000 * 10000":       "10000000000",
		"-2147483648 * 2":       "-4294967296",
		"1.5 + 1":               "2.5",
		"count({1, 2} - {2})":   "1",
		"0.1 * 3":               "0.3",
		"4294967376 - 1":        "4294967375",
		"46341 * 46341 - 10000": "2147478281",
	} {
		got, err := rego.New(rego.Query("x := "+expression)).Eval(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", expression, err)
		}
		if number := ast.MustInterfaceToValue(got[0].Bindings["x"]).String(); number != want {
			t.Errorf("%s is %s, not %s", expression, number, want)
		}
	}
}

// The operators for 32-bit machines agree with those of others.
func TestUncut(t *testing.T) {
	terms := []*ast.Term{
		ast.IntNumberTerm(0), ast.IntNumberTerm(-7), ast.IntNumberTerm(2147483647), ast.IntNumberTerm(-2147483648),
		ast.NumberTerm("4294967376"), ast.NumberTerm("0.25"), ast.NumberTerm("1e2"),
		ast.SetTerm(ast.IntNumberTerm(1), ast.IntNumberTerm(2)), ast.SetTerm(ast.IntNumberTerm(2)),
	}
	for operator := range arithmetic {
		if operator == ast.Divide.Name {
			continue // only one quotient has more bits than what is divided: that of -2147483648 by -1
		}
		builtin := topdown.GetBuiltin(operator)
		for _, x := range terms {
			for _, y := range terms {
				want, wantErr := resultOf(builtin, x, y)
				got, err := resultOf(uncut(operator, builtin), x, y)
				if (err == nil) != (wantErr == nil) || err == nil && !got.Equal(want) {
					t.Errorf("%s of %v and %v: %v, %v, not %v, %v", operator, x, y, got, err, want, wantErr)
				}
			}
		}
	}
}

func resultOf(builtin topdown.BuiltinFunc, x, y *ast.Term) (result *ast.Term, err error) {
	err = builtin(topdown.BuiltinContext{}, []*ast.Term{x, y}, func(t *ast.Term) error { result = t; return nil })
	return result, err
}
