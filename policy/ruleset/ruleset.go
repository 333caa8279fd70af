// Package ruleset answers for one jurisdiction on one day, through the decision table or through plain OPA.
package ruleset

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/layer"
	"github.com/basic-eldercare/eldercare/policy/rules"
	"github.com/basic-eldercare/eldercare/policy/table"
)

// Ruleset is what is in force in one jurisdiction on one day. It is safe for concurrent use.
type Ruleset struct {
	Jurisdiction policy.Jurisdiction
	On           policy.Date
	Digest       string
	Table        *table.Table
	oracle       *Oracle
	interned     interned
}

// New is the ruleset of a compiled table.
func New(on policy.Date, digest string, set *rules.Set, t *table.Table) *Ruleset {
	return &Ruleset{
		Jurisdiction: t.Layers[0].List.Jurisdiction, On: on, Digest: digest, Table: t,
		oracle: NewOracle(set, t.Layers),
	}
}

// Encode validates an elder; see [elder.Space.Encode]. It refuses contradictions too.
func (r *Ruleset) Encode(e elder.Elder) (elder.Profile, error) {
	p, err := r.Table.Space.Encode(e, r.Jurisdiction, r.On)
	if err != nil {
		return p, err
	}
	return p, r.Refuse(&p)
}

// Refuse is an [*elder.Error] when what is given of an elder contradicts itself, and nil otherwise.
func (r *Ruleset) Refuse(p *elder.Profile) error {
	if messages := r.Table.Contradicted(p.Cells); len(messages) > 0 {
		return contradiction(p.ID, messages)
	}
	return nil
}

func contradiction(id string, messages []string) error {
	e := &elder.Error{ID: id}
	for _, m := range messages {
		e.Problems = append(e.Problems, elder.Problem{Code: "contradiction", Message: m})
	}
	return e
}

// Close is a profile with every missing attribute taken as absent: false, none, 0.
func (r *Ruleset) Close(p elder.Profile) elder.Profile {
	p.Cells = r.Table.Space.Close(p.Cells)
	return p
}

// maxWords bounds the tables whose decisions are interned by a key that is a value: 256 cases and contradictions.
const maxWords = 4

type bitset [maxWords]uint64

// interned are the decisions made so far, by the cases that hold. Elders with the same cases share one decision.
type interned struct {
	mu        sync.RWMutex
	decisions map[bitset]*decide.Decision
}

// Decide is the decision for an encoded elder, missing attributes being unknown. It is shared and must not be changed; it has no
// ID. Nothing is allocated when nothing that is missing matters and the decision was made before.
func (r *Ruleset) Decide(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	var certain, possible bitset
	words := r.Table.Words()
	if words <= maxWords && len(r.Table.Opaque) == 0 {
		r.Table.Bits(&p.Cells, certain[:words], possible[:words])
		if certain == possible {
			return r.intern(certain, words), nil
		}
	}
	return r.decideUnknown(ctx, p)
}

// DecideClosed is the decision for an encoded elder, missing attributes having no value; [Ruleset.Close] gives them
// the value that stands for nothing.
func (r *Ruleset) DecideClosed(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	var held bitset
	words := r.Table.Words()
	if words <= maxWords && len(r.Table.Opaque) == 0 {
		r.Table.ClosedBits(&p.Cells, held[:words])
		return r.intern(held, words), nil
	}
	bits := make([]uint64, words)
	r.Table.ClosedBits(&p.Cells, bits)
	all := table.Held(r.Table.CasesOf(bits))
	opaque, err := r.oracle.opaque(ctx, r.Table, p.Cells)
	if err != nil {
		return nil, err
	}
	all = append(all, opaque...)
	sortAsDeclared(r.Table.Layers, all, func(h decide.Held) (int, layer.Applied) { return h.Layer, h.Applied })
	return r.compose(decide.Awards(r.Table.Layers, all)), nil
}

