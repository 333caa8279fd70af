package answers

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// numbers returns a table over whole numbers from 0 to 19: every service grants as many yuan a
// month as one of two numbers is, or, if the services come in pairs, as both together count; of a
// pair only the higher is paid.
func numbers(t *testing.T, attributes, services int, pairs bool) *table.Table {
	t.Helper()
	v := &policy.Vocabulary{Measures: []*policy.Measure{policy.NewMeasure("monthly", "", "", policy.CNYPerMonth)}}
	for a := range attributes {
		v.Attributes = append(v.Attributes, &policy.Attribute{Name: fmt.Sprint("n", a), Type: policy.Integer, Max: 19, Absent: 0})
	}
	space, err := elder.NewSpace(v)
	if err != nil {
		t.Fatal(err)
	}
	list := &policy.List{Jurisdiction: policy.Jurisdiction{ID: "county"}}
	if pairs {
		list.ChooseHigher = []*policy.ChooseHigher{{Members: []policy.Member{{Service: "s0", Measure: "monthly"}, {Service: "s1", Measure: "monthly"}}}}
	}
	layers := []layer.Layer{{List: list}}
	var cases []table.Case
	for n := range services {
		s := &policy.Service{ID: fmt.Sprint("s", n)}
		list.Services = append(list.Services, s)
		r := &rules.Rule{Stem: "county", Index: n, Service: s.ID}
		applied := layer.Applied{Rule: r, Service: s}
		layers[0].Rules = append(layers[0].Rules, applied)
		add := func(yuan int64, b box.Box) {
			amount := policy.DecimalOf(yuan)
			promise := policy.Promise{Bound: policy.Exactly, Value: &amount}
			if yuan%7 == 6 {
				promise = policy.Promise{Bound: policy.SetLocally}
			}
			grant := rules.Grant{Service: s.ID, Measures: map[string]policy.Promise{"monthly": promise}}
			cases = append(cases, table.Case{Case: rules.Case{Rule: r, Grant: grant, Box: b}, Applied: applied})
		}
		first := box.Side{Attribute: n % (attributes - 1)}
		for i := range 20 {
			first.Admits = box.SetOf(uint8(1 + i))
			if !pairs {
				add(int64(i), box.Box{first})
				continue
			}
			for j := range 20 {
				add(int64(20*i+j), box.Box{first, {Attribute: attributes - 1, Admits: box.SetOf(uint8(1 + j))}})
			}
		}
	}
	return table.New(space, layers, cases, nil)
}

func someone(r *rand.Rand, t *table.Table) elder.Cells {
	var c elder.Cells
	for a := range t.Space.Axes {
		c[a] = uint8(1 + r.IntN(20))
	}
	return c
}

// Where there are more services, more amounts, or more attributes than are kept together, decisions
// are the same.
func TestMoreThanIsKept(t *testing.T) {
	few, many := effort.Of(5, 20, 300), effort.Of(100, 300, 300)
	for note, more := range map[string]struct {
		table  *table.Table
		elders int
	}{
		"open amounts of 520 services":   {numbers(t, 3, 520, false), few},
		"open amounts of some services":  {numbers(t, 4, 20, false), many},
		"400 amounts of a choice":        {numbers(t, 3, 2, true), many},
		"services beyond one allocation": {numbers(t, 2, 100, false), few},
	} {
		t.Run(note, func(t *testing.T) {
			tab := more.table
			d := NewDecider(New(tab, nil), of, NewRecent())
			r := rand.New(rand.NewPCG(3, 4))
			for range more.elders {
				c := someone(r, tab)
				for range 2 {
					got, err := d.Decide(t.Context(), Closed, &c)
					if err != nil {
						t.Fatal(err)
					}
					if want := exactly(tab, nil, Closed, c); !reflect.DeepEqual(want, got) {
						t.Fatalf("%v (-whole table +answers):\n%s", tab.Space.Elder(c), cmp.Diff(want, got))
					}
				}
			}
		})
	}
}

// wide gives a service a case that reads so many attributes that its answers fill no array.
func wide(t *testing.T) *table.Table {
	t.Helper()
	tab := numbers(t, 12, 1, false)
	all := box.Box{}
	for a := range tab.Space.Axes {
		all, _ = all.With(a, box.Range(1+uint8(a), 12))
	}
	c := tab.Cases[0]
	c.Box = all
	return table.New(tab.Space, tab.Layers, append(tab.Cases, c), nil)
}

