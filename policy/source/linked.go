package source

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// linked reads the measures of a service that belong together.
func (r listReader) linked(all node) []string {
	var linked []string
	for _, n := range all.items() {
		name, ok := r.knownMeasure(n)
		m := r.vocabulary.Measure(name)
		switch {
		case !ok:
		case slices.Contains(linked, name):
			n.errorf("linked", "name each measure once", "%q is named twice", name)
		case m != nil && m.Unit == policy.CNYPerMonth:
			n.errorf("linked", "link measures that are not added up, such as a share and its ceiling",
				"%s is monthly cash, which is added up by itself", name)
		default:
			linked = append(linked, name)
		}
	}
	if len(all.yaml.Content) < 2 && all.kind() == "a list" {
		all.errorf("linked", "name the measures that belong together, such as a share and its ceiling", "a single measure cannot be linked")
	}
	return linked
}

// linkedChoices refuses a choice by a measure that is linked, in the list or above it: of several
// bundles it has no single amount.
func (r *resolver) linkedChoices(p *place, f *listFile) {
	if p.cut {
		return
	}
	lists := []*listFile{f}
	for q := range p.above {
		lists = append(lists, q.lists...)
	}
	for _, choosing := range lists {
		for _, choice := range choosing.list.ChooseHigher {
			for _, m := range choice.Members {
				links := func(g *listFile) bool {
					s := g.services[m.Service]
					return s != nil && slices.Contains(s.Linked, m.Measure) && (g == f || choosing == f)
				}
				if slices.ContainsFunc(lists, links) {
					at := choice.Pos
					if choosing != f {
						at = f.services[m.Service].Pos
					}
					f.document.diagnostics.Errorf("linked", at, "choose by a measure that stands by itself",
						"%s of %s is linked with others, so it cannot be chosen alone", m.Measure, m.Service)
				}
			}
		}
	}
}
