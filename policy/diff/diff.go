// Package diff compares what the residents of two places, or of one place by two versions of its
// lists, are owed: service by service, over all elders who can exist.
//
// Package check proves in both directions who would lose. Nobody by either is equivalent. Who loses
// by B alone makes B weaker, who loses by A alone makes it stronger, and both make it different.
package diff

import (
	"context"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
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
)

// Report is how B compares with A.
type Report struct {
	A        Side      `json:"a"`
	B        Side      `json:"b"`
	Services []Service `json:"services"` // in the printed order of A, then what only B has
	// Together are services of which a list does not pay everything beside each other, such as the
	// highest of several allowances: the cash or whatever else that comes to.
	Together []Together `json:"together,omitempty"`
	// Roster is what comes of the elders of a register, nil when none was given. See package simulate.
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
	// From is the folder or revision that the lists are from. It is empty where both sides have the
	// same lists.
	From   string `json:"from,omitempty"`
	Digest string `json:"digest"`
}

// Roster counts the elders of a register by what comes of them from A to B, and the cash that is
// certain, in yuan a month.
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

// Service is how B compares with A in one service.
type Service struct {
	Service  string   `json:"service"`
	Name     string   `json:"name"`
	ItemA    string   `json:"item_a,omitempty"`
	ItemB    string   `json:"item_b,omitempty"`
	Relation Relation `json:"relation"`
	// Method is [check.Proof] over all elders, or [check.Tested] on many where a rule is opaque.
	// Then there may be differences that were not found.
	Method      check.Method `json:"method"`
	Differences []Difference `json:"differences,omitempty"`

	english        string
	offerA, offerB *ruleset.Offer
}

// Together is how B compares with A in what several services come to.
type Together struct {
	Services    []string     `json:"services"`
	Relation    Relation     `json:"relation"`
	Method      check.Method `json:"method"`
	Differences []Difference `json:"differences"`
}

// Difference is one way in which one side gives less than the other, and to whom.
type Difference struct {
	// Better is "a" or "b", the side that gives more.
	Better string `json:"better"`
	// Kind is in what the other side falls short, as a check of it would say.
	Kind check.Kind `json:"kind"`
	// Measure is what is compared: several linked ones have + between them. It is empty where the
	// service itself is had or not.
	Measure string  `json:"measure,omitempty"`
	A       *Amount `json:"a"` // nil where nothing is promised, or where no amount is at issue
	B       *Amount `json:"b"`
	// Region is to whom, in words, and Witness one of them, as of a [check.Finding].
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
	// Bundles are of linked measures what is promised together.
	Bundles []policy.Bundle `json:"bundles,omitempty"`
}

// Both checks in both directions, on one day each, what the residents of two sides are owed: who
// loses by b what a gives, and who by a what b gives. The two must be [Comparable].
func Both(ctx context.Context, a, b check.Side) (down, up *check.Report, err error) {
	if down, err = (&check.Checker{Effective: true}).At(ctx, b, a); err != nil {
		return nil, nil, err
	}
	up, err = (&check.Checker{Effective: true}).At(ctx, a, b)
	return down, up, err
}

// Comparable reports whether two sides know the same facts of elders, and mean the same by the
// measures that both have, so that they can be proved against each other.
func Comparable(a, b check.Side) bool {
	x, y := a.Table.Space, b.Table.Space
	return x.Same(y) && !slices.ContainsFunc(x.Vocabulary.Measures, func(m *policy.Measure) bool {
		n := y.Vocabulary.Measure(m.Name)
		return n != nil && (m.Kind != n.Kind || m.Per != n.Per || m.Unit != n.Unit || m.Less != n.Less)
	})
}

