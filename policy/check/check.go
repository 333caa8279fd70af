// Package check proves that a list promises at least what another does, or finds the elders who
// would lose.
//
// The proof subtracts boxes: sets of elders. From each case of the upper list, it takes away the
// cases of the lower list that promise as much. If nothing is left, nobody loses. Otherwise those
// who are left lose, and any elder among them is a witness. A witness is shown only if plain OPA
// confirms it.
//
// A service with an opaque rule is tested instead: plain OPA answers for both sides, for many
// elders.
package check

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/internal/union"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// Kind is a kind of finding.
type Kind string

// The kinds of findings.
const (
	Omitted  Kind = "omitted"  // the service is absent from the list
	Narrower Kind = "narrower" // somebody loses the service
	Lower    Kind = "lower"    // somebody gets less of a measure
	Open     Kind = "open"     // a number is left open: the upper floor still holds
	// Combined means that several services together come to less, although each alone promises as
	// much as above. They come to less in money, or in another measure by which only the highest is
	// paid.
	Combined Kind = "combined"
	// Shorter means that fewer months are paid. The payment calendar of the service says so, or
	// that of the measure that the finding names.
	Shorter Kind = "shorter"
	// Assumed means that nobody loses if an assumption is right. There are three: a contradiction
	// that a folder adds refuses such elders; everybody is taken to have a value of an attribute
	// that may be missing; or one attribute implies another.
	Assumed Kind = "assumed"
	// Disagreement means that the decision table and plain OPA answer differently, so nothing is
	// proved about the service. That is a fault of this program and not of the list. Report it with
	// the elder that the finding shows.
	Disagreement Kind = "disagreement"
	// Unanswered means that a rule is faulty: plain OPA cannot evaluate it for the elder shown.
	// Note says why.
	Unanswered Kind = "unanswered"
)

// Loses reports whether a finding of this kind says that somebody loses. An assumed finding says
// that nobody does. A disagreement and an unanswered finding leave it unknown.
func (k Kind) Loses() bool { return k != Assumed && k.Known() }

// Known reports whether a finding of this kind says something about the lists, and not about the
// program or a faulty rule.
func (k Kind) Known() bool { return k != Disagreement && k != Unanswered }

// Method says what a finding, or its absence, rests on.
type Method string

// The methods.
const (
	Proof  Method = "proof"  // over all elders
	Tested Method = "tested" // on many elders: a rule is opaque
)

