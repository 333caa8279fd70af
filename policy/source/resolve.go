package source

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// place is a jurisdiction with its lists, while files are checked against each other.
type place struct {
	id     string
	lists  []*listFile // by EffectiveFrom; never empty
	parent *place
	depth  int
	// adopted is where an amendment puts the parent, and under is the parent that the lists
	// themselves name.
	adopted *node
	under   string
	// cut is set when the chain to the top is not known, because of a problem that is reported
	// elsewhere.
	cut bool
}

func (p *place) first() *listFile { return p.lists[0] }

// known reports whether the services and parameters that the lists have and see are known, in spite
// of problems.
func (p *place) known() bool {
	for q := p; q != nil; q = q.parent {
		if q.cut || slices.ContainsFunc(q.lists, func(f *listFile) bool { return f.partial }) {
			return false
		}
	}
	return true
}

// inForce returns the list that answers on a day, nil before the first.
func (p *place) inForce(on policy.Date) *listFile {
	i, found := slices.BinarySearchFunc(p.lists, on, func(f *listFile, on policy.Date) int { return f.list.EffectiveFrom.Compare(on) })
	if !found {
		i--
	}
	if i < 0 || p.lists[i].endedOn(on) {
		return nil
	}
	return p.lists[i]
}

// endedOn reports whether the list has ended before a day.
func (f *listFile) endedOn(day policy.Date) bool {
	return !f.list.Until.IsZero() && day.After(f.list.Until)
}

// resolver checks the files against each other and makes the catalog.
type resolver struct {
	*loader
	places map[string]*place
	sorted []*place        // by id
	broken map[string]bool // jurisdictions of which a file could not be read: what they hold is not known

	amendedBy map[policy.Position]*listFile // of the values that come from amendments, the list amended
}

func (l *loader) resolve() *policy.Catalog {
	r := &resolver{loader: l, places: map[string]*place{}, broken: map[string]bool{}, amendedBy: map[policy.Position]*listFile{}}
	r.group()
	r.agree()
	r.adopt()
	r.link()
	r.between()
	r.amend()
	for _, p := range r.downward() {
		for i, f := range p.lists {
			r.overrides(p, f)
			r.inherited(p, i)
			r.inheritRest(p, i)
			r.choices(p, f)
			r.exclusions(p, f)
			r.linkedChoices(p, f)
		}
	}
	c := &policy.Catalog{Vocabulary: l.vocabulary}
	known := map[*listFile]bool{}
	for _, p := range r.sorted {
		if !p.known() {
			continue
		}
		for _, f := range p.lists {
			c.Lists = append(c.Lists, f.list)
			known[f] = true
		}
	}
	for _, f := range l.lists {
		if !known[f] && f.amendment == nil {
			c.Left = append(c.Left, f.stem)
		}
	}
	c.Known = l.jurisdictionStems()
	return c
}

// jurisdictionStems returns the stems that are no later document or amendment of another.
func (l *loader) jurisdictionStems() []string {
	all := make(map[string]bool, len(l.stems))
	for _, s := range l.stems {
		all[s] = true
	}
	var ids []string
	for _, s := range l.stems {
		if !slices.ContainsFunc(prefixes(s), func(p string) bool { return all[p] }) {
			ids = append(ids, s)
		}
	}
	return ids
}

// prefixes returns the ids that a stem could belong to, but for itself.
func prefixes(stem string) []string {
	var ids []string
	for i, c := range stem {
		if c == '_' && i > 0 {
			ids = append(ids, stem[:i])
		}
	}
	return ids
}

// group sorts the lists into jurisdictions.
func (r *resolver) group() {
	for _, f := range r.lists {
		if f.amendment != nil && f.amendment.readable {
			continue
		}
		if !f.complete() {
			r.broken[f.stem] = true
			for _, id := range prefixes(f.stem) {
				r.broken[id] = true
			}
			continue
		}
		id := f.list.Jurisdiction.ID
		if r.places[id] == nil {
			r.places[id] = &place{id: id}
		}
		r.places[id].lists = append(r.places[id].lists, f)
	}
	for _, id := range slices.Sorted(maps.Keys(r.places)) {
		p := r.places[id]
		slices.SortFunc(p.lists, func(a, b *listFile) int {
			return cmp.Or(a.list.EffectiveFrom.Compare(b.list.EffectiveFrom), cmp.Compare(a.stem, b.stem))
		})
		r.sorted = append(r.sorted, p)
	}
}

