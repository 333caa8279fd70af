package decide_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
)

// Of random promises with random bounds no outcome brings less cash than the total that is certain,
// however choices overlap; and nearly always some outcome brings no more.
func TestTotalOfEveryOutcome(t *testing.T) {
	asked, reached := 0, 0
	for seed := range effort.Of[uint64](300, 1000, 20000) {
		r := rand.New(rand.NewPCG(seed, 3))
		print, groups, all := randomChoice(r)
		got := overlappingTotal(print, groups, all)
		ranges := make([][]int64, len(print)) // what may turn out of each service, -1 for nothing
		for i, letter := range print {
			ranges[i] = outcomes(all, string(letter))
		}
		least := int64(1 << 30)
		forEach(ranges, func(amounts []int64) { least = min(least, paid(print, groups, amounts)) })
		value := got.Value.Hundredths() / 100
		if value > least || got.Bound == policy.Exactly && value != least {
			t.Fatalf("seed %d: %s of %v, %+v: %s %d, and there may be %d", seed, print, groups, all, got.Bound, value, least)
		}
		asked++
		if value == least {
			reached++
		}
	}
	t.Logf("%d of %d totals are the least", reached, asked)
	if reached < asked*99/100 {
		t.Error("that is too often less than what is certain")
	}
}

// randomChoice returns services, groups of them, and what an elder has: even amounts up to 6. Of
// every second one, z has two measures, mostly of equal amounts, and a group names it by one.
func randomChoice(r *rand.Rand) (print string, groups []string, all []had) {
	services := []string{"v", "w", "x", "y", "z"}[r.IntN(2):]
	if r.IntN(2) == 0 {
		services = append(services[1:len(services)-1], "zZ")
	}
	r.Shuffle(len(services), func(i, j int) { services[i], services[j] = services[j], services[i] })
	for range 1 + r.IntN(4) {
		var group strings.Builder
		for _, i := range r.Perm(len(services))[:2+r.IntN(2)] {
			group.WriteByte(services[i][r.IntN(len(services[i]))])
		}
		groups = append(groups, group.String())
	}
	print = strings.Join(services, "")
	bounds := []policy.Bound{policy.Exactly, policy.Exactly, policy.Exactly, floor, ceiling, policy.SetLocally}
	for _, letter := range print {
		h := had{service: string(letter), bound: bounds[r.IntN(len(bounds))]}
		switch r.IntN(4) {
		case 0:
			continue
		case 1:
			h.most = 2 * (1 + r.Int64N(3))
		case 2:
			h.certain = 2 * (1 + r.Int64N(2))
			h.most = h.certain + 2
		default:
			h.certain = 2 * (1 + r.Int64N(3))
		}
		if last := len(all) - 1; letter == 'Z' && last >= 0 && all[last].service == "z" && r.IntN(4) > 0 {
			h = all[last]
			h.service = "Z"
		}
		all = append(all, h)
	}
	return print, groups, all
}

// outcomes returns the amounts that may turn out of a letter. Between the even amounts that are
// promised they have odd ones, and one above all.
func outcomes(all []had, letter string) []int64 {
	const top = 9
	i := slices.IndexFunc(all, func(h had) bool { return h.service == letter })
	if i < 0 {
		return []int64{-1}
	}
	h := all[i]
	low, high := h.certain, max(h.certain, h.most)
	switch h.bound {
	case floor:
		high = top
	case ceiling:
		low = 0
	case policy.SetLocally:
		low, high = 0, top
	}
	var amounts []int64
	if h.certain == 0 { // merely possible
		amounts, low = append(amounts, -1), 0
	}
	for a := low; a <= high; a++ {
		amounts = append(amounts, a)
	}
	return amounts
}

// forEach calls visit with each choice of one of each.
func forEach(ranges [][]int64, visit func([]int64)) {
	amounts := make([]int64, len(ranges))
	var choose func(i int)
	choose = func(i int) {
		if i == len(ranges) {
			visit(amounts)
			return
		}
		for _, amounts[i] = range ranges[i] {
			choose(i + 1)
		}
	}
	choose(0)
}

// paid returns the cash when amounts are known: of each group only the highest counts, the first of
// equal ones, be it left out elsewhere.
func paid(print string, groups []string, amounts []int64) (sum int64) {
	for i, letter := range print {
		beaten := func(group string) bool {
			if !strings.ContainsRune(group, letter) {
				return false
			}
			for j, other := range print {
				if strings.ContainsRune(group, other) && (amounts[j] > amounts[i] || amounts[j] == amounts[i] && j < i) {
					return true
				}
			}
			return false
		}
		if amounts[i] > 0 && letter != 'v' && !slices.ContainsFunc(groups, beaten) {
			sum += amounts[i]
		}
	}
	return sum
}
