package eldercare_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/cases"
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

// verified has a check replayed without the table where tests try all.
func verified() []eldercare.CheckOption {
	return effort.Of(nil, nil, []eldercare.CheckOption{eldercare.Verify()})
}

// TestExampleLists lints the invented lists, proves each against the one above it, and runs their cases.
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
	for _, report := range must(e.CheckAll(t.Context(), verified()...))(t) {
		if report.Jurisdiction == invented[0] {
			continue // nothing is above it
		}
		if len(report.Findings) > 0 || report.Tested > 0 {
			t.Errorf("%s: %d tested, %v", report.Jurisdiction, report.Tested, report.Findings)
		}
		proved[report.Jurisdiction] = report.Proved
	}
	// The nation has 16 services; the province adds three, one of them by an amendment, and the city two.
	if diff := cmp.Diff(map[string]int{"xusheng": 16, "xushi": 19, "xuqu": 21, "xuzhen": 21}, proved); diff != "" {
		t.Errorf("proved (-want +got):\n%s", diff)
	}
}

// undercut is what a check says of a service that the list below undercuts.
type undercut struct {
	Service, Kind string
	Witness       map[string]any
	Want, Have    string
}

// TestExampleUndercut finds each way in which the invented district undercuts its city. By hand: the city's 70 % up to 9,000 is neither 60 %
// up to 9,000 nor 100 % up to 4,000; who is registered in another district of the city loses the bus; who has vouchers, because of the
// self-care, loses the meals, but for those in dispersed support, who have none; and of 200 for a model worker and 70 for a low income
// the district pays the higher, unless dispersed support takes the 70 away.
func TestExampleUndercut(t *testing.T) {
	e := loadInvented(t, append([]string{"xiaqu"}, invented...), "examples/lists", "examples/undercut")
	report := must(e.Check(t.Context(), "xiaqu", verified()...))(t)
	var got []undercut
	for _, f := range report.Findings {
		u := undercut{Service: f.Service, Kind: string(f.Kind), Witness: f.Witness}
		switch {
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
		{
			Service: "care-service-subsidy", Kind: "combined", Want: "270", Have: "200",
			Witness: map[string]any{"age": 60, "assistance_category": "none", "contributor": "model_worker", "income_monthly_cny": 0},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Of the city's 21 services three are undercut, and three more are paid together.
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
