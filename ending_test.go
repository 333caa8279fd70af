package eldercare_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// ending is a made-up list: services in order, each with more keys, or with "!" a rule that pays so
// much a month from 60 on.
type ending struct{ head, services string }

func (l ending) put(files fstest.MapFS, id, code, level, parent string) {
	yaml := fmt.Sprintf("jurisdiction: {id: %[1]s, code: %[2]q, name: %[1]s, level: %[3]s%[4]s}\ndocument: {title: %[1]s令, basis: official}\neffective_from: \"2024-01-01\"\n%[5]s\n", id, code, level, parent, l.head)
	figures, services, rego := "parameters:\n  elder_age: {label: 年龄, unit: years, values: [{from: \"2024-01-01\", value: 60}], cite: [A]}\n", "services:\n", ""
	if parent != "" {
		figures = "parameters:\n"
	}
	for line := range strings.Lines(l.services) {
		service, more, _ := strings.Cut(strings.TrimSpace(line), " ")
		more, amount, ruled := strings.Cut(more, "!")
		services += fmt.Sprintf("  - {id: %s, item: \"%s\", name: 事, group: 老, type: 物质帮助, departments: [局], access: automatic, cite: [A]%s}\n", service, id, more)
		if ruled {
			name := strings.ReplaceAll(service, "-", "_")
			figures += fmt.Sprintf("  %s: {label: 额, unit: cny_per_month, bound: at_least, values: [{from: \"2024-01-01\", value: %s}], cite: [A]}\n", name, amount)
			rego += fmt.Sprintf("\n# METADATA\n# title: 事\n# custom:\n#   item: %s\ngrants contains grant.promise(%q, {\"monthly_cny\": data.parameters.%s}) if input.age >= 60\n", id, service, name)
		}
	}
	if figures == "parameters:\n" {
		figures = ""
	}
	files["catalogs/"+id+".yaml"] = &fstest.MapFile{Data: []byte(yaml + figures + services)}
	if rego != "" {
		files["rego/lists/"+id+".rego"] = &fstest.MapFile{Data: []byte("package lists." + id + "\n\nimport data.grant\n" + rego)}
	}
}

// endingChain loads a province tp, a city tc and a county tk.
func endingChain(t *testing.T, province, city, county ending) *eldercare.Engine {
	t.Helper()
	files := fstest.MapFS{}
	province.put(files, "tp", "990000", "province", "")
	city.put(files, "tc", "990100", "city", ", parent: tp")
	county.put(files, "tk", "990121", "county", ", parent: tc")
	return must(eldercare.Load(t.Context(), eldercare.WithFS("made", files), eldercare.WithJurisdictions("tp", "tc", "tk")))(t)
}

// paid returns the services of a 70-year-old, with the amounts and the lists that print them.
func paid(t *testing.T, e *eldercare.Engine, jurisdiction, on string) string {
	t.Helper()
	d, err := e.Evaluate(t.Context(), jurisdiction, eldercare.Elder{"age": 70}, eldercare.OnDate(on))
	if err != nil {
		return err.Error()
	}
	var all []string
	for _, s := range d.Entitled {
		all = append(all, fmt.Sprint(s.Service, " ", s.Promises["monthly_cny"].Value, " ", s.List))
	}
	return strings.Join(all, ", ")
}

// found returns the findings of a check: service, kind and the first day.
func found(t *testing.T, e *eldercare.Engine, jurisdiction string) []string {
	t.Helper()
	var all []string
	for _, f := range must(e.Check(t.Context(), jurisdiction, eldercare.Verify()))(t).Findings {
		all = append(all, fmt.Sprint(f.Service, " ", f.Kind, " ", f.From))
	}
	return all
}

// TestInheritsTheRest has a city and a county that name one service each and inherit what else is
// above, as it is on the day: the province's meals end, and with them those below.
func TestInheritsTheRest(t *testing.T) {
	e := endingChain(t,
		ending{"", "old-age-allowance !100\nnursing-subsidy !50\nmeal-subsidy , until: \"2025-06-30\" !20"},
		ending{"inherits_rest: true", "old-age-allowance !150"},
		ending{"inherits_rest: true", "nursing-subsidy !60"},
	)
	for _, tt := range []struct{ jurisdiction, on, want string }{
		{"tc", "2025-06-30", "old-age-allowance 150 tc, nursing-subsidy 50 tc, meal-subsidy 20 tc"},
		{"tk", "2025-06-30", "nursing-subsidy 60 tk, old-age-allowance 150 tk, meal-subsidy 20 tk"},
		{"tk", "2025-07-01", "nursing-subsidy 60 tk, old-age-allowance 150 tk"},
		{"tp", "2025-07-01", "old-age-allowance 100 tp, nursing-subsidy 50 tp"},
	} {
		if got := paid(t, e, tt.jurisdiction, tt.on); got != tt.want {
			t.Errorf("%s on %s: %s, want %s", tt.jurisdiction, tt.on, got, tt.want)
		}
	}
	for _, j := range []string{"tc", "tk"} {
		report := must(e.Check(t.Context(), j, eldercare.Verify()))(t)
		if len(report.Findings) > 0 || report.Proved != 3 {
			t.Errorf("%s: %d proved, %v", j, report.Proved, report.Findings)
		}
	}
	rules := must(e.Rules(t.Context(), "tk", must(policy.ParseDate("2025-06-30"))(t)))(t)
	var inherited []string
	for _, o := range rules.DeclaredOffers() {
		if o.Inherits {
			inherited = append(inherited, o.Service+" "+o.Item)
		}
	}
	if diff := cmp.Diff([]string{"old-age-allowance tc", "meal-subsidy tp"}, inherited); diff != "" {
		t.Errorf("inherited, with the item above (-want +got):\n%s", diff)
	}
	answersAsStock(t, e, "tk", effort.Of(60, 60, 1000), "2024-01-01", "2025-06-30", "2025-07-01", "2026-01-01")
}

