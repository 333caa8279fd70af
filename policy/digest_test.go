package policy_test

import (
	"testing"
	"testing/fstest"

	"github.com/basic-eldercare/eldercare/policy"
)

func TestDigest(t *testing.T) {
	files := func(changed string) *policy.Digester {
		fsys := fstest.MapFS{}
		for _, name := range []string{
			"catalogs/attributes.yaml", "catalogs/measures.yaml", "catalogs/services.yaml", "rego/elder.rego", "rego/elder_test.rego",
			"catalogs/a.yaml", "catalogs/a_later.yaml", "catalogs/ab.yaml", "catalogs/top.yaml", "rego/lists/a.rego", "rego/lists/a_test.rego",
		} {
			fsys[name] = &fstest.MapFile{Data: []byte(name)}
		}
		if changed != "" {
			fsys[changed] = &fstest.MapFile{Data: []byte("changed")}
		}
		return policy.NewDigester(policy.NewFiles(policy.Source{FS: fsys}))
	}
	chain := []*policy.List{{Jurisdiction: policy.Jurisdiction{ID: "a"}}, {Jurisdiction: policy.Jurisdiction{ID: "top"}}}
	digest := func(d *policy.Digester) string {
		t.Helper()
		s, err := d.Digest(chain)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	unchanged := digest(files(""))
	for _, tt := range []struct {
		file    string
		matters bool
	}{
		{"catalogs/attributes.yaml", true},
		{"rego/elder.rego", true},
		{"catalogs/a.yaml", true},
		{"catalogs/a_later.yaml", true},
		{"catalogs/top.yaml", true},
		{"rego/lists/a.rego", true},
		{"rego/lists/a_later.rego", true}, // added
		{"catalogs/ab.yaml", false},       // another jurisdiction's
		{"rego/elder_test.rego", false},
		{"rego/lists/a_test.rego", false},
	} {
		if changed := digest(files(tt.file)) != unchanged; changed != tt.matters {
			t.Errorf("%s: changes the digest %v, want %v", tt.file, changed, tt.matters)
		}
	}
}
