package source_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/source"
)

// filesOf returns the files of sources; each file holds its text.
func filesOf(sources ...map[string]string) *source.Files {
	var all []source.Source
	for i, files := range sources {
		fsys := fstest.MapFS{}
		for path, text := range files {
			fsys[path] = &fstest.MapFile{Data: []byte(text)}
		}
		all = append(all, source.Source{Name: []string{"", "mine", "more"}[i], FS: fsys})
	}
	return source.NewFiles(all...)
}

func TestReplacements(t *testing.T) {
	ours := map[string]string{
		"catalogs/services.yaml": "v", "catalogs/east.yaml": "e", "catalogs/west.yaml": "w",
		"rego/elder.rego": "r", "rego/elder_test.rego": "t", "rego/lists/east.rego": "er",
	}
	for _, test := range []struct {
		name    string
		sources []map[string]string // over ours
		want    []string
	}{
		{"nothing of one's own", nil, nil},
		{
			"what adds",
			[]map[string]string{{
				"catalogs/south.yaml": "s", "catalogs/east_local.yaml": "amends: east", "rego/helpers.rego": "h", "rego/lists/south.rego": "sr",
			}},
			nil,
		},
		{"a copy", []map[string]string{{"catalogs/east.yaml": "e", "rego/lists/east.rego": "er", "rego/elder.rego": "r"}}, nil},
		{"a vocabulary, which adds", []map[string]string{{"catalogs/services.yaml": "v2", "catalogs/measures.yaml": "m2"}}, nil},
		{"tests are not loaded", []map[string]string{{"catalogs/south.yaml": "s", "rego/elder_test.rego": "other"}}, nil},
		{
			"what replaces",
			[]map[string]string{{"catalogs/services.yaml": "v2", "catalogs/east.yaml": "e2", "rego/elder.rego": "r2", "rego/lists/east.rego": "er2"}},
			[]string{
				"mine/catalogs/east.yaml replaces catalogs/east.yaml",
				"mine/rego/elder.rego replaces rego/elder.rego",
				"mine/rego/lists/east.rego replaces rego/lists/east.rego",
			},
		},
		{
			"rules for a list that has none",
			[]map[string]string{{"rego/lists/west.rego": "wr"}},
			[]string{"mine/rego/lists/west.rego gives rules to catalogs/west.yaml"},
		},
		{
			"rules for a list of a later folder",
			[]map[string]string{{"rego/lists/south.rego": "sr"}, {"catalogs/south.yaml": "s"}},
			[]string{"mine/rego/lists/south.rego gives rules to more/catalogs/south.yaml"},
		},
		{
			"of two folders the second replaces the first, which replaces ours",
			[]map[string]string{{"rego/elder.rego": "r2"}, {"rego/elder.rego": "r3"}},
			[]string{"mine/rego/elder.rego replaces rego/elder.rego", "more/rego/elder.rego replaces mine/rego/elder.rego"},
		},
		{
			"back to ours",
			[]map[string]string{{"rego/elder.rego": "r2"}, {"rego/elder.rego": "r"}},
			[]string{"mine/rego/elder.rego replaces rego/elder.rego", "more/rego/elder.rego replaces mine/rego/elder.rego"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, r := range filesOf(append([]map[string]string{ours}, test.sources...)...).Replacements() {
				got = append(got, r.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnaskedReplacements(t *testing.T) {
	found := []source.Replacement{
		{Path: "rego/elder.rego", By: "mine/rego/elder.rego", Of: "rego/elder.rego"},
		{Path: "catalogs/east.yaml", By: "mine/catalogs/east.yaml", Of: "catalogs/east.yaml"},
		{Path: "rego/lists/east.rego", By: "mine/rego/lists/east.rego", Of: "rego/lists/east.rego"},
	}
	allowed := []string{"rego/lists/east.rego", "rego/eldr.rego"}
	err := append(source.Unasked(found, allowed), source.Idle(found, allowed)...).Err()
	const want = `mine/catalogs/east.yaml:1:1: error: a folder adds to what is there, and mine/catalogs/east.yaml replaces catalogs/east.yaml; ` +
		`amend the list in catalogs/east_….yaml, or allow it with --replace catalogs/east.yaml, in Go with eldercare.Replace [unasked-replacement]
mine/rego/elder.rego:1:1: error: a folder adds to what is there, and mine/rego/elder.rego replaces rego/elder.rego; ` +
		`give it a name of its own, or allow it with --replace rego/elder.rego, in Go with eldercare.Replace [unasked-replacement]
rego/eldr.rego: error: this path may be replaced, but no folder replaces it; did you mean "rego/elder.rego"? [nothing-replaced]`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := append(source.Unasked(found[2:], allowed[:1]), source.Idle(found[2:], allowed[:1])...).Err(); err != nil {
		t.Errorf("what is allowed: %v", err)
	}
}
