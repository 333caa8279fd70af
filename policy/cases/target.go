package cases

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// service is a service of the list on a day, with the cases by which the list grants it.
type service struct {
	*coverer
	*policy.Service
	cases []table.Case
}

// add adds a target of the service.
func (v *service) add(kind GapKind, key, what string, pos policy.Position, region []box.Box) {
	v.coverer.add(strings.Join([]string{string(kind), v.ID, key}, " "), target{Gap: Gap{Kind: kind, Service: v.ID, What: what, Pos: pos}}, region)
}

// same are the boxes of the cases, but for one, that grant the same.
func (v *service) same(as *table.Case) []box.Box {
	var boxes []box.Box
	for i := range v.cases {
		if c := &v.cases[i]; sameGrant(c, as) && !c.Box.Equal(as.Box) {
			boxes = append(boxes, c.Box)
		}
	}
	return boxes
}

func sameGrant(a, b *table.Case) bool {
	return a.Grant.Discretionary == b.Grant.Discretionary && maps.EqualFunc(a.Grant.Measures, b.Grant.Measures, policy.Promise.Same)
}

// branch wants a case of the table to be reached by somebody to whom no other grants the same, if
// there is such an elder.
func (v *service) branch(c table.Case) {
	alone := box.Subtract([]box.Box{c.Box}, v.same(&c), v.rules.Table.All)
	if len(v.known(alone)) == 0 {
		alone = []box.Box{c.Box}
	}
	what := v.grant(c.Grant.Measures) + " to: " + words.Box(v.space, c.Box, words.Names)
	key := strings.Join([]string{string(Branch), v.ID, place(c.Rule.Pos), what}, " ")
	t := target{Gap: Gap{Kind: Branch, Service: v.ID, What: what, Pos: c.Rule.Pos}, only: c.Grant.Discretionary}
	v.coverer.add(key, t, alone)
}

// grant is what is granted, in words.
func (v *service) grant(measures map[string]policy.Promise) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(measures)) {
		parts = append(parts, words.Promise(v.space.Vocabulary.Measure(name), measures[name], words.Names, nil))
	}
	return cmp.Or(strings.Join(parts, ", "), "the service")
}

func place(p policy.Position) string { return p.File + ":" + strconv.Itoa(p.Line) }

// conditions wants each condition of a case of the table to be failed alone: of a number just
// outside its bounds, and then met just inside.
func (v *service) conditions(c table.Case) {
	same := append(v.same(&c), c.Box)
	for _, side := range c.Box {
		axis := &v.space.Axes[side.Attribute]
		if axis.Type == policy.Integer {
			v.boundaries(c, side, same)
			continue
		}
		rest := v.space.Values(side.Attribute).Minus(side.Admits)
		outside, some := c.Box.Without(side.Attribute).With(side.Attribute, rest)
		if !some {
			continue
		}
		failed := words.Side(axis, rest, words.Names)
		v.add(Condition, place(c.Rule.Pos)+" "+failed, "all conditions but one: "+failed, c.Rule.Pos, box.Subtract([]box.Box{outside}, same, v.rules.Table.All))
	}
}

// boundaries wants a number just outside each bound of a condition to be tried, where it makes a
// difference, and the number at the bound; and above a threshold one more.
func (v *service) boundaries(c table.Case, side box.Side, same []box.Box) {
	cells := side.Admits.Cells()
	last := v.space.Values(side.Attribute).Cells()
	for i, cell := range cells {
		if cell > last[0] && cell > 1 && !side.Admits.Has(cell-1) {
			differ := v.differing(c.Box, side.Attribute, cell-1, same)
			v.edge(side.Attribute, box.SetOf(cell-1), "just below", c, differ)
			v.edge(side.Attribute, box.SetOf(cell), "at the threshold", c, differ)
			if above := run(cells[i:]); len(above) > 1 {
				v.edge(side.Attribute, box.SetOf(above[1:]...), "above the threshold", c, differ)
			}
		}
		if cell < last[len(last)-1] && !side.Admits.Has(cell+1) {
			differ := v.differing(c.Box, side.Attribute, cell+1, same)
			v.edge(side.Attribute, box.SetOf(cell), "at the upper end", c, differ)
			v.edge(side.Attribute, box.SetOf(cell+1), "just above the upper end", c, differ)
		}
	}
}

// run is the beginning of some cells that follow on each other.
func run(cells []uint8) []uint8 {
	n := 1
	for n < len(cells) && cells[n] == cells[n-1]+1 {
		n++
	}
	return cells[:n]
}

// differing are the elders of a box, with another value of an attribute, to whom nothing grants the
// same.
func (v *service) differing(b box.Box, attribute int, cell uint8, same []box.Box) []box.Box {
	outside, some := b.Without(attribute).With(attribute, box.SetOf(cell))
	if !some {
		return nil
	}
	return box.Subtract([]box.Box{outside}, same, v.rules.Table.All)
}

// edge wants some values of an attribute to be tried on elders for whom its bound makes a
// difference, for each rule anew: two may have the same bound, and one of them slip.
func (v *service) edge(attribute int, cells box.Set, where string, c table.Case, differ []box.Box) {
	var region []box.Box
	for _, b := range differ {
		if at, some := b.Without(attribute).With(attribute, cells); some {
			region = append(region, at)
		}
	}
	side := words.Side(&v.space.Axes[attribute], cells, words.Names)
	v.add(Boundary, place(c.Rule.Pos)+" "+side, side+", "+where, c.Rule.Pos, region)
}

