package table_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// An attribute that gives another disagrees with all other values of that, as soon as anything
// reads it. It is looked at only then, unless a contradiction binds it.
func TestLinks(t *testing.T) {
	const home, single = 0, 1 // who is single, by where she lives: 1 no, 2 yes
	space, err := elder.NewSpace(&policy.Vocabulary{Attributes: []*policy.Attribute{
		{
			Name: "home", Type: policy.Enum, Values: []*policy.EnumValue{{Name: "own"}, {Name: "shared"}, {Name: "other"}},
			Gives: &policy.Gives{Attribute: "single", Values: []policy.Given{{Value: "own", Gives: true}, {Value: "shared", Gives: false}}},
		},
		{Name: "single", Type: policy.Boolean},
		{Name: "poor", Type: policy.Boolean},
	}})
	if err != nil {
		t.Fatal(err)
	}
	layers := layersOf()
	never := rules.Contradiction{Message: "other and poor", Box: box.Box{{Attribute: home, Admits: box.SetOf(3)}, {Attribute: 2, Admits: box.SetOf(2)}}}
	for name, tt := range map[string]struct {
		reads      box.Box // of the one case
		never      []rules.Contradiction
		looks      []int // what the projection of who is single looks at
		binding    int
		disagreeOK bool // nothing tells that home and single disagree
	}{
		"home is read":    {side(home, 1), nil, []int{single}, 0, false},
		"single is read":  {side(single, 2), nil, []int{single}, 0, true},
		"home is coupled": {side(single, 2), []rules.Contradiction{never}, []int{home, single, 2}, 3, false},
	} {
		tab := table.New(space, layers, []table.Case{caseOf(layers, 0, 0, tt.reads, nil)}, tt.never)
		if diff := cmp.Diff(tt.looks, tab.Projection(nil, single).Attributes()); diff != "" {
			t.Errorf("%s: of single: %s", name, diff)
		}
		if got := tab.Projection(nil, home).Attributes(); !slices.Contains(got, home) || !slices.Contains(got, single) {
			t.Errorf("%s: of home: %v", name, got)
		}
		if got := len(tab.Binding()); got != tt.binding {
			t.Errorf("%s: %d boxes bind", name, got)
		}
		for _, c := range []struct {
			home, single uint8
			agree        bool
		}{{1, 2, true}, {1, 1, false}, {2, 1, true}, {2, 2, false}, {3, 1, true}, {3, 2, true}} {
			if got := len(tab.Possible(elder.Cells{home: c.home, single: c.single, 2: 1})) > 0; got != (c.agree || tt.disagreeOK) {
				t.Errorf("%s: home %d and single %d are possible: %v", name, c.home, c.single, got)
			}
		}
	}
}

// Who is not asked says nothing, or what is taken where it is missing; who is asked answers.
func TestNotAsked(t *testing.T) {
	const insured, certified = 0, 1 // 1 no, 2 yes
	space, err := elder.NewSpace(&policy.Vocabulary{Attributes: []*policy.Attribute{
		{Name: "insured", Type: policy.Boolean},
		{Name: "certified", Type: policy.Boolean, Absent: false, AskedOf: &policy.AskedOf{Attribute: "insured", Values: []any{true}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	tab := table.New(space, layersOf(), nil, nil)
	for known, want := range map[elder.Cells][]elder.Cells{
		{}:                         {{insured: 1}, {insured: 2, certified: 1}, {insured: 2, certified: 2}},
		{insured: 1}:               {{insured: 1}},
		{insured: 1, certified: 1}: {{insured: 1, certified: 1}},
		{insured: 1, certified: 2}: nil,
		{insured: 2}:               {{insured: 2, certified: 1}, {insured: 2, certified: 2}},
		{certified: 1}:             {{insured: 1, certified: 1}, {insured: 2, certified: 1}},
		{certified: 2}:             {{insured: 2, certified: 2}},
		{insured: 2, certified: 2}: {{insured: 2, certified: 2}},
	} {
		for name, region := range map[string][]box.Box{"possible": tab.Possible(known), "projected": tab.Projection(nil, certified).Region(known)} {
			var got []elder.Cells
			for c := range everybody(space) {
				if slices.ContainsFunc(region, func(b box.Box) bool { return b.Contains(func(a int) uint8 { return c[a] }) }) {
					got = append(got, c)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %v: %s", name, known[:2], diff)
			}
		}
	}
}
