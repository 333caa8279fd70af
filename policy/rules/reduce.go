package rules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/box"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// Case is one way to be granted something: the elders of a box, and what they get.
type Case struct {
	Rule       *Rule
	Grant      Grant
	Box        box.Box
	Conditions []Condition // in the order of the rule
}

// Condition is one condition of a case: the cells of one attribute that it admits, and where it is written.
type Condition struct {
	Attribute int
	Admits    box.Set
	Pos       policy.Position
}

// Opacity says why a rule is not a union of boxes. Such a rule is evaluated by plain OPA.
type Opacity struct {
	Reason     string
	Expression string
	Pos        policy.Position
}

// Reduction is a rule as cases; or opaque, when it is not known exactly for which elders it holds. With conflicts it is neither:
// plain OPA refuses to answer.
type Reduction struct {
	Cases     []Case
	Dead      []Condition // conditions that no elder meets, and for which a branch was left out
	Unreached []Grant     // of the branches left out
	Opaque    *Opacity
	Conflicts []Conflict
}

// Reducer turns rules into cases. It remembers the sets that conditions admit, and reductions for equal parameters. It is safe
// for concurrent use.
type Reducer struct {
	space     *elder.Space
	empty     *Module       // evaluates conditions: only the shared modules
	values    storage.Store // what to evaluate them on
	atoms     sync.Map      // attribute and text of a condition -> *atomResult
	rules     sync.Map      // reductionKey -> *Reduction
	residuals sync.Map      // reductionKey -> *residual, to be reduced

	mu             sync.Mutex
	contradictions []Contradiction // nil until they are reduced
}

// atomResult is the set that an atom admits, once it is known.
type atomResult struct {
	once   sync.Once
	admits box.Set
	err    error
}

// NewReducer is a Reducer for the rules of a set.
func NewReducer(s *Set) *Reducer {
	return &Reducer{space: s.Space, empty: s.shared, values: valuesOf(s.Space)}
}

// Space is the space of the elders that rules are reduced over.
func (rd *Reducer) Space() *elder.Space { return rd.space }

// reductionKey is what a reduction depends on.
type reductionKey struct {
	rule   *Rule
	values string // of the parameters that the rule reads
}

// severalTimes is how much faster it is to evaluate all rules of a module at once than one by one.
const severalTimes = 4

