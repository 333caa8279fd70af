package rules

import (
	"slices"
	"strconv"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/internal/lazy"
)

// clause is a compiled rule as components. Its body holds for an elder exactly when each of its
// components does. Components share nothing but the input and data.
type clause struct {
	rule       *ast.Rule
	components []*component // in the order of their first expressions; the one that gives the head its value comes last
}

// component is a part of a body: expressions that share local variables, directly or through
// others.
type component struct {
	body        ast.Body // in the order of the clause, which OPA made safe
	first, last int      // places of its expressions in the body of the clause
	reads       *reads
	text        string // equal for components that say the same
	at          *ast.Location
	valued      bool      // true when it gives the head its value, as the variable granted
	helper      []*clause // the clauses of a plain helper when the component is one or its negation
	negated     bool
}

// granted is the variable of a component that takes the value of the head. No rule has a variable
// of this name.
const granted = ast.Var("the value")

// splitter splits the rules of a compiled module into components. It is safe for concurrent use.
type splitter struct {
	reader
	clauses sync.Map // *ast.Rule -> *clause
}

// clause returns a rule as components. Value is what its head grants, nil for a helper that is
// true.
func (s *splitter) clause(r *ast.Rule, value *ast.Term) *clause {
	known, ok := s.clauses.Load(r)
	if !ok {
		known, _ = s.clauses.LoadOrStore(r, s.split(r, value))
	}
	return known.(*clause)
}

func (s *splitter) split(r *ast.Rule, value *ast.Term) *clause {
	body := slices.Clone(r.Body)
	if value != nil {
		body = append(body, ast.Equality.Expr(ast.NewTerm(granted), value).SetLocation(r.Head.Location))
	}
	c := &clause{rule: r}
	for _, places := range connected(body) {
		c.components = append(c.components, s.component(body, places, value != nil && slices.Contains(places, len(r.Body))))
	}
	slices.SortStableFunc(c.components, func(a, b *component) int {
		switch {
		case a.valued:
			return 1
		case b.valued:
			return -1
		}
		return a.first - b.first
	})
	return c
}

// connected groups the places of the expressions of a body that share local variables.
func connected(body ast.Body) [][]int {
	group := make([]int, len(body)) // for each expression, the first of its group
	first := map[ast.Var]int{}
	for i, e := range body {
		group[i] = i
		for v := range localVars(e) {
			if j, ok := first[v]; ok {
				join(group, group[i], group[j])
			} else {
				first[v] = i
			}
		}
	}
	groups := make([][]int, len(body))
	for i, g := range group {
		groups[g] = append(groups[g], i)
	}
	return slices.DeleteFunc(groups, func(places []int) bool { return len(places) == 0 })
}

// join makes one group of two.
func join(group []int, a, b int) {
	for i, g := range group {
		if g == max(a, b) {
			group[i] = min(a, b)
		}
	}
}

// localVars returns the variables of an expression except the roots input and data.
func localVars(e *ast.Expr) ast.VarSet {
	return e.Vars(ast.VarVisitorParams{SkipRefCallHead: true}).Diff(ast.ReservedVars)
}

func (s *splitter) component(body ast.Body, places []int, valued bool) *component {
	k := &component{first: places[0], last: places[len(places)-1], valued: valued}
	for _, place := range places {
		same := *body[place] // a body numbers its expressions
		k.body.Append(&same)
	}
	k.at = placeOf(k.body)
	k.reads = s.all(k.body)
	k.text = textOf(k.body)
	if !valued && len(k.body) == 1 {
		k.helper = s.plainHelper(k.body[0])
		k.negated = k.body[0].Negated
	}
	return k
}

// placeOf returns the best place to show for a body: its longest expression that is written there,
// or else the longest that OPA took from what is written. An expression that composes the grant
// comes last, as it is as long as the clause.
func placeOf(body ast.Body) *ast.Location {
	rank := func(e *ast.Expr) int {
		switch {
		case framesGrant(e):
			return 0
		case e.Generated:
			return 1
		}
		return 2
	}
	best := body[0]
	for _, e := range body[1:] {
		if r, of := rank(e), rank(best); r > of || r == of && len(e.Location.Text) > len(best.Location.Text) {
			best = e
		}
	}
	return best.Location
}

// framesGrant reports whether an expression composes a promise, or gives it to the head.
func framesGrant(e *ast.Expr) bool {
	if v, _, ok := united(e); ok && v == granted {
		return true
	}
	return e.IsCall() && slices.Contains(promising, e.Operator().String())
}

var promising = []string{"data.grant.promise", "data.grant.discretionary"}

// localNames matches variables that OPA's compiler named. Texts and keys that only look like one
// are matched as a whole.
var localNames = lazy.Regexp(`"(?:[^"\\]|\\.)*"|\.?__local\d+__`)

// textOf returns a body as text. Variables that OPA's compiler named are numbered anew, and no
// other variable has such a name.
func textOf(body ast.Body) string {
	names := map[string]string{}
	return localNames().ReplaceAllStringFunc(body.String(), func(name string) string {
		if name[0] != '_' {
			return name
		}
		if names[name] == "" {
			names[name] = "#" + strconv.Itoa(len(names))
		}
		return names[name]
	})
}

// plainHelper returns the clauses of the helper that an expression consists of, if it is a plain
// disjunction: each clause makes it true, and without one it is undefined or false.
func (s *splitter) plainHelper(e *ast.Expr) []*clause {
	t, isTerm := e.Terms.(*ast.Term)
	if !isTerm || len(e.With) > 0 {
		return nil
	}
	ref, isRef := t.Value.(ast.Ref)
	if !isRef || !ref.HasPrefix(ast.DefaultRootRef) || !ref.IsGround() {
		return nil
	}
	rules := s.compiler.GetRulesExact(ref)
	if len(rules) != len(s.compiler.GetRulesDynamicWithOpts(ref, everyRule)) {
		return nil
	}
	var clauses []*clause
	for _, r := range rules {
		switch {
		case r.Default && r.Head.Value.Value.Compare(ast.Boolean(false)) == 0:
		case r.Default || len(r.Head.Args) > 0 || r.Head.RuleKind() != ast.SingleValue || !r.Ref().Equal(ref) || !isTrue(r):
			return nil
		default:
			clauses = append(clauses, s.clause(r, nil))
		}
	}
	return clauses
}
