package explain

import (
	"cmp"
	"context"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/box"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/layer"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/table"
)

// Explain gives the reasons of the answer for an encoded elder about one service. In a closed world a missing attribute is
// taken as absent (false, none, 0), else it is unknown. The error is a [*NotListedError], or one of the decision.
func Explain(ctx context.Context, r *ruleset.Ruleset, p elder.Profile, service string, closed bool) (*Explanation, error) {
	if !listed(r.Table, service) {
		return nil, &NotListedError{Service: service, Jurisdiction: r.Jurisdiction.ID, Suggestion: policy.Nearest(service, services(r.Table))}
	}
	x := explainer{plan: planOf(r, service), given: p, elder: p, closed: closed}
	decision, err := x.decide(ctx)
	if err != nil {
		return nil, err
	}
	x.compare()
	e := &Explanation{
		ID: p.ID, Jurisdiction: r.Jurisdiction.ID, On: r.On, Service: service, Answer: NotEntitled, Digest: r.Digest,
		Grounds: []Branch{}, Nearest: []Branch{}, Amounts: []Amount{}, Sources: x.sources,
		place: r.Jurisdiction, vocabulary: r.Table.Space.Vocabulary,
	}
	if e.Opaque, err = x.opaque(ctx); err != nil {
		return nil, err
	}
	x.answer(e, decision)
	return e, nil
}

// explainer is the work on one explanation.
type explainer struct {
	*plan
	given  elder.Profile // as given
	elder  elder.Profile // with missing attributes taken as absent where the world is closed
	closed bool
	all    []candidate // every clause of the service, by layer
}

// candidate is a clause with how many of its conditions fail for the elder, and how many wait for an attribute that is not
// given.
type candidate struct {
	*clause
	failed, missing int
}

func listed(t *table.Table, service string) bool {
	return slices.ContainsFunc(t.Layers, func(l layer.Layer) bool { return layer.Find(l.List, service) != nil })
}

