package layer

import "slices"

// Linked returns the measures of a service that belong together according to the list of any of the
// layers, each once.
func Linked(layers []Layer, service string) []string {
	var linked []string
	for _, l := range layers {
		s := l.List.Service(service)
		if s == nil {
			continue
		}
		for _, measure := range s.Linked {
			if !slices.Contains(linked, measure) {
				linked = append(linked, measure)
			}
		}
	}
	return linked
}
