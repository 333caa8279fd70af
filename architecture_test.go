package eldercare_test

import (
	"errors"
	"fmt"
	"go/build"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const module = "github.com/basic-eldercare/eldercare"

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

// TestArchitecture holds the imports of every folder, tests apart, to the table of ARCHITECTURE.md.
func TestArchitecture(t *testing.T) {
	page, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	rooms, err := readRooms(string(page))
	if err != nil {
		t.Fatal(err)
	}
	all := imported(t)
	for folder := range rooms {
		if _, ok := all[folder]; !ok {
			t.Errorf("ARCHITECTURE.md has the room %s, which is not there", folder)
		}
	}
	for folder, imports := range all {
		if _, ok := rooms[folder]; !ok {
			t.Errorf("ARCHITECTURE.md has no room %s", folder)
			continue
		}
		var ours []string
		for _, path := range imports {
			for stranger, hosts := range strangers {
				if (path == stranger || strings.HasPrefix(path, stranger+"/")) && !slices.Contains(hosts, folder) {
					t.Errorf("%s imports %s, which only %v may", folder, path, hosts)
				}
			}
			if path == module {
				ours = append(ours, ".")
			} else if room, ok := strings.CutPrefix(path, module+"/"); ok {
				ours = append(ours, room)
			}
		}
		for _, wrong := range rooms[folder].differences(ours) {
			t.Errorf("%s %s", folder, wrong)
		}
		if strings.HasPrefix(folder, "policy") && slices.ContainsFunc(ours, func(room string) bool {
			return !strings.HasPrefix(room, "policy") && room != "internal/own" && room != "internal/lazy"
		}) {
			t.Errorf("%s imports %v: an arrow that points back", folder, ours)
		}
	}
}

// knowledge is what a room may import of ours: rooms by their folders, and
// perhaps each below policy.
type knowledge struct {
	rooms  []string
	policy bool
}

// differences tells how the imports of a room differ from what its row says. A row that says "every
// room of policy" need not use each.
func (k knowledge) differences(imports []string) []string {
	var all []string
	for _, room := range imports {
		if !slices.Contains(k.rooms, room) && (!k.policy || !strings.HasPrefix(room, "policy")) {
			all = append(all, "imports "+room+", which its row in ARCHITECTURE.md does not name")
		}
	}
	for _, room := range k.rooms {
		if !slices.Contains(imports, room) {
			all = append(all, "does not import "+room+", which its row in ARCHITECTURE.md names")
		}
	}
	return all
}

// readRooms reads the table of ARCHITECTURE.md: what each room, by its folder, may import of ours.
// The last column names a room by the last part of its folder.
func readRooms(page string) (map[string]knowledge, error) {
	cells := map[string]string{}
	byName := map[string]string{}
	for line := range strings.Lines(page) {
		columns := strings.Split(strings.TrimSpace(line), " | ")
		first, isRow := strings.CutPrefix(columns[0], "| ")
		if !isRow || first == "room" || first == "---" {
			continue
		}
		if len(columns) != 3 {
			return nil, fmt.Errorf("a row with %d columns: %s", len(columns), line)
		}
		folder := strings.Trim(first, "`")
		if first == "the root" {
			folder = "."
		}
		name := path.Base(folder)
		if other, ok := byName[name]; ok {
			return nil, fmt.Errorf("%s and %s have the same name", folder, other)
		}
		byName[name] = folder
		cells[folder] = strings.TrimSuffix(columns[2], " |")
	}
	rooms := map[string]knowledge{}
	for folder, cell := range cells {
		var k knowledge
		for _, word := range strings.Split(cell, ", ") {
			switch room, ok := byName[strings.Trim(word, "`")]; {
			case word == "nothing":
			case word == "every room of `policy`":
				k.policy = true
			case word == "the root":
				k.rooms = append(k.rooms, ".")
			case ok:
				k.rooms = append(k.rooms, room)
			default:
				return nil, fmt.Errorf("the row of %s names %q, which is no room", folder, word)
			}
		}
		rooms[folder] = k
	}
	return rooms, nil
}

// TestReadRooms reads a small page.
func TestReadRooms(t *testing.T) {
	const head = "| room | holds | knows, of ours |\n| --- | --- | --- |\n"
	rooms, err := readRooms(head + "| the root | x | `b`, every room of `policy` |\n| `a/b` | x | the root |\n| `c` | x | nothing |\n")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]knowledge{".": {rooms: []string{"a/b"}, policy: true}, "a/b": {rooms: []string{"."}}, "c": {}}
	if !reflect.DeepEqual(rooms, want) {
		t.Errorf("read %v, want %v", rooms, want)
	}
	for _, page := range []string{
		"| `a` | x | `b` |\n",
		"| `a` | nothing |\n",
		"| `a/c` | x | nothing |\n| `b/c` | x | nothing |\n",
	} {
		if rooms, err := readRooms(head + page); err == nil {
			t.Errorf("%q was read as %v", page, rooms)
		}
	}
	if got := rooms["."].differences([]string{"a/b", "policy/x"}); got != nil {
		t.Errorf("allowed imports: %q", got)
	}
	if got := rooms["."].differences([]string{"c"}); len(got) != 2 {
		t.Errorf("an import too much and one too few: %q", got)
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