// Anticipate takes what it can at once of the work of reducing rules of one list under the same parameters.
func (rd *Reducer) Anticipate(ctx context.Context, of []*Rule, parameters *Parameters) {
	keys := make([]reductionKey, 0, len(of))
	for _, r := range of {
		k := reductionKey{r, parameters.Key(r.Parameters)}
		if _, known := rd.rules.Load(k); !known {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 || severalTimes*len(keys) < len(keys[0].rule.module.Rules) {
		return
	}
	residuals := keys[0].rule.module.residuals(ctx, parameters)
	if residuals == nil {
		return
	}
	for _, k := range keys {
		rd.residuals.Store(k, residuals[k.rule.Index])
	}
}

// Reduce is the reduction of a rule under parameters. The error is a [policy.Diagnostics] when a rule cannot be evaluated
// at all, for example because it computes with a parameter that has no value.
func (rd *Reducer) Reduce(ctx context.Context, r *Rule, parameters *Parameters) (*Reduction, error) {
	k := reductionKey{r, parameters.Key(r.Parameters)}
	if known, ok := rd.rules.Load(k); ok {
		return known.(*Reduction), nil
	}
	reduction, err := rd.reduce(ctx, k, parameters)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err // what looks opaque was only broken off
	}
	rd.rules.Store(k, reduction)
	return reduction, nil
}

func (rd *Reducer) reduce(ctx context.Context, k reductionKey, parameters *Parameters) (*Reduction, error) {
	left, err := rd.residual(ctx, k, parameters)
	if err != nil {
		return nil, err
	}
	conflicts, opaque, err := rd.conflicts(ctx, k.rule, parameters)
	if err != nil {
		return nil, err
	}
	if len(conflicts) > 0 || opaque != nil {
		return &Reduction{Conflicts: conflicts, Opaque: opaque}, nil
	}
	reduction, obstacle := rd.reduction(ctx, k.rule, left)
	if obstacle == nil {
		obstacle = rd.confirm(ctx, k.rule, parameters, reduction.Cases)
	}
	if obstacle != nil {
		return &Reduction{Opaque: k.rule.opacity(obstacle)}, nil
	}
	return reduction, nil
}

func (rd *Reducer) residual(ctx context.Context, k reductionKey, parameters *Parameters) (*residual, error) {
	if anticipated, ok := rd.residuals.LoadAndDelete(k); ok {
		return anticipated.(*residual), nil
	}
	return k.rule.residual(ctx, parameters)
}

// reduction is a rule as cases, from what partial evaluation left of it, or why it is opaque.
func (rd *Reducer) reduction(ctx context.Context, r *Rule, left *residual) (*Reduction, *obstacle) {
	reduction := &Reduction{}
	for _, body := range left.bodies {
		if body.grant == nil {
			return nil, body.unbound
		}
		region, dead, obstacle := rd.region(ctx, body.conditions, left.support)
		if obstacle != nil {
			return nil, obstacle
		}
		reduction.Dead = append(reduction.Dead, dead...)
		if len(region) == 0 {
			reduction.Unreached = append(reduction.Unreached, *body.grant)
		}
		for _, part := range region {
			reduction.Cases = append(reduction.Cases, Case{Rule: r, Grant: *body.grant, Box: part.box, Conditions: part.conditions})
		}
	}
	return reduction, nil
}

// Contradiction is a box of elders that cannot exist, with what contradicts.
type Contradiction struct {
	Message string
	Box     box.Box
}

// Contradictions reduces the shared rules elder.contradictions. A contradiction that is no union of boxes is an error.
func (rd *Reducer) Contradictions(ctx context.Context) ([]Contradiction, error) {
	rd.mu.Lock()
	defer rd.mu.Unlock()
	if rd.contradictions == nil {
		all, err := rd.reduceContradictions(ctx)
		if err != nil {
			return nil, err
		}
		rd.contradictions = slices.Clip(append([]Contradiction{}, all...)) // not nil, though there be none
	}
	return rd.contradictions, nil
}

func (rd *Reducer) reduceContradictions(ctx context.Context) ([]Contradiction, error) {
	partial, err := rd.empty.partial(ctx, mustParse(contradictionsRef.String()+"[granted]"))
	if err != nil {
		return nil, err
	}
	var all []Contradiction
	for _, body := range partial.Queries {
		message, conditions := ast.String(""), ast.Body{}
		for _, expr := range body {
			if value, ok := bound(expr, "granted"); ok {
				message, _ = value.Value.(ast.String)
				continue
			}
			conditions = append(conditions, expr)
		}
		if message == "" {
			return nil, rd.opaqueContradiction(because("its message is no text, or depends on the elder", body))
		}
		region, _, obstacle := rd.region(ctx, conditions, partial.Support)
		if obstacle != nil {
			return nil, rd.opaqueContradiction(obstacle)
		}
		for _, part := range region {
			all = append(all, Contradiction{Message: string(message), Box: part.box})
		}
	}
	if obstacle := rd.confirmContradictions(ctx, all); obstacle != nil {
		return nil, rd.opaqueContradiction(obstacle)
	}
	return all, nil
}

func (rd *Reducer) opaqueContradiction(o *obstacle) error {
	at := rd.empty.statement(o.at)
	for _, r := range rd.empty.compiler.GetRulesWithPrefix(contradictionsRef) {
		if at == nil {
			at = r.Location
		}
	}
	var ds policy.Diagnostics
	ds.Errorf("opaque-contradiction", position(at), "compare attributes with constants",
		"a contradiction must be made of conditions on single attributes: %s", o.reason)
	return ds
}

// part is a box on the way to a case.
type part struct {
	box        box.Box
	conditions []Condition
}

// region is the union of boxes for which a body holds. Dead are the conditions that emptied a branch.
func (rd *Reducer) region(ctx context.Context, body ast.Body, support []*ast.Module) (region []part, dead []Condition, obstacle *obstacle) {
	region = []part{{}}
	for _, atom := range atoms(body) {
		if rules, negated, ok := supportRules(atom, support); ok {
			boxes, o := rd.union(ctx, rules, support)
			if o != nil {
				if o.at == nil {
					o.at = locationOf(atom)
				}
				return nil, nil, o
			}
			region = rd.apply(region, boxes, negated, position(locationOf(atom)))
			continue
		}
		attribute, o := rd.attribute(atom)
		if o != nil {
			return nil, nil, o
		}
		admits, err := rd.admits(ctx, atom, attribute)
		if err != nil {
			return nil, nil, because("OPA cannot evaluate it for every value: "+reason(err), atom)
		}
		condition := Condition{Attribute: attribute, Admits: admits, Pos: position(locationOf(atom))}
		var left []part
		for _, p := range region {
			b, some := p.box.With(attribute, admits)
			if !some {
				dead = append(dead, condition)
				continue
			}
			left = append(left, part{b, append(slices.Clip(p.conditions), condition)})
		}
		region = left
	}
	return region, dead, nil
}

// apply narrows a region to a union of boxes, or to what is outside of it.
func (rd *Reducer) apply(region []part, boxes []box.Box, negated bool, pos policy.Position) []part {
	var left []part
	for _, p := range region {
		var boxesLeft []box.Box
		if negated {
			boxesLeft = box.Subtract([]box.Box{p.box}, boxes, rd.space.All)
		} else {
			for _, b := range boxes {
				if both, some := p.box.Intersect(b); some {
					boxesLeft = append(boxesLeft, both)
				}
			}
		}
		for _, b := range boxesLeft {
			left = append(left, part{b, append(slices.Clip(p.conditions), added(p.box, b, pos)...)})
		}
	}
	return left
}

// added are the conditions by which a box is narrower than another.
func added(wide, narrow box.Box, pos policy.Position) []Condition {
	var conditions []Condition
	for _, side := range narrow {
		if before, constrained := wide.Side(side.Attribute); !constrained || before != side.Admits {
			conditions = append(conditions, Condition{Attribute: side.Attribute, Admits: side.Admits, Pos: pos})
		}
	}
	return conditions
}

// union is the union of the boxes for which one of the support rules holds.
func (rd *Reducer) union(ctx context.Context, rules []*ast.Rule, support []*ast.Module) ([]box.Box, *obstacle) {
	var boxes []box.Box
	always := false
	for _, r := range rules {
		if r.Head.Value == nil {
			return nil, &obstacle{"a helper is a set, which is there even when it is empty", r.Location}
		}
		value, isBoolean := r.Head.Value.Value.(ast.Boolean)
		switch {
		case !isBoolean || r.Else != nil || len(r.Head.Args) > 0:
			return nil, &obstacle{"a helper has values other than true", r.Location}
		case !bool(value):
			if !r.Default {
				return nil, &obstacle{"a helper is false under a condition", r.Location}
			}
			continue
		case r.Default:
			always = true
			continue
		}
		region, _, o := rd.region(ctx, r.Body, support)
		if o != nil {
			return nil, o
		}
		for _, p := range region {
			boxes = append(boxes, p.box)
		}
	}
	if always {
		return []box.Box{{}}, nil
	}
	return boxes, nil
}

// supportRules are the rules of the helper that an atom consists of: data.partial.x, or not data.partial.x.
func supportRules(atom ast.Body, support []*ast.Module) (rules []*ast.Rule, negated, ok bool) {
	if len(atom) != 1 || len(atom[0].With) > 0 {
		return nil, false, false
	}
	term, isTerm := atom[0].Terms.(*ast.Term)
	if !isTerm {
		return nil, false, false
	}
	ref, isRef := term.Value.(ast.Ref)
	if !isRef || !ref.HasPrefix(ast.DefaultRootRef) {
		return nil, false, false
	}
	for _, m := range support {
		for _, r := range m.Rules {
			switch of := m.Package.Path.Extend(r.Head.Ref()); {
			case of.Equal(ref):
				rules = append(rules, r)
			case overlap(of, ref):
				return nil, false, false
			}
		}
	}
	return rules, atom[0].Negated, len(rules) > 0
}

// overlap reports whether two references may be to the same document, or to a part of it.
func overlap(a, b ast.Ref) bool {
	for i := range min(len(a), len(b)) {
		if a[i].IsGround() && b[i].IsGround() && !a[i].Equal(b[i]) {
			return false
		}
	}
	return true
}

// atoms groups the expressions of a body: expressions that share a local variable are one condition.
func atoms(body ast.Body) []ast.Body {
	var groups []ast.Body
	var vars []ast.VarSet
	for _, expr := range body {
		group, own := ast.Body{expr}, localVars(expr)
		var restGroups []ast.Body
		var restVars []ast.VarSet
		for i := range groups {
			if len(vars[i].Intersect(own)) == 0 {
				restGroups, restVars = append(restGroups, groups[i]), append(restVars, vars[i])
				continue
			}
			group = append(slices.Clone(groups[i]), group...)
			own = own.Copy()
			own.Update(vars[i])
		}
		groups, vars = append(restGroups, group), append(restVars, own)
	}
	return groups
}

// localVars are the variables of an expression but for the roots input and data.
func localVars(expr *ast.Expr) ast.VarSet {
	return expr.Vars(ast.VarVisitorParams{SkipRefCallHead: true}).Diff(ast.ReservedVars)
}

// attribute is the one attribute that an atom reads.
func (rd *Reducer) attribute(atom ast.Body) (int, *obstacle) {
	attribute := -1
	var found *obstacle
	for _, expr := range atom {
		if len(expr.With) > 0 {
			return 0, because("it replaces the input", atom)
		}
	}
	ast.WalkRefs(atom, func(ref ast.Ref) bool {
		head, isVar := ref[0].Value.(ast.Var)
		if found != nil || !isVar {
			return true
		}
		switch {
		case head.Equal(ast.InputRootDocument.Value):
			i, ok := rd.readAttribute(ref)
			switch {
			case !ok:
				found = because("it reads the elder as a whole, or an attribute that is computed", atom)
			case attribute >= 0 && attribute != i:
				found = because("it relates two attributes", atom)
			default:
				attribute = i
			}
		case head.Equal(ast.DefaultRootDocument.Value):
			found = because("it uses a helper that partial evaluation could not resolve", atom)
		}
		return false
	})
	if found == nil && attribute < 0 {
		found = because("it reads no attribute", atom)
	}
	return attribute, found
}

func (rd *Reducer) readAttribute(ref ast.Ref) (int, bool) {
	if len(ref) != 2 {
		return 0, false
	}
	name, ok := ref[1].Value.(ast.String)
	if !ok {
		return 0, false
	}
	return rd.space.Index(string(name))
}

// admits is the set of cells for which an atom holds: OPA evaluates it on each.
func (rd *Reducer) admits(ctx context.Context, atom ast.Body, attribute int) (box.Set, error) {
	key := fmt.Sprint(attribute, " ", atom)
	known, ok := rd.atoms.Load(key)
	if !ok {
		known, _ = rd.atoms.LoadOrStore(key, &atomResult{})
	}
	result := known.(*atomResult)
	result.once.Do(func() { result.admits, result.err = rd.evaluateAtom(ctx, atom, attribute) })
	if result.err != nil && ctx.Err() != nil {
		rd.atoms.CompareAndDelete(key, result) // it was broken off
	}
	return result.admits, result.err
}

// valuesDocument is where OPA finds, for each attribute, its values. No package can have the name.
const valuesDocument = " values"

func valuesOf(space *elder.Space) storage.Store {
	attributes := map[string]any{}
	for i := range space.Axes {
		attributes[space.Axes[i].Attribute.Name] = space.Axes[i].Values
	}
	return inmem.NewFromObjectWithOpts(map[string]any{valuesDocument: attributes}, inmem.OptReturnASTValuesOnRead(true))
}

// evaluateAtom asks OPA for the cells that an atom admits: whether that of the elders who do not give the attribute, and which
// of those of its values.
func (rd *Reducer) evaluateAtom(ctx context.Context, atom ast.Body, attribute int) (box.Set, error) {
	evaluation.RLock()
	defer evaluation.RUnlock()
	admits, err := rd.evaluateValues(ctx, atom, attribute)
	if err != nil || undefinedWithout(atom) {
		return admits, err
	}
	var body ast.Body
	for _, expr := range atom {
		body.Append(expr.Copy())
	}
	results, err := rego.New(
		rego.ParsedQuery(body), rego.Compiler(rd.empty.compiler), rego.ParsedInput(ast.NewObject()), rego.StrictBuiltinErrors(true),
	).Eval(ctx)
	if err == nil && holds(results) {
		admits.Add(elder.Absent)
	}
	return admits, err
}

// undefinedWithout reports whether an atom is sure to be undefined when the attribute that it reads is: it is what every expression
// is that reads something undefined, unless it is negated, or reads it in a comprehension or the like.
func undefinedWithout(atom ast.Body) bool {
	plain := true
	for _, expr := range atom {
		_, isTerm := expr.Terms.(*ast.Term)
		plain = plain && !expr.Negated && (isTerm || expr.IsCall())
		ast.WalkClosures(expr, func(any) bool {
			plain = false
			return true
		})
	}
	return plain
}

// holds reports whether a query has a result of which no expression is false.
func holds(results rego.ResultSet) bool {
	return slices.ContainsFunc(results, func(r rego.Result) bool {
		return !slices.ContainsFunc(r.Expressions, func(e *rego.ExpressionValue) bool { return e.Value == false })
	})
}

// evaluateValues asks for all values of the attribute at once: value = values[place]; atom, where the atom reads value in place of
// the attribute. With all its operands at hand, an atom that comes from a compiled rule needs no compiling, unless what was left of it
// was put into one expression again.
func (rd *Reducer) evaluateValues(ctx context.Context, atom ast.Body, attribute int) (admits box.Set, err error) {
	const value, place = ast.Var("the value"), ast.Var("its place") // no rule has such names
	values := ast.RefTerm(
		ast.DefaultRootDocument, ast.StringTerm(valuesDocument), ast.StringTerm(rd.space.Axes[attribute].Attribute.Name), ast.NewTerm(place),
	)
	body := ast.NewBody(ast.Equality.Expr(ast.NewTerm(value), values))
	for _, expr := range atom {
		read, err := ast.TransformRefs(expr.Copy(), func(ref ast.Ref) (ast.Value, error) {
			if ref.HasPrefix(ast.InputRootRef) {
				return value, nil
			}
			return ref, nil
		})
		if err != nil {
			return admits, err
		}
		body.Append(read.(*ast.Expr))
	}
	if nestsCalls(body) {
		if body, err = rd.empty.compiler.QueryCompiler().Compile(body); err != nil {
			return admits, err
		}
	}
	results, err := rd.empty.query(ctx, body, rd.values, nil)
	if err != nil {
		return admits, err
	}
	for _, result := range results {
		cell, ok := cellAt(result[place])
		if !ok {
			return admits, errors.New("internal: a condition on values names none")
		}
		admits.Add(cell)
	}
	return admits, nil
}

// cellAt is the cell of the value at a place.
func cellAt(place *ast.Term) (uint8, bool) {
	if place == nil {
		return 0, false
	}
	number, _ := place.Value.(ast.Number)
	i, ok := number.Int()
	return uint8(i + 1), ok && i >= 0 && i < box.MaxCells-1
}

// nestsCalls reports whether a call is an operand.
func nestsCalls(body ast.Body) bool {
	found := false
	ast.WalkTerms(body, func(t *ast.Term) bool {
		_, isCall := t.Value.(ast.Call)
		found = found || isCall
		return found
	})
	return found
}
