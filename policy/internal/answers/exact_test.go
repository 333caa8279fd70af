package answers

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// promising returns a list whose rules all promise service a, and a case of each rule, for
// everybody. Rule i computes its two yuan a month from parameter i.
func promising(parameters ...string) ([]layer.Layer, []table.Case) {
	s := &policy.Service{ID: "a", Name: "服务a", Item: "1", Access: policy.Access("application")}
	l := layer.Layer{List: &policy.List{Jurisdiction: policy.Jurisdiction{ID: "county"}, Services: []*policy.Service{s}}}
	var cases []table.Case
	for i, p := range parameters {
		rule := &rules.Rule{Stem: "county", Index: i, Service: "a", Attributes: []string{"age"}}
		applied := layer.Applied{Rule: rule, Service: s, Reads: rule.Attributes}
		l.Rules = append(l.Rules, applied)
		two := policy.DecimalOf(2)
		promise := policy.Promise{Bound: policy.Exactly, Value: &two, Parameters: []string{p}}
		grant := rules.Grant{Service: "a", Measures: map[string]policy.Promise{"monthly": promise}}
		cases = append(cases, table.Case{Case: rules.Case{Rule: rule, Grant: grant}, Applied: applied})
	}
	return []layer.Layer{l}, cases
}

// Of equal promises the first that the list declares counts, be it of the table or of plain OPA.
func TestFirstDeclaredCounts(t *testing.T) {
	space, err := elder.NewSpace(vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	layers, cases := promising("first", "second")
	for byOPA := range cases {
		tab := table.New(space, layers, []table.Case{cases[1-byOPA]}, nil)
		tab.Opaque = []table.Opaque{{Applied: cases[byOPA].Applied}}
		s := New(tab, &opaque{table: tab, cases: []table.Case{cases[byOPA]}})
		for w := range World(worlds) {
			awards, err := s.Service(t.Context(), w, &elder.Cells{}, "a")
			if err != nil || len(awards) != 1 {
				t.Fatalf("world %d: awards %v, error %v", w, awards, err)
			}
			if diff := cmp.Diff([]string{"first"}, awards[0].Promises["monthly"].Parameters); diff != "" {
				t.Errorf("rule %d by plain OPA, world %d: %s", byOPA, w, diff)
			}
		}
	}
}

// A set that cannot be empty is tried with all that it may hold, once each: seven values, of which
// somebody has at least one, make 127 choices, all of which bring the service.
func TestSetThatCannotBeEmpty(t *testing.T) {
	kinds := &policy.Attribute{Name: "kinds", Type: policy.Set}
	for _, name := range []string{"k1", "k2", "k3", "k4", "k5", "k6", "k7"} {
		kinds.Values = append(kinds.Values, &policy.EnumValue{Name: name})
	}
	v := vocabulary()
	space, err := elder.NewSpace(v.WithAttributes(append(v.Attributes, kinds)))
	if err != nil {
		t.Fatal(err)
	}
	layers, cases := promising("p")
	var none box.Box
	for _, i := range space.Indexes("kinds") {
		none, _ = none.With(i, box.SetOf(1))
	}
	// The case reads the set, and holds whether or not somebody has the first value.
	first := space.Indexes("kinds")[0]
	for _, cell := range []uint8{1, 2} {
		c := cases[0]
		c.Box = box.Box{{Attribute: first, Admits: box.SetOf(cell)}}
		cases = append(cases, c)
	}
	tab := table.New(space, layers, cases[1:], []rules.Contradiction{{Message: "nobody has none", Box: none}})
	awards, err := New(tab, nil).Service(t.Context(), Closed, &elder.Cells{}, "a")
	if err != nil || len(awards) != 1 || awards[0].Promises["monthly"].Value.String() != "2" {
		t.Errorf("awards %v, error %v; want 2 a month", awards, err)
	}
}
