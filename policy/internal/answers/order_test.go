package answers

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// What is found comes in the order in which the layers declare it; what one rule is found by stays in its order.
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
			if got := k.number(fmt.Sprint(i)); got != uint8(i) {
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
