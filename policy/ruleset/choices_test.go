package ruleset_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare"
)

// At most 4096 choices of what is missing are tried: of what cannot be absent in a closed world,
// and of what a rule reads that is left to plain OPA. Of a set of thirteen values somebody has the
// last, which leaves 2 to the power of 12; or also all others without it, which is one choice more.
func TestChoicesAreBounded(t *testing.T) {
	const counted, opaque = "count(input.many) >= 1", "count(input.many) + input.times >= 1"
	var values []string
	for i := range 13 {
		values = append(values, fmt.Sprintf("v%d: {label: 值%[1]d, english: v%[1]d}", i))
	}
	lacks := func(value string) string { return fmt.Sprintf("\tnot %q in input.many\n", value) }
	contradiction := func(message, lacks string) string {
		return fmt.Sprintf("contradictions contains %q if {\n\tcount(input.many) >= 0\n%s}\n", message, lacks)
	}
	last, orAllOthers := contradiction("the last", lacks("v12")), ""
	for i := range 12 {
		orAllOthers += contradiction(fmt.Sprint("both ", i), lacks("v12")+lacks(fmt.Sprint("v", i))) + "\n"
	}
	attributes := fmt.Sprintf(`
attributes:
  many: {label: 多, english: many, type: set, values: {%s}}
  times: {label: 数, english: times, type: integer, min: 0, max: 9}
`, strings.Join(values, ", "))
	const anything = "anything if \"v0\" in input.many\n\nanything if input.times == 1\n\n"
	engines := map[[2]string]*eldercare.Engine{}
	known := []eldercare.EvalOption{eldercare.AssumeKnown()}
	for _, tt := range []struct {
		note, impossible, condition string
		opaque                      int
		options                     []eldercare.EvalOption
		want                        string
	}{
		{"4096 by the table", last, counted, 0, known, "yes"},
		{"4097 by the table", orAllOthers, counted, 0, known, "too many"},
		{"4096 by plain OPA", last, counted, 0, append(known, eldercare.PlainOPA()), "yes"},
		{"4097 by plain OPA", orAllOthers, counted, 0, append(known, eldercare.PlainOPA()), "too many"},
		{"4096 of an opaque rule", last, opaque, 1, nil, "yes"},
		{"4097 of an opaque rule", orAllOthers, opaque, 1, nil, "maybe"},
	} {
		lists := [2]string{tt.impossible, tt.condition}
		e := engines[lists]
		if e == nil {
			e = loadOver(t, listsOver(attributes, anything+tt.impossible, tt.condition))
			engines[lists] = e
		}
		if r := rulesOn(t, e, "city", today); len(r.Table.Opaque) != tt.opaque {
			t.Fatalf("%s: %d rules are opaque, want %d", tt.note, len(r.Table.Opaque), tt.opaque)
		}
		elder := eldercare.Elder{"times": 0}
		if tt.want == "too many" {
			_, err := e.Evaluate(t.Context(), "city", elder, append(tt.options, eldercare.OnDate(today))...)
			if err == nil || !strings.Contains(err.Error(), "too many remain open") {
				t.Errorf("%s: error %v, want that too many remain open", tt.note, err)
			}
		} else if got := decided(t, e, "city", elder, tt.options...); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.note, got, tt.want)
		}
	}
}
