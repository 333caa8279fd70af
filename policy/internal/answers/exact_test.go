package answers

import (
	"errors"
	"fmt"
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

// spaceWithSet returns a space that has a set of so many values besides.
func spaceWithSet(t *testing.T, size int) (*elder.Space, []int) {
	t.Helper()
	kinds := &policy.Attribute{Name: "kinds", Type: policy.Set}
	for i := range size {
		kinds.Values = append(kinds.Values, &policy.EnumValue{Name: fmt.Sprint("k", i)})
	}
	v := vocabulary()
	space, err := elder.NewSpace(v.WithAttributes(append(v.Attributes, kinds)))
	if err != nil {
		t.Fatal(err)
	}
	return space, space.Indexes("kinds")
}

// lacking returns a contradiction: nobody lacks all of these values of a set.
func lacking(values ...int) rules.Contradiction {
	var b box.Box
	for _, i := range values {
		b, _ = b.With(i, box.SetOf(1))
	}
	return rules.Contradiction{Message: "nobody lacks them all", Box: b}
}

// closedOver asks what somebody of whom nothing is said has of a service that everybody has,
// whether or not with the first value of a set.
func closedOver(t *testing.T, space *elder.Space, set []int, impossible []rules.Contradiction) ([]decide.Award, error) {
	t.Helper()
	layers, cases := promising("p", "p")
	for i := range cases {
		cases[i].Box = box.Box{{Attribute: set[0], Admits: box.SetOf(uint8(1 + i))}}
	}
	return New(table.New(space, layers, cases, impossible), nil).Service(t.Context(), Closed, &elder.Cells{}, "a")
}

// A set that cannot be empty is tried with all that it may hold, once each: seven values, of which
// somebody has at least one, make 127 choices, all of which bring the service.
func TestSetThatCannotBeEmpty(t *testing.T) {
	space, set := spaceWithSet(t, 7)
	awards, err := closedOver(t, space, set, []rules.Contradiction{lacking(set...)})
	if err != nil || len(awards) != 1 || awards[0].Promises["monthly"].Value.String() != "2" {
		t.Errorf("awards %v, error %v; want 2 a month", awards, err)
	}
}

// At most 4096 choices of what cannot be absent are tried. Of thirteen values somebody has the
// last, which leaves 2 to the power of 12; or also all others without it, which is one choice more.
func TestChoicesAreBounded(t *testing.T) {
	space, set := spaceWithSet(t, 13)
	last := set[12]
	awards, err := closedOver(t, space, set, []rules.Contradiction{lacking(last)})
	if err != nil || len(awards) != 1 {
		t.Errorf("of 4096 choices: awards %v, error %v; want one", awards, err)
	}
	var orAllOthers []rules.Contradiction
	for _, other := range set[:12] {
		orAllOthers = append(orAllOthers, lacking(other, last))
	}
	_, err = closedOver(t, space, set, orAllOthers)
	if wrong, ok := errors.AsType[*elder.Error](err); !ok || wrong.Problems[0].Message != TooMuchLeft {
		t.Errorf("of 4097 choices: error %v, want that they are too many", err)
	}
}
