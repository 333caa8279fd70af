package policy_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
)

func ids(services []*policy.Service) string {
	var all []string
	for _, s := range services {
		all = append(all, s.ID)
	}
	return strings.Join(all, " ")
}

// A list whose services begin or end has on each day those of the day: b begins on 1 March, and c
// ends with 31 May.
func TestEditions(t *testing.T) {
	always := &policy.Service{ID: "a"}
	begins := &policy.Service{ID: "b", From: date(t, "2024-03-01")}
	ends := &policy.Service{ID: "c", Until: date(t, "2024-05-31")}
	l := &policy.List{
		Stem: "county", Jurisdiction: policy.Jurisdiction{ID: "county"}, EffectiveFrom: date(t, "2024-01-01"),
		Until: date(t, "2025-12-31"), Services: []*policy.Service{always, begins, ends}, Parameters: []*policy.Parameter{{Name: "p"}},
	}
	c := &policy.Catalog{Lists: []*policy.List{l}}
	for on, want := range map[string]string{
		"2024-01-01": "a c", "2024-02-29": "a c", "2024-03-01": "a b c", "2024-05-31": "a b c", "2024-06-01": "a b", "2025-12-31": "a b",
	} {
		got, err := c.InForce("county", date(t, on))
		if err != nil || ids(got.Services) != want {
			t.Errorf("on %s: %v, %v; want %s", on, got, err, want)
			continue
		}
		if c.Parameter([]*policy.List{got}, "p") != l.Parameters[0] {
			t.Errorf("on %s the list has lost its parameter", on)
		}
		// The edition of one day leads to that of another.
		if later := c.Chain(got, date(t, "2024-06-01")); len(later) != 1 || ids(later[0].Services) != "a b" {
			t.Errorf("from %s to June: %v", on, later)
		}
		if got := c.Changes(got); len(got) != 3 {
			t.Errorf("on %s it changes on %v, want three days", on, got)
		}
	}
	var days []string
	for _, d := range c.Turns("county") {
		days = append(days, d.String())
	}
	if diff := cmp.Diff([]string{"2024-01-01", "2024-03-01", "2024-06-01", "2026-01-01"}, days); diff != "" {
		t.Errorf("turns: %s", diff)
	}
	_, err := c.InForce("county", date(t, "2026-01-01"))
	if late, ok := errors.AsType[*policy.NotInForceError](err); !ok || late.Ended != l.Until || !strings.Contains(err.Error(), "ended on 2025-12-31") {
		t.Errorf("the day after its last: %v", err)
	}
}

// What has ended is found in the latest list that had it, and in the nearest jurisdiction. Its last
// day is its own, or that of its list if that is earlier.
func TestEnded(t *testing.T) {
	service := func(id, until string) *policy.Service {
		s := &policy.Service{ID: id}
		if until != "" {
			s.Until = date(t, until)
		}
		return s
	}
	old := &policy.List{
		Stem: "old", Jurisdiction: policy.Jurisdiction{ID: "county", Parent: "city"}, EffectiveFrom: date(t, "2024-01-01"), Until: date(t, "2024-12-31"),
		Services: []*policy.Service{service("with-list", ""), service("before", "2024-06-30"), service("beyond", "2025-06-30"), service("twice", "2024-03-31")},
	}
	next := &policy.List{
		Stem: "next", Jurisdiction: old.Jurisdiction, EffectiveFrom: date(t, "2025-01-01"),
		Services: []*policy.Service{service("lasts", ""), service("twice", "2025-03-31")},
	}
	city := &policy.List{
		Stem: "city", Jurisdiction: policy.Jurisdiction{ID: "city"}, EffectiveFrom: date(t, "2024-01-01"),
		Services: []*policy.Service{service("above", "2024-06-30"), service("before", "2025-06-30")},
	}
	c := &policy.Catalog{Lists: []*policy.List{city, old, next}}
	for _, tt := range []struct{ service, on, want string }{
		{"with-list", "2025-01-01", "old 2024-12-31"}, {"with-list", "2024-12-31", ""},
		{"before", "2024-07-01", "old 2024-06-30"}, {"before", "2026-01-01", "old 2024-06-30"},
		{"beyond", "2025-01-01", "old 2024-12-31"},
		{"twice", "2025-04-01", "next 2025-03-31"}, {"twice", "2025-03-31", "old 2024-03-31"},
		{"above", "2024-07-01", "city 2024-06-30"}, {"above", "2024-06-30", ""},
		{"lasts", "2099-01-01", ""}, {"unknown", "2099-01-01", ""},
	} {
		got := ""
		if l, s, last := c.Ended("county", tt.service, date(t, tt.on)); l != nil {
			got = l.Stem + " " + last.String()
			if s.ID != tt.service {
				t.Errorf("%s on %s: the service is %s", tt.service, tt.on, s.ID)
			}
		}
		if got != tt.want {
			t.Errorf("%s on %s: %q, want %q", tt.service, tt.on, got, tt.want)
		}
	}
}

// A listing counts printed items, which two services may share, and names the document by its
// title where it has no number.
func TestListing(t *testing.T) {
	l := &policy.List{
		Jurisdiction: policy.Jurisdiction{ID: "county"}, EffectiveFrom: date(t, "2024-01-01"), EffectiveFromAssumed: "no date is printed",
		Document: policy.Document{Title: "清单", Number: "1号", Basis: policy.Official},
		Services: []*policy.Service{{Item: "1"}, {Item: "1"}, {Item: "2"}},
	}
	for on, want := range map[string]bool{"2023-12-31": false, "2024-01-01": true, "2024-01-02": true} {
		got := policy.NewListing(l, date(t, on))
		if got.InForce != want || got.Items != 2 || got.Services != 3 || got.Document != "1号" || got.Title != "清单" || got.ID != "county" ||
			got.Basis != policy.Official || got.Assumed == "" || got.EffectiveFrom != l.EffectiveFrom {
			t.Errorf("on %s: %+v", on, got)
		}
	}
	l.Document.Number = ""
	if got := policy.NewListing(l, l.EffectiveFrom).Document; got != "清单" {
		t.Errorf("without a number the document is %q, want its title", got)
	}
}

