package roster

import (
	"context"
	"errors"
	"math/bits"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// parallel works on as many parts of a roster's blocks as there are processors, and returns the
// results in order of rows.
func parallel[T any](ctx context.Context, r *Roster, work func(ctx context.Context, first, end int) (T, error)) ([]T, error) {
	blocks := r.blocks()
	parts := min(processors(), blocks)
	results := make([]T, parts)
	group, ctx := errgroup.WithContext(ctx)
	for i := range parts {
		group.Go(func() (err error) {
			results[i], err = work(ctx, blocks*i/parts, blocks*(i+1)/parts)
			return err
		})
	}
	return results, group.Wait()
}

// checkEvery is the number of blocks after which it is checked whether the work is still wanted.
const checkEvery = 64

// decided returns the rows of a block that the planes decide, by the first output of a program that
// was run. It appends the other rows to left.
func (r *Roster) decided(block int, slots []lanes, o output, left []int) (lanes, []int) {
	decided := r.rowsOf(block)
	for w := range decided {
		not := decided[w] & (slots[o.slot][w] ^ o.negate)
		decided[w] &^= not
		for ; not != 0; not &= not - 1 {
			left = append(left, block*blockRows+w*64+bits.TrailingZeros64(not))
		}
	}
	return decided, left
}

// answer is the ruleset's answer for rows that agree in what is known.
type answer struct {
	cells    elder.Cells
	rows     []int
	decision *decide.Decision
	refused  error // instead of a decision
}

// ask asks the ruleset about rows, in the order in which what is known of them first comes up.
func (r *Roster) ask(ctx context.Context, rows []int) ([]*answer, error) {
	var answers []*answer
	alike := map[elder.Cells]*answer{}
	for _, row := range rows {
		c := r.cells(row)
		a := alike[c]
		if a == nil {
			a = &answer{cells: c}
			alike[c] = a
			answers = append(answers, a)
		}
		a.rows = append(a.rows, row)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(processors())
	for _, a := range answers {
		group.Go(func() (err error) {
			a.decision, err = r.askAbout(ctx, a.cells)
			var refused *elder.Error
			if errors.As(err, &refused) {
				a.refused, err = refused, nil
			}
			return err
		})
	}
	return answers, group.Wait()
}

// askAbout returns the ruleset's answer for one elder. The error is an [*elder.Error] when no such
// elder can exist.
func (r *Roster) askAbout(ctx context.Context, c elder.Cells) (*decide.Decision, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p := r.rules.Table.Space.Profile(c)
	if err := r.rules.Refuse(&p); err != nil {
		return nil, err
	}
	return r.rules.Decide(ctx, &p)
}

// errors returns the errors of the rows of an answer that is a refusal.
func (a *answer) errors() []*RowError {
	errs := make([]*RowError, len(a.rows))
	for i, row := range a.rows {
		errs[i] = &RowError{Row: row, Err: a.refused}
	}
	return errs
}

// processors returns the number of goroutines that work at once.
func processors() int { return runtime.GOMAXPROCS(0) }
