package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The tutorials, and the how-tos, are run from their first line to the last, in a folder that is
// empty at first. A block console holds commands with what they print, where … stands for any
// lines; a block diff changes the file that its first line names; any other block is the whole of
// the file named on the line before.
func TestTutorials(t *testing.T) {
	for _, name := range []string{"tutorial.md", "tutorial.zh.md", "howto.md"} {
		text, err := os.ReadFile(filepath.Join("../../docs", name))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Setenv("NO_COLOR", "1")
			inLanguageOf(t, name)
			blocks := block.FindAllStringSubmatch(string(text), -1)
			if len(blocks) < 15 {
				t.Fatalf("only %d blocks", len(blocks))
			}
			for _, b := range blocks {
				switch file, kind, content := b[1], b[2], b[3]; {
				case kind == "console":
					runConsole(t, content)
				case kind == "diff":
					changeFile(t, content)
				case file == "":
					t.Errorf("no file is named before the block\n%s", content)
				default:
					if err := writeInto(file, []byte(content)); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

var block = regexp.MustCompile("(?ms)(?:^`([^`\n]+)`\n)?^```([a-z]+)\n(.*?)^```$")

// runConsole runs the commands of a block, and compares what each prints.
func runConsole(t *testing.T, content string) {
	t.Helper()
	for _, part := range strings.Split("\n"+content, "\n$ ")[1:] {
		command, shown, _ := strings.Cut(part, "\n")
		if shown != "" && !strings.HasSuffix(shown, "\n") {
			shown += "\n"
		}
		if printed := runShown(t, command); !matches(shown, printed) {
			t.Errorf("$ %s (-shown +printed)\n%s", command, cmp.Diff(shown, printed))
		}
	}
}

// runShown runs a command line, and returns everything that it prints.
func runShown(t *testing.T, line string) string {
	t.Helper()
	stdin := ""
	if input, command, piped := strings.Cut(line, "' | "); piped {
		stdin, line = strings.TrimPrefix(input, "echo '")+"\n", command
	}
	arguments, ok := strings.CutPrefix(line, "eldercare ")
	if !ok {
		t.Fatalf("not a command of eldercare: %s", line)
	}
	var out bytes.Buffer
	run(strings.Fields(arguments), strings.NewReader(stdin), &out, &out)
	return out.String()
}

// changeFile makes a change: the lines that begin with a space or - are found in the file, once,
// and those with a space or + take their place.
func changeFile(t *testing.T, change string) {
	t.Helper()
	head, lines, _ := strings.Cut(change, "\n")
	file, ok := strings.CutPrefix(head, "--- ")
	content, err := os.ReadFile(file)
	if !ok || err != nil {
		t.Fatalf("a change of no file: %s, %v", head, err)
	}
	var before, after strings.Builder
	for line := range strings.Lines(lines) {
		switch line[0] {
		case ' ', '\n':
			fmt.Fprint(&before, strings.TrimPrefix(line, " "))
			fmt.Fprint(&after, strings.TrimPrefix(line, " "))
		case '-':
			fmt.Fprint(&before, line[1:])
		case '+':
			fmt.Fprint(&after, line[1:])
		default:
			t.Fatalf("neither kept, nor taken, nor added: %s", line)
		}
	}
	if n := strings.Count(string(content), before.String()); n != 1 {
		t.Fatalf("%s has %d times\n%s\nin\n%s", file, n, before.String(), content)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(content), before.String(), after.String(), 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}
