package sql

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/diagram"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// service is a service with its outcomes, the greatest first. They are numbered from 1.
type service struct {
	id       string
	outcomes []outcome
	steps    []step   // by which an outcome is found; the last holds for all who are left
	measures []string // that any outcome promises
}

// step is an outcome of the elders for whom no earlier step holds.
type step struct {
	number int
	boxes  []box.Box
}

// manyOutcomes is the number of outcomes from which the least outcome, which most elders have, is
// looked for first, unless that takes more than fewBoxes. Behind it stand those of whom all is
// known, and last those who may have more.
const (
	manyOutcomes = 3
	fewBoxes     = 64
)

// nobody is the leaf of elders who cannot exist.
const nobody = -1

// compileService returns a service with its outcomes, and the elders that each outcome is for.
func compileService(ctx context.Context, rs *ruleset.Ruleset, id string, cases []table.Case) (*service, error) {
	limit := &budget{ctx: ctx}
	var found []outcome
	numbers := map[string]int{}
	ask := func(c elder.Cells) (int, error) {
		p := rs.Table.Space.Profile(c)
		awards, err := rs.Service(ctx, &p, id)
		if _, refused := errors.AsType[*elder.Error](err); refused {
			return nobody, nil
		}
		if err != nil {
			return nobody, err
		}
		o := newOutcome(rs.Table.Layers, awards)
		number, known := numbers[o.words()]
		if !known {
			number = len(found)
			numbers[o.words()] = number
			found = append(found, o)
			limit.taken.outcomes++
		}
		return number, nil
	}
	p := rs.Table.Projection(cases)
	conditions := diagram.ConditionsOf(rs.Table.Space, p)
	alike(conditions, p.Cases)
	d, err := build(limit, rs.Table.Space, p.Attributes(), conditions, ask)
	if err != nil {
		return nil, tooLarge(err, placeOf(rs.Table, id), id, serviceRemedy)
	}
	if len(found) == 0 {
		return nil, policy.Diagnostics{{
			Code: "nobody-exists", Severity: policy.SeverityError, Pos: placeOf(rs.Table, id),
			Summary: fmt.Sprintf("%s cannot be written as SQL: by what contradicts itself no elder can exist whom it asks about", id),
			Remedy:  "correct the contradictions, so that some elder is left",
		}}
	}
	s := &service{id: id}
	err = s.cover(d, conditions, found)
	return s, tooLarge(err, placeOf(rs.Table, id), id, serviceRemedy)
}

// alike numbers the cases, which are the first conditions: those that grant the same alike. No
// outcome says which of them hold.
func alike(conditions []diagram.Condition, cases []table.Case) {
	for i, c := range cases {
		same := func(d table.Case) bool {
			return c.Layer == d.Layer && c.Grant.Discretionary == d.Grant.Discretionary &&
				maps.EqualFunc(c.Grant.Measures, d.Grant.Measures, func(p, q policy.Promise) bool {
					return p.Same(q) && p.Share.Equal(q.Share) && slices.Equal(p.Parameters, q.Parameters)
				})
		}
		conditions[i].Alike = 1 + slices.IndexFunc(cases, same)
	}
	sure := sureOf(cases)
	for i, c := range cases {
		for j, d := range cases {
			if n := conditions[j].Alike; n != conditions[i].Alike && outdoes(c, d, sure) && !slices.Contains(conditions[i].Outdone, n) {
				conditions[i].Outdone = append(conditions[i].Outdone, n)
			}
		}
	}
}

// outdoes reports whether a case promises as much of everything that another promises, so that the
// other adds nothing, nor to what may be had where the case may hold. An exact amount always adds
// something where amounts are not sure: these raise it, and it fills them.
func outdoes(c, d table.Case, sure map[string]bool) bool {
	if c.Grant.Discretionary != d.Grant.Discretionary {
		return false
	}
	for measure, q := range d.Grant.Measures {
		p, promised := c.Grant.Measures[measure]
		exact := p.Bound == policy.Exactly || q.Bound == policy.Exactly
		if !promised || !q.Sure() || exact && !sure[measure] || p.Compare(q) < 0 || q.MayRise() && !p.MayRise() {
			return false
		}
	}
	return true
}

// sureOf returns the measures of which the cases promise nothing but sure amounts.
func sureOf(cases []table.Case) map[string]bool {
	sure := map[string]bool{}
	for _, c := range cases {
		for measure, p := range c.Grant.Measures {
			before, known := sure[measure]
			sure[measure] = p.Sure() && (before || !known)
		}
	}
	return sure
}

// placeOf returns the place of a service in the lowest list that names it.
func placeOf(t *table.Table, service string) policy.Position {
	for _, l := range t.Layers {
		for _, s := range l.List.Services {
			if s.ID == service && !s.Unnamed {
				return s.Pos
			}
		}
	}
	return t.Layers[0].List.Pos
}

// cover puts the outcomes in order and finds for whom each is.
func (s *service) cover(d *bounded, conditions []diagram.Condition, found []outcome) error {
	leaves := make([]int, len(found))
	for i := range leaves {
		leaves[i] = i
	}
	slices.SortFunc(leaves, func(i, j int) int { return found[j].compare(found[i]) })
	for _, leaf := range leaves {
		s.outcomes = append(s.outcomes, found[leaf])
	}
	s.measures = s.measured()
	order := slices.Clone(leaves)
	if last := len(order) - 1; len(order) >= manyOutcomes {
		order = slices.Insert(order[:last], 0, leaves[last])
		err := s.inOrder(d, conditions, leaves, order, fewBoxes)
		if !errors.Is(err, errManyBoxes) {
			return err
		}
		order, s.steps = leaves, nil
	}
	return s.inOrder(d, conditions, leaves, order, 0)
}

// inOrder finds for whom outcomes are, one after the other. The first of them may take up to
// most boxes, or any number if that is 0.
func (s *service) inOrder(d *bounded, conditions []diagram.Condition, leaves, order []int, most int) error {
	for n, leaf := range order {
		next := step{number: slices.Index(leaves, leaf) + 1}
		if n < len(order)-1 {
			var err error
			decided := func(l int) bool { return l == nobody || slices.Contains(order[:n], l) }
			if next.boxes, err = d.cover(conditions, leaf, decided, most); err != nil {
				return err
			}
		}
		s.steps, most = append(s.steps, next), 0
	}
	return nil
}

// measured returns the measures that any outcome promises.
func (s *service) measured() []string {
	measures := map[string]bool{}
	for _, o := range s.outcomes {
		for measure := range o.promises {
			measures[measure] = true
		}
		for measure := range o.upTo {
			measures[measure] = true
		}
	}
	return slices.Sorted(maps.Keys(measures))
}

// casesOf returns the cases of each service, and the services in the order of a decision.
func casesOf(t *table.Table) (cases map[string][]table.Case, services []string) {
	cases = map[string][]table.Case{}
	for _, c := range t.Distinct() {
		cases[c.Grant.Service] = append(cases[c.Grant.Service], c)
	}
	services = slices.Sorted(maps.Keys(cases))
	slices.SortStableFunc(services, func(a, b string) int { return decide.Place(t.Layers, a) - decide.Place(t.Layers, b) })
	return cases, services
}
