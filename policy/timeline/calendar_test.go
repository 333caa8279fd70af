package timeline_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// calendars returns the invented lists of testdata/calendar, with a text of the list in place of
// another.
func calendars(t *testing.T, old, text string) []eldercare.Option {
	t.Helper()
	return []eldercare.Option{eldercare.WithFS("", calendarFiles(t, old, text)), eldercare.WithJurisdictions("tc")}
}

func calendarFiles(t *testing.T, old, text string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, path := range []string{"catalogs/services.yaml", "catalogs/tc.yaml", "rego/lists/tc.rego"} {
		content, err := fs.ReadFile(os.DirFS("testdata/calendar"), path)
		if err != nil {
			t.Fatal(err)
		}
		if path == "catalogs/tc.yaml" {
			if !strings.Contains(string(content), old) {
				t.Fatalf("%s has no %q", path, old)
			}
			content = []byte(strings.ReplaceAll(string(content), old, text))
		}
		files[path] = &fstest.MapFile{Data: content}
	}
	return files
}

// paid returns the months in which a service is promised, as first..last of each stretch.
func paid(tl *timeline.Timeline, service string) string {
	var stretches []string
	var first, last timeline.Month
	for i, m := range tl.Months {
		has := slices.ContainsFunc(m.Entitled, func(e eldercare.Entitlement) bool { return e.Service == service })
		if has && first == (timeline.Month{}) {
			first = m.Month
		}
		if has {
			last = m.Month
		}
		if first != (timeline.Month{}) && (!has || i == len(tl.Months)-1) {
			stretches, first = append(stretches, fmt.Sprint(first, "..", last)), timeline.Month{}
		}
	}
	return strings.Join(stretches, " ")
}

