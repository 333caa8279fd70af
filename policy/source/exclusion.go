package source

import (
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// maxExclusions bounds how many exclusions may depend on each other, one on the next: the
// composition in Rego goes so far.
const maxExclusions = 3

// exclusions checks that an exclusion names services of the list or of one above it, and that with
// those above it makes no cycle.
func (r *resolver) exclusions(p *place, f *listFile) {
	if p.cut {
		return
	}
	for _, services := range f.excludes {
		for _, n := range services {
			if !p.mayList(f, n.yaml.Value) {
				n.errorf("excludes", "remove it from the exclusion, or add the service", "%s is not a service of this list or of one above", n.yaml.Value)
			}
		}
	}
	all := slices.Clone(f.list.Excludes)
	for q := range p.above {
		for _, g := range q.lists {
			all = append(all, g.list.Excludes...)
		}
	}
	for i, e := range f.list.Excludes {
		if len(f.excludes[i]) == 0 {
			continue
		}
		first := f.excludes[i][0]
		switch path, cycle := longest(all, []string{e.Has}, e.Without); {
		case cycle:
			remedy := "remove one of the exclusions"
			if _, alone := longest(f.list.Excludes, []string{e.Has}, e.Without); !alone {
				remedy = "remove this exclusion: it reverses one of a list above, and what that list gives stays owed"
			}
			first.errorf("excludes", remedy, "the exclusions make a cycle: %s", strings.Join(path, " → "))
		case len(path) > maxExclusions+1:
			first.errorf("excludes", "write the last of them as conditions of rules",
				"more than %d exclusions depend on each other: %s", maxExclusions, strings.Join(path, " → "))
		}
	}
}

// longest returns the longest path of services of which each denies the next, that begins with some
// and goes on with one of those named; or a path that comes back to where it was.
func longest(all []*policy.Exclusion, path, next []string) (most []string, cycle bool) {
	most = path
	for _, service := range next {
		on := append(slices.Clip(path), service)
		if slices.Contains(path, service) {
			return on, true
		}
		for _, e := range all {
			if e.Has != service {
				continue
			}
			if further, cycle := longest(all, on, e.Without); cycle {
				return further, true
			} else if len(further) > len(on) {
				on = further
			}
		}
		if len(on) > len(most) {
			most = on
		}
	}
	return most, false
}
