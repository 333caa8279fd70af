package layer

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// Payment returns the calendar by which a service is paid to the residents of the first layer, or
// nil when no layer has one for it. It is the calendar of the nearest layer that has one, with
// whatever is better in those above.
func Payment(layers []Layer, service string) *policy.Payment {
	if len(layers) == 0 {
		return nil
	}
	s := layers[0].List.Service(service)
	above := Payment(layers[1:], service)
	has := func(l Layer) bool { return l.List.Service(service) != nil }
	switch {
	case s == nil || s.Payment == nil:
		return above
	case !slices.ContainsFunc(layers[1:], has):
		return s.Payment
	}
	own := policy.Paid{Payment: s.Payment, CountingDay: CountingDay(layers)}
	return own.Floor(policy.Paid{Payment: above, CountingDay: CountingDay(layers[1:])})
}

// DeclaredPayment returns the calendar that the first layer's list gives a service: its own, or
// else what is owed above. It returns nil when there is none.
func DeclaredPayment(layers []Layer, service string) *policy.Payment {
	if s := layers[0].List.Service(service); s != nil && s.Payment != nil {
		return s.Payment
	}
	return Payment(layers[1:], service)
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
