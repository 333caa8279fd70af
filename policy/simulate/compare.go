package simulate

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// Class says what all the changes together mean for an elder: a gain, a loss, or both.
type Class string

// The classes.
const (
	Winner    Class = "winner"
	Loser     Class = "loser"
	Both      Class = "both"
	Undecided Class = "undecided"
	Unchanged Class = "unchanged"
)

const (
	winner = iota
	loser
	both
	undecided
	unchanged
	classesOf
)

var classNames = [classesOf]Class{Winner, Loser, Both, Undecided, Unchanged}

// Kind counts the elders of a class for whom the same things change.
type Kind struct {
	Class   Class  `json:"class"`
	Elders  int64  `json:"elders"`
	Changes []Step `json:"changes"`
	// Example describes one of these elders by the known attributes that matter to the changes,
	// with both values where the sides differ. It has no id. Where the rules have a range, it shows
	// the range and not the exact value.
	Example string `json:"example"`

	scene *scene
	who   []uint8
}

// Rest counts the kinds of a class that a report does not show, and their elders.
type Rest struct {
	Class  Class `json:"class"`
	Kinds  int   `json:"kinds"`
	Elders int64 `json:"elders"`
}

// keptKinds is how many kinds of a class a report has. keptOfService is how many of them may have a
// change to the same service before that service no longer counts.
const (
	keptKinds     = 200
	keptOfService = 20
)

// some splits kinds into the first ones of each class and a count of the rest. So that no service
// floods a class, a kind is kept only if the kinds before it have not enough of one of its
// services.
func some(all []Kind, most, ofService int) (kept []Kind, rest []Rest) {
	kept = []Kind{}
	type place struct {
		class   Class
		service string
	}
	of, services := map[Class]int{}, map[place]int{}
	for _, k := range all {
		fresh := slices.ContainsFunc(k.Changes, func(step Step) bool { return services[place{k.Class, step.Service}] < ofService })
		if fresh && of[k.Class] < most {
			kept = append(kept, k)
			of[k.Class]++
			for _, step := range k.Changes {
				services[place{k.Class, step.Service}]++
			}
			continue
		}
		i := slices.IndexFunc(rest, func(r Rest) bool { return r.Class == k.Class })
		if i < 0 {
			i = len(rest)
			rest = append(rest, Rest{Class: k.Class})
		}
		rest[i].Kinds, rest[i].Elders = rest[i].Kinds+1, rest[i].Elders+k.Elders
	}
	return kept, rest
}

// Step is one change: of a service, of a measure, or of the monthly total.
type Step struct {
	Service string `json:"service,omitempty"` // none of the monthly total
	Name    string `json:"name"`
	What    What   `json:"what"`
	Measure string `json:"measure,omitempty"` // that is raised or lowered
	Label   string `json:"label,omitempty"`   // of the measure
	Before  string `json:"before,omitempty"`  // the amount in words, or when it is paid
	After   string `json:"after,omitempty"`
}

// What says how something changes.
type What string

// These are the ways in which something changes.
const (
	Gained  What = "gained"
	Lost    What = "lost"
	Raised  What = "raised"
	Lowered What = "lowered"
	Longer  What = "longer"  // paid for months that were not
	Shorter What = "shorter" // not paid for months that were: by the calendars, whenever such a month comes
	Open    What = "open"    // missing facts decide
)

// gains reports whether an elder has more.
func (w What) gains() bool { return w == Gained || w == Raised || w == Longer }

// loses reports whether an elder has less.
func (w What) loses() bool { return w == Lost || w == Lowered || w == Shorter }

// outcome is what changes for all elders with the same two decisions.
type outcome struct {
	class int
	steps []Step
	key   string
}

// part holds what one goroutine has compared.
type part struct {
	classes   [classesOf]int64
	notBefore int64
	kinds     map[string]*Kind
	seen      map[pair]*outcome
	scenes    map[string]*scene // by services that change though no rule of theirs does
}

// pair is two decisions on one elder.
type pair struct {
	before, after *decide.Decision
	// other says that the elder is not the same on both sides, being older or seen from another place.
	// Then something may differ that the rules have not changed.
	other bool
	out   uint64 // services that do not reach the elder
}

// maxSeen is how many outcomes are remembered at most.
const maxSeen = 4096

// add compares an elder's decisions and counts the elder.
func (p *part) add(s *Simulation, after, before *elder.Profile, a, b *decide.Decision) {
	key := pair{before: b, after: a, other: after.Cells() != before.Cells()}
	if !key.other {
		cells := after.Cells()
		key.out = s.out(&cells)
	}
	o := p.seen[key]
	if o == nil {
		if len(p.seen) >= maxSeen {
			clear(p.seen)
		}
		o = s.compare(key)
		p.seen[key] = o
	}
	p.classes[o.class]++
	if o.class == unchanged {
		return
	}
	k := p.kinds[o.key]
	if k == nil {
		k = &Kind{Class: classNames[o.class], Changes: o.steps, scene: p.scene(s, o.steps)}
		p.kinds[o.key] = k
	}
	k.Elders++
	is, was := after.Cells(), before.Cells()
	if who := k.scene.who(&is, &was); k.who == nil || slices.Compare(who, k.who) < 0 {
		k.who = who
	}
}