// Errors say in JSON what they say, and keep to their form when there is no error.
func TestErrorsAsJSON(t *testing.T) {
	for want, err := range map[string]error{
		`{"code":"wrong-date","message":"the day is missing"}`:                                                                            &policy.DateError{},
		`{"code":"wrong-date","message":"2023-02-29 is not a day of the calendar","date":"2023-02-29"}`:                                   &policy.DateError{Date: policy.Date{Year: 2023, Month: 2, Day: 29}},
		`{"code":"unknown-jurisdiction","message":"unknown jurisdiction \"x\"","jurisdiction":"x"}`:                                       &policy.UnknownJurisdictionError{ID: "x"},
		`{"code":"unknown-jurisdiction","message":"unknown jurisdiction \"x\"; did you mean \"y\"?","jurisdiction":"x","suggestion":"y"}`: &policy.UnknownJurisdictionError{ID: "x", Suggestion: "y"},
		`{"code":"not-in-force","message":"no list of x is in force on 2023-01-01; the first is from 2024-01-01","jurisdiction":"x","on":"2023-01-01","first":"2024-01-01"}`: &policy.NotInForceError{
			Jurisdiction: "x", On: date(t, "2023-01-01"), First: date(t, "2024-01-01"),
		},
		`{"code":"not-in-force","message":"no list of x is in force on 2026-01-01; the last ended on 2025-12-31","jurisdiction":"x","on":"2026-01-01","first":"2024-01-01","ended":"2025-12-31"}`: &policy.NotInForceError{
			Jurisdiction: "x", On: date(t, "2026-01-01"), First: date(t, "2024-01-01"), Ended: date(t, "2025-12-31"),
		},
	} {
		got, jsonErr := json.Marshal(err)
		if diff := cmp.Diff(want, string(got)); diff != "" || jsonErr != nil {
			t.Errorf("%v: %s", jsonErr, diff)
		}
	}
	for _, err := range []error{(*policy.DateError)(nil), (*policy.UnknownJurisdictionError)(nil), (*policy.NotInForceError)(nil)} {
		if err.Error() == "" {
			t.Errorf("%T says nothing", err)
		}
	}
}

// A day exists in the years 1 to 9999 if the calendar has it; its month ends with its last day.
func TestDaysOfTheCalendar(t *testing.T) {
	for d, want := range map[policy.Date]bool{
		{Year: 2024, Month: 2, Day: 29}: true, {Year: 2023, Month: 2, Day: 29}: false, {Year: 1, Month: 1, Day: 1}: true, {Year: 0, Month: 12, Day: 31}: false,
		{Year: 9999, Month: 12, Day: 31}: true, {Year: 10000, Month: 1, Day: 1}: false, {Year: 2024, Month: 13, Day: 1}: false, {Year: 2024, Month: 1}: false, {}: false,
	} {
		if got := d.Exists(); got != want {
			t.Errorf("%s exists: %v", d, got)
		}
	}
	for of, want := range map[string]string{"2024-02-01": "2024-02-29", "2023-02-28": "2023-02-28", "2023-12-31": "2023-12-31", "2023-04-30": "2023-04-30"} {
		if got := date(t, of).EndOfMonth(); got != date(t, want) {
			t.Errorf("the month of %s ends on %s, want %s", of, got, want)
		}
	}
	for with, want := range map[string]bool{"2024-02-01": true, "2024-02-29": true, "2024-01-31": false, "2024-03-01": false, "2023-02-10": false} {
		if got := date(t, "2024-02-10").InMonth(date(t, with)); got != want {
			t.Errorf("10 February 2024 and %s in one month: %v", with, got)
		}
	}
	if d := policy.DateOf(time.Date(2024, 1, 1, 1, 0, 0, 0, time.FixedZone("", 8*3600))); d != date(t, "2024-01-01") {
		t.Errorf("an hour after midnight in Beijing it is %s", d)
	}
	var none *policy.Date
	if none.UnmarshalText([]byte("2024-01-01")) == nil {
		t.Error("a date is read into nothing")
	}
}

// Diagnostics are errors, one on a line. Those that are nowhere stay without.
func TestDiagnosticsAsError(t *testing.T) {
	var ds policy.Diagnostics
	ds.Errorf("b-code", policy.Position{File: "x.yaml", Line: 2, Column: 1}, "better it", "%d is wrong", 2)
	ds.Errorf("a-code", policy.Position{File: "x.yaml", Line: 2, Column: 1}, "", "%d is wrong", 1)
	ds.Errorf("c-code", policy.Position{File: "x.yaml", Line: 1, Column: 3}, "", "wrong")
	ds = append(ds, ds[1])
	ds.Sort()
	const want = "x.yaml:1:3: error: wrong [c-code]\nx.yaml:2:1: error: 1 is wrong [a-code]\nx.yaml:2:1: error: 2 is wrong; better it [b-code]"
	if diff := cmp.Diff(want, ds.Error()); diff != "" {
		t.Error(diff)
	}
	var none *policy.Diagnostics
	none.Errorf("code", policy.Position{}, "", "wrong")
	none.Sort()
}

// The places are told apart, the nearest first.
func TestPlaces(t *testing.T) {
	if diff := cmp.Diff([]policy.Place{policy.Here, policy.InCity, policy.InProvince, policy.Outside}, policy.Places()); diff != "" {
		t.Error(diff)
	}
}
