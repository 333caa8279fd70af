package rules

import (
	"bytes"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

// refuseSchemas reports METADATA with schemas. One would change what OPA takes attributes for, and its $ref names any file or
// address for OPA to open. Our compilers do not read these schemas; a stock OPA that is given the bundle may.
func (l *loader) refuseSchemas(m *ast.Module, content []byte) {
	for _, a := range m.Annotations {
		if len(a.Schemas) > 0 {
			l.errorf("metadata-schemas", schemasIn(a, content), "remove schemas; the types of attributes stand in catalogs/attributes.yaml",
				"METADATA of a list names no schemas")
		}
	}
}

// schemasIn is where METADATA writes schemas, or begins when it hides the word.
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
