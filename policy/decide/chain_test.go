package decide_test

import (
	"cmp"
	"strings"
	"testing"

	godiff "github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
)

// had is what an elder has of a service: a certain amount, and what it could be; 0 for none. A
// capital letter is a service's second measure.
type had struct {
	service       string
	certain, most int64
	bound         policy.Bound // of both, exactly when left out
	note          string
	open          bool // the most has no number
	discretionary bool
}

// TestTotalOfOverlappingChoices adds up what is certain where a promise that is only possible, or
// may rise, could leave out several others. Each amount is worked out by hand: the note says which
// completion has the least.
func TestTotalOfOverlappingChoices(t *testing.T) {
	shared := []string{"xb", "xc"} // of x and b, and of x and c, the higher is paid
	chain := []string{"ab", "bc"}
	twice := []string{"ab", "Ab"} // of each measure of a and b, the higher is paid
	for _, c := range []struct {
		note   string
		print  string // the services in their order
		groups []string
		had    []had
		bound  policy.Bound
		total  int64
		left   []string // what is left out, in favour of what; with ? where that is only possible
	}{
		{"x is impossible: both are paid", "xbc", shared, []had{{service: "b", certain: 10}, {service: "c", certain: 12}}, policy.Exactly, 22, nil},
		{"x of 15 is paid alone", "xbc", shared, []had{{service: "x", certain: 15}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.Exactly, 15, []string{"b<x", "c<x"}},
		{"x may be a little over 12, and is paid alone", "xbc", shared, []had{{service: "x", most: 15}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.AtLeast, 12, []string{"b<x?"}},
		{"x may rise over 12", "xbc", shared, []had{{service: "x", certain: 5, most: 15}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.AtLeast, 12, []string{"x<b", "b<x?"}},
		{"x of 11 leaves out b, and is left out itself", "xbc", shared, []had{{service: "x", most: 11}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.AtLeast, 12, []string{"b<x?"}},
		{"x of 9 leaves out nothing", "xbc", shared, []had{{service: "x", most: 9}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.AtLeast, 22, nil},
		{"x of 10 is printed before b", "xbc", shared, []had{{service: "x", most: 10}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.AtLeast, 12, []string{"b<x?"}},
		{"x of 10 is printed behind b", "bcx", shared, []had{{service: "b", certain: 10}, {service: "c", certain: 12}, {service: "x", most: 10}}, policy.AtLeast, 22, nil},
		{"x of 15 leaves out c, but not b", "xbc", shared, []had{{service: "x", most: 15}, {service: "b", certain: 30}, {service: "c", certain: 12}}, policy.AtLeast, 30, []string{"c<x?"}},
		{"x is possible at discretion only", "xbc", shared, []had{{service: "x", most: 15, discretionary: true}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.Exactly, 22, nil},
		{"nobody knows how much x could be, without a number", "xbc", shared, []had{{service: "x", open: true}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.AtLeast, 12, []string{"b<x?"}},
		{"nobody knows what x may be", "xbc", shared, []had{{service: "x", note: "too much"}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.AtLeast, 12, []string{"b<x?"}},
		{"the rise of c takes nothing from b", "xbc", shared, []had{{service: "b", certain: 10}, {service: "c", certain: 12, most: 20}}, policy.AtLeast, 22, nil},
		{"b in the middle may be over 15, and is paid alone", "abc", chain, []had{{service: "a", certain: 10}, {service: "b", most: 20}, {service: "c", certain: 15}}, policy.AtLeast, 15, []string{"a<b?"}},
		{"b may rise to 12, and leaves a out, left out itself", "abc", chain, []had{{service: "a", certain: 10}, {service: "b", certain: 5, most: 12}, {service: "c", certain: 30}}, policy.AtLeast, 30, []string{"b<a", "a<b?"}},
		{"b is impossible", "abc", chain, []had{{service: "a", certain: 10}, {service: "c", certain: 15}}, policy.Exactly, 25, nil},
		{"f is paid whatever x is", "xezf", []string{"xe", "xz", "zf"}, []had{{service: "x", most: 15}, {service: "e", certain: 10}, {service: "f", certain: 5}}, policy.AtLeast, 15, nil},
		{"x or e is paid beside f", "xezf", []string{"xe", "xz", "zf"}, []had{{service: "x", most: 15}, {service: "e", certain: 10}, {service: "f", certain: 20}}, policy.AtLeast, 30, nil},
		{"f may be what leaves e out in the end", "xezf", []string{"xe", "xz", "zf"}, []had{{service: "x", most: 15}, {service: "e", certain: 10}, {service: "z", most: 15}, {service: "f", certain: 20}}, policy.AtLeast, 20, []string{"e<x?"}},
		{"one group within another", "xbc", []string{"xb", "xbc"}, []had{{service: "x", most: 15}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.AtLeast, 12, []string{"b<c"}},
		{"one group", "xb", []string{"xb"}, []had{{service: "x", most: 15}, {service: "b", certain: 10}}, policy.AtLeast, 10, nil},
		{"a voucher may be had instead of cash", "vb", []string{"vb"}, []had{{service: "v", most: 15}, {service: "b", certain: 10}}, policy.AtLeast, 0, []string{"b<v?"}},
		{"a voucher of less is had for nothing", "vb", []string{"vb"}, []had{{service: "v", most: 9}, {service: "b", certain: 10}}, policy.Exactly, 10, nil},
		{"x may leave out c, and is left out for a voucher", "vxc", []string{"vx", "xc"}, []had{{service: "v", certain: 20}, {service: "x", most: 15}, {service: "c", certain: 10}}, policy.AtLeast, 0, []string{"c<x?"}},
		{"x of at least 5 may be a little over 12, and is paid alone", "xbc", shared, []had{{service: "x", certain: 5, bound: floor}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.AtLeast, 12, []string{"x<b", "b<x?"}},
		{"x of at most 5 leaves out nothing", "xbc", shared, []had{{service: "x", certain: 5, bound: ceiling}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.AtLeast, 22, []string{"x<b"}},
		{"x of at most 11 may leave out b", "xbc", shared, []had{{service: "x", certain: 11, bound: ceiling}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.AtLeast, 12, []string{"x<b", "b<x?"}},
		{"x of at least 15 may be more, and is paid alone", "xbc", shared, []had{{service: "x", certain: 15, bound: floor}, {service: "b", certain: 10}, {service: "c", certain: 12}}, policy.AtLeast, 15, []string{"b<x", "c<x"}},
		{"b and c of at least as much take nothing from x", "xbc", shared, []had{{service: "x", certain: 5}, {service: "b", certain: 10, bound: floor}, {service: "c", certain: 12, bound: floor}}, policy.AtLeast, 22, []string{"x<b"}},
		{"b may be a little over 15, and is paid instead of x and beside c", "xbc", shared, []had{{service: "x", certain: 15}, {service: "b", certain: 10, bound: floor}, {service: "c", certain: 12}}, policy.AtLeast, 15, []string{"b<x", "c<x"}},
		{"x of at least 10 is 10, and b in print before it is paid beside c", "bxc", shared, []had{{service: "b", certain: 10}, {service: "x", certain: 10, bound: floor}, {service: "c", certain: 12}}, policy.AtLeast, 12, []string{"x<b", "b<x?"}},
		{"one group of floors", "xb", []string{"xb"}, []had{{service: "x", certain: 15, bound: floor}, {service: "b", certain: 10, bound: floor}}, policy.AtLeast, 15, []string{"b<x"}},
		{"of equal amounts the first is paid, be the other a floor", "xb", []string{"xb"}, []had{{service: "x", certain: 10}, {service: "b", certain: 10, bound: floor}}, policy.AtLeast, 10, []string{"b<x"}},
		{"a voucher of at least 5 may be had instead of cash", "vb", []string{"vb"}, []had{{service: "v", certain: 5, bound: floor}, {service: "b", certain: 10}}, policy.AtLeast, 0, []string{"v<b", "b<v?"}},
		{"a voucher of 5 is not", "vb", []string{"vb"}, []had{{service: "v", certain: 5}, {service: "b", certain: 10}}, policy.Exactly, 10, []string{"v<b"}},
		{"nobody knows what a voucher is worth", "vb", []string{"vb"}, []had{{service: "v", open: true}, {service: "b", certain: 10}}, policy.AtLeast, 0, []string{"b<v?"}},
		{"b may be a little over 100, and is paid instead of both measures of a", "aAb", twice, []had{{service: "a", certain: 100}, {service: "A", certain: 100}, {service: "b", most: 150}}, policy.AtLeast, 100, []string{"A<b?"}},
		{"b of at least 5 may be a little over 10, and is paid instead of both measures of a", "aAb", twice, []had{{service: "a", certain: 10}, {service: "A", certain: 10}, {service: "b", certain: 5, bound: floor}}, policy.AtLeast, 10, []string{"b<a", "A<b?"}},
		{"b of 10 is in print before a, and paid instead of both its measures", "baA", twice, []had{{service: "b", most: 10}, {service: "a", certain: 10}, {service: "A", certain: 10}}, policy.AtLeast, 10, []string{"A<b?"}},
		{"b of 10 is in print after a", "aAb", twice, []had{{service: "a", certain: 10}, {service: "A", certain: 10}, {service: "b", most: 10}}, policy.AtLeast, 20, nil},
		{"b is impossible: both measures of a are paid", "aAb", twice, []had{{service: "a", certain: 10}, {service: "A", certain: 10}}, policy.Exactly, 20, nil},
		{"b may be a little over 12, the second measure of a", "aAb", twice, []had{{service: "a", certain: 10}, {service: "A", certain: 12}, {service: "b", most: 15}}, policy.AtLeast, 12, []string{"a<b?"}},
		{"x of at least 5 may leave out b, but a voucher of 8 is not above both", "vxb", []string{"vx", "xb"}, []had{{service: "v", certain: 8}, {service: "x", certain: 5, bound: floor}, {service: "b", certain: 10}}, policy.AtLeast, 10, []string{"x<v"}},
	} {
		t.Run(c.note, func(t *testing.T) {
			got := overlappingTotal(c.print, c.groups, c.had)
			var left []string
			for _, n := range got.NotAdded {
				is := letterOf(n.Service, n.Measure) + "<" + letterOf(n.InFavourOf, n.InFavourOfMeasure)
				if n.Possibly {
					is += "?"
				}
				if left = append(left, is); n.Reason == "" || len(n.Cite) != 1 {
					t.Errorf("%s: %+v", is, n)
				}
			}
			if diff := godiff.Diff(c.left, left); diff != "" {
				t.Errorf("left out (-want +got):\n%s", diff)
			}
			if !got.Value.Equal(policy.DecimalOf(c.total)) || got.Bound != c.bound {
				t.Errorf("%s %s, want %s %d", got.Bound, got.Value, c.bound, c.total)
			}
		})
	}
}

const (
	floor   = policy.AtLeast
	ceiling = policy.AtMost
)

// memberOf is what a letter stands for: v gives a voucher, and the others cash; a capital letter is
// the second cash of a service.
func memberOf(letter string) policy.Member {
	m := policy.Member{Service: strings.ToLower(letter), Measure: measure}
	switch {
	case letter == "v":
		m.Measure = "voucher"
	case letter != m.Service:
		m.Measure = second
	}
	return m
}

// letterOf is the letter of what a service gives.
func letterOf(service, measure string) string {
	if measure == second {
		return strings.ToUpper(service)
	}
	return service
}

// overlappingTotal is the total where of each group, a word of letters, only the highest is paid.
func overlappingTotal(print string, groups []string, all []had) decide.Total {
	vocabulary := &policy.Vocabulary{Measures: []*policy.Measure{
		policy.NewMeasure(measure, "", "", policy.CNYPerMonth), policy.NewMeasure(second, "", "", policy.CNYPerMonth),
		{Name: "voucher", Kind: policy.KindWorth, Per: policy.PerMonth, Unit: policy.CNYPerMonth},
	}}
	list := &policy.List{}
	for _, letter := range print {
		if id := memberOf(string(letter)).Service; list.Service(id) == nil {
			list.Services = append(list.Services, &policy.Service{ID: id})
		}
	}
	for _, group := range groups {
		choice := &policy.ChooseHigher{Reason: "the higher", Cite: []policy.Citation{{At: "附件 1"}}}
		for _, letter := range group {
			choice.Members = append(choice.Members, memberOf(string(letter)))
		}
		list.ChooseHigher = append(list.ChooseHigher, choice)
	}
	var awards []decide.Award
	for _, s := range list.Services {
		a := decide.Award{Service: s.ID, Applied: layer.Applied{Service: s}, UpTo: map[string]policy.Promise{}, Promises: map[string]policy.Promise{}}
		has := false
		for _, h := range all {
			if memberOf(h.service).Service == s.ID {
				h.addTo(&a)
				has = true
			}
		}
		if has {
			awards = append(awards, a)
		}
	}
	return decide.Compose(vocabulary, []layer.Layer{{List: list}}, awards).MonthlyCNY
}

// addTo adds to an award what an elder has of it.
func (h had) addTo(a *decide.Award) {
	add := func(to map[string]policy.Promise, yuan int64) {
		if yuan == 0 && !h.open {
			return
		}
		p := policy.Promise{Bound: policy.SetLocally}
		if value := policy.DecimalOf(yuan); yuan != 0 && h.bound != policy.SetLocally {
			p = policy.Promise{Bound: cmp.Or(h.bound, policy.Exactly), Value: &value}
		}
		to[memberOf(h.service).Measure] = p
	}
	a.Certain, a.Discretionary, a.Note = a.Certain || h.certain > 0, a.Discretionary || h.discretionary, cmp.Or(a.Note, h.note)
	if add(a.UpTo, h.most); h.certain > 0 {
		add(a.Promises, h.certain)
	}
}
