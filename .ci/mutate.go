//go:build ignore

// Mutate breaks a package on purpose, in one place at a time, and prints the mutants that no test
// notices:
//
//	go run .ci/mutate.go [-n 50] [-seed 1] [-with PACKAGE,PACKAGE] PACKAGE
//
// All mutants are compiled into one test binary, and a variable of the environment switches on one
// of them. Tests run in their short form, and only those that reach the mutant. They are the
// package's own tests, and those of the packages named by -with. No file of the tree is changed.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// support holds the functions that mutants call, in a file of its own in the mutated package.
const support = `
import (
	"cmp"
	"os"
	"strconv"
	"sync"
)

var mutant, _ = strconv.Atoi(os.Getenv("MUTANT"))
var mutantsReached sync.Map

func mutated(n int) bool {
	if file := os.Getenv("MUTANTS_REACHED"); mutant == 0 && file != "" {
		if _, before := mutantsReached.LoadOrStore(n, true); !before {
			f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err == nil {
				f.WriteString(strconv.Itoa(n) + "\n")
				f.Close()
			}
		}
	}
	return mutant == n
}

func mutantMore(n int) int {
	if mutated(n) {
		return 1
	}
	return 0
}

func mutantLess[T cmp.Ordered](n int, a, b T) bool         { return a < b || mutated(n) && a == b }
func mutantLessOrEqual[T cmp.Ordered](n int, a, b T) bool  { return a < b || !mutated(n) && a == b }
func mutantAnd(n int, a bool, b func() bool) bool {
	if mutated(n) {
		return a || b()
	}
	return a && b()
}
func mutantOr(n int, a bool, b func() bool) bool {
	if mutated(n) {
		return a && b()
	}
	return a || b()
}
func mutantPlus[T ~int | ~int64 | ~uint8 | ~uint64 | ~float64](n int, a, b T) T {
	if mutated(n) {
		return a - b
	}
	return a + b
}
func mutantMinus[T ~int | ~int64 | ~uint8 | ~uint64 | ~float64](n int, a, b T) T {
	if mutated(n) {
		return a + b
	}
	return a - b
}
`

// site is a place that can be broken.
type site struct {
	number int
	at     token.Position
	how    string
	tests  []test // tests that reach the site
}

// test is one test function, and how long it takes.
type test struct {
	binary, dir, name string
	takes             time.Duration
}

// edit puts a text into a file in place of what stands there, for a length.
type edit struct {
	offset, length int
	text           string
	opens          bool // it stands before what begins there
}

func main() {
	most := flag.Int("n", 50, "how many mutants are tried, taken at random")
	seed := flag.Uint64("seed", 1, "the seed of the random choice")
	with := flag.String("with", "", "packages whose tests are run too, separated by commas")
	limit := flag.Duration("limit", time.Minute, "how long the tests of one mutant may take: then it counts as noticed")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	packages := []string{flag.Arg(0)}
	if *with != "" {
		packages = append(packages, strings.Split(*with, ",")...)
	}
	if err := run(packages, *most, *seed, *limit); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(packages []string, most int, seed uint64, limit time.Duration) error {
	tmp, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	sites, overlay, err := mutate(packages[0], tmp)
	if err != nil {
		return err
	}
	if err := reach(sites, packages, overlay, tmp); err != nil {
		return err
	}
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(sites), func(i, j int) { sites[i], sites[j] = sites[j], sites[i] })
	tried := sites[:min(most, len(sites))]
	slices.SortFunc(tried, func(a, b site) int { return a.number - b.number })
	survivors := 0
	for _, s := range tried {
		if noticed(s, limit) {
			continue
		}
		survivors++
		reached := ""
		if len(s.tests) == 0 {
			reached = " (no test comes here)"
		}
		fmt.Printf("%s:%d:%d: %s%s\n\t%s\n", s.at.Filename, s.at.Line, s.at.Column, s.how, reached, lineOf(s.at))
	}
	fmt.Printf("%s: %d of %d mutants tried, %d survive\n", packages[0], len(tried), len(sites), survivors)
	return nil
}

func lineOf(at token.Position) string {
	content, _ := os.ReadFile(at.Filename)
	return strings.TrimSpace(strings.Split(string(content), "\n")[at.Line-1])
}

