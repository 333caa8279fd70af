package source

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

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
// errors, but for droppings. It reports whether there is an error.
func (l *loader) reportUnread(source int) bool {
	before := len(l.diagnostics)
	s := l.files.sources[source]
	seen := 0
	for _, top := range []string{".", catalogs, "rego"} { // the last two by name, as they may be links
		_ = fs.WalkDir(s.FS, top, func(p string, e fs.DirEntry, err error) error { // listed reports what cannot be read
			seen++
			switch {
			case seen > maxFiles:
				l.folderError("unreadable", s.display("."), "name a folder that holds only lists", "cannot be read: %v", errTooMany)
				return fs.SkipAll
			case err != nil || e.IsDir() && p != top && !mayHoldLists(p):
				return fs.SkipDir
			case !e.IsDir():
				l.reportFile(s, p)
			}
			return nil
		})
	}
	return len(l.diagnostics) > before
}

// mayHoldLists reports whether somebody may have put lists into a folder, one beside catalogs and
// rego or below these, but for that of cases.
func mayHoldLists(dir string) bool {
	top, _, below := strings.Cut(dir, "/")
	switch {
	case dir == catalogs, dir == "rego", dir == casesFolder, strings.HasPrefix(path.Base(dir), "."):
		return false
	}
	return !below || top == catalogs || top == "rego"
}

const casesFolder = catalogs + "/cases"

// reportFile reports a file that looks like a list or its rules and is not read.
func (l *loader) reportFile(s Source, p string) {
	dir, name := path.Split(p)
	dir = path.Clean(dir)
	suffix := suffixOf(name)
	if home := s.homeOf(p); home != "" && !isDropping(name) {
		l.reportMisplaced(s.display(p), home)
		return
	}
	if suffix == "" || readFolders[dir] == suffix && strings.HasSuffix(name, suffix) && !isDropping(name) {
		return
	}
	switch {
	case isDropping(name):
		if readFolders[dir] != "" {
			l.warnings = append(l.warnings, policy.Diagnostic{
				Code: "dropping", Severity: policy.SeverityWarning, Pos: policy.Position{File: s.display(p), Line: 1, Column: 1},
				Summary: "the file looks like a leftover of an editor, and is not read", Remedy: "remove it, or give it the name of a list",
			})
		}
	case readFolders[dir] == suffix:
		fileError(&l.diagnostics, "wrong-suffix", s.display(p), "rename it to end in "+suffix+", or remove it", "only files ending in %s are read", suffix)
	case s.isOurs(p):
		fileError(&l.diagnostics, "wrong-folder", s.display(p), "move it to catalogs/, or to rego/lists/ if it is Rego, or remove it",
			"the file looks like a list or its rules, but is not read in this folder")
	}
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

// HomeOf returns the path at which Rego belongs by its package, if that is one of a list or of
// contradictions and its folder another. It returns "" for all other files, and for those of
// rego/lists, whose names say of which list they are.
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

var packageOfRules = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(lists|contradictions)\.(\w+)`)
})

// ours matches the beginning of a list, of an amendment, and of the rules of a list.
var ours = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^(?:\{\s*)?["']?(?:amends|jurisdiction)["']?\s*:|^package (?:lists|contradictions)\b`)
})

// isOurs reports whether a file has the content of a list or of its rules.
func (s Source) isOurs(p string) bool {
	content, err := s.read(p)
	return err == nil && ours().Match(bytes.TrimPrefix(content, []byte(byteOrderMark)))
}
