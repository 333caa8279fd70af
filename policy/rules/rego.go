package rules

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

// capabilities are OPA's without what would make an answer depend on anything but the elder, the lists and the date:
// network, clocks, randomness, files and the environment.
var capabilities = sync.OnceValue(func() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool { return forbidden(b) })
	c.AllowNet = []string{}
	return c
})

func forbidden(b *ast.Builtin) bool {
	return b.IsNondeterministic() || strings.HasPrefix(b.Name, "net.") || strings.HasPrefix(b.Name, "io.jwt.") ||
		b.Name == "opa.runtime" || b.Name == "print" || b.Name == "trace"
}

// InputSchema is the JSON Schema of what a rule sees as input: the vocabulary's attributes, and nothing else.
func InputSchema(v *policy.Vocabulary) map[string]any {
	properties := map[string]any{}
	for _, a := range v.Attributes {
		switch a.Type {
		case policy.Boolean:
			properties[a.Name] = map[string]any{"type": "boolean", "title": a.Label}
		case policy.Integer:
			properties[a.Name] = map[string]any{"type": "integer", "title": a.Label, "minimum": a.Min, "maximum": a.Max}
		case policy.Enum:
			values := make([]any, len(a.Values))
			for i, value := range a.Values {
				values[i] = value.Name
			}
			properties[a.Name] = map[string]any{"type": "string", "title": a.Label, "enum": values}
		}
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}

// report turns OPA's errors into diagnostics.
func (l *loader) report(err error) {
	var list ast.Errors
	if !errors.As(err, &list) {
		l.errorf("rego", policy.Position{}, "", "%v", err)
		return
	}
	for _, e := range list {
		l.add(l.diagnostic(e))
	}
}

func (l *loader) diagnostic(e *ast.Error) policy.Diagnostic {
	d := policy.Diagnostic{Code: strings.ReplaceAll(e.Code, "_", "-"), Severity: policy.SeverityError, Pos: position(e.Location), Summary: e.Message}
	if detail, ok := e.Details.(*ast.RefErrInvalidDetail); ok && detail.Ref.HasPrefix(ast.InputRootRef) && detail.Pos < len(detail.Ref) {
		name := strings.Trim(detail.Ref[detail.Pos].String(), `"`)
		d.Code = "unknown-attribute"
		d.Summary = fmt.Sprintf("there is no attribute %q", name)
		d.Remedy = "use an attribute of catalogs/attributes.yaml" + didYouMean(name, l.attributes())
		return d
	}
	if name, ok := forbiddenName(e); ok {
		d.Code = "forbidden-builtin"
		d.Summary = fmt.Sprintf("the builtin %s is forbidden: a rule may depend on the elder, the list and the date only", name)
		d.Remedy = "state the fact as an attribute or a parameter"
	}
	return d
}

// forbiddenName is the builtin of OPA that an error says is undefined, because it is forbidden.
func forbiddenName(e *ast.Error) (string, bool) {
	name, undefined := strings.CutPrefix(e.Message, "undefined function ")
	return name, undefined && ast.BuiltinMap[name] != nil
}

func namesForbidden(e *ast.Error) bool {
	_, forbidden := forbiddenName(e)
	return forbidden
}

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

// imports maps the names that a module imports to the full references.
func imports(m *ast.Module) map[ast.Var]ast.Ref {
	names := map[ast.Var]ast.Ref{}
	for _, i := range m.Imports {
		if ref, ok := i.Path.Value.(ast.Ref); ok {
			names[i.Name()] = ref
		}
	}
	return names
}

func isImportPath(m *ast.Module, ref ast.Ref) bool {
	return slices.ContainsFunc(m.Imports, func(i *ast.Import) bool {
		path, ok := i.Path.Value.(ast.Ref)
		return ok && len(path) > 0 && len(ref) > 0 && path[0] == ref[0]
	}) || len(m.Package.Path) > 0 && m.Package.Path[0] == ref[0]
}

// expand replaces an imported name at the head of a reference by what it stands for.
func expand(ref ast.Ref, aliases map[ast.Var]ast.Ref) ast.Ref {
	head, ok := ref[0].Value.(ast.Var)
	if !ok {
		return ref
	}
	full, ok := aliases[head]
	if !ok {
		return ref
	}
	first := *full[0]
	first.Location = ref[0].Location
	expanded := ast.Ref{&first}
	return append(append(expanded, full[1:]...), ref[1:]...)
}

func grantsOf(m *ast.Module) []*ast.Rule {
	var grants []*ast.Rule
	for _, r := range m.Rules {
		if isGrant(r) {
			grants = append(grants, r)
		}
	}
	return grants
}

// namesRead are the names below a document, data.parameters or input, that a compiled rule reads, directly or through
// the rules it depends on, sorted. Whole says that it also reads the document as a whole, or a name that is computed.
func namesRead(c *ast.Compiler, r *ast.Rule, document ast.Ref) (read []string, whole bool) {
	seen := map[*ast.Rule]bool{}
	names := map[string]bool{}
	var visit func(r *ast.Rule)
	visit = func(r *ast.Rule) {
		if seen[r] {
			return
		}
		seen[r] = true
		ast.WalkRefs(r, func(ref ast.Ref) bool {
			if !ref.HasPrefix(document) {
				return false
			}
			if len(ref) > len(document) {
				if name, ok := ref[len(document)].Value.(ast.String); ok {
					names[string(name)] = true
					return false
				}
			}
			whole = true
			return false
		})
		for dependency := range c.Graph.Dependencies(r) {
			if rule, ok := dependency.(*ast.Rule); ok {
				visit(rule)
			}
		}
	}
	visit(r)
	return keys(names), whole
}

func parallel() int { return runtime.GOMAXPROCS(0) }
