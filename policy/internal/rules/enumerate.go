package rules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// maxCombinations is the greatest number of evaluations of one component.
const maxCombinations = 32768

// extent says for which elders a component holds.
type extent struct {
	holds      []box.Box
	attributes []int      // those that were enumerated
	grants     []granting // what a component that gives the head its value grants, and to whom
	fails      []failing
	unreached  []any         // what the head would grant, but grants to nobody
	asked      *ast.Location // the only place where it asks for more than anybody has

	// These are of a helper whose clauses were reduced:
	inside bool
	parts  []part    // where it holds
	away   []box.Box // where its negation holds
	dead   []Condition
	lost   bool // a branch was left empty
}

// granting is a value of the head, and the elders who get it.
type granting struct {
	value any
	boxes []box.Box
}

// failing are elders for whom OPA cannot evaluate something, and its message.
type failing struct {
	diagnostic policy.Diagnostic
	at         *ast.Location
	boxes      []box.Box // elders for whom OPA may come to it
	sure       []box.Box // those who meet everything else that the rule asks, so that OPA does come to it
	always     bool      // it fails for everybody whose attributes that it reads are given
	granting   bool      // OPA does not fail, but what is granted where all else holds is not a promise
}

// dimension is one attribute that a component reads. Its values are in classes that the component
// does not tell apart.
type dimension struct {
	attribute int   // the first axis of a set
	members   []int // the axes of a set that are told apart: see [Reducer.setDimension]
	classes   []class
	stride    int
}

// class returns the class of a combination.
func (d dimension) class(combination int) class {
	return d.classes[combination/d.stride%len(d.classes)]
}

// class is a set of cells with a value that stands for all of them. The value is nil for Absent.
type class struct {
	cells box.Set
	value *ast.Term
}

// dimensions returns what a component must be evaluated on. It returns an obstacle when that is too
// much, or not known.
func (rd *Reducer) dimensions(k *component, p *Parameters) ([]dimension, *obstacle) {
	if k.reads.whole != nil {
		return nil, &obstacle{
			reason: "it reads the elder as a whole, or an attribute by a computed name", remedy: "name each attribute: input.age",
		}
	}
	var dims []dimension
	for name, u := range k.reads.attributes {
		i, ok := rd.space.Index(name)
		if !ok {
			return nil, &obstacle{reason: "there is no attribute " + name, remedy: "use an attribute of catalogs/attributes.yaml"}
		}
		if rd.space.Axes[i].Member == nil {
			dims = append(dims, dimension{attribute: i, classes: rd.classes(i, u.otherwise, p.thresholds(u.with))})
			continue
		}
		d, ok := rd.setDimension(i, u)
		if !ok {
			return nil, tooManyCombinations(name)
		}
		dims = append(dims, d)
	}
	slices.SortFunc(dims, func(a, b dimension) int { return a.attribute - b.attribute })
	size := 1
	for i := range dims {
		dims[i].stride = size
		if size *= len(dims[i].classes); size > maxCombinations {
			return nil, tooManyCombinations(rd.attributeNames(dims))
		}
	}
	return dims, nil
}

func tooManyCombinations(attributes string) *obstacle {
	return &obstacle{
		reason: fmt.Sprintf("it depends on more than %d combinations of values of %s", maxCombinations, attributes),
		remedy: "split it into conditions on fewer attributes, or into a helper of several clauses",
	}
}

func (rd *Reducer) attributeNames(dims []dimension) string {
	names := make([]string, len(dims))
	for i, d := range dims {
		names[i] = rd.space.Axes[d.attribute].Attribute.Name
	}
	return strings.Join(names, ", ")
}

// classes returns the cells of an attribute that are told apart. Of whole numbers that are only
// compared with thresholds, these are the groups that compare alike. Otherwise each cell is a
// class.
func (rd *Reducer) classes(attribute int, each bool, thresholds []ast.Value) []class {
	axis := &rd.space.Axes[attribute]
	all := []class{{cells: box.SetOf(elder.Absent)}}
	var before string
	for i := range axis.Values {
		cell := uint8(i + 1)
		if axis.Type == policy.Integer && !each {
			order := comparison(rd.terms[attribute][i].Value, thresholds)
			if i > 0 && order == before {
				all[len(all)-1].cells.Add(cell)
				continue
			}
			before = order
		}
		all = append(all, class{box.SetOf(cell), rd.terms[attribute][i]})
	}
	return all
}

