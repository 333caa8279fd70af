package decide_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

func exactly(yuan int64) policy.Promise {
	value := policy.DecimalOf(yuan)
	return policy.Promise{Bound: policy.Exactly, Value: &value}
}

func promises(of map[string]int64) map[string]policy.Promise {
	promises := map[string]policy.Promise{}
	for name, yuan := range of {
		promises[name] = exactly(yuan)
	}
	return promises
}

// Of several answers counts what all have in common, at its worst, whichever comes first.
func TestInAll(t *testing.T) {
	of := func(service string, discretionary bool, amounts map[string]int64) decide.Award {
		return decide.Award{Service: service, Discretionary: discretionary, Certain: true, Promises: promises(amounts)}
	}
	answers := [][]decide.Award{
		{of("a", false, map[string]int64{"cash": 100, "visits": 2, "meals": 3}), of("b", false, map[string]int64{"cash": 1}), of("c", true, nil)},
		{of("c", false, nil), of("a", false, map[string]int64{"cash": 80, "visits": 4}), of("b", false, map[string]int64{"cash": 1})},
		{of("b", true, nil), of("a", false, map[string]int64{"visits": 3, "cash": 90, "beds": 1})},
	}
	want := []decide.Award{of("a", false, map[string]int64{"cash": 80, "visits": 2})}
	for first := range answers {
		turned := append(append([][]decide.Award{}, answers[first:]...), answers[:first]...)
		if diff := cmp.Diff(want, decide.InAll(turned)); diff != "" {
			t.Errorf("answer %d first (-want +got):\n%s", first, diff)
		}
	}
	if got := answers[0][0].Promises; len(got) != 3 || !got["cash"].Same(exactly(100)) {
		t.Errorf("the answer itself has changed: %v", got)
	}
	if diff := cmp.Diff(answers[0], decide.InAll(answers[:1])); diff != "" {
		t.Errorf("one answer is not in common with itself: %s", diff)
	}
}

// Of what is worth the same the first counts: of the answers, and of the rules of a layer.
func TestTheFirstOfEqualOnesCounts(t *testing.T) {
	open := func(missing string) map[string]policy.Promise {
		return map[string]policy.Promise{"cash": {Bound: policy.SetLocally, Missing: missing}}
	}
	got := decide.InAll([][]decide.Award{{{Service: "a", Promises: open("wage")}}, {{Service: "a", Promises: open("dibao")}}})
	if got[0].Promises["cash"].Missing != "wage" {
		t.Errorf("in all: %v", got)
	}
	layers := []layer.Layer{{List: &policy.List{}}}
	first, second := layer.Applied{Service: &policy.Service{Item: "1"}}, layer.Applied{Service: &policy.Service{Item: "2"}}
	got = decide.Awards(layers, []decide.Held{
		{Applied: first, Grant: rules.Grant{Service: "a", Measures: open("wage")}}, {Applied: second, Grant: rules.Grant{Service: "a", Measures: open("dibao")}},
	})
	if got[0].Applied.Service.Item != "1" || got[0].Promises["cash"].Missing != "wage" {
		t.Errorf("of two rules: %v", got)
	}
}

