package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

// These are the places of the documents that rules read, apart from the shared modules, and the
// only one of them that we read.
var (
	parametersRef = ast.MustParseRef("data.parameters")
	listsRef      = ast.MustParseRef("data.lists")

	contradictionsRef     = ast.MustParseRef("data.elder.contradictions")
	moreContradictionsRef = ast.MustParseRef("data.contradictions") // package contradictions.<stem>, which a folder may add
)

// reference checks that what a clause refers to exists: an attribute, a parameter, or a loaded
// rule. OPA takes anything unknown below data for something that may come later, which would read
// as "nobody qualifies".
func (in *inspection) reference(term *ast.Term, ref ast.Ref) {
	switch {
	case len(ref) < 2:
	case ref.HasPrefix(ast.InputRootRef):
		for _, name := range in.locals.values(ref[1]) {
			if name == ref[1] {
				name = ast.NewTerm(name.Value).SetLocation(term.Location)
			}
			in.attributeName(name)
		}
	case ref.HasPrefix(parametersRef):
		in.parameter(term, ref)
	case ref.HasPrefix(ast.DefaultRootRef):
		if !slices.ContainsFunc(in.misled, ref.HasPrefix) {
			in.document(ref, term.Location)
		}
	}
}

// attributeName checks that a text that stands for an attribute is the name of one.
func (in *inspection) attributeName(term *ast.Term) {
	name, ok := term.Value.(ast.String)
	v := in.catalog.Vocabulary
	if !ok || len(v.Attributes) == 0 || v.Attribute(string(name)) != nil {
		return
	}
	in.errorf("unknown-attribute", position(term.Location), "use an attribute of catalogs/attributes.yaml"+didYouMean(string(name), in.attributes()),
		"there is no attribute %q", string(name))
}

// imported checks that what is imported exists. If it does not, references to it are not reported.
func (in *inspection) imported(i *ast.Import) {
	ref, ok := i.Path.Value.(ast.Ref)
	if ok && ref.HasPrefix(ast.DefaultRootRef) && !ref.HasPrefix(parametersRef) && !in.document(ref, i.Path.Location) {
		in.misled = append(in.misled, ref)
	}
}

// document reports whether something is loaded under a reference, and adds a diagnostic when it is
// not.
func (in *inspection) document(ref ast.Ref, at *ast.Location) bool {
	pkg := in.packageOf(ref)
	switch {
	case slices.ContainsFunc(in.unread, ref.HasPrefix):
		return true // nobody knows
	case pkg != nil && pkg.has(ref), len(ref) == 1:
		return true
	case pkg == nil && ref.HasPrefix(listsRef):
		in.errorf("other-list", position(at), "move what both need into a shared module, or inherit the service", "a list may not read another list's rules")
	default:
		in.errorf("unknown-document", position(at), "lists read data.parameters and the shared modules only"+in.documentMeant(ref, pkg),
			"nothing is loaded as %s, so the rule could never hold", ref)
	}
	return false
}

// packageOf returns the loaded package that a reference leads into, or nil when there is none.
func (in *inspection) packageOf(ref ast.Ref) *loaded {
	for i := range in.loaded {
		if ref.HasPrefix(in.loaded[i].path) {
			return &in.loaded[i]
		}
	}
	return nil
}

// name returns the rule of the package that a reference names, or "" when it names none.
func (l *loaded) name(ref ast.Ref) string {
	if len(ref) == len(l.path) {
		return ""
	}
	name, _ := ref[len(l.path)].Value.(ast.String)
	return string(name)
}

// has reports whether the package has the rule that a reference names, if it names one.
func (l *loaded) has(ref ast.Ref) bool {
	_, known := l.rules[l.name(ref)]
	return known || l.name(ref) == ""
}

// documentMeant suggests a rule of the package, or else a package.
func (in *inspection) documentMeant(ref ast.Ref, pkg *loaded) string {
	if pkg != nil {
		if near := policy.Nearest(pkg.name(ref), slices.Sorted(maps.Keys(pkg.rules))); near != "" {
			return fmt.Sprintf("; did you mean %q?", pkg.path.String()+"."+near)
		}
		return ""
	}
	packages := []string{parametersRef.String()}
	for _, l := range in.loaded {
		packages = append(packages, l.path.String())
	}
	return didYouMean(ref[:2].String(), packages)
}

