package source

import (
	"cmp"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// This file follows what lists inherit from those above them through time.

// downward returns the places, those above before those below.
func (r *resolver) downward() []*place {
	all := slices.Clone(r.sorted)
	slices.SortStableFunc(all, func(a, b *place) int { return cmp.Compare(a.depth, b.depth) })
	return all
}

// turnsAbove returns the days, while one of the lists of a place is in force, on which what stands
// above it changes; the first is that of the list.
func (p *place) turnsAbove(i int) []policy.Date {
	l := p.lists[i].list
	days := []policy.Date{l.EffectiveFrom}
	within := func(day policy.Date) bool {
		return day.After(l.EffectiveFrom) && !p.lists[i].endedOn(day) && (i+1 == len(p.lists) || day.Before(p.lists[i+1].list.EffectiveFrom))
	}
	for q := range p.above {
		for _, g := range q.lists {
			for _, day := range g.turns() {
				if within(day) {
					days = append(days, day)
				}
			}
		}
	}
	slices.SortFunc(days, policy.Date.Compare)
	return slices.Compact(days)
}

// turns returns the days on which the list, or a service of it, begins or has ended.
func (f *listFile) turns() []policy.Date {
	days := []policy.Date{f.list.EffectiveFrom}
	if !f.list.Until.IsZero() {
		days = append(days, f.list.Until.AddDays(1))
	}
	for _, s := range f.list.Services {
		if !s.From.IsZero() {
			days = append(days, s.From)
		}
		if !s.Until.IsZero() {
			days = append(days, s.Until.AddDays(1))
		}
	}
	return days
}

// inherited checks that each inherited service is found above on every day that the list has it.
// What ends above by a day that is written there ends here, too.
func (r *resolver) inherited(p *place, i int) {
	f := p.lists[i]
	if p.cut {
		return
	}
	days := p.turnsAbove(i)
	for _, s := range f.list.Services {
		if !s.Inherits || f.services[s.ID] != s {
			continue
		}
		missing := slices.IndexFunc(days, func(on policy.Date) bool { return s.On(on) && !p.listedAbove(s.ID, on) })
		if missing > 0 && p.endsAbove(s.ID, days[missing].AddDays(-1)) {
			s.Until = days[missing].AddDays(-1)
		} else if missing >= 0 {
			r.inheritsNothing(p, f, s, days[missing])
		}
	}
}

// inheritsNothing reports a service that is inherited and that on a day no list above has.
func (r *resolver) inheritsNothing(p *place, f *listFile, s *policy.Service, on policy.Date) {
	fail := func(code, remedy, format string, args ...any) {
		f.document.diagnostics.Errorf(code, s.Pos, remedy, format, args...)
	}
	from := f.list.EffectiveFrom
	later, found := p.listedAfter(s.ID, from)
	switch {
	case p.parent == nil:
		fail("inherits-nothing", "remove inherits and write the rule", "%s is inherited, but there is no list above", s.ID)
	case on == from && found:
		fail("inherits-not-in-force", "correct a date, or write the rule", "%s is inherited from %s on, but no list above has it before %s", s.ID, from, later)
	case on == from:
		fail("inherits-nothing", "remove inherits and write the rule", "%s is inherited, but no list above has it", s.ID)
	default:
		fail("inherits-nothing", "write the rule, or a list from that day on", "%s is inherited, but from %s on no list above has it", s.ID, on)
	}
}

// listedAbove reports whether a list above has a service on a day, or may have it.
func (p *place) listedAbove(service string, on policy.Date) bool {
	for q := range p.above {
		f := q.inForce(on)
		if f != nil && f.mayList(service) && (f.services[service] == nil || f.printed(service, on) != nil) {
			return true
		}
	}
	return false
}

// printed returns the service as the list has it on a day, nil when it has not.
func (f *listFile) printed(service string, on policy.Date) *policy.Service {
	for _, s := range f.list.Services {
		if s.ID == service && s.On(on) {
			return s
		}
	}
	return nil
}

// endsAbove reports whether a day is the last, as it is written, of a service above, or of a list
// above that has it.
func (p *place) endsAbove(service string, day policy.Date) bool {
	for q := range p.above {
		if f := q.inForce(day); f != nil {
			s := f.printed(service, day)
			if s != nil && (s.Until == day || f.list.Until == day) {
				return true
			}
		}
	}
	return false
}

// inheritRest adds to a list that says so every service above that it does not name, as the nearest
// list prints it: for each while it prints it so.
func (r *resolver) inheritRest(p *place, i int) {
	f := p.lists[i]
	if !f.inheritsRest {
		return
	}
	if p.parent == nil {
		if !p.cut {
			f.document.diagnostics.Errorf("inherits-nothing", f.restAt, "remove inherits_rest, or name the parent", "the rest is inherited, but there is no list above")
		}
		return
	}
	named := map[string]bool{}
	for _, s := range f.list.Services {
		named[s.ID] = true
	}
	days := p.turnsAbove(i)
	for _, id := range p.servicesAbove(days) {
		if !named[id] {
			f.inherit(p, id, days, f.restAt)
		}
	}
}

// servicesAbove returns the services of the lists above on some days, the nearest list's first, as
// they are printed.
func (p *place) servicesAbove(days []policy.Date) []string {
	var ids []string
	seen := map[string]bool{}
	for q := range p.above {
		for _, on := range days {
			f := q.inForce(on)
			if f == nil {
				continue
			}
			for _, s := range f.list.Services {
				if !seen[s.ID] && s.On(on) {
					seen[s.ID] = true
					ids = append(ids, s.ID)
				}
			}
		}
	}
	return ids
}

// inherit adds an inherited service, once for each time that it is printed otherwise above.
func (f *listFile) inherit(p *place, id string, days []policy.Date, at policy.Position) {
	var above, own *policy.Service
	for _, day := range days {
		now := p.nearest(id, day)
		if now == above {
			continue
		}
		if own != nil {
			own.Until = day.AddDays(-1)
		}
		if above, own = now, nil; now == nil {
			continue
		}
		own = &policy.Service{
			ID: id, Item: now.Item, Name: now.Name, Group: now.Group, Type: now.Type, Departments: now.Departments, Spending: now.Spending,
			Access: now.Access, Inherits: true, Unnamed: true, Cite: now.Cite, Pos: at,
		}
		if day != f.list.EffectiveFrom {
			own.From = day
		}
		if f.services[id] == nil {
			f.services[id] = own
		}
		f.list.Services = append(f.list.Services, own)
	}
}

// nearest returns a service as the nearest list above has it on a day, nil when none has.
func (p *place) nearest(service string, on policy.Date) *policy.Service {
	for q := range p.above {
		if f := q.inForce(on); f != nil {
			if s := f.printed(service, on); s != nil {
				return s
			}
		}
	}
	return nil
}
