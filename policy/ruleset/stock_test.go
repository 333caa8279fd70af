package ruleset_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// stock returns OPA as everybody has it, with the Rego files untouched and the lists as JSON.
func stock(t testing.TB, e *eldercare.Engine, files fs.FS) rego.PreparedEvalQuery {
	t.Helper()
	options := []func(*rego.Rego){
		rego.Query("[[d | d := data.eldercare.decision], data.eldercare.contradictions]"),
		rego.Store(inmem.NewFromObject(map[string]any{"catalogs": source.Data(e.Catalog())})),
		rego.StrictBuiltinErrors(true),
	}
	for name, content := range regoFiles(t, files) {
		options = append(options, rego.Module(name, content))
	}
	query, err := rego.New(options...).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return query
}

// regoFiles returns the Rego files below a folder, tests left out.
func regoFiles(t testing.TB, files fs.FS) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(files, "rego", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".rego" || strings.HasSuffix(name, "_test.rego") {
			return err
		}
		content, err := fs.ReadFile(files, name)
		found[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// An answer is what stock OPA says.
type answer struct {
	decision       any // in the form of plain; nil when it is undefined
	contradictions []any
}

func ask(t testing.TB, query rego.PreparedEvalQuery, jurisdiction, on string, input map[string]any) answer {
	t.Helper()
	results, err := query.Eval(t.Context(), rego.EvalInput(map[string]any{"jurisdiction": jurisdiction, "on": on, "elder": input}))
	if err != nil || len(results) != 1 {
		t.Fatalf("%s on %s: %d results, %v", jurisdiction, on, len(results), err)
	}
	both := results[0].Expressions[0].Value.([]any)
	a := answer{contradictions: both[1].([]any)}
	if decisions := both[0].([]any); len(decisions) > 0 {
		a.decision = exact(decisions[0])
	}
	return a
}

// exact returns a JSON value with every number as a fraction in lowest terms, so that 100, 100.0
// and 1e2 are the same and nothing is rounded.
func exact(v any) any {
	switch v := v.(type) {
	case json.Number:
		r, _ := new(big.Rat).SetString(v.String())
		return r.RatString()
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = exact(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key := range v {
			out[key] = exact(v[key])
		}
		return out
	}
	return v
}

// plain returns a decision as its JSON says it, without what only Go knows.
func plain(t testing.TB, d *eldercare.Decision) any {
	t.Helper()
	content, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		t.Fatal(err)
	}
	delete(object, "digest")
	delete(object, "id")
	return exact(object)
}

// layered are the embedded lists with invented ones over them: a county's two documents, a city
// between that comes later, values that change, ceilings, open amounts, arithmetic that is not
// exact in decimals, choices that share a service.
const layered = "../source/testdata/layers"

// exemplary are the invented lists that use everything that lists may say.
const exemplary = "../../examples/lists"

// Go by the table, Go by plain OPA and stock OPA give the same decisions.
func TestConformance(t *testing.T) {
	over := must(eldercare.Load(t.Context(), eldercare.WithDir(layered)))(t)
	linked := must(eldercare.Load(t.Context(), eldercare.WithDir(linking)))(t)
	exclusive := must(eldercare.Load(t.Context(), eldercare.WithDir(excluding)))(t)
	examples := must(eldercare.Load(t.Context(), eldercare.WithDir(exemplary)))(t)
	elders := effort.Of(12, 12, 100)
	for _, set := range []struct {
		name          string
		engine        *eldercare.Engine
		folder        string // over the lists
		jurisdictions []string
		days          []string
	}{
		{"lists", engine(), "", []string{"shanxi", "shuozhou", "hongtong", "henan", "huojia"}, []string{today}},
		{"lists on other days", engine(), "", []string{"shanxi", "shuozhou", "hongtong", "huojia"}, []string{"2023-06-01", "2023-11-20", "2024-12-03"}},
		{"exclusions", exclusive, excluding, []string{"paisheng", "paishi"}, []string{today}},
		{"layers", over, layered, []string{"xucheng", "xuxian"}, []string{"2024-01-01", "2024-03-01", "2025-01-01", "2026-01-01", "2026-06-01"}},
		{"examples", examples, exemplary, []string{"xuguo", "xusheng", "xushi", "xuqu", "xuzhen"}, []string{today, "2025-06-01"}},
		{"linked measures", linked, linking, []string{"liancheng", "lianxian"}, []string{"2024-06-01", "2025-06-01", "2026-06-01"}},
	} {
		files := os.DirFS("../..")
		if set.folder != "" {
			files = union{files, os.DirFS(set.folder)}
		}
		query := stock(t, set.engine, files)
		for _, jurisdiction := range set.jurisdictions {
			for i, on := range set.days {
				t.Run(strings.Join([]string{set.name, jurisdiction, on}, "/"), func(t *testing.T) {
					t.Parallel()
					conform(t, set.engine, query, jurisdiction, on, elders/len(set.days), uint64(i))
				})
			}
		}
	}
}

// union is the files of two folders together.
type union [2]fs.FS

func (u union) Open(name string) (fs.File, error) {
	f, err := u[1].Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return u[0].Open(name)
	}
	return f, err
}

func (u union) ReadDir(name string) ([]fs.DirEntry, error) {
	below, err := fs.ReadDir(u[0], name)
	above, errAbove := fs.ReadDir(u[1], name)
	if err != nil && errAbove != nil {
		return nil, err
	}
	for _, e := range above {
		if !slices.ContainsFunc(below, func(b fs.DirEntry) bool { return b.Name() == e.Name() }) {
			below = append(below, e)
		}
	}
	return below, nil
}

func conform(t *testing.T, e *eldercare.Engine, query rego.PreparedEvalQuery, jurisdiction, on string, elders int, seed uint64) {
	r, err := e.Rules(t.Context(), jurisdiction, date(t, on))
	if notYet := new(eldercare.NotInForceError); errors.As(err, &notYet) {
		if got := ask(t, query, jurisdiction, on, map[string]any{"age": 80}); got.decision != nil {
			t.Errorf("no list is in force, and stock OPA decides: %v", got.decision)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(r, seed)
	for n := range elders {
		c := w.elder()
		if n%2 == 1 { // the others known in part
			c = w.partly(c, 12)
		}
		person := r.Table.Space.Elder(c)
		options := []eldercare.EvalOption{eldercare.OnDate(on), eldercare.AssumeKnown()}
		byTable := plain(t, must(e.Evaluate(t.Context(), jurisdiction, person, options...))(t))
		byOPA := plain(t, must(e.Evaluate(t.Context(), jurisdiction, person, append(options, eldercare.PlainOPA())...))(t))
		if diff := cmp.Diff(byOPA, byTable); diff != "" {
			t.Fatalf("%v: the table (+) is not plain OPA (-):\n%s", person, diff)
		}
		closed := r.Table.Space.Close(c)
		if len(r.Table.Contradicted(closed)) > 0 || unasked(r, closed) { // not all that is missing can be absent
			continue
		}
		if diff := cmp.Diff(ask(t, query, jurisdiction, on, r.Table.Space.Elder(closed)).decision, byTable); diff != "" {
			t.Fatalf("%v: the table (+) is not stock OPA (-):\n%s", person, diff)
		}
	}
}

// unasked reports whether something is said of an attribute of which the elder is not asked.
func unasked(r *eldercare.Ruleset, c elder.Cells) bool {
	for i := range r.Table.Space.Axes {
		if c[i] != elder.Absent && c[i] != r.Table.Space.Axes[i].AbsentCell() && !r.Table.Space.Asked(i, c) {
			return true
		}
	}
	return false
}

// Of an attribute that is not asked of an elder, what stands for a missing one may be said, and
// nothing else: by the engine and by stock OPA. What decides whether it is asked may be unknown.
func TestUnaskedAttributes(t *testing.T) {
	e := must(eldercare.Load(t.Context(), eldercare.WithDir(exemplary)))(t)
	query := stock(t, e, union{os.DirFS("../.."), os.DirFS(exemplary)})
	for _, tt := range []struct {
		person  eldercare.Elder
		refused bool
	}{
		{eldercare.Elder{"age": 70, "care_insured": false, "care_certified": false}, false},
		{eldercare.Elder{"age": 70, "care_certified": false}, false},
		{eldercare.Elder{"age": 70, "care_insured": true, "care_certified": false}, false},
		{eldercare.Elder{"age": 70, "care_insured": true, "care_certified": true}, false},
		{eldercare.Elder{"age": 70, "care_insured": false, "care_certified": true}, true},
	} {
		for _, options := range [][]eldercare.EvalOption{nil, {eldercare.AssumeKnown()}, {eldercare.AssumeKnown(), eldercare.PlainOPA()}} {
			d, err := e.Evaluate(t.Context(), "xuguo", tt.person, append(options, eldercare.OnDate(today))...)
			wrong := new(eldercare.InputError)
			if errors.As(err, &wrong) != tt.refused {
				t.Errorf("%v: refused by the engine: %v", tt.person, err)
			}
			if err != nil {
				continue
			}
			if _, possible := services(d); slices.Contains(possible, "long-term-care") {
				t.Errorf("%v: care is possible, and the certificate is known", tt.person)
			}
		}
		if got := ask(t, query, "xuguo", today, tt.person); (got.decision == nil) != tt.refused {
			t.Errorf("%v: stock OPA decides %v", tt.person, got.decision)
		}
	}
}

// Contradictory elders are refused by the engine; stock OPA has no decision for them, and says why.
func TestContradictions(t *testing.T) {
	query := stock(t, engine(), os.DirFS("../.."))
	for note, person := range map[string]eldercare.Elder{
		"support mode without tekun":    {"age": 70, "support_mode": "dispersed", "assistance_category": "dibao"},
		"kind of disability, but none":  {"age": 70, "disability_kind": "mental", "disability_grade": 0},
		"grade of disability, but none": {"age": 70, "disability_kind": "none", "disability_grade": 4},
	} {
		t.Run(note, func(t *testing.T) {
			got := ask(t, query, "hongtong", today, person)
			if got.decision != nil || len(got.contradictions) != 1 {
				t.Errorf("stock OPA: decision %v, contradictions %v", got.decision, got.contradictions)
			}
			for _, options := range [][]eldercare.EvalOption{nil, {eldercare.AssumeKnown()}, {eldercare.AssumeKnown(), eldercare.PlainOPA()}} {
				_, err := engine().Evaluate(t.Context(), "hongtong", person, append(options, eldercare.OnDate(today))...)
				wrong := new(eldercare.InputError)
				if !errors.As(err, &wrong) || len(wrong.Problems) != 1 || wrong.Problems[0].Code != "contradiction" {
					t.Errorf("the engine: %v", err)
				}
			}
		})
	}
}
