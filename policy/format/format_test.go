package format_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/format"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// Rego gets the form of OPA's formatter. In lists keys get their order, and a comment
// stays with what it stands above.
func TestFile(t *testing.T) {
	for _, tt := range []struct{ path, text, want string }{
		{"rego/lists/a.rego", "package lists.a\nx if{ input.age>60 }\n", "package lists.a\n\nx if input.age > 60\n"},
		{
			"catalogs/a.yaml",
			"document:\n  # 印发\n  issued: \"2024-01-01\"  \n  title: 文\n",
			"document:\n  title: 文\n  # 印发\n  issued: \"2024-01-01\"\n",
		},
	} {
		got, err := format.File(source.File{Path: tt.path, Display: tt.path, Content: []byte(tt.text)})
		if err != nil {
			t.Fatalf("%s: %v", tt.path, err)
		}
		if diff := cmp.Diff(tt.want, string(got)); diff != "" {
			t.Errorf("%s: %s", tt.path, diff)
		}
		again, err := format.File(source.File{Path: tt.path, Display: tt.path, Content: got})
		if err != nil || string(again) != string(got) {
			t.Errorf("%s: formatted again it changes: %v\n%s", tt.path, err, again)
		}
	}
}

// What cannot be parsed is told with its line.
func TestBrokenFile(t *testing.T) {
	for path, text := range map[string]string{
		"rego/lists/a.rego": "package lists.a\n\nx if {\n", "catalogs/a.yaml": "services:\n- {id: a\n",
	} {
		_, err := format.File(source.File{Path: path, Display: path, Content: []byte(text)})
		var problems policy.Diagnostics
		if !errors.As(err, &problems) || len(problems) == 0 || problems[0].Pos.File != path || problems[0].Pos.Line == 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// All files of lists are found, tests and cases among them, and no others.
func TestFiles(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{
		"catalogs/a.yaml", "catalogs/cases/a.yaml", "rego/own.rego", "rego/lists/a.rego", "rego/lists/a_test.rego", "rego/contradictions/a.rego",
		"README.md", "catalogs/notes.txt", "rego/lists/deeper/b.rego", "other/a.yaml",
	} {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte("# "+name+"\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	files, err := format.Files(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Path)
		if string(f.Content) != "# "+f.Path+"\n" {
			t.Errorf("%s holds %q", f.Path, f.Content)
		}
	}
	want := []string{"catalogs/a.yaml", "catalogs/cases/a.yaml", "rego/own.rego", "rego/contradictions/a.rego", "rego/lists/a.rego", "rego/lists/a_test.rego"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := format.Files(filepath.Join(folder, "missing")); err == nil {
		t.Error("a folder that is not there has no error")
	}
}
