package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Used marks the parameters that the rules of a list read, and those that must exist. The layers
// are those of the list, its own first. A rule reads a parameter of the nearest list that has it,
// and not that of a list above. Required names the parameters that every list, or one above it,
// must have; that of the highest list counts as read.
func Used(layers []layer.Layer, required []string, used map[*policy.Parameter]bool) {
	for _, rule := range layers[0].Rules {
		for _, name := range rule.Parameters {
			if all := parameters(layers, name); len(all) > 0 {
				used[all[0]] = true
			}
		}
	}
	for _, name := range required {
		if all := parameters(layers, name); len(all) > 0 {
			used[all[len(all)-1]] = true
		}
	}
}

// parameters returns the parameters of one name that the lists have, the nearest list's first.
func parameters(layers []layer.Layer, name string) []*policy.Parameter {
	var all []*policy.Parameter
	for _, l := range layers {
		i := slices.IndexFunc(l.List.Parameters, func(p *policy.Parameter) bool { return p.Name == name })
		if i >= 0 {
			all = append(all, l.List.Parameters[i])
		}
	}
	return all
}

// unusedParameters reports the list's parameters that no rule of it, or of a list below, reads.
func (l *linter) unusedParameters(used map[*policy.Parameter]bool) {
	for _, p := range l.list.Parameters {
		if !used[p] {
			l.add(Finding{Code: UnusedParameter, Subject: p.Name, Pos: p.Pos, Message: "no rule reads the parameter"}, nil)
		}
	}
}

// Figures reports figures that are null on the day of the ruleset, or begin later than its list. It
// also reports numbers that count on no day: they are replaced before the list comes into force, or
// begin only when the next list is in force. The lists are all those of the jurisdiction, in order.
func Figures(own *ruleset.Ruleset, lists []*policy.List) []Finding {
	if own.IsEmpty() {
		return nil
	}
	l := &linter{own: own, list: own.Table.Layers[0].List, space: own.Table.Space}
	var next *policy.List
	if i := slices.IndexFunc(lists, func(of *policy.List) bool { return of.Stem == l.list.Stem }); i >= 0 && i+1 < len(lists) {
		next = lists[i+1]
	}
	for _, p := range l.list.Parameters {
		l.lateFigure(p)
		l.nullFigure(p)
		l.amendedFigure(p)
		for i, v := range p.Values {
			if v.Printed != nil {
				l.add(Finding{
					Code: AmendedFigure, Subject: p.Name, Pos: v.Pos, Related: v.Printed.Pos,
					Message: fmt.Sprintf("from %s on the amendment replaces a number that the text states", v.From),
				}, nil)
			}
			switch {
			case v.Value == nil || !l.states(v):
			case next != nil && !v.From.Before(next.EffectiveFrom):
				l.unusedFigure(p, v, fmt.Sprintf("it begins on %s, and the next list is in force from %s", v.From, next.EffectiveFrom))
			case i+1 < len(p.Values) && !p.Values[i+1].From.After(l.list.EffectiveFrom):
				l.unusedFigure(p, v, fmt.Sprintf("the value from %s replaces it before the list is in force, from %s",
					p.Values[i+1].From, l.list.EffectiveFrom))
			}
		}
	}
	return l.findings
}

// amendedFigure reports a parameter that an amendment binds or pays otherwise than the text.
func (l *linter) amendedFigure(p *policy.Parameter) {
	add := func(pos, printed policy.Position, message string) {
		l.add(Finding{Code: AmendedFigure, Subject: p.Name, Pos: pos, Related: printed, Message: message}, nil)
	}
	if p.Rebound() {
		add(p.Pos, p.Printed.Pos, "the amendment gives the amount another bound than the text")
	}
	if p.Repaid() {
		add(p.Payment.Pos, p.Printed.Pos, "the amendment pays the amount by another calendar than the text")
	}
}

// Reviews reports the parameters of a list whose review was due before a day.
func Reviews(list *policy.List, on policy.Date) []Finding {
	if list == nil {
		return nil
	}
	var all []Finding
	for _, p := range list.Parameters {
		if !p.ReviewBy.IsZero() && on.After(p.ReviewBy) {
			all = append(all, Finding{
				List: list.Jurisdiction.ID, Code: ReviewDue, Severity: policy.SeverityWarning, Subject: p.Name, Pos: p.Pos, stem: list.Stem,
				Message: fmt.Sprintf("the figure was to be reviewed by %s: compare it with the text in force, and set the next review_by", p.ReviewBy),
			})
		}
	}
	return all
}

