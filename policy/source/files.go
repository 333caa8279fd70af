// Package source reads the files of lists into the model of package policy: overlaid folders, YAML,
// vocabularies, lists and their amendments. It refuses what it does not understand, and reports
// every problem of a run at its place.
//
// It also computes a digest of what was read, and makes the data that rules read. To this package,
// Rego is text.
package source

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
)

// Dir returns the source of a folder on disk. It follows no link that leads out of the folder.
func Dir(name string) (Source, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return Source{}, err
	}
	return Source{Name: name, FS: root.FS()}, nil
}

// Source is a folder with catalogs/ and rego/. Positions put Name before the paths of its files.
// Name is empty for the embedded lists.
type Source struct {
	Name string
	FS   fs.FS
}

// Files holds the files of several sources laid over each other. Of two files with the same path,
// that of the later source counts. A folder is listed once, and a file is read once, so later
// changes are not seen. Files is safe for concurrent use.
type Files struct {
	sources []Source
	folders sync.Map // sourceFolder -> *listing
	files   sync.Map // path -> *reading
}

// reading is what came of reading a file.
type reading struct {
	file File
	err  error
}

// sourceFolder is a folder of one of the sources.
type sourceFolder struct {
	source int
	dir    string
}

// listing is what a folder holds.
type listing struct {
	names []string // of its files, sorted, without what editors left
	err   error    // nil where there is no such folder
}

// File is one file of [Files].
type File struct {
	Path    string // slash path inside its source, such as rego/lists/shuozhou.rego
	Display string // Path with the name of the source before it, for messages
	Content []byte // with lines that end in \n, however the file ends them: no answer and no digest depends on that
}

// NewFiles lays sources over each other, the first at the bottom.
func NewFiles(sources ...Source) *Files {
	return &Files{sources: slices.Clone(sources)}
}