// Finding is one way in which the list falls short. It has one kind. A finding about a measure has
// the number that is required and the number that is promised instead. A proof finds all that is
// wrong with a service, and the whole region of those who lose. A test of an opaque service gives
// one finding for each kind and measure, with the first numbers found.
type Finding struct {
	Service  string          `json:"service"`
	Kind     Kind            `json:"kind"`
	Severity policy.Severity `json:"severity"`
	Measure  string          `json:"measure,omitempty"`
	Want     *policy.Decimal `json:"want"` // nil when no number is at issue
	Have     *policy.Decimal `json:"have"`
	// WantBound and HaveBound are set when a number is not exact: [policy.AtMost] for a ceiling,
	// [policy.AtLeast] where less is better. They are empty otherwise.
	WantBound policy.Bound `json:"want_bound,omitempty"`
	HaveBound policy.Bound `json:"have_bound,omitempty"`
	// WantOf and HaveOf describe an amount without a number as a share of a parameter, such as 1/3
	// × minimum_wage_monthly. They are empty for other amounts.
	WantOf string `json:"want_of,omitempty"`
	HaveOf string `json:"have_of,omitempty"`
	// HaveOpen says that the amount promised has no number. HaveOf is then empty if the amount is
	// set locally.
	HaveOpen bool `json:"have_open,omitempty"`
	// WantBundle is the promise of linked measures that is required as a whole. Measure names them
	// with + between them. HaveBundles holds the best bundles promised instead. None of them meets
	// all of WantBundle.
	WantBundle  policy.Bundle   `json:"want_bundle,omitempty"`
	HaveBundles []policy.Bundle `json:"have_bundles,omitempty"`
	// Calendar is set in a finding of kind [Shorter]. It lists the parts of the payment calendar by
	// which fewer months are paid. WantPayment and HavePayment are the two calendars. A part that
	// they leave out is as in a list without a calendar. The finding is a warning where the list
	// above does not state the part.
	Calendar    []policy.PaymentPart `json:"calendar,omitempty"`
	WantPayment *policy.Payment      `json:"want_payment,omitempty"`
	HavePayment *policy.Payment      `json:"have_payment,omitempty"`
	// Witness is an elder who loses, with as few attributes as possible. The attributes left out are
	// absent: false, none, 0, or without a value.
	Witness elder.Elder `json:"witness"`
	// Region says in words where elders lose. Boxes says the same for programs.
	Region string    `json:"region"`
	Who    string    `json:"-"` // Region by the Chinese labels of attributes
	Boxes  []box.Box `json:"-"`
	Method Method    `json:"method"`
	Child  string    `json:"child"`  // file:line
	Parent string    `json:"parent"` // file:line
	// From is the first date, of those checked, on which the finding holds. Until is the first
	// later date on which it no longer holds. It is zero when the finding holds on the last date.
	From  policy.Date `json:"from"`
	Until policy.Date `json:"until,omitzero"`

	// Note says why nothing can be said about the list, or on which assumption nobody loses. It is
	// empty otherwise.
	Note string `json:"note,omitempty"`
	// Assumes is the assumption of an [Assumed] finding: the message of a contradiction, or the
	// names of attributes.
	Assumes string `json:"assumes,omitempty"`
	// Services is set in a finding of kind [Combined]: the services that are paid together. Service
	// is then one that is not paid beside the others. Unsure says that a promise without a certain
	// amount is lost too. Unit is the unit of Want and Have.
	Services []string    `json:"services,omitempty"`
	Unsure   bool        `json:"unsure,omitempty"`
	Unit     policy.Unit `json:"unit,omitempty"`

	ChildPos  policy.Position `json:"-"`
	ParentPos policy.Position `json:"-"`
}

// Opaque is a rule because of which a service can only be tested.
type Opaque struct {
	Service    string          `json:"service"`
	Reason     string          `json:"reason"`
	Expression string          `json:"expression"` // the one that is no condition on a single attribute, with the figures of the first day
	At         string          `json:"at"`         // file:line
	Pos        policy.Position `json:"-"`
}

// Report is the outcome of checking one list against another.
type Report struct {
	Jurisdiction string `json:"jurisdiction"`
	Against      string `json:"against"`
	// Proved and Tested count the services of the upper list without an error: those proved over
	// all elders, and those only tested.
	Proved   int           `json:"proved"`
	Tested   int           `json:"tested"`
	Dates    []policy.Date `json:"dates"`
	Findings []Finding     `json:"findings"`
	// Services lists all services of the upper list.
	Services []string `json:"-"`
	// TestedServices lists the services that were tested instead of proved, with or without an
	// error.
	TestedServices []string `json:"tested_services,omitempty"`
	// Opaque lists the rules because of which they were only tested.
	Opaque []Opaque `json:"opaque,omitempty"`
	// Amended lists the places where amendments replace what the texts of lists above say. No list
	// can accept them away.
	Amended []Amended `json:"amended,omitempty"`
	// Replaced lists the files by which a folder changes something of another folder or of ours.
	Replaced []source.Replacement `json:"replaced,omitempty"`
	// Skipped says why nothing was checked: a list was not in force on the only day asked about. It
	// is empty otherwise.
	Skipped string `json:"skipped,omitempty"`
}

// Errors counts the findings that are errors.
func (r *Report) Errors() int {
	n := 0
	for _, f := range cmp.Or(r, &Report{}).Findings {
		if f.Severity == policy.SeverityError {
			n++
		}
	}
	return n
}

// Fails reports whether the report has an error about a service.
func (r *Report) Fails(service string) bool {
	return slices.ContainsFunc(cmp.Or(r, &Report{}).Findings, func(f Finding) bool {
		return f.Severity == policy.SeverityError && (f.Service == service || slices.Contains(f.Services, service))
	})
}

// Side is one side of a check: what a jurisdiction has in force on a day.
type Side = *ruleset.Ruleset

