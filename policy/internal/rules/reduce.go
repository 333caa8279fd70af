package rules

import (
	"context"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/memo"
)

// Case is one way to be granted something: the elders of a box, and what they get.
type Case struct {
	Rule       *Rule
	Grant      Grant
	Box        box.Box
	Conditions []Condition // in the order of the rule
}

// Condition is one condition of a case: the cells of one attribute that it admits, and where it is
// written.
type Condition struct {
	Attribute int
	Admits    box.Set
	Pos       policy.Position
}

// Opacity says why it is not known exactly for which elders a rule holds. Plain OPA evaluates such
// a rule.
type Opacity struct {
	Reason     string
	Remedy     string // what to write instead
	Expression string
	Pos        policy.Position
}

// Reduction is a rule as cases. It is opaque when it is not known exactly for which elders the rule
// holds.
type Reduction struct {
	Cases     []Case
	Dead      []Condition // conditions that no elder meets, and for which a branch was left out
	Unreached []Grant     // of the branches left out
	Opaque    *Opacity
	Failing   *Failure
}

// Reducer turns rules into cases. It has plain OPA evaluate the components of a rule on every
// combination of the attributes that they read. It remembers components, helpers and rules for
// equal parameters. It is safe for concurrent use.
type Reducer struct {
	space  *elder.Space
	shared *Module
	names  []*ast.Term   // of the attributes
	terms  [][]*ast.Term // the values of the attributes
	rules  memo.Memo[reductionKey, *Reduction]
	known  memo.Memo[string, extentOrObstacle] // by the text of a component, with the parameters

	contradictions memo.Memo[bool, []Contradiction] // one
}

// NewReducer returns a Reducer for the rules of a set.
func NewReducer(s *Set) *Reducer {
	rd := &Reducer{space: s.Space, shared: s.shared}
	for i := range s.Space.Axes {
		axis := &s.Space.Axes[i]
		values := make([]*ast.Term, len(axis.Values))
		for n, value := range axis.Values {
			values[n] = ast.NewTerm(ast.MustInterfaceToValue(value))
		}
		rd.names, rd.terms = append(rd.names, ast.StringTerm(axis.Attribute.Name)), append(rd.terms, values)
	}
	return rd
}

// reductionKey is what a reduction depends on.
type reductionKey struct {
	rule   *Rule
	values string // of the parameters that the rule reads
}

// Reduce returns the reduction of a rule under parameters. The error is a [policy.Diagnostics] when
// the rule can be evaluated for nobody, for example because it computes with a parameter that has
// no value.
func (rd *Reducer) Reduce(ctx context.Context, r *Rule, parameters *Parameters) (*Reduction, error) {
	return rd.rules.Get(ctx, reductionKey{r, parameters.Key(r.Parameters)}, func(ctx context.Context) (*Reduction, error) {
		w := &work{rd: rd, module: r.module, parameters: parameters, read: r.read}
		return w.reduce(ctx, r)
	})
}

// work is the reduction of one rule under parameters.
type work struct {
	rd         *Reducer
	module     *Module
	parameters *Parameters
	read       func(value any) (text string, grant any, err error) // reads what the head grants
	steps      int                                                 // steps of OPA so far
}

func (w *work) reduce(ctx context.Context, r *Rule) (*Reduction, error) {
	region, obstacle, err := w.region(ctx, r.module.splitter.clause(r.compiled, grantTerm(r.compiled)))
	if err != nil {
		return nil, err
	}
	fails, err := w.rd.possible(ctx, region.fails)
	if err != nil {
		return nil, err
	}
	if len(fails) > 0 {
		return w.failing(ctx, r, fails)
	}
	if obstacle != nil {
		return &Reduction{Opaque: r.opacity(obstacle)}, nil
	}
	reduction := &Reduction{Dead: region.dead}
	for _, p := range region.parts {
		reduction.Cases = append(reduction.Cases, Case{Rule: r, Grant: p.grant.(Grant), Box: p.box, Conditions: p.conditions})
	}
	for _, g := range region.unreached {
		reduction.Unreached = append(reduction.Unreached, g.(Grant))
	}
	return reduction, nil
}