// sortAsDeclared puts what the table and what plain OPA found into the order of the layers' rules: of equal promises the first
// counts.
func sortAsDeclared[T any](layers []layer.Layer, found []T, rule func(T) (int, layer.Applied)) {
	place := func(x T) (int, int) {
		i, applied := rule(x)
		return i, slices.IndexFunc(layers[i].Rules, func(a layer.Applied) bool { return a.Rule == applied.Rule })
	}
	slices.SortStableFunc(found, func(x, y T) int {
		i, m := place(x)
		j, n := place(y)
		return cmp.Or(cmp.Compare(i, j), cmp.Compare(m, n))
	})
}

func (r *Ruleset) intern(key bitset, words int) *decide.Decision {
	r.interned.mu.RLock()
	d := r.interned.decisions[key]
	r.interned.mu.RUnlock()
	if d != nil {
		return d
	}
	d = r.compose(decide.Awards(r.Table.Layers, table.Held(r.Table.CasesOf(key[:words]))))
	r.interned.mu.Lock()
	defer r.interned.mu.Unlock()
	if known := r.interned.decisions[key]; known != nil {
		return known
	}
	if r.interned.decisions == nil {
		r.interned.decisions = map[bitset]*decide.Decision{}
	}
	r.interned.decisions[key] = d
	return d
}

func (r *Ruleset) compose(awards []decide.Award) *decide.Decision {
	d := decide.Compose(r.Table.Space.Vocabulary, r.Table.Layers, awards)
	d.On, d.Digest = r.On, r.Digest
	return d
}

// decideUnknown answers exactly when something that is missing matters.
func (r *Ruleset) decideUnknown(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	region := r.Table.Possible(p.Cells)
	if len(region) == 0 {
		return nil, contradiction(p.ID, []string{"no elder can have these attributes together"})
	}
	certain, possible := make([]uint64, r.Table.Words()), make([]uint64, r.Table.Words())
	r.Table.Bits(&p.Cells, certain, possible)
	cases := r.Table.CasesOf(possible)
	opaque, unsettled, err := r.oracle.completions(ctx, r.Table, p.Cells)
	if err != nil {
		return nil, err
	}
	cases = append(cases, opaque...)
	sortAsDeclared(r.Table.Layers, cases, func(c table.Case) (int, layer.Applied) { return c.Layer, c.Applied })
	awards := r.Table.Awards(region, cases)
	for i := range awards {
		r.Table.Needs(&awards[i], region, cases, p.Cells)
	}
	return r.compose(append(awards, unsettledAwards(awards, unsettled)...)), nil
}

// unsettledAwards are the services of which an opaque rule could not be tried on every completion.
func unsettledAwards(awards []decide.Award, unsettled []table.Opaque) []decide.Award {
	var more []decide.Award
	for _, o := range unsettled {
		same := func(a decide.Award) bool {
			return a.Service == o.Applied.Service.ID && a.Discretionary == o.Applied.Discretionary
		}
		if slices.ContainsFunc(awards, same) || slices.ContainsFunc(more, same) {
			continue
		}
		more = append(more, decide.Award{
			Service: o.Applied.Service.ID, Discretionary: o.Applied.Discretionary, Layer: o.Layer, Applied: o.Applied,
			Note: "too much is missing to try every possibility of a rule that is evaluated by plain OPA",
		})
	}
	return more
}

// Ask answers an elder through plain OPA, without the table: the reference that the table is tested against. Missing
// attributes have no value; nothing is ever possible.
func (r *Ruleset) Ask(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	held, err := r.oracle.Held(ctx, r.Table.Space.Input(p.Cells))
	if err != nil {
		return nil, err
	}
	return r.compose(decide.Awards(r.Table.Layers, held)), nil
}

// Oracle returns the plain OPA evaluator of the ruleset.
func (r *Ruleset) Oracle() *Oracle { return r.oracle }

// Oracle evaluates the layers of a jurisdiction by OPA's prepared queries.
type Oracle struct {
	set    *rules.Set
	layers []layer.Layer
	mu     sync.Mutex
	ready  map[string]*rules.Evaluator
}

