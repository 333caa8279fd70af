package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

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
			if r.PartialFingerprints["primaryLocationLineHash"] == "" {
				t.Errorf("%s: no fingerprint", tt.line)
			}
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

// A result keeps its fingerprint when lines are put before it, and no two results have the same.
func TestFingerprints(t *testing.T) {
	prints := func(files fstest.MapFS) (all []string, lines []int) {
		dir := t.TempDir()
		if err := os.CopyFS(dir, files); err != nil {
			t.Fatal(err)
		}
		t.Chdir(dir)
		var out, problems bytes.Buffer
		if code := run([]string{"lint", "--dir", ".", "--format", "sarif"}, strings.NewReader(""), &out, &problems); code != exitFound {
			t.Fatalf("exit code %d: %s", code, problems.String())
		}
		report, err := sarif.FromBytes(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range report.Runs[0].Results {
			all = append(all, r.PartialFingerprints["eldercare/v1"])
			lines = append(lines, *r.Locations[0].PhysicalLocation.Region.StartLine)
		}
		return all, lines
	}
	const rule = "\n# METADATA\n# title: 百岁补贴\ngrants contains grant.promise(\"centenarian-allowance\", {\"monthly_cny\": p.centenarian_monthly}) if {\n" +
		"\tinput.age >= 100\n\tinput.local_hukou\n}\n"
	files := fstest.MapFS{
		"catalogs/one.yaml": {Data: []byte(fingerprinted)},
		"rego/lists/one.rego": {Data: []byte("package lists.one\n\nimport data.grant\nimport data.parameters as p\n" + rule +
			strings.Replace(rule, "input.local_hukou", "input.local_resident", 1))},
	}
	before, at := prints(files)
	files["rego/lists/one.rego"].Data = append([]byte("# one\n# two\n"), files["rego/lists/one.rego"].Data...)
	after, moved := prints(files)
	if len(before) < 2 || !slices.Equal(before, after) || slices.Equal(at, moved) {
		t.Errorf("%v at %v, then %v at %v", before, at, after, moved)
	}
	if different := slices.Compact(slices.Sorted(slices.Values(before))); len(different) != len(before) || before[0] == "" {
		t.Errorf("some have the same: %v", before)
	}
}

// fingerprinted is a list of which a rule names its age twice.
const fingerprinted = `jurisdiction: {id: one, code: "141099", name: 甲县, level: county, parent: shanxi}
document: {title: 甲县清单, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
parameters:
  centenarian_monthly:
    {label: 百岁补贴, unit: cny_per_month, bound: at_least, values: [{from: "2024-01-01", value: 200}], cite: [附件 1]}
inherits_rest: true
services:
  - {id: centenarian-allowance, item: "1", name: 百岁补贴, group: 老年人, type: 物质帮助, departments: [县民政局], access: unstated, cite: [附件 1]}
`

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
