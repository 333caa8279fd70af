package explain

import (
	"cmp"
	"context"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// Explain gives the reasons for the answer to a claim on the day of the rules. The course must be
// that of the same jurisdiction. It tells on which day time alone would change a refusal. The error
// is a [*NotListedError], or an error of the decision or of the course's rules.
func Explain(ctx context.Context, c *timeline.Course, r *ruleset.Ruleset, q timeline.Claim) (*Explanation, error) {
	if err := r.Ready(ctx, &q.Profile); err != nil {
		return nil, err
	}
	listed := r.Listed()
	if !slices.Contains(listed, q.Service) {
		if e := ended(c, r, q); e != nil {
			return e, nil
		}
		return nil, &NotListedError{Service: q.Service, Jurisdiction: r.Jurisdiction.ID, Suggestion: policy.Nearest(q.Service, listed)}
	}
	x := explainer{plan: planOf(r, q.Service), course: c, given: q.Profile, elder: q.Profile}
	if r.AssumesKnown() {
		x.elder = r.Close(x.given)
	}
	decision, err := r.Decide(ctx, &x.given)
	if err != nil {
		return nil, err
	}
	x.compare()
	e := &Explanation{
		ID: q.Profile.ID, Jurisdiction: r.Jurisdiction.ID, On: r.On, Service: q.Service, Answer: NotEntitled, Digest: r.Digest,
		Grounds: []Branch{}, Nearest: []Branch{}, Amounts: []Amount{}, Sources: x.sources,
		place: r.Jurisdiction, vocabulary: r.Table.Space.Vocabulary,
	}
	if e.Opaque, err = x.try(ctx); err != nil {
		return nil, err
	}
	if x.answer(e, decision); e.Answer == Entitled || e.Answer == Possible {
		return e, nil
	}
	x.denied(e, decision)
	x.refused(e)
	return e, x.arrivals(ctx, e)
}

// denied records the services that the elder has and that make clauses grant nothing although they
// hold.
func (x *explainer) denied(e *Explanation, d *decide.Decision) {
	for i := range x.table.Denied {
		denied := &x.table.Denied[i]
		has := func(t decide.Entitlement) bool { return t.Service == denied.By.Has }
		if denied.Grant.Service != x.service || denied.Grant.Discretionary || !slices.ContainsFunc(d.Entitled, has) {
			continue
		}
		if c := x.candidate(&clause{Case: &denied.Case}); c.failed > 0 || c.missing > 0 {
			continue
		}
		denial := Denial{Service: denied.By.Has, Layer: layerOf(x.table, denied.Layer), Reason: denied.By.Reason, Cite: denied.By.Cite}
		same := func(f Denial) bool { return f.Service == denial.Service && f.Layer == denial.Layer }
		if !slices.ContainsFunc(e.DeniedBy, same) {
			e.DeniedBy = append(e.DeniedBy, denial)
		}
	}
}

// ended explains a service that a list had and no longer has. It returns nil when no list had it.
func ended(c *timeline.Course, r *ruleset.Ruleset, q timeline.Claim) *Explanation {
	if c == nil || c.Ended == nil {
		return nil
	}
	list, service, last := c.Ended(q.Service, r.On)
	if list == nil {
		return nil
	}
	return &Explanation{
		ID: q.Profile.ID, Jurisdiction: r.Jurisdiction.ID, On: r.On, Service: q.Service, Answer: NotEntitled, Ended: &last, Digest: r.Digest,
		Grounds: []Branch{}, Nearest: []Branch{}, Amounts: []Amount{}, Sources: []Source{sourceOf(list, service)},
		place: r.Jurisdiction, vocabulary: r.Table.Space.Vocabulary,
	}
}

// explainer is the work on one explanation.
type explainer struct {
	*plan
	course *timeline.Course
	given  elder.Profile // attributes as given
	elder  elder.Profile // as the ruleset takes missing attributes
	all    []candidate   // every clause of the service, by layer
}

// candidate is a clause with the number of its conditions that fail for the elder, and of those
// that wait for a missing attribute.
type candidate struct {
	*clause
	failed, missing int
}

// answer records what the decision says of the service, with its grounds.
func (x *explainer) answer(e *Explanation, d *decide.Decision) {
	if i := slices.IndexFunc(d.Entitled, x.about); i >= 0 {
		t := d.Entitled[i]
		e.Answer, e.Needs, e.Note = Entitled, t.Needs, t.Note
		e.Grounds, e.Amounts = x.granted(t.Promises, t.UpTo, t.Bundles, false)
		e.Bundles, e.UpToBundles = t.Bundles, t.UpToBundles
	} else if p := x.possible(d, false); p != nil {
		e.Answer, e.Needs, e.Note = Possible, p.Needs, p.Note
		e.Grounds, e.Amounts = x.granted(nil, p.UpTo, nil, false)
		e.UpToBundles = p.UpToBundles
	}
	for i := range e.Amounts {
		x.chosen(&e.Amounts[i], d)
	}
	e.Permitted = x.permitted(d)
	switch {
	case e.Answer != NotEntitled || e.Permitted == nil:
	case e.Permitted.Certain:
		e.Answer = Discretionary
	default:
		e.Answer = PossiblyDiscretionary
	}
}

// permitted returns what the decision permits of the service, or nil when that is nothing.
func (x *explainer) permitted(d *decide.Decision) *Permitted {
	if i := slices.IndexFunc(d.Discretionary, x.about); i >= 0 {
		t := d.Discretionary[i]
		grounds, amounts := x.granted(t.Promises, t.UpTo, t.Bundles, true)
		return &Permitted{
			Certain: true, Needs: t.Needs, Note: t.Note, Grounds: grounds, Amounts: amounts, Bundles: t.Bundles, UpToBundles: t.UpToBundles,
		}
	}
	if p := x.possible(d, true); p != nil {
		grounds, amounts := x.granted(nil, p.UpTo, nil, true)
		return &Permitted{Needs: p.Needs, Note: p.Note, Grounds: grounds, Amounts: amounts, UpToBundles: p.UpToBundles}
	}
	return nil
}

// possible returns what the decision calls possible of the service, promised or permitted. It
// returns nil when that is nothing.
func (x *explainer) possible(d *decide.Decision, discretionary bool) *decide.Possibility {
	i := slices.IndexFunc(d.Possible, func(p decide.Possibility) bool {
		return p.Service == x.service && p.Discretionary == discretionary
	})
	if i < 0 {
		return nil
	}
	return &d.Possible[i]
}

// about reports whether an entitlement is to the service.
func (x *explainer) about(t decide.Entitlement) bool { return t.Service == x.service }

// compare compares the elder with every clause of the service.
func (x *explainer) compare() {
	var region []box.Box
	if !x.rules.AssumesKnown() {
		region = x.table.Possible(x.elder.Cells())
	}
	x.all = make([]candidate, 0, len(x.clauses))
	for i := range x.clauses {
		c := x.candidate(&x.clauses[i])
		if !x.rules.AssumesKnown() && c.failed == 0 && !slices.ContainsFunc(region, c.Box.Meets) {
			continue // each condition may be met, but no elder can meet all of them
		}
		x.all = append(x.all, c)
	}
}

func (x *explainer) candidate(of *clause) candidate {
	c := candidate{clause: of}
	for _, side := range of.Box {
		switch status := x.status(side); {
		case status == Failed, status == NotGiven && x.without(side.Attribute):
			c.failed++
		case status == NotGiven:
			c.missing++
		}
	}
	return c
}

// without reports whether the world is closed and the elder has no value of an attribute, because
// no value stands for its absence.
func (x *explainer) without(attribute int) bool {
	return x.rules.AssumesKnown() && x.elder.Cell(attribute) == elder.Absent && x.table.Space.Axes[attribute].AbsentCell() == elder.Absent
}

// status says whether a condition holds for the elder.
func (x *explainer) status(side box.Side) Status {
	axis := &x.table.Space.Axes[side.Attribute]
	cell := x.elder.Cell(side.Attribute)
	asked := cell != elder.Absent || x.table.Space.Asked(side.Attribute, x.elder.Cells())
	without := x.without(side.Attribute)
	switch {
	case (without || cell != elder.Absent || !asked) && side.Admits.Has(cell):
		return Met
	case cell != elder.Absent || !asked:
		return Failed
	case !without && axis.AskedOf < 0 && box.Range(1, uint8(axis.Cells()-1)).Within(side.Admits):
		return Met // whatever the value is
	default:
		return NotGiven
	}
}

// granted records the grounds and the amounts of what is promised or permitted. Without promises
// the service is only possible.
func (x *explainer) granted(promises, upTo map[string]policy.Promise, bundles []policy.Bundle, discretionary bool) ([]Branch, []Amount) {
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
	measures := x.named(promises, upTo)
	amounts := make([]Amount, 0, len(measures))
	for _, measure := range measures {
		amounts = append(amounts, x.amount(measure, promises, upTo, sure, may))
	}
	return x.describe(x.grounds(promises, bundles, sure, may)), amounts
}

// grounds returns the branches that make the promises certain. If all of these are further away, it
// adds the nearest branch that grants the service. If no branch holds for certain, it returns those
// that may hold.
func (x *explainer) grounds(promises map[string]policy.Promise, bundles []policy.Bundle, sure, may []candidate) []candidate {
	if promises == nil || len(sure) == 0 {
		return widest(may)
	}
	var grounds []candidate
	for _, measure := range x.named(decide.Single(promises, x.linked)) {
		grounds = append(grounds, x.groundsOf(measure, promises[measure], sure, may)...)
	}
	for _, want := range append(slices.Clip(bundles), policy.BundleOf(promises, x.linked)) {
		if want != nil {
			grounds = append(grounds, promising(sure, may, func(b candidate) bool { return x.bundle(b).AtLeast(want) })...)
		}
	}
	near := func(c candidate) bool { return c.Layer == sure[0].Layer }
	if !slices.ContainsFunc(grounds, near) {
		grounds = append([]candidate{sure[0]}, grounds...)
	}
	return distinct(grounds)
}

// groundsOf returns the branches that make a promise of a measure certain. Of an exact amount
// beside another that may exceed it these are both.
func (x *explainer) groundsOf(measure string, want policy.Promise, sure, may []candidate) []candidate {
	grounds := promising(sure, may, func(b candidate) bool {
		have, ok := b.Grant.Measures[measure]
		return ok && have.Compare(want) >= 0
	})
	if len(grounds) > 0 {
		return grounds
	}
	grounds = promising(sure, may, func(b candidate) bool { return states(b.Grant.Measures[measure], want) })
	return append(slices.Clip(grounds), promising(sure, may, func(b candidate) bool {
		have, ok := b.Grant.Measures[measure]
		return ok && have.MayExceed(want)
	})...)
}

// bundle returns what a branch promises of linked measures.
func (x *explainer) bundle(b candidate) policy.Bundle {
	return policy.BundleOf(b.Grant.Measures, x.linked)
}

// promising returns the branches that make a promise certain: the first that certainly promises
// enough, or else all that may.
func promising(sure, may []candidate, enough func(candidate) bool) []candidate {
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

// named returns the measures of promises in the order of the vocabulary.
func (x *explainer) named(of ...map[string]policy.Promise) []string {
	var names []string
	for _, m := range x.plan.measures {
		if slices.ContainsFunc(of, func(p map[string]policy.Promise) bool { _, ok := p[m.Name]; return ok }) {
			names = append(names, m.Name)
		}
	}
	return names
}

// widest leaves out each branch that asks everything that another branch asks, if the other is not
// further away.
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

// maxNearest is the greatest number of branches shown of a refusal.
const maxNearest = 6

// refused records the nearest branches of what is not promised, and the facts that would change it.
func (x *explainer) refused(e *Explanation) {
	promised := x.failing(false)
	e.WouldDo = x.wouldDo(promised)
	if len(promised) == 0 && e.Permitted == nil { // the text only permits the service
		promised = x.failing(true)
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

// failing returns the clauses, promising or permitting, with a condition that fails.
func (x *explainer) failing(discretionary bool) []candidate {
	return slices.DeleteFunc(slices.Clone(x.all), func(c candidate) bool { return c.failed == 0 || c.Grant.Discretionary != discretionary })
}

// arrivals records when time alone would change a no.
func (x *explainer) arrivals(ctx context.Context, e *Explanation) error {
	certain, possible, err := x.course.Arrivals(ctx, x.rules, timeline.Claim{Profile: x.given, Service: x.service})
	if certain != nil {
		e.EligibleFrom, e.EligibleAge = when(certain)
	}
	if possible != nil {
		e.PossibleFrom, e.PossibleAge = when(possible)
		e.PossibleNeeds = possible.Needs
	}
	return err
}

// when returns the day and the age of an arrival, each nil when there is none.
func when(a *timeline.Arrival) (day *policy.Date, age *int) {
	if !a.Day.IsZero() {
		day = &a.Day
	}
	if a.Age > 0 {
		age = &a.Age
	}
	return day, age
}

// wouldDo returns the conditions that are each the only one missing in a branch, and that a
// declared fact can meet.
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

// declarable reports whether the elder can be asked for a fact that meets the condition without
// contradicting the others.
func (x *explainer) declarable(side box.Side) bool {
	if side.Attribute == x.age || !x.table.Space.Asked(side.Attribute, x.elder.Cells()) {
		return false
	}
	return slices.ContainsFunc(side.Admits.Cells(), func(cell uint8) bool {
		cells := x.given.Cells()
		cells[side.Attribute] = cell
		return cell != elder.Absent && len(x.table.Contradicted(cells)) == 0
	})
}
