package diagram

import "slices"

// Order returns attributes in an order in which few conditions are begun and not finished at a
// time, so that diagrams stay small. It is the given order unless another is far better.
func Order(axes []int, conditions []Condition) []int {
	order, left := []int{}, slices.Clone(axes)
	for len(left) > 0 {
		best := 0
		for i := range left {
			if open(append(slices.Clip(order), left[i]), conditions) < open(append(slices.Clip(order), left[best]), conditions) {
				best = i
			}
		}
		order = append(order, left[best])
		left = slices.Delete(left, best, best+1)
	}
	if 2*most(order, conditions) < most(axes, conditions) {
		return order
	}
	return axes
}

// most is the greatest number of conditions that are open at a time.
func most(order []int, conditions []Condition) int {
	n := 0
	for i := range order {
		n = max(n, open(order[:i+1], conditions))
	}
	return n
}

// open counts the conditions of which some attributes are asked and some are not.
func open(asked []int, conditions []Condition) int {
	n := 0
	for _, x := range conditions {
		known := 0
		for _, side := range x.Box {
			if slices.Contains(asked, side.Attribute) {
				known++
			}
		}
		if known > 0 && known < len(x.Box) {
			n++
		}
	}
	return n
}
