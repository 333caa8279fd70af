package eldercare_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"io"
	"io/fs"
	"math/big"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/explain"
	"github.com/basic-eldercare/eldercare/policy/interview"
	"github.com/basic-eldercare/eldercare/policy/notice"
	"github.com/basic-eldercare/eldercare/policy/roster"
	"github.com/basic-eldercare/eldercare/policy/timeline"
	"github.com/basic-eldercare/eldercare/policy/trace"
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

// The cases of our lists and the tests beside our Rego pass, and reach all there is to reach.
func TestCases(t *testing.T) {
	for _, c := range tested(t, engine(), 5).Coverage {
		for _, gap := range c.Missing {
			t.Errorf("%s: no case reaches the %s of %s: %s", c.List, gap.Kind, gap.Service, gap.What)
		}
	}
}

// tested holds that the tests of an engine's lists pass, and returns what came of them.
func tested(t *testing.T, e *eldercare.Engine, lists int) *eldercare.TestReport {
	t.Helper()
	report := must(e.Test(t.Context(), eldercare.OnDate(today), eldercare.Cover()))(t)
	for _, failed := range report.Failed() {
		t.Errorf("%s:%d: %s: %s%v", failed.Pos.File, failed.Pos.Line, failed.Name, failed.Failed, failed.Differences)
	}
	if len(report.Coverage) != lists || len(report.Tests) < 20*lists {
		t.Errorf("%d tests of %d lists", len(report.Tests), len(report.Coverage))
	}
	return report
}

// A testCase is an elder with what is wanted of the answer. What is not given of the elder is
// absent.
type testCase struct {
	Note       string
	Item       string
	Elder      map[string]any
	Entitled   map[string]map[string]string
	MonthlyCNY string
}

// run compares what the case names of the decision, by the table and by plain OPA.
func (c testCase) run(t *testing.T, e *eldercare.Engine, jurisdiction string) {
	for _, by := range [][]eldercare.EvalOption{{eldercare.AssumeKnown()}, {eldercare.AssumeKnown(), eldercare.PlainOPA()}} {
		d := must(e.Evaluate(t.Context(), jurisdiction, c.Elder, append(by, eldercare.OnDate(today))...))(t)
		got := testCase{c.Note, c.Item, c.Elder, map[string]map[string]string{}, ""}
		for _, s := range d.Entitled {
			if c.Entitled[s.Service] != nil {
				got.Entitled[s.Service] = promises(s.Promises)
			}
		}
		if c.MonthlyCNY != "" {
			got.MonthlyCNY = bounds[d.MonthlyCNY.Bound] + d.MonthlyCNY.Value.String()
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("item %s (-want +got):\n%s", c.Item, diff)
		}
	}
}

var bounds = map[policy.Bound]string{policy.AtLeast: ">=", policy.AtMost: "<=", policy.Exactly: "="}

// promises writes promises as cases do: ">=100", "<=4000", "=50", "open", "open
// minimum_wage_monthly".
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

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
		return v
	}
}

// What is assumed of an elder never contradicts what is known: an attribute that cannot be absent
// stays unknown, and what holds for all its values counts.
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

