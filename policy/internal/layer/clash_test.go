package layer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
)

// paying are the files of a province that promises an allowance and a gift by parameters with
// calendars, and of a city that inherits it or adds a rule. The parameters stand in lines 5 to 7.
type paying struct {
	amount, higher, gift string // the calendars of the parameters
	service              string // more of the service
	grants               []string
	cityParameter        string
	cityGrant            string
}

func (p paying) files() fstest.MapFS {
	const service = "services:\n  - {id: old-age-allowance, item: \"1\", name: 津贴, group: g, type: 物质帮助, departments: [d], access: unstated, cite: [A]%s}\n"
	figure := func(name, unit, calendar string) string {
		if calendar != "" {
			calendar = ", payment: " + calendar
		}
		return fmt.Sprintf("  %s: {label: l, unit: %s, bound: exactly, values: [{from: \"2024-01-01\", value: 50}], cite: [A]%s}\n", name, unit, calendar)
	}
	head := func(place string) string {
		return "jurisdiction: {" + place + "}\ndocument: {title: t, basis: official}\neffective_from: \"2024-01-01\"\n"
	}
	rego := func(id string, grants ...string) *fstest.MapFile {
		text := "package lists." + id + "\n\nimport data.grant\nimport data.parameters as p\n"
		for _, g := range grants {
			text += "\n# METADATA\n# title: 津贴\n# custom:\n#   item: \"1\"\n" + g + "\n"
		}
		return &fstest.MapFile{Data: []byte(text)}
	}
	files := fstest.MapFS{
		"catalogs/tp.yaml": {Data: []byte(head(`id: tp, code: "990000", name: 省, level: province`) + "parameters:\n" +
			figure("amount", "cny_per_month", p.amount) + figure("higher", "cny_per_month", p.higher) + figure("gift", "cny", p.gift) +
			"  elder_age: {label: l, unit: years, values: [{from: \"2024-01-01\", value: 60}], cite: [A]}\n" + fmt.Sprintf(service, p.service))},
		"rego/lists/tp.rego": rego("tp", p.grants...),
		"catalogs/tc.yaml":   {Data: []byte(head(`id: tc, code: "990100", name: 市, level: city, parent: tp`) + p.cityParameter + fmt.Sprintf(service, ", inherits: true"))},
	}
	if p.cityGrant != "" {
		files["rego/lists/tc.rego"] = rego("tc", p.cityGrant)
	}
	return files
}

