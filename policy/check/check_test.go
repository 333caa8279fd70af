package check_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
)

// county returns a district of Shuozhou made up for tests: it inherits all of Shuozhou's services
// but for those named, which it leaves out or, when own has text, lists with the rule given.
func county(t *testing.T, parameters string, own map[string]string) fstest.MapFS {
	t.Helper()
	engine := load(t)
	list, err := engine.List("shuozhou", engine.Today())
	if err != nil {
		t.Fatal(err)
	}
	var yaml, rego strings.Builder
	yaml.WriteString(`jurisdiction: {id: shuocheng, code: "140602", name: 朔城区, level: county, parent: shuozhou}
document: {title: 朔城区清单, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
`)
	if parameters != "" {
		yaml.WriteString("parameters:\n" + parameters)
	}
	yaml.WriteString("services:\n")
	for _, s := range list.Services {
		rule, changed := own[s.ID]
		if changed && rule == "" {
			continue
		}
		fmt.Fprintf(&yaml, "  - {id: %s, item: %q, name: %s, group: 老年人, type: %s, departments: [区民政局], access: unstated, cite: [附件 %s], inherits: %v}\n",
			s.ID, s.Item, s.Name, s.Type, s.Item, !changed)
		if changed {
			fmt.Fprintf(&rego, "\n# METADATA\n# title: %s\n# custom:\n#   item: %q\n%s\n", s.Name, s.Item, rule)
		}
	}
	module := "package lists.shuocheng\n"
	for use, path := range map[string]string{"elder.": "data.elder", "grant.": "data.grant", "p.": "data.parameters as p"} {
		if strings.Contains(rego.String(), use) {
			module += "\nimport " + path
		}
	}
	return fstest.MapFS{
		"catalogs/shuocheng.yaml":   {Data: []byte(yaml.String())},
		"rego/lists/shuocheng.rego": {Data: []byte(module + "\n" + rego.String())},
	}
}