// Checker checks one list against another, one day after another. It tests an opaque service again
// only when something that its rules read has changed. The zero Checker is ready for use, by one
// goroutine at a time.
type Checker struct {
	// Effective compares all that the child's residents are owed, lists above included, instead of
	// what the child's own list declares.
	Effective bool

	tested map[string][]Finding // by all that the findings depend on
}

// At compares, on one day, what the child's list declares with what the parent's residents are
// owed. The report names services by id.
func (k *Checker) At(ctx context.Context, child, parent Side) (*Report, error) {
	if err := ready(ctx, child, parent); err != nil {
		return nil, err
	}
	c := newChecker(ctx, child, parent)
	c.effective = k.Effective
	r := &Report{Dates: []policy.Date{parent.On}, Services: c.services()}
	if !k.Effective { // else nobody is measured by the lists above
		r.Amended = amended(child, parent)
	}
	if k.Effective && unchanged(child, parent) {
		return Merge(child.Jurisdiction.ID, parent.Jurisdiction.ID, []*Report{r}), nil
	}
	if err := k.singles(c, r); err != nil {
		return nil, err
	}
	for _, of := range c.combinations() {
		findings, method, err := k.together(c, of, r)
		if err != nil {
			return nil, err
		}
		r.take(of.subject(), findings, method)
	}
	for _, of := range c.subjects(r.Services) {
		if slices.ContainsFunc(of.services, r.Fails) { // somebody loses in any case
			continue
		}
		if !slices.ContainsFunc(of.services, func(s string) bool { return slices.Contains(r.TestedServices, s) }) {
			r.Findings = append(r.Findings, c.assumed(of)...)
			continue
		}
		supposed, err := c.supposed(of)
		if err != nil {
			return nil, err
		}
		r.Findings = append(r.Findings, supposed...)
	}
	return Merge(child.Jurisdiction.ID, parent.Jurisdiction.ID, []*Report{r}), nil
}

// singles checks the services one by one.
func (k *Checker) singles(c *checker, r *Report) error {
	for _, service := range r.Services {
		opaque := c.opaque(service)
		r.Opaque = append(r.Opaque, opaque...)
		findings, method, err := k.check(c, single(service), c.lost(service), len(opaque) > 0)
		if err != nil {
			return err
		}
		r.take(single(service), findings, method)
	}
	return nil
}

// ready returns an error when a side has no rules, or there is no context.
func ready(ctx context.Context, a, b Side) error {
	return cmp.Or(a.Usable(ctx), b.Usable(ctx))
}

// Gone reports what residents lose when their jurisdiction no longer has a list: every service that
// somebody had is omitted.
func Gone(ctx context.Context, before Side) (*Report, error) {
	if err := ready(ctx, before, before); err != nil {
		return nil, err
	}
	c := newChecker(ctx, before, before)
	c.nothing = true
	r := &Report{Dates: []policy.Date{before.On}, Services: c.services()}
	if err := new(Checker).singles(c, r); err != nil {
		return nil, err
	}
	for i := range r.Findings {
		r.Findings[i].ChildPos, r.Findings[i].Child = policy.Position{}, "" // there is no such file
	}
	return Merge(before.Jurisdiction.ID, before.Jurisdiction.ID, []*Report{r}), nil
}

// unchanged reports whether two sides have the same lists and rules, with the same figures.
func unchanged(a, b Side) bool {
	return a.Lasting == b.Lasting || a.Jurisdiction.ID == b.Jurisdiction.ID && a.Digest == b.Digest && a.On == b.On
}

// take adds to the report what was found of a subject, and by which method.
func (r *Report) take(of subject, findings []Finding, method Method) {
	r.Findings = append(r.Findings, findings...)
	if method == Tested {
		r.TestedServices = union.Of(r.TestedServices, of.services)
	}
}

// together checks what a combination pays together. It is tested where one of its services is
// tested.
func (k *Checker) together(c *checker, of *combination, r *Report) ([]Finding, Method, error) {
	tested := slices.ContainsFunc(of.services, func(s string) bool { return slices.Contains(r.TestedServices, s) })
	var lost []box.Box
	for _, f := range r.Findings {
		if slices.Contains(of.services, f.Service) && (loss{kind: f.Kind}).excuses() {
			lost = append(lost, f.Boxes...)
		}
	}
	return k.check(c, of.subject(), c.lostTogether(of, lost), tested)
}

