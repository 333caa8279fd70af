package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/rogpeppe/go-internal/txtar"
)

// What check and lint write as SARIF is valid against the schema of SARIF 2.1.0, and accepted
// findings are suppressed. What could only be tested is a result, and the name of a file is a URI.
func TestSARIF(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "my 100% lists#1")
	copied(t, "testdata/script/check.txtar", "opaque/", dir)
	for _, tt := range []struct {
		line                string
		dir                 string
		results, suppressed int
		level, uri          string // of the first result
	}{
		{"check -j hongtong --against shuozhou --format sarif", "", 4, 0, "error", "catalogs/hongtong.yaml"},
		{"check --all --format sarif", "", 0, 0, "", ""},
		{"check -j tc --format sarif", dir, 1, 0, "warning", "/my%20100%25%20lists%231/rego/lists/tp.rego"},
		{"check -j tc --strict --format sarif", dir, 1, 0, "error", "/my%20100%25%20lists%231/rego/lists/tp.rego"},
		{"lint --format sarif", "", 5, 5, "warning", "catalogs/"},
	} {
		args := strings.Fields(tt.line)
		if tt.dir != "" {
			args = append(args, "--dir", tt.dir)
		}
		var out, problems bytes.Buffer
		if code := run(args, strings.NewReader(""), &out, &problems); code == exitFailed {
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
		if results == 0 {
			continue
		}
		first := report.Runs[0].Results[0]
		if uri := *first.Locations[0].PhysicalLocation.ArtifactLocation.URI; first.Level != tt.level || !strings.Contains(uri, tt.uri) {
			t.Errorf("%s: the first result is a %s in %s, want a %s in %s", tt.line, first.Level, uri, tt.level, tt.uri)
		}
	}
}

// copied writes the files of a txtar archive whose names begin so into a folder, without that
// beginning.
func copied(t *testing.T, archive, prefix, dir string) {
	t.Helper()
	a, err := txtar.ParseFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		name, ok := strings.CutPrefix(f.Name, prefix)
		if !ok {
			continue
		}
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