func services(t *table.Table) []string {
	var ids []string
	for _, l := range t.Layers {
		for _, s := range l.List.Services {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

func (x *explainer) decide(ctx context.Context) (*decide.Decision, error) {
	if !x.closed {
		return x.rules.Decide(ctx, &x.elder)
	}
	x.elder = x.rules.Close(x.given)
	return x.rules.DecideClosed(ctx, &x.elder)
}

// answer fills in what the decision says of the service, with its grounds.
func (x *explainer) answer(e *Explanation, d *decide.Decision) {
	of := func(service string) bool { return service == x.service }
	if i := slices.IndexFunc(d.Entitled, func(t decide.Entitlement) bool { return of(t.Service) }); i >= 0 {
		e.Answer, e.Needs = Entitled, d.Entitled[i].Needs
		x.granted(e, d, d.Entitled[i].Promises, d.Entitled[i].UpTo, false)
		return
	}
	if i := slices.IndexFunc(d.Possible, func(p decide.Possibility) bool { return of(p.Service) && !p.Discretionary }); i >= 0 {
		e.Answer, e.Needs, e.Note = Possible, d.Possible[i].Needs, d.Possible[i].Note
		x.granted(e, d, nil, d.Possible[i].UpTo, false)
		return
	}
	if i := slices.IndexFunc(d.Discretionary, func(t decide.Entitlement) bool { return of(t.Service) }); i >= 0 {
		e.Answer, e.Needs = Discretionary, d.Discretionary[i].Needs
		x.granted(e, d, d.Discretionary[i].Promises, d.Discretionary[i].UpTo, true)
	}
	x.refused(e)
}

// compare holds the elder against every clause of the service.
func (x *explainer) compare() {
	var region []box.Box
	if !x.closed {
		region = x.table.Possible(x.elder.Cells)
	}
	x.all = make([]candidate, 0, len(x.clauses))
	for i := range x.clauses {
		c := candidate{clause: &x.clauses[i]}
		for _, side := range c.Box {
			switch status := x.status(side); {
			case status == Failed, status == NotGiven && x.closed:
				c.failed++
			case status == NotGiven:
				c.missing++
			}
		}
		if !x.closed && c.failed == 0 && !slices.ContainsFunc(region, c.Box.Meets) {
			continue // each condition may be met, but no elder can meet all of them
		}
		x.all = append(x.all, c)
	}
}

// status says whether a condition holds for the elder.
func (x *explainer) status(side box.Side) Status {
	axis := &x.table.Space.Axes[side.Attribute]
	cell := x.elder.Cells[side.Attribute]
	asked := cell != elder.Absent || x.table.Space.Asked(side.Attribute, x.elder.Cells)
	switch {
	case (x.closed || cell != elder.Absent || !asked) && side.Admits.Has(cell):
		return Met
	case cell != elder.Absent || !asked:
		return Failed
	case !x.closed && axis.AskedOf < 0 && box.Range(1, uint8(axis.Cells()-1)).Within(side.Admits):
		return Met // whatever it is
	default:
		return NotGiven
	}
}

// granted gives the grounds of a yes or of a possibility, and its amounts.
func (x *explainer) granted(e *Explanation, d *decide.Decision, promises, upTo map[string]policy.Promise, discretionary bool) {
	var sure, may []candidate
	for i := range x.all {
		b := x.all[i]
		if b.Grant.Discretionary != discretionary || b.failed > 0 {
			continue
		}
		may = append(may, b)
		if b.missing == 0 {
			sure = append(sure, b)
		}
	}
	e.Grounds = x.describe(x.grounds(promises, sure, may))
	measures := x.named(promises, upTo)
	e.Amounts = make([]Amount, 0, len(measures))
	for _, measure := range measures {
		e.Amounts = append(e.Amounts, x.amount(d, measure, promises, upTo, sure, may))
	}
}

// grounds are the branches that make the promises certain and, where these are all further away, the nearest that grants the
// service. Without a branch that holds for sure they are those that may.
func (x *explainer) grounds(promises map[string]policy.Promise, sure, may []candidate) []candidate {
	if promises == nil || len(sure) == 0 {
		return widest(may)
	}
	var grounds []candidate
	for _, measure := range x.named(promises) {
		grounds = append(grounds, promising(sure, may, measure, promises[measure])...)
	}
	near := func(c candidate) bool { return c.Layer == sure[0].Layer }
	if !slices.ContainsFunc(grounds, near) {
		grounds = append([]candidate{sure[0]}, grounds...)
	}
	return distinct(grounds)
}

// promising are the branches that make a promise certain: the first that promises as much for sure, or else all that may.
func promising(sure, may []candidate, measure string, want policy.Promise) []candidate {
	enough := func(b candidate) bool {
		have, ok := b.Grant.Measures[measure]
		return ok && have.Compare(want) >= 0
	}
	if i := slices.IndexFunc(sure, enough); i >= 0 {
		return sure[i : i+1]
	}
	return slices.DeleteFunc(slices.Clone(may), func(b candidate) bool { return !enough(b) })
}

func distinct(branches []candidate) []candidate {
	var once []candidate
	for _, b := range branches {
		if !slices.ContainsFunc(once, func(c candidate) bool { return c.Case == b.Case }) {
			once = append(once, b)
		}
	}
	return once
}

// named are the measures of promises in the order of the vocabulary.
func (x *explainer) named(of ...map[string]policy.Promise) []string {
	var names []string
	for _, m := range x.plan.measures {
		if slices.ContainsFunc(of, func(p map[string]policy.Promise) bool { _, ok := p[m.Name]; return ok }) {
			names = append(names, m.Name)
		}
	}
	return names
}

// widest leaves out the branches that ask everything that another, not further away, asks.
func widest(branches []candidate) []candidate {
	var kept []candidate
	for _, b := range branches {
		narrower := func(k candidate) bool { return within(b.Box, k.Box) }
		if slices.ContainsFunc(kept, narrower) {
			continue
		}
		kept = slices.DeleteFunc(kept, func(k candidate) bool { return k.Layer == b.Layer && within(k.Box, b.Box) })
		kept = append(kept, b)
	}
	return kept
}

// within reports whether every elder of b is one of c.
func within(b, c box.Box) bool {
	for _, side := range c {
		if admits, constrained := b.Side(side.Attribute); !constrained || !admits.Within(side.Admits) {
			return false
		}
	}
	return true
}

// maxNearest bounds the branches shown of a refusal.
const maxNearest = 6

// refused gives the nearest branches of a no, and what would change it.
func (x *explainer) refused(e *Explanation) {
	var promised []candidate
	for i := range x.all {
		if b := x.all[i]; b.failed > 0 && !b.Grant.Discretionary {
			promised = append(promised, b)
		}
	}
	e.EligibleAge, e.EligibleFrom = x.inTime(promised)
	e.WouldDo = x.wouldDo(promised)
	if len(promised) == 0 { // the text only permits the service
		for i := range x.all {
			if x.all[i].failed > 0 {
				promised = append(promised, x.all[i])
			}
		}
	}
	slices.SortStableFunc(promised, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.failed, b.failed), cmp.Compare(a.missing, b.missing), cmp.Compare(a.Layer, b.Layer))
	})
	nearest := promised
	for i, b := range promised {
		if b.failed > promised[0].failed || b.missing > promised[0].missing {
			nearest = promised[:i]
			break
		}
	}
	nearest = widest(nearest)
	e.Nearest = x.describe(nearest[:min(len(nearest), maxNearest)])
}

