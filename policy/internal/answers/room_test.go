package answers

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// A decision has room for what it holds, be it more than most have.
func TestRoom(t *testing.T) {
	for _, n := range []int{0, 1, most - 1, most, most + 1, 40} {
		for _, possible := range []int{0, 1, most, most + 1, 40} {
			made, g, p := room(n, possible)
			if made == nil || len(g) < n || len(p) < possible || p == nil || possible == 0 && len(p) > 0 {
				t.Errorf("%d granted, %d possible: room for %d and %d", n, possible, len(g), len(p))
			}
		}
	}
}

// A decision's lists have no spare room, so that who appends to one copies it; and each service by
// itself has what it has in the decision, or the same error.
func TestServicesByThemselves(t *testing.T) {
	for n := range 4 {
		tab := random{rand.New(rand.NewPCG(uint64(n), 9))}.table(t)
		d := NewDecider(New(tab, nil), of, NewRecent())
		everybody(tab.Space, func(c elder.Cells) {
			for _, w := range []World{Open, Closed} {
				decision, wrong := d.Decide(t.Context(), w, &c)
				found := 0
				for _, id := range services {
					awards, err := d.Service(t.Context(), w, &c, id)
					if (err == nil) != (wrong == nil) {
						t.Fatalf("table %d, %v: service %s: %v, the decision: %v", n, tab.Space.Elder(c), id, err, wrong)
					}
					found += len(awards)
				}
				if wrong != nil {
					continue
				}
				e, p, f := decision.Entitled, decision.Possible, decision.Discretionary
				if found != len(e)+len(p)+len(f) || cap(e) != len(e) || cap(p) != len(p) || cap(f) != len(f) {
					t.Fatalf("table %d, %v: %d awards; %d of %d entitled, %d of %d possible, %d of %d permitted",
						n, tab.Space.Elder(c), found, len(e), cap(e), len(p), cap(p), len(f), cap(f))
				}
			}
		})
		if awards, err := d.Service(t.Context(), Open, &elder.Cells{}, "unheard of"); awards != nil || err != nil {
			t.Errorf("a service that nobody has: %v, %v", awards, err)
		}
	}
}

// A rule of which too much is missing makes its service possible, and what would settle it is not
// known.
func TestWithUnsettled(t *testing.T) {
	r := random{rand.New(rand.NewPCG(1, 1))}
	tab := r.table(t)
	rule := tab.Layers[0].Rules[0] // promises a, and reads age, grade and mode
	category, _ := tab.Space.Index("category")
	known := elder.Cells{}
	known[category] = 1 // of none no mode is asked
	awards := []decide.Award{{Service: "a", Needs: []string{"grade"}, SettledBy: [][]string{{"grade"}}}, {Service: "a", Discretionary: true}}
	got := WithUnsettled(tab.Space, awards, []Rule{{Layer: 0, Applied: rule}}, known)
	if len(got) != 2 || got[0].SettledBy != nil || got[0].Note == "" || got[1].Note != "" {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff([]string{"age", "grade"}, got[0].Needs); diff != "" {
		t.Error(diff)
	}
	got = WithUnsettled(tab.Space, nil, []Rule{{Layer: 1, Applied: rule}}, known)
	if len(got) != 1 || got[0].Service != "a" || got[0].Layer != 1 || got[0].Certain || got[0].Note == "" {
		t.Errorf("of nothing else: %+v", got)
	}
}