// mutate writes the broken package and returns the overlay with which it is built.
func mutate(name, tmp string) ([]site, string, error) {
	var listed struct {
		Dir, Name string
		GoFiles   []string
	}
	if err := list(&listed, "-json=Dir,Name,GoFiles", name); err != nil {
		return nil, "", err
	}
	m := mutator{fset: token.NewFileSet(), edits: map[string][]edit{}}
	m.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	var files []*ast.File
	for _, file := range listed.GoFiles {
		f, err := parser.ParseFile(m.fset, filepath.Join(listed.Dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, "", err
		}
		files = append(files, f)
	}
	imports, err := exports(name, m.fset)
	if err != nil {
		return nil, "", err
	}
	if _, err := (&types.Config{Importer: imports}).Check(name, m.fset, files, m.info); err != nil {
		return nil, "", err
	}
	for _, f := range files {
		m.file(f)
	}
	replace := map[string]string{}
	for file, edits := range m.edits {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, "", err
		}
		replace[file] = filepath.Join(tmp, filepath.Base(file))
		if err := os.WriteFile(replace[file], edited(content, edits), 0o600); err != nil {
			return nil, "", err
		}
	}
	extra := filepath.Join(tmp, "mutants_support.go")
	replace[filepath.Join(listed.Dir, "mutants_support.go")] = extra
	if err := os.WriteFile(extra, []byte("package "+listed.Name+support), 0o600); err != nil {
		return nil, "", err
	}
	overlay := filepath.Join(tmp, "overlay.json")
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, "", err
	}
	return m.sites, overlay, os.WriteFile(overlay, content, 0o600)
}

func list(into any, arguments ...string) error {
	out, err := exec.Command("go", append([]string{"list"}, arguments...)...).Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	return json.Unmarshal(out, into)
}

// exports imports what the package imports, as the compiler has left it.
func exports(name string, fset *token.FileSet) (types.Importer, error) {
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", name).Output()
	if err != nil {
		return nil, fmt.Errorf("go list -export: %w", err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		files[path] = file
	}
	return importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }), nil
}

// edited returns a file with the edits made. At one offset, what ends there comes before what
// begins there.
func edited(content []byte, edits []edit) []byte {
	slices.SortStableFunc(edits, func(a, b edit) int {
		if a.offset != b.offset || a.opens == b.opens {
			return a.offset - b.offset
		}
		if b.opens {
			return -1
		}
		return 1
	})
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(content[at:e.offset])
		out.WriteString(e.text)
		at = e.offset + e.length
	}
	out.Write(content[at:])
	return out.Bytes()
}

// mutator finds what can be broken.
type mutator struct {
	fset  *token.FileSet
	info  *types.Info
	edits map[string][]edit
	sites []site
}

// file breaks what can be broken in a file. Outer nodes come first: their opening text stands
// before that of inner nodes. Their closing text must stand after that of inner nodes, so it is put
// in front of what is there.
func (m *mutator) file(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			return n.Tok == token.VAR
		case *ast.ArrayType:
			return false
		case *ast.KeyValueExpr:
			if _, constant := n.Key.(*ast.BasicLit); constant {
				return false
			}
		case *ast.BlockStmt:
			m.statements(n.List)
		case *ast.CaseClause:
			m.statements(n.Body)
		case *ast.IfStmt:
			if b, ok := n.Cond.(*ast.BinaryExpr); !ok || b.Op != token.EQL && b.Op != token.NEQ {
				m.wrap(n.Cond, "the condition is negated", "mutated(%d) != (", ")")
			}
		case *ast.BinaryExpr:
			return m.binary(n)
		case *ast.Ident:
			if v, ok := m.info.Types[n]; ok && v.Value != nil && (n.Name == "true" || n.Name == "false") {
				m.wrap(n, "it is the contrary", "(mutated(%d) != (", "))")
			}
		case *ast.BasicLit:
			if t, ok := m.info.Types[n]; ok && n.Kind == token.INT && t.Type == types.Typ[types.Int] {
				m.wrap(n, "it is one more", "(mutantMore(%d) + ", ")")
			}
		}
		return true
	})
}

func (m *mutator) binary(b *ast.BinaryExpr) bool {
	if m.info.Types[b].Value != nil {
		return false // a constant
	}
	x := m.info.TypeOf(b.X).Underlying()
	basic, isBasic := x.(*types.Basic)
	call := func(function, how, between, end string) {
		m.wrap(b, fmt.Sprintf("%s is %s", b.Op, how), function+"(%d, ", end)
		m.put(b.OpPos, len(b.Op.String()), between, false)
	}
	switch b.Op {
	case token.EQL, token.NEQ:
		m.wrap(b, b.Op.String()+" is the contrary", "(mutated(%d) != (", "))")
	case token.LAND:
		call("mutantAnd", "||", ", func() bool { return (", ") })")
	case token.LOR:
		call("mutantOr", "&&", ", func() bool { return (", ") })")
	case token.LSS:
		call("mutantLess", "<=", ",", ")")
	case token.LEQ:
		call("mutantLessOrEqual", "<", ",", ")")
	case token.GTR:
		call("!mutantLessOrEqual", ">=", ",", ")")
	case token.GEQ:
		call("!mutantLess", ">", ",", ")")
	case token.ADD, token.SUB:
		if isBasic && slices.Contains([]types.BasicKind{types.Int, types.Int64, types.Uint8, types.Uint64, types.Float64}, basic.Kind()) {
			function, how := "mutantPlus", "-"
			if b.Op == token.SUB {
				function, how = "mutantMinus", "+"
			}
			call(function, how, ",", ")")
		}
	}
	return true
}

