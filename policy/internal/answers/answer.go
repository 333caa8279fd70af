package answers

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// Answer is what an elder has of one service. Elders who have the same share one. The fields that
// decisions are made of stand together, so that they fit into one cache line.
type Answer struct {
	entitled, discretionary decide.Entitlement // nothing when the elder has none
	possible                []decide.Possibility
	// what it brings each month; nil for nothing, and for what may be left out of the total
	cash   *part
	kind   uint16 // the kind of what may be left out of the total; answers of a kind bring the same
	number uint32 // tells answers apart
	*details
}

// details are the rest of an answer.
type details struct {
	of     *service
	awards []decide.Award
	text   struct{ entitled, possible, discretionary text }
}

// service is a service with its answers.
type service struct {
	view
	id       string
	opaque   bool // true when plain OPA evaluates a rule of it
	raised   bool // true when a case may exceed the exact amount of another
	chosen   bool // true when it is one of several of which only some are paid
	loose    bool // true when what is certain of it depends on what is possible of others it is chosen with
	distinct shelf
	alike    shelf // answers of an open world, by what is left open
	kinds    kinds
}

// make makes the answer of a service, and keeps it.
func (s *Answers) make(ctx context.Context, v *service, w World, c *elder.Cells) (*Answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var a *Answer
	if seen := v.seen(c); w == Open && !v.opaque {
		a = s.over(v, seen)
	} else {
		awards, err := s.awards(ctx, v, w, seen)
		if err != nil {
			return nil, err
		}
		a = s.share(v, awards)
	}
	s.keep(&v.view, w, c, a)
	return a, nil
}

// share returns the answer made of awards. It is the same for equal awards.
func (s *Answers) share(v *service, awards []decide.Award) *Answer {
	a := s.newAnswer(awards)
	words := a.words()
	if known := v.distinct.find(words); known != nil {
		return known
	}
	a.of = v
	s.count(v, a)
	return v.distinct.keep(words, a)
}

func (s *Answers) newAnswer(awards []decide.Award) *Answer {
	a := &Answer{number: s.made.Add(1), details: &details{awards: awards}}
	for _, award := range awards {
		switch {
		case !award.Certain:
			possible := decide.NewPossibility(s.table.Layers, award)
			a.possible = append(a.possible, possible)
			a.text.possible = a.text.possible.and(textOf(possible))
		case award.Discretionary:
			a.discretionary = decide.NewEntitlement(s.table.Layers, award)
			a.text.discretionary = textOf(a.discretionary)
		default:
			a.entitled = decide.NewEntitlement(s.table.Layers, award)
			a.text.entitled = textOf(a.entitled)
		}
	}
	return a
}

// words tells answers apart: by their text, and by the parameters of their promises, which the text
// leaves out.
func (a *Answer) words() string {
	var words []byte
	for _, text := range []text{a.text.entitled, a.text.possible, a.text.discretionary} {
		words = append(append(words, text...), '\n')
	}
	for _, award := range a.awards {
		for _, promises := range []map[string]policy.Promise{award.Promises, award.UpTo} {
			words = parametersOf(words, promises)
		}
		for _, b := range slices.Concat(award.Bundles, award.UpToBundles) {
			words = parametersOf(words, b)
		}
	}
	return string(words)
}

// parametersOf appends the parameters that promises were computed from.
func parametersOf(words []byte, promises map[string]policy.Promise) []byte {
	for _, measure := range slices.Sorted(maps.Keys(promises)) {
		words = fmt.Appendln(words, measure, promises[measure].Parameters)
	}
	return words
}

// awards returns what an elder has of a service.
func (s *Answers) awards(ctx context.Context, v *service, w World, c elder.Cells) ([]decide.Award, error) {
	switch {
	case w == Closed:
		return s.assumed(ctx, v, s.Close(c))
	case v.complete(s.table.Space, &c):
		return s.exact(ctx, v, c)
	}
	return s.tried(ctx, v, c)
}

// tried returns what an elder with missing attributes has, where plain OPA evaluates a rule.
func (s *Answers) tried(ctx context.Context, v *service, c elder.Cells) ([]decide.Award, error) {
	tried, unsettled, err := s.oracle.Tried(ctx, c, v.id)
	if err != nil {
		return nil, err
	}
	cases := slices.Concat(v.projection.Cases, tried)
	SortAsDeclared(s.table.Layers, cases, func(c table.Case) (int, layer.Applied) { return c.Layer, c.Applied })
	return Over(s.table, v.projection, cases, unsettled, c), nil
}

