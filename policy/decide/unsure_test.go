package decide_test

import (
	"testing"

	godiff "github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
)

// group is a choice of the monthly cash of services.
func group(services ...string) *policy.ChooseHigher {
	g := &policy.ChooseHigher{}
	for _, s := range services {
		g.Members = append(g.Members, policy.Member{Service: s, Measure: "cash"})
	}
	return g
}

// Groups with a member in common are one chain, of whatever lists; they overlap unless one has all
// members.
func TestChains(t *testing.T) {
	layers := []layer.Layer{
		{List: &policy.List{ChooseHigher: []*policy.ChooseHigher{group("a", "b"), group("d", "e"), group("f", "g")}}},
		{List: &policy.List{ChooseHigher: []*policy.ChooseHigher{group("b", "c"), group("f", "g", "h")}}},
	}
	type chain struct {
		Services []string
		Overlaps bool
	}
	var got []chain
	for _, c := range decide.Chains(layers) {
		got = append(got, chain{c.Services(), c.Overlaps()})
		if has := c.HasService("c"); has != (c.Services()[0] == "a") {
			t.Errorf("%v has c: %v", c.Services(), has)
		}
	}
	want := []chain{{[]string{"d", "e"}, false}, {[]string{"a", "b", "c"}, true}, {[]string{"f", "g", "h"}, false}}
	if diff := godiff.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Of a floor of 5 beside 10, and beside 12, the 12 counts for the 10: the floor may be 13, and is
// paid alone then.
func TestUnsure(t *testing.T) {
	layers := []layer.Layer{{List: &policy.List{
		Services:     []*policy.Service{{ID: "a"}, {ID: "b"}, {ID: "c"}},
		ChooseHigher: []*policy.ChooseHigher{group("a", "b"), group("a", "c")},
	}}}
	of := func(service string, bound policy.Bound, n int64) decide.Entitlement {
		amount := policy.DecimalOf(n)
		return decide.Entitlement{Granted: &decide.Granted{Service: service, Promises: map[string]policy.Promise{"cash": {Bound: bound, Value: &amount}}}}
	}
	left := []decide.NotAdded{{Service: "a", Measure: "cash"}}
	cash := func(measure string) bool { return measure == "cash" }
	entitled := []decide.Entitlement{of("a", policy.AtLeast, 5), of("b", policy.Exactly, 10), of("c", policy.Exactly, 12)}
	want := map[policy.Member]policy.Member{{Service: "b", Measure: "cash"}: {Service: "c", Measure: "cash"}}
	if diff := godiff.Diff(want, decide.Unsure(layers, entitled, left, cash)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	entitled[0] = of("a", policy.Exactly, 5) // both others are paid
	if got := decide.Unsure(layers, entitled, left, cash); len(got) > 0 {
		t.Errorf("of exact amounts %v", got)
	}
}
