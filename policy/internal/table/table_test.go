package table_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// Of what a higher layer grants a case is left out only when a nearer layer grants the very same.
func TestDistinct(t *testing.T) {
	layers := layersOf()
	poor := side(category, 2)
	hundred := map[string]int64{"cash": 100}
	nearer := caseOf(layers, 0, 0, poor, promised(hundred))
	ofRule := func(i, rule int, b box.Box, measures map[string]int64) table.Case {
		c := caseOf(layers, i, rule, b, promised(measures))
		c.Rule = layers[0].Rules[rule].Rule // as it is inherited
		return c
	}
	for name, c := range map[string]struct {
		other table.Case
		kept  bool
	}{
		"the same":                  {ofRule(1, 0, side(category, 2), hundred), false},
		"the same of the province":  {ofRule(2, 0, side(category, 2), hundred), false},
		"the same of its own layer": {ofRule(0, 0, poor, hundred), true},
		"of another rule":           {caseOf(layers, 1, 0, poor, promised(hundred)), true},
		"of another service":        {ofRule(1, 2, poor, hundred), true},
		"of others":                 {ofRule(1, 0, side(category, 3), hundred), true},
		"more":                      {ofRule(1, 0, poor, map[string]int64{"cash": 101}), true},
		"of another measure":        {ofRule(1, 0, poor, map[string]int64{"visits": 100}), true},
		"of one measure more":       {ofRule(1, 0, poor, map[string]int64{"cash": 100, "visits": 1}), true},
		"of no measure":             {ofRule(1, 0, poor, nil), true},
	} {
		tab := table.New(spaceOf(t), layers, []table.Case{nearer, c.other}, nil)
		want := 1
		if c.kept {
			want = 2
		}
		if got := tab.Distinct(); len(got) != want {
			t.Errorf("%s: %d cases, want %d", name, len(got), want)
		}
	}
}

// The nearer case has to be the nearer one: what stands before it in a table counts.
func TestDistinctKeepsTheNearer(t *testing.T) {
	layers := layersOf()
	higher, nearer := caseOf(layers, 1, 0, nil, nil), caseOf(layers, 0, 0, nil, nil)
	higher.Rule = nearer.Rule
	tab := table.New(spaceOf(t), layers, []table.Case{nearer, higher}, nil)
	if got := tab.Distinct(); len(got) != 1 || got[0].Layer != 0 {
		t.Errorf("%v, want the county's", got)
	}
}

func TestContradicted(t *testing.T) {
	tab := table.New(spaceOf(t), layersOf(), nil, []rules.Contradiction{
		{Message: "poor and alone", Box: box.Box{{Attribute: category, Admits: box.SetOf(2)}, {Attribute: alone, Admits: box.SetOf(2)}}},
		{Message: "poor", Box: side(category, 2)},
	})
	for _, c := range []struct {
		cells elder.Cells
		want  []string
	}{
		{elder.Cells{category: 2, alone: 2}, []string{"poor and alone", "poor"}},
		{elder.Cells{category: 2}, []string{"poor"}},
		{elder.Cells{alone: 2}, nil},
	} {
		if diff := cmp.Diff(c.want, tab.Contradicted(c.cells)); diff != "" {
			t.Errorf("%v: %s", c.cells, diff)
		}
	}
}

// Cases are merged along an attribute as long as all else is the same.
func TestMerge(t *testing.T) {
	layers := layersOf()
	at := func(age0, alone0 uint8, cash int64) table.Case {
		b := box.Box{{Attribute: age, Admits: box.SetOf(age0)}, {Attribute: alone, Admits: box.SetOf(alone0)}}
		return caseOf(layers, 0, 0, b, promised(map[string]int64{"cash": cash}))
	}
	everybody := caseOf(layers, 0, 0, side(alone, 2), promised(map[string]int64{"cash": 1}))
	single := []table.Case{at(1, 1, 1), everybody, at(2, 1, 1), at(3, 1, 2), at(2, 2, 1), at(1, 2, 1)}
	want := []box.Box{
		{{Attribute: age, Admits: box.SetOf(1, 2)}, {Attribute: alone, Admits: box.SetOf(1, 2)}},
		side(alone, 2),
		{{Attribute: age, Admits: box.SetOf(3)}, {Attribute: alone, Admits: box.SetOf(1)}},
	}
	before := table.Boxes(single)[0].Contains(func(int) uint8 { return 1 })
	got := table.Merge(single, []int{age, alone})
	if diff := cmp.Diff(want, table.Boxes(got)); diff != "" {
		t.Error(diff)
	}
	if after := single[0].Box[0].Admits; !before || after != box.SetOf(1) {
		t.Error("what was merged has changed")
	}
}

