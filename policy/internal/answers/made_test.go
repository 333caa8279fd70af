package answers

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// What was made for an elder is kept: the answer of each service, what groups allow, and the parts
// of the total.
func TestWhatIsMadeIsKept(t *testing.T) {
	tab := numbers(t, 3, 5, false)
	tab.Layers[0].List.ChooseHigher = numbers(t, 2, 2, true).Layers[0].List.ChooseHigher
	grouped := random{rand.New(rand.NewPCG(1, 1))}.table(t)
	for _, tab := range []*table.Table{tab, grouped, wide(t)} {
		s := New(tab, nil)
		d := NewDecider(s, of, NewRecent())
		c := elder.Cells{7, 7, 7} // six yuan: those amounts are open
		if tab == grouped {
			c = elder.Cells{}
		}
		decision, err := d.Decide(t.Context(), Open, &c)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := d.Decide(t.Context(), Open, &c); again != decision {
			t.Error("the decision is not kept")
		}
		if open := decision.MonthlyCNY.Open; cap(open) != len(open) {
			t.Errorf("%d open amounts have room for %d", len(open), cap(open))
		}
		own, err := d.DecideFor(t.Context(), Open, "E1", &c)
		if err != nil {
			t.Fatal(err)
		}
		if own.ID != "E1" || decision.ID != "" {
			t.Errorf("the decision for E1 is of %q, the shared one of %q", own.ID, decision.ID)
		}
		if own.ID = ""; !reflect.DeepEqual(own, decision) {
			t.Errorf("the decision for E1 (-shared +own):\n%s", cmp.Diff(decision, own))
		}
		for _, v := range s.services {
			if s.find(&v.view, Open, &c) == nil {
				t.Errorf("the answer of %s is not kept", v.id)
			}
		}
		for _, g := range s.groups {
			if s.find(&g.view, Open, &c) == nil {
				t.Error("what a group allows is not kept")
			}
		}
		if s.opens.sets.Load() == nil {
			t.Error("what is open is not kept")
		}
		for _, c := range s.choices {
			if c.kept.sets.Load() == nil {
				t.Error("what a choice brings is not kept")
			}
		}
	}
}

// Where the amounts of a choice are too many to be numbered, totals are the same.
func TestTotalsOfTooManyKinds(t *testing.T) {
	tab := numbers(t, 3, 2, true)
	s := New(tab, nil)
	for _, v := range s.services {
		for i := range manyKinds {
			v.kinds.number(fmt.Sprint("taken ", i))
		}
	}
	d := NewDecider(s, of, NewRecent())
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		c := someone(r, tab)
		got, err := d.Decide(t.Context(), Closed, &c)
		if err != nil {
			t.Fatal(err)
		}
		if want := exactly(tab, nil, Closed, c); !reflect.DeepEqual(want, got) {
			t.Fatalf("%v (-whole table +answers):\n%s", tab.Space.Elder(c), cmp.Diff(want, got))
		}
	}
}

// Most decisions are allocated at once.
func TestRoomIsOne(t *testing.T) {
	for _, possible := range []int{0, most} {
		if n := testing.AllocsPerRun(10, func() { made, _, _ = room(most-1, possible) }); n > 1 {
			t.Errorf("%d possible: %v allocations", possible, n)
		}
	}
}

var made *complete

// asking counts how plain OPA is asked.
type asking struct{ held, tried int }

func (a *asking) Held(context.Context, elder.Cells, string) ([]decide.Held, error) {
	a.held++
	return nil, nil
}

func (a *asking) Tried(context.Context, elder.Cells, string) ([]table.Case, []Rule, error) {
	a.tried++
	return nil, nil, nil
}

// Plain OPA is asked once of whom everything is known that a rule reads, or is not asked; else of
// all that the elder may be.
func TestWhoIsComplete(t *testing.T) {
	r := random{rand.New(rand.NewPCG(1, 8))}
	for name, tt := range map[string]struct {
		missing []string
		tried   int
	}{
		"nothing is missing":       {nil, 0},
		"what nothing reads":       {[]string{"alone"}, 0},
		"an age":                   {[]string{"age"}, 1},
		"a mode that is not asked": {[]string{"mode"}, 0},
	} {
		space := r.table(t).Space
		tab := table.New(space, chain(), nil, nil)
		tab.Opaque = []table.Opaque{{Applied: tab.Layers[0].Rules[0]}} // reads age, grade and mode
		c := elder.Cells{1, 1, 0, 1, 1}                                // of none: no mode is asked
		for _, name := range tt.missing {
			i, _ := space.Index(name)
			c[i] = elder.Absent
		}
		o := &asking{}
		if _, err := NewDecider(New(tab, o), of, NewRecent()).Decide(t.Context(), Open, &c); err != nil {
			t.Fatal(err)
		}
		if o.tried != tt.tried || o.held != 1-tt.tried {
			t.Errorf("%s: held %d, tried %d", name, o.held, o.tried)
		}
	}
}

