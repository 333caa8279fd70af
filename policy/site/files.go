package site

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/basic-eldercare/eldercare/policy"
)

// file is a file of a site.
type file struct {
	content []byte
	tag     string // tells contents apart
}

func (s *Site) add(name string, content []byte) {
	s.files[name] = file{content, fmt.Sprintf(`"%x"`, sha256.Sum256(content))}
}

// Paths are the paths of all files, sorted.
func (s *Site) Paths() []string { return slices.Sorted(maps.Keys(s.files)) }

// File is the content of a file, and false when there is none. It must not be changed.
func (s *Site) File(path string) ([]byte, bool) {
	f, ok := s.files[path]
	return f.content, ok
}

// policyOf is the Content-Security-Policy of all pages, which they state themselves, too.
const policyOf = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'"

// Has reports whether the site has a file for the path of an address, or knows where it is.
func (s *Site) Has(address string) bool {
	name := nameOf(address)
	_, ok := s.files[name]
	return ok || s.turned[name] != ""
}

// nameOf returns the file for the path of an address. One that ends in a slash is that of its
// index.html.
func nameOf(address string) string {
	name := strings.TrimPrefix(address, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	return name
}

// ServeHTTP serves the files.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := nameOf(r.URL.Path)
	f, ok := s.files[name]
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are allowed", http.StatusMethodNotAllowed)
		return
	case s.turned[name] != "":
		w.Header().Set("Location", s.turned[name])
		w.WriteHeader(http.StatusFound)
		return
	case !ok:
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	Guard(h)
	h.Set("Content-Type", typeOf(name))
	h.Set("Cache-Control", "no-cache") // asked for again by its tag
	h.Set("ETag", f.tag)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(f.content))
}

// Guard sets the headers that keep a page to files of its site, out of frames of others, and its
// address to itself.
func Guard(h http.Header) {
	h.Set("Content-Security-Policy", policyOf+"; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
}

func typeOf(name string) string {
	if path.Ext(name) == ".js" { // some systems know another type
		return "text/javascript; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// Writable reports why no site can be written into a folder: it is not empty, or no folder. It
// saves the work of making a site for nothing.
func Writable(dir string) error {
	dir = filepath.Clean(dir)
	entries, err := os.ReadDir(dir)
	switch {
	case len(entries) > 0:
		return policy.Errorf("wrong-folder", "%s is not empty: name a new or an empty folder", dir)
	case os.IsNotExist(err):
		return nil
	}
	return err
}

// Write writes the site into a folder that is not there yet or is empty. It is there whole in the
// end, or as it was before.
func (s *Site) Write(dir string) (err error) {
	if err := Writable(dir); err != nil {
		return err
	}
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	beside, err := os.MkdirTemp(filepath.Dir(dir), ".site-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(beside)
		}
	}()
	for _, name := range s.Paths() {
		if err := writeFile(filepath.Join(beside, filepath.FromSlash(name)), s.files[name].content); err != nil {
			return err
		}
	}
	if err := os.Chmod(beside, 0o755); err != nil { // a web server reads it as another user
		return err
	}
	if err := os.Remove(dir); err != nil && !os.IsNotExist(err) { // empty; some systems rename over nothing else
		return err
	}
	return os.Rename(beside, dir)
}

func writeFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}
