package register

import (
	"context"
	"errors"
	"hash/maphash"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// result is what came of a row.
type result struct {
	number   int
	id       string
	garbled  bool   // the id is not UTF-8, and is told without what is no text
	hash     uint64 // of the id
	problems []Problem
	blank    bool
}

// worker answers rows. It serves one goroutine.
type worker struct {
	*Register
	seed             maphash.Seed
	columns          []*dictionary          // of a table
	keys             map[string]*dictionary // of JSON
	stamps           map[string]*uint64     // by what keys say
	row              uint64
	profile          elder.Profile // of the row at hand
	unknown          elder.Profile // of an elder of whom nothing is said
	members          []member
	start            dictionary // before the first key
	denied, affirmed []place
	own              []Cell
	numbers          []byte // of rows, as text
	composer         composer
	hear             func(Answered) error         // may be nil
	others           map[*ruleset.Ruleset]*worker // that read for other rules
}

func newWorker(r *Register, out Sink, seed maphash.Seed) *worker {
	w := &worker{Register: r, seed: seed, keys: map[string]*dictionary{}, stamps: map[string]*uint64{}}
	w.unknown = r.rules.Table.Space.Profile(elder.Cells{})
	for i := range r.understood.all {
		w.columns = append(w.columns, &dictionary{column: &r.understood.all[i], known: map[string]*meaning{}})
	}
	w.own = make([]Cell, 2+len(r.understood.kept))
	if out != nil {
		w.composer = newComposer(r, out)
		if r.Hear != nil {
			w.hear = r.Hear()
		}
	}
	return w
}

// answer answers the rows of a chunk.
func (w *worker) answer(ctx context.Context, c *chunk) error {
	if cap(c.results) < len(c.rows) {
		c.results = make([]result, 0, max(chunkRows, len(c.rows)))
	}
	c.results = c.results[:len(c.rows)]
	w.numbers = w.numbers[:0]
	for i := range c.rows {
		a := &c.results[i]
		*a = result{number: c.rows[i].Number}
		if err := w.answerRow(ctx, &c.rows[i], a, c.page); err != nil {
			return err
		}
		if a.id != "" {
			a.hash = maphash.String(w.seed, a.id)
		}
	}
	return nil
}

// answerRow answers a row. The error is not the row's fault.
func (w *worker) answerRow(ctx context.Context, row *Row, a *result, page Page) error {
	clear(w.own)
	if len(row.Words) == 0 {
		w.in.Split(row)
	}
	profile := &w.profile
	*profile = w.unknown
	plain := w.read(row, profile, a)
	if a.blank || len(a.problems) > 0 {
		return nil
	}
	var err error
	if plain {
		plain = w.rules.Refuse(profile) == nil
	}
	if plain {
		err = w.composer.compose(ctx, profile)
	}
	if !plain || err != nil && errors.As(err, new(*elder.Error)) {
		w.spell(row)
		*profile, err = w.answerAtLength(ctx, row, a)
	}
	if err != nil {
		if a.problems = w.problems(err); a.problems == nil {
			return err
		}
		return nil
	}
	if len(a.problems) > 0 {
		return nil
	}
	begin := len(w.numbers)
	w.numbers = strconv.AppendInt(w.numbers, int64(a.number), 10)
	w.own[0].Text, w.own[1].Text = string(w.numbers[begin:]), a.id
	w.composer.add(page, w.own)
	if w.hear == nil {
		return nil
	}
	profile.ID = a.id
	w.spell(row)
	return w.tell(ctx, row, profile)
}

// spell makes cells of the words of a row.
func (w *worker) spell(row *Row) {
	if len(row.Words) > 0 {
		w.in.Split(row)
	}
}

// read reads a row by what its texts mean. It reports false when it must be read at length.
func (w *worker) read(row *Row, p *elder.Profile, a *result) bool {
	w.row++
	w.denied, w.affirmed = w.denied[:0], w.affirmed[:0]
	switch {
	case row.Problem != nil:
		a.problems = append(a.problems, *row.Problem)
		return false
	case !w.understood.table:
		return w.readObject(row.Text, p, a)
	}
	return w.readCells(row, p, a)
}

// readCells reads the cells of a row.
func (w *worker) readCells(row *Row, p *elder.Profile, a *result) bool {
	if a.blank = row.blank(); a.blank {
		return true
	}
	for len(row.Words) == 0 && len(row.Cells) < len(w.columns) {
		row.Cells = append(row.Cells, "")
	}
	plain := true
	for i, d := range w.columns {
		cell, word := row.cell(i)
		if d.kept >= 0 {
			w.own[2+d.kept].Text = row.show(i, cell)
		}
		if cell == "" || !plain {
			continue
		}
		switch {
		case d.isID():
			a.id = strings.ToValidUTF8(strings.TrimSpace(cell), "")
			a.garbled = len(cell) != len(a.id) && !utf8.ValidString(cell)
			plain = !a.garbled
		case d.says():
			plain = w.take(d.meaningOf(word, cell, w.meanCell), p)
		}
	}
	return plain && w.settle(p)
}

// meanCell returns what a cell says.
func (w *worker) meanCell(k *column, cell string) *meaning {
	value, problem := w.understood.value(k, cell)
	if problem != nil {
		return unclear
	}
	return w.mean(k, value)
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
			all[i] = Problem{Column: w.understood.headersOf(p.Attributes), Code: p.Code, Message: p.Message}
			if p.Code == UnknownAttribute {
				all[i].Message += "; " + nameIt
			}
		}
		return all
	case errors.As(err, &unreadable) && unreadable.Err == nil:
		return []Problem{{Code: malformed, Message: unreadable.Problem}}
	case errors.As(err, &failed):
		return []Problem{{Code: "evaluation", Message: failed.Error()}}
	}
	return nil
}