// A key that only hashes as another does not find the other's value; nor does one of which the hash
// is kept already, and not the value.
func TestKeysOfOneHash(t *testing.T) {
	var m memo[int]
	one, other := key{of: 1}, key{of: 2}
	value := 1
	m.keep(&entry[int]{one, &value})
	if got := m.find(&one); got != &value {
		t.Errorf("found %v", got)
	}
	sets := *m.sets.Load()
	slot := &sets[other.hash()>>32&uint64(len(sets)-1)].slots[0]
	slot.hash.Store(other.hash())
	slot.entry.Store(nil)
	if got := m.find(&other); got != nil {
		t.Error("found what is not there yet")
	}
	slot.entry.Store(&entry[int]{one, &value})
	if got := m.find(&other); got != nil {
		t.Error("found the value of another")
	}
}

// Answers that say the same, computed from other parameters, are two: of what is certain, of what
// it could rise to, and of bundles of either.
func TestParametersTellAnswersApart(t *testing.T) {
	tab := numbers(t, 2, 1, false)
	for name, with := range map[string]func(*decide.Award, map[string]policy.Promise){
		"promises":         func(a *decide.Award, p map[string]policy.Promise) { a.Promises = p },
		"up to":            func(a *decide.Award, p map[string]policy.Promise) { a.UpTo = p },
		"bundles":          func(a *decide.Award, p map[string]policy.Promise) { a.Bundles = []policy.Bundle{p} },
		"bundles of up to": func(a *decide.Award, p map[string]policy.Promise) { a.UpToBundles = []policy.Bundle{p} },
	} {
		s := New(tab, nil)
		share := func(parameter string) *Answer {
			amount := policy.DecimalOf(1)
			award := decide.Award{Service: "s0", Certain: true, Applied: tab.Cases[0].Applied}
			with(&award, map[string]policy.Promise{"monthly": {Bound: policy.Exactly, Value: &amount, Parameters: []string{parameter}}})
			return s.share(s.services[0], []decide.Award{award})
		}
		first, again := share("p"), share("p")
		if first != again || first == share("q") {
			t.Errorf("%s: answers are not told apart by their parameters alone", name)
		}
	}
}

// Choices that have no service in common are kept one by one. Their totals, and what these leave
// out, in the order of the groups, are those that the whole table makes at once.
func TestChoicesApart(t *testing.T) {
	tab := numbers(t, 3, 8, false)
	group := func(services ...int) *policy.ChooseHigher {
		g := &policy.ChooseHigher{Reason: fmt.Sprint(services)}
		for _, n := range services {
			g.Members = append(g.Members, policy.Member{Service: fmt.Sprint("s", n), Measure: "monthly"})
		}
		return g
	}
	tab.Layers[0].List.ChooseHigher = []*policy.ChooseHigher{group(3, 6), group(5, 1, 7), group(0, 4), group(1, 2)}
	s := New(tab, nil)
	var got [][]int
	for _, c := range s.choices {
		got = append(got, c.services)
	}
	slices.SortFunc(got, slices.Compare)
	if diff := cmp.Diff([][]int{{0, 4}, {1, 2, 5, 7}, {3, 6}}, got); diff != "" {
		t.Error(diff)
	}
	d := NewDecider(s, of, NewRecent())
	r := rand.New(rand.NewPCG(5, 6))
	several := 0
	for range effort.Of(100, 300, 3_000) {
		c := someone(r, tab)
		if r.IntN(2) == 0 {
			c[r.IntN(3)] = elder.Absent
		}
		for w := range World(worlds) {
			got, err := d.DecideFor(t.Context(), w, "", &c)
			if err != nil {
				t.Fatal(err)
			}
			if want := exactly(tab, nil, w, c); !reflect.DeepEqual(want, got) {
				t.Fatalf("world %d, %v (-whole table +answers):\n%s", w, tab.Space.Elder(c), cmp.Diff(want, got))
			}
			checkJSON(t, d, w, &c, got)
			if len(got.MonthlyCNY.NotAdded) > 2 {
				several++
			}
		}
	}
	if several == 0 {
		t.Error("no total leaves out something of several choices")
	}
}