func load(t *testing.T, options ...eldercare.Option) *eldercare.Engine {
	t.Helper()
	engine, err := eldercare.Load(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

func checkCounty(t *testing.T, parameters string, own map[string]string) *eldercare.Report {
	t.Helper()
	engine := load(t, eldercare.WithFS("county", county(t, parameters, own)), eldercare.WithJurisdictions("shuocheng"))
	report, err := engine.Check(t.Context(), "shuocheng")
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// found is what a test expects of a finding.
type found struct {
	Service, Kind, Measure, Want, Have, Region string
	Witness                                    map[string]any
}

func findings(r *eldercare.Report) []found {
	var all []found
	text := func(d *policy.Decimal, bound policy.Bound) string {
		switch {
		case d == nil:
			return ""
		case bound == policy.AtMost:
			return "at most " + d.String()
		}
		return d.String()
	}
	for _, f := range r.Findings {
		all = append(all, found{f.Service, string(f.Kind), f.Measure, text(f.Want, f.WantBound), text(f.Have, f.HaveBound), f.Region, f.Witness})
	}
	return all
}

func TestFindings(t *testing.T) {
	for _, tt := range []struct {
		name       string
		parameters string
		own        map[string]string
		want       []found
	}{
		{name: "all inherited", want: nil},
		{
			name: "a service left out",
			own:  map[string]string{"old-age-allowance": ""},
			want: []found{{"old-age-allowance", "omitted", "", "", "", "age ≥ 80", map[string]any{"age": 80}}},
		},
		{
			name:       "an amount one fen lower",
			parameters: "  nursing_subsidy_monthly: {label: 护理补贴, unit: cny_per_month, bound: at_least, values: [{from: \"2024-01-01\", value: 99.99}], cite: [附件 12]}\n",
			want: []found{
				{
					"nursing-subsidy", "lower", "monthly_cny", "100", "99.99",
					"age ≥ 60, economic_hardship true, self_care partial|none; or age ≥ 60, assistance_category dibao|tekun|dibao_marginal, self_care partial|none",
					map[string]any{"age": 60, "economic_hardship": true, "self_care": "partial"},
				},
				{ // three times the nursing subsidy: 299.97 for 300
					"dispersed-support", "lower", "nursing_monthly_cny", "300", "299.97",
					"age ≥ 60, support_mode dispersed, self_care none", // only tekun have a mode of support
					map[string]any{"age": 60, "assistance_category": "tekun", "support_mode": "dispersed", "self_care": "none"},
				},
				{ // twice
					"dispersed-support", "lower", "nursing_monthly_cny", "200", "199.98",
					"age ≥ 60, support_mode dispersed, self_care partial",
					map[string]any{"age": 60, "assistance_category": "tekun", "support_mode": "dispersed", "self_care": "partial"},
				},
				{ // once
					"dispersed-support", "lower", "nursing_monthly_cny", "100", "99.99",
					"age ≥ 60, support_mode dispersed, self_care full",
					map[string]any{"age": 60, "assistance_category": "tekun", "support_mode": "dispersed", "self_care": "full"},
				},
			},
		},
		{
			name:       "an amount raised, an age lowered",
			parameters: "  old_age_allowance_monthly: {label: 高龄津贴, unit: cny_per_month, bound: at_least, values: [{from: \"2024-01-01\", value: 50}], cite: [附件 8]}\n  old_age_allowance_age: {label: 年龄, unit: years, values: [{from: \"2024-01-01\", value: 75}], cite: [附件 8]}\n",
			want:       nil,
		},
		{
			name:       "an age raised",
			parameters: "  old_age_allowance_age: {label: 年龄, unit: years, values: [{from: \"2024-01-01\", value: 81}], cite: [附件 8]}\n",
			want:       []found{{"old-age-allowance", "narrower", "", "", "", "age 80", map[string]any{"age": 80}}},
		},
		{
			name:       "a number that is repealed later",
			parameters: "  old_age_allowance_monthly: {label: 高龄津贴, unit: cny_per_month, bound: at_least, values: [{from: \"2024-01-01\", value: 50}, {from: \"2030-01-01\", value: null}], cite: [附件 8]}\n",
			want:       []found{{"old-age-allowance", "open", "monthly_cny", "30", "", "age ≥ 80", map[string]any{"age": 80}}},
		},
		{
			name: "a promise made discretionary",
			own:  map[string]string{"capability-assessment": "grants contains grant.discretionary(\"capability-assessment\", {}) if input.age >= p.capability_assessment_age"},
			want: []found{{"capability-assessment", "omitted", "", "", "", "age ≥ 65", map[string]any{"age": 65}}},
		},
		{
			name: "two branches that together cover everybody",
			own: map[string]string{"capability-assessment": `grants contains grant.promise("capability-assessment", {}) if {
	input.age >= p.capability_assessment_age
	input.living_alone
}

# METADATA
# title: 老年人能力综合评估
# custom:
#   item: "5"
grants contains grant.promise("capability-assessment", {}) if {
	input.age >= p.capability_assessment_age
	input.living_alone == false
}`},
			want: nil,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, findings(checkCounty(t, tt.parameters, tt.own))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Rules that count, relate two attributes, or give an amount by else are proved like others.
func TestNaturalRules(t *testing.T) {
	own := map[string]string{
		"home-adaptation": `grants contains grant.promise("home-adaptation", {}) if {
	elder.is_elder
	elder.economic_hardship
	count([1 | some x in [input.living_alone, input.empty_nest, true]; x]) >= 1
}`,
		"capability-assessment": `grants contains grant.promise("capability-assessment", {}) if {
	input.age - input.pension_contribution_years >= p.capability_assessment_age
}`,
		"nursing-subsidy": `grants contains grant.promise("nursing-subsidy", {"monthly_cny": amount}) if {
	elder.is_elder
	elder.economic_hardship
	elder.unable
}

amount := p.nursing_subsidy_monthly if {
	input.living_alone
} else := p.visits_subsidy_monthly`,
	}
	parameters := "  visits_subsidy_monthly: {label: 补贴, unit: cny_per_month, bound: at_least, values: [{from: \"2024-01-01\", value: 120}], cite: [附件 12]}\n"
	engine := load(t, eldercare.WithFS("county", county(t, parameters, own)), eldercare.WithJurisdictions("shuocheng"))
	report, err := engine.Check(t.Context(), "shuocheng")
	if err != nil {
		t.Fatal(err)
	}
	if len(report.TestedServices) > 0 || len(report.Opaque) > 0 {
		t.Errorf("%v are only tested, %+v opaque", report.TestedServices, report.Opaque)
	}
	// 65 years old with contributions of one year is 64 by the county's rule; 100 is the lower of
	// the county's two amounts
	if report.Errors() != 1 || len(report.Findings) != 1 {
		t.Fatalf("findings: %+v, want one", report.Findings)
	}
	f := report.Findings[0]
	witness := eldercare.Elder{"age": 65, "pension_contribution_years": 1}
	if diff := cmp.Diff(witness, f.Witness); diff != "" || f.Service != "capability-assessment" || f.Kind != check.Narrower || f.Method != check.Proof {
		t.Errorf("%s %s by %s: %s", f.Service, f.Kind, f.Method, diff)
	}

	on := eldercare.OnDate("2026-11-22")
	for _, tt := range []struct {
		elder  eldercare.Elder
		amount string // of the nursing subsidy
	}{
		{eldercare.Elder{"age": 70, "economic_hardship": true, "self_care": "none", "living_alone": true}, "100"},
		{eldercare.Elder{"age": 70, "economic_hardship": true, "self_care": "none", "living_alone": false}, "120"},
	} {
		d, err := engine.Evaluate(t.Context(), "shuocheng", tt.elder, on, eldercare.AssumeKnown())
		if err != nil {
			t.Fatal(err)
		}
		if got := amount(d, "nursing-subsidy"); got != tt.amount {
			t.Errorf("nursing subsidy of %v: %s, want %s", tt.elder, got, tt.amount)
		}
	}
	d, err := engine.Evaluate(t.Context(), "shuocheng", eldercare.Elder{"age": 70, "economic_hardship": true, "self_care": "none"}, on)
	if err != nil {
		t.Fatal(err)
	}
	if got := amount(d, "nursing-subsidy"); got != "100 up to 120" {
		t.Errorf("nursing subsidy when living alone is unknown: %s, want 100 up to 120", got)
	}
}

func amount(d *eldercare.Decision, service string) string {
	for _, e := range d.Entitled {
		if e.Service == service {
			text := e.Promises["monthly_cny"].Value.String()
			if up, ok := e.UpTo["monthly_cny"]; ok {
				text += " up to " + up.Value.String()
			}
			return text
		}
	}
	return "not entitled"
}

// This test takes Hongtong as a county of Shuozhou: see the texts, items 8, 11 and 7 of Shuozhou
// against 12, 17 and 11 of Hongtong.
func TestHongtongAgainstShuozhou(t *testing.T) {
	report, err := load(t).Check(t.Context(), "hongtong", eldercare.Against("shuozhou"))
	if err != nil {
		t.Fatal(err)
	}
	want := []found{
		{"public-transport-concession", "lower", "rail_discount_percent", "100", "", "age ≥ 65", map[string]any{"age": 65}},
		{"old-age-allowance", "narrower", "", "", "", "age ≥ 80, local_hukou false", map[string]any{"age": 80, "local_hukou": false}},
		{"old-age-allowance", "open", "monthly_cny", "30", "", "age ≥ 80, local_hukou true", map[string]any{"age": 80, "local_hukou": true}},
		{
			"meal-subsidy", "narrower", "", "", "",
			"age 60–79, uses_meal_service true; or age ≥ 60, local_hukou false, uses_meal_service true; or age ≥ 60, assistance_category not dibao, uses_meal_service true",
			map[string]any{"age": 60, "uses_meal_service": true},
		},
	}
	if diff := cmp.Diff(want, findings(report)); diff != "" {
		t.Error(diff)
	}
	if report.Proved != 19 || report.Tested != 0 { // of Shuozhou's 22 services
		t.Errorf("proved %d, tested %d; want 19 and 0", report.Proved, report.Tested)
	}
}

// Every one of our lists is proved to hold what the list above it promises, and nothing is opaque.
func TestOurListsPass(t *testing.T) {
	engine := load(t)
	for jurisdiction, services := range map[string]int{"shanxi": 0, "henan": 0, "shuozhou": 22, "hongtong": 22, "huojia": 20} {
		report, err := engine.Check(t.Context(), jurisdiction)
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Findings) > 0 || report.Proved != services || report.Tested > 0 {
			t.Errorf("%s: %d proved, %d tested, findings %v; want %d proved and nothing else", jurisdiction, report.Proved, report.Tested, findings(report), services)
		}
	}
}