// statements drops statements, each by itself.
func (m *mutator) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue
			}
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok {
				if f, ok := call.Fun.(*ast.Ident); ok && f.Name == "panic" {
					continue
				}
			}
		case *ast.IncDecStmt:
		case *ast.BranchStmt:
			if s.Tok != token.CONTINUE && s.Tok != token.BREAK {
				continue
			}
		default:
			continue
		}
		m.wrap(s, "the statement is dropped", "if !mutated(%d) { ", " }")
	}
}

func (m *mutator) wrap(n ast.Node, how, before, after string) {
	number := len(m.sites) + 1
	at := m.fset.Position(n.Pos())
	if b, ok := n.(*ast.BinaryExpr); ok {
		at = m.fset.Position(b.OpPos)
	}
	m.sites = append(m.sites, site{number: number, at: at, how: how})
	m.put(n.Pos(), 0, fmt.Sprintf(before, number), true)
	m.put(n.End(), 0, after, false)
}

func (m *mutator) put(at token.Pos, length int, text string, opens bool) {
	p := m.fset.Position(at)
	e := edit{p.Offset, length, text, opens}
	if opens || length > 0 {
		m.edits[p.Filename] = append(m.edits[p.Filename], e)
		return
	}
	m.edits[p.Filename] = append([]edit{e}, m.edits[p.Filename]...)
}

// reach builds the tests and finds which of them reach which site.
func reach(sites []site, packages []string, overlay, tmp string) error {
	for i, name := range packages {
		var listed struct{ Dir string }
		if err := list(&listed, "-json=Dir", name); err != nil {
			return err
		}
		binary := filepath.Join(tmp, fmt.Sprintf("tests%d", i))
		build := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", binary, name)
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, out)
		}
		if _, err := os.Stat(binary); err != nil {
			continue // it has no tests
		}
		names := exec.Command(binary, "-test.list", "^(Test|Example)")
		names.Dir = listed.Dir
		out, err := names.Output()
		if err != nil {
			return err
		}
		for _, function := range strings.Fields(string(out)) {
			if err := reachedBy(sites, test{binary: binary, dir: listed.Dir, name: function}, tmp); err != nil {
				return err
			}
		}
	}
	for i := range sites {
		slices.SortFunc(sites[i].tests, func(a, b test) int { return int(a.takes - b.takes) })
	}
	return nil
}

func reachedBy(sites []site, t test, tmp string) error {
	file := filepath.Join(tmp, "reached")
	os.Remove(file)
	start := time.Now()
	if !t.passes(10*time.Minute, "MUTANTS_REACHED="+file) {
		return fmt.Errorf("%s fails without any mutant", t.name)
	}
	t.takes = time.Since(start)
	content, _ := os.ReadFile(file)
	for _, word := range strings.Fields(string(content)) {
		var n int
		if _, err := fmt.Sscan(word, &n); err != nil {
			return err
		}
		sites[n-1].tests = append(sites[n-1].tests, t)
	}
	return nil
}

// maxMemory is the most memory that a test of a mutant may use. A test that loops could fill the
// machine.
const maxMemory = 3 << 30

// passes runs the test. A test that takes too long or too much memory does not pass.
func (t test) passes(limit time.Duration, environment ...string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	c := exec.CommandContext(ctx, t.binary, "-test.short", "-test.failfast", "-test.run", "^"+t.name+"$")
	c.Dir, c.Env = t.dir, append(os.Environ(), environment...)
	if c.Start() != nil {
		return false
	}
	go func() {
		for ctx.Err() == nil {
			content, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", c.Process.Pid))
			var size, resident int
			if _, err := fmt.Sscan(string(content), &size, &resident); err == nil && resident*os.Getpagesize() > maxMemory {
				cancel()
			}
			time.Sleep(200 * time.Millisecond)
		}
	}()
	return c.Wait() == nil
}

// noticed reports whether a test fails, or the time runs out, with the mutant.
func noticed(s site, limit time.Duration) bool {
	end := time.Now().Add(limit)
	for _, t := range s.tests {
		if !t.passes(time.Until(end), fmt.Sprintf("MUTANT=%d", s.number)) {
			return true
		}
	}
	return false
}
