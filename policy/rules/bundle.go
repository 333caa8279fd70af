package rules

import (
	"io"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/basic-eldercare/eldercare/policy"
)

// WriteBundle writes a bundle for stock OPA (a gzipped tar archive): the Rego of a catalog as it stands, tests left out, and
// the lists as data.catalogs. With it data.eldercare.decision gives the whole answer without this module. The data is JSON that
// we write, never the YAML, which OPA reads by other rules.
func WriteBundle(w io.Writer, files *policy.Files, catalog *policy.Catalog) error {
	b := bundle.Bundle{Data: map[string]any{"catalogs": catalog.Data()}}
	b.Manifest.Init()
	for _, dir := range []string{"rego", "rego/lists"} {
		paths, err := files.Glob(dir, ".rego")
		if err != nil {
			return err
		}
		for _, p := range paths {
			if strings.HasSuffix(p, "_test.rego") {
				continue
			}
			f, err := files.Read(p)
			if err != nil {
				return err
			}
			parsed, err := ast.ParseModuleWithOpts(f.Display, string(f.Content), ast.ParserOptions{ProcessAnnotation: true})
			if err != nil {
				return err
			}
			b.Modules = append(b.Modules, bundle.ModuleFile{URL: p, Path: "/" + p, Raw: f.Content, Parsed: parsed})
		}
	}
	return bundle.NewWriter(w).DisableFormat(true).Write(b)
}