// What a rule promises of one measure of a service is paid by one calendar, which can be told from
// the grant; whatever else parameters say is an error at its place, each once.
func TestClashes(t *testing.T) {
	promise := func(measures, condition string) string {
		return `grants contains grant.promise("old-age-allowance", {` + measures + "}) if " + condition
	}
	monthly := func(amount string) string { return promise(`"monthly_cny": `+amount, "input.age >= 80") }
	const month, next = "{from: month}", "{from: next_month}"
	for _, tt := range []struct {
		name string
		made paying
		want []string
	}{
		{"one calendar", paying{amount: month, grants: []string{monthly("p.amount")}}, nil},
		{"two measures", paying{amount: month, gift: next, grants: []string{promise(`"monthly_cny": p.amount, "once_cny": p.gift`, "input.age >= 80")}}, nil},
		{"two amounts alike", paying{amount: month, higher: month, grants: []string{monthly("p.amount"), monthly("p.higher")}}, nil},
		{"a second amount without", paying{amount: month, grants: []string{monthly("p.higher"), monthly("p.amount")}},
			[]string{"tp.yaml:6 payment: higher is promised as monthly_cny of old-age-allowance without a calendar of its own, but amount, promised likewise, has one in tp.yaml:5"}},
		{"a second amount with another", paying{amount: month, higher: next, grants: []string{monthly("p.amount"), monthly("p.higher")}},
			[]string{"tp.yaml:6 payment: higher is promised as monthly_cny of old-age-allowance, but amount, promised likewise, has another calendar in tp.yaml:5"}},
		{"a sum of two", paying{amount: month, higher: next, grants: []string{monthly("grant.plus(p.amount, p.higher)")}},
			[]string{"tp.yaml:6 payment: higher is promised as monthly_cny of old-age-allowance, but amount, promised likewise, has another calendar in tp.yaml:5"}},
		{"a sum of which one says it", paying{amount: month, grants: []string{monthly("grant.plus(p.amount, p.higher)")}}, nil},
		{"what is only permitted", paying{amount: month, grants: []string{monthly("p.amount"), strings.Replace(monthly("p.higher"), "promise", "discretionary", 1)}}, nil},
		{"linked", paying{amount: month, gift: next, service: ", linked: [once_cny, annual_cny]", grants: []string{promise(`"monthly_cny": p.amount, "once_cny": p.gift`, "input.age >= 80")}},
			[]string{"tp.yaml:7 payment: gift is promised as once_cny of old-age-allowance, which is linked: what is linked is paid together"}},
		{"not named in the grant", paying{amount: month, grants: []string{promise(`"monthly_cny": x`, "{\n\tinput.age >= 80\n\tx := p.amount\n}")}},
			[]string{"tp.rego:10 payment: amount has a calendar of its own, but the rule does not name it in what it grants"}},
		{"a rule of the city, with a figure without", paying{amount: month, grants: []string{monthly("p.amount")}, cityGrant: monthly("p.higher")},
			[]string{"tp.yaml:6 payment: higher is promised as monthly_cny of old-age-allowance without a calendar of its own, but amount, promised likewise, has one in tp.yaml:5"}},
		{"a calendar of the city", paying{amount: month, grants: []string{monthly("p.amount")},
			cityParameter: "parameters:\n  amount: {label: l, unit: cny_per_month, bound: exactly, values: [{from: \"2024-01-01\", value: 60}], cite: [A], payment: {from: next_month}}\n"}, nil},
	} {
		_, err := eldercare.Load(t.Context(), eldercare.WithFS("", tt.made.files()), eldercare.WithJurisdictions("tp", "tc"))
		var got []string
		if found := (policy.Diagnostics{}); errors.As(err, &found) {
			for _, d := range found {
				at := d.Pos.File[strings.LastIndex(d.Pos.File, "/")+1:]
				summary := d.Summary
				for _, folder := range []string{"catalogs/", "rego/lists/"} {
					summary = strings.ReplaceAll(summary, folder, "")
				}
				got = append(got, fmt.Sprintf("%s:%d %s: %s", at, d.Pos.Line, d.Code, summary))
			}
		} else if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// A list shows the calendars that it declares, and those by which residents are paid: of the city's
// worse one the better part of the province's.
func TestOfferedCalendars(t *testing.T) {
	made := paying{
		amount: "{from: month, until: month}", service: ", payment: {from: month_of_application}",
		grants: []string{`grants contains grant.promise("old-age-allowance", {"monthly_cny": p.amount, "once_cny": p.gift}) if input.age >= 80`},
		cityParameter: "parameters:\n  amount: {label: l, unit: cny_per_month, bound: exactly, values: [{from: \"2024-01-01\", value: 60}], cite: [A], " +
			"payment: {from: next_month, until: next_month}}\n",
	}
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", made.files()), eldercare.WithJurisdictions("tp", "tc"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := engine.Rules(t.Context(), "tc", policy.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		offers []eldercare.Offer
		from   policy.PaidFrom
	}{
		"declared":  {r.DeclaredOffers(), policy.FromNextMonth},
		"effective": {r.EffectiveOffers(), policy.FromMonth},
	} {
		var got []string
		for _, p := range tt.offers[0].Payments {
			got = append(got, fmt.Sprintf("%s from %s until %s", p.Measure, p.From, p.Until))
		}
		want := []string{" from month_of_application until ", fmt.Sprintf("monthly_cny from %s until next_month", tt.from)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
