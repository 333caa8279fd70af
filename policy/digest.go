package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
)

// Digester identifies the content of the files that decisions come from. It looks at each file once, and is safe for
// concurrent use.
type Digester struct {
	files  *Files
	list   func() (folders, error)
	hashes sync.Map // path -> string
}

// folders are the sorted stems of the files of lists, by folder and suffix, and the files that all lists share.
type folders struct {
	shared []string
	lists  []folder
}

type folder struct {
	dir, suffix string
	stems       []string
}

// NewDigester is a Digester for files.
func NewDigester(files *Files) *Digester {
	return &Digester{files: files, list: sync.OnceValues(func() (folders, error) { return listFolders(files) })}
}

func listFolders(files *Files) (folders, error) {
	f := folders{
		shared: []string{catalogPath(attributesStem), catalogPath(measuresStem), catalogPath(servicesStem)},
		lists:  []folder{{dir: catalogs, suffix: ".yaml"}, {dir: "rego/lists", suffix: ".rego"}},
	}
	rego, err := files.Glob("rego", ".rego")
	if err != nil {
		return f, err
	}
	for _, p := range rego {
		if !strings.HasSuffix(p, "_test.rego") {
			f.shared = append(f.shared, p)
		}
	}
	for i := range f.lists {
		in := &f.lists[i]
		paths, err := files.Glob(in.dir, in.suffix)
		if err != nil {
			return f, err
		}
		for _, p := range paths {
			if !strings.HasSuffix(p, "_test.rego") {
				in.stems = append(in.stems, strings.TrimSuffix(path.Base(p), in.suffix))
			}
		}
		slices.Sort(in.stems)
	}
	return f, nil
}

// Digest identifies the content of the vocabularies, the shared rules, and all files of the jurisdictions of a chain.
func (d *Digester) Digest(chain []*List) (string, error) {
	folders, err := d.list()
	if err != nil {
		return "", err
	}
	paths := slices.Clone(folders.shared)
	for _, in := range folders.lists {
		for _, l := range chain {
			for _, stem := range stemsOf(in.stems, l.Jurisdiction.ID) {
				paths = append(paths, path.Join(in.dir, stem+in.suffix))
			}
		}
	}
	h := sha256.New()
	for _, p := range paths {
		hash, err := d.hash(p)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %s\n", hash, p)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}

func (d *Digester) hash(name string) (string, error) {
	if known, ok := d.hashes.Load(name); ok {
		return known.(string), nil
	}
	f, err := d.files.Read(name)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(f.Content)
	hash := hex.EncodeToString(sum[:])
	d.hashes.Store(name, hash)
	return hash, nil
}
