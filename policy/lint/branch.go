package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// branch is what a rule grants with one and the same promise, and to whom.
type branch struct {
	layer.Applied
	grant rules.Grant
	boxes []box.Box // those who can exist; empty when nobody reaches the branch
	tier  bool      // true when the rule has other branches
}

// branchesOf returns the branches of a rule that the list declares. It returns none when the rule
// is opaque.
func (l *linter) branchesOf(a layer.Applied) []branch {
	var of []branch
	take := func(g rules.Grant, boxes ...box.Box) {
		i := slices.IndexFunc(of, func(b branch) bool { return maps.EqualFunc(b.grant.Measures, g.Measures, policy.Promise.Same) })
		if i < 0 {
			i = len(of)
			of = append(of, branch{Applied: a, grant: g})
		}
		of[i].boxes = append(of[i].boxes, boxes...)
	}
	for _, c := range l.own.Table.Cases {
		if c.Layer != 0 || c.Rule != a.Rule {
			continue
		}
		if b, some := l.known(c.Box); some {
			take(c.Grant, b)
		} else {
			take(c.Grant)
		}
	}
	for _, u := range l.own.Table.Unreached {
		if u.Layer == 0 && u.Applied.Rule == a.Rule {
			take(u.Grant)
		}
	}
	for i := range of {
		of[i].tier = len(of) > 1
	}
	return of
}

func (b branch) dead() bool { return len(b.boxes) == 0 }

// reached returns the branches of a service that somebody reaches, in the order of the rules.
func (l *linter) reached(service string, discretionary bool) []branch {
	var of []branch
	for _, branches := range l.branches {
		for _, b := range branches {
			if b.Service.ID == service && b.Discretionary == discretionary && !b.dead() {
				of = append(of, b)
			}
		}
	}
	return of
}

// name returns "the branch". When the rule has several, it says which one: "the tier of monthly_cny
// at least 50 yuan".
func (l *linter) name(b branch) string {
	if !b.tier {
		return "the branch"
	}
	var promises []string
	for _, measure := range slices.Sorted(maps.Keys(b.grant.Measures)) {
		promises = append(promises, words.Promise(l.space.Vocabulary.Measure(measure), b.grant.Measures[measure], words.Names, nil))
	}
	return "the tier of " + cmp.Or(strings.Join(promises, ", "), "no amount")
}

// figure returns an amount as findings write it: "at least 50 yuan".
func (l *linter) figure(measure string, p policy.Promise) string {
	return words.Figure(p, l.space.Vocabulary.Measure(measure).Unit, words.Names, nil)
}

// deadConditions reports conditions that no value meets.
func (l *linter) deadConditions() {
	reported := map[policy.Position]bool{}
	for _, d := range l.own.Table.Dead {
		if l.wrote(d.Applied) && !l.awaits(d.Applied) && !reported[d.Condition.Pos] {
			reported[d.Condition.Pos] = true
			l.add(Finding{
				Code: DeadBranch, Subject: d.Applied.Service.ID, Pos: d.Condition.Pos,
				Message: fmt.Sprintf("no value of %s meets the condition on it", l.space.Axes[d.Condition.Attribute].Attribute.Name),
			}, nil)
		}
	}
}

// deadBranches reports rules that nobody reaches, and tiers that nobody reaches in other rules.
func (l *linter) deadBranches() {
	for i, a := range l.own.Table.Layers[0].Rules {
		if !l.owns(a) || l.isOpaque(a) || l.awaits(a) {
			continue
		}
		f := Finding{Code: DeadBranch, Subject: a.Service.ID, Message: "no elder can meet all conditions of the branch"}
		f.Pos, f.Related = l.place(a)
		if !slices.ContainsFunc(l.branches[i], func(b branch) bool { return !b.dead() }) {
			l.add(f, nil)
			continue
		}
		for _, b := range l.branches[i] {
			if b.dead() {
				f.Message = "no elder can meet all conditions of " + l.name(b)
				l.add(f, nil)
			}
		}
	}
}

