// Package interview finds what to ask next about an elder when not everything is known: first the
// questions whose answers settle most services.
package interview

import (
	"cmp"
	"context"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Question asks for an attribute that is not given and still matters.
type Question struct {
	Attribute string               `json:"attribute"`
	Label     string               `json:"label"` // the Chinese label
	English   string               `json:"english"`
	Type      policy.AttributeType `json:"type"`
	// values of booleans, enums and sets; the answer for a set is a list
	Values []Value `json:"values,omitempty"`
	Min    *int    `json:"min,omitempty"` // bounds of integers
	Max    *int    `json:"max,omitempty"`
	Unit   string  `json:"unit,omitempty"`
	// Instead lists inputs that may be given instead of the attribute, such as birth_date instead
	// of age.
	Instead []Instead `json:"instead,omitempty"`
	// Services lists the services that the answer bears on, in the order of the lists.
	Services []string `json:"services"`
	// Settles is the number of services that the answer settles on average, over the answers that
	// make a difference. AtLeast is the number that it settles in any case.
	Settles float64 `json:"settles"`
	AtLeast int     `json:"settles_at_least"`
}

// Value is a possible answer.
type Value struct {
	Value   any    `json:"value"` // bool or string
	Label   string `json:"label"` // the Chinese label
	English string `json:"english"`
}

// Instead is an input from which an attribute can be derived.
type Instead struct {
	Input   string           `json:"input"`
	Label   string           `json:"label"` // the Chinese label
	English string           `json:"english"`
	Type    policy.InputType `json:"type"`
}

// NextQuestions returns the attributes that still matter to some service, the best one to ask
// first. The best is the one whose answer settles most services on average; then the one that
// settles most in the worst case; then the one that bears on most services. It does not ask for
// attributes that no longer matter. An attribute that is asked only of some elders waits until it
// is known whether the elder is one of them.
//
// A service is settled when its answer and its promises no longer depend on anything missing. The
// average gives the same weight to each group of answers that no rule tells apart, because nobody
// knows how common the answers are. A rule that plain OPA evaluates is tried on every completion of
// the missing attributes. If there are too many completions, every attribute that the rule reads
// matters. The error is one of that evaluation. There are no questions when the ruleset takes
// missing attributes as absent.
func NextQuestions(ctx context.Context, r *ruleset.Ruleset, p elder.Profile) ([]Question, error) {
	if err := r.Ready(ctx, &p); err != nil || r.AssumesKnown() {
		return nil, err
	}
	services, err := unsettled(ctx, r, p)
	if err != nil {
		return nil, err
	}
	i := interview{table: r.Table, cells: p.Cells(), services: services}
	var questions []Question
	for a := range r.Table.Space.Axes {
		if q, ok := i.question(a); ok {
			questions = append(questions, q)
		}
	}
	slices.SortStableFunc(questions, func(a, b Question) int {
		return cmp.Or(cmp.Compare(b.Settles, a.Settles), cmp.Compare(b.AtLeast, a.AtLeast), cmp.Compare(len(b.Services), len(a.Services)))
	})
	return questions, nil
}

// interview is the work on one set of questions.
type interview struct {
	table    *table.Table
	cells    elder.Cells
	services []service // services that are not settled
}

// service is a service that is not settled, with the attributes that its answer waits for.
type service struct {
	id         string
	projection *table.Projection
	untried    []int // attributes read by rules that have too many completions to try
	needs      []int
}

// unsettled returns the services whose answers wait for something, in printed order.
func unsettled(ctx context.Context, r *ruleset.Ruleset, p elder.Profile) ([]service, error) {
	var services []service
	for _, id := range r.Listed() {
		awards, err := r.Service(ctx, &p, id)
		if err != nil {
			return nil, err
		}
		needs := waitsFor(r.Table.Space, awards, p.Cells())
		if len(needs) == 0 {
			continue
		}
		s := service{id: id, needs: needs}
		var cases []table.Case
		for _, k := range r.Table.Distinct() {
			if k.Grant.Service == id {
				cases = append(cases, k)
			}
		}
		for _, o := range r.Table.Opaque {
			if o.Applied.Service.ID != id {
				continue
			}
			found, tried, err := r.Try(ctx, &p, o)
			if err != nil {
				return nil, err
			}
			cases = append(cases, found...)
			if !tried {
				s.untried = append(s.untried, indexes(r.Table.Space, o.Applied.Reads)...)
			}
		}
		s.projection = r.Table.Projection(cases)
		services = append(services, s)
	}
	return services, nil
}

func indexes(s *elder.Space, attributes []string) []int {
	var all []int
	for _, name := range attributes {
		all = append(all, s.Indexes(name)...)
	}
	return all
}

// waitsFor returns the missing attributes that together settle a service. For an attribute that is
// asked only of some elders, it must first be known whether the elder is one of them.
func waitsFor(space *elder.Space, awards []decide.Award, c elder.Cells) []int {
	var needs []int
	for _, award := range awards {
		for _, name := range award.Needs {
			attribute, _ := space.Index(name)
			i, _ := space.Group(attribute) // a set is asked as a whole
			for parent := space.Axes[i].AskedOf; parent >= 0 && c[parent] == elder.Absent; parent = space.Axes[i].AskedOf {
				i = parent
			}
			if !slices.Contains(needs, i) {
				needs = append(needs, i)
			}
		}
	}
	return needs
}

// settled reports whether nothing missing matters to the service any more.
func (s *service) settled(t *table.Table, c elder.Cells, region []box.Box) bool {
	for _, i := range s.untried {
		if c[i] == elder.Absent && t.Space.Asked(i, c) {
			return false
		}
	}
	for _, a := range t.Awards(region, s.projection.Cases) {
		if !a.Certain || a.CanRise() {
			return false
		}
	}
	return true
}

// question returns the question for an attribute, and false when it is not to be asked.
func (i *interview) question(attribute int) (Question, bool) {
	var bearing []service
	for _, s := range i.services {
		if slices.Contains(s.needs, attribute) {
			bearing = append(bearing, s)
		}
	}
	if len(bearing) == 0 {
		return Question{}, false
	}
	q := describe(i.table.Space, &i.table.Space.Axes[attribute])
	for _, s := range bearing {
		q.Services = append(q.Services, s.id)
	}
	q.Settles, q.AtLeast = i.score(attribute, bearing)
	return q, true
}

// score returns how many of the services an answer settles, on average and at least.
func (i *interview) score(attribute int, services []service) (average float64, least int) {
	answers, total := 0, 0
	for _, c := range i.answered(attribute, services) {
		settled, possible := i.settles(c, services)
		if !possible {
			continue
		}
		if answers == 0 || settled < least {
			least = settled
		}
		answers, total = answers+1, total+settled
	}
	if answers == 0 {
		return 0, 0
	}
	return float64(total) / float64(answers), least
}

// settles counts the services that are settled, and reports whether such an elder can exist at all.
func (i *interview) settles(c elder.Cells, services []service) (settled int, possible bool) {
	for _, s := range services {
		region := s.projection.Region(c)
		if len(region) == 0 {
			return 0, false
		}
		if s.settled(i.table, c, region) {
			settled++
		}
	}
	return settled, true
}

// maxMembers bounds the number of values of a set whose lists are all tried. Of the others no list
// has any.
const maxMembers = 8

// answered returns the elder with each possible answer, one for each group of answers that the
// services do not tell apart. For a set these are the lists of the values that make a difference.
func (i *interview) answered(attribute int, services []service) []elder.Cells {
	all := []elder.Cells{i.cells}
	first, end := i.table.Space.Group(attribute)
	members := 0
	for axis := first; axis < end; axis++ {
		answers := i.answers(axis, services)
		if len(answers) > 1 && end-first > 1 {
			if members++; members > maxMembers {
				answers = answers[:1] // without the value
			}
		}
		var next []elder.Cells
		for _, c := range all {
			for _, cell := range answers {
				c[axis] = cell
				next = append(next, c)
			}
		}
		all = next
	}
	return all
}

// answers returns values of an attribute, one for each group within which neither a case of the
// services nor a contradiction makes a difference.
func (i *interview) answers(attribute int, services []service) []uint8 {
	var sets []box.Set
	add := func(b box.Box) {
		if admits, constrained := b.Side(attribute); constrained && !slices.Contains(sets, admits) {
			sets = append(sets, admits)
		}
	}
	for _, s := range services {
		for _, c := range s.projection.Cases {
			add(c.Box)
		}
	}
	for _, c := range i.table.Contradictions {
		add(c.Box)
	}
	for n := range i.table.Space.Links {
		if l := &i.table.Space.Links[n]; l.From == attribute {
			for _, b := range l.Disagreeing(i.table.Space) {
				add(b)
			}
		}
	}
	for _, axis := range i.table.Space.Axes {
		if axis.AskedOf == attribute {
			add(box.Box{{Attribute: attribute, Admits: box.SetOf(axis.AskedCells...)}})
		}
	}
	var cells []uint8
	for cell := 1; cell < i.table.Space.Axes[attribute].Cells(); cell++ {
		alike := func(other uint8) bool {
			return !slices.ContainsFunc(sets, func(s box.Set) bool { return s.Has(uint8(cell)) != s.Has(other) })
		}
		if !slices.ContainsFunc(cells, alike) {
			cells = append(cells, uint8(cell))
		}
	}
	return cells
}

// describe returns the question about an attribute, without its scores.
func describe(space *elder.Space, axis *elder.Axis) Question {
	a := axis.Attribute
	q := Question{Attribute: a.Name, Label: a.Label, English: a.English, Type: a.Type}
	switch a.Type {
	case policy.Integer:
		low, high := a.Min, a.Max
		q.Min, q.Max, q.Unit = &low, &high, a.Unit
	case policy.Set:
		for _, member := range a.Values {
			q.Values = append(q.Values, Value{Value: member.Name, Label: member.Label, English: member.English})
		}
	default:
		for cell := 1; cell < axis.Cells(); cell++ {
			c := uint8(cell)
			q.Values = append(q.Values, Value{Value: axis.Value(c), Label: axis.Words(c, false), English: axis.Words(c, true)})
		}
	}
	for _, in := range space.Vocabulary.Inputs {
		if in.Gives == a.Name || gives(space.Vocabulary.Attribute(in.Gives), a.Name) {
			q.Instead = append(q.Instead, Instead{Input: in.Name, Label: in.Label, English: in.English, Type: in.Type})
		}
	}
	return q
}

// gives reports whether an attribute gives another of that name.
func gives(a *policy.Attribute, name string) bool { return a.Gives != nil && a.Gives.Attribute == name }
