// Package overlay lays files that are only in memory over a folder: those that are about to be
// written, or those that an editor holds unsaved.
package overlay

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy/source"
)

// overlay lays files over a folder, in memory.
type overlay struct{ added, below fs.FS }

// New lays files, by slash paths, over a folder on disk, which need not be there.
func New(folder string, files map[string][]byte) (fs.FS, error) {
	added, err := inMemory(files)
	if err != nil {
		return nil, err
	}
	below, err := source.Dir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return added, nil
	}
	return overlay{added, below.FS}, err
}

// inMemory returns a file system that has only some files.
func inMemory(files map[string][]byte) (fs.FS, error) {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
}

// Open opens the file that lies on top.
func (o overlay) Open(name string) (fs.File, error) {
	if f, err := o.added.Open(name); err == nil {
		return f, nil
	}
	return o.below.Open(name)
}

// Stat describes the file that lies on top, and opens none below.
func (o overlay) Stat(name string) (fs.FileInfo, error) {
	if info, err := fs.Stat(o.added, name); err == nil {
		return info, nil
	}
	return fs.Stat(o.below, name)
}

// ReadDir lists what both have in a folder.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	added, missing := fs.ReadDir(o.added, name)
	below, err := fs.ReadDir(o.below, name)
	if err != nil && (missing != nil || !errors.Is(err, fs.ErrNotExist)) {
		return nil, err
	}
	all := append(added, below...)
	slices.SortStableFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return slices.CompactFunc(all, func(a, b fs.DirEntry) bool { return a.Name() == b.Name() }), nil
}
