package speech

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed zh.po
var chinese string

// catalogue returns the Chinese of each English text.
var catalogue = sync.OnceValue(func() map[string]string {
	all, err := readCatalogue(chinese)
	if err != nil {
		panic(err) // a test reads it, too
	}
	return all
})

// readCatalogue reads a catalogue in the form of gettext: msgid and msgstr, each with a text in
// quotes, which may go on in the lines below. It knows no plurals and no contexts.
func readCatalogue(content string) (map[string]string, error) {
	all := map[string]string{}
	var id, said string
	to := &said
	n := 0
	for line := range strings.Lines(content) {
		n++
		line = strings.TrimSpace(line)
		quoted := line
		switch {
		case line == "" || line[0] == '#':
			continue
		case strings.HasPrefix(line, "msgid "):
			id, said, to, quoted = "", "", &id, strings.TrimPrefix(line, "msgid ")
		case strings.HasPrefix(line, "msgstr "):
			if _, again := all[id]; again {
				return nil, fmt.Errorf("zh.po:%d: %q is there twice", n, id)
			}
			to, quoted = &said, strings.TrimPrefix(line, "msgstr ")
		}
		text, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("zh.po:%d: %w", n, err)
		}
		*to += text
		if to == &said {
			all[id] = said
		}
	}
	return all, nil
}

// patterns are those of the formats with verbs, the one with the most fixed text first, so that a
// sentence goes to the format that says most of it.
var patterns = sync.OnceValue(func() []*pattern {
	var all []*pattern
	for format, chinese := range catalogue() {
		if verb().MatchString(format) {
			all = append(all, newPattern(format, chinese))
		}
	}
	slices.SortFunc(all, func(a, b *pattern) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(strings.Join(a.literals, "%"), strings.Join(b.literals, "%")))
	})
	return all
})