// exact returns what an elder has when missing attributes have no value.
func (s *Answers) exact(ctx context.Context, v *service, c elder.Cells) ([]decide.Award, error) {
	held := table.Held(slices.DeleteFunc(slices.Clone(v.projection.Cases), func(of table.Case) bool {
		return !of.Box.Contains(func(a int) uint8 { return c[a] })
	}))
	if v.opaque {
		opaque, err := s.oracle.Held(ctx, c, v.id)
		if err != nil {
			return nil, err
		}
		held = append(held, opaque...)
		SortAsDeclared(s.table.Layers, held, func(h decide.Held) (int, layer.Applied) { return h.Layer, h.Applied })
	}
	return decide.Awards(s.table.Layers, held), nil
}

// maxCompletions is the greatest number of values tried of what cannot be absent.
const maxCompletions = 4096

// TooMuchLeft is the message when these are too many.
const TooMuchLeft = "the missing attributes cannot all be absent, and too many remain open: give more attributes"

// assumed returns what an elder of [Answers.Close] has: what holds for all values of what cannot be
// absent.
func (s *Answers) assumed(ctx context.Context, v *service, c elder.Cells) ([]decide.Award, error) {
	var left []string
	for _, x := range v.axes {
		if axis := &s.table.Space.Axes[x.attribute]; c[x.attribute] == elder.Absent && axis.AbsentCell() != elder.Absent {
			left = append(left, axis.Attribute.Name)
		}
	}
	left = slices.Compact(left)
	if len(left) == 0 {
		return s.exact(ctx, v, c)
	}
	completions, ok := s.table.Combinations(c, left, maxCompletions)
	if !ok {
		return nil, contradiction(TooMuchLeft)
	}
	var all [][]decide.Award
	for _, completion := range completions {
		awards, err := s.exact(ctx, v, completion.Cells)
		if err != nil {
			return nil, err
		}
		all = append(all, awards)
	}
	return decide.InAll(all), nil
}

// Over returns the awards of one service over all completions of an elder who can exist. The cases
// are all that may hold, as declared. Unsettled rules may grant anything.
func Over(t *table.Table, p *table.Projection, cases []table.Case, unsettled []Rule, c elder.Cells) []decide.Award {
	region := p.Region(c)
	cases = slices.DeleteFunc(slices.Clone(cases), func(of table.Case) bool {
		return !slices.ContainsFunc(region, func(b box.Box) bool { return b.Meets(of.Box) })
	})
	awards := t.Awards(region, cases)
	for i := range awards {
		t.Needs(&awards[i], region, cases, c)
	}
	return WithUnsettled(t.Space, awards, unsettled, c)
}

// WithUnsettled adds to the awards what is not known of rules that could not be tried on every
// completion. A service that such a rule may grant or raise is possible for all that is known, with
// a note.
func WithUnsettled(space *elder.Space, awards []decide.Award, unsettled []Rule, known elder.Cells) []decide.Award {
	for _, o := range unsettled {
		i := slices.IndexFunc(awards, func(a decide.Award) bool {
			return a.Service == o.Service.ID && a.Discretionary == o.Discretionary
		})
		if i < 0 {
			i = len(awards)
			awards = append(awards, decide.Award{
				Service: o.Service.ID, Discretionary: o.Discretionary, Layer: o.Layer, Applied: o.Applied,
			})
		}
		a := &awards[i]
		a.Note = "too many attributes are missing to try every possibility of a rule that plain OPA evaluates"
		a.SettledBy = nil
		a.Needs = inOrder(space, append(a.Needs, missing(space, o.Reads, known)...))
	}
	return awards
}

// missing returns those of the named attributes that are not known and could be asked.
func missing(space *elder.Space, names []string, known elder.Cells) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		i, ok := space.Index(name)
		return !ok || known[i] != elder.Absent || !space.Asked(i, known)
	})
}

// inOrder returns the names of attributes in the order of questions, each once.
func inOrder(space *elder.Space, names []string) []string {
	slices.SortFunc(names, func(a, b string) int {
		i, _ := space.Index(a)
		j, _ := space.Index(b)
		return cmp.Compare(i, j)
	})
	return slices.Compact(names)
}

// SortAsDeclared sorts what the table and plain OPA found by the layers' rules, as of equal
// promises the first counts.
func SortAsDeclared[T any](layers []layer.Layer, found []T, rule func(T) (int, layer.Applied)) {
	place := func(x T) (int, int) {
		i, applied := rule(x)
		return i, slices.IndexFunc(layers[i].Rules, func(a layer.Applied) bool { return a.Rule == applied.Rule })
	}
	slices.SortStableFunc(found, func(x, y T) int {
		i, m := place(x)
		j, n := place(y)
		return cmp.Or(cmp.Compare(i, j), cmp.Compare(m, n))
	})
}
