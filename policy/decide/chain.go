package decide

import (
	"cmp"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
)

// Chain is the choose-higher groups that members in common join.
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

// Overlaps reports whether groups overlap so that several members can be paid: no group has them
// all.
func (c Chain) Overlaps() bool {
	members := c.members()
	return !slices.ContainsFunc(c, func(g *policy.ChooseHigher) bool { return len(g.Members) == len(members) })
}

// Loosens reports whether a promise that is merely possible can take from the certain cash of the
// chain's members: several can be paid, or what is paid instead may not be monthly cash.
func (c Chain) Loosens(v *policy.Vocabulary) bool {
	other := func(m policy.Member) bool { return !IsMonthlyCash(v, m.Measure) }
	return c.Overlaps() || slices.ContainsFunc(c.members(), other)
}

// HasService reports whether a service is a member.
func (c Chain) HasService(id string) bool {
	return slices.ContainsFunc(c, func(g *policy.ChooseHigher) bool { return g.Measure(id) != "" })
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

// offer is what a member of a chain is promised.
type offer struct {
	policy.Member
	place   int
	certain *policy.Promise // nil for nothing
	most    *policy.Promise // what missing attributes could make of it, nil when they could not
	endless bool            // it is not known how much they could make of it
	counted bool            // certain is monthly cash with a number, and no choice leaves it out
}

// mayOutdo reports whether missing attributes could make one promise be paid instead of the certain
// one of another.
func (o *offer) mayOutdo(other *offer) bool {
	return o.Service != other.Service && (o.endless || o.most != nil && outdoes(*o.most, o.place, other))
}

// outdoes reports whether a promise is paid instead of the certain one of a member. Of equal
// promises the first in print is.
func outdoes(p policy.Promise, place int, other *offer) bool {
	return cmp.Or(p.Compare(*other.certain), cmp.Compare(other.place, place)) > 0
}

// unsure returns the certain cash promises that a total must leave out because missing attributes
// may raise another promise above them.
func unsure(v *policy.Vocabulary, layers []layer.Layer, entitled []Entitlement, possible []Possibility, left []NotAdded) []NotAdded {
	var out []NotAdded
	for _, c := range Chains(layers) {
		if !c.Loosens(v) {
			continue
		}
		var offers []*offer
		for _, m := range c.members() {
			o := offerOf(m, entitled, possible)
			o.place = Place(layers, m.Service)
			o.counted = o.certain != nil && o.certain.Sure() && IsMonthlyCash(v, m.Measure) && !leaves(left, m.Service, m.Measure)
			offers = append(offers, o)
		}
		out = append(out, c.unsure(v, offers)...)
	}
	return out
}

// offerOf returns what a member is promised, and could be.
func offerOf(m policy.Member, entitled []Entitlement, possible []Possibility) *offer {
	o := &offer{Member: m}
	raise := func(upTo map[string]policy.Promise, note string) {
		if p, ok := upTo[m.Measure]; ok && (o.most == nil || p.Compare(*o.most) > 0) {
			o.most = &p
		}
		o.endless = o.endless || note != ""
	}
	for _, e := range entitled {
		if e.Service == m.Service {
			if p, ok := e.Promises[m.Measure]; ok {
				o.certain = &p
			}
			raise(e.UpTo, e.Note)
		}
	}
	for _, p := range possible {
		if p.Service == m.Service && !p.Discretionary {
			raise(p.UpTo, p.Note)
		}
	}
	return o
}

// unsure returns what the total leaves out of a chain. Where nothing may outdo what is counted,
// that is paid whatever else comes, and nothing is left out. Otherwise what is sure is:
//
//   - What is counted, may not be outdone and cannot rise: it is paid, and no more than it.
//   - The highest of the other counted ones, as a floor, when it is higher than all of those. It is
//     paid, or what outdoes it is, or what outdoes that, and so on to a promise that nothing
//     outdoes. That is at least as high, and so none of those before.
//
// The highest is no floor where a promise that is not monthly cash may be higher: that may be what
// is paid in the end. What lies between the certain and the most is not told, so that no more is
// sure: a promise may outdo two and be hardly more than the higher of them.
func (c Chain) unsure(v *policy.Vocabulary, offers []*offer) []NotAdded {
	var fixed, loose []*offer
	var highest *offer
	outdone := map[*offer]NotAdded{}
	for _, o := range offers {
		if !o.counted {
			continue
		}
		n, may := c.outdone(o, offers)
		if may {
			outdone[o] = n
		}
		if !may && o.most == nil && !o.endless {
			fixed = append(fixed, o)
			continue
		}
		loose = append(loose, o)
		if highest == nil || outdoes(*o.certain, o.place, highest) {
			highest = o
		}
	}
	if len(outdone) == 0 {
		return nil
	}
	kept := highest
	if !highest.isFloor(v, offers, fixed) {
		kept = nil
	}
	var out []NotAdded
	for _, o := range loose {
		if n, may := outdone[o]; may && o != kept {
			out = append(out, n)
		} else if o != kept { // what leaves out the highest may be its own rise
			out = append(out, notAdded(c.groupOf(o), o.Member, highest.Member))
		}
	}
	return out
}

// outdone returns what missing attributes could make be paid instead of a counted promise, if
// anything.
func (c Chain) outdone(o *offer, offers []*offer) (NotAdded, bool) {
	for _, g := range c {
		if !slices.Contains(g.Members, o.Member) {
			continue
		}
		for _, other := range offers {
			if slices.Contains(g.Members, other.Member) && other.mayOutdo(o) {
				return notAdded(g, o.Member, other.Member), true
			}
		}
	}
	return NotAdded{}, false
}

// isFloor reports whether the highest of what may be outdone is a floor beside what is fixed.
func (o *offer) isFloor(v *policy.Vocabulary, offers, fixed []*offer) bool {
	higher := func(f *offer) bool { return outdoes(*f.certain, f.place, o) }
	otherwise := func(p *offer) bool {
		return !IsMonthlyCash(v, p.Measure) && (p.mayOutdo(o) || p.certain != nil && higher(p))
	}
	return !slices.ContainsFunc(fixed, higher) && !slices.ContainsFunc(offers, otherwise)
}

// groupOf returns the first group that has a member.
func (c Chain) groupOf(o *offer) *policy.ChooseHigher {
	return c[slices.IndexFunc(c, func(g *policy.ChooseHigher) bool { return slices.Contains(g.Members, o.Member) })]
}

// notAdded says that one member is not added because another may be paid instead.
func notAdded(g *policy.ChooseHigher, left, favour policy.Member) NotAdded {
	return NotAdded{
		Service: left.Service, Measure: left.Measure, InFavourOf: favour.Service, InFavourOfMeasure: favour.Measure, Possibly: true,
		Reason: g.Reason, Cite: Strings(g.Cite),
	}
}
