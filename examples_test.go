package eldercare_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/cases"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// invented are the lists of examples/lists, those above first.
var invented = []string{"xuguo", "xusheng", "xushi", "xuqu", "xuzhen"}

// loadInvented loads the lists of some folders over ours, and of these only those named.
func loadInvented(t *testing.T, jurisdictions []string, folders ...string) *eldercare.Engine {
	t.Helper()
	options := []eldercare.Option{eldercare.WithJurisdictions(jurisdictions...)}
	for _, dir := range folders {
		options = append(options, eldercare.WithDir(dir))
	}
	return must(eldercare.Load(t.Context(), options...))(t)
}

// TestExampleLists lints the invented lists, proves each against the one above it, and runs their
// cases.
func TestExampleLists(t *testing.T) {
	const folder = "examples/lists"
	e := loadInvented(t, invented, folder)
	for _, id := range invented {
		for _, f := range must(e.Lint(t.Context(), id))(t) {
			if f.Accepted == "" {
				t.Errorf("%s:%d: %s %s: %s", f.Pos.File, f.Pos.Line, f.Code, f.Subject, f.Message)
			}
		}
	}
	for _, c := range tested(t, e, len(invented)).Coverage {
		list := must(e.List(c.Jurisdiction, date(t, today)))(t)
		for _, gap := range c.Missing {
			if gap.Kind == cases.Refusal && !list.Service(gap.Service).Inherits {
				t.Errorf("%s: no case refuses %s", c.List, gap.Service)
			}
		}
	}
	proved := map[string]int{}
	for _, report := range must(e.CheckAll(t.Context()))(t) {
		if report.Jurisdiction == invented[0] {
			continue // nothing is above it
		}
		if len(report.Findings) > 0 || report.Tested > 0 {
			t.Errorf("%s: %d tested, %v", report.Jurisdiction, report.Tested, report.Findings)
		}
		proved[report.Jurisdiction] = report.Proved
	}
	// The nation has 16 services; the province adds three, one of them by an amendment, and the city
	// three.
	if diff := cmp.Diff(map[string]int{"xusheng": 16, "xushi": 19, "xuqu": 22, "xuzhen": 22}, proved); diff != "" {
		t.Errorf("proved (-want +got):\n%s", diff)
	}
}

// undercut is what a check says of a service that the list below undercuts.
type undercut struct {
	Service, Kind string
	Witness       map[string]any
	Want, Have    string
}