// check checks a subject, given the regions in which the table says that elders lose of it. Where
// plain OPA does not confirm them, that is a finding, and the subject is tested.
func (k *Checker) check(c *checker, of subject, lost []lostRegion, tested bool) ([]Finding, Method, error) {
	var findings []Finding
	if !tested {
		proved, doubt, err := c.prove(of, lost)
		if err != nil || doubt == nil {
			return proved, Proof, err
		}
		findings = append(findings, *doubt)
	}
	found, err := k.test(c, of)
	return append(findings, found...), Tested, err
}

// test tests a subject, or returns the earlier findings if nothing has changed since.
func (k *Checker) test(c *checker, of subject) ([]Finding, error) {
	key := c.dependsOn(of)
	if _, known := k.tested[key]; !known {
		findings, err := c.test(of)
		if err != nil {
			return nil, err
		}
		if k.tested == nil {
			k.tested = map[string][]Finding{}
		}
		k.tested[key] = findings
	}
	findings := slices.Clone(k.tested[key])
	for i := range findings {
		findings[i].From = c.parent.On
	}
	return findings, nil
}

// checker checks two sides on one day.
type checker struct {
	ctx           context.Context
	child, parent Side
	space         *elder.Space
	vocabulary    *policy.Vocabulary // the parent's, with the measures that only the child has
	impossible    []box.Box
	added         []rules.Contradiction // that folders add: their boxes are among the impossible
	calendars     map[string][]calendar // by service, as far as they have been compared
	counted       map[counted][]table.Case
	effective     bool  // of the child, too, all counts that its residents are owed
	nothing       bool  // the child has no list any more
	lacks         []int // attributes of which the child's rules see no value
}

// counted names the cases of a service that count on a side.
type counted struct {
	side    Side
	service string
}

func newChecker(ctx context.Context, child, parent Side) *checker {
	if child == parent { // they are told apart by what they are, not by what they say
		child = child.At(child.On, child.Digest)
	}
	impossible := slices.Clone(parent.Table.Impossible())
	for _, b := range child.Table.Impossible() { // which may tell more
		if !slices.ContainsFunc(impossible, b.Equal) {
			impossible = append(impossible, b)
		}
	}
	shared := func(x rules.Contradiction) bool { return says(child, x) && says(parent, x) }
	for _, x := range slices.Concat(parent.Table.Contradictions, child.Table.Contradictions) {
		if !shared(x) { // only one version of the lists calls such elders impossible: that takes nothing from them
			impossible = slices.DeleteFunc(impossible, x.Box.Equal)
		}
	}
	added := slices.DeleteFunc(slices.Clone(parent.Table.Contradictions), func(x rules.Contradiction) bool { return !x.Added || !shared(x) })
	return &checker{
		ctx: ctx, child: child, parent: parent, space: parent.Table.Space, impossible: impossible, added: added,
		calendars: map[string][]calendar{}, counted: map[counted][]table.Case{},
		vocabulary: parent.Table.Space.Vocabulary.WithMeasuresOf(child.Table.Space.Vocabulary),
	}
}

// says reports whether a side has a contradiction.
func says(side Side, x rules.Contradiction) bool {
	return slices.ContainsFunc(side.Table.Contradictions, func(y rules.Contradiction) bool { return x.Box.Equal(y.Box) })
}

// layers returns how many layers of a side count: of the child, those that it declares itself; of
// the parent, all that its residents are owed.
func (c *checker) layers(side Side) int {
	switch {
	case side == c.child && c.nothing:
		return 0
	case side == c.child && !c.effective:
		return 1
	}
	return len(side.Table.Layers)
}

// services returns the services that the parent's residents are owed, in printed order, the nearest
// layer's first.
func (c *checker) services() []string {
	var services []string
	for _, l := range c.parent.Table.Layers {
		for _, s := range l.List.Services {
			promised := slices.ContainsFunc(l.Rules, func(a layer.Applied) bool { return a.Service == s && !a.Discretionary })
			if promised && !slices.Contains(services, s.ID) {
				services = append(services, s.ID)
			}
		}
	}
	return services
}

