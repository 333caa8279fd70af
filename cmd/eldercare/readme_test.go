package main

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the outputs in README.md and README.zh.md")

// The READMEs show commands with their real output. Every console block of them whose first line
// begins with "$ " is run, with the repository as the folder; what it prints must be what the
// README shows. A line that is only … stands for any lines.
func TestReadme(t *testing.T) {
	t.Chdir("../..")
	t.Setenv("NO_COLOR", "1")
	for _, name := range []string{"README.md", "README.zh.md"} {
		t.Run(name, func(t *testing.T) {
			inLanguageOf(t, name)
			testReadme(t, name)
		})
	}
}

// inLanguageOf has commands speak the language of a document.
func inLanguageOf(t *testing.T, document string) {
	if strings.HasSuffix(document, ".zh.md") {
		t.Setenv("LC_ALL", "zh_CN.UTF-8")
	}
}

// The Chinese README shows no command that the English one does not show.
func TestReadmesShowTheSame(t *testing.T) {
	t.Chdir("../..")
	english := commandBlocks(t, "README.md")
	for _, block := range commandBlocks(t, "README.zh.md") {
		if !slices.Contains(english, block) {
			t.Errorf("README.md has no such block:\n%s", block)
		}
	}
}

// commandBlocks returns the blocks of a README that show commands, without what these print. There
// is at least one.
func commandBlocks(t *testing.T, name string) []string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for i, part := range strings.Split(string(content), "```") {
		if i%2 == 1 && (strings.HasPrefix(part, "console\n") || strings.HasPrefix(part, "sh\n")) {
			if kind, console, shows := strings.Cut(part, "console\n"); shows && kind == "" {
				part, _, _ = strings.Cut(console, "\n")
			}
			all = append(all, part)
		}
	}
	if len(all) == 0 {
		t.Fatalf("no command in %s was found", name)
	}
	return all
}

// testReadme runs the examples of a README.
func testReadme(t *testing.T, name string) {
	before, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var after strings.Builder
	ran := 0
	for i, part := range strings.SplitAfter(string(before), "```") {
		block, isConsole := strings.CutPrefix(part, "console\n$ ")
		if i%2 == 0 || !isConsole {
			after.WriteString(part)
			continue
		}
		ran++
		command, shown, _ := strings.Cut(strings.TrimSuffix(block, "```"), "\n")
		printed := runLine(t, command)
		if !matches(shown, printed) {
			if !*update {
				t.Errorf("$ %s\n%s", command, cmp.Diff(shown, printed))
			}
			shown = printed
		}
		after.WriteString("console\n$ " + command + "\n" + shown + "```")
	}
	if ran == 0 {
		t.Errorf("no example in %s was found", name)
	}
	if *update {
		if err := os.WriteFile(name, []byte(after.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// runLine runs a command line of the README: eldercare with arguments, and perhaps an input by echo
// '…' |.
func runLine(t *testing.T, line string) string {
	t.Helper()
	stdin := ""
	if input, command, piped := strings.Cut(line, "' | "); piped {
		stdin, line = strings.TrimPrefix(input, "echo '")+"\n", command
	}
	arguments := strings.TrimPrefix(strings.TrimPrefix(line, "go run ./cmd/eldercare"), "eldercare")
	if arguments == line {
		t.Fatalf("not a command of eldercare: %s", line)
	}
	var out bytes.Buffer
	if code := run(strings.Fields(arguments), strings.NewReader(stdin), &out, &out); code == exitFailed {
		t.Errorf("$ %s ended with %d", line, code)
	}
	return out.String()
}

// matches reports whether a text is what is shown, where a line … stands for any lines.
func matches(shown, text string) bool {
	parts := strings.Split(shown, "…\n")
	if !strings.HasPrefix(text, parts[0]) || !strings.HasSuffix(text, parts[len(parts)-1]) {
		return false
	}
	for _, part := range parts {
		_, rest, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = rest
	}
	return len(parts) > 1 || text == ""
}
