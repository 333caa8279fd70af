package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	linting "github.com/basic-eldercare/eldercare/policy/lint"
)

// A made-up province tp, its city tc and a county tk, each with one service in lines 3 to 5 of its
// YAML.
var (
	tp = header("tp", "990000", "province", "") + age("elder_age", "2024-01-01 60")
	tc = header("tc", "990100", "city", ", parent: tp")
	tk = header("tk", "990121", "county", ", parent: tc")
)

func header(id, code, level, parent string) string {
	return fmt.Sprintf(`jurisdiction: {id: %[1]s, code: "%[2]s", name: %[1]s, level: %[3]s%[4]s}
document: {title: %[1]s, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
services:
  - {id: old-age-allowance, item: "1", name: 高龄津贴, group: 老年人, type: 物质帮助, departments: [民政], access: unstated, cite: [附件 1]INHERITS}
parameters:
`, id, code, level, parent)
}

// rules returns a list's YAML of a service that has its own rules, inherits one whose service runs
// those of the list above.
func rules(head string) string    { return strings.ReplaceAll(head, "INHERITS", "") }
func inherits(head string) string { return strings.ReplaceAll(head, "INHERITS", ", inherits: true") }

// amounts returns parameters, each with its value since 2024: "low 50" a floor, "most ≤400" a
// ceiling, "exact =100" an exact amount, "free ?" one set locally.
func amounts(all ...string) string {
	var b strings.Builder
	for _, a := range all {
		name, value, _ := strings.Cut(a, " ")
		bound := "at_least"
		switch {
		case value == "?":
			bound, value = "set_locally", "null"
		case strings.HasPrefix(value, "≤"):
			bound, value = "at_most", strings.TrimPrefix(value, "≤")
		case strings.HasPrefix(value, "="):
			bound, value = "exactly", strings.TrimPrefix(value, "=")
		}
		fmt.Fprintf(&b, "  %s: {label: 标准, unit: cny_per_month, bound: %s, values: [{from: \"2024-01-01\", value: %s}], cite: [附件 1]}\n", name, bound, value)
	}
	return b.String()
}

// age returns a parameter that is a threshold, with values and their days.
func age(name string, values ...string) string {
	var dated []string
	for _, v := range values {
		from, value, _ := strings.Cut(v, " ")
		dated = append(dated, fmt.Sprintf("{from: %q, value: %s}", from, value))
	}
	return fmt.Sprintf("  %s: {label: 年龄, unit: years, values: [%s], cite: [附件 1]}\n", name, strings.Join(dated, ", "))
}

// module returns the Rego of a list: helpers in line 6 and following, then a rule of grants for
// each of the others, the first of which begins four lines after them.
func module(id, helpers string, rules ...string) string {
	m := "package lists." + id + "\n\nimport data.grant\nimport data.parameters as p\n\n" + helpers + "\n"
	for _, r := range rules {
		m += "# METADATA\n# title: 高龄津贴\n# custom:\n#   item: \"1\"\n" + r + "\n\n"
	}
	if !strings.Contains(m, "p.") {
		m = strings.Replace(m, "import data.parameters as p", "", 1)
	}
	return m
}

// byTier promises the amount of a row of the table _tiers, with ages from and, not included, to.
const byTier = `grants contains grant.promise("old-age-allowance", {"monthly_cny": tier.amount}) if {
	some tier in _tiers
	input.age >= tier.from
	input.age < tier.to
}`

func tiers(rows ...string) string {
	var objects []string
	for _, r := range rows {
		var from, to int
		var amount string
		if _, err := fmt.Sscanf(r, "%d %d %s", &from, &to, &amount); err != nil {
			panic(err)
		}
		objects = append(objects, fmt.Sprintf(`{"from": %d, "to": %d, "amount": p.%s}`, from, to, amount))
	}
	return "_tiers := [" + strings.Join(objects, ", ") + "]"
}

