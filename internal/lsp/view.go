package lsp

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// kind is a kind of name that files of lists may use.
type kind int

// The kinds of names.
const (
	parameter kind = iota
	service
	measure
	attribute
	given        // instead of an attribute, such as a date of birth
	value        // of an attribute
	jurisdiction // by its id
	stem         // of a list's file
)

// sought is a kind of name that may stand at a place.
type sought struct {
	kind kind
	of   string // the attribute, of a value
}

// named is something that has a name.
type named struct {
	kind     kind
	name     string
	label    string
	places   []policy.Position // where it is written, the nearest first
	describe func() string     // in Markdown
}

// view is what one file may name, in one state of the catalog.
type view struct {
	catalog *policy.Catalog
	lists   []*policy.List // whose names count, the nearest first: a list and those above it, or all
	bound   bool           // whether the file belongs to one list
	offers  map[string][]eldercare.Offer
	style   words.Style
}

// newView returns the view of the file of a folder with a slash path. For rules and words that all
// lists share, it is the view of all lists.
func newView(catalog *policy.Catalog, file string, today policy.Date, style words.Style) view {
	v := view{catalog: catalog, lists: catalog.Lists, style: style}
	for _, l := range catalog.Lists {
		if hasStem(l, []string{stemOf(file)}) {
			v.lists, v.bound = append([]*policy.List{l}, catalog.Chain(l, dayOf(l, today))[1:]...), true
			break
		}
	}
	return v
}

// dayOf returns the day nearest to today on which a list is in force.
func dayOf(l *policy.List, today policy.Date) policy.Date {
	switch {
	case today.Before(l.EffectiveFrom):
		return l.EffectiveFrom
	case !l.Until.IsZero() && today.After(l.Until):
		return l.Until
	}
	return today
}

// find returns the first thing with a name that is of one of some kinds.
func (v view) find(name string, among []sought) (named, bool) {
	for _, s := range among {
		all := v.all(s)
		if i := slices.IndexFunc(all, func(n named) bool { return n.name == name }); i >= 0 {
			return all[i], true
		}
	}
	return named{}, false
}

// all returns everything of a kind.
func (v view) all(s sought) []named {
	switch s.kind {
	case parameter:
		return v.parameters()
	case service:
		return v.services()
	case measure:
		return v.measures()
	case attribute:
		return v.attributes()
	case given:
		return v.given()
	case value:
		return v.values(s.of)
	case jurisdiction:
		return v.jurisdictions()
	}
	return v.stems()
}

func (v view) parameters() []named {
	var all []named
	at := map[string]int{}
	for _, l := range v.lists {
		for _, p := range l.Parameters {
			i, known := at[p.Name]
			switch {
			case !known:
				at[p.Name] = len(all)
				all = append(all, named{
					kind: parameter, name: p.Name, label: p.Label, places: []policy.Position{p.Pos},
					describe: func() string { return v.describeParameter(l, p) },
				})
			case !v.bound:
				all[i].places = append(all[i].places, p.Pos)
			}
		}
	}
	return all
}

func (v view) services() []named {
	all := make([]named, len(v.catalog.Vocabulary.Services))
	for i, s := range v.catalog.Vocabulary.Services {
		all[i] = named{kind: service, name: s.ID, label: s.Name, describe: func() string { return v.describeService(s) }}
		if _, of := v.nearest(s.ID); of != nil && v.bound {
			all[i].label = of.Name
			all[i].places = append(all[i].places, of.Pos)
		}
		all[i].places = append(all[i].places, s.Pos)
	}
	return all
}

// nearest returns the nearest list that has a service, and the service.
func (v view) nearest(id string) (*policy.List, *policy.Service) {
	for _, l := range v.lists {
		if s := l.Service(id); s != nil {
			return l, s
		}
	}
	return nil, nil
}

func (v view) measures() []named {
	all := make([]named, len(v.catalog.Vocabulary.Measures))
	for i, m := range v.catalog.Vocabulary.Measures {
		all[i] = named{
			kind: measure, name: m.Name, label: m.Label, places: []policy.Position{m.Pos},
			describe: func() string { return heading(v.pick(m.English, m.Label), m.Name) + "\n\n`" + string(m.Unit) + "`" },
		}
	}
	return all
}

func (v view) attributes() []named {
	var all []named
	for _, a := range v.catalog.Vocabulary.Attributes {
		all = append(all, named{
			kind: attribute, name: a.Name, label: a.Label, places: []policy.Position{a.Pos},
			describe: func() string { return v.describeAttribute(a) },
		})
	}
	return all
}

func (v view) given() []named {
	all := make([]named, len(v.catalog.Vocabulary.Inputs))
	for i, in := range v.catalog.Vocabulary.Inputs {
		all[i] = named{
			kind: given, name: in.Name, label: in.Label, places: []policy.Position{in.Pos},
			describe: func() string { return heading(v.pick(in.English, in.Label), in.Name) + "\n\n→ `" + in.Gives + "`" },
		}
	}
	return all
}

func (v view) values(of string) []named {
	a := v.catalog.Vocabulary.Attribute(of)
	if a == nil {
		return nil
	}
	all := make([]named, len(a.Values))
	for i, e := range a.Values {
		all[i] = named{
			kind: value, name: e.Name, label: e.Label, places: []policy.Position{a.Pos},
			describe: func() string {
				return heading(v.pick(e.English, e.Label), e.Name) + "\n\n" + v.pick(a.English, a.Label) + " `" + a.Name + "`"
			},
		}
	}
	return all
}

