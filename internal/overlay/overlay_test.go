package overlay_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/overlay"
)

// An overlay has the files of both, sorted, and those on top first.
func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"catalogs/b.yaml", "catalogs/c.yaml", "rego/d.rego"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("below"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := overlay.New(dir, map[string][]byte{"catalogs/a.yaml": []byte("added"), "catalogs/b.yaml": []byte("added")})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := fs.ReadDir(all, "catalogs")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		content, err := fs.ReadFile(all, "catalogs/"+e.Name())
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.Name()+" "+string(content))
	}
	if want := []string{"a.yaml added", "b.yaml added", "c.yaml below"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, err := fs.Stat(all, "rego/d.rego"); err != nil {
		t.Error(err)
	}
	if _, err := fs.ReadDir(all, "nothing"); err == nil {
		t.Error("a folder that neither has: no error")
	}
}
