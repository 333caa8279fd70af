// Package diff compares what residents are owed in two places, or in one place by two versions of
// its lists. It compares service by service, over all elders who can exist.
//
// Package check proves in both directions who would lose. If nobody loses either way, the two are
// equivalent. If somebody has less by B and nobody has more, B is weaker. If somebody has more by B
// and nobody has less, B is stronger. If both happen, they are different.
package diff

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/union"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// Relation says how B compares with A.
type Relation string

// The relations.
const (
	Equivalent Relation = "equivalent" // nobody loses, either way
	Stronger   Relation = "stronger"   // by B nobody loses, and somebody gains
	Weaker     Relation = "weaker"     // by B somebody loses, and nobody gains
	Different  Relation = "different"  // by B somebody loses, and somebody gains
	Added      Relation = "added"      // only B has the service
	Omitted    Relation = "omitted"    // only A has it
	// Unknown means that nobody was found who loses or gains, but plain OPA could not answer or did
	// not confirm the proof. The differences say for whom.
	Unknown Relation = "unknown"
)

// Report says how B compares with A.
type Report struct {
	A        Side      `json:"a"`
	B        Side      `json:"b"`
	Services []Service `json:"services"` // in the printed order of A, then what only B has
	// Together lists sets of services that are not all paid side by side, such as allowances of
	// which only the highest is paid. It compares what each set comes to.
	Together []Together `json:"together,omitempty"`
	// Roster says what changes for the elders of a register. It is nil when none was given. See package
	// simulate.
	Roster *Roster `json:"roster,omitempty"`

	space      *elder.Space
	vocabulary *policy.Vocabulary // A's, with the measures that only B has
	versions   bool               // of one place
	labels     map[string]string  // of parameters, by name
}

// Side is one of the two that are compared.
type Side struct {
	Jurisdiction string      `json:"jurisdiction"`
	Name         string      `json:"name"`
	On           policy.Date `json:"on"`
	// From is the folder or revision that the lists come from. It is empty where both sides have the
	// same lists.
	From   string `json:"from,omitempty"`
	Digest string `json:"digest"`
}

// Roster counts the elders of a register by what changes for them from A to B. It also adds up the
// certain cash, in yuan a month.
type Roster struct {
	Elders    int64          `json:"elders"`
	Winners   int64          `json:"winners"`
	Losers    int64          `json:"losers"`
	Both      int64          `json:"both"`
	Undecided int64          `json:"undecided"`
	Unchanged int64          `json:"unchanged"`
	Refused   int64          `json:"refused"` // rows
	MonthlyA  policy.Decimal `json:"monthly_cny_a"`
	MonthlyB  policy.Decimal `json:"monthly_cny_b"`
}

// Service says how B compares with A in one service.
type Service struct {
	Service  string   `json:"service"`
	Name     string   `json:"name"`
	ItemA    string   `json:"item_a,omitempty"`
	ItemB    string   `json:"item_b,omitempty"`
	Relation Relation `json:"relation"`
	// Method is [check.Proof] over all elders, or [check.Tested] on many elders where a rule is
	// opaque. A test may miss differences.
	Method check.Method `json:"method"`
	// Opaque lists the rules because of which the service was only tested.
	Opaque      []check.Opaque `json:"opaque,omitempty"`
	Differences []Difference   `json:"differences,omitempty"`

	english        string
	offerA, offerB *ruleset.Offer
}

// Together says how B compares with A in what several services come to together.
type Together struct {
	Services    []string     `json:"services"`
	Relation    Relation     `json:"relation"`
	Method      check.Method `json:"method"`
	Differences []Difference `json:"differences"`
}

// Difference is one way in which one side gives less than the other, with those who have less.
type Difference struct {
	// Better is "a" or "b": the side that gives more, or that may give more. In an assumed
	// difference ([check.Assumed]) the other side gives as much if the assumption is right.
	Better string `json:"better"`
	// Kind says in what way the other side falls short.
	Kind check.Kind `json:"kind"`
	// Measure is the measure compared, or several linked measures with + between them. It is empty
	// where the question is whether somebody has the service at all.
	Measure string  `json:"measure,omitempty"`
	A       *Amount `json:"a"` // nil where nothing is promised, or where no amount is at issue
	B       *Amount `json:"b"`
	// Region says in words who has less. Witness is one of them, as in a [check.Finding].
	Region  string       `json:"region"`
	Witness elder.Elder  `json:"witness"`
	Method  check.Method `json:"method"`
	AtA     string       `json:"at_a,omitempty"` // file:line
	AtB     string       `json:"at_b,omitempty"`
	Note    string       `json:"note,omitempty"`

	finding check.Finding
}

// Amount is what a side promises of a measure.
type Amount struct {
	Value *policy.Decimal `json:"value"` // nil when it is open
	Bound policy.Bound    `json:"bound,omitempty"`
	Of    string          `json:"of,omitempty"` // what an open amount is a share of
	// Bundles are what is promised together of linked measures.
	Bundles []policy.Bundle `json:"bundles,omitempty"`
}

