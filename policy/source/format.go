package source

import (
	"bytes"
	"iter"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare/policy"
)

// This file puts the keys of lists and cases into one order. It moves lines, with the comments
// above them, and writes nothing anew: what a parser and a printer of YAML would make of comments,
// blank lines and quotes is not what people wrote.

// order is the order of the keys of a mapping, and of those below. Other keys come behind, as they
// stand.
type order struct {
	keys  []string
	below map[string]*order // by key: of its value, or of each item of it
	named *order            // of the value under each name, where keys are names
}

var (
	citeOrder     = &order{keys: []string{"document", "at"}}
	documentOrder = &order{keys: []string{"title", "number", "issued", "basis", "note"}}
	valueOrder    = &order{keys: []string{"from", "value", "cite"}, below: map[string]*order{"cite": citeOrder}}
	paymentOrder  = &order{keys: []string{"from", "until", "back_pay_months", "once", "suspended"}}
	figureOrder   = &order{
		keys:  []string{"label", "unit", "bound", "values", "payment", "review_by", "cite"},
		below: map[string]*order{"values": valueOrder, "payment": paymentOrder, "cite": citeOrder},
	}
	readingOrder = &order{keys: []string{"question", "answer", "why", "cite"}, below: map[string]*order{"cite": citeOrder}}
	serviceOrder = &order{
		keys: []string{
			"id", "item", "name", "group", "type", "departments", "spending", "access", "inherits", "linked", "payment", "until", "cite", "readings",
		},
		below: map[string]*order{
			"cite": citeOrder, "readings": readingOrder, "payment": paymentOrder,
		},
	}
	entriesBelow = map[string]*order{
		"document": documentOrder, "parameters": {named: figureOrder}, "services": serviceOrder,
		"jurisdiction": {keys: []string{"id", "code", "name", "level", "parent"}},
		"choose_higher": {
			keys:  []string{"services", "measure", "members", "reason", "cite"},
			below: map[string]*order{"members": {keys: []string{"service", "measure"}}, "cite": citeOrder},
		},
		"excludes":     {keys: []string{"has", "without", "reason", "cite"}, below: map[string]*order{"cite": citeOrder}},
		"not_modelled": {keys: []string{"what", "why"}},
		"accepted":     {keys: []string{"code", "subject", "reason"}},
	}
	listOrder = &order{
		keys: []string{
			"amends", "jurisdiction", "document", "parent", "effective_from", "effective_from_assumed", "until", "inherits_rest", "counting_day",
			"parameters", "services", "choose_higher", "excludes", "not_modelled", "accepted",
		},
		below: entriesBelow,
	}
	casesOrder = &order{keys: []string{
		"note", "item", "elder", "on", string(policy.WantEntitled), string(policy.WantBundles), string(policy.WantRefused),
		string(policy.WantDiscretionary), string(policy.WantNotDiscretionary), string(policy.WantMonthly),
	}}
)

// FormatYAML returns a file of catalogs/ in its usual form: with the keys of lists and cases in a
// fixed order, no spaces at the ends of lines, and one line end at the end. The error is
// [policy.Diagnostics] when the file is not YAML.
func FormatYAML(file File) ([]byte, error) {
	file.Content = bytes.ReplaceAll(file.Content, []byte("\r\n"), []byte("\n"))
	root, ok := parse(file)
	if !ok {
		return nil, root.document.diagnostics.Err()
	}
	of := listOrder
	switch {
	case strings.HasPrefix(file.Path, casesFolder+"/"):
		of = casesOrder
	case slices.Contains([]string{catalogPath(attributesStem), catalogPath(measuresStem), catalogPath(servicesStem)}, file.Path):
		of = &order{}
	}
	text := of.arranged(string(file.Content))
	before, err := parsed(string(file.Content)) // as it is written: parse joins the lines of a text
	if err != nil {
		return nil, err
	}
	if tree, err := parsed(text); err != nil || !sameYAML(before, tree) {
		root.yaml = of.unmovable(root.yaml, strings.Split(string(file.Content), "\n"))
		root.errorf("not-formatted", "write each key on a line of its own", "the keys cannot be put into order")
		return nil, root.document.diagnostics.Err()
	}
	return []byte(text), nil
}

// arranged is a text of YAML with all its mappings in order, as far as it stays YAML.
func (o *order) arranged(text string) string {
	for range strings.Count(text, "\n") + 1 { // each time a mapping is put into order
		tree, err := parsed(text)
		if err != nil {
			break
		}
		moved, changed := o.arrange(tree, strings.Split(text, "\n"))
		if !changed {
			break
		}
		text = strings.Join(moved, "\n")
	}
	return tidy(text)
}

func parsed(text string) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return nil, err
	}
	return doc.Content[0], nil
}

// tidy takes the spaces from the ends of lines.
func tidy(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// arrange puts the first mapping into order that is not and can be, and reports whether there was
// one.
func (o *order) arrange(tree *yaml.Node, lines []string) ([]string, bool) {
	for of, n := range o.mappings(tree) {
		if moved, changed := of.move(n, lines); changed {
			return moved, true
		}
	}
	return lines, false
}

// mappings are the mappings of a tree that have an order, from above.
func (o *order) mappings(n *yaml.Node) iter.Seq2[*order, *yaml.Node] {
	return func(yield func(*order, *yaml.Node) bool) { o.visit(n, yield) }
}

func (o *order) visit(n *yaml.Node, yield func(*order, *yaml.Node) bool) bool {
	if o == nil {
		return true
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if !o.visit(item, yield) {
				return false
			}
		}
	case yaml.MappingNode:
		if !yield(o, n) {
			return false
		}
		for pair := range slices.Chunk(n.Content, 2) {
			below := o.named
			if below == nil {
				below = o.below[pair[0].Value]
			}
			if !below.visit(pair[1], yield) {
				return false
			}
		}
	}
	return true
}

