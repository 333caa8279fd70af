package timeline_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// opaque is a condition that adds nothing, but that no table can hold: it reads the years of
// contribution and the grade of a disability together.
const opaque = "0 * count([1 | input.pension_contribution_years + input.disability_grade > 99])"

// Where a rule would have to be tried too often, the counting day decides, whatever the calendar
// says. The elder is 80 from 2 March 2027 to 1 March 2028. By the calendar March 2027 is paid, too.
func TestCalendarUntold(t *testing.T) {
	files := calendarFiles(t, "", "")
	const rule = `grants contains grant.promise("from-month", {"monthly_cny": p.amount}) if {
	input.age == 80`
	rules := string(files["rego/lists/tc.rego"].Data)
	if !strings.Contains(rules, rule) {
		t.Fatalf("no %s", rule)
	}
	files["rego/lists/tc.rego"] = &fstest.MapFile{Data: []byte(strings.Replace(rules, rule, rule+" + "+opaque, 1))}
	options := []eldercare.Option{eldercare.WithFS("", files), eldercare.WithJurisdictions("tc")}
	for _, tt := range []struct {
		note  string
		elder eldercare.Elder
		from  string
		want  string
	}{
		{"tried with every grade", eldercare.Elder{"birth_date": "1947-03-02", "pension_contribution_years": 15}, "2027-01", "2027-03..2028-03"},
		{"too much to try", eldercare.Elder{"birth_date": "1947-03-02"}, "2027-01", "2027-04..2028-03"},
		{"too much to try, and had from the first month on", eldercare.Elder{"birth_date": "1947-03-02"}, "2027-06", "2027-06..2028-03"},
	} {
		tl, err := projectIn(t, options, tt.from, "2028-06", tt.elder, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := paid(tl, "from-month"); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.note, got, tt.want)
		}
	}
}

// claim returns the rules of a day and the claim of an elder to the old-age allowance.
func claim(t *testing.T, engine *eldercare.Engine, jurisdiction, on string, e eldercare.Elder) (*eldercare.Ruleset, timeline.Claim) {
	t.Helper()
	day, err := policy.ParseDate(on)
	if err != nil {
		t.Fatal(err)
	}
	r, err := engine.Rules(t.Context(), jurisdiction, day)
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	return r, timeline.Claim{Profile: p, Service: "old-age-allowance"}
}

// It is not told since when somebody has a service, if only the last days of it can be tried. The
// elder is 80 on 1 March 2027, and has it on 10 February under figures of the second.
func TestSinceUntoldBefore(t *testing.T) {
	files := made("", `, {from: "2027-02-02", value: 50}`, `"monthly_cny": p.amount if input.age >= 60 + `+opaque)
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("tp"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		note  string
		elder eldercare.Elder
		want  string
	}{
		{"tried with every grade", eldercare.Elder{"birth_date": "1947-03-01", "pension_contribution_years": 15}, "2024-01-01"},
		{"too much to try", eldercare.Elder{"birth_date": "1947-03-01"}, "0000-00-00"},
	} {
		r, q := claim(t, engine, "tp", "2027-02-10", tt.elder)
		awards, err := r.Service(t.Context(), &q.Profile, q.Service)
		if err != nil || len(awards) != 1 || !awards[0].Certain {
			t.Fatalf("%s: awards %+v, error %v", tt.note, awards, err)
		}
		c, err := engine.Course("tp")
		if err != nil {
			t.Fatal(err)
		}
		since, _, err := c.Since(t.Context(), r, q, awards[0].Promises, awards[0].Bundles)
		if err != nil || since.String() != tt.want {
			t.Errorf("%s: since %v, error %v; want %s", tt.note, since, err, tt.want)
		}
	}
}

// A service that has ended is paid on by its last calendar. All end on 1 January 2027, and what is
// paid until the month after that is paid in February, also in a timeline that begins then.
func TestCalendarOfEndedService(t *testing.T) {
	options := calendars(t, "access: unstated", "access: unstated\n    until: \"2027-01-01\"")
	for from, want := range map[string]string{"2027-01": "2027-01..2027-02", "2027-02": "2027-02..2027-02", "2027-03": ""} {
		tl, err := projectIn(t, options, from, "2027-06", eldercare.Elder{"birth_date": "1946-05-05"}, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := paid(tl, "until-next-month"); got != want {
			t.Errorf("from %s: %q, want %q", from, got, want)
		}
	}
}

// Days on which nothing begins or ends do not part what is had, nor make anything of what is not.
// The amount is stated again before, while and after the elder is 80, from 10 March 2027 to 9 March
// 2028.
func TestSpellsOverFigures(t *testing.T) {
	const amount = `{from: "2024-01-01", value: 100}`
	var stated []string
	for _, day := range []string{"2027-02-02", "2027-06-15", "2028-03-05", "2028-05-05"} {
		stated = append(stated, `{from: "`+day+`", value: 100}`)
	}
	tl, err := projectIn(t, calendars(t, amount, amount+", "+strings.Join(stated, ", ")), "2027-01", "2028-12", eldercare.Elder{"birth_date": "1947-03-10"}, false)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, service := range []string{"from-month", "until-month-before", "next-month-to-month-before"} {
		got[service] = paid(tl, service)
	}
	want := map[string]string{"from-month": "2027-03..2028-03", "until-month-before": "2027-04..2028-02", "next-month-to-month-before": "2027-04..2028-02"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Months after the end of the last list are named. The list ends on 15 March 2027, in a month that
// its first day still answers.
func TestAfterTheList(t *testing.T) {
	files := made("until: \"2027-03-15\"\n", "", `"monthly_cny": p.amount if input.age >= 60`)
	for to, want := range map[string]*timeline.After{
		"2027-03": nil,
		"2027-04": {From: month(t, "2027-04"), To: month(t, "2027-04"), Ended: policy.Date{Year: 2027, Month: 3, Day: 15}},
		"2027-06": {From: month(t, "2027-04"), To: month(t, "2027-06"), Ended: policy.Date{Year: 2027, Month: 3, Day: 15}},
	} {
		tl, err := project(t, []eldercare.Option{eldercare.WithFS("", files), eldercare.WithJurisdictions("tp")}, "tp", "2027-02", to, eldercare.Elder{"birth_date": "1947-03-01"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, tl.After); diff != "" {
			t.Errorf("to %s (-want +got):\n%s", to, diff)
		}
		if last := tl.Months[len(tl.Months)-1].Month; len(tl.Months) != 2 || last != month(t, "2027-03") {
			t.Errorf("to %s: %d months, the last is %s; want two, up to March", to, len(tl.Months), last)
		}
	}
}

// A timeline of nothing but months after the end of the last list is refused.
func TestOnlyAfterTheList(t *testing.T) {
	files := made("until: \"2027-03-15\"\n", "", `"monthly_cny": p.amount if input.age >= 60`)
	options := []eldercare.Option{eldercare.WithFS("", files), eldercare.WithJurisdictions("tp")}
	_, err := project(t, options, "tp", "2027-04", "2027-06", eldercare.Elder{"birth_date": "1947-03-01"})
	if late, ok := errors.AsType[*policy.NotInForceError](err); !ok || late.Ended != (policy.Date{Year: 2027, Month: 3, Day: 15}) {
		t.Errorf("error %v, want that the list ended on 15 March", err)
	}
}
