package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/basic-eldercare/eldercare"
)

// over loads the lists with a version of a folder over them, which may replace any file of theirs.
// Messages call it by its name.
func (c *common) over(ctx context.Context, name string, version eldercare.Option, jurisdictions ...string) (*eldercare.Engine, error) {
	options := append(c.options(), version, eldercare.WithJurisdictions(jurisdictions...))
	engine, err := eldercare.Load(ctx, options...)
	var problems eldercare.Diagnostics
	if !errors.As(err, &problems) {
		return engine, err
	}
	var replaced []string
	for _, p := range problems {
		inside, err := filepath.Rel(name, filepath.FromSlash(p.Pos.File))
		if p.Code == "unasked-replacement" && err == nil && filepath.IsLocal(inside) {
			replaced = append(replaced, filepath.ToSlash(inside))
		}
	}
	if len(replaced) == 0 {
		c.dirs = append(c.dirs, name) // to show the lines that are wrong
		return nil, err
	}
	engine, err = eldercare.Load(ctx, append(options, eldercare.Replace(replaced...))...)
	if err != nil {
		c.dirs = append(c.dirs, name)
		return nil, err
	}
	for _, r := range engine.Replaced() {
		c.say(r.String())
	}
	return engine, nil
}

// hasLists reports whether there is a folder with catalogs/ or rego/ under a name.
func hasLists(name string) bool {
	for _, sub := range []string{"catalogs", "rego"} {
		if info, err := os.Stat(filepath.Join(name, sub)); err == nil && info.IsDir() {
			return true
		}
	}
	return false
}

// maxRevision is the greatest size of a folder at a revision, packed, in bytes.
const maxRevision = 256 << 20

// revision reads a folder as it was at a revision of git, without a file on disk.
func revision(ctx context.Context, rev, folder string) (fs.FS, error) {
	if rev == "" || strings.HasPrefix(rev, "-") {
		return nil, errors.New("name a revision of git, such as git:main")
	}
	var said bytes.Buffer
	git := exec.CommandContext(ctx, "git", "-C", folder, "archive", "--format=zip", rev)
	git.Stderr = &said
	out, err := git.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := git.Start(); err != nil {
		return nil, fmt.Errorf("git cannot be run: %w", err)
	}
	packed, err := io.ReadAll(io.LimitReader(out, maxRevision+1))
	if len(packed) > maxRevision {
		_ = git.Process.Kill()
		err = fmt.Errorf("the folder at %s is larger than %d MiB", rev, maxRevision>>20)
	}
	if failed := git.Wait(); err == nil && failed != nil {
		err = fmt.Errorf("git has no revision %s of %s: %s", rev, folder, strings.TrimSpace(said.String()))
	}
	if err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
}
