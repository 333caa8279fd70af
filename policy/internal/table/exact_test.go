package table_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// completion is an elder of whom everything is known, with the awards of one service.
type completion struct {
	cells  elder.Cells
	held   []decide.Held
	awards []decide.Award // none or one
}

// completionsOf returns all elders who may be as is known, each with what the cases of one award
// grant.
func completionsOf(t *table.Table, known elder.Cells, of []table.Case) []completion {
	var all []completion
	for c := range everybody(t.Space) {
		if !exists(t, c) || !completes(c, known) {
			continue
		}
		var holding []table.Case
		for _, x := range of {
			if x.Box.Contains(func(a int) uint8 { return c[a] }) {
				holding = append(holding, x)
			}
		}
		held := table.Held(holding)
		all = append(all, completion{c, held, decide.Awards(t.Layers, held)})
	}
	return all
}

// What is said of an elder of whom something is missing is what is true of all whom the elder may
// be: tried one by one.
func TestAwardsAreThoseOfAllCompletions(t *testing.T) {
	for n := range effort.Of(12, 25, 300) {
		tab := random{rand.New(rand.NewPCG(uint64(n), 5))}.table(t)
		for known := range everybody(tab.Space) {
			region := tab.Possible(known)
			awards := tab.Awards(region, tab.Cases)
			for i := range awards {
				tab.Needs(&awards[i], region, tab.Cases, known)
			}
			for _, service := range []string{"a", "b"} {
				for _, discretionary := range []bool{false, true} {
					of := slices.DeleteFunc(slices.Clone(tab.Cases), func(c table.Case) bool {
						return c.Grant.Service != service || c.Grant.Discretionary != discretionary
					})
					i := slices.IndexFunc(awards, func(a decide.Award) bool { return a.Service == service && a.Discretionary == discretionary })
					var got *decide.Award
					if i >= 0 {
						got = &awards[i]
					}
					if wrong := compare(tab, known, of, got); wrong != "" {
						t.Fatalf("table %d, %v, service %s (permitted: %v): %s", n, tab.Space.Elder(known), service, discretionary, wrong)
					}
				}
			}
		}
	}
}

// compare says what is wrong with an award.
func compare(t *table.Table, known elder.Cells, of []table.Case, got *decide.Award) string {
	all := completionsOf(t, known, of)
	having := slices.DeleteFunc(slices.Clone(all), func(c completion) bool { return len(c.awards) == 0 })
	switch {
	case len(having) == 0 && got == nil:
		return ""
	case len(having) == 0 || got == nil:
		return fmt.Sprintf("%d have it, the award is %v", len(having), got)
	case got.Certain != (len(having) == len(all)):
		return fmt.Sprintf("%d of %d have it, certain: %v", len(having), len(all), got.Certain)
	}
	if wrong := comparePromises(having, got); wrong != "" {
		return wrong
	}
	if want := nearest(having); got.Certain && got.Layer != want {
		return fmt.Sprintf("layer %d, want %d", got.Layer, want)
	}
	if wrong := compareNeeds(t, known, all, got); wrong != "" {
		return wrong
	}
	return compareSettled(t, known, all, got)
}

// comparePromises holds what is promised at least and at most to what those promise who have it.
func comparePromises(having []completion, got *decide.Award) string {
	for _, measure := range []string{"cash", "visits"} {
		var least, most *policy.Promise
		sure, rises := true, false
		for _, c := range having {
			p, ok := c.awards[0].Promises[measure]
			if !ok {
				sure = false
				continue
			}
			if least == nil || p.Compare(*least) < 0 {
				least = &p
			}
			if most == nil || p.Exceeds(*most) {
				most = &p
			}
			rises = rises || p.MayRise()
		}
		if rises && !most.MayRise() {
			better := most.OrBetter()
			most = &better
		}
		p, isSure := got.Promises[measure]
		if want := got.Certain && sure; isSure != want || want && !p.Same(*least) {
			return fmt.Sprintf("%s: promises %v, want %v", measure, got.Promises, least)
		}
		more := most != nil && (!isSure || most.Exceeds(p))
		if upTo, isMore := got.UpTo[measure]; isMore != more || more && (upTo.Exceeds(*most) || most.Exceeds(upTo)) {
			return fmt.Sprintf("%s: up to %v, want %v", measure, got.UpTo, most)
		}
	}
	return ""
}

