package timeline_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// amended returns an amendment of Shuozhou's parameters.
func amended(parameters string) fstest.MapFS {
	return fstest.MapFS{"catalogs/shuozhou_local.yaml": {Data: []byte("amends: shuozhou\nparameters:\n" + parameters)}}
}

// threshold amends the age of the old-age allowance, which is 80 else.
func threshold(values string) fstest.MapFS {
	return amended("  old_age_allowance_age: {values: [" + values + "], cite: [{document: 通知}]}\n")
}

// allowance amends the amount of the old-age allowance, at least 30 yuan a month since 2023-11-20.
func allowance(values string) fstest.MapFS {
	return amended("  old_age_allowance_monthly: {values: [" + values + "], cite: [{document: 通知}]}\n")
}

// culture makes Huojia's access to public culture depend on 65 years and as many as something else
// counts. The years of contribution and the grade of a disability are read together, which makes no
// difference, but too many combinations to hold in a table.
func culture(t *testing.T, something string) fstest.MapFS {
	t.Helper()
	const path = "rego/lists/huojia.rego"
	content, err := os.ReadFile("../../" + path)
	if err != nil {
		t.Fatal(err)
	}
	const old = "input.age >= p.public_culture_age"
	if !strings.Contains(string(content), old) {
		t.Fatalf("%s has no %q", path, old)
	}
	return fstest.MapFS{path: {Data: []byte(strings.Replace(string(content), old, old+" + input."+something+" + 0 * count([1 | input.pension_contribution_years + input.disability_grade > 99])", 1))}}
}

