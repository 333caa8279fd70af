package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
)

func TestUnitOf(t *testing.T) {
	for _, tt := range []struct {
		kind policy.MeasureKind
		of   string
		per  policy.Per
		want policy.Unit
	}{
		{policy.KindCash, "", policy.PerMonth, "cny_per_month"},
		{policy.KindCash, "", policy.PerOnce, "cny"},
		{policy.KindWorth, "", policy.PerMeal, "cny_per_meal"},
		{policy.KindCap, "", policy.PerHousehold, "cny_per_household"},
		{policy.KindShare, "percent", policy.PerOnce, "percent"},
		{policy.KindShare, "multiple", policy.PerOnce, "multiple"},
		{policy.KindCount, "times", policy.PerYear, "times_per_year"},
		{policy.KindCount, "working_days", policy.PerOnce, "working_days"},
		{policy.KindFlag, "", policy.PerOnce, "flag"},
	} {
		got := policy.UnitOf(tt.kind, tt.of, tt.per)
		if got != tt.want {
			t.Errorf("%s of %q per %s: %s, want %s", tt.kind, tt.of, tt.per, got, tt.want)
		}
		if _, per := got.Parts(); per != tt.per {
			t.Errorf("%s is per %s, want %s", got, per, tt.per)
		}
	}
}

// A measure that has a unit alone is what it was before measures had kinds.
func TestMeasureOfUnit(t *testing.T) {
	for unit, want := range map[policy.Unit]policy.Measure{
		policy.CNYPerMonth:  {Kind: policy.KindCash, Per: policy.PerMonth},
		policy.CNY:          {Kind: policy.KindCash, Per: policy.PerOnce},
		policy.Percent:      {Kind: policy.KindShare, Per: policy.PerOnce},
		policy.Multiple:     {Kind: policy.KindShare, Per: policy.PerOnce},
		policy.TimesPerYear: {Kind: policy.KindCount, Per: policy.PerYear},
		policy.Flag:         {Kind: policy.KindFlag, Per: policy.PerOnce},
	} {
		want.Unit = unit
		if diff := cmp.Diff(&want, policy.NewMeasure("", "", "", unit)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", unit, diff)
		}
	}
}

func TestUnitsOfParameters(t *testing.T) {
	v := &policy.Vocabulary{Measures: []*policy.Measure{policy.NewMeasure("quilts", "", "", "quilts_per_year"), policy.NewMeasure("cash", "", "", policy.CNYPerMonth)}}
	for unit, want := range map[policy.Unit]bool{
		"quilts_per_year": true, "quilts": false, "quilts_per_month": false, "cny_per_month": true, "cny_per_visit": true, "cny_per_mouth": false,
		"years": true, "years_per_month": false, "months": true, "days_per_week": true, "day": false, "percent": true, "percent_per_month": false, "": false,
	} {
		if got := v.HasUnit(unit); got != want {
			t.Errorf("HasUnit(%q) = %v", unit, got)
		}
	}
	if diff := cmp.Diff([]policy.Unit{"quilts_per_year", "cny_per_month", "years", "percent", "multiple", "flag", "fen"}, v.Units()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
