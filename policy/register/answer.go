package register

import (
	"context"
	"errors"
	"strings"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// result is what came of a row.
type result struct {
	number   int
	id       string
	own      []Cell // of the elder alone
	shared   any    // prepared by the sink
	problems []Problem
	blank    bool
}

// worker answers rows. It serves one goroutine.
type worker struct {
	*Register
	out     Sink
	speller *speller // nil when each row is JSON
	json    []byte
	// prepared is what the sink made of a decision. Decisions on elders of whom the same matters
	// are one, as long as it is remembered.
	prepared map[*decide.Decision]any
	hear     func(Answered) error // may be nil
}

// maxPrepared is how many decisions a worker remembers.
const maxPrepared = 4096

func newWorker(r *Register, out Sink) *worker {
	w := &worker{Register: r, out: out, prepared: map[*decide.Decision]any{}}
	if r.columns != nil {
		w.speller = newSpeller(r.columns)
	}
	if r.Hear != nil {
		w.hear = r.Hear()
	}
	return w
}

// answer answers the rows of a chunk.
func (w *worker) answer(ctx context.Context, c *chunk) error {
	if cap(c.results) < len(c.rows) {
		c.results = make([]result, 0, max(chunkRows, len(c.rows)))
	}
	c.results = c.results[:len(c.rows)]
	for i := range c.rows {
		a := &c.results[i]
		*a = result{number: c.rows[i].Number, own: a.own[:0]}
		if err := w.row(ctx, &c.rows[i], a); err != nil {
			return err
		}
	}
	return nil
}

// row answers a row. The error is not the row's fault.
func (w *worker) row(ctx context.Context, row *Row, a *result) error {
	text := w.elder(row, a)
	if a.blank || len(a.problems) > 0 {
		return nil
	}
	profile, err := w.encode(text)
	var decision *decide.Decision
	if err == nil {
		a.id = profile.ID
		decision, err = w.decide(ctx, &profile)
	}
	if err != nil {
		if a.problems = w.problems(err); a.problems == nil {
			return err
		}
		a.id = idOf(err, a.id)
		return nil
	}
	a.shared = w.prepare(decision)
	a.own = append(a.own, number(a.number), Cell{Text: a.id})
	if w.columns != nil {
		for _, i := range w.columns.kept {
			a.own = append(a.own, Cell{Text: row.Cells[i]})
		}
	}
	if w.hear != nil {
		return w.hear(Answered{&profile, decision, row.Cells, text, w.reader})
	}
	return nil
}

// elder returns a row as the JSON of an elder.
func (w *worker) elder(row *Row, a *result) []byte {
	w.in.Split(row)
	if w.columns == nil || row.Problem != nil {
		if row.Problem != nil {
			a.problems = append(a.problems, *row.Problem)
		}
		return row.Text
	}
	if a.blank = blank(row.Cells); a.blank {
		return nil
	}
	for len(row.Cells) < len(w.columns.header) {
		row.Cells = append(row.Cells, "")
	}
	if w.columns.id >= 0 {
		a.id = strings.ToValidUTF8(strings.TrimSpace(row.Cells[w.columns.id]), "")
	}
	w.json, a.problems = w.speller.spell(w.json[:0], row.Cells)
	return w.json
}

// encode reads an elder straight into cells, or, where that cannot be done, through a map.
func (r *Register) encode(text []byte) (elder.Profile, error) {
	if p, ok := r.rules.EncodeJSON(text); ok {
		return p, nil
	}
	row, err := r.reader.Row(elder.Raw{JSON: text})
	if err != nil {
		return elder.Profile{}, err
	}
	return r.rules.Encode(row.Elder)
}

// decide decides.
func (w *worker) decide(ctx context.Context, p *elder.Profile) (*decide.Decision, error) {
	if w.AssumeKnown {
		return w.rules.DecideKnown(ctx, p)
	}
	return w.rules.Decide(ctx, p)
}

// prepare is what the sink makes of a decision.
func (w *worker) prepare(d *decide.Decision) any {
	made, ok := w.prepared[d]
	if !ok {
		made = w.out.Prepare(w.layout.cells(d))
		if len(w.prepared) >= maxPrepared {
			clear(w.prepared)
		}
		w.prepared[d] = made
	}
	return made
}

// problems returns the problems of a row of which an error tells, nil when it is not the row's
// fault.
func (w *worker) problems(err error) []Problem {
	var wrong *elder.Error
	var unreadable *elder.RowError
	var failed *ruleset.EvaluationError
	switch {
	case errors.As(err, &wrong):
		all := make([]Problem, len(wrong.Problems))
		for i, p := range wrong.Problems {
			all[i] = Problem{Column: w.named(p.Attributes), Code: p.Code, Message: p.Message}
		}
		return all
	case errors.As(err, &unreadable) && unreadable.Err == nil:
		return []Problem{{Code: malformed, Message: unreadable.Problem}}
	case errors.As(err, &failed):
		return []Problem{{Code: "evaluation", Message: failed.Error()}}
	}
	return nil
}

// named returns attributes as the input names them.
func (w *worker) named(attributes []string) string {
	if w.columns == nil {
		return strings.Join(attributes, ";")
	}
	return w.columns.named(attributes)
}

// idOf returns the id that an error knows of, or else the other.
func idOf(err error, other string) string {
	var wrong *elder.Error
	if errors.As(err, &wrong) && wrong.ID != "" {
		return wrong.ID
	}
	return other
}
