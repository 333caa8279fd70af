package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// problemsOf returns the problems of one file laid over the good ones: line, column and code of
// each.
func problemsOf(t *testing.T, content string) (policy.Diagnostics, []string) {
	t.Helper()
	files := source.NewFiles(good, source.Source{FS: folder(map[string]string{"catalogs/north.yaml": content})})
	_, err := source.Load(t.Context(), files, nil)
	var problems policy.Diagnostics
	if err != nil && !errors.As(err, &problems) {
		t.Fatalf("Load: %v, want Diagnostics", err)
	}
	var places []string
	for _, d := range problems {
		if d.Remedy == "" || d.Pos.File != "catalogs/north.yaml" {
			t.Errorf("no remedy, or another file: %s", d)
		}
		places = append(places, fmt.Sprintf("%d:%d %s", d.Pos.Line, d.Pos.Column, d.Code))
	}
	return problems, places
}

// A mistake of YAML is found at its line and column. Each case puts other lines in the place of one
// line of north.yaml.
func TestSyntax(t *testing.T) {
	good := strings.Split(read(t, "north"), "\n")
	for _, tt := range []struct {
		note, remedy string // remedy: a word of it
		line         int
		put, want    string
	}{
		{"a tab for indentation", "spaces", 19, "\tname: 津贴", "19:1 yaml-syntax"},
		{"indented too little", "indented", 19, "   name: 津贴", "19:4 yaml-syntax"},
		{"indented too much", "indented", 19, "      name: 津贴", "19:7 yaml-syntax"},
		{"an item indented too little", "indentation", 17, " - id: allowance", "18:9 yaml-syntax"},
		{"no colon", "key: value", 19, "    name 津贴", "19:5 yaml-syntax"},
		{"no space behind the colon", "key: value", 19, "    name:津贴", "19:10 yaml-syntax"},
		{"double quotes left open", "close the quotes", 18, `    item: "1`, "18:11 yaml-syntax"},
		{"single quotes left open", "close the quotes", 18, `    item: '1`, "18:11 yaml-syntax"},
		{"quotes left open in the first line", "close the quotes", 1, `jurisdiction: "north`, "1:15 yaml-syntax"},
		{"an escape that does not exist", "backslash", 19, `    name: "津\贴"`, "19:11 yaml-syntax"},
		{"text behind quotes", "quotes", 19, `    name: "津贴" 等`, "19:16 yaml-syntax"},
		{"a brace left open", "bracket", 11, `      - {from: "2023-01-01", value: 50`, "11:9 yaml-syntax"},
		{"a bracket left open", "bracket", 13, `    cite: [附件 1`, "13:11 yaml-syntax"},
		{"no comma", "comma", 11, `      - {from: "2023-01-01" value: 50}`, "11:9 yaml-syntax"},
		{"a brace too many", "remove", 11, `      - {from: "2023-01-01", value: 50}}`, "11:40 yaml-syntax"},
		{"a bracket too many", "remove", 13, `    cite: [附件 1]]`, "13:17 yaml-syntax"},
		{"a colon in a text", "colon", 19, "    name: 津贴: 补贴", "19:13 yaml-syntax"},
		{"a text that begins with a sign", "quotes", 19, "    name: @津贴", "19:11 yaml-syntax"},
		{"a text that begins with an ampersand", "quotes", 19, "    name: &", "19:11 yaml-syntax"},
		{"an item on the line of its key", "line of its own", 22, "    departments: - 民政部门", "22:18 yaml-syntax"},
		{"an alias of nothing", "write out the value", 25, "    cite: *one", "25:11 yaml-anchor"},
		{"a byte that is not UTF-8", "UTF-8", 19, "    name: 津\xff贴", "19:12 yaml-syntax"},
		{"such a byte in a comment", "UTF-8", 19, "    name: 津贴 # \xb2\xb9", "19:16 yaml-syntax"},
		{"a character cut off", "UTF-8", 19, "    name: 津\xe8\xb4", "19:12 yaml-syntax"},
		{"a control character", "remove", 19, "    name: \"津\x01贴\"", "19:13 yaml-syntax"},
		{"a line separator that editors do not know", "remove", 19, "    name: 津\u2028贴", "19:12 yaml-syntax"},
		{"a carriage return alone", "remove", 19, "    name: 津\r贴", "19:12 yaml-syntax"},
		{"the replacement character is UTF-8", "", 19, "    name: 津\ufffd贴", ""},
		{"a number to the base 60 of YAML 1.1", "quotes", 19, "    name: 12:30", "19:11 wrong-type"},
		{"no digit of the base 60", "", 19, "    name: 12:75", ""},
		{"a truth value of YAML 1.1", "quotes", 19, "    name: OFF", "19:11 wrong-type"},
		{"a text that begins like one", "", 19, "    name: Offer", ""},
		{"a second document", "a file of its own", 35, "---\na: b", "35:1 yaml-documents"},
		{"a second document that is no YAML", "bracket", 35, "---\na: {", "36:4 yaml-syntax"},
	} {
		t.Run(tt.note, func(t *testing.T) {
			lines := append([]string{}, good...)
			lines[tt.line-1] = tt.put
			problems, places := problemsOf(t, strings.Join(lines, "\n"))
			if got := strings.Join(places, ", "); got != tt.want {
				t.Fatalf("got %q, want %q:\n%v", got, tt.want, problems)
			}
			for _, d := range problems {
				if !strings.Contains(d.Remedy, tt.remedy) {
					t.Errorf("the remedy does not speak of %q: %s", tt.remedy, d)
				}
			}
		})
	}
}

