// Package roster evaluates many elders at once under the rules of one jurisdiction on one day.
//
// A roster keeps its elders as columns of bits: one bit plane for each binary digit of an
// attribute's cell, with 64 elders in a word. The decision table becomes a Boolean circuit over
// these planes. The circuit computes every distinct condition once, and each of its steps answers
// for a block of elders. [Roster.Totals] counts and sums; [Roster.Decide] returns each elder's
// decision. Both answer exactly as [ruleset.Ruleset.Decide] does elder by elder.
//
// Some elders cannot be answered from the planes: those who lack an attribute that matters, and all
// elders when the table has an opaque rule, which plain OPA evaluates. The ruleset answers for
// them, once for all elders of whom the same is known.
package roster

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Roster is a list of elders. Its rows count from 0. Many goroutines may evaluate it at once, but
// not while it grows.
type Roster struct {
	rules  *ruleset.Ruleset
	axes   []axis
	planes int     // of all axes
	data   []lanes // by block, then by plane
	rows   int
	plan   *plan
}

// axis is an attribute that matters, with its planes.
type axis struct {
	attribute int
	first     int // the plane of the lowest digit
	planes    int
}

// RowError says why a row has no decision. It never repeats an attribute's value.
type RowError struct {
	Row int // from 0
	Err error
}

// Error names the row and what is wrong.
func (e *RowError) Error() string {
	e = cmp.Or(e, &RowError{})
	return fmt.Sprintf("row %d: %v", e.Row, e.Err)
}

// Unwrap returns the problem without the row.
func (e *RowError) Unwrap() error { return cmp.Or(e, &RowError{}).Err }

// MarshalJSON writes code, message and row, and the problems if the elder has any.
func (e *RowError) MarshalJSON() ([]byte, error) {
	e = cmp.Or(e, &RowError{})
	var problems []elder.Problem
	if wrong, ok := errors.AsType[*elder.Error](e.Err); ok {
		problems = wrong.Problems
	}
	return json.Marshal(struct {
		Code     string          `json:"code"`
		Message  string          `json:"message"`
		Row      int             `json:"row"`
		Problems []elder.Problem `json:"problems,omitempty"`
	}{"wrong-row", e.Error(), e.Row, problems})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *RowError) UnmarshalJSON(text []byte) error {
	var read struct {
		Message  string
		Row      int
		Problems []elder.Problem
	}
	if err := json.Unmarshal(text, &read); err != nil || e == nil {
		return err
	}
	*e = RowError{read.Row, &elder.Error{Problems: read.Problems}}
	if len(read.Problems) == 0 {
		_, text, _ := strings.Cut(read.Message, ": ")
		e.Err = policy.Errorf("wrong-row", "%s", text)
	}
	return nil
}

// New returns an empty roster for a ruleset. Where the ruleset takes missing attributes as absent,
// add elders as they are known, and do not call [ruleset.Ruleset.Close] before: an assumed value
// could contradict a known one. Without a ruleset it returns the zero Roster.
func New(rs *ruleset.Ruleset) *Roster {
	if rs.IsEmpty() {
		return &Roster{}
	}
	r := &Roster{rules: rs}
	for _, attribute := range mattering(rs) {
		a := axis{attribute: attribute, first: r.planes, planes: bits.Len(uint(rs.Table.Space.Axes[attribute].Cells() - 1))}
		r.axes = append(r.axes, a)
		r.planes += a.planes
	}
	r.plan = newPlan(r)
	return r
}

var (
	errNoRoster  = policy.CallError("the roster is empty; get one from Engine.Roster")
	errNoContext = policy.CallError("the context is nil")
)

// made reports whether the roster has a ruleset and is not a zero value.
func (r *Roster) made() bool { return r != nil && r.plan != nil }

// ready returns an error when nobody can be answered.
func (r *Roster) ready(ctx context.Context) error {
	switch {
	case !r.made():
		return errNoRoster
	case ctx == nil:
		return errNoContext
	}
	return nil
}

