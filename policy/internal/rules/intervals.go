package rules

import (
	"math/big"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// intervals finds, of the whole numbers with so many values that each is no cell, where the intervals begin that rules tell apart. A rule
// that does anything else with such a number than comparing it with constants is an error: its answer would not be exact.
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
				"rules tell apart %d intervals of %s, and %d are the most", n, name, elder.MaxIntervals)
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

// refuseLarge reports a clause that reads a large number in another way than by comparing it with constants.
func (l *loader) refuseLarge(r *ast.Rule, reads string, large map[string][]*big.Rat) {
	for name := range large {
		a := l.catalog.Vocabulary.Attribute(name)
		l.errorf("large-number", position(r.Location), "compare input."+name+" itself with numbers and parameters: input."+name+" <= p.limit",
			"the rule reads %s, and %s has %d values: they are told apart only where they are compared with constants", reads, name, a.Max-a.Min+1)
	}
}

// numbers are the numbers that a constant may be: of a parameter all dated values, in whatever list.
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
