package cases_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/cases"
)

// small is a list with one service: a bath of 25 yuan for elders of 70 to 79 who live alone or have
// a special family.
var small = map[string]string{
	"catalogs/services.yaml": "services:\n  bath: {name: 助浴, english: bath}\n",
	"catalogs/aqu.yaml": `jurisdiction: {id: aqu, code: "140699", name: 甲县, level: county, parent: shuozhou}
document: {title: 甲县清单, basis: official}
effective_from: "2024-01-01"
inherits_rest: true
parameters:
  bath_age: {label: 起始年龄, unit: years, values: [{from: "2024-01-01", value: 70}], cite: [附件 1]}
  bath_monthly:
    label: 助浴补贴
    unit: cny_per_month
    bound: exactly
    values: [{from: "2024-01-01", value: 25}, {from: "2026-01-01", value: 30}]
    cite: [附件 1]
services:
  - {id: bath, item: "1", name: 助浴, group: 独居老年人, type: 照护服务, departments: [县民政局], access: application, cite: [附件 1]}
`,
	"rego/lists/aqu.rego": `package lists.aqu

import data.grant
import data.parameters as p

# METADATA
# title: 助浴
grants contains grant.promise("bath", {"monthly_cny": p.bath_monthly}) if {
	input.age >= p.bath_age
	input.age < 80
	lonely
}

lonely if input.living_alone

lonely if input.special_family
`,
}

// with is the small list with other files, of which an empty one is left out.
func with(files map[string]string) fstest.MapFS {
	all := fstest.MapFS{}
	for _, m := range []map[string]string{small, files} {
		for name, content := range m {
			all[name] = &fstest.MapFile{Data: []byte(content)}
		}
	}
	return all
}

// run tests the small list with other files, on 1 June 2026.
func run(t *testing.T, files map[string]string, options ...eldercare.TestOption) (*cases.Report, error) {
	t.Helper()
	e, err := eldercare.Load(t.Context(), eldercare.WithFS("mine", with(files)))
	if err != nil {
		t.Fatal(err)
	}
	return e.Test(t.Context(), append(options, eldercare.OnDate("2026-06-01"))...)
}

const oneCase = "- {note: at 70, item: \"1\", elder: {age: 70, living_alone: true}, entitled: {bath: {monthly_cny: \"=30\"}}}\n"

