package policy

import "slices"

// All that is known of the days on which something changes stands here.

// Turns returns the days on which what is in force in a jurisdiction changes, in order, from its first list on: on some of them its
// last list may have ended.
func (c *Catalog) Turns(jurisdiction string) []Date {
	own := c.indexed().lists[jurisdiction]
	var days []Date
	for _, l := range own {
		days = append(days, c.turns(l)...)
	}
	slices.SortFunc(days, Date.Compare)
	return slices.DeleteFunc(slices.Compact(days), func(day Date) bool { return day.Before(own[0].EffectiveFrom) })
}

// Days returns the days on which what is in force in one of some jurisdictions changes, in order, as far as all of them have a list in
// force then. It returns none if one has no list at all.
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

// Changes returns the days on which what a list is made of changes while it is in force, in order: its own first day, and those on
// which a list above it, a service or a parameter of theirs begins or has ended.
func (c *Catalog) Changes(l *List) []Date {
	own := c.indexed().lists[l.Jurisdiction.ID]
	return slices.DeleteFunc(slices.Clone(c.turns(l)), func(day Date) bool {
		answers := inForce(own, day)
		return answers == nil || answers.Stem != l.Stem
	})
}

// LastChange returns the latest day up to a day on which something changes of what a list is made of: since then all is the same.
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

// turns are all days, in order, on which a list, a service or a parameter begins or has ended, of a list and of all lists of the
// jurisdictions above it. They are shared and must not be changed.
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

// turns are the days on which the list, a service or a parameter of it begins or has ended.
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

// serviceTurns are the days on which a service of the list begins or has ended.
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

// Ended is the service that a list of a jurisdiction, or of the nearest above, had until a day before another, with the list and that last
// day; nil when none had. It is for services that no list of them has on the day itself.
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
