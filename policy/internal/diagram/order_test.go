package diagram

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// conditions returns a condition for each group of attributes.
func conditions(groups ...[]int) []Condition {
	var all []Condition
	for _, group := range groups {
		b := box.Box{}
		for _, axis := range group {
			b, _ = b.With(axis, box.SetOf(1))
		}
		all = append(all, Condition{Box: b, Missing: -1})
	}
	return all
}

// Attributes of one condition are asked one after the other where they are far apart. An order that
// is nearly as good stays.
func TestOrder(t *testing.T) {
	for _, tt := range []struct {
		name       string
		axes       []int
		conditions []Condition
		want       []int
	}{
		{"nothing", nil, nil, nil},
		{"far pairs", []int{0, 1, 2, 3, 4, 5}, conditions([]int{0, 3}, []int{1, 4}, []int{2, 5}), []int{0, 3, 1, 4, 2, 5}},
		{"near pairs", []int{0, 1, 2, 3}, conditions([]int{0, 1}, []int{2, 3}), []int{0, 1, 2, 3}},
		{"two pairs one within the other", []int{0, 1, 2, 3}, conditions([]int{0, 3}, []int{1, 2}), []int{0, 1, 2, 3}},
		{"single attributes", []int{4, 2, 7}, conditions([]int{7}, []int{2}, []int{4}), []int{4, 2, 7}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Order(tt.axes, tt.conditions)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
