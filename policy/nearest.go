package policy

import (
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the name that somebody who wrote name most likely meant, or "" when none is near.
// Of equally near names it returns the first.
func Nearest(name string, among []string) string {
	length := utf8.RuneCountInString(name)
	if length > 100 {
		return ""
	}
	nearest, best := "", max(1, min(3, (length+1)/3))+1
	for _, other := range among {
		if diff := utf8.RuneCountInString(other) - length; diff >= best || -diff >= best {
			continue
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(other)); d < best && name != other {
			nearest, best = other, d
		}
	}
	return nearest
}
