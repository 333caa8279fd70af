package rules

import (
	"errors"
	"io"
	"io/fs"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// WriteBundle writes a bundle for stock OPA, a gzipped tar archive. It holds the Rego of a catalog
// as it stands, without tests, and the lists as data.catalogs. With it data.eldercare.decision
// gives the whole answer without this module. The data is JSON that we write, never the YAML, which
// OPA reads by different rules. The same files make the same bundle, byte for byte. The caller
// names its revision.
//
// The error is a [policy.Diagnostics] when a file is not Rego, or calls what rules may not call: a
// stock OPA that is given the bundle would allow it.
func WriteBundle(w io.Writer, files *source.Files, catalog *policy.Catalog, revision string) error {
	b := bundle.Bundle{Data: map[string]any{"catalogs": source.Data(catalog)}}
	b.Manifest.Init()
	b.Manifest.Revision = revision
	paths, err := files.Shared()
	if err != nil {
		return err
	}
	for _, list := range catalog.Lists {
		for _, stem := range list.Stems() {
			paths = append(paths, regoPath(stem))
		}
	}
	l := newLoader(files, catalog)
	for _, p := range paths {
		f, err := files.Read(p)
		if errors.Is(err, fs.ErrNotExist) { // a list that only inherits has no Rego
			continue
		}
		if err != nil {
			return err
		}
		if m := l.parse(p); m != nil {
			b.Modules = append(b.Modules, bundle.ModuleFile{URL: p, Path: "/" + p, Raw: f.Content, Parsed: m})
		}
	}
	l.compileBundle(b.Modules)
	if err := l.diags.Err(); err != nil {
		return err
	}
	return bundle.NewWriter(w).DisableFormat(true).Write(b)
}

// compileBundle reports what is wrong with the modules of a bundle, including the composition,
// which [Load] leaves out.
func (l *loader) compileBundle(files []bundle.ModuleFile) {
	modules := make(map[string]*ast.Module, len(files))
	for _, f := range files {
		modules[f.Path] = f.Parsed
	}
	c := ast.NewCompiler().WithStrict(true).WithCapabilities(ofBundle()).SetErrorLimit(0)
	c.Compile(modules)
	for _, e := range c.Errors {
		l.add(l.diagnostic(e))
	}
}
