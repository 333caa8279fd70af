package rules

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

// reads says what compiled Rego depends on.
type reads struct {
	attributes map[string]*usage
	parameters map[string]bool
	documents  []ast.Ref     // rules and functions
	whole      *ast.Location // where the elder is read as a whole or by a computed name; nil when nowhere
	anyFigure  bool          // true when the parameters are read as a whole
	fallible   bool          // true when its text does not rule out that evaluation ends in an error
	// it replaces something other than an attribute, so a parameter may differ from that of the day
	replaces bool
}

// usage says how an attribute is read: only in comparisons with constants, or otherwise.
type usage struct {
	otherwise bool
	with      []constant
	place     *ast.Location // the first that is not such a comparison, or else the first
}

// constant is what an attribute is compared with: a scalar that is written out, a part of a
// parameter, or what is computed of such.
type constant struct {
	scalar    ast.Value
	parameter ast.Ref
	operator  string // of [arithmetic], on the operands
	operands  []constant
}

func newReads() *reads {
	return &reads{attributes: map[string]*usage{}, parameters: map[string]bool{}}
}

// add adds what something else reads.
func (r *reads) add(s *reads) {
	for name, how := range s.attributes {
		u := r.attribute(name)
		u.otherwise = u.otherwise || how.otherwise
		u.with = append(u.with, how.with...)
		u.place = cmp.Or(u.place, how.place)
	}
	maps.Copy(r.parameters, s.parameters)
	if r.whole == nil {
		r.whole = s.whole
	}
	r.anyFigure = r.anyFigure || s.anyFigure
	r.fallible = r.fallible || s.fallible
	r.replaces = r.replaces || s.replaces
}

func (r *reads) attribute(name string) *usage {
	if r.attributes[name] == nil {
		r.attributes[name] = &usage{}
	}
	return r.attributes[name]
}

// reader finds out what the Rego of a compiled module reads. It is safe for concurrent use.
type reader struct {
	compiler *ast.Compiler
	rules    sync.Map // *ast.Rule -> *reads, of the rule by itself
}

// all returns what a body or a rule depends on, including all the rules that it refers to, however
// deep.
func (rd *reader) all(of any) *reads {
	all := scan(of)
	for _, r := range rd.reach(all.documents) {
		all.add(rd.rule(r))
		all.fallible = all.fallible || mayConflict(r)
	}
	for _, u := range all.attributes {
		u.otherwise = u.otherwise || all.replaces
	}
	return all
}

// reach returns the rules that references lead to, directly or through other rules.
func (rd *reader) reach(documents []ast.Ref) []*ast.Rule {
	var all []*ast.Rule
	seen := map[*ast.Rule]bool{}
	for left := slices.Clone(documents); len(left) > 0; {
		ref := left[len(left)-1]
		left = left[:len(left)-1]
		for _, r := range rd.compiler.GetRulesDynamicWithOpts(ref, everyRule) {
			if !seen[r] {
				seen[r] = true
				all = append(all, r)
				left = append(left, rd.rule(r).documents...)
			}
		}
	}
	return all
}

// everyRule makes OPA also look for rules in packages that it does not show by default.
var everyRule = ast.RulesOptions{IncludeHiddenModules: true}

// rule returns what a rule reads by itself.
func (rd *reader) rule(r *ast.Rule) *reads {
	known, ok := rd.rules.Load(r)
	if !ok {
		known, _ = rd.rules.LoadOrStore(r, scan(r))
	}
	return known.(*reads)
}

// mayConflict reports whether a rule could take part in two values of one document.
func mayConflict(r *ast.Rule) bool {
	return r.Head.RuleKind() == ast.SingleValue && !isTrue(r)
}

// isTrue reports whether a rule has the value true or none.
func isTrue(r *ast.Rule) bool {
	return r.Else == nil && r.Head.Value != nil && r.Head.Value.Value.Compare(ast.Boolean(true)) == 0
}

