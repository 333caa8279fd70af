package rules

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// WriteBundle writes a bundle for stock OPA (a gzipped tar archive): the Rego of a catalog as it
// stands, tests left out, and the lists as data.catalogs. With it data.eldercare.decision gives the
// whole answer without this module. The data is JSON that we write, never the YAML, which OPA reads
// by other rules. The same files make the same bundle, byte for byte; its revision is for the
// caller to name. The error is a [policy.Diagnostics] when a file is no Rego, or calls what rules
// may not call: the stock OPA that is given the bundle would let it.
//
// Its roots are what it has: another bundle may hold other data beside it. With a key, a private
// one of RSA or of an elliptic curve as PEM, it is signed.
func WriteBundle(w io.Writer, files *source.Files, catalog *policy.Catalog, revision string, key []byte) error {
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
	roots := rootsOf(b.Modules)
	b.Manifest.Roots = &roots
	if len(key) > 0 {
		if err := sign(&b, key); err != nil {
			return err
		}
	}
	return bundle.NewWriter(w).DisableFormat(true).Write(b)
}

// rootsOf are the first names of what a bundle has: of the packages of its modules, and of its
// data.
func rootsOf(modules []bundle.ModuleFile) []string {
	roots := []string{"catalogs"}
	for _, m := range modules {
		if name, ok := m.Parsed.Package.Path[1].Value.(ast.String); ok { // behind data
			roots = append(roots, string(name))
		}
	}
	slices.Sort(roots)
	return slices.Compact(roots)
}

// SigningKeyID names the key of a signature: it is what stock OPA calls a key that is given none.
const SigningKeyID = "default"

// sign signs a bundle. The error does not repeat the key.
func sign(b *bundle.Bundle, key []byte) error {
	algorithm, err := algorithmOf(key)
	if err != nil {
		return err
	}
	return b.GenerateSignature(bundle.NewSigningConfig(string(key), algorithm, ""), SigningKeyID, false)
}

var errKey = policy.Errorf("wrong-key", "the key is not a private key as PEM, of RSA or of an elliptic curve (P-256, P-384 or P-521)")

// algorithmOf is the algorithm of signatures by a key.
func algorithmOf(key []byte) (string, error) {
	block, _ := pem.Decode(key)
	if block == nil || !bytes.HasPrefix(key, []byte("-----BEGIN")) { // else OPA would take it for the name of a file
		return "", errKey
	}
	var private any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		private, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		private, err = x509.ParseECPrivateKey(block.Bytes)
	case "PRIVATE KEY":
		private, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return "", errKey
	}
	switch k := private.(type) {
	case *rsa.PrivateKey:
		return "RS256", nil
	case *ecdsa.PrivateKey:
		if algorithm, ok := map[string]string{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}[k.Params().Name]; ok {
			return algorithm, nil
		}
	}
	return "", errKey
}

// compileBundle reports what is wrong with the modules of a bundle, the composition included, which
// [Load] leaves out.
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
