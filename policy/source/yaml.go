package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// This file is the reader of the YAML subset that lists are written in. Its methods never return an
// error: they add a [policy.Diagnostic] to the document and go on, so that one run finds
// everything. The code that reads a list is then as plain as the format: one call for each key.

// document is a YAML file being read.
type document struct {
	display     string
	diagnostics policy.Diagnostics
	added       map[*yaml.Node]*document // the file of each key that another one added; shared by all that are joined
	adding      []*document              // the files that add to this one
}

func (d *document) start() policy.Position {
	return policy.Position{File: d.display, Line: 1, Column: 1}
}

// node is a YAML value and what it is called.
type node struct {
	document *document
	yaml     *yaml.Node
	name     string          // for messages: the key, or of which list it is an item
	at       policy.Position // where the key stands, or the value itself in a list
}

// pos returns where the value itself stands.
func (n node) pos() policy.Position {
	return policy.Position{File: n.document.display, Line: n.yaml.Line, Column: n.yaml.Column}
}

func (n node) errorf(code, remedy, format string, args ...any) {
	n.document.diagnostics.Errorf(code, n.pos(), remedy, format, args...)
}

// parse reads the one YAML document of a file. It reports false when nothing can be read from it.
func parse(file File) (node, bool) {
	d := &document{display: file.Display}
	root := node{document: d, name: "the file", at: d.start(), yaml: &yaml.Node{Line: 1, Column: 1}}
	if d.misprint(file.Content) {
		return root, false
	}
	decoder := yaml.NewDecoder(bytes.NewReader(file.Content))
	var doc, second yaml.Node
	err := decoder.Decode(&doc)
	if err == nil && len(doc.Content) == 1 && (doc.Content[0].Kind != yaml.ScalarNode || doc.Content[0].Tag != "!!null") {
		root.yaml = doc.Content[0]
		err = decoder.Decode(&second)
		if err == nil {
			d.diagnostics.Errorf("yaml-documents", policy.Position{File: d.display, Line: max(second.Line, 1), Column: max(second.Column, 1)},
				"put each list into a file of its own", "the file holds more than one YAML document")
			return root, false
		}
		if errors.Is(err, io.EOF) {
			return root, root.plain()
		}
	}
	if err == nil || errors.Is(err, io.EOF) {
		root.errorf("empty-file", "write its content or remove the file", "the file is empty")
		return root, false
	}
	d.notYAML(file.Content, err)
	return root, false
}

// plain reports whether the value holds only what the format uses of YAML. Every text is one line,
// as it is printed in one: the lines after | or > are joined by spaces.
func (n node) plain() bool {
	ok := true
	refuse := func(code, remedy, format string, args ...any) {
		n.errorf(code, remedy, format, args...)
		ok = false
	}
	if n.yaml.Anchor != "" {
		refuse("yaml-anchor", "write the value out in each place", "anchor &%s: lists must not use anchors", n.yaml.Anchor)
	}
	switch {
	case n.yaml.Kind == yaml.AliasNode:
		refuse("yaml-anchor", "write the value out", "alias *%s: lists must not use aliases", n.yaml.Value)
	case n.yaml.Tag == "!!merge":
		refuse("yaml-anchor", "write the keys out", "merge key <<: lists must not use merge keys")
	case n.yaml.Style&yaml.TaggedStyle != 0:
		refuse("yaml-tag", "write the value without the tag", "tag %s: lists must not use tags", n.yaml.Tag)
	}
	if n.yaml.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		n.yaml.Value = joined(n.yaml.Value)
	}
	if r, is := policy.Unprintable(n.yaml.Value); is {
		remedy := "remove it"
		if r == '\n' {
			remedy = "write the text on one line, or on several after >"
		}
		n.errorf("yaml-text", remedy, "a text must be one line, without the character %U", r)
	}
	for _, child := range n.yaml.Content {
		ok = node{document: n.document, yaml: child}.plain() && ok
	}
	return ok
}