// parameter checks that a parameter is named, and that the list or one above it has it. It records
// which line reads which parameter.
func (in *inspection) parameter(term *ast.Term, ref ast.Ref) {
	pos := position(term.Location)
	name, ok := ast.String(""), false
	if len(ref) > 2 {
		name, ok = ref[2].Value.(ast.String)
	}
	switch {
	case !ok:
		if len(ref) > 2 {
			in.module.text.lookedUp = true
			in.errorf("parameter-name", pos, "write data.parameters.<name>", "a parameter must be named, not looked up")
		}
	case in.list != nil && !in.idle[in.clause] && in.parameterKnown(string(name), pos):
		key := line{pos.File, pos.Line}
		in.module.lines[key] = append(in.module.lines[key], string(name))
	}
}

func (in *inspection) parameterKnown(name string, pos policy.Position) bool {
	for i, chain := range in.chains {
		if in.catalog.Parameter(chain, name) != nil {
			continue
		}
		since := ""
		if i > 0 {
			since = " from " + chainBegins(chain).String() + " on"
		}
		in.errorf("unknown-parameter", pos, "add it under parameters in "+in.list.Pos.File+didYouMean(name, parameterNames(chain)),
			"neither %s nor the lists above it have a parameter %q%s", in.list.Stem, name, since)
		return false
	}
	return true
}

// chainBegins returns the day on which the last list of a chain takes effect.
func chainBegins(chain []*policy.List) policy.Date {
	begins := chain[0].EffectiveFrom
	for _, list := range chain {
		if list.EffectiveFrom.After(begins) {
			begins = list.EffectiveFrom
		}
	}
	return begins
}

func parameterNames(chain []*policy.List) []string {
	var names []string
	for _, list := range chain {
		for _, p := range list.Parameters {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// builtins lists those that rules may call.
var builtins = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, b := range capabilities().Builtins {
		names[b.Name] = true
	}
	return names
})

// function checks that what is called is a function. If it is not, undo replaces the call by one
// that OPA knows.
func (in *inspection) function(terms []*ast.Term, at *ast.Location, undo func(ast.Call)) {
	ref, ok := terms[0].Value.(ast.Ref)
	name := terms[0].Value.String()
	if !ok || builtins()[name] {
		return
	}
	pkg := in.packageOf(ref)
	switch {
	case pkg != nil && len(ref) == len(pkg.path)+1 && pkg.rules[pkg.name(ref)]:
		return
	case pkg != nil && pkg.has(ref):
		in.errorf("unknown-function", position(at), "write it without parentheses", "%s is not a function", dotted(ref))
	case ref.HasPrefix(ast.DefaultRootRef): // as a reference it is reported
	case ast.BuiltinMap[name] != nil:
		in.forbidden(name, at)
	default:
		in.errorf("unknown-function", position(at), "call a builtin of OPA or a function of this file or a shared module"+didYouMean(name, in.functions()),
			"there is no function %s", name)
	}
	in.module.text.faulty[in.clause.Location] = true
	in.undo = append(in.undo, func() { undo(anything(terms[1:])) })
}

// forbidden says that a rule may not call a builtin, and why.
func (in *inspection) forbidden(builtin string, at *ast.Location) {
	remedy := "state the fact as an attribute or a parameter"
	if builtin == "sprintf" {
		remedy = `join texts with concat and format_int, or write $"…{value}…"`
	}
	reason := cmp.Or(refused[builtin], "registered by the program")
	in.errorf("forbidden-builtin", position(at), remedy,
		"the builtin %s is forbidden (%s): a rule may depend only on the elder, the list and the date", builtin, reason)
}

// functions returns the names by which a clause may call functions.
func (in *inspection) functions() []string {
	all := slices.Collect(maps.Keys(builtins()))
	for _, l := range in.loaded {
		for name, function := range l.rules {
			if function {
				all = append(all, name, dotted(l.path)+"."+name)
			}
		}
	}
	slices.Sort(all)
	return all
}

// anything returns a call with arguments of which OPA's type checker knows nothing.
func anything(arguments []*ast.Term) ast.Call {
	return ast.ObjectGet.Call(ast.ObjectTerm(), ast.StringTerm(""), ast.ArrayTerm(arguments...)).Value.(ast.Call)
}

func didYouMean(name string, among []string) string {
	if near := policy.Nearest(name, among); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}
