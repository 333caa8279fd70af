package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain has the tests run in English, whatever the locale of the machine.
func TestMain(m *testing.M) {
	if err := os.Setenv("LC_ALL", "C"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"eldercare": main})
}

// TestScripts runs testdata/script. Beside testscript's own commands there are "status CODE
// command…", which holds the exit code, and "answers FILE", which compares the output with a file
// in which digests are left out, as every change of a list changes them. $EXAMPLES is the folder
// examples/ of the repository.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", examples)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "answers": answers},
	})
}

func status(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: status CODE command…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
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