// scene returns what the services read that are compared, and those that change only because the
// elder is another on the two sides.
func (p *part) scene(s *Simulation, steps []Step) *scene {
	services := maps.Clone(s.compared)
	var more []string
	for _, step := range steps {
		if step.Service != "" && !services[step.Service] {
			services[step.Service] = true
			more = append(more, step.Service)
		}
	}
	if more == nil {
		return s.scene
	}
	key := strings.Join(more, " ")
	if p.scenes[key] == nil {
		p.scenes[key] = newScene(s.before, s.after, services)
	}
	return p.scenes[key]
}

// compare compares two decisions on one elder: on the services that may differ, or on all services
// if the elder is not the same on both sides.
func (s *Simulation) compare(of pair) *outcome {
	o, before, after := &outcome{}, of.before, of.after
	gains, loses, open := false, false, false
	for _, service := range services(before, after) {
		if !of.other && (!s.compared[service] || s.isOut(of.out, service)) {
			continue
		}
		was, is := stateOf(before, service), stateOf(after, service)
		if !s.compared[service] && reflect.DeepEqual(was, is) { // by the same rules, and nothing that came with age or place
			continue
		}
		steps, isOpen := s.service(service, was, is)
		open = open || isOpen
		for _, step := range steps {
			gains, loses = gains || step.What.gains(), loses || step.What.loses()
		}
		o.steps = append(o.steps, steps...)
	}
	if step, changed := s.total(before, after); changed && !open && !gains && !loses {
		gains, loses = step.What == Raised, step.What == Lowered
		o.steps = append(o.steps, step)
	} else if changed && step.What == Lowered && !open && !loses { // as what is gained takes the place of something
		loses = true
		o.steps = append(o.steps, step)
	}
	switch {
	case gains && loses:
		o.class = both
	case loses:
		o.class = loser
	case open:
		o.class = undecided
	case gains:
		o.class = winner
	default:
		o.class = unchanged
	}
	var key strings.Builder
	key.WriteString(string(classNames[o.class]))
	for _, step := range o.steps {
		key.WriteString("\n" + strings.Join([]string{step.Service, string(step.What), step.Measure, step.Before, step.After}, "\t"))
	}
	o.key = key.String()
	return o
}

// isOut reports whether a service is among those that do not reach an elder.
func (s *Simulation) isOut(out uint64, service string) bool {
	i := slices.IndexFunc(s.reach, func(r reach) bool { return r.service == service })
	return i >= 0 && out>>i&1 == 1
}

// services returns the services that either decision says something about.
func services(before, after *decide.Decision) []string {
	var all []string
	add := func(service string) {
		if !slices.Contains(all, service) {
			all = append(all, service)
		}
	}
	for _, d := range []*decide.Decision{after, before} {
		for _, e := range d.Entitled {
			add(e.Service)
		}
		for _, p := range d.Possible {
			if !p.Discretionary {
				add(p.Service)
			}
		}
	}
	slices.Sort(all)
	return all
}

// state is what a decision says of a service: what is certain, and what it is at best.
type state struct {
	name          string
	has, may      bool
	certain, best map[string]policy.Promise
	sure, top     []policy.Bundle // of linked measures
	open          bool            // missing facts decide
	needs         []string        // which
}

func stateOf(d *decide.Decision, service string) state {
	var s state
	for _, e := range d.Entitled {
		if e.Service != service {
			continue
		}
		s.name, s.has, s.may = e.Name, true, true
		s.certain = decide.Single(e.Promises, e.Linked)
		s.best = map[string]policy.Promise{}
		maps.Copy(s.best, s.certain)
		for measure, p := range decide.Single(e.UpTo, e.Linked) {
			s.best[measure] = p
		}
		certain, upTo := e.Together()
		s.sure, s.top = certain, slices.Concat(certain, upTo)
		s.open, s.needs = len(e.Needs) > 0 || e.Note != "", e.Needs
		return s
	}
	for _, p := range d.Possible {
		if p.Service == service && !p.Discretionary {
			s.name, s.may, s.open, s.needs = p.Name, true, true, p.Needs
			s.best, s.top = decide.Single(p.UpTo, p.Linked), p.Together()
		}
	}
	return s
}

// service returns what changes of a service, and whether that depends on missing facts.
func (s *Simulation) service(id string, before, after state) (steps []Step, open bool) {
	name := after.name
	if name == "" {
		name = before.name
	}
	if known := s.vocabulary.Service(id); s.English && known != nil {
		name = known.English
	}
	step := Step{Service: id, Name: name}
	switch {
	case before.has && !after.may:
		step.What = Lost
		return []Step{step}, false
	case after.has && !before.may:
		step.What = Gained
		return []Step{step}, false
	case !before.has || !after.has:
		step.What = Open
		return []Step{step}, true
	}
	open = before.open || after.open
	measures := slices.Sorted(maps.Keys(before.certain))
	for measure := range after.certain {
		if _, ok := before.certain[measure]; !ok {
			measures = append(measures, measure)
		}
	}
	slices.Sort(measures)
	for _, measure := range measures {
		if one, changed := s.measure(step, measure, before, after); changed {
			steps = append(steps, one)
		}
	}
	steps = append(steps, s.bundles(step, before, after)...)
	steps = append(steps, s.payments(step, before, after)...)
	if open && len(steps) == 0 {
		step.What = Open
		steps = []Step{step}
	}
	return steps, open
}

