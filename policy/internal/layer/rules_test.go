package layer

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

// listOf returns a list with services and the exclusions "has" -> "without".
func listOf(stem string, excludes map[string][]string, services ...string) *policy.List {
	l := &policy.List{Stem: stem, Jurisdiction: policy.Jurisdiction{ID: stem}}
	for _, id := range services {
		l.Services = append(l.Services, &policy.Service{ID: id})
	}
	for has, without := range excludes {
		l.Excludes = append(l.Excludes, &policy.Exclusion{Has: has, Without: without, Reason: stem})
	}
	return l
}

// ruleOf returns a rule of a list for a service, which reads an attribute of that name.
func ruleOf(l *policy.List, service string, discretionary bool, reads ...string) Applied {
	return Applied{
		Rule:    &rules.Rule{Stem: l.Stem, Service: service, Discretionary: discretionary, Attributes: reads},
		Service: l.Service(service),
	}
}

// A rule falls under the exclusions of the list that runs it and of the one that has it, not of
// those between.
func TestExclusions(t *testing.T) {
	denied := map[string][]string{"nursing": {"allowance"}, "meals": {"visits"}}
	chain := []*policy.List{listOf("county", denied, "allowance"), listOf("city", denied, "allowance"), listOf("province", denied, "allowance")}
	for name, tt := range map[string]struct {
		i, of int // the layer, and the list that has the rule
		want  []string
	}{
		"the county's own":        {0, 0, []string{"county nursing"}},
		"the county's, inherited": {0, 2, []string{"county nursing", "province nursing"}},
		"the city's, inherited":   {1, 2, []string{"city nursing", "province nursing"}},
		"the province's":          {2, 2, []string{"province nursing"}},
	} {
		var got []string
		for _, e := range exclusions(chain, tt.i, ruleOf(chain[tt.of], "allowance", false)) {
			got = append(got, e.Reason+" "+e.Has)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What denies are the promises of the layer's list and of those above it; a rule depends on what
// these read, and on what denies them.
func TestReads(t *testing.T) {
	county, city := listOf("county", nil, "care", "nursing", "allowance", "meals"), listOf("city", nil, "nursing")
	by := func(has string) []*policy.Exclusion { return []*policy.Exclusion{{Has: has}} }
	allowance := ruleOf(county, "allowance", false, "age", "hukou")
	allowance.Exclusions = by("nursing")
	nursing := ruleOf(county, "nursing", false, "self_care", "age")
	nursing.Exclusions = by("care")
	layers := []Layer{
		{List: county, Rules: []Applied{
			allowance, nursing, ruleOf(county, "care", false, "hardship"), ruleOf(county, "nursing", true, "alone"), ruleOf(county, "meals", false, "meals", "age"),
		}},
		{List: city, Rules: []Applied{ruleOf(city, "nursing", false, "grade")}},
	}
	layers[1].Rules[0].Reads = []string{"grade"}
	read(layers, 0)
	var got [][]string
	for _, a := range layers[0].Rules {
		got = append(got, a.Reads)
	}
	want := [][]string{
		{"age", "grade", "hardship", "hukou", "self_care"}, // by the county's nursing, which care denies, and the city's
		{"age", "hardship", "self_care"},
		{"hardship"},
		{"alone"},
		{"meals", "age"}, // nothing denies it: its own, as they are
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"age", "hukou"}, allowance.Attributes); diff != "" {
		t.Errorf("the rule's own (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"meals", "allowance", "nursing", "care"}, Denying(layers, []string{"meals", "allowance"})); diff != "" {
		t.Errorf("what denies meals and the allowance (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"care"}, Denying(layers, []string{"care"})); diff != "" {
		t.Errorf("what denies care (-want +got):\n%s", diff)
	}
}

// Two services that deny each other are read once each.
func TestReadsInACircle(t *testing.T) {
	l := listOf("county", nil, "one", "other")
	one, other := ruleOf(l, "one", false, "b"), ruleOf(l, "other", false, "a")
	one.Exclusions, other.Exclusions = []*policy.Exclusion{{Has: "other"}}, []*policy.Exclusion{{Has: "one"}}
	layers := []Layer{{List: l, Rules: []Applied{one, other}}}
	read(layers, 0)
	if diff := cmp.Diff([]string{"a", "b"}, layers[0].Rules[0].Reads); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"one", "other"}, Denying(layers, []string{"one"})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Measures are linked when any list says so; a calendar is the list's own, or that of one above.
func TestLinkedAndPayment(t *testing.T) {
	lists := []*policy.List{listOf("county", nil, "aid"), listOf("city", nil, "aid", "meals"), listOf("province", nil, "aid")}
	lists[0].Services[0].Linked = []string{"share"}
	lists[1].Services[0].Linked = []string{"share", "ceiling"}
	lists[2].Services[0].Linked = []string{"visits", "ceiling"}
	nearer, farther := &policy.Payment{}, &policy.Payment{}
	lists[1].Services[0].Payment, lists[2].Services[0].Payment = nearer, farther
	var layers []Layer
	for _, l := range lists {
		layers = append(layers, Layer{List: l})
	}
	if diff := cmp.Diff([]string{"share", "ceiling", "visits"}, Linked(layers, "aid")); diff != "" {
		t.Errorf("linked (-want +got):\n%s", diff)
	}
	if got := Linked(layers, "meals"); got != nil {
		t.Errorf("of meals %v are linked", got)
	}
	if Payment(layers[:2], "aid", "") != nearer || Payment(layers[2:], "aid", "") != farther || Payment(layers[:1], "aid", "") != nil || Payment(layers, "meals", "") != nil {
		t.Error("the calendar is not the only one that there is")
	}
	if DeclaredPayment(layers[1:], "aid", "") != nearer || DeclaredPayment(layers[:2], "aid", "") != nearer || DeclaredPayment(layers[:1], "aid", "") != nil {
		t.Error("a list does not declare its own calendar, or else that of the list above")
	}
	lists[1].CountingDay, lists[2].CountingDay = 15, 20
	if CountingDay(layers) != 15 || CountingDay(layers[2:]) != 20 || CountingDay(layers[:1]) != 0 {
		t.Error("the counting day is not the nearest one")
	}
}
