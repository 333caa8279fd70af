package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/rego"
)

// keyPair writes a private key to a file, and gives the public one as PEM.
func keyPair(t *testing.T, private any, public any) (file, publicPEM string) {
	t.Helper()
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	open, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "private.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: open}))
}

// verified reads a bundle as stock OPA does that was given a public key.
func verified(t *testing.T, content []byte, public, algorithm string) (bundle.Bundle, error) {
	t.Helper()
	key := &bundle.KeyConfig{Key: public, Algorithm: algorithm}
	config := bundle.NewVerificationConfig(map[string]*bundle.KeyConfig{"default": key}, "default", "", nil)
	return bundle.NewReader(bytes.NewReader(content)).WithBundleVerificationConfig(config).Read()
}

// tampered is a bundle of which each file is changed.
func tampered(t *testing.T, content []byte, change func(name string, file []byte) []byte) []byte {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	to := tar.NewWriter(zipped)
	for from := tar.NewReader(unzipped); ; {
		header, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		file, _ := io.ReadAll(from)
		if file = change(header.Name, file); file == nil {
			continue
		}
		header.Size = int64(len(file))
		if err := errors.Join(to.WriteHeader(header), func() error { _, err := to.Write(file); return err }()); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(to.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Stock OPA takes a bundle that is signed, and none that was changed, has no signature or one by
// another key.
func TestSignedBundle(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, otherPublic := keyPair(t, ecKey, &ecKey.PublicKey)
	private, public := keyPair(t, rsaKey, &rsaKey.PublicKey)
	write := func(args ...string) []byte {
		t.Helper()
		file := filepath.Join(t.TempDir(), "eldercare.tar.gz")
		var problems bytes.Buffer
		if code := run(append([]string{"bundle", "-o", file}, args...), strings.NewReader(""), io.Discard, &problems); code != exitFine {
			t.Fatal(problems.String())
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	signed := write("--sign", private)
	b, err := verified(t, signed, public, "RS256")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.Manifest.Revision, "sha256:") || !slices.Contains(*b.Manifest.Roots, "lists") || slices.Contains(*b.Manifest.Roots, "") {
		t.Errorf("revision %q, roots %v", b.Manifest.Revision, *b.Manifest.Roots)
	}
	query, err := rego.New(rego.Query("data.eldercare.decision.entitled[_].service"), rego.ParsedBundle("eldercare", &b)).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	results, err := query.Eval(t.Context(), rego.EvalInput(map[string]any{"jurisdiction": "hongtong", "on": "2026-11-22", "elder": map[string]any{"age": 100, "local_hukou": true}}))
	if err != nil || len(results) == 0 {
		t.Errorf("%d results, %v", len(results), err)
	}
	if _, err := verified(t, write("--sign", other), otherPublic, "ES256"); err != nil {
		t.Errorf("by an elliptic curve: %v", err)
	}
	refused := map[string][]byte{
		"unsigned":       write(),
		"of another key": write("--sign", other),
		"without its signature": tampered(t, signed, func(name string, file []byte) []byte {
			if strings.HasSuffix(name, ".signatures.json") {
				return nil
			}
			return file
		}),
		"with another figure": tampered(t, signed, func(name string, file []byte) []byte {
			if strings.HasSuffix(name, "data.json") {
				return bytes.Replace(file, []byte(`"value":100`), []byte(`"value":900`), 1)
			}
			return file
		}),
		"with another rule": tampered(t, signed, func(name string, file []byte) []byte {
			if strings.HasSuffix(name, "hongtong.rego") {
				return append(file, "\n# changed\n"...)
			}
			return file
		}),
	}
	for what, content := range refused {
		if bytes.Equal(content, signed) {
			t.Errorf("%s: nothing was changed", what)
		}
		if _, err := verified(t, content, public, "RS256"); err == nil {
			t.Errorf("%s: OPA takes it", what)
		}
	}
}

// What is no private key is refused, and not repeated.
func TestSignByNoKey(t *testing.T) {
	for _, content := range []string{"", "secret", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"} {
		file := filepath.Join(t.TempDir(), "private.pem")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "eldercare.tar.gz")
		var problems bytes.Buffer
		if code := run([]string{"bundle", "-o", to, "--sign", file}, strings.NewReader(""), io.Discard, &problems); code != exitFailed {
			t.Errorf("%q: exit code %d", content, code)
		}
		if _, err := os.Stat(to); err == nil || strings.Contains(problems.String(), "secret") || problems.Len() == 0 {
			t.Errorf("%q: %s, a file is there: %v", content, problems.String(), err == nil)
		}
	}
}
