package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/words"
)

type listOptions struct {
	*common
	jurisdiction string
	effective    bool
	readings     bool
}

func listCommand(c *common) *cobra.Command {
	o := &listOptions{common: c}
	cmd := &cobra.Command{
		Use:   "list [-j ID]",
		Short: "Show the jurisdictions, or the list of one",
		Long: `List shows the jurisdictions that have a list. With -j it shows the services of
one: what each promises, where the text says so, and how the text is read where
it is ambiguous. With --effective it shows what residents are owed. That
includes what lists above promise beyond the jurisdiction's own list.`,
		Example: `  eldercare list
  eldercare list -j shuozhou --readings
  eldercare list -j huojia --effective --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "table", "json")
	cmd.Flags().StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction")
	cmd.Flags().BoolVar(&o.effective, "effective", false, "show what residents are owed, by this list and those above it")
	cmd.Flags().BoolVar(&o.readings, "readings", false, "show in full how ambiguous places are read")
	return cmd
}

func (o *listOptions) run(ctx context.Context) error {
	if o.jurisdiction == "" {
		if o.effective || o.readings {
			return errors.New("--effective and --readings need a jurisdiction: name one with -j")
		}
		return o.jurisdictions(ctx)
	}
	engine, err := o.load(ctx, o.jurisdiction)
	if err != nil {
		return err
	}
	rules, err := engine.Rules(ctx, o.jurisdiction, o.day(engine))
	if err != nil {
		return err
	}
	return o.services(engine, rules)
}

func (o *listOptions) jurisdictions(ctx context.Context) error {
	engine, err := o.load(ctx)
	if err != nil {
		return err
	}
	all := engine.Listings(o.day(engine))
	if o.format.value == "json" {
		return printJSON(o.stdout, all)
	}
	return o.jurisdictionTable(all)
}

func (o *listOptions) jurisdictionTable(all []policy.Listing) error {
	p := newPage(o.stdout, o.lang)
	columns := []column{
		{title: p.text("Id"), flexible: true}, {title: p.text("Code")}, {title: p.text("Name"), flexible: true}, {title: p.text("Level")},
		{title: p.text("Above"), flexible: true}, {title: p.text("Document"), flexible: true}, {title: p.text("In force")},
		{title: p.text("Basis")}, {title: p.text("Items")},
	}
	var rows [][]string
	assumed, later := false, false
	for _, l := range all {
		from := l.EffectiveFrom.String()
		if l.Assumed != "" {
			from += "*"
			assumed = true
		}
		if !l.InForce {
			from += "†"
			later = true
		}
		rows = append(rows, []string{
			l.ID, l.Code, l.Name, words.Level(l.Level, p.style()), l.Parent, l.Document, from,
			words.Basis(l.Basis, p.style()), strconv.Itoa(l.Items),
		})
	}
	p.table(columns, rows)
	if assumed {
		p.line("* ", faint, p.text("the document does not say from when it is in force; this is assumed"))
	}
	if later {
		p.line("† ", faint, p.text("not in force yet on the day asked about"))
	}
	return p.out.Flush()
}

// services prints the services of one jurisdiction.
func (o *listOptions) services(engine *eldercare.Engine, rules *eldercare.Ruleset) error {
	offers := rules.DeclaredOffers()
	if o.effective {
		offers = rules.EffectiveOffers()
	}
	if o.format.value == "json" {
		return printJSON(o.stdout, offers)
	}
	p := &listPage{page: newPage(o.stdout, o.lang), lexicon: newLexicon(engine, rules, o.lang), on: rules.On, readings: o.readings, effective: o.effective}
	p.heading(policy.NewListing(p.chain[0], rules.On), p.chain[0].Document.Note)
	for i := range offers {
		p.offer(&offers[i])
	}
	return p.out.Flush()
}

// listPage writes a list for people to read.
type listPage struct {
	*page
	lexicon
	on        policy.Date
	readings  bool // in full
	effective bool
}

func (p *listPage) heading(l policy.Listing, note string) {
	p.line("", title, fmt.Sprintf("%s  %s  %s  %s", l.Name, words.Level(l.Level, p.style()), l.ID, l.Code))
	p.line(p.text("Document")+" ", plain, l.Title)
	if l.Document != l.Title {
		p.line(p.text("Number")+" ", plain, l.Document)
	}
	from := l.EffectiveFrom.String()
	if l.Assumed != "" {
		from += p.text(" (assumed: %s)", l.Assumed)
	}
	p.line(p.text("In force")+" ", plain, from)
	basis := words.Basis(l.Basis, p.style())
	if l.Basis == policy.Reconstructed {
		basis += p.text(" (its text is not at hand; made from the lists below)")
	}
	p.line(p.text("Basis")+" ", plain, basis)
	if note != "" {
		p.line(p.text("Note")+" ", plain, note)
	}
	if l.Parent != "" {
		p.line(p.text("Above")+" ", plain, p.list(l.Parent).Jurisdiction.Name)
	}
	counts := p.text("%d items, %d services", l.Items, l.Services)
	if p.effective {
		counts += p.text("; what follows is owed to residents, with what is better in the lists above")
	}
	p.line(p.text("List")+" ", plain, counts)
}

func (p *listPage) offer(f *eldercare.Offer) {
	p.gap()
	p.line(padLeft(f.Item, 4)+" ", strong, fmt.Sprintf("%s  %s%s", p.serviceName(f.Service, f.Name), f.Service, p.from(f.List)))
	const lead = "     "
	about := []string{f.Type}
	about = append(about, f.Departments...)
	if access := words.Access(f.Access, p.style()); access != "" {
		about = append(about, access)
	}
	p.flow(lead, plain, about, "  ")
	p.line(lead+p.text("for whom")+" ", plain, f.Group)
	if f.Spending != "" {
		p.line(lead+p.text("spending")+" ", plain, f.Spending)
	}
	if len(f.Promises)+len(f.Bundles) > 0 || !f.Opaque {
		p.promised(lead+p.text("promises")+" ", f.Promises, f.Bundles)
	}
	if f.Discretionary != nil {
		p.promised(lead+p.text("permitted")+" ", f.Discretionary, f.DiscretionaryBundles)
	}
	for _, paid := range f.Payments {
		text := words.Calendar(paid.Payment, p.catalog.Vocabulary, p.style())
		if m := p.catalog.Vocabulary.Measure(paid.Measure); m != nil {
			text = p.choose(m.English+": ", m.Label+"：") + text
		}
		p.line(lead+p.text("paid")+" ", plain, text)
	}
	if f.Opaque {
		p.line(lead, warning, p.text("a rule is answered by OPA itself, so what it promises cannot be shown here"))
	}
	p.line(lead+p.text("source")+" ", faint, words.Citations(f.Citations, p.style())+p.figures(f.List, f.Service, promisedBy(f), p.on))
	p.reading(lead, f.Readings)
}

// promisedBy returns all that an offer promises or permits, each apart.
func promisedBy(f *eldercare.Offer) []policy.Bundle {
	var all []policy.Bundle
	for _, promises := range []map[string][]policy.Promise{f.Promises, f.Discretionary} {
		for _, measure := range slices.Sorted(maps.Keys(promises)) {
			for _, p := range promises[measure] {
				all = append(all, policy.Bundle{measure: p})
			}
		}
	}
	return slices.Concat(all, f.Bundles, f.DiscretionaryBundles)
}

// promised writes what a service promises, each measure on a line, and each bundle of linked
// measures on one.
func (p *listPage) promised(lead string, promises map[string][]policy.Promise, bundles []policy.Bundle) {
	if len(promises)+len(bundles) == 0 {
		p.line(lead, plain, p.text("the service itself"))
	}
	for _, m := range p.catalog.Vocabulary.Measures {
		var parts []string
		for i, promise := range promises[m.Name] {
			text := words.Promise(m, promise, p.style(), p.parameter)
			if i > 0 {
				text = words.Figure(promise, m.Unit, p.style(), p.parameter)
			}
			parts = append(parts, text+p.from(promise.List))
		}
		if len(parts) > 0 {
			p.flow(lead, plain, parts, p.choose(", or ", "，或"))
			lead = strings.Repeat(" ", displayWidth(lead))
		}
	}
	if len(bundles) > 0 {
		p.line(lead, plain, p.bundles(bundles))
	}
}

func (p *listPage) reading(lead string, readings []eldercare.OfferReading) {
	if len(readings) > 0 && !p.readings {
		p.line(lead, faint, p.text("※ readings: %d; --readings shows them", len(readings)))
		return
	}
	for _, r := range readings {
		p.line(lead+"※ ", plain, r.Question)
		p.line(lead+"   ", plain, r.Answer)
		p.line(lead+"   "+p.text("why: "), plain, r.Why)
		p.line(lead+"   "+p.text("source")+" ", faint, words.Citations(r.Citations, p.style()))
	}
}
