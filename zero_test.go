package eldercare_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/diff"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
	"github.com/basic-eldercare/eldercare/policy/explain"
	"github.com/basic-eldercare/eldercare/policy/interview"
	"github.com/basic-eldercare/eldercare/policy/lint"
	"github.com/basic-eldercare/eldercare/policy/notice"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/roster"
	"github.com/basic-eldercare/eldercare/policy/simulate"
	"github.com/basic-eldercare/eldercare/policy/site"
	"github.com/basic-eldercare/eldercare/policy/sql"
	"github.com/basic-eldercare/eldercare/policy/summary"
	"github.com/basic-eldercare/eldercare/policy/synth"
	"github.com/basic-eldercare/eldercare/policy/timeline"
	"github.com/basic-eldercare/eldercare/policy/trace"
)

// exported are the types of the interface, but for those of options, which are functions and
// interfaces.
var exported = map[string]reflect.Type{
	"Access":                   reflect.TypeFor[eldercare.Access](),
	"Answer":                   reflect.TypeFor[eldercare.Answer](),
	"AttributeType":            reflect.TypeFor[eldercare.AttributeType](),
	"BindError":                reflect.TypeFor[eldercare.BindError](),
	"BindProblem":              reflect.TypeFor[eldercare.BindProblem](),
	"Binding":                  reflect.TypeFor[eldercare.Binding[struct{}]](),
	"Bound":                    reflect.TypeFor[eldercare.Bound](),
	"Bundle":                   reflect.TypeFor[eldercare.Bundle](),
	"CallError":                reflect.TypeFor[eldercare.CallError](),
	"Citation":                 reflect.TypeFor[eldercare.Citation](),
	"CodedError":               reflect.TypeFor[eldercare.CodedError](),
	"Course":                   reflect.TypeFor[eldercare.Course](),
	"Date":                     reflect.TypeFor[eldercare.Date](),
	"DateError":                reflect.TypeFor[eldercare.DateError](),
	"DayOption":                reflect.TypeFor[eldercare.DayOption](),
	"Decimal":                  reflect.TypeFor[eldercare.Decimal](),
	"Decision":                 reflect.TypeFor[eldercare.Decision](),
	"Diagnostic":               reflect.TypeFor[eldercare.Diagnostic](),
	"Diagnostics":              reflect.TypeFor[eldercare.Diagnostics](),
	"Diff":                     reflect.TypeFor[eldercare.Diff](),
	"Elder":                    reflect.TypeFor[eldercare.Elder](),
	"Engine":                   reflect.TypeFor[eldercare.Engine](),
	"Entitlement":              reflect.TypeFor[eldercare.Entitlement](),
	"EvaluationError":          reflect.TypeFor[eldercare.EvaluationError](),
	"Explanation":              reflect.TypeFor[eldercare.Explanation](),
	"Finding":                  reflect.TypeFor[eldercare.Finding](),
	"FindingKind":              reflect.TypeFor[eldercare.FindingKind](),
	"Granted":                  reflect.TypeFor[eldercare.Granted](),
	"InputError":               reflect.TypeFor[eldercare.InputError](),
	"Jurisdiction":             reflect.TypeFor[eldercare.Jurisdiction](),
	"Level":                    reflect.TypeFor[eldercare.Level](),
	"Limits":                   reflect.TypeFor[eldercare.Limits](),
	"LintFinding":              reflect.TypeFor[eldercare.LintFinding](),
	"Listing":                  reflect.TypeFor[eldercare.Listing](),
	"Method":                   reflect.TypeFor[eldercare.Method](),
	"Month":                    reflect.TypeFor[eldercare.Month](),
	"MonthError":               reflect.TypeFor[eldercare.MonthError](),
	"NotAdded":                 reflect.TypeFor[eldercare.NotAdded](),
	"NotInForceError":          reflect.TypeFor[eldercare.NotInForceError](),
	"NotListedError":           reflect.TypeFor[eldercare.NotListedError](),
	"Notice":                   reflect.TypeFor[eldercare.Notice](),
	"Offer":                    reflect.TypeFor[eldercare.Offer](),
	"OfferReading":             reflect.TypeFor[eldercare.OfferReading](),
	"Payment":                  reflect.TypeFor[eldercare.Payment](),
	"Position":                 reflect.TypeFor[eldercare.Position](),
	"Possibility":              reflect.TypeFor[eldercare.Possibility](),
	"Problem":                  reflect.TypeFor[eldercare.Problem](),
	"Profile":                  reflect.TypeFor[eldercare.Profile](),
	"ProfileError":             reflect.TypeFor[eldercare.ProfileError](),
	"Promise":                  reflect.TypeFor[eldercare.Promise](),
	"Question":                 reflect.TypeFor[eldercare.Question](),
	"Relation":                 reflect.TypeFor[eldercare.Relation](),
	"Replacement":              reflect.TypeFor[eldercare.Replacement](),
	"Report":                   reflect.TypeFor[eldercare.Report](),
	"Roster":                   reflect.TypeFor[eldercare.Roster](),
	"Ruleset":                  reflect.TypeFor[eldercare.Ruleset](),
	"Severity":                 reflect.TypeFor[eldercare.Severity](),
	"TestReport":               reflect.TypeFor[eldercare.TestReport](),
	"Timeline":                 reflect.TypeFor[eldercare.Timeline](),
	"Total":                    reflect.TypeFor[eldercare.Total](),
	"TraceReport":              reflect.TypeFor[eldercare.TraceReport](),
	"UnknownJurisdictionError": reflect.TypeFor[eldercare.UnknownJurisdictionError](),
	"Unsettled":                reflect.TypeFor[eldercare.Unsettled](),
	"WorldOption":              reflect.TypeFor[eldercare.WorldOption](),
}

