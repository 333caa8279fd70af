package rules

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/basic-eldercare/eldercare/policy"
)

// Grant is what a rule grants.
type Grant struct {
	Service       string
	Discretionary bool
	Measures      map[string]policy.Promise
}

// Parameters are the parameters of a list on a day, its own over its ancestors', in the form that rules read as
// data.parameters. They are immutable and safe for concurrent use.
type Parameters struct {
	values map[string]parameter
	once   sync.Once
	store  storage.Store
}

// parameter is a value as rules read it, and as text: what is computed from equal texts is equal.
type parameter struct {
	data any
	text string
}

// NewParameters resolves the parameters of a list on a day. Above are those of the list above on that day, nil at the top.
func NewParameters(list *policy.List, on policy.Date, above *Parameters) *Parameters {
	p := &Parameters{values: make(map[string]parameter, len(list.Parameters))}
	if above != nil {
		p.values = maps.Clone(above.values)
	}
	for _, own := range list.Parameters {
		data := own.Data(own.At(on))
		text, _ := json.Marshal(data) // maps of strings and numbers
		p.values[own.Name] = parameter{data, string(text)}
	}
	return p
}

// storage is the document that rules read, made at first use: many lists compute nothing that another did not before.
func (p *Parameters) storage() storage.Store {
	p.once.Do(func() {
		values := make(map[string]any, len(p.values))
		for name, value := range p.values {
			values[name] = value.data
		}
		p.store = inmem.NewFromObjectWithOpts(map[string]any{"parameters": values}, inmem.OptRoundTripOnWrite(false))
	})
	return p.store
}

// lacks reports whether a parameter has no value.
func (p *Parameters) lacks(name string) bool {
	data := p.values[name].data
	promise, _ := data.(map[string]any)
	return data == nil || promise != nil && promise["value"] == nil
}

// Key identifies the values of some parameters: what is computed from equal ones is equal.
func (p *Parameters) Key(names []string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(name)
		b.WriteByte('=')
		b.WriteString(p.values[name].text)
		b.WriteByte(';')
	}
	return b.String()
}

// Thresholds are the values of those of the named parameters that are thresholds, whole numbers of years.
func (p *Parameters) Thresholds(names []string) []int {
	var thresholds []int
	for _, name := range names {
		if n, ok := p.values[name].data.(json.Number); ok {
			if i, err := n.Int64(); err == nil {
				thresholds = append(thresholds, int(i))
			}
		}
	}
	return thresholds
}

// Evaluator asks plain OPA for the grants of one elder after another under the rules of one module and fixed parameters.
// It is safe for concurrent use.
type Evaluator struct {
	module *Module
	query  rego.PreparedEvalQuery
}

// Evaluator prepares the evaluation of all rules of the module.
func (m *Module) Evaluator(ctx context.Context, parameters *Parameters) (*Evaluator, error) {
	evaluation.RLock()
	defer evaluation.RUnlock()
	query, err := rego.New(
		rego.Compiler(m.compiler), rego.Store(parameters.storage()), rego.StrictBuiltinErrors(true),
		rego.Query("data.lists."+m.Stem+".grants"),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, err
	}
	return &Evaluator{module: m, query: query}, nil
}

// Held is a rule with what it grants.
type Held struct {
	Rule  *Rule
	Grant Grant
}

// Grants are the rules that hold for an input, with what each grants, in the order of the file. The error is an [*EvaluationError]
// when OPA cannot evaluate one of them.
func (e *Evaluator) Grants(ctx context.Context, input map[string]any) ([]Held, error) {
	evaluation.RLock()
	results, err := e.query.Eval(ctx, rego.EvalInput(input))
	evaluation.RUnlock()
	if err != nil {
		return nil, e.module.failed(ctx, err)
	}
	if len(results) == 0 {
		return nil, nil
	}
	members, _ := results[0].Expressions[0].Value.([]any)
	held := make([]Held, 0, len(members))
	for _, member := range members {
		h, err := e.module.held(member)
		if err != nil {
			return nil, err
		}
		held = append(held, h)
	}
	sort.SliceStable(held, func(i, j int) bool { return held[i].Rule.Index < held[j].Rule.Index })
	return held, nil
}

