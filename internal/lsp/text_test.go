package lsp

import (
	"encoding/json"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/sourcegraph/jsonrpc2"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// 养 takes one UTF-16 code unit and 𠮷 two; e with an accent is one rune, or two.
func TestUnits(t *testing.T) {
	for text, want := range map[string]int{"": 0, "a养": 2, "𠮷": 2, "a𠮷b": 4, "e\u0301": 2, "\xff": 1} {
		if got := units(text); got != want {
			t.Errorf("%q has %d, want %d", text, got, want)
		}
	}
	for _, tt := range []struct {
		line            string
		character, want int
	}{
		{"a养𠮷b", 0, 0}, {"a养𠮷b", 1, 1}, {"a养𠮷b", 2, 4}, {"a养𠮷b", 4, 8}, {"a养𠮷b", 5, 9}, {"a养𠮷b", 99, 9}, {"a", -1, 0}, {"", 3, 0},
		{"a养𠮷b", 3, 8}, // within a character: behind it
	} {
		if got := offset(tt.line, tt.character); got != tt.want {
			t.Errorf("%s %d: %d, want %d", tt.line, tt.character, got, tt.want)
		}
	}
}

func TestLineOf(t *testing.T) {
	for n, want := range []string{"a", "养老", "", "d", "", ""} {
		if got := lineOf("a\r\n养老\n\r\nd\n", n); got != want {
			t.Errorf("line %d is %q, want %q", n, got, want)
		}
	}
}

// A diagnostic marks a name with what belongs to it, or one character.
func TestSpanAt(t *testing.T) {
	text := "一: 二\n  𠮷: input.age >= x\n"
	for _, tt := range []struct {
		line, column int
		want         span
	}{
		{1, 1, span{position{0, 0}, position{0, 1}}},
		{2, 6, span{position{1, 6}, position{1, 15}}},
		{2, 4, span{position{1, 4}, position{1, 5}}},
		{2, 99, span{position{1, 20}, position{1, 20}}},
		{9, 1, span{position{8, 0}, position{8, 0}}},
		{0, 0, span{position{0, 0}, position{0, 1}}},
	} {
		if diff := cmp.Diff(tt.want, spanAt(text, policy.Position{Line: tt.line, Column: tt.column})); diff != "" {
			t.Errorf("%d:%d %s", tt.line, tt.column, diff)
		}
	}
}

func TestURI(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the names are those of other systems")
	}
	for uri, want := range map[string]string{
		"file:///a/b.yaml": "/a/b.yaml", "file:///a/%E5%85%BB%20%E8%80%81/b.yaml": "/a/养 老/b.yaml", "file:///a/../b%23.yaml": "/b#.yaml",
		"file:///c%3A/x": "c:/x",
	} {
		if got, ok := pathOf(uri); !ok || got != want {
			t.Errorf("%s is %q, want %q", uri, got, want)
		}
	}
	for _, uri := range []string{"", "untitled:x", "http://a/b", "file://host/a", "file:a", "%", "file:///a%00"} {
		if got, ok := pathOf(uri); ok {
			t.Errorf("%s is %q", uri, got)
		}
	}
	for _, name := range []string{"/a/养 老/b#?%.yaml", "/c"} {
		if got, ok := pathOf(uriOf(name)); !ok || got != name {
			t.Errorf("%s becomes %s", name, got)
		}
	}
}

