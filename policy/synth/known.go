package synth

import (
	"math/rand/v2"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// birth is a day of birth of somebody who has an age on a day, and has it the day after it, too.
func birth(random *rand.Rand, on policy.Date, age int) policy.Date {
	on.Year -= age
	return on.AddDays(-1 - random.IntN(364))
}

// blank leaves out what is not known of an elder.
func (r *Register) blank(p *person) {
	if p.blank == nil {
		p.blank = make([]bool, len(r.fields))
	}
	for i := range r.fields {
		p.blank[i] = r.Blank > 0 && r.fields[i].drawn() && r.random.Float64() < r.Blank
	}
}

// known are the cells of an elder that are not blank.
func (r *Register) known(p *person) elder.Cells {
	var known elder.Cells
	for i, f := range r.fields {
		if f.drawn() && !p.blank[i] {
			copy(known[f.axis:f.end], p.cells[f.axis:f.end])
		}
	}
	return known
}

// met are elders who were there before, by hashes of what is known of them. Two whose hashes are
// equal by accident count as alike: then one of them is drawn anew.
type met map[uint64]struct{}

// first reports whether an elder was not there before.
func (m met) first(known elder.Cells) bool {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	hash := uint64(offset)
	for _, cell := range known {
		hash = (hash ^ uint64(cell)) * prime
	}
	if _, again := m[hash]; again {
		return false
	}
	m[hash] = struct{}{}
	return true
}
