package table_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

var linked = []string{"cash", "visits"}

// link makes the measures of service b belong together.
func link(layers []layer.Layer) {
	for _, l := range layers {
		l.List.Service("b").Linked = linked
	}
}

// bundlesOf returns the bundles among promises, one by one, or those beside them.
func bundlesOf(promises map[string]policy.Promise, several []policy.Bundle) []policy.Bundle {
	if b := policy.BundleOf(promises, linked); b != nil {
		return []policy.Bundle{b}
	}
	return several
}

// Of linked measures that is certain which everybody has together who may be as is known; up to
// what others could have is said, too.
func TestBundlesAreThoseOfAllCompletions(t *testing.T) {
	for n := range effort.Of(12, 25, 300) {
		tab := random{rand.New(rand.NewPCG(uint64(n), 7))}.table(t)
		link(tab.Layers)
		of := slices.DeleteFunc(slices.Clone(tab.Cases), func(c table.Case) bool { return c.Grant.Service != "b" || c.Grant.Discretionary })
		for known := range everybody(tab.Space) {
			awards := tab.Awards(tab.Possible(known), of)
			if len(awards) == 0 {
				continue
			}
			var all [][]policy.Bundle // of each who has something
			for _, c := range completionsOf(tab, known, of) {
				if len(c.awards) > 0 {
					all = append(all, bundlesOf(c.awards[0].Promises, c.awards[0].Bundles))
				} else if awards[0].Certain {
					t.Fatalf("table %d, %v: certain, but not of everybody", n, tab.Space.Elder(known))
				}
			}
			if wrong := compareBundles(of, all, awards[0]); wrong != "" {
				t.Fatalf("table %d, %v: %s: %+v", n, tab.Space.Elder(known), wrong, awards[0])
			}
		}
	}
}

func compareBundles(of []table.Case, all [][]policy.Bundle, got decide.Award) string {
	certain, upTo := bundlesOf(got.Promises, got.Bundles), bundlesOf(got.UpTo, got.UpToBundles)
	if len(upTo) == 1 && len(certain) == 1 && got.UpToBundles == nil { // what rises in it
		for measure, p := range certain[0] {
			if _, rises := upTo[0][measure]; !rises {
				upTo[0][measure] = p
			}
		}
	}
	has := func(among []policy.Bundle, as func(b, c policy.Bundle) bool, b policy.Bundle) bool {
		return slices.ContainsFunc(among, func(c policy.Bundle) bool { return as(c, b) })
	}
	for _, cash := range append(of, table.Case{}) {
		for _, visits := range append(of, table.Case{}) {
			b := policy.Bundle{}
			for measure, c := range map[string]table.Case{"cash": cash, "visits": visits} {
				if p, ok := c.Grant.Measures[measure]; ok {
					b[measure] = p
				}
			}
			everybody := !slices.ContainsFunc(all, func(one []policy.Bundle) bool { return !has(one, policy.Bundle.AtLeast, b) })
			if want := got.Certain && everybody; len(b) > 0 && has(certain, policy.Bundle.AtLeast, b) != want {
				return "is not what everybody has"
			}
		}
	}
	for _, one := range all {
		for _, b := range one {
			if !has(certain, policy.Bundle.Outdoes, b) && !has(upTo, policy.Bundle.Outdoes, b) {
				return "somebody has more"
			}
		}
	}
	for _, b := range upTo {
		if !slices.ContainsFunc(all, func(one []policy.Bundle) bool { return has(one, policy.Bundle.Outdoes, b) }) {
			return "nobody has so much"
		}
	}
	return ""
}

// A bundle names the lists that its promises come from: the one of the last case needed to cover
// everybody, where that promises no more; else of each measure the first list that promises as
// much.
func TestBundlesNameTheirLists(t *testing.T) {
	layers := layersOf()
	link(layers)
	promise := func(i int, alone0 uint8, cash, visits int64) table.Case {
		return caseOf(layers, i, 2, side(alone, alone0), promised(map[string]int64{"cash": cash, "visits": visits}))
	}
	for name, tt := range map[string]struct {
		cases []table.Case
		known elder.Cells
		want  map[string]string
	}{
		"one list":                        {[]table.Case{promise(1, 1, 5, 5), promise(1, 2, 5, 5)}, elder.Cells{}, map[string]string{"cash": "5 city", "visits": "5 city"}},
		"the last is the city's":          {[]table.Case{promise(0, 1, 9, 9), promise(1, 2, 5, 5)}, elder.Cells{}, map[string]string{"cash": "5 city", "visits": "5 city"}},
		"one measure as good by another":  {[]table.Case{promise(0, 1, 9, 5), promise(1, 2, 5, 5)}, elder.Cells{}, map[string]string{"cash": "5 city", "visits": "5 city"}},
		"one measure of each":             {[]table.Case{promise(0, 1, 5, 9), promise(1, 2, 9, 5)}, elder.Cells{}, map[string]string{"cash": "5 county", "visits": "5 city"}},
		"the same in both, of the nearer": {[]table.Case{promise(0, 1, 5, 5), promise(1, 1, 5, 5)}, elder.Cells{alone: 1}, map[string]string{"cash": "5 county", "visits": "5 county"}},
	} {
		tab := table.New(spaceOf(t), layers, tt.cases, nil)
		a := tab.Awards(tab.Possible(tt.known), tt.cases)[0]
		got := map[string]string{}
		for measure, p := range a.Promises {
			got[measure] = p.Value.String() + " " + p.List
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || !a.Certain || a.Bundles != nil {
			t.Errorf("%s: certain %v, %v: %s", name, a.Certain, a.Bundles, diff)
		}
	}
}
