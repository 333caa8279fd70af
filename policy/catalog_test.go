package policy_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// load reads the catalog that the tests of the reader of files share.
func load(t *testing.T) *policy.Catalog {
	t.Helper()
	c, err := source.Load(t.Context(), source.NewFiles(source.Source{FS: os.DirFS("source/testdata/good")}), nil)
	if err != nil {
		t.Fatalf("Load:\n%v", err)
	}
	return c
}

func stems(lists []*policy.List) []string {
	var s []string
	for _, l := range lists {
		s = append(s, l.Stem)
	}
	return s
}

func TestInForce(t *testing.T) {
	c := load(t)
	for _, tt := range []struct{ jurisdiction, on, want string }{
		{"south", "2024-01-01", "south"},
		{"south", "2024-12-31", "south"},
		{"south", "2025-01-01", "south_2025"},
		{"south", "2099-01-01", "south_2025"},
		{"north", "2023-01-01", "north"},
	} {
		l, err := c.InForce(tt.jurisdiction, date(t, tt.on))
		if err != nil || l.Stem != tt.want {
			t.Errorf("InForce(%s, %s) = %v, %v, want %s", tt.jurisdiction, tt.on, l, err, tt.want)
		}
	}

	_, err := c.InForce("south", date(t, "2023-12-31"))
	var early *policy.NotInForceError
	if !errors.As(err, &early) || early.First != date(t, "2024-01-01") || !strings.Contains(err.Error(), "2024-01-01") {
		t.Errorf("the day before the first list: %v", err)
	}
	for _, tt := range []struct{ jurisdiction, want string }{
		{"suoth", "south"}, {"南县", "south"}, {"990000", "north"}, {"atlantis", ""},
	} {
		_, err := c.InForce(tt.jurisdiction, date(t, "2024-01-01"))
		var unknown *policy.UnknownJurisdictionError
		if !errors.As(err, &unknown) || unknown.Suggestion != tt.want || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("InForce(%s): %v, want the suggestion %q", tt.jurisdiction, err, tt.want)
		}
	}
	if got := c.ListsOf("atlantis"); len(got) != 0 {
		t.Errorf("lists of nowhere: %v", stems(got))
	}
	if diff := cmp.Diff([]string{"south", "south_2025"}, stems(c.ListsOf("south"))); diff != "" {
		t.Errorf("ListsOf (-want +got):\n%s", diff)
	}
}

func TestChainAndParameter(t *testing.T) {
	c := load(t)
	south := c.ListsOf("south")[0]
	for _, tt := range []struct {
		on    string
		chain []string
	}{
		{"2024-01-01", []string{"south", "middle", "north"}},
		{"2023-05-31", []string{"south", "north"}}, // middle is in force the next day
		{"2022-12-31", []string{"south"}},
	} {
		if diff := cmp.Diff(tt.chain, stems(c.Chain(south, date(t, tt.on)))); diff != "" {
			t.Errorf("Chain on %s (-want +got):\n%s", tt.on, diff)
		}
	}
	chain := c.Chain(south, date(t, "2024-08-01"))
	for _, tt := range []struct{ name, on, want string }{
		{"elder_age", "2024-08-01", "60"},
		{"allowance_monthly", "2024-01-01", "80"}, // the list's own over its ancestor's
		{"allowance_monthly", "2024-05-01", "361/4"},
		{"share", "2024-08-01", "1/3"},
		{"wage_monthly", "2024-03-01", "1800"},
		{"wage_monthly", "2024-02-29", "none"},
	} {
		p := c.Parameter(chain, tt.name)
		if p == nil {
			t.Errorf("no parameter %s", tt.name)
			continue
		}
		got := "none"
		if v := p.At(date(t, tt.on)).Value; v != nil {
			got = v.RatString()
		}
		if got != tt.want {
			t.Errorf("%s on %s = %s, want %s", tt.name, tt.on, got, tt.want)
		}
	}
	if c.Parameter(chain, "nothing") != nil {
		t.Error("an unknown parameter is found")
	}
	if got := c.Parameter(c.Chain(c.ListsOf("middle")[0], date(t, "2024-08-01")), "allowance_monthly").At(date(t, "2024-07-01")).Value; got.RatString() != "121/2" {
		t.Errorf("middle sees %s of its parent, want 60.5", got)
	}
}

// What a list is made of changes with its own figures and with those above it, while it is in
// force.
func TestChanges(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		jurisdiction string
		list         int
		want         []string
	}{
		{"north", 0, []string{"2023-01-01", "2024-07-01"}},
		{"middle", 0, []string{"2023-06-01", "2024-07-01"}},
		{"south", 0, []string{"2024-01-01", "2024-03-01", "2024-05-01", "2024-07-01"}}, // two by an amendment
		{"south", 1, []string{"2025-01-01"}},
	} {
		var got []string
		for _, day := range c.Changes(c.ListsOf(tt.jurisdiction)[tt.list]) {
			got = append(got, day.String())
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s, list %d (-want +got):\n%s", tt.jurisdiction, tt.list, diff)
		}
	}
}

// What is in force in several jurisdictions changes with the lists and figures of each, and of
// those above it.
func TestDays(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		jurisdictions []string
		want          []string
	}{
		{[]string{"north"}, []string{"2023-01-01", "2024-07-01"}},
		{[]string{"south"}, []string{"2024-01-01", "2024-03-01", "2024-05-01", "2024-07-01", "2025-01-01"}},
		{[]string{"middle", "north"}, []string{"2023-06-01", "2024-07-01"}}, // from the first day of both
		{[]string{"north", "south"}, []string{"2024-01-01", "2024-03-01", "2024-05-01", "2024-07-01", "2025-01-01"}},
		{[]string{"north", "atlantis"}, nil},
	} {
		var got []string
		for _, day := range c.Days(tt.jurisdictions...) {
			got = append(got, day.String())
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.jurisdictions, diff)
		}
	}
}

// Of a list and those above it the latest change up to a day counts: of any list, and of any
// parameter.
func TestLastChange(t *testing.T) {
	date := func(s string) policy.Date { return date(t, s) }
	dated := func(from ...string) *policy.Parameter {
		p := &policy.Parameter{}
		for _, f := range from {
			p.Values = append(p.Values, &policy.DatedValue{From: date(f)})
		}
		return p
	}
	lists := []*policy.List{
		{Jurisdiction: policy.Jurisdiction{ID: "county", Parent: "city"}, EffectiveFrom: date("2024-03-01"), Parameters: []*policy.Parameter{dated("2024-03-01", "2025-01-01"), dated("2026-01-01")}},
		{Jurisdiction: policy.Jurisdiction{ID: "city"}, EffectiveFrom: date("2024-05-01"), Parameters: []*policy.Parameter{dated("2024-06-01", "2025-06-01")}},
	}
	c := &policy.Catalog{Lists: lists}
	for on, want := range map[string]string{
		"2024-04-30": "2024-03-01", "2024-05-01": "2024-05-01", "2024-05-31": "2024-05-01", "2024-06-01": "2024-06-01", "2025-01-01": "2025-01-01",
		"2025-05-31": "2025-01-01", "2025-06-01": "2025-06-01", "2025-12-31": "2025-06-01", "2026-01-01": "2026-01-01", "2099-01-01": "2026-01-01",
	} {
		if got := c.LastChange(lists[0], date(on)); got != date(want) {
			t.Errorf("on %s: since %s, want %s", on, got, want)
		}
	}
}
