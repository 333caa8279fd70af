// Package ruleset answers for one jurisdiction on one day, through the decision table or through plain OPA.
package ruleset

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/box"
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
	known        decisions
	partly       partly
	kept         sync.Map
}

// New is the ruleset of a compiled table.
func New(on policy.Date, digest string, set *rules.Set, t *table.Table) *Ruleset {
	return &Ruleset{
		Jurisdiction: t.Layers[0].List.Jurisdiction, On: on, Digest: digest, Table: t,
		oracle: NewOracle(set, t.Layers),
	}
}

// Keep gives what is kept with the ruleset under a key, made at its first use: what a package works out of a ruleset again and
// again. Keys are compared like those of a map, so each package has a type of its own for them.
func (r *Ruleset) Keep(key any, work func() any) any {
	if kept, ok := r.kept.Load(key); ok {
		return kept
	}
	kept, _ := r.kept.LoadOrStore(key, work())
	return kept
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

// Close is a profile with every missing attribute taken as absent: false, none, 0. One that cannot be absent, because that would
// contradict what is given, stays missing.
func (r *Ruleset) Close(p elder.Profile) elder.Profile {
	closed := r.Table.Space.Close(p.Cells)
	if len(r.Table.Contradicted(closed)) == 0 {
		p.Cells = closed
		return p
	}
	for i := range r.Table.Space.Axes {
		if p.Cells[i] != elder.Absent {
			continue
		}
		absent := p.Cells
		if absent[i] = closed[i]; len(r.Table.Possible(absent)) > 0 {
			p.Cells = absent
		}
	}
	return p
}

// fewWords is how many words of cases are kept on the stack: 256 cases.
const fewWords = 4

// room is a set of cases of so many words, in few if it fits.
func room(words int, few *[fewWords]uint64) []uint64 {
	if words > len(few) {
		return make([]uint64, words)
	}
	return few[:words]
}

// Decide is the decision for an encoded elder, missing attributes being unknown. It is shared and must not be changed; it has no
// ID. Nothing is allocated when nothing that is missing matters and the decision was made before.
func (r *Ruleset) Decide(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	if len(r.Table.Opaque) == 0 {
		var few, fewMore [fewWords]uint64
		certain, possible := room(r.Table.Words(), &few), room(r.Table.Words(), &fewMore)
		if r.Table.Bits(&p.Cells, certain, possible) {
			return r.decided(certain), nil
		}
	}
	return r.decideUnknown(ctx, p)
}

// DecideKnown is the decision for an encoded elder with everything missing taken as absent, as [Ruleset.Close] does. What
// cannot be absent remains unknown: then only what holds for all its values counts. Nothing is ever possible.
func (r *Ruleset) DecideKnown(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	closed := r.Close(*p)
	if left := r.left(closed.Cells); len(left) > 0 {
		return r.decideInAll(ctx, &closed, left, r.held)
	}
	return r.DecideClosed(ctx, &closed)
}

// DecideClosed is the decision for an encoded elder, missing attributes having no value.
func (r *Ruleset) DecideClosed(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	var few [fewWords]uint64
	held := room(r.Table.Words(), &few)
	r.Table.ClosedBits(&p.Cells, held)
	if len(r.Table.Opaque) == 0 {
		return r.decided(held), nil
	}
	all, err := r.held(ctx, p.Cells)
	if err != nil {
		return nil, err
	}
	return r.compose(decide.Awards(r.Table.Layers, all)), nil
}

// held are the rules that hold for an elder whose missing attributes have no value.
func (r *Ruleset) held(ctx context.Context, c elder.Cells) ([]decide.Held, error) {
	bits := make([]uint64, r.Table.Words())
	r.Table.ClosedBits(&c, bits)
	opaque, err := r.oracle.opaque(ctx, r.Table, c)
	if err != nil {
		return nil, err
	}
	all := append(table.Held(r.Table.CasesOf(bits)), opaque...)
	sortAsDeclared(r.Table.Layers, all, func(h decide.Held) (int, layer.Applied) { return h.Layer, h.Applied })
	return all, nil
}

// left are the attributes of a closed profile that are missing although there is a value that stands for nothing.
func (r *Ruleset) left(c elder.Cells) []string {
	var left []string
	for i := range r.Table.Space.Axes {
		if axis := &r.Table.Space.Axes[i]; c[i] == elder.Absent && axis.AbsentCell() != elder.Absent {
			left = append(left, axis.Attribute.Name)
		}
	}
	return left
}

// holding finds the rules that hold for an elder whose missing attributes have no value.
type holding func(context.Context, elder.Cells) ([]decide.Held, error)

// decideInAll is the decision of what holds for every value of the attributes that are left.
func (r *Ruleset) decideInAll(ctx context.Context, p *elder.Profile, left []string, held holding) (*decide.Decision, error) {
	awards, err := r.inAll(ctx, p, left, held)
	if err != nil {
		return nil, err
	}
	return r.compose(awards), nil
}

// inAll are the awards that hold for every value of the attributes that are left.
func (r *Ruleset) inAll(ctx context.Context, p *elder.Profile, left []string, held holding) ([]decide.Award, error) {
	completions, ok := r.Table.Combinations(p.Cells, left, maxCompletions)
	if !ok {
		return nil, contradiction(p.ID, []string{"what is missing cannot all be absent, and too much of it is left: give more attributes"})
	}
	var all [][]decide.Award
	for _, c := range completions {
		of, err := held(ctx, c.Cells)
		if err != nil {
			return nil, err
		}
		all = append(all, decide.Awards(r.Table.Layers, of))
	}
	return decide.InAll(all), nil
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

// decided is the decision of the elders for whom a set of cases holds.
func (r *Ruleset) decided(cases []uint64) *decide.Decision {
	if d := r.known.find(cases); d != nil {
		return d
	}
	return r.known.add(cases, r.compose(decide.Awards(r.Table.Layers, table.Held(r.Table.CasesOf(cases)))))
}

func (r *Ruleset) compose(awards []decide.Award) *decide.Decision {
	d := decide.Compose(r.Table.Space.Vocabulary, r.Table.Layers, awards)
	d.On, d.Digest = r.On, r.Digest
	return d
}

// decideUnknown answers exactly when something that is missing matters.
func (r *Ruleset) decideUnknown(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	if d := r.partly.find(&p.Cells); d != nil {
		return d, nil
	}
	d, err := r.workOut(ctx, p)
	if err == nil {
		r.partly.add(&p.Cells, d)
	}
	return d, err
}

func (r *Ruleset) workOut(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	certain, possible := make([]uint64, r.Table.Words()), make([]uint64, r.Table.Words())
	r.Table.Bits(&p.Cells, certain, possible)
	opaque := make([]placed, len(r.Table.Opaque))
	for i, o := range r.Table.Opaque {
		opaque[i] = placed{o.Layer, o.Applied}
	}
	return r.decideOver(ctx, p, r.Table.CasesOf(possible), opaque)
}

// decideOver answers over all completions of what is missing: by cases, and by rules that plain OPA tries on each.
func (r *Ruleset) decideOver(ctx context.Context, p *elder.Profile, cases []table.Case, byOPA []placed) (*decide.Decision, error) {
	if len(r.Table.Possible(p.Cells)) == 0 {
		return nil, contradiction(p.ID, []string{"no elder can have these attributes together"})
	}
	awards, err := r.awardsOver(ctx, p, cases, byOPA)
	if err != nil {
		return nil, err
	}
	return r.compose(awards), nil
}

// awardsOver are the awards over all completions of what is missing of an elder who can exist.
func (r *Ruleset) awardsOver(ctx context.Context, p *elder.Profile, cases []table.Case, byOPA []placed) ([]decide.Award, error) {
	tried, unsettled, err := r.oracle.completions(ctx, r.Table, p.Cells, byOPA)
	if err != nil {
		return nil, err
	}
	cases = append(cases, tried...)
	sortAsDeclared(r.Table.Layers, cases, func(c table.Case) (int, layer.Applied) { return c.Layer, c.Applied })
	var awards []decide.Award
	for _, of := range byService(cases) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		region := r.Table.Projection(of).Region(p.Cells)
		for _, a := range r.Table.Awards(region, of) {
			r.Table.Needs(&a, region, of, p.Cells)
			awards = append(awards, a)
		}
	}
	return r.unsettledAwards(awards, unsettled, p.Cells), nil
}

// byService groups cases by service, in the order in which the services come first.
func byService(cases []table.Case) [][]table.Case {
	var groups [][]table.Case
	place := map[string]int{}
	for _, c := range cases {
		i, ok := place[c.Grant.Service]
		if !ok {
			i = len(groups)
			place[c.Grant.Service] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

// unsettledAwards adds to the awards what is not known of rules that could not be tried on every completion: a service that such a
// rule may grant, or raise, is possible for all that is known, with a note.
func (r *Ruleset) unsettledAwards(awards []decide.Award, unsettled []placed, known elder.Cells) []decide.Award {
	for _, o := range unsettled {
		i := slices.IndexFunc(awards, func(a decide.Award) bool {
			return a.Service == o.Service.ID && a.Discretionary == o.Discretionary
		})
		if i < 0 {
			i = len(awards)
			awards = append(awards, decide.Award{
				Service: o.Service.ID, Discretionary: o.Discretionary, Layer: o.layer, Applied: o.Applied,
			})
		}
		a := &awards[i]
		a.Note = "too much is missing to try every possibility of a rule that is evaluated by plain OPA"
		a.SettledBy = nil
		a.Needs = r.inOrder(append(a.Needs, r.missing(o.Attributes, known)...))
	}
	return awards
}

// missing are those of the named attributes that are not known and could be asked.
func (r *Ruleset) missing(names []string, known elder.Cells) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		i, ok := r.Table.Space.Index(name)
		return !ok || known[i] != elder.Absent || !r.Table.Space.Asked(i, known)
	})
}

// inOrder are names of attributes in the order of questions, each once.
func (r *Ruleset) inOrder(names []string) []string {
	slices.SortFunc(names, func(a, b string) int {
		i, _ := r.Table.Space.Index(a)
		j, _ := r.Table.Space.Index(b)
		return cmp.Compare(i, j)
	})
	return slices.Compact(names)
}

// Ask answers an elder through plain OPA, without the table: the reference that the table is tested against. Missing attributes
// are unknown: every rule is tried on every completion of what it reads, up to 4,096 of them, else its service is possible with a
// note.
func (r *Ruleset) Ask(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	var all []placed
	for i, l := range r.Table.Layers {
		for _, applied := range l.Rules {
			all = append(all, placed{i, applied})
		}
	}
	return r.decideOver(ctx, p, nil, all)
}

// AskKnown is [Ruleset.DecideKnown] by plain OPA.
func (r *Ruleset) AskKnown(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	closed := r.Close(*p)
	if left := r.left(closed.Cells); len(left) > 0 {
		return r.decideInAll(ctx, &closed, left, r.asked)
	}
	return r.AskClosed(ctx, &closed)
}

// AskClosed is [Ruleset.DecideClosed] by plain OPA.
func (r *Ruleset) AskClosed(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	held, err := r.asked(ctx, p.Cells)
	if err != nil {
		return nil, err
	}
	return r.compose(decide.Awards(r.Table.Layers, held)), nil
}

// asked is held by plain OPA.
func (r *Ruleset) asked(ctx context.Context, c elder.Cells) ([]decide.Held, error) {
	return r.oracle.Held(ctx, r.Table.Space.Input(c))
}

// Oracle returns the plain OPA evaluator of the ruleset.
func (r *Ruleset) Oracle() *Oracle { return r.oracle }

// Oracle evaluates the layers of a jurisdiction by OPA's prepared queries.
type Oracle struct {
	set    *rules.Set
	layers []layer.Layer
	only   string // the one service that it is for, empty for all
	mu     sync.Mutex
	ready  map[string]*rules.Evaluator
}

// NewOracle evaluates the rules of layers by plain OPA. Queries are prepared at first use.
func NewOracle(set *rules.Set, layers []layer.Layer) *Oracle {
	return &Oracle{set: set, layers: layers, ready: map[string]*rules.Evaluator{}}
}

// Only is an oracle for one service. It takes some milliseconds to prepare, and then answers several times faster, for who asks
// about many elders.
func (o *Oracle) Only(service string) *Oracle {
	only := NewOracle(o.set, o.layers)
	only.only = service
	return only
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
	module := o.set.Module(stem)
	if o.only != "" {
		var err error
		if module, err = module.Only(o.only); err != nil {
			return nil, err
		}
	}
	e, err := module.Evaluator(ctx, o.layers[i].Parameters)
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

// placed is a rule with the layer that applies it.
type placed struct {
	layer int
	layer.Applied
}

// maxCompletions bounds how many completions of an elder a rule is tried on, and maxTried how many cases may come of it: to tell
// what a jumble of cases means takes much longer than to find it.
const (
	maxCompletions = 4096
	maxTried       = 64
)

// completions tries rules on every completion of the attributes that they read, and gives the cases that come of it. A rule
// with too many is unsettled.
func (o *Oracle) completions(ctx context.Context, t *table.Table, c elder.Cells, all []placed) (cases []table.Case, unsettled []placed, err error) {
	for _, rule := range all {
		found, ok, err := o.try(ctx, t, c, rule, rule.Attributes)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			unsettled = append(unsettled, rule)
		}
		cases = append(cases, found...)
	}
	return cases, unsettled, nil
}

// try tries a rule on every completion of some attributes, and reports false when there are too many of them, or of cases. Each case constrains only
// what is missing of those.
func (o *Oracle) try(ctx context.Context, t *table.Table, c elder.Cells, rule placed, attributes []string) ([]table.Case, bool, error) {
	combinations, ok := t.Combinations(c, attributes, maxCompletions)
	if !ok {
		return nil, false, nil
	}
	var found []table.Case
	for _, combination := range combinations {
		held, err := o.held(ctx, t.Space.Input(combination.Cells), func(i int, a layer.Applied) bool {
			return i == rule.layer && a.Rule == rule.Rule
		})
		if err != nil {
			return nil, false, err
		}
		for _, h := range held {
			found = append(found, caseOf(h, combination.Box))
		}
	}
	merged := table.Merge(found, indexes(t.Space, attributes))
	if len(merged) > maxTried {
		return nil, false, nil
	}
	return merged, true, nil
}

func caseOf(h decide.Held, b box.Box) table.Case {
	return table.Case{Case: rules.Case{Rule: h.Applied.Rule, Grant: h.Grant, Box: b}, Layer: h.Layer, Applied: h.Applied}
}

func indexes(s *elder.Space, attributes []string) []int {
	all := make([]int, len(attributes))
	for i, name := range attributes {
		all[i], _ = s.Index(name)
	}
	return all
}