// The months that are paid follow from the first and the last day on which the elder is 80.
func TestCalendar(t *testing.T) {
	const none = ""
	services := []string{
		"by-default", "from-month", "from-next-month", "until-month-before", "until-month", "until-next-month", "month-to-next-month",
		"next-month-to-month-before", "on-application", "after-application",
	}
	for _, test := range []struct {
		note, birth, old, text string
		want                   []string // by service
	}{
		{
			note: "80 from 2027-03-01 to 2028-02-29", birth: "1947-03-01",
			want: []string{
				"2027-03..2028-02", "2027-03..2028-02", "2027-04..2028-02", "2027-03..2028-02", "2027-03..2028-02", "2027-03..2028-03",
				"2027-03..2028-03", "2027-04..2028-02", "2027-03..2028-02", "2027-04..2028-02",
			},
		},
		{
			note: "80 from 2027-03-02 to 2028-03-01", birth: "1947-03-02",
			want: []string{
				"2027-04..2028-03", "2027-03..2028-03", "2027-04..2028-03", "2027-04..2028-02", "2027-04..2028-03", "2027-04..2028-04",
				"2027-03..2028-04", "2027-04..2028-02", "2027-03..2028-03", "2027-04..2028-03",
			},
		},
		{
			note: "80 from 2027-03-31 to 2028-03-30", birth: "1947-03-31",
			want: []string{
				"2027-04..2028-03", "2027-03..2028-03", "2027-04..2028-03", "2027-04..2028-02", "2027-04..2028-03", "2027-04..2028-04",
				"2027-03..2028-04", "2027-04..2028-02", "2027-03..2028-03", "2027-04..2028-03",
			},
		},
		{
			note: "80 from 2028-02-29 to 2029-02-28", birth: "1948-02-29",
			want: []string{
				"2028-03..2029-02", "2028-02..2029-02", "2028-03..2029-02", "2028-03..2029-02", "2028-03..2029-02", "2028-03..2029-03",
				"2028-02..2029-03", "2028-03..2029-02", "2028-02..2029-02", "2028-03..2029-02",
			},
		},
		{
			note: "80 from 2027-04-01 to 2028-03-31, and the month of the last day is whole", birth: "1947-04-01",
			want: []string{
				"2027-04..2028-03", "2027-04..2028-03", "2027-05..2028-03", "2027-04..2028-03", "2027-04..2028-03", "2027-04..2028-04",
				"2027-04..2028-04", "2027-05..2028-03", "2027-04..2028-03", "2027-05..2028-03",
			},
		},
		{
			note: "80 from 2027-12-31 to 2028-12-30, the turns of two years", birth: "1947-12-31",
			want: []string{
				"2028-01..2028-12", "2027-12..2028-12", "2028-01..2028-12", "2028-01..2028-11", "2028-01..2028-12", "2028-01..2029-01",
				"2027-12..2029-01", "2028-01..2028-11", "2027-12..2028-12", "2028-01..2028-12",
			},
		},
		{
			note: "80 from 2028-01-01 to 2028-12-31, a whole year", birth: "1948-01-01",
			want: []string{
				"2028-01..2028-12", "2028-01..2028-12", "2028-02..2028-12", "2028-01..2028-12", "2028-01..2028-12", "2028-01..2029-01",
				"2028-01..2029-01", "2028-02..2028-12", "2028-01..2028-12", "2028-02..2028-12",
			},
		},
		{
			note: "80 from 2027-06-30 to 2028-06-29, the end of a quarter with 30 days", birth: "1947-06-30",
			want: []string{
				"2027-07..2028-06", "2027-06..2028-06", "2027-07..2028-06", "2027-07..2028-05", "2027-07..2028-06", "2027-07..2028-07",
				"2027-06..2028-07", "2027-07..2028-05", "2027-06..2028-06", "2027-07..2028-06",
			},
		},
		{
			note: "80 from 2027-02-28, a last day, to 2028-02-27, two days before one", birth: "1947-02-28",
			want: []string{
				"2027-03..2028-02", "2027-02..2028-02", "2027-03..2028-02", "2027-03..2028-01", "2027-03..2028-02", "2027-03..2028-03",
				"2027-02..2028-03", "2027-03..2028-01", "2027-02..2028-02", "2027-03..2028-02",
			},
		},
		{
			note: "80 from 2027-03-02 to 2028-03-01, and the 15th counts", birth: "1947-03-02", old: "parameters:", text: "counting_day: 15\nparameters:",
			want: []string{
				"2027-03..2028-02", "2027-03..2028-02", "2027-04..2028-02", "2027-03..2028-02", "2027-03..2028-03", "2027-03..2028-04",
				"2027-03..2028-04", "2027-04..2028-02", "2027-03..2028-02", "2027-04..2028-02",
			},
		},
		{
			note: "from 2027-03-10 to 2027-03-20, on which all end", birth: "1947-03-10", old: "access: unstated", text: "access: unstated\n    until: \"2027-03-20\"",
			want: []string{
				none, "2027-03..2027-03", none, none, none, "2027-04..2027-04", "2027-03..2027-04", none, "2027-03..2027-03", none,
			},
		},
	} {
		tl, err := project(t, calendars(t, test.old, test.text), "tc", "2027-01", "2029-06", eldercare.Elder{"birth_date": test.birth})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, service := range services {
			got = append(got, service+" "+paid(tl, service))
		}
		for i := range test.want {
			test.want[i] = services[i] + " " + test.want[i]
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.note, diff)
		}
	}
}

// tells returns what a timeline says of the payment of a service, one line for each month in which
// that or what is promised changes.
func tells(tl *timeline.Timeline, service string) (lines []string) {
	before := ""
	for _, m := range tl.Months {
		var parts []string
		for _, e := range m.Entitled {
			if e.Service == service {
				parts = append(parts, "due", amounts(e.Promises))
			}
		}
		for _, e := range m.Possible {
			if e.Service == service {
				parts = append(parts, "possible", amounts(e.UpTo))
			}
		}
		for _, p := range m.Payments {
			if p.Service == service {
				parts = append(parts, said(p))
			}
		}
		now := strings.TrimSpace(strings.Join(parts, " "))
		if now != before {
			lines = append(lines, strings.TrimSpace(fmt.Sprint(m.Month, " ", now)))
		}
		before = now
	}
	return lines
}

