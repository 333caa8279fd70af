package policy

import (
	"iter"
	"slices"
)

// takesEffect yields the days on which one of some lists or one of their parameters takes effect,
// in no order. All that is known of the days on which something changes comes from here.
func takesEffect(lists []*List) iter.Seq[Date] {
	return func(yield func(Date) bool) {
		for _, l := range lists {
			if !yield(l.EffectiveFrom) {
				return
			}
			for _, p := range l.Parameters {
				for _, v := range p.Values {
					if !yield(v.From) {
						return
					}
				}
			}
		}
	}
}

// Days returns the days on which what is in force in one of some jurisdictions changes, in order,
// from the first on which all of them have a list. It returns none if one has no list at all.
func (c *Catalog) Days(jurisdictions ...string) []Date {
	var first Date
	var all []*List
	for _, id := range jurisdictions {
		own := c.indexed().lists[id]
		if len(own) == 0 {
			return nil
		}
		if from := own[0].EffectiveFrom; from.After(first) {
			first = from
		}
		all = append(append(all, own...), c.above(id)...)
	}
	return between(all, first, Date{})
}

// Changes returns the days on which what a list is made of changes while it is in force, in order:
// its own first day, and those on which a list above it or a parameter of theirs takes effect,
// until the next list of its jurisdiction does.
func (c *Catalog) Changes(l *List) []Date {
	var until Date
	for _, other := range c.indexed().lists[l.Jurisdiction.ID] { // in order
		if until.IsZero() && other.EffectiveFrom.After(l.EffectiveFrom) {
			until = other.EffectiveFrom
		}
	}
	return between(append([]*List{l}, c.above(l.Jurisdiction.ID)...), l.EffectiveFrom, until)
}

// above returns all lists of the jurisdictions above one.
func (c *Catalog) above(jurisdiction string) []*List {
	var all []*List
	for own := c.indexed().lists[jurisdiction]; len(own) > 0; {
		own = c.indexed().lists[own[0].Jurisdiction.Parent]
		all = append(all, own...)
	}
	return all
}

// between returns the days from one on, and before another if that is a day, on which one of some
// lists changes, in order.
func between(lists []*List, from, until Date) []Date {
	var days []Date
	for d := range takesEffect(lists) {
		if !d.Before(from) && (until.IsZero() || d.Before(until)) {
			days = append(days, d)
		}
	}
	slices.SortFunc(days, Date.Compare)
	return slices.Compact(days)
}

// LastChange returns the latest day up to a day on which a list of a chain or one of its parameters
// takes effect: since then all is the same.
func LastChange(chain []*List, on Date) Date {
	last := chain[0].EffectiveFrom
	for d := range takesEffect(chain) {
		if d.After(last) && !d.After(on) {
			last = d
		}
	}
	return last
}