// Every exported type is among those above.
func TestExportedTypesAreTried(t *testing.T) {
	var declared []string
	for _, file := range must(filepath.Glob("*.go"))(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		ast.Inspect(must(parser.ParseFile(token.NewFileSet(), file, nil, 0))(t), func(n ast.Node) bool {
			spec, isType := n.(*ast.TypeSpec)
			if !isType || !spec.Name.IsExported() {
				return true
			}
			switch spec.Type.(type) {
			case *ast.InterfaceType, *ast.FuncType:
			default:
				declared = append(declared, spec.Name.Name)
			}
			return false
		})
	}
	slices.Sort(declared)
	if diff := cmp.Diff(declared, slices.Sorted(maps.Keys(exported))); diff != "" {
		t.Errorf("the types that are tried (-declared +tried):\n%s", diff)
	}
}

// The interface has all words of each of its types that are words.
func TestWordsAreExported(t *testing.T) {
	types := must(parser.ParseFile(token.NewFileSet(), "types.go", nil, 0))(t)
	words := map[string]bool{} // of the package and of the interface, such as "policy.Severity" and "policy.SeverityError"
	ast.Inspect(types, func(n ast.Node) bool {
		if of, ok := n.(*ast.SelectorExpr); ok {
			words[of.X.(*ast.Ident).Name+"."+of.Sel.Name] = true
		}
		return true
	})
	tried := 0
	for _, path := range must(filepath.Glob("policy/*/*.go"))(t) {
		tried += wordsOf(t, path, words)
	}
	for _, path := range must(filepath.Glob("policy/*.go"))(t) {
		tried += wordsOf(t, path, words)
	}
	if tried < 40 {
		t.Errorf("only %d words are tried", tried)
	}
}

// wordsOf counts the constants of exported types in a file, and says which are not exported.
func wordsOf(t *testing.T, path string, exported map[string]bool) (tried int) {
	file := must(parser.ParseFile(token.NewFileSet(), path, nil, 0))(t)
	for _, declared := range file.Decls {
		constants, ok := declared.(*ast.GenDecl)
		if !ok || constants.Tok != token.CONST {
			continue
		}
		for _, spec := range constants.Specs {
			value := spec.(*ast.ValueSpec)
			of, typed := value.Type.(*ast.Ident)
			if !typed || !exported[file.Name.Name+"."+of.Name] {
				continue
			}
			for _, name := range value.Names {
				tried++
				if !exported[file.Name.Name+"."+name.Name] {
					t.Errorf("%s.%s is not exported", file.Name.Name, name.Name)
				}
			}
		}
	}
	return tried
}

