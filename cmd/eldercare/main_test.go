package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/basic-eldercare/eldercare"
)

// TestMain has the tests run in English, whatever the locale of the machine. Where a test starts
// this binary by the name eldercare, it is the program.
func TestMain(m *testing.M) {
	if err := os.Setenv("LC_ALL", "C"); err != nil {
		panic(err)
	}
	if filepath.Base(os.Args[0]) == "eldercare" {
		main()
	}
	debug.SetGCPercent(400) // the tests make much, and keep little
	os.Exit(m.Run())
}

// programPath returns a PATH on which this program comes first, by the name eldercare.
func programPath(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "eldercare")); err != nil {
		t.Skip(err)
	}
	return bin + string(os.PathListSeparator) + os.Getenv("PATH")
}

// TestScripts runs testdata/script. Beside testscript's own commands there are
//   - "eldercare ARG… [<FILE]", which runs the program within the test, with a file as its standard
//     input; "exec eldercare" starts it as a process of its own, as a shell does;
//   - "status CODE COMMAND…", which holds the exit code of eldercare or of exec;
//   - "answers FILE", which compares the output with a file in which digests are left out, as every
//     change of a list changes them.
//
// $EXAMPLES is the folder examples/ of the repository.
func TestScripts(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	path := programPath(t)
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join(here, "testdata/script"),
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", filepath.Join(here, "../../examples"))
			e.Setenv("PATH", path)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"eldercare": within, "status": status, "answers": answers},
	})
}

// within is the command eldercare of a script, which must end well, or with ! must not.
func within(ts *testscript.TestScript, fails bool, args []string) {
	if code := runWithin(ts, args); (code != exitFine) != fails {
		ts.Fatalf("exit code %d", code)
	}
}

// oneFolder is held by what runs in a folder of its own.
var oneFolder sync.Mutex

// runWithin runs the program in the folder of a script, and returns its exit code.
func runWithin(ts *testscript.TestScript, args []string) int {
	stdin := ""
	if last := len(args) - 1; last >= 0 && strings.HasPrefix(args[last], "<") {
		args, stdin = args[:last], ts.ReadFile(args[last][1:])
	}
	oneFolder.Lock()
	defer oneFolder.Unlock()
	before, err := os.Getwd()
	ts.Check(err)
	ts.Check(os.Chdir(ts.MkAbs(".")))
	defer func() { ts.Check(os.Chdir(before)) }()
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1)) // which a register in the making lowers
	return run(args, strings.NewReader(stdin), ts.Stdout(), ts.Stderr())
}