// mattering returns the attributes on which an answer can depend, in the order of the vocabulary.
// These are the ones that a case or a contradiction reads, and those bound to one of these: they
// decide whether it is asked, are asked because of it, or give it. With an opaque rule all
// attributes matter.
func mattering(rs *ruleset.Ruleset) []int {
	axes := rs.Table.Space.Axes
	matters := make([]bool, len(axes))
	read := func(b box.Box) {
		for _, side := range b {
			matters[side.Attribute] = true
		}
	}
	for _, c := range rs.Table.Cases {
		read(c.Box)
	}
	for _, c := range rs.Table.Contradictions {
		read(c.Box)
	}
	bonds := rs.Table.Impossible()
	for range axes { // an attribute may be bound to one that is itself bound
		for _, b := range bonds {
			if slices.ContainsFunc(b, func(side box.Side) bool { return matters[side.Attribute] }) {
				read(b)
			}
		}
	}
	var attributes []int
	for i := range axes {
		if matters[i] || len(rs.Table.Opaque) > 0 {
			attributes = append(attributes, i)
		}
	}
	return attributes
}

// Len returns the number of rows.
func (r *Roster) Len() int {
	if r == nil {
		return 0
	}
	return r.rows
}

// Add validates an elder and adds it. On an error, an [*elder.Error], it adds nothing.
func (r *Roster) Add(e elder.Elder) error {
	if !r.made() {
		return errNoRoster
	}
	p, err := r.rules.Encode(e)
	if err != nil {
		return err
	}
	return r.Append(&p)
}

// Append adds an elder who was encoded for the roster's ruleset. If the profile was encoded for
// another one, the error is an [*elder.ProfileError] and nothing is added.
func (r *Roster) Append(p *elder.Profile) error {
	if !r.made() {
		return errNoRoster
	}
	if err := r.rules.Ready(context.Background(), p); err != nil {
		return err
	}
	row, cells := r.grow(1), p.Cells()
	for i := range r.axes {
		r.put(&r.axes[i], row, cells[r.axes[i].attribute])
	}
	return nil
}

// AppendColumns adds a number of elders by columns of cells, one column for each attribute by its
// name. A cell is 0 when the attribute is missing, and otherwise one more than the index of the
// value in [elder.Axis.Values]. An attribute without a column is missing for all elders, unless
// another attribute gives it.
//
// AppendColumns adds nothing and returns an error when a column has the wrong length, a name is not
// an attribute, a cell has no value, or a column disagrees with what another gives.
func (r *Roster) AppendColumns(elders int, columns map[string][]uint8) error {
	if !r.made() {
		return errNoRoster
	}
	if elders < 0 {
		return policy.CallError("the number of elders is negative")
	}
	space := r.rules.Table.Space
	for name, column := range columns {
		i, ok := space.Index(name)
		if !ok {
			return policy.Errorf("unknown-attribute", "column %s: there is no such attribute", name)
		}
		if space.Axes[i].Member != nil {
			return policy.Errorf("wrong-column", "column %s: the attribute is a set, which a column of cells cannot hold", name)
		}
		if len(column) != elders {
			return policy.Errorf("wrong-column", "column %s: it has %d cells for %d elders", name, len(column), elders)
		}
		last := uint8(space.Axes[i].Cells() - 1)
		if row := beyond(column, last); row >= 0 {
			return &RowError{Row: r.rows + row, Err: policy.Errorf("wrong-column", "column %s: the cell has no value", name)}
		}
	}
	columns, err := r.derived(elders, columns)
	if err != nil {
		return err
	}
	first := r.grow(elders)
	for i := range r.axes {
		r.pack(&r.axes[i], first, columns[space.Axes[r.axes[i].attribute].Attribute.Name])
	}
	return nil
}

