package rules

import (
	"context"
	"encoding/json"
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
	"github.com/basic-eldercare/eldercare/policy/source"
)

// Grant is what a rule grants.
type Grant struct {
	Service       string
	Discretionary bool
	Measures      map[string]policy.Promise
}

// Parameters are the parameters of a list on a day, its own over its ancestors', in the form that
// rules read as data.parameters. They are immutable and safe for concurrent use.
type Parameters struct {
	values map[string]parameter
	once   sync.Once
	store  storage.Store
}

// parameter is a value as rules read it, and as text. What is computed from equal texts is equal.
type parameter struct {
	data any
	text string
}

// NewParameters resolves the parameters of a list on a day. Above are those of the list above on
// that day, or nil at the top. A parameter whose first value is still to come is that of the list
// above. A threshold that is null has no value, because a comparison with null would hold.
func NewParameters(list *policy.List, on policy.Date, above *Parameters) *Parameters {
	p := &Parameters{values: make(map[string]parameter, len(list.Parameters))}
	if above != nil {
		p.values = maps.Clone(above.values)
	}
	for _, own := range list.Parameters {
		value := own.At(on)
		if value == nil {
			continue
		}
		data := source.ParameterData(own, value)
		if data == nil {
			delete(p.values, own.Name)
			continue
		}
		text, _ := json.Marshal(data) // maps of strings and numbers
		p.values[own.Name] = parameter{data, string(text)}
	}
	return p
}

// storage returns the document that rules read. It is made at first use, as many lists compute
// nothing new.
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

// Key identifies the values of some parameters. What is computed from equal ones is equal.
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

// Thresholds returns the values of those of the named parameters that are thresholds and whole
// numbers, years included.
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

// Amount returns the number of a parameter that is an amount, or nil when it has none.
func (p *Parameters) Amount(name string) *big.Rat {
	promise, _ := p.values[name].data.(map[string]any)
	n, _ := promise["value"].(json.Number)
	amount, _ := policy.ParseFraction(n.String())
	return amount
}

// keyOf returns [Parameters.Key] for what something reads.
func (p *Parameters) keyOf(r *reads) string {
	names := r.parameters
	if r.anyFigure {
		return p.Key(slices.Sorted(maps.Keys(p.values)))
	}
	return p.Key(slices.Sorted(maps.Keys(names)))
}

// thresholds returns the numbers among constants, in OPA's form.
func (p *Parameters) thresholds(constants []constant) []ast.Value {
	var thresholds []ast.Value
	for _, c := range constants {
		if n, ok := c.value(p.number).(ast.Number); ok {
			thresholds = append(thresholds, n)
		}
	}
	return thresholds
}

// number returns the number at a reference below data.parameters, or nil when there is none.
func (p *Parameters) number(ref ast.Ref) ast.Value {
	name, _ := ref[len(parametersRef)].Value.(ast.String)
	return numberAt(p.values[string(name)].data, ref)
}

// numberAt returns the number at a reference to a parameter that has a value, or below one. It
// returns nil when there is none.
func numberAt(data any, ref ast.Ref) ast.Value {
	for _, part := range ref[len(parametersRef)+1:] {
		of, _ := data.(map[string]any)
		key, _ := part.Value.(ast.String)
		data = of[string(key)]
	}
	if n, ok := data.(json.Number); ok {
		return ast.Number(n)
	}
	return nil
}

// Evaluator asks plain OPA for the grants of one elder after another under the rules of one module
// and fixed parameters. It is safe for concurrent use.
type Evaluator struct {
	module *Module
	query  rego.PreparedEvalQuery
}