// comparison says how a number compares with each threshold.
func comparison(n ast.Value, thresholds []ast.Value) string {
	order := make([]byte, len(thresholds))
	for i, t := range thresholds {
		order[i] = byte(n.Compare(t) + 1)
	}
	return string(order)
}

// outcome is what OPA answers on one combination.
type outcome struct {
	holds  bool
	values []int // of the head, by number
	failed int   // the number of the failure; -1 when there is none
}

// enumerate evaluates a component on every combination of what it reads.
func (w *work) enumerate(ctx context.Context, k *component, dims []dimension) (*extent, *obstacle, error) {
	q, err := w.newQuery(ctx, k)
	if err != nil {
		return nil, nil, err
	}
	defer q.close()
	size := 1
	for _, d := range dims {
		size *= len(d.classes)
	}
	outcomes := make([]outcome, size)
	for i := range outcomes {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if outcomes[i], err = q.ask(ctx, w.rd.input(dims, i)); err != nil {
			return nil, nil, err
		}
		if w.steps += q.meter.steps; w.steps > w.module.limits.RuleSteps {
			return nil, tooLong(w.module.limits.RuleSteps), nil
		}
	}
	e := w.rd.extent(dims, outcomes, q)
	if k.valued && len(dims) > 0 {
		e.unreached, e.asked, err = w.unreached(ctx, k, q.texts)
	}
	return e, nil, err
}

func tooLong(steps int) *obstacle {
	return &obstacle{
		reason: fmt.Sprintf("trying it on all that it tells apart takes more than %d steps", steps),
		remedy: "split it into conditions on fewer attributes, or iterate over fewer things",
	}
}

// extent turns the outcomes of all combinations into boxes.
func (rd *Reducer) extent(dims []dimension, outcomes []outcome, q *query) *extent {
	e := &extent{holds: rd.boxes(dims, func(i int) bool { return outcomes[i].holds })}
	for _, d := range dims {
		e.attributes = append(e.attributes, d.attribute)
	}
	for n, value := range q.values {
		boxes := rd.boxes(dims, func(i int) bool { return slices.Contains(outcomes[i].values, n) })
		e.grants = append(e.grants, granting{value, boxes})
	}
	always := true
	for i, o := range outcomes {
		always = always && (o.failed >= 0 || slices.ContainsFunc(dims, func(d dimension) bool { return d.class(i).value == nil }))
	}
	for n, d := range q.failures {
		boxes := rd.boxes(dims, func(i int) bool { return outcomes[i].failed == n })
		e.fails = append(e.fails, failing{diagnostic: d, boxes: boxes, sure: boxes, always: always, granting: q.noGrants[n]})
	}
	return e
}

// input returns the elder of a combination, as OPA sees it.
func (rd *Reducer) input(dims []dimension, combination int) *ast.Term {
	input := ast.NewObject()
	for _, d := range dims {
		if c := d.class(combination); c.value != nil {
			input.Insert(rd.names[d.attribute], c.value)
		}
	}
	return ast.NewTerm(input)
}

// boxes returns disjoint boxes of the wanted combinations. It joins classes of the last attribute
// with equal boxes of the others.
func (rd *Reducer) boxes(dims []dimension, wanted func(int) bool) []box.Box {
	if len(dims) == 0 {
		if wanted(0) {
			return []box.Box{{}}
		}
		return nil
	}
	last := dims[len(dims)-1]
	type slab struct {
		classes []int
		boxes   []box.Box
	}
	var slabs []slab
	for n := range last.classes {
		of := rd.boxes(dims[:len(dims)-1], func(i int) bool { return wanted(i + n*last.stride) })
		i := slices.IndexFunc(slabs, func(s slab) bool { return slices.EqualFunc(s.boxes, of, box.Box.Equal) })
		if i < 0 {
			i = len(slabs)
			slabs = append(slabs, slab{boxes: of})
		}
		slabs[i].classes = append(slabs[i].classes, n)
	}
	var all []box.Box
	for _, s := range slabs {
		if len(s.boxes) > 0 {
			all = append(all, intersect(s.boxes, rd.sides(last, s.classes))...)
		}
	}
	return all
}

