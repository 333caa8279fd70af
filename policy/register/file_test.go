package register_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/basic-eldercare/eldercare/policy/register"
)

// A file has its old content until it is committed, and keeps it when it never is; nothing is left
// beside it.
func TestFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.csv")
	for _, c := range []struct {
		commit bool
		want   string
	}{{false, "old"}, {true, "new"}} {
		if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		f := must(register.CreateFile(name, 0o644))
		must(f.Write([]byte("new")))
		if got := string(must(os.ReadFile(name))); got != "old" {
			t.Errorf("while it is written: %q", got)
		}
		if c.commit {
			if err := f.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		f.Discard()
		if got := string(must(os.ReadFile(name))); got != c.want {
			t.Errorf("committed %v: %q, want %q", c.commit, got, c.want)
		}
		if info := must(os.Stat(name)); info.Mode().Perm() != map[bool]os.FileMode{false: 0o600, true: 0o644}[c.commit] {
			t.Errorf("committed %v: mode %v", c.commit, info.Mode())
		}
		if left := must(os.ReadDir(filepath.Dir(name))); len(left) != 1 {
			t.Errorf("left: %v", left)
		}
	}
}
