// Package decide composes what rules grant into a decision: the best of all layers, the totals, and
// what totals leave out.
package decide

import (
	"cmp"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

// Held is a rule that holds for an elder, with what it grants.
type Held struct {
	Layer   int // 0 for the jurisdiction's own list
	Applied layer.Applied
	Grant   rules.Grant
}

// Award is what an elder gets of one service: the best promise of each measure among all rules that
// hold.
type Award struct {
	Service       string
	Discretionary bool
	Certain       bool // true when it holds for every completion of the missing attributes, false when only for some
	Layer         int  // the nearest layer that grants the service
	Applied       layer.Applied
	Promises      map[string]policy.Promise
	UpTo          map[string]policy.Promise // what missing attributes could still add or raise
	Linked        []string                  // measures that belong together
	// promises of linked measures where there are several; none of them is in Promises then
	Bundles     []policy.Bundle
	UpToBundles []policy.Bundle // what missing attributes could still add to linked measures
	Needs       []string        // the attributes that together settle it, when it is not certain
	SettledBy   [][]string      // the smallest sets of attributes that may settle it on their own
	Note        string          // what limits the answer
}

// Awards joins the rules that hold into one award for each service.
func Awards(layers []layer.Layer, held []Held) []Award {
	type key struct {
		service       string
		discretionary bool
	}
	found := map[key]int{}
	var awards []Award
	for _, h := range held {
		k := key{h.Grant.Service, h.Grant.Discretionary}
		i, ok := found[k]
		if !ok {
			i = len(awards)
			found[k] = i
			awards = append(awards, Award{
				Service: k.service, Discretionary: k.discretionary, Certain: true, Layer: h.Layer, Applied: h.Applied,
				Promises: map[string]policy.Promise{}, Linked: layer.Linked(layers, k.service),
			})
		}
		awards[i].join(layers, h)
		if h.Grant.Measures = h.Raised(held, awards[i].Linked); h.Grant.Measures != nil {
			awards[i].join(layers, h)
		}
	}
	for i := range awards {
		awards[i].Keep(awards[i].Bundles)
	}
	return awards
}

// InAll returns the awards that are in each of several answers, with the worst promise of each
// measure that all of them have.
func InAll(answers [][]Award) []Award {
	common := slices.Clone(answers[0])
	for i := range common {
		common[i].Promises = maps.Clone(common[i].Promises)
	}
	for _, answer := range answers[1:] {
		var in []Award
		for _, a := range common {
			i := slices.IndexFunc(answer, func(b Award) bool { return a.Service == b.Service && a.Discretionary == b.Discretionary })
			if i >= 0 {
				a.worsen(answer[i])
				in = append(in, a)
			}
		}
		common = in
	}
	return common
}

// worsen removes from the promises what another award does not promise as well.
func (a *Award) worsen(b Award) {
	bundles := a.inBoth(b)
	for measure, p := range a.Promises {
		q, ok := b.Promises[measure]
		switch {
		case !ok, slices.Contains(a.Linked, measure):
			delete(a.Promises, measure)
		case q.Compare(p) < 0:
			a.Promises[measure] = q
		}
	}
	a.Keep(bundles)
}

func (a *Award) join(layers []layer.Layer, h Held) {
	if h.Layer < a.Layer {
		a.Layer, a.Applied = h.Layer, h.Applied
	}
	bundle := policy.Bundle{}
	for measure, p := range h.Grant.Measures {
		p.List = layers[h.Layer].List.Jurisdiction.ID
		if slices.Contains(a.Linked, measure) {
			bundle[measure] = p
		} else if best, ok := a.Promises[measure]; !ok || p.Compare(best) > 0 {
			a.Promises[measure] = p
		}
	}
	if len(bundle) > 0 {
		a.Bundles = append(a.Bundles, bundle)
	}
}

// Decision tells what one elder is owed in one jurisdiction on one day. Its entitlements and
// possibilities point to data that many decisions share and that must not be changed.
type Decision struct {
	ID            string        `json:"id,omitempty"`
	Jurisdiction  string        `json:"jurisdiction"`
	On            policy.Date   `json:"on"`
	Entitled      []Entitlement `json:"entitled"`
	Possible      []Possibility `json:"possible"`
	Discretionary []Entitlement `json:"discretionary"`
	MonthlyCNY    Total         `json:"monthly_cny"`
	// Digest identifies the lists and rules that the decision came from.
	Digest string `json:"digest"`
	// Notes concern the whole decision, such as an input that lies outside the jurisdiction. They
	// name inputs, never values.
	Notes []string `json:"notes,omitempty"`
}

// Entitlement is a service that the elder certainly has. Decisions that grant the same share it.
type Entitlement struct{ *Granted }

// Granted is the data of an [Entitlement].
type Granted struct {
	Service  string                    `json:"service"`
	Name     string                    `json:"name"` // as the list prints it
	Item     string                    `json:"item"`
	List     string                    `json:"list"` // the jurisdiction whose list grants it; the nearest of several
	Access   policy.Access             `json:"access"`
	Promises map[string]policy.Promise `json:"promises"` // by measure
	// Bundles are promises of linked measures, when none of them is at least as good as another in
	// every measure. Each is promised as a whole, and its measures are not in Promises. A single
	// bundle stands among the promises instead.
	Bundles []policy.Bundle `json:"bundles,omitempty"`
	// UpTo is what missing attributes could still add or raise, by measure. It is empty when no
	// missing attribute matters.
	UpTo map[string]policy.Promise `json:"up_to,omitempty"`
	// UpToBundles is what they could add of linked measures. It is empty when that is one bundle
	// that outdoes all certain ones.
	UpToBundles []policy.Bundle `json:"up_to_bundles,omitempty"`
	// Needs are the attributes that settle UpTo and UpToBundles.
	Needs []string `json:"needs,omitempty"`
	Cite  []string `json:"cite"`
	// Note says what limits the answer: UpTo may leave something out.
	Note string `json:"note,omitempty"`
	// Linked names the measures of the service that belong together.
	Linked []string `json:"-"`
}

// Possibility is a service that the elder has for some values of missing attributes. Decisions on
// elders who agree in what matters share it.
type Possibility struct{ *Unsettled }

// Unsettled is the data of a [Possibility].
type Unsettled struct {
	Service       string   `json:"service"`
	Name          string   `json:"name"`
	Item          string   `json:"item"`
	List          string   `json:"list"`
	Discretionary bool     `json:"discretionary,omitempty"`
	Needs         []string `json:"needs"` // the attributes that settle it
	// the smallest sets of them that suffice, given the right values
	SettledBy [][]string                `json:"settled_by,omitempty"`
	UpTo      map[string]policy.Promise `json:"up_to,omitempty"` // the best that it could be
	// UpToBundles are the best bundles of linked measures that it could be, where there are
	// several.
	UpToBundles []policy.Bundle `json:"up_to_bundles,omitempty"`
	Cite        []string        `json:"cite"`
	Note        string          `json:"note,omitempty"`
	// Linked names the measures of the service that belong together.
	Linked []string `json:"-"`
}

// Total is the sum of the monthly cash promises, in yuan a month. Open names the services with a
// monthly amount that has no number. The sum is a floor then, and also while missing attributes
// could add to it.
type Total struct {
	Bound    policy.Bound   `json:"bound"`
	Value    policy.Decimal `json:"value"`
	Open     []string       `json:"open"`
	NotAdded []NotAdded     `json:"not_added,omitempty"`
}

// NotAdded is a promise left out of a total because another one is or may be higher.
type NotAdded struct {
	Service           string `json:"service"`
	InFavourOf        string `json:"in_favour_of"` // the service with the higher promise
	Measure           string `json:"measure"`
	InFavourOfMeasure string `json:"in_favour_of_measure"`
	// Possibly tells that the other one may be higher: missing attributes decide, or an amount that is
	// a floor or open.
	Possibly bool     `json:"possibly,omitempty"`
	Reason   string   `json:"reason"`
	Cite     []string `json:"cite"`
}

// Compose makes a decision from awards. The layers are those of the jurisdiction, its own first.
func Compose(v *policy.Vocabulary, layers []layer.Layer, awards []Award) *Decision {
	d := &Decision{
		Jurisdiction: layers[0].List.Jurisdiction.ID,
		Entitled:     []Entitlement{}, Possible: []Possibility{}, Discretionary: []Entitlement{},
	}
	slices.SortStableFunc(awards, func(a, b Award) int {
		return cmp.Compare(Place(layers, a.Service), Place(layers, b.Service))
	})
	for _, a := range awards {
		switch {
		case !a.Certain:
			d.Possible = append(d.Possible, NewPossibility(layers, a))
		case a.Discretionary:
			d.Discretionary = append(d.Discretionary, NewEntitlement(layers, a))
		default:
			d.Entitled = append(d.Entitled, NewEntitlement(layers, a))
		}
	}
	d.Entitled, d.Possible, d.Discretionary = slices.Clip(d.Entitled), slices.Clip(d.Possible), slices.Clip(d.Discretionary)
	d.MonthlyCNY = MonthlyCash(v, layers, d.Entitled, d.Possible).Total()
	return d
}

// Own replaces the elements of a decision's lists, which other decisions share, with copies. The
// promises and citations in them stay shared. The lists of entitlements and possibilities must
// already be the decision's own.
func (d *Decision) Own() {
	if d == nil {
		return
	}
	granted := make([]Granted, 0, len(d.Entitled)+len(d.Discretionary))
	for _, list := range [][]Entitlement{d.Entitled, d.Discretionary} {
		for i := range list {
			granted = append(granted, *list[i].Granted)
			list[i].Granted = &granted[len(granted)-1]
		}
	}
	unsettled := make([]Unsettled, 0, len(d.Possible))
	for i := range d.Possible {
		unsettled = append(unsettled, *d.Possible[i].Unsettled)
		d.Possible[i].Unsettled = &unsettled[i]
	}
	d.MonthlyCNY.Open, d.MonthlyCNY.NotAdded = slices.Clone(d.MonthlyCNY.Open), slices.Clone(d.MonthlyCNY.NotAdded)
}

// Cash is the monthly cash of some services of a decision, as a part of its total. Parts can be
// added up if their services have no choose-higher group in common.
type Cash struct {
	Sum     Total
	Counted bool // true for a promise even if its amount is open
}

// MonthlyCash returns the monthly cash that services bring, whatever the values of the missing
// attributes.
func MonthlyCash(v *policy.Vocabulary, layers []layer.Layer, entitled []Entitlement, possible []Possibility) Cash {
	left := LeftOut(layers, entitled)
	choice := newChoice(func(measure string) bool { return IsMonthlyCash(v, measure) }, layers, entitled, possible)
	unsure := choice.unsure(left)
	for _, o := range unsure {
		left = append(left, choice.notAdded(o))
	}
	c := total(v, entitled, left)
	if len(unsure) > 0 || mayRise(v, entitled, possible) {
		c.Sum.Bound = policy.AtLeast
	}
	return c
}

// Total returns the total of a decision whose only cash this is.
func (c Cash) Total() Total {
	if !c.Counted {
		c.Sum.Bound = policy.AtLeast
	}
	return c.Sum
}

// mayRise reports whether missing attributes could add to the monthly cash.
func mayRise(v *policy.Vocabulary, entitled []Entitlement, possible []Possibility) bool {
	monthly := func(promises map[string]policy.Promise) bool {
		for measure := range promises {
			if IsMonthlyCash(v, measure) {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(entitled, func(e Entitlement) bool { return monthly(e.UpTo) || e.Note != "" }) ||
		slices.ContainsFunc(possible, func(p Possibility) bool { return !p.Discretionary && (monthly(p.UpTo) || p.Note != "") })
}

// IsMonthlyCash reports whether a measure is cash paid each month.
func IsMonthlyCash(v *policy.Vocabulary, measure string) bool {
	m := v.Measure(measure)
	return m != nil && m.Monthly()
}

// Place returns the place of a service in a decision. The services of the jurisdiction's own list
// come first, in printed order. Those that only lists above have follow.
func Place(layers []layer.Layer, service string) int {
	before := 0
	for _, l := range layers {
		for i, s := range l.List.Services {
			if s.ID == service {
				return before + i
			}
		}
		before += len(l.List.Services)
	}
	return before
}

// NewEntitlement returns the entitlement to the certain part of an award.
func NewEntitlement(layers []layer.Layer, a Award) Entitlement {
	l := layers[a.Layer].List
	return Entitlement{&Granted{
		Service: a.Service, Name: a.Applied.Service.Name, Item: a.Applied.Service.Item, List: l.Jurisdiction.ID,
		Access: a.Applied.Service.Access, Promises: foreign(a.Promises, l.Jurisdiction.ID),
		Bundles: foreignBundles(a.Bundles, l.Jurisdiction.ID), UpToBundles: foreignBundles(a.UpToBundles, l.Jurisdiction.ID),
		UpTo: foreign(a.UpTo, l.Jurisdiction.ID), Needs: a.Needs, Cite: Strings(a.Applied.Service.Cite), Note: a.Note,
		Linked: a.Linked,
	}}
}

// foreign returns the promises with List kept only where it is another list's.
func foreign(promises map[string]policy.Promise, list string) map[string]policy.Promise {
	if promises == nil {
		return nil
	}
	out := make(map[string]policy.Promise, len(promises))
	for measure, p := range promises {
		if p.List == list {
			p.List = ""
		}
		out[measure] = p
	}
	return out
}

// NewPossibility returns the possibility of the uncertain part of an award.
func NewPossibility(layers []layer.Layer, a Award) Possibility {
	l := layers[a.Layer].List
	return Possibility{&Unsettled{
		Service: a.Service, Name: a.Applied.Service.Name, Item: a.Applied.Service.Item, List: l.Jurisdiction.ID,
		Discretionary: a.Discretionary, Needs: a.Needs, SettledBy: a.SettledBy,
		UpTo: foreign(a.UpTo, l.Jurisdiction.ID), UpToBundles: foreignBundles(a.UpToBundles, l.Jurisdiction.ID),
		Cite: Strings(a.Applied.Service.Cite), Note: a.Note, Linked: a.Linked,
	}}
}

// Strings returns the citations as text, in the form that officials use.
func Strings(cite []policy.Citation) []string {
	out := make([]string, len(cite))
	for i, c := range cite {
		out[i] = c.String()
	}
	return out
}

// total adds up the monthly cash promises without those that are left out.
func total(v *policy.Vocabulary, entitled []Entitlement, left []NotAdded) Cash {
	t := Total{Bound: policy.Exactly, Open: []string{}, NotAdded: left}
	counted := false
	for _, e := range entitled {
		open := false
		for _, measure := range slices.Sorted(maps.Keys(e.Promises)) {
			if !IsMonthlyCash(v, measure) {
				continue
			}
			p := e.Promises[measure]
			if p.Bound != policy.Exactly { // also for what is left out: it may turn out to be the higher
				t.Bound = policy.AtLeast
			}
			if leaves(t.NotAdded, e.Service, measure) {
				continue
			}
			counted = true
			if p.Open() || p.Bound == policy.AtMost { // no number is sure to be paid
				open = true
				continue
			}
			t.Value = t.Value.Add(*p.Value)
		}
		if open {
			t.Open = append(t.Open, e.Service)
		}
	}
	return Cash{t, counted}
}

// LeftOut returns the promises, of any measure, that choose-higher groups leave out: in each group
// all but the highest.
func LeftOut(layers []layer.Layer, entitled []Entitlement) []NotAdded {
	var left []NotAdded
	for _, l := range layers {
		for _, group := range l.List.ChooseHigher {
			left = append(left, choose(group, entitled, left)...)
		}
	}
	return left
}

// Order returns a number that puts what totals leave out in the order of a total: by the group that
// leaves it out, and then what is possibly not paid, by its service.
func (n NotAdded) Order(layers []layer.Layer) int {
	groups := 0
	for _, l := range layers {
		for _, g := range l.List.ChooseHigher {
			both := slices.Contains(g.Members, policy.Member{Service: n.Service, Measure: n.Measure}) &&
				slices.Contains(g.Members, policy.Member{Service: n.InFavourOf, Measure: n.InFavourOfMeasure})
			if both && !n.Possibly {
				return groups
			}
			groups++
		}
	}
	return groups + Place(layers, n.Service)
}

// leaves reports whether the promise of a measure of a service is among what is left out.
func leaves(left []NotAdded, service, measure string) bool {
	return slices.ContainsFunc(left, func(n NotAdded) bool { return n.Service == service && n.Measure == measure })
}

// choose returns all but the highest promise of a choose-higher group, without those that an
// earlier group has left out. Of equal amounts the first in print is the highest.
func choose(group *policy.ChooseHigher, entitled []Entitlement, before []NotAdded) []NotAdded {
	var members []Entitlement
	for _, e := range entitled {
		if _, promised := e.Promises[group.Measure(e.Service)]; promised {
			members = append(members, e)
		}
	}
	if len(members) < 2 {
		return nil
	}
	best := slices.MaxFunc(members, func(a, b Entitlement) int {
		return a.Promises[group.Measure(a.Service)].CompareAmounts(b.Promises[group.Measure(b.Service)])
	})
	var left []NotAdded
	for _, e := range members {
		measure := group.Measure(e.Service)
		if e.Service == best.Service || leaves(before, e.Service, measure) {
			continue
		}
		left = append(left, NotAdded{
			Service: e.Service, Measure: measure, InFavourOf: best.Service, InFavourOfMeasure: group.Measure(best.Service),
			Reason: group.Reason, Cite: Strings(group.Cite),
		})
	}
	return left
}
