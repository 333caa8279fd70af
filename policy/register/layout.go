package register

import (
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// These are the ways in which an elder may have a service.
const (
	Entitled      = "entitled"
	Possible      = "possible"
	Discretionary = "discretionary"
)

// layout lays the decisions of one ruleset out in columns.
type layout struct {
	services []service
	measures []string // all, in the order of the vocabulary
	long     bool
}

// service is a service with the measures that the lists promise of it.
type service struct {
	ruleset.Offer
	name     string
	measures []string
}

func newLayout(rules *ruleset.Ruleset, long, english bool) *layout {
	l := &layout{long: long}
	vocabulary := rules.Table.Space.Vocabulary
	for _, m := range vocabulary.Measures {
		l.measures = append(l.measures, m.Name)
	}
	for _, offer := range rules.EffectiveOffers() {
		s := service{Offer: offer, name: offer.Name}
		if known := vocabulary.Service(offer.Service); english && known != nil {
			s.name = known.English
		}
		for _, m := range l.measures {
			if promises(offer, m) {
				s.measures = append(s.measures, m)
			}
		}
		l.services = append(l.services, s)
	}
	return l
}

// promises reports whether an offer promises a measure, alone or in a bundle.
func promises(offer ruleset.Offer, measure string) bool {
	if _, ok := offer.Promises[measure]; ok {
		return true
	}
	return slices.ContainsFunc(offer.Bundles, func(b policy.Bundle) bool { _, ok := b[measure]; return ok })
}

// columns returns the columns of the output, those among them that are kept of the input.
func (l *layout) columns(kept []string) []Column {
	all := []Column{{"row", Whole}, {"id", Text}}
	for _, name := range kept {
		all = append(all, Column{name, Text})
	}
	if l.long {
		return append(all, []Column{
			{"service", Text}, {"name", Text}, {"status", Text}, {"measure", Text}, {"bound", Text}, {"value", Amount}, {"up_to", Amount},
		}...)
	}
	for _, s := range l.services {
		all = append(all, Column{s.Service, Text})
		for _, m := range s.measures {
			all = append(all, Column{s.Service + "." + m, Amount})
		}
	}
	return append(all, Column{"monthly_cny", Amount}, Column{"monthly_bound", Text}, Column{"open", Text})
}

// holding is what a decision says of one service.
type holding struct {
	status   string
	promises map[string]policy.Promise
	upTo     map[string]policy.Promise
	linked   []string // measures that hold together only: alternatives of bundles
}

// holdingOf is what a decision says of a service. Who is entitled to it, and may be permitted more
// of it, is entitled; what facts may still bring goes before what is only permitted.
func holdingOf(d *decide.Decision, service string) holding {
	for _, e := range d.Entitled {
		if e.Service == service {
			return granted(Entitled, e)
		}
	}
	for _, permitted := range []bool{false, true} {
		for _, p := range d.Possible {
			if p.Service == service && p.Discretionary == permitted {
				return holding{status: Possible, upTo: p.UpTo, linked: measuresOf(p.UpToBundles)}
			}
		}
	}
	for _, e := range d.Discretionary {
		if e.Service == service {
			return granted(Discretionary, e)
		}
	}
	return holding{}
}

func granted(status string, e decide.Entitlement) holding {
	return holding{status, e.Promises, e.UpTo, append(measuresOf(e.Bundles), measuresOf(e.UpToBundles)...)}
}

func measuresOf(bundles []policy.Bundle) []string {
	var all []string
	for _, b := range bundles {
		all = append(all, slices.Collect(maps.Keys(b))...)
	}
	return all
}

// parts are the cells of a service, without what is the elder's own: of one row, or in the long
// form of any number.
func (l *layout) parts(i int, d *decide.Decision) [][]Cell {
	s := &l.services[i]
	h := holdingOf(d, s.Service)
	if l.long {
		return l.longRows(s, h)
	}
	row := []Cell{{Text: h.status}}
	for _, m := range s.measures {
		var certain Cell
		if h.status == Entitled {
			certain.Number = h.promises[m].Value
		}
		row = append(row, certain)
	}
	return [][]Cell{row}
}

// total are the cells of a total.
func (l *layout) total(t decide.Total) []Cell {
	return []Cell{{Number: &t.Value}, {Text: string(t.Bound)}, {Text: strings.Join(t.Open, ";")}}
}

func (l *layout) longRows(s *service, h holding) [][]Cell {
	if h.status == "" {
		return nil
	}
	var rows [][]Cell
	head := []Cell{{Text: s.Service}, {Text: s.name}, {Text: h.status}}
	for _, m := range l.measures {
		certain, has := h.promises[m]
		upTo, may := h.upTo[m]
		if !has && !may && !slices.Contains(h.linked, m) {
			continue
		}
		bound := certain.Bound
		if !has {
			bound = upTo.Bound
		}
		rows = append(rows, append(slices.Clone(head),
			Cell{Text: m}, Cell{Text: string(bound)}, Cell{Number: certain.Value}, Cell{Number: upTo.Value}))
	}
	if len(rows) == 0 {
		rows = append(rows, append(head, Cell{}, Cell{}, Cell{}, Cell{}))
	}
	return rows
}
