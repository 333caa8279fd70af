package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// lexicon finds the words for what decisions and lists of one jurisdiction name.
type lexicon struct {
	in      language
	catalog *policy.Catalog
	chain   []*policy.List // the lists of the jurisdiction, its own first
}

func newLexicon(engine *eldercare.Engine, rules *eldercare.Ruleset, in language) lexicon {
	l := lexicon{in: in, catalog: engine.Catalog()}
	for _, above := range rules.Table.Layers {
		l.chain = append(l.chain, above.List)
	}
	return l
}

// list returns the list of a jurisdiction of the chain.
func (l lexicon) list(jurisdiction string) *policy.List { return l.upFrom(jurisdiction)[0] }

// upFrom returns the list of a jurisdiction of the chain, then those above it.
func (l lexicon) upFrom(jurisdiction string) []*policy.List {
	for i, list := range l.chain {
		if list.Jurisdiction.ID == jurisdiction {
			return l.chain[i:]
		}
	}
	return l.chain
}

// from returns "〔山西省〕" after what comes from another jurisdiction's list, and nothing after what
// comes from its own.
func (l lexicon) from(jurisdiction string) string {
	if jurisdiction == "" || jurisdiction == l.chain[0].Jurisdiction.ID {
		return ""
	}
	return "〔" + l.list(jurisdiction).Jurisdiction.Name + "〕"
}

// parameter returns the label of a parameter, or "" when no parameter has the name.
func (l lexicon) parameter(name string) string {
	if p := l.catalog.Parameter(l.chain, name); p != nil {
		return p.Label
	}
	return ""
}

// serviceName returns what a service is called. A list prints the Chinese name.
func (l lexicon) serviceName(id, printed string) string {
	if s := l.catalog.Vocabulary.Service(id); s != nil && s.English != "" && l.in.english() {
		return s.English
	}
	return printed
}

// attributes returns the labels of attributes.
func (l lexicon) attributes(names []string) []string {
	labels := make([]string, len(names))
	for i, name := range names {
		labels[i] = name
		if a := l.catalog.Vocabulary.Attribute(name); a != nil {
			labels[i] = l.in.choose(a.English, a.Label)
		}
	}
	return labels
}

// cite returns the citations of a service in a list.
func (l lexicon) cite(jurisdiction, service string) string {
	if s := l.list(jurisdiction).Service(service); s != nil {
		return words.Citations(s.Cite, l.in.style())
	}
	return ""
}

// figures says where the certain amounts of a service are stated on a day, where its list does not
// cite that for the service: a county may raise an amount that another document promises.
func (l lexicon) figures(jurisdiction, service string, promised []policy.Bundle, on policy.Date) string {
	var of, all []policy.Citation
	if s := l.list(jurisdiction).Service(service); s != nil {
		of = s.Cite
	}
	for _, promises := range promised {
		for _, measure := range slices.Sorted(maps.Keys(promises)) {
			p := promises[measure]
			if p.Open() {
				continue
			}
			for _, name := range p.Parameters {
				all = append(all, l.citeOf(cmp.Or(p.List, jurisdiction), name, on)...)
			}
		}
	}
	return words.Figures(words.Beside(of, all), l.in.style())
}

// citeOf returns where the value of a parameter is stated that holds for a list on a day: by the
// list, or else by the nearest above it. What a reconstructed list cites only attests it.
func (l lexicon) citeOf(jurisdiction, parameter string, on policy.Date) []policy.Citation {
	for _, list := range l.upFrom(jurisdiction) {
		for _, p := range list.Parameters {
			dated := p.At(on)
			switch {
			case p.Name != parameter || dated == nil:
				continue
			case list.Document.Basis == policy.Reconstructed:
				return nil
			case len(dated.Cite) > 0:
				return dated.Cite
			}
			return p.Cite
		}
	}
	return nil
}

// promises returns the promises of a service in the order of the vocabulary: 每月现金 不低于100元, 办理丧葬.
func (l lexicon) promises(promises map[string]policy.Promise) []string {
	var parts []string
	for _, m := range l.catalog.Vocabulary.Measures {
		if p, ok := promises[m.Name]; ok {
			parts = append(parts, words.Promise(m, p, l.in.style(), l.parameter)+l.from(p.List))
		}
	}
	return parts
}

// bundles returns bundles of linked measures, each to be had as a whole: 比例 50% ＋ 每年现金 不超过900元，或 ….
func (l lexicon) bundles(all []policy.Bundle) string {
	parts := make([]string, len(all))
	for i, b := range all {
		parts[i] = strings.Join(l.promises(b), l.in.choose(" with ", " ＋ "))
	}
	return strings.Join(parts, l.in.choose(", or ", "，或 "))
}

// together returns promises, and the bundles beside them.
func (l lexicon) together(promises map[string]policy.Promise, bundles []policy.Bundle) []string {
	parts := l.promises(promises)
	if len(bundles) > 0 {
		parts = append(parts, l.bundles(bundles))
	}
	return parts
}

// decisionPage writes decisions for people to read.
type decisionPage struct {
	*page
	lexicon
	name string // the elder's name, if it is known
	any  bool   // true once something is written
}