func (m *Module) held(member any) (Held, error) {
	object, _ := member.(map[string]any)
	index, _ := object["rule"].(json.Number)
	i, err := index.Int64()
	if err != nil || int(i) >= len(m.Rules) {
		return Held{}, fmt.Errorf("internal: a grant of package lists.%s does not name its rule", m.Stem)
	}
	rule := m.Rules[i]
	grant, err := rule.grant(object["grant"])
	if err != nil {
		return Held{}, rule.noPromise(err)
	}
	return Held{Rule: rule, Grant: grant}, nil
}

// grant reads what a rule grants and checks it against the vocabulary.
func (r *Rule) grant(value any) (Grant, error) {
	object, ok := value.(map[string]any)
	measures, isObject := object["measures"].(map[string]any)
	if !ok || !isObject {
		return Grant{}, r.errorf("grant-shape", "use grant.promise(service, {measure: amount})", "the measures of a grant must be an object")
	}
	g := Grant{Service: r.Service, Discretionary: r.Discretionary, Measures: make(map[string]policy.Promise, len(measures))}
	for name, promised := range measures {
		p, unit, err := r.promise(name, promised)
		if err != nil {
			return Grant{}, err
		}
		if err := r.checkMeasure(name, unit); err != nil {
			return Grant{}, err
		}
		g.Measures[name] = p
	}
	return g, nil
}

func (r *Rule) checkMeasure(name, unit string) error {
	measure := r.module.vocabulary.Measure(name)
	if measure == nil {
		return r.errorf("unknown-measure", measureRemedy(name, r.module.vocabulary), "there is no measure %q", name)
	}
	if unit != string(measure.Unit) {
		return r.errorf("measure-unit", unitRemedy, "measure %s is in %s, the amount promised in %q", name, measure.Unit, unit)
	}
	return nil
}

func (r *Rule) promise(measure string, value any) (policy.Promise, string, error) {
	object, ok := value.(map[string]any)
	bound, _ := object["bound"].(string)
	unit, _ := object["unit"].(string)
	if !ok || bound == "" {
		return policy.Promise{}, "", r.errorf("promise-shape", promiseRemedy, "the amount of measure %s is not a promise", measure)
	}
	p := policy.Promise{Bound: policy.Bound(bound)}
	p.Missing, _ = object["missing"].(string)
	names, _ := object["parameters"].([]any)
	for _, name := range names {
		if text, ok := name.(string); ok {
			p.Parameters = append(p.Parameters, text)
		}
	}
	if object["value"] == nil {
		if p.Bound == policy.SetLocally {
			p.Missing = "" // the text leaves it open; nothing is missing
		}
		return p, unit, nil
	}
	n, ok := object["value"].(json.Number)
	exact, isNumber := new(big.Rat).SetString(n.String())
	if !ok || !isNumber {
		return policy.Promise{}, "", r.errorf("promise-shape", promiseRemedy, "the amount of measure %s is not a number", measure)
	}
	places := 2
	if unit == string(policy.Multiple) {
		places = 4
	}
	rounded := policy.Round(exact, places, p.Bound != policy.AtMost)
	p.Value = &rounded
	return p, unit, nil
}

func (r *Rule) errorf(code, remedy, format string, args ...any) error {
	var ds policy.Diagnostics
	ds.Errorf(code, r.Pos, remedy, format, args...)
	return ds
}

// query is all results of a compiled body for an input. The caller holds evaluation.
func (m *Module) query(ctx context.Context, body ast.Body, store storage.Store, input *ast.Term) (topdown.QueryResultSet, error) {
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, err
	}
	defer store.Abort(ctx, txn)
	return topdown.NewQuery(body).WithCompiler(m.compiler).WithStore(store).WithTransaction(txn).WithInput(input).
		WithStrictBuiltinErrors(true).Run(ctx)
}

// residual is what remains of a rule when the parameters are known and the elder is not: the rule holds for an elder
// exactly when one of the bodies does.
type residual struct {
	bodies  []residualBody
	support []*ast.Module // the helper rules that the bodies refer to
}

// residualBody is one conjunction of what remains, and what it grants. The grant is nil when it depends on the elder.
type residualBody struct {
	conditions ast.Body
	grant      *Grant
	unbound    *obstacle // why the grant is nil
}

// evaluation guards what OPA shares: its partial evaluation writes to the rules that it reads, and to terms that all of a
// process share, so it goes alone. It is of the process because those terms are.
var evaluation sync.RWMutex