// region finds where a clause holds, which is where all its components do. With an obstacle the
// region is incomplete, but its failures are not.
func (w *work) region(ctx context.Context, c *clause) (*region, *obstacle, error) {
	r := &region{parts: []part{{}}}
	extents := make([]*extent, len(c.components))
	var first *obstacle
	for i, k := range c.components {
		e, o, err := w.extent(ctx, k)
		if err != nil {
			return nil, nil, err
		}
		extents[i] = e
		if o == nil && first == nil {
			o = w.narrow(r, k, e).of(k)
		}
		if first == nil {
			first = o
		}
	}
	for i, k := range c.components {
		if extents[i] != nil && len(extents[i].fails) > 0 {
			r.fails = append(r.fails, w.comeTo(k, extents[i].fails, c, extents)...)
		}
	}
	return r, first, nil
}

// comeTo returns what remains of the failures of a component: elders for whom OPA comes to it,
// because everything wholly before it in the clause holds.
func (w *work) comeTo(k *component, fails []failing, c *clause, extents []*extent) []failing {
	var left []failing
	for _, f := range fails {
		f.placeAt(k)
		for i, other := range c.components {
			if other == k || extents[i] == nil {
				continue
			}
			f.sure = intersect(f.sure, extents[i].holds)
			if other.last < k.first {
				f.boxes = intersect(f.boxes, extents[i].holds)
			}
		}
		if f.granting {
			f.boxes = f.sure
		}
		if len(f.boxes) > 0 {
			left = append(left, f)
		}
	}
	return left
}

// placeAt places a failure without a known place. What is known may come from a component that says
// the same elsewhere.
func (f *failing) placeAt(k *component) {
	if f.at == nil {
		f.at = k.at
	}
	if f.diagnostic.Pos == (policy.Position{}) {
		f.diagnostic.Pos = position(k.at)
	}
}

func intersect(a, b []box.Box) []box.Box {
	var both []box.Box
	for _, p := range a {
		for _, q := range b {
			if o, some := p.Intersect(q); some {
				both = append(both, o)
			}
		}
	}
	return both
}

// extent returns for whom a component holds. It is computed once for components that say the same
// under the same parameters.
func (w *work) extent(ctx context.Context, k *component) (*extent, *obstacle, error) {
	if k.valued {
		e, o, err := w.workOut(ctx, k)
		return e, o.of(k), err
	}
	known, err := w.rd.known.Get(ctx, k.key(w), func(ctx context.Context) (extentOrObstacle, error) {
		e, o, err := w.workOut(ctx, k)
		return extentOrObstacle{e, o}, err
	})
	return known.extent, known.obstacle.of(k), err
}

// extentOrObstacle is an extent, or why it is not known.
type extentOrObstacle struct {
	extent   *extent
	obstacle *obstacle
}

// key returns a text that is equal for components that hold for the same elders. It names rules of
// a list together with the list. Where OPA may fail, the place counts too.
func (k *component) key(w *work) string {
	var b strings.Builder
	b.WriteString(k.text)
	if k.reads.fallible {
		b.WriteString("\x00" + k.at.String())
	}
	b.WriteString("\x00" + w.parameters.keyOf(k.reads))
	return b.String()
}

// workOut goes into a plain helper. For anything else it has plain OPA evaluate every combination.
func (w *work) workOut(ctx context.Context, k *component) (*extent, *obstacle, error) {
	var inside *extent
	var obstacle *obstacle
	if k.helper != nil {
		var err error
		if inside, obstacle, err = w.goInto(ctx, k); err != nil || obstacle == nil && len(inside.fails) == 0 {
			return inside, nil, err
		}
	}
	dims, tooMuch := w.rd.dimensions(k, w.parameters)
	switch {
	case tooMuch == nil:
		e, o, err := w.enumerate(ctx, k, dims)
		if o == nil || obstacle == nil {
			return e, o, err
		}
	case obstacle == nil:
		obstacle = tooMuch
	}
	return inside, obstacle, nil
}

// goInto finds where a plain helper holds, namely where one of its clauses does. Its negation holds
// everywhere else.
func (w *work) goInto(ctx context.Context, k *component) (*extent, *obstacle, error) {
	e := &extent{inside: true}
	var first *obstacle
	for _, c := range k.helper {
		r, o, err := w.region(ctx, c)
		if err != nil {
			return nil, nil, err
		}
		if first == nil {
			first = o
		}
		e.parts, e.dead, e.lost = append(e.parts, r.parts...), append(e.dead, r.dead...), e.lost || r.lost
		e.fails = append(e.fails, r.fails...)
	}
	for _, p := range e.parts {
		e.holds = append(e.holds, p.box)
	}
	if k.negated {
		var ok bool
		e.away, e.parts = e.holds, nil
		if e.holds, ok = w.without(box.Box{}, e.away); !ok && first == nil {
			first = tooMany()
		}
	}
	return e, first, nil
}

