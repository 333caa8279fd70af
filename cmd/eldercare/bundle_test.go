package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/basic-eldercare/eldercare"
)

// Stock OPA answers from the bundle as the command does.
func TestBundle(t *testing.T) {
	file := filepath.Join(t.TempDir(), "eldercare.tar.gz")
	var out, problems bytes.Buffer
	if code := run([]string{"bundle", "-o", file}, strings.NewReader(""), &out, &problems); code != exitFine {
		t.Fatalf("exit code %d: %s", code, problems.String())
	}
	query, err := rego.New(rego.Query("data.eldercare.decision"), rego.LoadBundle(file)).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	elder := map[string]any{"age": 100, "local_hukou": true}
	results, err := query.Eval(t.Context(), rego.EvalInput(map[string]any{"jurisdiction": "hongtong", "on": "2026-11-22", "elder": elder}))
	if err != nil || len(results) != 1 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	engine, err := eldercare.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, err := engine.Evaluate(t.Context(), "hongtong", elder, eldercare.OnDate("2026-11-22"), eldercare.AssumeKnown())
	if err != nil {
		t.Fatal(err)
	}
	got := results[0].Expressions[0].Value.(map[string]any)
	if diff := cmp.Diff(plainJSON(t, want)["entitled"], plainJSON(t, got)["entitled"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(plainJSON(t, want)["monthly_cny"], plainJSON(t, got)["monthly_cny"]); diff != "" {
		t.Error(diff)
	}

	problems.Reset()
	if code := run([]string{"bundle"}, strings.NewReader(""), &out, &problems); code != exitFailed {
		t.Errorf("without -o the exit code is %d", code)
	}
}

func plainJSON(t *testing.T, v any) map[string]any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

// The same lists make the same bundle, whatever the day, the zone or the environment, and its
// revision tells them from others.
func TestBundleIsReproducible(t *testing.T) {
	write := func(args ...string) []byte {
		t.Helper()
		file := filepath.Join(t.TempDir(), "b.tar.gz")
		if code, _, stderr := execute(append([]string{"bundle", "-o", file}, args...)...); code != exitFine {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	first := write()
	t.Setenv("TZ", "America/New_York")
	t.Setenv("LC_ALL", "zh_CN.GBK")
	if !bytes.Equal(first, write("--on", "2026-01-01")) {
		t.Error("the bundle differs on another day, in another zone")
	}
	dir := t.TempDir()
	amendment := filepath.Join(dir, "catalogs", "huojia_local.yaml")
	const text = "amends: huojia\nparameters:\n  minimum_wage_monthly: {values: [{from: \"2025-01-01\", value: 1800}], cite: [{document: d}]}\n"
	if err := errors.Join(os.MkdirAll(filepath.Dir(amendment), 0o755), os.WriteFile(amendment, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	revisions := map[string]bool{}
	for _, content := range [][]byte{first, write("--dir", dir)} {
		b, err := bundle.NewReader(bytes.NewReader(content)).Read()
		if err != nil {
			t.Fatal(err)
		}
		if !digests.MatchString(b.Manifest.Revision) {
			t.Errorf("the revision is %q", b.Manifest.Revision)
		}
		revisions[b.Manifest.Revision] = true
	}
	if len(revisions) != 2 {
		t.Error("bundles of different lists have one revision")
	}
}
