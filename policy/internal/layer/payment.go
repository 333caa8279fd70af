package layer

import (
	"fmt"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// Payment returns the calendar by which a measure of a service is paid to the residents of the
// first layer, or nil when no layer has one for it. It is the calendar of the nearest layer that
// has one, with whatever is better in those above. Without a measure it is the service's own, for
// all but the [Scheduled] measures.
func Payment(layers []Layer, service, measure string) *policy.Payment {
	if len(layers) == 0 {
		return nil
	}
	own, above := Stated(layers, service, measure), Payment(layers[1:], service, measure)
	has := func(l Layer) bool { return l.List.Service(service) != nil }
	switch {
	case own == nil:
		return above
	case !slices.ContainsFunc(layers[1:], has):
		return own
	}
	paid := policy.Paid{Payment: own, CountingDay: CountingDay(layers)}
	return paid.Floor(policy.Paid{Payment: above, CountingDay: CountingDay(layers[1:])})
}

// DeclaredPayment returns the calendar that the first layer's list gives a measure of a service:
// its own, or else what is owed above. It returns nil when there is none.
func DeclaredPayment(layers []Layer, service, measure string) *policy.Payment {
	if own := Stated(layers, service, measure); own != nil {
		return own
	}
	return Payment(layers[1:], service, measure)
}

// Stated returns the calendar of the parameters by which the first layer promises a measure of a
// service, or else that which its list gives the service. It returns nil when there is neither.
func Stated(layers []Layer, service, measure string) *policy.Payment {
	for _, of := range promised(layers, service) {
		if of.measure == measure && of.calendar != nil {
			return of.calendar.Payment
		}
	}
	if s := layers[0].List.Service(service); s != nil {
		return s.Payment
	}
	return nil
}

// Scheduled returns the measures of a service that are promised of a parameter with a calendar of
// its own in some layer, sorted.
func Scheduled(layers []Layer, service string) []string {
	measures := map[string]bool{}
	for i := range layers {
		for _, of := range promised(layers[i:], service) {
			if of.calendar != nil {
				measures[of.measure] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(measures))
}

// amount is what a rule promises of a measure, computed of parameters.
type amount struct {
	measure  string
	rule     Applied
	figures  []*policy.Parameter // those that it is computed of, as the nearest list has them
	calendar *policy.Parameter   // the first of them that has a calendar, nil when none has
}

// promised returns what the rules of the first layer promise of a service. It returns nothing when
// no parameter of the layers has a calendar, as then none of it matters.
func promised(layers []Layer, service string) []amount {
	if !slices.ContainsFunc(layers, func(l Layer) bool { return HasCalendars(l.List) }) {
		return nil
	}
	var all []amount
	for _, a := range layers[0].Rules {
		if a.Service.ID != service || a.Discretionary {
			continue
		}
		for _, measure := range slices.Sorted(maps.Keys(a.Amounts)) {
			of := amount{measure: measure, rule: a}
			for _, name := range a.Amounts[measure] {
				if p := figure(layers, name); p != nil {
					of.figures = append(of.figures, p)
				}
			}
			if i := slices.IndexFunc(of.figures, func(p *policy.Parameter) bool { return p.Payment != nil }); i >= 0 {
				of.calendar = of.figures[i]
			}
			all = append(all, of)
		}
	}
	return all
}

// HasCalendars reports whether a parameter of a list has a calendar of its own.
func HasCalendars(l *policy.List) bool {
	return slices.ContainsFunc(l.Parameters, func(p *policy.Parameter) bool { return p.Payment != nil })
}

// figure returns a parameter of the nearest list that gives it a calendar, else of the nearest list
// that has it, nil when none has.
func figure(layers []Layer, name string) *policy.Parameter {
	var nearest *policy.Parameter
	for _, l := range layers {
		for _, p := range l.List.Parameters {
			switch {
			case p.Name != name:
			case p.Payment != nil:
				return p
			case nearest == nil:
				nearest = p
			}
		}
	}
	return nearest
}

// CountingDay returns the counting day of the nearest layer that states one, or 0 when none does.
func CountingDay(layers []Layer) int {
	for _, l := range layers {
		if l.List.CountingDay > 0 {
			return l.List.CountingDay
		}
	}
	return 0
}

// Clashes reports the calendars of parameters that the rules of the first layer do not allow:
// several for a measure of a service, one for a linked measure, or one for an amount that a rule
// does not name in its grant.
func Clashes(layers []Layer) policy.Diagnostics {
	var wrong policy.Diagnostics
	for _, s := range layers[0].List.Services {
		linked, first := Linked(layers, s.ID), map[string]*policy.Parameter{}
		amounts := promised(layers, s.ID)
		for _, of := range amounts {
			if of.calendar == nil {
				continue
			}
			if first[of.measure] == nil {
				first[of.measure] = of.calendar
			}
			if slices.Contains(linked, of.measure) {
				wrong.Errorf("payment", of.calendar.Payment.Pos, "write the calendar at the service",
					"%s is promised as %s of %s, which is linked: what is linked is paid together", of.calendar.Name, of.measure, s.ID)
			}
		}
		for _, of := range amounts {
			wrong = append(wrong, of.clash(s.ID, first[of.measure])...)
		}
		for _, a := range layers[0].Rules {
			if a.Service == s && !a.Discretionary && !a.Literal() {
				wrong = append(wrong, unnamed(layers, a)...)
			}
		}
	}
	return wrong
}

// clash reports what an amount is computed of where that is paid by another calendar than the first
// parameter of its measure that has one, which is nil when none has.
func (of amount) clash(service string, first *policy.Parameter) policy.Diagnostics {
	var wrong policy.Diagnostics
	if first == nil || of.calendar == nil && len(of.figures) == 0 {
		return nil
	}
	const remedy = "write the same calendar at both, or make a service of its own of one"
	at := first.Payment.Pos
	if of.calendar == nil {
		p := of.figures[0]
		wrong.Errorf("payment", p.Pos, remedy, "%s is promised as %s of %s without a calendar of its own, but %s, promised likewise, has one in %s:%d",
			p.Name, of.measure, service, first.Name, at.File, at.Line)
	}
	for _, p := range of.figures {
		if p.Payment != nil && !p.Payment.Same(first.Payment) {
			wrong.Errorf("payment", p.Payment.Pos, remedy, "%s is promised as %s of %s, but %s, promised likewise, has another calendar in %s:%d",
				p.Name, of.measure, service, first.Name, at.File, at.Line)
		}
	}
	return wrong
}

// unnamed reports the parameters with a calendar that a rule reads, if it does not name them in its
// grant: then nobody knows of what measure they are paid.
func unnamed(layers []Layer, a Applied) policy.Diagnostics {
	var wrong policy.Diagnostics
	named := slices.Concat(slices.Collect(maps.Values(a.Amounts))...)
	for _, name := range a.Rule.Parameters {
		if p := figure(layers, name); p != nil && p.Payment != nil && !slices.Contains(named, name) {
			wrong.Errorf("payment", a.Pos, fmt.Sprintf("name %s in the grant itself, or write the calendar at the service", name),
				"%s has a calendar of its own, but the rule does not name it in what it grants", name)
		}
	}
	return wrong
}
