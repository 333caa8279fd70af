package timeline_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// made returns a made-up province with one service, by rules of which each is a promise, a line,
// and its condition.
func made(head, amounts string, rules ...string) fstest.MapFS {
	var rego strings.Builder
	rego.WriteString("package lists.tp\n\nimport data.grant\nimport data.parameters as p\n")
	for _, r := range rules {
		promise, condition, _ := strings.Cut(r, " if ")
		fmt.Fprintf(&rego, "\n# METADATA\n# title: 高龄津贴\n# custom:\n#   item: \"1\"\ngrants contains grant.promise(\"old-age-allowance\", {%s}) if {\n\t%s\n}\n", promise, condition)
	}
	return fstest.MapFS{
		"catalogs/tp.yaml": {Data: fmt.Appendf(nil, `jurisdiction: {id: tp, code: "990000", name: tp, level: province}
document: {title: tp, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
%sservices:
  - {id: old-age-allowance, item: "1", name: 高龄津贴, group: 老年人, type: 物质帮助, departments: [民政], access: unstated, cite: [附件 1]}
parameters:
  elder_age: {label: 年龄, unit: years, values: [{from: "2024-01-01", value: 60}], cite: [附件 1]}
  amount: {label: 标准, unit: cny_per_month, bound: exactly, values: [{from: "2024-01-01", value: 50}%s], cite: [附件 1]}
  other: {label: 标准, unit: cny_per_month, bound: exactly, values: [{from: "2024-01-01", value: 45}, {from: "2027-02-02", value: 60}], cite: [附件 1]}
  yearly: {label: 标准, unit: cny_per_year, bound: exactly, values: [{from: "2024-01-01", value: 50}%[2]s], cite: [附件 1]}
`, head, amounts)},
		"rego/lists/tp.rego": {Data: []byte(rego.String())},
	}
}

// told returns the changes of a timeline in all that they say.
func told(tl *timeline.Timeline) (lines []string) {
	number := func(p *policy.Promise) string {
		if p == nil {
			return "-"
		}
		return p.Value.String()
	}
	for _, m := range tl.Months {
		for _, c := range m.Changes {
			lines = append(lines, fmt.Sprintf("%s %s %s %s→%s by %s", m.On, c.Kind, c.Measure, number(c.Was), number(c.Is), c.Cause))
		}
	}
	return lines
}

func projected(t *testing.T, files fstest.MapFS, from, to string, e eldercare.Elder) []string {
	t.Helper()
	tl, err := project(t, []eldercare.Option{eldercare.WithFS("", files), eldercare.WithJurisdictions("tp")}, "tp", from, to, e)
	if err != nil {
		t.Fatal(err)
	}
	return told(tl)
}

