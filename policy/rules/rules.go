// Package rules holds the Rego of the lists: it parses and checks the modules, and asks OPA about them, either for the
// grants of one elder (plain evaluation) or for what remains of a rule when only the elder is unknown (partial evaluation).
//
// It is the only package that knows Rego.
package rules

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// Rule is one clause of a list: one rule of the partial set grants.
type Rule struct {
	Stem          string // of the list whose file has the rule
	Index         int    // in the file, from 0
	Service       string
	Discretionary bool
	Title         string // from the METADATA
	Item          string
	Pos           policy.Position
	Parameters    []string // those the rule reads, directly or through helpers; sorted
	Attributes    []string // likewise; all there are when it reads the elder as a whole
	module        *Module
}

// Module is the Rego of one list, compiled with the shared modules and nothing else.
type Module struct {
	Stem       string
	Rules      []*Rule
	compiler   *ast.Compiler
	vocabulary *policy.Vocabulary
	lines      map[line][]string // the parameters read on a line
}

// Set is the Rego of a catalog. It is immutable and safe for concurrent use.
type Set struct {
	Space   *elder.Space
	modules map[string]*Module
	shared  *Module // contradictions
}

// Module is the Rego of a list, nil when the list has none.
func (s *Set) Module(stem string) *Module { return s.modules[stem] }

// Of are the rules of a service in file order; none when the module is nil.
func (m *Module) Of(service string) []*Rule {
	if m == nil {
		return nil
	}
	var of []*Rule
	for _, r := range m.Rules {
		if r.Service == service {
			of = append(of, r)
		}
	}
	return of
}

// ReadAt are the parameters that the Rego reads on the line of a position.
func (m *Module) ReadAt(pos policy.Position) []string { return m.lines[line{pos.File, pos.Line}] }

// ReadAt are the parameters that the Rego of the rule and its helpers reads on the line of a position.
func (r *Rule) ReadAt(pos policy.Position) []string { return r.module.ReadAt(pos) }

// line is a line of a file.
type line struct {
	file   string
	number int
}

// Packages of the shared modules, and where a list's parameters are mounted.
var (
	parametersRef = ast.MustParseRef("data.parameters")
	listsRef      = ast.MustParseRef("data.lists")
)

// Load parses, checks and compiles the Rego of every list in the catalog, in parallel. The error is a
// [policy.Diagnostics] with everything found in one run.
func Load(files *policy.Files, catalog *policy.Catalog) (*Set, error) {
	space, err := elder.NewSpace(catalog.Vocabulary)
	if err != nil {
		return nil, err
	}
	l := newLoader(files, catalog)
	l.set = &Set{Space: space, modules: map[string]*Module{}}
	l.parseShared()
	if len(l.diags) > 0 {
		return nil, l.diags.Err()
	}
	for _, m := range l.shared { // objects sort their keys when they are first walked; the lists, in parallel, only read them
		ast.WalkTerms(m, func(*ast.Term) bool { return false })
	}
	l.set.shared = &Module{}
	if l.set.shared.compiler, err = l.compile(nil); err != nil {
		l.report(err)
		return nil, l.diags.Err()
	}
	l.reportUnlisted()
	var group errgroup.Group
	group.SetLimit(parallel())
	for _, list := range catalog.Lists {
		group.Go(func() error { l.load(list); return nil })
	}
	_ = group.Wait() // the functions report to l
	for _, list := range catalog.Lists {
		l.checkServices(list)
	}
	if err := l.diags.Err(); err != nil {
		return nil, err
	}
	return l.set, nil
}

// Check finds what is wrong with the Rego of lists by itself, when their YAML is wrong and cannot be held against it: what does
// not parse or compile, such as a misspelt attribute. With only != nil just the files of those jurisdictions are read.
func Check(files *policy.Files, vocabulary *policy.Vocabulary, only []string) policy.Diagnostics {
	l := newLoader(files, &policy.Catalog{Vocabulary: vocabulary})
	l.parseShared()
	paths, _ := files.Glob("rego/lists", ".rego") // the lists' own folder could be read
	for _, p := range paths {
		stem := strings.TrimSuffix(path.Base(p), ".rego")
		of := func(id string) bool { return stem == id || strings.HasPrefix(stem, id+"_") }
		if strings.HasSuffix(stem, "_test") || only != nil && !slices.ContainsFunc(only, of) {
			continue
		}
		if m := l.parse(p); m != nil {
			if _, err := l.compile(m); err != nil {
				l.report(err)
			}
		}
	}
	return l.diags
}

