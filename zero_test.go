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
	"Amendment":                reflect.TypeFor[eldercare.Amendment](),
	"AmendmentKind":            reflect.TypeFor[eldercare.AmendmentKind](),
	"Answer":                   reflect.TypeFor[eldercare.Answer](),
	"Arrival":                  reflect.TypeFor[eldercare.Arrival](),
	"AttributeType":            reflect.TypeFor[eldercare.AttributeType](),
	"Basis":                    reflect.TypeFor[eldercare.Basis](),
	"BindError":                reflect.TypeFor[eldercare.BindError](),
	"BindProblem":              reflect.TypeFor[eldercare.BindProblem](),
	"Binding":                  reflect.TypeFor[eldercare.Binding[struct{}]](),
	"Bound":                    reflect.TypeFor[eldercare.Bound](),
	"Bundle":                   reflect.TypeFor[eldercare.Bundle](),
	"CallError":                reflect.TypeFor[eldercare.CallError](),
	"Catalog":                  reflect.TypeFor[eldercare.Catalog](),
	"Change":                   reflect.TypeFor[eldercare.Change](),
	"ChangeCause":              reflect.TypeFor[eldercare.ChangeCause](),
	"ChangeKind":               reflect.TypeFor[eldercare.ChangeKind](),
	"Citation":                 reflect.TypeFor[eldercare.Citation](),
	"CodedError":               reflect.TypeFor[eldercare.CodedError](),
	"Citations":                reflect.TypeFor[eldercare.Citations](),
	"Claim":                    reflect.TypeFor[eldercare.Claim](),
	"Condition":                reflect.TypeFor[eldercare.Condition](),
	"ConditionRange":           reflect.TypeFor[eldercare.ConditionRange](),
	"ConditionStatus":          reflect.TypeFor[eldercare.ConditionStatus](),
	"ConditionValues":          reflect.TypeFor[eldercare.ConditionValues](),
	"Course":                   reflect.TypeFor[eldercare.Course](),
	"Coverage":                 reflect.TypeFor[eldercare.Coverage](),
	"CoverageCase":             reflect.TypeFor[eldercare.CoverageCase](),
	"CoverageGap":              reflect.TypeFor[eldercare.CoverageGap](),
	"Date":                     reflect.TypeFor[eldercare.Date](),
	"DateError":                reflect.TypeFor[eldercare.DateError](),
	"DayOption":                reflect.TypeFor[eldercare.DayOption](),
	"Decimal":                  reflect.TypeFor[eldercare.Decimal](),
	"Decision":                 reflect.TypeFor[eldercare.Decision](),
	"Denial":                   reflect.TypeFor[eldercare.Denial](),
	"Diagnostic":               reflect.TypeFor[eldercare.Diagnostic](),
	"Diagnostics":              reflect.TypeFor[eldercare.Diagnostics](),
	"Diff":                     reflect.TypeFor[eldercare.Diff](),
	"DiffAmount":               reflect.TypeFor[eldercare.DiffAmount](),
	"DiffRoster":               reflect.TypeFor[eldercare.DiffRoster](),
	"DiffService":              reflect.TypeFor[eldercare.DiffService](),
	"DiffSide":                 reflect.TypeFor[eldercare.DiffSide](),
	"DiffTogether":             reflect.TypeFor[eldercare.DiffTogether](),
	"Difference":               reflect.TypeFor[eldercare.Difference](),
	"Document":                 reflect.TypeFor[eldercare.Document](),
	"Elder":                    reflect.TypeFor[eldercare.Elder](),
	"Engine":                   reflect.TypeFor[eldercare.Engine](),
	"Entitlement":              reflect.TypeFor[eldercare.Entitlement](),
	"EvaluationError":          reflect.TypeFor[eldercare.EvaluationError](),
	"ExplainedAmount":          reflect.TypeFor[eldercare.ExplainedAmount](),
	"ExplainedBranch":          reflect.TypeFor[eldercare.ExplainedBranch](),
	"ExplainedChoice":          reflect.TypeFor[eldercare.ExplainedChoice](),
	"ExplainedClause":          reflect.TypeFor[eldercare.ExplainedClause](),
	"ExplainedLayer":           reflect.TypeFor[eldercare.ExplainedLayer](),
	"ExplainedOffer":           reflect.TypeFor[eldercare.ExplainedOffer](),
	"ExplainedOpaque":          reflect.TypeFor[eldercare.ExplainedOpaque](),
	"ExplainedParameter":       reflect.TypeFor[eldercare.ExplainedParameter](),
	"ExplainedProduct":         reflect.TypeFor[eldercare.ExplainedProduct](),
	"ExplainedReading":         reflect.TypeFor[eldercare.ExplainedReading](),
	"ExplainedSource":          reflect.TypeFor[eldercare.ExplainedSource](),
	"Explanation":              reflect.TypeFor[eldercare.Explanation](),
	"Finding":                  reflect.TypeFor[eldercare.Finding](),
	"FindingKind":              reflect.TypeFor[eldercare.FindingKind](),
	"GapKind":                  reflect.TypeFor[eldercare.GapKind](),
	"Granted":                  reflect.TypeFor[eldercare.Granted](),
	"InheritedClause":          reflect.TypeFor[eldercare.InheritedClause](),
	"InputError":               reflect.TypeFor[eldercare.InputError](),
	"InputType":                reflect.TypeFor[eldercare.InputType](),
	"Jurisdiction":             reflect.TypeFor[eldercare.Jurisdiction](),
	"Level":                    reflect.TypeFor[eldercare.Level](),
	"Limits":                   reflect.TypeFor[eldercare.Limits](),
	"LintFinding":              reflect.TypeFor[eldercare.LintFinding](),
	"List":                     reflect.TypeFor[eldercare.List](),
	"Listing":                  reflect.TypeFor[eldercare.Listing](),
	"MeasureKind":              reflect.TypeFor[eldercare.MeasureKind](),
	"Method":                   reflect.TypeFor[eldercare.Method](),
	"Month":                    reflect.TypeFor[eldercare.Month](),
	"MonthError":               reflect.TypeFor[eldercare.MonthError](),
	"NotAdded":                 reflect.TypeFor[eldercare.NotAdded](),
	"NotComparableError":       reflect.TypeFor[eldercare.NotComparableError](),
	"NotInForceError":          reflect.TypeFor[eldercare.NotInForceError](),
	"NotListedError":           reflect.TypeFor[eldercare.NotListedError](),
	"Notice":                   reflect.TypeFor[eldercare.Notice](),
	"NoticeItem":               reflect.TypeFor[eldercare.NoticeItem](),
	"NoticeMeasure":            reflect.TypeFor[eldercare.NoticeMeasure](),
	"Offer":                    reflect.TypeFor[eldercare.Offer](),
	"OfferPayment":             reflect.TypeFor[eldercare.OfferPayment](),
	"OfferReading":             reflect.TypeFor[eldercare.OfferReading](),
	"OpaqueRule":               reflect.TypeFor[eldercare.OpaqueRule](),
	"PaidFrom":                 reflect.TypeFor[eldercare.PaidFrom](),
	"PaidUntil":                reflect.TypeFor[eldercare.PaidUntil](),
	"Parameter":                reflect.TypeFor[eldercare.Parameter](),
	"Payment":                  reflect.TypeFor[eldercare.Payment](),
	"PaymentPart":              reflect.TypeFor[eldercare.PaymentPart](),
	"Per":                      reflect.TypeFor[eldercare.Per](),
	"Permitted":                reflect.TypeFor[eldercare.Permitted](),
	"Position":                 reflect.TypeFor[eldercare.Position](),
	"Possibility":              reflect.TypeFor[eldercare.Possibility](),
	"Problem":                  reflect.TypeFor[eldercare.Problem](),
	"Profile":                  reflect.TypeFor[eldercare.Profile](),
	"ProfileError":             reflect.TypeFor[eldercare.ProfileError](),
	"Promise":                  reflect.TypeFor[eldercare.Promise](),
	"Question":                 reflect.TypeFor[eldercare.Question](),
	"QuestionInput":            reflect.TypeFor[eldercare.QuestionInput](),
	"QuestionValue":            reflect.TypeFor[eldercare.QuestionValue](),
	"Relation":                 reflect.TypeFor[eldercare.Relation](),
	"Replacement":              reflect.TypeFor[eldercare.Replacement](),
	"Report":                   reflect.TypeFor[eldercare.Report](),
	"Roster":                   reflect.TypeFor[eldercare.Roster](),
	"RosterCash":               reflect.TypeFor[eldercare.RosterCash](),
	"RosterDecisions":          reflect.TypeFor[eldercare.RosterDecisions](),
	"RosterService":            reflect.TypeFor[eldercare.RosterService](),
	"RosterTotals":             reflect.TypeFor[eldercare.RosterTotals](),
	"RowError":                 reflect.TypeFor[eldercare.RowError](),
	"Ruleset":                  reflect.TypeFor[eldercare.Ruleset](),
	"Service":                  reflect.TypeFor[eldercare.Service](),
	"Severity":                 reflect.TypeFor[eldercare.Severity](),
	"Share":                    reflect.TypeFor[eldercare.Share](),
	"Standing":                 reflect.TypeFor[eldercare.Standing](),
	"Suspension":               reflect.TypeFor[eldercare.Suspension](),
	"TestDifference":           reflect.TypeFor[eldercare.TestDifference](),
	"TestKind":                 reflect.TypeFor[eldercare.TestKind](),
	"TestReport":               reflect.TypeFor[eldercare.TestReport](),
	"TestResult":               reflect.TypeFor[eldercare.TestResult](),
	"Timeline":                 reflect.TypeFor[eldercare.Timeline](),
	"TimelineAfter":            reflect.TypeFor[eldercare.TimelineAfter](),
	"TimelineBefore":           reflect.TypeFor[eldercare.TimelineBefore](),
	"TimelineMonth":            reflect.TypeFor[eldercare.TimelineMonth](),
	"TimelinePayment":          reflect.TypeFor[eldercare.TimelinePayment](),
	"Total":                    reflect.TypeFor[eldercare.Total](),
	"TraceFinding":             reflect.TypeFor[eldercare.TraceFinding](),
	"TraceReport":              reflect.TypeFor[eldercare.TraceReport](),
	"TraceText":                reflect.TypeFor[eldercare.TraceText](),
	"Unit":                     reflect.TypeFor[eldercare.Unit](),
	"UnknownJurisdictionError": reflect.TypeFor[eldercare.UnknownJurisdictionError](),
	"Unsettled":                reflect.TypeFor[eldercare.Unsettled](),
	"Vocabulary":               reflect.TypeFor[eldercare.Vocabulary](),
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

