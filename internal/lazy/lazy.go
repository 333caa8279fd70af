// Package lazy makes what few runs need when it is first asked for, so that a short run does not
// wait for it.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp returns a function that returns a regular expression, which the first call compiles. It
// panics where [regexp.MustCompile] does.
func Regexp(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