// agree checks that the lists of a jurisdiction agree on what it is, and that no two jurisdictions
// share a code.
func (r *resolver) agree() {
	owner := map[string]*listFile{}
	for _, p := range r.sorted {
		for i, f := range p.lists {
			j, d := f.list.Jurisdiction, &f.document.diagnostics
			if i > 0 {
				before := p.lists[i-1]
				if before.list.EffectiveFrom == f.list.EffectiveFrom {
					d.Errorf("duplicate-list", f.effectiveAt, "remove one, or correct its date",
						"%s has two lists in force from %s, the other is %s", p.id, f.list.EffectiveFrom, before.document.display)
				}
				if until := before.list.Until; !until.Before(f.list.EffectiveFrom) {
					before.document.diagnostics.Errorf("dates-order", before.untilAt, "remove until, as the next list ends this one, or correct a date",
						"the list ends on %s, but %s is in force from %s", until, f.document.display, f.list.EffectiveFrom)
				}
				first := p.first().list.Jurisdiction
				if j.Level != first.Level || j.Parent != first.Parent || j.Code != first.Code && j.Code != "" && first.Code != "" {
					d.Errorf("jurisdiction-mismatch", cmp.Or(f.codeAt, f.list.Pos), "code, level and parent must be the same in all lists of a jurisdiction",
						"%s is a different jurisdiction in %s", p.id, p.first().document.display)
				}
			}
			if j.Code == "" {
				continue
			}
			if other := owner[j.Code]; other != nil && other.list.Jurisdiction.ID != p.id {
				d.Errorf("duplicate-code", f.codeAt, "look both up in GB/T 2260", "%s is also the code of %s", j.Code, other.list.Jurisdiction.ID)
			} else {
				owner[j.Code] = f
			}
		}
	}
}

// link finds the parents.
func (r *resolver) link() {
	var ids []string
	for _, p := range r.sorted {
		f := p.first()
		id := f.list.Jurisdiction.Parent
		if id == "" {
			p.cut = f.orphan
			continue
		}
		p.parent = r.places[id]
		if p.parent != nil {
			continue
		}
		p.cut = true
		if r.broken[id] {
			continue
		}
		if ids == nil {
			ids = r.jurisdictionStems()
		}
		f.document.diagnostics.Errorf("unknown-parent", f.parentAt, didYouMean(id, ids, "add "+catalogPath(id)), "no list of the parent %q", id)
	}
	state := map[*place]int{} // 1: on the way up, 2: done
	for _, p := range r.sorted {
		r.climb(p, state)
	}
	for _, p := range r.sorted {
		r.level(p)
	}
}

// climb sets the depth of a place and of those above it, and breaks cycles.
func (r *resolver) climb(p *place, state map[*place]int) {
	var way []*place
	for q := p; q != nil && state[q] != 2; q = q.parent {
		if state[q] == 1 {
			r.cycle(way[slices.Index(way, q):])
			break
		}
		state[q] = 1
		way = append(way, q)
	}
	for _, q := range slices.Backward(way) {
		state[q] = 2
		if q.parent != nil {
			q.depth = q.parent.depth + 1
			q.cut = q.cut || q.parent.cut
		}
		q.cut = q.cut || r.broken[q.id]
	}
}

// cycle reports places of which each is the parent of the one before, and takes them apart.
func (r *resolver) cycle(places []*place) {
	i := 0 // start at the least id, so that the report does not depend on the way here
	for k, p := range places {
		if p.id < places[i].id {
			i = k
		}
	}
	places = slices.Concat(places[i:], places[:i])
	ids := names(places, func(p *place) string { return p.id })
	f := places[0].first()
	f.document.diagnostics.Errorf("parent-cycle", f.parentAt, "name a parent of a higher level", "%s is above itself: %s",
		ids[0], strings.Join(append(ids, ids[0]), " → "))
	for _, p := range places {
		p.parent, p.cut = nil, true
	}
}

