// Package lint finds what is probably wrong in a list, from the same boxes that decisions come from: branches that overlap,
// that nobody reaches or that add nothing, gaps, parameters without use, rules that cannot be proved, open amounts.
//
// A finding can be accepted in the list's YAML, with a reason:
//
//	accepted:
//	  - {code: overlap, subject: old-age-allowance, reason: …}
package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/box"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/layer"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/table"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// The codes of findings.
const (
	Overlap          = "overlap"           // two branches promise different amounts to the same elders
	RedundantBranch  = "redundant-branch"  // other branches promise as much to all of its elders
	DeadBranch       = "dead-branch"       // no elder can reach it
	Gap              = "gap"               // elders between the branches of a service are left out
	UnusedParameter  = "unused-parameter"  // no rule reads it
	OpaqueRule       = "opaque"            // evaluated by plain OPA: tested, not proved
	OpenAmount       = "open-amount"       // the list above states a number, this one none
	UnusedAcceptance = "unused-acceptance" // nothing of the kind is found
)

// Finding is one thing that lint found. Subject is a service or a parameter.
type Finding struct {
	List     string          `json:"list"` // jurisdiction
	Code     string          `json:"code"`
	Severity policy.Severity `json:"severity"`
	Subject  string          `json:"subject"`
	Message  string          `json:"message"`
	Region   string          `json:"region,omitempty"` // the elders concerned
	Pos      policy.Position `json:"position"`
	Accepted string          `json:"accepted,omitempty"` // the reason given in the list
}

// List lints the list of a ruleset. Above is the ruleset of the jurisdiction above, nil at the top; users are the rulesets of all
// jurisdictions that may read the list's parameters, its own among them.
func List(own, above *ruleset.Ruleset, users []*ruleset.Ruleset) []Finding {
	l := &linter{own: own, list: own.Table.Layers[0].List, space: own.Table.Space, impossible: own.Table.Impossible()}
	l.deadBranches()
	l.opaqueRules()
	for _, service := range l.list.Services {
		for _, discretionary := range []bool{false, true} {
			if cases := l.cases(service.ID, discretionary); len(cases) > 0 {
				l.branches(service.ID, cases)
				l.gaps(service, cases)
			}
		}
	}
	l.unusedParameters(users)
	l.openAmounts(above)
	return l.findings
}

type linter struct {
	own        *ruleset.Ruleset
	list       *policy.List
	space      *elder.Space
	impossible []box.Box
	findings   []Finding
}

func (l *linter) add(code, subject string, pos policy.Position, region []box.Box, format string, args ...any) {
	f := Finding{
		List: l.list.Jurisdiction.ID, Code: code, Severity: policy.SeverityWarning, Subject: subject,
		Message: fmt.Sprintf(format, args...), Pos: pos,
	}
	for i, b := range box.Cover(region, l.impossible, l.space.Values) {
		if i > 0 {
			f.Region += "; or "
		}
		f.Region += words.Box(l.space, b, words.Names)
	}
	l.findings = append(l.findings, f)
}

// cases are the cases by which the list itself declares a service, for elders of whom everything is known.
func (l *linter) cases(service string, discretionary bool) []table.Case {
	var cases []table.Case
	for _, c := range l.own.Table.Cases {
		if c.Layer != 0 || c.Grant.Service != service || c.Grant.Discretionary != discretionary {
			continue
		}
		if b, some := l.own.Table.Known(c.Box); some {
			c.Box = b
			cases = append(cases, c)
		}
	}
	return cases
}

// owns reports whether a rule is the list's own business: its own rule, or one that runs with a parameter of its own.
func (l *linter) owns(a layer.Applied) bool {
	return a.Stem == l.list.Stem || slices.ContainsFunc(l.list.Parameters, func(p *policy.Parameter) bool {
		return slices.Contains(a.Parameters, p.Name)
	})
}

func (l *linter) deadBranches() {
	reported := map[policy.Position]bool{}
	for _, d := range l.own.Table.Dead {
		if d.Layer == 0 && d.Applied.Stem == l.list.Stem && d.Condition.Admits.Empty() && !reported[d.Condition.Pos] {
			reported[d.Condition.Pos] = true
			l.add(DeadBranch, d.Applied.Service.ID, d.Condition.Pos, nil,
				"the condition on %s holds for no value of it", l.space.Axes[d.Condition.Attribute].Attribute.Name)
		}
	}
	for _, a := range l.own.Table.Layers[0].Rules {
		if !l.owns(a) || l.isOpaque(a) || len(l.possible(l.regionOf(a))) > 0 {
			continue
		}
		l.add(DeadBranch, a.Service.ID, a.Pos, nil, "no elder can meet all conditions of the branch")
	}
}

func (l *linter) isOpaque(a layer.Applied) bool {
	return slices.ContainsFunc(l.own.Table.Opaque, func(o table.Opaque) bool { return o.Layer == 0 && o.Applied.Rule == a.Rule })
}

func (l *linter) regionOf(a layer.Applied) []box.Box {
	var boxes []box.Box
	for _, c := range l.cases(a.Service.ID, a.Discretionary) {
		if c.Applied.Rule == a.Rule {
			boxes = append(boxes, c.Box)
		}
	}
	return boxes
}

// possible is a region without the elders who cannot exist.
func (l *linter) possible(region []box.Box) []box.Box {
	return box.Subtract(region, l.impossible, l.space.Values)
}

func (l *linter) opaqueRules() {
	for _, o := range l.own.Table.Opaque {
		if o.Layer == 0 && l.owns(o.Applied) {
			l.add(OpaqueRule, o.Applied.Service.ID, o.Pos, nil,
				"the rule cannot be proved, because %s: %s", o.Reason, o.Expression)
		}
	}
}

