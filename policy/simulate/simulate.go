// Package simulate compares what the elders of a register are owed by two versions of the lists, or
// on two days. It says who wins, who loses, what it costs, and whether it is proved that nobody can
// lose.
package simulate

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/diff"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/summary"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// Report says what changes for a register. Each elder who is answered by both sides is in one of
// five classes.
type Report struct {
	Jurisdiction string       `json:"jurisdiction"`
	Name         string       `json:"name"`
	Before       Side         `json:"before"`
	After        Side         `json:"after"`
	Rows         summary.Rows `json:"rows"` // as read for the side after
	Elders       int64        `json:"elders"`
	Winners      int64        `json:"winners"`
	Losers       int64        `json:"losers"`
	Both         int64        `json:"both"` // who win something and lose something
	Unchanged    int64        `json:"unchanged"`
	Undecided    int64        `json:"undecided"` // for whom missing facts decide
	// NotBefore counts elders whom the side before refuses, so that there is nothing to compare.
	NotBefore int64     `json:"not_before,omitempty"`
	Proof     Proof     `json:"proof"`
	Services  []Service `json:"services"`
	Monthly   Change    `json:"monthly_cny"`
	// Kinds lists what changes, the most frequent kinds of each class first. When a class already
	// has many kinds about the same services, further ones are only counted, in Rest.
	Kinds []Kind `json:"kinds"`
	Rest  []Rest `json:"kinds_rest,omitempty"`

	byRules *diff.Report             // nil when nothing was proved
	unlike  *diff.NotComparableError // then: why
}

// Side is one of the two versions.
type Side struct {
	On     policy.Date `json:"on"`
	Digest string      `json:"digest"`
}

// Proof is what is proved about all elders who can exist, whether they are in the register or not.
// Each has the same age on both sides.
type Proof struct {
	// NobodyLoses says that the side after is proved, without an assumption, to promise everybody
	// at least as much as the side before.
	NobodyLoses bool `json:"nobody_loses"`
	Proved      int  `json:"proved"` // services of the side before that nobody loses anything of
	// Findings say who would lose what, what is unknown ([check.Kind.Known]), and where nobody
	// loses if an assumption is right ([check.Assumed]). For services that were only tested, they
	// may be incomplete.
	Findings []check.Finding `json:"findings"`
	Tested   []string        `json:"tested,omitempty"` // services that could only be tested, so that nothing is proved
	Opaque   []check.Opaque  `json:"opaque,omitempty"` // the rules because of which they were
	// Not says why nothing could be proved.
	Not string `json:"not,omitempty"`
	// Same lists the services that are proved to be the same for everybody on both sides.
	Same []string `json:"same"`
}

// Service says how many elders are entitled to a service, and what it costs.
type Service struct {
	Service string `json:"service"`
	Item    string `json:"item"`
	Name    string `json:"name"`
	Cash    bool   `json:"cash"`
	Before  int64  `json:"before"` // elders entitled
	After   int64  `json:"after"`
	Monthly Change `json:"monthly_cny"`
}

// Change is money before and after.
type Change struct {
	Before summary.Money `json:"before"`
	After  summary.Money `json:"after"`
}

// reach holds the elders for whom a service changes, as far as that is proved. All others have the
// same on both sides.
type reach struct {
	service string
	boxes   []box.Box
}

// paid says how a payment calendar of a service changes.
type paid struct {
	measure         string // that it is of; empty for what has no calendar of its own
	shorter, longer bool   // for some months
	before, after   string // the calendars in words
}

// Options say how to compare elders.
type Options struct {
	English bool
}

// Simulation compares the elders of a register while the register answers them.
type Simulation struct {
	Options
	before, after *ruleset.Ruleset
	vocabulary    *policy.Vocabulary // that of the side after, with the measures that only the side before has
	counts        [2]*summary.Counter
	proof         Proof
	byRules       *diff.Report
	unlike        *diff.NotComparableError
	compared      map[string]bool // services that not everybody has the same of
	reach         []reach
	paid          map[string][]paid // by service, where the months change for which it is paid
	scene         *scene            // of the services that are compared
	mu            sync.Mutex
	parts         []*part
}

