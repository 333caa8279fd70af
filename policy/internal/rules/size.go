package rules

import (
	"errors"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// One step of OPA may go through a whole value: it compares it, sorts it, or writes it as text. A
// value may hold another many times, and that one others again, so that a few steps make a value
// that nobody can go through. This is why what a builtin is given, and what a rule or a function
// comes to, have a greatest size. What one clause writes is bounded when it is compiled, see
// [refuseOversized].
//
// OPA hands a builtin the meter of the evaluation. By it the builtins know our evaluations from
// those of a host program, for which they work as before. OPA spares some builtins what it hands
// to the others; to those that make large values it must hand it.
func init() {
	for _, name := range enlarging {
		ast.BuiltinMap[name].CanSkipBctx = false
		topdown.RegisterBuiltinFunc(name, bounded(name, topdown.GetBuiltin(name)))
	}
}

// enlarging lists the pure builtins that make something larger than what they are given, or go
// through all of it in one step. Those that only compare, count or test something small are left
// as they are.
var enlarging = []string{
	"and", "array.concat", "array.reverse", "array.slice", "base64.encode", "base64url.encode", "base64url.encode_no_pad", "concat",
	"format_int", "glob.quote_meta", "graph.reachable", "hex.encode", "internal.template_string", "intersection",
	"json.filter", "json.remove", "max", "min", "mul",
	"object.filter", "object.keys", "object.remove", "object.subset", "object.union", "object.union_n", "or", "product",
	"regex.find_all_string_submatch_n", "regex.find_n", "regex.match", "regex.split", "sort", "split",
	"strings.any_prefix_match", "strings.any_suffix_match", "strings.count", "strings.reverse", "sum", "union",
	"urlquery.encode", "urlquery.encode_object", "walk",
}

// bounded returns a builtin that refuses to work on too much in an evaluation of ours.
func bounded(name string, builtin topdown.BuiltinFunc) topdown.BuiltinFunc {
	return func(c topdown.BuiltinContext, operands []*ast.Term, iter func(*ast.Term) error) error {
		m, metered := c.Cancel.(*meter)
		switch {
		case metered && !m.takes(sizeOf(name, operands, m.limits.Size)):
			return nil
		case !metered && c.Runtime == ofTests && sizeOf(name, operands, defaultSize) > defaultSize:
			return errSize
		}
		return builtin(c, operands, iter)
	}
}

// ofTests marks the evaluation of tests written in Rego, which has no meter.
var ofTests = ast.NewTerm(ast.NewObject())

// errSize is the error of a test in which a value is too large.
var errSize = errors.New("a value is too large: make shorter texts, and smaller collections")

// sizeOf returns how many parts the operands of a builtin have together, or what it makes of them
// if that is more. It stops counting when there are more than most.
func sizeOf(builtin string, operands []*ast.Term, most int) int {
	n := sizeOfAll(operands, most)
	if builtin == ast.Concat.Name && n <= most { // it writes the first between all members of the second
		between, members := size(operands[0].Value, most), size(operands[1].Value, most)
		n += between * min(members, most/between+1)
	}
	return n
}

// sizeOfAll returns how many parts terms have together. It stops counting when there are more than
// most.
func sizeOfAll(terms []*ast.Term, most int) int {
	n := 0
	for _, t := range terms {
		if n <= most {
			n += size(t.Value, most-n)
		}
	}
	return n
}

// size returns how many parts a value has when it is written out: bytes of texts, digits of
// numbers, members. It stops counting when there are more than most.
func size(v ast.Value, most int) int {
	n := 1
	add := func(t *ast.Term) bool {
		n += size(t.Value, most-n)
		return n > most
	}
	switch v := v.(type) {
	case ast.String:
		n += len(v)
	case ast.Number:
		n += digits(string(v), most)
	case *ast.Array:
		v.Until(add)
	case ast.Set:
		v.Until(add)
	case ast.Object:
		v.Until(func(key, value *ast.Term) bool { return add(key) || add(value) })
	}
	return n
}

// digits returns how many digits a number has without an exponent, or more than most.
func digits(number string, most int) int {
	i := strings.IndexAny(number, "eE")
	if i < 0 {
		return len(number)
	}
	exponent, err := strconv.Atoi(number[i+1:])
	if err != nil || exponent > most || exponent < -most {
		return most + 1
	}
	return i + max(exponent, -exponent)
}

// values keeps what the rules and functions of one evaluation come to, as OPA does, and stops the
// evaluation when one is too large.
type values struct {
	topdown.VirtualCache
	meter *meter
}

func newValues(m *meter) values { return values{topdown.NewVirtualCache(), m} }

// Get implements [topdown.VirtualCache]. OPA compares the arguments of functions by it.
func (v values) Get(ref ast.Ref) (*ast.Term, bool) {
	if !v.meter.takes(sizeOfAll(ref, v.meter.limits.Size)) {
		return nil, true
	}
	return v.VirtualCache.Get(ref)
}

// Put implements [topdown.VirtualCache].
func (v values) Put(ref ast.Ref, value *ast.Term) {
	if value == nil || v.meter.takes(size(value.Value, v.meter.limits.Size)) {
		v.VirtualCache.Put(ref, value)
	}
}
