package nation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// These are the shares, in hundredths, of what the lists of cities and counties do, each
// independent of the others.
const (
	raisesAmount   = 25 // of all amounts
	raisesLater    = 20 // of the raised amounts: raised again on a later day
	lowersAge      = 10 // of all ages
	addsRule       = 12 // of lists: a rule of their own
	countyUndercut = 4
	cityUndercut   = 2 // by leaving out a service, which those below do not repeat
)

// list is a list in the making, as those below see it.
type list struct {
	*division
	model    *model
	figures  map[string]figure // its own and those above
	services []service         // its own and those above
}

func (g *generator) province(d *division, m *model) error {
	catalog, rego, figures, err := g.copy(m, d)
	if err != nil {
		return err
	}
	g.put(d.id, catalog, rego)
	g.below(&list{division: d, model: m, figures: figures, services: m.services})
	return nil
}

func (g *generator) below(above *list) {
	for _, d := range above.division.below {
		g.below(g.overlay(d, above))
	}
}

// overlay makes up the list of a city or county under another list.
func (g *generator) overlay(d *division, above *list) *list {
	o := &overlay{
		list: &list{division: d, model: above.model, figures: maps.Clone(above.figures), services: slices.Clone(above.services)},
		from: fmt.Sprintf("2023-%02d-20", 7+g.random.IntN(6)),
	}
	if d.level == "county" {
		o.from = fmt.Sprintf("2024-%02d-01", 1+g.random.IntN(12))
	}
	traits := above.model.traits
	slip := g.slip(d, traits)
	for _, name := range traits.raised {
		if name != slip.parameter && g.chance(raisesAmount) {
			o.set(name, g.raised(above.figures[name]))
		}
	}
	for _, name := range traits.lowered {
		if name != slip.parameter && g.chance(lowersAge) {
			o.set(name, above.figures[name].plus(-1-g.random.IntN(2)))
		}
	}
	if g.chance(addsRule) {
		o.add(pick(g, traits.extra))
	}
	o.slip(slip, above)
	for _, u := range slip.undercuts {
		u.Jurisdiction = d.id
		g.undercuts = append(g.undercuts, u)
	}
	g.put(d.id, o.catalog(), o.rego())
	return o.list
}

// slip returns how the list of a division falls short. Mostly it does not.
func (g *generator) slip(d *division, traits traits) slip {
	switch {
	case d.level == "county" && g.chance(countyUndercut):
		return pick(g, traits.slips)
	case d.level == "city" && g.chance(cityUndercut):
		return pick(g, slices.DeleteFunc(slices.Clone(traits.slips), func(s slip) bool { return s.service == "" || s.rule != nil }))
	}
	return slip{}
}

// raised returns a figure of a higher amount. Some are raised again on a later day.
func (g *generator) raised(f figure) figure {
	step := 10
	if f.unit == "times_per_month" {
		step = 1
	}
	f = f.plus(step * (1 + g.random.IntN(3)))
	if last := f.history[len(f.history)-1]; g.chance(raisesLater) && last.from < "2025-07-01" {
		more := *last.value + step
		f.history = append(f.history, dated{from: "2025-07-01", value: &more})
	}
	return f
}

// plus returns the figure with the given amount added to each of its values.
func (f figure) plus(n int) figure {
	history := make([]dated, len(f.history))
	for i, d := range f.history {
		history[i] = d
		if d.value != nil {
			sum := *d.value + n
			history[i].value = &sum
		}
	}
	f.history = history
	return f
}

// overlay is a list that inherits what it does not change.
type overlay struct {
	*list
	from    string
	own     []string // parameters of its own
	rules   []extra  // services of its own
	omitted map[string]bool
}

func (o *overlay) set(name string, f figure) {
	o.figures[name] = f
	o.own = append(o.own, name)
}

// add adds a rule of its own, and the service where the lists above lack it.
func (o *overlay) add(e extra) {
	i := slices.IndexFunc(o.services, func(s service) bool { return s.ID == e.ID })
	switch {
	case i < 0:
		e.Item = fmt.Sprint(len(o.services) + 1)
		o.services = append(o.services, e.service)
	case !e.inherits:
		return // a list above already has it
	default:
		e.service = o.services[i]
	}
	o.rules = append(o.rules, e)
}

func (o *overlay) slip(s slip, above *list) {
	switch {
	case s.parameter != "" && s.by != 0:
		o.set(s.parameter, above.figures[s.parameter].plus(s.by))
	case s.parameter != "":
		f := above.figures[s.parameter]
		f.bound, f.history = "set_locally", []dated{{from: o.from}}
		o.set(s.parameter, f)
	case s.rule != nil:
		rule := *s.rule
		rule.service = o.services[slices.IndexFunc(o.services, func(t service) bool { return t.ID == s.service })]
		o.rules = append(o.rules, rule)
	case s.service != "":
		o.omitted = map[string]bool{s.service: true}
	}
}

func (o *overlay) catalog() string {
	var b strings.Builder
	fmt.Fprintf(&b, "jurisdiction: {id: %s, code: %q, name: %s, level: %s, parent: %s}\n", o.id, o.code, o.name, o.level, o.parent)
	fmt.Fprintf(&b, "document:\n  title: %s基本养老服务实施方案\n  basis: reconstructed\n  note: 虚构，只供测试。\n", o.name)
	fmt.Fprintf(&b, "effective_from: %q\neffective_from_assumed: 虚构\n", o.from)
	if len(o.own) > 0 {
		b.WriteString("parameters:\n")
	}
	for _, name := range o.own {
		o.figures[name].write(&b, name)
	}
	b.WriteString("services:\n")
	for _, s := range o.services {
		if !o.omitted[s.ID] {
			o.writeService(&b, s)
		}
	}
	return b.String()
}

func (f figure) write(b *strings.Builder, name string) {
	fmt.Fprintf(b, "  %s:\n    label: %s\n    unit: %s\n", name, f.label, f.unit)
	if f.bound != "" {
		fmt.Fprintf(b, "    bound: %s\n", f.bound)
	}
	b.WriteString("    values:\n")
	for _, d := range f.history {
		value := "null"
		if d.value != nil {
			value = fmt.Sprint(*d.value)
		}
		fmt.Fprintf(b, "      - {from: %q, value: %s}\n", d.from, value)
	}
	b.WriteString("    cite: [附件]\n")
}

func (o *overlay) writeService(b *strings.Builder, s service) {
	fmt.Fprintf(b, "  - id: %s\n    item: %q\n    name: %s\n    group: %s\n    type: %s\n    departments: [民政部门]\n    access: application\n",
		s.ID, s.Item, s.Name, s.Group, s.Type)
	if i := slices.IndexFunc(o.rules, func(e extra) bool { return e.ID == s.ID }); i < 0 || o.rules[i].inherits {
		b.WriteString("    inherits: true\n")
	}
	fmt.Fprintf(b, "    cite: [附件 %s]\n", s.Item)
}

// rego returns the module of its own rules, or "" when it has none.
func (o *overlay) rego() string {
	if len(o.rules) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# METADATA\n# title: %s基本养老服务清单\npackage lists.%s\n\nimport data.elder\nimport data.grant\n", o.name, o.id)
	for _, r := range o.rules {
		fmt.Fprintf(&b, "\n# METADATA\n# title: %s\n# custom:\n#   item: %q\n", r.Name, r.Item)
		fmt.Fprintf(&b, "grants contains grant.promise(%q, %s) if {\n\t%s\n}\n", r.ID, r.measures, strings.Join(r.conditions, "\n\t"))
	}
	return b.String()
}
