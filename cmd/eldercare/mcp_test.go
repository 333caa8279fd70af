package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// assistant is a client of the program in a process of its own, started with a command line.
func assistant(t *testing.T, command ...string) (client *mcp.ClientSession, log *bytes.Buffer) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	log = &bytes.Buffer{}
	transport := &mcp.CommandTransport{Command: &exec.Cmd{Path: program, Args: command, Stderr: log}}
	client, err = mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), transport, nil)
	if err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	return client, log
}

// The tools answer, over standard input and output, the objects that the commands print, and log
// nothing.
func TestMCPEqualsCommands(t *testing.T) {
	client, log := assistant(t, "eldercare", "mcp", "--on", "2026-11-22")
	const given = `{"id": "zhangsan", "age": 97, "local_hukou": true}`
	known := map[string]any{"id": "zhangsan", "age": 97, "local_hukou": true}
	for _, tt := range []struct {
		tool      string
		arguments map[string]any
		command   string
		part      string // of the answer that is what the command prints, line by line
	}{
		{"jurisdictions", nil, "list", "jurisdictions"},
		{"decision", map[string]any{"jurisdiction": "hongtong", "elder": known}, "evaluate -j hongtong", ""},
		{"decision", map[string]any{"jurisdiction": "huojia", "elder": known, "assume_known": true}, "evaluate -j huojia --assume-known", ""},
		{"explanation", map[string]any{"jurisdiction": "shuozhou", "elder": known, "service": "old-age-allowance"}, "explain -j shuozhou --service old-age-allowance", ""},
		{"check", map[string]any{"jurisdiction": "hongtong", "against": "shuozhou"}, "check -j hongtong --against shuozhou", ""},
	} {
		r, err := client.CallTool(t.Context(), &mcp.CallToolParams{Name: tt.tool, Arguments: tt.arguments})
		if err != nil || r.IsError {
			t.Fatal(tt.tool, err, r)
		}
		var want, stderr bytes.Buffer
		args := append(strings.Fields(tt.command), "--format", "json", "--on", "2026-11-22")
		if code := run(args, strings.NewReader(given), &want, &stderr); code == exitFailed {
			t.Fatal(stderr.String())
		}
		var all []any
		for line := range strings.Lines(want.String()) {
			var v any
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				t.Fatal(err)
			}
			all = append(all, v)
		}
		got := []any{r.StructuredContent}
		if tt.part != "" {
			got = r.StructuredContent.(map[string]any)[tt.part].([]any)
		}
		if diff := cmp.Diff(all, got); diff != "" || len(got) == 0 {
			t.Errorf("%s (-%s +tool)\n%s", tt.tool, tt.command, diff)
		}
	}
	r, err := client.CallTool(t.Context(), &mcp.CallToolParams{
		Name: "decision", Arguments: map[string]any{"jurisdiction": "hongtong", "elder": map[string]any{"id": "zhangsan", "age": 797}},
	})
	if err != nil || !r.IsError {
		t.Error("an age of 797 is answered", err)
	}
	if err := client.Close(); err != nil {
		t.Error("the program does not end well when its input does:", err)
	}
	if log.Len() > 0 {
		t.Errorf("logged: %s", log)
	}
}

// The settings in docs/mcp.md start the server, what it shows of the command is what the command
// prints, and it tells of every tool.
func TestMCPDoc(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	text, err := os.ReadFile("../../docs/mcp.md")
	if err != nil {
		t.Fatal(err)
	}
	var settings struct {
		Servers map[string]struct {
			Command string   `json:"command"`
			Args    []string `json:"args"`
		} `json:"mcpServers"`
	}
	for _, b := range block.FindAllStringSubmatch(string(text), -1) {
		switch kind, content := b[2], b[3]; kind {
		case "console":
			runConsole(t, content)
		case "json":
			if err := json.Unmarshal([]byte(content), &settings); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := settings.Servers["eldercare"]
	client, log := assistant(t, append([]string{s.Command}, s.Args...)...)
	defer client.Close()
	listed, err := client.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err, log)
	}
	var tools, told []string
	for _, tool := range listed.Tools {
		tools = append(tools, tool.Name)
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z]+)`").FindAllStringSubmatch(string(text), -1) {
		told = append(told, row[1])
	}
	slices.Sort(tools)
	slices.Sort(told)
	if diff := cmp.Diff(tools, told); diff != "" || len(tools) == 0 {
		t.Errorf("(-tools +docs/mcp.md)\n%s", diff)
	}
}

// What is no message ends the program with an error that does not repeat it.
func TestMCPFails(t *testing.T) {
	var out, errs bytes.Buffer
	code := run([]string{"mcp"}, strings.NewReader(`{"id":"zhangsan","age":97`+"\n"), &out, &errs)
	if code != exitFailed || !strings.Contains(errs.String(), "Model Context Protocol") || strings.Contains(errs.String(), "zhangsan") {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
	for _, args := range [][]string{{"mcp", "--dir", "nowhere"}, {"mcp", "x"}} {
		if code, stdout, stderr := execute(args...); code != exitFailed || stdout != "" || stderr == "" {
			t.Errorf("%v: exit code %d: %s", args, code, stderr)
		}
	}
}
