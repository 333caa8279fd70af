package source

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// This file finds what looks like a list and is not read, so that no figure is lost in silence.

// isDropping reports whether a file is what editors and systems leave beside the file that they
// edit or copy.
func isDropping(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") ||
		slices.ContainsFunc([]string{"~", ".swp", ".swo", ".bak", ".orig", ".rej", ".tmp"}, func(s string) bool { return strings.HasSuffix(name, s) })
}

// suffixOf returns the suffix that a file should have, which looks like YAML or Rego; empty when it
// looks like neither.
func suffixOf(name string) string {
	name = strings.ToLower(name)
	switch {
	case strings.Contains(name, ".yaml"), strings.Contains(name, ".yml"):
		return ".yaml"
	case strings.Contains(name, ".rego"):
		return ".rego"
	}
	return ""
}

// readFolders are the folders of which files are read, by the suffix of these.
var readFolders = map[string]string{catalogs: ".yaml", "rego": ".rego", regoLists: ".rego", regoContradictions: ".rego"}

// reportUnread reports the files of a source that look like lists or their rules and are not read:
// errors where the content leaves no doubt, else warnings, as for droppings. It reports whether
// there is an error.
func (l *loader) reportUnread(source int) bool {
	before := len(l.diagnostics)
	s := l.files.sources[source]
	own, _ := l.files.glob(source, catalogs, ".yaml") // findIn reports the error
	u := unread{l, s, len(own) > 0}
	for _, top := range []string{".", catalogs, casesFolder, "rego"} { // the last three by name, as they may be links
		seen := 0
		_ = fs.WalkDir(s.FS, top, func(p string, e fs.DirEntry, err error) error { // listed reports what cannot be read
			seen++
			switch {
			case seen > maxFiles:
				l.folderError("unreadable", s.display("."), "name a folder that holds only lists", "cannot be read: %v", errTooMany)
				return fs.SkipAll
			case err != nil || e.IsDir() && p != top && !u.mayHoldLists(p):
				return fs.SkipDir
			case !e.IsDir():
				u.file(p)
			case isRead(p), path.Dir(p) == casesFolder && path.Ext(p) == ".yaml":
				u.warn("unreadable", p, "put a file there that can be read", "this is a folder, not a file")
			}
			return nil
		})
	}
	return len(l.diagnostics) > before
}

// isRead reports whether a path is one of a file that is read.
func isRead(p string) bool {
	suffix := readFolders[path.Dir(p)]
	return suffix != "" && strings.HasSuffix(p, suffix) && !isDropping(path.Base(p))
}

// unread finds the files of a source that look like lists or their rules and are not read.
type unread struct {
	*loader
	Source
	lists bool // whether the source has lists where they belong
}

// mayHoldLists reports whether somebody may have put lists into a folder: one beside catalogs and
// rego or below these, but for that of cases, which is looked at by itself. In a source without
// lists they may lie one folder too deep.
func (u unread) mayHoldLists(dir string) bool {
	top, below, deep := strings.Cut(dir, "/")
	second, _, _ := strings.Cut(below, "/")
	switch {
	case dir == catalogs, dir == "rego", dir == casesFolder, strings.HasPrefix(path.Base(dir), "."):
		return false
	}
	return !deep || isListFolder(top) || isListFolder(second) && !u.lists
}

// isListFolder reports whether a folder's name is that of one with lists, in any case.
func isListFolder(name string) bool {
	return strings.EqualFold(name, catalogs) || strings.EqualFold(name, "rego")
}

const casesFolder = catalogs + "/cases"

// file reports a file that looks like a list or its rules and is not read.
func (u unread) file(p string) {
	dir, name := path.Split(p)
	dir = path.Clean(dir)
	suffix := suffixOf(name)
	if home := u.homeOf(p); home != "" && !isDropping(name) {
		u.reportMisplaced(u.display(p), home)
		return
	}
	switch {
	case isRead(p):
	case isDropping(name):
		if suffix != "" && readFolders[dir] != "" {
			u.warn("dropping", p, "remove it, or give it the name of a list", "the file looks like a leftover of an editor, and is not read")
		}
	case dir == casesFolder && suffix == ".yaml": // who reads the cases reports another suffix
	case readFolders[dir] != "" && readFolders[dir] == suffix:
		fileError(&u.diagnostics, "wrong-suffix", u.display(p), rename(suffix), onlySuffix, suffix)
	case suffix == "" && !mayBeYAML(name):
	case suffix == "" && (dir == catalogs || dir == casesFolder):
		u.otherSuffix(p)
	default:
		u.elsewhere(p, suffix)
	}
}

// mayBeYAML reports whether a file whose name looks like neither YAML nor Rego may hold YAML all
// the same: as JSON, as plain text, or as a file without a suffix.
func mayBeYAML(name string) bool {
	name = strings.ToLower(name)
	return !strings.HasPrefix(name, "readme") && !strings.HasPrefix(name, "license") && !strings.HasSuffix(name, ".schema.json") &&
		slices.Contains([]string{".json", ".txt", ""}, path.Ext(name))
}

const onlySuffix = "only files ending in %s are read"

func rename(suffix string) string { return "rename it to end in " + suffix + ", or remove it" }