// answers wants every answer of the service to be reached: all promises that somebody has together,
// and none at all.
func (v *service) answers() {
	type part struct {
		grants []table.Case
		boxes  []box.Box
	}
	parts := []part{{boxes: []box.Box{nil}}}
	for i := range v.cases {
		c := &v.cases[i]
		if slices.ContainsFunc(v.cases[:i], func(d table.Case) bool { return sameGrant(&d, c) }) {
			continue
		}
		having := append(v.same(c), c.Box)
		var next []part
		for _, p := range parts {
			if both := common(p.boxes, having); len(both) > 0 {
				next = append(next, part{append(slices.Clip(p.grants), *c), both})
			}
			if without := box.Subtract(p.boxes, having, v.rules.Table.All); len(without) > 0 {
				next = append(next, part{p.grants, without})
			}
		}
		parts = next
	}
	for _, p := range parts {
		if len(p.grants) == 0 {
			v.add(Refusal, "", "nobody is refused the service", v.Pos, p.boxes)
			continue
		}
		what := v.together(p.grants)
		v.add(Answer, what, what, v.Pos, p.boxes)
	}
}

// together is what cases grant together, in words: the best of each measure, or of linked measures
// each bundle.
func (v *service) together(cases []table.Case) string {
	linked := layer.Linked(v.rules.Table.Layers, v.ID)
	var texts []string
	for _, only := range []bool{false, true} {
		best, some := map[string]policy.Promise{}, false
		for _, c := range cases {
			if c.Grant.Discretionary != only {
				continue
			}
			some = true
			if len(linked) > 0 {
				texts = append(texts, v.grant(c.Grant.Measures))
				continue
			}
			for measure, p := range c.Grant.Measures {
				if have, ok := best[measure]; !ok || p.Compare(have) > 0 {
					best[measure] = p
				}
			}
		}
		switch {
		case !some || len(linked) > 0:
		case only:
			texts = append(texts, "permitted: "+v.grant(best))
		default:
			texts = append(texts, v.grant(best))
		}
	}
	return strings.Join(texts, "; ")
}

// common is the common part of two regions.
func common(a, b []box.Box) []box.Box {
	var both []box.Box
	for _, x := range a {
		for _, y := range b {
			if z, some := x.Intersect(y); some {
				both = append(both, z)
			}
		}
	}
	return both
}

// figures wants each value of a figure that the list states to be at work in a case.
func (v *service) figures(rules []layer.Applied) {
	for _, p := range v.list.Parameters {
		value := p.At(v.coverer.rules.On)
		if value == nil {
			continue
		}
		for _, a := range rules {
			if !slices.Contains(a.Parameters, p.Name) {
				continue
			}
			var region []box.Box
			for _, c := range v.cases {
				if c.Rule == a.Rule {
					region = append(region, c.Box)
				}
			}
			v.add(Parameter, p.Name+" "+value.From.String(), fmt.Sprintf("%s from %s on", p.Name, value.From), value.Pos, region)
		}
	}
}

// Suggestion is an elder for a new case, which would reach what no case reaches yet.
type Suggestion struct {
	Service string      `json:"service"`
	Item    string      `json:"item"`
	Elder   elder.Elder `json:"elder"`
	On      policy.Date `json:"on,omitzero"` // when the case has to name a day
	Reaches []string    `json:"reaches"`     // in words

	given []string // the attributes in the order of the vocabulary
}

// suggest finds elders who reach all targets, one for as many of a service as it happens to reach.
func (c *coverer) suggest(missing []*target) []Suggestion {
	var all []Suggestion
	reached := map[*target]bool{}
	for _, t := range missing {
		if reached[t] {
			continue
		}
		cells, since := c.example(t)
		s := Suggestion{Service: t.Service, Elder: c.space.Elder(cells)}
		if c.runner.Catalog.LastChange(c.list, c.runner.dayOf(c.list)) != since {
			s.On = since
		}
		if of := c.list.Service(t.Service); of != nil {
			s.Item = of.Item
		}
		for i := range c.space.Axes {
			if c.space.First(i) && cells[i] != elder.Absent {
				s.given = append(s.given, c.space.Axes[i].Attribute.Name)
			}
		}
		assumed := c.rules.Close(c.rules.Table.Space.Profile(cells))
		closed := assumed.Cells()
		for _, other := range missing {
			if other.Service == t.Service && !reached[other] && (other == t || other.holds(since, &closed)) {
				reached[other] = true
				s.Reaches = append(s.Reaches, string(other.Kind)+": "+other.What)
			}
		}
		all = append(all, s)
	}
	return all
}

// example is an elder who reaches a target, with as few attributes as will do, and the day since
// which; the last times go first.
func (c *coverer) example(t *target) (elder.Cells, policy.Date) {
	today := c.runner.Catalog.LastChange(c.list, c.runner.dayOf(c.list))
	d := t.regions[len(t.regions)-1]
	if i := slices.IndexFunc(t.regions, func(d dated) bool { return d.from == today }); i >= 0 {
		d = t.regions[i]
	}
	full := c.space.Plainest(c.known(d.boxes))
	shown := full
	for i := range c.space.Axes {
		nothing := c.space.Axes[i].AbsentCell()
		less := shown
		less[i] = elder.Absent
		profile := c.rules.Table.Space.Profile(less)
		assumed := c.rules.Close(profile)
		closed := assumed.Cells()
		needless := closed[i] == full[i] && nothing != elder.Absent || nothing == elder.Absent
		if needless && less != (elder.Cells{}) && t.holds(d.from, &closed) && c.rules.Refuse(&profile) == nil {
			shown = less
		}
	}
	return shown, d.from
}