// New proves what can be proved about the two rulesets, and prepares to compare the elders of a
// register. Call it before the register answers. The register must have been opened with the rules
// after. The rules before take missing attributes as the rules after do.
func New(ctx context.Context, before, after *ruleset.Ruleset, r *register.Register, o Options) (*Simulation, error) {
	if err := cmp.Or(before.Usable(ctx), after.Usable(ctx)); err != nil {
		return nil, err
	}
	before = before.AssumeKnown(after.AssumesKnown())
	s := &Simulation{
		Options: o, before: before, after: after, compared: map[string]bool{},
		vocabulary: after.Table.Space.Vocabulary.WithMeasuresOf(before.Table.Space.Vocabulary),
	}
	for i, rules := range []*ruleset.Ruleset{before, after} {
		var err error
		if s.counts[i], err = summary.New(rules, r, summary.Options{English: o.English}); err != nil {
			return nil, err
		}
		for _, offer := range rules.EffectiveOffers() {
			s.compared[offer.Service] = true
		}
	}
	if err := s.prove(ctx); err != nil {
		return nil, err
	}
	for _, service := range s.proof.Same {
		delete(s.compared, service)
	}
	s.paid = s.calendars()
	s.scene = newScene(before, after, s.compared)
	r.Hear = func() func(register.Answered) error { return s.hear(ctx) }
	return s, nil
}

// calendars compares the payment calendars of the services that are compared. What is paid once is
// less than what is paid from month to month, even if its one month is one in which the other is
// not paid.
func (s *Simulation) calendars() map[string][]paid {
	all := map[string][]paid{}
	for service := range s.compared {
		back := check.Payments(s.before, s.after, service)
		for i, down := range check.Payments(s.after, s.before, service) { // both are of the same measures
			shorter, longer := down.Short, back[i].Short
			if len(shorter)+len(longer) == 0 {
				continue
			}
			all[service] = append(all[service], paid{
				down.Measure,
				len(shorter) > 0 && !slices.Contains(longer, policy.PartOnce), len(longer) > 0 && !slices.Contains(shorter, policy.PartOnce),
				words.Calendar(down.Want, s.vocabulary, s.style()), words.Calendar(down.Have, s.vocabulary, s.style()),
			})
		}
	}
	return all
}

// prove proves what can be proved, in both directions.
func (s *Simulation) prove(ctx context.Context) error {
	s.proof = Proof{Findings: []check.Finding{}, Same: []string{}}
	before, after, err := diff.Aligned(ctx, s.before, s.after)
	if errors.As(err, &s.unlike) {
		s.proof.Not = err.Error()
		return nil
	}
	if err != nil {
		return err
	}
	down, up, err := diff.Both(ctx, before, after)
	if err != nil {
		return err
	}
	s.byRules = diff.Between(before, after, down, up)
	s.proof.Findings, s.proof.Tested, s.proof.Opaque = append(s.proof.Findings, down.Findings...), down.TestedServices, down.Opaque
	for _, service := range down.Services {
		lost := finds(down, service) || slices.Contains(down.TestedServices, service)
		if !lost {
			s.proof.Proved++
		}
		if !slices.Contains(down.TestedServices, service) && !slices.Contains(up.TestedServices, service) && len(s.reach) < maxReaches &&
			after == s.after { // whose space is that of the elders
			s.reach = append(s.reach, reach{service, append(boxesOf(down, service), boxesOf(up, service)...)})
		}
		if !lost && !finds(up, service) && !slices.Contains(up.TestedServices, service) && slices.Contains(up.Services, service) {
			s.proof.Same = append(s.proof.Same, service)
		}
	}
	s.proof.NobodyLoses = len(down.Findings) == 0 && len(down.TestedServices) == 0
	return nil
}

// maxReaches is the greatest number of services for which the elders whom they reach are kept.
const maxReaches = 64

// boxesOf returns the elders for whom a report finds something about a service.
func boxesOf(r *check.Report, service string) []box.Box {
	var boxes []box.Box
	for _, f := range r.Findings {
		if f.Service == service || slices.Contains(f.Services, service) {
			boxes = append(boxes, f.Boxes...)
		}
	}
	return boxes
}

// out returns the services that do not reach an elder, whatever is missing: a bit for each element
// of s.reach.
func (s *Simulation) out(c *elder.Cells) uint64 {
	var out uint64
	for i, r := range s.reach {
		if s.compared[r.service] && !slices.ContainsFunc(r.boxes, func(b box.Box) bool { return mayBeIn(b, c) }) {
			out |= 1 << i
		}
	}
	return out
}

