package own_test

import (
	"math/big"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/own"
)

type leaf struct{ Names []string }

type tree struct {
	Leaf, Same *leaf
	ByName     map[string][]int
	Number     *big.Rat
	Any        any
	None       []string
	hidden     *leaf
}

// What is written into a copy, in any of the ways that Go has, is not in what it was made of.
func TestCopy(t *testing.T) {
	shared := &leaf{[]string{"a"}}
	from := tree{shared, shared, map[string][]int{"x": {1, 2}}, big.NewRat(1, 3), []any{"a"}, nil, shared}
	to := own.Copy(&from)
	to.Leaf.Names[0], to.ByName["x"][0], to.ByName["y"], to.Any.([]any)[0] = "b", 9, nil, "b"
	to.Number.Add(to.Number, to.Number)
	if from.Leaf.Names[0] != "a" || from.ByName["x"][0] != 1 || len(from.ByName) != 1 || from.Any.([]any)[0] != "a" || from.Number.RatString() != "1/3" {
		t.Errorf("the original is %+v", from)
	}
	if to.Leaf != to.Same || to.None != nil || to.hidden != shared || to.ByName["x"][1] != 2 || to.Number.RatString() != "2/3" {
		t.Errorf("the copy is %+v", to)
	}
	if own.Copy[*tree](nil) != nil {
		t.Error("nothing became something")
	}
}