// unnamed says of types that a program can reach why it need not name them.
var unnamed = map[string]string{
	"decide.Award":   "Ruleset.Service returns it for packages of this module; Decision is for programs",
	"elder.Cells":    "Profile.Cells returns it for packages of this module; Elder is for programs",
	"explain.Number": "it is a big.Rat, which a program passes on",
	"page.Page":      "diff.HTML and diff.Markdown write it",
	"page.Table":     "it is a part of a page.Page",
	"ruleset.Oracle": "it is the reference for tests; PlainOPA is for programs",
	"words.Style":    "package words has its two values, English and Chinese",
}

// partsOfLists are the types of package policy that a program reaches through the fields of a list
// or a vocabulary. A program that passes them on imports package policy.
var partsOfLists = map[string]bool{
	"Acceptance": true, "AskedOf": true, "Attribute": true, "ChooseHigher": true, "DatedValue": true, "EnumValue": true, "Exclusion": true,
	"Given": true, "Gives": true, "Input": true, "Measure": true, "Member": true, "Omission": true, "Reading": true, "ServiceName": true,
	"ServiceType": true,
}

// Every type that a program meets in the functions, methods and fields of the interface has a name
// there, but for those above and those of internal packages.
func TestReachableTypesAreExported(t *testing.T) {
	named, met := map[reflect.Type]bool{}, reach{}
	for _, of := range exported {
		named[of] = true
		met.visit(of, false)
	}
	for _, f := range []any{eldercare.LoadVocabulary, eldercare.LoadCatalog} {
		met.visit(reflect.TypeOf(f), false)
	}
	var excused []string
	for of := range met {
		path, known := strings.CutPrefix(of.PkgPath(), "github.com/basic-eldercare/eldercare/")
		switch {
		case named[of] || !known || strings.Contains(path, "internal/"):
		case path == "policy" && partsOfLists[of.Name()], unnamed[of.String()] != "":
			excused = append(excused, of.String())
		default:
			t.Errorf("%s has no name in the interface", of)
		}
	}
	if len(excused) != len(unnamed)+len(partsOfLists) {
		slices.Sort(excused)
		t.Errorf("some exceptions are not needed; these are: %v", excused)
	}
}

