package ruleset

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// granting is what a list grants of a share and a ceiling that are linked, 0 for none, to who is
// alone (2), to who is not (1), or to all (0).
type granting struct {
	layer          int // 0 is the county, 1 the city
	discretionary  bool
	share, ceiling int64
	alone          uint8
}

func offerOf(t *testing.T, of ...granting) Offer {
	t.Helper()
	space, err := elder.NewSpace(&policy.Vocabulary{Attributes: []*policy.Attribute{{Name: "alone", Type: policy.Boolean}}})
	if err != nil {
		t.Fatal(err)
	}
	var layers []layer.Layer
	for _, id := range []string{"county", "city"} {
		s := &policy.Service{ID: "aid", Linked: []string{"share", "ceiling"}}
		layers = append(layers, layer.Layer{List: &policy.List{Jurisdiction: policy.Jurisdiction{ID: id}, Services: []*policy.Service{s}}})
	}
	var cases []table.Case
	for _, g := range of {
		measures := map[string]policy.Promise{}
		for measure, amount := range map[string]int64{"share": g.share, "ceiling": g.ceiling} {
			if amount > 0 {
				value := policy.DecimalOf(amount)
				measures[measure] = policy.Promise{Bound: policy.Exactly, Value: &value}
			}
		}
		var b box.Box
		switch g.alone {
		case 1:
			b = box.Box{{Attribute: 0, Admits: box.SetOf(elder.Absent, 1)}}
		case 2:
			b = box.Box{{Attribute: 0, Admits: box.SetOf(2)}}
		}
		grant := rules.Grant{Service: "aid", Discretionary: g.discretionary, Measures: measures}
		cases = append(cases, table.Case{Case: rules.Case{Rule: &rules.Rule{}, Grant: grant, Box: b}, Layer: g.layer})
	}
	return offersOf(table.New(space, layers, cases, nil), layers)[0]
}

// together are bundles as "share ceiling of list".
func together(bundles []policy.Bundle) string {
	var all []string
	for _, b := range bundles {
		text := ""
		for _, measure := range []string{"share", "ceiling"} {
			if p, ok := b[measure]; ok {
				text += measure + " " + p.Value.String() + " "
				if p.List != "" {
					text += "of " + p.List + " "
				}
			}
		}
		all = append(all, strings.TrimSpace(text))
	}
	return strings.Join(all, "; ")
}

// An offer has the bundles that somebody has, the best share first: one that others outdo for
// everybody is none, nor is the same of a list above. What is only permitted stands by itself.
func TestOfferedBundles(t *testing.T) {
	for _, tt := range []struct {
		name                string
		of                  []granting
		promised, permitted string
	}{
		{"none the better", []granting{{0, false, 60, 900, 2}, {0, false, 100, 300, 0}}, "share 100 ceiling 300; share 60 ceiling 900", ""},
		{"of both lists", []granting{{0, false, 60, 900, 2}, {1, false, 50, 900, 0}}, "share 60 ceiling 900; share 50 of city ceiling 900 of city", ""},
		{"outdone for all", []granting{{0, false, 60, 900, 2}, {0, false, 60, 900, 1}, {1, false, 50, 900, 0}}, "share 60 ceiling 900", ""},
		{"outdone for some", []granting{{0, false, 60, 900, 2}, {1, false, 50, 900, 1}}, "share 60 ceiling 900; share 50 of city ceiling 900 of city", ""},
		{"the same of both", []granting{{0, false, 50, 900, 0}, {1, false, 50, 900, 0}}, "share 50 ceiling 900", ""},
		{"better above", []granting{{0, false, 50, 900, 0}, {1, false, 60, 900, 0}}, "share 60 of city ceiling 900 of city", ""},
		{"a share alone", []granting{{0, false, 50, 0, 0}}, "share 50", ""},
		{"nothing linked", []granting{{0, false, 0, 0, 0}}, "", ""},
		{"permitted", []granting{{0, true, 60, 900, 0}, {0, false, 50, 900, 0}}, "share 50 ceiling 900", "share 60 ceiling 900"},
		{"permitted less", []granting{{0, true, 40, 900, 0}, {0, false, 50, 900, 0}}, "share 50 ceiling 900", "share 40 ceiling 900"},
	} {
		got := offerOf(t, tt.of...)
		if diff := cmp.Diff([]string{tt.promised, tt.permitted}, []string{together(got.Bundles), together(got.DiscretionaryBundles)}); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		if len(got.Promises) > 0 || len(got.Discretionary) > 0 {
			t.Errorf("%s: linked measures by themselves: %v, %v", tt.name, got.Promises, got.Discretionary)
		}
	}
}

