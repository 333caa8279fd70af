package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// choices looks for groups to choose from that leave nothing out: a member never promises its
// measure, or nobody has two members. What the lists above promise counts, too. Of a group with a
// service that has ended by the text, or not begun, nothing is said.
func (l *linter) choices() {
	for _, choice := range l.list.ChooseHigher {
		if !l.listed(servicesOf(choice)...) {
			continue
		}
		f := Finding{Code: IdleChoice, Subject: choice.Members[0].Service, Pos: choice.Pos}
		var promised [][]box.Box
		whole := true
		for _, m := range choice.Members {
			boxes := l.promising(m)
			if whole = whole && !l.own.Table.IsOpaque(m.Service); whole && len(boxes) == 0 {
				f.Subject, f.Message = m.Service, fmt.Sprintf("the choice has no effect: no rule promises %s of %s", m.Measure, m.Service)
				l.add(f, nil)
			}
			promised = append(promised, boxes)
		}
		if whole && f.Message == "" && !l.someHasTwo(promised) {
			f.Message = "the choice has no effect: no elder has two of " + strings.Join(servicesOf(choice), ", ")
			l.add(f, nil)
		}
	}
}

// overlappingChoices looks for groups of which one has a member of another and not all of them. In
// each group by itself the highest promise leaves out the others, be it left out itself: of
// A > B > C only A is paid when A and B are one group, and B and C another. Texts seldom mean that.
// Of two groups of which an elder can have no such three members nothing is said.
func (l *linter) overlappingChoices() {
	var before []*policy.ChooseHigher
	for _, above := range slices.Backward(l.own.Table.Layers[1:]) {
		before = append(before, above.List.ChooseHigher...)
	}
	for _, choice := range l.list.ChooseHigher {
		for _, other := range before {
			if common := l.shared(other, choice); common != nil {
				l.add(Finding{
					Code: OverlappingChoice, Subject: common.Service, Pos: choice.Pos, Related: other.Pos,
					Message: fmt.Sprintf("%s may lose in one of two groups and still exclude others in the second: "+
						"name the services in one group if only one of them is paid, or say in a reading that each group counts by itself", common.Service),
				}, nil)
				break
			}
		}
		before = append(before, choice)
	}
}

// amendedGroups reports the groups to choose from and the exclusions that an amendment adds. They
// may take away what the text gives, and a list below is then compared with what is left.
func (l *linter) amendedGroups() {
	report := func(subject string, pos policy.Position) {
		if pos.File != l.list.Pos.File {
			l.add(Finding{Code: AmendedGroup, Subject: subject, Pos: pos, Related: l.list.Pos, Message: "the amendment may take from what the text gives"}, nil)
		}
	}
	for _, choice := range l.list.ChooseHigher {
		report(choice.Members[0].Service, choice.Pos)
	}
	for _, e := range l.list.Excludes {
		for _, service := range e.Without {
			report(service, e.Pos)
		}
	}
}

// shared returns a member of two groups that an elder can have together with a member that only
// the one has, and one that only the other has. It returns nil when there is none.
func (l *linter) shared(one, other *policy.ChooseHigher) *policy.Member {
	for _, common := range one.Members {
		if !slices.Contains(other.Members, common) {
			continue
		}
		for _, a := range one.Members {
			for _, b := range other.Members {
				if !slices.Contains(other.Members, a) && !slices.Contains(one.Members, b) && l.someHasAll(a, common, b) {
					return &common
				}
			}
		}
	}
	return nil
}

// someHasAll reports whether an elder can be promised all of some members. Of an opaque service
// nobody knows, and it may be.
func (l *linter) someHasAll(members ...policy.Member) bool {
	region := []box.Box{{}}
	for _, m := range members {
		if l.own.Table.IsOpaque(m.Service) {
			continue
		}
		var both []box.Box
		for _, r := range region {
			for _, b := range l.promising(m) {
				if x, some := r.Intersect(b); some {
					both = append(both, x)
				}
			}
		}
		region = both
	}
	return slices.ContainsFunc(region, l.exists)
}

// listed reports whether each of some services is in the list on the day, or in one above it.
func (l *linter) listed(services ...string) bool {
	return !slices.ContainsFunc(services, func(id string) bool {
		return !slices.ContainsFunc(l.own.Table.Layers, func(of layer.Layer) bool { return of.List.Service(id) != nil })
	})
}

func servicesOf(choice *policy.ChooseHigher) []string {
	var ids []string
	for _, m := range choice.Members {
		ids = append(ids, m.Service)
	}
	return ids
}

// promising returns the boxes of the cases, of any layer, that promise a measure of a service.
func (l *linter) promising(m policy.Member) []box.Box {
	return table.Boxes(slices.DeleteFunc(slices.Clone(l.own.Table.Cases), func(c table.Case) bool {
		_, ok := c.Grant.Measures[m.Measure]
		return !ok || c.Grant.Service != m.Service || c.Grant.Discretionary
	}))
}

// someHasTwo reports whether an elder who can exist lies in boxes of two sets.
func (l *linter) someHasTwo(sets [][]box.Box) bool {
	for i, set := range sets {
		for _, other := range sets[i+1:] {
			for _, a := range set {
				for _, b := range other {
					if both, some := a.Intersect(b); some && l.exists(both) {
						return true
					}
				}
			}
		}
	}
	return false
}

// known returns a box restricted to elders of whom everything is known, and false when none of them
// can exist.
func (l *linter) known(b box.Box) (box.Box, bool) {
	known, some := l.own.Table.Known(b)
	return known, some && !box.Covered([]box.Box{known}, l.impossible, l.space.Values)
}

// exists reports whether an elder of a box can exist of whom everything is known.
func (l *linter) exists(b box.Box) bool {
	_, some := l.known(b)
	return some
}

// exclusions looks for exclusions that deny nobody anything, by the list's own rules or by those of
// a list that inherits them.
func (l *linter) exclusions() {
	for _, e := range l.list.Excludes {
		for _, service := range e.Without {
			opaque := l.own.Table.IsOpaque(e.Has) || l.own.Table.IsOpaque(service)
			denies := func(d table.Denied) bool {
				return d.By == e && d.Grant.Service == service && slices.ContainsFunc(d.Whom, l.exists)
			}
			if !opaque && l.listed(e.Has, service) && !slices.ContainsFunc(l.own.Table.Denied, denies) {
				l.add(Finding{
					Code: IdleExclusion, Subject: service, Pos: e.Pos,
					Message: fmt.Sprintf("the exclusion has no effect: nobody who has %s would get %s by this list", e.Has, service),
				}, nil)
			}
		}
	}
}