// mayBeIn reports whether an elder is in a box for some values of what is missing.
func mayBeIn(b box.Box, c *elder.Cells) bool {
	return !slices.ContainsFunc(b, func(side box.Side) bool {
		cell := c[side.Attribute]
		return cell != elder.Absent && !side.Admits.Has(cell)
	})
}

// finds reports whether a report says something about a service, even a mere warning.
func finds(r *check.Report, service string) bool {
	return slices.ContainsFunc(r.Findings, func(f check.Finding) bool {
		return f.Service == service || slices.Contains(f.Services, service)
	})
}

// hear returns a function that compares elders, for use by one goroutine.
func (s *Simulation) hear(ctx context.Context) func(register.Answered) error {
	p := &part{kinds: map[string]*Kind{}, seen: map[pair]*outcome{}, scenes: map[string]*scene{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = append(s.parts, p)
	before, after := s.counts[0].Hear(), s.counts[1].Hear()
	return func(a register.Answered) error {
		profile, decision, err := s.decideBefore(ctx, &a)
		var refused *elder.Error
		if errors.As(err, &refused) {
			p.notBefore++
			return nil
		}
		if err != nil {
			return err
		}
		p.add(s, a.Profile, profile, a.Decision, decision)
		if err := after(a); err != nil {
			return err
		}
		a.Profile, a.Decision = profile, decision
		return before(a)
	}
}

// decideBefore returns the decision about an elder by the rules before, as far as they know what is
// said of the elder.
func (s *Simulation) decideBefore(ctx context.Context, a *register.Answered) (*elder.Profile, *decide.Decision, error) {
	p, err := a.Encode(s.before)
	if err != nil {
		return nil, nil, err
	}
	d, err := s.before.Decide(ctx, &p)
	return &p, d, err
}

// Problem counts a problem of a row.
func (s *Simulation) Problem(p register.Problem) { s.counts[1].Problem(p) }

// Report returns what changes, after the register has answered.
func (s *Simulation) Report(t register.Tally) *Report {
	all := &part{kinds: map[string]*Kind{}}
	for _, p := range s.parts {
		all.join(p)
	}
	before, after := s.counts[0].Sum(t), s.counts[1].Sum(t)
	r := &Report{
		Jurisdiction: after.Jurisdiction, Name: after.Name, Rows: after.Rows, Proof: s.proof,
		Before: Side{before.On, before.Digest}, After: Side{after.On, after.Digest},
		byRules: s.byRules, unlike: s.unlike, Elders: after.Total.Elders, NotBefore: all.notBefore,
		Winners: all.classes[winner], Losers: all.classes[loser], Both: all.classes[both],
		Unchanged: all.classes[unchanged], Undecided: all.classes[undecided],
		Monthly: Change{before.Total.Monthly, after.Total.Monthly}, Kinds: all.sorted(s),
	}
	r.Kinds, r.Rest = some(r.Kinds, keptKinds, keptOfService)
	for _, one := range after.Total.Services {
		r.Services = append(r.Services, Service{
			Service: one.Service, Item: one.Item, Name: one.Name, Cash: one.Cash, After: one.Entitled, Monthly: Change{After: one.Monthly},
		})
	}
	for _, one := range before.Total.Services {
		i := slices.IndexFunc(r.Services, func(o Service) bool { return o.Service == one.Service })
		if i < 0 {
			i = len(r.Services)
			r.Services = append(r.Services, Service{Service: one.Service, Item: one.Item, Name: one.Name})
		}
		to := &r.Services[i]
		to.Before, to.Monthly.Before, to.Cash = one.Entitled, one.Monthly, to.Cash || one.Cash
	}
	return r
}

// scene holds which attributes some services read, and which values of them no rule tells apart.
type scene struct {
	space  *elder.Space
	axes   []int
	before []int       // the same axes of the side before; -1 where it has none
	class  [][]uint8   // of each cell, by axis
	sets   [][]box.Set // of each class, by axis
}

// newScene reads the cases of both sides, on the attributes of the side after.
func newScene(before, after *ruleset.Ruleset, services map[string]bool) *scene {
	s := &scene{space: after.Table.Space}
	sides := make([][]box.Set, len(s.space.Axes))
	for _, rules := range []*ruleset.Ruleset{before, after} {
		to := sameAxes(rules.Table.Space, s.space)
		for _, c := range rules.Table.Cases {
			if !services[c.Grant.Service] || c.Grant.Discretionary {
				continue
			}
			for _, side := range c.Box {
				if i := to[side.Attribute]; i >= 0 {
					sides[i] = append(sides[i], side.Admits)
				}
			}
		}
	}
	of := sameAxes(s.space, before.Table.Space)
	for axis, sets := range sides {
		if len(sets) == 0 {
			continue
		}
		s.axes = append(s.axes, axis)
		s.before = append(s.before, of[axis])
		class, whole := classes(s.space.Axes[axis].Cells(), sets)
		s.class, s.sets = append(s.class, class), append(s.sets, whole)
	}
	return s
}

// sameAxes returns for each axis of a space the one of another space that means the same, cell by
// cell, or -1.
func sameAxes(from, to *elder.Space) []int {
	all := make([]int, len(from.Axes))
	for i := range from.Axes {
		all[i] = slices.IndexFunc(to.Axes, func(b elder.Axis) bool {
			a := &from.Axes[i]
			sameMember := (a.Member == nil) == (b.Member == nil) && (a.Member == nil || a.Member.Name == b.Member.Name)
			return a.Attribute.Name == b.Attribute.Name && sameMember && a.Attribute.Same(b.Attribute) && slices.Equal(a.Values, b.Values)
		})
	}
	return all
}

// classes splits the values of an axis by the sets that they are in.
func classes(cells int, sets []box.Set) (class []uint8, whole []box.Set) {
	class = make([]uint8, cells)
	for cell := 1; cell < cells; cell++ {
		same := slices.IndexFunc(whole, func(of box.Set) bool {
			first := of.Cells()[0]
			return !slices.ContainsFunc(sets, func(s box.Set) bool { return s.Has(first) != s.Has(uint8(cell)) })
		})
		if same < 0 {
			same = len(whole)
			whole = append(whole, box.Set{})
		}
		whole[same].Add(uint8(cell))
		class[cell] = uint8(same)
	}
	return class, whole
}

// notKnown stands for the class of a missing cell. It comes after all others, so that the first of
// several elders is one of whom more is known.
const notKnown = 255

// who returns an elder by the classes that the scene tells apart: those of the side after, then
// those of the side before.
func (s *scene) who(after, before *elder.Cells) []uint8 {
	n := len(s.axes)
	who := make([]uint8, 2*n)
	for i, axis := range s.axes {
		who[i] = s.of(i, after[axis])
		who[n+i] = who[i]
		if s.before[i] >= 0 {
			who[n+i] = s.of(i, before[s.before[i]])
		}
	}
	return who
}

func (s *scene) of(i int, cell uint8) uint8 {
	if cell == elder.Absent {
		return notKnown
	}
	return s.class[i][cell]
}

// words returns what is known of an elder, as far as the rules tell it apart. What differs between
// the sides has both values.
func (s *scene) words(who []uint8, in *Simulation) string {
	n, style := len(s.axes), in.style()
	var same box.Box
	var other []string
	known := n == 0 // then there is nothing to know
	for i, axis := range s.axes {
		is, was := who[i], who[n+i]
		known = known || is != notKnown || was != notKnown
		switch {
		case is != was:
			a := &s.space.Axes[axis]
			other = append(other, words.Side(a, s.set(i, was), style)+in.say(", then ", "，之后 ")+words.Values(a, s.set(i, is), style))
		case is != notKnown && len(s.sets[i]) > 1: // else any value will do
			same, _ = same.With(axis, s.sets[i][is])
		}
	}
	if !known {
		return in.say("of whom nothing is known that the rules read", "规则所涉情况均未登记")
	}
	if len(same) > 0 || len(other) == 0 {
		other = append(other, words.Box(s.space, same, style))
	}
	return strings.Join(other, in.say(", ", "，"))
}

// set returns the values of a class.
func (s *scene) set(i int, class uint8) box.Set {
	if class == notKnown {
		return box.Range(elder.Absent, elder.Absent)
	}
	return s.sets[i][class]
}