func amounts(promises map[string]policy.Promise) string {
	var parts []string
	for _, measure := range slices.Sorted(maps.Keys(promises)) {
		parts = append(parts, fmt.Sprint(measure, " ", promises[measure].Value))
	}
	return strings.Join(parts, " ")
}

func said(p timeline.Payment) string {
	var parts []string
	if p.Measure != "" {
		parts = append(parts, "of", p.Measure)
	}
	if p.Once {
		parts = append(append(parts, "once"), p.Measures...)
	}
	if p.NotBefore != nil {
		parts = append(parts, "not before", p.NotBefore.String())
	}
	if p.From != "" {
		parts = append(parts, string(p.From), fmt.Sprint(p.BackPayMonths))
	}
	if len(p.Suspended) > 0 {
		parts = append(parts, "suspended", strings.Join(p.Suspended, " "))
	}
	if len(p.MaybeSuspended) > 0 {
		parts = append(parts, "maybe suspended", strings.Join(p.MaybeSuspended, " "))
	}
	return strings.Join(parts, " ")
}

// What is due once is due in one month: that of the first day on which it is had, as far as that is
// known.
func TestOnce(t *testing.T) {
	registered := func(birth string) eldercare.Elder { return eldercare.Elder{"birth_date": birth, "local_hukou": true} }
	for _, test := range []struct {
		note, service, from string
		elder               eldercare.Elder
		closed              bool
		want                []string
	}{
		{"100 on the first", "gift", "2027-01", eldercare.Elder{"birth_date": "1927-03-01"}, false, []string{"2027-03 due once_cny 5000 once", "2027-04"}},
		{"100 on the second", "gift", "2027-01", eldercare.Elder{"birth_date": "1927-03-02"}, false, []string{"2027-03 due once_cny 5000 once", "2027-04"}},
		{"100 on the last day", "gift", "2027-01", eldercare.Elder{"birth_date": "1927-03-31"}, false, []string{"2027-03 due once_cny 5000 once", "2027-04"}},
		{"100 on 29 February", "gift", "2028-01", eldercare.Elder{"birth_date": "1928-02-29"}, false, []string{"2028-02 due once_cny 5000 once", "2028-03"}},
		{"100 in the month before the first", "gift", "2027-01", eldercare.Elder{"birth_date": "1926-12-31"}, false, nil},
		{"100 before the list, which everybody of 100 has from its first day on", "gift", "2024-01", eldercare.Elder{"birth_date": "1920-05-05"}, false,
			[]string{"2024-01 due once_cny 5000 once", "2024-02"}},
		{"100 before the list, in a timeline that begins before it", "gift", "2023-11", eldercare.Elder{"birth_date": "1920-05-05"}, false,
			[]string{"2024-01 due once_cny 5000 once", "2024-02"}},
		{"100 before the list, and years later", "gift", "2027-01", eldercare.Elder{"birth_date": "1920-05-05"}, false, nil},
		{"from the next month", "gift-next-month", "2027-01", eldercare.Elder{"birth_date": "1927-03-01"}, false, []string{"2027-04 due once_cny 5000 once", "2027-05"}},
		{"100 in the month before the first, from the next", "gift-next-month", "2027-01", eldercare.Elder{"birth_date": "1926-12-31"}, false,
			[]string{"2027-01 due once_cny 5000 once", "2027-02"}},
		{"100 and registered", "gift-of-registered", "2027-01", registered("1927-03-02"), false, []string{"2027-03 due once_cny 5000 once once_cny", "2027-04"}},
		{"registered, and 100 two years ago", "gift-of-registered", "2027-01", registered("1925-03-02"), false, nil},
		{"registered since nobody knows, and 100 before the list", "gift-of-registered", "2027-01", registered("1920-05-05"), false,
			[]string{"2027-01 due once_cny 5000 once once_cny not before 2024-01-01", "2027-02"}},
		{"perhaps registered", "gift-of-registered", "2027-01", eldercare.Elder{"birth_date": "1927-03-02"}, false,
			[]string{"2027-03 possible once_cny 5000 once once_cny", "2027-04"}},
		{"not registered, where what is missing is absent", "gift-of-registered", "2027-01", eldercare.Elder{"birth_date": "1927-03-02"}, true, nil},
		{"of unknown age", "gift", "2027-01", eldercare.Elder{}, false, []string{"2027-01 possible once_cny 5000 once not before 2024-01-01"}},
		{"beside what is monthly", "bonus", "2027-01", eldercare.Elder{"birth_date": "1957-03-02"}, false,
			[]string{"2027-03 due once_cny 5000 once once_cny", "2027-04 due monthly_cny 100"}},
		{"beside what is monthly from the same day", "bonus", "2027-01", eldercare.Elder{"birth_date": "1957-03-01"}, false,
			[]string{"2027-03 due monthly_cny 100 once_cny 5000 once once_cny", "2027-04 due monthly_cny 100"}},
	} {
		engine := calendars(t, "", "")
		tl, err := projectIn(t, engine, test.from, "2028-12", test.elder, test.closed)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, tells(tl, test.service)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.note, diff)
		}
	}
}

