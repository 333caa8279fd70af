package source

import (
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare/policy"
)

// This file joins the vocabularies of several folders: a later one adds words, values to enum
// attributes, and aliases. What it says again must be the same.

// all returns the problems of a file and of those that add to it.
func (d *document) all() policy.Diagnostics {
	all := slices.Clone(d.diagnostics)
	for _, other := range d.adding {
		all = append(all, other.diagnostics...)
	}
	return all
}

// of returns the file in which a key stands that was found in this one.
func (d *document) of(key *yaml.Node) *document {
	if other := d.added[key]; other != nil {
		return other
	}
	return d
}

// add adds the vocabulary of a later folder: to sections words, and to words of the section
// attributes values and aliases.
func (n node) add(later node) {
	if n.document.added == nil {
		n.document.added = map[*yaml.Node]*document{}
	}
	later.document.added = n.document.added
	n.document.adding = append(n.document.adding, later.document)
	n.join(later, func(section, later node) {
		section.join(later, func(word, later node) { word.repeat(later, section.name == attributesStem || section.name == "inputs") })
	})
}

// join adds the entries of a mapping to another. What both have is left to again.
func (n node) join(later node, again func(before, later node)) {
	if n.yaml.Kind != yaml.MappingNode || !later.isMapping() { // the former is reported where it is read
		return
	}
	for pair := range slices.Chunk(later.yaml.Content, 2) {
		value := node{document: later.document, yaml: pair[1], name: pair[0].Value}
		if before, ok := n.entry(pair[0].Value); ok && before.document != later.document { // else it is reported as a duplicate
			again(before, value)
			continue
		}
		n.yaml.Content = append(n.yaml.Content, pair...)
		n.document.added[pair[0]] = later.document
	}
}

// repeat checks that what is said again of a word is the same; values may be added.
func (n node) repeat(later node, addsValues bool) {
	if n.yaml.Kind != yaml.MappingNode || !later.isMapping() { // the former is reported where it is read
		return
	}
	for pair := range slices.Chunk(later.yaml.Content, 2) {
		value := node{document: later.document, yaml: pair[1], name: pair[0].Value}
		before, ok := n.entry(value.name)
		switch {
		case addsValues && value.name == aliasesKey:
			n.addAliases(pair[0], value)
		case !ok:
			value.yaml = pair[0]
			value.redefines(n, n.name)
		case addsValues && value.name == "values":
			before.join(value, func(before, later node) { before.repeatValue(later, n.name+"."+before.name) })
		case !equal(before.yaml, value.yaml):
			value.redefines(before, n.name)
		}
	}
}

// repeatValue checks that what is said again of a value of an attribute is the same, but for
// aliases, which may be added.
func (n node) repeatValue(later node, what string) {
	ours, _ := n.withoutAliases()
	theirs, key := later.withoutAliases()
	if !equal(ours, theirs) && (key == nil || len(theirs.Content) > 0) {
		later.redefines(n, what)
		return
	}
	if aliases, ok := later.entry(aliasesKey); ok && key != nil {
		n.addAliases(key, aliases)
	}
}

// withoutAliases returns a value without its aliases, and their key, nil when there is none.
func (n node) withoutAliases() (rest, key *yaml.Node) {
	if n.yaml.Kind != yaml.MappingNode {
		return n.yaml, nil
	}
	without := *n.yaml
	without.Content = nil
	for pair := range slices.Chunk(n.yaml.Content, 2) {
		if pair[0].Value == aliasesKey {
			key = pair[0]
			continue
		}
		without.Content = append(without.Content, pair...)
	}
	return &without, key
}

// aliasesKey is the key of further words for something.
const aliasesKey = "aliases"

// addAliases adds aliases to those of something.
func (n node) addAliases(key *yaml.Node, later node) {
	before, ok := n.entry(aliasesKey)
	if !ok {
		n.yaml.Content = append(n.yaml.Content, key, later.yaml)
		n.document.added[key] = later.document
		return
	}
	if before.yaml.Kind != yaml.SequenceNode || later.yaml.Kind != yaml.SequenceNode {
		if !equal(before.yaml, later.yaml) {
			later.redefines(before, n.name)
		}
		return
	}
	for _, item := range later.yaml.Content {
		if slices.ContainsFunc(before.yaml.Content, func(b *yaml.Node) bool { return equal(b, item) }) {
			continue // said again
		}
		before.yaml.Content = append(before.yaml.Content, item)
		before.document.added[item] = later.document
	}
}

// redefines reports that a value contradicts what stands before in another file.
func (n node) redefines(before node, what string) {
	n.errorf("redefined", "write only what is to be added, or take another name", "%s is otherwise in %s:%d",
		what, before.document.display, before.yaml.Line)
}

// isMapping reports whether a value is a mapping, and says so when it is not.
func (n node) isMapping() bool {
	if n.yaml.Kind != yaml.MappingNode {
		n.wrongType("a mapping", "write {key: value}, or each key: value on a line of its own")
		return false
	}
	return true
}

// entry returns the value of a key of a mapping.
func (n node) entry(key string) (node, bool) {
	for pair := range slices.Chunk(n.yaml.Content, 2) {
		if pair[0].Value == key {
			return node{document: n.document.of(pair[0]), yaml: pair[1], name: key}, true
		}
	}
	return node{}, false
}

// equal reports whether two values say the same, whatever the order of keys and the style.
func equal(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.ShortTag() != b.ShortTag() || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	if a.Kind != yaml.MappingNode {
		return slices.EqualFunc(a.Content, b.Content, equal)
	}
	of := node{document: &document{}, yaml: b}
	for pair := range slices.Chunk(a.Content, 2) {
		if other, ok := of.entry(pair[0].Value); !ok || !equal(pair[1], other.yaml) {
			return false
		}
	}
	return true
}
