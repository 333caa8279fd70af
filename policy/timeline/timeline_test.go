package timeline_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

func project(t *testing.T, options []eldercare.Option, jurisdiction, from, to string, e eldercare.Elder) (*timeline.Timeline, error) {
	t.Helper()
	engine, err := eldercare.Load(context.Background(), options...)
	if err != nil {
		t.Fatal(err)
	}
	c, err := engine.Course(jurisdiction)
	if err != nil {
		t.Fatal(err)
	}
	return timeline.Project(context.Background(), c, e, month(t, from), month(t, to))
}

func month(t *testing.T, s string) timeline.Month {
	t.Helper()
	m, err := timeline.ParseMonth(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// changes returns the changes of a timeline, one a line.
func changes(tl *timeline.Timeline) []string {
	var lines []string
	for _, m := range tl.Months {
		for _, c := range m.Changes {
			line := fmt.Sprint(m.Month, " ", c.Service, " ", c.Kind, " by ", c.Cause)
			if c.As != timeline.Entitled {
				line = fmt.Sprint(m.Month, " ", c.Service, " ", c.As, " ", c.Kind, " by ", c.Cause)
			}
			if c.Is != nil && c.Is.Value != nil {
				line += " to " + c.Is.Value.String()
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// amended is a file of the module with a text put in place of another.
func edited(t *testing.T, path, old, text string) fstest.MapFS {
	t.Helper()
	content, err := os.ReadFile("../../" + path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), old) {
		t.Fatalf("%s has no %q", path, old)
	}
	return fstest.MapFS{path: {Data: []byte(strings.Replace(string(content), old, text, 1))}}
}

// replacing lets an overlay replace what it holds.
func replacing(overlay fstest.MapFS) eldercare.Option {
	return eldercare.Replace(slices.Collect(maps.Keys(overlay))...)
}

func TestProject(t *testing.T) {
	allowance := edited(t, "catalogs/shuozhou.yaml", `- {from: "2023-11-20", value: 30}`,
		"- {from: \"2023-11-20\", value: 30}\n      - {from: \"2027-02-15\", value: 40}")
	counting := edited(t, "catalogs/shuozhou.yaml", `effective_from: "2023-11-20"`, "effective_from: \"2023-11-20\"\ncounting_day: 15")
	tests := []struct {
		note         string
		jurisdiction string
		birth        string
		from, to     string
		overlay      fstest.MapFS
		want         []string
	}{
		{
			"80 on the first of March counts for March", "shuozhou", "1947-03-01", "2026-11", "2027-06", nil,
			[]string{"2027-03 old-age-allowance begins by age", "2027-03 care-service-subsidy possible rises by age to 70"},
		},
		{
			"80 on the second of March counts from April", "shuozhou", "1947-03-02", "2026-11", "2027-06", nil,
			[]string{"2027-04 old-age-allowance begins by age", "2027-04 care-service-subsidy possible rises by age to 70"},
		},
		{
			"80 on 29 February of a leap year counts from March", "shuozhou", "1948-02-29", "2028-01", "2028-04", nil,
			[]string{"2028-03 old-age-allowance begins by age", "2028-03 care-service-subsidy possible rises by age to 70"},
		},
		{
			"81 brings nothing", "shuozhou", "1947-03-01", "2028-01", "2028-12", nil, nil,
		},
		{
			"Huojia's brackets rise at 90", "huojia", "1937-01-20", "2026-12", "2027-03", nil,
			[]string{"2027-02 old-age-allowance rises by age to 100"},
		},
		{
			"a dated parameter counts from the month after", "shuozhou", "1940-05-05", "2027-01", "2027-04", allowance,
			[]string{"2027-03 old-age-allowance rises by rules to 40"},
		},
		{
			"the list may count another day", "shuozhou", "1947-03-02", "2027-01", "2027-06", counting,
			[]string{"2027-03 old-age-allowance begins by age", "2027-03 care-service-subsidy possible rises by age to 70"},
		},
	}
	for _, test := range tests {
		t.Run(test.note, func(t *testing.T) {
			var options []eldercare.Option
			if test.overlay != nil {
				options = append(options, eldercare.WithFS("local", test.overlay), replacing(test.overlay))
			}
			tl, err := project(t, options, test.jurisdiction, test.from, test.to, eldercare.Elder{"birth_date": test.birth})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, changes(tl)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// At 80 Hongtong's old-age allowance becomes possible for those of whom the registration is not
// known, and so on: each service with its conditions is in the annex. Of somebody registered the
// allowance is certain.
func TestPossibleChanges(t *testing.T) {
	tests := []struct {
		note         string
		jurisdiction string
		elder        eldercare.Elder
		want         []string
	}{
		{
			"nothing known but the birth", "hongtong", eldercare.Elder{"birth_date": "1947-03-01"},
			[]string{
				"2027-03 old-age-allowance possible begins by age", "2027-03 public-legal-service possible begins by age",
				"2027-03 care-service-subsidy possible rises by age to 70", "2027-03 meal-subsidy possible begins by age",
			},
		},
		{
			"registered, and known not to be poor", "hongtong",
			eldercare.Elder{"birth_date": "1947-03-01", "local_hukou": true, "economic_hardship": false, "assistance_category": "none"},
			[]string{"2027-03 old-age-allowance begins by age", "2027-03 public-legal-service possible begins by age"},
		},
		{
			"at 80 is promised what before was only permitted", "huojia",
			eldercare.Elder{
				"birth_date": "1947-03-01", "economic_hardship": true, "assistance_category": "none", "special_family": true,
				"self_care": "full", "disability_grade": 0,
			},
			[]string{
				"2027-03 old-age-allowance begins by age", "2027-03 care-service-subsidy begins by age",
				"2027-03 care-service-subsidy discretionary ends by age",
			},
		},
		{
			"what is permitted begins at 80", "huojia",
			eldercare.Elder{
				"birth_date": "1947-03-01", "assistance_category": "dibao", "special_family": false, "self_care": "full", "disability_grade": 0,
			},
			[]string{"2027-03 old-age-allowance begins by age", "2027-03 home-adaptation discretionary begins by age"},
		},
	}
	for _, test := range tests {
		t.Run(test.note, func(t *testing.T) {
			tl, err := project(t, nil, test.jurisdiction, "2027-02", "2027-04", test.elder)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, changes(tl)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What could be besides an amount that is certain is possible: here everybody of 60 has a meal
// subsidy of an open amount, and who uses a meal service at 80 the same 30 yuan as of the old-age
// allowance.
func TestPossibleBesides(t *testing.T) {
	overlay := edited(t, "rego/lists/shuozhou.rego", `grants contains grant.promise("meal-subsidy", {"meal_support": grant.included}) if {
	elder.is_elder
	input.uses_meal_service
}`, `grants contains grant.promise("meal-subsidy", {"monthly_cny": p.care_service_subsidy_monthly}) if {
	elder.is_elder
}

# METADATA
# title: 助餐补贴
# custom:
#   item: "11"
grants contains grant.promise("meal-subsidy", {"monthly_cny": p.old_age_allowance_monthly}) if {
	input.age >= p.old_age_allowance_age
	input.uses_meal_service
}`)
	e := eldercare.Elder{"birth_date": "1947-03-01", "economic_hardship": false, "assistance_category": "none"}
	tl, err := project(t, []eldercare.Option{eldercare.WithFS("local", overlay), replacing(overlay)}, "shuozhou", "2027-02", "2027-03", e)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"2027-03 old-age-allowance begins by age", "2027-03 meal-subsidy possible rises by age to 30"}
	if diff := cmp.Diff(want, changes(tl)); diff != "" {
		t.Error(diff)
	}
}

// Huojia's list is in force from 3 December 2024: the first month that it answers for is January.
func TestBeforeTheList(t *testing.T) {
	tl, err := project(t, nil, "huojia", "2024-10", "2025-01", eldercare.Elder{"birth_date": "1940-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	want := &timeline.Before{From: month(t, "2024-10"), To: month(t, "2024-12"), First: eldercare.Date{Year: 2024, Month: 12, Day: 3}}
	if diff := cmp.Diff(want, tl.Before); diff != "" {
		t.Error(diff)
	}
	if len(tl.Months) != 1 || tl.Months[0].Month != month(t, "2025-01") || len(tl.Months[0].Changes) > 0 || len(tl.Months[0].Entitled) == 0 {
		t.Errorf("months %+v", tl.Months)
	}
	if tl, err = project(t, nil, "huojia", "2025-01", "2025-02", eldercare.Elder{}); err != nil || tl.Before != nil {
		t.Errorf("from the first month on: before %v, error %v", tl.Before, err)
	}
}

func TestTotals(t *testing.T) {
	tl, err := project(t, nil, "huojia", "2026-12", "2027-02", eldercare.Elder{"birth_date": "1937-01-20", "id": "J-1"})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, m := range tl.Months {
		lines = append(lines, fmt.Sprint(m.Month, " ", m.On, " ", *m.Age, " ", m.MonthlyCNY.Value))
	}
	want := []string{"2026-12 2026-12-01 89 50", "2027-01 2027-01-01 89 50", "2027-02 2027-02-01 90 100"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if tl.ID != "J-1" || tl.Jurisdiction != "huojia" {
		t.Errorf("got id %q, jurisdiction %q", tl.ID, tl.Jurisdiction)
	}
}

func TestProjectErrors(t *testing.T) {
	for _, month := range []string{"1947-03", "1947-01"} { // the second leaves the age of the first month open
		if _, err := project(t, nil, "shuozhou", "2026-01", "2026-12", eldercare.Elder{"birth_date": month}); !errors.Is(err, timeline.ErrAgeOnly) {
			t.Errorf("of a month of birth: %v", err)
		}
	}
	if _, err := project(t, nil, "shuozhou", "2026-01", "2026-12", eldercare.Elder{"age": 79}); !errors.Is(err, timeline.ErrAgeOnly) {
		t.Errorf("an age alone: got %v", err)
	}
	if _, err := project(t, nil, "shuozhou", "2026-02", "2026-01", eldercare.Elder{}); !errors.Is(err, timeline.ErrOrder) {
		t.Errorf("months out of order: got %v", err)
	}
	var early *eldercare.NotInForceError
	if _, err := project(t, nil, "huojia", "2024-11", "2024-12", eldercare.Elder{}); !errors.As(err, &early) {
		t.Errorf("all of it before the list: got %v", err)
	}
	if tl, err := project(t, nil, "shuozhou", "2026-01", "2026-03", eldercare.Elder{}); err != nil || tl.Months[2].Age != nil {
		t.Errorf("an elder of unknown age is projected as such: got %v", err)
	}
}

func TestParseMonth(t *testing.T) {
	for _, bad := range []string{"", "2026", "2026-13", "2026-1", "2026-01-01"} {
		if m, err := timeline.ParseMonth(bad); err == nil {
			t.Errorf("%q: got %s", bad, m)
		}
	}
	if m := month(t, "2026-12").Next(); m.String() != "2027-01" {
		t.Errorf("after December: got %s", m)
	}
}

// Of a measure of which less is better, a shorter wait falls, and a longer one rises: the change
// says that less is better.
func TestLessIsBetter(t *testing.T) {
	for wait, want := range map[string]timeline.Kind{"10": timeline.Falls, "20": timeline.Rises} {
		amendment := fstest.MapFS{"catalogs/xushi_wait.yaml": {Data: []byte(`amends: xushi
parameters:
  assessment_wait: {values: [{from: "2027-02-01", value: ` + wait + `}], cite: [{document: 虚构}]}
`)}}
		options := []eldercare.Option{eldercare.WithDir("../../examples/lists"), eldercare.WithFS("wait", amendment), eldercare.WithJurisdictions("xushi")}
		tl, err := project(t, options, "xushi", "2027-01", "2027-02", eldercare.Elder{"birth_date": "1950-01-01"})
		if err != nil {
			t.Fatal(err)
		}
		changes := tl.Months[1].Changes
		if len(changes) != 1 || changes[0].Kind != want || !changes[0].LessIsBetter || changes[0].Measure != "assessment_wait_days" {
			t.Errorf("15 days, then %s: %+v, want it %s", wait, changes, want)
		}
	}
}
