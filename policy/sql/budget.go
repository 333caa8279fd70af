package sql

import (
	"context"
	"errors"
	"fmt"

	"github.com/basic-eldercare/eldercare/policy"
)

// amounts are the resources that the compiler uses for a service, or for the elders who cannot
// exist.
type amounts struct {
	steps    int // nodes visited, and boxes compared
	nodes    int // of a diagram, before those that are alike become one
	outcomes int
	boxes    int
}

// most holds the most that the compiler may use. The lists of this module use less than a twentieth
// of each. What is too large is found in seconds.
var most = amounts{steps: 1 << 22, nodes: 1 << 18, outcomes: 1 << 13, boxes: 1 << 14}

// mostText is the greatest size of a script, in bytes.
var mostText = 1 << 25

// errTooLarge says that something would be too large.
var errTooLarge = errors.New("there are too many cases to tell apart")

// errManyBoxes says that another order of outcomes may take fewer boxes.
var errManyBoxes = errors.New("there are many boxes")

// serviceRemedy says what to do when a service would be too large.
const serviceRemedy = "let its conditions read fewer attributes, or split it into several services"

// tooLarge returns an error unchanged, except that it turns errTooLarge into a diagnostic of a
// place.
func tooLarge(err error, pos policy.Position, what, remedy string) error {
	if !errors.Is(err, errTooLarge) {
		return err
	}
	return policy.Diagnostics{{
		Code: "too-large", Severity: policy.SeverityError, Pos: pos,
		Summary: fmt.Sprintf("%s cannot be written as SQL: %v", what, errTooLarge), Remedy: remedy,
	}}
}

// budget counts what is used. Once that is too much, or ctx is done, the budget is spent: wrong
// says why, and everything that uses it ends.
type budget struct {
	ctx   context.Context
	taken amounts
	wrong error
}

// spent reports whether nothing more may be used.
func (b *budget) spent() bool {
	if b.wrong == nil {
		b.wrong = b.ctx.Err()
	}
	t := b.taken
	if b.wrong == nil && (t.steps > most.steps || t.nodes > most.nodes || t.outcomes > most.outcomes || t.boxes > most.boxes) {
		b.wrong = errTooLarge
	}
	return b.wrong != nil
}

// step uses up steps, and reports whether nothing more may be used.
func (b *budget) step(n int) (spent bool) {
	b.taken.steps += n
	return b.spent()
}
