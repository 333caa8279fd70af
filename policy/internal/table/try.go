package table

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

// Try finds what is wrong with rules under some parameters only, without compiling any table. For
// every list, and every day on which something of it changes, it reduces the rules that may fail,
// both its own and inherited ones. The error is a [policy.Diagnostics] with everything found. It
// covers the contradictions of all lists, and what calendars of parameters do not allow.
func Try(ctx context.Context, rd *rules.Reducer, resolver *layer.Resolver, set *rules.Set, catalog *policy.Catalog) error {
	var wrong policy.Diagnostics
	if _, err := rd.Contradictions(ctx); err != nil && !errors.As(err, &wrong) {
		return err
	}
	for _, list := range catalog.Lists {
		told := map[*rules.Rule]bool{} // a rule is mostly the same on all days
		for _, day := range catalog.Changes(list) {
			chain := catalog.Chain(list, day)
			if slices.ContainsFunc(chain, layer.HasCalendars) {
				for _, d := range layer.Clashes(resolver.Resolve(chain, day)) {
					if !slices.Contains(wrong, d) { // it is mostly the same on all days, and in lists below
						wrong = append(wrong, d)
					}
				}
			}
			if !slices.ContainsFunc(chain, func(l *policy.List) bool { return set.MayFail(l) }) {
				continue
			}
			found, err := tryLayer(ctx, rd, resolver.Resolve(chain, day)[0], told)
			if err != nil {
				return err
			}
			for _, d := range found {
				if d.Code == "null-parameter" {
					d.Summary = fmt.Sprintf("%s in %s on %s", d.Summary, list.Stem, day)
				}
				wrong = append(wrong, d)
			}
		}
	}
	return wrong.Err()
}

// tryLayer reduces those rules of a layer that may fail and of which nothing has been reported yet.
func tryLayer(ctx context.Context, rd *rules.Reducer, l layer.Layer, told map[*rules.Rule]bool) (policy.Diagnostics, error) {
	var wrong policy.Diagnostics
	for _, applied := range l.Rules {
		if told[applied.Rule] || !applied.MayFail() {
			continue
		}
		var found policy.Diagnostics
		if _, err := rd.Reduce(ctx, applied.Rule, l.Parameters); err != nil && !errors.As(err, &found) {
			return nil, err
		}
		told[applied.Rule] = len(found) > 0
		wrong = append(wrong, found...)
	}
	return wrong, nil
}