func newLoader(files *policy.Files, catalog *policy.Catalog) *loader {
	l := &loader{files: files, catalog: catalog, schemas: ast.NewSchemaSet()}
	l.schemas.Put(ast.SchemaRootRef, InputSchema(catalog.Vocabulary))
	return l
}

type loader struct {
	files    *policy.Files
	catalog  *policy.Catalog
	schemas  *ast.SchemaSet // of the input
	set      *Set
	shared   map[string]*ast.Module
	packages []ast.Ref // of the shared modules

	mu    sync.Mutex // guards what follows, while lists load in parallel
	diags policy.Diagnostics
}

func (l *loader) add(d ...policy.Diagnostic) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.diags = append(l.diags, d...)
}

func (l *loader) errorf(code string, pos policy.Position, remedy, format string, args ...any) {
	var ds policy.Diagnostics
	ds.Errorf(code, pos, remedy, format, args...)
	l.add(ds...)
}

// parseShared parses rego/*.rego but for tests and the composition, which is for stock OPA and reads another input.
func (l *loader) parseShared() {
	l.shared = map[string]*ast.Module{}
	paths, err := l.files.Glob("rego", ".rego")
	if err != nil {
		l.errorf("unreadable", policy.Position{File: "rego"}, "make the folder readable", "%v", err)
		return
	}
	for _, p := range paths {
		if strings.HasSuffix(p, "_test.rego") || p == compositionPath {
			continue
		}
		if m := l.parse(p); m != nil {
			l.shared[m.Package.Location.File] = m
			l.packages = append(l.packages, m.Package.Path)
		}
	}
}

const compositionPath = "rego/eldercare.rego"

// parse reads one file; nil after reporting what is wrong with it.
func (l *loader) parse(p string) *ast.Module {
	f, err := l.files.Read(p)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			l.errorf("unreadable", policy.Position{File: p}, "make the file readable", "%v", err)
		}
		return nil
	}
	m, err := ast.ParseModuleWithOpts(f.Display, string(f.Content), ast.ParserOptions{ProcessAnnotation: true, Capabilities: capabilities()})
	if err != nil {
		l.report(err)
		return nil
	}
	want := ast.MustParseRef("data." + strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(p, "rego/"), path.Ext(p)), "/", "."))
	if !m.Package.Path.Equal(want) {
		l.errorf("package-mismatch", position(m.Package.Location), "write package "+want.String()[len("data."):],
			"package %s does not mirror the path of its file", m.Package.Path.String()[len("data."):])
		return nil
	}
	return m
}

// compile compiles a list's module, or nil, with the shared ones.
func (l *loader) compile(m *ast.Module) (*ast.Compiler, error) {
	modules := make(map[string]*ast.Module, len(l.shared)+1)
	for name, shared := range l.shared {
		modules[name] = shared
	}
	if m != nil {
		modules[m.Package.Location.File] = m
	}
	c := l.compiler(capabilities())
	c.Compile(modules)
	if !c.Failed() {
		return c, nil
	}
	wrong := c.Errors
	if slices.ContainsFunc(wrong, namesForbidden) { // OPA stops there: look what else is wrong
		c = l.compiler(ast.CapabilitiesForThisVersion())
		c.Compile(modules)
		wrong = append(wrong, c.Errors...)
	}
	return nil, wrong
}

func (l *loader) compiler(capabilities *ast.Capabilities) *ast.Compiler {
	c := ast.NewCompiler().WithStrict(true).WithCapabilities(capabilities).WithSchemas(l.schemas).WithUseTypeCheckAnnotations(true)
	c.SetErrorLimit(0) // all errors in one run
	return c
}

func (l *loader) load(list *policy.List) {
	p := "rego/lists/" + list.Stem + ".rego"
	m := l.parse(p)
	if m == nil {
		return
	}
	module := &Module{Stem: list.Stem, vocabulary: l.catalog.Vocabulary, lines: map[line][]string{}}
	before := l.count()
	for _, r := range m.Rules {
		l.readRule(list, module, r)
	}
	if l.count() > before {
		return // the compiler would only repeat it in other words
	}
	tagged := m.Copy()
	tagGrants(tagged)
	c, err := l.compile(tagged)
	if err != nil {
		l.report(err)
		return
	}
	module.compiler = c
	l.checkReferences(list, module, m)
	l.mu.Lock()
	l.set.modules[list.Stem] = module
	l.mu.Unlock()
}

