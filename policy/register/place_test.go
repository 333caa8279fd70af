//go:build unix

package register_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/basic-eldercare/eldercare/policy/register"
)

// A link leads to the file that is written, and stays a link.
func TestFileBehindALink(t *testing.T) {
	folder := t.TempDir()
	target, link := filepath.Join(folder, "real.csv"), filepath.Join(folder, "link.csv")
	if err := os.WriteFile(target, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	f := must(register.CreateFile(link, 0o600))
	must(f.Write([]byte("new")))
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := string(must(os.ReadFile(target))); got != "new" {
		t.Errorf("the file behind the link has %q", got)
	}
	if info := must(os.Lstat(link)); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is a file")
	}
}

// A pipe is written to as it is, and stays, whether committed or not.
func TestPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	for _, commit := range []bool{true, false} {
		read := make(chan string)
		go func() {
			text, _ := os.ReadFile(name)
			read <- string(text)
		}()
		f := must(register.CreateFile(name, 0o644))
		must(f.Write([]byte("row")))
		if commit {
			if err := f.Commit(); err != nil {
				t.Error(err)
			}
		}
		f.Discard()
		if got := <-read; got != "row" {
			t.Errorf("committed %v: %q came", commit, got)
		}
		if info := must(os.Stat(name)); info.Mode()&os.ModeNamedPipe == 0 || info.Mode().Perm() != 0o600 {
			t.Errorf("committed %v: the pipe is %s", commit, info.Mode())
		}
	}
}

// What cannot be written is said of the file that was named, not of the one beside it.
func TestCannotWrite(t *testing.T) {
	folder := t.TempDir()
	_, missing := register.CreateFile(filepath.Join(folder, "none", "out.csv"), 0o600)
	_, isFolder := register.CreateFile(folder, 0o600)
	gone := filepath.Join(folder, "gone")
	if err := os.Mkdir(gone, 0o700); err != nil {
		t.Fatal(err)
	}
	f := must(register.CreateFile(filepath.Join(gone, "out.csv"), 0o600))
	if err := os.RemoveAll(gone); err != nil {
		t.Fatal(err)
	}
	renamed := f.Commit()
	_, closed := f.Write([]byte("late"))
	for note, tt := range map[string]struct {
		err  error
		name string
	}{
		"no folder": {missing, filepath.Join(folder, "none", "out.csv")}, "a folder": {isFolder, folder},
		"a folder that is gone": {renamed, filepath.Join(gone, "out.csv")}, "a closed file": {closed, filepath.Join(gone, "out.csv")},
	} {
		if tt.err == nil || !strings.HasPrefix(tt.err.Error(), "cannot write "+tt.name+": ") || strings.Contains(tt.err.Error(), ".part") {
			t.Errorf("%s: %v", note, tt.err)
		}
	}
}
