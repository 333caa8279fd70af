package ruleset_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// offering returns a made-up province tp with two services, and its city tc, which has the first
// and adds a rule of its own to it.
func offering(t *testing.T, conditions string) (province, city *ruleset.Ruleset) {
	t.Helper()
	const services = `services:
  - {id: old-age-allowance, item: "1", name: 高龄津贴, group: 老年人, type: 物质帮助, departments: [民政], access: automatic, spending: 省级, cite: [附件 1]%s,
    readings: [{question: 何时, answer: 当月, why: 通例, cite: [附件 2]}]}
`
	const second = `  - {id: meal-subsidy, item: "2", name: 助餐补贴, group: 老年人, type: 物质帮助, departments: [民政], access: unstated, cite: [附件 2]}
`
	list := func(id, place, services string, low, high int) *fstest.MapFile {
		return &fstest.MapFile{Data: fmt.Appendf(nil, `jurisdiction: {id: %[1]s, name: %[1]s, %[2]s}
document: {title: %[1]s, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
%[3]sparameters:
  elder_age: {label: 年龄, unit: years, values: [{from: "2024-01-01", value: 60}], cite: [附件 1]}
  low: {label: 标准, unit: cny_per_month, bound: exactly, values: [{from: "2024-01-01", value: %[4]d}], cite: [附件 1]}
  high: {label: 标准, unit: cny_per_month, bound: exactly, values: [{from: "2024-01-01", value: %[5]d}], cite: [附件 1]}
`, id, place, services, low, high)}
	}
	clause := func(kind, service, item, promise, condition string) string {
		name := map[string]string{"1": "高龄津贴", "2": "助餐补贴"}[item]
		return fmt.Sprintf("\n# METADATA\n# title: %s\n# custom:\n#   item: %q\ngrants contains grant.%s(%q, {%s}) if {\n\t%s\n}\n", name, item, kind, service, promise, condition)
	}
	module := func(id, clauses string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("package lists." + id + "\n\nimport data.grant\nimport data.parameters as p\n" + clauses)}
	}
	files := fstest.MapFS{
		"catalogs/tp.yaml": list("tp", `code: "990000", level: province`, fmt.Sprintf(services, "")+second, 50, 80),
		"catalogs/tc.yaml": list("tc", `code: "990100", level: city, parent: tp`, fmt.Sprintf(services, ", inherits: true"), 60, 80),
		"rego/lists/tp.rego": module("tp", clause("promise", "old-age-allowance", "1", `"monthly_cny": p.low`, "input.age >= 60")+
			clause("promise", "old-age-allowance", "1", `"monthly_cny": p.high`, "input.age >= 80")+
			clause("discretionary", "old-age-allowance", "1", `"monthly_cny": p.high`, "input.living_alone")+
			clause("promise", "meal-subsidy", "2", "", conditions)),
		"rego/lists/tc.rego": module("tc", clause("promise", "old-age-allowance", "1", `"monthly_cny": p.low`, "input.age >= 55")),
	}
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("tp", "tc"))
	if err != nil {
		t.Fatal(err)
	}
	var both []*ruleset.Ruleset
	for _, id := range []string{"tp", "tc"} {
		r, err := engine.Rules(t.Context(), id, policy.Date{Year: 2026, Month: 11, Day: 22})
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, r)
	}
	return both[0], both[1]
}

// offered returns promises as "list amount", by service and measure.
func offered(offers []ruleset.Offer) map[string][]string {
	all := map[string][]string{}
	for _, f := range offers {
		all[f.Service+" of "+f.List] = []string{}
		for kind, promises := range map[string]map[string][]policy.Promise{"": f.Promises, "permitted ": f.Discretionary} {
			for measure, of := range promises {
				for _, p := range of {
					key := kind + f.Service + " " + measure
					all[key] = append(all[key], p.List+" "+p.Value.String())
				}
			}
		}
	}
	return all
}

// An offer has every promise that somebody has, the least first; what a nearer list outdoes for
// everybody is none.
func TestOffers(t *testing.T) {
	province, city := offering(t, "input.age >= 60")
	ofProvince := map[string][]string{
		"old-age-allowance of tp": {}, "meal-subsidy of tp": {},
		"old-age-allowance monthly_cny": {" 50", " 80"}, "permitted old-age-allowance monthly_cny": {" 80"},
	}
	// The city's 60 yuan of 55 and over outdo the province's 50 of 60 and over; its 80 it has by
	// the same rule.
	ofCity := map[string][]string{
		"old-age-allowance of tc":       {},
		"old-age-allowance monthly_cny": {" 60", " 80"}, "permitted old-age-allowance monthly_cny": {" 80"},
	}
	effective := map[string][]string{
		"old-age-allowance of tc": {}, "meal-subsidy of tp": {},
		"old-age-allowance monthly_cny": {" 60", " 80"}, "permitted old-age-allowance monthly_cny": {" 80"},
	}
	for name, c := range map[string]struct {
		got  []ruleset.Offer
		want map[string][]string
	}{
		"the province declares":   {province.DeclaredOffers(), ofProvince},
		"the province's are owed": {province.EffectiveOffers(), ofProvince},
		"the city declares":       {city.DeclaredOffers(), ofCity},
		"the city's are owed":     {city.EffectiveOffers(), effective},
	} {
		if diff := cmp.Diff(c.want, offered(c.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	want := ruleset.Offer{
		Service: "old-age-allowance", Item: "1", Name: "高龄津贴", List: "tc", Group: "老年人", Type: "物质帮助", Departments: []string{"民政"},
		Spending: "省级", Access: policy.Access("automatic"), Inherits: true, Cite: []string{"tc 附件 1"},
		Readings: []ruleset.OfferReading{{Question: "何时", Answer: "当月", Why: "通例", Cite: []string{"tc 附件 2"}}},
	}
	got := city.DeclaredOffers()[0]
	got.Promises, got.Discretionary, got.Citations = nil, nil, nil
	got.Readings[0].Citations = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what is printed (-want +got):\n%s", diff)
	}
}

// A rule that no table can hold may promise what nobody has read: its service's offer says so, in
// the list that has it and those below.
func TestOpaqueOffers(t *testing.T) {
	province, city := offering(t, "count(input) > 2")
	for name, offers := range map[string][]ruleset.Offer{"province": province.DeclaredOffers(), "city": city.EffectiveOffers()} {
		for _, f := range offers {
			if f.Opaque != (f.Service == "meal-subsidy") {
				t.Errorf("%s: %s opaque: %v", name, f.Service, f.Opaque)
			}
		}
	}
	for _, f := range city.DeclaredOffers() {
		if f.Opaque {
			t.Errorf("the city declares %s, which the table holds", f.Service)
		}
	}
}
