package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// linked returns the measures of a service that belong together.
func (l *linter) linked(service string) []string { return layer.Linked(l.own.Table.Layers, service) }

// bundle returns what a branch promises of linked measures.
func (b branch) bundle(linked []string) policy.Bundle {
	return policy.BundleOf(b.grant.Measures, linked)
}

// neverTogether reports linked measures that no branch promises together with another of them. It
// says nothing of a service with an opaque rule, whose promises are unknown.
func (l *linter) neverTogether(service *policy.Service, branches []branch) {
	if !l.isKnown(service.ID) {
		return
	}
	var alone []string
	for _, measure := range service.Linked {
		together := func(b branch) bool { return b.states(measure) && len(b.bundle(service.Linked)) > 1 }
		if !slices.ContainsFunc(branches, together) {
			alone = append(alone, measure)
		}
	}
	if len(alone) > 0 {
		l.add(Finding{
			Code: NeverTogether, Subject: service.ID, Pos: service.Pos,
			Message: fmt.Sprintf("no rule promises %s together with another of the linked measures", strings.Join(alone, " or ")),
		}, nil)
	}
}

// overlapOfBundles reports the elders to whom two branches promise bundles of which one is better.
// Where neither is better, answers show both.
func (l *linter) overlapOfBundles(service *policy.Service, a, b branch, both []box.Box) {
	linked := l.linked(service.ID)
	best, other := a.bundle(linked), b.bundle(linked)
	if other.AtLeast(best) {
		best, other = other, best
	}
	numbered := func(p, q policy.Promise) bool { return !p.Open() && !q.Open() }
	if best == nil || other == nil || !best.AtLeast(other) || other.AtLeast(best) || !best.Every(other, numbered) {
		return
	}
	f := Finding{Code: Overlap, Subject: service.ID}
	f.Pos, f.Related = l.places(a.Applied, b.Applied)
	f.Message = fmt.Sprintf("two %s promise linked measures to the same elders: %s, and %s; the former holds", kind(a, b),
		words.Bundle(l.space.Vocabulary, best, words.Names, nil), words.Bundle(l.space.Vocabulary, other, words.Names, nil))
	l.add(f, both)
}