func (v view) jurisdictions() []named {
	var all []named
	for _, l := range v.catalog.Lists {
		j := l.Jurisdiction
		if len(all) > 0 && all[len(all)-1].name == j.ID { // the lists of one stand together
			all[len(all)-1].places = append(all[len(all)-1].places, l.Pos)
			continue
		}
		all = append(all, named{
			kind: jurisdiction, name: j.ID, label: j.Name, places: []policy.Position{l.Pos},
			describe: func() string { return heading(j.Name, j.ID) + "\n\n" + words.Level(j.Level, v.style) + " " + j.Code },
		})
	}
	return all
}

func (v view) stems() []named {
	all := make([]named, len(v.catalog.Lists))
	for i, l := range v.catalog.Lists {
		all[i] = named{
			kind: stem, name: l.Stem, label: l.Jurisdiction.Name, places: []policy.Position{l.Pos},
			describe: func() string { return heading(l.Jurisdiction.Name, l.Stem) + "\n\n" + l.Document.Title },
		}
	}
	return all
}

// pick returns the text in the language of the editor.
func (v view) pick(english, chinese string) string {
	if v.style == words.English && english != "" {
		return english
	}
	return chinese
}

func heading(label, name string) string { return "**" + escape(label) + "** `" + name + "`" }

// escape keeps text from the files from being taken for Markdown.
func escape(text string) string {
	return markdownSigns.Replace(policy.Printable(text))
}

var markdownSigns = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`, "!", `\!`, "|", `\|`,
)

// describeParameter returns the values of a parameter and their places in the text.
func (v view) describeParameter(l *policy.List, p *policy.Parameter) string {
	lines := []string{heading(p.Label, p.Name), ""}
	for _, d := range p.Values {
		line := fmt.Sprintf("- %s %s", d.From, escape(v.figure(p, d)))
		if len(d.Cite) > 0 {
			line += v.pick(" (", "（") + escape(words.Citations(d.Cite, v.style)) + v.pick(")", "）")
		}
		lines = append(lines, line)
	}
	lines = append(lines, "", escape(words.Citations(p.Cite, v.style)), "", escape(l.Jurisdiction.Name)+" `"+string(p.Unit)+"`")
	return strings.Join(lines, "\n")
}

// figure returns a value of a parameter in words.
func (v view) figure(p *policy.Parameter, d *policy.DatedValue) string {
	if d.Value == nil && p.Threshold() {
		return v.pick("none", "无")
	}
	promise := policy.Promise{Bound: p.Bound}
	if d.Value != nil {
		if !policy.ExactDecimal(d.Value) {
			return d.Value.RatString()
		}
		number := policy.Round(d.Value, 4, true)
		if p.Threshold() {
			return words.Number(number, p.Unit, v.style)
		}
		promise.Value = &number
	}
	return words.Amount(promise, p.Unit, v.style, nil)
}

// describeService returns what the nearest list says of a service, and what it promises, if that is
// known.
func (v view) describeService(s *policy.ServiceName) string {
	l, of := v.nearest(s.ID)
	if of == nil || !v.bound {
		return heading(v.pick(s.English, s.Name), s.ID)
	}
	lines := []string{heading(of.Name, s.ID), ""}
	said := []string{l.Jurisdiction.Name + " " + of.Item}
	for _, more := range []string{of.Group, of.Type, words.Access(of.Access, v.style), strings.Join(of.Departments, v.pick(", ", "、"))} {
		if more != "" {
			said = append(said, more)
		}
	}
	lines = append(lines, escape(strings.Join(said, " · ")), "")
	for _, promised := range v.promised(l.Jurisdiction.ID, s.ID) {
		lines = append(lines, "- "+escape(promised))
	}
	return strings.Join(append(lines, "", escape(words.Citations(of.Cite, v.style))), "\n")
}

// promised returns what a list offers of a service, measure by measure.
func (v view) promised(jurisdiction, id string) []string {
	offers := v.offers[jurisdiction]
	i := slices.IndexFunc(offers, func(o eldercare.Offer) bool { return o.Service == id })
	if i < 0 {
		return nil
	}
	var all []string
	tell := func(promises map[string][]policy.Promise, bundles []policy.Bundle, mark string) {
		for _, name := range slices.Sorted(maps.Keys(promises)) {
			m := v.catalog.Vocabulary.Measure(name)
			for _, p := range promises[name] {
				if m != nil {
					all = append(all, words.Promise(m, p, v.style, v.label)+mark)
				}
			}
		}
		for _, b := range bundles {
			all = append(all, words.Bundle(v.catalog.Vocabulary, b, v.style, v.label)+mark)
		}
	}
	tell(offers[i].Promises, offers[i].Bundles, "")
	tell(offers[i].Discretionary, offers[i].DiscretionaryBundles, v.pick(" (discretionary)", "（可酌情）"))
	return all
}

// label returns the label of a parameter.
func (v view) label(name string) string {
	if p := v.catalog.Parameter(v.lists, name); p != nil {
		return p.Label
	}
	return ""
}

func (v view) describeAttribute(a *policy.Attribute) string {
	lines := []string{heading(v.pick(a.English, a.Label), a.Name), ""}
	switch a.Type {
	case policy.Boolean:
		lines = append(lines, "`true` `false`")
	case policy.Integer:
		lines = append(lines, v.pick(fmt.Sprintf("%d–%d", a.Min, a.Max), fmt.Sprintf("%d–%d %s", a.Min, a.Max, escape(a.Unit))))
	default:
		for _, e := range a.Values {
			lines = append(lines, "- `"+e.Name+"` "+escape(v.pick(e.English, e.Label)))
		}
	}
	return strings.Join(lines, "\n")
}