// Every kind of change is told with what was and is, and with its cause. The elder is 80 on 1 March
// 2027.
func TestKindsOfChanges(t *testing.T) {
	const monthly, both = `"monthly_cny": p.amount`, `"monthly_cny": p.amount, "annual_cny": p.yearly`
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  []string
	}{
		"begins": {made("", "", monthly+" if input.age >= 80"), []string{"2027-03-01 begins  -→- by age"}},
		"ends":   {made("", "", monthly+" if input.age < 80"), []string{"2027-03-01 ends  -→- by age"}},
		"rises": {
			made("", `, {from: "2027-02-02", value: 70}`, monthly+" if input.age >= 60"), []string{"2027-03-01 rises monthly_cny 50→70 by rules"},
		},
		"falls": {
			made("", `, {from: "2027-02-02", value: 40}`, monthly+" if input.age >= 60"), []string{"2027-03-01 falls monthly_cny 50→40 by rules"},
		},
		"is stated again":    {made("", `, {from: "2027-02-02", value: 50}`, monthly+" if input.age >= 60"), nil},
		"a measure is added": {made("", "", monthly+" if input.age < 80", both+" if input.age >= 80"), []string{"2027-03-01 rises annual_cny -→50 by age"}},
		"a measure is gone":  {made("", "", both+" if input.age < 80", monthly+" if input.age >= 80"), []string{"2027-03-01 falls annual_cny 50→- by age"}},
		"one of two causes": {
			made("", `, {from: "2027-02-02", value: 70}`, monthly+" if input.age < 80", both+" if input.age >= 80"),
			[]string{"2027-03-01 rises annual_cny -→70 by age", "2027-03-01 rises monthly_cny 50→70 by rules"},
		},
		"the other cause would make the contrary": {
			made("", "", monthly+" if input.age < 80", `"monthly_cny": p.other if input.age >= 80`), []string{"2027-03-01 rises monthly_cny 50→60 by rules"},
		},
	} {
		got := projected(t, c.files, "2027-02", "2027-04", eldercare.Elder{"birth_date": "1947-03-01"})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// The counting day is that of the list in force at the month's end, and the rules are those of that
// day.
func TestCountingDayOfTheMonth(t *testing.T) {
	const rule = `"monthly_cny": p.amount if input.age >= 80`
	files := made("", "", rule)
	later := made("counting_day: 25\n", "", rule)["catalogs/tp.yaml"].Data
	files["catalogs/tp_2027.yaml"] = &fstest.MapFile{Data: []byte(strings.NewReplacer(
		`effective_from: "2024-01-01"`, `effective_from: "2027-03-20"`, `from: "2024-01-01"`, `from: "2027-03-20"`, "value: 50", "value: 90", "2027-02-02", "2027-04-02",
	).Replace(string(later)))}
	files["rego/lists/tp_2027.rego"] = &fstest.MapFile{Data: []byte(strings.Replace(string(files["rego/lists/tp.rego"].Data), "package lists.tp", "package lists.tp_2027", 1))}
	e := eldercare.Elder{"birth_date": "1947-03-22"}
	want := []string{"2027-03-25 begins  -→- by age"}
	if diff := cmp.Diff(want, projected(t, files, "2027-02", "2027-04", e)); diff != "" {
		t.Error(diff)
	}
	e["birth_date"] = "1940-03-22" // 80 long since: what changes is the amount
	want = []string{"2027-03-25 rises monthly_cny 50→90 by rules"}
	if diff := cmp.Diff(want, projected(t, files, "2027-02", "2027-04", e)); diff != "" {
		t.Error(diff)
	}
	last := made("counting_day: 28\n", `, {from: "2027-02-28", value: 70}`, `"monthly_cny": p.amount if input.age >= 60`)
	want = []string{"2027-02-28 rises monthly_cny 50→70 by rules"}
	if diff := cmp.Diff(want, projected(t, last, "2027-01", "2027-03", e)); diff != "" {
		t.Errorf("the last day of February: %s", diff)
	}
}

// An age beside the date of birth is that of one day, and does not contradict the others. What is
// asked is not changed.
func TestAgeBesideTheBirth(t *testing.T) {
	e := eldercare.Elder{"birth_date": "1947-03-01", "age": 79}
	before := maps.Clone(e)
	got := projected(t, made("", "", `"monthly_cny": p.amount if input.age >= 80`), "2027-02", "2027-04", e)
	if diff := cmp.Diff([]string{"2027-03-01 begins  -→- by age"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, e); diff != "" {
		t.Errorf("the elder is another: %s", diff)
	}
}

// A month is written and read as YYYY-MM.
func TestMonthAsText(t *testing.T) {
	var m timeline.Month
	if err := m.UnmarshalText([]byte("2027-03")); err != nil || m != month(t, "2027-03") {
		t.Errorf("%v, %v", m, err)
	}
	if text, err := m.MarshalText(); err != nil || string(text) != "2027-03" {
		t.Errorf("%s, %v", text, err)
	}
	if err := m.UnmarshalText([]byte("2027-13")); err == nil {
		t.Error("a thirteenth month is read")
	}
}

// A timeline has 1,560 months at most, which is 130 years.
func TestLongestTimeline(t *testing.T) {
	files := []eldercare.Option{eldercare.WithFS("", made("", "", `"monthly_cny": p.amount if input.age >= 80`)), eldercare.WithJurisdictions("tp")}
	tl, err := project(t, files, "tp", "2024-02", "2154-01", eldercare.Elder{"living_alone": true})
	if err != nil || len(tl.Months) != 1560 {
		t.Errorf("130 years: %v", err)
	}
	if _, err := project(t, files, "tp", "2024-02", "2154-02", eldercare.Elder{}); !errors.Is(err, timeline.ErrOrder) {
		t.Errorf("a month more: %v", err)
	}
	if tl, err = project(t, files, "tp", "2024-02", "2024-02", eldercare.Elder{}); err != nil || len(tl.Months) != 1 {
		t.Errorf("one month: %v", err)
	}
}
