package policy

import "slices"

// This file holds all that is known of the days on which something changes.

// Turns returns the days on which what is in force in a jurisdiction changes, sorted, from its
// first list on. On some of them the last list may have ended.
func (c *Catalog) Turns(jurisdiction string) []Date {
	own := c.indexed().lists[jurisdiction]
	var days []Date
	for _, l := range own {
		days = append(days, c.turns(l)...)
	}
	slices.SortFunc(days, Date.Compare)
	return slices.DeleteFunc(slices.Compact(days), func(day Date) bool { return day.Before(own[0].EffectiveFrom) })
}

// Days returns the days on which what is in force changes in one of some jurisdictions, sorted. It
// leaves out days on which one of them has no list in force. It returns none if one has no list at
// all.
func (c *Catalog) Days(jurisdictions ...string) []Date {
	var days []Date
	for _, id := range jurisdictions {
		days = append(days, c.Turns(id)...)
	}
	slices.SortFunc(days, Date.Compare)
	return slices.DeleteFunc(slices.Compact(days), func(day Date) bool {
		return slices.ContainsFunc(jurisdictions, func(id string) bool { return inForce(c.index.lists[id], day) == nil })
	})
}

// Changes returns the days on which the content of a list changes while it is in force, sorted.
// These are its first day, and each day on which a list above it, or a service or parameter of
// either, begins or has ended.
func (c *Catalog) Changes(l *List) []Date {
	own := c.indexed().lists[l.Jurisdiction.ID]
	return slices.DeleteFunc(slices.Clone(c.turns(l)), func(day Date) bool {
		answers := inForce(own, day)
		return answers == nil || answers.Stem != l.Stem
	})
}

// LastChange returns the latest day, up to a given one, on which the content of a list changes.
// From then on nothing has changed.
func (c *Catalog) LastChange(l *List, on Date) Date {
	turns := c.turns(l)
	i, found := slices.BinarySearchFunc(turns, on, Date.Compare)
	if !found {
		i--
	}
	if i < 0 {
		return on
	}
	return turns[i]
}

// turns returns all days, sorted, on which a list, a service or a parameter begins or has ended. It
// looks at a list and at all lists of the jurisdictions above it. The result is shared and must not
// be changed.
func (c *Catalog) turns(l *List) []Date {
	x := c.indexed()
	if whole := x.whole[l]; whole != nil {
		l = whole
	}
	if known, ok := x.turns.Load(l); ok {
		return known.([]Date)
	}
	days := l.turns()
	for id := l.Jurisdiction.Parent; len(x.lists[id]) > 0; id = x.lists[id][0].Jurisdiction.Parent {
		for _, above := range x.lists[id] {
			days = append(days, above.turns()...)
		}
	}
	slices.SortFunc(days, Date.Compare)
	known, _ := x.turns.LoadOrStore(l, slices.Compact(days))
	return known.([]Date)
}

// turns returns the days on which the list, or a service or parameter of it, begins or has ended.
func (l *List) turns() []Date {
	days := append(l.serviceTurns(), l.EffectiveFrom)
	if !l.Until.IsZero() {
		days = append(days, l.Until.AddDays(1))
	}
	for _, p := range l.Parameters {
		for _, v := range p.Values {
			days = append(days, v.From)
		}
	}
	return days
}

// serviceTurns returns the days on which a service of the list begins or has ended.
func (l *List) serviceTurns() []Date {
	var days []Date
	for _, s := range l.Services {
		if !s.From.IsZero() {
			days = append(days, s.From)
		}
		if !s.Until.IsZero() {
			days = append(days, s.Until.AddDays(1))
		}
	}
	return days
}

// Ended returns a service that ended before a day, with the latest list that had it and the last
// day of the service. It looks in the jurisdiction first, and then in the nearest one above. It
// returns nil when no list had the service. It is meant for services that no list has on the day
// itself.
func (c *Catalog) Ended(jurisdiction, service string, on Date) (*List, *Service, Date) {
	for id := jurisdiction; len(c.indexed().lists[id]) > 0; id = c.index.lists[id][0].Jurisdiction.Parent {
		for _, l := range slices.Backward(c.index.lists[id]) {
			for _, s := range slices.Backward(l.Services) {
				last := s.Until
				if last.IsZero() || !l.Until.IsZero() && l.Until.Before(last) {
					last = l.Until
				}
				if s.ID == service && !last.IsZero() && last.Before(on) {
					return l, s, last
				}
			}
		}
	}
	return nil, nil, Date{}
}
