package rules

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/box"
)

// A helper that has two values for one elder is an error of plain OPA's, which partial evaluation does not make: it takes either
// value. So it is looked for.

// helper is a rule or a function that could have two values at once, for all that its text says.
type helper struct {
	name        string
	definitions []*ast.Rule   // compiled, without defaults
	calls       [][]*ast.Term // of a function, with what; for a rule once, with nothing
	doubt       string        // why it cannot be told, if so
	copying     sync.Mutex
}

// Conflict is that a helper of a rule has two values for the same elders. Plain OPA refuses to answer for them.
type Conflict struct {
	Helper     string
	Pos, Other policy.Position // of two of its definitions, the later one first
	Box        box.Box
}

// call is a call of a function, with arguments as they were written.
type call struct {
	function  string
	arguments []*ast.Term
	closed    bool // the arguments are made of the input and data only
}

// helpers are those among compiled rules that could have two values at once.
func (m *Module) helpers(all []*ast.Rule) []*helper {
	var helpers []*helper
	for _, definitions := range definitionsOf(all) {
		if m.oneValue(definitions) {
			continue
		}
		for i, d := range definitions {
			definitions[i] = d.Copy() // partial evaluation writes to what is compiled
		}
		ref := definitions[0].Ref()
		h := &helper{name: short(ref.GroundPrefix()), definitions: definitions, calls: [][]*ast.Term{nil}}
		if len(definitions[0].Head.Args) > 0 {
			h.calls = nil
			for _, c := range m.callsOf(ref.String(), all) {
				h.calls = append(h.calls, c.arguments)
				if !c.closed {
					h.doubt = "a function is called with something local"
				}
			}
		}
		switch {
		case slices.ContainsFunc(definitions, isObject):
			h.doubt = "the keys of an object are computed"
		case slices.ContainsFunc(definitions, func(r *ast.Rule) bool { return r.Else != nil }):
			h.doubt = "a definition of it has an else"
		}
		helpers = append(helpers, h)
	}
	return helpers
}

// definitionsOf groups compiled rules that have a value by what they define, in the order of the files, and leaves out defaults. What
// defines a part of an object goes with all of it when one of its keys is computed.
func definitionsOf(all []*ast.Rule) [][]*ast.Rule {
	var objects []ast.Ref
	for _, r := range all {
		if isObject(r) {
			objects = append(objects, r.Ref().GroundPrefix())
		}
	}
	groups := map[string][]*ast.Rule{}
	for _, r := range all {
		if r.Head.RuleKind() != ast.SingleValue || r.Default || isElse(r, all) {
			continue
		}
		name := r.Ref()
		if i := slices.IndexFunc(objects, name.HasPrefix); i >= 0 {
			name = objects[i]
		}
		groups[name.String()] = append(groups[name.String()], r)
	}
	var sorted [][]*ast.Rule
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		slices.SortFunc(groups[name], func(a, b *ast.Rule) int { return a.Location.Compare(b.Location) })
		sorted = append(sorted, groups[name])
	}
	return sorted
}

// isObject reports whether a rule defines an object with a computed key.
func isObject(r *ast.Rule) bool { return r.Head.RuleKind() == ast.SingleValue && !r.Ref().IsGround() }

func isElse(r *ast.Rule, all []*ast.Rule) bool {
	return slices.ContainsFunc(all, func(other *ast.Rule) bool { return other.Else == r })
}

func (m *Module) callsOf(function string, all []*ast.Rule) []call {
	var calls []call
	for _, r := range all {
		for _, c := range m.text.calls[r.Location] {
			if c.function == function {
				calls = append(calls, c)
			}
		}
	}
	return calls
}

// oneValue reports whether the text of definitions shows that never two of them hold with different values, and that none has two.
func (m *Module) oneValue(definitions []*ast.Rule) bool {
	if sameConstant(definitions) {
		return true
	}
	for i, a := range definitions {
		if isObject(a) || enumerates(a) {
			return false
		}
		for _, b := range definitions[:i] {
			if !exclusive(m.text.written[a.Location], m.text.written[b.Location]) {
				return false
			}
		}
	}
	return true
}

// sameConstant reports whether all definitions have the same value, whoever is asked for.
func sameConstant(definitions []*ast.Rule) bool {
	for _, d := range definitions {
		for r := d; r != nil; r = r.Else {
			if !ast.IsConstant(r.Head.Value.Value) || !r.Head.Value.Equal(definitions[0].Head.Value) {
				return false
			}
		}
	}
	return true
}

// enumerates reports whether the body of a compiled rule, or of its else, may hold in several ways: it goes through a collection.
func enumerates(r *ast.Rule) bool {
	for ; r != nil; r = r.Else {
		known := ast.NewVarSet()
		known.Update(r.Head.Args.Vars())
		for _, expr := range r.Body {
			if goesThrough(expr, known) {
				return true
			}
			known.Update(localVars(expr))
		}
	}
	return false
}

// goesThrough reports whether an expression goes through a collection, when some variables are known.
func goesThrough(expr *ast.Expr, known ast.VarSet) bool {
	found := expr.IsCall() && expr.Operator().String() == ast.WalkBuiltin.Name
	ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension, *ast.Every:
			return true
		case ast.Ref:
			for _, step := range x[1:] {
				v, isVar := step.Value.(ast.Var)
				found = found || isVar && !known.Contains(v)
			}
		}
		return false
	}).Walk(expr)
	return found
}

