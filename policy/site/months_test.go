package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// month is a coming month as months.js tells it.
type month struct {
	On       string
	Age      int
	Decision struct {
		Entitled, Possible, Discretionary any
		MonthlyCNY                        any `json:"monthly_cny"`
	}
}

// lookAhead has months.js look ahead.
func (e engine) lookAhead(cells []int, born policy.Date) (months []month) {
	e.t.Helper()
	e.ask(cells, fmt.Sprintf("ahead(eldercare, elder, %q)", born), &months)
	return months
}

// withMonths adds months.js, and on which day the lists change next.
func (e engine) withMonths(c *policy.Catalog, rs *ruleset.Ruleset) engine {
	e.t.Helper()
	months, err := os.ReadFile("assets/months.js")
	if err != nil {
		e.t.Fatal(err)
	}
	until, err := json.Marshal(nextTurn(c, rs))
	if err != nil {
		e.t.Fatal(err)
	}
	for _, script := range []string{string(months), "eldercare.ahead.until = " + string(until)} {
		if _, err := e.RunString(script); err != nil {
			e.t.Fatal(err)
		}
	}
	return e
}

// projected is what the timeline says of the twelve months after a day, up to one in which the
// elder contradicts the age. Those from a turn on are left out.
func projected(t *testing.T, e *eldercare.Engine, rs *ruleset.Ruleset, who elder.Elder, until *policy.Date) (states []timeline.State) {
	t.Helper()
	course, err := e.Course(rs.Jurisdiction.ID)
	if err != nil {
		t.Fatal(err)
	}
	m := timeline.Month{Year: rs.On.Year, Month: rs.On.Month}
	for len(states) < 12 {
		if until != nil && !(timeline.Month{Year: until.Year, Month: until.Month}).After(m) {
			break
		}
		one, err := timeline.Project(t.Context(), course, who, m, m)
		if errors.As(err, new(*elder.Error)) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if one.Months[0].On.After(rs.On) {
			states = append(states, one.Months[0])
		}
		m = m.Next()
	}
	return states
}

// bornAround makes dates of birth around the ages at which lists begin to pay, on odd days, too.
func (p people) bornAround(on policy.Date) policy.Date {
	years := []int{59, 60, 64, 65, 69, 79, 80, 84, 89, 90, 94, 99, 100, 110}[p.IntN(14)]
	year := on.Year + p.IntN(2) - years
	born := policy.Date{Year: year, Month: time.Month(1 + p.IntN(12)), Day: 1 + p.IntN(28)}
	switch p.IntN(6) {
	case 0:
		born.Day = 1
	case 1:
		born = policy.Date{Year: year / 4 * 4, Month: time.February, Day: 29}
	}
	return born
}

// The script says of coming months what the timeline says: on which day which age counts, what is
// due, and how much cash. Our lists have no calendar of payment, which would shift months; what is
// due once apart.
func TestMonthsAhead(t *testing.T) {
	e := loadOurs(t)
	changed := 0
	for _, j := range e.Jurisdictions() {
		rs := rulesOf(t, e, j.ID)
		js, some := newEngine(t, rs).withMonths(e.Catalog(), rs), newPeople(rs, 4)
		until := nextTurn(e.Catalog(), rs)
		age, _ := rs.Table.Space.Index("age")
		for compared := 0; compared < effort.Of(10, 10, 100); {
			cells, born := some.next(), some.bornAround(rs.On)
			cells[age] = 0
			var c elder.Cells
			for i, cell := range cells {
				c[i] = uint8(cell)
			}
			who := rs.Table.Space.Elder(c)
			who["birth_date"] = born.String()
			want, got := projected(t, e, rs, who, until), js.lookAhead(cells, born)
			if len(want) != len(got) {
				t.Fatalf("%s: %v born on %s has %d months, want %d", j.ID, cells, born, len(got), len(want))
			}
			for i, state := range want {
				compareMonth(t, onceOf(rs), state, got[i])
				if i > 0 && len(want[i].Entitled) != len(want[i-1].Entitled) {
					changed++
				}
			}
			if len(want) > 0 {
				compared++
			}
		}
	}
	if changed < 3 {
		t.Errorf("only in %d months something begins or ends", changed)
	}
}