// No method of an exported type panics on a zero value or a nil pointer, whatever is nil or zero
// among its arguments.
func TestZeroValuesDoNotPanic(t *testing.T) {
	types := maps.Clone(exported)
	types["roster.Decisions"], types["roster.Totals"] = reflect.TypeFor[roster.Decisions](), reflect.TypeFor[roster.Totals]()
	for name, of := range types {
		pointer := reflect.PointerTo(of)
		for i := range pointer.NumMethod() {
			method := pointer.Method(i).Name
			for _, given := range []arguments{{}, something(t)} {
				given.try(t, "a zero "+name+": "+method, func() reflect.Value { return reflect.New(of).Method(i) })
				if _, ofValue := of.MethodByName(method); !ofValue { // which a nil pointer never has
					given.try(t, "a nil "+name+": "+method, func() reflect.Value { return reflect.Zero(pointer).Method(i) })
				}
			}
		}
	}
}

// No method of what an engine made panics, whatever is nil or zero among its arguments.
func TestZeroArgumentsDoNotPanic(t *testing.T) {
	ctx, e := t.Context(), engine()
	el := eldercare.Elder{"age": 100, "local_hukou": true, "birth_date": "1926-03-01"}
	rules := rulesOn(t, e, "huojia", today)
	list := must(e.Roster(ctx, "huojia"))(t)
	if err := list.Add(el); err != nil {
		t.Fatal(err)
	}
	known := rules.Close(must(rules.Encode(el))(t)) // of whom plain OPA has nothing to try out
	some := something(t)
	some[reflect.TypeFor[*eldercare.Profile]()] = reflect.ValueOf(&known)
	type person struct {
		Age int `eldercare:"age"`
	}
	for _, made := range []any{
		rules, list, must(e.Course("huojia"))(t), must(list.Decide(ctx))(t), must(list.Totals(ctx))(t),
		must(eldercare.Bind[person](e))(t), must(e.Evaluate(ctx, "huojia", el))(t), must(e.Explain(ctx, "huojia", el, "old-age-allowance"))(t),
		must(e.Notice(ctx, "huojia", el))(t), must(e.Check(ctx, "huojia"))(t), must(e.Diff(ctx, "huojia", "hongtong"))(t),
	} {
		of := reflect.ValueOf(made)
		for i := range of.NumMethod() {
			for _, given := range []arguments{{}, some} {
				given.try(t, of.Type().String()+": "+of.Type().Method(i).Name, func() reflect.Value { return of.Method(i) })
			}
		}
	}
	of := reflect.ValueOf(e)
	for i := range of.NumMethod() { // without a context, as some would work for long
		arguments{}.try(t, "Engine: "+of.Type().Method(i).Name, func() reflect.Value { return of.Method(i) })
	}
}

// arguments are those that are not zero, by their type.
type arguments map[reflect.Type]reflect.Value

func something(t *testing.T) arguments {
	return arguments{
		reflect.TypeFor[context.Context](): reflect.ValueOf(t.Context()), reflect.TypeFor[io.Writer](): reflect.ValueOf(io.Discard),
	}
}

// try calls a method: where it takes any number of arguments, with none of them and with one.
func (a arguments) try(t *testing.T, name string, bind func() reflect.Value) {
	t.Helper()
	for more := range 2 {
		func() {
			defer func() {
				if r := recover(); r != nil {
					t.Errorf("%s panics: %v", name, r)
				}
			}()
			method := bind()
			of := method.Type()
			var with []reflect.Value
			for i := range of.NumIn() {
				in := of.In(i)
				if of.IsVariadic() && i == of.NumIn()-1 {
					if in = in.Elem(); more == 0 {
						break
					}
				}
				if given, ok := a[in]; ok {
					with = append(with, given)
				} else {
					with = append(with, reflect.Zero(in))
				}
			}
			method.Call(with)
		}()
	}
}