// A parameter's calendar takes the place of its service's for the measure that it is promised as,
// and for nothing else. The bonus is 100 a month and 5000 once, for who is 70.
func TestCalendarOfParameter(t *testing.T) {
	const amounts, gift, bonus = "unit: cny_per_month, ", "unit: cny, ", "    name: 津贴与礼金\n"
	second, first := eldercare.Elder{"birth_date": "1957-03-02"}, eldercare.Elder{"birth_date": "1957-03-01"}
	for _, test := range []struct {
		note, at, calendar string
		elder              eldercare.Elder
		want               []string
	}{
		{"the gift a month later, the allowance by default", gift, "{from: next_month}", second,
			[]string{"2027-04 due monthly_cny 100 once_cny 5000 of once_cny once", "2027-05 due monthly_cny 100"}},
		{"the gift a month later than the allowance", gift, "{from: next_month}", first,
			[]string{"2027-03 due monthly_cny 100", "2027-04 due monthly_cny 100 once_cny 5000 of once_cny once", "2027-05 due monthly_cny 100"}},
		{"the allowance from its month on, like the gift", amounts, "{from: month}", second,
			[]string{"2027-03 due monthly_cny 100 once_cny 5000 once once_cny", "2027-04 due monthly_cny 100"}},
		{"the allowance on application, the gift not", amounts, "{from: month_of_application, back_pay_months: 2}", second,
			[]string{"2027-03 due monthly_cny 100 once_cny 5000 once once_cny of monthly_cny month_of_application 2", "2027-04 due monthly_cny 100 of monthly_cny month_of_application 2"}},
		{"the allowance once, a month after the gift", amounts, "{from: next_month, once: true}", second,
			[]string{"2027-03 due once_cny 5000 once once_cny", "2027-04 due monthly_cny 100 of monthly_cny once", "2027-05"}},
		{"the service on application, the gift from its month", bonus, "{from: month_of_application}", second,
			[]string{"2027-03 due monthly_cny 100 once_cny 5000 once once_cny month_of_application 0", "2027-04 due monthly_cny 100 month_of_application 0"}},
	} {
		text := test.at + "payment: " + test.calendar + ", "
		if test.at == bonus {
			text = bonus + "    payment: " + test.calendar + "\n"
		}
		tl, err := projectIn(t, calendars(t, test.at, text), "2027-01", "2028-12", test.elder, false)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, tells(tl, "bonus")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.note, diff)
		}
		for _, m := range tl.Months {
			for _, c := range m.Changes {
				if c.Service == "bonus" && c.Kind == timeline.Begins && c.Cause != timeline.ByAge {
					t.Errorf("%s: it begins by %s, want by age", test.note, c.Cause)
				}
			}
		}
	}
}

