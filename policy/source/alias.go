package source

import "strings"

// role collects the words by which things of one kind are called where they are told apart: the
// headers of a register, or the values of one attribute. No alias may be a word of two.
type role struct {
	means   map[string]string // what a name or a label means
	aliases []alias           // in file order
}

// alias is a further word for something.
type alias struct {
	node
	word, means string
}

func newRole() *role { return &role{means: map[string]string{}} }

// add notes the words that something has without aliases.
func (r *role) add(means string, words ...string) {
	for _, word := range words {
		r.means[folded(word)] = means
	}
}

// read reads the aliases of something.
func (r *role) read(m *mapping, means string) []string {
	var words []string
	for _, n := range m.optionalItems(aliasesKey) {
		if word, ok := n.text(); ok {
			words = append(words, word)
			r.aliases = append(r.aliases, alias{n, word, means})
		}
	}
	return words
}

// check reports the aliases that mean something already.
func (r *role) check() {
	for _, a := range r.aliases {
		before, taken := r.means[folded(a.word)]
		if taken {
			a.errorf("duplicate-alias", "remove it, or write what tells the two apart", "%q already means %s", a.word, before)
			continue
		}
		r.means[folded(a.word)] = a.means
	}
}

// folded returns a word as far as aliases differ: without blanks and in small letters.
func folded(word string) string { return strings.ToLower(strings.Join(strings.Fields(word), "")) }
