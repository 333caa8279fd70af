package ruleset_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// computedFigures are those of the lists of computedLists: what an income is compared with is
// computed of them.
const computedFigures = `dibao: {label: 低保标准, unit: cny_per_month, bound: exactly, values: [{from: "2024-01-01", value: 600}, {from: "2026-01-01", value: 712.35}], cite: [一]}
  times: {label: 倍数, unit: multiple, values: [{from: "2024-01-01", value: 1.3}], cite: [一]}
  promised_times: {label: 倍数, unit: multiple, bound: exactly, values: [{from: "2024-01-01", value: 2/3}], cite: [一]}
  percent: {label: 比例, unit: percent, values: [{from: "2024-01-01", value: 150}], cite: [一]}
  nothing: {label: 无, unit: multiple, values: [{from: "2024-01-01", value: null}], cite: [一]}
`

// computedLists are a city's list with a condition, and a county's below it.
func computedLists(condition, helpers string) fstest.MapFS {
	files := listsOver(incomes, "anything if input.income >= 0\n", condition)
	text := string(files["catalogs/city.yaml"].Data)
	files["catalogs/city.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(text, "parameters:\n", "parameters:\n  "+computedFigures, 1))}
	for _, id := range []string{"city", "county"} {
		files["rego/lists/"+id+".rego"].Data = append(files["rego/lists/"+id+".rego"].Data, helpers...)
	}
	return files
}

// An income is compared exactly with what is computed of figures and constants: with plain OPA, and
// by hand, below, at and above the number that comes out. On the second day dibao is 712.35.
func TestComputedThresholds(t *testing.T) {
	for _, tt := range []struct {
		condition, helpers string
		on                 string
		most               int // the highest income that is poor enough; -1: nobody's is
	}{
		{condition: "input.income <= p.dibao.value * p.times", on: "2025-12-31", most: 780},
		{condition: "input.income <= p.dibao.value * p.times", on: "2026-01-01", most: 926}, // 926.055
		{condition: "p.times * p.dibao.value >= input.income", on: "2026-01-01", most: 926},
		{condition: "input.income < p.dibao.value * 2", on: "2025-12-31", most: 1199},
		{condition: "input.income <= p.dibao.value * 2", on: "2025-12-31", most: 1200},
		{condition: "input.income <= (p.dibao.value * p.percent) / 100", on: "2025-12-31", most: 900},
		{condition: "input.income <= (p.dibao.value * p.percent) / 100", on: "2026-01-01", most: 1068}, // 1068.525
		{condition: "input.income < (p.dibao.value * p.promised_times.numerator) / p.promised_times.denominator", on: "2025-12-31", most: 399},
		{condition: "input.income <= (p.dibao.value * 2) + 50", on: "2026-01-01", most: 1474}, // 1474.7
		{condition: "input.income <= p.dibao.value - 100.5", on: "2025-12-31", most: 499},
		{condition: "limit := p.dibao.value * p.times\n\tinput.income <= limit", on: "2025-12-31", most: 780},
		{condition: "income := input.income\n\tincome <= p.dibao.value * p.times", on: "2025-12-31", most: 780},
		{condition: "not input.income > p.dibao.value * p.times\n\tinput.income >= 0", on: "2025-12-31", most: 780},
		{condition: "poor", helpers: "\npoor if input.income <= p.dibao.value * p.times\n", on: "2025-12-31", most: 780},
		{condition: "input.income <= p.dibao.value * p.nothing", on: "2025-12-31", most: -1},
	} {
		files := computedLists(tt.condition, tt.helpers)
		e := loadOver(t, files)
		query := stock(t, e, files)
		for _, income := range []int{0, tt.most - 1, tt.most, tt.most + 1, tt.most + 2, 10_000_000} {
			if income < 0 {
				continue
			}
			elder := eldercare.Elder{"income": income}
			d := must(e.Evaluate(t.Context(), "city", elder, eldercare.OnDate(tt.on)))(t)
			if entitled, _ := services(d); (len(entitled) > 0) != (income <= tt.most) {
				t.Errorf("%s on %s: an income of %d: %v", tt.condition, tt.on, income, entitled)
			}
			byOPA := must(e.Evaluate(t.Context(), "city", elder, eldercare.OnDate(tt.on), eldercare.PlainOPA()))(t)
			if diff := cmp.Diff(plain(t, byOPA), plain(t, d)); diff != "" {
				t.Errorf("%s: the table (+) is not plain OPA (-):\n%s", tt.condition, diff)
			}
			if diff := cmp.Diff(ask(t, query, "city", tt.on, map[string]any{"income": income}).decision, plain(t, d)); diff != "" {
				t.Errorf("%s: the table (+) is not stock OPA (-):\n%s", tt.condition, diff)
			}
		}
		report := must(e.Check(t.Context(), "county"))(t)
		if len(report.Findings) > 0 || report.Proved != 1 {
			t.Errorf("%s: %+v, want it proved", tt.condition, report)
		}
	}
}

// Arithmetic on the income itself is refused, and so is a number that OPA computes on the other
// side of a whole number.
func TestComputedThresholdsRefused(t *testing.T) {
	for condition, want := range map[string]string{
		"input.income * p.times <= p.dibao.value":                "large-number rego/lists/city.rego:17:2",
		"input.income <= input.income * 2":                       "large-number rego/lists/city.rego:17:18",
		"v := input.income * 2\n\tp.dibao.value <= v":            "large-number rego/lists/city.rego:17:7",
		"input.income <= p.dibao.value * count(input.alone)":     "large-number rego/lists/city.rego:17:2",
		"input.income <= p.dibao.value * p.promised_times.value": "inexact-number rego/lists/city.rego:16", // 0.6667 × 600 is 400.02, and 2/3 is 400
		"input.income <= 2500 * 1.08":                            "",                                       // 2700
		"input.income <= 25 * 1.08":                              "inexact-number rego/lists/city.rego:16", // OPA: a little over 27
		"input.income <= (25 * 108) / 100":                       "",
		"input.income <= (p.dibao.value / 8) * 8":                "",
		"input.income <= (p.dibao.value * p.times) / 0":          "",
		"input.income * 1 <= (p.dibao.value * p.times) / 0":      "large-number rego/lists/city.rego:17:2",
	} {
		var wrong eldercare.Diagnostics
		files := computedLists(condition, "")
		_, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
		got := ""
		if errors.As(err, &wrong) && len(wrong) > 0 {
			if got = fmt.Sprintf("%s %s:%d", wrong[0].Code, wrong[0].Pos.File, wrong[0].Pos.Line); wrong[0].Code == "large-number" {
				got += fmt.Sprintf(":%d", wrong[0].Pos.Column)
			}
		}
		if got != want {
			t.Errorf("%s: %v, want %s", condition, err, want)
		}
	}
}
