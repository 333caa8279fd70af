package rules

import (
	"cmp"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

// promises checks what the clauses of a module grant where that is literal: an object of measures
// of the vocabulary, each with a promise in the unit of the measure. Evaluation checks the rest.
func (in *inspection) promises(m *ast.Module) {
	for _, r := range m.Rules {
		if rule := in.module.text.rules[r.Location]; rule != nil {
			call, _ := r.Head.Key.Value.(ast.Call) // that it was when the clause was read
			in.clause, in.locals = r, localsOf(r)
			rule.Amounts = map[string][]string{}
			rule.loose = len(call) != 3 || !in.measures(call[2], rule)
		}
	}
}

// measures reports whether everything that is promised is literal, and notes of what the rule
// computes the amounts that are.
func (in *inspection) measures(term *ast.Term, rule *Rule) bool {
	promised, ok := term.Value.(ast.Object)
	if !ok {
		if is := in.noAmount(term); is != "" || in.parameterNamed(term) != nil {
			in.faulty("grant-shape", term.Location, `write {"measure": amount}: a grant says of what measure it promises an amount`,
				"the measures of a grant must be an object, but this is %s", cmp.Or(is, "an amount alone"))
		}
		return false
	}
	known := true
	promised.Foreach(func(key, value *ast.Term) {
		name, written := key.Value.(ast.String)
		measure := in.catalog.Vocabulary.Measure(string(name))
		if written && measure == nil && len(in.catalog.Vocabulary.Measures) > 0 {
			in.errorf("unknown-measure", position(key.Location), measureRemedy(string(name), in.catalog.Vocabulary), "there is no measure %q", string(name))
		}
		literal := in.promised(measure, value)
		if literal {
			rule.Amounts[string(name)] = parametersIn(value)
		} else {
			in.unpromised(measure, value)
		}
		known = literal && written && known
	})
	return known
}

// parametersIn returns the parameters that a literal amount is computed of, in order.
func parametersIn(amount *ast.Term) []string {
	var names []string
	ast.WalkRefs(amount, func(ref ast.Ref) bool {
		if ref.HasPrefix(parametersRef) && len(ref) == 3 {
			names = append(names, stringOf(ref[2]))
		}
		return false
	})
	return names
}

func measureRemedy(name string, v *policy.Vocabulary) string {
	var names []string
	for _, measure := range v.Measures {
		names = append(names, measure.Name)
	}
	return "use a measure of catalogs/measures.yaml" + didYouMean(name, names)
}

// promised checks what is promised of a measure, which is nil when it is not known. It reports
// whether that is a parameter, is computed from parameters, or says that something is included.
func (in *inspection) promised(measure *policy.Measure, value *ast.Term) bool {
	switch v := value.Value.(type) {
	case ast.Ref:
		if v.Equal(includedRef) {
			in.checkUnit(measure, policy.Flag, value)
			return true
		}
		return in.promisedParameter(measure, value)
	case ast.Call:
		return in.computed(measure, v)
	}
	return false
}

var (
	includedRef = ast.MustParseRef("data.grant.included")
	timesRef    = ast.MustParseRef("data.grant.times")
	percentRef  = ast.MustParseRef("data.grant.percent")
	plusRef     = ast.MustParseRef("data.grant.plus")
)

// unpromised reports that what is promised of a measure is no amount. Evaluation checks the rest.
func (in *inspection) unpromised(measure *policy.Measure, value *ast.Term) {
	for _, of := range in.locals.values(value) {
		p, is := in.parameterNamed(of), in.noAmount(of)
		switch {
		case is == "" || measure == nil:
		case p != nil:
			in.threshold(p, of)
		default:
			in.faulty("promise-shape", of.Location, in.instead(of, measure.Unit), "the amount of measure %s is %s", measure.Name, is)
		}
	}
}

// operand is what a computation of grant takes, with the unit that this must have, if any.
type operand struct {
	what string
	unit policy.Unit
}

// computations are those of grant, by the name of the function.
var computations = map[string][2]operand{
	timesRef.String():   {{"an amount", ""}, {"a multiple", policy.Multiple}},
	percentRef.String(): {{"an amount", ""}, {"a percentage", policy.Percent}},
	plusRef.String():    {{"an amount", ""}, {"an amount", ""}},
}

// operands checks that a computation of grant is given amounts. OPA would take anything, and the
// rule would hold for nobody.
func (in *inspection) operands(terms []*ast.Term, at *ast.Location) {
	takes, computes := computations[terms[0].Value.String()]
	if !computes || len(terms) < 3 {
		return
	}
	for i, want := range takes {
		for _, value := range in.locals.values(terms[i+1]) {
			p, is := in.parameterNamed(value), in.noAmount(value)
			switch {
			case is == "":
				continue
			case p == nil:
				in.faulty("promise-shape", value.Location, in.instead(value, want.unit),
					"%s takes %s and %s, but this is %s", dotted(terms[0].Value.(ast.Ref)), takes[0].what, takes[1].what, is)
			case in.expr != nil || !isGrant(in.clause): // what a grant itself says is checked as a promise
				in.threshold(p, value)
			}
			in.said[position(at)] = true
		}
	}
}

// faulty reports an error in a clause that need not be evaluated: that would report it again.
func (in *inspection) faulty(code string, at *ast.Location, remedy, format string, args ...any) {
	in.module.text.faulty[in.clause.Location] = true
	in.errorf(code, position(at), remedy, format, args...)
}

// noAmount says what a term is that cannot be an amount: by itself, or because a rule of the list
// that it names gives such a thing. It is empty when the term may be an amount.
func (in *inspection) noAmount(term *ast.Term) string {
	is := in.noAmountItself(term)
	ref, ok := term.Value.(ast.Ref)
	if !ok || len(ref) != len(in.path)+1 || !ref.HasPrefix(in.path) {
		return is
	}
	for _, r := range in.rules {
		if named := r.Head.Value != nil && len(r.Head.Args) == 0 && string(r.Head.Name) == stringOf(ref[len(in.path)]); named {
			is = cmp.Or(is, in.noAmountItself(r.Head.Value))
		}
	}
	return is
}

func (in *inspection) noAmountItself(term *ast.Term) string {
	switch value := term.Value.(type) {
	case ast.Object:
		return ""
	case ast.Call:
		builtin := ast.BuiltinMap[value[0].Value.String()]
		if builtin == nil || builtin.Decl.Result() == nil {
			return ""
		}
		is := kindOf(builtin.Decl.Result())
		if is != kinds[policy.Integer] && is != kinds[policy.Enum] && is != kinds[policy.Boolean] {
			return ""
		}
		return is
	case ast.Ref:
		if p := in.parameterNamed(term); p != nil && !p.Threshold() {
			return ""
		}
	}
	is, _ := in.kind(term)
	return is
}

// instead says what to write instead of a term that is no amount. The unit is empty when any will
// do.
func (in *inspection) instead(term *ast.Term, unit policy.Unit) string {
	if _, computed := term.Value.(ast.Call); computed {
		return promiseRemedy
	}
	if ref, ok := term.Value.(ast.Ref); ok {
		if ref.HasPrefix(parametersRef) {
			return "name the parameter as a whole: " + ref[:3].String()
		}
		if ref.HasPrefix(ast.InputRootRef) {
			return "compare the attribute in a condition, and promise a parameter in each case"
		}
	}
	if unit != "" {
		unit = " and unit: " + unit
	}
	return "write it as a parameter with a bound" + string(unit) + " in the YAML, and name the parameter here"
}

// parameterNamed returns the parameter that a term names as a whole, or nil when it names none.
func (in *inspection) parameterNamed(term *ast.Term) *policy.Parameter {
	ref, ok := term.Value.(ast.Ref)
	if !ok || !ref.HasPrefix(parametersRef) || len(ref) != 3 {
		return nil
	}
	for _, chain := range in.chains {
		if p := in.catalog.Parameter(chain, stringOf(ref[2])); p != nil {
			return p
		}
	}
	return nil
}

// threshold reports a threshold where an amount belongs.
func (in *inspection) threshold(p *policy.Parameter, at *ast.Term) {
	in.faulty("promise-shape", at.Location, "give "+p.Name+" a bound in the YAML, if it is an amount; else "+promiseRemedy,
		"%s has no bound: it is a threshold and cannot be promised", p.Name)
}

// computed checks a computation of two amounts, in the unit of the measure. It reports whether it
// is one of grant's.
func (in *inspection) computed(measure *policy.Measure, call ast.Call) bool {
	if len(call) != 3 {
		return false
	}
	var second bool
	switch of := call[0].Value; {
	case of.Compare(timesRef) == 0:
		second = in.factor(policy.Multiple, call[2])
	case of.Compare(percentRef) == 0:
		second = in.factor(policy.Percent, call[2])
	case of.Compare(plusRef) == 0:
		second = in.promised(measure, call[2])
	default:
		return false
	}
	return in.promised(measure, call[1]) && second
}

// factor checks that what an amount is multiplied by has the unit of such factors. It reports
// whether the term is a parameter.
func (in *inspection) factor(unit policy.Unit, term *ast.Term) bool {
	return in.promisedParameter(&policy.Measure{Name: "", Unit: unit}, term)
}

// promisedParameter checks that a parameter promised as it is has the unit of the measure. It
// reports whether the term is a parameter.
func (in *inspection) promisedParameter(measure *policy.Measure, term *ast.Term) bool {
	ref, ok := term.Value.(ast.Ref)
	if !ok || !ref.HasPrefix(parametersRef) || len(ref) != 3 {
		return false
	}
	if p := in.parameterNamed(term); p != nil {
		in.checkParameter(measure, p, term)
	}
	return true
}

// checkParameter reports a promise of a threshold, or of an amount that is not in the unit of its
// measure.
func (in *inspection) checkParameter(measure *policy.Measure, p *policy.Parameter, amount *ast.Term) {
	switch {
	case p.Unit == "":
	case p.Threshold():
		in.threshold(p, amount)
	default:
		in.checkUnit(measure, p.Unit, amount)
	}
}

// checkUnit reports an amount that is not in the unit of its measure. The measure is nil when any
// will do.
func (in *inspection) checkUnit(measure *policy.Measure, unit policy.Unit, amount *ast.Term) {
	switch {
	case measure == nil || measure.Unit == "" || unit == measure.Unit:
	case measure.Name == "": // what an amount is multiplied by
		in.errorf("measure-unit", position(amount.Location), "multiply by a multiple with grant.times, by a percentage with grant.percent",
			"an amount is multiplied by a number in %s here, but this is in %s", measure.Unit, unit)
	default:
		in.errorf("measure-unit", position(amount.Location), unitRemedy, "measure %s is in %s, but the promised amount is in %q", measure.Name, measure.Unit, unit)
	}
}

const (
	promiseRemedy = "promise a parameter, or grant.times(amount, multiple), grant.percent(amount, percentage), grant.plus(amount, amount), or grant.included"
	unitRemedy    = "use a parameter of that unit"
)
