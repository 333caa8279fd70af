package speech

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
)

// tables are the parts of the catalogue: the Chinese of each English text, by who says it.
var tables = []map[string]string{help, commands, outputs, problems, libraries}

// catalogue returns all tables as one.
var catalogue = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
})

// patterns are those of the formats with verbs, the one with the most fixed text first, so that a
// sentence goes to the format that says most of it.
var patterns = sync.OnceValue(func() []*pattern {
	var all []*pattern
	for format, chinese := range catalogue() {
		if verb.MatchString(format) {
			all = append(all, newPattern(format, chinese))
		}
	}
	slices.SortFunc(all, func(a, b *pattern) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(strings.Join(a.literals, "%"), strings.Join(b.literals, "%")))
	})
	return all
})
