package lsp

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// at is a place in an open document that a request asks about.
type at struct {
	cursor
	folder *folder
	views  []view
}

// asked returns the place that a request asks about. It reports false when the document does not
// belong to lists, or when nothing is known of its folder yet.
func (s *server) asked(p positionParams) (at, bool) {
	name, ok := pathOf(p.TextDocument.URI)
	if !ok {
		return at{}, false
	}
	of, file, ok := folderOf(name)
	s.mu.Lock()
	d, f := s.open[name], s.folders[of]
	s.mu.Unlock()
	if !ok || d == nil || f == nil {
		return at{}, false
	}
	a := at{cursor: newCursor(d.text, file, p.Position), folder: f, views: f.views(file)}
	return a, len(a.views) > 0
}

// find returns what the word at the place names.
func (a at) find() (named, bool) {
	if a.word() == "" {
		return named{}, false
	}
	for _, v := range a.views {
		if n, ok := v.find(a.word(), a.sought(v.catalog.Vocabulary)); ok {
			return n, true
		}
	}
	return named{}, false
}

// namedAt returns the place that a request asks about, and what is named there.
func (s *server) namedAt(p positionParams) (at, named, bool) {
	a, ok := s.asked(p)
	if !ok {
		return a, named{}, false
	}
	n, ok := a.find()
	return a, n, ok
}

// hover returns what the name at a place means.
func (s *server) hover(p positionParams) (any, error) {
	a, n, ok := s.namedAt(p)
	if !ok {
		return nil, nil
	}
	return hover{Contents: markdown(n.describe()), Range: a.span()}, nil
}

// definition returns where the name at a place is written. From Rego that is the YAML. From the
// YAML of a service it is the vocabulary and the rules.
func (s *server) definition(p positionParams) (any, error) {
	a, n, ok := s.namedAt(p)
	if !ok {
		return nil, nil
	}
	places := n.places
	if n.kind == service {
		if a.inRego() {
			places = places[:1]
		} else {
			places = append(slices.Clone(places), a.rules(n.name)...)
		}
	}
	locations, read := []location{}, texts{}
	for _, place := range places {
		l, ok := s.locate(place, read)
		if ok && !a.isAt(l, p) {
			locations = append(locations, l)
		}
	}
	return locations, nil
}

// isAt reports whether a location is the place itself.
func (a at) isAt(l location, p positionParams) bool {
	name, _ := pathOf(l.URI)
	own, _ := pathOf(p.TextDocument.URI)
	return name == own && l.Range.Start.Line == a.n
}

// granting finds the places in Rego that grant a service.
var granting = lazy.Regexp(`\b(?:promise|discretionary)\("([\w-]+)"`)

// rules returns where the rules of the file's lists grant a service.
func (a at) rules(id string) []policy.Position {
	var places []policy.Position
	for _, l := range a.views[0].lists {
		if !a.views[0].bound {
			break
		}
		for _, stem := range l.Stems() {
			file, text := a.folder.source("rego/lists/" + stem + ".rego")
			for n, line := range strings.Split(text, "\n") {
				if m := granting().FindStringSubmatchIndex(line); m != nil && line[m[2]:m[3]] == id {
					places = append(places, policy.Position{File: file, Line: n + 1, Column: utf8.RuneCountInString(line[:m[2]]) + 1})
				}
			}
		}
	}
	return places
}

// completionKinds holds the protocol's numbers for the kinds of names.
var completionKinds = map[kind]int{
	parameter: 21, service: 9, measure: 11, attribute: 5, given: 5, value: 20, jurisdiction: 18, stem: 17,
}

// completion returns the names that may stand at a place. The editor picks those that fit what is
// typed.
func (s *server) completion(p positionParams) (any, error) {
	items := []completionItem{}
	a, ok := s.asked(p)
	if !ok {
		return items, nil
	}
	replaced := a.span()
	met := map[string]bool{}
	for _, v := range a.views {
		for _, of := range a.sought(v.catalog.Vocabulary) {
			for _, n := range v.all(of) {
				if met[n.name] {
					continue
				}
				met[n.name] = true
				items = append(items, completionItem{
					Label: n.name, Kind: completionKinds[n.kind], Detail: policy.Printable(n.label),
					Documentation: markdown(n.describe()), TextEdit: textEdit{Range: replaced, NewText: n.name},
				})
			}
		}
	}
	return items, nil
}