// sides returns disjoint boxes of some classes of a dimension.
func (rd *Reducer) sides(d dimension, classes []int) []box.Box {
	if d.members != nil {
		return d.setSides(classes)
	}
	var cells box.Set
	for _, n := range classes {
		cells = cells.Or(d.classes[n].cells)
	}
	if cells == rd.space.All(d.attribute) {
		return []box.Box{{}}
	}
	return []box.Box{{{Attribute: d.attribute, Admits: cells}}}
}

// query evaluates a component again and again. It numbers the different values of the head, and the
// different failures.
type query struct {
	*topdown.Query
	work     *work
	k        *component
	texts    []string // of the values
	values   []any
	failures []policy.Diagnostic
	noGrants map[int]bool // the failures that are not OPA's
	meter    *meter
	close    func()
}

// newQuery prepares the evaluation of a component under the given parameters. It ends when ctx
// does.
func (w *work) newQuery(ctx context.Context, k *component) (*query, error) {
	store := w.parameters.storage()
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, err
	}
	meter := newMeter(ctx, w.module.limits)
	return &query{
		Query: topdown.NewQuery(k.body).WithCompiler(w.module.compiler).WithStore(store).WithTransaction(txn).
			WithCancel(meter).WithStrictBuiltinErrors(true),
		work: w, k: k, noGrants: map[int]bool{}, meter: meter, close: func() { store.Abort(ctx, txn) },
	}, nil
}

// ask evaluates the component for one elder. The error is that of ctx, or one of our own. When OPA
// cannot evaluate the component, that is an outcome.
func (q *query) ask(ctx context.Context, input *ast.Term) (o outcome, err error) {
	o.failed = -1
	defer func() {
		if r := recover(); r != nil {
			o = outcome{failed: q.failure(brokenDown())}
		}
	}()
	var wrong error
	q.meter.reset()
	err = q.WithInput(input).WithVirtualCache(newValues(q.meter)).Iter(ctx, func(result topdown.QueryResult) error {
		o.holds = true
		if q.k.valued && wrong == nil && q.meter.takes(size(result[granted].Value, q.meter.limits.Size)) {
			wrong = q.value(&o, result[granted])
		}
		return nil
	})
	var noGrant policy.Diagnostics
	if d, tooMuch := q.meter.exceeded(); tooMuch {
		return outcome{failed: q.failure(d)}, nil
	}
	switch d, ok := failure(err); {
	case errors.As(wrong, &noGrant):
		o = outcome{failed: q.failure(noGrant[0])}
		q.noGrants[o.failed] = true
		return o, nil
	case err == nil:
		return o, wrong
	case ok:
		q.work.module.place(&d)
		return outcome{failed: q.failure(d)}, nil
	}
	return o, broken(ctx, err)
}

// brokenDown returns the failure of an evaluation in which OPA panics.
func brokenDown() policy.Diagnostic {
	return policy.Diagnostic{
		Code: "evaluation", Severity: policy.SeverityError, Summary: "OPA crashes on this", Remedy: "write it in another way",
	}
}

// value records a value of the head.
func (q *query) value(o *outcome, t *ast.Term) error {
	plain, err := ast.JSON(t.Value)
	if err != nil {
		return err
	}
	text, value, err := q.work.read(plain)
	if err != nil {
		return err
	}
	n := slices.Index(q.texts, text)
	if n < 0 {
		n = len(q.texts)
		q.texts, q.values = append(q.texts, text), append(q.values, value)
	}
	o.values = append(o.values, n)
	return nil
}

// failure numbers a failure.
func (q *query) failure(d policy.Diagnostic) int {
	n := slices.Index(q.failures, d)
	if n < 0 {
		n = len(q.failures)
		q.failures = append(q.failures, d)
	}
	return n
}
