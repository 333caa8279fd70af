package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
