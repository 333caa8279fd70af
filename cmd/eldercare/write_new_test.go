package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What cannot be written whole is not written at all, and what is there stays as it is.
func TestWriteNew(t *testing.T) {
	for note, there := range map[string]string{"a file is there": "z/c", "a folder is a file": "z"} {
		t.Run(note, func(t *testing.T) {
			dir := t.TempDir()
			if err := writeInto(filepath.Join(dir, there), []byte("mine")); err != nil {
				t.Fatal(err)
			}
			before := tree(t, dir)
			if err := writeNew(dir, map[string][]byte{"a/b/c": nil, "d": nil, "z/c": []byte("theirs")}); err == nil {
				t.Error("no error")
			}
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("(-before +after)\n%s", diff)
			}
		})
	}
	dir := filepath.Join(t.TempDir(), "new")
	if err := writeNew(dir, map[string][]byte{"a": nil, "a/b": nil}); err == nil {
		t.Error("a file that is a folder: no error")
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder is left behind")
	}
}

// A link in the folder does not lead the files out of it.
func TestWriteNewStaysInside(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "catalogs")); err != nil {
		t.Skip(err)
	}
	if err := writeNew(dir, map[string][]byte{"catalogs/a.yaml": nil}); err == nil {
		t.Error("no error")
	}
	if got := tree(t, outside); len(got) > 0 {
		t.Errorf("outside stands %v", got)
	}
}

// tree returns the files and folders of a folder.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if name != "." {
			all = append(all, name+" "+d.Type().String())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A file that is formatted keeps what others may do with it, and nothing else is left beside it.
func TestFmtKeepsTheMode(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "catalogs", "a.yaml")
	if err := writeInto(name, []byte("effective_from: x\njurisdiction: {id: a}\n")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, 0o640); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	if code := run([]string{"fmt", dir}, nil, io.Discard, io.Discard); code != exitFine {
		t.Fatalf("fmt ends with %d", code)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is %o", info.Mode().Perm())
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
}
