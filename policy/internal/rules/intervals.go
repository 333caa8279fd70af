package rules

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// intervals finds where the intervals begin that rules tell apart in large whole numbers, which
// have too many values for a cell each. A rule may only compare such a number with constants.
// Anything else is an error, because its answer would not be exact.
func (l *loader) intervals() map[string][]int {
	constants := map[string][]*big.Rat{}
	for _, a := range l.catalog.Vocabulary.Attributes {
		if a.IsLarge() {
			constants[a.Name] = []*big.Rat{}
		}
	}
	if len(constants) == 0 {
		return nil
	}
	l.compared(l.set.shared, constants)
	for _, m := range l.set.modules {
		l.compared(m, constants)
	}
	for _, a := range l.catalog.Vocabulary.Attributes {
		if on := a.AskedOf; on != nil && constants[on.Attribute] != nil {
			constants[on.Attribute] = append(constants[on.Attribute], whole(on.Values)...)
		}
	}
	starts := map[string][]int{}
	for name, with := range constants {
		a := l.catalog.Vocabulary.Attribute(name)
		starts[name] = append(elder.Starts(a, with), a.Starts...)
		slices.Sort(starts[name])
		starts[name] = slices.Compact(starts[name])
		if n := len(starts[name]) + 1; n > elder.MaxIntervals {
			l.errorf("too-many-intervals", a.Pos, "compare it with fewer numbers, or split the attribute",
				"rules tell apart %d intervals of %s, but at most %d are possible", n, name, elder.MaxIntervals)
			starts[name] = starts[name][:elder.MaxIntervals-1]
		}
	}
	return starts
}

func whole(values []any) []*big.Rat {
	var all []*big.Rat
	for _, v := range values {
		if n, ok := v.(int); ok {
			all = append(all, new(big.Rat).SetInt64(int64(n)))
		}
	}
	return all
}

// compared adds the constants that the rules of a module compare large numbers with.
func (l *loader) compared(m *Module, constants map[string][]*big.Rat) {
	if m.splitter == nil {
		return // what is wrong with it is reported
	}
	for file, module := range m.compiler.Modules {
		if m != l.set.shared && file != m.file {
			continue
		}
		for _, r := range module.Rules {
			reads := m.splitter.rule(r)
			if reads.whole != nil {
				l.refuseLarge(reads.whole, "the elder as a whole, or an attribute by a computed name", constants)
				continue
			}
			if reads.replaces {
				reads = m.splitter.all(r)
			}
			for name, u := range reads.attributes {
				if constants[name] == nil {
					continue
				}
				if u.otherwise {
					l.refuseLarge(cmp.Or(u.place, r.Location), name, map[string][]*big.Rat{name: nil})
					continue
				}
				for _, c := range u.with {
					constants[name] = append(constants[name], l.numbers(r, c)...)
				}
			}
		}
	}
}

// refuseLarge reports where a clause does anything with a large number but compare it with
// constants.
func (l *loader) refuseLarge(at *ast.Location, reads string, large map[string][]*big.Rat) {
	for name := range large {
		a := l.catalog.Vocabulary.Attribute(name)
		l.errorf("large-number", position(at), "compare input."+name+" itself with numbers and parameters: input."+name+" <= p.limit",
			"the rule reads %s, but %s has %d values, which are told apart only where they are compared with constants", reads, name, a.Max-a.Min+1)
	}
}

// numbers are the numbers that a constant of a clause may be: of a parameter all dated values, in
// whatever list, and what is computed of parameters in every list on every day on which something
// changes.
func (l *loader) numbers(r *ast.Rule, c constant) []*big.Rat {
	var values []ast.Value
	switch {
	case c.operator != "":
		values = l.computed(r, c)
	case c.parameter == nil:
		values = append(values, c.scalar)
	default:
		values = l.dated(c.parameter)
	}
	var all []*big.Rat
	for _, v := range values {
		if r := rational(v); r != nil {
			all = append(all, r)
		}
	}
	return all
}

// computed are the values of a constant that is computed. OPA computes with floating point: where
// that puts a whole number on another side than the figures that the lists state, it is an error of
// the clause.
func (l *loader) computed(r *ast.Rule, c constant) []ast.Value {
	var values []ast.Value
	for _, list := range l.catalog.Lists {
		for _, day := range l.catalog.Changes(list) {
			f := figures{l.catalog.Chain(list, day), day}
			value, exact := c.value(f.number), c.exact(f.exact)
			if value == nil || slices.ContainsFunc(values, func(v ast.Value) bool { return v.Compare(value) == 0 }) {
				continue
			}
			values = append(values, value)
			if n := rational(value); n != nil && exact != nil && !sameSide(n, exact) {
				l.errorf("inexact-number", position(r.Location), "compute with whole numbers and divide last, such as p.sum * 108 / 100, or state the number as a parameter of its own",
					"the clause compares with what it computes of figures, and OPA computes %s where it is %s", value, exact.RatString())
				return values
			}
		}
	}
	return values
}

// sameSide reports whether every whole number compares alike with both numbers.
func sameSide(x, y *big.Rat) bool {
	return x.IsInt() == y.IsInt() && new(big.Int).Div(x.Num(), x.Denom()).Cmp(new(big.Int).Div(y.Num(), y.Denom())) == 0
}

func (l *loader) dated(parameter ast.Ref) []ast.Value {
	var values []ast.Value
	name, _ := parameter[len(parametersRef)].Value.(ast.String)
	for _, list := range l.catalog.Lists {
		i := slices.IndexFunc(list.Parameters, func(p *policy.Parameter) bool { return p.Name == string(name) })
		if i < 0 {
			continue
		}
		for _, v := range list.Parameters[i].Values {
			values = append(values, numberAt(source.ParameterData(list.Parameters[i], v), parameter))
		}
	}
	return values
}