// measure returns how the certain amount of a measure changes. An amount that the other side may
// bring after all has not changed for certain.
func (s *Simulation) measure(step Step, measure string, before, after state) (Step, bool) {
	had, before1 := before.certain[measure]
	has, after1 := after.certain[measure]
	best, may := after.best[measure]
	top, might := before.best[measure]
	m := s.vocabulary.Measure(measure)
	step.Measure, step.Label = measure, s.say(m.English, m.Label)
	if before1 {
		step.Before = words.Figure(had, m.Unit, s.style(), s.labels(s.before.Table.Layers[0].List))
	}
	if after1 {
		step.After = words.Figure(has, m.Unit, s.style(), s.labels(s.after.Table.Layers[0].List))
	}
	switch {
	case before1 && !(may && best.Meets(had)):
		step.What = Lowered
		return step, true
	case after1 && !(might && top.Meets(has)):
		step.What = Raised
		return step, true
	}
	return step, false
}

// bundles returns how what is certain of linked measures changes.
func (s *Simulation) bundles(step Step, before, after state) []Step {
	worse := func(of, than []policy.Bundle) bool {
		return slices.ContainsFunc(than, func(b policy.Bundle) bool {
			return !slices.ContainsFunc(of, func(c policy.Bundle) bool { return c.AtLeast(b) })
		})
	}
	text := func(all []policy.Bundle) string {
		parts := make([]string, len(all))
		for i, b := range all {
			parts[i] = words.Bundle(s.vocabulary, b, s.style(), s.labels(s.after.Table.Layers[0].List))
		}
		return strings.Join(parts, s.say(", or ", "，或 "))
	}
	step.Before, step.After = text(before.sure), text(after.sure)
	switch {
	case worse(after.top, before.sure):
		step.What = Lowered
	case worse(before.top, after.sure):
		step.What = Raised
	default:
		return nil
	}
	return []Step{step}
}

// payments returns how the months change for which a service is paid, or a measure of it that both
// sides promise.
func (s *Simulation) payments(step Step, before, after state) (steps []Step) {
	for _, paid := range s.paid[step.Service] {
		step.Before, step.After = paid.before, paid.after
		if paid.measure != "" {
			_, had := before.certain[paid.measure]
			if _, has := after.certain[paid.measure]; !had || !has {
				continue
			}
			m := s.vocabulary.Measure(paid.measure)
			step.Measure, step.Label = paid.measure, s.say(m.English, m.Label)
		}
		if paid.shorter {
			step.What = Shorter
			steps = append(steps, step)
		}
		if paid.longer {
			step.What = Longer
			steps = append(steps, step)
		}
	}
	return steps
}

// total returns how an elder's monthly total changes. It compares totals in which the same amounts
// have no number.
func (s *Simulation) total(before, after *decide.Decision) (Step, bool) {
	b, a := before.MonthlyCNY, after.MonthlyCNY
	if !slices.Equal(b.Open, a.Open) || a.Value.Equal(b.Value) {
		return Step{}, false
	}
	step := Step{What: Raised, Name: s.say("monthly cash together", "每月现金合计"), Before: words.Total(b, s.style()), After: words.Total(a, s.style())}
	if a.Value.Cmp(b.Value) < 0 {
		step.What = Lowered
	}
	return step, true
}

func (s *Simulation) say(english, chinese string) string {
	if s.English {
		return english
	}
	return chinese
}

func (s *Simulation) style() words.Style {
	if s.English {
		return words.English
	}
	return words.Chinese
}

// labels returns the labels of the parameters of a list.
func (s *Simulation) labels(list *policy.List) words.Labels {
	return func(name string) string {
		for _, p := range list.Parameters {
			if p.Name == name {
				return p.Label
			}
		}
		return ""
	}
}

// join adds another part.
func (p *part) join(q *part) {
	p.notBefore += q.notBefore
	for i, n := range q.classes {
		p.classes[i] += n
	}
	for key, k := range q.kinds {
		have := p.kinds[key]
		if have == nil {
			copied := *k
			p.kinds[key] = &copied
			continue
		}
		have.Elders += k.Elders
		if slices.Compare(k.who, have.who) < 0 {
			have.who = k.who
		}
	}
}

// sorted returns the kinds by class, the most frequent first.
func (p *part) sorted(s *Simulation) []Kind {
	all := []Kind{}
	for _, key := range slices.Sorted(maps.Keys(p.kinds)) {
		k := *p.kinds[key]
		k.Example = k.scene.words(k.who, s)
		all = append(all, k)
	}
	place := func(k Kind) int { return slices.Index(classNames[:], k.Class) }
	slices.SortStableFunc(all, func(a, b Kind) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(b.Elders, a.Elders)) })
	return all
}
