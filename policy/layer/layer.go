// Package layer resolves inheritance: which rules a jurisdiction and those above it declare, and with which parameters
// they run.
//
// A list declares its own rules and, for each service that its YAML marks inherits: true, the rules of the nearest list above
// that has the service, run with its own parameters. What a resident is owed is the best of all layers.
package layer

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/rules"
)

// Layer is one list of a chain, with what it declares.
type Layer struct {
	List       *policy.List
	Parameters *rules.Parameters
	Rules      []Applied // by service in printed order, then its own before inherited ones
}

// Applied is a rule at work in a layer, its own or inherited.
type Applied struct {
	*rules.Rule
	Service *policy.Service // as the layer's list prints it
}

// Resolve resolves a chain of lists (one list, then those above it) on a day. The first layer is the list's own.
func Resolve(set *rules.Set, chain []*policy.List, on policy.Date) []Layer {
	layers := make([]Layer, len(chain))
	for i, list := range chain {
		layers[i] = Layer{List: list, Parameters: rules.NewParameters(chain[i:], on)}
		for _, s := range list.Services {
			for _, r := range declared(set, chain[i:], s) {
				layers[i].Rules = append(layers[i].Rules, Applied{Rule: r, Service: s})
			}
		}
	}
	return layers
}

// declared are the rules by which the first list of a chain grants a service.
func declared(set *rules.Set, chain []*policy.List, s *policy.Service) []*rules.Rule {
	own := set.Module(chain[0].Stem).Of(s.ID)
	if !s.Inherits {
		return own
	}
	for i := 1; i < len(chain); i++ {
		if above := Find(chain[i], s.ID); above != nil {
			return append(slices.Clip(own), declared(set, chain[i:], above)...)
		}
	}
	return own
}

// Find is the service of a list, nil when the list does not have it.
func Find(list *policy.List, service string) *policy.Service {
	for _, s := range list.Services {
		if s.ID == service {
			return s
		}
	}
	return nil
}
