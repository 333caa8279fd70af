package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	linting "github.com/basic-eldercare/eldercare/policy/lint"
)

// A city leaves open what its province states by two branches: each number is reported, with the
// elders for whom it is the best.
func TestOpenAmounts(t *testing.T) {
	province := module("tp", "",
		"grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a50}) if {\n\tinput.age >= 70\n\tinput.age <= 80\n}", // line 11
		fmt.Sprintf(flat, "a100", 80), // line 20
		"grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.most}) if {\n\tinput.age >= 75\n\tinput.local_hukou\n}", // line 28
	)
	const (
		hundred = "tc.yaml:5 open-amount: age ≥ %d: the amount of monthly_cny is left open, but the list above states at least 100 yuan (tp.rego:20)"
		fifty   = "tc.yaml:5 open-amount: age 70–%d: the amount of monthly_cny is left open, but the list above states at least 50 yuan (tp.rego:11)"
	)
	for _, tt := range []struct {
		name, parameters string
		rules            []string
		want             []string
	}{
		{
			name: "everywhere", parameters: amounts("free ?"), rules: []string{fmt.Sprintf(flat, "free", 70)},
			want: []string{fmt.Sprintf(hundred, 80), fmt.Sprintf(fifty, 79)},
		},
		{
			name: "but for some, to whom a number is promised", parameters: amounts("free ?", "a120 120"),
			rules: []string{fmt.Sprintf(flat, "free", 70), fmt.Sprintf(flat, "a120", 90)},
			want: []string{
				"tc.yaml:5 open-amount: age 80–89: the amount of monthly_cny is left open, but the list above states at least 100 yuan (tp.rego:20)",
				fmt.Sprintf(fifty, 79),
			},
		},
		{
			name: "for a part of those above", parameters: amounts("free ?", "a120 120"),
			rules: []string{fmt.Sprintf(flat, "free", 60), fmt.Sprintf(flat, "a120", 75)},
			want:  []string{fmt.Sprintf(fifty, 74)},
		},
		{
			name: "an amount that lacks its figure", parameters: amounts("free null"), rules: []string{fmt.Sprintf(flat, "free", 95)},
			want: []string{
				fmt.Sprintf(hundred, 95),
				"tc.yaml:7 null-figure: the figure is null, so the amount is open: " +
					"state the number, or write bound: set_locally where the text leaves it to a lower level",
			},
		},
		{name: "nothing", parameters: amounts("a120 120"), rules: []string{fmt.Sprintf(flat, "a120", 70)}},
		{
			name: "unknown: a rule that cannot be proved may state a number", parameters: amounts("free ?", "a120 120"),
			rules: []string{fmt.Sprintf(flat, "free", 70), `grants contains grant.promise("old-age-allowance", {"monthly_cny": p.a120}) if {
	input.age >= 75
	count(input) > 2
}`},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine := engineOf(t, map[string]string{
				"tp.yaml": rules(tp) + amounts("a50 50", "a100 100", "most ≤400"), "tp.rego": province,
				"tc.yaml": rules(tc) + tt.parameters, "tc.rego": module("tc", "", tt.rules...),
			})
			var got []string
			for _, f := range found(t, engine, "tc") {
				if !strings.Contains(f, " opaque: ") {
					got = append(got, f)
				}
			}
			if diff := cmp.Diff(sorted(tt.want), sorted(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A figure that a list states over that of the list above is used only by rules of its own or that
// it inherits.
func TestUnusedParameters(t *testing.T) {
	province := map[string]string{"tp.yaml": rules(tp) + amounts("a50 50"), "tp.rego": module("tp", "", fmt.Sprintf(flat, "a50", 80))}
	for _, tt := range []struct {
		name  string
		files map[string]string
		of    string
		want  []string
	}{
		{
			name:  "it inherits the rule that reads it",
			files: map[string]string{"tc.yaml": inherits(tc) + amounts("a50 60")}, of: "tc",
		},
		{
			name:  "it has a rule of its own, which does not read it",
			files: map[string]string{"tc.yaml": rules(tc) + amounts("a50 60", "mine 70"), "tc.rego": module("tc", "", fmt.Sprintf(flat, "mine", 80))}, of: "tc",
			want: []string{"tc.yaml:7 unused-parameter: no rule reads the parameter"},
		},
		{
			name:  "a shared rule reads that of the list above",
			files: map[string]string{"tc.yaml": inherits(tc) + age("elder_age", "2024-01-01 55")}, of: "tc",
			want: []string{"tc.yaml:7 unused-parameter: no rule reads the parameter"},
		},
		{
			name:  "only a county below reads it",
			files: map[string]string{"tc.yaml": inherits(tc) + amounts("town 70"), "tk.yaml": strings.TrimSuffix(rules(tk), "parameters:\n"), "tk.rego": module("tk", "", fmt.Sprintf(flat, "town", 80))}, of: "tc",
		},
		{
			name:  "the county below that reads it has its own",
			files: map[string]string{"tc.yaml": inherits(tc) + amounts("town 70"), "tk.yaml": rules(tk) + amounts("town 80"), "tk.rego": module("tk", "", fmt.Sprintf(flat, "town", 80))}, of: "tc",
			want: []string{"tc.yaml:7 unused-parameter: no rule reads the parameter"},
		},
		{
			name: "a county to come reads it",
			files: map[string]string{
				"tc.yaml": inherits(tc) + amounts("town 70"), "tk.rego": module("tk", "", fmt.Sprintf(flat, "town", 80)),
				"tk.yaml": strings.Replace(strings.TrimSuffix(rules(tk), "parameters:\n"), `effective_from: "2024-01-01"`, `effective_from: "2030-01-01"`, 1),
			}, of: "tc",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, text := range province {
				tt.files[name] = text
			}
			if diff := cmp.Diff(tt.want, found(t, engineOf(t, tt.files), tt.of)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A parameter is used although the document that reads it is not in force on every day.
func TestUsedOnSomeDay(t *testing.T) {
	later := strings.Replace(rules(tc), `effective_from: "2024-01-01"`, `effective_from: "2026-01-01"`, 1)
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + amounts("a50 50", "a60 60"), "tp.rego": module("tp", "", fmt.Sprintf(flat, "a50", 80)),
		"tc.yaml": strings.TrimSuffix(inherits(tc), "parameters:\n"), "tc_2026.yaml": strings.TrimSuffix(later, "parameters:\n"),
		"tc_2026.rego": module("tc_2026", "", fmt.Sprintf(flat, "a60", 80)),
	})
	for _, day := range []string{"2024-01-01", "2026-06-01"} {
		if diff := cmp.Diff([]string(nil), found(t, engine, "tp", eldercare.OnDate(day))); diff != "" {
			t.Errorf("%s: %s", day, diff)
		}
	}
}

// A figure that counts on no day is reported: one that a value of the list's first day, null or
// not, takes the place of, and one that would begin when the next document is in force. One dated
// before the list counts when nothing takes its place.
func TestUnusedFigures(t *testing.T) {
	later := strings.Replace(inherits(tc), `effective_from: "2024-01-01"`, `effective_from: "2026-01-01"`, 1)
	dated := func(values string) string {
		return "  a50: {label: 标准, unit: cny_per_month, bound: at_least, values: [" + values + "], cite: [附件 1]}\n"
	}
	const used = `{from: "2020-01-01", value: 60}`
	for _, tt := range []struct{ name, values, want string }{
		{"dated before the list", used, ""},
		{"on the list's first day", `{from: "2024-01-01", value: 60}`, ""},
		{"while the list is in force", used + `, {from: "2025-12-31", value: 70}`, ""},
		{"a null takes its place first", used + `, {from: "2024-01-01", value: null}`, "the value from 2024-01-01 replaces it before the list is in force, from 2024-01-01"},
		{"a null takes its place later", used + `, {from: "2024-01-02", value: null}`, ""},
		{"another figure takes its place", used + `, {from: "2021-01-01", value: 70}`, "the value from 2021-01-01 replaces it before the list is in force, from 2024-01-01"},
		{"a null when the next list is in force", used + `, {from: "2026-01-01", value: null}`, ""},
		{"when the next list is in force", used + `, {from: "2026-01-01", value: 70}`, "it begins on 2026-01-01, and the next list is in force from 2026-01-01"},
	} {
		engine := engineOf(t, map[string]string{
			"tp.yaml": rules(tp) + amounts("a50 50"), "tp.rego": module("tp", "", fmt.Sprintf(flat, "a50", 80)),
			"tc.yaml": inherits(tc) + dated(tt.values), "tc_2026.yaml": later + dated(used),
		})
		var want []string
		if tt.want != "" {
			want = []string{"tc.yaml:7 unused-figure: the figure is never in force: " + tt.want}
		}
		var got []string
		for _, f := range found(t, engine, "tc") {
			if !strings.Contains(f, " open-amount: ") && !strings.Contains(f, " null-figure: ") {
				got = append(got, f)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// A figure may still be reviewed on its day; from the next day on it is due.
func TestReviews(t *testing.T) {
	date := func(text string) policy.Date {
		d, err := policy.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	list := &policy.List{Parameters: []*policy.Parameter{{Name: "never"}, {Name: "june", ReviewBy: date("2026-06-30")}, {Name: "july", ReviewBy: date("2026-07-01")}}}
	for on, want := range map[string]string{"2026-06-30": "", "2026-07-01": "june", "2026-07-02": "june july"} {
		var got []string
		for _, f := range linting.Reviews(list, date(on)) {
			got = append(got, f.Subject)
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("on %s due: %q, want %q", on, got, want)
		}
	}
}

// A number that the list above has at discretion is none that it promises.
func TestOpenAmountAtDiscretion(t *testing.T) {
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + amounts("a50 50", "a100 100"),
		"tp.rego": module("tp", "", fmt.Sprintf(flat, "a50", 70), strings.Replace(fmt.Sprintf(flat, "a100", 80), "grant.promise", "grant.discretionary", 1)),
		"tc.yaml": rules(tc) + amounts("free ?"), "tc.rego": module("tc", "", fmt.Sprintf(flat, "free", 60)),
	})
	want := []string{"tc.yaml:5 open-amount: age ≥ 70: the amount of monthly_cny is left open, but the list above states at least 50 yuan (tp.rego:11)"}
	if diff := cmp.Diff(want, found(t, engine, "tc")); diff != "" {
		t.Error(diff)
	}
}
