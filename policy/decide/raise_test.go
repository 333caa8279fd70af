package decide_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

// given is what a rule of a layer promises of the cash of a service: a number of 0 is none.
type given struct {
	layer      int
	service    string
	bound      policy.Bound
	number     int64
	missing    string
	parameters []string
	permits    bool
	less       bool
}

func (g given) held() decide.Held {
	p := policy.Promise{Bound: g.bound, Missing: g.missing, Parameters: g.parameters, Less: g.less}
	if g.number > 0 {
		number := policy.DecimalOf(g.number)
		p.Value = &number
	}
	grant := rules.Grant{Service: g.service, Discretionary: g.permits, Measures: map[string]policy.Promise{"cash": p}}
	return decide.Held{Layer: g.layer, Applied: layer.Applied{Service: &policy.Service{ID: g.service}}, Grant: grant}
}

// An exact amount is the least if another rule that holds may bring more, unless the lower list
// fills in what the upper one leaves open.
func TestRaised(t *testing.T) {
	const county, city = 0, 1
	const exactly, floor, ceiling, open = policy.Exactly, policy.AtLeast, policy.AtMost, policy.SetLocally
	exact := given{county, "a", exactly, 100, "", nil, false, false}
	for note, tt := range map[string]struct {
		held []given
		want policy.Bound // of 100
	}{
		"alone":                         {[]given{exact}, exactly},
		"up to 200 besides":             {[]given{exact, {county, "a", ceiling, 200, "", nil, false, false}}, floor},
		"up to 200 besides, first":      {[]given{{county, "a", ceiling, 200, "", nil, false, false}, exact}, floor},
		"up to 100 besides":             {[]given{exact, {county, "a", ceiling, 100, "", nil, false, false}}, exactly},
		"up to 200 of another service":  {[]given{exact, {county, "b", ceiling, 200, "", nil, false, false}}, exactly},
		"up to 200 permitted":           {[]given{exact, {county, "a", ceiling, 200, "", nil, true, false}}, exactly},
		"the city says up to 200":       {[]given{exact, {city, "a", ceiling, 200, "", nil, false, false}}, exactly},
		"the city leaves it open":       {[]given{exact, {city, "a", open, 0, "", nil, false, false}}, exactly},
		"the county leaves it open":     {[]given{{city, "a", exactly, 100, "", nil, false, false}, {county, "a", open, 0, "", nil, false, false}}, floor},
		"one list leaves it open, too":  {[]given{exact, {county, "a", open, 0, "", nil, false, false}}, floor},
		"another service fills nothing": {[]given{{city, "a", exactly, 100, "", nil, false, false}, {city, "a", open, 0, "", nil, false, false}, {county, "b", exactly, 100, "", nil, false, false}}, floor},
		"it knows what the city misses": {[]given{{county, "a", exactly, 100, "", []string{"wage"}, false, false}, {city, "a", floor, 0, "wage", []string{"wage"}, false, false}}, exactly},
		"it does not know it":           {[]given{{county, "a", exactly, 100, "", []string{"rate"}, false, false}, {city, "a", floor, 0, "wage", []string{"wage"}, false, false}}, floor},
		"days, where 80 are better":     {[]given{{county, "a", exactly, 100, "", nil, false, true}, {county, "a", floor, 80, "", nil, false, true}}, ceiling},
		"days, where 120 are not":       {[]given{{county, "a", exactly, 100, "", nil, false, true}, {county, "a", floor, 120, "", nil, false, true}}, exactly},
		"a floor is one anyway":         {[]given{{county, "a", floor, 100, "", nil, false, false}, {city, "a", ceiling, 200, "", nil, false, false}}, floor},
	} {
		var held []decide.Held
		for _, g := range tt.held {
			held = append(held, g.held())
		}
		for _, a := range decide.Awards(lists(), held) {
			if p := a.Promises["cash"]; a.Service == "a" && !a.Discretionary && (p.Bound != tt.want || p.Value == nil || !p.Value.Equal(policy.DecimalOf(100))) {
				t.Errorf("%s: %s %v, want %s 100", note, p.Bound, p.Value, tt.want)
			}
		}
	}
}

// A ceiling is not raised: the higher of two is the better, and none becomes a floor. Nor is an
// exact amount that has no number.
func TestNotRaised(t *testing.T) {
	for _, tt := range []struct {
		held []given
		want policy.Bound
	}{
		{[]given{{0, "a", policy.AtMost, 100, "", nil, false, false}, {0, "a", policy.AtMost, 200, "", nil, false, false}}, policy.AtMost},
		{[]given{{0, "a", policy.Exactly, 0, "wage", nil, false, false}, {1, "a", policy.SetLocally, 0, "", nil, false, false}}, policy.Exactly},
	} {
		awards := decide.Awards(lists(), []decide.Held{tt.held[0].held(), tt.held[1].held()})
		if p := awards[0].Promises["cash"]; p.Bound != tt.want {
			t.Errorf("%v beside %v: %s %v, want %s", tt.held[0], tt.held[1], p.Bound, p.Value, tt.want)
		}
	}
}

