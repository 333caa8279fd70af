package ruleset_test

import (
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
)

// An exact amount beside one that may turn out better is that amount or better, by Go and by stock
// OPA. What a county states exactly fills what its city leaves open.
func TestExactBesideOpen(t *testing.T) {
	parameters := amount("cash", "cny_per_month", "exactly", "100") + amount("local", "cny_per_month", "set_locally", "null") +
		amount("wage", "cny_per_month", "at_least", "null") + amount("third", "multiple", "exactly", "1/3") +
		amount("floor", "cny_per_month", "at_least", "50") + amount("most", "cny_per_month", "at_most", "300") +
		amount("less", "cny_per_month", "at_most", "80") + amount("days", "working_days", "exactly", "10") +
		amount("wait", "working_days", "set_locally", "null")
	own := amount("cash", "cny_per_month", "exactly", "120")
	const (
		exact, open, share = `allowance | "cash_monthly": p.cash`, `allowance | "cash_monthly": p.local`, `allowance | "cash_monthly": grant.times(p.wage, p.third)`
		floor, most, less  = `allowance | "cash_monthly": p.floor`, `allowance | "cash_monthly": p.most`, `allowance | "cash_monthly": p.less`
	)
	for _, tt := range []struct {
		name         string
		city, county []string
		own          string // parameters of the county
		want         string
	}{
		{name: "alone", city: []string{exact}, want: "=100"},
		{name: "beside a share of a wage that is not known", city: []string{exact, share}, want: ">=100"},
		{name: "beside what is set locally", city: []string{exact, open}, want: ">=100"},
		{name: "beside a lower floor", city: []string{exact, floor}, want: "=100"},
		{name: "beside a higher ceiling", city: []string{exact, most}, want: ">=100"},
		{name: "beside a lower ceiling", city: []string{exact, less}, want: "=100"},
		{name: "a county fills what its city leaves open", city: []string{open}, county: []string{exact}, own: own, want: "=120"},
		{name: "and a ceiling", city: []string{most}, county: []string{exact}, own: own, want: "=120"},
		{name: "but no share of a wage", city: []string{share}, county: []string{exact}, own: own, want: ">=120"},
		{name: "whatever the city states besides", city: []string{exact, open}, county: []string{exact}, own: own, want: "=120"},
		{name: "a city does not fill what its county leaves open", city: []string{exact}, county: []string{open}, own: amount("local", "cny_per_month", "set_locally", "null"), want: ">=100"},
		{
			name: "by a figure for the city's rule", city: []string{exact, open},
			own: amount("local", "cny_per_month", "exactly", "90"), want: "=100",
		},
		{
			name: "of a share by the wage", city: []string{exact, share},
			own: amount("wage", "cny_per_month", "exactly", "1800"), want: "=600",
		},
		{
			name: "of one of two", city: []string{exact, open, share},
			own: amount("local", "cny_per_month", "exactly", "90"), want: ">=100",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := amountLists(amounts{parameters: parameters, rules: tt.city}, amounts{parameters: tt.own, rules: tt.county, inherits: tt.county == nil})
			e := loadAmounts(t, files)
			d := evaluated(t, e, files, "tcounty", "2024-06-01", eldercare.Elder{"age": 60})
			if got := granted(d)["allowance"]["cash_monthly"]; got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			want := policy.AtLeast
			if tt.want[0] == '=' {
				want = policy.Exactly
			}
			if d.MonthlyCNY.Bound != want {
				t.Errorf("the total is %s, want %s", d.MonthlyCNY.Bound, want)
			}
			explained(t, e, d.Entitled[0].Promises["cash_monthly"])
		})
	}
	t.Run("of a waiting time", func(t *testing.T) {
		files := amountLists(amounts{parameters: parameters, rules: []string{`assessment | "wait": p.days`, `assessment | "wait": p.wait`}}, amounts{inherits: true})
		d := evaluated(t, loadAmounts(t, files), files, "tcounty", "2024-06-01", eldercare.Elder{"age": 60})
		if got := granted(d)["assessment"]["wait"]; got != "<=10" {
			t.Errorf("%s, want <=10", got)
		}
	})
}

// explained holds an explanation to what is promised: it shows that, from which list, and why.
func explained(t *testing.T, e *eldercare.Engine, want eldercare.Promise) {
	t.Helper()
	x := must(e.Explain(t.Context(), "tcounty", eldercare.Elder{"age": 60}, "allowance", eldercare.OnDate("2024-06-01"), eldercare.AssumeKnown()))(t)
	a := x.Amounts[0]
	if !a.Promise.Same(want) || len(x.Grounds) == 0 {
		t.Errorf("explained as %s by %d rules", a.Promise.Bound, len(x.Grounds))
	}
	best := 0
	for _, o := range a.Offers {
		if o.Best {
			best++
		}
	}
	if best != 1 {
		t.Errorf("%d of %d lists give what counts", best, len(a.Offers))
	}
	if raised := want.Bound == policy.AtLeast; raised != (len(x.Grounds) == 2) {
		t.Errorf("%d grounds", len(x.Grounds))
	}
}