func engineOf(t *testing.T, files map[string]string) *eldercare.Engine {
	t.Helper()
	fsys := fstest.MapFS{}
	var ids []string
	for name, text := range files {
		path := "catalogs/" + name
		if strings.HasSuffix(name, ".rego") {
			path = "rego/lists/" + name
		} else {
			id, _, _ := strings.Cut(strings.TrimSuffix(name, ".yaml"), "_")
			ids = append(ids, id)
		}
		fsys[path] = &fstest.MapFile{Data: []byte(text)}
	}
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", fsys), eldercare.WithJurisdictions(ids...))
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// found returns the findings as text: file:line code: region: message, and the related place, where
// there is one.
func found(t *testing.T, engine *eldercare.Engine, jurisdiction string, on ...eldercare.LintOption) []string {
	t.Helper()
	findings, err := engine.Lint(t.Context(), jurisdiction, on...)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range figured(findings) {
		all = append(all, text(f))
	}
	return all
}

// figured returns the findings without those of figures that stand in rules, as the rules of tests
// are short.
func figured(findings []eldercare.LintFinding) []eldercare.LintFinding {
	return slices.DeleteFunc(findings, func(f eldercare.LintFinding) bool { return f.Code == linting.HardCoded })
}

func text(f eldercare.LintFinding) string {
	short := strings.NewReplacer("rego/lists/", "", "catalogs/", "")
	s := fmt.Sprintf("%s:%d %s", short.Replace(f.Pos.File), f.Pos.Line, f.Code)
	if f.Region != "" {
		s += ": " + f.Region
	}
	s += ": " + f.Message
	if f.Related.File != "" {
		s += fmt.Sprintf(" (%s:%d)", short.Replace(f.Related.File), f.Related.Line)
	}
	if f.Accepted != "" {
		s += " [" + f.Accepted + "]"
	}
	return s
}

const flat = `grants contains grant.promise("old-age-allowance", {"monthly_cny": p.%s}) if {
	input.age >= %d
}`

// Each tier of a table is a branch, with its own amount and its own elders.
func TestTiers(t *testing.T) {
	three := tiers("70 75 a50", "75 80 a100", "80 131 a200")
	amount := amounts("a50 50", "a100 100", "a200 200")
	for _, tt := range []struct {
		name       string
		parameters string
		helpers    string
		rules      []string
		want       []string
	}{
		{name: "a table without a fault", parameters: amount, helpers: three, rules: []string{byTier}},
		{
			name:       "beside a flat amount, the lower tier adds nothing, and each tier overlaps where it is",
			parameters: amount + amounts("a60 60"), helpers: three, rules: []string{byTier, fmt.Sprintf(flat, "a60", 70)},
			want: []string{
				"tp.rego:11 redundant-branch: age 70–74: other branches promise as much to everybody whom the tier of monthly_cny at least 50 yuan reaches",
				"tp.rego:21 overlap: age 70–74: two branches promise monthly_cny to the same elders: 50 and 60; the higher holds (tp.rego:11)",
				"tp.rego:21 overlap: age 75–79: two branches promise monthly_cny to the same elders: 100 and 60; the higher holds (tp.rego:11)",
				"tp.rego:21 overlap: age ≥ 80: two branches promise monthly_cny to the same elders: 200 and 60; the higher holds (tp.rego:11)",
			},
		},
		{
			name:       "a rule that promises what the tier of its elders does is redundant, and overlaps nothing",
			parameters: amount, helpers: three,
			rules: []string{byTier, `grants contains grant.promise("old-age-allowance", {"monthly_cny": p.a100}) if {
	input.age >= 75
	input.age < 80
	input.living_alone
}`},
			want: []string{"tp.rego:21 redundant-branch: age 75–79, living_alone true: other branches promise as much to everybody whom the branch reaches"},
		},
		{
			name:       "tiers of one table overlap",
			parameters: amount, helpers: tiers("70 80 a50", "75 80 a100", "80 131 a200"), rules: []string{byTier},
			want: []string{"tp.rego:11 overlap: age 75–79: two tiers of the rule promise monthly_cny to the same elders: 50 and 100; the higher holds"},
		},
		{
			name:       "a gap between tiers",
			parameters: amount, helpers: tiers("70 75 a50", "77 80 a100", "80 131 a200"), rules: []string{byTier},
			want: []string{"tp.yaml:5 gap: age 75–76: between the branches of the service, some elders are in none"},
		},
		{
			name:       "a gap between tiers of the same amount",
			parameters: amounts("a50 50"), helpers: tiers("70 75 a50", "77 131 a50"), rules: []string{byTier},
			want: []string{"tp.yaml:5 gap: age 75–76: between the branches of the service, some elders are in none"},
		},
		{
			name:       "a tier that ends before it begins",
			parameters: amount, helpers: tiers("70 80 a50", "80 75 a100", "80 131 a200"), rules: []string{byTier},
			want: []string{"tp.rego:11 dead-branch: no elder can meet all conditions of the tier of monthly_cny at least 100 yuan"},
		},
		{
			name:       "tiers on an enum leave one value out",
			parameters: amounts("a50 50", "a200 200"), helpers: `_by := {"full": p.a50, "none": p.a200}`,
			rules: []string{`grants contains grant.promise("old-age-allowance", {"monthly_cny": amount}) if {
	some care, amount in _by
	input.self_care == care
}`},
			want: []string{"tp.yaml:5 gap: self_care partial: between the branches of the service, some elders are in none"},
		},
		{
			name:       "tiers on an enum for those who are in need are no gap",
			parameters: amounts("a50 50", "a200 200"), helpers: `_by := {"partial": p.a50, "none": p.a200}`,
			rules: []string{`grants contains grant.promise("old-age-allowance", {"monthly_cny": amount}) if {
	some care, amount in _by
	input.self_care == care
}`},
		},
		{
			name:       "a tier for a value that does not exist",
			parameters: amounts("a50 50", "a200 200"), helpers: `_by := {"partal": p.a50, "none": p.a200}`,
			rules: []string{`grants contains grant.promise("old-age-allowance", {"monthly_cny": amount}) if {
	some care, amount in _by
	input.self_care == care
}`},
			want: []string{
				"tp.rego:13 dead-branch: no value of self_care meets the condition on it",
				"tp.rego:11 dead-branch: no elder can meet all conditions of the tier of monthly_cny at least 50 yuan",
			},
		},
		{
			name:       "tiers of two tables",
			parameters: amount, helpers: three + "\n_more := [{\"from\": 78, \"amount\": p.a100}, {\"from\": 82, \"amount\": p.a200}]",
			rules: []string{byTier, `grants contains grant.promise("old-age-allowance", {"monthly_cny": tier.amount}) if {
	some tier in _more
	input.age >= tier.from
	input.local_hukou
}`},
			want: []string{ // 200 holds from 80 on: of the second table, the first tier adds nothing, nor does the second
				"tp.rego:22 overlap: age ≥ 80, local_hukou true: two branches promise monthly_cny to the same elders: 200 and 100; the higher holds (tp.rego:12)",
				"tp.rego:22 overlap: age ≥ 82, local_hukou true: two tiers of the rule promise monthly_cny to the same elders: 100 and 200; the higher holds",
				"tp.rego:22 redundant-branch: age ≥ 78, local_hukou true: other branches promise as much to everybody whom the tier of monthly_cny at least 100 yuan reaches",
				"tp.rego:22 redundant-branch: age ≥ 82, local_hukou true: other branches promise as much to everybody whom the tier of monthly_cny at least 200 yuan reaches",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine := engineOf(t, map[string]string{
				"tp.yaml": rules(tp) + tt.parameters, "tp.rego": module("tp", tt.helpers, tt.rules...),
			})
			if diff := cmp.Diff(sorted(tt.want), sorted(found(t, engine, "tp"))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What two branches promise differs by the number, by the bound, or by both; what one of them
// leaves open does not.
func TestOverlapsOfBounds(t *testing.T) {
	for _, tt := range []struct{ name, first, second, want string }{
		{"a ceiling yields to an amount", "≤400", "100", "up to 400 yuan and at least 100 yuan; at least 100 yuan holds"},
		{"an exact amount yields to an equal floor", "=100", "100", "100 yuan and at least 100 yuan; at least 100 yuan holds"},
		{"two ceilings", "≤400", "≤100", "400 and 100; the higher holds"},
		{"an open amount", "?", "100", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine := engineOf(t, map[string]string{
				"tp.yaml": rules(tp) + amounts("one "+tt.first, "other "+tt.second),
				"tp.rego": module("tp", "", fmt.Sprintf(flat, "one", 60), fmt.Sprintf(flat, "other", 80)),
			})
			var got string
			for _, f := range found(t, engine, "tp") {
				if region, message, ok := strings.Cut(f, "two branches promise monthly_cny to the same elders: "); ok {
					if diff := cmp.Diff("tp.rego:19 overlap: age ≥ 80: ", region); diff != "" {
						t.Error(diff)
					}
					got, _, _ = strings.Cut(message, " (")
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Of two branches that promise the same to the same elders, one is too many, not both.
func TestTwins(t *testing.T) {
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + amounts("a50 50"), "tp.rego": module("tp", "", fmt.Sprintf(flat, "a50", 60), fmt.Sprintf(flat, "a50", 60)),
	})
	want := []string{"tp.rego:19 redundant-branch: age ≥ 60: other branches promise as much to everybody whom the branch reaches"}
	if diff := cmp.Diff(want, found(t, engine, "tp")); diff != "" {
		t.Error(diff)
	}
}

// A branch adds nothing, too, when one other promises its first measure and another its second.
func TestRedundantByMeasure(t *testing.T) {
	engine := engineOf(t, map[string]string{
		"tp.yaml": rules(tp) + amounts("a50 50"),
		"tp.rego": module("tp", "",
			`grants contains grant.promise("old-age-allowance", {"monthly_cny": p.a50, "funeral": grant.included}) if input.age >= 80`,
			fmt.Sprintf(flat, "a50", 70),
			`grants contains grant.promise("old-age-allowance", {"funeral": grant.included}) if input.age >= 70`),
	})
	want := []string{"tp.rego:11 redundant-branch: age ≥ 80: other branches promise as much to everybody whom the branch reaches"}
	if diff := cmp.Diff(want, found(t, engine, "tp")); diff != "" {
		t.Error(diff)
	}
}

// A discretionary branch is compared with other discretionary ones, and adds nothing where as much
// is promised.
func TestDiscretionaryBranches(t *testing.T) {
	discretionary := strings.Replace(flat, "grant.promise", "grant.discretionary", 1)
	for _, tt := range []struct {
		name  string
		rules []string
		want  []string
	}{
		{name: "more than is promised", rules: []string{fmt.Sprintf(flat, "a50", 60), fmt.Sprintf(discretionary, "a100", 80)}},
		{name: "for more than those to whom it is promised", rules: []string{fmt.Sprintf(flat, "a50", 80), fmt.Sprintf(discretionary, "a100", 60)}},
		{
			name: "no more than is promised", rules: []string{fmt.Sprintf(discretionary, "a50", 80), fmt.Sprintf(flat, "a100", 60)},
			want: []string{"tp.rego:11 redundant-branch: age ≥ 80: other branches promise as much to everybody whom the branch reaches"},
		},
		{
			name: "two of them", rules: []string{fmt.Sprintf(discretionary, "a100", 80), fmt.Sprintf(discretionary, "a50", 60)},
			want: []string{"tp.rego:19 overlap: age ≥ 80: two branches promise monthly_cny to the same elders: 100 and 50; the higher holds (tp.rego:11)"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine := engineOf(t, map[string]string{
				"tp.yaml": rules(tp) + amounts("a50 50", "a100 100"), "tp.rego": module("tp", "", tt.rules...),
			})
			if diff := cmp.Diff(tt.want, found(t, engine, "tp")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A table that a county inherits and runs with a figure of its own is the county's business; what
// is wrong with it is found where the county names the service. The city, which inherits it as it
// is, has nothing to do with it.
func TestInheritedTiers(t *testing.T) {
	table := `_tiers := [{"from": 70, "to": p.middle, "amount": p.a50}, {"from": 75, "to": p.old, "amount": p.a100}, {"from": 80, "to": 131, "amount": p.a200}]`
	province := rules(tp) + amounts("a50 50", "a100 100", "a200 200") + age("middle", "2024-01-01 75") + age("old", "2024-01-01 80")
	for _, tt := range []struct {
		name, figures string
		want          []string
	}{
		{name: "only amounts", figures: amounts("a50 60")},
		{
			name: "the first tier ends later", figures: age("middle", "2024-01-01 77"),
			want: []string{"tk.yaml:5 overlap: age 75–76: two tiers of the rule promise monthly_cny to the same elders: 50 and 100; the higher holds (tp.rego:11)"},
		},
		{
			name: "the first tier ends sooner", figures: age("middle", "2024-01-01 74"),
			want: []string{"tk.yaml:5 gap: age 74: between the branches of the service, some elders are in none"},
		},
		{
			name: "the second tier ends before it begins", figures: age("middle", "2024-01-01 80") + age("old", "2024-01-01 75"),
			want: []string{"tk.yaml:5 dead-branch: no elder can meet all conditions of the tier of monthly_cny at least 100 yuan (tp.rego:11)"},
		},
		{
			name: "the higher amounts are lower", figures: amounts("a100 50", "a200 50"),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine := engineOf(t, map[string]string{
				"tp.yaml": province, "tp.rego": module("tp", table, byTier), "tc.yaml": strings.TrimSuffix(inherits(tc), "parameters:\n"), "tk.yaml": inherits(tk) + tt.figures,
			})
			for _, j := range []string{"tp", "tc"} {
				if diff := cmp.Diff([]string(nil), found(t, engine, j)); diff != "" {
					t.Errorf("%s: %s", j, diff)
				}
			}
			if diff := cmp.Diff(tt.want, found(t, engine, "tk")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