// Both checks what the residents of two sides are owed, in both directions. The first report says
// who loses if b takes the place of a, and the second who loses if a takes the place of b. The
// sides must come from [Aligned].
func Both(ctx context.Context, a, b check.Side) (down, up *check.Report, err error) {
	if err := ready(ctx, a, b); err != nil {
		return nil, nil, err
	}
	if down, err = (&check.Checker{Effective: true}).At(ctx, b, a); err != nil {
		return nil, nil, err
	}
	up, err = (&check.Checker{Effective: true}).At(ctx, a, b)
	return down, up, err
}

// Compare compares two sides. If only one side knows an attribute, the rules of the other do not
// read it. The error is a [*NotComparableError] when the sides cannot be compared.
func Compare(ctx context.Context, a, b check.Side) (*Report, error) {
	a, b, err := Aligned(ctx, a, b)
	if err != nil {
		return nil, err
	}
	down, up, err := Both(ctx, a, b)
	if err != nil {
		return nil, err
	}
	return Between(a, b, down, up), nil
}

// Between returns how two sides compare, given the checks in both directions, as [Both] makes them.
// Where one of them is nil, or a side has no rules, the report is empty.
func Between(a, b check.Side, down, up *check.Report) *Report {
	if down == nil || up == nil || ready(context.Background(), a, b) != nil {
		return &Report{Services: []Service{}}
	}
	r := &Report{
		A: sideOf(a), B: sideOf(b), Services: []Service{}, space: a.Table.Space, versions: a.Jurisdiction.ID == b.Jurisdiction.ID,
		labels: labels(a, b), vocabulary: a.Table.Space.Vocabulary.WithMeasuresOf(b.Table.Space.Vocabulary),
	}
	offersA, offersB := a.EffectiveOffers(), b.EffectiveOffers()
	for _, service := range union.Of(down.Services, up.Services) {
		s := Service{Service: service, Method: check.Proof, offerA: offerOf(offersA, service), offerB: offerOf(offersB, service)}
		s.print(a.Table.Space.Vocabulary, b.Table.Space.Vocabulary)
		single := func(f check.Finding) bool { return f.Service == service && len(f.Services) == 0 }
		s.Differences, s.Relation = r.differences(down, up, single)
		switch {
		case !slices.Contains(up.Services, service):
			s.Relation = Omitted
		case !slices.Contains(down.Services, service):
			s.Relation = Added
		}
		if slices.Contains(down.TestedServices, service) || slices.Contains(up.TestedServices, service) {
			s.Method = check.Tested
			s.Opaque = opaque(service, down, up)
		}
		r.Services = append(r.Services, s)
	}
	r.Together = r.together(down, up)
	return r
}

// opaque returns the rules that are the reason why a service was only tested, each once.
func opaque(service string, reports ...*check.Report) []check.Opaque {
	var all []check.Opaque
	for _, r := range reports {
		for _, o := range r.Opaque {
			if o.Service == service {
				all = union.Of(all, []check.Opaque{o})
			}
		}
	}
	return all
}

func sideOf(r *ruleset.Ruleset) Side {
	return Side{Jurisdiction: r.Jurisdiction.ID, Name: r.Jurisdiction.Name, On: r.On, Digest: r.Digest}
}

func offerOf(offers []ruleset.Offer, service string) *ruleset.Offer {
	i := slices.IndexFunc(offers, func(o ruleset.Offer) bool { return o.Service == service })
	if i < 0 {
		return nil
	}
	return &offers[i]
}

// print sets a service's name and items as the lists print them. A's name goes before B's.
func (s *Service) print(a, b *policy.Vocabulary) {
	if s.offerB != nil {
		s.Name, s.ItemB = s.offerB.Name, s.offerB.Item
	}
	if s.offerA != nil {
		s.Name, s.ItemA = s.offerA.Name, s.offerA.Item
	}
	s.english = s.Name
	for _, v := range []*policy.Vocabulary{b, a} {
		if known := v.Service(s.Service); known != nil {
			s.english = known.English
		}
	}
}

// labels returns the labels of the parameters of both sides by name. The nearest list's label goes
// first.
func labels(sides ...check.Side) map[string]string {
	all := map[string]string{}
	for _, side := range sides {
		for _, l := range side.Table.Layers {
			for _, p := range l.List.Parameters {
				if all[p.Name] == "" {
					all[p.Name] = p.Label
				}
			}
		}
	}
	return all
}