// move puts a mapping into order, and reports whether it was not.
func (o *order) move(n *yaml.Node, lines []string) ([]string, bool) {
	sorted := o.sorted(n)
	switch {
	case sorted == nil:
		return lines, false
	case n.Style&yaml.FlowStyle != 0:
		return moveFlow(n, sorted, lines)
	}
	return moveBlock(n, sorted, lines), true
}

// unmovable is the first mapping of a tree that says something else once it is in order; else the
// tree itself.
func (o *order) unmovable(tree *yaml.Node, lines []string) *yaml.Node {
	for of, n := range o.mappings(tree) {
		if moved, changed := of.move(n, lines); changed {
			if after, err := parsed(strings.Join(moved, "\n")); err != nil || !sameYAML(tree, after) {
				return n
			}
		}
	}
	return tree
}

// sorted is the order in which the keys of a mapping should stand, by where they stand; nil when
// they do.
func (o *order) sorted(n *yaml.Node) []int {
	rank := func(i int) int {
		if r := slices.Index(o.keys, n.Content[2*i].Value); r >= 0 {
			return r
		}
		return len(o.keys)
	}
	at := make([]int, len(n.Content)/2)
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int { return rank(a) - rank(b) })
	if slices.IsSorted(at) {
		return nil
	}
	return at
}

// moveBlock puts the entries of a mapping into an order, each with the comments above it. What
// stands before the first key on its line, such as the dash of a list, stays where it is, and so do
// comments above that line that may be about the whole: those of a file, and of an item of a list.
func moveBlock(n *yaml.Node, sorted []int, lines []string) []string {
	column := n.Content[0].Column - 1
	first := n.Content[0].Line - 1
	lead := string([]rune(lines[first])[:column])
	above := first - 1 // the last line that is no entry's
	for column > 0 && strings.TrimSpace(lead) == "" && above >= 0 && isRemark(lines[above]) {
		above--
	}
	var starts, keys []int // the first line of each entry, and that of its key
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i].Line - 1
		start := key
		for start-1 > above && isRemark(lines[start-1]) {
			start--
		}
		above = key
		starts, keys = append(starts, start), append(keys, key)
	}
	end := blockEnd(lines, keys[len(keys)-1], column)
	lines = slices.Clone(lines)
	lines[first] = strings.Repeat(" ", column) + string([]rune(lines[first])[column:])
	var moved []string
	for n, i := range sorted {
		stop := end
		if i+1 < len(starts) {
			stop = starts[i+1]
		}
		entry := slices.Clone(lines[starts[i]:stop])
		if n == 0 {
			entry[keys[i]-starts[i]] = lead + string([]rune(entry[keys[i]-starts[i]])[column:])
		}
		moved = append(moved, entry...)
	}
	return slices.Concat(lines[:starts[0]], moved, lines[end:])
}

func isRemark(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "#")
}

// blockEnd is the line behind the entry of a block that begins at a column of a line. Remarks
// behind it are not part of it.
func blockEnd(lines []string, from, column int) int {
	end := from + 1
	for i := end; i < len(lines); i++ {
		indent := len(lines[i]) - len(strings.TrimLeft(lines[i], " "))
		below := indent > column || indent == column && strings.HasPrefix(lines[i][indent:], "- ")
		switch {
		case isRemark(lines[i]):
			continue
		case !below:
			return end
		}
		end = i + 1
	}
	return end
}

// moveFlow puts the entries of a mapping on one line into an order. One of several lines stays as
// it is.
func moveFlow(n *yaml.Node, sorted []int, lines []string) ([]string, bool) {
	row := n.Line - 1
	line := []rune(lines[row])
	end := closing(line, n.Column-1)
	if end < 0 {
		return lines, false
	}
	var entries []string
	for i := 0; i < len(n.Content); i += 2 {
		stop := end
		if i+2 < len(n.Content) {
			stop = n.Content[i+2].Column - 1
		}
		entries = append(entries, strings.TrimRight(string(line[n.Content[i].Column-1:stop]), ", "))
	}
	var moved []string
	for _, i := range sorted {
		moved = append(moved, entries[i])
	}
	lines = slices.Clone(lines)
	lines[row] = string(line[:n.Content[0].Column-1]) + strings.Join(moved, ", ") + string(line[end:])
	return lines, true
}

// closing is where the bracket that opens at a place of a line is closed, -1 when it is not on that
// line. A quote begins a text only where a value may begin.
func closing(line []rune, from int) int {
	depth, quote, last := 0, rune(0), ' '
	for i := from; i < len(line); i++ {
		r := line[i]
		switch {
		case quote == '"' && r == '\\', quote == '\'' && r == '\'' && i+1 < len(line) && line[i+1] == '\'':
			i++ // with what it escapes
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case (r == '"' || r == '\'') && strings.ContainsRune("{[,:", last):
			quote = r
		case r == '{' || r == '[':
			depth++
		case r == '}' || r == ']':
			if depth--; depth == 0 {
				return i
			}
		}
		if r != ' ' {
			last = r
		}
	}
	return -1
}

// sameYAML reports whether two trees say the same, in whatever order of keys.
func sameYAML(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Tag != b.Tag || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	if a.Kind != yaml.MappingNode {
		return slices.EqualFunc(a.Content, b.Content, sameYAML)
	}
	return maps.EqualFunc(byKey(a), byKey(b), sameYAML)
}

func byKey(n *yaml.Node) map[string]*yaml.Node {
	all := map[string]*yaml.Node{}
	for pair := range slices.Chunk(n.Content, 2) {
		all[pair[0].Value] = pair[1]
	}
	return all
}
