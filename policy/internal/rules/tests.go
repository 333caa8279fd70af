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

// testBounds bound what a test may use: the time of each, and by how many bytes the heap may grow
// while tests run. See [Limits] for what they do not bound.
type testBounds struct {
	time   time.Duration
	memory uint64
}

// defaultTestTime is how long a test may take.
const defaultTestTime = 10 * time.Second

// RunTests runs the tests of those files that end in _test.rego of which wanted says so, by the
// name of their folder and their path. The error is [policy.Diagnostics] when one of the files is
// no Rego, does not compile or holds no test, or a test takes too much memory, and that of ctx when
// it ends. A test may call what rules may, and no more.
func RunTests(ctx context.Context, files *source.Files, catalog *policy.Catalog, limits Limits, wanted func(folder, path string) bool) ([]Test, error) {
	l := newLoader(files, catalog)
	modules, testing := l.withTests(wanted)
	if len(testing) == 0 {
		return nil, l.diags.Err()
	}
	compiler := bounding(ast.NewCompiler().WithStrict(true).WithCapabilities(ofBundle()), ofRegoTests).SetErrorLimit(0)
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
	return runTests(ctx, modules, testBounds{defaultTestTime, limits.orDefault().Memory})
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

// runTests runs the tests of modules that compile, one by one. They come by file and line.
func runTests(ctx context.Context, modules map[string]*ast.Module, bounds testBounds) ([]Test, error) {
	compiler := ast.NewCompiler().WithCapabilities(ofBundle()).WithEnablePrintStatements(false)
	store := inmem.NewFromObject(map[string]any{})
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go watchHeap(ctx, bounds.memory, stop)
	var tests []Test
	err := storage.Txn(ctx, store, storage.TransactionParams{}, func(txn storage.Transaction) error {
		runner := tester.NewRunner().SetCompiler(compiler).SetStore(store).SetModules(modules).RaiseBuiltinErrors(true).
			SetTimeout(bounds.time).SetParallel(1).SetRuntime(ofTests)
		results, err := runner.RunTests(ctx, txn)
		if err != nil {
			return err
		}
		var last, over *tester.Result
		for r := range results {
			last = r
			if over == nil && isStopped(r) && errors.Is(context.Cause(ctx), errMemory) {
				over = r
			}
			tests = append(tests, Test{Name: nameOf(r), Failed: failed(r, bounds.time), Pos: position(r.Location)})
		}
		if last != nil && errors.Is(context.Cause(ctx), errMemory) {
			return overMemory(cmp.Or(over, last), bounds.memory)
		}
		return ctx.Err()
	})
	slices.SortFunc(tests, func(a, b Test) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Name, b.Name))
	})
	return tests, err
}

// errMemory is why tests are stopped that take too much memory.
var errMemory = errors.New("too much memory")

// watchHeap stops with [errMemory] when the heap grows by more than a number of bytes, and returns
// when ctx ends.
func watchHeap(ctx context.Context, most uint64, stop context.CancelCauseFunc) {
	tick := time.NewTicker(timeBetweenLooks)
	defer tick.Stop()
	for before := heapInUse(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if heapInUse() > before+most {
				stop(errMemory)
				return
			}
		}
	}
}

// overMemory names the test in which the memory was too much.
func overMemory(r *tester.Result, most uint64) error {
	var wrong policy.Diagnostics
	wrong.Errorf("limit", position(r.Location), "iterate over fewer things, and make no long texts",
		"%s takes more than %d MiB of memory; the tests behind it were not run", nameOf(r), most>>20)
	return wrong
}

func nameOf(r *tester.Result) string { return strings.TrimPrefix(r.Package, "data.") + "." + r.Name }

// isStopped reports whether a test was stopped before its end.
func isStopped(r *tester.Result) bool {
	stopped := new(topdown.Error)
	return errors.As(r.Error, &stopped) && stopped.Code == topdown.CancelErr
}

// failed says why a test did not pass.
func failed(r *tester.Result, most time.Duration) string {
	var sub []string
	for names, s := range r.SubResults.Iter {
		if s.Fail && len(s.SubResults) == 0 {
			sub = append(sub, strings.Join(names, "/"))
		}
	}
	switch {
	case r.Pass():
		return ""
	case r.Skip:
		return "the test is left out by its name; call it test_…, or remove it"
	case isStopped(r):
		return fmt.Sprintf("the test takes longer than %s; iterate over fewer things", most)
	case r.Error != nil:
		return "the test ends in an error: " + r.Error.Error()
	case len(sub) > 0:
		return "it does not hold for " + strings.Join(sub, ", ")
	}
	return "a condition of the test does not hold"
}
