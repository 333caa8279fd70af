package lsp

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/basic-eldercare/eldercare"
)

// embedded writes the files of the lists that come with the program, so that an editor can open
// them. It writes each when it is first asked for, into a folder that is removed at the end.
type embedded struct {
	mu     sync.Mutex
	dir    string
	engine *eldercare.Engine
}

// file returns the name on disk of a file that comes with the program.
func (e *embedded) file(ctx context.Context, path string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	content, err := e.source(ctx, path)
	if err == nil {
		err = ctx.Err() // at the end the folder is gone
	}
	if err != nil {
		return "", err
	}
	if e.dir == "" {
		if e.dir, err = os.MkdirTemp("", "eldercare-lists-"); err != nil {
			return "", err
		}
	}
	name := filepath.Join(e.dir, filepath.FromSlash(path))
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return "", err
	}
	return name, os.WriteFile(name, content, 0o400)
}

// text returns the text of a file that comes with the program. It is empty when there is none.
func (e *embedded) text(ctx context.Context, path string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	content, err := e.source(ctx, path)
	if err != nil {
		return ""
	}
	return string(content)
}

func (e *embedded) source(ctx context.Context, path string) (content []byte, err error) {
	if e.engine == nil {
		if e.engine, err = eldercare.Load(ctx); err != nil {
			return nil, err
		}
	}
	return e.engine.Source(path)
}

// has reports whether a file is one of those written.
func (e *embedded) has(name string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.dir != "" && strings.HasPrefix(name, e.dir+string(filepath.Separator))
}

// remove removes the written files.
func (e *embedded) remove() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.dir != "" {
		_ = os.RemoveAll(e.dir) // it is the system's folder for what may be lost
	}
}
