package roster

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/basic-eldercare/eldercare/policy/decide"
)

// Decisions are the decisions of the elders of a roster.
type Decisions struct {
	// Distinct holds the decisions, in an order that depends only on the rows. Elders who are
	// granted the same share a decision. Elders who lack an attribute that matters share one only
	// if the same is known of them. Decisions have no ID and must not be changed.
	Distinct []*decide.Decision
	// Of holds, for each row, the index of its decision in Distinct. It is [None] for a row in
	// Errors.
	Of     []int32
	Errors []*RowError // in the order of rows
}

// None is the index of a row without a decision.
const None = -1

// At returns the decision of a row, or nil when it has none or there is no such row.
func (d *Decisions) At(row int) *decide.Decision {
	if d == nil || row < 0 || row >= len(d.Of) || d.Of[row] == None {
		return nil
	}
	return d.Distinct[d.Of[row]]
}

// Decide returns the decision of each elder, and reports rows without one. The error is the
// context's, or one of plain OPA evaluating an opaque rule.
func (r *Roster) Decide(ctx context.Context) (*Decisions, error) {
	if err := r.ready(ctx); err != nil {
		return nil, err
	}
	d := &Decisions{Of: make([]int32, r.rows)}
	parts, err := parallel(ctx, r, func(ctx context.Context, first, end int) (found, error) {
		return r.find(ctx, first, end, d.Of)
	})
	if err != nil {
		return nil, err
	}
	all, left := join(parts, d.Of)
	if d.Distinct, err = r.represent(ctx, all.rows); err != nil {
		return nil, err
	}
	answers, err := r.ask(ctx, left)
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		d.add(a)
	}
	sortByRow(d.Errors)
	return d, nil
}

func (d *Decisions) add(a *answer) {
	number := int32(None)
	if a.refused == nil {
		number = int32(len(d.Distinct))
		d.Distinct = append(d.Distinct, a.decision)
	} else {
		d.Errors = append(d.Errors, a.errors()...)
	}
	for _, row := range a.rows {
		d.Of[row] = number
	}
}

// found holds the patterns of grants in a part of a roster.
type found struct {
	first, end int // rows
	patterns   *patterns
	left       []int // rows that the planes do not decide
}

// find numbers the patterns of grants of the elders in the blocks from first to before end.
func (r *Roster) find(ctx context.Context, first, end int, of []int32) (found, error) {
	grants := r.plan.decisionsOut[1:]
	f := found{
		first: first * blockRows, end: min(end*blockRows, r.rows), patterns: newPatterns((len(grants) + 63) / 64),
	}
	slots := r.plan.decisions.slots()
	for b := first; b < end; b++ {
		if b%checkEvery == 0 && ctx.Err() != nil {
			return f, ctx.Err()
		}
		r.plan.decisions.run(r.block(b), slots)
		var decided lanes
		decided, f.left = r.decided(b, slots, r.plan.decisionsOut[0], f.left)
		for lane := range decided {
			if row := b*blockRows + lane*64; row < r.rows {
				f.patterns.number(slots, grants, lane, decided[lane], row, of[row:min(row+64, r.rows)])
			}
		}
	}
	return f, nil
}

// number numbers the patterns of the outputs in one lane, for the rows whose bit is set in decided.
func (p *patterns) number(slots []lanes, outputs []output, lane int, decided uint64, row int, numbers []int32) {
	clear(numbers)
	for _, words := range p.words {
		var square [64]uint64
		n := min(64, len(outputs))
		for k, o := range outputs[:n] {
			square[k] = slots[o.slot][lane] ^ o.negate
		}
		outputs = outputs[n:]
		transpose(&square)
		for i := range numbers {
			if decided>>i&1 != 0 {
				numbers[i] = words.number(square[i&63], numbers[i])
			}
		}
	}
	for i, number := range numbers {
		if decided>>i&1 != 0 {
			p.take(number, row+i)
		}
	}
}

// join joins the patterns of the parts, and numbers them anew in the order of rows.
func join(parts []found, of []int32) (all *patterns, left []int) {
	all = newPatterns(0)
	for i, part := range parts {
		left = append(left, part.left...)
		if i == 0 {
			all = part.patterns
			continue
		}
		renumber(of[part.first:part.end], all.merge(part.patterns))
	}
	return all, left
}

// renumber replaces numbers. Those of undecided rows do not matter.
func renumber(of []int32, numbers []int32) {
	for i, number := range of {
		if int(number) < len(numbers) {
			of[i] = numbers[number]
		}
	}
}

// represent returns the decision of one row of each pattern.
func (r *Roster) represent(ctx context.Context, rows []int) ([]*decide.Decision, error) {
	decisions := make([]*decide.Decision, len(rows))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(processors())
	const share = 256
	for first := 0; first < len(rows); first += share {
		group.Go(func() (err error) {
			for i := first; i < min(first+share, len(rows)) && err == nil; i++ {
				decisions[i], err = r.askAbout(ctx, r.cells(rows[i]))
			}
			return err
		})
	}
	return decisions, group.Wait()
}