// scan returns what a body or a rule reads by itself.
func scan(of any) *reads {
	s := &scanner{
		reads: newReads(), compares: map[*ast.Term]bool{}, strays: map[string]bool{}, places: map[string]int{}, told: map[string]int{}, vars: map[ast.Var]int{}, toldVars: map[ast.Var]int{}, gotVars: map[ast.Var]int{},
		aliases: map[ast.Var]string{}, with: map[ast.Var][]constant{}, elders: map[ast.Var]bool{},
	}
	ast.WalkBodies(of, func(body ast.Body) bool {
		s.body(body)
		return false
	})
	ast.NewGenericVisitor(s.term).Walk(of)
	s.settle()
	return s.reads
}

// scanner goes through one body or rule. An attribute counts as only compared with constants when
// every place that reads it, or a variable that stands for it, is known to be such a comparison.
type scanner struct {
	*reads
	compares       map[*ast.Term]bool // places of attributes that are told
	strays         map[string]bool    // attributes of which a place is not
	places, told   map[string]int     // of attributes
	vars, toldVars map[ast.Var]int
	gotVars        map[ast.Var]int    // places that get something by name from a variable for the elder as a whole
	aliases        map[ast.Var]string // variables that stand for attributes
	with           map[ast.Var][]constant
	elders         map[ast.Var]bool // variables that stand for the elder as a whole
	wholes         int              // places where the elder is read as a whole
	computed       *ast.Location    // where an attribute is read by a computed name
}

// body tells the comparisons of one body. Its constants are what it unites with a variable, and
// what it computes of constants: OPA's compiler puts that in front of what reads it.
func (s *scanner) body(body ast.Body) {
	constants := map[ast.Var]constant{}
	for _, e := range body {
		if v, other, ok := united(e); ok {
			if c, is := constantOf(other, constants); is {
				constants[v] = c
			}
		} else if v, c, ok := computed(e, constants); ok {
			constants[v] = c
		}
	}
	for _, e := range body {
		if e.IsCall() && len(e.With) == 0 {
			s.call(e, constants)
		} else if e.IsCall() {
			s.fallible = s.fallible || mayFail(e)
		}
	}
}

// united returns the variable and the term that an expression unites.
func united(e *ast.Expr) (ast.Var, *ast.Term, bool) {
	if !e.IsEquality() || e.Negated || len(e.With) > 0 {
		return "", nil, false
	}
	if v, ok := e.Operand(0).Value.(ast.Var); ok {
		return v, e.Operand(1), true
	}
	v, ok := e.Operand(1).Value.(ast.Var)
	return v, e.Operand(0), ok
}

// constantOf returns the constant that a term is.
func constantOf(t *ast.Term, constants map[ast.Var]constant) (constant, bool) {
	switch value := t.Value.(type) {
	case ast.Ref:
		return constant{parameter: value}, value.HasPrefix(parametersRef) && len(value) > len(parametersRef) && value.IsGround()
	case ast.Var:
		c, ok := constants[value]
		return c, ok
	}
	return constant{scalar: t.Value}, ast.IsScalar(t.Value)
}

// mayFail reports whether a call may end in an error. What a function of the rules may do is seen
// in its own body.
func mayFail(e *ast.Expr) bool {
	name := e.Operator().String()
	return !e.Operator().HasPrefix(ast.DefaultRootRef) && !slices.Contains(comparing, name) &&
		name != ast.Member.Name && name != ast.ObjectGet.Name
}

func (s *scanner) call(e *ast.Expr, constants map[ast.Var]constant) {
	s.fallible = s.fallible || mayFail(e)
	name, operands := e.Operator().String(), e.Operands()
	switch {
	case s.named(e): // what is compared with its other name is compared with it
	case slices.Contains(comparing, name) && len(operands) >= 2:
		left, leftIs := constantOf(operands[0], constants)
		right, rightIs := constantOf(operands[1], constants)
		switch {
		case rightIs:
			s.compared(operands[0], right)
		case leftIs:
			s.compared(operands[1], left)
		}
	case name == ast.Member.Name && len(operands) >= 2 && ast.IsConstant(operands[1].Value):
		s.compared(operands[0], members(operands[1])...)
	case name == ast.Member.Name && len(operands) >= 2:
		if c, is := constantOf(operands[0], constants); is {
			s.compared(operands[1], c) // it is looked for in a set
		}
	case name == ast.ObjectGet.Name && len(operands) >= 2:
		s.got(operands[0], operands[1])
	}
}

