package roster

import (
	"cmp"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// plan is a decision table as circuits over the planes of a roster.
type plan struct {
	totals    *program
	tallies   []tally
	decisions *program
	// These are the outputs of the programs: first which rows are left to the ruleset, then those
	// of the tallies or of the grants.
	totalsOut, decisionsOut []output
}

// planner builds the circuit of a plan.
type planner struct {
	*circuit
	table      *table.Table
	closed     bool
	axes       map[int]axis // by attribute
	conditions map[box.Side]literal
	cases      []table.Case
	holds      []literal // for each case
}

func newPlan(r *Roster) *plan {
	b := planner{
		circuit: newCircuit(r.planes), table: r.rules.Table, closed: r.rules.AssumesKnown(),
		axes: map[int]axis{}, conditions: map[box.Side]literal{}, cases: r.rules.Table.Distinct(),
	}
	for _, a := range r.axes {
		b.axes[a.attribute] = a
	}
	b.frequentFirst()
	for _, c := range b.cases {
		b.holds = append(b.holds, b.within(c.Box, b.certainly))
	}
	if len(r.rules.Table.Opaque) > 0 {
		return b.plan(always, nil, nil)
	}
	return b.plan(b.or(b.or(b.refused(), b.unknown()), b.choosing()), b.tallies(), b.grants())
}

// plan compiles what is to be computed.
func (b *planner) plan(left literal, tallies []tally, grants []literal) *plan {
	p := &plan{tallies: tallies}
	counted := []literal{left}
	for _, t := range tallies {
		counted = append(counted, t.where)
	}
	p.totals, p.totalsOut = b.compile(counted)
	p.decisions, p.decisionsOut = b.compile(append([]literal{left}, grants...))
	return p
}

// frequentFirst sorts the sides of the cases by how many cases have them, so that cases begin
// alike.
func (b *planner) frequentFirst() {
	frequency := map[box.Side]int{}
	for _, c := range b.cases {
		for _, side := range c.Box {
			frequency[side]++
		}
	}
	for i := range b.cases {
		sides := slices.Clone(b.cases[i].Box)
		slices.SortStableFunc(sides, func(x, y box.Side) int { return cmp.Compare(frequency[y], frequency[x]) })
		b.cases[i].Box = sides
	}
}

// within holds for the elders in a box. Admits says how to take each side.
func (b *planner) within(sides box.Box, admits func(box.Side) box.Set) literal {
	all := always
	for _, side := range sides {
		taken := b.condition(box.Side{Attribute: side.Attribute, Admits: admits(side)})
		if asked := b.asked(side.Attribute); asked != always {
			taken = b.choose(asked, taken, b.condition(side))
		}
		all = b.and(all, taken)
	}
	return all
}

// asked holds for the elders of whom an attribute may be asked, as far as is known. All others have
// no value of it.
func (b *planner) asked(attribute int) literal {
	axis := &b.table.Space.Axes[attribute]
	if axis.AskedOf < 0 || b.closed {
		return always
	}
	return b.condition(box.Side{Attribute: axis.AskedOf, Admits: box.SetOf(append([]uint8{elder.Absent}, axis.AskedCells...)...)})
}

// condition holds for the elders whose cell of an attribute is in a set.
func (b *planner) condition(side box.Side) literal {
	l, ok := b.conditions[side]
	if !ok {
		a := b.axes[side.Attribute]
		planes := make([]literal, a.planes)
		for digit := range planes {
			planes[digit] = b.input(a.first + digit)
		}
		l = b.member(planes, placesOf(side.Admits, b.table.Space.Axes[side.Attribute].Cells(), a.planes))
		b.conditions[side] = l
	}
	return l
}

// exactly takes a side as it is: a missing attribute is a cell like any other.
func exactly(side box.Side) box.Set { return side.Admits }

// certainly returns the cells that certainly admit an elder. In a closed world a missing attribute
// has the value that stands for nothing. Otherwise it is certainly admitted only if every value is.
func (b *planner) certainly(side box.Side) box.Set {
	if b.closed {
		return b.assumed(side)
	}
	return withAbsent(side.Admits, b.table.Space.Values(side.Attribute).Within(side.Admits))
}

// assumed takes a missing attribute as the value that stands for nothing.
func (b *planner) assumed(side box.Side) box.Set {
	return withAbsent(side.Admits, side.Admits.Has(b.table.Space.Axes[side.Attribute].AbsentCell()))
}

// possibly returns the cells that may admit an elder.
func (b *planner) possibly(side box.Side) box.Set {
	return withAbsent(side.Admits, !b.table.Space.Values(side.Attribute).And(side.Admits).Empty())
}

func withAbsent(s box.Set, absent bool) box.Set {
	s = s.Minus(box.SetOf(elder.Absent))
	if absent {
		s.Add(elder.Absent)
	}
	return s
}

// refused holds for the elders whose given attributes contradict each other.
func (b *planner) refused() literal {
	refused := never
	for _, c := range b.table.Contradictions {
		refused = b.or(refused, b.within(c.Box, exactly))
	}
	return refused
}

// unknown holds for the elders who lack an attribute that can matter: one that a case depends on,
// or that may not be absent. In a closed world these are the attributes that
// [ruleset.Ruleset.Close] leaves missing, or that contradict what it takes as absent.
func (b *planner) unknown() literal {
	unknown := never
	if b.closed {
		for _, impossible := range b.table.Impossible() {
			if !slices.ContainsFunc(impossible, unanswered) {
				unknown = b.or(unknown, b.within(impossible, b.assumed))
			}
		}
		return unknown
	}
	for i, c := range b.cases {
		unknown = b.or(unknown, b.andNot(b.within(c.Box, b.possibly), b.holds[i]))
	}
	for _, impossible := range b.table.Impossible() {
		unknown = b.or(unknown, b.within(impossible, b.assumed))
	}
	return unknown
}

// unanswered reports whether a side admits only elders without the attribute.
func unanswered(side box.Side) bool { return side.Admits == box.SetOf(elder.Absent) }

// grants returns the literals that tell one decision from another: one for each case, but one for
// neighbouring cases of a service that grant the same.
func (b *planner) grants() []literal {
	type key struct {
		layer         int
		service       string
		discretionary bool
	}
	last := map[key]int{} // the case
	place := map[key]int{}
	var grants []literal
	for i, c := range b.cases {
		k := key{c.Layer, c.Grant.Service, c.Grant.Discretionary}
		if before, ok := last[k]; ok && sameMeasures(b.cases[before], c) {
			grants[place[k]] = b.or(grants[place[k]], b.holds[i])
			continue
		}
		last[k], place[k] = i, len(grants)
		grants = append(grants, b.holds[i])
	}
	return grants
}

func sameMeasures(c, d table.Case) bool {
	return maps.EqualFunc(c.Grant.Measures, d.Grant.Measures, func(p, q policy.Promise) bool {
		return p.Same(q) && slices.Equal(p.Parameters, q.Parameters)
	})
}