// reach is the set of types that are met.
type reach map[reflect.Type]bool

// visit walks over a type, its parts and its methods. It does not look into internal packages,
// nor into types that a program need not name.
// Whoever embeds a type has its fields and methods, and need not name it.
func (r reach) visit(of reflect.Type, embedded bool) {
	if r[of] || strings.Contains(of.PkgPath(), "/internal/") {
		return
	}
	if !embedded {
		r[of] = true
	}
	if unnamed[of.String()] != "" {
		return
	}
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		r.visit(of.Elem(), embedded)
	case reflect.Map:
		r.visit(of.Key(), false)
		r.visit(of.Elem(), false)
	case reflect.Struct:
		for i := range of.NumField() {
			if f := of.Field(i); f.IsExported() {
				r.visit(f.Type, f.Anonymous)
			}
		}
	case reflect.Func:
		for i := range of.NumIn() {
			r.visit(of.In(i), false)
		}
		for i := range of.NumOut() {
			r.visit(of.Out(i), false)
		}
	}
	if !strings.HasPrefix(of.PkgPath(), "github.com/basic-eldercare/") || of.Kind() == reflect.Interface {
		return
	}
	pointer := reflect.PointerTo(of)
	for i := range pointer.NumMethod() {
		r.visit(pointer.Method(i).Type, false)
	}
}