func TestFolderOf(t *testing.T) {
	for name, want := range map[string]string{
		"/x/catalogs/a.yaml":             "/x catalogs/a.yaml",
		"/x/catalogs/cases/a.yaml":       "/x catalogs/cases/a.yaml",
		"/x/rego/a.rego":                 "/x rego/a.rego",
		"/x/rego/lists/a_test.rego":      "/x rego/lists/a_test.rego",
		"/x/rego/contradictions/a.rego":  "/x rego/contradictions/a.rego",
		"/catalogs/rego/catalogs/a.yaml": "/catalogs/rego catalogs/a.yaml",
		"/x/catalogs/a.rego":             "",
		"/x/rego/lists/deep/a.rego":      "",
		"/x/catalogs/other/a.yaml":       "",
		"/x/a.yaml":                      "",
		"/":                              "",
	} {
		folder, file, ok := folderOf(filepath.FromSlash(name))
		got := filepath.ToSlash(folder) + " " + file
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// What may stand at a place is known by the text before it.
func TestSought(t *testing.T) {
	v := &policy.Vocabulary{
		Attributes: []*policy.Attribute{{Name: "self_care"}}, Services: []*policy.ServiceName{{ID: "meal-subsidy"}},
	}
	const imports = "import data.parameters as figures\n"
	for _, tt := range []struct {
		file, text string // with a mark | where the cursor is
		want       []sought
	}{
		{"rego/lists/a.rego", imports + "x if figures.|", []sought{{kind: parameter}}},
		{"rego/lists/a.rego", imports + "x if p.|", nil},
		{"rego/lists/a.rego", imports + "x if myfigures.|", nil},
		{"rego/lists/a.rego", imports + "x if a.figures.|", nil},
		{"rego/lists/a.rego", "import data.parameters\nx if parameters.|a", []sought{{kind: parameter}}},
		{"rego/lists/a.rego", "x if data.parameters.|", []sought{{kind: parameter}}},
		{"rego/lists/a.rego", "x if input.|", []sought{{kind: attribute}}},
		{"rego/lists/a.rego", "x if input.age-input.|", []sought{{kind: attribute}}},
		{"rego/lists/a.rego", `x if input["|`, []sought{{kind: attribute}}},
		{"rego/lists/a.rego", "# input.|", nil},
		{"rego/lists/a.rego", `x if "#" == input.|`, nil}, // a comment, as far as one can tell quickly
		{"rego/lists/a.rego", `x if "input.|`, nil},
		{"rego/lists/a.rego", `x if input.self_care == "|`, []sought{{kind: value, of: "self_care"}}},
		{"rego/lists/a.rego", `x if input.self_care in {"full", "|`, []sought{{kind: value, of: "self_care"}}},
		{"rego/lists/a.rego", `x if "fu|" in input.self_care`, []sought{{kind: value, of: "self_care"}}},
		{"rego/lists/a.rego", `g contains grant.promise("|`, []sought{{kind: service}}},
		{"rego/lists/a.rego", `g contains grant.promise("a", {"|`, []sought{{kind: measure}, {kind: service}, {kind: attribute}}},
		{"catalogs/a.yaml", "amends: |", []sought{{kind: stem}}},
		{"catalogs/a.yaml", "j: {id: x, parent: |", []sought{{kind: jurisdiction}}},
		{"catalogs/a.yaml", "# amends: |", nil},
		{"catalogs/a.yaml", "label: x|", nil},
		{"catalogs/a.yaml", "parameters:\n  |", []sought{{kind: parameter}}},
		{"catalogs/a.yaml", "parameters:\n  a:\n    |", nil},
		{"catalogs/a.yaml", "excludes:\n  - has: a\n    without:\n      - |", []sought{{kind: service}}},
		{"catalogs/a.yaml", "excludes:\n- has: a\n  without:\n  - b\n\n  # c\n  - |", []sought{{kind: service}}},
		{"catalogs/a.yaml", "services:\n  - |", nil},
		{"catalogs/services.yaml", "services:\n  |", []sought{{kind: service}}},
		{"catalogs/cases/a.yaml", "- elder: {age: 60, |", []sought{{kind: attribute}, {kind: given}}},
		{"catalogs/cases/a.yaml", "- elder:\n    age: 60\n    |", []sought{{kind: attribute}, {kind: given}}},
		{"catalogs/cases/a.yaml", "- elder: {age: 60, self_care: |", []sought{{kind: value, of: "self_care"}}},
		{"catalogs/cases/a.yaml", "- entitled: {meal-subsidy: {|", []sought{{kind: measure}}},
		{"catalogs/cases/a.yaml", "- entitled: {meal-subsidy: {a: 1}, |", []sought{{kind: service}}},
		{"catalogs/cases/a.yaml", "- entitled:\n    meal-subsidy:\n      |", []sought{{kind: measure}}},
		{"catalogs/cases/a.yaml", "- refused: [a, |", []sought{{kind: service}}},
		{"catalogs/cases/a.yaml", "- |", nil},
	} {
		before, after, _ := strings.Cut(tt.text, "|")
		line := before[strings.LastIndexByte(before, '\n')+1:]
		c := newCursor(before+after, tt.file, position{strings.Count(before, "\n"), units(line)})
		if got := c.sought(v); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.text, got, tt.want)
		}
	}
}

// Whatever the text and the place, the word and its range lie in the line.
func FuzzCursor(f *testing.F) {
	for _, text := range []string{"", "x if input.age >= p.养𠮷 \n\"", "a: {b: [c, d}\n  - e:\n", "\xff\n\r\n# x"} {
		f.Add(text, 1, 3)
	}
	v := &policy.Vocabulary{}
	f.Fuzz(func(t *testing.T, text string, line, character int) {
		if !utf8.ValidString(text) || line > 1000 {
			t.Skip()
		}
		for _, file := range []string{"rego/lists/a.rego", "catalogs/cases/a.yaml"} {
			c := newCursor(text, file, position{line, character})
			c.sought(v)
			if at := c.span(); at.Start.Character > at.End.Character || at.End.Character > units(c.line) {
				t.Errorf("%+v", at)
			}
		}
		spanAt(text, policy.Position{Line: line, Column: character % 1000})
	})
}

// The words of a file are no Markdown.
func TestEscape(t *testing.T) {
	if got, want := escape("<b>*x*</b> [y](z) `c`\x1b"), `\<b\>\*x\*\</b\> \[y\](z) `+"\\`c\\`\ufffd"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Of a shared rule's file every list counts, and a parameter is in each of them that has it.
func TestSharedView(t *testing.T) {
	engine, err := eldercare.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	today := policy.Date{Year: 2026, Month: 11, Day: 22}
	shared := newView(engine.Catalog(), "rego/elder.rego", today, words.Chinese)
	p, ok := shared.find("old_age_allowance_monthly", []sought{{kind: parameter}})
	if !ok || len(p.places) != 2 { // Shanxi and Shuozhou
		t.Errorf("%+v", p.places)
	}
	own := newView(engine.Catalog(), "rego/lists/hongtong.rego", today, words.Chinese)
	if p, ok := own.find("elder_age", []sought{{kind: parameter}}); !ok || len(p.places) != 1 || p.places[0].File != "catalogs/shanxi.yaml" {
		t.Errorf("%+v", p.places)
	}
	if _, ok := own.find("minimum_wage_monthly", []sought{{kind: parameter}}); ok {
		t.Error("Hongtong has a parameter of Huojia's")
	}
}

// A panic is an internal error that repeats nothing, and the session goes on.
func TestPanic(t *testing.T) {
	s := &server{begun: true} // no map to keep a document in
	raw := json.RawMessage(`{"textDocument": {"uri": "file:///x/catalogs/a.yaml", "text": "secret"}}`)
	_, err := s.answer(&jsonrpc2.Request{Method: "textDocument/didOpen", Params: &raw})
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "internal error") {
		t.Error(err)
	}
	if _, err := s.answer(&jsonrpc2.Request{Method: "shutdown"}); err != nil {
		t.Error(err)
	}
}