// What a rule promises of linked measures is one bundle; all else stands by itself.
func TestAwardsOfLinkedMeasures(t *testing.T) {
	layers := []layer.Layer{{List: &policy.List{
		Jurisdiction: policy.Jurisdiction{ID: "county"}, Services: []*policy.Service{{ID: "aid", Linked: []string{"share", "ceiling"}}},
	}}}
	held := func(pair [2]int64, cash int64) decide.Held {
		measures := bundlesOf([][2]int64{pair})[0]
		measures["cash"] = exactly(cash)
		return decide.Held{Grant: rules.Grant{Service: "aid", Measures: measures}}
	}
	onlyCash := decide.Held{Grant: rules.Grant{Service: "aid", Measures: promises(map[string]int64{"cash": 90})}}
	got := decide.Awards(layers, []decide.Held{held([2]int64{50, 900}, 100), onlyCash, held([2]int64{100, 300}, 80)})
	if len(got) != 1 {
		t.Fatalf("%d awards, want one", len(got))
	}
	if diff := cmp.Diff([][2]int64{{100, 300}, {50, 900}}, pairsOf(got[0].Bundles)); diff != "" {
		t.Errorf("bundles: %s", diff)
	}
	if p := got[0].Promises["cash"]; len(got[0].Promises) != 1 || !p.Value.Equal(policy.DecimalOf(100)) {
		t.Errorf("the rest is %v, want 100 of cash", got[0].Promises)
	}
	single := decide.Single(bundlesOf([][2]int64{{50, 900}})[0], []string{"share"})
	if _, has := single["ceiling"]; len(single) != 1 || !has {
		t.Errorf("without the linked share: %v", single)
	}
	if all := decide.Single(promises(map[string]int64{"cash": 1, "meals": 2}), nil); len(all) != 2 {
		t.Errorf("where nothing is linked: %v", all)
	}
}

// Of each kind services come in the order of the lists, in whatever order they are found.
func TestComposeInOrder(t *testing.T) {
	layers := lists() // b and a of the county, c of the city
	var got []string
	var awards []decide.Award
	for _, id := range []string{"c", "a", "b"} {
		for kind := range 3 {
			awards = append(awards, decide.Award{Service: id, Certain: kind > 0, Discretionary: kind == 2, Applied: layer.Applied{Service: &policy.Service{ID: id}}})
		}
	}
	d := decide.Compose(&policy.Vocabulary{}, layers, awards)
	for _, e := range d.Entitled {
		got = append(got, "has "+e.Service)
	}
	for _, p := range d.Possible {
		got = append(got, "may have "+p.Service)
	}
	for _, e := range d.Discretionary {
		got = append(got, "may get "+e.Service)
	}
	want := []string{"has b", "has a", "has c", "may have b", "may have a", "may have c", "may get b", "may get a", "may get c"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What may be paid instead, and is not money that is added up, comes before all else that may: 10
// yuan are not certain where a worth of at least 5 may turn out higher, nor is more cash than that
// certain then.
func TestUnsureOfWorth(t *testing.T) {
	member := func(service, measure string) policy.Member {
		return policy.Member{Service: service, Measure: measure}
	}
	layers := []layer.Layer{{List: &policy.List{
		Services:     []*policy.Service{{ID: "a"}, {ID: "b"}, {ID: "c"}},
		ChooseHigher: []*policy.ChooseHigher{{Members: []policy.Member{member("a", "cash"), member("b", "worth"), member("c", "cash")}}},
	}}}
	of := func(service, measure string, bound policy.Bound, n int64) decide.Entitlement {
		amount := policy.DecimalOf(n)
		return decide.Entitlement{Granted: &decide.Granted{Service: service, Promises: map[string]policy.Promise{measure: {Bound: bound, Value: &amount}}}}
	}
	cash := func(measure string) bool { return measure == "cash" }
	for note, tt := range map[string]struct {
		entitled []decide.Entitlement
		left     []decide.NotAdded
		want     map[policy.Member]policy.Member
	}{
		"beside a worth": {
			[]decide.Entitlement{of("a", "cash", policy.Exactly, 10), of("b", "worth", policy.AtLeast, 5)},
			[]decide.NotAdded{{Service: "b", Measure: "worth"}}, map[policy.Member]policy.Member{member("a", "cash"): member("b", "worth")},
		},
		"beside a worth, and a floor of cash": {
			[]decide.Entitlement{of("a", "cash", policy.Exactly, 10), of("b", "worth", policy.AtLeast, 5), of("c", "cash", policy.AtLeast, 7)},
			[]decide.NotAdded{{Service: "b", Measure: "worth"}, {Service: "c", Measure: "cash"}}, map[policy.Member]policy.Member{member("a", "cash"): member("b", "worth")},
		},
		"beside a worth of less": {
			[]decide.Entitlement{of("a", "cash", policy.Exactly, 10), of("b", "worth", policy.Exactly, 5)},
			[]decide.NotAdded{{Service: "b", Measure: "worth"}}, map[policy.Member]policy.Member{},
		},
	} {
		if diff := cmp.Diff(tt.want, decide.Unsure(layers, tt.entitled, tt.left, cash)); diff != "" {
			t.Errorf("%s: %s", note, diff)
		}
	}
}