func (l *loader) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.diags)
}

// tagGrants makes every rule of grants say which one it is: its member x becomes {"rule": index, "grant": x}. So the two
// evaluations can name the clause that granted; stock OPA runs the files as they are.
func tagGrants(m *ast.Module) {
	index := 0
	for _, r := range m.Rules {
		if !isGrant(r) {
			continue
		}
		r.Head.Key = ast.ObjectTerm(
			[2]*ast.Term{ast.StringTerm("rule"), ast.IntNumberTerm(index)},
			[2]*ast.Term{ast.StringTerm("grant"), r.Head.Key},
		)
		index++
	}
}

func isGrant(r *ast.Rule) bool { return string(r.Head.Name) == "grants" }

// readRule takes in one rule of grants and checks its fixed shape: a partial set whose member is grant.promise or
// grant.discretionary with a service id written out, and METADATA that agrees with the YAML.
func (l *loader) readRule(list *policy.List, module *Module, r *ast.Rule) {
	if !isGrant(r) {
		return
	}
	pos := position(r.Location)
	const shape = `write grants contains grant.promise("service-id", {"measure": p.parameter}) if { … }`
	if r.Head.RuleKind() != ast.MultiValue || r.Default {
		l.errorf("grant-shape", pos, shape, "grants must be a set of promises")
		return
	}
	service, discretionary, ok := l.promised(r)
	if !ok {
		l.errorf("grant-shape", pos, shape, "a grant must be a call of grant.promise or grant.discretionary with a service id written out")
		return
	}
	rule := &Rule{Stem: list.Stem, Index: len(module.Rules), Service: service, Discretionary: discretionary, Pos: pos, module: module}
	module.Rules = append(module.Rules, rule)
	declared := serviceOf(list, service)
	if declared == nil {
		l.errorf("service-not-listed", pos, "add the service to the YAML, or correct the id"+didYouMean(service, serviceIDs(list)),
			"the rule grants %q, which %s does not list", service, list.Pos.File)
		return
	}
	l.readMetadata(rule, declared, r)
}

// promised is the service that a rule of grants names.
func (l *loader) promised(r *ast.Rule) (service string, discretionary, ok bool) {
	call, isCall := r.Head.Key.Value.(ast.Call)
	if !isCall || len(call) < 2 {
		return "", false, false
	}
	id, isString := call[1].Value.(ast.String)
	if !isString {
		return "", false, false
	}
	switch name := call[0].Value.String(); name {
	case "grant.promise", "data.grant.promise":
		return string(id), false, true
	case "grant.discretionary", "data.grant.discretionary":
		return string(id), true, true
	}
	return "", false, false
}

// metadataKeys are the keys of METADATA that mean something on a rule of grants.
var metadataKeys = []string{"item"}

func (l *loader) readMetadata(rule *Rule, declared *policy.Service, r *ast.Rule) {
	var a *ast.Annotations
	for _, candidate := range r.Annotations {
		if candidate.Scope == "rule" {
			a = candidate
		}
	}
	remedy := fmt.Sprintf("write above the rule: # METADATA, # title: %s, # custom:, #   item: %q", declared.Name, declared.Item)
	if a == nil {
		l.errorf("metadata", rule.Pos, remedy, "the rule has no METADATA")
		return
	}
	pos := position(a.Location)
	for key := range a.Custom {
		if !slices.Contains(metadataKeys, key) {
			l.errorf("metadata", pos, remedy, "METADATA has an unknown key custom.%s%s", key, didYouMean(key, metadataKeys))
		}
	}
	rule.Title = a.Title
	if item, stated := a.Custom["item"]; stated {
		rule.Item = fmt.Sprint(item)
	}
	if rule.Title != declared.Name {
		l.errorf("metadata", pos, remedy, "the METADATA title %q is not the name in the YAML", rule.Title)
	}
	if rule.Item != declared.Item {
		l.errorf("metadata", pos, remedy, "the METADATA item %q is not the item in the YAML", rule.Item)
	}
}

