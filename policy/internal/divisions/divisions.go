// Package divisions is a table of the division codes of China (GB/T 2260): provinces, cities and
// counties, as they were on [Date], and codes that were in use before. It is made from packages of
// the npm registry that others keep under free licences; NOTICE names them.
package divisions

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Date is the day on which the current codes were in use, as the Bureau of Statistics has them.
const Date = "2023-06-30"

//go:generate go run ./generate packages table.txt

//go:embed table.txt
var table string

// Division is a province, a city or a county.
type Division struct {
	Code string // six digits
	Name string // without those above; empty of what only stands for the parts of another
}

// parsed is the table, once it is needed. Both parts are in the order of the codes.
var parsed = sync.OnceValues(func() (current []Division, former []string) {
	current = make([]Division, 0, strings.Count(table, "\n"))
	for line := range strings.Lines(table) {
		line = strings.TrimSuffix(line, "\n")
		if code, ok := strings.CutPrefix(line, "-"); ok {
			former = append(former, code)
			continue
		}
		current = append(current, Division{line[:6], line[6:]})
	}
	return current, former
})

// Current returns the divisions on [Date], in the order of their codes. The caller must not change
// them.
func Current() []Division {
	current, _ := parsed()
	return current
}

// IsCurrent reports whether a code of six digits was in use on [Date].
func IsCurrent(code string) bool {
	_, is := slices.BinarySearchFunc(Current(), code, func(d Division, code string) int { return strings.Compare(d.Code, code) })
	return is
}

// IsFormer reports whether a code of six digits was in use before, and no more on [Date].
func IsFormer(code string) bool {
	_, former := parsed()
	_, is := slices.BinarySearch(former, code)
	return is
}