// branches compares the rules of a service with each other.
func (l *linter) branches(service string, cases []table.Case) {
	rules := byRule(cases)
	for _, branch := range rules {
		if !l.owns(branch[0].Applied) {
			continue
		}
		var asMuch []box.Box
		for _, c := range cases {
			if c.Rule != branch[0].Rule && c.PromisesAsMuch(branch[0]) {
				asMuch = append(asMuch, c.Box)
			}
		}
		region := l.possible(table.Boxes(branch))
		if len(region) > 0 && box.Covered(region, asMuch, l.space.Values) {
			l.add(RedundantBranch, service, branch[0].Rule.Pos, nil, "other branches promise as much to everybody whom this one reaches")
		}
	}
	for i, a := range rules {
		for _, b := range rules[i+1:] {
			if l.owns(a[0].Applied) || l.owns(b[0].Applied) {
				l.overlap(service, a, b)
			}
		}
	}
}

// byRule groups cases by their rules, in order.
func byRule(cases []table.Case) [][]table.Case {
	var groups [][]table.Case
	for _, c := range cases {
		i := slices.IndexFunc(groups, func(g []table.Case) bool { return g[0].Rule == c.Rule })
		if i < 0 {
			groups = append(groups, []table.Case{c})
			continue
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

// overlap reports the elders to whom two branches promise different numbers of one measure.
func (l *linter) overlap(service string, a, b []table.Case) {
	for _, measure := range slices.Sorted(maps.Keys(a[0].Grant.Measures)) {
		p, q := a[0].Grant.Measures[measure], b[0].Grant.Measures[measure]
		if p.Open() || q.Open() || p.Value.Equal(*q.Value) {
			continue
		}
		var both []box.Box
		for _, x := range a {
			for _, y := range b {
				if common, some := x.Box.Intersect(y.Box); some {
					both = append(both, common)
				}
			}
		}
		if len(l.possible(both)) > 0 {
			l.add(Overlap, service, b[0].Rule.Pos, both, "two branches promise %s of %s and of %s to the same elders; the higher holds", measure, p.Value, q.Value)
		}
	}
}

// gaps looks for elders whom the branches of a service leave out between them: who have the service, but none of the
// amounts that several branches state; or whose number lies between the numbers of two branches.
func (l *linter) gaps(service *policy.Service, cases []table.Case) {
	for _, measure := range measuresOf(cases) {
		promising := slices.DeleteFunc(slices.Clone(cases), func(c table.Case) bool { _, ok := c.Grant.Measures[measure]; return !ok })
		if len(byRule(promising)) < 2 || !slices.ContainsFunc(promising, func(c table.Case) bool { return l.owns(c.Applied) }) {
			continue
		}
		left := l.possible(box.Subtract(table.Boxes(cases), table.Boxes(promising), l.space.Values))
		if len(left) > 0 {
			l.add(Gap, service.ID, service.Pos, left, "some elders have the service but none of the branches that state %s", measure)
		}
		for i := range l.space.Axes {
			if l.space.Axes[i].Type == policy.Integer {
				l.hole(service, measure, i, promising)
			}
		}
	}
}

func measuresOf(cases []table.Case) []string {
	names := map[string]bool{}
	for _, c := range cases {
		for name := range c.Grant.Measures {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// hole reports the values of an integer attribute between the branches that state a measure.
func (l *linter) hole(service *policy.Service, measure string, attribute int, cases []table.Case) {
	var admitted box.Set
	for _, c := range cases {
		side, constrained := c.Box.Side(attribute)
		if !constrained {
			return
		}
		admitted = admitted.Or(side)
	}
	cells := admitted.Cells()
	between := box.Range(cells[0], cells[len(cells)-1]).Minus(admitted)
	if !between.Empty() {
		l.add(Gap, service.ID, service.Pos, []box.Box{{{Attribute: attribute, Admits: between}}}, "between the branches that state %s, some elders are in none", measure)
	}
}

// unusedParameters reports the list's parameters that no rule of it, or of a list below, reads.
func (l *linter) unusedParameters(users []*ruleset.Ruleset) {
	used := map[string]bool{}
	for _, u := range users {
		for _, layer := range u.Table.Layers {
			for _, a := range layer.Rules {
				for _, name := range a.Parameters {
					used[name] = true
				}
			}
		}
	}
	for _, p := range l.list.Parameters {
		if !used[p.Name] {
			l.add(UnusedParameter, p.Name, p.Pos, nil, "no rule reads the parameter")
		}
	}
}

// openAmounts reports the services of which the list leaves a number open that the list above states.
func (l *linter) openAmounts(above *ruleset.Ruleset) {
	if above == nil {
		return
	}
	for _, f := range check.OpenAmounts(l.own, above) {
		l.add(OpenAmount, f.Service, f.ChildPos, f.Boxes, "the amount of %s is left open; the list above states %s", f.Measure, f.Want)
	}
}

// Accept joins the findings of several days into one list, by place, marks those that the lists accept, and reports
// acceptances of what is not found.
func Accept(lists []*policy.List, findings []Finding) []Finding {
	var all []Finding
	for _, f := range findings {
		if !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	for _, list := range lists {
		for _, a := range list.Accepted {
			found := false
			for i, f := range all {
				if f.Code == a.Code && f.Subject == a.Subject {
					all[i].Accepted, found = a.Reason, true
				}
			}
			if !found {
				all = append(all, Finding{
					List: list.Jurisdiction.ID, Code: UnusedAcceptance, Severity: policy.SeverityWarning, Subject: a.Subject, Pos: a.Pos,
					Message: fmt.Sprintf("the list accepts %s of %s, but there is none", a.Code, a.Subject),
				})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Code, b.Code))
	})
	return all
}
