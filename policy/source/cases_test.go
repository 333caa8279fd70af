package source_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// readCases reads cases of the list huojia that stand in a folder over ours.
func readCases(t *testing.T, files map[string]string) ([]*policy.CaseFile, error) {
	t.Helper()
	own := fstest.MapFS{}
	for name, content := range files {
		own[name] = &fstest.MapFile{Data: []byte(content)}
	}
	all := source.NewFiles(source.Source{FS: os.DirFS("../..")}, source.Source{Name: "mine", FS: own})
	v, err := source.LoadVocabulary(all)
	if err != nil {
		t.Fatal(err)
	}
	return source.Cases(all, v, func(folder, _ string) bool { return folder == "mine" })
}

func TestCases(t *testing.T) {
	files, err := readCases(t, map[string]string{"catalogs/cases/huojia.yaml": `
- note: one
  item: "5"
  on: "2025-01-01"
  elder: {age: 80, economic_hardship: true, hukou_code: "410724"}
  entitled: {old-age-allowance: {monthly_cny: ">=50"}}
  refused: [homeless]
`})
	if err == nil { // homeless is no service
		t.Fatal("not refused")
	}
	if len(files) != 1 || len(files[0].Cases) != 1 {
		t.Fatalf("read %v", files)
	}
	got := files[0].Cases[0]
	want := &policy.TestCase{
		Note: "one", Item: "5", On: policy.Date{Year: 2025, Month: 1, Day: 1}, Pos: policy.Position{File: "mine/catalogs/cases/huojia.yaml", Line: 2, Column: 3},
		Elder: map[string]any{"age": 80, "economic_hardship": true, "hukou_code": "410724"},
		Wants: []policy.Expectation{
			{
				Wanted: policy.WantEntitled, Service: "old-age-allowance", Promises: []map[string]string{{"monthly_cny": ">=50"}},
				Pos: policy.Position{File: "mine/catalogs/cases/huojia.yaml", Line: 6, Column: 14},
			},
			{Wanted: policy.WantRefused, Service: "homeless", Pos: policy.Position{File: "mine/catalogs/cases/huojia.yaml", Line: 7, Column: 13}},
		},
		Given: got.Given,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever is wrong with a file of cases is an error at its place; nothing is left out.
func TestCasesAreRefused(t *testing.T) {
	const good = "- {note: a, elder: {age: 60}, refused: [nursing-subsidy]}\n"
	for _, tt := range []struct{ note, name, content, want string }{
		{"expects nothing", "huojia", "- {note: a, elder: {age: 60}}", "1:3 wants-nothing"},
		{"unknown key", "huojia", "- {note: a, elder: {age: 60}, refuse: [nursing-subsidy]}", "1:31 unknown-key"},
		{"no elder", "huojia", "- {note: a, refused: [nursing-subsidy]}", "1:3 missing-key"},
		{"an empty elder", "huojia", "- {note: a, elder: {}, refused: [nursing-subsidy]}", "1:20 no-elder"},
		{"no note", "huojia", "- {elder: {age: 60}, refused: [nursing-subsidy]}", "1:3 missing-key"},
		{"note used twice", "huojia", good + good, "2:3 duplicate-note"},
		{"duplicate key", "huojia", "- {note: a, note: b, elder: {age: 60}, refused: [nursing-subsidy]}", "1:13 duplicate-key"},
		{"second document", "huojia", good + "---\n" + good, "2:1 yaml-documents"},
		{"no YAML", "huojia", "- {note: a", "1:3 yaml-syntax"},
		{"no case", "huojia", "[]", "1:1 no-cases"},
		{"nothing", "huojia", "", "1:1 empty-file"},
		{"unknown attribute", "huojia", "- {note: a, elder: {agee: 60}, refused: [nursing-subsidy]}", "1:21 unknown-attribute"},
		{"unknown service", "huojia", "- {note: a, elder: {age: 60}, refused: [nursing]}", "1:41 unknown-service"},
		{"unknown measure", "huojia", "- {note: a, elder: {age: 60}, entitled: {nursing-subsidy: {monthly: open}}}", "1:60 unknown-measure"},
		{"an amount without a bound", "huojia", `- {note: a, elder: {age: 60}, entitled: {nursing-subsidy: {monthly_cny: "100"}}}`, "1:73 wrong-amount"},
		{"an open total", "huojia", "- {note: a, elder: {age: 60}, monthly_cny: open}", "1:44 wrong-amount"},
		{"a date without quotes", "huojia", "- {note: a, on: \"2025-01-01\", elder: {birth_date: 1950-01-01}, refused: [nursing-subsidy]}", "1:51 wrong-type"},
		{"a date of birth and no day", "huojia", "- {note: a, elder: {birth_date: \"1950-01-01\"}, refused: [nursing-subsidy]}", "1:33 undated-case"},
		{"a list that is not there", "hojia", good, "1:1 no-list"},
		{"another suffix", "huojia.yml", good, "1:1 wrong-suffix"},
	} {
		name := tt.name
		if !strings.Contains(name, ".") {
			name += ".yaml"
		}
		_, err := readCases(t, map[string]string{"catalogs/cases/" + name: tt.content})
		var wrong policy.Diagnostics
		errors.As(err, &wrong)
		var got []string
		for _, d := range wrong {
			got = append(got, fmt.Sprintf("%d:%d %s", d.Pos.Line, d.Pos.Column, d.Code))
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.note, diff)
		}
		if err != nil && strings.Contains(err.Error(), "1950") {
			t.Errorf("%s: the error repeats an elder's value", tt.note)
		}
	}
}
