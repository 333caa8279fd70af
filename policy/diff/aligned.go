package diff

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// Aligned returns the two sides in a form in which they can be proved against each other: each with
// all attributes that either has. Sides that have the same attributes are returned as they are. The
// error is a [*NotComparableError] when an attribute or a measure does not mean the same on both
// sides.
func Aligned(ctx context.Context, a, b check.Side) (check.Side, check.Side, error) {
	if err := ready(ctx, a, b); err != nil {
		return nil, nil, err
	}
	if c := conflict(a.Table.Space.Vocabulary, b.Table.Space.Vocabulary); c != nil {
		return nil, nil, c
	}
	x, y, err := ruleset.Align(ctx, a, b)
	if err == nil && !alike(x.Table.Space, y.Table.Space) {
		err = &NotComparableError{}
	}
	return x, y, err
}

// ready returns an error when a side has no rules, or there is no context.
func ready(ctx context.Context, a, b check.Side) error {
	return cmp.Or(a.Usable(ctx), b.Usable(ctx))
}

// alike reports whether two sides can be proved against each other as they are: they know the
// same facts of elders, and mean the same by the measures that both have.
func alike(a, b *elder.Space) bool {
	return a.Same(b) && conflict(a.Vocabulary, b.Vocabulary) == nil
}

// conflict returns the first attribute or measure by which two vocabularies do not mean the same,
// or nil when there is none.
func conflict(x, y *policy.Vocabulary) *NotComparableError {
	for _, of := range x.Attributes {
		if other := y.Attribute(of.Name); other != nil && !of.Same(other) {
			return &NotComparableError{Attribute: of.Name, A: of.Pos, B: other.Pos}
		}
	}
	i := slices.IndexFunc(x.Measures, func(m *policy.Measure) bool {
		n := y.Measure(m.Name)
		return n != nil && (m.Kind != n.Kind || m.Per != n.Per || m.Unit != n.Unit || m.Less != n.Less)
	})
	if i < 0 {
		return nil
	}
	m := x.Measures[i]
	return &NotComparableError{Measure: m.Name, A: m.Pos, B: y.Measure(m.Name).Pos}
}

// NotComparableError says that an attribute or a measure does not mean the same in two versions of
// the lists. Its values, limits or unit differ, or it is asked of other elders, or implies
// something else.
type NotComparableError struct {
	// Attribute or Measure names what differs. Both are empty when the two sides cannot be combined
	// for another reason.
	Attribute, Measure string
	A, B               policy.Position // where it stands
}

func (e *NotComparableError) Error() string { return e.Words(words.English) }

// MarshalJSON writes code and message, and what is not the same with both places if it is known.
func (e *NotComparableError) MarshalJSON() ([]byte, error) {
	e = cmp.Or(e, &NotComparableError{})
	return json.Marshal(struct {
		Code      string          `json:"code"`
		Message   string          `json:"message"`
		Attribute string          `json:"attribute,omitempty"`
		Measure   string          `json:"measure,omitempty"`
		A         policy.Position `json:"a,omitzero"`
		B         policy.Position `json:"b,omitzero"`
	}{"not-comparable", e.Error(), e.Attribute, e.Measure, e.A, e.B})
}

// Words returns the error in a language.
func (e *NotComparableError) Words(style words.Style) string {
	e = cmp.Or(e, &NotComparableError{})
	chinese := style == words.Chinese
	switch {
	case e.Attribute == "" && e.Measure == "" && chinese:
		return "两个版本所用的信息项不同，请为两者使用同一词汇表"
	case e.Attribute == "" && e.Measure == "":
		return "the two sides use different attributes; load both with one vocabulary"
	case chinese:
		return fmt.Sprintf("%s 在 %s 与 %s 中含义不同，请写成一致，或改用另一名称", cmp.Or(e.Attribute, e.Measure), placed(e.A), placed(e.B))
	case e.Attribute != "":
		return fmt.Sprintf("attribute %s is not the same in %s and in %s: write it alike in both, or give one of them another name", e.Attribute, placed(e.A), placed(e.B))
	}
	return fmt.Sprintf("measure %s is not the same in %s and in %s: write it alike in both, or give one of them another name", e.Measure, placed(e.A), placed(e.B))
}

func placed(p policy.Position) string { return fmt.Sprintf("%s:%d", p.File, p.Line) }