// onceOf returns the services with money that is due once. The timeline tells of it in one month,
// and months.js as long as the elder could have it.
func onceOf(rs *ruleset.Ruleset) (services []string) {
	for _, o := range rs.EffectiveOffers() {
		for measure := range o.Promises {
			if rs.Table.Space.Vocabulary.Measure(measure).Once() {
				services = append(services, o.Service)
			}
		}
	}
	return services
}

// without returns what is said of other services than some.
func without(all any, services []string) any {
	some, _ := all.([]any)
	return slices.DeleteFunc(some, func(one any) bool {
		service, _ := one.(map[string]any)["service"].(string)
		return slices.Contains(services, service)
	})
}

func compareMonth(t *testing.T, once []string, want timeline.State, got month) {
	t.Helper()
	if got.On != want.On.String() || want.Age == nil || got.Age != *want.Age {
		t.Errorf("on %s at %d, want %s at %v", got.On, got.Age, want.On, want.Age)
	}
	for what, pair := range map[string][2]any{
		"entitled": {want.Entitled, got.Decision.Entitled}, "possible": {want.Possible, got.Decision.Possible},
		"discretionary": {want.Discretionary, got.Decision.Discretionary},
	} {
		if diff := cmp.Diff(without(plain(t, pair[0]), once), without(pair[1], once)); diff != "" {
			t.Fatalf("%s on %s: %s", what, got.On, diff)
		}
	}
	if diff := cmp.Diff(plain(t, want.MonthlyCNY), got.Decision.MonthlyCNY); diff != "" {
		t.Fatalf("cash on %s: %s", got.On, diff)
	}
}

// A list that changes is not looked at beyond, its counting day counts, and who is paid by a
// calendar is named.
func TestMonthsAheadOfAChange(t *testing.T) {
	e := loadOurs(t)
	rs := rulesOf(t, e, "huojia")
	js := newEngine(t, rs).withMonths(e.Catalog(), rs)
	for _, tt := range []struct {
		set         string
		first, last string
		months      int
	}{
		{`eldercare.ahead.until = null`, "2026-12-01", "2027-11-01", 12},
		{`eldercare.ahead.until = "2027-03-15"`, "2026-12-01", "2027-02-01", 3},
		{`eldercare.ahead.until = "2027-03-01"`, "2026-12-01", "2027-02-01", 3},
		{`eldercare.ahead.until = null; eldercare.ahead.counting_day = 22`, "2026-12-22", "2027-11-22", 12}, // 22 November is the day itself
		{`eldercare.ahead.counting_day = 23`, "2026-11-23", "2027-10-23", 12},
	} {
		if _, err := js.RunString(tt.set); err != nil {
			t.Fatal(err)
		}
		months := js.lookAhead(make([]int, len(rs.Table.Space.Axes)), policy.Date{Year: 1946, Month: time.December, Day: 24})
		if len(months) != tt.months || months[0].On != tt.first || months[len(months)-1].On != tt.last {
			t.Errorf("%s: %d months, from %s to %s", tt.set, len(months), months[0].On, months[len(months)-1].On)
		}
	}
	ages := js.lookAhead(make([]int, len(rs.Table.Space.Axes)), policy.Date{Year: 1947, Month: time.January, Day: 23})
	if ages[1].Age != 79 || ages[2].Age != 80 { // 23 December, 23 January
		t.Errorf("%d and %d years", ages[1].Age, ages[2].Age)
	}
	var born, early int
	js.ask(nil, `ageOn("1944-02-29", "2027-03-01")`, &born)
	js.ask(nil, `ageOn("1944-02-29", "2027-02-28")`, &early)
	if born != 83 || early != 82 {
		t.Errorf("born on 29 February: %d, and the day before %d", born, early)
	}
}

// Services of monthly cash with a calendar of payment are named.
func TestCalendarsAhead(t *testing.T) {
	rs := rulesOf(t, loadOurs(t), "huojia")
	d, err := newData(t.Context(), rs)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Ahead.Calendars) > 0 || d.Ahead.CountingDay != 1 || d.Attributes[d.Ahead.Age].Name != "age" {
		t.Errorf("%+v", d.Ahead)
	}
	var paid []string
	for _, s := range d.Services {
		x := exporter{rs: rs, space: rs.Table.Space, data: d}
		if slices.ContainsFunc(s.Answers, x.paysMonthly) {
			paid = append(paid, s.ID)
		}
	}
	if !slices.Contains(paid, "old-age-allowance") || slices.Contains(paid, "health-management") {
		t.Errorf("monthly cash is %v", paid)
	}
}
