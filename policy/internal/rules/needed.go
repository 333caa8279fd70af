package rules

import (
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// needed returns the shared modules as far as a list's module may reach them, by the names that
// occur in it and in what it reaches. OPA then need not compile the rest again for each list. A
// module whose rules are referred to by computed names is needed whole.
func (l *loader) needed(m *ast.Module) map[string]*ast.Module {
	n := names{seen: map[string]bool{}}
	n.module(m, m.Rules)
	for more := true; more && !n.computed; {
		before := len(n.seen)
		for _, shared := range l.shared {
			n.module(shared, n.rules(shared))
		}
		more = len(n.seen) > before
	}
	if n.computed {
		return maps.Clone(l.shared)
	}
	modules := make(map[string]*ast.Module, len(l.shared)+1)
	for file, shared := range l.shared {
		part := *shared
		part.Annotations = nil // they point at rules
		part.Rules = n.rules(shared)
		own := names{seen: map[string]bool{}}
		own.module(&part, part.Rules)
		part.Imports = slices.DeleteFunc(slices.Clone(shared.Imports), func(i *ast.Import) bool {
			return isDocument(i) && !own.seen[string(i.Name())]
		})
		modules[file] = &part
	}
	return modules
}

// names are what occurs in rules and may be a rule's name.
type names struct {
	seen     map[string]bool
	computed bool // a rule of a document is referred to by a computed name, or all its rules together
}

// rules returns the rules of a module whose names occur.
func (n *names) rules(m *ast.Module) []*ast.Rule {
	return slices.DeleteFunc(slices.Clone(m.Rules), func(r *ast.Rule) bool {
		name, known := r.Head.Ref()[0].Value.(ast.Var)
		return known && !n.seen[string(name)]
	})
}

// module adds what occurs in some rules of a module.
func (n *names) module(m *ast.Module, rules []*ast.Rule) {
	documents := map[ast.Var]int{"data": 1} // with the number of other names that say which package is meant
	for _, i := range m.Imports {
		if isDocument(i) {
			documents[i.Name()] = 0
		}
	}
	for _, r := range rules {
		n.walk(r, documents)
	}
}

// walk adds the names that occur in a rule or in a part of one.
func (n *names) walk(x any, documents map[ast.Var]int) {
	ast.WalkTerms(x, func(t *ast.Term) bool {
		switch v := t.Value.(type) {
		case ast.Var:
			_, document := documents[v]
			n.computed = n.computed || document // as a value of its own
			n.seen[string(v)] = true
		case ast.String:
			n.seen[string(v)] = true
		case ast.Ref:
			n.ref(v, documents)
			return true
		}
		return false
	})
}

// ref adds what occurs in a reference.
func (n *names) ref(ref ast.Ref, documents map[ast.Var]int) {
	head, plain := ref[0].Value.(ast.Var)
	if !plain {
		n.walk(ref[0], documents)
	}
	if beside, document := documents[head]; document {
		n.computed = n.computed || len(ref) < beside+2
		for _, t := range ref[1:min(len(ref), beside+2)] {
			_, written := t.Value.(ast.String)
			n.computed = n.computed || !written
		}
	}
	n.seen[string(head)] = true
	for _, t := range ref[1:] {
		n.walk(t, documents)
	}
}

// isDocument reports whether an import is of rules or data, not of the language.
func isDocument(i *ast.Import) bool {
	path, ok := i.Path.Value.(ast.Ref)
	return ok && len(path) > 0 && path[0].Equal(ast.DefaultRootDocument)
}
