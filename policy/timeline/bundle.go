package timeline

import (
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// together is what a decision says of linked measures of one service.
type together struct {
	linked []string
	sure   []policy.Bundle
	more   []policy.Bundle // what it could be beyond that
}

// atBest returns the bundles at their best.
func (t together) atBest() []policy.Bundle {
	return policy.Best(slices.Concat(t.more, t.sure), t.linked, policy.Bundle.Outdoes)
}

// bundles returns the changes in what is certain of linked measures. Where either month leaves
// something open, it also returns the changes in what they could be at best.
func (c due) bundles(was *due) []Change {
	all := c.bundlesAs(c.as(true), was, was.sure, c.sure)
	if len(was.more)+len(c.more) > 0 {
		all = append(all, c.bundlesAs(c.as(false), was, was.atBest(), c.atBest())...)
	}
	return all
}

// bundlesAs returns the change of bundles, if there is one. They rise when each earlier one is
// still met as a whole.
func (c due) bundlesAs(as Standing, before *due, was, is []policy.Bundle) []Change {
	if slices.EqualFunc(was, is, sameBundle) {
		return nil
	}
	lost := func(b policy.Bundle) bool {
		return !slices.ContainsFunc(is, func(now policy.Bundle) bool { return now.AtLeast(b) })
	}
	linked := c.linked
	if len(linked) < len(before.linked) {
		linked = before.linked
	}
	change := Change{Service: c.service, Measure: strings.Join(linked, "+"), Kind: Rises, As: as, WasBundles: was, IsBundles: is}
	if slices.ContainsFunc(was, lost) {
		change.Kind = Falls
	}
	return []Change{change}
}

// sameBundle reports whether two bundles promise the same.
func sameBundle(a, b policy.Bundle) bool {
	return len(a) == len(b) && a.Every(b, policy.Promise.Same)
}
