package rules

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

func (l *loader) attributes() []string {
	var names []string
	for _, a := range l.catalog.Vocabulary.Attributes {
		names = append(names, a.Name)
	}
	return names
}

func position(loc *ast.Location) policy.Position {
	if loc == nil {
		return policy.Position{}
	}
	return policy.Position{File: loc.File, Line: loc.Row, Column: loc.Col}
}

// dotted returns a reference as rules write it, without data in front.
func dotted(ref ast.Ref) string { return strings.TrimPrefix(ref.String(), "data.") }

// short returns a reference to a rule as rules of its list write it.
func short(ref ast.Ref) string {
	if ref.HasPrefix(listsRef) && len(ref) > len(listsRef)+1 {
		name, _ := ref[len(listsRef)+1].Value.(ast.String)
		return string(name)
	}
	return dotted(ref)
}

func fileOf(m *ast.Module) string { return m.Package.Location.File }