// While an amount alone is suspended, the rest of its service is paid.
func TestSuspendedParameter(t *testing.T) {
	in := eldercare.Elder{"birth_date": "1957-03-02", "hospitalised": true}
	options := calendars(t, "higher_amount: {label: 较高标准, unit: cny_per_month, ", "higher_amount: {label: 较高标准, unit: cny_per_month, payment: {suspended: [hospitalised]}, ")
	if _, err := eldercare.Load(t.Context(), options...); err == nil {
		t.Error("two amounts of one measure with different calendars load")
	}
	tl, err := projectIn(t, calendars(t, "unit: cny_per_month, ", "unit: cny_per_month, payment: {suspended: [hospitalised]}, "), "2027-01", "2027-06", in, false)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"2027-03 due once_cny 5000 once once_cny", "2027-04 due monthly_cny 100 of monthly_cny suspended hospitalised"}
	if diff := cmp.Diff(want, tells(tl, "bonus")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, m := range tl.Months {
		if m.MonthlyCNY.Value.String() != "0" {
			t.Errorf("%s yuan in %s, want 0", m.MonthlyCNY.Value, m.Month)
		}
	}
}

func projectIn(t *testing.T, options []eldercare.Option, from, to string, e eldercare.Elder, closed bool) (*timeline.Timeline, error) {
	t.Helper()
	engine, err := eldercare.Load(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	c, err := engine.Course("tc")
	if err != nil {
		t.Fatal(err)
	}
	return timeline.Project(t.Context(), c.AssumeKnown(closed), e, month(t, from), month(t, to))
}

// What is suspended is promised, and not paid: the total leaves it out. An attribute that is not
// known may suspend it.
func TestSuspended(t *testing.T) {
	for _, test := range []struct {
		note   string
		elder  eldercare.Elder
		closed bool
		said   string
		total  string
	}{
		{"in hospital", eldercare.Elder{"birth_date": "1950-01-01", "hospitalised": true}, false, "suspended hospitalised", "100"},
		{"not in hospital", eldercare.Elder{"birth_date": "1950-01-01", "hospitalised": false}, false, "", "200"},
		{"nobody knows", eldercare.Elder{"birth_date": "1950-01-01"}, false, "maybe suspended hospitalised", "200"},
		{"what is missing is absent", eldercare.Elder{"birth_date": "1950-01-01"}, true, "", "200"},
	} {
		tl, err := projectIn(t, calendars(t, "", ""), "2027-01", "2027-03", test.elder, test.closed) // 77 years: the bonus of 100 besides
		if err != nil {
			t.Fatal(err)
		}
		want := []string{strings.TrimSpace("2027-01 due monthly_cny 100 " + test.said)}
		if diff := cmp.Diff(want, tells(tl, "paused")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.note, diff)
		}
		for _, m := range tl.Months {
			if m.MonthlyCNY.Value.String() != test.total {
				t.Errorf("%s: %s yuan in %s, want %s", test.note, m.MonthlyCNY.Value, m.Month, test.total)
			}
		}
	}
}

// The month of an application is not known: the timeline says that payment begins with it, and how
// far back pay goes.
func TestOnApplication(t *testing.T) {
	tl, err := projectIn(t, calendars(t, "", ""), "2027-01", "2027-12", eldercare.Elder{"birth_date": "1947-03-31"}, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2027-03 due monthly_cny 100 month_of_application 3"}, tells(tl, "on-application")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2027-04 due monthly_cny 100 month_after_application 0"}, tells(tl, "after-application")); diff != "" {
		t.Error(diff)
	}
}

