package source

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
)

// The files of the vocabularies, by stem.
const (
	attributesStem = "attributes"
	measuresStem   = "measures"
	servicesStem   = "services"
)

const catalogs = "catalogs"

func catalogPath(stem string) string { return path.Join(catalogs, stem+".yaml") }

// Load reads and validates the vocabularies and lists. The error is [policy.Diagnostics] with every
// problem of the run. Load then still returns a catalog to check rules against, unless there is
// nothing to read. This catalog has the lists whose services and parameters, own and inherited, are
// known in spite of the problems. A vocabulary that could not be read is empty in it.
//
// If only is not nil, Load reads just those jurisdictions and the ones above them: the files
// catalogs/<id>.yaml and catalogs/<id>_*.yaml. It looks into every other file, too, so that a file
// of theirs with another name is an error. An id without a file is not an error here:
// [policy.Catalog.InForce] reports it.
//
// When ctx ends, the error is that of ctx, and no catalog comes with it.
func Load(ctx context.Context, files *Files, only []string) (*policy.Catalog, error) {
	l := newLoader(files)
	l.ctx = ctx
	if !l.findStems() {
		return nil, l.diagnostics.Err()
	}
	l.ahead(only)
	l.readVocabulary()
	if only == nil {
		l.lists = l.readLists(l.stems)
	} else {
		l.readOnly(only)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := l.resolve()
	l.warnings.Sort()
	c.Warnings = l.warnings
	for _, f := range l.lists {
		l.diagnostics = append(l.diagnostics, f.document.diagnostics...)
	}
	return c, l.diagnostics.Err()
}

// LoadVocabulary reads the vocabularies alone, and ignores errors in lists. The error is
// [policy.Diagnostics].
func LoadVocabulary(files *Files) (*policy.Vocabulary, error) {
	l := newLoader(files)
	l.readVocabulary()
	if err := l.diagnostics.Err(); err != nil {
		return nil, err
	}
	return l.vocabulary, nil
}

func newLoader(files *Files) *loader {
	return &loader{ctx: context.Background(), files: files, vocabulary: &policy.Vocabulary{}, unread: map[string]bool{}, misplaced: map[string]bool{}}
}

type loader struct {
	ctx         context.Context // of the one load; once it has ended no more files are read
	files       *Files
	begun       sync.Map // files that are parsed already, or that somebody parses: name in messages -> func() (node, bool)
	vocabulary  *policy.Vocabulary
	stems       []string        // of the list files, sorted
	unread      map[string]bool // vocabularies of which nothing could be read
	misplaced   map[string]bool // stems of the lists of which rules lie in a wrong folder
	lists       []*listFile
	diagnostics policy.Diagnostics
	warnings    policy.Diagnostics
}

// folderError reports what is wrong with a folder, which has no lines.
func (l *loader) folderError(code, folder, remedy, format string, args ...any) {
	l.diagnostics.Errorf(code, policy.Position{File: folder}, remedy, format, args...)
}

// fileError reports what is wrong with a file as a whole: at its beginning.
func fileError(ds *policy.Diagnostics, code, file, remedy, format string, args ...any) {
	ds.Errorf(code, policy.Position{File: file, Line: 1, Column: 1}, remedy, format, args...)
}

// reportUnreadable reports a file that is there and cannot be read.
func reportUnreadable(ds *policy.Diagnostics, file File, err error) {
	fileError(ds, "unreadable", file.Display, "put a file there that can be read", "cannot be read: %v", reason(err))
}

// reason returns an error without the path, which the message begins with.
func reason(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// findStems lists the files of catalogs/. It reports false when there is nothing to load.
func (l *loader) findStems() bool {
	for i := range l.files.sources {
		l.findIn(i)
	}
	paths, err := l.files.Glob(catalogs, ".yaml")
	if err != nil {
		return false // findIn said so
	}
	for _, p := range paths {
		switch stem := strings.TrimSuffix(path.Base(p), ".yaml"); stem {
		case attributesStem, measuresStem, servicesStem:
		default:
			l.stems = append(l.stems, stem)
		}
	}
	if len(l.stems) == 0 && len(l.diagnostics) == 0 {
		l.folderError("no-lists", l.files.Display(catalogs), "add catalogs/<jurisdiction>.yaml", "there are no lists")
	}
	return len(paths) > 0
}

// findIn looks whether a source is a folder of lists at all: a mistyped folder must not pass for an
// empty one.
func (l *loader) findIn(source int) {
	s := l.files.sources[source]
	paths, err := l.files.glob(source, catalogs, ".yaml")
	if err != nil {
		l.folderError("unreadable", s.display(catalogs), "make it a folder that can be read", "cannot be read: %v", reason(err))
		return
	}
	unread := l.reportUnread(source)
	if len(paths) == 0 && !unread && !l.files.hasRules(source) {
		l.folderError("no-lists", s.display("."), "name a folder with catalogs/*.yaml", "the folder has no lists")
	}
}

// hasRules reports whether a source holds Rego, as one does that only changes rules.
func (f *Files) hasRules(source int) bool {
	for _, dir := range []string{"rego", regoLists, regoContradictions} {
		if paths, err := f.glob(source, dir, ".rego"); err == nil && len(paths) > 0 {
			return true
		}
	}
	return false
}

func (l *loader) readVocabulary() {
	reader := vocabularyReader{l.vocabulary}
	for _, v := range []struct {
		stem string
		read func(root node) (words int)
	}{
		{attributesStem, reader.readAttributes},
		{measuresStem, reader.readMeasures},
		{servicesStem, reader.readServices},
	} {
		root, ok := l.parseVocabulary(v.stem)
		l.unread[v.stem] = !ok
		if !ok {
			continue
		}
		words := v.read(root)
		wrong := root.document.all()
		l.unread[v.stem] = words == 0 && len(wrong) > 0
		l.diagnostics = append(l.diagnostics, wrong...)
	}
}

// parseVocabulary parses a vocabulary: the file of the first source that has one, with what those
// of the others add. It reports false when one of them cannot be parsed, so that it is not known
// which words there are.
func (l *loader) parseVocabulary(stem string) (root node, ok bool) {
	ok = true
	var roots []node
	for i := range l.files.sources {
		file, err := l.files.readFrom(i, catalogPath(stem))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			reportUnreadable(&l.diagnostics, file, err)
			ok = false
		default:
			root, parsed := l.parse(file)
			if !parsed {
				l.diagnostics = append(l.diagnostics, root.document.diagnostics...)
			}
			ok = ok && parsed
			roots = append(roots, root)
		}
	}
	if len(roots) == 0 && ok {
		fileError(&l.diagnostics, "missing-file", l.files.Display(catalogPath(stem)), "add the vocabulary", "there is no such file")
	}
	if len(roots) == 0 || !ok {
		return node{}, false
	}
	for _, later := range roots[1:] {
		roots[0].add(later)
	}
	return roots[0], true
}

// readLists reads files in parallel; the result is in the order of the stems. Once the context has
// ended it is empty.
func (l *loader) readLists(stems []string) []*listFile {
	v := l.vocabulary
	reader := listReader{
		parse:        l.parse,
		vocabulary:   v,
		noServices:   l.unread[servicesStem],
		noMeasures:   l.unread[measuresStem],
		noAttributes: l.unread[attributesStem],
		misplaced:    l.misplaced,
		serviceIDs:   names(v.Services, func(s *policy.ServiceName) string { return s.ID }),
		measureNames: names(v.Measures, func(m *policy.Measure) string { return m.Name }),
		attributes:   names(yesNo(v), func(a *policy.Attribute) string { return a.Name }),
		types:        names(v.ServiceTypes, func(t *policy.ServiceType) string { return t.Name }),
	}
	lists := make([]*listFile, len(stems))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(stems)) {
		wg.Go(func() {
			for i := range next {
				lists[i] = l.readList(reader, stems[i])
			}
		})
	}
	for i := range stems {
		if l.ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	if l.ctx.Err() != nil {
		return nil
	}
	return lists
}

func (l *loader) readList(reader listReader, stem string) *listFile {
	file, err := l.files.Read(catalogPath(stem))
	if err != nil {
		d := &document{display: file.Display}
		reportUnreadable(&d.diagnostics, file, err)
		return &listFile{stem: stem, document: d}
	}
	return reader.read(stem, file)
}

// readOnly reads some jurisdictions, then their parents, and so on up.
func (l *loader) readOnly(ids []string) {
	wanted := map[string]bool{}
	read := map[string]bool{} // by stem
	other := map[string]bool{}
	for len(ids) > 0 {
		var stems []string
		for _, id := range ids {
			wanted[id] = true
			for _, stem := range stemsOf(l.stems, id) {
				if !read[stem] {
					read[stem] = true
					stems = append(stems, stem)
				}
			}
		}
		found := l.readLists(stems)
		ids = nil
		for _, f := range found {
			if p := f.above(wanted); p != "" && !wanted[p] {
				ids = append(ids, p)
			}
		}
		l.lists = append(l.lists, found...)
	}
	l.lists = append(l.lists, l.readMisnamed(wanted, read)...)
	// The files of chaoyang include chaoyang_beijing.yaml, which may be a jurisdiction of its own.
	for _, f := range l.lists {
		if f.list != nil {
			id := f.list.Jurisdiction.ID
			other[f.stem] = id != "" && !wanted[id] && stemOf(f.stem, id)
		}
	}
	l.lists = slices.DeleteFunc(l.lists, func(f *listFile) bool {
		return other[f.stem] || f.amendment != nil && f.amendment.readable && other[f.amendment.amends.yaml.Value]
	})
}

// readMisnamed reads what belongs to some jurisdictions and has the name of none of their files, so
// that it is reported, and not left out: lists with their ids, and amendments of their lists or of
// none that there is.
func (l *loader) readMisnamed(wanted, read map[string]bool) []*listFile {
	var stems []string
	for _, stem := range l.stems {
		if !read[stem] && l.mayMean(stem, wanted) {
			stems = append(stems, stem)
		}
	}
	return slices.DeleteFunc(l.readLists(stems), func(f *listFile) bool {
		if f.list != nil {
			return !wanted[f.list.Jurisdiction.ID]
		}
		if f.amendment == nil || !f.amendment.readable {
			return true
		}
		amended := f.amendment.amends.yaml.Value
		_, exists := slices.BinarySearch(l.stems, amended)
		return exists && !read[amended]
	})
}

// beforeID matches what stands before the id of a jurisdiction.
const beforeID = `\bid["']?\s*:\s*["']?`

// mayMean reports whether a file may be of one of some jurisdictions, by a look at its text, or an
// amendment of anything.
func (l *loader) mayMean(stem string, wanted map[string]bool) bool {
	file, err := l.files.Read(catalogPath(stem))
	if err != nil {
		return false
	}
	if bytes.Contains(file.Content, []byte("amends")) {
		return true
	}
	for id := range wanted {
		if bytes.Contains(file.Content, []byte(id)) && regexp.MustCompile(beforeID+regexp.QuoteMeta(id)+`\b`).Match(file.Content) {
			return true
		}
	}
	return false
}

// stemsOf returns those of some sorted stems of files that may belong to a jurisdiction.
func stemsOf(stems []string, id string) []string {
	var of []string
	if _, ok := slices.BinarySearch(stems, id); ok {
		of = append(of, id)
	}
	i, _ := slices.BinarySearch(stems, id+"_")
	for ; i < len(stems) && strings.HasPrefix(stems[i], id+"_"); i++ {
		of = append(of, stems[i])
	}
	return of
}

func names[T any](all []T, name func(T) string) []string {
	s := make([]string, len(all))
	for i, t := range all {
		s[i] = name(t)
	}
	return s
}