// inTime is the least age from which one of the branches holds by itself, and its day where the date of birth is known.
func (x *explainer) inTime(branches []candidate) (*int, *policy.Date) {
	var least *int
	for _, b := range branches {
		if age, ok := x.ageOf(b); ok && b.missing == 0 && (least == nil || age < *least) {
			least = &age
		}
	}
	return least, x.birthday(least)
}

// ageOf is the age that a branch waits for, where that is the only condition that fails.
func (x *explainer) ageOf(b candidate) (int, bool) {
	if b.failed != 1 || x.birthAge < 0 {
		return 0, false
	}
	side, _ := b.Box.Side(x.birthAge)
	now := x.given.Cells[x.birthAge]
	if now == elder.Absent || side.Has(now) {
		return 0, false
	}
	for _, cell := range side.Cells() {
		if cell > now {
			return x.table.Space.Axes[x.birthAge].Values[cell-1].(int), true
		}
	}
	return 0, false
}

func (x *explainer) birthday(age *int) *policy.Date {
	if age == nil || x.elder.Birth.IsZero() {
		return nil
	}
	day := x.elder.Birth.Birthday(*age)
	return &day
}

// wouldDo are the conditions each of which is all that a branch lacks, and that a declared fact can meet.
func (x *explainer) wouldDo(branches []candidate) []Condition {
	var facts []Condition
	for _, b := range branches {
		if b.failed != 1 || b.missing > 0 {
			continue
		}
		for i, side := range b.Box {
			if x.status(side) == Met || !x.declarable(side) {
				continue
			}
			c := x.fill(b.branch.Conditions[i])
			known := func(f Condition) bool { return f.side == c.side }
			if !slices.ContainsFunc(facts, known) {
				facts = append(facts, c)
			}
		}
	}
	return facts
}

// declarable reports whether the elder can be asked for a fact that meets the condition without contradicting the others.
func (x *explainer) declarable(side box.Side) bool {
	if side.Attribute == x.birthAge || !x.table.Space.Asked(side.Attribute, x.elder.Cells) {
		return false
	}
	return slices.ContainsFunc(side.Admits.Cells(), func(cell uint8) bool {
		cells := x.given.Cells
		cells[side.Attribute] = cell
		return cell != elder.Absent && len(x.table.Contradicted(cells)) == 0
	})
}