// What is kept is bounded, however many elders are asked about.
func TestKeptIsBounded(t *testing.T) {
	tab := wide(t)
	recent := NewRecent()
	s := New(tab, nil)
	if !s.services[0].wide {
		t.Fatal("the view is not wide")
	}
	d := NewDecider(s, of, recent)
	r := rand.New(rand.NewPCG(3, 4))
	for range 3 * ways * recentSets {
		c := someone(r, tab)
		got, err := d.Decide(t.Context(), Open, &c)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := d.Decide(t.Context(), Open, &c); again != got {
			t.Fatal("the latest decision is not kept")
		}
		if r.IntN(100) > 0 {
			continue
		}
		if want := exactly(tab, nil, Open, c); !reflect.DeepEqual(want, got) {
			t.Fatalf("%v (-whole table +answers):\n%s", tab.Space.Elder(c), cmp.Diff(want, got))
		}
	}
	if n := len(*recent.memo.sets.Load()); n != recentSets {
		t.Errorf("%d sets of decisions, want %d", n, recentSets)
	}
	if n := len(*s.wide.sets.Load()); n != wideSets {
		t.Errorf("%d sets of answers, want %d", n, wideSets)
	}
	if n := len(s.services[0].distinct.answers); n > 21 {
		t.Errorf("%d different answers, want at most those of 20 numbers, and none", n)
	}
}

// A service has no more different answers to share than a bound.
func TestSharedAnswersAreBounded(t *testing.T) {
	tab := numbers(t, 2, 1, false)
	s := New(tab, nil)
	for i := range 2 * maxShelf {
		s.share(s.services[0], []decide.Award{{Service: "s0", Certain: true, Applied: tab.Cases[0].Applied, Needs: []string{fmt.Sprint(i)}}})
	}
	if n := len(s.services[0].distinct.answers); n > maxShelf {
		t.Errorf("%d answers are kept", n)
	}
}

// Days, worlds and lists do not get each other's decisions, though they keep them in one place.
func TestRecentDecisionsAreTheirOwn(t *testing.T) {
	tab := numbers(t, 2, 2, false)
	recent, s := NewRecent(), New(tab, nil)
	later := of
	later.On.Year++
	deciders := []*Decider{NewDecider(s, of, recent), NewDecider(s, later, recent)}
	var c elder.Cells
	for range 2 {
		for i, d := range deciders {
			for w := range World(worlds) {
				got, err := d.Decide(t.Context(), w, &c)
				if err != nil {
					t.Fatal(err)
				}
				if got.On.Year != of.On.Year+i {
					t.Errorf("a decision of %v", got.On)
				}
				if got := len(got.Entitled); got != 2 {
					t.Errorf("world %d: %d services", w, got)
				}
				if rises := len(got.Entitled[0].UpTo) > 0; rises != (w == Open) {
					t.Errorf("world %d: more is possible: %v", w, rises)
				}
			}
		}
	}
}

// An answer that plain OPA failed to give is not kept, and one that nobody waits for is not made.
func TestFailuresAreNotKept(t *testing.T) {
	r := random{rand.New(rand.NewPCG(1, 8))}
	tab := r.table(t)
	o := r.withOpaque(tab)
	s := New(tab, (*opaque)(nil))
	d := NewDecider(s, of, NewRecent())
	var c elder.Cells
	for range 2 {
		if _, err := d.Decide(t.Context(), Open, &c); !errors.Is(err, errOPA) {
			t.Fatalf("%v", err)
		}
	}
	s.oracle = o
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Decide(cancelled, Open, &c); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	for range 3 {
		got, err := d.Decide(t.Context(), Open, &c)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(exactly(tab, o, Open, c), got); diff != "" {
			t.Error(diff)
		}
	}
	if o.asked != 1 {
		t.Errorf("OPA was asked %d times", o.asked)
	}
}

// Whoever asks at once gets the same.
func TestAnswersAtOnce(t *testing.T) {
	tab := random{rand.New(rand.NewPCG(7, 8))}.table(t)
	d, alone := NewDecider(New(tab, nil), of, NewRecent()), NewDecider(New(tab, nil), of, NewRecent())
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			everybody(tab.Space, func(c elder.Cells) {
				got, err := d.Decide(t.Context(), Open, &c)
				want, wantErr := alone.Decide(t.Context(), Open, &c)
				if (err == nil) != (wantErr == nil) || !reflect.DeepEqual(want, got) {
					t.Errorf("%v (-alone +at once):\n%s", tab.Space.Elder(c), cmp.Diff(want, got))
				}
			})
		})
	}
	group.Wait()
}

// Of a service each answer is one, so that elders who have the same of it share it.
func TestEqualAnswersAreOne(t *testing.T) {
	tab := numbers(t, 2, 1, false)
	s := New(tab, nil)
	seen := map[*Answer]int{}
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		c := someone(r, tab)
		c[1] = elder.Absent
		for w := range World(worlds) {
			a, err := s.answer(t.Context(), s.services[0], w, &c)
			if err != nil {
				t.Fatal(err)
			}
			seen[a]++
		}
	}
	if len(seen) != 19 { // of 20 numbers, two leave the amount open
		t.Errorf("%d answers for 19 amounts", len(seen))
	}
}
