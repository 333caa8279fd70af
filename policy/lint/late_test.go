package lint_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// A figure that begins after its list is late until then, unless a list above has one in force. A rule that waits for it is not dead.
func TestLateFigures(t *testing.T) {
	const (
		late = "the figure begins on 2024-02-01, and until then nobody is granted what needs it; if the amount is open until then, " +
			"add {from: \"2024-01-01\", value: null}"
		gradual = "grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a50}) if {\n\tinput.age >= p.old\n}"
	)
	old := func(values ...string) string { return amounts("a50 50") + age("old", values...) }
	for _, tt := range []struct {
		name, province, city, on string
		want                     []string
	}{
		{"late", old("2024-01-01 80"), "", "2024-01-15", nil},
		{"late above", old("2024-02-01 80"), "", "2024-01-15", nil},
		{"late here, in force above", old("2024-01-01 80"), age("old", "2024-02-01 90"), "2024-01-15", nil},
		{"late in both", old("2024-02-01 80"), age("old", "2024-02-01 90"), "2024-01-15", []string{"tc.yaml:7 late-figure: " + late}},
		{"late in the city alone", amounts("a50 50") + age("old", "2024-03-01 80"), age("old", "2024-02-01 90"), "2024-01-15", []string{"tc.yaml:7 late-figure: " + late}},
		{"begun", old("2024-02-01 80"), age("old", "2024-02-01 90"), "2024-02-01", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			city := inherits(tc) + tt.city
			if tt.city == "" {
				city = strings.TrimSuffix(city, "parameters:\n")
			}
			engine := engineOf(t, map[string]string{"tp.yaml": rules(tp) + tt.province, "tp.rego": module("tp", "", gradual), "tc.yaml": city})
			if diff := cmp.Diff(tt.want, found(t, engine, "tc", eldercare.OnDate(tt.on))); diff != "" {
				t.Error(diff)
			}
		})
	}
}
