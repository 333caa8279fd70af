package answers

import (
	"context"
	"sync/atomic"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// Recent keeps a bounded number of recent decisions, of any number of Deciders. It is safe for
// concurrent use.
type Recent struct {
	memo     memo[decide.Decision]
	deciders atomic.Uint64
}

// recentSets is the number of sets of decisions kept. A decision takes about 600 bytes.
const recentSets = 1 << 10

// NewRecent returns a Recent that keeps nothing yet.
func NewRecent() *Recent { return &Recent{memo: memo[decide.Decision]{room: recentSets}} }

// Decider decides by the answers of one table on one day.
type Decider struct {
	*Answers
	of     decide.Decision // what all its decisions have in common
	frame  frame
	recent *Recent
	number uint64
}

// NewDecider returns a Decider. All its decisions take jurisdiction, day and digest from one.
func NewDecider(s *Answers, of decide.Decision, recent *Recent) *Decider {
	return &Decider{Answers: s, of: of, frame: newFrame(&of), recent: recent, number: recent.deciders.Add(1)}
}

// Decide returns the decision on an elder. It is shared and must not be changed, and it has no ID.
// The error is an [*elder.Error] when no such elder can exist, or the context's, or one of plain
// OPA. Decide allocates nothing when the decision is among the recent ones.
func (d *Decider) Decide(ctx context.Context, w World, c *elder.Cells) (*decide.Decision, error) {
	k := key{d.number*worlds + uint64(w), *c}
	if known := d.recent.memo.find(&k); known != nil {
		return known, nil
	}
	var few [fewServices]*Answer
	answers, err := d.vector(ctx, w, c, few[:0])
	if err != nil {
		return nil, err
	}
	e := d.compose(answers)
	e.key = k
	d.recent.memo.keep(e)
	return e.value, nil
}

// DecideFor is [Decider.Decide] for a caller who may change the decision. The decision has an ID.
func (d *Decider) DecideFor(ctx context.Context, w World, id string, c *elder.Cells) (*decide.Decision, error) {
	var few [fewServices]*Answer
	answers, err := d.vector(ctx, w, c, few[:0])
	if err != nil {
		return nil, err
	}
	own := d.compose(answers).value
	own.ID = id
	own.Own()
	return own, nil
}

// AppendJSON appends the decision on an elder with an ID as JSON. Errors are those of
// [Decider.Decide].
func (d *Decider) AppendJSON(ctx context.Context, out []byte, w World, id string, c *elder.Cells) ([]byte, error) {
	var few [fewServices]*Answer
	answers, err := d.vector(ctx, w, c, few[:0])
	if err != nil {
		return out, err
	}
	return d.appendJSON(out, id, answers), nil
}

// most is the number of entitlements and possibilities that suffices for most decisions.
const most = 16

// complete is a decision without possibilities, with room for what most decisions have. It is
// allocated in one piece.
type complete struct {
	entry    entry[decide.Decision]
	decision decide.Decision
	granted  [most - 1]decide.Entitlement // so that it fits one of Go's sizes
}

// partial is a decision with possibilities.
type partial struct {
	complete
	possible [most]decide.Possibility
}

// room returns an empty decision with room for so much.
func room(granted, possible int) (made *complete, g []decide.Entitlement, p []decide.Possibility) {
	if possible == 0 {
		made, p = &complete{}, []decide.Possibility{} // not nil, as it is a list in JSON
	} else {
		larger := &partial{}
		made, p = &larger.complete, larger.possible[:]
	}
	g = made.granted[:]
	if granted > len(g) {
		g = make([]decide.Entitlement, granted)
	}
	if possible > len(p) {
		p = make([]decide.Possibility, possible)
	}
	return made, g, p
}

// compose makes the decision from the answers of all services.
func (d *Decider) compose(answers []*Answer) *entry[decide.Decision] {
	entitled, possible, discretionary := 0, 0, 0
	for _, a := range answers {
		possible += len(a.possible)
		if a.entitled.Granted != nil {
			entitled++
		}
		if a.discretionary.Granted != nil {
			discretionary++
		}
	}
	made, g, p := room(entitled+discretionary, possible)
	of := &made.decision
	*of = d.of
	of.Entitled = g[:0:entitled]
	of.Discretionary = g[entitled : entitled : entitled+discretionary]
	of.Possible = p[:0:possible]
	for _, a := range answers {
		if a.entitled.Granted != nil {
			of.Entitled = append(of.Entitled, a.entitled)
		}
		if a.discretionary.Granted != nil {
			of.Discretionary = append(of.Discretionary, a.discretionary)
		}
		of.Possible = append(of.Possible, a.possible...)
	}
	of.MonthlyCNY = d.total(answers).Total
	made.entry.value = of
	return &made.entry
}
