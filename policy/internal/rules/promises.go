package rules

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

// promises checks what the clauses of a module grant where that is literal: an object of measures
// of the vocabulary, each with a promise in the unit of the measure. Evaluation checks the rest.
func (in *inspection) promises(m *ast.Module) {
	for _, r := range m.Rules {
		if rule := in.module.text.rules[r.Location]; rule != nil {
			call, _ := r.Head.Key.Value.(ast.Call) // that it was when the clause was read
			rule.loose = len(call) != 3 || !in.measures(call[2])
		}
	}
}

// measures reports whether everything that is promised is literal.
func (in *inspection) measures(term *ast.Term) bool {
	promised, ok := term.Value.(ast.Object)
	if !ok {
		return false
	}
	known := true
	promised.Foreach(func(key, value *ast.Term) {
		name, written := key.Value.(ast.String)
		measure := in.catalog.Vocabulary.Measure(string(name))
		if written && measure == nil && len(in.catalog.Vocabulary.Measures) > 0 {
			in.errorf("unknown-measure", position(key.Location), measureRemedy(string(name), in.catalog.Vocabulary), "there is no measure %q", string(name))
		}
		known = in.promised(measure, value) && written && known
	})
	return known
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
	name, _ := ref[2].Value.(ast.String)
	for _, chain := range in.chains {
		if p := in.catalog.Parameter(chain, string(name)); p != nil {
			in.checkParameter(measure, p, term)
			break
		}
	}
	return true
}

// checkParameter reports a promise of a threshold, or of an amount that is not in the unit of its
// measure.
func (in *inspection) checkParameter(measure *policy.Measure, p *policy.Parameter, amount *ast.Term) {
	switch {
	case p.Unit == "":
	case p.Threshold():
		in.errorf("promise-shape", position(amount.Location), "give "+p.Name+" a bound in the YAML, if it is an amount; else "+promiseRemedy,
			"%s has no bound: it is a threshold and cannot be promised", p.Name)
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
