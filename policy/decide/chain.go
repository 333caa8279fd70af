package decide

import (
	"cmp"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
)

// Chain is a set of choose-higher groups, each of which shares a member with another.
type Chain []*policy.ChooseHigher

// Chains returns the choose-higher groups of all layers, joined.
func Chains(layers []layer.Layer) []Chain {
	var chains []Chain
	for _, l := range layers {
		for _, group := range l.List.ChooseHigher {
			joined := Chain{group}
			var apart []Chain
			for _, c := range chains {
				if slices.ContainsFunc(group.Members, c.has) {
					joined = append(c, joined...)
				} else {
					apart = append(apart, c)
				}
			}
			chains = append(apart, joined)
		}
	}
	return chains
}

// Overlaps reports whether several members can be paid, because no group contains them all.
func (c Chain) Overlaps() bool {
	members := c.members()
	return !slices.ContainsFunc(c, func(g *policy.ChooseHigher) bool { return len(g.Members) == len(members) })
}

// Loosens reports whether the certain amounts of the members depend on all their promises, even on
// merely possible ones. That is so where several members can be paid, or where the one that is paid
// may not be monthly cash.
func (c Chain) Loosens(v *policy.Vocabulary) bool {
	other := func(m policy.Member) bool { return !IsMonthlyCash(v, m.Measure) }
	return c.Overlaps() || slices.ContainsFunc(c.members(), other)
}

// HasService reports whether a service is a member.
func (c Chain) HasService(id string) bool {
	return slices.ContainsFunc(c, func(g *policy.ChooseHigher) bool { return g.Measure(id) != "" })
}

// Services returns the services of the members, each once.
func (c Chain) Services() []string {
	var all []string
	for _, m := range c.members() {
		if !slices.Contains(all, m.Service) {
			all = append(all, m.Service)
		}
	}
	return all
}

func (c Chain) has(m policy.Member) bool {
	return slices.ContainsFunc(c, func(g *policy.ChooseHigher) bool { return slices.Contains(g.Members, m) })
}

// members returns the members of all groups, each once.
func (c Chain) members() []policy.Member {
	var all []policy.Member
	for _, g := range c {
		for _, m := range g.Members {
			if !slices.Contains(all, m) {
				all = append(all, m)
			}
		}
	}
	return all
}

// offer is what a member of a choice is promised.
type offer struct {
	policy.Member
	place   int             // among all offers, so that no two are equal
	least   *policy.Decimal // what is sure of it, nil for nothing
	most    *policy.Decimal // what it could be, nil when that has no number
	endless bool            // it could be any amount
	counts  bool            // its measure is one that is added up
}

// mayOutdo reports whether one promise may turn out to be paid instead of another. Of equal amounts
// the first in print is paid, and of a service's the first by its measure's name.
func (o *offer) mayOutdo(other *offer) bool {
	switch {
	case o.endless:
		return true
	case o.most == nil:
		return false
	}
	return other.least == nil || outdoes(*o.most, o.place, other)
}

// isAbove reports whether what is sure of one promise is paid instead of what is sure of another.
func (o *offer) isAbove(other *offer) bool {
	return o.least != nil && outdoes(*o.least, o.place, other)
}

func outdoes(amount policy.Decimal, place int, other *offer) bool {
	return cmp.Or(amount.Cmp(*other.least), cmp.Compare(other.place, place)) > 0
}

// choice is what an elder is promised, or could be, of everything that groups choose from.
type choice struct {
	groups []*policy.ChooseHigher
	offers []*offer // in printed order
}

// newChoice returns the choice of all layers. Adds says which measures are added up.
func newChoice(adds func(measure string) bool, layers []layer.Layer, entitled []Entitlement, possible []Possibility) *choice {
	c := &choice{}
	for _, l := range layers {
		c.groups = append(c.groups, l.List.ChooseHigher...)
	}
	for _, m := range Chain(c.groups).members() {
		o := offerOf(m, entitled, possible)
		o.place, o.counts = Place(layers, m.Service), adds(m.Measure)
		c.offers = append(c.offers, o)
	}
	slices.SortFunc(c.offers, func(a, b *offer) int { return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.Measure, b.Measure)) })
	for i, o := range c.offers { // a service may have several
		o.place = i
	}
	return c
}

