// Package union joins lists without repeating what is in both.
package union

import "slices"

// Of returns a new list: a, and what b has besides, each once and in order.
func Of[T comparable](a, b []T) []T {
	all := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(all, x) {
			all = append(all, x)
		}
	}
	return all
}