// nearest returns the nearest layer such that everybody has a case of it, or of a nearer one.
func nearest(having []completion) int {
	layer := 0
	for _, c := range having {
		first := c.held[0].Layer
		for _, h := range c.held {
			first = min(first, h.Layer)
		}
		layer = max(layer, first)
	}
	return layer
}

// compareNeeds holds the needs to this: who are the same in them have the same.
func compareNeeds(t *table.Table, known elder.Cells, all []completion, got *decide.Award) string {
	if got.Certain && len(got.UpTo) == 0 {
		if len(got.Needs) > 0 {
			return fmt.Sprintf("it is settled, and needs %v", got.Needs)
		}
		return ""
	}
	found := map[elder.Cells]string{}
	for _, c := range all {
		seen := known
		for _, name := range got.Needs {
			a, _ := t.Space.Index(name)
			if known[a] != elder.Absent {
				return fmt.Sprintf("needs %s, which is known", name)
			}
			seen[a] = c.cells[a]
		}
		has := "nothing"
		if len(c.awards) > 0 {
			has = ""
			for _, measure := range slices.Sorted(maps.Keys(c.awards[0].Promises)) {
				p := c.awards[0].Promises[measure]
				has += fmt.Sprint(measure, " ", p.Bound, " ", p.Value, " ", p.Missing, "; ")
			}
		}
		if before, ok := found[seen]; ok && before != has {
			return fmt.Sprintf("needs %v, with which one may have %s and %s", got.Needs, before, has)
		}
		found[seen] = has
	}
	return ""
}

// compareSettled holds the sets that may settle an award to all sets of its needs.
func compareSettled(t *table.Table, known elder.Cells, all []completion, got *decide.Award) string {
	var want [][]string
	for set := range 1 << len(got.Needs) {
		names := []string{}
		for i, name := range got.Needs {
			if set>>i&1 == 1 {
				names = append(names, name)
			}
		}
		if !got.Certain && len(names) > 0 && settles(t, known, all, names) {
			want = append(want, names)
		}
	}
	want = slices.DeleteFunc(slices.Clone(want), func(set []string) bool {
		return slices.ContainsFunc(want, func(smaller []string) bool {
			return len(smaller) < len(set) && !slices.ContainsFunc(smaller, func(name string) bool { return !slices.Contains(set, name) })
		})
	})
	inOrder := func(a, b []string) int { return slices.Compare(a, b) }
	slices.SortFunc(want, inOrder)
	have := slices.SortedFunc(slices.Values(got.SettledBy), inOrder)
	if diff := cmp.Diff(want, have); diff != "" {
		return "settled by (-want +got):\n" + diff
	}
	return ""
}

// settles reports whether there are values of some attributes with which everybody has the award.
// What is asked only of some stands with what decides it.
func settles(t *table.Table, known elder.Cells, all []completion, names []string) bool {
	if slices.Contains(names, "mode") && known[category] == elder.Absent && !slices.Contains(names, "category") {
		return false
	}
	misses := map[elder.Cells]bool{}
	for _, c := range all {
		var seen elder.Cells
		for _, name := range names {
			a, _ := t.Space.Index(name)
			seen[a] = c.cells[a]
		}
		misses[seen] = misses[seen] || len(c.awards) == 0
	}
	return slices.Contains(slices.Collect(maps.Values(misses)), false)
}

// A region has all who may be as is known, and nobody else; so has its projection, as far as it
// looks.
func TestPossibleIsWhoExists(t *testing.T) {
	for n := range effort.Of(12, 25, 300) {
		r := random{rand.New(rand.NewPCG(uint64(n), 6))}
		tab := r.table(t)
		projection := tab.Projection(tab.Cases, age)
		for known := range everybody(tab.Space) {
			region, projected := tab.Possible(known), projection.Region(known)
			if (len(region) == 0) != (len(projected) == 0) {
				t.Fatalf("table %d, %v: region %v, projected %v", n, tab.Space.Elder(known), region, projected)
			}
			for c := range everybody(tab.Space) {
				in := slices.ContainsFunc(region, func(b box.Box) bool { return b.Contains(func(a int) uint8 { return c[a] }) })
				if want := exists(tab, c) && completes(c, known); in != want {
					t.Fatalf("table %d, %v: %v in the region: %v, want %v", n, tab.Space.Elder(known), tab.Space.Elder(c), in, want)
				}
			}
		}
	}
}