func status(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 || args[1] != "eldercare" && (args[1] != "exec" || len(args) < 3) {
		ts.Fatalf("usage: status CODE eldercare ARG…, or status CODE exec COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if args[1] == "eldercare" {
		got = runWithin(ts, args[2:])
	} else if err := ts.Exec(args[2], args[3:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

var digests = regexp.MustCompile(`sha256:[0-9a-f]{64}|(?:依据的清单与规则|Lists and rules) [0-9a-f]{12}`)

func answers(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: answers FILE")
	}
	got := digests.ReplaceAllStringFunc(ts.ReadFile("stdout"), func(digest string) string {
		return digest[:strings.LastIndexAny(digest, ": ")+1] + "…"
	})
	if diff := cmp.Diff(ts.ReadFile(args[0]), got); diff != "" {
		ts.Fatalf("-want +got\n%s", diff)
	}
}

// run runs the program within the test. Lists that come with the program are loaded once.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &common{stdin: stdin, stdout: stdout, stderr: stderr, lists: shared.open}
	return c.run(args)
}

// shared holds the engines of the tests, by the jurisdictions that they were loaded for.
var shared = &engines{loaded: map[string]*eldercare.Engine{}}

type engines struct {
	mu     sync.Mutex
	loaded map[string]*eldercare.Engine
}

// open is openLists, which is asked once for each choice of the lists without a folder over them.
func (e *engines) open(ctx context.Context, dirs, replace, jurisdictions []string) (*eldercare.Engine, error) {
	if len(dirs)+len(replace) > 0 {
		return openLists(ctx, dirs, replace, jurisdictions)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	key := strings.Join(jurisdictions, " ")
	if e.loaded[key] == nil {
		engine, err := openLists(ctx, nil, nil, jurisdictions)
		if err != nil {
			return nil, err
		}
		e.loaded[key] = engine
	}
	return e.loaded[key], nil
}

// execute runs the program on arguments, with nothing on standard input.
func execute(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// TestPagesFitTheirWidth holds every line of what is written for people to 80 columns, also where
// the terminal draws characters of ambiguous width over two. Every command has an example in its
// help.
func TestPagesFitTheirWidth(t *testing.T) {
	files, err := filepath.Glob("../../examples/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	jurisdictions := []string{"shanxi", "shuozhou", "hongtong", "henan", "huojia"}
	runs := [][]string{{"list"}, {"version"}, {"--help"}}
	for _, command := range commands {
		name := command(&common{}).Name()
		runs = append(runs, []string{name, "--help"}, []string{name, "--lang", "zh", "--help"})
	}
	for _, j := range jurisdictions {
		runs = append(runs, []string{"list", "-j", j, "--readings"}, []string{"list", "-j", j, "--effective"})
		for _, file := range files {
			runs = append(runs, []string{"evaluate", "-j", j, file, "--on", "2026-11-22"}, []string{"evaluate", "-j", j, file, "--on", "2026-11-22", "--lang", "zh"})
		}
	}
	for _, args := range runs {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			code, stdout, stderr := execute(args...)
			if code != exitFine || stderr != "" {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			if args[len(args)-1] == "--help" && !strings.Contains(stdout, "\nExamples:\n") && !strings.Contains(stdout, "\n示例：\n") {
				t.Error("the help has no example")
			}
			for line := range strings.Lines(stdout) {
				line = strings.TrimSuffix(line, "\n")
				if w := displayWidth(line); w > pageWidth {
					t.Errorf("%d columns: %s", w, line)
				}
			}
		})
	}
}

func TestWidthIsThatOfTheTables(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if got, want := runeWidth(r), widths.RuneWidth(r); got != want {
			t.Errorf("%U takes %d columns, want %d", r, got, want)
		}
	}
}

func TestPanicIsAnInternalError(t *testing.T) {
	var out, errs bytes.Buffer
	code := run([]string{"evaluate", "-j", "huojia", "-"}, panicReader{}, &out, &errs)
	if want := "eldercare: internal error\n"; code != exitFailed || errs.String() != want {
		t.Errorf("exit code %d and %q, want %d and %q", code, errs.String(), exitFailed, want)
	}
}

type panicReader struct{}

func (panicReader) Read([]byte) (int, error) { panic("with an elder's data") }

func TestReadError(t *testing.T) {
	dir := t.TempDir()
	code, stdout, stderr := execute("evaluate", "-j", "huojia", dir)
	if code != exitFailed || stdout != "" || !strings.HasPrefix(stderr, "eldercare: ") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("a folder as FILE: exit code %d, %q, %q", code, stdout, stderr)
	}
}

func TestWriteError(t *testing.T) {
	for _, format := range []string{"table", "json"} {
		var errs bytes.Buffer
		code := run([]string{"evaluate", "-j", "huojia", "--format", format, "-"}, strings.NewReader(`{"age": 80}`), fullDisk{}, &errs)
		if want := "eldercare: disk full\n"; code != exitFailed || errs.String() != want {
			t.Errorf("%s: exit code %d and %q, want %d and %q", format, code, errs.String(), exitFailed, want)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestColour(t *testing.T) {
	var out bytes.Buffer
	p := newPage(&out, language{value: "zh"})
	p.line("", strong, "应享")
	if err := p.out.Flush(); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "应享\n"; got != want {
		t.Errorf("not on a terminal: %q, want %q", got, want)
	}
	out.Reset()
	p.colour = true
	p.line("  ", strong, "应享")
	if err := p.out.Flush(); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "  \x1b[1m应享\x1b[0m\n"; got != want {
		t.Errorf("on a terminal: %q, want %q", got, want)
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"每月现金", 8, []string{"每月现金"}},
		{"每月现金", 7, []string{"每月现", "金"}},
		{"每月现金，不低于", 8, []string{"每月现", "金，不低", "于"}},      // no line begins with a comma
		{"每月（含体检）", 6, []string{"每月", "（含体", "检）"}},        // nor ends with a bracket that opens
		{"不低于100元整", 8, []string{"不低", "于100元", "整"}},      // a number stays with its signs
		{"朔州 附件 12", 9, []string{"朔州 附", "件 12"}},          // and with the word before it
		{"one two three", 9, []string{"one two", "three"}}, // words stay whole
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},      // unless they are too wide
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.text, tt.width), func(t *testing.T) {
			got := wrap(tt.text, tt.width)
			if strings.Join(got, "|") != strings.Join(tt.want, "|") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
