package register

import (
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// What an elder has of a service.
const (
	Entitled      = "entitled"
	Possible      = "possible"
	Discretionary = "discretionary"
)

// layout lays the decisions of one ruleset out in columns.
type layout struct {
	services []service
	place    map[string]int // of a service among the services
	measures []string       // all, in the order of the vocabulary
	long     bool
}

// service is a service with the measures that the lists promise of it.
type service struct {
	ruleset.Offer
	name     string
	measures []string
}

func newLayout(rules *ruleset.Ruleset, long, english bool) *layout {
	l := &layout{place: map[string]int{}, long: long}
	vocabulary := rules.Table.Space.Vocabulary
	for _, m := range vocabulary.Measures {
		l.measures = append(l.measures, m.Name)
	}
	for i, offer := range rules.EffectiveOffers() {
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
		l.place[offer.Service] = i
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

// cells returns the rows of a decision, without what is the elder's own.
func (l *layout) cells(d *decide.Decision) [][]Cell {
	if l.long {
		return l.longRows(d)
	}
	return [][]Cell{l.wideRow(d)}
}

// holding is what a decision says of one service.
type holding struct {
	status   string
	promises map[string]policy.Promise
	upTo     map[string]policy.Promise
	linked   []string // measures that hold together only: alternatives of bundles
}

// holdings returns what a decision says of each service. Who is entitled to a service, and may be
// permitted more of it, is entitled; a service that facts may still bring goes before one that is
// only permitted.
func (l *layout) holdings(d *decide.Decision) []holding {
	all := make([]holding, len(l.services))
	put := func(service string, h holding) {
		if i, ok := l.place[service]; ok && all[i].status == "" {
			all[i] = h
		}
	}
	for _, e := range d.Entitled {
		put(e.Service, granted(Entitled, e))
	}
	for _, permitted := range []bool{false, true} {
		for _, p := range d.Possible {
			if p.Discretionary == permitted {
				put(p.Service, holding{status: Possible, upTo: p.UpTo, linked: measuresOf(p.UpToBundles)})
			}
		}
	}
	for _, e := range d.Discretionary {
		put(e.Service, granted(Discretionary, e))
	}
	return all
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

func (l *layout) wideRow(d *decide.Decision) []Cell {
	var row []Cell
	for i, h := range l.holdings(d) {
		row = append(row, Cell{Text: h.status})
		for _, m := range l.services[i].measures {
			var certain Cell
			if h.status == Entitled {
				certain.Number = h.promises[m].Value
			}
			row = append(row, certain)
		}
	}
	t := d.MonthlyCNY
	return append(row, Cell{Number: &t.Value}, Cell{Text: string(t.Bound)}, Cell{Text: strings.Join(t.Open, ";")})
}

func (l *layout) longRows(d *decide.Decision) [][]Cell {
	var rows [][]Cell
	for i, h := range l.holdings(d) {
		if h.status == "" {
			continue
		}
		s := l.services[i]
		head := []Cell{{Text: s.Service}, {Text: s.name}, {Text: h.status}}
		empty := true
		for _, m := range l.measures {
			certain, has := h.promises[m]
			upTo, may := h.upTo[m]
			if !has && !may && !slices.Contains(h.linked, m) {
				continue
			}
			empty = false
			bound := certain.Bound
			if !has {
				bound = upTo.Bound
			}
			rows = append(rows, append(slices.Clone(head),
				Cell{Text: m}, Cell{Text: string(bound)}, Cell{Number: certain.Value}, Cell{Number: upTo.Value}))
		}
		if empty {
			rows = append(rows, append(head, Cell{}, Cell{}, Cell{}, Cell{}))
		}
	}
	return rows
}