// members returns the elements of a collection that is written out.
func members(collection *ast.Term) []constant {
	var all []constant
	for _, t := range elements(collection) {
		all = append(all, constant{scalar: t.Value})
	}
	return all
}

// compared records that a term is compared with constants.
func (s *scanner) compared(t *ast.Term, with ...constant) {
	if v, ok := t.Value.(ast.Var); ok {
		s.toldVars[v]++
		s.with[v] = append(s.with[v], with...)
		return
	}
	if name, ok := attributeOf(t); ok {
		s.told[name]++
		s.compares[t] = true
		u := s.attribute(name)
		u.with = append(u.with, with...)
	}
}

// named records that an expression gives another name to an attribute or to the elder as a whole.
// It reports whether it does.
func (s *scanner) named(e *ast.Expr) bool {
	v, other, ok := united(e)
	if !ok {
		return false
	}
	name, is := attributeOf(other)
	switch {
	case is && s.aliases[v] == "":
		s.aliases[v] = name
		s.told[name]++
		s.compares[other] = true
	case isInput(other):
		s.elders[v] = true
		s.gotVars[v]++
	default:
		return false
	}
	s.toldVars[v]++
	return true
}

// got records that object.get takes an attribute from the elder by name.
func (s *scanner) got(object, path *ast.Term) {
	name, ok := firstOf(path).Value.(ast.String)
	if !ok {
		return
	}
	if v, isVar := object.Value.(ast.Var); isVar && s.elders[v] {
		s.gotVars[v]++
		s.attribute(string(name)).otherwise = true
	}
}

// attributeOf returns the attribute that a term is.
func attributeOf(t *ast.Term) (string, bool) {
	ref, ok := t.Value.(ast.Ref)
	if !ok || len(ref) != 2 || !ref.HasPrefix(ast.InputRootRef) {
		return "", false
	}
	name, ok := ref[1].Value.(ast.String)
	return string(name), ok
}

// term counts where attributes and variables stand, and records the documents read.
func (s *scanner) term(x any) bool {
	if with, ok := x.(*ast.With); ok {
		_, attribute := attributeOf(with.Target)
		s.replaces = s.replaces || !attribute
	}
	t, ok := x.(*ast.Term)
	if !ok {
		return false
	}
	switch value := t.Value.(type) {
	case *ast.ObjectComprehension:
		s.fallible = true // a key may occur twice
	case ast.Var:
		s.vars[value]++
	case ast.Ref:
		switch {
		case value.HasPrefix(ast.InputRootRef):
			s.input(t, value)
		case value.HasPrefix(parametersRef):
			s.parameter(value)
		case value.HasPrefix(ast.DefaultRootRef):
			s.documents = append(s.documents, value)
			s.anyFigure = s.anyFigure || len(value) == 1 || !value[1].IsGround()
		}
	}
	return false
}

func (s *scanner) input(t *ast.Term, ref ast.Ref) {
	if len(ref) == 1 {
		s.wholes++
		s.whole = t.Location
		return
	}
	if name, ok := ref[1].Value.(ast.String); ok {
		u := s.attribute(string(name))
		if strays := !s.compares[t]; u.place == nil || strays && !s.strays[string(name)] {
			u.place, s.strays[string(name)] = t.Location, strays
		}
		s.places[string(name)]++
		return
	}
	s.computed = t.Location
}

func (s *scanner) parameter(ref ast.Ref) {
	if len(ref) > len(parametersRef) {
		if name, ok := ref[len(parametersRef)].Value.(ast.String); ok {
			s.parameters[string(name)] = true
			return
		}
	}
	s.anyFigure = true
}

// settle decides for each attribute whether all places that read it are comparisons with constants.
// It also decides whether everything read of the elder as a whole is got by name.
func (s *scanner) settle() {
	for name, places := range s.places {
		if s.told[name] != places {
			s.attribute(name).otherwise = true
		}
	}
	for v, name := range s.aliases {
		u := s.attribute(name)
		u.otherwise = u.otherwise || s.toldVars[v] != s.vars[v]
		u.with = append(u.with, s.with[v]...)
	}
	for v := range s.elders {
		if s.gotVars[v] == s.vars[v] {
			s.wholes--
		}
	}
	if s.wholes == 0 {
		s.whole = nil
	}
	if s.computed != nil {
		s.whole = s.computed
	}
}
