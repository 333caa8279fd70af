package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

// comparisons reports where the list's own rules compare an attribute with a figure of another
// unit, such as yuan with fen, or with a figure written in the rule.
func (l *linter) comparisons() {
	var seen []rules.Comparison
	for _, rule := range l.own.Table.Layers[0].Rules {
		if !l.wrote(rule) {
			continue
		}
		for _, c := range rule.Comparisons() {
			if slices.Contains(seen, c) {
				continue
			}
			seen = append(seen, c)
			switch a := l.space.Vocabulary.Attribute(c.Attribute); {
			case a == nil && c.Number != "":
				l.hardCoded("the amount", "is", c)
			case a == nil:
			case c.Number == "":
				l.unit(a, c)
			case a.Type == policy.Integer && a.Max-a.Min >= fewSteps && c.Number != "0":
				l.hardCoded(a.Name, "is compared with", c)
			}
		}
	}
}

// fewSteps is the number of values up to which an integer counts as a scale of grades. Its numbers
// are names, no figures; and 0 says that there is none.
const fewSteps = 10

// hardCoded reports an age, an amount or another figure that stands in a rule.
func (l *linter) hardCoded(what, is string, c rules.Comparison) {
	l.add(Finding{
		Code: HardCoded, Subject: cmp.Or(c.Attribute, "amount"), Pos: c.Pos,
		Message: fmt.Sprintf("%s %s %s, which stands in the rule: state it as a parameter with its unit, date and citation, and name that: p.<parameter>",
			what, is, c.Number),
	}, nil)
}

func (l *linter) unit(a *policy.Attribute, c rules.Comparison) {
	all := parameters(l.own.Table.Layers, c.Parameter)
	if len(all) == 0 {
		return
	}
	p := all[0]
	scale := c.Scaled && (p.Unit == policy.Multiple || p.Unit == policy.Percent)
	if scale || p.Unit.Fits(a.Unit) {
		return
	}
	l.add(Finding{
		Code: UnitMismatch, Subject: p.Name, Pos: c.Pos, Related: p.Pos,
		Message: fmt.Sprintf("%s counts in %s, and the figure is in %s: state the figure in the unit of the attribute, or compare another attribute",
			a.Name, a.Unit, p.Unit),
	}, nil)
}
