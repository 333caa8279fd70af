package decide_test

import (
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

// A service denies another if an elder has it by the same list or one above, and has it indeed: not
// at discretion, and not denied itself.
func TestUndenied(t *testing.T) {
	of := func(layerOf int, service string, has ...string) decide.Held {
		var exclusions []*policy.Exclusion
		for _, other := range has {
			exclusions = append(exclusions, &policy.Exclusion{Has: other})
		}
		return decide.Held{Layer: layerOf, Grant: rules.Grant{Service: service}, Applied: layer.Applied{Exclusions: exclusions}}
	}
	atDiscretion := func(h decide.Held) decide.Held {
		h.Grant.Discretionary = true
		return h
	}
	for name, tt := range map[string]struct {
		held []decide.Held
		want string
	}{
		"nothing excludes":            {[]decide.Held{of(0, "a"), of(0, "b")}, "a b"},
		"b denies a":                  {[]decide.Held{of(0, "a", "b"), of(0, "b")}, "b"},
		"b is not had":                {[]decide.Held{of(0, "a", "b"), of(0, "c")}, "a c"},
		"b of the list above":         {[]decide.Held{of(0, "a", "b"), of(1, "b")}, "b"},
		"b of the list below":         {[]decide.Held{of(1, "a", "b"), of(0, "b")}, "a b"},
		"b at discretion":             {[]decide.Held{of(0, "a", "b"), atDiscretion(of(0, "b"))}, "a b"},
		"a at discretion":             {[]decide.Held{atDiscretion(of(0, "a", "b")), of(0, "b")}, "b"},
		"c denies b, which denies a":  {[]decide.Held{of(0, "a", "b"), of(0, "b", "c"), of(0, "c")}, "a c"},
		"either of two":               {[]decide.Held{of(0, "a", "c", "b"), of(0, "b")}, "b"},
		"b denied below, had above":   {[]decide.Held{of(0, "a", "b"), of(0, "b", "c"), of(0, "c"), of(1, "b")}, "c b"},
		"a has a rule that is denied": {[]decide.Held{of(0, "a", "b"), of(1, "a"), of(0, "b")}, "a b"},
	} {
		var got []string
		for _, h := range decide.Undenied(tt.held) {
			got = append(got, h.Grant.Service)
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%s: %q is left, want %q", name, got, tt.want)
		}
	}
}