func TestFailures(t *testing.T) {
	report, err := run(t, map[string]string{
		"catalogs/cases/aqu.yaml": oneCase + `- note: all wrong
  elder: {age: 69, living_alone: true, local_hukou: true}
  entitled:
    bath: {monthly_cny: "=30"}
    capability-assessment: {}
  refused: [health-management]
  discretionary: [bath]
  monthly_cny: "=5"
- note: before the rise
  on: "2025-12-31"
  elder: {age: 70, living_alone: true}
  entitled: {bath: {monthly_cny: "=30"}}
`,
		"rego/lists/aqu_test.rego": `package lists.aqu_test

test_holds if true

test_does_not if 1 == 2

todo_test_later if true
`,
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Failed() {
		got = append(got, fmt.Sprintf("%s:%d %s: %s", f.Pos.File, f.Pos.Line, f.Name, f.Failed))
		for _, d := range f.Differences {
			got = append(got, fmt.Sprintf("%d %s -%s +%s %s", d.Pos.Line, d.Service, d.Want, d.Got, d.By))
		}
	}
	want := []string{
		"mine/catalogs/cases/aqu.yaml:2 all wrong: ",
		"5 bath -entitled: monthly_cny =30 +not entitled table",
		"7 health-management -not entitled +entitled table",
		"8 bath -discretionary +not discretionary table",
		"9  -=5 +>=0 table",
		"mine/catalogs/cases/aqu.yaml:10 before the rise: ",
		"13 bath -entitled: monthly_cny =30 +entitled: monthly_cny =25 table",
		"mine/rego/lists/aqu_test.rego:5 lists.aqu_test.test_does_not: a condition of the test does not hold",
		"mine/rego/lists/aqu_test.rego:7 lists.aqu_test.todo_test_later: the test is left out by its name; call it test_…, or remove it",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(report.Tests) != 6 {
		t.Errorf("%d tests", len(report.Tests))
	}
}

// What is refused may be at discretion still; only a case that says so excludes it.
func TestNotDiscretionary(t *testing.T) {
	files := map[string]string{
		"rego/lists/aqu.rego": small["rego/lists/aqu.rego"] + `
# METADATA
# title: 助浴
grants contains grant.discretionary("bath", {}) if input.age == 69
`,
		"catalogs/cases/aqu.yaml": `- {note: refused, elder: {age: 69, living_alone: true}, refused: [bath]}
- {note: wrong, elder: {age: 69, living_alone: true}, refused: [bath], not_discretionary: [bath]}
- {note: right, elder: {age: 68, living_alone: true}, refused: [bath], not_discretionary: [bath]}
- {note: promised, elder: {age: 70, living_alone: true}, not_discretionary: [bath]}
`,
	}
	report, err := run(t, files, eldercare.Cover())
	if err != nil {
		t.Fatal(err)
	}
	failed := report.Failed()
	if len(failed) != 1 || failed[0].Name != "wrong" || failed[0].Differences[0].Want != "not discretionary" || failed[0].Differences[0].Got != "discretionary" {
		t.Errorf("%+v", failed)
	}
	var branches int
	for _, g := range report.Coverage[0].Missing {
		if g.Kind == cases.Branch {
			branches++
		}
	}
	if branches != 5 { // that at discretion; those of 25 and 30 yuan, alone and with a special family
		t.Errorf("%d branches are not reached, want 5: %+v", branches, report.Coverage[0].Missing)
	}
}

// What is broken is an error, and is not left out.
func TestErrors(t *testing.T) {
	good := map[string]string{"catalogs/cases/aqu.yaml": oneCase}
	and := func(name, content string) map[string]string {
		return map[string]string{"catalogs/cases/aqu.yaml": good["catalogs/cases/aqu.yaml"], name: content}
	}
	for _, tt := range []struct {
		note  string
		files map[string]string
		want  string
	}{
		{"a list without cases", nil, "mine/catalogs/aqu.yaml:1 no-cases"},
		{"an elder who contradicts", map[string]string{"catalogs/cases/aqu.yaml": "- note: a\n  elder: {age: 70, disability_grade: 0, disability_kind: visual}\n  refused: [bath]\n"}, "mine/catalogs/cases/aqu.yaml:1 contradiction"},
		{"an age that nobody has", map[string]string{"catalogs/cases/aqu.yaml": "- note: a\n  elder:\n    age: 170\n  refused: [bath]\n"}, "mine/catalogs/cases/aqu.yaml:3 out-of-range"},
		{"a day before the list", map[string]string{"catalogs/cases/aqu.yaml": "- {note: a, on: \"2023-01-01\", elder: {age: 70}, refused: [bath]}\n"}, "mine/catalogs/cases/aqu.yaml:1 not-in-force"},
		{"Rego that is none", and("rego/lists/aqu_test.rego", "package lists.aqu_test\n\ntest_a if {\n"), "mine/rego/lists/aqu_test.rego:4 rego-parse-error"},
		{"Rego that does not compile", and("rego/lists/aqu_test.rego", "package lists.aqu_test\n\ntest_a if x\n"), "mine/rego/lists/aqu_test.rego:3 rego-unsafe-var-error"},
		{"a builtin that rules may not call", and("rego/lists/aqu_test.rego", "package lists.aqu_test\n\ntest_a if time.now_ns() > 0\n"), "mine/rego/lists/aqu_test.rego:3 rego-type-error"},
		{"Rego without a test", and("rego/lists/aqu_test.rego", "package lists.aqu_test\n\na := 1\n"), "mine/rego/lists/aqu_test.rego:1 no-tests"},
	} {
		_, err := run(t, tt.files)
		var wrong eldercare.Diagnostics
		if !errors.As(err, &wrong) || len(wrong) == 0 {
			t.Errorf("%s: %v", tt.note, err)
			continue
		}
		if got := fmt.Sprintf("%s:%d %s", wrong[0].Pos.File, wrong[0].Pos.Line, wrong[0].Code); got != tt.want {
			t.Errorf("%s: %s, want %s\n%v", tt.note, got, tt.want, err)
		}
	}
}

// A list in force from 2026-01-01 follows the small one, which then ends on 2025-12-31.
func TestAnotherVersion(t *testing.T) {
	next := strings.NewReplacer(`effective_from: "2024-01-01"`, `effective_from: "2026-01-01"`).Replace(small["catalogs/aqu.yaml"])
	files := func(ofFirst, ofNext string) map[string]string {
		return map[string]string{
			"catalogs/aqu_2026.yaml":       next,
			"rego/lists/aqu_2026.rego":     strings.Replace(small["rego/lists/aqu.rego"], "lists.aqu", "lists.aqu_2026", 1),
			"catalogs/cases/aqu.yaml":      "- {note: a, " + ofFirst + "item: \"1\", elder: {age: 69}, refused: [bath]}\n",
			"catalogs/cases/aqu_2026.yaml": "- {note: b, " + ofNext + "item: \"1\", elder: {age: 69}, refused: [bath]}\n",
		}
	}
	if report, err := run(t, files("", "")); err != nil || len(report.Failed()) > 0 {
		t.Errorf("without days: %v", err)
	}
	for _, tt := range []struct{ first, next, file, remedy string }{
		{"on: \"2026-01-01\", ", "", "mine/catalogs/cases/aqu.yaml", "from 2024-01-01 to 2025-12-31"},
		{"", "on: \"2025-12-31\", ", "mine/catalogs/cases/aqu_2026.yaml", "from 2026-01-01 on"},
	} {
		_, err := run(t, files(tt.first, tt.next))
		var wrong eldercare.Diagnostics
		if !errors.As(err, &wrong) || len(wrong) != 1 || wrong[0].Code != "other-version" || wrong[0].Pos.File != tt.file || !strings.Contains(wrong[0].Remedy, tt.remedy) {
			t.Errorf("%s%s: %v", tt.first, tt.next, err)
		}
	}
}

// The one case reaches the bath of 30 by living alone at 70, and the figures of that day. The rest,
// by hand: the bath of 25 and its figure; the way by a special family; the ages 69, 71–79 and 79,
// 80; nobody refused; nobody who fails both groups.
func TestCoverage(t *testing.T) {
	files := map[string]string{"catalogs/cases/aqu.yaml": oneCase}
	report, err := run(t, files, eldercare.Cover())
	if err != nil {
		t.Fatal(err)
	}
	c := report.Coverage[0]
	var got []string
	for _, g := range c.Missing {
		got = append(got, string(g.Kind)+" "+g.What)
	}
	want := []string{
		"branch monthly_cny 25 yuan to: age 70–79, living_alone true",
		"boundary age 69, just below",
		"boundary age 71–79, above the threshold",
		"boundary age 79, at the upper end",
		"boundary age 80, just above the upper end",
		"condition all conditions but one: living_alone false",
		"branch monthly_cny 25 yuan to: age 70–79, special_family true",
		"condition all conditions but one: special_family false",
		"answer monthly_cny 25 yuan",
		"refusal nobody is refused the service",
		"parameter bath_monthly from 2024-01-01 on",
		"branch monthly_cny 30 yuan to: age 70–79, special_family true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	if c.Of-c.Reached != len(want) || c.Percent() >= 100 {
		t.Errorf("%d of %d, %d %%", c.Reached, c.Of, c.Percent())
	}
	// Whoever names another service reaches nothing of the bath.
	files["catalogs/cases/aqu.yaml"] += "- {note: b, elder: {age: 69, living_alone: true}, refused: [nursing-subsidy]}\n"
	if report, err = run(t, files, eldercare.Cover()); err != nil || report.Coverage[0].Reached != c.Reached {
		t.Errorf("naming another service: %v, %v", report, err)
	}
}

// Two rules with one bound have it tried each: here cases try 70 only on who lives alone.
func TestBoundariesOfEachRule(t *testing.T) {
	report, err := run(t, map[string]string{
		"rego/lists/aqu.rego": strings.Replace(small["rego/lists/aqu.rego"], "lonely\n}\n\nlonely if input.living_alone\n\nlonely if input.special_family\n", `input.living_alone
}

# METADATA
# title: 助浴
grants contains grant.promise("bath", {}) if {
	input.age >= p.bath_age
	input.special_family
}
`, 1),
		"catalogs/cases/aqu.yaml": `- {note: a, elder: {age: 69, living_alone: true}, refused: [bath]}
- {note: b, elder: {age: 70, living_alone: true}, entitled: {bath: {monthly_cny: "=30"}}}
- {note: c, elder: {age: 79, living_alone: true}, entitled: {bath: {monthly_cny: "=30"}}}
- {note: d, elder: {age: 80, living_alone: true}, refused: [bath]}
`,
	}, eldercare.Cover())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range report.Coverage[0].Missing {
		if g.Kind == cases.Boundary {
			got = append(got, fmt.Sprintf("%d %s", g.Pos.Line, g.What))
		}
	}
	want := []string{"16 age 69, just below", "16 age 70, at the threshold", "16 age ≥ 71, above the threshold"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is suggested is an error until a human completes it, and then reaches everything.
func TestSuggestions(t *testing.T) {
	files := map[string]string{"catalogs/cases/aqu.yaml": oneCase}
	report, err := run(t, files, eldercare.Cover())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, s := range report.Coverage[0].Suggestions {
		if err := s.WriteYAML(&out); err != nil {
			t.Fatal(err)
		}
	}
	blank := out.String()
	if want := "- note: \"bath, branch: monthly_cny 25 yuan to: age 70–79, living_alone true\"\n"; !strings.HasPrefix(blank, want) || !strings.Contains(blank, "\n  on: \"2024-01-01\"\n  elder: {age: 70, living_alone: true}\n") {
		t.Errorf("suggested\n%s", blank)
	}
	files["catalogs/cases/aqu.yaml"] = oneCase + blank
	var wrong eldercare.Diagnostics
	if _, err = run(t, files); !errors.As(err, &wrong) || len(wrong) != len(report.Coverage[0].Suggestions) || wrong[0].Code != "wants-nothing" {
		t.Errorf("left blank: %v", err)
	}
	files["catalogs/cases/aqu.yaml"] = oneCase + strings.ReplaceAll(blank, "  # entitled:", "  refused: [bath] # entitled:")
	if report, err = run(t, files, eldercare.Cover()); err != nil || report.Coverage[0].Percent() != 100 || len(report.Failed()) == 0 {
		t.Errorf("completed, if wrongly: %v, %v", report, err)
	}
}

// A jurisdiction is tested wherever its tests stand; without one only the folder is.
func TestWhatIsTested(t *testing.T) {
	files := map[string]string{"catalogs/cases/aqu.yaml": oneCase}
	report, err := run(t, files, eldercare.TestsOf("shuozhou"))
	if err != nil || len(report.Tests) < 100 || len(report.Failed()) > 0 {
		t.Errorf("shuozhou: %v", err)
	}
	if report, err = run(t, files); err != nil || len(report.Tests) != 1 {
		t.Errorf("the folder: %v, %v", report, err)
	}
	var unknown *eldercare.UnknownJurisdictionError
	if _, err = run(t, files, eldercare.TestsOf("aquu")); !errors.As(err, &unknown) || unknown.Suggestion != "aqu" {
		t.Errorf("aquu: %v", err)
	}
}