// NewOracle evaluates the rules of layers by plain OPA. Queries are prepared at first use.
func NewOracle(set *rules.Set, layers []layer.Layer) *Oracle {
	return &Oracle{set: set, layers: layers, ready: map[string]*rules.Evaluator{}}
}

// Held are the rules of all layers that hold for an input, in the order of the layers' rules.
func (o *Oracle) Held(ctx context.Context, input map[string]any) ([]decide.Held, error) {
	return o.held(ctx, input, func(int, layer.Applied) bool { return true })
}

// Service are the rules of one service in the first layers that hold for an input.
func (o *Oracle) Service(ctx context.Context, input map[string]any, service string, layers int) ([]decide.Held, error) {
	return o.held(ctx, input, func(i int, a layer.Applied) bool { return i < layers && a.Service.ID == service })
}

func (o *Oracle) held(ctx context.Context, input map[string]any, wanted func(layer int, a layer.Applied) bool) ([]decide.Held, error) {
	var held []decide.Held
	for i, l := range o.layers {
		granted := map[string][]rules.Held{} // by stem of the rule's list
		for _, applied := range l.Rules {
			if !wanted(i, applied) {
				continue
			}
			if _, ok := granted[applied.Stem]; !ok {
				e, err := o.evaluator(ctx, i, applied.Stem)
				if err != nil {
					return nil, err
				}
				if granted[applied.Stem], err = e.Grants(ctx, input); err != nil {
					return nil, err
				}
			}
			for _, h := range granted[applied.Stem] {
				if h.Rule == applied.Rule {
					held = append(held, decide.Held{Layer: i, Applied: applied, Grant: h.Grant})
				}
			}
		}
	}
	return held, nil
}

func (o *Oracle) evaluator(ctx context.Context, i int, stem string) (*rules.Evaluator, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := fmt.Sprint(i, " ", stem)
	if e := o.ready[key]; e != nil {
		return e, nil
	}
	e, err := o.set.Module(stem).Evaluator(ctx, o.layers[i].Parameters)
	if err == nil {
		o.ready[key] = e
	}
	return e, err
}

// opaque are the opaque rules that hold for an elder.
func (o *Oracle) opaque(ctx context.Context, t *table.Table, c elder.Cells) ([]decide.Held, error) {
	return o.held(ctx, t.Space.Input(c), func(i int, a layer.Applied) bool { return isOpaque(t, i, a) })
}

func isOpaque(t *table.Table, i int, a layer.Applied) bool {
	return slices.ContainsFunc(t.Opaque, func(o table.Opaque) bool { return o.Layer == i && o.Applied.Rule == a.Rule })
}

// maxCompletions bounds how many completions of an elder an opaque rule is tried on.
const maxCompletions = 4096

// completions tries every opaque rule on every completion of the attributes that it reads, and gives the cases that come
// of it. A rule with too many completions is unsettled.
func (o *Oracle) completions(ctx context.Context, t *table.Table, c elder.Cells) (cases []table.Case, unsettled []table.Opaque, err error) {
	for _, opaque := range t.Opaque {
		combinations, ok := t.Combinations(c, opaque.Applied.Attributes, maxCompletions)
		if !ok {
			unsettled = append(unsettled, opaque)
			continue
		}
		for _, combination := range combinations {
			held, err := o.held(ctx, t.Space.Input(combination.Cells), func(i int, a layer.Applied) bool {
				return i == opaque.Layer && a.Rule == opaque.Applied.Rule
			})
			if err != nil {
				return nil, nil, err
			}
			for _, h := range held {
				cases = append(cases, table.Case{
					Case:  rules.Case{Rule: h.Applied.Rule, Grant: h.Grant, Box: combination.Box},
					Layer: h.Layer, Applied: h.Applied,
				})
			}
		}
	}
	return cases, unsettled, nil
}