// An award has the best that any layer promises, names the list of each promise, and the nearest
// layer that grants it.
func TestAwards(t *testing.T) {
	var layers []layer.Layer
	for _, id := range []string{"county", "city"} {
		layers = append(layers, layer.Layer{List: &policy.List{Jurisdiction: policy.Jurisdiction{ID: id}}})
	}
	county, city := layer.Applied{Service: &policy.Service{Item: "1"}}, layer.Applied{Service: &policy.Service{Item: "2"}}
	held := func(i int, applied layer.Applied, amounts map[string]int64) decide.Held {
		return decide.Held{Layer: i, Applied: applied, Grant: rules.Grant{Service: "a", Measures: promises(amounts)}}
	}
	listed := func(yuan int64, list string) policy.Promise {
		p := exactly(yuan)
		p.List = list
		return p
	}
	permitted := decide.Held{Layer: 1, Applied: city, Grant: rules.Grant{Service: "a", Discretionary: true}}
	want := []decide.Award{
		{
			Service: "a", Certain: true, Layer: 0, Applied: county,
			Promises: map[string]policy.Promise{"cash": listed(120, "city"), "visits": listed(2, "city"), "meals": listed(3, "county")},
		},
		{Service: "a", Discretionary: true, Certain: true, Layer: 1, Applied: city, Promises: map[string]policy.Promise{}},
	}
	got := decide.Awards(layers, []decide.Held{
		held(1, city, map[string]int64{"cash": 120, "visits": 2}), permitted,
		held(0, county, map[string]int64{"cash": 100, "visits": 2, "meals": 3}), held(1, city, map[string]int64{"cash": 110, "meals": 3}),
	})
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(rules.Rule{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, order := range [][2]int64{{100, 101}, {101, 100}} {
		got := decide.Awards(layers, []decide.Held{held(0, county, map[string]int64{"cash": order[0]}), held(1, city, map[string]int64{"cash": order[1]})})
		if p := got[0].Promises["cash"]; !p.Value.Equal(policy.DecimalOf(101)) {
			t.Errorf("of %v the best is %v", order, p.Value)
		}
	}
	if got := decide.Awards(layers, nil); len(got) != 0 {
		t.Errorf("nothing holds, and there is %v", got)
	}
}

// lists returns a county with services b and a, and a city with c and b.
func lists() []layer.Layer {
	return []layer.Layer{
		{List: &policy.List{Jurisdiction: policy.Jurisdiction{ID: "county"}, Services: []*policy.Service{{ID: "b"}, {ID: "a"}}}},
		{List: &policy.List{Jurisdiction: policy.Jurisdiction{ID: "city"}, Services: []*policy.Service{{ID: "c"}, {ID: "b"}}}},
	}
}

// Services stand as the own list prints them, then those of the list above.
func TestPlace(t *testing.T) {
	for service, want := range map[string]int{"b": 0, "a": 1, "c": 2, "unheard of": 4} {
		if got := decide.Place(lists(), service); got != want {
			t.Errorf("%s is at %d, want %d", service, got, want)
		}
	}
}

// A decision parts what is promised, possible and permitted, in the order of the lists, and says of
// each where it comes from.
func TestCompose(t *testing.T) {
	layers := lists()
	service := func(i, n int) layer.Applied {
		s := layers[i].List.Services[n]
		s.Name, s.Item, s.Access, s.Cite = "服务"+s.ID, "7", policy.Access("automatic"), []policy.Citation{{At: "附件 7"}}
		return layer.Applied{Service: s}
	}
	ofCity := exactly(50)
	ofCity.List = "city"
	ofCounty := exactly(60)
	ofCounty.List = "county"
	awards := []decide.Award{
		{Service: "c", Certain: true, Discretionary: true, Layer: 1, Applied: service(1, 0), Promises: map[string]policy.Promise{measure: ofCity}},
		{Service: "a", Applied: service(0, 1), UpTo: map[string]policy.Promise{measure: ofCity}, Needs: []string{"age"}, SettledBy: [][]string{{"age"}}, Note: "a note"},
		{Service: "b", Certain: true, Applied: service(0, 0), Promises: map[string]policy.Promise{measure: ofCounty}, UpTo: map[string]policy.Promise{measure: ofCity}, Needs: []string{"age"}},
	}
	own := exactly(60)
	cite := []string{policy.Citation{At: "附件 7"}.String()}
	own50 := exactly(50)
	want := &decide.Decision{
		Jurisdiction: "county",
		Entitled: []decide.Entitlement{{Granted: &decide.Granted{
			Service: "b", Name: "服务b", Item: "7", List: "county", Access: "automatic", Promises: map[string]policy.Promise{measure: own},
			UpTo: map[string]policy.Promise{measure: ofCity}, Needs: []string{"age"}, Cite: cite,
		}}},
		Possible: []decide.Possibility{{Unsettled: &decide.Unsettled{
			Service: "a", Name: "服务a", Item: "7", List: "county", Needs: []string{"age"}, SettledBy: [][]string{{"age"}},
			UpTo: map[string]policy.Promise{measure: ofCity}, Cite: cite, Note: "a note",
		}}},
		Discretionary: []decide.Entitlement{{Granted: &decide.Granted{
			Service: "c", Name: "服务c", Item: "7", List: "city", Access: "automatic", Promises: map[string]policy.Promise{measure: own50}, Cite: cite,
		}}},
		MonthlyCNY: decide.Total{Bound: policy.AtLeast, Value: policy.DecimalOf(60), Open: []string{}},
	}
	vocabulary := &policy.Vocabulary{Measures: []*policy.Measure{policy.NewMeasure(measure, "", "", policy.CNYPerMonth)}}
	if diff := cmp.Diff(want, decide.Compose(vocabulary, layers, awards)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What does not count as cash does not show in a total, be it exact or not.
func TestTotalIsOfMonthlyCash(t *testing.T) {
	vocabulary := &policy.Vocabulary{Measures: []*policy.Measure{policy.NewMeasure(measure, "", "", policy.CNYPerMonth), policy.NewMeasure("once", "", "", policy.CNY)}}
	applied := layer.Applied{Service: &policy.Service{ID: "a"}}
	some := exactly(7)
	some.Bound = policy.AtLeast
	awards := []decide.Award{{
		Service: "a", Certain: true, Applied: applied,
		Promises: map[string]policy.Promise{measure: exactly(10), "once": some, "unheard of": some},
	}}
	want := decide.Total{Bound: policy.Exactly, Value: policy.DecimalOf(10), Open: []string{}}
	got := decide.Compose(vocabulary, lists(), awards).MonthlyCNY
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// After Own a decision may be changed, and no other that shares its lists sees it.
func TestOwn(t *testing.T) {
	shared := decide.Decision{
		Entitled:      []decide.Entitlement{{Granted: &decide.Granted{Service: "a"}}, {Granted: &decide.Granted{Service: "b"}}},
		Possible:      []decide.Possibility{{Unsettled: &decide.Unsettled{Service: "c"}}, {Unsettled: &decide.Unsettled{Service: "d"}}},
		Discretionary: []decide.Entitlement{{Granted: &decide.Granted{Service: "e"}}},
		MonthlyCNY:    decide.Total{Open: []string{"a"}, NotAdded: []decide.NotAdded{{Service: "b"}}},
	}
	copied := func() *decide.Decision {
		d := shared
		d.Entitled = append([]decide.Entitlement{}, d.Entitled...)
		d.Possible = append([]decide.Possibility{}, d.Possible...)
		d.Discretionary = append([]decide.Entitlement{}, d.Discretionary...)
		return &d
	}
	own, other := copied(), copied()
	own.Own()
	if diff := cmp.Diff(&shared, own); diff != "" {
		t.Errorf("the copy is another (-shared +own):\n%s", diff)
	}
	own.Entitled[0].Service, own.Entitled[1].Name, own.Discretionary[0].Item = "x", "x", "x"
	own.Possible[0].Service, own.Possible[1].Name = "x", "x"
	own.MonthlyCNY.Open[0], own.MonthlyCNY.NotAdded[0].Service = "x", "x"
	if own.Entitled[1].Service != "b" || own.Discretionary[0].Service != "e" || own.Possible[1].Service != "d" {
		t.Errorf("what is copied mixes: %v", own)
	}
	if diff := cmp.Diff(&shared, other); diff != "" || other.Entitled[0].Service != "a" || other.Possible[0].Service != "c" || other.MonthlyCNY.Open[0] != "a" || other.MonthlyCNY.NotAdded[0].Service != "b" {
		t.Errorf("another decision has changed: %s", diff)
	}
}
