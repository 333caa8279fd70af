package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

// comparing lists the operators that compare their two operands.
var comparing = []string{
	ast.Equality.Name, ast.Equal.Name, ast.NotEqual.Name,
	ast.LessThan.Name, ast.LessThanEq.Name, ast.GreaterThan.Name, ast.GreaterThanEq.Name,
}

// call checks that a called function exists, and that an attribute is only compared with its
// possible values. OPA compares anything with anything: a text is above every number, and a value
// that no attribute has is simply never equal.
func (in *inspection) call(terms []*ast.Term, at *ast.Location, undo func(ast.Call)) {
	in.function(terms, at, undo)
	in.operands(terms, at)
	operator, operands := terms[0].Value.String(), terms[1:]
	switch {
	case operator == ast.ObjectGet.Name && len(operands) > 1 && isInput(operands[0]):
		in.attributeName(firstOf(operands[1]))
	case operator == ast.Concat.Name && len(operands) > 1 && !in.fewPieces(operands[1]):
		in.errorf("forbidden-builtin", position(at), fmt.Sprintf("write the texts as literals: concat(\", \", [a, b]), at most %d of them", maxPieces),
			"concat joins texts that are not literals, so nothing bounds the length of the result")
	case slices.Contains(comparing, operator) && len(operands) == 2:
		if a := in.attribute(operands[0]); a != nil {
			in.compare(a, operands[1])
		} else if a := in.attribute(operands[1]); a != nil {
			in.compare(a, operands[0])
		}
	case operator == ast.Member.Name && len(operands) == 2, operator == ast.MemberWithKey.Name && len(operands) == 3:
		if a := in.attribute(operands[len(operands)-1]); a != nil && a.Type == policy.Set {
			in.lookFor(a, operands[len(operands)-2])
		}
		if a := in.attribute(operands[len(operands)-2]); a != nil {
			for _, collection := range in.locals.values(operands[len(operands)-1]) {
				for _, element := range elements(collection) {
					in.compare(a, element)
				}
			}
		}
	}
}

// maxPieces is the greatest number of texts joined in one step. OPA cannot be stopped within a
// step.
const maxPieces = 64

// fewPieces reports whether a term is a literal collection that is not too long.
func (in *inspection) fewPieces(term *ast.Term) bool {
	values := in.locals.values(term)
	if len(values) != 1 {
		return false
	}
	switch c := values[0].Value.(type) {
	case *ast.Array:
		return c.Len() <= maxPieces
	case ast.Set:
		return c.Len() <= maxPieces
	}
	return false
}

// isInput reports whether a term is the elder as a whole.
func isInput(term *ast.Term) bool {
	ref, ok := term.Value.(ast.Ref)
	return ok && ref.Equal(ast.InputRootRef) || term.Value.Compare(ast.InputRootDocument.Value) == 0
}

// firstOf returns the first step of a path, which may have only one.
func firstOf(path *ast.Term) *ast.Term {
	if steps, ok := path.Value.(*ast.Array); ok && steps.Len() > 0 {
		return steps.Elem(0)
	}
	return path
}

// attribute returns the attribute that a term reads, or nil when it is anything else.
func (in *inspection) attribute(term *ast.Term) *policy.Attribute {
	values := in.locals.values(term)
	if len(values) != 1 {
		return nil
	}
	var name *ast.Term
	switch value := values[0].Value.(type) {
	case ast.Ref:
		if len(value) == 2 && value.HasPrefix(ast.InputRootRef) {
			name = value[1]
		}
	case ast.Call:
		if value[0].Value.String() == ast.ObjectGet.Name && len(value) > 2 && isInput(value[1]) {
			name = value[2]
		}
	}
	if name == nil {
		return nil
	}
	text, _ := name.Value.(ast.String)
	return in.catalog.Vocabulary.Attribute(string(text))
}

// compare checks that what an attribute is compared with could be its value.
func (in *inspection) compare(a *policy.Attribute, with *ast.Term) {
	for _, value := range in.locals.values(with) {
		if !in.idle[in.clause] {
			in.module.compared = append(in.module.compared, in.comparisons(a, value)...)
			if n, isNumber := value.Value.(ast.Number); isNumber {
				in.module.compared = append(in.module.compared, Comparison{Attribute: a.Name, Number: n.String(), Pos: position(value.Location)})
			}
		}
		is, remedy := in.kind(value)
		want := kinds[a.Type]
		text, isText := value.Value.(ast.String)
		switch {
		case is == "" || want == "":
		case is != want:
			if remedy == "" {
				remedy = "compare it with " + want
			}
			in.wrong("wrong-type", value.Location, remedy, "%s is %s, but this is %s", a.Name, want, is)
		case a.Type == policy.Set:
			for _, element := range elements(value) {
				in.lookFor(a, element)
			}
		case isText && !slices.Contains(valuesOfEnum(a), string(text)):
			remedy := "use one of " + strings.Join(valuesOfEnum(a), ", ")
			in.wrong("unknown-value", value.Location, remedy+didYouMean(string(text), valuesOfEnum(a)), "%s has no value %q", a.Name, string(text))
		}
	}
}

// amount notes an amount of a promise that is written as a number, but for the 0 and 1 of flags.
func (in *inspection) amount(promise ast.Object) {
	value := promise.Get(ast.StringTerm("value"))
	if value == nil || in.idle[in.clause] {
		return
	}
	if n, isNumber := value.Value.(ast.Number); isNumber && n != "0" && n != "1" {
		in.module.compared = append(in.module.compared, Comparison{Number: n.String(), Pos: position(value.Location)})
	}
}