// go doc shows an alias in one line, so the comment of each with methods of its own says where they
// are.
func TestAliasesNameTheirMethods(t *testing.T) {
	usual := []string{"Error", "Unwrap", "String", "MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText"}
	file := must(parser.ParseFile(token.NewFileSet(), "types.go", nil, parser.ParseComments))(t)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, isType := n.(*ast.TypeSpec)
		if !isType {
			return true
		}
		of, tried := exported[spec.Name.Name]
		if !tried { // the test above says so
			return false
		}
		pointer := reflect.PointerTo(of)
		for i := range pointer.NumMethod() {
			if slices.Contains(usual, pointer.Method(i).Name) || strings.Contains(of.PkgPath(), "/internal/") {
				continue
			}
			if place := "go doc " + of.PkgPath() + "." + of.Name(); !strings.Contains(spec.Doc.Text(), place+"\n") {
				t.Errorf("the comment of %s does not end in %q", spec.Name.Name, place)
			}
			break
		}
		return false
	})
}

// The interface has all words of each of its types that are words, and all codes of findings.
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
			code := !typed && (file.Name.Name == "lint" || file.Name.Name == "trace") && spec.(*ast.ValueSpec).Names[0].IsExported()
			if !code && (!typed || !exported[file.Name.Name+"."+of.Name]) {
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

// data holds the names of the types of loaded lists, which a program gets whole from an engine.
var data = map[string]bool{
	"Catalog": true, "List": true, "Parameter": true, "Service": true, "Share": true, "TraceText": true, "Vocabulary": true,
}

// No method of any other exported type panics on a zero value or a nil pointer, whatever is nil or
// zero among its arguments.
func TestZeroValuesDoNotPanic(t *testing.T) {
	for name, of := range exported {
		if data[name] {
			continue
		}
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