// offerOf returns what a member is promised, and could be.
func offerOf(m policy.Member, entitled []Entitlement, possible []Possibility) *offer {
	o := &offer{Member: m}
	for _, e := range entitled {
		if e.Service != m.Service {
			continue
		}
		if p, ok := e.Promises[m.Measure]; ok {
			if o.raise(p); p.Sure() {
				o.least = p.Value
			}
		}
		o.raiseTo(e.UpTo, e.Note)
	}
	for _, p := range possible {
		if p.Service == m.Service && !p.Discretionary {
			o.raiseTo(p.UpTo, p.Note)
		}
	}
	return o
}

// raiseTo adds what missing attributes could make of an offer. A note says that they could make
// more of it.
func (o *offer) raiseTo(upTo map[string]policy.Promise, note string) {
	if p, ok := upTo[o.Measure]; ok {
		o.raise(p)
	}
	o.endless = o.endless || note != ""
}

func (o *offer) raise(p policy.Promise) {
	switch {
	case p.MayRise():
		o.endless = true
	case o.most == nil || p.Value.Cmp(*o.most) > 0:
		o.most = p.Value
	}
}

// heirs returns an offer and all that may turn out to be paid instead of it: what may outdo it,
// what may outdo that, and so on. Each of them may be higher than the first.
func (c *choice) heirs(of *offer) []*offer {
	heirs := []*offer{of}
	for i := 0; i < len(heirs); i++ {
		for _, o := range c.offers {
			if o.mayOutdo(of) && o.mayOutdo(heirs[i]) && c.group(o, heirs[i]) != nil && !slices.Contains(heirs, o) {
				heirs = append(heirs, o)
			}
		}
	}
	return heirs
}

// group returns the first group that has two offers, nil when none has.
func (c *choice) group(a, b *offer) *policy.ChooseHigher {
	for _, g := range c.groups {
		if slices.Contains(g.Members, a.Member) && slices.Contains(g.Members, b.Member) {
			return g
		}
	}
	return nil
}

// isSure reports whether the least of a promise counts in a total. Amounts turn out as they may,
// but then the promise is paid, or one of its heirs is, and no less. So it counts unless an heir
// counts for it, whose least is higher, or an heir is of a measure that is not added up.
//
// No two that count have an heir in common. Of any two one is above the other, be their leasts
// equal. From a common heir a way would lead back to the one above, as that may outdo all on the
// way to the heir: it would be an heir of the lower one.
func (c *choice) isSure(of *offer) bool {
	return !slices.ContainsFunc(c.heirs(of), func(o *offer) bool { return !o.counts || o.isAbove(of) })
}

// unsure returns the promises that a total must leave out, beside those that are left out anyway,
// because another may turn out to be higher: when missing attributes are known, or amounts that are
// floors or open.
func (c *choice) unsure(left []NotAdded) []*offer {
	var out []*offer
	for _, o := range c.offers {
		if o.counts && o.least != nil && !leaves(left, o.Service, o.Measure) && !c.isSure(o) {
			out = append(out, o)
		}
	}
	return out
}

// notAdded says that an offer is not added because another may be paid instead.
func (c *choice) notAdded(left *offer) NotAdded {
	favour := c.heirs(left)[1]
	g := c.group(left, favour)
	return NotAdded{
		Service: left.Service, Measure: left.Measure, InFavourOf: favour.Service, InFavourOfMeasure: favour.Measure, Possibly: true,
		Reason: g.Reason, Cite: Strings(g.Cite),
	}
}

// Unsure returns further promises that a total of some measures leaves out. [LeftOut] returns all
// but the highest of each group. Unsure returns those that may be lower than another, because an
// amount is a floor or open. It maps each of them to the promise that counts instead, or to one of
// a measure that is not added up.
func Unsure(layers []layer.Layer, entitled []Entitlement, left []NotAdded, adds func(measure string) bool) map[policy.Member]policy.Member {
	c := newChoice(adds, layers, entitled, nil)
	instead := map[policy.Member]policy.Member{}
	for _, o := range c.unsure(left) {
		heir := slices.MaxFunc(c.heirs(o), func(a, b *offer) int {
			switch {
			case a.counts != b.counts:
				return cmp.Compare(boolInt(b.counts), boolInt(a.counts))
			case a.least == nil || b.least == nil:
				return cmp.Compare(boolInt(a.least != nil), boolInt(b.least != nil))
			}
			return cmp.Or(a.least.Cmp(*b.least), cmp.Compare(b.place, a.place))
		})
		instead[o.Member] = heir.Member
	}
	return instead
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