// TestExampleUndercut finds each way in which the invented district undercuts its city. By hand:
// the city's 70 % up to 9,000 is neither 60 % up to 9,000 nor 100 % up to 4,000; who is registered
// in another district of the city loses the bus; who has vouchers, because of the self-care, loses
// the meals, but for those in dispersed support, who have none; and of 200 for a model worker and
// 70 for a low income the district pays the higher, unless dispersed support takes the 70 away. At
// 100 the nation pays from the very month on, the district from the next.
func TestExampleUndercut(t *testing.T) {
	e := loadInvented(t, append([]string{"xiaqu"}, invented...), "examples/lists", "examples/undercut")
	verified := effort.Of(nil, nil, []eldercare.CheckOption{eldercare.Verify()}) // replayed without the table where tests try all
	report := must(e.Check(t.Context(), "xiaqu", verified...))(t)
	var got []undercut
	for _, f := range report.Findings {
		u := undercut{Service: f.Service, Kind: string(f.Kind), Witness: f.Witness}
		switch {
		case f.Calendar != nil:
			u.Want = fmt.Sprint(f.Calendar)
		case f.Want != nil:
			u.Want, u.Have = f.Want.String(), f.Have.String()
		case len(f.WantBundle) > 0:
			u.Want = fmt.Sprint(promises(f.WantBundle))
			for _, b := range f.HaveBundles {
				u.Have += fmt.Sprint(promises(b))
			}
		}
		got = append(got, u)
	}
	want := []undercut{
		{
			Service: "long-term-care", Kind: "lower", Witness: map[string]any{"age": 60, "care_insured": true, "care_certified": true},
			Want: "map[cost_ceiling_annual_cny:<=9000 cost_share_percent:>=70]",
			Have: "map[cost_ceiling_annual_cny:<=4000 cost_share_percent:=100]map[cost_ceiling_annual_cny:<=9000 cost_share_percent:>=60]",
		},
		{Service: "public-transport-concession", Kind: "narrower", Witness: map[string]any{"age": 65, "hukou_place": "city"}},
		{
			Service: "meal-subsidy", Kind: "narrower",
			Witness: map[string]any{"age": 60, "assistance_category": "none", "self_care": "partial", "uses_meal_service": true},
		},
		{Service: "centenarian-allowance", Kind: "shorter", Want: "[from]", Witness: map[string]any{"age": 100}},
		{
			Service: "care-service-subsidy", Kind: "combined", Want: "270", Have: "200",
			Witness: map[string]any{"age": 60, "assistance_category": "none", "contributor": "model_worker", "income_monthly_cny": 0},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Of the city's 22 services four are undercut, and three more are paid together.
	if report.Proved != 15 || report.Tested != 0 {
		t.Errorf("%d proved, %d tested", report.Proved, report.Tested)
	}
}

// TestExampleListEnds has the township's list end with the day that it prints.
func TestExampleListEnds(t *testing.T) {
	e := loadInvented(t, invented, "examples/lists")
	var ended *eldercare.NotInForceError
	if _, err := e.Evaluate(t.Context(), "xuzhen", eldercare.Elder{"age": 80}, eldercare.OnDate("2027-07-01")); !errors.As(err, &ended) {
		t.Errorf("on the day after: %v", err)
	}
}

// TestExampleCalendars follows the payment calendars of the invented lists, worked by hand from
// their texts.
func TestExampleCalendars(t *testing.T) {
	e := loadInvented(t, invented, "examples/lists")
	for _, tt := range []struct {
		note, jurisdiction, service string
		elder                       eldercare.Elder
		want                        []string // months of 2026 in which that is due, each with the sum that is sure
	}{
		{ // 60 of the nation and 20 of the province, from the month after the 80th birthday on
			note: "80 on 15 October in the city", jurisdiction: "xushi", service: "old-age-allowance",
			elder: eldercare.Elder{"birth_date": "1946-10-15"}, want: []string{"2026-11 80", "2026-12 80"},
		},
		{ // 0.55 more, and from the month of the birthday on; 30 before it
			note: "80 on 15 November in the district", jurisdiction: "xuqu", service: "old-age-allowance",
			elder: eldercare.Elder{"birth_date": "1946-11-15"}, want: []string{"2026-09 30", "2026-10 30", "2026-11 80.55", "2026-12 80.55"},
		},
		{
			note: "75 on the last day of the year in the district", jurisdiction: "xuqu", service: "old-age-allowance",
			elder: eldercare.Elder{"birth_date": "1951-12-31"}, want: []string{"2026-12 30"},
		},
		{ // the old-age allowance of 120 is not paid beside 300
			note: "100 on 20 October", jurisdiction: "xuzhen", service: "centenarian-allowance",
			elder: eldercare.Elder{"birth_date": "1926-10-20"}, want: []string{"2026-10 300 once", "2026-11 300", "2026-12 300"},
		},
		{
			note: "a model worker of 60 on 30 November", jurisdiction: "xushi", service: "honour-allowance",
			elder: eldercare.Elder{"birth_date": "1966-11-30", "contributor": "model_worker", "imprisoned": false}, want: []string{"2026-11 200", "2026-12 200"},
		},
		{
			note: "in prison", jurisdiction: "xushi", service: "honour-allowance",
			elder: eldercare.Elder{"birth_date": "1966-11-30", "contributor": "model_worker", "imprisoned": true}, want: []string{"2026-11 0 suspended", "2026-12 0 suspended"},
		},
		{ // from the month of the application, which nobody knows
			note: "poor, and 60 on 1 December", jurisdiction: "xuqu", service: "care-service-subsidy",
			elder: eldercare.Elder{"birth_date": "1966-12-01", "income_monthly_cny": 1300}, want: []string{"2026-12 70 month_of_application"},
		},
		{
			note: "60 on 2 November, with bad eyes", jurisdiction: "xushi", service: "assistive-devices",
			elder: eldercare.Elder{"birth_date": "1966-11-02", "impairments": []any{"visual"}}, want: []string{"2026-11 0 once month_of_application"},
		},
	} {
		tl := must(e.Timeline(t.Context(), tt.jurisdiction, tt.elder, eldercare.Month{Year: 2026, Month: 9}, eldercare.Month{Year: 2026, Month: 12}, eldercare.AssumeKnown()))(t)
		var got []string
		for _, m := range tl.Months {
			for _, due := range m.Entitled {
				if due.Service == tt.service {
					got = append(got, fmt.Sprint(m.Month, " ", m.MonthlyCNY.Value, said(m.Payments, tt.service)))
				}
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.note, diff)
		}
	}
}

// said is what a month of a timeline says of the payment of a service.
func said(payments []timeline.Payment, service string) (text string) {
	for _, p := range payments {
		if p.Service != service {
			continue
		}
		if p.Once {
			text += " once"
		}
		if p.From != "" {
			text += " " + string(p.From)
		}
		if len(p.Suspended) > 0 {
			text += " suspended"
		}
	}
	return text
}
