package rules

import (
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
		starts[name] = elder.Starts(a, with)
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
				l.refuseLarge(r, "the elder as a whole, or an attribute by a computed name", constants)
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
					l.refuseLarge(r, name, map[string][]*big.Rat{name: nil})
					continue
				}
				for _, c := range u.with {
					constants[name] = append(constants[name], l.numbers(c)...)
				}
			}
		}
	}
}

// refuseLarge reports a clause that does anything with a large number but compare it with
// constants.
func (l *loader) refuseLarge(r *ast.Rule, reads string, large map[string][]*big.Rat) {
	for name := range large {
		a := l.catalog.Vocabulary.Attribute(name)
		l.errorf("large-number", position(r.Location), "compare input."+name+" itself with numbers and parameters: input."+name+" <= p.limit",
			"the rule reads %s, but %s has %d values, which are told apart only where they are compared with constants", reads, name, a.Max-a.Min+1)
	}
}

// numbers returns the numbers that a constant may be. For a parameter these are all dated values in
// all lists.
func (l *loader) numbers(c constant) []*big.Rat {
	var values []ast.Value
	if c.parameter == nil {
		values = append(values, c.scalar)
	} else {
		values = l.dated(c.parameter)
	}
	var all []*big.Rat
	for _, v := range values {
		if n, ok := v.(ast.Number); ok {
			if r, ok := policy.ParseFraction(string(n)); ok {
				all = append(all, r)
			}
		}
	}
	return all
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
