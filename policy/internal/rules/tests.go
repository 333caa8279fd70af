package rules

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// Test is a test written in Rego, with what came of it.
type Test struct {
	Name   string // package and rule
	Failed string // why it did not pass; empty when it did
	Pos    policy.Position
}

// testTimeout bounds a single test.
const testTimeout = 10 * time.Second

// RunTests runs the tests of those files that end in _test.rego of which wanted says so, by the
// name of their folder and their path. The error is [policy.Diagnostics] when one of the files is
// no Rego, does not compile or holds no test, and that of ctx when it ends. A test may call what
// rules may, and no more.
func RunTests(ctx context.Context, files *source.Files, catalog *policy.Catalog, wanted func(folder, path string) bool) ([]Test, error) {
	l := newLoader(files, catalog)
	modules, testing := l.withTests(wanted)
	if len(testing) == 0 {
		return nil, l.diags.Err()
	}
	compiler := ast.NewCompiler().WithStrict(true).WithCapabilities(ofBundle()).SetErrorLimit(0)
	compiler.Compile(modules)
	for _, e := range compiler.Errors {
		if e.Location == nil || testing[e.Location.File] { // what is wrong with rules, loading says
			l.add(l.diagnostic(e))
		}
	}
	for file := range testing {
		if !slices.ContainsFunc(modules[file].Rules, isTest) {
			l.errorf("no-tests", policy.Position{File: file, Line: 1, Column: 1}, "write rules whose names begin with test_, or remove the file", "the file holds no test")
		}
	}
	if err := l.diags.Err(); err != nil {
		return nil, err
	}
	if compiler.Failed() {
		return nil, compiler.Errors
	}
	return runTests(ctx, modules)
}

// withTests parses all rules, and the tests wanted, whose files it marks.
func (l *loader) withTests(wanted func(folder, path string) bool) (modules map[string]*ast.Module, testing map[string]bool) {
	modules, testing = map[string]*ast.Module{}, map[string]bool{}
	for _, f := range l.files.Rego() {
		isTests := strings.HasSuffix(f.Path, "_test.rego")
		if isTests && !wanted(f.Folder, f.Path) {
			continue
		}
		content, err := l.files.ReadRego(f)
		if err != nil {
			l.errorf("unreadable", policy.Position{File: f.Display, Line: 1, Column: 1}, "put a file there that can be read", "cannot be read: %v", cause(err))
			continue
		}
		m, err := ast.ParseModuleWithOpts(f.Display, string(content), ast.ParserOptions{ProcessAnnotation: true, Capabilities: ofBundle()})
		switch {
		case err == nil:
			modules[f.Display], testing[f.Display] = m, isTests
		case isTests:
			l.report(err, f.Display)
		}
	}
	maps.DeleteFunc(testing, func(_ string, is bool) bool { return !is })
	return modules, testing
}

// isTest reports whether a rule is a test, be it one that OPA would leave out.
func isTest(r *ast.Rule) bool {
	name := r.Head.Ref()[0].Value.String()
	return strings.HasPrefix(name, tester.TestPrefix) || strings.HasPrefix(name, tester.SkipTestPrefix)
}

// runTests runs the tests of modules that compile. They come by file and line.
func runTests(ctx context.Context, modules map[string]*ast.Module) ([]Test, error) {
	compiler := ast.NewCompiler().WithCapabilities(ofBundle()).WithEnablePrintStatements(false)
	store := inmem.NewFromObject(map[string]any{})
	var tests []Test
	err := storage.Txn(ctx, store, storage.TransactionParams{}, func(txn storage.Transaction) error {
		runner := tester.NewRunner().SetCompiler(compiler).SetStore(store).SetModules(modules).RaiseBuiltinErrors(true).SetTimeout(testTimeout)
		results, err := runner.RunTests(ctx, txn)
		if err != nil {
			return err
		}
		for r := range results {
			tests = append(tests, Test{Name: strings.TrimPrefix(r.Package, "data.") + "." + r.Name, Failed: failed(r), Pos: position(r.Location)})
		}
		return ctx.Err()
	})
	slices.SortFunc(tests, func(a, b Test) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Name, b.Name))
	})
	return tests, err
}

// failed says why a test did not pass.
func failed(r *tester.Result) string {
	var sub []string
	for names, s := range r.SubResults.Iter {
		if s.Fail && len(s.SubResults) == 0 {
			sub = append(sub, strings.Join(names, "/"))
		}
	}
	switch stopped := new(topdown.Error); {
	case r.Pass():
		return ""
	case r.Skip:
		return "the test is left out by its name; call it test_…, or remove it"
	case errors.As(r.Error, &stopped) && stopped.Code == topdown.CancelErr:
		return fmt.Sprintf("the test takes longer than %s", testTimeout)
	case r.Error != nil:
		return "the test ends in an error: " + r.Error.Error()
	case len(sub) > 0:
		return "it does not hold for " + strings.Join(sub, ", ")
	}
	return "a condition of the test does not hold"
}