// derived adds to columns what they give of others.
func (r *Roster) derived(elders int, columns map[string][]uint8) (map[string][]uint8, error) {
	space := r.rules.Table.Space
	for i := range space.Links {
		l := &space.Links[i]
		from, to := space.Axes[l.From].Attribute.Name, space.Axes[l.To].Attribute.Name
		if columns[from] == nil {
			continue
		}
		given := make([]uint8, elders)
		copy(given, columns[to])
		for row, cell := range columns[from] {
			switch gives := l.Given(cell); {
			case gives == elder.Absent || gives == given[row]:
			case given[row] == elder.Absent:
				given[row] = gives
			default:
				return nil, &RowError{Row: r.rows + row, Err: policy.Errorf("contradiction", "the columns %s and %s contradict each other", from, to)}
			}
		}
		columns = maps.Clone(columns)
		columns[to] = given
	}
	return columns, nil
}

// grow adds rows of which nothing is known, and returns the first.
func (r *Roster) grow(rows int) int {
	first := r.rows
	r.rows += rows
	if more := r.blocks()*r.planes - len(r.data); more > 0 {
		r.data = append(r.data, make([]lanes, more)...)
	}
	return first
}

func (r *Roster) blocks() int { return (r.rows + blockRows - 1) / blockRows }

// block returns the planes of a block.
func (r *Roster) block(b int) []lanes { return r.data[b*r.planes:][:r.planes] }

// put sets a missing cell of a row.
func (r *Roster) put(a *axis, row int, cell uint8) {
	planes := r.block(row / blockRows)[a.first:][:a.planes]
	word := row % blockRows / 64
	for digit := range planes {
		planes[digit][word] |= uint64(cell>>digit&1) << (row % 64)
	}
}

// pack sets missing cells of rows: 64 at a time, and one by one what is before and after them.
func (r *Roster) pack(a *axis, row int, column []uint8) {
	for len(column) > 0 {
		if row%64 != 0 || len(column) < 64 {
			r.put(a, row, column[0])
			row, column = row+1, column[1:]
			continue
		}
		planes := r.block(row / blockRows)[a.first:][:a.planes]
		for digit := range planes {
			planes[digit][row%blockRows/64] = digits((*[64]uint8)(column), digit)
		}
		row, column = row+64, column[64:]
	}
}

// ones8 are the lowest bits of eight bytes.
const ones8 = 0x0101010101010101

// digits returns the bits of one binary digit of 64 cells.
func digits(cells *[64]uint8, digit int) uint64 {
	const gather = 0x0102040810204080 // brings the lowest bits of eight bytes together on top
	var bits uint64
	for i := 0; i < 64; i += 8 {
		eight := binary.LittleEndian.Uint64(cells[i:])
		bits |= eight >> digit & ones8 * gather >> 56 << i
	}
	return bits
}

// beyond returns the first cell of a column that is greater than last, or -1 when there is none.
func beyond(column []uint8, last uint8) int {
	const low = 0x7f * ones8 // all but the highest bits of eight bytes
	start := 0
	for ; start+8 <= len(column); start += 8 {
		eight := binary.LittleEndian.Uint64(column[start:])
		// sets the highest bit of each greater byte, except where that bit was set already
		greater := eight&low + uint64(0x7f-last&0x7f)*ones8
		if last <= 0x7f {
			greater |= eight
		} else {
			greater &= eight
		}
		if greater&^low != 0 {
			break
		}
	}
	if i := slices.IndexFunc(column[start:], func(cell uint8) bool { return cell > last }); i >= 0 {
		return start + i
	}
	return -1
}

// cells returns what is known of a row, as far as it matters.
func (r *Roster) cells(row int) elder.Cells {
	var c elder.Cells
	planes := r.block(row / blockRows)
	word := row % blockRows / 64
	for _, a := range r.axes {
		for digit := range a.planes {
			c[a.attribute] |= uint8(planes[a.first+digit][word]>>(row%64)&1) << digit
		}
	}
	return c
}

// rowsOf returns the bits of the rows that a block really has.
func (r *Roster) rowsOf(block int) lanes {
	var exist lanes
	for w := range exist {
		if left := r.rows - block*blockRows - w*64; left >= 64 {
			exist[w] = ^uint64(0)
		} else if left > 0 {
			exist[w] = 1<<left - 1
		}
	}
	return exist
}
