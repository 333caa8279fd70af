package table_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// needed returns the one award of cases, for an elder of whom so much is known, with its needs.
func needed(t *testing.T, tab *table.Table, known elder.Cells) decide.Award {
	t.Helper()
	region := tab.Possible(known)
	awards := tab.Awards(region, tab.Cases)
	if len(awards) != 1 {
		t.Fatalf("%v: %d awards, want one", known, len(awards))
	}
	tab.Needs(&awards[0], region, tab.Cases, known)
	return awards[0]
}

// What needs to be asked is what can still change the answer: by hand.
func TestNeeds(t *testing.T) {
	layers := layersOf()
	two := func(a int, of uint8, b int, in uint8) box.Box {
		both, _ := side(a, of).With(b, box.SetOf(in))
		return both
	}
	of := func(boxes ...box.Box) (cases []table.Case) {
		for _, b := range boxes {
			cases = append(cases, caseOf(layers, 0, 0, b, promised(map[string]int64{"cash": 100})))
		}
		return cases
	}
	more := caseOf(layers, 0, 0, side(alone, 2), promised(map[string]int64{"cash": 120}))
	oldAndPoor := rules.Contradiction{Message: "old and poor", Box: two(age, 3, category, 2)}
	for name, c := range map[string]struct {
		cases     []table.Case
		never     []rules.Contradiction
		known     elder.Cells
		needs     []string
		settledBy [][]string
	}{
		"one condition":        {of(side(age, 3)), nil, elder.Cells{}, []string{"age"}, [][]string{{"age"}}},
		"what is known":        {of(two(age, 3, alone, 2)), nil, elder.Cells{age: 3}, []string{"alone"}, [][]string{{"alone"}}},
		"two conditions":       {of(two(age, 3, alone, 2)), nil, elder.Cells{}, []string{"age", "alone"}, [][]string{{"age", "alone"}}},
		"either of two":        {of(side(age, 3), side(alone, 2)), nil, elder.Cells{}, []string{"age", "alone"}, [][]string{{"age"}, {"alone"}}},
		"no matter":            {of(two(age, 3, alone, 2), two(age, 3, alone, 1)), nil, elder.Cells{}, []string{"age"}, [][]string{{"age"}}},
		"nor with a category":  {of(two(age, 1, category, 2), two(age, 2, category, 2), two(age, 3, category, 2)), nil, elder.Cells{}, []string{"category"}, [][]string{{"category"}}},
		"certain":              {of(side(age, 3)), nil, elder.Cells{age: 3}, nil, nil},
		"more by one":          {append(of(nil), more), nil, elder.Cells{}, []string{"alone"}, nil},
		"asked only of some":   {of(side(mode, 1)), nil, elder.Cells{}, []string{"category", "mode"}, [][]string{{"category", "mode"}}},
		"asked of this one":    {of(side(mode, 1)), nil, elder.Cells{category: 3}, []string{"mode"}, [][]string{{"mode"}}},
		"coupled with another": {of(side(age, 3)), []rules.Contradiction{oldAndPoor}, elder.Cells{}, []string{"age"}, [][]string{{"age"}}},
	} {
		tab := table.New(spaceOf(t), layers, c.cases, c.never)
		a := needed(t, tab, c.known)
		if diff := cmp.Diff(c.needs, a.Needs); diff != "" {
			t.Errorf("%s: needs %s", name, diff)
		}
		if diff := cmp.Diff(c.settledBy, a.SettledBy); diff != "" {
			t.Errorf("%s: settled by %s", name, diff)
		}
	}
}

// Of many needs no more than 512 sets are tried: of ten, all up to four, and of those of five
// attributes the first 127.
func TestFewSetsAreTried(t *testing.T) {
	v := &policy.Vocabulary{}
	var all box.Box
	for i := range 40 {
		v.Attributes = append(v.Attributes, &policy.Attribute{Name: fmt.Sprintf("a%d", i), Type: policy.Boolean})
		all = append(all, box.Side{Attribute: i, Admits: box.SetOf(2)})
	}
	both, more := all[:10:10], all[10:]
	space, err := elder.NewSpace(v)
	if err != nil {
		t.Fatal(err)
	}
	layers := layersOf()
	settled := func(boxes ...box.Box) [][]string {
		var cases []table.Case
		for _, b := range boxes {
			cases = append(cases, caseOf(layers, 0, 0, b, nil))
		}
		return needed(t, table.New(space, layers, cases, nil), elder.Cells{}).SettledBy
	}
	if got := settled(both); len(got) > 0 {
		t.Errorf("ten at once are settled by %v, which was not tried", got)
	}
	if got := settled(slices.Concat(both, more)); len(got) > 0 {
		t.Errorf("forty at once are settled by %v, which was not tried", got)
	}
	// 126 sets of five begin with a0; the next is tried, and none behind it.
	tried, next := both[1:6], slices.Concat(both[1:5], both[6:7])
	want := [][]string{{"a1", "a2", "a3", "a4", "a5"}}
	if diff := cmp.Diff(want, settled(tried, next, slices.Concat(both[:1], both[5:]))); diff != "" {
		t.Error(diff)
	}
}

// Who is in no category lives alone, and who does so is old: then nothing but the category is
// needed to promise, but each of the others rules it out.
func TestNeedsCoupledThroughAnother(t *testing.T) {
	layers := layersOf()
	with := func(b box.Box, a int, cells ...uint8) box.Box {
		b, _ = b.With(a, box.SetOf(cells...))
		return b
	}
	never := []rules.Contradiction{
		{Message: "not old", Box: with(side(alone, 1), age, 1, 2)},
		{Message: "with others", Box: with(side(alone, 2), category, 1)},
	}
	all := with(with(side(category, 1), age, 3), alone, 1)
	tab := table.New(spaceOf(t), layers, []table.Case{caseOf(layers, 0, 0, all, nil)}, never)
	a := needed(t, tab, elder.Cells{})
	if diff := cmp.Diff([]string{"category", "age", "alone"}, a.Needs); diff != "" {
		t.Errorf("needs %s", diff)
	}
	if diff := cmp.Diff([][]string{{"category"}}, a.SettledBy); diff != "" {
		t.Errorf("settled by %s", diff)
	}
}
