package layer

import "github.com/basic-eldercare/eldercare/policy"

// Payment returns the calendar of a service by the nearest layer that has one for it, nil when none
// has.
func Payment(layers []Layer, service string) *policy.Payment {
	for _, l := range layers {
		if s := l.List.Service(service); s != nil && s.Payment != nil {
			return s.Payment
		}
	}
	return nil
}
