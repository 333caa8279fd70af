package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
)

// shortened returns the findings on payment calendars of a report, a line each.
func shortened(r *eldercare.Report) (lines []string) {
	for _, f := range r.Findings {
		if f.Kind == check.Shorter {
			lines = append(lines, fmt.Sprint(f.Severity, " ", f.Service, " ", f.Calendar, " ", f.Region, " ", f.Child))
		}
	}
	return lines
}

// A list that pays for fewer months than the one above is found, for all who have the service on
// both sides.
func TestCalendars(t *testing.T) {
	all := []rule{paying(old, "a100", "input.age >= p.age70")}
	for _, tt := range []struct {
		name         string
		above, below string
		rules        []rule // of both lists; an allowance from 70 on when there are none
		narrower     []rule // of the list below, if others
		counting     string // of the list below
		want         []string
		proved       int
	}{
		{name: "no calendars", proved: 1},
		{name: "the same", above: "{from: month, until: month}", below: "{from: month, until: month}", proved: 1},
		{name: "without its own, that of the list above", above: "{from: month, until: next_month}", proved: 1},
		{name: "earlier and longer", above: "{from: next_month, until: month_before}", below: "{from: month, until: next_month}", proved: 1},
		{name: "later", above: "{from: month}", below: "{from: next_month}", want: []string{"error old-age-allowance [from] age ≥ 70 tc.yaml:5"}},
		{name: "later than what nobody states", below: "{from: next_month}", want: []string{"warning old-age-allowance [from] age ≥ 70 tc.yaml:5"}, proved: 1},
		{name: "ends sooner", above: "{until: month}", below: "{until: month_before}", want: []string{"error old-age-allowance [until] age ≥ 70 tc.yaml:5"}},
		{name: "its own says nothing of the end", above: "{from: month, until: next_month}", below: "{from: month}", want: []string{"error old-age-allowance [until] age ≥ 70 tc.yaml:5"}},
		{name: "once in place of each month", below: "{once: true}", want: []string{"error old-age-allowance [once] age ≥ 70 tc.yaml:5"}},
		{name: "each month in place of once", above: "{once: true}", below: "{from: month, until: month}", proved: 1},
		{name: "suspended", below: "{suspended: [hospitalised]}", want: []string{"error old-age-allowance [suspended] age ≥ 70 tc.yaml:5"}},
		{name: "suspended more", above: "{suspended: [hospitalised]}", below: "{suspended: [hospitalised, homeless]}", want: []string{"error old-age-allowance [suspended] age ≥ 70 tc.yaml:5"}},
		{name: "suspended less", above: "{suspended: [hospitalised, homeless]}", below: "{suspended: [homeless]}", proved: 1},
		{name: "less back pay", above: "{from: month_of_application, back_pay_months: 3}", below: "{from: month_of_application, back_pay_months: 2}",
			want: []string{"error old-age-allowance [back_pay_months] age ≥ 70 tc.yaml:5"}},
		{name: "waits for an application", above: "{from: next_month}", below: "{from: month_of_application, back_pay_months: 120}",
			want: []string{"error old-age-allowance [from] age ≥ 70 tc.yaml:5"}},
		{name: "another counting day", above: "{from: counting_day}", counting: "counting_day: 15\n", want: []string{"warning old-age-allowance [until] age ≥ 70 tc.yaml:5"}, proved: 1},
		{
			name: "who loses the service loses no months", above: "{from: month}", below: "{from: next_month}", narrower: []rule{paying(old, "a100", "input.age >= p.age80")},
			want: []string{"error old-age-allowance [from] age ≥ 80 tc.yaml:5"},
		},
		{
			name: "money that is due once is not due less often", below: "{once: true}",
			rules: []rule{{old, `"once_cny": p.gift`, "input.age >= p.age70"}}, proved: 1,
		},
		{
			name: "an opaque rule", above: "{from: month}", below: "{from: next_month}",
			rules: []rule{paying(old, "a100", "input.age >= p.age70\ninput[concat(\"\", [\"a\", \"ge\"])] >= 0")},
			want:  []string{"error old-age-allowance [from] not known: a rule is opaque tc.yaml:5"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			figures := []string{
				yuan("a100", "at_least", 100), years("age70", 70), years("age80", 80),
				`gift: {label: gift, unit: cny, bound: exactly, values: [{from: "2024-01-01", value: 100}], cite: [A]}`,
			}
			above := all
			if tt.rules != nil {
				above = tt.rules
			}
			below := above
			if tt.narrower != nil {
				below = tt.narrower
			}
			engine := chain(t, made{parameters: figures, rules: above, payment: tt.above}, made{rules: below, payment: tt.below, rest: tt.counting})
			report := checked(t, engine, "tc")
			for i := range report.Findings {
				report.Findings[i].Child = strings.TrimPrefix(report.Findings[i].Child, "made/catalogs/")
			}
			if diff := cmp.Diff(tt.want, shortened(report)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if report.Proved+report.Tested != tt.proved {
				t.Errorf("%d proved, %d tested, want %d", report.Proved, report.Tested, tt.proved)
			}
		})
	}
}

// TestMutantsOfCalendars adds to each list, one at a time, a payment calendar to each of its
// services. A worse one must be found, with an elder who has the service in both lists by plain
// OPA; of a better one nothing may be found.
func TestMutantsOfCalendars(t *testing.T) {
	for _, j := range load(t).Jurisdictions() {
		t.Run(j.ID, func(t *testing.T) {
			t.Parallel()
			o := originalOf(t, j.ID)
			var worse, better []mutant
			for _, s := range o.List.Services {
				if !o.promises(s.ID) {
					continue
				}
				short := []string{"from: next_month", "from: month_after_application, back_pay_months: 3", "suspended: [hospitalised]"}
				full := []string{"from: month", "until: month", "until: next_month"}
				if o.once(t, s.ID) { // a gift begins with its month, and has no second one to lose
					short = append(short, "from: counting_day")
					full = append(full, "until: month_before", "once: true")
				} else {
					short = append(short, "until: month_before", "once: true")
					full = append(full, "from: counting_day")
				}
				for _, calendar := range short {
					worse = append(worse, o.paidBy(s.ID, calendar))
				}
				for _, calendar := range full {
					better = append(better, o.paidBy(s.ID, calendar))
				}
			}
			var sum tally
			o.each(t, sample(better, effort.Of(60, 60, 1)), func(tr trial) { o.sound(t, tr, &sum) })
			o.each(t, sample(worse, effort.Of(60, 60, 1)), func(tr trial) { o.paidLess(t, tr, &sum) })
			t.Logf("%v", sum)
		})
	}
}

// promises reports whether somebody is promised a service.
func (o *original) promises(service string) bool {
	return slices.ContainsFunc(o.rules.Table.Layers[0].Rules, func(a layer.Applied) bool { return a.Service.ID == service && !a.Discretionary })
}

// once reports whether all that the lists promise of a service is money that is due once.
func (o *original) once(t *testing.T, service string) bool {
	t.Helper()
	for _, l := range o.rules.Table.Layers {
		for _, c := range parseClauses(t, "rego/lists/"+l.List.Stem+".rego") {
			if c.service == service && (len(c.measures) != 1 || c.measures[0][0] != `"once_cny"`) {
				return false
			}
		}
	}
	return true
}

// paidBy returns the list with a calendar for a service.
func (o *original) paidBy(service, calendar string) mutant {
	m := o.copied()
	m.name, m.services = service+" is paid "+calendar, []string{service}
	m.catalog = func(root *yaml.Node) {
		var payment yaml.Node
		if err := yaml.Unmarshal([]byte("{"+calendar+"}"), &payment); err != nil {
			panic(err)
		}
		s := item(get(root, "services"), service)
		s.Content = append(s.Content, quoted("payment"), payment.Content[0])
	}
	return m
}

// paidLess judges a mutant that pays a service for fewer months.
func (o *original) paidLess(t *testing.T, tr trial, sum *tally) {
	sum.worse++
	if len(tr.report.Findings) != 1 || tr.report.Findings[0].Kind != check.Shorter {
		t.Errorf("%s: found %+v, want fewer months", tr.name, tr.report.Findings)
		return
	}
	sum.killed++
	f := tr.report.Findings[0]
	stated := f.Calendar[0] == policy.PartOnce || f.Calendar[0] == policy.PartSuspended
	if stated != (f.Severity == policy.SeverityError) {
		t.Errorf("%s: severity %s", tr.name, f.Severity)
	}
	options := []eldercare.EvalOption{eldercare.On(f.From), eldercare.AssumeKnown(), eldercare.PlainOPA()}
	for engine, id := range map[*eldercare.Engine]string{o.engine: o.Jurisdiction.ID, tr.engine: tr.id} {
		d, err := engine.Evaluate(t.Context(), id, f.Witness, options...)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(d.Entitled, func(e eldercare.Entitlement) bool { return e.Service == f.Service }) {
			t.Errorf("%s: %v does not have %s in %s", tr.name, f.Witness, f.Service, id)
		}
	}
}

// A parameter's calendar is compared for the measure that it is promised as: of a service that pays
// 100 a month and a gift, the list below may pay the one worse and the other better.
func TestCalendarsOfParameters(t *testing.T) {
	const gift, allowance = `"once_cny": p.gift`, `"monthly_cny": p.a100`
	both := []rule{{old, allowance + ", " + gift, "input.age >= p.age70"}}
	for _, tt := range []struct {
		name                   string
		above, below           string // the calendar of the allowance
		aboveGift, belowGift   string // that of the gift
		serviceAbove, services string // that of the service, above and below
		rules                  []rule // of the list above, if others
		want                   []string
		proved                 int
	}{
		{name: "the same", above: "{from: month}", below: "{from: month}", proved: 1},
		{name: "inherited with the parameter", above: "{from: month, until: next_month}", proved: 1},
		{name: "the allowance later", above: "{from: month}", below: "{from: next_month}", want: []string{"error monthly_cny [from] age ≥ 70 tc.yaml:5"}},
		{name: "the allowance later than what nobody states", below: "{from: next_month}", want: []string{"warning monthly_cny [from] age ≥ 70 tc.yaml:5"}, proved: 1},
		{name: "the allowance on application, as only the gift is above", aboveGift: "{from: month_of_application}", below: "{from: month_of_application}",
			want: []string{"warning monthly_cny [from] age ≥ 70 tc.yaml:5"}, proved: 1},
		{name: "the gift later, the allowance sooner", above: "{from: next_month}", below: "{from: month}", aboveGift: "{from: month}", belowGift: "{from: next_month}",
			want: []string{"error once_cny [from] age ≥ 70 tc.yaml:6"}},
		{name: "the allowance once", below: "{once: true}", want: []string{"error monthly_cny [once] age ≥ 70 tc.yaml:5"}},
		{name: "worse than the service above", serviceAbove: "{from: month}", below: "{from: next_month}",
			want: []string{"error monthly_cny [from] age ≥ 70 tc.yaml:5"}},
		{name: "the service below does not replace what the parameter says", above: "{from: month}", services: "{from: next_month}",
			want: []string{"warning  [from] age ≥ 70 tc.yaml:10"}, proved: 1},
		{name: "an allowance that is not owed is not paid for fewer months", below: "{from: next_month}", rules: []rule{{old, gift, "input.age >= p.age70"}}, proved: 1},
		{name: "a wider allowance below, from 80 on owed above", above: "{from: month}", below: "{from: next_month}",
			rules: []rule{{old, allowance, "input.age >= p.age80"}, {old, gift, "input.age >= p.age70"}}, want: []string{"error monthly_cny [from] age ≥ 80 tc.yaml:5"}},
		{name: "an opaque rule", above: "{from: month}", below: "{from: next_month}",
			rules: []rule{{old, allowance + ", " + gift, "input.age >= p.age70\ninput[concat(\"\", [\"a\", \"ge\"])] >= 0"}},
			want:  []string{"error monthly_cny [from] not known: a rule is opaque tc.yaml:5"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			figures := func(allowance, gift string) []string {
				return []string{
					paidBy(yuan("a100", "at_least", 100), allowance),
					paidBy(`gift: {label: gift, unit: cny, bound: exactly, values: [{from: "2024-01-01", value: 100}], cite: [A]}`, gift),
					years("age70", 70), years("age80", 80),
				}
			}
			above := both
			if tt.rules != nil {
				above = tt.rules
			}
			engine := chain(t, made{parameters: figures(tt.above, tt.aboveGift), rules: above, payment: tt.serviceAbove},
				made{parameters: figures(tt.below, tt.belowGift), rules: both, payment: tt.services})
			report := checked(t, engine, "tc")
			var got []string
			for _, f := range report.Findings {
				if f.Kind == check.Shorter {
					got = append(got, fmt.Sprint(f.Severity, " ", f.Measure, " ", f.Calendar, " ", f.Region, " ", strings.TrimPrefix(f.Child, "made/catalogs/")))
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if report.Proved+report.Tested != tt.proved {
				t.Errorf("%d proved, %d tested, want %d", report.Proved, report.Tested, tt.proved)
			}
		})
	}
}

// paidBy returns a parameter with a calendar, or as it is when the calendar is empty.
func paidBy(parameter, calendar string) string {
	if calendar == "" {
		return parameter
	}
	return strings.Replace(parameter, ", cite:", ", payment: "+calendar+", cite:", 1)
}
