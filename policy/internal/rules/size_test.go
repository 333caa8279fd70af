package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// The parts of a value are itself, and what it holds: bytes, digits, members, keys as well as what
// stands under them.
func TestSize(t *testing.T) {
	for text, want := range map[string]int{
		`null`:                1,
		`true`:                1,
		`"abc"`:               4, // a value of three bytes
		`"老"`:                 4, // a value of three bytes
		`12`:                  3,
		`-1.5`:                5,
		`1e5`:                 7, // the value 100000
		`1E-5`:                7, // the value 0.00001, with as many digits behind the point
		`[]`:                  1,
		`["abc", 1]`:          7, // 1 + 4 + 2
		`{"abc", 1}`:          7,
		`{"abc": 1}`:          7,
		`{1: "abc"}`:          7,
		`[[1], {"a": ["b"]}]`: 10, // 1 + (1 + 2) + (1 + 2 + (1 + 2))
	} {
		if got := size(ast.MustParseTerm(text).Value, 1000); got != want {
			t.Errorf("%s has %d parts, want %d", text, got, want)
		}
	}
}

// Nothing is counted to its end that is too large: neither a number of a billion digits, nor what
// holds itself 2^60 times.
func TestSizeOfTooMuch(t *testing.T) {
	doubled := ast.IntNumberTerm(1)
	for range 60 {
		doubled = ast.ArrayTerm(doubled, doubled)
	}
	if got := size(doubled.Value, 1000); got <= 1000 {
		t.Errorf("an array of 2^60 parts has %d", got)
	}
	for _, number := range []string{"1e1000000000", "1e-1000000000", "1E99999999999999999999", "1e9223372036854775807", "1e-9223372036854775808", "1e1001", "1e-1001"} {
		if got := size(ast.Number(number), 1000); got <= 1000 {
			t.Errorf("%s has %d parts", number, got)
		}
	}
	if got := size(ast.Number("1e990"), 1000); got != 992 { // the value, and 1 with 990 zeros
		t.Errorf("1e990 has %d parts", got)
	}
}

// A text between ninety others is written ninety times; no other builtin does so with what it is
// given.
func TestSizeOfConcat(t *testing.T) {
	long, many := ast.StringTerm(strings.Repeat("x", 20)), ast.ArrayTerm()
	for range 90 {
		many = ast.NewTerm(many.Value.(*ast.Array).Append(ast.StringTerm("")))
	}
	const most = 1000
	given := []*ast.Term{long, many}
	if got := sizeOf("concat", given, most); got <= most { // 20 bytes, 89 times between
		t.Errorf("concat makes %d parts", got)
	}
	wide := ast.StringTerm(strings.Repeat("x", 1<<16-1))
	members := ast.ArrayTerm(slices.Repeat([]*ast.Term{ast.StringTerm("")}, 1<<16-1)...)
	if got := sizeOf("concat", []*ast.Term{wide, members}, 1<<18); got <= 1<<18 { // 2^32: more than a machine of 32 bits counts
		t.Errorf("concat of 2^16 texts makes %d parts", got)
	}
	if got := sizeOf("sort", given, most); got != 21+91 {
		t.Errorf("what is given has %d parts", got)
	}
	if got := sizeOf("concat", []*ast.Term{ast.StringTerm(""), many}, most); got > most {
		t.Errorf("nothing between makes %d parts", got)
	}
}
