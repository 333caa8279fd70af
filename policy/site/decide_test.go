package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/dop251/goja"
	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/random"
	"github.com/basic-eldercare/eldercare/policy/interview"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

var day = eldercare.Date{Year: 2026, Month: 11, Day: 22}

// ours are the lists that come with the module, loaded once.
var ours = sync.OnceValues(func() (*eldercare.Engine, error) { return eldercare.Load(context.Background()) })

func loadOurs(t testing.TB) *eldercare.Engine {
	t.Helper()
	e, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// rulesOfFiles loads files without our lists, and returns the rules of a jurisdiction.
func rulesOfFiles(t testing.TB, files fstest.MapFS, jurisdiction string) *ruleset.Ruleset {
	t.Helper()
	e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
	if err != nil {
		t.Fatal(err)
	}
	return rulesOf(t, e, jurisdiction)
}

func rulesOf(t testing.TB, e *eldercare.Engine, jurisdiction string) *ruleset.Ruleset {
	t.Helper()
	rs, err := e.Rules(t.Context(), jurisdiction, day)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// engine is a JavaScript engine with decide.js and the data of a ruleset.
type engine struct {
	*goja.Runtime
	t testing.TB
}

func newEngine(t testing.TB, rs *ruleset.Ruleset) engine {
	t.Helper()
	d, err := newData(t.Context(), rs)
	if err != nil {
		t.Fatal(err)
	}
	script, err := d.script()
	if err != nil {
		t.Fatal(err)
	}
	decide, err := os.ReadFile("assets/decide.js")
	if err != nil {
		t.Fatal(err)
	}
	e := engine{goja.New(), t}
	for _, text := range [][]byte{script, decide} {
		if _, err := e.RunString(string(text)); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// ask evaluates an expression in which elder are the cells of an elder.
func (e engine) ask(cells []int, expression string, answer any) {
	e.t.Helper()
	v, err := e.RunString(expressionOf(cells, expression))
	if err != nil {
		e.t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(v.String()), answer); err != nil {
		e.t.Fatal(err)
	}
}

func expressionOf(cells []int, expression string) string {
	text, _ := json.Marshal(cells) // numbers can always be written
	return fmt.Sprintf("(elder => JSON.stringify(%s))(%s)", expression, text)
}

// people makes elders with blanks.
type people struct {
	*rand.Rand
	space *elder.Space
}

func newPeople(rs *ruleset.Ruleset, seed uint64) people {
	return people{rand.New(rand.NewPCG(seed, 15)), rs.Table.Space}
}

// next makes an elder: of each attribute nothing is known, or one of its values. Of each elder as
// much is known on average as of another, from nothing to all.
func (p people) next() []int {
	known := p.Float64()
	cells := make([]int, len(p.space.Axes))
	for i := range p.space.Axes {
		if first, end := p.space.Group(i); first == i && p.Float64() < known {
			for n := first; n < end; n++ {
				cells[n] = 1 + p.IntN(p.space.Axes[n].Cells()-1)
			}
		}
	}
	if i, ok := p.space.Index("age"); ok && cells[i] != 0 && p.space.Axes[i].Cells() > 111 { // those under 50 have little
		cells[i] = 51 + p.IntN(60)
	}
	return cells
}

// derived is the profile of an elder, and false when nobody can be so.
func derived(rs *ruleset.Ruleset, cells []int) (elder.Profile, bool) {
	var c elder.Cells
	for i, cell := range cells {
		c[i] = uint8(cell)
	}
	p := rs.Table.Space.Profile(c)
	return p, rs.Table.Space.Derive(&p)
}

// decided is the decision of the engine on an elder, or nil when nobody can be so.
func decided(t testing.TB, rs *ruleset.Ruleset, cells []int) *eldercare.Decision {
	t.Helper()
	p, agree := derived(rs, cells)
	if !agree {
		return nil
	}
	d, err := rs.DecideFor(t.Context(), &p)
	if errors.As(err, new(*elder.Error)) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// plain is a value as JSON has it.
func plain(t testing.TB, v any) (plain any) {
	t.Helper()
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &plain)
	}
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// compare compares the decisions and the questions on an elder. It reports whether there is such an
// elder.
func compare(t *testing.T, rs *ruleset.Ruleset, js engine, cells []int) bool {
	t.Helper()
	var exists bool
	js.ask(cells, "exists(eldercare, elder)", &exists)
	want := decided(t, rs, cells)
	if exists != (want != nil) {
		t.Fatalf("%v: exists is %t", cells, exists)
	}
	if want == nil {
		return false
	}
	var got any
	js.ask(cells, "decide(eldercare, elder)", &got)
	if diff := cmp.Diff(plain(t, want), got); diff != "" {
		t.Fatalf("%v: %s", cells, diff)
	}
	return true
}

func compareQuestions(t *testing.T, rs *ruleset.Ruleset, js engine, cells []int) {
	t.Helper()
	type question struct {
		Name     string
		Services int
		Settles  float64
		Least    int
	}
	p, _ := derived(rs, cells)
	questions, err := interview.NextQuestions(t.Context(), rs, p)
	if err != nil {
		t.Fatal(err)
	}
	want, got := []question{}, []question{}
	for _, q := range questions {
		want = append(want, question{q.Attribute, len(q.Services), q.Settles, q.AtLeast})
	}
	js.ask(cells, "questions(eldercare, elder).map((q) => ({...q, name: eldercare.attributes[q.attribute].name}))", &got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%v: %s", cells, diff)
	}
}

// The script decides as the engine does, and asks what the engine asks, of elders with blanks.
func TestDecidesAsTheEngine(t *testing.T) {
	e := loadOurs(t)
	for _, j := range e.Jurisdictions() {
		rs := rulesOf(t, e, j.ID)
		js, some := newEngine(t, rs), newPeople(rs, 1)
		real := 0
		for n := range effort.Of(40, 40, 400) {
			cells := some.next()
			if !compare(t, rs, js, cells) {
				continue
			}
			if real++; n%5 == 0 {
				compareQuestions(t, rs, js, cells)
			}
		}
		if real < 20 {
			t.Errorf("%s: only %d elders exist", j.ID, real)
		}
	}
}

// It does so by rules of every shape, too.
func TestDecidesByRandomRules(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for seed := range effort.Of[uint64](15, 15, 60) {
		e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", random.Lists(grant, random.Choices(seed))))
		if err != nil {
			continue // refused with a reason
		}
		for _, j := range []string{"top", "low"} {
			rs, err := e.Rules(t.Context(), j, eldercare.Date{Year: 2024, Month: 1, Day: 1})
			if err != nil || len(rs.Table.Opaque) > 0 {
				continue
			}
			js, some := newEngine(t, rs), newPeople(rs, seed)
			for range 60 {
				if cells := some.next(); compare(t, rs, js, cells) {
					compareQuestions(t, rs, js, cells)
					compared++
				}
			}
		}
	}
	if t.Logf("%d elders compared", compared); compared < 500 {
		t.Errorf("only %d elders were compared", compared)
	}
}

// It adds up what choices pay, however they overlap, and whatever amounts may turn out to be.
func TestDecidesByRandomChoices(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	possibly := 0
	for seed := range effort.Of[uint64](15, 15, 60) {
		files := random.Choosing(grant, seed, "exactly", "exactly", "at_least", "at_most", "set_locally")
		rs := rulesOfFiles(t, files, "top")
		js := newEngine(t, rs)
		for n := range 81 {
			cells := []int{n % 3, n / 3 % 3, n / 9 % 3, n / 27}
			compare(t, rs, js, cells)
			if slices.ContainsFunc(decided(t, rs, cells).MonthlyCNY.NotAdded, func(n decide.NotAdded) bool { return n.Possibly }) {
				possibly++
			}
		}
	}
	if possibly < 50 {
		t.Errorf("only %d totals leave out what is possibly not paid", possibly)
	}
}

// It raises and fills what rules promise as the engine does, whatever is known.
func TestDecidesByRandomBounds(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range effort.Of[uint64](6, 6, 30) {
		files := random.Bounds(grant, seed)
		rs := rulesOfFiles(t, files, "low")
		js := newEngine(t, rs)
		for n := range 243 {
			compare(t, rs, js, []int{n % 3, n / 3 % 3, n / 9 % 3, n / 27 % 3, n / 81})
		}
		if t.Failed() {
			t.Fatalf("seed %d\n%s\n%s", seed, files["rego/lists/top.rego"].Data, files["rego/lists/low.rego"].Data)
		}
	}
}

// Of what is not a table, nothing is exported.
func TestOpaqueRulesHaveNoAnswers(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(200) {
		e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", random.Lists(grant, random.Choices(seed))))
		if err != nil {
			continue
		}
		rs, err := e.Rules(t.Context(), "top", eldercare.Date{Year: 2024, Month: 1, Day: 1})
		if err != nil || len(rs.Table.Opaque) == 0 {
			continue
		}
		_, err = newData(t.Context(), rs)
		wrong, ok := errors.AsType[policy.Diagnostics](err)
		if !ok || wrong[0].Code != "opaque-rule" || wrong[0].Pos.Line == 0 || wrong[0].Remedy == "" {
			t.Errorf("%v", err)
		}
		return
	}
	t.Fatal("no random rule is opaque")
}

// What suffices for an answer does: the engine gives it to an elder of whom nothing else is known,
// and is not sure of it without any one of these facts.
func TestBecause(t *testing.T) {
	e := loadOurs(t)
	rs := rulesOf(t, e, "shuozhou")
	js, some := newEngine(t, rs), newPeople(rs, 2)
	space := rs.Table.Space
	checked := 0
	for checked < effort.Of(100, 100, 1000) {
		cells := some.next()
		p, agree := derived(rs, cells)
		if !agree || rs.Refuse(&p) != nil {
			continue
		}
		for n, id := range rs.Services() {
			had := answerOf(t, rs, cells, id)
			if had == "possible" {
				continue
			}
			var kept []int
			js.ask(cells, fmt.Sprintf("because(eldercare, elder, eldercare.services[%d])", n), &kept)
			only := make([]int, len(cells))
			put := func(attribute int, from []int) {
				for i := range space.Axes {
					if space.Axes[i].Attribute == space.Vocabulary.Attributes[attribute] {
						only[i] = from[i]
					}
				}
			}
			for _, a := range kept {
				put(a, cells)
			}
			if got := answerOf(t, rs, only, id); got != had {
				t.Fatalf("%v: %s is %s, by %v alone %s", cells, id, had, kept, got)
			}
			for _, a := range kept {
				put(a, make([]int, len(cells)))
				if got := answerOf(t, rs, only, id); got == had {
					t.Fatalf("%v: %s is %s without %d of %v", cells, id, had, a, kept)
				}
				put(a, cells)
			}
			checked++
		}
	}
}

// answerOf says what an elder has of a service for certain, or that it is possible.
func answerOf(t *testing.T, rs *ruleset.Ruleset, cells []int, service string) string {
	t.Helper()
	p, _ := derived(rs, cells)
	d, err := rs.Decide(t.Context(), &p)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range d.Entitled {
		if e.Service == service {
			text, _ := json.Marshal([]any{e.Promises, e.Bundles})
			return string(text)
		}
	}
	if slices.ContainsFunc(d.Possible, func(p eldercare.Possibility) bool { return p.Service == service }) {
		return "possible"
	}
	return "nothing"
}