// So many rulesets are kept, and no more; the one that is kept for a place stays.
func TestRulesetsAreBounded(t *testing.T) {
	l := &Library{rulesets: map[place]*Ruleset{}}
	day := func(i int) place { return place{"tp", policy.Date{Year: i}} }
	first := &Ruleset{}
	if l.keep(day(0), first) != first || l.keep(day(0), &Ruleset{}) != first {
		t.Error("the first ruleset of a day is not the one that is kept")
	}
	for i := range maxRulesets {
		l.keep(day(i), &Ruleset{})
	}
	if n := len(l.rulesets); n != maxRulesets {
		t.Errorf("%d rulesets are kept, want %d", n, maxRulesets)
	}
	if l.keep(day(maxRulesets), first); len(l.rulesets) != 1 {
		t.Errorf("%d rulesets are kept beside the one more", len(l.rulesets)-1)
	}
}

// Promises stand from the least to the best. An amount left open is one, whatever it waits for, and
// the nearer list's.
func TestOfferedPromises(t *testing.T) {
	space, err := elder.NewSpace(&policy.Vocabulary{Attributes: []*policy.Attribute{{Name: "alone", Type: policy.Boolean}}})
	if err != nil {
		t.Fatal(err)
	}
	var layers []layer.Layer
	for _, id := range []string{"county", "city"} {
		layers = append(layers, layer.Layer{List: &policy.List{Jurisdiction: policy.Jurisdiction{ID: id}, Services: []*policy.Service{{ID: "aid"}}}})
	}
	of := func(i int, promise policy.Promise) table.Case {
		grant := rules.Grant{Service: "aid", Measures: map[string]policy.Promise{"cash": promise}}
		return table.Case{Case: rules.Case{Rule: &rules.Rule{}, Grant: grant, Box: box.Box{{Attribute: 0, Admits: box.SetOf(uint8(2 - i))}}}, Layer: i}
	}
	exactly := func(yuan int64) policy.Promise {
		amount := policy.DecimalOf(yuan)
		return policy.Promise{Bound: policy.Exactly, Value: &amount}
	}
	open := func(missing string) policy.Promise { return policy.Promise{Bound: policy.SetLocally, Missing: missing} }
	everybody := of(0, open("wage"))
	everybody.Box = nil
	for name, tt := range map[string]struct {
		cases []table.Case
		want  []string
	}{
		"the greater first": {[]table.Case{of(0, exactly(80)), of(1, exactly(50))}, []string{"50", "80"}},
		"the same twice":    {[]table.Case{of(0, exactly(80)), of(1, exactly(80))}, []string{"80"}},
		"open for another":  {[]table.Case{everybody, of(1, open("standard"))}, []string{"wage"}},
		"open for two":      {[]table.Case{of(0, open("wage")), of(1, open("standard"))}, []string{"wage", "standard"}},
	} {
		var got []string
		for _, p := range offersOf(table.New(space, layers, tt.cases, nil), layers)[0].Promises["cash"] {
			if p.Open() {
				got = append(got, p.Missing)
			} else {
				got = append(got, p.Value.String())
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A rule is opaque in its layer: another of the layer is not, nor is it in another.
func TestIsOpaque(t *testing.T) {
	one, other := layer.Applied{Rule: &rules.Rule{}}, layer.Applied{Rule: &rules.Rule{}}
	of := &table.Table{Opaque: []table.Opaque{{Layer: 1, Applied: one}}}
	if !isOpaque(of, 1, one) || isOpaque(of, 0, one) || isOpaque(of, 1, other) {
		t.Error("not that rule of that layer is opaque, or not only that")
	}
}
