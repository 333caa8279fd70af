package ruleset

import (
	"slices"

	"github.com/basic-eldercare/eldercare/internal/own"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// Offer is what one list offers of a service, or all lists of a jurisdiction together: every
// promise that somebody could have.
type Offer struct {
	Service     string        `json:"service"`
	Item        string        `json:"item"`
	Name        string        `json:"name"`
	List        string        `json:"list"` // the nearest that has the service
	Group       string        `json:"group"`
	Type        string        `json:"type"`
	Departments []string      `json:"departments"`
	Spending    string        `json:"spending,omitempty"`
	Access      policy.Access `json:"access"`
	Inherits    bool          `json:"inherits,omitempty"`
	// Promises are the promises of each measure, from the least to the best. The rules say which
	// one an elder has. When there are none, the offer is the service itself. Discretionary is nil
	// when nothing is discretionary.
	Promises      map[string][]policy.Promise `json:"promises"`
	Discretionary map[string][]policy.Promise `json:"discretionary,omitzero"`
	// Linked names measures that belong together. They are not among Promises. Bundles holds what
	// single rules promise of them, those best in the first measure first.
	Linked               []string        `json:"linked,omitempty"`
	Bundles              []policy.Bundle `json:"bundles,omitempty"`
	DiscretionaryBundles []policy.Bundle `json:"discretionary_bundles,omitempty"`
	// Payments holds the calendars by which the service is paid: first the calendar of the service,
	// then those of single measures. It is empty when no list has one.
	Payments []OfferPayment `json:"payments,omitempty"`
	Opaque   bool           `json:"opaque,omitempty"` // a rule could not be read for promises
	Cite     []string       `json:"cite"`
	Readings []OfferReading `json:"readings,omitempty"`

	Citations []policy.Citation `json:"-"`
}

// OfferPayment is the calendar of a service, or of one measure of it.
type OfferPayment struct {
	Measure string `json:"measure,omitempty"` // empty for all that has no calendar of its own
	*policy.Payment
}

// OfferReading is a choice made where the text is ambiguous.
type OfferReading struct {
	Question string   `json:"question"`
	Answer   string   `json:"answer"`
	Why      string   `json:"why"`
	Cite     []string `json:"cite"`

	Citations []policy.Citation `json:"-"`
}

// Listed returns the ids of all services of the jurisdiction's list, and then those that only lists
// above have, each once and in printed order.
func (r *Ruleset) Listed() []string {
	if !r.compiled() {
		return nil
	}
	var ids []string
	for _, l := range r.Table.Layers {
		for _, s := range l.List.Services {
			if !slices.Contains(ids, s.ID) {
				ids = append(ids, s.ID)
			}
		}
	}
	return ids
}

// DeclaredOffers returns what the jurisdiction's own list offers, in printed order. The offers and
// all that they point to belong to the caller.
func (r *Ruleset) DeclaredOffers() []Offer {
	if !r.compiled() {
		return nil
	}
	return own.Copy(offersOf(r.Table, r.Table.Layers[:1]))
}

// EffectiveOffers returns what residents are owed: what the jurisdiction's own list offers, and
// what lists above offer beyond it. Services that only lists above have come last. The offers and
// all that they point to belong to the caller.
func (r *Ruleset) EffectiveOffers() []Offer {
	if !r.compiled() {
		return nil
	}
	return own.Copy(offersOf(r.Table, r.Table.Layers))
}

func offersOf(t *table.Table, layers []layer.Layer) []Offer {
	var offers []Offer
	for n, l := range layers {
		for _, s := range l.List.Services {
			if slices.ContainsFunc(offers, func(f Offer) bool { return f.Service == s.ID }) {
				continue
			}
			f := newOffer(l.List, s)
			f.Linked = layer.Linked(layers, s.ID)
			f.addPayments(t.Layers, len(layers) > 1)
			f.addPromises(t, len(layers))
			for _, o := range t.Opaque {
				f.Opaque = f.Opaque || o.Applied.Service.ID == s.ID && o.Layer >= n && o.Layer < len(layers)
			}
			offers = append(offers, f)
		}
	}
	return offers
}

func newOffer(list *policy.List, s *policy.Service) Offer {
	f := Offer{
		Service: s.ID, Item: s.Item, Name: s.Name, List: list.Jurisdiction.ID, Group: s.Group, Type: s.Type,
		Departments: s.Departments, Spending: s.Spending, Access: s.Access, Inherits: s.Inherits,
		Promises: map[string][]policy.Promise{}, Cite: decide.Strings(s.Cite), Citations: s.Cite,
	}
	for _, r := range s.Readings {
		f.Readings = append(f.Readings, OfferReading{
			Question: r.Question, Answer: r.Answer, Why: r.Why, Cite: decide.Strings(r.Cite), Citations: r.Cite,
		})
	}
	return f
}

// addPayments adds the calendars of the service: those that the first list declares, or those by
// which residents are paid.
func (f *Offer) addPayments(layers []layer.Layer, effective bool) {
	of := layer.DeclaredPayment
	if effective {
		of = layer.Payment
	}
	for _, measure := range append([]string{""}, layer.Scheduled(layers, f.Service)...) {
		if p := of(layers, f.Service, measure); p != nil {
			f.Payments = append(f.Payments, OfferPayment{measure, p})
		}
	}
}

// addPromises adds the promises of the service's cases in the first layers.
func (f *Offer) addPromises(t *table.Table, layers int) {
	var cases []table.Case
	for _, c := range t.Cases {
		if c.Grant.Service == f.Service && c.Layer < layers {
			cases = append(cases, c)
		}
	}
	f.addBundles(t, cases)
	for _, c := range cases {
		if c.Grant.Discretionary && f.Discretionary == nil {
			f.Discretionary = map[string][]policy.Promise{}
		}
		for measure, promise := range decide.Single(c.Grant.Measures, f.Linked) {
			if outdone(t, c, measure, cases) {
				continue
			}
			if from := t.Layers[c.Layer].List.Jurisdiction.ID; from != f.List {
				promise.List = from
			}
			if c.Grant.Discretionary {
				addPromise(f.Discretionary, measure, promise)
			} else {
				addPromise(f.Promises, measure, promise)
			}
		}
	}
}

// addPromise puts a promise in its place among those of the measure, unless a nearer list has given
// the same.
func addPromise(to map[string][]policy.Promise, measure string, promise policy.Promise) {
	if slices.ContainsFunc(to[measure], promise.Same) {
		return
	}
	to[measure] = append(to[measure], promise)
	slices.SortStableFunc(to[measure], policy.Promise.Compare)
}

// outdone reports whether everybody to whom a case promises a measure has a better promise of it
// from other cases, or the same from a nearer list.
func outdone(t *table.Table, c table.Case, measure string, cases []table.Case) bool {
	var better []box.Box
	for _, d := range cases {
		promise, ok := d.Grant.Measures[measure]
		if !ok || d.Grant.Discretionary != c.Grant.Discretionary {
			continue
		}
		if order := promise.Compare(c.Grant.Measures[measure]); order > 0 || order == 0 && d.Layer < c.Layer {
			better = append(better, d.Box)
		}
	}
	return box.Covered([]box.Box{c.Box}, better, t.All)
}