// applied calls each with the rules of some services that count, and with the rules that deny what
// these grant, side by side and layer by layer.
func (c *checker) applied(services []string, each func(side Side, l *layer.Layer, a layer.Applied)) {
	for _, side := range []Side{c.child, c.parent} {
		layers := side.Table.Layers
		denying := layer.Denying(layers, services)[len(services):]
		for i := range layers {
			for _, a := range layers[i].Rules {
				counts := i < c.layers(side) && slices.Contains(services, a.Service.ID)
				if (counts || slices.Contains(denying, a.Service.ID)) && !a.Discretionary {
					each(side, &layers[i], a)
				}
			}
		}
	}
}

// opaque returns the rules of a service that count, but of which it is not known exactly for whom
// they hold.
func (c *checker) opaque(service string) []Opaque {
	var all []Opaque
	for _, side := range []Side{c.child, c.parent} {
		for _, o := range side.Table.Opaque {
			if o.Layer >= c.layers(side) || o.Applied.Service.ID != service || o.Applied.Discretionary {
				continue
			}
			rule := Opaque{Service: service, Reason: o.Reason, Expression: o.Expression, At: lineOf(o.Pos), Pos: o.Pos}
			if !slices.ContainsFunc(all, rule.same) {
				all = append(all, rule)
			}
		}
	}
	return all
}

// dependsOn returns a text that stays the same from day to day while nothing changes that the rules
// of a subject read.
func (c *checker) dependsOn(of subject) string {
	var b strings.Builder
	fmt.Fprintln(&b, of.services, of.together != nil, c.child.Table.Layers[0].List.Stem)
	for _, service := range of.services {
		for _, k := range c.paying(service) {
			fmt.Fprintf(&b, "%s %v %+v %+v\n", k.measure, k.short, paymentOf(k.want), paymentOf(k.have))
		}
	}
	c.applied(of.services, func(side Side, l *layer.Layer, a layer.Applied) {
		fmt.Fprintln(&b, side == c.child, l.List.Stem, a.Stem, a.Index, l.Parameters.Key(a.Parameters))
	})
	return b.String()
}

// finding returns the finding that reports a loss.
func (c *checker) finding(l loss) *Finding {
	f := &Finding{Service: l.service, Unsure: l.unsure, Kind: l.kind, Severity: policy.SeverityError, Measure: l.measure, Method: Proof, From: c.parent.On}
	if l.kind == Open || l.kind == Shorter && !l.calendar.stated {
		f.Severity = policy.SeverityWarning
	}
	if l.kind == Shorter {
		f.Calendar, f.WantPayment, f.HavePayment = l.calendar.short, paymentOf(l.calendar.want), paymentOf(l.calendar.have)
	}
	f.Want, f.WantBound = number(l.want)
	f.Have, f.HaveBound = number(l.have)
	f.WantOf, f.HaveOf, f.HaveOpen = of(l.want), of(l.have), l.have != nil && l.have.Open()
	f.WantBundle, f.HaveBundles = l.wantBundle, l.haveBundles
	f.ChildPos = c.child.Table.Layers[0].List.Pos
	if s := c.child.Table.Layers[0].List.Service(l.service); s != nil {
		f.ChildPos = s.Pos
	}
	if l.kind == Shorter && l.calendar.own != nil {
		f.ChildPos = l.calendar.own.Pos
	}
	if l.together != nil {
		f.Services, f.Unit = l.together.services, c.vocabulary.Measure(l.measure).Unit
		f.ChildPos = c.choiceAt(l.together, policy.Member{Service: l.service, Measure: l.measure})
	}
	f.Child = lineOf(f.ChildPos)
	return f
}

// number returns the number of a promise, or nil when it has none. It also returns the bound where
// the number is not sure, as for a ceiling.
func number(p *policy.Promise) (*policy.Decimal, policy.Bound) {
	switch {
	case p == nil || p.Open():
		return nil, ""
	case !p.Sure():
		return p.Value, p.Bound
	}
	return p.Value, ""
}

// of returns what an amount without a number is a share of, empty for any other amount.
func of(p *policy.Promise) string {
	if p == nil || p.OpenShare() == nil {
		return ""
	}
	return p.OpenShare().String()
}

// above notes where the promise that is not kept stands.
func (f *Finding) above(pos policy.Position) { f.ParentPos, f.Parent = pos, lineOf(pos) }

func lineOf(p policy.Position) string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}
