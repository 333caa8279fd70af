package ruleset_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// excluding are a province and a city in which who has one service does not get another: care
// denies nursing and meals, nursing denies the old-age allowance, and this the one for who lives
// alone. The city grants nursing by rules of its own, which nothing denies.
const excluding = "../source/testdata/excluding"

// Who has one service does not get another, unless the first is itself denied; a list below falls
// under what it inherits.
func TestExclusions(t *testing.T) {
	engine, err := eldercare.Load(t.Context(), eldercare.WithDir(excluding), eldercare.WithJurisdictions("paisheng", "paishi"))
	if err != nil {
		t.Fatal(err)
	}
	type elder = eldercare.Elder
	for _, tt := range []struct {
		note           string
		elder          elder
		province, city string // services in printed order
	}{
		{"old", elder{"age": 80}, "old", "old adaptation"},
		{"not yet old", elder{"age": 79}, "", "adaptation"},
		{"old and alone: no more for living alone", elder{"age": 80, "living_alone": true}, "old", "old adaptation"},
		{"alone", elder{"age": 79, "living_alone": true}, "alone", "alone adaptation"},
		{"nursed: nothing for age, and so something for living alone", elder{"age": 80, "self_care": "none", "living_alone": true}, "nursing alone", "nursing alone adaptation"},
		{"cared for: not nursed by the province, so something for age", elder{"age": 80, "self_care": "none", "economic_hardship": true}, "care old", "care nursing old adaptation"},
		{"cared for: no meals", elder{"age": 60, "economic_hardship": true, "uses_meal_service": true}, "care", "care adaptation"},
		{"meals", elder{"age": 60, "uses_meal_service": true}, "meals", "meals adaptation"},
		{"visited: nothing is adapted", elder{"age": 60, "pension_contribution_years": 0}, "visits", "visits"},
		{"one year paid: not visited", elder{"age": 60, "pension_contribution_years": 1}, "", "adaptation"},
	} {
		if _, given := tt.elder["pension_contribution_years"]; !given {
			tt.elder["pension_contribution_years"] = 60
		}
		for jurisdiction, want := range map[string]string{"paisheng": tt.province, "paishi": tt.city} {
			for _, options := range [][]eldercare.EvalOption{{eldercare.AssumeKnown()}, {eldercare.AssumeKnown(), eldercare.PlainOPA()}} {
				d, err := engine.Evaluate(t.Context(), jurisdiction, tt.elder, options...)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, e := range d.Entitled {
					got = append(got, short[e.Service])
				}
				if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
					t.Errorf("%s: %s: %s", tt.note, jurisdiction, diff)
				}
			}
		}
	}
}

var short = map[string]string{
	"care-service-subsidy": "care", "nursing-subsidy": "nursing", "old-age-allowance": "old", "centenarian-allowance": "alone",
	"meal-subsidy": "meals", "visiting-service": "visits", "home-adaptation": "adaptation",
}

// What is not known of one service is not known of those that it denies.
func TestExclusionsOfUnknown(t *testing.T) {
	engine, err := eldercare.Load(t.Context(), eldercare.WithDir(excluding), eldercare.WithJurisdictions("paisheng", "paishi"))
	if err != nil {
		t.Fatal(err)
	}
	// In hardship she is cared for, not nursed, and so has the allowance. Else she is nursed, and
	// has it not.
	known := eldercare.Elder{"age": 80, "self_care": "none", "assistance_category": "none", "living_alone": false, "uses_meal_service": true, "pension_contribution_years": 60}
	for _, options := range [][]eldercare.EvalOption{nil, {eldercare.PlainOPA()}} {
		d, err := engine.Evaluate(t.Context(), "paisheng", known, options...)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range d.Possible {
			got = append(got, short[p.Service])
			if !slices.Equal(p.Needs, []string{"economic_hardship"}) {
				t.Errorf("%s needs %v", p.Service, p.Needs)
			}
		}
		if diff := cmp.Diff([]string{"care", "nursing", "old", "meals", "meals"}, got); diff != "" || len(d.Entitled) > 0 {
			t.Errorf("entitled to %d: %s", len(d.Entitled), diff)
		}
	}
}