// checkReferences refuses references to documents that do not exist (they would read as "nobody qualifies"), to other
// lists, and to parameters that neither the list nor its ancestors have. It notes which rule and which line reads which parameter.
func (l *loader) checkReferences(list *policy.List, module *Module, m *ast.Module) {
	chain := l.catalog.Chain(list, list.EffectiveFrom)
	known := parameterNames(chain)
	modules := []*ast.Module{m}
	for _, shared := range l.shared {
		modules = append(modules, shared)
	}
	lookedUp := false
	for _, source := range modules {
		aliases := imports(source)
		ast.WalkRefs(source, func(ref ast.Ref) bool {
			full := expand(ref, aliases)
			if !full.HasPrefix(ast.DefaultRootRef) || len(full) < 2 || isImportPath(source, ref) {
				return false
			}
			lookedUp = l.checkReference(list, module, source, full, known) || lookedUp
			return false
		})
	}
	for i, r := range grantsOf(module.compiler.Modules[m.Package.Location.File]) {
		var whole bool
		if module.Rules[i].Parameters, whole = namesRead(module.compiler, r, parametersRef); whole && !lookedUp {
			l.errorf("parameter-name", module.Rules[i].Pos, "write data.parameters.<name>", "the rule reads the parameters as a whole")
		}
		attributes, whole := namesRead(module.compiler, r, ast.InputRootRef)
		if whole {
			attributes = l.attributes()
			slices.Sort(attributes)
		}
		module.Rules[i].Attributes = attributes
	}
}

// checkReference reports whether it found a parameter that is looked up, not named.
func (l *loader) checkReference(list *policy.List, module *Module, source *ast.Module, ref ast.Ref, known map[string]bool) (lookedUp bool) {
	pos := position(ref[0].Location)
	switch {
	case ref.HasPrefix(parametersRef):
		name, ok := ast.String(""), false
		if len(ref) > 2 {
			name, ok = ref[2].Value.(ast.String)
		}
		if !ok {
			l.errorf("parameter-name", pos, "write data.parameters.<name>", "a parameter must be named, not looked up")
			return true
		}
		if !known[string(name)] {
			l.errorf("unknown-parameter", pos, "add it under parameters in "+list.Pos.File+didYouMean(string(name), keys(known)),
				"neither %s nor the lists above it have a parameter %q", list.Stem, string(name))
			return false
		}
		key := line{pos.File, pos.Line}
		module.lines[key] = append(module.lines[key], string(name))
	case ref.HasPrefix(source.Package.Path):
	case slices.ContainsFunc(l.packages, ref.HasPrefix):
	case ref.HasPrefix(listsRef):
		l.errorf("other-list", pos, "move what both need into a shared module, or inherit the service",
			"a list may not read another list's rules")
	default:
		l.errorf("unknown-document", pos, "lists read data.parameters and the shared modules only",
			"nothing is loaded as %s, so the rule could never hold", ref)
	}
	return false
}

// checkServices matches the services of the YAML with the rules, both ways.
func (l *loader) checkServices(list *policy.List) {
	module := l.set.modules[list.Stem]
	for _, s := range list.Services {
		if s.Inherits || len(module.Of(s.ID)) > 0 {
			continue
		}
		if module == nil && l.hasFile(list) {
			continue // its file did not load; that is reported
		}
		l.errorf("no-rule", s.Pos, fmt.Sprintf("write a rule for it in rego/lists/%s.rego, or inherits: true", list.Stem),
			"service %q is neither ruled nor inherited", s.ID)
	}
}

func (l *loader) hasFile(list *policy.List) bool {
	_, err := l.files.Read("rego/lists/" + list.Stem + ".rego")
	return err == nil
}

// reportUnlisted finds Rego of lists that have no YAML.
func (l *loader) reportUnlisted() {
	paths, _ := l.files.Glob("rego/lists", ".rego")
	for _, p := range paths {
		stem := strings.TrimSuffix(path.Base(p), ".rego")
		if strings.HasSuffix(stem, "_test") {
			continue
		}
		if _, err := l.files.Read("catalogs/" + stem + ".yaml"); errors.Is(err, fs.ErrNotExist) {
			l.errorf("no-list", policy.Position{File: p}, "add catalogs/"+stem+".yaml, or remove the file", "the Rego has no list beside it")
		}
	}
}

func serviceOf(list *policy.List, id string) *policy.Service {
	for _, s := range list.Services {
		if s.ID == id {
			return s
		}
	}
	return nil
}

func serviceIDs(list *policy.List) []string {
	ids := make([]string, len(list.Services))
	for i, s := range list.Services {
		ids[i] = s.ID
	}
	return ids
}

func parameterNames(chain []*policy.List) map[string]bool {
	names := map[string]bool{}
	for _, list := range chain {
		for _, p := range list.Parameters {
			names[p.Name] = true
		}
	}
	return names
}

func keys(m map[string]bool) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func didYouMean(name string, among []string) string {
	if near := policy.Nearest(name, among); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}
