package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// framed returns messages as an editor sends them.
func framed(messages ...string) string {
	var all strings.Builder
	for _, m := range messages {
		fmt.Fprintf(&all, "Content-Length: %d\r\n\r\n%s", len(m), m)
	}
	return all.String()
}

const (
	sayInitialize = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"capabilities":{}}}`
	sayShutdown   = `{"jsonrpc":"2.0","id":1,"method":"shutdown"}`
	sayExit       = `{"jsonrpc":"2.0","method":"exit"}`
)

// The settings in docs/editor.md start the server, and what it shows of the command is what the
// command prints.
func TestEditorDoc(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	text, err := os.ReadFile("../../docs/editor.md")
	if err != nil {
		t.Fatal(err)
	}
	var commands [][]string
	for _, b := range block.FindAllStringSubmatch(string(text), -1) {
		switch kind, content := b[2], b[3]; kind {
		case "console":
			runConsole(t, content)
		case "json":
			var settings struct {
				Command   string   `json:"glspc.server.command"`
				Arguments []string `json:"glspc.server.commandArguments"`
			}
			if err := json.Unmarshal([]byte(content), &settings); err != nil {
				t.Fatal(err)
			}
			commands = append(commands, append([]string{settings.Command}, settings.Arguments...))
		case "lua":
			cmd := regexp.MustCompile(`cmd = \{(.*)\}`).FindStringSubmatch(content)
			commands = append(commands, strings.Split(strings.Trim(cmd[1], ` "`), `", "`))
		}
	}
	if len(commands) != 2 {
		t.Fatalf("settings of %d editors", len(commands))
	}
	for _, command := range append(commands, []string{"eldercare", "lsp", "--stdio", "--dir", "../../testdata/own"}) {
		var out, errs bytes.Buffer
		code := run(command[1:], strings.NewReader(framed(sayInitialize, sayShutdown, sayExit)), &out, &errs)
		if command[0] != "eldercare" || code != exitFine || errs.Len() > 0 || !strings.Contains(out.String(), `"hoverProvider":true`) {
			t.Errorf("%v: exit code %d\n%s\n%s", command, code, out.String(), errs.String())
		}
	}
}

// A session that does not end as the protocol has it, or cannot begin, fails and says why.
func TestLSPFails(t *testing.T) {
	for said, want := range map[string]string{
		framed(sayInitialize):          "without a shutdown",
		framed(sayInitialize, sayExit): "without a shutdown",
		"hello\n\n":                    "Content-Length",
	} {
		var out, errs bytes.Buffer
		if code := run([]string{"lsp"}, strings.NewReader(said), &out, &errs); code != exitFailed || !strings.Contains(errs.String(), want) {
			t.Errorf("%q: exit code %d: %s", said, code, errs.String())
		}
	}
	for _, args := range [][]string{{"lsp", "--dir", "nowhere"}, {"lsp", "x"}} {
		if code, stdout, stderr := execute(args...); code != exitFailed || stdout != "" || stderr == "" {
			t.Errorf("%v: exit code %d: %s %s", args, code, stdout, stderr)
		}
	}
}
