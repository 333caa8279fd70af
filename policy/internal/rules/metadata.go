package rules

import (
	"bytes"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

// refuseSchemas reports METADATA with schemas. A schema would change the types that OPA assumes for
// attributes, and its $ref may name any file or address for OPA to open. Our compilers do not read
// these schemas, but a stock OPA that is given the bundle may.
func (l *loader) refuseSchemas(m *ast.Module, content []byte) {
	for _, a := range m.Annotations {
		if len(a.Schemas) > 0 {
			l.errorf("metadata-schemas", schemasIn(a, content), "remove schemas; catalogs/attributes.yaml has the types of attributes",
				"METADATA of a list must not name schemas")
		}
	}
}

// schemasIn returns where METADATA writes schemas, or where it begins when it hides the word.
func schemasIn(a *ast.Annotations, content []byte) policy.Position {
	at := position(a.Location)
	lines := bytes.Split(content, []byte("\n"))
	for row := at.Line; row < min(a.EndLoc().Row, len(lines)); row++ { // lines[at.Line-1] is # METADATA itself
		if key := bytes.TrimLeft(lines[row], "# \t\"'{"); bytes.HasPrefix(key, []byte("schemas")) {
			return policy.Position{File: at.File, Line: row + 1, Column: len(lines[row]) - len(key) + 1}
		}
	}
	return at
}