// Contradiction is a box of elders who cannot exist, with what contradicts.
type Contradiction struct {
	Message string
	Box     box.Box
	Pos     policy.Position // of its rule
	Added   bool            // by a package contradictions.<stem>, not by the shared predicates
}

// Contradictions reduces the shared rules elder.contradictions and
// contradictions.<stem>.contradictions. The error is a [policy.Diagnostics] when one of them is not
// a constant text on conditions that can be told exactly.
func (rd *Reducer) Contradictions(ctx context.Context) ([]Contradiction, error) {
	return rd.contradictions.Get(ctx, true, rd.reduceContradictions)
}

func (rd *Reducer) reduceContradictions(ctx context.Context) ([]Contradiction, error) {
	if rd.shared.compiler == nil || len(rd.space.Axes) == 0 {
		return nil, nil // what is wrong with the shared rules, or with the vocabulary, is reported
	}
	var all []Contradiction
	var wrong policy.Diagnostics
	w := &work{rd: rd, module: rd.shared, parameters: &Parameters{}}
	rules := rd.shared.compiler.GetRulesExact(contradictionsRef)
	for _, m := range rd.shared.compiler.Modules {
		if m.Package.Path.HasPrefix(moreContradictionsRef) {
			name := contradictionsRef[len(contradictionsRef)-1]
			rules = append(rules, rd.shared.compiler.GetRulesExact(append(slices.Clone(m.Package.Path), name))...)
		}
	}
	slices.SortFunc(rules, func(a, b *ast.Rule) int { return a.Location.Compare(b.Location) })
	for _, r := range rules {
		c := rd.shared.splitter.clause(r, nil)
		message, isText := constantText(r.Head.Key)
		if !isText {
			wrong.Errorf("opaque-contradiction", position(r.Location), "write the message as a literal",
				"the message of a contradiction must be a constant text: it must not repeat what is said of an elder")
			continue
		}
		if ch, is := policy.Unprintable(message); is {
			wrong.Errorf("opaque-contradiction", position(r.Location), "write the message on one line",
				"the message of a contradiction must be one line, without the character %U", ch)
		}
		region, obstacle, err := w.region(ctx, c)
		if err != nil {
			return nil, err
		}
		if why, at := w.notExact(c, region, obstacle); why != "" {
			wrong.Errorf("opaque-contradiction", position(at), "compare attributes with constants", "a contradiction must be exact: %s", why)
		}
		for _, p := range region.parts {
			added := r.Module.Package.Path.HasPrefix(moreContradictionsRef)
			all = append(all, Contradiction{Message: message, Box: p.box, Pos: position(r.Location), Added: added})
		}
	}
	return all, wrong.Err()
}

// constantText returns the text that a term is.
func constantText(t *ast.Term) (string, bool) {
	if t == nil {
		return "", false
	}
	text, ok := t.Value.(ast.String)
	return string(text), ok
}

// notExact returns why the elders of a contradiction are not known exactly, and where. The text is
// empty when they are known.
func (w *work) notExact(c *clause, r *region, o *obstacle) (string, *ast.Location) {
	for _, k := range c.components {
		if len(k.reads.parameters) > 0 || k.reads.anyFigure {
			return "it reads a parameter, but holds for all lists", k.at
		}
	}
	switch {
	case len(r.fails) > 0:
		return r.fails[0].diagnostic.Summary, r.fails[0].at
	case o != nil:
		return o.reason, o.at
	}
	return "", nil
}

// impossible returns the elders whose attributes contradict each other, or disagree with what they
// give.
func (rd *Reducer) impossible(ctx context.Context) ([]box.Box, error) {
	contradictions, err := rd.Contradictions(ctx)
	boxes := make([]box.Box, len(contradictions))
	for i, c := range contradictions {
		boxes[i] = c.Box
	}
	boxes = append(boxes, rd.space.Mixed()...)
	for i := range rd.space.Links {
		boxes = append(boxes, rd.space.Links[i].Disagreeing(rd.space)...)
	}
	return boxes, err
}

// opacity puts an obstacle into the words of the source: the whole expression that it is a part of.
func (r *Rule) opacity(o *obstacle) *Opacity {
	said := &Opacity{Reason: o.reason, Remedy: o.remedy, Expression: r.Service, Pos: r.Pos}
	if o.at != nil && len(o.at.Text) > 0 {
		said.Expression, said.Pos = strings.Join(strings.Fields(string(o.at.Text)), " "), position(o.at)
	}
	return said
}