func newDecisionPage(out io.Writer, in language, engine *eldercare.Engine, rules *eldercare.Ruleset) *decisionPage {
	return &decisionPage{page: newPage(out, in), lexicon: newLexicon(engine, rules, in)}
}

func (p *decisionPage) flush() error { return p.out.Flush() }

func (p *decisionPage) write(d *eldercare.Decision, row elder.Row) error {
	if p.any {
		p.gap()
	}
	p.any = true
	id := strings.TrimSpace(p.name + "  " + elder.HideIDNumbers(d.ID))
	if id == "" {
		id = p.text("line %d", row.Line)
	}
	p.line("", title, fmt.Sprintf("%s  %s  %s", id, p.chain[0].Jurisdiction.Name, d.On))
	p.entitlements(p.text("Entitled: %d", len(d.Entitled)), d.Entitled, d.On)
	if len(d.Possible) > 0 {
		p.possibilities(d.Possible)
	}
	if len(d.Discretionary) > 0 {
		p.entitlements(p.text("Permitted: %d (the text lets the place extend them, and promises nothing)", len(d.Discretionary)), d.Discretionary, d.On)
	}
	p.total(d)
	for _, note := range d.Notes {
		name, _, _ := strings.Cut(note, " ")
		input := p.catalog.Vocabulary.Input(name)
		p.line(p.choose("Please note: ", "注意："), warning, p.text("%s lies outside %s", p.choose(input.English, input.Label), p.chain[0].Jurisdiction.Name))
	}
	digest := strings.TrimPrefix(d.Digest, "sha256:")
	p.line("", faint, p.text("Lists and rules")+" "+digest[:min(12, len(digest))])
	return p.out.Flush()
}

func (p *decisionPage) entitlements(heading string, all []eldercare.Entitlement, on policy.Date) {
	p.line("", strong, heading)
	for _, e := range all {
		lead := p.service(e.Item, p.serviceName(e.Service, e.Name), e.List, words.Access(e.Access, p.style()))
		p.flow(lead, plain, p.together(e.Promises, e.Bundles), p.semicolon())
		p.flow(lead+p.text("up to")+" ", warning, p.together(e.UpTo, e.UpToBundles), p.semicolon())
		p.flow(lead+p.text("depends on")+" ", warning, p.attributes(e.Needs), p.comma())
		p.line(lead+p.text("source")+" ", faint, p.cite(e.List, e.Service)+p.figures(e.List, e.Service, append([]policy.Bundle{e.Promises}, e.Bundles...), on))
	}
}

func (p *decisionPage) possibilities(all []eldercare.Possibility) {
	p.line("", strong, p.text("Possible: %d (something is not known)", len(all)))
	for _, e := range all {
		note := ""
		if e.Discretionary {
			note = p.text("permitted")
		}
		lead := p.service(e.Item, p.serviceName(e.Service, e.Name), e.List, note)
		if e.Note != "" {
			p.line(lead, warning, p.text("too much is not known to try all of it"))
		}
		p.flow(lead+p.text("depends on")+" ", warning, p.attributes(e.Needs), p.comma())
		p.flow(lead+p.text("up to")+" ", plain, p.together(e.UpTo, e.UpToBundles), p.semicolon())
		p.line(lead+p.text("source")+" ", faint, p.cite(e.List, e.Service))
	}
}

// service writes the heading of a service, and returns the lead of the lines below it.
func (p *decisionPage) service(item, name, list, note string) string {
	if note != "" {
		note = p.choose(" ("+note+")", "（"+note+"）")
	}
	item = padLeft(item, 4) + " "
	p.line(item, plain, name+p.from(list)+note)
	return strings.Repeat(" ", displayWidth(item))
}

func (p *decisionPage) total(d *eldercare.Decision) {
	t := d.MonthlyCNY
	p.line(p.text("Cash")+" ", strong, words.Total(t, p.style()))
	p.flow("     "+p.text("beside it, without a number: "), plain, p.names(d, t.Open), p.comma())
	for _, n := range t.NotAdded {
		name := func(service string) string { return p.names(d, []string{service})[0] }
		left, counted := words.NotAdded(n, p.catalog.Vocabulary, name, p.style())
		format := "%s, as %s counts"
		if n.Possibly {
			format = "%s, as possibly %s is paid instead"
		}
		p.line("     "+p.text("not counted: "), plain, p.text(format, left, counted))
		p.line("     ", plain, n.Reason)
		p.line("     "+p.text("source")+" ", faint, strings.Join(n.Cite, p.semicolon()))
	}
}

// names returns the names of services that a decision entitles to, or possibly does.
func (p *decisionPage) names(d *eldercare.Decision, services []string) []string {
	names := slices.Clone(services)
	for i, id := range names {
		for _, e := range d.Possible {
			if e.Service == id {
				names[i] = p.serviceName(id, e.Name)
			}
		}
		for _, e := range d.Entitled {
			if e.Service == id {
				names[i] = p.serviceName(id, e.Name)
			}
		}
	}
	return names
}
