package rules

import (
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

// inspection examines modules in which names are resolved but nothing is rewritten yet, so that
// problems are found where they were written.
type inspection struct {
	*loader
	module *Module
	list   *policy.List       // nil when it is not known what the YAML of the module says
	chains [][]*policy.List   // the list with those above it, as they succeed each other while it is in force
	idle   map[*ast.Rule]bool // shared clauses that the list does not reach; it need not have their parameters
	loaded []loaded
	misled []ast.Ref // what is imported but does not exist
	said   said

	path  ast.Ref // the package of the list
	rules []*ast.Rule

	clause *ast.Rule // the clause being examined
	locals locals    // local variables of the clause
	expr   *ast.Expr // the innermost expression so far
	undo   []func()  // removes the calls that stop OPA
}

// loaded is a package with its rules by name. The value tells whether they are functions.
type loaded struct {
	path  ast.Ref
	rules map[string]bool
}

// inspect examines a list's module and the shared ones. Source is the parsed module of the list, or
// nil when there is only what is shared. The list is nil when its YAML is not known.
func (l *loader) inspect(modules map[string]*ast.Module, module *Module, list *policy.List, source *ast.Module) said {
	in := &inspection{loader: l, module: module, list: list, said: said{}}
	module.lines = map[line][]string{}
	if list != nil {
		in.chains = l.chains(list)
	}
	for _, m := range l.shared {
		in.define(m)
	}
	if source != nil {
		in.define(source)
		in.path, in.rules = source.Package.Path, modules[fileOf(source)].Rules
		in.promises(modules[fileOf(source)])
	}
	if source != nil {
		in.idle = idle(modules, fileOf(source))
	}
	for _, file := range slices.Sorted(maps.Keys(modules)) {
		in.lookThrough(modules[file])
	}
	if source != nil {
		module.tag(modules[fileOf(source)])
	}
	return in.said
}

// idle returns the clauses of shared files that those of a list's file do not reach, directly or
// through others.
func idle(modules map[string]*ast.Module, file string) map[*ast.Rule]bool {
	idle := map[*ast.Rule]bool{}
	named := map[[2]string][]*ast.Rule{} // by package and name, and by package
	for other, m := range modules {
		if other == file || len(m.Package.Path) != 2 {
			continue
		}
		pkg := stringOf(m.Package.Path[1])
		for _, r := range m.Rules {
			idle[r] = true
			name := [2]string{pkg, string(r.Head.Ref()[0].Value.(ast.Var))}
			named[name] = append(named[name], r)
			named[[2]string{pkg}] = append(named[[2]string{pkg}], r)
		}
	}
	for left := slices.Clone(modules[file].Rules); len(left) > 0; {
		r := left[len(left)-1]
		left = left[:len(left)-1]
		ast.WalkRefs(r, func(ref ast.Ref) bool {
			if !ref.HasPrefix(ast.DefaultRootRef) || len(ref) == 1 {
				return false
			}
			name := [2]string{stringOf(ref[1])}
			if len(ref) > 2 {
				name[1] = stringOf(ref[2])
			}
			for _, found := range named[name] {
				if idle[found] {
					idle[found] = false
					left = append(left, found)
				}
			}
			return false
		})
	}
	return idle
}

// stringOf returns the text that a term is, or "" when it is not a text.
func stringOf(t *ast.Term) string {
	text, _ := t.Value.(ast.String)
	return string(text)
}

// chains returns a list with those above it, as they succeed each other while it is in force.
func (l *loader) chains(list *policy.List) [][]*policy.List {
	var chains [][]*policy.List
	for _, day := range l.catalog.Changes(list) {
		if chain := l.catalog.Chain(list, day); len(chains) == 0 || !slices.Equal(chains[len(chains)-1], chain) {
			chains = append(chains, chain)
		}
	}
	return chains
}

func (in *inspection) define(m *ast.Module) {
	rules := map[string]bool{}
	for _, r := range m.Rules {
		name := string(r.Head.Ref()[0].Value.(ast.Var)) // every head begins so
		rules[name] = rules[name] || len(r.Head.Args) > 0
	}
	in.loaded = append(in.loaded, loaded{m.Package.Path, rules})
}

func (in *inspection) lookThrough(m *ast.Module) {
	for _, i := range m.Imports {
		in.imported(i)
	}
	look := ast.NewGenericVisitor(in.node)
	for _, r := range m.Rules {
		in.clause, in.locals, in.expr = r, localsOf(r), nil
		for _, term := range r.Head.Ref()[1:] {
			look.Walk(term)
		}
		look.Walk(r)
	}
	for _, undo := range in.undo {
		undo()
	}
	in.undo = nil
}

func (in *inspection) node(x any) bool {
	switch x := x.(type) {
	case *ast.Expr:
		in.expr = x
		if terms, ok := x.Terms.([]*ast.Term); ok {
			in.call(terms, x.Location, func(anything ast.Call) { x.Terms = []*ast.Term(anything) })
		}
	case *ast.Term:
		switch value := x.Value.(type) {
		case ast.Ref:
			in.reference(x, value)
		case ast.Call:
			in.call(value, x.Location, func(anything ast.Call) { x.Value = anything })
		case ast.Object:
			in.amount(value)
		}
	}
	return false
}

// wrong reports an error in the current expression. OPA need not report that expression again.
func (in *inspection) wrong(code string, at *ast.Location, remedy, format string, args ...any) {
	if in.expr != nil {
		in.said[position(in.expr.Location)] = true
	}
	in.errorf(code, position(at), remedy, format, args...)
}