// What is nil is an error where a page is written or an option is read, and where a roster answers.
func TestNilIsAnError(t *testing.T) {
	ctx, e, el := t.Context(), engine(), eldercare.Elder{"age": 80}
	list := must(e.Roster(ctx, "huojia"))(t)
	var none context.Context // not a literal nil, which linters refuse
	for note, call := range map[string]func() error{
		"notice.HTML of nil":       func() error { return notice.HTML(io.Discard, "en", nil) },
		"notice.Markdown of nil":   func() error { return notice.Markdown(io.Discard, "en", nil) },
		"notice.HTML to nil":       func() error { return notice.HTML(nil, "en", &eldercare.Notice{}) },
		"diff.HTML of nil":         func() error { return diff.HTML(io.Discard, nil, "en") },
		"diff.Markdown of nil":     func() error { return diff.Markdown(io.Discard, nil, "en") },
		"diff.HTML to nil":         func() error { return diff.HTML(nil, &eldercare.Diff{}, "en") },
		"simulate.HTML of nil":     func() error { return simulate.HTML(io.Discard, nil, "en") },
		"simulate.Markdown of nil": func() error { return simulate.Markdown(io.Discard, nil, "en") },
		"summary.HTML of nil":      func() error { return summary.HTML(io.Discard, nil, "en", 5) },
		"summary.HTML to nil":      func() error { return summary.HTML(nil, &summary.Summary{}, "en", 5) },
		"Explanation to nil":       func() error { return new(eldercare.Explanation).Write(nil, "en") },
		"nil DayOption":            func() error { _, err := e.Evaluate(ctx, "huojia", el, (*eldercare.DayOption)(nil)); return err },
		"nil WorldOption":          func() error { _, err := e.Evaluate(ctx, "huojia", el, (*eldercare.WorldOption)(nil)); return err },
		"Decide without context":   func() error { _, err := list.Decide(none); return err },
		"Totals without context":   func() error { _, err := list.Totals(none); return err },
		"Append of nil":            func() error { return list.Append(nil) },
		"Decide of no roster":      func() error { _, err := new(eldercare.Roster).Decide(ctx); return err },
		"Totals of no roster":      func() error { _, err := new(eldercare.Roster).Totals(ctx); return err },
		"Add to no roster":         func() error { return new(eldercare.Roster).Add(el) },
		"columns to no roster":     func() error { return new(eldercare.Roster).AppendColumns(1, nil) },
		"a roster of no ruleset":   func() error { return roster.New(nil).Add(el) },
	} {
		if err := call(); err == nil {
			t.Errorf("%s: no error", note)
		}
	}
	if d := must(list.Decide(ctx))(t); d.At(-1) != nil || d.At(0) != nil {
		t.Error("there is a decision of a row that is not there")
	}
	if name := (&eldercare.Explanation{Service: "old-age-allowance"}).Name("zh"); name != "old-age-allowance" {
		t.Errorf("without a list, the service is called %q, not by its id", name)
	}
}

