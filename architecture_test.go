package eldercare_test

import (
	"errors"
	"go/build"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const module = "github.com/basic-eldercare/eldercare"

// rooms are the arrows of ARCHITECTURE.md: what a folder may import of ours, and of others what is
// named here. A folder that is not here may import any of ours that is, but the root and the
// command.
var rooms = map[string][]string{
	"internal/effort":           {},
	"internal/own":              {},
	"internal/overlay":          {"policy/source"},
	"internal/speech":           {"policy/words"},
	"policy":                    {},
	"policy/internal/box":       {},
	"policy/internal/divisions": {},
	"policy/internal/memo":      {},
	"policy/internal/random":    {},
	"policy/internal/union":     {},
	"policy/source":             {"policy"},
	"policy/trace":              {"policy"},
	"policy/source/schema":      {"policy"},
	"policy/elder":              {"policy", "policy/internal/box", "policy/internal/divisions"},
	"policy/elder/reading":      {"policy", "policy/elder", "policy/internal/divisions"},
	"policy/internal/rules": {
		"policy", "policy/elder", "policy/internal/box", "policy/internal/memo", "policy/source", "policy/source/schema",
	},
	"policy/internal/layer": {"policy", "policy/internal/rules"},
	"policy/decide":         {"policy", "policy/internal/layer", "policy/internal/rules"},
	"policy/internal/table": {
		"policy", "policy/decide", "policy/elder", "policy/internal/box", "policy/internal/layer", "policy/internal/rules",
	},
	"policy/internal/answers": {
		"policy", "policy/decide", "policy/elder", "policy/internal/box", "policy/internal/layer", "policy/internal/table",
	},
	"policy/ruleset": {
		"internal/own", "policy", "policy/decide", "policy/elder", "policy/internal/answers", "policy/internal/box", "policy/internal/layer",
		"policy/internal/memo", "policy/internal/rules", "policy/internal/table", "policy/source",
	},
	"policy/internal/diagram": {"policy/elder", "policy/internal/box", "policy/internal/table"},
	"policy/site": {
		"policy", "policy/check", "policy/decide", "policy/diff", "policy/elder", "policy/internal/box", "policy/internal/diagram",
		"policy/internal/layer", "policy/internal/table", "policy/page", "policy/ruleset", "policy/words",
	},
	"policy/sql": {
		"policy", "policy/decide", "policy/elder", "policy/internal/box", "policy/internal/diagram", "policy/internal/layer",
		"policy/internal/table", "policy/ruleset",
	},
	"policy/sql/postgres": {"policy", "policy/elder", "policy/register", "policy/sql"},
}

// strangers are packages of others, and the folders that alone may import them.
var strangers = map[string][]string{
	"github.com/open-policy-agent/opa":  {"policy/internal/rules"},
	"gopkg.in/yaml.v3":                  {"policy/source", "policy/internal/nation"},
	"github.com/spf13/cobra":            {"cmd/eldercare"},
	"github.com/xuri/excelize/v2":       {"policy/register/excel"},
	"github.com/parquet-go/parquet-go":  {"policy/register/parquet"},
	"github.com/jackc/pgx/v5":           {"policy/sql/postgres"},
	"github.com/schollz/progressbar/v3": {"cmd/eldercare"},
	"github.com/sourcegraph/jsonrpc2":   {"internal/lsp"},
	"golang.org/x/text":                 {"policy/elder/reading", "policy/register", "policy/trace"},
	"github.com/prometheus":             {"internal/serve"},
	"github.com/swaggest":               {"internal/serve"},
	"go.opentelemetry.io":               {"internal/serve"},
	module + "/internal/serve":          {"cmd/eldercare"},
	module + "/internal/mcp":            {"cmd/eldercare"},
	module + "/internal/speech":         {"cmd/eldercare", "internal/lsp", "internal/serve"},
	"github.com/modelcontextprotocol":   {"internal/mcp"},
}

// TestArchitecture holds the imports of every folder, tests apart, to the arrows of
// ARCHITECTURE.md.
func TestArchitecture(t *testing.T) {
	met := map[string]bool{}
	for folder, imports := range imported(t) {
		met[folder] = true
		allowed, closed := rooms[folder]
		for _, path := range imports {
			for stranger, hosts := range strangers {
				if (path == stranger || strings.HasPrefix(path, stranger+"/")) && !slices.Contains(hosts, folder) {
					t.Errorf("%s imports %s, which only %v may", folder, path, hosts)
				}
			}
			ours, ok := strings.CutPrefix(path, module)
			ours = strings.TrimPrefix(ours, "/")
			switch {
			case !ok:
			case closed && !slices.Contains(allowed, ours):
				t.Errorf("%s imports %s, and may import of ours only %v", folder, path, allowed)
			case strings.HasPrefix(folder, "policy") && (ours == "" || strings.HasPrefix(ours, "cmd")):
				t.Errorf("%s imports %s: an arrow that points back", folder, path)
			}
		}
	}
	for folder := range rooms {
		if !met[folder] {
			t.Errorf("the room %s is not there", folder)
		}
	}
}

// imported returns what the Go files of each folder import, without tests. The root is ".".
func imported(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	err := filepath.WalkDir(".", func(folder string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if name := entry.Name(); folder != "." && (name == "testdata" || strings.HasPrefix(name, ".")) {
			return fs.SkipDir
		}
		p, err := build.ImportDir(folder, 0)
		if errors.As(err, new(*build.NoGoError)) {
			return nil
		}
		if err != nil {
			return err
		}
		all[filepath.ToSlash(folder)] = p.Imports
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCommentWidth holds the lines of comments in all Go files to 100 characters.
func TestCommentWidth(t *testing.T) {
	const widest = 100
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		files++
		src, err := os.ReadFile(path)
		for line, text := range commentLines(src) {
			if n := utf8.RuneCountInString(text); n > widest {
				t.Errorf("%s:%d: the comment is %d characters wide; wrap it at %d", path, line, n, widest)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Error("there are no Go files")
	}
}

// commentLines returns the comments of a Go file, line by line, without the code before them.
func commentLines(src []byte) map[int]string {
	set := token.NewFileSet()
	file := set.AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, scanner.ScanComments)
	lines := map[int]string{}
	for pos, tok, text := s.Scan(); tok != token.EOF; pos, tok, text = s.Scan() {
		if tok != token.COMMENT {
			continue
		}
		first := file.Line(pos)
		for i, line := range strings.Split(text, "\n") {
			lines[first+i] = line
		}
	}
	return lines
}