// Evaluator prepares the evaluation of all rules of the module.
func (m *Module) Evaluator(ctx context.Context, parameters *Parameters) (*Evaluator, error) {
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

// Grants returns the rules that hold for an input, with what each grants, in the order of the file.
// The error is an [*EvaluationError] when OPA cannot evaluate one of them.
func (e *Evaluator) Grants(ctx context.Context, input map[string]any) ([]Held, error) {
	meter := newMeter(ctx, e.module.limits)
	results, err := e.query.Eval(ctx, rego.EvalInput(input), rego.EvalExternalCancel(meter), rego.EvalVirtualCache(newValues(meter)))
	if d, tooMuch := meter.exceeded(); tooMuch {
		d.Pos = e.stopped(ctx, input)
		e.module.place(&d)
		return nil, &EvaluationError{d}
	}
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

// stopped returns the place in the list's file of an evaluation that goes beyond the limits. It
// evaluates again and watches.
func (e *Evaluator) stopped(ctx context.Context, input map[string]any) policy.Position {
	t := &lastPlace{file: e.module.file}
	meter := newMeter(ctx, e.module.limits)
	_, _ = e.query.Eval(ctx, rego.EvalInput(input), rego.EvalExternalCancel(meter), rego.EvalVirtualCache(newValues(meter)), rego.EvalQueryTracer(t))
	return position(t.at)
}

// lastPlace records the last expression of a file that OPA came to.
type lastPlace struct {
	file string
	at   *ast.Location
}

// Enabled implements [topdown.QueryTracer].
func (t *lastPlace) Enabled() bool { return true }

// Config implements [topdown.QueryTracer].
func (t *lastPlace) Config() topdown.TraceConfig { return topdown.TraceConfig{} }

// TraceEvent implements [topdown.QueryTracer].
func (t *lastPlace) TraceEvent(e topdown.Event) {
	if e.Op == topdown.EvalOp && e.Location != nil && e.Location.File == t.file {
		t.at = e.Location
	}
}

func (m *Module) held(member any) (Held, error) {
	object, _ := member.(map[string]any)
	index, _ := object["rule"].(json.Number)
	i, err := index.Int64()
	if err != nil || int(i) >= len(m.Rules) {
		return Held{}, policy.Errorf("internal", "internal: a grant of package lists.%s does not name its rule", m.Stem)
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
		p.Less = r.module.vocabulary.Measure(name).Less
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
		return r.errorf("measure-unit", unitRemedy, "measure %s is in %s, but the promised amount is in %q", name, measure.Unit, unit)
	}
	return nil
}

func (r *Rule) promise(measure string, value any) (policy.Promise, string, error) {
	object, ok := value.(map[string]any)
	bound, _ := object["bound"].(string)
	unit, _ := object["unit"].(string)
	if !ok || !slices.Contains(policy.Bounds(), policy.Bound(bound)) {
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
	p.Share = shareOf(object["share"])
	if object["value"] == nil {
		if p.Bound == policy.SetLocally {
			p.Missing = "" // the text leaves it open; nothing is missing
		}
		return p, unit, nil
	}
	n, ok := object["value"].(json.Number)
	exact, isNumber := policy.ParseFraction(n.String())
	if !ok || !isNumber {
		return policy.Promise{}, "", r.errorf("promise-shape", promiseRemedy, "the amount of measure %s is not a number", measure)
	}
	if !policy.FitsAmount(exact) {
		return policy.Promise{}, "", r.errorf("promise-shape", "promise from 0 to below 1,000,000,000",
			"the amount of measure %s is too large to be exact, or below 0", measure)
	}
	places := 2
	if unit == string(policy.Multiple) {
		places = 4
	}
	rounded := policy.Round(exact, places, p.Bound != policy.AtMost)
	p.Value = &rounded
	return p, unit, nil
}

// shareOf reads what an amount is a share of. It returns nil when the amount does not say. What is
// added is in ten-thousandths.
func shareOf(value any) *policy.Share {
	object, _ := value.(map[string]any)
	of, _ := object["of"].(string)
	numerator, _ := object["numerator"].(json.Number)
	denominator, _ := object["denominator"].(json.Number)
	n, ok := policy.ParseFraction(numerator.String())
	d, okToo := policy.ParseFraction(denominator.String())
	if of == "" || !ok || !okToo || d.Sign() == 0 {
		return nil
	}
	share := &policy.Share{Of: of, Ratio: n.Quo(n, d)}
	plus, _ := object["plus"].(json.Number)
	if parts, ok := policy.ParseFraction(plus.String()); ok && parts.Sign() != 0 {
		share.Plus = parts.Quo(parts, big.NewRat(10_000, 1))
	}
	return share
}

func (r *Rule) errorf(code, remedy, format string, args ...any) error {
	var ds policy.Diagnostics
	ds.Errorf(code, r.Pos, remedy, format, args...)
	return ds
}

// read reads a grant. It also returns a text that is equal for equal grants.
func (r *Rule) read(value any) (string, any, error) {
	g, err := r.grant(value)
	computed := map[string]any{} // for each measure, what its promise does not write
	for measure, p := range g.Measures {
		share := ""
		if p.Share != nil {
			share = p.Share.String()
		}
		computed[measure] = []any{p.Parameters, share}
	}
	text, _ := json.Marshal([]any{g.Measures, computed}) // maps of numbers and strings
	return string(text), g, err
}
