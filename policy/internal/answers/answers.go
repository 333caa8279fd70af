// Package answers answers for one jurisdiction, service by service.
//
// What an elder has of one service depends on few attributes: those that its cases read, and those
// that are coupled to them by contradictions and by questions asked only of some elders. They are
// the service's view. Few classes of cells can be told apart in a view, so a service has few
// answers. Each answer is made at its first use and kept. It is kept in an array by the classes of
// the elder. Where the classes have too many combinations, it is kept in a memo that drops one
// answer for each that is added. Equal answers are one.
//
// A decision is made of the answers of all services. Its total is made of parts as well. What a
// service brings is kept with its answer. Where only the highest of several services is paid, what
// they bring is kept by their answers together.
//
// All that is kept is bounded by the table, however many elders are asked about.
package answers

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// World says what a missing attribute means.
type World uint8

const (
	// Open takes missing attributes as unknown. An answer tells what is certain and what is
	// possible.
	Open World = iota
	// Closed takes missing attributes as absent, as [Answers.Close] does. An attribute that cannot
	// be absent is unknown; what counts is what holds for all its values.
	Closed
	worlds = 2
)

// Rule is a rule at work in a layer.
type Rule struct {
	Layer int
	layer.Applied
}

// Oracle evaluates the rules of a service that no table can hold.
type Oracle interface {
	// Held returns the rules that hold for an elder whose missing attributes have no value.
	Held(ctx context.Context, c elder.Cells, service string) ([]decide.Held, error)
	// Tried tries the rules on all that an elder may be. It returns the cases found, and the rules
	// for which there is too much to try.
	Tried(ctx context.Context, c elder.Cells, service string) ([]table.Case, []Rule, error)
}

// Answers holds the answers of a table. It is safe for concurrent use.
type Answers struct {
	table  *table.Table
	oracle Oracle
	groups []*group

	possible, impossible Answer     // the views of groups
	services             []*service // as a decision lists them
	choices              []*choice
	places               []uint32 // classes of the axes of all views
	steps                []step   // the way through the views of all services
	size                 uint32   // the answers of all views except wide ones
	made                 atomic.Uint32
	kept                 [worlds]atomic.Pointer[[]atomic.Pointer[Answer]]
	wide                 memo[Answer] // the answers of wide views
	opens                memo[open]
}

// step is an axis on the way through the views of all services, one after another.
type step struct {
	axis
	last  bool // the axis in its view
	wide  bool // the view it belongs to
	start uint32
}

// wideSets is the number of sets of answers kept for all wide views together.
const wideSets = 1 << 10

// New returns the answers of a table. None is made yet.
func New(t *table.Table, oracle Oracle) *Answers {
	s := &Answers{table: t, oracle: oracle, wide: memo[Answer]{room: wideSets}}
	s.addGroups()
	s.addServices()
	return s
}

// addServices makes the views of all services that rules grant.
func (s *Answers) addServices() {
	cases, read := map[string][]table.Case{}, map[string][]int{}
	for _, c := range s.table.Distinct() {
		cases[c.Grant.Service], read[c.Grant.Service] = append(cases[c.Grant.Service], c), nil
	}
	for _, o := range s.table.Opaque {
		id := o.Applied.Service.ID
		read[id] = append(read[id], s.indexes(o.Applied.Reads)...)
	}
	for id := range read {
		s.services = append(s.services, &service{id: id, opaque: s.table.IsOpaque(id), raised: table.Raise(cases[id])})
	}
	slices.SortFunc(s.services, func(a, b *service) int {
		return cmp.Compare(decide.Place(s.table.Layers, a.id), decide.Place(s.table.Layers, b.id))
	})
	chains := decide.Chains(s.table.Layers)
	for _, v := range s.services {
		v.loose = slices.ContainsFunc(chains, func(c decide.Chain) bool { return c.HasService(v.id) && c.Loosens(s.table.Space.Vocabulary) })
		s.addView(&v.view, s.table.Projection(cases[v.id], read[v.id]...), read[v.id])
		s.addSteps(&v.view)
	}
	s.addChoices(chains)
}

// addSteps adds the steps through a view. A view that depends on nothing gets a step on an
// attribute that tells nothing.
func (s *Answers) addSteps(v *view) {
	axes := v.axes
	if len(axes) == 0 {
		axes = []axis{{first: uint32(len(s.places))}}
		s.places = append(s.places, make([]uint32, s.table.Space.Axes[0].Cells())...)
	}
	for i, x := range axes {
		s.steps = append(s.steps, step{axis: x, last: i == len(axes)-1, wide: v.wide, start: v.start})
	}
}

func (s *Answers) indexes(attributes []string) []int {
	var all []int
	for _, name := range attributes {
		all = append(all, s.table.Space.Indexes(name)...)
	}
	return all
}

// Service returns what an elder has of a service: an award of what is promised, and one of what is
// only permitted, where there is any. They must not be changed. Errors are those of
// [Decider.Decide].
func (s *Answers) Service(ctx context.Context, w World, c *elder.Cells, id string) ([]decide.Award, error) {
	if err := s.exists(c); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(s.services, func(v *service) bool { return v.id == id })
	if i < 0 {
		return nil, nil
	}
	a, err := s.answer(ctx, s.services[i], w, c)
	if err != nil {
		return nil, err
	}
	return a.awards, nil
}

// fewServices is the number of answers held on the stack.
const fewServices = 64

// vector appends the answers of all services for an elder. The error is an [*elder.Error] when no
// such elder exists.
func (s *Answers) vector(ctx context.Context, w World, c *elder.Cells, answers []*Answer) ([]*Answer, error) {
	if err := s.exists(c); err != nil {
		return nil, err
	}
	kept := s.keptIn(w)
	place := uint32(0)
	for _, x := range s.steps {
		place += s.places[x.first+uint32(c[x.attribute%elder.MaxAttributes])]
		if !x.last {
			continue
		}
		var a *Answer
		if !x.wide {
			a = kept[x.start+place].Load()
		}
		if place = 0; a == nil {
			var err error
			if a, err = s.answer(ctx, s.services[len(answers)], w, c); err != nil {
				return nil, err
			}
		}
		answers = append(answers, a)
	}
	return answers, nil
}

// answer returns the answer of a service.
func (s *Answers) answer(ctx context.Context, v *service, w World, c *elder.Cells) (*Answer, error) {
	if a := s.find(&v.view, w, c); a != nil {
		return a, nil
	}
	return s.make(ctx, v, w, c)
}
