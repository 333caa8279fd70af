package rules

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/source"
	"github.com/basic-eldercare/eldercare/policy/source/schema"
)

// Load parses, checks and compiles the Rego of the lists of a catalog, in parallel. It also checks,
// each alone, the lists that the catalog leaves out. The error is a [policy.Diagnostics] with
// everything found in one run: what one check finds hides nothing that another can still find.
// Whatever could be compiled is returned as well, for further checks. When ctx ends, the error is
// that of ctx. The limits bound every evaluation of the rules.
func Load(ctx context.Context, files *source.Files, catalog *policy.Catalog, limits Limits) (*Set, error) {
	l := newLoader(files, catalog)
	l.limits = limits.orDefault()
	l.set = &Set{modules: map[string]*Module{}, shared: &Module{text: newText(), limits: l.limits}}
	l.parseShared()
	l.reportUnlisted()
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, list := range catalog.Lists {
		for _, stem := range list.Stems() {
			group.Go(func() error {
				if m := l.module(ctx, stem, list); m != nil {
					l.mu.Lock()
					defer l.mu.Unlock()
					l.set.modules[stem] = m
				}
				return nil
			})
		}
	}
	for _, stem := range catalog.Left {
		group.Go(func() error { l.module(ctx, stem, nil); return nil })
	}
	group.Go(func() error { l.compileShared(ctx); return nil })
	_ = group.Wait() // the functions report to l
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	space, err := elder.NewSpaceOf(catalog.Vocabulary, l.intervals())
	if err != nil {
		return nil, err
	}
	l.set.Space = space
	for _, list := range catalog.Lists {
		l.checkServices(list)
	}
	return l.set, l.diags.Err()
}

// compileShared compiles what all lists share, by itself.
func (l *loader) compileShared(ctx context.Context) {
	shared := l.set.shared
	shared.compiler, _ = l.compile(ctx, nil, func(modules map[string]*ast.Module) said { return l.inspect(modules, shared, nil, nil) })
	l.set.Required = requiredBy(shared.compiler)
	if shared.compiler != nil {
		shared.splitter = &splitter{reader: reader{compiler: shared.compiler}}
	}
}

// requiredBy returns the parameters that compiled modules read, sorted.
func requiredBy(c *ast.Compiler) []string {
	if c == nil {
		return nil
	}
	all := newReads()
	for _, m := range c.Modules {
		for _, r := range m.Rules {
			all.add(scan(r))
		}
	}
	return slices.Sorted(maps.Keys(all.parameters))
}

func newLoader(files *source.Files, catalog *policy.Catalog) *loader {
	l := &loader{files: files, catalog: catalog, shared: map[string]*ast.Module{}, schemas: ast.NewSchemaSet()}
	if len(catalog.Vocabulary.Attributes) > 0 {
		l.schemas.Put(ast.SchemaRootRef, schema.Attributes(catalog.Vocabulary))
	}
	return l
}

type loader struct {
	files   *source.Files
	catalog *policy.Catalog
	schemas *ast.SchemaSet // of the input
	set     *Set
	limits  Limits
	shared  map[string]*ast.Module // by file
	unread  []ast.Ref              // packages of the shared files that could not be parsed

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

// parseShared parses what all lists share. It leaves out the composition, which is for stock OPA
// and reads a different input.
func (l *loader) parseShared() {
	paths, err := l.files.Shared()
	if err != nil {
		l.errorf("unreadable", policy.Position{File: "rego"}, "make the folder readable", "%v", err)
		return
	}
	paths = slices.DeleteFunc(paths, func(p string) bool { return p == compositionPath })
	modules := make([]*ast.Module, len(paths))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range paths {
		group.Go(func() error { modules[i] = l.parse(p); return nil })
	}
	_ = group.Wait() // parse reports to l
	for i, m := range modules {
		if m == nil {
			l.unread = append(l.unread, packageOf(paths[i]))
			continue
		}
		// objects sort their keys at the first walk; parallel lists must only read them
		ast.WalkTerms(m, func(*ast.Term) bool { return false })
		l.shared[fileOf(m)] = m
	}
}

const compositionPath = "rego/eldercare.rego"

// parse reads one file. It returns nil after reporting that the file is not Rego, or has a reserved
// package.
func (l *loader) parse(p string) *ast.Module {
	f, err := l.files.Read(p)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			l.errorf("unreadable", policy.Position{File: f.Display, Line: 1, Column: 1}, "put a file there that can be read", "cannot be read: %v", cause(err))
		}
		return nil
	}
	if source.HomeOf(p, f.Content) != "" {
		return nil // reading the lists reports it
	}
	m, err := ast.ParseModuleWithOpts(f.Display, string(f.Content), ast.ParserOptions{ProcessAnnotation: true, Capabilities: capabilities()})
	if err != nil {
		l.report(err, f.Display)
		return nil
	}
	if want := packageOf(p); !m.Package.Path.Equal(want) {
		l.errorf("package-mismatch", position(m.Package.Location), "write package "+dotted(want),
			"package %s does not mirror the path of its file", dotted(m.Package.Path))
		m.Package.Path = want
	}
	l.refuseSchemas(m, f.Content)
	l.keepOneDefault(m)
	if l.isReserved(m) {
		return nil
	}
	return m
}

// reserved lists the packages that no file may define, each with what it holds instead. OPA would
// read a rule in one of them in place of that.
var reserved = map[string]string{
	"catalogs":   "the vocabularies and lists",
	"lists":      "the packages of the lists",
	"parameters": "the figures of the list at hand",
	"partial":    "what OPA makes of rules",
	"system":     "what OPA's server asks for its own decisions",
}