// Compare compares two sides. The error is [*NotComparableError] when they cannot be.
func Compare(ctx context.Context, a, b check.Side) (*Report, error) {
	if !Comparable(a, b) {
		return nil, &NotComparableError{}
	}
	down, up, err := Both(ctx, a, b)
	if err != nil {
		return nil, err
	}
	r := &Report{
		A: sideOf(a), B: sideOf(b), Services: []Service{}, space: a.Table.Space, versions: a.Jurisdiction.ID == b.Jurisdiction.ID,
		labels: labels(a, b), vocabulary: a.Table.Space.Vocabulary.WithMeasuresOf(b.Table.Space.Vocabulary),
	}
	offersA, offersB := a.EffectiveOffers(), b.EffectiveOffers()
	for _, service := range union(down.Services, up.Services) {
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
		}
		r.Services = append(r.Services, s)
	}
	r.Together = r.together(down, up)
	return r, nil
}

// NotComparableError says that two versions do not know the same facts of elders, or do not mean
// the same by a measure.
type NotComparableError struct{}

func (*NotComparableError) Error() string {
	return "the two sides do not know the same facts of elders: attributes, values, what these say of other attributes, " +
		"where large numbers are told apart, or what a measure is; lay one vocabulary under both"
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

// print takes over how the lists print a service: A's name before B's.
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

// labels are those of the parameters of both sides, the nearest list's first.
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

// differences are what either direction finds of a subject, and what relation comes of it.
func (r *Report) differences(down, up *check.Report, of func(check.Finding) bool) ([]Difference, Relation) {
	var all []Difference
	loses, gains := false, false
	for _, f := range down.Findings {
		if of(f) {
			all, loses = append(all, difference("a", f)), loses || f.Kind != check.Assumed
		}
	}
	for _, f := range up.Findings {
		if of(f) {
			all, gains = append(all, difference("b", f)), gains || f.Kind != check.Assumed
		}
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

// difference is a finding as what one side has better.
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

// wanted is what the better side promises, nil where no amount is at issue.
func wanted(f check.Finding) *Amount {
	switch {
	case f.WantBundle != nil:
		return &Amount{Bundles: []policy.Bundle{f.WantBundle}}
	case f.Measure == "" || f.Kind == check.Unanswered:
		return nil
	}
	return &Amount{Value: f.Want, Bound: f.WantBound, Of: f.WantOf}
}

// had is what the other side promises instead, nil where that is nothing.
func had(f check.Finding) *Amount {
	switch {
	case len(f.HaveBundles) > 0:
		return &Amount{Bundles: f.HaveBundles}
	case f.Have == nil && !f.HaveOpen:
		return nil
	}
	return &Amount{Value: f.Have, Bound: f.HaveBound, Of: f.HaveOf}
}

// together are the services that are paid together of which either direction finds something.
func (r *Report) together(down, up *check.Report) []Together {
	var all []Together
	for _, report := range []*check.Report{down, up} {
		for _, f := range report.Findings {
			if len(f.Services) == 0 || slices.ContainsFunc(all, func(t Together) bool { return slices.Equal(t.Services, f.Services) }) {
				continue
			}
			t := Together{Services: f.Services, Method: f.Method}
			t.Differences, t.Relation = r.differences(down, up, func(g check.Finding) bool { return slices.Equal(g.Services, f.Services) })
			for _, d := range t.Differences {
				if d.Method == check.Tested {
					t.Method = check.Tested
				}
			}
			all = append(all, t)
		}
	}
	return all
}

// Loses reports whether by B anybody loses anything of what A gives.
func (r *Report) Loses() bool {
	loses := func(of Relation) bool { return of == Weaker || of == Different || of == Omitted }
	return slices.ContainsFunc(r.Services, func(s Service) bool { return loses(s.Relation) }) ||
		slices.ContainsFunc(r.Together, func(t Together) bool { return loses(t.Relation) })
}

// union returns a with what b has besides.
func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// who says in words who an example is: only what is given of them.
func (r *Report) who(e elder.Elder, style words.Style) string {
	p, err := r.space.Encode(e, policy.Jurisdiction{}, r.A.On)
	if err != nil {
		return ""
	}
	var b box.Box
	for i, cell := range p.Cells[:len(r.space.Axes)] {
		if cell != elder.Absent {
			b, _ = b.With(i, box.SetOf(cell))
		}
	}
	return words.Box(r.space, b, style)
}