// joined returns lines as one, without empty ones.
func joined(lines string) string {
	var all []string
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return strings.Join(all, " ")
}

// empty reports whether nothing is written behind the key. To YAML that is null; here null is
// written out.
func (n node) empty() bool { return n.yaml.Tag == "!!null" && n.yaml.Value == "" }

// kind returns what a value is, for messages.
func (n node) kind() string {
	switch n.yaml.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.yaml.Tag {
	case "!!str":
		return "text"
	case "!!null":
		if n.empty() {
			return "nothing"
		}
		return "null"
	case "!!bool":
		return "true or false"
	case "!!timestamp":
		return "a date without quotes"
	default:
		return "a number"
	}
}

func (n node) wrongType(want, remedy string) {
	n.errorf("wrong-type", remedy, "%s must be %s, not %s", n.name, want, n.kind())
}

// quoted reports whether a scalar is anything but a plain one.
func (n node) quoted() bool {
	const styles = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	return n.yaml.Style&styles != 0
}

// sexagesimal matches what a YAML 1.1 reader takes for a number to the base 60.
var sexagesimal = lazy.Regexp(`^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$`)

// ambiguous reports whether yaml.v3 takes a plain scalar for text and a YAML 1.1 reader for a truth
// value or a number.
func ambiguous(scalar string) bool {
	switch strings.ToLower(scalar) {
	case "y", "n", "yes", "no", "on", "off":
		return true
	}
	return strings.Contains(scalar, ":") && sexagesimal().MatchString(scalar)
}

const inQuotes = "write it in quotes"

// text returns a value that is text to every reader of YAML. Of any other scalar it is what is
// written.
func (n node) text() (string, bool) {
	switch {
	case n.yaml.Kind != yaml.ScalarNode || n.yaml.Tag == "!!null" && !n.empty():
		n.wrongType("text", "write one text; in quotes if it looks like a number, a date or null")
		return "", false
	case strings.TrimSpace(n.yaml.Value) == "":
		n.errorf("wrong-type", "write the text, or remove the key if it is optional", "%s is empty", n.name)
		return "", false
	case n.yaml.Tag != "!!str":
		n.wrongType("text", fmt.Sprintf("%s: %q", inQuotes, n.yaml.Value))
		return n.yaml.Value, false
	case !n.quoted() && ambiguous(n.yaml.Value):
		n.errorf("wrong-type", fmt.Sprintf("%s: %q", inQuotes, n.yaml.Value), "%s must be text, but some readers of YAML take %s for something else", n.name, n.yaml.Value)
		return n.yaml.Value, false
	}
	return n.yaml.Value, true
}

// date returns a day of the calendar; also when only its quotes are missing, which is reported.
func (n node) date() (policy.Date, bool) {
	s, ok := n.text()
	d, err := policy.ParseDate(s)
	if err != nil && ok {
		n.errorf("wrong-type", `write it as "YYYY-MM-DD", a day that exists`, "%s is not a date: %q", n.name, s)
	}
	return d, err == nil
}

// maxWhole has as many digits as a whole number may have.
const maxWhole = 999_999_999

func (n node) integer() (int, bool) {
	if n.yaml.Kind == yaml.ScalarNode && n.yaml.Tag == "!!int" {
		if i, err := strconv.Atoi(n.yaml.Value); err == nil && -maxWhole <= i && i <= maxWhole {
			return i, true
		}
	}
	n.wrongType("a whole number of at most nine digits", "write only the digits, without quotes")
	return 0, false
}

func (n node) boolean() bool {
	if n.yaml.Kind != yaml.ScalarNode || n.yaml.Tag != "!!bool" {
		n.wrongType("true or false", "write true or false, without quotes")
		return false
	}
	return strings.EqualFold(n.yaml.Value, "true")
}

