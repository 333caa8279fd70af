// Package ruleset answers for one jurisdiction on one day, through the decision table or through
// plain OPA.
package ruleset

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/answers"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// Lasting holds what is in force in one jurisdiction while nothing changes.
type Lasting struct {
	Jurisdiction policy.Jurisdiction
	Table        *table.Table
	oracle       *Oracle
	answers      *answers.Answers
	recent       *answers.Recent
}

// newLasting returns what a compiled table says. The latest decisions are kept among the recent
// ones.
func newLasting(set *rules.Set, t *table.Table, recent *answers.Recent) *Lasting {
	oracle := newOracle(set, t.Layers)
	return &Lasting{
		Jurisdiction: t.Layers[0].List.Jurisdiction, Table: t, oracle: oracle,
		answers: answers.New(t, byOPA{oracle, t}), recent: recent,
	}
}

// Ruleset is what is in force in one jurisdiction on one day. Missing attributes of an elder are
// unknown to it, or absent; see [Ruleset.AssumeKnown]. It is safe for concurrent use. It is shared,
// and its fields must not be changed.
type Ruleset struct {
	*Lasting
	On      policy.Date
	Digest  string
	decider *answers.Decider
	world   answers.World
	other   *Ruleset // the same in the other world
	kept    sync.Map
	library *Library // that it comes from
}

// at returns the ruleset of one of the days, in an open world. All these rulesets share their
// answers.
func (l *Lasting) at(on policy.Date, digest string, library *Library) *Ruleset {
	of := decide.Decision{Jurisdiction: l.Jurisdiction.ID, On: on, Digest: digest}
	decider := answers.NewDecider(l.answers, of, l.recent)
	in := func(w answers.World) *Ruleset {
		return &Ruleset{Lasting: l, On: on, Digest: digest, decider: decider, world: w, library: library}
	}
	open, closed := in(answers.Open), in(answers.Closed)
	open.other, closed.other = closed, open
	return open
}

// At returns the ruleset of another day on which the same is in force. An empty ruleset returns an
// empty one.
func (r *Ruleset) At(on policy.Date, digest string) *Ruleset {
	if !r.compiled() {
		return &Ruleset{}
	}
	return r.at(on, digest, r.library).AssumeKnown(r.AssumesKnown())
}

// AssumeKnown returns a ruleset that takes every missing attribute as absent, as [Ruleset.Close]
// does. When known is false, it returns one that takes them as unknown, as every ruleset does at
// first. A ruleset that assumes all is known never answers that something is possible. An attribute
// that cannot be absent remains unknown: then only what holds for all its values counts.
func (r *Ruleset) AssumeKnown(known bool) *Ruleset {
	if !r.compiled() || r.AssumesKnown() == known {
		return r
	}
	return r.other
}

// AssumesKnown reports whether the ruleset takes missing attributes as absent.
func (r *Ruleset) AssumesKnown() bool { return r != nil && r.world == answers.Closed }

// Keep returns the value that the ruleset keeps under a key. At the first use it calls work to make
// the value. A package keeps here what it would otherwise compute from the ruleset again and again.
// Keys are compared like those of a map, so each package uses a key type of its own. A nil ruleset
// keeps nothing.
func (r *Ruleset) Keep(key any, work func() any) any {
	switch {
	case work == nil:
		return nil
	case r == nil:
		return work()
	}
	if kept, ok := r.kept.Load(key); ok {
		return kept
	}
	kept, _ := r.kept.LoadOrStore(key, work())
	return kept
}

var (
	errNoRuleset = policy.CallError("the ruleset is empty; get one from Engine.Rules")
	errNoContext = policy.CallError("the context is nil")
	errNoProfile = policy.CallError("the profile is nil; make one with Ruleset.Encode")
)

// IsEmpty reports whether the ruleset is nil or a zero value, and so answers nobody.
func (r *Ruleset) IsEmpty() bool { return !r.compiled() }

// compiled reports whether the ruleset comes from a library and is not a zero value.
func (r *Ruleset) compiled() bool { return r != nil && r.Lasting != nil && r.decider != nil }

// Usable returns an error when there is nothing to answer from: no rules, or no context.
func (r *Ruleset) Usable(ctx context.Context) error {
	switch {
	case !r.compiled():
		return errNoRuleset
	case ctx == nil:
		return errNoContext
	}
	return nil
}