// following returns a jurisdiction on a day, and an elder's claim there.
func following(
	t *testing.T, lists fstest.MapFS, jurisdiction, on, service string, e eldercare.Elder, closed bool,
) (*timeline.Course, *eldercare.Ruleset, timeline.Claim) {
	t.Helper()
	options := []eldercare.Option{eldercare.WithJurisdictions(jurisdiction)}
	if lists != nil {
		options = append(options, eldercare.WithFS("local", lists))
		if _, ok := lists["rego/lists/huojia.rego"]; ok {
			options = append(options, eldercare.Replace("rego/lists/huojia.rego"))
		}
	}
	engine, err := eldercare.Load(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	c, err := engine.Course(jurisdiction)
	if err != nil {
		t.Fatal(err)
	}
	day, err := policy.ParseDate(on)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Rules(t.Context(), day)
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	return c, r.AssumeKnown(closed), timeline.Claim{Profile: p, Service: service}
}

// arrival returns an arrival on one line.
func arrival(a *timeline.Arrival) string {
	if a == nil {
		return ""
	}
	var parts []string
	if !a.Day.IsZero() {
		parts = append(parts, a.Day.String())
	}
	if a.Age > 0 {
		parts = append(parts, fmt.Sprint("at ", a.Age))
	}
	return strings.Join(append(parts, a.Needs...), " ")
}

func TestArrivals(t *testing.T) {
	const old, culturalAccess = "old-age-allowance", "public-culture-access"
	later := threshold(`{from: "2027-01-01", value: 75}`)
	harder := threshold(`{from: "2027-01-01", value: 85}`)
	tests := []struct {
		note, jurisdiction, on, service string
		lists                           fstest.MapFS
		elder                           eldercare.Elder
		closed                          bool
		certain, possible               string
	}{
		{note: "80 years are completed on a birthday", elder: eldercare.Elder{"birth_date": "1947-03-01"}, certain: "2027-03-01 at 80"},
		{note: "born on 29 February, in a leap year", elder: eldercare.Elder{"birth_date": "1948-02-29"}, certain: "2028-02-29 at 80"},
		{
			note: "born on 29 February, in a common year", elder: eldercare.Elder{"birth_date": "1960-02-29"}, service: "health-management",
			on: "2024-02-28", certain: "2025-03-01 at 65",
		},
		{note: "a lower threshold comes into force", lists: later, elder: eldercare.Elder{"birth_date": "1950-03-01"}, certain: "2027-01-01"},
		{
			note: "the birthday comes after the lower threshold", lists: later, elder: eldercare.Elder{"birth_date": "1952-03-01"},
			certain: "2027-03-01 at 75",
		},
		{
			note: "the birthday is the day of the lower threshold", lists: later, elder: eldercare.Elder{"birth_date": "1952-01-01"},
			certain: "2027-01-01 at 75",
		},
		{
			note: "the threshold will be higher before the birthday", lists: harder,
			elder:   eldercare.Elder{"birth_date": "1947-03-01", "local_hukou": false},
			certain: "2032-03-01 at 85",
		},
		{
			note: "and for those registered the province's is still 80", lists: harder, elder: eldercare.Elder{"birth_date": "1947-03-01"},
			possible: "2027-03-01 at 80 local_hukou", certain: "2032-03-01 at 85",
		},
		{
			note: "the birthday is before the higher threshold", lists: harder, elder: eldercare.Elder{"birth_date": "1946-12-31"},
			certain: "2026-12-31 at 80",
		},
		{note: "of an age alone, only the age can be told", elder: eldercare.Elder{"age": 79}, certain: "at 80"},
		{note: "whatever the birthday, the lower threshold comes first", lists: later, elder: eldercare.Elder{"age": 76}, certain: "2027-01-01"},
		{note: "80 before the higher threshold, or only 85", lists: harder, elder: eldercare.Elder{"age": 79}},
		{note: "of an unknown age, nothing", elder: eldercare.Elder{}},
		{note: "of a month of birth, only the age can be told", elder: eldercare.Elder{"birth_date": "1947-03"}, certain: "at 80"},
		{note: "who is born in the month at hand may be 80 already", elder: eldercare.Elder{"birth_date": "1946-11"}},
		{note: "the whole month is before the higher threshold", lists: harder, elder: eldercare.Elder{"birth_date": "1946-12"}, certain: "at 80"},
		{note: "the whole month is after it", lists: harder, elder: eldercare.Elder{"birth_date": "1947-01", "local_hukou": false}, certain: "at 85"},
		{note: "whatever the day, the lower threshold comes first", lists: later, elder: eldercare.Elder{"birth_date": "1950-11"}, certain: "2027-01-01"},
		{
			note: "with the household registration unknown it becomes possible", jurisdiction: "hongtong",
			elder: eldercare.Elder{"birth_date": "1947-03-01"}, possible: "2027-03-01 at 80 local_hukou",
		},
		{
			note: "with the household registration known it becomes certain", jurisdiction: "hongtong",
			elder: eldercare.Elder{"birth_date": "1947-03-01", "local_hukou": true}, certain: "2027-03-01 at 80",
		},
		{
			note: "what is not given is absent in a closed world", jurisdiction: "hongtong", closed: true,
			elder: eldercare.Elder{"birth_date": "1947-03-01"},
		},
		{
			note: "a rule without boxes is tried at every birthday", lists: culture(t, "disability_grade"), jurisdiction: "huojia", service: culturalAccess,
			elder:   eldercare.Elder{"birth_date": "1961-03-01", "local_hukou": true, "pension_contribution_years": 15, "disability_grade": 2, "disability_kind": "physical"},
			certain: "2028-03-01 at 67",
		},
		{
			note: "and on every completion", lists: culture(t, "disability_grade"), jurisdiction: "huojia", service: culturalAccess,
			elder:    eldercare.Elder{"birth_date": "1963-03-01", "local_hukou": true, "pension_contribution_years": 15},
			possible: "2028-03-01 at 65 disability_grade", certain: "2032-03-01 at 69",
		},
		{
			note: "unless there are too many", lists: culture(t, "pension_contribution_years"), jurisdiction: "huojia", service: culturalAccess,
			elder: eldercare.Elder{"birth_date": "1963-03-01", "local_hukou": true},
		},
	}
	for _, test := range tests {
		t.Run(test.note, func(t *testing.T) {
			if test.jurisdiction == "" {
				test.jurisdiction = "shuozhou"
			}
			if test.service == "" {
				test.service = old
			}
			if test.on == "" {
				test.on = "2026-11-22"
			}
			c, r, q := following(t, test.lists, test.jurisdiction, test.on, test.service, test.elder, test.closed)
			certain, possible, err := c.Arrivals(t.Context(), r, q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{test.certain, test.possible}, []string{arrival(certain), arrival(possible)}); diff != "" {
				t.Errorf("certain, possible (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSince(t *testing.T) {
	raised := allowance(`{from: "2027-03-01", value: 50}`)
	repealed := allowance(`{from: "2027-03-01", value: 50}, {from: "2027-05-10", value: null}`)
	repeated := allowance(`{from: "2027-03-01", value: 30}`)
	lowered := threshold(`{from: "2027-01-01", value: 75}`)
	born1942 := eldercare.Elder{"birth_date": "1942-02-15"}
	tests := []struct {
		note, jurisdiction, on string
		lists                  fstest.MapFS
		elder                  eldercare.Elder
		bound                  policy.Bound
		yuan                   int64 // a month; 0: no number
		want                   string
		otherwise              bool
	}{
		{note: "80 before there was a list", on: "2026-11-22", elder: born1942, yuan: 30, want: "2023-11-20"},
		{note: "80 on a birthday", on: "2026-11-22", elder: eldercare.Elder{"birth_date": "1945-07-09"}, yuan: 30, want: "2025-07-09"},
		{note: "80 today", on: "2026-11-22", elder: eldercare.Elder{"birth_date": "1946-11-22"}, yuan: 30, want: "2026-11-22"},
		{note: "the amount was raised", on: "2027-04-01", lists: raised, elder: born1942, yuan: 50, want: "2027-03-01", otherwise: true},
		{note: "it will be raised", on: "2027-02-28", lists: raised, elder: born1942, yuan: 30, want: "2023-11-20"},
		{note: "it was raised, and repealed", on: "2027-06-01", lists: repealed, elder: born1942, want: "2027-05-10", otherwise: true},
		{note: "it was written anew, the same", on: "2027-06-01", lists: repeated, elder: born1942, yuan: 30, want: "2023-11-20"},
		{
			note: "the threshold was lowered", on: "2027-02-01", lists: lowered, elder: eldercare.Elder{"birth_date": "1950-03-01"}, yuan: 30,
			want: "2027-01-01",
		},
		{
			note: "80 before it was lowered", on: "2027-02-01", lists: lowered, elder: eldercare.Elder{"birth_date": "1945-07-09"}, yuan: 30,
			want: "2025-07-09",
		},
		{
			note: "77 while the threshold was 75, then nothing until 80", on: "2027-04-01",
			lists: threshold(`{from: "2024-01-01", value: 75}, {from: "2025-01-01", value: 80}`),
			elder: eldercare.Elder{"birth_date": "1947-03-01"}, yuan: 30, want: "2027-03-01",
		},
		{
			note: "another bracket", jurisdiction: "huojia", on: "2027-02-01", elder: eldercare.Elder{"birth_date": "1937-01-20"}, yuan: 100,
			want: "2027-01-20", otherwise: true,
		},
		{note: "of an age alone, the earliest birthday", on: "2026-11-22", elder: eldercare.Elder{"age": 80}, yuan: 30, want: "2025-11-23"},
		{note: "of a month of birth, its first day", on: "2026-11-22", elder: eldercare.Elder{"birth_date": "1946-03"}, yuan: 30, want: "2026-03-01"},
		{
			note: "of a month of birth and an age, the later", on: "2026-11-22", elder: eldercare.Elder{"birth_date": "1946-11", "age": 80}, yuan: 30,
			want: "2026-11-01",
		},
		{note: "not due on the day", on: "2026-11-22", elder: eldercare.Elder{"age": 79}, yuan: 30},
		{note: "not with these promises on the day", on: "2026-11-22", elder: eldercare.Elder{"age": 80}, yuan: 40, otherwise: true},
	}
	for _, test := range tests {
		t.Run(test.note, func(t *testing.T) {
			if test.jurisdiction == "" {
				test.jurisdiction = "shuozhou"
			}
			c, r, q := following(t, test.lists, test.jurisdiction, test.on, "old-age-allowance", test.elder, false)
			promise := policy.Promise{Bound: policy.AtLeast, Missing: "old_age_allowance_monthly"}
			if test.yuan > 0 {
				yuan := policy.DecimalOf(test.yuan)
				promise = policy.Promise{Bound: policy.AtLeast, Value: &yuan}
			}
			since, otherwise, err := c.Since(context.Background(), r, q, map[string]policy.Promise{"monthly_cny": promise}, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if !since.IsZero() {
				got = since.String()
			}
			if got != test.want || otherwise != test.otherwise {
				t.Errorf("since %q, otherwise before: %t; want %q, %t", got, otherwise, test.want, test.otherwise)
			}
		})
	}
}

// A course begins with the jurisdiction's first list; a jurisdiction without one has none.
func TestCourse(t *testing.T) {
	engine, err := eldercare.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := engine.Course("huojia") // the province's is older
	if err != nil || c.Days[0].String() != "2024-12-03" {
		t.Errorf("got %v, error %v", c, err)
	}
	var unknown *eldercare.UnknownJurisdictionError
	if _, err := engine.Course("huojai"); !errors.As(err, &unknown) || unknown.Suggestion != "huojia" {
		t.Errorf("got %v", err)
	}
}

// An elder is as old on another day as the date of birth makes him, or its month where that settles
// it. An age alone stays.
func TestAged(t *testing.T) {
	_, r, _ := following(t, nil, "shuozhou", "2026-11-22", "old-age-allowance", eldercare.Elder{}, false)
	space := r.Table.Space
	for _, c := range []struct {
		elder eldercare.Elder
		on    string
		want  any
		ok    bool
	}{
		{eldercare.Elder{"birth_date": "1947-03-10"}, "2027-03-10", 80, true},
		{eldercare.Elder{"birth_date": "1947-03"}, "2027-02-28", 79, true},
		{eldercare.Elder{"birth_date": "1947-03"}, "2027-03-10", nil, true},
		{eldercare.Elder{"birth_date": "1947-03"}, "2027-03-31", 80, true},
		{eldercare.Elder{"birth_date": "1946-11", "age": 79}, "2026-12-01", 80, true},
		{eldercare.Elder{"birth_date": "1947-03"}, "2080-01-01", nil, false},
		{eldercare.Elder{"age": 79}, "2080-01-01", 79, true},
	} {
		p, err := r.Encode(c.elder)
		on, dateErr := policy.ParseDate(c.on)
		if err = errors.Join(err, dateErr); err != nil {
			t.Fatal(err)
		}
		p, ok := timeline.Aged(space, p, on)
		i := timeline.AgeAttribute(space)
		if got := space.Axes[i].Value(p.Cell(i)); got != c.want || ok != c.ok {
			t.Errorf("%v on %s: %v, %t; want %v, %t", c.elder, c.on, got, ok, c.want, c.ok)
		}
	}
}

// A rule that would have to be tried too often leaves it open since when.
func TestSinceUntold(t *testing.T) {
	e := eldercare.Elder{"birth_date": "1920-03-01", "local_hukou": true, "pension_contribution_years": 15}
	c, r, q := following(t, culture(t, "disability_grade"), "huojia", "2026-11-22", "public-culture-access", e, false)
	awards, err := r.Service(t.Context(), &q.Profile, q.Service)
	if err != nil || len(awards) != 1 || !awards[0].Certain {
		t.Fatalf("awards %+v, error %v", awards, err)
	}
	since, _, err := c.Since(t.Context(), r, q, awards[0].Promises, awards[0].Bundles)
	if err != nil || since.String() != "2024-12-03" { // aged 104, and tried with every grade
		t.Errorf("since %v, error %v; want 2024-12-03", since, err)
	}
	delete(e, "pension_contribution_years")
	c, r, q = following(t, culture(t, "pension_contribution_years"), "huojia", "2026-11-22", "public-culture-access", e, false)
	if awards, err = r.Service(t.Context(), &q.Profile, q.Service); err != nil || len(awards) != 1 {
		t.Fatalf("awards %+v, error %v", awards, err)
	}
	if since, _, err = c.Since(t.Context(), r, q, awards[0].Promises, awards[0].Bundles); err != nil || !since.IsZero() {
		t.Errorf("since %v, error %v; want none", since, err)
	}
}
