package answers

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// everything returns the answers of a list of n services, of which everybody has 2 yuan each, and
// is permitted as much besides.
func everything(t *testing.T, n int) *Decider {
	t.Helper()
	space, err := elder.NewSpace(vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	l := layer.Layer{List: &policy.List{Jurisdiction: policy.Jurisdiction{ID: "county"}}}
	var cases []table.Case
	for i := range n {
		s := &policy.Service{ID: fmt.Sprintf("s%02d", i), Name: "服务", Item: "1"}
		l.List.Services = append(l.List.Services, s)
		for _, discretionary := range []bool{false, true} {
			rule := &rules.Rule{Stem: "county", Index: len(l.Rules), Service: s.ID, Discretionary: discretionary}
			applied := layer.Applied{Rule: rule, Service: s}
			l.Rules = append(l.Rules, applied)
			two := policy.DecimalOf(2)
			grant := rules.Grant{Service: s.ID, Discretionary: discretionary, Measures: map[string]policy.Promise{"monthly": {Bound: policy.Exactly, Value: &two}}}
			cases = append(cases, table.Case{Case: rules.Case{Rule: rule, Grant: grant}, Applied: applied})
		}
	}
	return NewDecider(New(table.New(space, []layer.Layer{l}, cases, nil), nil), of, NewRecent())
}

// A decision holds all that is promised and all that is permitted, be it as much as most have, or
// more.
func TestPromisedAndPermitted(t *testing.T) {
	for _, n := range []int{1, most / 2, most/2 + 1, most, most + 1} {
		d, err := everything(t, n).Decide(t.Context(), Open, &elder.Cells{})
		if err != nil || len(d.Entitled) != n || len(d.Discretionary) != n || !d.MonthlyCNY.Value.Equal(policy.DecimalOf(int64(2*n))) {
			t.Errorf("of %d services: %v, %v", n, d, err)
		}
	}
}

// The answers to all services, one by one, say what the decision says; the same answer has the same
// number.
func TestVector(t *testing.T) {
	d := everything(t, 3)
	if diff := cmp.Diff([]string{"s00", "s01", "s02"}, d.Services()); diff != "" {
		t.Error(diff)
	}
	decision, err := d.Decide(t.Context(), Open, &elder.Cells{})
	if err != nil {
		t.Fatal(err)
	}
	vector, err := d.Vector(t.Context(), Open, &elder.Cells{}, nil)
	if err != nil || len(vector) != 3 {
		t.Fatalf("%d answers, %v", len(vector), err)
	}
	for i, a := range vector {
		alone := d.Alone(a)
		if len(alone.Entitled) != 1 || len(alone.Discretionary) != 1 || len(alone.Possible) != 0 {
			t.Fatalf("service %d: %v", i, alone)
		}
		if alone.Entitled[0].Service != decision.Entitled[i].Service || alone.Discretionary[0].Service != decision.Discretionary[i].Service {
			t.Errorf("service %d is %s alone", i, alone.Entitled[0].Service)
		}
		for j, b := range vector {
			if (a.Number() == b.Number()) != (i == j) {
				t.Errorf("answers %d and %d have the numbers %d and %d", i, j, a.Number(), b.Number())
			}
		}
	}
	if total := d.Total(vector); !total.Value.Equal(policy.DecimalOf(6)) {
		t.Errorf("the total is %v, want 6", total.Value)
	}
	others, err := NewDecider(New(d.table, nil), of, NewRecent()).Vector(t.Context(), Open, &elder.Cells{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range [][]*Answer{vector[:2], {vector[0], nil, vector[2]}, {vector[1], vector[0], vector[2]}, others, {vector[0], {}, vector[2]}} {
		if diff := cmp.Diff(decide.Total{}, d.Total(wrong)); diff != "" {
			t.Errorf("of %d answers: %s", len(wrong), diff)
		}
	}
	for _, wrong := range []*Answer{nil, {}, others[0]} {
		if diff := cmp.Diff(&decide.Decision{}, d.Alone(wrong)); diff != "" {
			t.Errorf("of no answer of its own: %s", diff)
		}
	}
}

// What is only possible stands alone as a possibility.
func TestAlonePossible(t *testing.T) {
	space, err := elder.NewSpace(vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	layers, cases := promising("p")
	age, _ := space.Index("age")
	cases[0].Box = box.Box{{Attribute: age, Admits: box.SetOf(1)}}
	d := NewDecider(New(table.New(space, layers, cases, nil), nil), of, NewRecent())
	vector, err := d.Vector(t.Context(), Open, &elder.Cells{}, nil)
	if err != nil || len(vector) != 1 {
		t.Fatal(err)
	}
	if alone := d.Alone(vector[0]); len(alone.Possible) != 1 || alone.Entitled != nil || alone.Discretionary != nil {
		t.Errorf("%v, want a possibility", alone)
	}
}

// An exact amount beside one of the same list that is open is the least, also where attributes are
// missing: the case that is open promises no more, and counts all the same.
func TestRaisedWhileOpen(t *testing.T) {
	space, err := elder.NewSpace(vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	for _, exactFirst := range []bool{true, false} {
		layers, cases := promising("p", "q")
		cases[1].Grant.Measures = map[string]policy.Promise{"monthly": {Bound: policy.SetLocally, Parameters: []string{"q"}}}
		if !exactFirst {
			slices.Reverse(cases)
		}
		age, _ := space.Index("age")
		third := cases[0] // so that the age matters
		third.Box = box.Box{{Attribute: age, Admits: box.SetOf(1)}}
		d := NewDecider(New(table.New(space, layers, append(cases, third), nil), nil), of, NewRecent())
		awards, err := d.Service(t.Context(), Open, &elder.Cells{}, "a")
		if err != nil || len(awards) != 1 {
			t.Fatalf("awards %v, error %v", awards, err)
		}
		if p := awards[0].Promises["monthly"]; p.Bound != policy.AtLeast || p.Value == nil || p.Value.String() != "2" {
			t.Errorf("exact first %v: %s %v, want at least 2", exactFirst, p.Bound, p.Value)
		}
	}
}