// Ready returns an error when there is nothing to answer from, or nothing to answer. It is an
// [*elder.ProfileError] when the profile was not encoded for the ruleset.
func (r *Ruleset) Ready(ctx context.Context, p *elder.Profile) error {
	if err := r.Usable(ctx); err != nil {
		return err
	}
	return r.reads(p)
}

// reads returns an error when a profile is nil, or means something else to a ruleset that was
// compiled.
func (r *Ruleset) reads(p *elder.Profile) error {
	switch {
	case p == nil:
		return errNoProfile
	case !r.Table.Space.Takes(p) || !p.IsFor(r.Jurisdiction.ID, r.On):
		return &elder.ProfileError{}
	}
	return nil
}

// Encode validates an elder as [elder.Space.Encode] does. It also refuses contradictions.
func (r *Ruleset) Encode(e elder.Elder) (elder.Profile, error) {
	if !r.compiled() {
		return elder.Profile{}, errNoRuleset
	}
	p, err := r.Table.Space.Encode(e, r.Jurisdiction, r.On)
	if err != nil {
		return p, err
	}
	return p, r.Refuse(&p)
}

// EncodeJSON is [Ruleset.Encode] for an elder as JSON. See [elder.Space.EncodeJSON]. It also
// reports false for an elder that contradicts itself.
func (r *Ruleset) EncodeJSON(raw []byte) (elder.Profile, bool) {
	if !r.compiled() {
		return elder.Profile{}, false
	}
	p, ok := r.Table.Space.EncodeJSON(raw, r.Jurisdiction, r.On)
	return p, ok && r.Refuse(&p) == nil
}

