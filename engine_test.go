package eldercare_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
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

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
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
	// 高龄津贴 amount left open: 洪洞县推进全县基本养老服务体系建设实施方案 附件 12
	// 百岁补贴 at_least 300 yuan a month: 洪洞县推进全县基本养老服务体系建设实施方案 附件 13
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
			t.Run(jurisdiction+"/"+c.Note, func(t *testing.T) { c.run(t, jurisdiction) })
		}
	}
}

// run compares what the case names of the decision, by the table and by plain OPA.
func (c testCase) run(t *testing.T, jurisdiction string) {
	on := eldercare.OnDate(today)
	if c.On != "" {
		on = eldercare.OnDate(c.On)
	}
	for engineName, options := range map[string][]eldercare.EvalOption{
		"table": {on, eldercare.AssumeKnown()},
		"opa":   {on, eldercare.AssumeKnown(), eldercare.PlainOPA()},
	} {
		d, err := engine().Evaluate(t.Context(), jurisdiction, c.Elder, options...)
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
		t.Helper()
		if err != nil {
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
		rego.Store(inmem.NewFromObject(map[string]any{"catalogs": e.Catalog().Data()})),
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
const layered = "policy/testdata/layers"

// Go by the table, Go by plain OPA and stock OPA give the same decisions.
func TestConformance(t *testing.T) {
	over := must(eldercare.Load(t.Context(), eldercare.WithDir(layered)))(t)
	elders := 400
	if testing.Short() {
		elders = 25
	}
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
		if n%2 == 1 { // the others known in part, and the world closed
			c = w.Close(elder.Profile{Cells: w.partly(c, 12)}).Cells
			if len(r.Table.Contradicted(c)) > 0 {
				continue
			}
		}
		person := r.Table.Space.Elder(c)
		options := []eldercare.EvalOption{eldercare.OnDate(on), eldercare.AssumeKnown()}
		byTable := plain(t, must(e.Evaluate(t.Context(), jurisdiction, person, options...))(t))
		byOPA := plain(t, must(e.Evaluate(t.Context(), jurisdiction, person, append(options, eldercare.PlainOPA())...))(t))
		if diff := cmp.Diff(byOPA, byTable); diff != "" {
			t.Fatalf("%v: the table (+) is not plain OPA (-):\n%s", person, diff)
		}
		if diff := cmp.Diff(ask(t, query, jurisdiction, on, person).decision, byTable); diff != "" {
			t.Fatalf("%v: the table (+) is not stock OPA (-):\n%s", person, diff)
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
	switch {
	case *exhaustive:
		return 200_000, 200_000, 20_000
	case testing.Short():
		return 0, 0, 100
	}
	return 2_000, 8_000, 2_000
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
	byTable := must(w.DecideClosed(t.Context(), &p))(t)
	byOPA := must(w.Ask(t.Context(), &p))(t)
	if !reflect.DeepEqual(byTable, byOPA) {
		t.Fatalf("%v: the table (+) is not plain OPA (-):\n%s", w.Table.Space.Input(c), cmp.Diff(byOPA, byTable))
	}
}

// What is answered with attributes missing is what plain OPA answers for all their values together: entitled when it holds for
// every elder who agrees with what is known, possible when it holds for one; promised what the worst off of them is promised, and up
// to what the best off is.
func TestThreeValued(t *testing.T) {
	over := must(eldercare.Load(t.Context(), eldercare.WithDir(layered)))(t)
	elders := 60
	if testing.Short() {
		elders = 4
	}
	for _, r := range []*eldercare.Ruleset{
		rulesOn(t, engine(), "shanxi", today), rulesOn(t, engine(), "shuozhou", today), rulesOn(t, engine(), "hongtong", today),
		rulesOn(t, engine(), "henan", today), rulesOn(t, engine(), "huojia", today), rulesOn(t, over, "xuxian", today),
	} {
		t.Run(r.Jurisdiction.ID, func(t *testing.T) {
			t.Parallel()
			w := newWorld(r, 3)
			for n := range elders {
				c := w.partly(w.elder(), 1+n%6)
				if n%8 > 0 && c[w.age()] == elder.Absent { // all ages only now and then, as they are many
					c[w.age()] = uint8(1 + w.random.IntN(w.Table.Space.Axes[w.age()].Cells()-1))
				}
				if completions := w.completions(c); len(completions) > 0 && len(completions) <= 600 {
					w.checkUnknown(t, c, completions)
				}
			}
		})
	}
}

func (w *world) age() int {
	i, _ := w.Table.Space.Index("age")
	return i
}

// completions are the elders who agree with what is known. What no rule of any layer reads is left out, and so are elders who
// cannot exist.
func (w *world) completions(c elder.Cells) []elder.Cells {
	all := []elder.Cells{c}
	for i := range w.Table.Space.Axes {
		if c[i] != elder.Absent || !w.matters(i) {
			continue
		}
		var next []elder.Cells
		for _, d := range all {
			for _, cell := range w.Table.All(i).Cells() {
				d[i] = cell
				next = append(next, d)
			}
		}
		if all = next; len(all) > 20_000 {
			return nil
		}
	}
	return slices.DeleteFunc(all, func(d elder.Cells) bool { return !w.exists(d) || len(w.Table.Contradicted(d)) > 0 })
}

// exists reports whether every attribute that matters has a value, but for those that are not asked of the elder, which have none.
func (w *world) exists(c elder.Cells) bool {
	for i := range w.Table.Space.Axes {
		if asked := w.Table.Space.Asked(i, c); w.matters(i) && asked == (c[i] == elder.Absent) {
			return false
		}
	}
	return true
}

// matters reports whether a rule reads an attribute, or whether another hangs on it. The kind and the grade of a disability can
// contradict each other, so both matter.
func (w *world) matters(i int) bool {
	name := w.Table.Space.Axes[i].Attribute.Name
	if slices.Contains([]string{"assistance_category", "support_mode", "disability_kind", "disability_grade"}, name) {
		return true
	}
	for _, l := range w.Table.Layers {
		for _, a := range l.Rules {
			if slices.Contains(a.Attributes, name) {
				return true
			}
		}
	}
	return false
}

// A claim is a service, promised or at discretion.
type claim struct {
	service       string
	discretionary bool
}

func (w *world) checkUnknown(t *testing.T, c elder.Cells, completions []elder.Cells) {
	t.Helper()
	granted := make([]map[claim]map[string]eldercare.Promise, len(completions))
	for i, d := range completions {
		granted[i] = claims(must(w.Ask(t.Context(), &elder.Profile{Cells: d}))(t))
	}
	got := must(w.Decide(t.Context(), &elder.Profile{Cells: c}))(t)
	want := w.joined(granted)
	if diff := cmp.Diff(want, answersOf(got)); diff != "" {
		t.Errorf("%v, %d completions (-plain OPA +table):\n%s", w.Table.Space.Input(c), len(completions), diff)
	}
	for _, p := range got.Possible {
		w.checkNeeds(t, c, claim{p.Service, p.Discretionary}, p.Needs, p.SettledBy, completions, granted)
	}
	for _, e := range got.Entitled {
		w.checkNeeds(t, c, claim{e.Service, false}, e.Needs, nil, completions, granted)
	}
	for _, e := range got.Discretionary {
		w.checkNeeds(t, c, claim{e.Service, true}, e.Needs, nil, completions, granted)
	}
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
	Certain  bool
	Promises map[string]string
	UpTo     map[string]string
}

// joined is the answer over all completions.
func (w *world) joined(granted []map[claim]map[string]eldercare.Promise) map[claim]threeValued {
	out := map[claim]threeValued{}
	for _, of := range granted {
		for k := range of {
			out[k] = joinedClaim(k, granted)
		}
	}
	return out
}

func joinedClaim(k claim, granted []map[claim]map[string]eldercare.Promise) threeValued {
	v := threeValued{Certain: true}
	worst, best, in := map[string]eldercare.Promise{}, map[string]eldercare.Promise{}, map[string]int{}
	for _, of := range granted {
		measures, ok := of[k]
		v.Certain = v.Certain && ok
		for measure, p := range measures {
			if in[measure]++; in[measure] == 1 {
				worst[measure], best[measure] = p, p
			}
			if p.Compare(worst[measure]) < 0 {
				worst[measure] = p
			}
			if p.Compare(best[measure]) > 0 {
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
		if certain && best[measure].Compare(worst[measure]) == 0 {
			delete(best, measure)
		}
	}
	v.Promises, v.UpTo = promises(worst), promises(best)
	return v
}

func answersOf(d *eldercare.Decision) map[claim]threeValued {
	out := map[claim]threeValued{}
	for _, e := range d.Entitled {
		out[claim{e.Service, false}] = threeValued{Certain: true, Promises: promises(e.Promises), UpTo: promises(e.UpTo)}
	}
	for _, e := range d.Discretionary {
		out[claim{e.Service, true}] = threeValued{Certain: true, Promises: promises(e.Promises), UpTo: promises(e.UpTo)}
	}
	for _, p := range d.Possible {
		out[claim{p.Service, p.Discretionary}] = threeValued{UpTo: promises(p.UpTo)}
	}
	return out
}

// checkNeeds checks that knowing all that is needed settles a claim, that each set of settledBy can settle whether it is granted, and
// that what is needed is missing.
func (w *world) checkNeeds(t *testing.T, c elder.Cells, k claim, needs []string, settledBy [][]string, completions []elder.Cells, granted []map[claim]map[string]eldercare.Promise) {
	t.Helper()
	for _, name := range needs {
		if i, ok := w.Table.Space.Index(name); !ok || c[i] != elder.Absent {
			t.Errorf("%v: %s needs %s, which is known", w.Table.Space.Input(c), k.service, name)
		}
	}
	all := func(n int) string { return fmt.Sprint(granted[n][k] != nil, promises(granted[n][k])) }
	for known, outcomes := range w.grouped(needs, completions, all) {
		if len(outcomes) > 1 {
			t.Errorf("%v: with %v known as %v, %s is still not settled: %v", w.Table.Space.Input(c), needs, []byte(known), k.service, outcomes)
		}
	}
	for _, set := range settledBy {
		yesOrNo := func(n int) string { return fmt.Sprint(granted[n][k] != nil) }
		settles := false
		for _, outcomes := range w.grouped(set, completions, yesOrNo) {
			settles = settles || len(outcomes) == 1
		}
		if !settles {
			t.Errorf("%v: no values of %v settle %s", w.Table.Space.Input(c), set, k.service)
		}
	}
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

var _ = []any{fstest.MapFS{}, ast.NewCompiler, format.Source, tester.NewRunner, decide.Award{}}