// No function of the packages that others import panics where there are no rules, lists or
// registers. It returns a CallError, or says nothing.
func TestNothingDoesNotPanic(t *testing.T) {
	ctx := t.Context()
	rules := rulesOn(t, engine(), "huojia", today)
	source := must(register.CSV{}.Open(ctx, strings.NewReader("age\n80\n"), ""))(t)
	r := must(register.New(rules, source, register.Options{}))(t)
	profile := must(rules.Encode(eldercare.Elder{"age": 80}))(t)
	decision := must(rules.Decide(ctx, &profile))(t)
	var none context.Context
	for _, no := range []*eldercare.Ruleset{nil, {}} {
		for note, call := range map[string]func() error{
			"diff.Compare of nothing":         func() error { _, err := diff.Compare(ctx, no, rules); return err },
			"diff.Compare with nothing":       func() error { _, err := diff.Compare(ctx, rules, no); return err },
			"diff.Compare without context":    func() error { _, err := diff.Compare(none, rules, rules); return err },
			"diff.Both":                       func() error { _, _, err := diff.Both(ctx, no, rules); return err },
			"diff.Aligned":                    func() error { _, _, err := diff.Aligned(ctx, rules, no); return err },
			"register.New":                    func() error { _, err := register.New(no, source, register.Options{}); return err },
			"register.New of no source":       func() error { _, err := register.New(rules, nil, register.Options{}); return err },
			"Register.Answer of no register":  func() error { _, err := new(register.Register).Answer(ctx, nil, nil); return err },
			"Register.Answer without context": func() error { _, err := r.Answer(none, nil, nil); return err },
			"Register.Answer to nowhere":      func() error { _, err := r.Answer(ctx, nil, nil); return err },
			"summary.New":                     func() error { _, err := summary.New(no, r, summary.Options{}); return err },
			"summary.New of no register":      func() error { _, err := summary.New(rules, nil, summary.Options{}); return err },
			"simulate.New from nothing":       func() error { _, err := simulate.New(ctx, no, rules, r, simulate.Options{}); return err },
			"simulate.New to nothing":         func() error { _, err := simulate.New(ctx, rules, no, r, simulate.Options{}); return err },
			"simulate.New of no register":     func() error { _, err := simulate.New(ctx, rules, rules, nil, simulate.Options{}); return err },
			"synth.New":                       func() error { _, err := synth.New(nil, synth.Options{}); return err },
			"synth.For":                       func() error { _, err := synth.For(no, synth.Options{}); return err },
			"elder.NewSpace":                  func() error { _, err := elder.NewSpace(nil); return err },
			"check.Verify":                    func() error { _, err := check.Verify(ctx, no, rules, &eldercare.Report{}); return err },
			"check.Verify of no report":       func() error { _, err := check.Verify(ctx, rules, rules, nil); return err },
			"check.Gone":                      func() error { _, err := check.Gone(ctx, no); return err },
			"Checker.At":                      func() error { _, err := new(check.Checker).At(ctx, no, rules); return err },
			"sql.New":                         func() error { _, err := sql.New(ctx, no, sql.Options{Dialect: sql.SQLite}); return err },
			"site.New":                        func() error { _, err := site.New(ctx, site.Lists{}); return err },
			"timeline.Project": func() error {
				_, err := timeline.Project(ctx, nil, nil, eldercare.Month{}, eldercare.Month{})
				return err
			},
			"explain.Explain":         func() error { _, err := explain.Explain(ctx, nil, no, timeline.Claim{}); return err },
			"notice.New":              func() error { _, err := notice.New(ctx, nil, no, eldercare.Profile{}); return err },
			"interview.NextQuestions": func() error { _, err := interview.NextQuestions(ctx, no, eldercare.Profile{}); return err },
		} {
			if err := calm(t, note, call); !errors.As(err, new(eldercare.CallError)) {
				t.Errorf("%s: %v, want a CallError", note, err)
			}
		}
		for note, call := range map[string]func() bool{
			"diff.Comparable": func() bool { return !diff.Comparable(no, rules) && !diff.Comparable(rules, no) },
			"diff.Between": func() bool {
				return len(diff.Between(no, rules, &eldercare.Report{}, &eldercare.Report{}).Services) == 0
			},
			"diff.Between unchecked": func() bool { return len(diff.Between(rules, rules, nil, nil).Services) == 0 },
			"reading.New":            func() bool { return reading.New(nil) != nil },
			"check.Payments":         func() bool { return check.Payments(no, rules, "x") == nil && check.Payments(rules, no, "x") == nil },
			"lint.List":              func() bool { return lint.List(no, nil, nil) == nil },
			"lint.List below":        func() bool { return len(lint.List(rules, no, nil)) == len(lint.List(rules, nil, nil)) },
			"lint.Figures":           func() bool { return lint.Figures(no, nil) == nil },
			"lint.Reviews":           func() bool { return lint.Reviews(nil, eldercare.Date{}) == nil },
			"trace.List":             func() bool { return len(trace.List(nil, nil).Findings) == 0 },
			"timeline.PaidTotal":     func() bool { return len(timeline.PaidTotal(no, decision, nil).Open) == 0 },
			"timeline.PaidTotal of no decision": func() bool {
				return timeline.PaidTotal(rules, nil, nil).Value == eldercare.Decimal{}
			},
			"timeline.PaidTotal of nothing suspended": func() bool {
				return timeline.PaidTotal(rules, decision, nil).Value == decision.MonthlyCNY.Value
			},
			"timeline.SuspensionOf": func() bool {
				return timeline.SuspensionOf(no, eldercare.Profile{}, &eldercare.Payment{Suspended: []string{"x"}}).Suspended == nil
			},
			"timeline.PaymentOf":    func() bool { return timeline.PaymentOf(no, "x", "") == nil },
			"timeline.Scheduled":    func() bool { return timeline.Scheduled(no, "x") == nil },
			"timeline.AgeAttribute": func() bool { return timeline.AgeAttribute(nil) == -1 },
			"timeline.Aged":         func() bool { _, ok := timeline.Aged(nil, eldercare.Profile{}, eldercare.Date{}); return ok },
			"roster.New":            func() bool { return roster.New(no).Add(eldercare.Elder{}) != nil },
		} {
			if calm(t, note, func() error {
				if !call() {
					t.Errorf("%s says something", note)
				}
				return nil
			}) != nil {
				t.Errorf("%s fails", note)
			}
		}
	}
}

// calm calls a function, and reports its panic.
func calm(t *testing.T, note string, call func() error) error {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s panics: %v", note, r)
		}
	}()
	return call()
}
