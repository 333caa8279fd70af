package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
)

// Digester identifies the content of the files that decisions come from. It looks at each file
// once, and is safe for concurrent use.
type Digester struct {
	files  *Files
	shared func() ([]string, error) // the paths of what all lists share
	hashes sync.Map                 // path -> string
}

// NewDigester returns a Digester for files.
func NewDigester(files *Files) *Digester {
	return &Digester{files: files, shared: sync.OnceValues(func() ([]string, error) { return sharedPaths(files) })}
}

// sharedPaths returns the vocabularies and the modules that all lists share.
func sharedPaths(files *Files) ([]string, error) {
	modules, err := files.Shared()
	if err != nil {
		return nil, err
	}
	return append([]string{catalogPath(attributesStem), catalogPath(measuresStem), catalogPath(servicesStem)}, modules...), nil
}

// Digest identifies what decisions by some lists depend on: the vocabularies, the shared modules,
// and the YAML, amendments and Rego of each list. The order of the lists does not matter.
func (d *Digester) Digest(lists []*policy.List) (string, error) {
	shared, err := d.shared()
	if err != nil {
		return "", err
	}
	paths := slices.Clone(shared)
	for _, l := range lists {
		paths = append(paths, catalogPath(l.Stem), regoPath(l.Stem))
		for _, stem := range l.Amendments {
			paths = append(paths, catalogPath(stem), regoPath(stem))
		}
	}
	slices.Sort(paths)
	h := sha256.New()
	for _, p := range slices.Compact(paths) {
		hash, err := d.hash(p)
		if errors.Is(err, fs.ErrNotExist) { // a list that only inherits has no Rego
			continue
		}
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %s\n", hash, p)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}

// content returns a file as it counts: the last source's, and of a vocabulary those of all sources,
// as each adds to it.
func (d *Digester) content(name string) ([]byte, error) {
	if !isVocabulary(name) {
		f, err := d.files.Read(name)
		return f.Content, err
	}
	var all []byte
	for i := range d.files.sources {
		f, err := d.files.readFrom(i, name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		all = append(all, f.Content...)
	}
	return all, nil
}

func regoPath(stem string) string { return "rego/lists/" + stem + ".rego" }

func (d *Digester) hash(name string) (string, error) {
	if known, ok := d.hashes.Load(name); ok {
		return known.(string), nil
	}
	content, err := d.content(name)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	d.hashes.Store(name, hash)
	return hash, nil
}
