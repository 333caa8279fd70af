package rules

import (
	"slices"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Of the shared modules OPA compiles with a list what the list may come to, and all where a name is
// computed.
func TestNeeded(t *testing.T) {
	shared := map[string]*ast.Module{
		"elder.rego": ast.MustParseModule("package elder\n\nimport data.parameters as p\n\nis_elder if input.age >= p.age\n\npoor if needy\n\nneedy if input.needy\n"),
		"grant.rego": ast.MustParseModule("package grant\n\ntimes(a) := _twice(a)\n\n_twice(a) := a * 2\n\nplus(a) := a + 1\n"),
	}
	for body, want := range map[string][]string{
		"input.age > 1":                  {},
		"elder.is_elder":                 {"is_elder"},
		"data.elder.poor":                {"needy", "poor"},
		"not elder.poor":                 {"needy", "poor"},
		"grant.times(1) == 2":            {"_twice", "times"},
		"[grant.plus(x) | x := 1][0]":    {"plus"},
		"some n in [\"poor\"]\nelder[n]": {"_twice", "is_elder", "needy", "plus", "poor", "times"},
		"count(data.elder) > 0":          {"_twice", "is_elder", "needy", "plus", "poor", "times"},
		"x := elder\nx.poor":             {"_twice", "is_elder", "needy", "plus", "poor", "times"},
	} {
		m := ast.MustParseModule("package lists.a\n\nimport data.elder\nimport data.grant\n\nok if {\n" + body + "\n}\n")
		got := []string{}
		for _, part := range (&loader{shared: shared}).needed(m) {
			for _, r := range part.Rules {
				got = append(got, r.Head.Name.String())
			}
			if part.Package.Path.String() == "data.elder" && (len(part.Imports) > 0) != slices.Contains(got, "is_elder") {
				t.Errorf("%s: %d imports of package elder", body, len(part.Imports))
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", body, got, want)
		}
	}
}