// differences returns what either direction finds of a subject, and the relation that follows from
// it.
func (r *Report) differences(down, up *check.Report, of func(check.Finding) bool) ([]Difference, Relation) {
	var all []Difference
	loses, gains, known := false, false, true
	for _, f := range down.Findings {
		if of(f) {
			all, loses, known = append(all, difference("a", f)), loses || f.Kind.Loses(), known && f.Kind.Known()
		}
	}
	for _, f := range up.Findings {
		if of(f) {
			all, gains, known = append(all, difference("b", f)), gains || f.Kind.Loses(), known && f.Kind.Known()
		}
	}
	if !loses && !gains && !known {
		return all, Unknown
	}
	return all, relation(loses, gains)
}

func relation(loses, gains bool) Relation {
	switch {
	case loses && gains:
		return Different
	case loses:
		return Weaker
	case gains:
		return Stronger
	}
	return Equivalent
}

// difference returns a finding as something that one side has better.
func difference(better string, f check.Finding) Difference {
	d := Difference{
		Better: better, Kind: f.Kind, Measure: f.Measure, A: wanted(f), B: had(f), Region: f.Region, Witness: f.Witness, Method: f.Method,
		AtA: f.Parent, AtB: f.Child, Note: f.Note, finding: f,
	}
	if better == "b" {
		d.A, d.B, d.AtA, d.AtB = d.B, d.A, d.AtB, d.AtA
	}
	return d
}

// wanted returns what the better side promises, or nil where no amount is at issue.
func wanted(f check.Finding) *Amount {
	switch {
	case f.WantBundle != nil:
		return &Amount{Bundles: []policy.Bundle{f.WantBundle}}
	case f.Measure == "" || f.Kind == check.Shorter || !f.Kind.Loses():
		return nil
	}
	return &Amount{Value: f.Want, Bound: f.WantBound, Of: f.WantOf}
}

// had returns what the other side promises instead, or nil where that is nothing.
func had(f check.Finding) *Amount {
	switch {
	case !f.Kind.Loses():
		return nil
	case len(f.HaveBundles) > 0:
		return &Amount{Bundles: f.HaveBundles}
	case f.Have == nil && !f.HaveOpen:
		return nil
	}
	return &Amount{Value: f.Have, Bound: f.HaveBound, Of: f.HaveOf}
}

// together returns the sets of services that are paid together and of which either direction finds
// something, in the order of the services. Each direction names them in the order of its own lists.
func (r *Report) together(down, up *check.Report) []Together {
	var all []Together
	for _, report := range []*check.Report{down, up} {
		for _, f := range report.Findings {
			services := r.inOrder(f.Services)
			if len(services) == 0 || slices.ContainsFunc(all, func(t Together) bool { return slices.Equal(t.Services, services) }) {
				continue
			}
			t := Together{Services: services, Method: f.Method}
			t.Differences, t.Relation = r.differences(down, up, func(g check.Finding) bool { return slices.Equal(r.inOrder(g.Services), services) })
			if slices.ContainsFunc(t.Differences, func(d Difference) bool { return d.Method == check.Tested }) {
				t.Method = check.Tested
			}
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(t, u Together) int {
		return slices.CompareFunc(t.Services, u.Services, func(a, b string) int { return cmp.Compare(r.place(a), r.place(b)) })
	})
	return all
}

// inOrder returns services in the order of the report.
func (r *Report) inOrder(services []string) []string {
	return slices.SortedFunc(slices.Values(services), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.place(a), r.place(b)), strings.Compare(a, b))
	})
}

// place returns where a service stands in the report. A service that neither side promises to
// anybody comes last.
func (r *Report) place(service string) int {
	i := slices.IndexFunc(r.Services, func(s Service) bool { return s.Service == service })
	if i < 0 {
		return len(r.Services)
	}
	return i
}

// Loses reports whether anybody was found who has less by B than by A.
func (r *Report) Loses() bool {
	return slices.ContainsFunc(cmp.Or(r, &Report{}).all(), func(d Difference) bool { return d.Better == "a" && d.Kind.Loses() })
}

// all returns the differences of all services, and of what is paid together.
func (r *Report) all() []Difference {
	var all []Difference
	for _, s := range r.Services {
		all = append(all, s.Differences...)
	}
	for _, t := range r.Together {
		all = append(all, t.Differences...)
	}
	return all
}

// who says in words who an example is, by the attributes that are given of them.
func (r *Report) who(e elder.Elder, style words.Style) string {
	if r.space == nil { // read from JSON
		var facts []string
		for _, name := range slices.Sorted(maps.Keys(e)) {
			facts = append(facts, fmt.Sprintf("%s: %v", name, e[name]))
		}
		return strings.Join(facts, ", ")
	}
	p, err := r.space.Encode(e, policy.Jurisdiction{}, r.A.On)
	if err != nil {
		return ""
	}
	var b box.Box
	cells := p.Cells()
	for i, cell := range cells[:len(r.space.Axes)] {
		if cell != elder.Absent {
			b, _ = b.With(i, box.SetOf(cell))
		}
	}
	return words.Box(r.space, b, style)
}
