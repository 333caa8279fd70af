package eldercare_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"maps"
	"math/big"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// today is the day on which cases are evaluated that name no other.
const today = "2026-11-22"

// engine is the engine of the lists that come with the module.
var engine = sync.OnceValue(func() *eldercare.Engine {
	e, err := eldercare.Load(context.Background())
	if err != nil {
		panic(err)
	}
	return e
})

func date(t testing.TB, s string) eldercare.Date {
	t.Helper()
	d, err := policy.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func rulesOn(t testing.TB, e *eldercare.Engine, jurisdiction, on string) *eldercare.Ruleset {
	t.Helper()
	r, err := e.Rules(t.Context(), jurisdiction, date(t, on))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func ExampleEngine_Evaluate() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	decision, err := engine.Evaluate(ctx, "hongtong", eldercare.Elder{"age": 100, "local_hukou": true}, eldercare.OnDate("2026-11-22"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range decision.Entitled {
		if p, ok := e.Promises["monthly_cny"]; ok && p.Open() {
			fmt.Println(e.Name, "amount left open:", e.Cite[0])
		} else if ok {
			fmt.Println(e.Name, p.Bound, p.Value, "yuan a month:", e.Cite[0])
		}
	}
	total := decision.MonthlyCNY
	fmt.Println("together", total.Bound, total.Value)
	for _, n := range total.NotAdded {
		fmt.Println("not added:", n.Service, "in favour of", n.InFavourOf)
	}
	// Output:
	// 高龄津贴 amount left open: 推进全县基本养老服务体系建设实施方案 附件 12
	// 百岁补贴 at_least 300 yuan a month: 推进全县基本养老服务体系建设实施方案 附件 13
	// together at_least 300
	// not added: old-age-allowance in favour of centenarian-allowance
}

// A testCase is a case of catalogs/cases, worked by hand from a list's text. What is not given of its elder is absent.
type testCase struct {
	Note          string                       `yaml:"note"`
	Item          string                       `yaml:"item"`
	Elder         map[string]any               `yaml:"elder"`
	On            string                       `yaml:"on"`
	Entitled      map[string]map[string]string `yaml:"entitled"`
	Refused       []string                     `yaml:"refused"`
	Discretionary []string                     `yaml:"discretionary"`
	MonthlyCNY    string                       `yaml:"monthly_cny"`
}

func readCases(t testing.TB, jurisdiction string) []testCase {
	t.Helper()
	content, err := os.ReadFile("catalogs/cases/" + jurisdiction + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	cases, err := decodeCases(content)
	if err != nil {
		t.Fatalf("%s: %v", jurisdiction, err)
	}
	return cases
}

// decodeCases refuses unknown keys, cases that want nothing, and notes that are missing or used twice.
func decodeCases(content []byte) ([]testCase, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	var cases []testCase
	if err := decoder.Decode(&cases); err != nil {
		return nil, err
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands behind the cases: they are one document, without ---")
	}
	seen := map[string]bool{}
	for i, c := range cases {
		switch {
		case c.Note == "" || seen[c.Note]:
			return nil, fmt.Errorf("case %d needs a note of its own", i+1)
		case len(c.Elder) == 0:
			return nil, fmt.Errorf("case %q has no elder", c.Note)
		case len(c.Entitled)+len(c.Refused)+len(c.Discretionary) == 0 && c.MonthlyCNY == "":
			return nil, fmt.Errorf("case %q wants nothing", c.Note)
		}
		seen[c.Note] = true
	}
	return cases, nil
}

// caseJurisdictions are the jurisdictions that have a file of cases.
func caseJurisdictions(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("catalogs/cases/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".yaml")
	}
	return files
}

func TestCases(t *testing.T) {
	jurisdictions := caseJurisdictions(t)
	if len(jurisdictions) < 5 {
		t.Fatalf("only %v have cases", jurisdictions)
	}
	for _, jurisdiction := range jurisdictions {
		for _, c := range readCases(t, jurisdiction) {
			t.Run(jurisdiction+"/"+c.Note, func(t *testing.T) { c.run(t, engine(), jurisdiction) })
		}
	}
}

// run compares what the case names of the decision, by the table and by plain OPA.
func (c testCase) run(t *testing.T, e *eldercare.Engine, jurisdiction string) {
	on := eldercare.OnDate(today)
	if c.On != "" {
		on = eldercare.OnDate(c.On)
	}
	for engineName, options := range map[string][]eldercare.EvalOption{
		"table": {on, eldercare.AssumeKnown()},
		"opa":   {on, eldercare.AssumeKnown(), eldercare.PlainOPA()},
	} {
		d, err := e.Evaluate(t.Context(), jurisdiction, c.Elder, options...)
		if err != nil {
			t.Errorf("%s: %v", engineName, err)
			continue
		}
		if diff := cmp.Diff(c.want(), c.got(d)); diff != "" {
			t.Errorf("item %s, %s (-want +got):\n%s", c.Item, engineName, diff)
		}
	}
}

// outcome is what a case names of a decision.
type outcome struct {
	Entitled      map[string]map[string]string
	Refused       []string
	Discretionary []string
	MonthlyCNY    string
}

func (c testCase) want() outcome {
	return outcome{Entitled: orEmpty(c.Entitled), Refused: orEmptySlice(c.Refused), Discretionary: orEmptySlice(c.Discretionary), MonthlyCNY: c.MonthlyCNY}
}

func orEmpty(m map[string]map[string]string) map[string]map[string]string {
	out := map[string]map[string]string{}
	for service, measures := range m {
		out[service] = map[string]string{}
		maps.Copy(out[service], measures)
	}
	return out
}

func orEmptySlice(s []string) []string { return append([]string{}, s...) }

func (c testCase) got(d *eldercare.Decision) outcome {
	o := outcome{Entitled: map[string]map[string]string{}, Refused: []string{}, Discretionary: []string{}}
	entitled := map[string]eldercare.Entitlement{}
	for _, e := range d.Entitled {
		entitled[e.Service] = e
	}
	for service := range c.Entitled {
		if e, ok := entitled[service]; ok {
			o.Entitled[service] = promises(e.Promises)
		}
	}
	for _, service := range c.Refused {
		if _, ok := entitled[service]; !ok {
			o.Refused = append(o.Refused, service)
		}
	}
	for _, service := range c.Discretionary {
		if slices.ContainsFunc(d.Discretionary, func(e eldercare.Entitlement) bool { return e.Service == service }) {
			o.Discretionary = append(o.Discretionary, service)
		}
	}
	if c.MonthlyCNY != "" {
		o.MonthlyCNY = bounds[d.MonthlyCNY.Bound] + d.MonthlyCNY.Value.String()
	}
	return o
}

var bounds = map[policy.Bound]string{policy.AtLeast: ">=", policy.AtMost: "<=", policy.Exactly: "="}

// promises writes promises as cases do: ">=100", "<=4000", "=50", "open", "open minimum_wage_monthly".
func promises(all map[string]eldercare.Promise) map[string]string {
	out := map[string]string{}
	for measure, p := range all {
		if p.Open() {
			out[measure] = strings.TrimSpace("open " + p.Missing)
			continue
		}
		out[measure] = bounds[p.Bound] + p.Value.String()
	}
	return out
}

func TestCasesAreRefused(t *testing.T) {
	for note, content := range map[string]string{
		"wants nothing":   "- {note: a, item: \"1\", elder: {age: 60}}",
		"unknown key":     "- {note: a, item: \"1\", elder: {age: 60}, refuse: [x]}",
		"no elder":        "- {note: a, item: \"1\", refused: [x]}",
		"no note":         "- {item: \"1\", elder: {age: 60}, refused: [x]}",
		"note used twice": "- {note: a, elder: {age: 60}, refused: [x]}\n- {note: a, elder: {age: 60}, refused: [x]}",
		"duplicate key":   "- {note: a, note: b, elder: {age: 60}, refused: [x]}",
		"second document": "- {note: a, elder: {age: 60}, refused: [x]}\n---\n- {note: b, elder: {age: 60}, refused: [x]}",
		"what is no YAML": "- {note: a, elder: {age: 60}, refused: [x]}\n---\n}",
	} {
		if _, err := decodeCases([]byte(content)); err == nil {
			t.Errorf("%s: not refused", note)
		}
	}
}

// Every printed item of every list has a case that grants one of its services and a case that refuses one.
func TestEveryItemHasCases(t *testing.T) {
	for _, j := range engine().Jurisdictions() {
		list, err := engine().List(j.ID, date(t, today))
		if err != nil {
			t.Fatal(err)
		}
		granted, refused := map[string]bool{}, map[string]bool{}
		for _, c := range readCases(t, j.ID) {
			for service := range c.Entitled {
				granted[service] = true
			}
			for _, service := range c.Refused {
				refused[service] = true
			}
		}
		for _, s := range list.Services {
			if !granted[s.ID] {
				t.Errorf("%s item %s: no case grants %s", j.ID, s.Item, s.ID)
			}
			if !refused[s.ID] {
				t.Errorf("%s item %s: no case refuses %s", j.ID, s.Item, s.ID)
			}
		}
	}
}

// Every named service exists: a misspelt one would be refused for ever.
func TestCasesNameServicesOfTheVocabulary(t *testing.T) {
	for _, jurisdiction := range caseJurisdictions(t) {
		for _, c := range readCases(t, jurisdiction) {
			for _, service := range c.Refused {
				if engine().Catalog().Vocabulary.Service(service) == nil {
					t.Errorf("%s, %s: there is no service %s", jurisdiction, c.Note, service)
				}
			}
		}
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
		return v
	}
}

// A world is a set of elders who can exist, for random choice.
type world struct {
	*eldercare.Ruleset
	random *rand.Rand
	ages   []int // near these ages something changes
}

func newWorld(r *eldercare.Ruleset, seed uint64) *world {
	w := &world{Ruleset: r, random: rand.New(rand.NewPCG(seed, 0))}
	for _, l := range r.Table.Layers {
		for _, p := range l.List.Parameters {
			if v := p.At(r.On); p.Unit == policy.Years && v != nil {
				n := int(v.Value.Num().Int64())
				w.ages = append(w.ages, n-1, n, n+1)
			}
		}
	}
	return w
}

// elder is a random elder of whom everything is known and nothing contradicts.
func (w *world) elder() elder.Cells {
	for {
		var c elder.Cells
		for i := range w.Table.Space.Axes {
			axis := &w.Table.Space.Axes[i]
			c[i] = uint8(1 + w.random.IntN(axis.Cells()-1))
			if axis.Type == policy.Integer && w.random.IntN(4) > 0 {
				if cell, ok := axis.Cell(w.ages[w.random.IntN(len(w.ages))]); ok {
					c[i] = cell
				}
			}
		}
		for i := range w.Table.Space.Axes {
			if !w.Table.Space.Asked(i, c) {
				c[i] = elder.Absent
			}
		}
		if len(w.Table.Contradicted(c)) == 0 {
			return c
		}
	}
}

// partly is the elder without n random attributes.
func (w *world) partly(c elder.Cells, n int) elder.Cells {
	for range n {
		c[w.random.IntN(len(w.Table.Space.Axes))] = elder.Absent
	}
	return c
}

// stock is OPA as everybody has it, with the Rego files untouched and the lists as JSON.
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

// regoFiles are the Rego files below a folder, tests left out.
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

// exact is a JSON value with every number as a fraction in lowest terms, so that 100, 100.0 and 1e2 are the same and nothing is rounded.
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

// plain is a decision as its JSON says it, without what only Go knows.
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

// layered are the embedded lists with invented ones over them: a county's two documents, a city between that comes later, values that
// change, ceilings, open amounts, arithmetic that is not exact in decimals, choices that share a service.
const layered = "policy/source/testdata/layers"

// Go by the table, Go by plain OPA and stock OPA give the same decisions.
func TestConformance(t *testing.T) {
	over := must(eldercare.Load(t.Context(), eldercare.WithDir(layered)))(t)
	elders := effort.Of(25, 50, 400)
	for _, set := range []struct {
		name          string
		engine        *eldercare.Engine
		jurisdictions []string
		days          []string
	}{
		{"lists", engine(), []string{"shanxi", "shuozhou", "hongtong", "henan", "huojia"}, []string{today}},
		{"lists on other days", engine(), []string{"shanxi", "shuozhou", "hongtong", "huojia"}, []string{"2023-06-01", "2023-11-20", "2024-12-03"}},
		{"layers", over, []string{"xucheng", "xuxian"}, []string{"2024-01-01", "2024-03-01", "2025-01-01", "2026-01-01", "2026-06-01"}},
	} {
		query := stock(t, set.engine, union{os.DirFS("."), os.DirFS(layered)})
		if set.engine == engine() {
			query = stock(t, set.engine, os.DirFS("."))
		}
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
	if err != nil {
		return nil, err
	}
	above, err := fs.ReadDir(u[1], name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
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
		if len(r.Table.Contradicted(closed)) > 0 { // not all that is missing can be absent
			continue
		}
		if diff := cmp.Diff(ask(t, query, jurisdiction, on, r.Table.Space.Elder(closed)).decision, byTable); diff != "" {
			t.Fatalf("%v: the table (+) is not stock OPA (-):\n%s", person, diff)
		}
	}
}

// What is assumed of an elder never contradicts what is known: an attribute that cannot be absent stays unknown, and what holds for
// all its values counts.
func TestAssumedKnown(t *testing.T) {
	common := []string{"tourism-concession", "capability-assessment", "health-management", "public-transport-concession"}
	for _, c := range []struct {
		note  string
		elder eldercare.Elder
		more  []string
	}{
		{"all absent", eldercare.Elder{"age": 70}, nil},
		{"a grade of 1 with any kind is a severe disability", eldercare.Elder{"age": 70, "disability_grade": 1}, []string{"visiting-service", "disabled-nursing-allowance"}},
		{"a grade of 3 counts only for mental and intellectual disability", eldercare.Elder{"age": 70, "disability_grade": 3}, nil},
		{"a mental disability of any grade is nursed", eldercare.Elder{"age": 70, "disability_kind": "mental"}, []string{"disabled-nursing-allowance"}},
		{"a physical disability is of grade 4, perhaps", eldercare.Elder{"age": 70, "disability_kind": "physical"}, nil},
		{"only tekun are supported", eldercare.Elder{"age": 70, "support_mode": "dispersed"}, []string{"care-service-subsidy", "home-adaptation", "dispersed-support"}},
	} {
		for _, options := range [][]eldercare.EvalOption{{eldercare.AssumeKnown()}, {eldercare.AssumeKnown(), eldercare.PlainOPA()}} {
			d := must(engine().Evaluate(t.Context(), "shuozhou", c.elder, append(options, eldercare.OnDate(today))...))(t)
			var got []string
			for _, e := range d.Entitled {
				got = append(got, e.Service)
			}
			if diff := cmp.Diff(append(slices.Clone(common), c.more...), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.note, diff)
			}
			if len(d.Possible) > 0 {
				t.Errorf("%s: possible %v", c.note, d.Possible)
			}
		}
	}
}

// Somebody who no longer waits is told so, and takes nothing from those who come after or wait beside.
func TestCancelled(t *testing.T) {
	for round := range effort.Of(3, 10, 30) {
		e := must(eldercare.Load(t.Context(), eldercare.WithJurisdictions("hongtong")))(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(round)*300*time.Microsecond)
		var group sync.WaitGroup
		var cancelled, beside error
		group.Go(func() { _, cancelled = e.Rules(ctx, "hongtong", date(t, today)) })
		group.Go(func() { _, beside = e.Rules(t.Context(), "hongtong", date(t, today)) })
		group.Wait()
		cancel()
		if beside != nil {
			t.Errorf("beside: %v", beside)
		}
		if cancelled != nil && !errors.Is(cancelled, context.DeadlineExceeded) {
			t.Errorf("cancelled: %v", cancelled)
		}
		rulesOn(t, e, "hongtong", today)
		done, stop := context.WithCancel(t.Context())
		stop()
		for _, options := range [][]eldercare.EvalOption{nil, {eldercare.AssumeKnown()}, {eldercare.AssumeKnown(), eldercare.PlainOPA()}} {
			_, err := e.Evaluate(done, "hongtong", eldercare.Elder{"age": 80}, append(options, eldercare.OnDate(today))...)
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("evaluating: %v", err)
			}
		}
	}
}

// Options that mean nothing are errors, not panics.
// What is nil, an engine that was never loaded, and days that do not exist are errors, and never a panic.
func TestNothingIsAnError(t *testing.T) {
	ctx, e, person, zero := t.Context(), engine(), eldercare.Elder{"age": 80}, &eldercare.Engine{}
	var none context.Context // not a literal nil, which linters refuse
	no := eldercare.Date{Year: 2026, Month: 13, Day: 99}
	day := date(t, today)
	for note, call := range map[string]func() error{
		"Load without context":      func() error { _, err := eldercare.Load(none); return err },
		"Load with nil option":      func() error { _, err := eldercare.Load(ctx, nil); return err },
		"vocabulary, nil option":    func() error { _, err := eldercare.LoadVocabulary(nil); return err },
		"Evaluate without context":  func() error { _, err := e.Evaluate(none, "hongtong", person); return err },
		"Evaluate with nil option":  func() error { _, err := e.Evaluate(ctx, "hongtong", person, nil); return err },
		"Evaluate on no day":        func() error { _, err := e.Evaluate(ctx, "hongtong", person, eldercare.On(no)); return err },
		"Explain without context":   func() error { _, err := e.Explain(none, "hongtong", person, "old-age-allowance"); return err },
		"Questions without context": func() error { _, err := e.NextQuestions(none, "hongtong", person); return err },
		"Rules without context":     func() error { _, err := e.Rules(none, "hongtong", day); return err },
		"Rules on no day":           func() error { _, err := e.Rules(ctx, "hongtong", no); return err },
		"Rules on the zero day":     func() error { _, err := e.Rules(ctx, "hongtong", eldercare.Date{}); return err },
		"List on no day":            func() error { _, err := e.List("hongtong", no); return err },
		"Digest on no day":          func() error { _, err := e.Digest("hongtong", no); return err },
		"Check without context":     func() error { _, err := e.Check(none, "hongtong"); return err },
		"Check with nil option":     func() error { _, err := e.Check(ctx, "hongtong", nil); return err },
		"Check on no day":           func() error { _, err := e.Check(ctx, "hongtong", eldercare.CheckOn(no)); return err },
		"Check of the top on none":  func() error { _, err := e.Check(ctx, "shanxi", eldercare.CheckOn(no)); return err },
		"CheckAll without context":  func() error { _, err := e.CheckAll(none); return err },
		"CheckAll on no day":        func() error { _, err := e.CheckAll(ctx, eldercare.CheckOn(no)); return err },
		"Lint without context":      func() error { _, err := e.Lint(none, "hongtong"); return err },
		"Lint on no day":            func() error { _, err := e.Lint(ctx, "hongtong", no); return err },
		"bundle without writer":     func() error { return e.WriteBundle(nil) },
		"zero Evaluate":             func() error { _, err := zero.Evaluate(ctx, "hongtong", person); return err },
		"zero Explain":              func() error { _, err := zero.Explain(ctx, "hongtong", person, "x"); return err },
		"zero Questions":            func() error { _, err := zero.NextQuestions(ctx, "hongtong", person); return err },
		"zero Rules":                func() error { _, err := zero.Rules(ctx, "hongtong", day); return err },
		"zero Course":               func() error { _, err := zero.Course("hongtong"); return err },
		"zero List":                 func() error { _, err := zero.List("hongtong", day); return err },
		"zero Digest":               func() error { _, err := zero.Digest("hongtong", day); return err },
		"zero Check":                func() error { _, err := zero.Check(ctx, "hongtong"); return err },
		"zero CheckAll":             func() error { _, err := zero.CheckAll(ctx); return err },
		"zero Lint":                 func() error { _, err := zero.Lint(ctx, "hongtong"); return err },
		"zero bundle":               func() error { return zero.WriteBundle(io.Discard) },
		"nil engine":                func() error { _, err := (*eldercare.Engine)(nil).Evaluate(ctx, "hongtong", person); return err },
	} {
		if err := call(); err == nil {
			t.Errorf("%s: no error", note)
		}
	}
	if zero.Jurisdictions() != nil || zero.Catalog() != nil || zero.Warnings() != nil || !zero.Today().IsZero() {
		t.Error("an engine that was not loaded has something to say")
	}
}

func TestOptionsThatMeanNothing(t *testing.T) {
	for note, option := range map[string]eldercare.Option{
		"no folder": eldercare.WithDir("does/not/exist"), "no file system": eldercare.WithFS("own", nil), "no clock": eldercare.WithClock(nil),
	} {
		if _, err := eldercare.Load(t.Context(), option); err == nil {
			t.Errorf("%s: no error", note)
		}
	}
	for note, option := range map[string]eldercare.EvalOption{
		"no such day": eldercare.On(eldercare.Date{Year: 2026, Month: 14, Day: -3}), "no date": eldercare.OnDate("2026-02-29"),
	} {
		if _, err := engine().Evaluate(t.Context(), "hongtong", eldercare.Elder{"age": 80}, option); err == nil {
			t.Errorf("%s: no error", note)
		}
	}
}

// Today is the day in China: at 16:00 UTC the next one begins.
func TestToday(t *testing.T) {
	for at, want := range map[string]string{"2026-11-22T15:59:59Z": "2026-11-22", "2026-11-22T16:00:00Z": "2026-11-23", "2026-11-22T23:59:59-12:00": "2026-11-23"} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		e := must(eldercare.Load(t.Context(), eldercare.WithJurisdictions("huojia"), eldercare.WithClock(func() time.Time { return now })))(t)
		if got := e.Today().String(); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
		d := must(e.Evaluate(t.Context(), "huojia", eldercare.Elder{"age": 80}))(t)
		if d.On.String() != want {
			t.Errorf("%s: a decision of %s", at, d.On)
		}
	}
}

// What one caller does with a decision is not seen in another's.
func TestDecisionsAreTheCallers(t *testing.T) {
	evaluate := func() *eldercare.Decision {
		return must(engine().Evaluate(t.Context(), "hongtong", eldercare.Elder{"age": 85, "local_hukou": true}, eldercare.OnDate(today)))(t)
	}
	untouched := must(json.Marshal(evaluate()))(t)
	mine := evaluate()
	slices.Reverse(mine.Entitled)
	slices.Reverse(mine.Possible)
	mine.Entitled[0].Name, mine.Possible[0].Service = "mine", "mine"
	mine.MonthlyCNY.Open[0] = "mine"
	_ = append(mine.Entitled, eldercare.Entitlement{Granted: &eldercare.Granted{Service: "mine"}})
	if diff := cmp.Diff(string(untouched), string(must(json.Marshal(evaluate()))(t))); diff != "" {
		t.Error(diff)
	}
}

func TestID(t *testing.T) {
	for _, c := range []struct {
		id   any
		want string
	}{
		{"E-1", "E-1"}, {7, "7"}, {int64(7), "7"}, {uint8(7), "7"}, {7.0, "7"}, {json.Number("7"), "7"}, {nil, ""}, {"", ""},
	} {
		d := must(engine().Evaluate(t.Context(), "huojia", eldercare.Elder{"id": c.id, "age": 80}, eldercare.OnDate(today)))(t)
		if d.ID != c.want {
			t.Errorf("%T %v: %q", c.id, c.id, d.ID)
		}
	}
	for _, id := range []any{true, []string{"a"}, map[string]any{}} {
		if _, err := engine().Evaluate(t.Context(), "huojia", eldercare.Elder{"id": id, "age": 80}); !errors.As(err, new(*eldercare.InputError)) {
			t.Errorf("%T: %v", id, err)
		}
	}
}

// What is asked next settles what is possible; once it is known, nothing is asked.
func TestNextQuestions(t *testing.T) {
	person := eldercare.Elder{"age": 85}
	questions := must(engine().NextQuestions(t.Context(), "huojia", person, eldercare.OnDate(today)))(t)
	if len(questions) == 0 || questions[0].Attribute != "assistance_category" {
		t.Fatalf("%v", questions)
	}
	for len(questions) > 0 {
		q := questions[0]
		if _, asked := person[q.Attribute]; asked {
			t.Fatalf("%s is asked again", q.Attribute)
		}
		person[q.Attribute] = 0
		if q.Type != policy.Integer {
			person[q.Attribute] = q.Values[0].Value
		}
		questions = must(engine().NextQuestions(t.Context(), "huojia", person, eldercare.OnDate(today)))(t)
	}
	if d := must(engine().Evaluate(t.Context(), "huojia", person, eldercare.OnDate(today)))(t); len(d.Possible) > 0 {
		t.Errorf("still possible: %v", d.Possible)
	}
	if questions := must(engine().NextQuestions(t.Context(), "huojia", eldercare.Elder{}, eldercare.AssumeKnown()))(t); len(questions) > 0 {
		t.Errorf("all is known, and it asks %v", questions)
	}
}

// Explain gives the day from which an elder has a service for whom only time is missing, and refuses a service that no list has.
func TestExplain(t *testing.T) {
	x := must(engine().Explain(t.Context(), "shuozhou", eldercare.Elder{"birth_date": "1947-03-01"}, "old-age-allowance", eldercare.OnDate(today)))(t)
	if x.EligibleFrom == nil || x.EligibleFrom.String() != "2027-03-01" {
		t.Errorf("eligible from %v", x.EligibleFrom)
	}
	_, err := engine().Explain(t.Context(), "shuozhou", eldercare.Elder{"age": 80}, "old-age-alowance", eldercare.OnDate(today))
	if unlisted := new(eldercare.NotListedError); !errors.As(err, &unlisted) || unlisted.Suggestion != "old-age-allowance" {
		t.Errorf("%v", err)
	}
}

// On a day on which some lists are not in force yet, the others are checked all the same.
func TestCheckAllSkips(t *testing.T) {
	for i, report := range must(engine().CheckAll(t.Context(), eldercare.CheckOn(date(t, "2024-06-01"))))(t) {
		want := ""
		if report.Jurisdiction == "huojia" {
			want = "no list of huojia is in force on 2024-06-01; the first is from 2024-12-03"
		}
		if report.Skipped != want || report.Jurisdiction != engine().Jurisdictions()[i].ID {
			t.Errorf("%s: %q", report.Jurisdiction, report.Skipped)
		}
	}
}

// Contradictory elders are refused by the engine; stock OPA has no decision for them, and says why.
func TestContradictions(t *testing.T) {
	query := stock(t, engine(), os.DirFS("."))
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

// Before a jurisdiction's first list there is no answer, although the lists above it may be in force.
func TestNotInForce(t *testing.T) {
	for jurisdiction, days := range map[string][2]string{
		"shanxi": {"2023-05-31", "2023-06-01"}, "shuozhou": {"2023-11-19", "2023-11-20"}, "hongtong": {"2023-12-31", "2024-01-01"},
		"henan": {"2023-05-31", "2023-06-01"}, "huojia": {"2024-12-02", "2024-12-03"},
	} {
		_, err := engine().Evaluate(t.Context(), jurisdiction, eldercare.Elder{"age": 80}, eldercare.OnDate(days[0]))
		want := &eldercare.NotInForceError{Jurisdiction: jurisdiction, On: date(t, days[0]), First: date(t, days[1])}
		if got := new(eldercare.NotInForceError); !errors.As(err, &got) || *got != *want {
			t.Errorf("%s on %s: %v", jurisdiction, days[0], err)
		}
		if _, err := engine().Evaluate(t.Context(), jurisdiction, eldercare.Elder{"age": 80}, eldercare.OnDate(days[1])); err != nil {
			t.Errorf("%s on %s: %v", jurisdiction, days[1], err)
		}
	}
}

// The table and plain OPA agree on every combination of what a service's rules read, an attribute that has no value included:
// on all values where the combinations are few; else with ages and years of contribution only at and next to where a list
// names one; else on random combinations.
func TestTableMatchesPlainOPA(t *testing.T) {
	over := must(eldercare.Load(t.Context(), eldercare.WithDir(layered)))(t)
	for _, r := range []*eldercare.Ruleset{
		rulesOn(t, engine(), "shanxi", today), rulesOn(t, engine(), "shuozhou", today), rulesOn(t, engine(), "hongtong", today),
		rulesOn(t, engine(), "henan", today), rulesOn(t, engine(), "huojia", today), rulesOn(t, over, "xuxian", today),
	} {
		w := newWorld(r, 1)
		for _, service := range w.services() {
			t.Run(r.Jurisdiction.ID+"/"+service, func(t *testing.T) {
				t.Parallel()
				w := newWorld(r, 2)
				w.agreeOn(t, w.read(service))
			})
		}
	}
}

func (w *world) services() []string {
	var ids []string
	for _, l := range w.Table.Layers {
		for _, a := range l.Rules {
			if !slices.Contains(ids, a.Service.ID) {
				ids = append(ids, a.Service.ID)
			}
		}
	}
	return ids
}

// read are the attributes that the rules of a service read, in all layers.
func (w *world) read(service string) []int {
	var read []int
	for _, l := range w.Table.Layers {
		for _, a := range l.Rules {
			for _, name := range a.Attributes {
				if i, _ := w.Table.Space.Index(name); a.Service.ID == service && !slices.Contains(read, i) {
					read = append(read, i)
				}
			}
		}
	}
	return read
}

var exhaustive = flag.Bool("exhaustive", false, "try up to 200,000 combinations for each service, which takes minutes")

// limits are up to how many combinations every value is tried, up to how many every representative is, and how many random ones are
// tried beyond.
func limits() (everyValue, everyRepresentative, random int) {
	if *exhaustive {
		return 200_000, 200_000, 20_000
	}
	return effort.Of(0, 500, 2_000), effort.Of(0, 1_000, 8_000), effort.Of(100, 500, 2_000)
}

func (w *world) agreeOn(t *testing.T, attributes []int) {
	everyValue, everyRepresentative, random := limits()
	values := make([][]uint8, len(attributes))
	for i, a := range attributes {
		values[i] = w.Table.All(a).Cells()
	}
	if combinations(values) > everyValue {
		for i, a := range attributes {
			values[i] = w.representatives(a)
		}
	}
	all := combinations(values)
	if all > max(everyValue, everyRepresentative) {
		for range random {
			w.agree(t, pick(attributes, values, w.random.IntN(all)))
		}
		return
	}
	for n := range all {
		w.agree(t, pick(attributes, values, n))
	}
}

func combinations(values [][]uint8) int {
	n := 1
	for _, v := range values {
		n *= len(v)
	}
	return n
}

// pick is the n-th combination of values.
func pick(attributes []int, values [][]uint8, n int) elder.Cells {
	var c elder.Cells
	for i, a := range attributes {
		c[a] = values[i][n%len(values[i])]
		n /= len(values[i])
	}
	return c
}

// representatives are all cells of an attribute, but of an integer with many values those at and next to the thresholds of the
// lists and at the ends.
func (w *world) representatives(attribute int) []uint8 {
	axis := &w.Table.Space.Axes[attribute]
	if axis.Type != policy.Integer || axis.Cells() < 10 {
		return w.Table.All(attribute).Cells()
	}
	cells := []uint8{elder.Absent, 1, uint8(axis.Cells() - 1)}
	for _, n := range w.ages {
		if cell, ok := axis.Cell(n); ok {
			cells = append(cells, cell)
		}
	}
	slices.Sort(cells)
	return slices.Compact(cells)
}

// agree compares the table with plain OPA on cells as they are: whatever has no cell has no value.
func (w *world) agree(t *testing.T, c elder.Cells) {
	t.Helper()
	p := elder.Profile{Cells: c}
	byTable, err := w.DecideClosed(t.Context(), &p)
	byOPA, errOPA := w.AskClosed(t.Context(), &p)
	if failed := new(eldercare.EvaluationError); errors.As(errOPA, &failed) {
		if !errors.As(err, &failed) {
			t.Fatalf("%v: plain OPA fails, and the table does not: %v", w.Table.Space.Input(c), errOPA)
		}
		return
	}
	if err != nil || errOPA != nil {
		t.Fatal(err, errOPA)
	}
	if !reflect.DeepEqual(byTable, byOPA) {
		t.Fatalf("%v: the table (+) is not plain OPA (-):\n%s", w.Table.Space.Input(c), cmp.Diff(byOPA, byTable))
	}
}

// What is answered with attributes missing is what plain OPA answers for all their values together: entitled when it holds for
// every elder who agrees with what is known, possible when it holds for one; promised what the worst off of them is promised, and up
// to what the best off is.
func TestThreeValued(t *testing.T) {
	over := must(eldercare.Load(t.Context(), eldercare.WithDir(layered)))(t)
	elders := effort.Of(4, 8, 40)
	for _, r := range []*eldercare.Ruleset{
		rulesOn(t, engine(), "shanxi", today), rulesOn(t, engine(), "shuozhou", today), rulesOn(t, engine(), "hongtong", today),
		rulesOn(t, engine(), "henan", today), rulesOn(t, engine(), "huojia", today), rulesOn(t, over, "xuxian", today),
	} {
		t.Run(r.Jurisdiction.ID, func(t *testing.T) {
			t.Parallel()
			w := newWorld(r, 3)
			for n := range elders {
				w.checkUnknown(t, w.partly(w.elder(), 10*(n%8)), 200)
			}
			for range elders / 4 {
				c := w.elder()
				partly := w.partly(c, 4)
				partly[0] = c[0] // an age has too many values to be slow with
				w.agreeOnUnknown(t, partly)
			}
		})
	}
}

// agreeOnUnknown compares the answer on what is known with the one for which plain OPA tries every rule.
func (w *world) agreeOnUnknown(t *testing.T, c elder.Cells) {
	t.Helper()
	p := elder.Profile{Cells: c}
	byTable := must(w.Decide(t.Context(), &p))(t)
	byOPA := must(w.Ask(t.Context(), &p))(t)
	noted := func(p eldercare.Possibility) bool { return p.Note != "" }
	if slices.ContainsFunc(byOPA.Possible, noted) { // too much was missing to try a rule
		return
	}
	if diff := cmp.Diff(plain(t, byOPA), plain(t, byTable)); diff != "" {
		t.Errorf("%v: the table (+) is not plain OPA (-):\n%s", w.Table.Space.Input(c), diff)
	}
}

// checkUnknown compares the answer on what is known with plain OPA's on all completions, for some of the services, where there are
// at most so many.
func (w *world) checkUnknown(t *testing.T, c elder.Cells, most int) {
	t.Helper()
	failed := new(eldercare.EvaluationError)
	got, err := w.Decide(t.Context(), &elder.Profile{Cells: c})
	if errors.As(err, &failed) {
		return // as plain OPA does, for one of those whom c may be
	}
	if err != nil {
		t.Fatal(err)
	}
	services := w.services()
	for range 6 {
		service := services[w.random.IntN(len(services))]
		completions := w.completions(c, w.depends(service))
		if len(completions) == 0 || len(completions) > most {
			continue
		}
		granted := make([]map[claim]map[string]eldercare.Promise, len(completions))
		for i, d := range completions {
			decision, err := w.AskClosed(t.Context(), &elder.Profile{Cells: d})
			if errors.As(err, &failed) {
				return // of a rule that was not tried, since too much is missing
			}
			if err != nil {
				t.Fatal(err)
			}
			granted[i] = claims(decision)
		}
		w.checkClaim(t, c, got, claim{service, false}, completions, granted)
		w.checkClaim(t, c, got, claim{service, true}, completions, granted)
	}
}

func (w *world) checkClaim(t *testing.T, c elder.Cells, d *eldercare.Decision, k claim, completions []elder.Cells, granted []map[claim]map[string]eldercare.Promise) {
	t.Helper()
	got := answerOf(d, k)
	want := joined(k, granted)
	if got.note != "" { // too much was missing to try a rule that only OPA can evaluate: then less may be certain, and more possible
		if got.Certain && !want.Certain || !got.Certain && len(got.needs) == 0 {
			t.Errorf("%v, %v: %v, and by plain OPA %v", w.Table.Space.Input(c), k, got, want)
		}
		return
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(threeValued{})); diff != "" {
		t.Errorf("%v, %v, %d completions (-plain OPA +table):\n%s", w.Table.Space.Input(c), k, len(completions), diff)
	}
	w.checkNeeds(t, c, k, got, completions, granted)
}

// depends are the attributes that the rules of a service read, and those that decide whether these are asked.
func (w *world) depends(service string) []int {
	read := w.read(service)
	for _, i := range read {
		if on := w.Table.Space.Axes[i].AskedOf; on >= 0 && !slices.Contains(read, on) {
			read = append(read, on)
		}
	}
	return read
}

// completions are the elders who agree with what is known, and of whom all the named attributes are known; other attributes stay missing.
func (w *world) completions(c elder.Cells, attributes []int) []elder.Cells {
	all := []elder.Cells{c}
	for _, i := range attributes {
		if c[i] != elder.Absent {
			continue
		}
		var next []elder.Cells
		for _, d := range all {
			for _, cell := range w.representatives(i) {
				d[i] = cell
				next = append(next, d)
			}
		}
		if all = next; len(all) > 20_000 {
			return nil
		}
	}
	return slices.DeleteFunc(all, func(d elder.Cells) bool {
		return !w.exists(d, attributes) || len(w.Table.Contradicted(d)) > 0
	})
}

// exists reports whether each of the attributes has a value, but for those that are not asked of the elder, which have none, as
// little as any other attribute that is not asked.
func (w *world) exists(c elder.Cells, attributes []int) bool {
	for i := range w.Table.Space.Axes {
		asked, known := w.Table.Space.Asked(i, c), c[i] != elder.Absent
		if known && !asked || !known && asked && slices.Contains(attributes, i) {
			return false
		}
	}
	return true
}

// A claim is a service, promised or at discretion.
type claim struct {
	service       string
	discretionary bool
}

func claims(d *eldercare.Decision) map[claim]map[string]eldercare.Promise {
	all := map[claim]map[string]eldercare.Promise{}
	for _, e := range d.Entitled {
		all[claim{e.Service, false}] = e.Promises
	}
	for _, e := range d.Discretionary {
		all[claim{e.Service, true}] = e.Promises
	}
	return all
}

// A threeValued is what is certain of a claim, and up to what it could rise; promises are in words, as cases have them.
type threeValued struct {
	Possible bool
	Certain  bool
	Promises map[string]string
	UpTo     map[string]string

	needs     []string
	settledBy [][]string
	note      string
}

// joined is the answer over all completions; nothing when it never holds.
func joined(k claim, granted []map[claim]map[string]eldercare.Promise) threeValued {
	v := threeValued{Certain: true, Promises: map[string]string{}, UpTo: map[string]string{}}
	worst, best, in := map[string]eldercare.Promise{}, map[string]eldercare.Promise{}, map[string]int{}
	for _, of := range granted {
		measures, ok := of[k]
		v.Certain, v.Possible = v.Certain && ok, v.Possible || ok
		for measure, p := range measures {
			if in[measure]++; in[measure] == 1 {
				worst[measure], best[measure] = p, p
			}
			if p.Compare(worst[measure]) < 0 {
				worst[measure] = p
			}
			if p.Exceeds(best[measure]) {
				best[measure] = p
			}
		}
	}
	if !v.Certain {
		v.UpTo = promises(best)
		return v
	}
	for measure, n := range in {
		certain := n == len(granted)
		if !certain {
			delete(worst, measure)
		}
		if certain && !best[measure].Exceeds(worst[measure]) {
			delete(best, measure)
		}
	}
	v.Promises, v.UpTo = promises(worst), promises(best)
	return v
}

func answerOf(d *eldercare.Decision, k claim) threeValued {
	for _, p := range d.Possible {
		if k == (claim{p.Service, p.Discretionary}) {
			return threeValued{Possible: true, Promises: map[string]string{}, UpTo: promises(p.UpTo), needs: p.Needs, settledBy: p.SettledBy, note: p.Note}
		}
	}
	granted := d.Entitled
	if k.discretionary {
		granted = d.Discretionary
	}
	for _, e := range granted {
		if e.Service == k.service {
			return threeValued{Possible: true, Certain: true, Promises: promises(e.Promises), UpTo: promises(e.UpTo), needs: e.Needs, note: e.Note}
		}
	}
	return threeValued{Promises: map[string]string{}, UpTo: map[string]string{}}
}

// checkNeeds checks that knowing all that is needed settles a claim, that the sets of settledBy are the smallest for which
// some values show it to be granted, and that what is needed is missing.
func (w *world) checkNeeds(t *testing.T, c elder.Cells, k claim, got threeValued, completions []elder.Cells, granted []map[claim]map[string]eldercare.Promise) {
	t.Helper()
	for _, name := range got.needs {
		if i, ok := w.Table.Space.Index(name); !ok || c[i] != elder.Absent {
			t.Errorf("%v: %s needs %s, which is known", w.Table.Space.Input(c), k.service, name)
		}
	}
	if got.Certain && len(got.UpTo) == 0 {
		return // nothing to settle
	}
	all := func(n int) string { return fmt.Sprint(granted[n][k] != nil, promises(granted[n][k])) }
	for known, outcomes := range w.grouped(got.needs, completions, all) {
		if len(outcomes) > 1 {
			t.Errorf("%v: with %v known as %v, %s is still not settled: %v", w.Table.Space.Input(c), got.needs, []byte(known), k.service, outcomes)
		}
	}
	if got.Certain {
		return
	}
	grants := func(set []string) bool {
		for _, outcomes := range w.grouped(set, completions, func(n int) string { return fmt.Sprint(granted[n][k] != nil) }) {
			if outcomes["true"] && !outcomes["false"] {
				return true
			}
		}
		return false
	}
	within := func(set []string) func([]string) bool {
		return func(smaller []string) bool {
			return !slices.ContainsFunc(smaller, func(name string) bool { return !slices.Contains(set, name) })
		}
	}
	for _, set := range w.askable(c, got.needs) {
		settles, listed := grants(set), slices.ContainsFunc(got.settledBy, within(set))
		if settles != listed {
			t.Errorf("%v: %v settles %s: %v, and settled by %v", w.Table.Space.Input(c), set, k.service, settles, got.settledBy)
		}
	}
}

// askable are the sets of up to three of some missing attributes, each with the one that decides whether it is asked.
func (w *world) askable(c elder.Cells, names []string) [][]string {
	sets := [][]string{nil}
	for _, name := range names {
		for _, set := range sets {
			i, _ := w.Table.Space.Index(name)
			of := w.Table.Space.Axes[i].AskedOf
			free := of < 0 || c[of] != elder.Absent || slices.Contains(set, w.Table.Space.Axes[of].Attribute.Name)
			if len(set) < 3 && free {
				sets = append(sets, append(slices.Clone(set), name))
			}
		}
	}
	return sets[1:]
}

// grouped are the outcomes by the values of some attributes.
func (w *world) grouped(names []string, completions []elder.Cells, outcome func(n int) string) map[string]map[string]bool {
	groups := map[string]map[string]bool{}
	for n, c := range completions {
		var values []byte
		for _, name := range names {
			i, _ := w.Table.Space.Index(name)
			values = append(values, c[i])
		}
		if groups[string(values)] == nil {
			groups[string(values)] = map[string]bool{}
		}
		groups[string(values)][outcome(n)] = true
	}
	return groups
}

// What the lists must show, worked by hand from the texts: one decision each, of which the case names all that matters.
func TestMustShow(t *testing.T) {
	wages := func(wage int) []eldercare.Option {
		return []eldercare.Option{eldercare.WithFS("own", fstest.MapFS{"catalogs/huojia_local.yaml": {Data: fmt.Appendf(nil, `
amends: huojia
parameters:
  minimum_wage_monthly:
    values: [{from: "2024-12-03", value: %d}]
    cite: [{document: 当地文件, at: "1"}]
`, wage)}})}
	}
	destitute := func(selfCare string) map[string]any {
		return map[string]any{"age": 70, "assistance_category": "tekun", "support_mode": "dispersed", "self_care": selfCare}
	}
	support := func(nursing string) map[string]map[string]string {
		return map[string]map[string]string{"dispersed-support": {
			"living_multiple_of_dibao": ">=1.3", "living_monthly_cny": "open dibao_standard_monthly",
			"nursing_monthly_cny": nursing, "medical_support": "=1", "funeral": "=1",
		}}
	}
	scenic := func(other string) map[string]map[string]string {
		return map[string]map[string]string{"tourism-concession": {
			"state_scenic_discount_percent": "=100", "culture_discount_percent": "=100", "other_scenic_discount_percent": other,
		}}
	}
	monthly := func(service, amount string) map[string]map[string]string {
		return map[string]map[string]string{service: {"monthly_cny": amount}}
	}
	for _, c := range []struct {
		jurisdiction string
		options      []eldercare.Option
		testCase
	}{
		{"hongtong", nil, testCase{
			Note: "a centenarian in Hongtong: 300 or more, and the old-age allowance not on top", Item: "13",
			Elder:    map[string]any{"age": 100, "local_hukou": true},
			Entitled: map[string]map[string]string{"centenarian-allowance": {"monthly_cny": ">=300"}, "old-age-allowance": {"monthly_cny": "open"}}, MonthlyCNY: ">=300",
		}},
		{"huojia", nil, testCase{
			Note: "90 in Huojia: both brackets hold, the higher counts", Item: "5",
			Elder: map[string]any{"age": 90}, Entitled: monthly("old-age-allowance", ">=100"), MonthlyCNY: ">=100",
		}},
		{"shuozhou", nil, testCase{
			Note: "64 at a scenic area in Shuozhou: half price", Item: "4", Elder: map[string]any{"age": 64}, Entitled: scenic("=50"),
		}},
		{"shuozhou", nil, testCase{
			Note: "65 at a scenic area in Shuozhou: free", Item: "4", Elder: map[string]any{"age": 65}, Entitled: scenic("=100"),
		}},
		{"huojia", nil, testCase{
			Note: "a destitute elder at home in Huojia who cares for herself: nursing 75 or more", Item: "9",
			Elder: destitute("full"), Entitled: support(">=75"), MonthlyCNY: ">=75",
		}},
		{"huojia", nil, testCase{
			Note: "one in full care: nursing open, as the minimum wage is missing", Item: "9",
			Elder: destitute("none"), Entitled: support("open minimum_wage_monthly"), MonthlyCNY: ">=0",
		}},
		{"huojia", wages(1800), testCase{
			Note: "full care at a minimum wage of 1,800: a third", Item: "9", Elder: destitute("none"), Entitled: support(">=600"), MonthlyCNY: ">=600",
		}},
		{"huojia", wages(2000), testCase{
			Note: "full care at 2,000: a third, rounded up to the fen", Item: "9", Elder: destitute("none"), Entitled: support(">=666.67"), MonthlyCNY: ">=666.67",
		}},
		{"huojia", wages(2000), testCase{
			Note: "partial care at 2,000: a sixth, rounded up to the fen", Item: "9", Elder: destitute("partial"), Entitled: support(">=333.34"), MonthlyCNY: ">=333.34",
		}},
		{"huojia", nil, testCase{
			Note: "nursing subsidy 60 and disability nursing 75 in Huojia: 75 once, besides the care service subsidy of 60 and the living allowance of 75", Item: "11, 14",
			Elder: map[string]any{
				"age": 70, "assistance_category": "dibao", "self_care": "none", "disability_grade": 1, "disability_kind": "physical", "long_term_care_need": true,
			},
			Entitled: map[string]map[string]string{
				"nursing-subsidy": {"monthly_cny": ">=60"}, "disabled-nursing-allowance": {"monthly_cny": ">=75"},
				"care-service-subsidy": {"monthly_cny": ">=60"}, "disabled-living-allowance": {"monthly_cny": ">=75"},
			},
			MonthlyCNY: ">=210",
		}},
	} {
		t.Run(c.Note, func(t *testing.T) {
			e := engine()
			if c.options != nil {
				e = must(eldercare.Load(t.Context(), c.options...))(t)
			}
			c.run(t, e, c.jurisdiction)
		})
	}
}

// The answer says what is not added up, in favour of what, and on what ground.
func TestNotAdded(t *testing.T) {
	for _, c := range []struct {
		jurisdiction string
		elder        eldercare.Elder
		want         []decide.NotAdded
	}{
		{"hongtong", eldercare.Elder{"age": 100, "local_hukou": true}, []decide.NotAdded{{
			Service: "old-age-allowance", InFavourOf: "centenarian-allowance",
			Measure: "monthly_cny", InFavourOfMeasure: "monthly_cny", Cite: []string{"推进全县基本养老服务体系建设实施方案 重点工作 3"},
		}}},
		{"huojia", eldercare.Elder{
			"age": 70, "assistance_category": "dibao", "self_care": "none", "disability_grade": 1, "disability_kind": "physical", "long_term_care_need": true,
		}, []decide.NotAdded{{
			Service: "nursing-subsidy", InFavourOf: "disabled-nursing-allowance",
			Measure: "monthly_cny", InFavourOfMeasure: "monthly_cny", Cite: []string{"获政办〔2024〕21号 附件 11"},
		}}},
		{"shuozhou", eldercare.Elder{
			"age": 82, "assistance_category": "tekun", "support_mode": "dispersed", "self_care": "none", "disability_grade": 0,
		}, []decide.NotAdded{{
			Service: "nursing-subsidy", InFavourOf: "dispersed-support", Measure: "monthly_cny", InFavourOfMeasure: "nursing_monthly_cny",
			Cite: []string{"朔政办发〔2023〕36号 附件 12", "朔政办发〔2023〕36号 附件 15", "朔政办发〔2023〕36号 附件 20", "朔政办发〔2023〕36号 主要措施 7"},
		}}},
		{"huojia", eldercare.Elder{ // the nursing part of the support is open: no text gives the minimum wage
			"age": 70, "assistance_category": "tekun", "support_mode": "concentrated", "self_care": "none",
			"disability_grade": 1, "disability_kind": "physical", "long_term_care_need": true,
		}, []decide.NotAdded{{
			Service: "concentrated-support", InFavourOf: "disabled-nursing-allowance", Measure: "nursing_monthly_cny", InFavourOfMeasure: "monthly_cny",
			Cite: []string{"获政办〔2024〕21号 附件 9", "获政办〔2024〕21号 附件 10", "获政办〔2024〕21号 附件 11", "获政办〔2024〕21号 附件 14"},
		}}},
	} {
		d := must(engine().Evaluate(t.Context(), c.jurisdiction, c.elder, eldercare.OnDate(today)))(t)
		if diff := cmp.Diff(c.want, d.MonthlyCNY.NotAdded, cmpopts.IgnoreFields(decide.NotAdded{}, "Reason")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.jurisdiction, diff)
		}
		for _, n := range d.MonthlyCNY.NotAdded {
			if n.Reason == "" {
				t.Errorf("%s: %s is not added without a reason", c.jurisdiction, n.Service)
			}
		}
	}
}

// A meal subsidy is worth something, and no cash of a month.
func TestMealsAreNoCash(t *testing.T) {
	for jurisdiction, elder := range map[string]eldercare.Elder{
		"shuozhou": {"age": 60, "uses_meal_service": true},
		"hongtong": {"age": 80, "assistance_category": "dibao", "local_hukou": true, "uses_meal_service": true},
	} {
		d := must(engine().Evaluate(t.Context(), jurisdiction, elder, eldercare.OnDate(today)))(t)
		if !slices.ContainsFunc(d.Entitled, func(e eldercare.Entitlement) bool { return e.Service == "meal-subsidy" }) {
			t.Errorf("%s: no meal subsidy", jurisdiction)
		}
		if slices.Contains(d.MonthlyCNY.Open, "meal-subsidy") {
			t.Errorf("%s: the month's cash waits for the meal subsidy", jurisdiction)
		}
	}
}

// With little known: what is certain, what is possible and what it needs, and nothing silently refused.
func TestMustShowUnknown(t *testing.T) {
	t.Run("only that she is 85, in Shuozhou", func(t *testing.T) {
		d := must(engine().Evaluate(t.Context(), "shuozhou", eldercare.Elder{"age": 85}, eldercare.OnDate(today)))(t)
		if diff := cmp.Diff(map[string]string{"monthly_cny": ">=30"}, answerOf(d, claim{"old-age-allowance", false}).Promises); diff != "" {
			t.Errorf("old-age allowance (-want +got):\n%s", diff)
		}
		nursing := answerOf(d, claim{"nursing-subsidy", false})
		if diff := cmp.Diff([]string{"economic_hardship", "assistance_category", "self_care"}, nursing.needs); diff != "" || nursing.Certain {
			t.Errorf("nursing subsidy: certain %v, needs (-want +got):\n%s", nursing.Certain, diff)
		}
		if diff := cmp.Diff(map[string]string{"monthly_cny": ">=100"}, nursing.UpTo); diff != "" {
			t.Errorf("nursing subsidy up to (-want +got):\n%s", diff)
		}
		list := must(engine().List("shuozhou", date(t, today)))(t)
		for _, s := range list.Services {
			if !answerOf(d, claim{s.ID, false}).Possible {
				t.Errorf("%s is refused, though an elder of 85 may have it", s.ID)
			}
		}
	})
	t.Run("special difficulty known, self-care not", func(t *testing.T) {
		d := must(engine().Evaluate(t.Context(), "shuozhou", eldercare.Elder{"age": 70, "living_alone": true}, eldercare.OnDate(today)))(t)
		want := threeValued{
			Possible: true, Certain: true, Promises: map[string]string{"visits_per_month": ">=1"}, UpTo: map[string]string{"extra_visits": "=1"},
		}
		got := answerOf(d, claim{"visiting-service", false})
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(threeValued{})); diff != "" {
			t.Errorf("visiting service (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"self_care"}, got.needs); diff != "" {
			t.Errorf("needs (-want +got):\n%s", diff)
		}
	})
	t.Run("the old-age allowance begins on the 80th birthday", func(t *testing.T) {
		for on, want := range map[string]bool{"2026-11-22": false, "2027-02-28": false, "2027-03-01": true} {
			d := must(engine().Evaluate(t.Context(), "shuozhou", eldercare.Elder{"birth_date": "1947-03-01"}, eldercare.OnDate(on)))(t)
			if got := answerOf(d, claim{"old-age-allowance", false}); got.Certain != want || got.Possible != want {
				t.Errorf("on %s: certain %v, possible %v, want %v", on, got.Certain, got.Possible, want)
			}
		}
	})
}

// allRego are the files of rego/ and of the invented lists, with their contents.
func allRego(t *testing.T) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for _, dir := range []string{"rego", layered + "/rego"} {
		err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(name) != ".rego" {
				return err
			}
			found[name], err = os.ReadFile(name)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// All Rego is in the form of opa fmt, with lines of at most 120 characters, and compiles strictly.
func TestRegoForm(t *testing.T) {
	modules := map[string]*ast.Module{}
	for name, content := range allRego(t) {
		formatted, err := format.Source(name, content)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(string(formatted), string(content)); diff != "" {
			t.Errorf("%s is not in the form of opa fmt (-opa fmt +file):\n%s", name, diff)
		}
		for i, line := range strings.Split(string(content), "\n") {
			if n := utf8.RuneCountInString(line); n > 120 {
				t.Errorf("%s:%d has %d characters", name, i+1, n)
			}
		}
		if modules[name], err = ast.ParseModuleWithOpts(name, string(content), ast.ParserOptions{ProcessAnnotation: true}); err != nil {
			t.Error(err)
		}
	}
	compiler := ast.NewCompiler().WithStrict(true)
	if compiler.Compile(modules); compiler.Failed() {
		t.Error(compiler.Errors)
	}
}

// The tests beside the Rego pass, and there is one for each module.
func TestRegoTests(t *testing.T) {
	modules, tests := map[string]*ast.Module{}, 0
	for name, content := range allRego(t) {
		if strings.HasPrefix(name, layered) {
			continue
		}
		modules[name] = ast.MustParseModuleWithOpts(string(content), ast.ParserOptions{ProcessAnnotation: true})
		beside := strings.TrimSuffix(name, ".rego") + "_test.rego"
		if _, err := os.Stat(beside); err != nil && !strings.HasSuffix(name, "_test.rego") {
			t.Errorf("%s has no tests beside it", name)
		}
	}
	store := inmem.NewFromObject(map[string]any{})
	err := storage.Txn(t.Context(), store, storage.TransactionParams{}, func(txn storage.Transaction) error {
		results, err := tester.NewRunner().SetStore(store).SetModules(modules).RaiseBuiltinErrors(true).RunTests(t.Context(), txn)
		if err != nil {
			return err
		}
		for r := range results {
			tests++
			if !r.Pass() {
				t.Errorf("%s: %s.%s failed: %v", r.Location, r.Package, r.Name, r.Error)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if tests < len(modules) {
		t.Errorf("only %d tests ran", tests)
	}
}

// Whatever is said of an elder is read or refused, and no refusal repeats what was said.
func FuzzEncode(f *testing.F) {
	for _, seed := range []string{
		`{"age": 80, "local_hukou": true}`, `{"age": 131}`, `{"age": "eighty"}`, `{"agee": 80}`, `{"birth_date": "2023-02-29"}`,
		`{"birth_date": "1944-02-29", "age": 81}`, `{"id_number": "11010519491231002X"}`, `{"id_number": "110105194912310021"}`,
		`{"hukou_code": "140602", "local_hukou": false}`, `{"residence_code": "14060"}`, `{"self_care": "partially"}`, `{"self_care": ["none"]}`,
		`{"support_mode": "dispersed", "assistance_category": "dibao"}`, `{"id": {"a": "secret"}, "age": 1e400}`, `{"age": 79.5}`, `{"age": null}`,
		`{"id": 12345678901234567890}`, `{"birth_date": "9999-12-31"}`,
	} {
		f.Add([]byte(seed))
	}
	r := rulesOn(f, engine(), "shuozhou", today)
	words := vocabularyWords(r)
	f.Fuzz(func(t *testing.T, content []byte) {
		atOnce, plain := r.EncodeJSON(content)
		if plain {
			row := must(elder.Raw{JSON: content}.Row())(t)
			if diff := cmp.Diff(must(r.Encode(row.Elder))(t), atOnce); diff != "" {
				t.Errorf("%q (-read slowly +at once):\n%s", content, diff)
			}
		}
		decoder := json.NewDecoder(bytes.NewReader(content))
		decoder.UseNumber()
		var e map[string]any
		if decoder.Decode(&e) != nil {
			return
		}
		p, err := r.Encode(e)
		if err == nil {
			must(r.Decide(t.Context(), &p))(t)
			return
		}
		wrong := new(eldercare.InputError)
		if !errors.As(err, &wrong) || len(wrong.Problems) == 0 {
			t.Fatalf("not an InputError: %v", err)
		}
		_, other := r.Encode(blank(e).(map[string]any)) // what a message says whatever the values are
		said := fmt.Sprint(words, slices.Collect(maps.Keys(e)), other)
		for _, value := range stringsIn(e) {
			if len(value) > 2 && strings.Contains(err.Error(), value) && !strings.Contains(said, value) {
				t.Errorf("the error repeats a value: %v", err)
			}
		}
	})
}

// vocabularyWords are the words that messages are made of.
func vocabularyWords(r *eldercare.Ruleset) []string {
	var words []string
	for _, a := range r.Table.Space.Vocabulary.Attributes {
		words = append(words, a.Name)
		for _, v := range a.Values {
			words = append(words, v.Name)
		}
	}
	for _, c := range r.Table.Contradictions {
		words = append(words, c.Message)
	}
	return append(words, "contradict each other on the evaluation date", "give different dates of birth", "lies after the evaluation date",
		"contains an impossible birth date", "gives an impossible age", "the check character does not fit: one of the characters is wrong")
}

// blank is a JSON value with nothing in its strings.
func blank(v any) any {
	switch v := v.(type) {
	case string:
		return ""
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = blank(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key := range v {
			out[key] = blank(v[key])
		}
		return out
	}
	return v
}

func stringsIn(v any) []string {
	var found []string
	switch v := v.(type) {
	case string:
		found = append(found, v)
	case []any:
		for _, x := range v {
			found = append(found, stringsIn(x)...)
		}
	case map[string]any:
		for _, x := range v {
			found = append(found, stringsIn(x)...)
		}
	}
	return found
}

// However many cases a table has, it answers like plain OPA: their bits fill words, or leave a word with one bit to spare.
func TestManyCases(t *testing.T) {
	for _, n := range []int{1, 9, 63, 64, 65, 127, 128, 129, 200} {
		for _, ofAge := range []int{0, 8} { // so many of the cases are of one age each; all others hold for everybody
			e := must(eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", listOfCases(n, min(ofAge, n-1)))))(t)
			r := rulesOn(t, e, "top", "2024-01-01")
			if len(r.Table.Distinct()) != n {
				t.Errorf("%d cases, want %d", len(r.Table.Distinct()), n)
			}
			w := newWorld(r, 5)
			for cell := range uint8(9) {
				w.agree(t, elder.Cells{cell})
			}
			w.checkUnknown(t, elder.Cells{}, 100)
		}
	}
}

// listOfCases is a list with so many cases, the last of them of one age each, and each with an amount of its own.
func listOfCases(n, ofAge int) fstest.MapFS {
	files := randomLists(nil)
	delete(files, "catalogs/low.yaml")
	delete(files, "rego/lists/low.rego")
	var b strings.Builder
	b.WriteString("package lists.top\n\nimport data.grant\nimport data.parameters as p\n")
	rule := func(service, amount int, condition string) {
		fmt.Fprintf(&b, "\n# METADATA\n# title: %s\n# custom:\n#   item: \"%d\"\n", []string{"一", "二"}[service-1], service)
		fmt.Fprintf(&b, `grants contains grant.promise("s%d", {"m": {"bound": "at_least", "value": %d, "unit": "cny_per_month", "parameters": []}}) if {
	%s
}
`, service, amount, condition)
	}
	const always, never = "p.old_age", "p.old_age == 99"
	for i := range n - ofAge {
		rule(1, i, always)
	}
	for i := range ofAge {
		rule(1, 1000+i, fmt.Sprintf("input.age == %d", i))
	}
	rule(2, 1, never)
	files["rego/lists/top.rego"] = &fstest.MapFile{Data: []byte(b.String())}
	return files
}

// Random rules, in and outside of what reduces to boxes: the table answers like plain OPA, whatever is known of the elder.
func FuzzRules(f *testing.F) {
	for seed := range effort.Of[uint64](3, 6, 16) {
		f.Add(randomChoices(seed))
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		files := randomLists(choices)
		e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
		if problems := (eldercare.Diagnostics{}); errors.As(err, &problems) {
			return // refused with a reason
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, jurisdiction := range []string{"top", "low"} {
			checkRandomRules(t, e, jurisdiction)
		}
		if t.Failed() {
			t.Logf("%s\n%s", files["rego/lists/top.rego"].Data, files["rego/lists/low.rego"].Data)
		}
	})
}

func checkRandomRules(t *testing.T, e *eldercare.Engine, jurisdiction string) {
	r, err := e.Rules(t.Context(), jurisdiction, date(t, "2024-01-01"))
	if problems := (eldercare.Diagnostics{}); errors.As(err, &problems) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(r, 4)
	for n := range 12 {
		c := w.elder()
		if n%2 == 1 {
			c = w.partly(c, 3)
		}
		w.agree(t, c)
		w.checkUnknown(t, w.partly(c, n%4), 100)
	}
}

func randomChoices(seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 1))
	choices := make([]byte, 500)
	for i := range choices {
		choices[i] = byte(random.IntN(256))
	}
	return choices
}

// Random rules mostly load; some of them reduce to boxes, and some do not.
func TestRandomRulesAreOfBothKinds(t *testing.T) {
	loaded, cases, opaque := 0, 0, 0
	for seed := range uint64(40) {
		e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", randomLists(randomChoices(seed))))
		if err != nil {
			t.Logf("seed %d: %v", seed, err)
			continue
		}
		loaded++
		r := rulesOn(t, e, "low", "2024-01-01")
		cases += len(r.Table.Cases)
		opaque += len(r.Table.Opaque)
	}
	if loaded < 30 || cases < 30 || opaque < 10 {
		t.Errorf("of 40, %d load, with %d cases and %d opaque rules", loaded, cases, opaque)
	}
}

// A writer of rules makes its choices from bytes, so that a fuzzer can steer them.
type writer struct {
	choices []byte
	helpers []string // conditions by helper rules
	rego    strings.Builder
}

func (w *writer) choose(n int) int {
	if len(w.choices) == 0 {
		return 0
	}
	c := int(w.choices[0]) % n
	w.choices = w.choices[1:]
	return c
}

func (w *writer) oneOf(words ...string) string { return words[w.choose(len(words))] }

// randomLists are a province and its county with random rules, in a small vocabulary.
func randomLists(choices []byte) fstest.MapFS {
	files := fstest.MapFS{
		"catalogs/attributes.yaml": {Data: []byte(`
attributes:
  age: {label: 年龄, english: age, type: integer, min: 0, max: 7, unit: 岁}
  grade: {label: 等级, english: grade, type: integer, min: 0, max: 2, unit: 级}
  poor: {label: 贫, english: poor, type: boolean}
  alone: {label: 独, english: alone, type: boolean}
  kind: {label: 类, english: kind, type: enum, values: {none: {label: 无, english: none}, x: {label: 甲, english: x}, "y": {label: 乙, english: "y"}}}
  mode: {label: 式, english: mode, type: enum, values: {p: {label: 丙, english: p}, q: {label: 丁, english: q}}, asked_of: {kind: [x]}}
inputs: {}
`)},
		"catalogs/measures.yaml": {Data: []byte(`
measures:
  m: {label: 钱, english: money, unit: cny_per_month}
  f: {label: 有, english: flag, unit: flag}
`)},
		"catalogs/services.yaml": {Data: []byte(`
types:
  物质帮助: {english: material}
services:
  s1: {name: 一, english: one}
  s2: {name: 二, english: two}
`)},
		"rego/elder.rego": {Data: []byte(`package elder

import data.parameters as p

old if input.age >= p.old_age

contradictions contains "grade and kind" if {
	input.kind == "y"
	input.grade == 0
}
`)},
		"rego/grant.rego": {Data: must(os.ReadFile("rego/grant.rego"))(nil)},
	}
	w := &writer{choices: choices}
	for i, id := range []string{"top", "low"} {
		files["catalogs/"+id+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, `
jurisdiction: {id: %s, code: "%s", name: %s, level: %s%s}
document: {title: 文, basis: official}
effective_from: "2024-01-01"
parameters:
  old_age: {label: 岁, unit: years, values: [{from: "2024-01-01", value: %d}], cite: [一]}
  amount: {label: 钱, unit: cny_per_month, bound: %s, values: [{from: "2024-01-01", value: %d}], cite: [一]}
  third: {label: 比, unit: multiple, bound: at_least, values: [{from: "2024-01-01", value: 1/3}], cite: [一]}
services:
  - {id: s1, item: "1", name: 一, group: 人, type: 物质帮助, departments: [局], access: unstated, cite: [一]}
  - {id: s2, item: "2", name: 二, group: 人, type: 物质帮助, departments: [局], access: unstated, cite: [二]%s}
`, id, []string{"140000", "140100"}[i], id, []string{"province", "city"}[i], []string{"", ", parent: top"}[i],
			2+w.choose(4), w.oneOf("at_least", "exactly", "at_most"), 10*(1+w.choose(3)), []string{"", ", inherits: true"}[i])}
		files["rego/lists/"+id+".rego"] = &fstest.MapFile{Data: []byte(w.module(id))}
	}
	return files
}

// module is a list's Rego: helpers, and rules that grant each of the services.
func (w *writer) module(id string) string {
	w.rego.Reset()
	w.helpers = nil
	fmt.Fprintf(&w.rego, "package lists.%s\n\nimport data.elder\nimport data.grant\nimport data.parameters as p\n", id)
	w.rego.WriteString("\n_every_import if {\n\telder.old\n\tp.old_age\n\tgrant.included\n}\n")
	for i := range w.choose(4) {
		w.helper(fmt.Sprintf("_h%d", i))
	}
	for i := range 2 + w.choose(3) {
		service := i%2 + 1
		name := []string{"一", "二"}[i%2]
		fmt.Fprintf(&w.rego, "\n# METADATA\n# title: %s\n# custom:\n#   item: \"%d\"\ngrants contains grant.%s(\"s%d\", {%s}) if {\n",
			name, service, w.oneOf("promise", "promise", "promise", "discretionary"), service, w.measures())
		w.rego.WriteString(w.body() + "}\n")
	}
	return w.rego.String()
}

func (w *writer) measures() string {
	switch w.choose(8) {
	case 0:
		return ""
	case 1:
		return `"f": grant.included`
	case 2:
		computed := w.oneOf("grant.times(p.amount, p.third)", "grant.plus(p.amount, grant.times(p.amount, p.third))", "grant.plus(p.amount, p.amount)")
		return `"m": ` + computed + `, "f": grant.included`
	case 3:
		return `"m": {"bound": "at_least", "value": input.age * 10, "unit": "cny_per_month", "parameters": []}`
	case 4:
		return fmt.Sprintf(`"m": {"bound": %q, "value": %d.5, "unit": "cny_per_month", "parameters": []}`, w.oneOf("at_least", "exactly", "at_most"), w.choose(30))
	case 5:
		return `"m": {"bound": "at_least", "value": null, "unit": "cny_per_month", "parameters": [], "missing": "amount"}`
	}
	return `"m": p.amount`
}

// helper writes a helper rule, and adds how conditions use it.
func (w *writer) helper(name string) {
	var conditions []string
	switch w.choose(11) {
	case 5: // several values
		fmt.Fprintf(&w.rego, "\n%[1]s := 1 if {\n%[2]s}\n\n%[1]s := 2 if {\n%[3]s}\n", name, w.body(), w.body())
		conditions = []string{name + " == 1", "not " + name + " == 2", name + " > 0"}
	case 6: // several values of a function
		fmt.Fprintf(&w.rego, "\n%[1]s(n) := 1 if n >= %[2]d\n\n%[1]s(n) := 2 if n < %[3]d\n\n%[1]s(n) := 3 if {\n\tn == %[4]d\n\tinput.poor\n}\n",
			name, w.choose(8), w.choose(8), w.choose(8))
		conditions = []string{name + "(input.age) == 1", name + "(input.grade) > 1", "not " + name + "(input.age) == 2"}
	case 7: // values with a default, by tiers
		tier := w.choose(8)
		fmt.Fprintf(&w.rego, "\ndefault %[1]s := 0\n\n%[1]s := 1 if {\n\tinput.age >= %[2]d\n%[3]s}\n\n%[1]s := 2 if {\n\tinput.age < %[2]d\n%[4]s}\n",
			name, tier, w.body(), w.body())
		conditions = []string{name + " == 1", name + " == 0", "not " + name + " == 2"}
	case 0: // a default
		fmt.Fprintf(&w.rego, "\ndefault %s := false\n", name)
		w.clauses(name)
		conditions = []string{name, "not " + name, name + " == false"}
	case 1: // a tier
		fmt.Fprintf(&w.rego, "\n%s := 1 if {\n%s} else := 2 if {\n%s} else := 3\n", name, w.body(), w.body())
		conditions = []string{name + " > 1", name + " == 2", "not " + name + " == 3"}
	case 2: // a function
		fmt.Fprintf(&w.rego, "\n%s(n) if n >= %d\n\n%s(n) if n == %d\n", name, w.choose(8), name, w.choose(8))
		conditions = []string{name + "(input.age)", "not " + name + "(input.age)", name + "(input.grade)"}
	case 3: // a set
		fmt.Fprintf(&w.rego, "\n%s contains input.kind if {\n%s}\n\n%s contains \"x\" if {\n%s}\n", name, w.body(), name, w.body())
		conditions = []string{`"x" in ` + name, `not "y" in ` + name, "count(" + name + ") > 0", name, "not " + name, name + ".x", "not " + name + ".y"}
	case 8: // a function that need not look at what it takes
		fmt.Fprintf(&w.rego, "\n%[1]s(word) if {\n\tword == \"%[2]s\"\n%[3]s}\n\n%[1]s(word) if {\n\tnot word == \"p\"\n%[4]s}\n", name, w.kind(), w.body(), w.body())
		conditions = []string{name + "(input.kind)", "not " + name + "(input.kind)", name + "(input.mode)", "not " + name + "(input.mode)"}
	case 9: // a function of a member
		fmt.Fprintf(&w.rego, "\n%[1]s(of) if of.mode == \"p\"\n\n%[1]s(of) if {\n\tof.kind == \"%[2]s\"\n%[3]s}\n", name, w.kind(), w.body())
		conditions = []string{name + `({"mode": input.mode, "kind": "x"})`, "not " + name + `({"mode": input.mode, "kind": "x"})`, "not " + name + `({"kind": input.kind})`}
	case 10: // an object
		fmt.Fprintf(&w.rego, "\n%[1]s[input.kind] := true if {\n%[2]s}\n\n%[1]s.x := true if {\n%[3]s}\n", name, w.body(), w.body())
		conditions = []string{name + ".x", "not " + name + ".x", "not " + name + ".y", name, "not " + name}
	default:
		w.clauses(name)
		conditions = []string{name, "not " + name}
	}
	w.helpers = append(w.helpers, conditions...)
}

func (w *writer) clauses(name string) {
	for range 1 + w.choose(3) {
		fmt.Fprintf(&w.rego, "\n%s if {\n%s}\n", name, w.body())
	}
}

func (w *writer) body() string {
	var b strings.Builder
	for i := range 1 + w.choose(3) {
		b.WriteString("\t" + w.condition(i) + "\n")
	}
	return b.String()
}

func (w *writer) kind() string { return w.oneOf("none", "x", "y") }

// condition is a condition in a body, with n to tell its local variables from those of others.
func (w *writer) condition(n int) string {
	number := func(attribute string) string {
		return fmt.Sprintf("input.%s %s %d", attribute, w.oneOf(">=", ">", "<", "<=", "==", "!="), w.choose(8))
	}
	kind := w.kind
	flag := func() string { return "input." + w.oneOf("poor", "alone") }
	switch w.choose(60) {
	case 0, 1:
		return number("age")
	case 2:
		return number("grade")
	case 3:
		return "not " + number("age")
	case 4:
		return flag()
	case 5:
		return "not " + flag()
	case 6:
		return flag() + " == " + w.oneOf("true", "false")
	case 7:
		return flag() + " != " + w.oneOf("true", "false")
	case 8:
		return fmt.Sprintf("input.kind %s %q", w.oneOf("==", "!="), kind())
	case 9:
		return fmt.Sprintf("%sinput.kind in {%q, %q}", w.oneOf("", "not "), kind(), kind())
	case 10:
		return fmt.Sprintf("input.mode == %q", w.oneOf("p", "q"))
	case 11:
		return "not input.mode"
	case 12:
		return "elder.old"
	case 13:
		return "not elder.old"
	case 14:
		return fmt.Sprintf("input.age > input.grade * %d", w.choose(4))
	case 15:
		return fmt.Sprintf("count(input) > %d", w.choose(6))
	case 16:
		return fmt.Sprintf("input.age + %d < %d", w.choose(5), w.choose(10))
	case 17:
		return fmt.Sprintf("some v%d in [%q, %q]\n\tinput.kind == v%d", n, kind(), kind(), n)
	case 18:
		return fmt.Sprintf("v%d := input.age\n\tv%d > %d\n\tv%d != %d", n, n, w.choose(5), n, w.choose(8))
	case 19:
		return fmt.Sprintf("object.get(input, \"age\", %d) > %d", w.choose(8), w.choose(8))
	case 20:
		return fmt.Sprintf("every v%d in [%q, %q] {\n\t\tinput.kind != v%d\n\t}", n, kind(), kind(), n)
	case 21:
		return fmt.Sprintf("input.age >= {\"x\": %d, \"y\": %d}[input.kind]", w.choose(8), w.choose(8))
	case 22:
		return "{input.poor, input.alone} == {true}"
	case 23:
		return fmt.Sprintf("input.age %% 2 == %d", w.choose(2))
	case 24:
		return fmt.Sprintf("count([1 | %s]) == %d", flag(), w.choose(2))
	case 25:
		return fmt.Sprintf("some v%d\n\tinput[v%d] == %s", n, n, w.oneOf("true", "3", `"x"`))
	case 26:
		return fmt.Sprintf("input.kind %s input.mode", w.oneOf("!=", "=="))
	case 27:
		return fmt.Sprintf("input.age in numbers.range(%d, %d)", w.choose(8), w.choose(8))
	case 28:
		return fmt.Sprintf("v%d := input.kind\n\tnot v%d == %q", n, n, kind())
	case 29:
		return fmt.Sprintf("v%d := {\"mode\": input.mode}\n\tnot v%d.mode == %q", n, n, w.oneOf("p", "q"))
	case 30:
		return fmt.Sprintf("v%d := %s\n\tnot v%d", n, flag(), n)
	case 31:
		f := flag()
		return f + w.oneOf(" = ", " == ", " != ") + f
	case 32:
		return fmt.Sprintf("v%d := input.mode\n\tv%d %s input.mode", n, n, w.oneOf("=", "==", "!="))
	case 33:
		return fmt.Sprintf("%s(input.age + %d) * 2 > %d", w.oneOf("", "not "), w.choose(4), w.choose(16))
	case 34:
		return fmt.Sprintf("%sfloor(input.age / 2) == %d", w.oneOf("", "not "), w.choose(4))
	case 35:
		return fmt.Sprintf("%supper(input.kind) %s %q", w.oneOf("", "not "), w.oneOf("==", "!="), w.oneOf("X", "Y"))
	case 36:
		return fmt.Sprintf("%s%d / input.grade >= 2", w.oneOf("", "not "), w.choose(5))
	case 37:
		return fmt.Sprintf("v%d := input.age * 2\n\tv%d >= %d\n\tnot v%d == %d", n, n, w.choose(12), n, w.choose(12))
	case 38:
		return fmt.Sprintf("not startswith(input.mode, %q)", w.oneOf("p", "q"))
	case 39:
		return fmt.Sprintf("some v%d in [%s, %s]\n\tv%d == %s", n, flag(), flag(), n, w.oneOf("true", "false"))
	case 40:
		return fmt.Sprintf("every v%d in [%q, %q] {\n\t\tw%d := input.kind\n\t\tnot w%d == v%d\n\t}", n, kind(), kind(), n, n, n)
	case 41:
		return fmt.Sprintf("count([1 | v%d := input.mode; not v%d == \"p\"]) == %d", n, n, w.choose(2))
	case 42:
		return fmt.Sprintf("v%d := input.mode\n\tcount([1 | v%d == \"p\"]) == %d", n, n, w.choose(2))
	case 43:
		return fmt.Sprintf("%s with input.age as %d", w.oneOf("elder.old", "not elder.old", flag()), w.choose(8))
	case 44:
		return fmt.Sprintf("_ = %s", w.oneOf("input.mode", flag(), `{"x": 1, "y": 2}[input.kind]`))
	}
	if len(w.helpers) == 0 {
		return number("age")
	}
	return w.oneOf(w.helpers...)
}

// What a folder is allowed to replace answers, and every report names it, one of a list that is not checked, too.
func TestReplace(t *testing.T) {
	content, err := fs.ReadFile(os.DirFS("."), "catalogs/shuozhou.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const old = `{from: "2023-11-20", value: 30}`
	if !strings.Contains(string(content), old) {
		t.Fatalf("the list has no %s", old)
	}
	higher := strings.Replace(string(content), old, `{from: "2023-11-20", value: 31}`, 1)
	folder := eldercare.WithFS("mine", fstest.MapFS{"catalogs/shuozhou.yaml": {Data: []byte(higher)}})
	var problems eldercare.Diagnostics
	if _, err := eldercare.Load(t.Context(), folder); !errors.As(err, &problems) || len(problems) != 1 || problems[0].Code != "unasked-replacement" {
		t.Errorf("unasked: %v", err)
	}
	engine, err := eldercare.Load(t.Context(), eldercare.Replace("./catalogs/shuozhou.yaml"), folder)
	if err != nil {
		t.Fatal(err)
	}
	want := []eldercare.Replacement{{Path: "catalogs/shuozhou.yaml", By: "mine/catalogs/shuozhou.yaml", Of: "catalogs/shuozhou.yaml"}}
	if diff := cmp.Diff(want, engine.Replaced()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d, err := engine.Evaluate(t.Context(), "shuozhou", eldercare.Elder{"age": 80}, eldercare.OnDate("2026-11-22"), eldercare.AssumeKnown())
	if err != nil {
		t.Fatal(err)
	}
	if got := d.MonthlyCNY.Value.String(); got != "31" {
		t.Errorf("got %s yuan a month, want 31", got)
	}
	reports, err := engine.CheckAll(t.Context(), eldercare.CheckOn(policy.Date{Year: 2023, Month: 12, Day: 1}))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		if diff := cmp.Diff(want, r.Replaced); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.Jurisdiction, diff)
		}
	}
}

// A program's own struct is bound once; each elder then costs no map.
func ExampleBind() {
	type Resident struct {
		Number string           `eldercare:"id"`
		Born   eldercare.Date   `eldercare:"birth_date"`
		Hukou  string           `eldercare:"hukou_code"`
		Alone  *bool            `eldercare:"living_alone"` // nil is unknown
		Paid   map[string]int64 // not of the elder
	}
	ctx := context.Background()
	engine, err := eldercare.Load(ctx, eldercare.WithJurisdictions("hongtong"))
	if err != nil {
		log.Fatal(err)
	}
	residents, err := eldercare.Bind[Resident](engine)
	if err != nil {
		log.Fatal(err)
	}
	rules, err := engine.Rules(ctx, "hongtong", eldercare.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		log.Fatal(err)
	}
	profile, err := residents.Profile(rules, &Resident{Number: "H-100", Born: eldercare.Date{Year: 1926, Month: 5, Day: 4}, Hukou: "141024"})
	if err != nil {
		log.Fatal(err)
	}
	decision, err := rules.Decide(ctx, &profile)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(profile.ID, len(decision.Entitled), decision.MonthlyCNY.Bound, decision.MonthlyCNY.Value)
	// Output: H-100 7 at_least 300
}