// What may be chosen for attributes is what somebody can have together with what is known.
func TestCombinations(t *testing.T) {
	tab := table.New(spaceOf(t), layersOf(), nil, []rules.Contradiction{
		{Message: "poor and alone", Box: box.Box{{Attribute: category, Admits: box.SetOf(2)}, {Attribute: alone, Admits: box.SetOf(2)}}},
	})
	names := []string{"age", "category", "mode", "no such attribute"}
	cells := func(c elder.Cells, limit int) (all [][3]uint8, ok bool) {
		combinations, ok := tab.Combinations(c, names, limit)
		for _, of := range combinations {
			all = append(all, [3]uint8{of.Cells[category], of.Cells[mode], of.Cells[alone]})
			if !of.Box.Contains(func(a int) uint8 { return of.Cells[a] }) {
				t.Errorf("%v does not hold its choice %v", of.Box, of.Cells)
			}
		}
		return all, ok
	}
	// Alone, of age 1: nobody, or tekun at home, or tekun away.
	want := [][3]uint8{{1, 0, 2}, {3, 1, 2}, {3, 2, 2}}
	got, ok := cells(elder.Cells{age: 2, alone: 2}, 3)
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Error(ok, diff)
	}
	if got, ok := cells(elder.Cells{age: 2, alone: 2}, 2); ok || got != nil {
		t.Errorf("there are three, not two: %v", got)
	}
	if got, ok := cells(elder.Cells{age: 2, category: 2, alone: 1}, 1); !ok || len(got) != 1 {
		t.Errorf("nothing is missing: %v", got)
	}
}

// The layer that is named is the nearest whose cases, with nearer ones, leave nobody out.
func TestCertainLayer(t *testing.T) {
	layers := layersOf()
	hundred := promised(map[string]int64{"cash": 100})
	county := caseOf(layers, 0, 0, side(alone, 2), hundred)
	city := caseOf(layers, 1, 0, side(alone, 1), hundred)
	province := caseOf(layers, 2, 0, nil, hundred)
	for name, c := range map[string]struct {
		cases []table.Case
		known elder.Cells
		want  int
	}{
		"the county has all that are alone":     {[]table.Case{county, city, province}, elder.Cells{alone: 2}, 0},
		"the city has those who are not":        {[]table.Case{county, city, province}, elder.Cells{alone: 1}, 1},
		"county and city have all together":     {[]table.Case{county, city, province}, elder.Cells{}, 1},
		"without the city it takes a province":  {[]table.Case{county, province}, elder.Cells{}, 2},
		"whoever is alone has the county's yet": {[]table.Case{county, province}, elder.Cells{alone: 2}, 0},
	} {
		tab := table.New(spaceOf(t), layers, c.cases, nil)
		awards := tab.Awards(tab.Possible(c.known), c.cases)
		if len(awards) != 1 || !awards[0].Certain {
			t.Fatalf("%s: %v, want one award", name, awards)
		}
		if a := awards[0]; a.Layer != c.want || a.Applied.Rule != layers[c.want].Rules[0].Rule {
			t.Errorf("%s: layer %d, rule of %s, want layer %d", name, a.Layer, a.Applied.Stem, c.want)
		}
	}
}

// Two cases of equal worth differ in what they say: the promise is the nearer list's.
func TestPromisesNameTheirList(t *testing.T) {
	layers := layersOf()
	cases := []table.Case{
		caseOf(layers, 0, 0, side(alone, 2), promised(map[string]int64{"cash": 100})),
		caseOf(layers, 1, 0, nil, promised(map[string]int64{"cash": 100, "visits": 1})),
	}
	tab := table.New(spaceOf(t), layers, cases, nil)
	lists := func(promises map[string]policy.Promise) map[string]string {
		lists := map[string]string{}
		for measure, p := range promises {
			lists[measure] = p.List
		}
		return lists
	}
	for known, want := range map[elder.Cells]map[string]string{
		{alone: 2}: {"cash": "county", "visits": "city"},
		{alone: 1}: {"cash": "city", "visits": "city"},
		{}:         {"cash": "city", "visits": "city"}, // the county's is not for all
	} {
		a := tab.Awards(tab.Possible(known), cases)[0]
		if diff := cmp.Diff(want, lists(a.Promises)); diff != "" || a.UpTo != nil {
			t.Errorf("%v: up to %v, %s", known, a.UpTo, diff)
		}
	}
}

func TestKnownAndDeclares(t *testing.T) {
	layers := layersOf()
	tab := table.New(spaceOf(t), layers, nil, nil)
	absent := box.SetOf(elder.Absent)
	for name, c := range map[string]struct {
		of   box.Box
		want box.Box
		some bool
	}{
		"all cells of an age":        {side(age, 0, 1, 2), side(age, 1, 2), true},
		"no age at all":              {box.Box{{Attribute: age, Admits: absent}}, nil, false},
		"a mode that is never asked": {box.Box{{Attribute: mode, Admits: absent}}, side(mode, 0), true},
		"everybody":                  {nil, nil, true},
	} {
		if got, some := tab.Known(c.of); some != c.some || !got.Equal(c.want) {
			t.Errorf("%s: %v, %v", name, got, some)
		}
	}
	layers[0].Rules = layers[0].Rules[:3] // of b only what is permitted is left
	layers[0].Rules = append(layers[0].Rules[:2:2], layersOf()[0].Rules[3])
	if !tab.Declares("a") || tab.Declares("b") || tab.Declares("c") {
		t.Error("the county declares a, permits b, and does not know c")
	}
	tab.Opaque = []table.Opaque{{Layer: 1, Applied: layers[1].Rules[0]}}
	if !tab.IsOpaque("a") || tab.IsOpaque("b") {
		t.Error("a is opaque, b is not")
	}
}
