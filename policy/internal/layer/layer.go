// Package layer resolves inheritance: which rules a jurisdiction and those above it declare, and
// with which parameters they run.
//
// A list declares its own rules and, for each service that its YAML marks inherits: true, the rules
// of the nearest list above that has the service, run with its own parameters. What a resident is
// owed is the best of all layers.
package layer

import (
	"slices"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

// Layer is one list of a chain, with what it declares.
type Layer struct {
	List       *policy.List
	Parameters *rules.Parameters
	Rules      []Applied // by service in printed order, then its own before inherited ones
}

// Promises reports whether the layer has rules that promise a service, inherited ones included.
func (l Layer) Promises(service string) bool {
	return slices.ContainsFunc(l.Rules, func(a Applied) bool { return a.Service.ID == service && !a.Discretionary })
}

// Applied is a rule that a layer applies, its own or an inherited one.
type Applied struct {
	*rules.Rule
	Service    *policy.Service     // as the layer's list prints it
	Exclusions []*policy.Exclusion // that deny what the rule grants
	// Reads lists the attributes that decide for whom the rule grants something: those that it reads
	// itself, and those read by the rules that grant what denies it.
	Reads []string
}

// Resolver resolves chains of lists. Lists share the parameters of those above them. It is safe for
// concurrent use.
type Resolver struct {
	set        *rules.Set
	catalog    *policy.Catalog
	parameters sync.Map // state -> *rules.Parameters
}

// state is a list as it stands on a day: after the latest change of its chain up to that day.
type state struct {
	list *policy.List
	from policy.Date
}

// NewResolver returns a Resolver for the rules of a set, of the lists of a catalog.
func NewResolver(set *rules.Set, catalog *policy.Catalog) *Resolver {
	return &Resolver{set: set, catalog: catalog}
}

// Resolve resolves a chain of lists (one list, then those above it) on a day. The first layer is
// the list's own.
func (r *Resolver) Resolve(chain []*policy.List, on policy.Date) []Layer {
	layers := make([]Layer, len(chain))
	for i, list := range slices.Backward(chain) {
		var above *rules.Parameters
		if i+1 < len(chain) {
			above = layers[i+1].Parameters
		}
		layers[i] = Layer{List: list, Parameters: r.parametersOf(chain[i:], on, above)}
		for _, s := range list.Services {
			for _, rule := range declared(r.set, chain[i:], s) {
				a := Applied{Rule: rule, Service: s}
				a.Exclusions = exclusions(chain, i, a)
				layers[i].Rules = append(layers[i].Rules, a)
			}
		}
		read(layers, i)
	}
	return layers
}

func (r *Resolver) parametersOf(chain []*policy.List, on policy.Date, above *rules.Parameters) *rules.Parameters {
	key := state{chain[0], r.catalog.LastChange(chain[0], on)}
	if known, ok := r.parameters.Load(key); ok {
		return known.(*rules.Parameters)
	}
	p, _ := r.parameters.LoadOrStore(key, rules.NewParameters(chain[0], on, above))
	return p.(*rules.Parameters)
}

// declared returns the rules by which the first list of a chain grants a service.
func declared(set *rules.Set, chain []*policy.List, s *policy.Service) []*rules.Rule {
	own := set.Of(chain[0], s.ID)
	if !s.Inherits {
		return own
	}
	for i := 1; i < len(chain); i++ {
		if above := chain[i].Service(s.ID); above != nil {
			return append(slices.Clip(own), declared(set, chain[i:], above)...)
		}
	}
	return own
}
