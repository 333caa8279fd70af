package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// accepted returns acceptances, "code subject reason", from the line behind the parameters on.
func accepted(all ...string) string {
	s := "accepted:\n"
	for _, a := range all {
		code, rest, _ := strings.Cut(a, " ")
		subject, reason, _ := strings.Cut(rest, " ")
		s += fmt.Sprintf("  - {code: %s, subject: %s, reason: %s}\n", code, subject, reason)
	}
	return s
}

// atEighty promises 50 up to 80 and 100 from the age on that the parameter old states.
var atEighty = []string{
	"grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a50}) if {\n\tinput.age >= 60\n\tinput.age <= 80\n}", // line 11
	"grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a100}) if input.age >= p.old",                        // line 20
}

const overlapAtEighty = "tp.rego:20 overlap: age 80: two branches promise monthly_cny to the same elders: 50 and 100; the higher holds (tp.rego:11)"

// The overlap of 2024 ends with the year 2026. Its acceptance is used, on whichever day one looks.
func TestAcceptanceOfAnotherDay(t *testing.T) {
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + amounts("a50 50", "a100 100") + age("old", "2024-01-01 80", "2027-01-01 81") + accepted("overlap old-age-allowance 取较高者"),
		"tp.rego": module("tp", "", atEighty...),
	})
	if diff := cmp.Diff([]string(nil), found(t, engine, "tp", eldercare.OnDate("2027-06-01"))); diff != "" {
		t.Error(diff)
	}
	for _, on := range [][]eldercare.LintOption{nil, {eldercare.OnDate("2026-12-31")}} {
		if diff := cmp.Diff([]string{overlapAtEighty + " [取较高者]"}, found(t, engine, "tp", on...)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAcceptances(t *testing.T) {
	for _, tt := range []struct {
		name     string
		accepted []string // from line 12 on
		want     []string
	}{
		{name: "none", want: []string{overlapAtEighty}},
		{name: "one", accepted: []string{"overlap old-age-allowance 甲"}, want: []string{overlapAtEighty + " [甲]"}},
		{
			name: "twice: the first reason counts", accepted: []string{"overlap old-age-allowance 甲", "overlap old-age-allowance 乙"},
			want: []string{
				overlapAtEighty + " [甲]",
				"tp.yaml:13 duplicate-acceptance: the list already accepts overlap of old-age-allowance, in line 12; the reason given there counts (tp.yaml:12)",
			},
		},
		{
			name: "twice, of nothing", accepted: []string{"overlap old-age-allowance 甲", "gap old-age-allowance 乙", "gap old-age-allowance 丙"},
			want: []string{
				overlapAtEighty + " [甲]",
				"tp.yaml:13 unused-acceptance: the list accepts gap of old-age-allowance, but there is no such finding",
				"tp.yaml:14 duplicate-acceptance: the list already accepts gap of old-age-allowance, in line 13; the reason given there counts (tp.yaml:13)",
			},
		},
		{
			name: "misspelt", accepted: []string{"overlop old-age-allowance 甲", "overlap old-age-alowance 乙"},
			want: []string{
				overlapAtEighty,
				`tp.yaml:12 unused-acceptance: the list accepts overlop of old-age-allowance, but there is no such finding; did you mean "overlap"?`,
				`tp.yaml:13 unused-acceptance: the list accepts overlap of old-age-alowance, but there is no such finding; did you mean "old-age-allowance"?`,
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			yaml := rules(tp) + amounts("a50 50", "a100 100") + age("old", "2024-01-01 80")
			if len(tt.accepted) > 0 {
				yaml += accepted(tt.accepted...)
			}
			engine := engineOf(t, map[string]string{"tp.yaml": yaml, "tp.rego": module("tp", "", atEighty...)})
			if diff := cmp.Diff(sorted(tt.want), sorted(found(t, engine, "tp"))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Every kind of finding can be accepted with a reason.
func TestEveryKindIsAcceptable(t *testing.T) {
	yaml := rules(tc) + amounts("a50 50", "a100 100", "free ?", "spare 10")
	engine := func(yaml string) *eldercare.Engine {
		return engineOf(t, map[string]string{
			"tp.yaml": rules(tp) + amounts("p50 50"), "tp.rego": module("tp", "", fmt.Sprintf(flat, "p50", 60)),
			"tc.yaml": yaml,
			"tc.rego": module("tc", "",
				"grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.free}) if {\n\tinput.age >= 60\n\tinput.age < 70\n}", // open-amount
				fmt.Sprintf(flat, "a100", 75), // gap: 70–74
				fmt.Sprintf(flat, "a50", 80),  // redundant-branch, overlap
				"grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a50}) if {\n\tinput.age >= 80\n\tinput.age < 70\n}", // dead-branch
			),
		})
	}
	codes := func(engine *eldercare.Engine) (codes []string) {
		findings, err := engine.Lint(t.Context(), "tc")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range figured(findings) {
			if f.Accepted == "" {
				codes = append(codes, f.Code+" "+f.Subject)
			}
		}
		return codes
	}
	all := []string{
		"dead-branch old-age-allowance", "gap old-age-allowance", "open-amount old-age-allowance", "overlap old-age-allowance",
		"redundant-branch old-age-allowance", "unused-parameter spare",
	}
	if diff := cmp.Diff(all, sorted(codes(engine(yaml)))); diff != "" {
		t.Error(diff)
	}
	var acceptances []string
	for _, code := range all {
		acceptances = append(acceptances, code+" 有意")
	}
	if diff := cmp.Diff([]string(nil), codes(engine(yaml+accepted(acceptances...)))); diff != "" {
		t.Error(diff)
	}
}

// Each document of a jurisdiction accepts what is found in it, and nothing of another; neither is a
// duplicate of the other's.
func TestAcceptancesOfTwoDocuments(t *testing.T) {
	first := rules(tp) + amounts("a50 50", "a100 100") + age("old", "2024-01-01 80")
	second := strings.Replace(first, `effective_from: "2024-01-01"`, `effective_from: "2026-01-01"`, 1)
	later := strings.ReplaceAll(overlapAtEighty, "tp.rego", "tp_2026.rego")
	one, two := accepted("overlap old-age-allowance 甲"), accepted("overlap old-age-allowance 乙")
	for _, tt := range []struct {
		name, first, second string
		on                  []eldercare.LintOption
		want                []string
	}{
		{name: "both", first: first + one, second: second + two, want: []string{overlapAtEighty + " [甲]", later + " [乙]"}},
		{name: "the first", first: first + one, second: second, want: []string{overlapAtEighty + " [甲]", later}},
		{name: "the second", first: first, second: second + two, want: []string{overlapAtEighty, later + " [乙]"}},
		{name: "a day of the second", first: first, second: second + two, on: []eldercare.LintOption{eldercare.OnDate("2026-06-01")}, want: []string{later + " [乙]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine := engineOf(t, map[string]string{
				"tp.yaml": tt.first, "tp.rego": module("tp", "", atEighty...),
				"tp_2026.yaml": tt.second, "tp_2026.rego": module("tp_2026", "", atEighty...),
			})
			if diff := cmp.Diff(tt.want, found(t, engine, "tp", tt.on...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A finding says on which of the days that were looked at it is found; what comes again is found
// again.
func TestDays(t *testing.T) {
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + amounts("a50 50", "a100 100") +
			age("old", "2024-01-01 81", "2025-07-01 80", "2026-01-01 80", "2027-01-01 81", "2028-01-01 80"),
		"tp.rego": module("tp", "", atEighty...),
	})
	for _, tt := range []struct {
		on   []eldercare.LintOption
		want []string
	}{
		{nil, []string{"overlap 2025-07-01 2027-01-01", "overlap 2028-01-01 -"}},
		{[]eldercare.LintOption{eldercare.OnDate("2026-11-22")}, []string{"overlap 2026-11-22 -"}},
	} {
		findings, err := engine.Lint(t.Context(), "tp", tt.on...)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range figured(findings) {
			until := "-"
			if !f.Until.IsZero() {
				until = f.Until.String()
			}
			got = append(got, fmt.Sprint(f.Code, " ", f.From, " ", until))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Error(diff)
		}
	}
}