// otherSuffix reports a file in catalogs/ or with the cases whose name is not one of YAML.
func (u unread) otherSuffix(p string) {
	switch {
	case u.isOurs(p):
		fileError(&u.diagnostics, "wrong-suffix", u.display(p), rename(".yaml"), onlySuffix, ".yaml")
	case isJSON(p), u.isVocabulary(p), u.hasCases(p):
		u.warn("wrong-suffix", p, rename(".yaml"), fmt.Sprintf(onlySuffix, ".yaml"))
	}
}

func isJSON(p string) bool { return strings.EqualFold(path.Ext(p), ".json") }

// elsewhere reports a file in a folder of which no file is read, or none with such a suffix. Beside
// the folders of lists JSON and plain text are anything, such as an elder.
func (u unread) elsewhere(p, suffix string) {
	top, below, _ := strings.Cut(p, "/")
	second, _, _ := strings.Cut(below, "/")
	among := isListFolder(top) || isListFolder(second)
	switch {
	case (among || suffix != "") && u.isOurs(p):
		fileError(&u.diagnostics, "wrong-folder", u.display(p), "move it to catalogs/, or to rego/lists/ if it is Rego, or remove it",
			"the file looks like a list or its rules, but is not read in this folder")
	case !u.isVocabulary(p) && !(among && (suffix != "" || isJSON(p))):
	case strings.HasPrefix(p, casesFolder+"/"):
		u.warn("wrong-folder", p, "move it to catalogs/cases/, or remove it", "the file is not read in this folder")
	default:
		u.warn("wrong-folder", p, "move it to catalogs/, or to rego/ if it is Rego, or remove it", "the file is not read in this folder")
	}
}

// warn reports a file that is perhaps not meant to be read.
func (u unread) warn(code, p, remedy, summary string) {
	u.warnings = append(u.warnings, policy.Diagnostic{
		Code: code, Severity: policy.SeverityWarning, Pos: policy.Position{File: u.display(p), Line: 1, Column: 1}, Summary: summary, Remedy: remedy,
	})
}

// reportMisplaced reports Rego that belongs elsewhere, and keeps of which list its rules are.
func (l *loader) reportMisplaced(display, home string) {
	fileError(&l.diagnostics, "wrong-folder", display, "move it to "+home+", or remove it", "the rules are not read in this folder")
	l.misplaced[strings.TrimSuffix(path.Base(home), ".rego")] = true
}

// homeOf returns where a file of Rego belongs, as [HomeOf] does.
func (s Source) homeOf(p string) string {
	if suffixOf(p) != ".rego" || path.Dir(p) == regoLists {
		return ""
	}
	content, err := s.read(p)
	if err != nil {
		return "" // who reads it reports that
	}
	return HomeOf(p, content)
}

// HomeOf returns the path where a file of Rego belongs, judged by its package, when the file stands
// in another folder. It returns "" when the package is not that of a list or of contradictions. It
// also returns "" for files in rego/lists, whose names say which list they belong to.
func HomeOf(p string, content []byte) string {
	at := path.Dir(p)
	if at == regoLists {
		return ""
	}
	for line := range bytes.Lines(bytes.TrimPrefix(content, []byte(byteOrderMark))) {
		keyword, name, _ := bytes.Cut(line, []byte{' '})
		if string(keyword) != "package" {
			continue
		}
		if of := packageOfRules().FindSubmatch(name); of != nil {
			if dir := "rego/" + string(of[1]); dir != at {
				return path.Join(dir, string(of[2])+".rego")
			}
			return ""
		}
	}
	return ""
}

var packageOfRules = lazy.Regexp(`^(lists|contradictions)\.(\w+)`)

// ours matches the beginning of a list, whose jurisdiction has keys, of an amendment, and of the
// rules of a list.
var ours = lazy.Regexp(`(?m)^(?:\{\s*)?["']?(?:amends["']?\s*:|jurisdiction["']?\s*:\s*(?:[&#{].*|$))|^package (?:lists|contradictions)\b`)

// someCases matches the beginning of a case, by its first key.
var someCases = lazy.Regexp(`(?m)^- *\{? *["']?(?:note|elder)["']?\s*:`)

// hasCases reports whether a file has the content of one of cases.
func (s Source) hasCases(p string) bool {
	content, err := s.read(p)
	return err == nil && someCases().Match(content)
}

// isOurs reports whether a file has the content of a list or of its rules.
func (s Source) isOurs(p string) bool {
	content, err := s.read(p)
	return err == nil && ours().Match(bytes.TrimPrefix(content, []byte(byteOrderMark)))
}

// vocabularies matches the words that the vocabularies begin with.
var vocabularies = lazy.Regexp(`(?m)^(?:\{\s*)?["']?(` + attributesStem + `|` + measuresStem + `|` + servicesStem + `)["']?\s*:`)

// isVocabulary reports whether a file has the name and the content of a vocabulary.
func (s Source) isVocabulary(p string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(path.Base(p)), ".")
	if !slices.Contains([]string{attributesStem, measuresStem, servicesStem}, stem) {
		return false
	}
	content, err := s.read(p)
	return err == nil && slices.ContainsFunc(vocabularies().FindAllSubmatch(bytes.TrimPrefix(content, []byte(byteOrderMark)), -1), func(m [][]byte) bool {
		return string(m[1]) == stem
	})
}
