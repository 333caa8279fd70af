package register

import (
	"context"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Answered is an elder with a decision. It is valid until the callback returns. The decision stays
// valid.
type Answered struct {
	Profile  *elder.Profile
	Decision *decide.Decision
	row      *Row
	worker   *worker
}

// tell lets the hearer hear of an elder who is answered.
func (w *worker) tell(ctx context.Context, row *Row, p *elder.Profile) error {
	d, err := w.rules.Decide(ctx, p)
	if err != nil {
		return err
	}
	return w.hear(Answered{p, d, row, w})
}

// Cell returns the cell in a column of a table as the source shows it, after [Register.Show].
func (a *Answered) Cell(column int) string { return a.row.show(column, a.row.Cells[column]) }

// Encode encodes the elder for other rules. It leaves out what these rules do not know. The error
// is an [*elder.Error] when they refuse the elder.
func (a *Answered) Encode(rules *ruleset.Ruleset) (elder.Profile, error) {
	return a.worker.under(rules).encode(a.row)
}

// under returns a worker that reads the same rows for other rules.
func (w *worker) under(rules *ruleset.Ruleset) *worker {
	other, ok := w.others[rules]
	if !ok {
		r := *w.Register
		r.rules = rules
		other = newWorker(&r, nil, w.seed)
		if w.others == nil {
			w.others = map[*ruleset.Ruleset]*worker{}
		}
		w.others[rules] = other
	}
	return other
}

// encode encodes a row that other rules answer.
func (w *worker) encode(row *Row) (elder.Profile, error) {
	p := w.unknown
	var a result
	if w.read(row, &p, &a) && w.rules.Refuse(&p) == nil {
		p.ID = a.id
		return p, nil
	}
	person, err := w.elderAtLength(row, &a)
	if err != nil {
		return elder.Profile{}, err
	}
	for name := range person {
		if name != idField && !w.knows(name) {
			delete(person, name)
		}
	}
	return w.rules.Encode(person)
}

// knows reports whether the rules know an attribute or input.
func (w *worker) knows(name string) bool {
	v := w.rules.Table.Space.Vocabulary
	return v.Attribute(name) != nil || v.Input(name) != nil
}