// partial evaluates a query with the input unknown. The error is a [policy.Diagnostics].
func (m *Module) partial(ctx context.Context, query ast.Body, options ...func(*rego.Rego)) (*rego.PartialQueries, error) {
	query, _ = spelledOut(query)
	evaluation.Lock()
	defer evaluation.Unlock()
	defer m.spellOut()()
	left, err := rego.New(append(options,
		rego.Compiler(m.compiler), rego.StrictBuiltinErrors(true), rego.Unknowns([]string{"input"}), rego.ParsedQuery(query),
	)...).Partial(ctx)
	if err != nil {
		return nil, m.refused(ctx, err)
	}
	own := &rego.PartialQueries{}
	for _, body := range left.Queries {
		own.Queries = append(own.Queries, body.Copy())
	}
	for _, support := range left.Support {
		own.Support = append(own.Support, support.Copy())
	}
	return own, nil
}

// residual is the partial evaluation of the rule.
func (r *Rule) residual(ctx context.Context, parameters *Parameters) (*residual, error) {
	query := fmt.Sprintf(`data.lists.%s.grants[{"rule": %d, "grant": granted}]`, r.module.Stem, r.Index)
	partial, err := r.module.partial(ctx, mustParse(query), rego.Store(parameters.storage()))
	if err != nil {
		return nil, r.nameMissing(err, parameters)
	}
	left := &residual{support: partial.Support}
	for _, body := range partial.Queries {
		b, err := r.residualBody(body)
		if err != nil {
			return nil, err
		}
		left.bodies = append(left.bodies, b)
	}
	return left, nil
}

// residuals are the partial evaluations of all rules of the module at once, by index, which is several times faster than one
// by one. It is nil when one of the rules cannot be evaluated: by itself each then tells.
func (m *Module) residuals(ctx context.Context, parameters *Parameters) []*residual {
	query := fmt.Sprintf(`data.lists.%s.grants[{"rule": rule, "grant": granted}]`, m.Stem)
	partial, err := m.partial(ctx, mustParse(query), rego.Store(parameters.storage()))
	if err != nil {
		return nil
	}
	left := make([]*residual, len(m.Rules))
	for i := range left {
		left[i] = &residual{support: partial.Support}
	}
	for _, body := range partial.Queries {
		i, rest := m.ruleOf(body)
		if i < 0 {
			return nil
		}
		b, err := m.Rules[i].residualBody(rest)
		if err != nil {
			return nil
		}
		left[i].bodies = append(left[i].bodies, b)
	}
	return left
}

// ruleOf is the index of the rule that a body is left of, -1 when it does not say, and what else there is of the body.
func (m *Module) ruleOf(body ast.Body) (int, ast.Body) {
	for n, expr := range body {
		if value, ok := bound(expr, "rule"); ok {
			number, _ := value.Value.(ast.Number)
			if i, ok := number.Int(); ok && i >= 0 && i < len(m.Rules) {
				return i, slices.Concat(body[:n], body[n+1:])
			}
		}
	}
	return -1, nil
}

// mustParse parses a query of this package under [capabilities]. OPA, given the text, would first put together its own for each
// query, which takes longer than to parse it.
func mustParse(text string) ast.Body {
	return ast.MustParseBodyWithOpts(text, ast.ParserOptions{Capabilities: capabilities()})
}

// residualBody parts the expression that says what is granted from the conditions.
func (r *Rule) residualBody(body ast.Body) (residualBody, error) {
	b := residualBody{unbound: &obstacle{"what it grants depends on the elder", locationOfUnknown(body)}}
	for _, expr := range body {
		value, ok := bound(expr, "granted")
		if !ok {
			b.conditions = append(b.conditions, expr)
			continue
		}
		if !value.IsGround() || containsInput(value) {
			continue
		}
		plain, err := ast.JSON(value.Value)
		if err != nil {
			continue // a reference or a call is left: it depends on the elder
		}
		grant, err := r.grant(plain)
		if err != nil {
			return b, err
		}
		b.grant, b.unbound = &grant, nil
	}
	return b, nil
}

// bound is the value of a variable of the query, when the expression is the one that binds it.
func bound(expr *ast.Expr, variable ast.Var) (*ast.Term, bool) {
	if !expr.IsEquality() || expr.Negated {
		return nil, false
	}
	for i, other := range [2]int{1, 0} {
		if v, ok := expr.Operand(i).Value.(ast.Var); ok && v == variable {
			return expr.Operand(other), true
		}
	}
	return nil, false
}

func containsInput(t *ast.Term) bool {
	found := false
	ast.WalkRefs(t, func(ast.Ref) bool {
		found = true
		return true
	})
	return found
}
