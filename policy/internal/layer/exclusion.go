package layer

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// exclusions returns the exclusions that deny somebody what a rule grants in a layer: those of the
// layer's list and, for an inherited rule, those of the list that has the rule.
func exclusions(chain []*policy.List, i int, a Applied) []*policy.Exclusion {
	var all []*policy.Exclusion
	for j, l := range chain[i:] {
		if j > 0 && !slices.Contains(l.Stems(), a.Stem) {
			continue
		}
		for _, e := range l.Excludes {
			if slices.Contains(e.Without, a.Service.ID) {
				all = append(all, e)
			}
		}
	}
	return all
}

// excluders returns the rules that give somebody a service which denies what a rule grants in a
// layer: all rules of the layer's list, and of those above it, that promise that service.
func excluders(layers []Layer, i int, a Applied) (rules []Applied) {
	for _, e := range a.Exclusions {
		for _, l := range layers[i:] {
			for _, r := range l.Rules {
				if r.Service.ID == e.Has && !r.Discretionary {
					rules = append(rules, r)
				}
			}
		}
	}
	return rules
}

// read notes what each rule of a layer reads, together with the rules that deny what it grants. The
// layers above must have been noted before.
func read(layers []Layer, i int) {
	done := map[string]bool{}
	var note func(service string)
	note = func(service string) {
		if done[service] {
			return
		}
		done[service] = true
		for n := range layers[i].Rules {
			a := &layers[i].Rules[n]
			if a.Service.ID != service {
				continue
			}
			a.Reads = a.Attributes // the rule's own, which layers share
			if len(a.Exclusions) == 0 {
				continue
			}
			for _, e := range a.Exclusions {
				note(e.Has)
			}
			for _, x := range excluders(layers, i, *a) {
				a.Reads = slices.Concat(a.Reads, x.Reads)
			}
			slices.Sort(a.Reads)
			a.Reads = slices.Compact(a.Reads)
		}
	}
	for _, a := range layers[i].Rules {
		note(a.Service.ID)
	}
}

// Denying returns services, the services that deny them, those that deny these, and so on.
func Denying(layers []Layer, services []string) []string {
	all := slices.Clone(services)
	for n := 0; n < len(all); n++ {
		for _, l := range layers {
			for _, a := range l.Rules {
				if a.Service.ID != all[n] {
					continue
				}
				for _, e := range a.Exclusions {
					if !slices.Contains(all, e.Has) {
						all = append(all, e.Has)
					}
				}
			}
		}
	}
	return all
}