// TestServiceEnds has a city that ends a service while the province still has it, which is an
// undercut from the day after, and a province that ends one, which releases those below.
func TestServiceEnds(t *testing.T) {
	e := endingChain(t,
		ending{"", "old-age-allowance !100\nnursing-subsidy , until: \"2025-06-30\" !50"},
		ending{"", "old-age-allowance , until: \"2024-12-31\" !100\nnursing-subsidy , until: \"2025-06-30\" !50"},
		ending{"", "old-age-allowance !100\nnursing-subsidy , inherits: true"},
	)
	if diff := cmp.Diff([]string{"old-age-allowance omitted 2025-01-01"}, found(t, e, "tc")); diff != "" {
		t.Errorf("the city (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string(nil), found(t, e, "tk")); diff != "" {
		t.Errorf("the county (-want +got):\n%s", diff)
	}
	for on, want := range map[string]string{
		"2024-12-31": "old-age-allowance 100 tc, nursing-subsidy 50 tc", "2025-01-01": "nursing-subsidy 50 tc, old-age-allowance 100 tp",
		"2025-06-30": "nursing-subsidy 50 tc, old-age-allowance 100 tp", "2025-07-01": "old-age-allowance 100 tp",
	} {
		if got := paid(t, e, "tc", on); got != want {
			t.Errorf("on %s: %s, want %s", on, got, want)
		}
	}
	elder := eldercare.Elder{"birth_date": "1950-05-05"}
	x := must(e.Explain(t.Context(), "tk", elder, "nursing-subsidy", eldercare.OnDate("2025-07-01")))(t)
	if x.Ended == nil || x.Ended.String() != "2025-06-30" || x.Sources[0].Document != "tk令" || !strings.Contains(x.Text("en"), "Ended on 2025-06-30") {
		t.Errorf("explained as %+v", x)
	}
	var not *eldercare.NotListedError
	if _, err := e.Explain(t.Context(), "tk", elder, "meal-subsidy", eldercare.OnDate("2025-07-01")); !errors.As(err, &not) {
		t.Errorf("a service that never was: %v", err)
	}
	course := must(e.Course("tk"))(t)
	if day := must(policy.ParseDate("2025-07-01"))(t); !slices.Contains(course.Days, day) {
		t.Errorf("the days %v lack the day after the end", course.Days)
	}
	answersAsStock(t, e, "tc", effort.Of(60, 60, 1000), "2024-12-31", "2025-01-01", "2025-06-30", "2025-07-01")
}

// TestListEnds has a county whose list ends, so that nobody can answer for it any longer, and a
// city whose list ends, so that the province's alone is above.
func TestListEnds(t *testing.T) {
	e := endingChain(t,
		ending{"", "old-age-allowance !100"},
		ending{"until: \"2024-06-30\"", "old-age-allowance !150"},
		ending{"until: \"2025-06-30\"", "old-age-allowance , inherits: true"},
	)
	for on, want := range map[string]string{
		"2024-06-30": "old-age-allowance 150 tk",
		"2025-06-30": "",
		"2025-07-01": "no list of tk is in force on 2025-07-01; the last ended on 2025-06-30",
		"2023-12-31": "no list of tk is in force on 2023-12-31; the first is from 2024-01-01",
	} {
		if got := paid(t, e, "tk", on); got != want && want != "" || want == "" && got != "old-age-allowance 100 tk" {
			t.Errorf("on %s: %s, want %s", on, got, want)
		}
	}
	if got := found(t, e, "tk"); got != nil {
		t.Errorf("the check finds %v", got)
	}
	for _, report := range must(e.CheckAll(t.Context()))(t) {
		if report.Fails(string(check.Omitted)) {
			t.Errorf("%v", report)
		}
	}
	months := func(s string) timeline.Month { return must(timeline.ParseMonth(s))(t) }
	p := must(timeline.Project(t.Context(), must(e.Course("tk"))(t).AssumeKnown(true), eldercare.Elder{"birth_date": "1950-05-05"}, months("2025-05"), months("2025-09")))(t)
	if len(p.Months) != 2 || p.After == nil || p.After.From != months("2025-07") || p.After.To != months("2025-09") || p.After.Ended.String() != "2025-06-30" {
		t.Errorf("the timeline: %d months, after %+v", len(p.Months), p.After)
	}
	if _, err := timeline.Project(t.Context(), must(e.Course("tk"))(t).AssumeKnown(true), eldercare.Elder{"birth_date": "1950-05-05"}, months("2025-08"), months("2025-09")); err == nil {
		t.Error("a timeline after the end has months")
	}
	x := must(e.Explain(t.Context(), "tk", eldercare.Elder{"birth_date": "1966-05-05"}, "old-age-allowance", eldercare.OnDate("2025-06-30")))(t)
	if x.EligibleFrom != nil {
		t.Errorf("eligible from %v, after the end of the list", x.EligibleFrom)
	}
}