// valued is one way in which a helper has a value.
type valued struct {
	definition *ast.Rule
	value      *ast.Term // nil when it depends on the elder
	conditions ast.Body
	support    []*ast.Module
}

// conflicts are the values that helpers of a rule have at once, or why that is not known.
func (rd *Reducer) conflicts(ctx context.Context, r *Rule, parameters *Parameters) ([]Conflict, *Opacity, error) {
	var conflicts []Conflict
	for _, h := range r.helpers {
		for _, arguments := range h.calls {
			if h.doubt != "" {
				return nil, h.opacity(h.doubt), nil
			}
			ways, err := r.module.ways(ctx, h, arguments, parameters)
			if err != nil {
				return nil, nil, r.nameMissing(err, parameters)
			}
			found, opaque, err := rd.overlaps(ctx, h, ways)
			if opaque != nil || err != nil {
				return nil, opaque, err
			}
			conflicts = append(conflicts, found...)
		}
	}
	return conflicts, nil, nil
}

func (h *helper) opacity(why string) *Opacity {
	return &Opacity{Reason: "it is not known whether " + h.name + " has one value only: " + why, Expression: h.name, Pos: position(h.definitions[0].Location)}
}

// ways are those in which a helper, called with arguments, has a value.
func (m *Module) ways(ctx context.Context, h *helper, arguments []*ast.Term, parameters *Parameters) ([]valued, error) {
	var ways []valued
	for _, d := range h.definitions {
		left, err := m.partial(ctx, h.query(d, arguments), rego.Store(parameters.storage()))
		if err != nil {
			return nil, err
		}
		for _, body := range left.Queries {
			ways = append(ways, way(d, body, left.Support))
		}
	}
	return ways, nil
}

// query asks for the values, as granted, that a definition has with arguments.
func (h *helper) query(d *ast.Rule, arguments []*ast.Term) ast.Body {
	h.copying.Lock() // terms may sort what they hold when they are read
	defer h.copying.Unlock()
	d = d.Copy()
	var query ast.Body
	for i, argument := range arguments {
		query.Append(ast.Equality.Expr(d.Head.Args[i], argument.Copy()))
	}
	for _, expr := range d.Body {
		query.Append(expr)
	}
	query.Append(ast.Equality.Expr(ast.VarTerm("granted"), d.Head.Value))
	return query
}

// way parts what is left of a definition into its value and its conditions. A variable that only stands for a constant is no condition.
func way(d *ast.Rule, body ast.Body, support []*ast.Module) valued {
	w := valued{definition: d, support: support}
	for _, expr := range body {
		if value, ok := bound(expr, "granted"); ok && ast.IsConstant(value.Value) {
			w.value = value
			continue
		}
		if !standsForConstant(expr) {
			w.conditions = append(w.conditions, expr)
		}
	}
	return w
}

func standsForConstant(expr *ast.Expr) bool {
	if !expr.IsEquality() || expr.Negated {
		return false
	}
	for i := range 2 {
		if _, ok := expr.Operand(i).Value.(ast.Var); ok && ast.IsConstant(expr.Operand(1-i).Value) {
			return true
		}
	}
	return false
}

// overlaps are the elders for whom two ways with different values hold at once.
func (rd *Reducer) overlaps(ctx context.Context, h *helper, ways []valued) ([]Conflict, *Opacity, error) {
	if !slices.ContainsFunc(ways, func(w valued) bool { return !sameValue(w, ways[0]) }) {
		return nil, nil, nil
	}
	impossible, err := rd.impossible(ctx)
	if err != nil {
		return nil, nil, err
	}
	regions := make([][]part, len(ways))
	var conflicts []Conflict
	for i, w := range ways {
		var obstacle *obstacle
		if regions[i], _, obstacle = rd.region(ctx, w.conditions, w.support); obstacle != nil {
			return nil, h.opacity(obstacle.reason), nil
		}
		for j, other := range ways[:i] {
			if sameValue(w, other) {
				continue
			}
			both, some := rd.both(regions[i], regions[j], impossible)
			if !some {
				continue
			}
			if w.value == nil || other.value == nil {
				return nil, h.opacity("its value depends on the elder"), nil
			}
			pos, before := position(w.definition.Location), position(other.definition.Location)
			conflicts = append(conflicts, Conflict{Helper: h.name, Pos: pos, Other: before, Box: both})
		}
	}
	return conflicts, nil, nil
}

func sameValue(a, b valued) bool {
	return a.value != nil && b.value != nil && a.value.Equal(b.value)
}

// both is a box in which two regions overlap, and false when they do for none but elders who cannot exist.
func (rd *Reducer) both(a, b []part, impossible []box.Box) (box.Box, bool) {
	for _, p := range a {
		for _, q := range b {
			overlap, some := p.box.Intersect(q.box)
			if some && len(box.Subtract([]box.Box{overlap}, impossible, rd.space.All)) > 0 {
				return overlap, true
			}
		}
	}
	return nil, false
}

// impossible are the elders whose attributes contradict each other.
func (rd *Reducer) impossible(ctx context.Context) ([]box.Box, error) {
	contradictions, err := rd.Contradictions(ctx)
	boxes := make([]box.Box, len(contradictions))
	for i, c := range contradictions {
		boxes[i] = c.Box
	}
	return boxes, err
}
