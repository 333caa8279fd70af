// Package notice writes what an elder is owed as a notice, for the elder or for the file: who, what, how much, from when, on what
// ground, what is still open, and what to bring.
//
// A notice names an elder by id alone; it never has an identity number, nor any attribute that is no ground of a service.
package notice

import (
	"context"
	"slices"
	"time"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/explain"
	"github.com/basic-eldercare/eldercare/policy/layer"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Notice is what one elder is told, the same in every language.
type Notice struct {
	ID           string
	Jurisdiction policy.Jurisdiction
	On           policy.Date
	Due          []Item
	Soon         []Item // what time alone will bring within a year
	Possible     []Item // what depends on things that are not known
	Permitted    []Item // what the text permits and does not promise
	Monthly      decide.Total
	Digest       string
}

// Item is one service of a notice.
type Item struct {
	*explain.Explanation
	// Since is the day from which it is due, where that follows from the date of birth and the list's first day alone; else
	// zero.
	Since policy.Date
	// Counts is the first day of the first month that is paid, by the list's counting day; zero where Since is.
	Counts policy.Date
}

// soon is how far ahead a notice looks.
const soon = 366 * 24 * time.Hour

// New is the notice for an encoded elder. In a closed world a missing attribute is taken as absent, else it is unknown.
func New(ctx context.Context, r *ruleset.Ruleset, p elder.Profile, closed bool) (*Notice, error) {
	n := &Notice{ID: p.ID, Jurisdiction: r.Jurisdiction, On: r.On, Digest: r.Digest}
	var err error
	if n.Monthly, err = total(ctx, r, p, closed); err != nil {
		return nil, err
	}
	for _, service := range services(r) {
		x, err := explain.Explain(ctx, r, p, service, closed)
		if err != nil {
			return nil, err
		}
		n.add(x, r, p)
	}
	return n, nil
}

func total(ctx context.Context, r *ruleset.Ruleset, p elder.Profile, closed bool) (decide.Total, error) {
	ask := r.Decide
	if closed {
		p, ask = r.Close(p), r.DecideClosed
	}
	d, err := ask(ctx, &p)
	if err != nil {
		return decide.Total{}, err
	}
	return d.MonthlyCNY, nil
}

// services are those of the jurisdiction's list, then those that only lists above have.
func services(r *ruleset.Ruleset) []string {
	var ids []string
	for _, l := range r.Table.Layers {
		for _, s := range l.List.Services {
			if !slices.Contains(ids, s.ID) {
				ids = append(ids, s.ID)
			}
		}
	}
	return ids
}

func (n *Notice) add(x *explain.Explanation, r *ruleset.Ruleset, p elder.Profile) {
	item := Item{Explanation: x}
	switch x.Answer {
	case explain.Entitled:
		item.Since = since(x, r, p)
		item.counts(r)
		n.Due = append(n.Due, item)
	case explain.Possible:
		n.Possible = append(n.Possible, item)
	case explain.Discretionary:
		n.Permitted = append(n.Permitted, item)
	case explain.NotEntitled:
		if x.EligibleFrom != nil && x.EligibleFrom.Before(policy.DateOf(midnight(r.On).Add(soon))) {
			item.Since = *x.EligibleFrom
			item.counts(r)
			n.Soon = append(n.Soon, item)
		}
	}
}

func midnight(d policy.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// since is the day from which a service is due whose ground asks for nothing but an age: that birthday, but not before the
// list was in force. Since when any other condition is met, nobody says.
func since(x *explain.Explanation, r *ruleset.Ruleset, p elder.Profile) policy.Date {
	if p.Birth.IsZero() || len(x.Grounds) == 0 {
		return policy.Date{}
	}
	first := inForce(r, x.Grounds[0].Layer.List)
	for _, c := range x.Grounds[0].Conditions {
		if !givenByBirth(x.Vocabulary(), c.Attribute) || len(c.Needs.Ranges) != 1 || c.Needs.Ranges[0].From == nil {
			return policy.Date{}
		}
		if day := p.Birth.Birthday(*c.Needs.Ranges[0].From); day.After(first) {
			first = day
		}
	}
	return first
}

func inForce(r *ruleset.Ruleset, list string) policy.Date {
	i := slices.IndexFunc(r.Table.Layers, func(l layer.Layer) bool { return l.List.Jurisdiction.ID == list })
	return r.Table.Layers[i].List.EffectiveFrom
}

// givenByBirth reports whether a date of birth gives the attribute.
func givenByBirth(v *policy.Vocabulary, attribute string) bool {
	return slices.ContainsFunc(v.Inputs, func(in *policy.Input) bool {
		return in.Type == policy.BirthDate && in.Gives == attribute
	})
}

// inTime are the clauses of a refusal that hold from the day Since on.
func (i *Item) inTime() []explain.Branch {
	return slices.DeleteFunc(slices.Clone(i.Nearest), func(b explain.Branch) bool {
		return b.EligibleFrom == nil || *b.EligibleFrom != i.Since
	})
}

// counts finds the first month on whose counting day the service is due.
func (i *Item) counts(r *ruleset.Ruleset) {
	if i.Since.IsZero() {
		return
	}
	day := max(1, r.Table.Layers[0].List.CountingDay)
	i.Counts = policy.Date{Year: i.Since.Year, Month: i.Since.Month, Day: 1}
	if i.Since.Day > day {
		i.Counts = policy.DateOf(midnight(i.Counts).AddDate(0, 1, 0))
	}
}