// Refuse returns an [*elder.Error] when the attributes of an elder contradict each other. It
// returns the error of [Ruleset.Ready] when the ruleset cannot read the profile, and nil otherwise.
func (r *Ruleset) Refuse(p *elder.Profile) error {
	if !r.compiled() {
		return errNoRuleset
	}
	if err := r.reads(p); err != nil {
		return err
	}
	if messages := r.Table.Contradicted(p.Cells()); len(messages) > 0 {
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

// Close returns a profile with every missing attribute taken as absent: false, or what the
// vocabulary names. An attribute stays missing when its absence would contradict what is given. A
// profile that the ruleset cannot read is returned as it is.
func (r *Ruleset) Close(p elder.Profile) elder.Profile {
	if !r.compiled() || r.reads(&p) != nil {
		return p
	}
	return r.Table.Space.With(p, r.answers.Close(p.Cells()))
}

// Decide returns the decision for an encoded elder. It is shared and must not be changed, and it
// has no ID. Decide allocates nothing when the decision was made lately.
func (r *Ruleset) Decide(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	if err := r.Ready(ctx, p); err != nil {
		return nil, err
	}
	cells := p.Cells()
	d, err := r.decider.Decide(ctx, r.world, &cells)
	return d, named(err, p)
}

// DecideFor is [Ruleset.Decide] for a caller who may change the decision, its lists and their
// elements. The decision has the elder's ID.
func (r *Ruleset) DecideFor(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	if err := r.Ready(ctx, p); err != nil {
		return nil, err
	}
	cells := p.Cells()
	d, err := r.decider.DecideFor(ctx, r.world, p.ID, &cells)
	if err == nil {
		d.Notes = r.Table.Space.Notes(p)
	}
	return d, named(err, p)
}

// AppendJSON appends the decision of [Ruleset.Decide] as JSON with the elder's ID.
func (r *Ruleset) AppendJSON(ctx context.Context, out []byte, p *elder.Profile) ([]byte, error) {
	if err := r.Ready(ctx, p); err != nil {
		return out, err
	}
	cells := p.Cells()
	out, err := r.decider.AppendJSON(ctx, out, r.world, p.ID, &cells)
	if notes := r.Table.Space.Notes(p); err == nil && len(notes) > 0 {
		text, _ := json.Marshal(notes) // texts can always be written
		out = append(append(append(out[:len(out)-1], `,"notes":`...), text...), '}')
	}
	return out, named(err, p)
}

// named adds the elder's ID to an error about the elder.
func named(err error, p *elder.Profile) error {
	if wrong, ok := errors.AsType[*elder.Error](err); ok {
		wrong.ID = p.ID
	}
	return err
}

// left returns the attributes of a closed profile that are missing although they have a value that
// stands for nothing.
func (r *Ruleset) left(c elder.Cells) []string {
	var left []string
	for i := range r.Table.Space.Axes {
		if axis := &r.Table.Space.Axes[i]; c[i] == elder.Absent && axis.AbsentCell() != elder.Absent {
			left = append(left, axis.Attribute.Name)
		}
	}
	return slices.Compact(left)
}

func (r *Ruleset) compose(awards []decide.Award) *decide.Decision {
	d := decide.Compose(r.Table.Space.Vocabulary, r.Table.Layers, awards)
	d.On, d.Digest = r.On, r.Digest
	return d
}

// byService groups cases by service, in the order in which the services first come.
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

// Ask is [Ruleset.Decide] through plain OPA, without the table. It is the reference that the table
// is tested against. Where missing attributes are unknown, Ask tries every rule on up to 4,096
// completions of what it reads. A service whose rule has more completions is possible, with a note.
func (r *Ruleset) Ask(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	if err := r.Ready(ctx, p); err != nil {
		return nil, err
	}
	if err := r.exists(p); err != nil {
		return nil, err
	}
	if r.AssumesKnown() {
		return r.askKnown(ctx, p)
	}
	var all []answers.Rule
	for i, l := range r.Table.Layers {
		for _, applied := range l.Rules {
			all = append(all, answers.Rule{Layer: i, Applied: applied})
		}
	}
	tried, unsettled, err := r.oracle.completions(ctx, r.Table, p.Cells(), all)
	if err != nil {
		return nil, err
	}
	var awards []decide.Award
	for _, of := range byService(tried) {
		awards = append(awards, answers.Over(r.Table, r.Table.Projection(of), of, nil, p.Cells())...)
	}
	return r.compose(answers.WithUnsettled(r.Table.Space, awards, unsettled, p.Cells())), nil
}

// exists returns an [*elder.Error] when nobody can have the given attributes.
func (r *Ruleset) exists(p *elder.Profile) error {
	if len(r.Table.Possible(p.Cells())) == 0 {
		return contradiction(p.ID, []string{answers.NoSuchElder})
	}
	return nil
}

// askKnown answers by plain OPA an elder whose missing attributes are absent.
func (r *Ruleset) askKnown(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	closed := r.Close(*p)
	left := r.left(closed.Cells())
	completions, ok := r.Table.Combinations(closed.Cells(), left, maxCompletions)
	if !ok {
		return nil, contradiction(p.ID, []string{answers.TooMuchLeft})
	}
	var all [][]decide.Award
	for _, c := range completions {
		held, err := r.asked(ctx, c.Cells)
		if err != nil {
			return nil, err
		}
		all = append(all, decide.Awards(r.Table.Layers, held))
	}
	return r.compose(decide.InAll(all)), nil
}

// asked returns what plain OPA finds to hold.
func (r *Ruleset) asked(ctx context.Context, c elder.Cells) ([]decide.Held, error) {
	return r.oracle.Held(ctx, r.Table.Space.Input(c))
}

// Oracle returns the plain OPA evaluator of the ruleset.
func (r *Ruleset) Oracle() *Oracle {
	if !r.compiled() {
		return nil
	}
	return r.oracle
}

// Oracle evaluates the layers of a jurisdiction by OPA's prepared queries.
type Oracle struct {
	set    *rules.Set
	layers []layer.Layer
	only   []string // the services that it is for; empty for all
	mu     sync.Mutex
	ready  map[string]*rules.Evaluator
}

// newOracle returns an oracle that evaluates the rules of layers by plain OPA. It prepares queries
// at first use.
func newOracle(set *rules.Set, layers []layer.Layer) *Oracle {
	return &Oracle{set: set, layers: layers, ready: map[string]*rules.Evaluator{}}
}

// Only returns an oracle for some services. It takes some milliseconds to prepare, and then answers
// several times faster. It suits callers who ask about many elders.
func (o *Oracle) Only(services ...string) *Oracle {
	only := newOracle(o.set, o.layers)
	only.only = layer.Denying(o.layers, services)
	return only
}

// Held returns the rules of all layers that hold for an input, in the order of the layers' rules.
func (o *Oracle) Held(ctx context.Context, input map[string]any) ([]decide.Held, error) {
	return o.held(ctx, input, func(int, layer.Applied) bool { return true })
}

// Services returns the rules of some services in the first layers that hold for an input.
func (o *Oracle) Services(ctx context.Context, input map[string]any, services []string, layers int) ([]decide.Held, error) {
	return o.held(ctx, input, func(i int, a layer.Applied) bool { return i < layers && slices.Contains(services, a.Service.ID) })
}

// held returns the wanted rules that hold and that no exclusion denies.
func (o *Oracle) held(ctx context.Context, input map[string]any, wanted func(layer int, a layer.Applied) bool) ([]decide.Held, error) {
	var denying []string
	for i, l := range o.layers {
		for _, a := range l.Rules {
			if len(a.Exclusions) > 0 && wanted(i, a) {
				denying = append(denying, a.Service.ID)
			}
		}
	}
	if len(denying) == 0 {
		return o.written(ctx, input, wanted)
	}
	denying = layer.Denying(o.layers, denying)
	held, err := o.written(ctx, input, func(i int, a layer.Applied) bool { return wanted(i, a) || slices.Contains(denying, a.Service.ID) })
	return slices.DeleteFunc(decide.Undenied(held), func(h decide.Held) bool { return !wanted(h.Layer, h.Applied) }), err
}

// written returns the wanted rules that hold, before exclusions.
func (o *Oracle) written(ctx context.Context, input map[string]any, wanted func(layer int, a layer.Applied) bool) ([]decide.Held, error) {
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
	if len(o.only) > 0 {
		var err error
		if module, err = module.Only(o.only...); err != nil {
			return nil, err
		}
	}
	e, err := module.Evaluator(ctx, o.layers[i].Parameters)
	if err == nil {
		o.ready[key] = e
	}
	return e, err
}

// byOPA evaluates the opaque rules of a table.
type byOPA struct {
	oracle *Oracle
	table  *table.Table
}

// Held implements [answers.Oracle].
func (o byOPA) Held(ctx context.Context, c elder.Cells, service string) ([]decide.Held, error) {
	return o.oracle.held(ctx, o.table.Space.Input(c), func(i int, a layer.Applied) bool {
		return a.Service.ID == service && isOpaque(o.table, i, a)
	})
}

// Tried implements [answers.Oracle].
func (o byOPA) Tried(ctx context.Context, c elder.Cells, service string) ([]table.Case, []answers.Rule, error) {
	var of []answers.Rule
	for _, rule := range o.table.Opaque {
		if rule.Applied.Service.ID == service {
			of = append(of, answers.Rule{Layer: rule.Layer, Applied: rule.Applied})
		}
	}
	return o.oracle.completions(ctx, o.table, c, of)
}

func isOpaque(t *table.Table, i int, a layer.Applied) bool {
	return slices.ContainsFunc(t.Opaque, func(o table.Opaque) bool { return o.Layer == i && o.Applied.Rule == a.Rule })
}

// maxCompletions is the greatest number of completions of an elder on which a rule is tried.
// maxTried is the greatest number of cases that may come of it, as it takes much longer to
// interpret a jumble of cases than to find it.
const (
	maxCompletions = 4096
	maxTried       = 64
)

// completions tries rules on every completion of the attributes that they read, and returns the
// cases found. A rule with too many is unsettled.
func (o *Oracle) completions(ctx context.Context, t *table.Table, c elder.Cells, all []answers.Rule) (cases []table.Case, unsettled []answers.Rule, err error) {
	for _, rule := range all {
		found, ok, err := o.try(ctx, t, c, rule, rule.Reads)
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

// try tries a rule on every completion of some attributes. It reports false when there are too many
// of them, or too many cases. Each case constrains only what is missing of those attributes.
func (o *Oracle) try(ctx context.Context, t *table.Table, c elder.Cells, rule answers.Rule, attributes []string) ([]table.Case, bool, error) {
	combinations, ok := t.Combinations(c, attributes, maxCompletions)
	if !ok {
		return nil, false, nil
	}
	var found []table.Case
	for _, combination := range combinations {
		held, err := o.held(ctx, t.Space.Input(combination.Cells), func(i int, a layer.Applied) bool {
			return i == rule.Layer && a.Rule == rule.Rule
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
	var all []int
	for _, name := range attributes {
		all = append(all, s.Indexes(name)...)
	}
	return all
}
