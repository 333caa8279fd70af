package diagram

import (
	"errors"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// yesNo returns a space of so many yes-no attributes. Its cells are missing, no and yes.
func yesNo(t *testing.T, n int) *elder.Space {
	t.Helper()
	v := &policy.Vocabulary{}
	for i := range n {
		name := string(rune('a' + i))
		v.Attributes = append(v.Attributes, &policy.Attribute{Name: name, Label: name, English: name, Type: policy.Boolean})
	}
	s, err := elder.NewSpace(v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// leaf follows a diagram to the leaf of an elder.
func leaf(t *testing.T, n *Node, c elder.Cells) int {
	t.Helper()
	for len(n.Branches) > 0 {
		var to *Node
		for _, b := range n.Branches {
			if !b.Cells.Has(c[n.Axis]) {
				continue
			}
			if to != nil {
				t.Fatalf("cell %d of axis %d takes two branches", c[n.Axis], n.Axis)
			}
			to = b.To
		}
		if n = to; n == nil {
			t.Fatal("a cell takes no branch")
		}
	}
	return n.Leaf
}

// bothOf returns a condition on two facts.
func bothOf(x, y int) Condition {
	return Condition{Box: box.Box{{Attribute: x, Admits: box.SetOf(2)}, {Attribute: y, Admits: box.SetOf(2)}}, Missing: -1}
}

// A diagram leads each elder to the answer, and one that depends on nothing is one leaf. The answer
// here is how many of two pairs of facts are whole.
func TestBuild(t *testing.T) {
	space := yesNo(t, 4)
	answer := func(c elder.Cells) (int, error) {
		n := 0
		for _, x := range [][2]int{{0, 1}, {2, 3}} {
			if c[x[0]] == 2 && c[x[1]] == 2 {
				n++
			}
		}
		return n, nil
	}
	free := func(int) error { return nil }
	d, err := Build(space, []int{0, 1, 2, 3}, []Condition{bothOf(0, 1), bothOf(2, 3)}, answer, free)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 81 {
		var c elder.Cells
		for i := range 4 {
			c[i], n = uint8(n%3), n/3
		}
		if want, _ := answer(c); leaf(t, d.Root, c) != want {
			t.Errorf("%v comes to %d, want %d", c[:4], leaf(t, d.Root, c), want)
		}
	}
	numbers, leaves := map[int]bool{}, 0
	for _, n := range d.Nodes {
		numbers[n.Number] = true
		if len(n.Branches) == 0 {
			leaves++
		}
	}
	if len(numbers) != len(d.Nodes) || leaves != 3 {
		t.Errorf("%d nodes have %d numbers, and three answers %d leaves", len(d.Nodes), len(numbers), leaves)
	}
	d, err = Build(space, []int{0, 1}, nil, func(elder.Cells) (int, error) { return 7, nil }, free)
	if err != nil || len(d.Nodes) != 1 || d.Root.Leaf != 7 {
		t.Errorf("of nothing: %v, %v", d, err)
	}
}

// An answer that fails, and work that is too much, end a diagram.
func TestBuildEnds(t *testing.T) {
	space, fails := yesNo(t, 2), errors.New("it fails")
	conditions := []Condition{bothOf(0, 1)}
	failing := func(elder.Cells) (int, error) { return 0, fails }
	if _, err := Build(space, []int{0, 1}, conditions, failing, func(int) error { return nil }); !errors.Is(err, fails) {
		t.Errorf("the answer: %v", err)
	}
	steps := 0
	_, err := Build(space, []int{0, 1}, conditions, func(elder.Cells) (int, error) { return 1, nil }, func(n int) error {
		if steps++; n != len(conditions) {
			t.Errorf("a step takes %d conditions", n)
		}
		if steps > 2 {
			return fails
		}
		return nil
	})
	if !errors.Is(err, fails) || steps != 3 {
		t.Errorf("the work: %v after %d steps", err, steps)
	}
}
