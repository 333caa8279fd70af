// Package synth makes up registers of elders for tests, demonstrations and measurements. The elders
// do not exist. Their attributes are drawn with rough frequencies that the maintainers chose, which
// are not statistics. Their ids begin with SYN.
package synth

import (
	"context"
	"math/rand/v2"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Options describe a register. The same options and vocabulary make the same register.
type Options struct {
	Elders int
	Seed   uint64
	Blank  float64 // the share of cells that are blank; an id and a township never are
	Dirty  float64 // the share of cells that are written as clerks write them, some so that nobody can read them
	// Distinct draws every value equally often, and never the same elder twice. It takes memory for
	// each elder.
	Distinct bool
	// IDNumbers adds citizen identity numbers. They are valid, but their county does not exist.
	IDNumbers bool
	English   bool        // headers and values are the names of the vocabulary, instead of its Chinese labels
	Townships bool        // a column with invented townships, which no rule reads
	Day       policy.Date // on which the elders have their ages; [DefaultDay] when it is zero
}

// DefaultDay is the day on which elders have their ages if [Options] name none.
var DefaultDay = policy.Date{Year: 2026, Month: 1, Day: 1}

// Register is a made-up register. It serves one goroutine.
type Register struct {
	Options
	drawer   *drawer
	rules    *ruleset.Ruleset // nil when nobody is asked about contradictions
	fields   []field
	province string
	codes    codes
	age      int // its axis
	random   *rand.Rand
}

// New returns a register for no particular jurisdiction. Where an elder is registered is relative
// to the place that asks (there, in its city, in its province, or outside), and not a division
// code.
func New(v *policy.Vocabulary, o Options) (*Register, error) {
	space, err := elder.NewSpace(v)
	if err != nil {
		return nil, err
	}
	return newRegister(space, nil, nil, o)
}

// For returns a register for a jurisdiction. Most elders are registered in it, by its division
// code. No elder contradicts its rules.
func For(rules *ruleset.Ruleset, o Options) (*Register, error) {
	if err := rules.Usable(context.Background()); err != nil {
		return nil, err
	}
	space := rules.Table.Space
	return newRegister(space, rules, codesAround(space, rules.Jurisdiction), o)
}

func newRegister(space *elder.Space, rules *ruleset.Ruleset, c codes, o Options) (*Register, error) {
	switch {
	case o.Elders < 0:
		return nil, policy.CallError("the number of elders is negative")
	case !(o.Blank >= 0 && o.Blank <= 1 && o.Dirty >= 0 && o.Dirty <= 1):
		return nil, policy.CallError("a share of cells is a number from 0 to 1, such as 0.2")
	case o.English && o.Dirty > 0:
		return nil, policy.CallError("mistakes are made in Chinese registers only: ask for no dirty cells, or for Chinese")
	}
	if o.Day.IsZero() {
		o.Day = DefaultDay
	}
	r := &Register{Options: o, rules: rules, codes: c, province: "14", random: rand.New(rand.NewPCG(o.Seed, 0))}
	if rules != nil && len(rules.Jurisdiction.Code) >= 6 && rules.Jurisdiction.Level != policy.Nation {
		r.province = rules.Jurisdiction.Code[:2]
	}
	reachable := map[string]box.Set{}
	if c != nil {
		reachable["hukou_place"], reachable["residence_place"] = c.places(), c.places()
	}
	var err error
	if r.drawer, err = newDrawer(space, o.Distinct, reachable); err != nil {
		return nil, err
	}
	r.age, _ = space.Index("age")
	r.fields = r.layout()
	return r, nil
}

// Columns returns the columns of the register.
func (r *Register) Columns() []register.Column {
	columns := make([]register.Column, len(r.fields))
	for i, f := range r.fields {
		columns[i] = register.Column{Name: f.header, Kind: f.kind}
		if r.Dirty > 0 {
			columns[i].Kind = register.Text
		}
	}
	return columns
}

// Tally counts the elders and cells of a register.
type Tally struct {
	Elders int
	Blank  int // cells that are blank and would not be
	Dirty  int // cells that are written otherwise than they should be
}

// Write writes the elders, and stops when ctx ends. A register can be written once.
func (r *Register) Write(ctx context.Context, out register.Sink) (Tally, error) {
	var t Tally
	met := met{}
	cells := make([]register.Cell, len(r.fields))
	last := len(cells) - 1
	ends := map[string]any{} // what the sink makes of the last cell
	rows := register.NewWriter(out)
	var p person
	for t.Elders < r.Elders {
		if t.Elders%1024 == 0 && ctx.Err() != nil {
			return t, context.Cause(ctx)
		}
		if err := r.draw(&p, met); err != nil {
			return t, err
		}
		for i := range r.fields {
			cells[i] = r.cell(i, t.Elders+1, &p, &t)
		}
		if err := rows.Write(cells[:last], r.end(out, ends, cells[last:])); err != nil {
			return t, err
		}
		t.Elders++
	}
	return t, rows.Flush()
}

// maxEnds is how many last cells are remembered.
const maxEnds = 1024

// end is what a sink makes of a last cell, made once of each.
func (r *Register) end(out register.Sink, ends map[string]any, last []register.Cell) any {
	key := last[0].Text
	if last[0].Number != nil {
		key = last[0].Number.String()
	}
	end, ok := ends[key]
	if !ok {
		if len(ends) >= maxEnds {
			clear(ends)
		}
		end = out.Prepare(len(r.fields)-1, last)
		ends[key] = end
	}
	return end
}

// maxTries is how often an elder is drawn anew who contradicts the rules, or is like another.
const maxTries = 1000

// draw draws an elder whom the rules do not refuse, leaves out what is blank, and sees to it that
// no other is alike, if that is asked.
func (r *Register) draw(p *person, met met) error {
	for range maxTries {
		r.drawer.person(r.random, p)
		p.birth = birth(r.random, r.Day, p.numbers[r.age])
		if r.rules != nil {
			if drawn := r.rules.Table.Space.Profile(p.cells); r.rules.Refuse(&drawn) != nil {
				continue
			}
		}
		r.blank(p)
		if !r.Distinct || met.first(r.known(p)) {
			return nil
		}
	}
	if r.Distinct {
		return policy.Errorf("too-few-elders", "no further elder can be found who differs from all others: ask for fewer, or for fewer blank cells")
	}
	return policy.Errorf("too-few-elders", "hardly any elder is found who does not contradict the rules")
}
