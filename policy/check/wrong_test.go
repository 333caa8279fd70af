package check_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/check"
)

// Whatever once made the check say "proved" of a list that takes something away, or brought it
// down: each archive has the rules of a list and of the one above it, and all that the check must
// say.
func TestOnceProvedWrongly(t *testing.T) {
	check.Try(t, effort.Of(1_000, 1_000, 20_000), effort.Of(200, 200, 2_000))
	archives, err := filepath.Glob("testdata/proof/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("there are no archives, %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			sections := map[string]string{}
			for _, f := range archive.Files {
				sections[f.Name] = string(f.Data)
			}
			want := strings.Split(strings.TrimSpace(sections["want"]), "\n")
			if diff := cmp.Diff(want, saidOf(t, sections)); diff != "" {
				t.Errorf("%s(-want +got):\n%s", archive.Comment, diff)
			}
		})
	}
}

// saidOf returns all that loading and checking the lists of an archive says, a line each.
func saidOf(t *testing.T, sections map[string]string) (said []string) {
	t.Helper()
	defer func() {
		if panicked := recover(); panicked != nil {
			said = []string{fmt.Sprintf("panic: %v", panicked)}
		}
	}()
	figures := []string{years("elder_age", 60), yuan("amount", "at_least", 100)}
	if more := strings.TrimSpace(sections["parameters"]); more != "" {
		figures = append(figures, strings.Split(more, "\n")...)
	}
	files := fstest.MapFS{}
	list := made{parameters: figures, rules: []rule{{service: "meal-subsidy"}}}
	list.put(files, "tp", "990000", "province", "")
	list.put(files, "tc", "990100", "city", "tp")
	for _, id := range []string{"tp", "tc"} {
		files["rego/lists/"+id+".rego"] = &fstest.MapFile{Data: []byte(sections[id+".rego"])}
	}
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("tp", "tc"))
	if err != nil {
		return errorsSaid(err)
	}
	report, err := engine.Check(t.Context(), "tc", eldercare.Verify())
	if err != nil {
		return errorsSaid(err)
	}
	return reportSaid(t, report, strings.Contains(sections["want"], " above "))
}

// errorsSaid returns the problems of an error, by code and place.
func errorsSaid(err error) []string {
	var problems eldercare.Diagnostics
	if !errors.As(err, &problems) {
		return []string{"an error without a place: " + err.Error()}
	}
	var said []string
	for _, d := range problems {
		said = append(said, fmt.Sprintf("%s %s %s:%d", d.Severity, d.Code, filepath.Base(d.Pos.File), d.Pos.Line))
	}
	return said
}

// reportSaid returns the findings of a report, what is opaque, and whether the one service is
// proved or tested. Where wanted, a finding says which clause it is about.
func reportSaid(t *testing.T, report *eldercare.Report, clauses bool) []string {
	t.Helper()
	var said []string
	for _, f := range report.Findings {
		witness, err := json.Marshal(f.Witness)
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%s by %s %s", f.Kind, f.Method, witness)
		if f.Kind == check.Unanswered { // that plain OPA cannot answer is seen, however it was found
			line = fmt.Sprintf("%s %s", f.Kind, witness)
		}
		if clauses {
			line += fmt.Sprintf(" above %s:%d", filepath.Base(f.ParentPos.File), f.ParentPos.Line)
		}
		said = append(said, line)
	}
	for _, o := range report.Opaque {
		said = append(said, fmt.Sprintf("opaque %s:%d", filepath.Base(o.Pos.File), o.Pos.Line))
	}
	if report.Proved == 1 {
		said = append(said, "proved")
	}
	if report.Tested == 1 {
		said = append(said, "tested")
	}
	return said
}
