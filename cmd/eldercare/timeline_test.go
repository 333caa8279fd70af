package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// A stretch lasts as long as nothing changes but the age. A sum that changes begins another, even
// where each service stays as it is.
func TestTimelineStretches(t *testing.T) {
	var months []timeline.State
	for i, cash := range []int64{200, 200, 100, 100} {
		months = append(months, timeline.State{
			Month: timeline.Month{Year: 2027, Month: time.January + time.Month(i)}, Age: new(80 + i),
			MonthlyCNY: decide.Total{Bound: policy.Exactly, Value: policy.DecimalOf(cash)},
		})
	}
	var got [][]string
	for _, s := range (&timelinePage{page: &page{language: language{value: "zh"}}}).stretches(months) {
		got = append(got, []string{s.first.Month.String(), s.last.Month.String(), s.changes})
	}
	want := [][]string{{"2027-01", "2027-02", "首月"}, {"2027-03", "2027-04", "仅合计金额变化"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the stretches differ (-want +got):\n%s", diff)
	}
}
