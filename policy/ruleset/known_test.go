package ruleset_test

import (
	"slices"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// A ruleset has one other that takes missing attributes the other way; on another day, too.
func TestAssumeKnown(t *testing.T) {
	open := rulesOn(t, engine(), "shuozhou", today)
	known := open.AssumeKnown(true)
	switch {
	case open.AssumesKnown() || !known.AssumesKnown():
		t.Error("a ruleset that nobody told takes what is missing as absent, or one that was told does not")
	case open.AssumeKnown(false) != open || known.AssumeKnown(true) != known || known.AssumeKnown(false) != open || open.AssumeKnown(true) != known:
		t.Error("there are more than two")
	case !known.At(open.On.AddDays(1), open.Digest).AssumesKnown() || open.At(open.On.AddDays(1), open.Digest).AssumesKnown():
		t.Error("on another day it is forgotten")
	}
	// A meal subsidy is for those who eat at a meal service, which is not said here.
	p := must(open.Encode(eldercare.Elder{"age": 80}))(t)
	isMeal := func(of eldercare.Possibility) bool { return of.Service == "meal-subsidy" }
	if d := must(open.Decide(t.Context(), &p))(t); !slices.ContainsFunc(d.Possible, isMeal) {
		t.Errorf("unknown, it is not possible: %v", d.Possible)
	}
	if d := must(known.Decide(t.Context(), &p))(t); len(d.Possible) > 0 {
		t.Errorf("known, something is possible: %v", d.Possible)
	}
	for note, r := range map[string]*ruleset.Ruleset{"nil": nil, "zero": {}} {
		if r.AssumeKnown(true) != r || r.AssumesKnown() {
			t.Errorf("%s: it is another", note)
		}
	}
}

// The parts of one list's decisions make no total of another's, even where they are as many.
func TestPartsOfAnother(t *testing.T) {
	again := must(eldercare.Load(t.Context(), eldercare.WithJurisdictions("shuozhou")))(t)
	ours, other := rulesOn(t, engine(), "shuozhou", today), rulesOn(t, again, "shuozhou", today)
	e := eldercare.Elder{"age": 80, "local_hukou": true}
	p := must(ours.AssumeKnown(true).Encode(e))(t)
	parts := must(ours.AssumeKnown(true).Parts(t.Context(), &p, nil))(t)
	if total := ours.TotalOf(parts); total.Value.String() != "30" {
		t.Errorf("the total is %v, want 30", total.Value)
	}
	if total := other.TotalOf(parts); len(total.Open) > 0 || total.Value.String() != "0" || total.Bound != "" {
		t.Errorf("the total of another list's parts is %v", total)
	}
	if total := ours.At(ours.On.AddDays(1), "").TotalOf(parts); total.Value.String() != "30" {
		t.Errorf("the total on another day of the same rules is %v, want 30", total.Value)
	}
	for _, part := range parts {
		if d := other.Alone(part); d.Jurisdiction != "" {
			t.Errorf("a part of another list says %v", d)
		}
	}
}
