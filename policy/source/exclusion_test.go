package source

import (
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
)

func TestLongest(t *testing.T) {
	// a denies b and c, b denies c, and so on
	exclusions := func(texts ...string) (all []*policy.Exclusion) {
		for _, text := range texts {
			all = append(all, &policy.Exclusion{Has: text[:1], Without: strings.Split(text[1:], "")})
		}
		return all
	}
	for _, tt := range []struct {
		exclusions string
		path       string
		cycle      bool
	}{
		{"ab", "a b", false},
		{"abc bc", "a b c", false},
		{"abc cd bd", "a b d", false},
		{"ab bc cd de", "a b c d e", false},
		{"ab ba", "a b a", true},
		{"ab bc ca", "a b c a", true},
		{"ab bc cb", "a b c b", true},
		{"ab ac cd", "a c d", false},
	} {
		all := exclusions(strings.Fields(tt.exclusions)...)
		path, cycle := longest(all, []string{"a"}, deniedBy(all, "a"))
		if got := strings.Join(path, " "); got != tt.path || cycle != tt.cycle {
			t.Errorf("%s: %s, a cycle: %v; want %s, %v", tt.exclusions, got, cycle, tt.path, tt.cycle)
		}
	}
}

// deniedBy returns the services that one denies.
func deniedBy(all []*policy.Exclusion, service string) (denied []string) {
	for _, e := range all {
		if e.Has == service {
			denied = append(denied, e.Without...)
		}
	}
	return denied
}