// above are the jurisdictions above a place, from the nearest up.
func (p *place) above(yield func(*place) bool) {
	for q := p.parent; q != nil; q = q.parent {
		if !yield(q) {
			return
		}
	}
}

func (f *listFile) parameter(name string) *policy.Parameter {
	for _, p := range f.list.Parameters {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// parameterAbove returns the parameter that a list would see if it had none of its own: that of the
// nearest list above in force when the list comes into force, or of the first list to come.
func (p *place) parameterAbove(f *listFile, name string) *policy.Parameter {
	for q := range p.above {
		g := q.inForce(f.list.EffectiveFrom)
		if g == nil {
			g = q.first()
		}
		if found := g.parameter(name); found != nil {
			return found
		}
	}
	return nil
}

// amend merges the amendments into their lists, those of the higher levels first.
func (r *resolver) amend() {
	type job struct {
		amendment, list *listFile
		place           *place
	}
	byStem := map[string]*listFile{}
	var stems []string
	for _, f := range r.lists {
		if f.amendment == nil {
			byStem[f.stem] = f
			stems = append(stems, f.stem)
		}
	}
	var jobs []job
	for _, f := range r.lists {
		if f.amendment == nil || !f.amendment.readable {
			continue
		}
		n := f.amendment.amends
		stem := n.yaml.Value
		list := byStem[stem]
		switch {
		case list == nil:
			n.errorf("unknown-amended", didYouMean(stem, stems, "name the stem of a list, not of an amendment"), "there is no list %q", stem)
		case !list.complete(): // reported
		case !stemOf(f.stem, list.list.Jurisdiction.ID):
			n.errorf("stem-mismatch", "name the file "+list.list.Jurisdiction.ID+"_….yaml", "the file %s.yaml amends a list of %s", f.stem, list.list.Jurisdiction.ID)
		default:
			jobs = append(jobs, job{f, list, r.places[list.list.Jurisdiction.ID]})
		}
	}
	slices.SortStableFunc(jobs, func(a, b job) int {
		return cmp.Or(cmp.Compare(a.place.depth, b.place.depth), cmp.Compare(a.amendment.stem, b.amendment.stem))
	})
	for _, j := range jobs {
		r.supplement(j.list, j.amendment)
		j.list.list.Amendments = append(j.list.list.Amendments, j.amendment.stem)
		for _, p := range j.amendment.amendment.parameters {
			r.merge(j.place, j.list, j.amendment, p)
		}
	}
}

// adopt puts the parents that amendments name above the jurisdictions of the lists amended.
func (r *resolver) adopt() {
	for _, f := range r.lists {
		if f.amendment == nil || !f.amendment.adopts {
			continue
		}
		n, p := &f.amendment.parent, r.amendedPlace(f.amendment)
		switch {
		case p == nil: // reported
		case p.adopted != nil && p.adopted.yaml.Value != n.yaml.Value:
			n.errorf("redefined", "keep one", "%s has a different parent in %s:%d", p.id, p.adopted.document.display, p.adopted.yaml.Line)
		case p.adopted == nil:
			p.adopted, p.under = n, p.first().list.Jurisdiction.Parent
			p.first().parentAt = n.pos()
			for _, g := range p.lists {
				g.list.Jurisdiction.Parent = n.yaml.Value
			}
		}
	}
}

// amendedPlace returns the jurisdiction of the list that an amendment amends, nil when there is
// none.
func (r *resolver) amendedPlace(a *amendment) *place {
	for _, p := range r.sorted {
		if a.readable && slices.ContainsFunc(p.lists, func(g *listFile) bool { return g.stem == a.amends.yaml.Value }) {
			return p
		}
	}
	return nil
}

// between checks that a parent that an amendment names lies below the one that the lists themselves
// name: then nothing is lost that was above.
func (r *resolver) between() {
	for _, p := range r.sorted {
		if p.adopted == nil || p.under == "" || p.cut {
			continue
		}
		found := false
		for q := range p.above {
			found = found || q.id == p.under
		}
		if !found {
			p.adopted.errorf("redefined", "name a jurisdiction that lies below "+p.under, "%s lies below %s, but %s does not", p.id, p.under, p.adopted.yaml.Value)
		}
	}
}

// supplement adds to a list what an amendment adds. No service is added twice.
func (r *resolver) supplement(f, by *listFile) {
	l, adds := f.list, &by.amendment.adds
	for _, s := range adds.Services {
		if first := f.services[s.ID]; first != nil {
			by.document.diagnostics.Errorf("duplicate-service", s.Pos, "take another id, or amend the figures", "%s already has the service %s, in %s:%d",
				f.stem, s.ID, first.Pos.File, first.Pos.Line)
			continue
		}
		if by.services[s.ID] == s {
			f.services[s.ID] = s
		}
		l.Services = append(l.Services, s)
	}
	l.ChooseHigher = append(l.ChooseHigher, adds.ChooseHigher...)
	f.members = append(f.members, by.members...)
	l.Excludes = append(l.Excludes, adds.Excludes...)
	f.excludes = append(f.excludes, by.excludes...)
	l.NotModelled = append(l.NotModelled, adds.NotModelled...)
	l.Accepted = append(l.Accepted, adds.Accepted...)
	f.partial = f.partial || by.partial
}

// introduce makes a parameter that neither the list nor one above it has the list's own. It must
// say what it is.
func (r *resolver) introduce(place *place, f, by *listFile, p *amended) {
	if p.Label == "" || p.Unit == "" {
		if place.known() {
			by.document.diagnostics.Errorf("unknown-parameter", p.Pos, didYouMean(p.Name, place.parameters(f), "add its label, unit and bound, if it is a new one"),
				"neither %s nor a list above it has a parameter %q", f.stem, p.Name)
		}
		return
	}
	checkValues(p.Unit, p.Bound, p.values)
	checkPayment(&by.document.diagnostics, &p.Parameter)
	for _, v := range p.values {
		p.Values = append(p.Values, v.DatedValue)
	}
	f.list.Parameters = append(f.list.Parameters, &p.Parameter)
}

// over returns what an amendment states of a parameter, without its values. What it leaves out is
// as the amended list has it. Where only a list above has the parameter, own is false, and a
// calendar there holds anyway.
func (p *amended) over(base *policy.Parameter, f *listFile, own bool) *policy.Parameter {
	merged := &policy.Parameter{
		Name:     p.Name,
		Label:    cmp.Or(p.Label, base.Label),
		Unit:     cmp.Or(p.Unit, base.Unit),
		Bound:    cmp.Or(p.Bound, base.Bound),
		ReviewBy: cmp.Or(p.ReviewBy, base.ReviewBy),
		Payment:  p.Payment,
		Cite:     p.Cite,
		Pos:      p.Pos,
	}
	if !own {
		return merged
	}
	merged.Payment, merged.Printed = cmp.Or(p.Payment, base.Payment), base.Printed
	if base.Pos.File == f.list.Pos.File {
		merged.Printed = base
	}
	return merged
}

// merge makes an amended parameter the list's own.
func (r *resolver) merge(place *place, f, by *listFile, p *amended) {
	d := &by.document.diagnostics
	i := slices.IndexFunc(f.list.Parameters, func(q *policy.Parameter) bool { return q.Name == p.Name })
	var base *policy.Parameter
	if i >= 0 {
		base = f.list.Parameters[i]
	} else if base = place.parameterAbove(f, p.Name); base == nil {
		r.introduce(place, f, by, p)
		return
	}
	merged := p.over(base, f, i >= 0)
	if base.Unit != "" && merged.Unit != base.Unit {
		d.Errorf("unit-mismatch", p.Pos, "write the number in the unit "+string(base.Unit), "%s has the unit %s in %s", p.Name, base.Unit, base.Pos.File)
		return
	}
	if base.Threshold() && p.Bound != "" {
		d.Errorf("threshold-bound", p.Pos, "remove the bound", "%s is a threshold, and a threshold cannot be promised", p.Name)
		merged.Bound = ""
	}
	checkValues(merged.Unit, merged.Bound, p.values)
	checkPayment(d, merged)
	for _, v := range base.Values {
		if i < 0 && len(p.values) > 0 && !v.From.Before(p.values[0].From) {
			break // from its own first value on, the list's history counts, not that of the list above
		}
		if k := slices.IndexFunc(p.values, func(w statedValue) bool { return w.From == v.From }); k >= 0 {
			if r.amendedBy[v.Pos] == f {
				d.Errorf("dates-order", p.values[k].Pos, "remove one of the two", "the value from %s is already in %s", v.From, v.Pos.File)
			}
			continue // the amendment states what the list left open
		}
		older := *v
		if len(older.Cite) == 0 {
			older.Cite = base.Cite
		}
		merged.Values = append(merged.Values, &older)
	}
	for _, v := range p.values {
		if printed := base.At(v.From); i >= 0 && printed != nil && printed.Value != nil && r.amendedBy[printed.Pos] == nil {
			v.Printed = printed
		}
		merged.Values = append(merged.Values, v.DatedValue)
		r.amendedBy[v.Pos] = f
	}
	slices.SortFunc(merged.Values, func(a, b *policy.DatedValue) int { return a.From.Compare(b.From) })
	if i >= 0 {
		f.list.Parameters[i] = merged
	} else {
		f.list.Parameters = append(f.list.Parameters, merged)
	}
}

// parameters returns the names that a list sees.
func (p *place) parameters(f *listFile) []string {
	all := names(f.list.Parameters, func(p *policy.Parameter) string { return p.Name })
	for q := range p.above {
		for _, g := range q.lists {
			all = append(all, names(g.list.Parameters, func(p *policy.Parameter) string { return p.Name })...)
		}
	}
	return all
}

// overrides checks that a parameter keeps the unit that it has above, and stays a threshold or an
// amount: the rules that read it are shared.
func (r *resolver) overrides(p *place, f *listFile) {
	if p.parent == nil {
		return
	}
	for _, own := range f.list.Parameters {
		above := p.parameterAbove(f, own.Name)
		if above != nil && above.Unit != own.Unit && above.Unit != "" && own.Unit != "" {
			f.document.diagnostics.Errorf("unit-mismatch", own.Pos, "take the same unit, or another name",
				"%s is in %s here, but in %s in %s", own.Name, own.Unit, above.Unit, above.Pos.File)
		} else if above != nil && above.Threshold() != own.Threshold() {
			f.document.diagnostics.Errorf("unit-mismatch", own.Pos, "write a bound in both places for an amount, in neither for a threshold",
				"%s has a bound only in one of %s and %s", own.Name, own.Pos.File, above.Pos.File)
		}
	}
}

// listedAfter returns the first day after one on which a list above with the service comes into
// force.
func (p *place) listedAfter(service string, after policy.Date) (first policy.Date, ok bool) {
	for q := range p.above {
		for _, f := range q.lists {
			if from := f.list.EffectiveFrom; f.services[service] != nil && from.After(after) && (!ok || from.Before(first)) {
				first, ok = from, true
			}
		}
	}
	return first, ok
}

// choices checks that the services of a choice are in the list or above it.
func (r *resolver) choices(p *place, f *listFile) {
	if p.cut {
		return
	}
	for _, members := range f.members {
		for _, n := range members {
			if !p.mayList(f, n.yaml.Value) {
				n.errorf("choose-higher", "remove it from the choice, or add the service", "%s is not a service of this list or of one above", n.yaml.Value)
			}
		}
	}
}

// mayList reports whether a list of the place, or one above it, may have a service.
func (p *place) mayList(f *listFile, service string) bool {
	listed := f.mayList(service)
	for q := range p.above {
		listed = listed || slices.ContainsFunc(q.lists, func(g *listFile) bool { return g.mayList(service) })
	}
	return listed
}
