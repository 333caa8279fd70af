package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// What check and lint write as SARIF is valid against the schema of SARIF 2.1.0, and accepted findings are suppressed.
func TestSARIF(t *testing.T) {
	for _, tt := range []struct {
		line                string
		results, suppressed int
	}{
		{"check -j hongtong --against shuozhou --format sarif", 4, 0},
		{"check --all --format sarif", 0, 0},
		{"lint --format sarif", 2, 2},
	} {
		var out, problems bytes.Buffer
		if code := run(strings.Fields(tt.line), strings.NewReader(""), &out, &problems); code == exitFailed {
			t.Fatalf("%s: %s", tt.line, problems.String())
		}
		report, err := sarif.FromBytes(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if err := report.Validate(); err != nil {
			t.Errorf("%s: %v", tt.line, err)
		}
		results, suppressed := 0, 0
		for _, r := range report.Runs[0].Results {
			results++
			if len(r.Suppressions) > 0 {
				suppressed++
			}
		}
		if results != tt.results || suppressed != tt.suppressed {
			t.Errorf("%s: %d results, %d suppressed; want %d and %d", tt.line, results, suppressed, tt.results, tt.suppressed)
		}
	}
}
