package cases

import (
	"context"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Coverage says which parts of a list its cases reach. It covers the services that the list names,
// and those for which it states a figure.
type Coverage struct {
	List         string          `json:"list"` // the stem of its file
	Jurisdiction string          `json:"jurisdiction"`
	Reached      int             `json:"reached"`
	Of           int             `json:"of"`
	Missing      []Gap           `json:"missing,omitempty"`
	Suggestions  []Suggestion    `json:"suggestions,omitempty"` // elders who reach all that is missing
	Pos          policy.Position `json:"position"`
}

// Percent returns the share that is reached, rounded down. It is 100 only when everything is
// reached.
func (c Coverage) Percent() int {
	if c.Of == 0 {
		return 100
	}
	return 100 * c.Reached / c.Of
}

// GapKind says what kind of thing no case reaches.
type GapKind string

// These are the things that cases should reach.
const (
	Branch    GapKind = "branch"    // a way to a promise: a case of the decision table
	Boundary  GapKind = "boundary"  // a number just below, at or above a threshold
	Condition GapKind = "condition" // somebody who fails a condition alone
	Answer    GapKind = "answer"    // promises that somebody has together
	Refusal   GapKind = "refusal"   // somebody who has not the service
	Parameter GapKind = "parameter" // a figure that the list states, from a day on
	Opaque    GapKind = "opaque"    // a rule that is no list of cases: what of it cases reach is not known
)

// Gap is something about a service that no case reaches.
type Gap struct {
	Kind    GapKind         `json:"kind"`
	Service string          `json:"service"`
	What    string          `json:"what"`
	Pos     policy.Position `json:"position"`
}

// cover says what of each list no case reaches.
func (r *Runner) cover(ctx context.Context, report *Report, done map[string][]worked) error {
	for _, list := range r.lists() {
		c := coverer{list: list, runner: r, index: map[string]*target{}}
		for _, day := range r.days(list) {
			rules, err := r.Rules(ctx, list.Jurisdiction.ID, day)
			if err != nil {
				return err
			}
			c.at(rules)
		}
		report.Coverage = append(report.Coverage, c.coverage(done[list.Stem]))
	}
	return nil
}

// days are the first days of the times in which a list is the same.
func (r *Runner) days(list *policy.List) []policy.Date { return r.Catalog.Changes(list) }

// coverer finds what the cases of a list are to reach.
type coverer struct {
	list    *policy.List
	runner  *Runner
	targets []*target // in the order in which they are found
	index   map[string]*target
	opaque  []Gap // one of each service that cannot be measured

	// of the day at hand
	rules *ruleset.Ruleset
	space *elder.Space
}

// target is something that a case is to reach: it names the service, and its elder lies in the
// region of the day.
type target struct {
	Gap
	regions []dated
	only    bool // it counts for what is permitted, not for what is promised
}

// dated is a region of elders on the days since one, until something changes.
type dated struct {
	from  policy.Date
	boxes []box.Box
}

// at adds what is to be reached from a day on.
func (c *coverer) at(r *ruleset.Ruleset) {
	c.rules, c.space = r, r.Table.Space
	for _, s := range r.Table.Layers[0].List.Services {
		rules := c.rulesOf(s)
		if len(rules) == 0 {
			continue
		}
		if i := slices.IndexFunc(r.Table.Opaque, func(o table.Opaque) bool { return o.Layer == 0 && o.Applied.Service.ID == s.ID }); i >= 0 {
			c.unmeasured(s.ID, r.Table.Opaque[i].Applied.Rule.Pos)
			continue
		}
		v := service{coverer: c, Service: s, cases: c.casesOf(s.ID)}
		for _, own := range v.cases {
			v.branch(own)
			v.conditions(own)
		}
		v.answers()
		v.figures(rules)
	}
}

// unmeasured adds a service that counts as not reached, because its rule is opaque on some day.
func (c *coverer) unmeasured(service string, rule policy.Position) {
	if !slices.ContainsFunc(c.opaque, func(g Gap) bool { return g.Service == service }) {
		c.opaque = append(c.opaque, Gap{Opaque, service, "the rule is tested, not proved; what cases reach of it cannot be measured", rule})
	}
}

// rulesOf are the rules of a service that the list answers for: of one that it names all, else
// those that read a figure of its own.
func (c *coverer) rulesOf(s *policy.Service) []layer.Applied {
	var of []layer.Applied
	for _, a := range c.rules.Table.Layers[0].Rules {
		own := slices.ContainsFunc(c.list.Parameters, func(p *policy.Parameter) bool { return slices.Contains(a.Parameters, p.Name) })
		if a.Service.ID == s.ID && (!s.Unnamed || own) {
			of = append(of, a)
		}
	}
	return of
}

// casesOf are the cases by which the list grants a service to somebody who can exist.
func (c *coverer) casesOf(service string) []table.Case {
	var of []table.Case
	for _, own := range c.rules.Table.Cases {
		if own.Layer != 0 || own.Grant.Service != service {
			continue
		}
		if b, some := c.rules.Table.Known(own.Box); some && len(c.known([]box.Box{b})) > 0 {
			own.Box = b
			of = append(of, own)
		}
	}
	return of
}

// known are the elders of a region who can exist and of whom everything is known.
func (c *coverer) known(region []box.Box) []box.Box {
	var known []box.Box
	for _, b := range region {
		if b, some := c.rules.Table.Known(b); some {
			known = append(known, b)
		}
	}
	return box.Subtract(known, c.rules.Table.Impossible(), c.space.Values)
}

// add adds a target of the day at hand, unless nobody can reach it. One that is there already may
// be reached in the region, too. An elder of whom something is missing may lie in it: what is
// missing meets no condition.
func (c *coverer) add(key string, t target, region []box.Box) {
	if len(c.known(region)) == 0 {
		return
	}
	known := c.index[key]
	if known == nil {
		known = &t
		c.index[key] = known
		c.targets = append(c.targets, known)
	}
	if n := len(known.regions); n > 0 && known.regions[n-1].from == c.rules.On {
		known.regions[n-1].boxes = append(known.regions[n-1].boxes, region...)
		return
	}
	known.regions = append(known.regions, dated{c.rules.On, region})
}

// coverage says which targets the cases of the list reach.
func (c *coverer) coverage(done []worked) Coverage {
	report := Coverage{List: c.list.Stem, Jurisdiction: c.list.Jurisdiction.ID, Of: len(c.targets) + len(c.opaque), Missing: c.opaque, Pos: c.list.Pos}
	var missing []*target
	for _, t := range c.targets {
		if slices.ContainsFunc(done, func(w worked) bool { return c.reaches(w, t) }) {
			report.Reached++
			continue
		}
		missing = append(missing, t)
		report.Missing = append(report.Missing, t.Gap)
	}
	report.Suggestions = c.suggest(missing)
	return report
}

// reaches reports whether a case reaches a target.
func (c *coverer) reaches(w worked, t *target) bool {
	return slices.ContainsFunc(w.wants, t.isTriedBy) && t.holds(c.runner.Catalog.LastChange(c.list, w.on), &w.cells)
}

// isTriedBy reports whether an expectation speaks of the target: of the service, and of a branch
// says that it is granted.
func (t *target) isTriedBy(e policy.Expectation) bool {
	switch {
	case e.Service != t.Service:
		return false
	case e.Wanted == policy.WantNotDiscretionary:
		return t.Kind == Boundary || t.Kind == Condition
	}
	return t.Kind != Branch || t.only == (e.Wanted == policy.WantDiscretionary)
}

// holds reports whether an elder lies in the region of the target since a day.
func (t *target) holds(since policy.Date, cells *elder.Cells) bool {
	for _, d := range t.regions {
		if d.from == since {
			return slices.ContainsFunc(d.boxes, func(b box.Box) bool {
				return b.Contains(func(attribute int) uint8 { return cells[attribute] })
			})
		}
	}
	return false
}
