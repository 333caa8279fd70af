package answers

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// What is found comes in the order in which the layers declare it; what one rule is found by stays
// in its order.
func TestSortAsDeclared(t *testing.T) {
	type found struct {
		layer, rule int
		note        string
	}
	layers := chain()
	all := []found{{1, 1, "e"}, {0, 2, "c"}, {1, 0, "d"}, {0, 0, "a"}, {0, 2, "b"}}
	SortAsDeclared(layers, all, func(f found) (int, layer.Applied) { return f.layer, layers[f.layer].Rules[f.rule] })
	want := []found{{0, 0, "a"}, {0, 2, "c"}, {0, 2, "b"}, {1, 0, "d"}, {1, 1, "e"}}
	if diff := cmp.Diff(want, all, cmp.AllowUnexported(found{})); diff != "" {
		t.Error(diff)
	}
}

// Texts are numbered as they come, and keep their numbers; from the last number on, they share it.
func TestKinds(t *testing.T) {
	var k kinds
	for range 2 {
		for i := 1; i < manyKinds; i++ {
			if got := k.number(fmt.Sprint(i)); got != uint16(i) {
				t.Fatalf("the number of text %d is %d", i, got)
			}
		}
		for _, text := range []string{"one more", "another"} {
			if got := k.number(text); got != manyKinds {
				t.Errorf("the number of %s is %d, want that of what is too much", text, got)
			}
		}
	}
}

// A value of one attribute may contradict by itself.
func TestContradictionOfOneAttribute(t *testing.T) {
	space, err := elder.NewSpace(vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	age, _ := space.Index("age")
	three := box.Box{{Attribute: age, Admits: box.SetOf(4)}}
	tab := table.New(space, chain(), nil, []rules.Contradiction{{Message: "nobody is three", Box: three}})
	d := NewDecider(New(tab, nil), of, NewRecent())
	for value, possible := range []bool{true, true, true, false} {
		c := elder.Cells{}
		c[age] = uint8(1 + value)
		if _, err := d.Decide(t.Context(), Open, &c); (err == nil) != possible {
			t.Errorf("age %d: %v", value, err)
		}
	}
	if _, err := d.Decide(t.Context(), Open, &elder.Cells{}); err != nil {
		t.Errorf("of an unknown age: %v", err)
	}
}

// What contradictions and questions couple is one group, however many boxes do.
func TestGroups(t *testing.T) {
	space, err := elder.NewSpace(vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	of := func(attributes ...string) rules.Contradiction {
		b := box.Box{}
		for _, name := range attributes {
			a, _ := space.Index(name)
			b, _ = b.With(a, box.SetOf(2))
		}
		return rules.Contradiction{Box: b}
	}
	for name, tt := range map[string]struct {
		contradictions []rules.Contradiction
		want           int
	}{
		"category with mode":       {nil, 1}, // the mode is asked of a category
		"category, age, grade too": {[]rules.Contradiction{of("age", "category"), of("category", "grade")}, 1},
		"age with grade beside":    {[]rules.Contradiction{of("age", "grade")}, 2},
		"alone by itself":          {[]rules.Contradiction{of("alone"), of("age", "category")}, 2},
	} {
		if got := len(New(table.New(space, chain(), nil, tt.contradictions), nil).groups); got != tt.want {
			t.Errorf("%s: %d groups, want %d", name, got, tt.want)
		}
	}
}

// A case that holds only where another does, and promises no more, still counts when it reads what
// is coupled to what the other waits for: who is poor has no grade 1, so that the category may tell
// the grade.
func TestWhatIsCoupledTells(t *testing.T) {
	space, err := elder.NewSpace(vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	category, _ := space.Index("category")
	grade, _ := space.Index("grade")
	both := func(category0, grade0 uint8) box.Box {
		return box.Box{{Attribute: category, Admits: box.SetOf(category0)}, {Attribute: grade, Admits: box.SetOf(grade0)}}
	}
	layers := chain()
	var cases []table.Case
	for _, b := range []box.Box{both(3, 2), {both(1, 2)[1]}} {
		grant := rules.Grant{Service: "a", Measures: map[string]policy.Promise{}}
		applied := layers[0].Rules[0]
		cases = append(cases, table.Case{Case: rules.Case{Rule: applied.Rule, Grant: grant, Box: b}, Applied: applied})
	}
	poor := rules.Contradiction{Box: both(2, 2)}
	for name, tt := range map[string]struct {
		never []rules.Contradiction
		want  []string
	}{"coupled": {[]rules.Contradiction{poor}, []string{"category", "grade"}}, "not coupled": {nil, []string{"grade"}}} {
		tab := table.New(space, layers, cases, tt.never)
		d, err := NewDecider(New(tab, nil), of, NewRecent()).Decide(t.Context(), Open, &elder.Cells{})
		if err != nil || len(d.Possible) != 1 {
			t.Fatalf("%s: %v, %v", name, d, err)
		}
		if diff := cmp.Diff(tt.want, d.Possible[0].Needs); diff != "" {
			t.Errorf("%s: needs %s", name, diff)
		}
	}
}

// Of a service a promise and a permission may both be open: as JSON they are two.
func TestTwoPossibilities(t *testing.T) {
	tab := table.New(random{rand.New(rand.NewPCG(1, 1))}.table(t).Space, chain(), nil, nil)
	var awards []decide.Award
	for _, applied := range tab.Layers[0].Rules[:2] {
		awards = append(awards, decide.Award{Service: "a", Discretionary: applied.Discretionary, Applied: applied})
	}
	a := New(tab, nil).newAnswer(awards)
	var got []decide.Possibility
	if err := json.Unmarshal(fmt.Appendf(nil, "[%s]", a.text.possible), &got); err != nil || len(got) != 2 || len(a.possible) != 2 {
		t.Errorf("%d possibilities as %s: %v", len(a.possible), a.text.possible, err)
	}
}

// A rule of which too much is missing adds to the award of its service that is promised, or
// permitted, as it is.
func TestUnsettledByKind(t *testing.T) {
	tab := random{rand.New(rand.NewPCG(1, 1))}.table(t)
	for _, tt := range []struct {
		rule int // promises a, permits it, promises b
		want []string
	}{{0, []string{"", "a", ""}}, {1, []string{"a permitted", "", ""}}, {2, []string{"", "", "b"}}} {
		awards := []decide.Award{{Service: "a", Discretionary: true}, {Service: "a"}, {Service: "b"}}
		got := WithUnsettled(tab.Space, awards, []Rule{{Applied: tab.Layers[0].Rules[tt.rule]}}, elder.Cells{})
		var noted []string
		for _, a := range got {
			switch {
			case a.Note == "":
				noted = append(noted, "")
			case a.Discretionary:
				noted = append(noted, a.Service+" permitted")
			default:
				noted = append(noted, a.Service)
			}
		}
		if diff := cmp.Diff(tt.want, noted); diff != "" {
			t.Errorf("rule %d: %s", tt.rule, diff)
		}
	}
}
