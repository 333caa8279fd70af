package source

import (
	"bytes"
	"sync"

	"gopkg.in/yaml.v3"
)

// Most of the time that a file takes goes into parsing it, for which nothing else need be known. So
// the files that will be asked for are parsed while others are read.

// ahead begins to parse the vocabularies, and the lists of some jurisdictions with those above
// them.
func (l *loader) ahead(ids []string) {
	var vocabularies []func() (node, bool)
	for _, stem := range []string{attributesStem, measuresStem, servicesStem} {
		for i := range l.files.sources {
			if file, err := l.files.readFrom(i, catalogPath(stem)); err == nil {
				vocabularies = append(vocabularies, l.begin(file))
			}
		}
	}
	go func() {
		for _, parsed := range vocabularies {
			_, _ = parsed()
		}
	}()
	if ids != nil {
		go l.listsAhead(ids)
	}
}

// listsAhead parses the files of some jurisdictions, and of those that the files say are above
// them.
func (l *loader) listsAhead(ids []string) {
	begun := map[string]bool{}
	for len(ids) > 0 && l.ctx.Err() == nil {
		id := ids[0]
		ids = ids[1:]
		if begun[id] {
			continue
		}
		begun[id] = true
		for _, stem := range stemsOf(l.stems, id) {
			if file, err := l.files.Read(catalogPath(stem)); err == nil {
				root, _ := l.begin(file)()
				if parent := valueAt(root.yaml, "jurisdiction", "parent"); parent != "" {
					ids = append(ids, parent)
				}
			}
		}
	}
}

// valueAt returns what stands under a key of a mapping in a mapping, and so on. It is empty where
// that is no scalar.
func valueAt(n *yaml.Node, keys ...string) string {
	for _, key := range keys {
		var under *yaml.Node
		for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				under = n.Content[i+1]
			}
		}
		if under == nil {
			return ""
		}
		n = under
	}
	return n.Value
}

// begun is a file that is parsed once, at the first call.
type begun struct {
	file  File
	parse func() (node, bool)
}

// begin returns a function that parses a file, once. [loader.parse] then does not do it again.
func (l *loader) begin(file File) func() (node, bool) {
	b := begun{file, sync.OnceValues(func() (node, bool) { return parse(file) })}
	l.begun.Store(file.Display, b)
	return b.parse
}

// parse is the function parse for a file that may be begun already. Two sources of one name may
// each have such a file, and a file may have changed since: it is the same by its content.
func (l *loader) parse(file File) (node, bool) {
	if known, is := l.begun.LoadAndDelete(file.Display); is {
		if b := known.(begun); bytes.Equal(b.file.Content, file.Content) {
			return b.parse()
		}
	}
	return parse(file)
}
