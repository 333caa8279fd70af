package rego_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
)

// allRego returns the files of rego/ and of the invented lists, with their contents.
func allRego(t *testing.T) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for _, dir := range append([]string{"."}, invented...) {
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
		if slices.ContainsFunc(invented, func(dir string) bool { return strings.HasPrefix(name, dir) }) {
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

// invented are where the rules of lists stand that tests lay over ours; their cases test them.
var invented = []string{"../policy/source/testdata/layers/rego", "../examples/lists/rego", "../examples/undercut/rego"}