// isReserved reports whether a module has a reserved package, and adds a diagnostic if so.
func (l *loader) isReserved(m *ast.Module) bool {
	name := dotted(m.Package.Path)
	holds, is := reserved[name]
	if is {
		l.errorf("reserved-package", position(m.Package.Location), "give the package and its file another name",
			"the package %s is reserved: it holds %s", name, holds)
	}
	return is
}

// cause returns an error without the path, which the message begins with.
func cause(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// keepOneDefault removes all defaults of a rule but the first. OPA would report them without their
// places, and stop there.
func (l *loader) keepOneDefault(m *ast.Module) {
	first := map[string]*ast.Rule{}
	m.Rules = slices.DeleteFunc(m.Rules, func(r *ast.Rule) bool {
		if !r.Default {
			return false
		}
		name := r.Head.Ref().String()
		if before := first[name]; before != nil {
			l.errorf("rego-type-error", position(r.Location), "keep one", "%s already has a default in line %d", name, before.Location.Row)
			return true
		}
		first[name] = r
		return false
	})
}

// packageOf returns the package that a file must have: that of its path below rego.
func packageOf(p string) ast.Ref {
	name := strings.TrimSuffix(strings.TrimPrefix(p, "rego/"), path.Ext(p))
	ref := ast.Ref{ast.DefaultRootDocument}
	for part := range strings.SplitSeq(name, "/") {
		ref = append(ref, ast.StringTerm(part))
	}
	return ref
}

// module reads the Rego of a list. It returns nil when the file could not be parsed, there is none,
// or ctx has ended. The list is nil when its YAML is not known.
func (l *loader) module(ctx context.Context, stem string, list *policy.List) *Module {
	if ctx.Err() != nil {
		return nil
	}
	source := l.parse(regoPath(stem))
	if source == nil {
		return nil
	}
	m := &Module{Stem: stem, file: fileOf(source), vocabulary: l.catalog.Vocabulary, text: newText(), limits: l.limits}
	source.Rules = slices.DeleteFunc(source.Rules, func(r *ast.Rule) bool { return isGrant(r) && !l.readClause(list, m, r) })
	var aside aside
	m.compiler, aside = l.compile(ctx, source, func(modules map[string]*ast.Module) said { return l.inspect(modules, m, list, source) })
	for clause := range aside {
		m.text.faulty[clause] = true
	}
	if m.compiler != nil {
		m.splitter = &splitter{reader: reader{compiler: m.compiler}}
		l.readReach(m)
	}
	m.text = nil
	return m
}

// readReach reads what each rule of a compiled module and its helpers depend on.
func (l *loader) readReach(module *Module) {
	for _, r := range module.compiler.Modules[module.file].Rules {
		rule := module.text.rules[r.Location]
		if rule == nil {
			continue
		}
		rule.compiled = r
		all := module.splitter.all(r)
		if all.anyFigure && !module.text.lookedUp {
			l.errorf("parameter-name", rule.Pos, "write data.parameters.<name>", "the rule reads the parameters as a whole")
		}
		rule.Parameters = slices.Sorted(maps.Keys(all.parameters))
		if rule.Attributes = slices.Sorted(maps.Keys(all.attributes)); all.whole != nil {
			rule.Attributes = slices.Sorted(slices.Values(l.attributes()))
		}
		for _, k := range module.splitter.clause(r, grantTerm(r)).components {
			rule.fallible = rule.fallible || !k.valued && k.reads.fallible
		}
		rule.faulty = module.text.faulty[r.Location]
		for _, helper := range module.splitter.reach(module.splitter.rule(r).documents) {
			rule.faulty = rule.faulty || module.text.faulty[helper.Location]
		}
	}
}

func regoPath(stem string) string { return "rego/lists/" + stem + ".rego" }

// checkServices reports the services of the YAML that no rule grants and that are not inherited.
func (l *loader) checkServices(list *policy.List) {
	for _, stem := range list.Stems() {
		if m := l.set.modules[stem]; m == nil && l.hasFile(stem) || m != nil && m.unnamed {
			return // the rules are not known; that is reported
		}
	}
	for _, s := range list.Services {
		ruled := func(stem string) bool { m := l.set.modules[stem]; return len(m.Of(s.ID)) > 0 || m.mayMean(s.ID) }
		if s.Doubtful || s.Inherits || slices.ContainsFunc(list.Stems(), ruled) {
			continue
		}
		l.errorf("no-rule", s.Pos, "write a rule for it in "+regoPath(stemAt(list, s.Pos))+", or inherits: true",
			"service %q has no rule and is not inherited", s.ID)
	}
}

// stemAt returns the stem of the file of a list, or of one that amends it, in which a place lies.
func stemAt(list *policy.List, pos policy.Position) string {
	for _, stem := range list.Amendments {
		if path.Base(pos.File) == stem+".yaml" {
			return stem
		}
	}
	return list.Stem
}

func (l *loader) hasFile(stem string) bool {
	_, err := l.files.Read(regoPath(stem))
	return !errors.Is(err, fs.ErrNotExist)
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
			l.errorf("no-list", policy.Position{File: l.files.Display(p), Line: 1, Column: 1}, "add catalogs/"+stem+".yaml, or remove the file", "the Rego has no list of the same name")
		}
	}
}
