package summary

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHide(t *testing.T) {
	const x = true
	for name, test := range map[string]struct {
		counts []int64
		forced []int
		want   []bool
	}{
		"nobody is few":                       {counts: []int64{5, 0, 9}, want: []bool{false, false, false}},
		"a second, the smallest":              {counts: []int64{2, 90, 7, 8}, want: []bool{x, false, x, false}},
		"two that together are enough":        {counts: []int64{2, 3, 90}, want: []bool{x, x, false}},
		"two that together are too few":       {counts: []int64{1, 2, 90, 40}, want: []bool{x, x, false, x}},
		"a nought hides nothing while others": {counts: []int64{3, 0, 12}, want: []bool{x, false, x}},
		"all there is":                        {counts: []int64{4}, want: []bool{x}},
		"forced":                              {counts: []int64{40, 50, 60}, forced: []int{2}, want: []bool{x, false, x}},
	} {
		if diff := cmp.Diff(test.want, hide(test.counts, 5, test.forced...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Of random counts with a known sum none that is small is shown, and what is hidden is not one, nor
// together small.
func TestHiddenCannotBeWorkedOut(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		counts, least := make([]int64, 1+random.IntN(6)), int64(1+random.IntN(8))
		for i := range counts {
			counts[i] = random.Int64N(20) * random.Int64N(2)
		}
		n, sum, shown := 0, int64(0), 0
		for i, hidden := range hide(counts, least) {
			switch {
			case hidden:
				n, sum = n+1, sum+counts[i]
			case 0 < counts[i] && counts[i] < least:
				t.Fatalf("%d of %v is shown", counts[i], counts)
			default:
				shown++
			}
		}
		if n > 0 && shown > 0 && (n < 2 || sum < least) {
			t.Fatalf("%d hidden of %v, together %d, with at least %d", n, counts, sum, least)
		}
	}
}

// Of a part and the rest neither is worked out.
func TestHideBoth(t *testing.T) {
	got := hideBoth([]int64{2, 50, 60, 30}, []int64{40, 52, 90, 70}, 5, nil)
	// 2 of the first is few, 2 are left of the second; together 52 and 40.
	if diff := cmp.Diff([]bool{true, true, false, false}, got); diff != "" {
		t.Error(diff)
	}
	got = hideBoth([]int64{38, 50, 60, 30}, []int64{40, 60, 90, 70}, 5, nil)
	// 2 are left of the first; the 30 of the last are the fewest of the others.
	if diff := cmp.Diff([]bool{true, false, false, true}, got); diff != "" {
		t.Error(diff)
	}
}

func service(name string, e, p, d, n int64, certain, upTo, paid, may int64) Service {
	c := cash{certain * 100, upTo * 100, paid, may, 0}
	return Service{Service: name, Entitled: e, Possible: p, Discretionary: d, Not: n, Cash: upTo > 0, Monthly: c.money()}
}

// Who sees how many have a service that pays can work out what it costs: if the money of one must
// be hidden, so must that of another, and how many have that.
func TestPublishServices(t *testing.T) {
	all := Group{Elders: 100, Services: []Service{
		service("few", 2, 8, 0, 90, 600, 3000, 2, 10),
		service("some", 10, 20, 0, 70, 1000, 3000, 10, 30),
		service("many", 60, 0, 0, 40, 6000, 6000, 60, 60),
		service("unpaid", 50, 0, 3, 47, 0, 0, 0, 0),
	}}
	type shown struct {
		Status [4]bool
		Money  bool
	}
	want := []shown{
		{[4]bool{false, false, true, true}, false},
		{[4]bool{false, false, true, true}, false},
		{[4]bool{true, true, true, true}, true},
		{[4]bool{true, true, false, false}, true},
	}
	var got []shown
	for _, s := range publish(&Summary{Total: all}, 5).services {
		one := shown{Money: !s.money.hidden}
		for i, f := range s.status {
			one.Status[i] = !f.hidden
		}
		got = append(got, one)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

// A small group comes last, and is hidden with another, in every table and whatever they have.
func TestPublishGroups(t *testing.T) {
	group := func(name string, elders, undecided, paid, entitled int64) Group {
		return Group{
			Name: name, Elders: elders, Undecided: undecided, Monthly: cash{paid * 100, paid * 200, paid, paid, 0}.money(),
			Services: []Service{{Service: "s", Entitled: entitled, Not: elders - entitled}},
		}
	}
	groups := []Group{group("a", 60, 30, 20, 58), group("b", 37, 20, 12, 30), group("c", 3, 3, 3, 0), group("d", 50, 10, 30, 20)}
	total := group("", 150, 63, 65, 108)
	p := publish(&Summary{Total: total, ByAge: groups}, 5)
	type shown struct{ Elders, Undecided, Money, Entitled bool }
	want := []shown{
		{true, true, true, false},    // 2 of a have not s
		{false, false, false, false}, // the smallest beside c
		{true, true, true, true},
		{false, false, false, false}, // c
	}
	var got []shown
	for _, g := range p.byAge.groups {
		got = append(got, shown{!g.elders.hidden, !g.undecided.hidden, !g.money.hidden, !g.entitled[0].hidden})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}