// A higher amount is paid by the same calendar, and every change says its cause: a birthday, the
// rules, or payment alone.
func TestCausesOfPayment(t *testing.T) {
	var all []string
	of := func(birth, service, old, text string) {
		tl, err := project(t, calendars(t, old, text), "tc", "2027-02", "2027-06", eldercare.Elder{"birth_date": birth})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range changes(tl) {
			if strings.Contains(line, " "+service+" ") {
				all = append(all, line)
			}
		}
	}
	of("1947-03-31", "rising", "", "")
	of("1937-03-31", "rising", "", "")
	of("1946-04-20", "until-month", "", "")
	of("1946-04-20", "until-month-before", "", "")
	of("1946-04-20", "until-next-month", "", "")
	of("1927-03-31", "gift", "", "")
	of("1957-03-31", "bonus", "", "")
	of("1946-11-11", "from-month", `value: 100}]`, `value: 100}, {from: "2027-03-31", value: 120}]`)
	of("1946-11-11", "from-next-month", `value: 100}]`, `value: 100}, {from: "2027-03-31", value: 120}]`)
	of("1946-11-11", "from-month", "access: unstated", "access: unstated\n    until: \"2027-03-31\"")
	want := []string{
		"2027-03 rising begins by age", "2027-03 rising rises by age to 300",
		"2027-05 until-month ends by age", "2027-04 until-month-before ends by age", "2027-06 until-next-month ends by age",
		"2027-03 gift begins by age", "2027-04 gift ends by payment",
		"2027-03 bonus begins by age", "2027-04 bonus falls by payment", "2027-04 bonus rises by age to 100",
		"2027-03 from-month rises by rules to 120", "2027-04 from-next-month rises by rules to 120", "2027-04 from-month ends by rules",
	}
	slices.Sort(want)
	slices.Sort(all)
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is due in a month that nobody can answer for, as the list begins within it, is told in the
// first month after it.
func TestOnceInMonthBeforeTheList(t *testing.T) {
	midMonth := calendars(t, `effective_from: "2024-01-01"`, `effective_from: "2024-01-10"`)
	tl, err := projectIn(t, midMonth, "2023-11", "2024-06", eldercare.Elder{"birth_date": "1920-05-05"}, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2024-02 due once_cny 5000 once", "2024-03"}, tells(tl, "gift")); diff != "" {
		t.Error(diff)
	}
}

// The calendar of a month is that of the list in force at its end: here from 20 March 2027 on a
// month earlier than before.
func TestCalendarOfNextList(t *testing.T) {
	files := calendarFiles(t, "", "")
	next := strings.ReplaceAll(string(files["catalogs/tc.yaml"].Data), `"2024-01-01"`, `"2027-03-20"`)
	files["catalogs/tc_2027.yaml"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(next, "{from: next_month}", "{from: month}"))}
	rules := strings.Replace(string(files["rego/lists/tc.rego"].Data), "package lists.tc", "package lists.tc_2027", 1)
	files["rego/lists/tc_2027.rego"] = &fstest.MapFile{Data: []byte(rules)}
	options := []eldercare.Option{eldercare.WithFS("", files), eldercare.WithJurisdictions("tc")}
	for birth, want := range map[string]string{"1947-03-25": "2027-03..2027-06", "1947-02-25": "2027-03..2027-06", "1947-01-25": "2027-02..2027-06"} {
		tl, err := project(t, options, "tc", "2027-01", "2027-06", eldercare.Elder{"birth_date": birth})
		if err != nil {
			t.Fatal(err)
		}
		if got := paid(tl, "from-next-month"); got != want {
			t.Errorf("born on %s: %s, want %s", birth, got, want)
		}
	}
}

// What may be due once of a service that is certain is possible, and no more, in its month.
func TestOnceMaybeOfCertain(t *testing.T) {
	files := calendarFiles(t, "", "")
	const both = `"monthly_cny": p.amount, "once_cny": p.gift}) if {`
	rules := string(files["rego/lists/tc.rego"].Data)
	if !strings.Contains(rules, both) {
		t.Fatalf("no %s", both)
	}
	gift := `"monthly_cny": p.amount}) if {
	input.age >= 70
}

# METADATA
# title: 津贴与礼金
# custom:
#   item: "15"
grants contains grant.promise("bonus", {"once_cny": p.gift}) if {
	input.local_hukou`
	files["rego/lists/tc.rego"] = &fstest.MapFile{Data: []byte(strings.Replace(rules, both, gift, 1))}
	options := []eldercare.Option{eldercare.WithFS("", files), eldercare.WithJurisdictions("tc")}
	tl, err := projectIn(t, options, "2027-01", "2027-06", eldercare.Elder{"birth_date": "1957-03-02"}, false)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"2027-03 possible once_cny 5000 once once_cny", "2027-04 due monthly_cny 100"}
	if diff := cmp.Diff(want, tells(tl, "bonus")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
