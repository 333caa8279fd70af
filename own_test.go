package eldercare_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// stockOf returns stock OPA with the bundle of an engine.
func stockOf(t *testing.T, e *eldercare.Engine) rego.PreparedEvalQuery {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bundle.tar.gz")
	var bundle bytes.Buffer
	if err := errors.Join(e.WriteBundle(&bundle), os.WriteFile(file, bundle.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	query, err := rego.New(rego.Query("d := data.eldercare.decision"), rego.LoadBundle(file)).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return query
}

// someone returns a made-up elder: of each attribute a value, or none.
func someone(r *rand.Rand, v *policy.Vocabulary) eldercare.Elder {
	e := eldercare.Elder{"age": 55 + r.IntN(50), "local_hukou": r.IntN(4) > 0}
	for _, a := range v.Attributes {
		if e[a.Name] != nil || r.IntN(3) == 0 {
			continue
		}
		switch a.Type {
		case policy.Boolean:
			e[a.Name] = r.IntN(2) == 0
		case policy.Integer:
			e[a.Name] = a.Min + r.IntN(a.Max-a.Min+1)
		case policy.Enum:
			e[a.Name] = a.Values[r.IntN(len(a.Values))].Name
		}
	}
	return e
}

// leavesOpen reports whether something is missing of a closed profile because it cannot be absent.
func leavesOpen(s *elder.Space, p elder.Profile) bool {
	for i := range s.Axes {
		if p.Cell(i) == elder.Absent && s.Axes[i].AbsentCell() != elder.Absent {
			return true
		}
	}
	return false
}

// answersAsStock holds the table's answers for random elders on some days to those of stock OPA
// with the bundle, and returns how many elders have each service.
func answersAsStock(t *testing.T, e *eldercare.Engine, jurisdiction string, elders int, days ...string) map[string]int {
	t.Helper()
	query, r, have := stockOf(t, e), rand.New(rand.NewPCG(10, 12)), map[string]int{}
	for n := 0; n < elders; {
		day := must(policy.ParseDate(days[n%len(days)]))(t)
		rules, err := e.Rules(t.Context(), jurisdiction, day)
		if err != nil {
			t.Fatal(err)
		}
		p, err := rules.Encode(someone(r, e.Catalog().Vocabulary))
		if err != nil {
			continue // it contradicts itself
		}
		p = rules.Close(p) // to stock OPA what is missing has no value, not that of nothing
		if leavesOpen(rules.Table.Space, p) {
			continue
		}
		n++
		given := rules.Table.Space.Elder(p.Cells())
		d, err := rules.AssumeKnown(true).Decide(t.Context(), &p)
		if err != nil {
			t.Fatal(err)
		}
		results, err := query.Eval(t.Context(), rego.EvalInput(map[string]any{"jurisdiction": jurisdiction, "on": day.String(), "elder": map[string]any(given)}))
		if err != nil || len(results) != 1 {
			t.Fatalf("%v on %s: %d results, %v", given, day, len(results), err)
		}
		var got, want struct{ Entitled, Discretionary []map[string]any }
		if err := errors.Join(json.Unmarshal(must(json.Marshal(results[0].Bindings["d"]))(t), &got), json.Unmarshal(must(json.Marshal(d))(t), &want)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%v on %s (-table +stock OPA):\n%s", given, day, diff)
		}
		for _, s := range d.Entitled {
			have[s.Service]++
		}
	}
	return have
}

// TestOwnFolder runs the folder that docs/folder.md shows: it adds an attribute, a value, a
// measure, and a service with its rule, and copies nothing.
func TestOwnFolder(t *testing.T) {
	e := must(eldercare.Load(t.Context(), eldercare.WithDir("testdata/own")))(t)
	for _, j := range e.Jurisdictions() {
		for _, f := range must(e.Lint(t.Context(), j.ID))(t) {
			if f.Accepted == "" {
				t.Errorf("%s: %s: %s %s", f.Pos.File, f.Code, f.Subject, f.Message)
			}
		}
	}
	for _, report := range must(e.CheckAll(t.Context()))(t) {
		if len(report.Findings) > 0 || report.Tested > 0 {
			t.Errorf("%s: %d tested, %v", report.Jurisdiction, report.Tested, report.Findings)
		}
	}
	for _, tt := range []struct {
		elder eldercare.Elder
		want  bool
	}{
		{eldercare.Elder{"age": 60, "blood_donor": true}, true},
		{eldercare.Elder{"age": 60, "contributor": "firefighter"}, true},
		{eldercare.Elder{"age": 59, "blood_donor": true}, false},
		{eldercare.Elder{"age": 60, "contributor": "disabled_veteran"}, false},
	} {
		d := must(e.Evaluate(t.Context(), "huojia", tt.elder, eldercare.OnDate(today), eldercare.AssumeKnown()))(t)
		var baths string
		for _, s := range d.Entitled {
			if s.Service == "bathing-help" {
				baths = s.Promises["baths_per_month"].Value.String() + " " + strings.Join(s.Cite, ", ")
			}
		}
		if want := map[bool]string{true: "2 助浴办法（虚构） 第二条"}[tt.want]; baths != want {
			t.Errorf("%v: baths %q, want %q", tt.elder, baths, want)
		}
	}
	x := must(e.Explain(t.Context(), "huojia", eldercare.Elder{"age": 60, "blood_donor": true}, "bathing-help", eldercare.OnDate(today)))(t)
	if len(x.Grounds) != 1 || x.Grounds[0].Clause.File != "testdata/own/rego/lists/huojia_baths.rego" {
		t.Errorf("grounds: %v", x.Grounds)
	}
	if have := answersAsStock(t, e, "huojia", effort.Of(150, 150, 3000), today, "2024-12-03"); have["bathing-help"] == 0 || have["old-age-allowance"] == 0 {
		t.Errorf("the elders have too little: %v", have)
	}
}

// The documentation shows the folder as it is.
func TestOwnFolderIsShown(t *testing.T) {
	shown := string(must(os.ReadFile("docs/folder.md"))(t))
	files := must(filepath.Glob("testdata/own/*/*.yaml"))(t)
	files = append(files, must(filepath.Glob("testdata/own/rego/lists/*.rego"))(t)...)
	for _, file := range files {
		if content := string(must(os.ReadFile(file))(t)); !strings.Contains(shown, content) {
			t.Errorf("docs/folder.md does not show %s as it is", file)
		}
	}
	if len(files) != 5 {
		t.Errorf("%d files", len(files))
	}
}

// An amendment that states another number than the text is a finding, at its place, which it can
// accept; one that states what the text leaves open is none.
func TestAmendedFigureIsFound(t *testing.T) {
	amendment := func(more string) []eldercare.LintFinding {
		e := must(eldercare.Load(t.Context(), eldercare.WithFS("mine", fstest.MapFS{"catalogs/huojia_more.yaml": {Data: []byte(`amends: huojia
parameters:
  public_culture_age: {values: [{from: "2026-01-01", value: 60}], cite: [{document: 通知}]}
  minimum_wage_monthly: {values: [{from: "2025-01-01", value: 1800}], cite: [{document: 通知}]}
` + more)}})))(t)
		return must(e.Lint(t.Context(), "huojia"))(t)
	}
	var found []string
	for _, f := range amendment("") {
		found = append(found, fmt.Sprintf("%s:%d %s %s", f.Pos.File, f.Pos.Line, f.Code, f.Subject))
	}
	if diff := cmp.Diff([]string{"mine/catalogs/huojia_more.yaml:3 amended-figure public_culture_age"}, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, f := range amendment("accepted:\n  - {code: amended-figure, subject: public_culture_age, reason: 新文件}\n") {
		if f.Accepted == "" {
			t.Errorf("not accepted: %v", f)
		}
	}
}

// What a caller does to a course is done to nobody else's.
func TestCoursesAreTheCallers(t *testing.T) {
	e := must(eldercare.Load(t.Context(), eldercare.WithJurisdictions("shuozhou")))(t)
	for range 2 { // the first is made, the second was kept
		c := must(e.Course("shuozhou"))(t)
		c.Rules, c.Ended = nil, nil
		for i := range c.Days {
			c.Days[i] = eldercare.Date{}
		}
	}
	c := must(e.Course("shuozhou"))(t)
	if c.Rules == nil || c.Ended == nil || c.Days[0] == (eldercare.Date{}) {
		t.Errorf("another's course is %v", c)
	}
}