// comparisons are those of an attribute with the parameters of a term: one, or several that are
// multiplied and divided, be it by 100. With another number something else may be meant, as with 12
// months of a year.
func (in *inspection) comparisons(a *policy.Attribute, value *ast.Term) []Comparison {
	var all []Comparison
	switch v := value.Value.(type) {
	case ast.Ref:
		if name := parameterOf(v); name != "" {
			all = append(all, Comparison{Attribute: a.Name, Parameter: name, Pos: position(value.Location)})
		}
	case ast.Call:
		if operator := v[0].Value.String(); operator != ast.Multiply.Name && operator != ast.Divide.Name {
			return nil
		}
		for _, operand := range v[1:] {
			for _, value := range in.locals.values(operand) {
				of := in.comparisons(a, value)
				if of == nil && value.Value.Compare(ast.Number("100")) != 0 {
					return nil
				}
				all = append(all, of...)
			}
		}
		for i := range all {
			all[i].Scaled = true
		}
	}
	return all
}

// parameterOf is the name of the parameter of which a reference is the number, empty when it is of
// none.
func parameterOf(ref ast.Ref) string {
	if !ref.HasPrefix(parametersRef) || len(ref) < 3 || len(ref) > 4 || len(ref) == 4 && stringOf(ref[3]) != "value" {
		return ""
	}
	return stringOf(ref[2])
}

// lookFor checks that what is looked for in a set could be in it.
func (in *inspection) lookFor(a *policy.Attribute, element *ast.Term) {
	of := *a
	of.Type = policy.Enum
	in.compare(&of, element)
}

func valuesOfEnum(a *policy.Attribute) []string {
	var names []string
	for _, v := range a.Values {
		names = append(names, v.Name)
	}
	return names
}

// kinds says what the values of attributes are, for messages.
var kinds = map[policy.AttributeType]string{policy.Boolean: "true or false", policy.Integer: "a number", policy.Enum: "a text", policy.Set: "an array"}

// kind says what a value is, with a remedy for when that is wrong. It is empty when the kind is not
// known.
func (in *inspection) kind(value *ast.Term) (kind, remedy string) {
	switch v := value.Value.(type) {
	case ast.Boolean:
		return kinds[policy.Boolean], ""
	case ast.Number:
		return kinds[policy.Integer], ""
	case ast.String:
		return kinds[policy.Enum], ""
	case ast.Null:
		return "null", "remove the condition: an attribute that is not given has no value, and no condition on it holds"
	case *ast.Array:
		return "an array", ""
	case ast.Set:
		return "a set", `write "in" instead of a comparison`
	case ast.Object:
		return "an object", ""
	case ast.Ref:
		if a := in.attribute(value); a != nil {
			return kinds[a.Type], "compare attributes of the same type"
		}
		return in.kindOfParameter(v)
	}
	return "", ""
}

func (in *inspection) kindOfParameter(ref ast.Ref) (kind, remedy string) {
	if !ref.HasPrefix(parametersRef) || len(ref) < 3 || len(ref) > 4 || len(in.chains) == 0 {
		return "", ""
	}
	name, _ := ref[2].Value.(ast.String)
	p := in.catalog.Parameter(in.chains[0], string(name))
	switch {
	case p == nil || p.Unit == "":
		return "", ""
	case len(ref) == 4:
		if part, _ := ref[3].Value.(ast.String); p.Threshold() || part != "value" {
			return "", ""
		}
		return kinds[policy.Integer], ""
	case p.Threshold():
		return kinds[policy.Integer], ""
	}
	return "the promise " + p.Name, "compare it with the promised number, " + p.Name + ".value, or with a parameter without a bound, a threshold"
}

// elements returns the values of a literal collection.
func elements(collection *ast.Term) []*ast.Term {
	var all []*ast.Term
	add := func(t *ast.Term) { all = append(all, t) }
	switch c := collection.Value.(type) {
	case *ast.Array:
		c.Foreach(add)
	case ast.Set:
		c.Foreach(add)
	case ast.Object:
		c.Foreach(func(_, value *ast.Term) { add(value) })
	}
	return all
}

// locals holds the terms that the local variables of a clause stand for: one for v := term, several
// for some v in [a, b], and none when these are not literals.
type locals map[ast.Var][]*ast.Term

// localsOf returns the locals of a clause. A variable that is bound twice, in different scopes,
// stands for nothing known.
func localsOf(r *ast.Rule) locals {
	of := locals{}
	bind := func(variable *ast.Term, values ...*ast.Term) {
		if variable == nil {
			return
		}
		if v, ok := variable.Value.(ast.Var); ok {
			if _, again := of[v]; again {
				values = nil
			}
			of[v] = values
		}
	}
	ast.WalkExprs(r, func(expr *ast.Expr) bool {
		switch terms := expr.Terms.(type) {
		case []*ast.Term:
			if expr.IsAssignment() && len(terms) == 3 {
				bind(terms[1], terms[2])
			}
		case *ast.SomeDecl:
			if member, ok := terms.Symbols[0].Value.(ast.Call); ok {
				bind(member[len(member)-2], elements(member[len(member)-1])...)
			}
		case *ast.Every:
			bind(terms.Value, elements(terms.Domain)...)
		}
		return false
	})
	return of
}

// maxSteps is the greatest number of variables followed in a row.
const maxSteps = 8

// values returns the terms that a term may stand for. That is the term itself unless it is a local
// variable.
func (l locals) values(term *ast.Term) []*ast.Term {
	values := []*ast.Term{term}
	for range maxSteps {
		var next []*ast.Term
		followed := false
		for _, t := range values {
			v, isVar := t.Value.(ast.Var)
			stands, bound := l[v]
			if !isVar || !bound {
				next = append(next, t)
				continue
			}
			next = append(next, stands...)
			followed = true
		}
		if values = next; !followed {
			break
		}
	}
	return values
}