// Lines end with \n or \r\n, and a byte order mark is no part of the first.
func TestLineEnds(t *testing.T) {
	for note, content := range map[string]string{
		"\\r\\n":            strings.ReplaceAll(read(t, "north"), "\n", "\r\n"),
		"a byte order mark": "\ufeff" + read(t, "north"),
	} {
		if problems, _ := problemsOf(t, content); len(problems) > 0 {
			t.Errorf("%s: %v", note, problems)
		}
		_, places := problemsOf(t, strings.Replace(content, "level: province", "level: realm", 1))
		if diff := cmp.Diff([]string{"1:60 unknown-level"}, places); diff != "" {
			t.Errorf("%s (-want +got):\n%s", note, diff)
		}
		_, places = problemsOf(t, strings.Replace(content, "level: province}", "level: province", 1))
		if diff := cmp.Diff([]string{"1:15 yaml-syntax"}, places); diff != "" {
			t.Errorf("%s (-want +got):\n%s", note, diff)
		}
	}
	_, places := problemsOf(t, "\xff\xfej\x00u\x00") // UTF-16
	if diff := cmp.Diff([]string{"1:1 yaml-syntax"}, places); diff != "" {
		t.Errorf("UTF-16 (-want +got):\n%s", diff)
	}
}

// The search for the place of a mistake gives up where it would take long; then the parser's line
// has to do.
func TestSyntaxOfLongFile(t *testing.T) {
	for note, tt := range map[string]struct {
		text        func(n int) string
		long        int
		place, line string // of a short one, of a long one
	}{
		"lines": {
			func(n int) string { return "a: 'b\n" + strings.Repeat("c: d\n", n) }, 400_000,
			"1:4 yaml-syntax", "400002:1 yaml-syntax", // it ends there, and the quotes are open
		},
		"brackets": {
			func(n int) string { return "a: b\nb: " + strings.Repeat("[", n) }, 4000,
			"2:4 yaml-syntax", "2:1 yaml-syntax",
		},
	} {
		for n, want := range map[int]string{4: tt.place, tt.long: tt.line} {
			_, places := problemsOf(t, tt.text(n))
			if diff := cmp.Diff([]string{want}, places); diff != "" {
				t.Errorf("%d %s (-want +got):\n%s", n, note, diff)
			}
		}
	}
}