// lateFigure reports a parameter whose first value begins after the day, when no list above has a
// value until then.
func (l *linter) lateFigure(p *policy.Parameter) {
	if len(p.Values) == 0 || p.At(l.own.On) != nil || !l.states(p.Values[0]) {
		return
	}
	for _, above := range parameters(l.own.Table.Layers[1:], p.Name) {
		if above.At(l.own.On) != nil {
			return
		}
	}
	remedy := fmt.Sprintf("if the amount is open until then, add {from: \"%s\", value: null}", l.list.EffectiveFrom)
	if p.Threshold() {
		remedy = "add the number that holds until then"
	}
	l.add(Finding{
		Code: LateFigure, Subject: p.Name, Pos: p.Values[0].Pos,
		Message: fmt.Sprintf("the figure begins on %s, and until then nobody is granted what needs it; %s", p.Values[0].From, remedy),
	}, nil)
}

// awaits reports whether a rule reads a parameter that begins later in every list that has it. Then
// lateFigure reports the parameter, and the rule need not be reported.
func (l *linter) awaits(a layer.Applied) bool {
	return slices.ContainsFunc(a.Parameters, func(name string) bool {
		begun := func(p *policy.Parameter) bool { return p.At(l.own.On) != nil }
		return !slices.ContainsFunc(parameters(l.own.Table.Layers, name), begun)
	})
}

// nullFigure reports a parameter that is null on the day, though no text leaves it to a lower
// level.
func (l *linter) nullFigure(p *policy.Parameter) {
	v := p.At(l.own.On)
	if v == nil || v.Value != nil || p.Bound == policy.SetLocally || !l.states(v) {
		return
	}
	message := "the figure is null, so the amount is open: state the number, or write bound: set_locally where the text leaves it to a lower level"
	if p.Threshold() {
		message = "the threshold is null, so no comparison with it holds: state the number"
	}
	l.add(Finding{Code: NullFigure, Subject: p.Name, Pos: v.Pos, Message: message}, nil)
}

// states reports whether a value stands in a file of the list or of its amendments, and not in one
// of a list above.
func (l *linter) states(v *policy.DatedValue) bool {
	stem := strings.TrimSuffix(path.Base(v.Pos.File), ".yaml")
	return slices.Contains(l.list.Stems(), stem)
}

func (l *linter) unusedFigure(p *policy.Parameter, v *policy.DatedValue, why string) {
	l.add(Finding{Code: UnusedFigure, Subject: p.Name, Pos: v.Pos, Message: "the figure is never in force: " + why}, nil)
}

// openAmounts reports where the list leaves a number of a service open that the list above states.
// For each such number it names the elders for whom that is the best. It says nothing of a service
// with an opaque rule, which may promise a different number.
func (l *linter) openAmounts(above *table.Table) {
	for _, service := range l.list.Services {
		if !l.isKnown(service.ID) {
			continue
		}
		branches := l.reached(service.ID, false)
		stated := statedAbove(above, service.ID)
		for _, measure := range measuresOf(branches) {
			l.openAmount(service, measure, l.open(branches, measure), of(stated, measure))
		}
	}
}

// open returns the elders to whom the branches promise a measure without a number.
func (l *linter) open(branches []branch, measure string) []box.Box {
	var open, numbered []box.Box
	for _, b := range branches {
		switch p, promised := b.grant.Measures[measure]; {
		case promised && p.Open():
			open = append(open, b.boxes...)
		case promised:
			numbered = append(numbered, b.boxes...)
		}
	}
	return l.possible(box.Subtract(open, numbered, l.space.Values))
}

// statedAbove returns the cases by which a service is promised above to elders of whom everything
// is known.
func statedAbove(above *table.Table, service string) []table.Case {
	var cases []table.Case
	for _, c := range above.Cases {
		if c.Grant.Service != service || c.Grant.Discretionary {
			continue
		}
		if b, some := above.Known(c.Box); some {
			c.Box = b
			cases = append(cases, c)
		}
	}
	return cases
}

// of returns the cases that state a number of a measure, the best first.
func of(cases []table.Case, measure string) []table.Case {
	promise := func(c table.Case) policy.Promise { return c.Grant.Measures[measure] }
	stating := slices.DeleteFunc(slices.Clone(cases), func(c table.Case) bool { return promise(c).Open() })
	slices.SortStableFunc(stating, func(a, b table.Case) int { return promise(b).Compare(promise(a)) })
	return stating
}

// openAmount reports the numbers that are stated above, the best first. Each comes with the elders
// of the open region who get no better one.
func (l *linter) openAmount(service *policy.Service, measure string, open []box.Box, stated []table.Case) {
	for len(stated) > 0 {
		want := stated[0].Grant.Measures[measure]
		n := 1 // the cases that promise the same
		for n < len(stated) && stated[n].Grant.Measures[measure].Compare(want) == 0 {
			n++
		}
		boxes := table.Boxes(stated[:n])
		if concerned := common(open, boxes); len(concerned) > 0 {
			l.add(Finding{
				Code: OpenAmount, Subject: service.ID, Pos: service.Pos, Related: stated[0].Rule.Pos,
				Message: fmt.Sprintf("the amount of %s is left open, but the list above states %s", measure, l.figure(measure, want)),
			}, concerned)
		}
		open = box.Subtract(open, boxes, l.space.Values)
		stated = stated[n:]
	}
}