// Glob returns the sorted slash paths of the files directly in a folder whose name ends in suffix.
// A folder that no source has is empty.
func (f *Files) Glob(dir, suffix string) ([]string, error) {
	var paths []string
	for i := range f.sources {
		found, err := f.glob(i, dir, suffix)
		if err != nil {
			return nil, err
		}
		paths = append(paths, found...)
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// regoContradictions is the folder of contradictions that folders add to those of rego/elder.rego.
const regoContradictions = "rego/contradictions"

// Shared returns the sorted paths of the Rego that all lists share, without tests.
func (f *Files) Shared() ([]string, error) {
	modules, err := f.Glob("rego", ".rego")
	if err != nil {
		return nil, err
	}
	more, err := f.Glob(regoContradictions, ".rego")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(append(modules, more...), func(p string) bool { return strings.HasSuffix(p, "_test.rego") }), nil
}

// Read returns the file with a path from the last source that has it. The error is [fs.ErrNotExist]
// when no source has it. Another error says that the path is a broken link, or not a regular file.
// A pipe or a device is not opened, as reading it might never end.
func (f *Files) Read(name string) (File, error) {
	known, ok := f.files.Load(name)
	if !ok {
		file, err := f.read(name)
		known, _ = f.files.LoadOrStore(name, &reading{file, err})
	}
	r := known.(*reading)
	return r.file, r.err
}

func (f *Files) read(name string) (File, error) {
	for i := range slices.Backward(f.sources) {
		if file, err := f.readFrom(i, name); !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return File{Path: name, Display: f.Display(name)}, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// readFrom is [Files.Read] in one source.
func (f *Files) readFrom(source int, name string) (File, error) {
	s, l := f.sources[source], f.listed(source, path.Dir(name))
	file := File{Path: name, Display: s.display(name)}
	if l.err == nil && !l.has(path.Base(name)) {
		return file, fs.ErrNotExist
	}
	content, err := s.read(name)
	if errors.Is(err, fs.ErrNotExist) && l.has(path.Base(name)) {
		err = errDeadLink
	}
	file.Content = content
	return file, err
}

var (
	errDeadLink   = policy.Errorf("wrong-file", "the link leads nowhere")
	errNotRegular = policy.Errorf("wrong-file", "it is not a regular file")
	errTooLong    = policy.Errorf("wrong-file", "it is longer than %d MiB", maxFile>>20)
	errTooMany    = policy.Errorf("wrong-folder", "it holds more than %d files", maxFiles)
)

// maxFile is how many bytes a file may have: a hundred times those of our longest list.
const maxFile = 4 << 20

// maxFiles is how many files a folder may hold: several for each county of the nation.
const maxFiles = 20_000

func (s Source) read(name string) ([]byte, error) {
	info, err := fs.Stat(s.FS, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	if info.Size() > maxFile {
		return nil, errTooLong
	}
	content, err := fs.ReadFile(s.FS, name)
	if len(content) > maxFile { // it grew
		return nil, errTooLong
	}
	if !bytes.Contains(content, []byte("\r\n")) {
		return content, err
	}
	return bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")), err
}

// Display returns a path as messages name it: in the last source that has the file, or else in the
// last source of all, where the file would be added.
func (f *Files) Display(name string) string {
	for i, s := range slices.Backward(f.sources) {
		if f.listed(i, path.Dir(name)).has(path.Base(name)) {
			return s.display(name)
		}
	}
	if len(f.sources) == 0 {
		return name
	}
	return f.sources[len(f.sources)-1].display(name)
}

func (s Source) display(name string) string { return path.Join(s.Name, name) }

// glob is [Files.Glob] in one source.
func (f *Files) glob(source int, dir, suffix string) ([]string, error) {
	l := f.listed(source, dir)
	var paths []string
	for _, name := range l.names {
		if strings.HasSuffix(name, suffix) {
			paths = append(paths, path.Join(dir, name))
		}
	}
	return paths, l.err
}

// listed returns what a folder of a source holds.
func (f *Files) listed(source int, dir string) *listing {
	key := sourceFolder{source, dir}
	if known, ok := f.folders.Load(key); ok {
		return known.(*listing)
	}
	l := &listing{}
	entries, err := fs.ReadDir(f.sources[source].FS, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.err = err
	}
	if len(entries) > maxFiles {
		entries, l.err = nil, errTooMany
	}
	for _, e := range entries {
		if !e.IsDir() && !isDropping(e.Name()) {
			l.names = append(l.names, e.Name())
		}
	}
	slices.Sort(l.names)
	known, _ := f.folders.LoadOrStore(key, l)
	return known.(*listing)
}

func (l *listing) has(name string) bool {
	_, ok := slices.BinarySearch(l.names, name)
	return ok
}

// RegoFile is a file of Rego in one of the sources. It may hold tests.
type RegoFile struct {
	Folder  string // the name of the source; empty for the lists that come with the module
	Path    string // slash path inside the source
	Display string
	source  int
}

// Rego returns the files of Rego of all sources. Of two files with the same path it returns that of
// the later source, as [Files.Read] does. Tests are the exception: it returns those of every
// source.
func (f *Files) Rego() []RegoFile {
	var found []RegoFile
	at := map[string]int{}
	for i, s := range f.sources {
		for _, dir := range []string{"rego", regoLists, regoContradictions} {
			paths, _ := f.glob(i, dir, ".rego") // loading says what cannot be read
			for _, p := range paths {
				file := RegoFile{Folder: s.Name, Path: p, Display: s.display(p), source: i}
				before, again := at[p]
				if again && !strings.HasSuffix(p, "_test.rego") {
					found[before] = file
					continue
				}
				at[p] = len(found)
				found = append(found, file)
			}
		}
	}
	return found
}

// ReadRego returns the content of a file of [Files.Rego].
func (f *Files) ReadRego(file RegoFile) ([]byte, error) {
	read, err := f.readFrom(file.source, file.Path)
	return read.Content, err
}

// FolderOf returns the name of the last source that has a file with a path, or "" when none has.
func (f *Files) FolderOf(name string) string {
	for i, s := range slices.Backward(f.sources) {
		if f.listed(i, path.Dir(name)).has(path.Base(name)) {
			return s.Name
		}
	}
	return ""
}
