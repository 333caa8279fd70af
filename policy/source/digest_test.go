package source_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// digestOf returns the digest of the county a, which is amended once, and of what is above it, with
// one file changed.
func digestOf(t *testing.T, file, content string) string {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{
		"catalogs/attributes.yaml", "catalogs/measures.yaml", "catalogs/services.yaml", "rego/elder.rego", "rego/elder_test.rego",
		"catalogs/a.yaml", "catalogs/a_local.yaml", "catalogs/a_east.yaml", "catalogs/ab.yaml", "catalogs/top.yaml",
		"rego/lists/a.rego", "rego/lists/a_test.rego", "rego/lists/a_east.rego",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte("# " + name + "\n")}
	}
	if file != "" {
		fsys[file] = &fstest.MapFile{Data: []byte(content)}
	}
	a := &policy.List{Stem: "a", Amendments: []string{"a_local"}, Jurisdiction: policy.Jurisdiction{ID: "a"}}
	top := &policy.List{Stem: "top", Jurisdiction: policy.Jurisdiction{ID: "top"}}
	digest, err := source.NewDigester(source.NewFiles(source.Source{FS: fsys})).Digest([]*policy.List{a, top})
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// The digest depends on what decisions do, and on nothing else.
func TestDigest(t *testing.T) {
	unchanged := digestOf(t, "", "")
	for _, tt := range []struct {
		file    string
		matters bool
	}{
		{"catalogs/attributes.yaml", true},
		{"rego/elder.rego", true},
		{"rego/grant.rego", true}, // added
		{"catalogs/a.yaml", true},
		{"catalogs/a_local.yaml", true},
		{"catalogs/top.yaml", true},
		{"rego/lists/a.rego", true},
		{"rego/lists/top.rego", true},     // added
		{"catalogs/ab.yaml", false},       // another county's
		{"catalogs/a_east.yaml", false},   // another county's, the id of which begins alike
		{"rego/lists/a_east.rego", false}, // and its Rego
		{"catalogs/a_more.yaml", false},   // amends something else
		{"rego/elder_test.rego", false},
		{"rego/lists/a_test.rego", false},
	} {
		if changed := digestOf(t, tt.file, "changed") != unchanged; changed != tt.matters {
			t.Errorf("%s: changes the digest %v, want %v", tt.file, changed, tt.matters)
		}
	}
}

// A checkout with the ends of lines of another system is the same.
func TestDigestOfOtherEndsOfLines(t *testing.T) {
	const text = "one\ntwo\n"
	for _, file := range []string{"catalogs/a.yaml", "rego/lists/a.rego", "rego/elder.rego"} {
		if digestOf(t, file, text) != digestOf(t, file, strings.ReplaceAll(text, "\n", "\r\n")) {
			t.Errorf("%s: CRLF changes the digest", file)
		}
	}
}

// What a folder adds to a vocabulary changes the digest as what it stands in does.
func TestDigestOfAddedWords(t *testing.T) {
	digest := func(sources ...map[string]string) string {
		d, err := source.NewDigester(filesOf(sources...)).Digest([]*policy.List{{Stem: "a", Jurisdiction: policy.Jurisdiction{ID: "a"}}})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	ours := map[string]string{"catalogs/attributes.yaml": "a", "catalogs/measures.yaml": "m", "catalogs/services.yaml": "s", "catalogs/a.yaml": "l"}
	if digest(ours) == digest(ours, map[string]string{"catalogs/measures.yaml": "more"}) {
		t.Error("an added measure does not change the digest")
	}
	theirs := map[string]string{"catalogs/measures.yaml": "more"}
	if digest(ours, theirs) == digest(map[string]string{"catalogs/attributes.yaml": "a", "catalogs/measures.yaml": "M", "catalogs/services.yaml": "s", "catalogs/a.yaml": "l"}, theirs) {
		t.Error("the measures below do not count")
	}
}
