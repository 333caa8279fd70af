package lint

import (
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

// units reports where the list's own rules compare an attribute with a figure of another unit, such
// as yuan with fen.
func (l *linter) units() {
	var seen []rules.Comparison
	for _, rule := range l.own.Table.Layers[0].Rules {
		if !l.wrote(rule) {
			continue
		}
		for _, c := range rule.Comparisons() {
			if !slices.Contains(seen, c) {
				seen = append(seen, c)
				l.unit(c)
			}
		}
	}
}

func (l *linter) unit(c rules.Comparison) {
	a := l.space.Vocabulary.Attribute(c.Attribute)
	all := parameters(l.own.Table.Layers, c.Parameter)
	if a == nil || len(all) == 0 {
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
