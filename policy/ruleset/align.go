package ruleset

import (
	"context"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// Align returns two rulesets over one space of elders. The space has the attributes of a and those
// that only b has. No rule reads an attribute that its ruleset did not have before. Attributes of
// one name must be the same in both; see [policy.Attribute.Same].
func Align(ctx context.Context, a, b *Ruleset) (*Ruleset, *Ruleset, error) {
	if !a.compiled() || !b.compiled() || a.Table.Space.Same(b.Table.Space) {
		return a, b, nil
	}
	attributes := aligned(a.Table.Space, b.Table.Space)
	x, err := a.over(ctx, attributes)
	if err != nil {
		return nil, nil, err
	}
	y, err := b.over(ctx, attributes)
	return x, y, err
}

// aligned are the attributes of two spaces, with the places where either tells large numbers apart.
func aligned(x, y *elder.Space) []*policy.Attribute {
	all := slices.Clone(x.Vocabulary.Attributes)
	for _, a := range y.Vocabulary.Attributes {
		if x.Vocabulary.Attribute(a.Name) == nil {
			all = append(all, a)
		}
	}
	for i, a := range all {
		if a.IsLarge() {
			with := *a
			with.Starts = slices.Concat(x.Starts(a.Name), y.Starts(a.Name))
			all[i] = &with
		}
	}
	return all
}

// over returns the ruleset anew, over other attributes.
func (r *Ruleset) over(ctx context.Context, attributes []*policy.Attribute) (*Ruleset, error) {
	l, err := r.library.over(ctx, attributes)
	if err != nil {
		return nil, err
	}
	other, err := l.Rules(ctx, r.Jurisdiction.ID, r.On)
	return other.AssumeKnown(r.AssumesKnown()), err
}

// over returns the library with other attributes. It keeps the last one, as all jurisdictions of
// two versions are compared one after the other.
func (l *Library) over(ctx context.Context, attributes []*policy.Attribute) (*Library, error) {
	l.overMu.Lock()
	defer l.overMu.Unlock()
	same := func(a, b *policy.Attribute) bool { return a.Same(b) && slices.Equal(a.Starts, b.Starts) }
	if o := l.other; o != nil && slices.EqualFunc(o.catalog.Vocabulary.Attributes, attributes, same) {
		return o, nil
	}
	catalog := &policy.Catalog{
		Vocabulary: l.catalog.Vocabulary.WithAttributes(attributes), Lists: l.catalog.Lists, Left: l.catalog.Left, Known: l.catalog.Known,
	}
	other, err := NewLibrary(ctx, l.files, catalog, l.limits)
	if err != nil {
		return nil, err
	}
	l.other = other
	return other, nil
}
