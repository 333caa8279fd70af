package source

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// Replacement is a file by which a source changes something of another source. It takes the place
// of a file of an earlier source, or it holds the rules of a list whose YAML is in another source.
type Replacement struct {
	Path string `json:"path"` // slash path inside the source, such as rego/elder.rego
	By   string `json:"by"`   // the file, as messages name it
	Of   string `json:"of"`   // what it changes, likewise
}

// String names the file, and what it changes.
func (r Replacement) String() string {
	if path.Ext(r.By) != path.Ext(r.Of) {
		return r.By + " gives rules to " + r.Of
	}
	return r.By + " replaces " + r.Of
}

// Replacements returns the loaded files by which a source changes something of another source, in
// the order of the sources. An exact copy of a file replaces nothing. A vocabulary replaces nothing
// either, because it only adds.
func (f *Files) Replacements() []Replacement {
	var all []Replacement
	for i := range f.sources {
		for _, in := range []struct{ dir, suffix string }{{catalogs, ".yaml"}, {"rego", ".rego"}, {regoLists, ".rego"}, {regoContradictions, ".rego"}} {
			paths, _ := f.glob(i, in.dir, in.suffix) // a folder that cannot be read is reported where it is read
			for _, p := range paths {
				if of := f.changedBy(i, p); of != "" && !strings.HasSuffix(p, "_test.rego") && !isVocabulary(p) {
					all = append(all, Replacement{Path: p, By: f.sources[i].display(p), Of: of})
				}
			}
		}
	}
	return all
}

const regoLists = "rego/lists"

// changedBy names what a file of a source changes of another source, "" when nothing.
func (f *Files) changedBy(source int, name string) string {
	for below := source - 1; below >= 0; below-- {
		if f.has(below, name) {
			if f.isCopy(source, below, name) {
				return ""
			}
			return f.sources[below].display(name)
		}
	}
	list := catalogPath(strings.TrimSuffix(path.Base(name), ".rego"))
	if path.Dir(name) != regoLists || f.has(source, list) {
		return ""
	}
	for other := range f.sources {
		if f.has(other, list) {
			return f.sources[other].display(list)
		}
	}
	return ""
}

func (f *Files) has(source int, name string) bool {
	return f.listed(source, path.Dir(name)).has(path.Base(name))
}

// isCopy reports whether two sources have the same under a path.
func (f *Files) isCopy(source, below int, name string) bool {
	content, err := f.sources[source].read(name)
	if err != nil {
		return false
	}
	original, err := f.sources[below].read(name)
	return err == nil && bytes.Equal(content, original)
}

// Unasked reports the replacements whose paths are not among the allowed ones.
func Unasked(found []Replacement, allowed []string) policy.Diagnostics {
	var ds policy.Diagnostics
	for _, r := range found {
		if !slices.Contains(allowed, r.Path) {
			fileError(&ds, "unasked-replacement", r.By, r.remedy(), "a folder adds to what is there, and %s", r)
		}
	}
	return ds
}

// Idle reports the allowed paths that replace nothing.
func Idle(found []Replacement, allowed []string) policy.Diagnostics {
	var ds policy.Diagnostics
	paths := make([]string, len(found))
	for i, r := range found {
		paths[i] = r.Path
	}
	for _, p := range allowed {
		if !slices.Contains(paths, p) {
			ds.Errorf("nothing-replaced", policy.Position{File: p}, didYouMean(p, paths, "leave it out, or write the path as it is inside the folder"),
				"this path may be replaced, but no folder replaces it")
		}
	}
	return ds
}

// remedy returns what to do about a replacement that nobody asked for.
func (r Replacement) remedy() string {
	allow := "allow it with --replace " + r.Path + ", in Go with eldercare.Replace"
	stem := strings.TrimSuffix(path.Base(r.Path), path.Ext(r.Path))
	if path.Dir(r.Path) == catalogs {
		return "amend the list in " + catalogPath(stem+"_…") + ", or " + allow
	}
	return "give it a name of its own, or " + allow
}

// isVocabulary reports whether a path is that of a vocabulary.
func isVocabulary(p string) bool {
	return slices.Contains([]string{catalogPath(attributesStem), catalogPath(measuresStem), catalogPath(servicesStem)}, p)
}