var (
	decimal  = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?$`)
	fraction = regexp.MustCompile(`^[1-9][0-9]{0,8}/[1-9][0-9]{0,8}$`)
)

// number returns an exact number, nil for null. A fraction such as 1/3 is one.
func (n node) number() (value *big.Rat, ok bool) {
	if n.yaml.Kind == yaml.ScalarNode && !n.quoted() {
		if n.empty() {
			n.errorf("wrong-type", "state the number, or write null where no text states one", "%s is empty", n.name)
			return nil, false
		}
		if n.yaml.Tag == "!!null" {
			return nil, true
		}
		if decimal.MatchString(n.yaml.Value) || fraction.MatchString(n.yaml.Value) {
			return new(big.Rat).SetString(n.yaml.Value)
		}
	}
	found := n.kind()
	if n.yaml.Kind == yaml.ScalarNode {
		found = strconv.Quote(n.yaml.Value)
	}
	n.errorf("wrong-type", "write a plain number such as 100 or 1.3, a fraction such as 1/3, or null, without quotes and without a unit",
		"%s must be a number, not %s", n.name, found)
	return nil, false
}

// items returns the values of a list, nil when it is none.
func (n node) items() []node {
	if n.yaml.Kind != yaml.SequenceNode {
		n.wrongType("a list", "write [one, two], or each item after - on a line of its own")
		return nil
	}
	items := make([]node, len(n.yaml.Content))
	for i, child := range n.yaml.Content {
		items[i] = node{document: n.document.of(child), yaml: child, name: "an item of " + n.name}
		items[i].at = items[i].pos()
	}
	return items
}

// entries returns the values of a mapping in file order. Keys that are not text, and repeated ones,
// are reported and left out.
func (n node) entries() []node {
	if !n.isMapping() {
		return nil
	}
	entries := make([]node, 0, len(n.yaml.Content)/2)
	seen := make(map[string]int, len(n.yaml.Content)/2)
	for pair := range slices.Chunk(n.yaml.Content, 2) {
		key := node{document: n.document.of(pair[0]), yaml: pair[0], name: "a key"}
		name, ok := key.text()
		if !ok {
			continue
		}
		if _, is := policy.Unprintable(name); is { // as is reported already
			continue
		}
		if line, dup := seen[name]; dup {
			key.errorf("duplicate-key", "remove one of the two", "the key %q is already in line %d", name, line)
			continue
		}
		seen[name] = pair[0].Line
		entries = append(entries, node{document: key.document, yaml: pair[1], name: name, at: key.pos()})
	}
	return entries
}

// mapping is a mapping whose keys are known: what is asked of it is its schema, and the rest is
// reported by close.
type mapping struct {
	node
	what  string // for messages: a parameter, a service
	order []node // of its values
	asked []string
	lacks []lack
}

// lack is a key that has to be there and is not.
type lack struct {
	key     string
	problem policy.Diagnostic
}

func (n node) mapping(what string) *mapping {
	return &mapping{node: n, what: what, order: n.entries()}
}

// isOne reports whether the value is a mapping at all.
func (m *mapping) isOne() bool { return m.yaml.Kind == yaml.MappingNode }

// value returns the value of a key. It looks at one after the other, as they are few.
func (m *mapping) value(key string) (node, bool) {
	i := slices.IndexFunc(m.order, func(n node) bool { return n.name == key })
	if i < 0 {
		return node{}, false
	}
	return m.order[i], true
}

// close reports the keys that nobody asked for, and the missing ones, but for those that an unknown
// key is probably meant for. It returns, for each unknown key, the key meant, "" when none is near.
func (m *mapping) close() (meant []string) {
	for _, v := range m.order {
		if !slices.Contains(m.asked, v.name) {
			meant = append(meant, policy.Nearest(v.name, m.asked))
			m.document.diagnostics.Errorf("unknown-key", v.at, didYouMean(v.name, m.asked, "remove it; "+m.what+" has the keys "+strings.Join(m.asked, ", ")),
				"%s has no key %q", m.what, v.name)
		}
	}
	for _, l := range m.lacks {
		if !slices.Contains(meant, l.key) {
			m.document.diagnostics = append(m.document.diagnostics, l.problem)
		}
	}
	return meant
}

// missing reports, when the mapping is closed, that something has to be there under a key. A value
// that is no mapping at all was reported before.
func (m *mapping) missing(key, code, remedy, format string, args ...any) {
	if m.isOne() {
		at := m.at
		if len(m.order) > 0 && m.order[0].at.Line > at.Line { // behind a comment at the head of the file
			at = m.order[0].at
		}
		m.lacks = append(m.lacks, lack{key, policy.Diagnostic{Code: code, Severity: policy.SeverityError, Pos: at, Summary: fmt.Sprintf(format, args...), Remedy: remedy}})
	}
}

// optional returns the value of a key that may be missing.
func (m *mapping) optional(key string) (node, bool) {
	m.asked = append(m.asked, key)
	return m.value(key)
}

// required returns the value of a key that must be there.
func (m *mapping) required(key string) (node, bool) {
	v, ok := m.optional(key)
	if !ok {
		m.missing(key, "missing-key", "add "+key+": …", "%s lacks the key %q", m.what, key)
	}
	return v, ok
}

func (m *mapping) text(key string) string {
	if v, ok := m.required(key); ok {
		s, _ := v.text()
		return s
	}
	return ""
}

func (m *mapping) optionalText(key string) string {
	if v, ok := m.optional(key); ok {
		s, _ := v.text()
		return s
	}
	return ""
}

func (m *mapping) date(key string) (policy.Date, bool) {
	if v, ok := m.required(key); ok {
		return v.date()
	}
	return policy.Date{}, false
}

func (m *mapping) boolean(key string) bool {
	v, ok := m.optional(key)
	return ok && v.boolean()
}

// items returns the values of a list that must be there, nil when it is not.
func (m *mapping) items(key string) []node {
	if v, ok := m.required(key); ok {
		return v.items()
	}
	return nil
}

// optionalItems returns the values of a list that may be missing.
func (m *mapping) optionalItems(key string) []node {
	if v, ok := m.optional(key); ok {
		return v.items()
	}
	return nil
}

// texts returns the texts of a list that must be there and hold something.
func (m *mapping) texts(key string) []string {
	v, ok := m.required(key)
	if !ok {
		return nil
	}
	items := v.items()
	if v.yaml.Kind == yaml.SequenceNode && len(items) == 0 {
		v.errorf("wrong-type", "name at least one", "%s is empty", key)
	}
	var texts []string
	for _, item := range items {
		if s, ok := item.text(); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// word returns the value of a key that must be one of a few words; "" when it is not.
func word[T ~string](m *mapping, key, code string, allowed ...T) T {
	if v, ok := m.required(key); ok {
		return wordOf(v, code, allowed...)
	}
	return ""
}

func wordOf[T ~string](n node, code string, allowed ...T) T {
	s, ok := n.text()
	if !ok {
		return ""
	}
	if slices.Contains(allowed, T(s)) {
		return T(s)
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	n.errorf(code, didYouMean(s, names, "use one of "+strings.Join(names, ", ")), "unknown %s %q", n.name, s)
	return ""
}

// The shapes of names. Names that rules write as input.x, p.x or lists.x are Rego variables.
var (
	snakeCase = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	kebabCase = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
)

// named returns the entries of a mapping whose keys are names of a certain shape. Other keys are
// reported, and kept.
func (n node) named(shape *regexp.Regexp) []node {
	entries := n.entries()
	for _, v := range entries {
		if shape != nil && !shape.MatchString(v.name) {
			n.document.badName(v.at, v.name, shape)
		}
	}
	return entries
}

func (d *document) badName(at policy.Position, name string, shape *regexp.Regexp) {
	joint := "_"
	if shape == kebabCase {
		joint = "-"
	}
	d.diagnostics.Errorf("bad-name", at, "use small letters a-z and digits, with words joined by "+joint, "%q is not a name", name)
}

// didYouMean returns the remedy for a misspelt name: the nearest name, or else another remedy.
func didYouMean(name string, among []string, otherwise string) string {
	if near := policy.Nearest(name, among); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return otherwise
}
