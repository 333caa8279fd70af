package summary

import "slices"

// hide returns which of several counts, which add up to a known sum, are not shown, so that no
// count below a least one can be worked out. It hides the counts from 1 to below the least one. It
// hides as many of the smallest others as it takes until at least two are hidden, and together they
// are not below the least one. A count that is hidden for another reason is forced.
func hide(counts []int64, least int64, forced ...int) []bool {
	hidden := make([]bool, len(counts))
	n, sum := 0, int64(0)
	drop := func(i int) {
		if !hidden[i] {
			hidden[i] = true
			n, sum = n+1, sum+counts[i]
		}
	}
	for i, count := range counts {
		if 0 < count && count < least || slices.Contains(forced, i) {
			drop(i)
		}
	}
	for n > 0 && (n < 2 || sum < least) {
		next := -1
		for i, count := range counts {
			if !hidden[i] && (next < 0 || smaller(count, counts[next])) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		drop(next)
	}
	return hidden
}

// smaller orders counts by what is lost if they are hidden. Hiding a nought hides little, so it
// comes last.
func smaller(a, b int64) bool {
	if a == 0 || b == 0 {
		return a != 0
	}
	return a < b
}
