package register

import (
	"context"
	"unsafe"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// composer makes rows of what a sink prepared of the parts of decisions. Each part is prepared
// once, as long as it is remembered. It serves one goroutine.
type composer struct {
	*Register
	out      Sink
	services []prepared // in the order of the layout
	totals   map[totalKey]any
	parts    []*ruleset.Part // of the decision at hand
	rows     []any           // that were prepared of it; in the wide form all are of one row
}

// prepared is what was prepared of a service: rows, or in the wide form cells of one row.
type prepared struct {
	from   int   // the first column
	part   int   // the place among the parts; -1 when no rule grants the service
	none   []any // prepared of nothing
	known  map[*ruleset.Part][]any
	recent [64]struct {
		part *ruleset.Part
		rows []any
	}
}

// totalKey tells totals apart.
type totalKey struct {
	value policy.Decimal
	bound policy.Bound
	open  *string // the first of the services with an open amount: totals share their lists
	many  int
}

// maxPrepared is how many parts of a service are remembered, and how many totals.
const maxPrepared = 4096

func newComposer(r *Register, out Sink) composer {
	c := composer{Register: r, out: out, totals: map[totalKey]any{}, services: make([]prepared, len(r.layout.services))}
	places := map[string]int{}
	for i, id := range r.rules.Services() {
		places[id] = i
	}
	from := 2 + len(r.understood.kept)
	for i, s := range r.layout.services {
		of := &c.services[i]
		*of = prepared{from: from, part: -1, known: map[*ruleset.Part][]any{}}
		if place, ok := places[s.Service]; ok {
			of.part = place
		}
		of.none = c.prepare(i, &decide.Decision{})
		if !r.Long {
			from += 1 + len(s.measures)
		}
	}
	return c
}

// prepare makes of what a decision says of a service what the sink takes.
func (c *composer) prepare(service int, d *decide.Decision) []any {
	var all []any
	for _, cells := range c.layout.parts(service, d) {
		all = append(all, c.out.Prepare(c.services[service].from, cells))
	}
	return all
}

// compose decides on an elder.
func (c *composer) compose(ctx context.Context, p *elder.Profile) error {
	var err error
	if c.parts, err = c.rules.Parts(ctx, p, c.parts[:0]); err != nil {
		return err
	}
	c.rows = c.rows[:0]
	for i := range c.services {
		s := &c.services[i]
		if s.part < 0 {
			c.rows = append(c.rows, s.none...)
			continue
		}
		part := c.parts[s.part]
		last := &s.recent[part.Number()%uint32(len(s.recent))]
		if last.part != part {
			last.part, last.rows = part, c.rowsOf(i, part)
		}
		c.rows = append(c.rows, last.rows...)
	}
	if !c.Long {
		c.rows = append(c.rows, c.total())
	}
	return nil
}

// rowsOf is what was prepared of a part.
func (c *composer) rowsOf(service int, part *ruleset.Part) []any {
	known := c.services[service].known
	rows, ok := known[part]
	if !ok {
		if len(known) >= maxPrepared {
			clear(known)
		}
		rows = c.prepare(service, c.rules.Alone(part))
		known[part] = rows
	}
	return rows
}

// total is what was prepared of the total.
func (c *composer) total() any {
	total := c.rules.TotalOf(c.parts)
	key := totalKey{total.Value, total.Bound, unsafe.SliceData(total.Open), len(total.Open)}
	made, ok := c.totals[key]
	if !ok {
		if len(c.totals) >= maxPrepared {
			clear(c.totals)
		}
		cells := c.layout.total(total)
		made = c.out.Prepare(len(c.Columns())-len(cells), cells)
		c.totals[key] = made
	}
	return made
}

// add adds the rows of the elder decided on last.
func (c *composer) add(page Page, own []Cell) {
	if !c.Long {
		page.Add(own, c.rows...)
		return
	}
	for _, row := range c.rows {
		page.Add(own, row)
	}
}