// redundant reports branches that add nothing to the others and to those of more. When either of
// two branches makes the other needless, it reports the later one.
func (l *linter) redundant(branches, more []branch) {
	others := slices.Concat(more, branches)
	for i := len(others) - 1; i >= len(more); i-- {
		b := others[i]
		rest := slices.Delete(slices.Clone(others), i, i+1)
		if !l.owns(b.Applied) || !l.addsNothing(b, rest) {
			continue
		}
		others = rest
		f := Finding{Code: RedundantBranch, Subject: b.Service.ID}
		f.Pos, f.Related = l.place(b.Applied)
		f.Message = "other branches promise as much to everybody whom " + l.name(b) + " reaches"
		l.add(f, b.boxes)
	}
}

// addsNothing reports whether other branches grant the service, and promise as much of each
// measure, to everybody in a branch.
func (l *linter) addsNothing(b branch, others []branch) bool {
	region := l.possible(b.boxes)
	covered := func(asMuch func(branch) bool) bool {
		var boxes []box.Box
		for _, o := range others {
			if asMuch(o) {
				boxes = append(boxes, o.boxes...)
			}
		}
		return box.Covered(region, boxes, l.space.Values)
	}
	linked := l.linked(b.grant.Service)
	if together := b.bundle(linked); together != nil && !covered(func(o branch) bool { return o.bundle(linked).AtLeast(together) }) {
		return false
	}
	for measure, want := range b.grant.Measures {
		if !slices.Contains(linked, measure) && !covered(func(o branch) bool {
			have, ok := o.grant.Measures[measure]
			return ok && have.Compare(want) >= 0
		}) {
			return false
		}
	}
	return covered(func(branch) bool { return true })
}

// overlaps compares each pair of branches of a service.
func (l *linter) overlaps(service *policy.Service, branches []branch) {
	for i, a := range branches {
		for _, b := range branches[i+1:] {
			if l.owns(a.Applied) || l.owns(b.Applied) {
				l.overlap(service, a, b)
			}
		}
	}
}

// overlap reports the elders to whom two branches promise different numbers of one measure. An open
// amount is not a different number: lists state it first and add numbers for some elders.
func (l *linter) overlap(service *policy.Service, a, b branch) {
	both := common(a.boxes, b.boxes)
	if box.Covered(both, l.impossible, l.space.Values) {
		return
	}
	l.overlapOfBundles(service, a, b, both)
	linked := l.linked(service.ID)
	for _, measure := range slices.Sorted(maps.Keys(a.grant.Measures)) {
		p, promised := a.grant.Measures[measure]
		q, alsoPromised := b.grant.Measures[measure]
		if slices.Contains(linked, measure) || !promised || !alsoPromised || p.Open() || q.Open() || p.Compare(q) == 0 {
			continue
		}
		f := Finding{Code: Overlap, Subject: service.ID}
		f.Pos, f.Related = l.places(a.Applied, b.Applied)
		f.Message = fmt.Sprintf("two %s promise %s to the same elders: %s", kind(a, b), measure, l.conflict(measure, p, q))
		l.add(f, both)
	}
}

// kind says what two overlapping branches are.
func kind(a, b branch) string {
	if a.Rule == b.Rule {
		return "tiers of the rule"
	}
	return "branches"
}

// places returns the places for a finding on two rules: first the later one that the list wrote,
// then the other.
func (l *linter) places(a, b layer.Applied) (pos, related policy.Position) {
	switch {
	case a.Rule == b.Rule:
		return l.place(a)
	case l.wrote(b):
		return b.Pos, a.Pos
	case l.wrote(a):
		return a.Pos, b.Pos
	}
	return l.place(b)
}

// conflict says what is promised twice, and which of the two holds: "50 and 100; the higher holds".
func (l *linter) conflict(measure string, p, q policy.Promise) string {
	if p.Bound == q.Bound {
		return fmt.Sprintf("%s and %s; the higher holds", p.Value, q.Value)
	}
	best := slices.MaxFunc([]policy.Promise{p, q}, policy.Promise.Compare)
	return fmt.Sprintf("%s and %s; %s holds", l.figure(measure, p), l.figure(measure, q), l.figure(measure, best))
}

// common returns the common part of two regions.
func common(region, other []box.Box) []box.Box {
	var both []box.Box
	for _, a := range region {
		for _, b := range other {
			if c, some := a.Intersect(b); some {
				both = append(both, c)
			}
		}
	}
	return both
}