// Somebody who no longer waits is told so, and takes nothing from those who come after or wait
// beside.
func TestCancelled(t *testing.T) {
	for round := range effort.Of(3, 5, 30) {
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

// Options that mean nothing are errors, not panics. What is nil, an engine that was never loaded,
// and days that do not exist are errors, and never a panic.
func TestNothingIsAnError(t *testing.T) {
	ctx, e, person, zero := t.Context(), engine(), eldercare.Elder{"age": 80}, &eldercare.Engine{}
	var none context.Context // not a literal nil, which linters refuse
	no := eldercare.Date{Year: 2026, Month: 13, Day: 99}
	day := date(t, today)
	born, month := eldercare.Elder{"birth_date": "1946-11-22"}, eldercare.Month{Year: 2026, Month: 11}
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
		"Check on no day":           func() error { _, err := e.Check(ctx, "hongtong", eldercare.On(no)); return err },
		"Check of the top on none":  func() error { _, err := e.Check(ctx, "shanxi", eldercare.On(no)); return err },
		"CheckAll without context":  func() error { _, err := e.CheckAll(none); return err },
		"CheckAll on no day":        func() error { _, err := e.CheckAll(ctx, eldercare.On(no)); return err },
		"Lint without context":      func() error { _, err := e.Lint(none, "hongtong"); return err },
		"Lint on no day":            func() error { _, err := e.Lint(ctx, "hongtong", eldercare.On(no)); return err },
		"Lint with nil option":      func() error { _, err := e.Lint(ctx, "hongtong", nil); return err },
		"Lint with zero option":     func() error { _, err := e.Lint(ctx, "hongtong", eldercare.DayOption{}); return err },
		"Notice without context":    func() error { _, err := e.Notice(none, "hongtong", person); return err },
		"Roster without context":    func() error { _, err := e.Roster(none, "hongtong"); return err },
		"Roster with nil option":    func() error { _, err := e.Roster(ctx, "hongtong", nil); return err },
		"Roster on no day":          func() error { _, err := e.Roster(ctx, "hongtong", eldercare.On(no)); return err },
		"Timeline without context":  func() error { _, err := e.Timeline(none, "hongtong", born, month, month); return err },
		"Timeline with nil option":  func() error { _, err := e.Timeline(ctx, "hongtong", born, month, month, nil); return err },
		"zero Notice":               func() error { _, err := zero.Notice(ctx, "hongtong", person); return err },
		"zero Timeline":             func() error { _, err := zero.Timeline(ctx, "hongtong", born, month, month); return err },
		"zero Roster":               func() error { _, err := zero.Roster(ctx, "hongtong"); return err },
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

// An answer belongs to who asked: whatever is written into what an engine returns, however deep, is
// not seen in later answers. They stay those of an engine whose answers nobody writes into.
func TestAnswersAreTheCallers(t *testing.T) {
	ctx, day := t.Context(), eldercare.OnDate(today)
	from, to := eldercare.Month{Year: 2026, Month: time.November}, eldercare.Month{Year: 2027, Month: time.April}
	elders := map[string]eldercare.Elder{
		"little is known": {"birth_date": "1946-12-05", "local_hukou": true},
		"more is known": {
			"birth_date": "1936-12-05", "local_hukou": true, "assistance_category": "dibao", "disability_kind": "physical", "disability_grade": 1,
		},
	}
	text := must(trace.Read("text", []byte("附件\n1\t老年人能力评估\t为65周岁及以上老年人提供\n")))(t)
	type asked map[string]func(e *eldercare.Engine) any
	questions := asked{
		"Check": func(e *eldercare.Engine) any { return must(e.Check(ctx, "hongtong", day))(t) },
		"Check, against": func(e *eldercare.Engine) any {
			return must(e.Check(ctx, "huojia", eldercare.Against("shuozhou"), day))(t)
		},
		"Check, since": func(e *eldercare.Engine) any { return must(e.Check(ctx, "huojia", eldercare.Since(e), day))(t) },
		"Lint":         func(e *eldercare.Engine) any { return must(e.Lint(ctx, "hongtong", day))(t) },
		"Diff":         func(e *eldercare.Engine) any { return must(e.Diff(ctx, "shuozhou", "huojia", day))(t) },
		"Test": func(e *eldercare.Engine) any {
			return must(e.Test(ctx, eldercare.TestsOf("huojia"), eldercare.Cover(), day))(t)
		},
		"Trace":         func(e *eldercare.Engine) any { return must(e.Trace("huojia", date(t, today), text))(t) },
		"Jurisdictions": func(e *eldercare.Engine) any { return e.Jurisdictions() },
		"Listings":      func(e *eldercare.Engine) any { return e.Listings(date(t, today)) },
		"Replaced":      func(e *eldercare.Engine) any { return e.Replaced() },
		"Warnings":      func(e *eldercare.Engine) any { return e.Warnings() },
		"Source":        func(e *eldercare.Engine) any { return must(e.Source("catalogs/huojia.yaml"))(t) },
	}
	for _, id := range []string{"hongtong", "huojia"} {
		questions["DeclaredOffers "+id] = func(e *eldercare.Engine) any { return rulesOn(t, e, id, today).DeclaredOffers() }
		questions["EffectiveOffers "+id] = func(e *eldercare.Engine) any { return rulesOn(t, e, id, today).EffectiveOffers() }
		for name, elder := range elders {
			who := " " + id + ", " + name
			questions["Evaluate"+who] = func(e *eldercare.Engine) any { return must(e.Evaluate(ctx, id, elder, day))(t) }
			questions["Evaluate known"+who] = func(e *eldercare.Engine) any {
				return must(e.Evaluate(ctx, id, elder, day, eldercare.AssumeKnown()))(t)
			}
			questions["NextQuestions"+who] = func(e *eldercare.Engine) any { return must(e.NextQuestions(ctx, id, elder, day))(t) }
			questions["Notice"+who] = func(e *eldercare.Engine) any { return must(e.Notice(ctx, id, elder, day))(t) }
			questions["Notice known"+who] = func(e *eldercare.Engine) any { return must(e.Notice(ctx, id, elder, day, eldercare.AssumeKnown()))(t) }
			questions["Timeline"+who] = func(e *eldercare.Engine) any { return must(e.Timeline(ctx, id, elder, from, to))(t) }
			questions["Timeline known"+who] = func(e *eldercare.Engine) any {
				return must(e.Timeline(ctx, id, elder, from, to, eldercare.AssumeKnown()))(t)
			}
			for _, o := range rulesOn(t, engine(), id, today).EffectiveOffers() {
				questions["Explain "+o.Service+who] = func(e *eldercare.Engine) any { return must(e.Explain(ctx, id, elder, o.Service, day))(t) }
			}
		}
	}
	untouched, written := must(eldercare.Load(ctx))(t), must(eldercare.Load(ctx))(t)
	for name, ask := range questions {
		if !strings.HasPrefix(name, "Evaluate") { // whose promises and citations are shared, as it says
			scribble(reflect.ValueOf(ask(written)), map[uintptr]bool{})
		}
	}
	for name, ask := range questions {
		if diff := cmp.Diff(ask(untouched), ask(written), exportedOnly, sameNumber); diff != "" {
			t.Errorf("%s (-untouched +written):\n%.2000s", name, diff)
		}
	}
}

// exportedOnly leaves unexported fields out of a comparison.
var exportedOnly = cmp.FilterPath(func(p cmp.Path) bool {
	field, ok := p.Last().(cmp.StructField)
	return ok && !token.IsExported(field.Name())
}, cmp.Ignore())

var sameNumber = cmp.Comparer(func(a, b *big.Rat) bool { return a == b || a != nil && b != nil && a.Cmp(b) == 0 })

// scribble writes into everything that exported fields, pointers, lists and maps lead to, and
// behind the ends of lists.
func scribble(v reflect.Value, met map[uintptr]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || met[v.Pointer()] {
			return
		}
		met[v.Pointer()] = true
		if number, ok := v.Interface().(*big.Rat); ok {
			number.SetInt64(7).SetFrac64(7, 11)
			return
		}
		scribble(v.Elem(), met)
	case reflect.Interface:
		if !v.IsNil() {
			scribble(v.Elem(), met)
		}
	case reflect.Slice:
		for i := range v.Cap() {
			scribble(v.Slice(0, v.Cap()).Index(i), met)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(key))
			scribble(value, met)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		if v.CanSet() && v.Type() == reflect.TypeFor[policy.Decimal]() {
			v.Set(reflect.ValueOf(policy.DecimalOf(77)))
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scribble(v.Field(i), met)
			}
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString("scribbled")
		}
	case reflect.Bool:
		if v.CanSet() {
			v.SetBool(!v.Bool())
		}
	default:
		if v.CanSet() {
			v.SetZero()
		}
	}
}

// A binding answers for rulesets that tell elders apart as its engine does, whichever engine they
// come from, and for no other.
func TestBindingOfAnotherEngine(t *testing.T) {
	type person struct {
		Age   int  `eldercare:"age"`
		Local bool `eldercare:"local_hukou"`
	}
	binding := must(eldercare.Bind[person](engine()))(t)
	again, other := must(eldercare.Load(t.Context()))(t), must(eldercare.Load(t.Context(), eldercare.WithDir("testdata/own")))(t)
	for _, e := range []*eldercare.Engine{engine(), again} {
		for _, day := range []string{today, "2024-12-03"} {
			rules := rulesOn(t, e, "huojia", day)
			p := must(binding.Profile(rules, &person{100, true}))(t)
			if want := must(rules.Encode(eldercare.Elder{"age": 100, "local_hukou": true}))(t); p != want {
				t.Errorf("%s: %v, want %v", day, p, want)
			}
		}
	}
	if p, err := binding.Profile(rulesOn(t, other, "huojia", today), &person{100, true}); err == nil || errors.As(err, new(*eldercare.InputError)) {
		t.Errorf("a ruleset with other attributes: %v, %v", p, err)
	}
}

// A profile is answered by rulesets that tell elders apart as the one that encoded it does,
// whichever engine they come from. Every other refuses it.
func TestProfileOfAnotherEngine(t *testing.T) {
	ctx := t.Context()
	again, other := must(eldercare.Load(ctx))(t), must(eldercare.Load(ctx, eldercare.WithDir("testdata/own")))(t)
	rules, same, differs := rulesOn(t, engine(), "huojia", today), rulesOn(t, again, "huojia", today), rulesOn(t, other, "huojia", today)
	course := must(other.Course("huojia"))(t)
	p := must(rules.Encode(eldercare.Elder{"age": 100, "local_hukou": true, "contributor": "disabled_veteran"}))(t)
	odd := rules.Table.Space.Profile([policy.MaxAttributes]uint8{255}) // which no attribute has
	claim := timeline.Claim{Profile: p, Service: "old-age-allowance"}
	for note, call := range map[string]func() error{
		"Decide":      func() error { _, err := differs.Decide(ctx, &p); return err },
		"DecideKnown": func() error { _, err := differs.AssumeKnown(true).Decide(ctx, &p); return err },
		"DecideFor":   func() error { _, err := differs.DecideFor(ctx, &p); return err },
		"AppendJSON":  func() error { _, err := differs.AppendJSON(ctx, nil, &p); return err },
		"Ask":         func() error { _, err := differs.Ask(ctx, &p); return err },
		"AskKnown":    func() error { _, err := differs.AssumeKnown(true).Ask(ctx, &p); return err },
		"Service":     func() error { _, err := differs.Service(ctx, &p, "old-age-allowance"); return err },
		"Parts":       func() error { _, err := differs.Parts(ctx, &p, nil); return err },
		"Refuse":      func() error { return differs.Refuse(&p) },
		"Append":      func() error { return roster.New(differs).Append(&p) },
		"Explain":     func() error { _, err := explain.Explain(ctx, course, differs, claim); return err },
		"Questions":   func() error { _, err := interview.NextQuestions(ctx, differs, p); return err },
		"Notice":      func() error { _, err := notice.New(ctx, course, differs, p); return err },
		"Arrivals":    func() error { _, _, err := course.Arrivals(ctx, differs, claim); return err },
		"Since":       func() error { _, _, err := course.Since(ctx, differs, claim, nil, nil); return err },
		"an odd cell": func() error { _, err := rules.Decide(ctx, &odd); return err },
	} {
		if err := call(); !errors.As(err, new(*eldercare.ProfileError)) {
			t.Errorf("%s: %v, want a ProfileError", note, err)
		}
	}
	if got := differs.Close(p); got != p {
		t.Errorf("Close fills a profile of another engine: %v", got)
	}
	want := must(rules.Decide(ctx, &p))(t)
	if diff := cmp.Diff(want, must(same.Decide(ctx, &p))(t)); diff != "" {
		t.Errorf("a ruleset of the same attributes (-own +other):\n%s", diff)
	}
	if len(want.Entitled) == 0 {
		t.Error("somebody of 100 has nothing")
	}
}

// Nobody gives a profile a cell that its attributes do not have: what Cells returns is a copy, and
// Set and With refuse it.
func TestProfileKeepsToItsSpace(t *testing.T) {
	ctx := t.Context()
	rules := rulesOn(t, engine(), "huojia", today)
	space, p := rules.Table.Space, must(rules.Encode(eldercare.Elder{"age": 100}))(t)
	want := must(rules.Decide(ctx, &p))(t)
	cells := p.Cells()
	for i := range cells {
		cells[i] = 255
	}
	for note, set := range map[string]bool{
		"a cell":              space.Set(&p, 0, 255),
		"an attribute":        space.Set(&p, len(space.Axes), 1),
		"one below the first": space.Set(&p, -1, 1),
		"no profile":          space.Set(nil, 0, 1),
	} {
		if set {
			t.Errorf("Set takes %s that there is not", note)
		}
	}
	if got, err := rules.Decide(ctx, &p); err != nil || got != want {
		t.Errorf("the decision is another: %v, %v", got, err)
	}
	if _, err := rules.Decide(ctx, new(space.With(p, cells))); !errors.As(err, new(*eldercare.ProfileError)) {
		t.Errorf("cells that there are not: %v, want a ProfileError", err)
	}
	if !space.Set(&p, 0, 1) || p.Cells()[0] != 1 {
		t.Errorf("Set changes nothing: %v", p.Cells())
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

// Explain gives the day from which an elder has a service for whom only time is missing, and
// refuses a service that no list has.
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
	for i, report := range must(engine().CheckAll(t.Context(), eldercare.On(date(t, "2024-06-01"))))(t) {
		want := ""
		if report.Jurisdiction == "huojia" {
			want = "no list of huojia is in force on 2024-06-01; the first is from 2024-12-03"
		}
		if report.Skipped != want || report.Jurisdiction != engine().Jurisdictions()[i].ID {
			t.Errorf("%s: %q", report.Jurisdiction, report.Skipped)
		}
	}
}

// Before a jurisdiction's first list there is no answer, although the lists above it may be in
// force.
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

// What the lists must show, worked by hand from the texts: one decision each, of which the case
// names all that matters.
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

// What a folder is allowed to replace answers, and every report names it, one of a list that is not
// checked, too.
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
	reports, err := engine.CheckAll(t.Context(), eldercare.On(policy.Date{Year: 2023, Month: 12, Day: 1}))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		if diff := cmp.Diff(want, r.Replaced); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.Jurisdiction, diff)
		}
	}
}

// BenchmarkStart goes from nothing to the first answer, as the command does each time.
func BenchmarkStart(b *testing.B) {
	person := eldercare.Elder{"age": 85}
	for b.Loop() {
		e, err := eldercare.Load(b.Context(), eldercare.WithJurisdictions("shuozhou"))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := e.Evaluate(b.Context(), "shuozhou", person, eldercare.OnDate(today)); err != nil {
			b.Fatal(err)
		}
	}
}
