package policy

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Source is a folder of catalogs/ and rego/. Name is put before its paths in positions; it is empty for the embedded lists.
type Source struct {
	Name string
	FS   fs.FS
}

// Files are the files of several sources laid over each other: of two files with the same path the later source's counts.
type Files struct {
	sources []Source
}

// File is one file of [Files].
type File struct {
	Path    string // slash path inside its source, such as rego/lists/shuozhou.rego
	Display string // Path with the name of the source before it, for messages
	Content []byte
}

// NewFiles lays sources over each other, the first at the bottom.
func NewFiles(sources ...Source) *Files {
	return &Files{sources: slices.Clone(sources)}
}

// Glob is the sorted slash paths of the files directly in a folder whose name ends in suffix. A folder that no source has is empty.
func (f *Files) Glob(dir, suffix string) ([]string, error) {
	var paths []string
	for _, s := range f.sources {
		found, err := s.glob(dir, suffix)
		if err != nil {
			return nil, err
		}
		paths = append(paths, found...)
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// Read is the file with that path of the last source that has it; an error that is [fs.ErrNotExist] when none has.
func (f *Files) Read(name string) (File, error) {
	for _, s := range slices.Backward(f.sources) {
		content, err := fs.ReadFile(s.FS, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return File{Path: name, Display: s.display(name), Content: content}, err
	}
	return File{Path: name, Display: name}, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (s Source) display(name string) string { return path.Join(s.Name, name) }

func (s Source) glob(dir, suffix string) ([]string, error) {
	entries, err := fs.ReadDir(s.FS, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var paths []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), suffix) {
			paths = append(paths, path.Join(dir, e.Name()))
		}
	}
	return paths, nil
}
