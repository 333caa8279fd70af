package main

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// Every mention of the list becomes one of the next version, and names in the file stay.
func TestNextRego(t *testing.T) {
	for before, after := range map[string]string{
		"package lists.aqu":                       "package lists.aqu_2027",
		"package lists.aqu_test # tests":          "package lists.aqu_2027_test # tests",
		"package lists.aquatic":                   "package lists.aquatic",
		"import data.lists.aqu":                   "import data.lists.aqu_2027 as aqu",
		"import data.lists.aqu # the list":        "import data.lists.aqu_2027 as aqu # the list",
		"import data.lists.aqu as list":           "import data.lists.aqu_2027 as list",
		"import data.lists.aqu.grants":            "import data.lists.aqu_2027.grants",
		"import data.lists.aqu_2024":              "import data.lists.aqu_2024",
		"\tsome g in data.lists.aqu.grants":       "\tsome g in data.lists.aqu_2027.grants",
		"\tg := data.lists.aqu":                   "\tg := data.lists.aqu_2027",
		"import data.lists.huojia\nimport data.x": "import data.lists.huojia\nimport data.x",
	} {
		if diff := cmp.Diff(after+"\n", nextRego(before+"\n", "aqu", "aqu_2027", eldercare.Date{})); diff != "" {
			t.Errorf("%s (-want +got)\n%s", before, diff)
		}
	}
}

const aqu = `jurisdiction: {id: aqu, code: "140699", name: 甲县, level: county, parent: shuozhou}
document: {title: 甲县清单, basis: official}
effective_from: "2024-01-01"
inherits_rest: true
services: []
`

// loaded is an engine with files.
func loaded(t *testing.T, files map[string]string) *eldercare.Engine {
	t.Helper()
	all := fstest.MapFS{}
	for name, content := range files {
		all[name] = &fstest.MapFile{Data: []byte(content)}
	}
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("mine", all))
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// The stem is the first that neither another version nor an amendment has.
func TestNextStem(t *testing.T) {
	files := map[string]string{"catalogs/aqu.yaml": aqu}
	from := eldercare.Date{Year: 2027, Month: 3, Day: 1}
	for _, want := range []string{"aqu_2027", "aqu_2027_03", "aqu_2027_03_01", "aqu_2027_03_01_2", "aqu_2027_03_01_3"} {
		engine := loaded(t, files)
		if got := nextStem(engine, engine.Catalog().ListsOf("aqu")[0], from); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		day := map[string]string{"aqu_2027": "2025-01-01", "aqu_2027_03": "2025-02-01", "aqu_2027_03_01": "2025-03-01", "aqu_2027_03_01_2": "2025-04-01"}[want]
		files["catalogs/"+want+".yaml"] = strings.Replace(aqu, "2024-01-01", day, 1)
	}
}

// What amends a list would be lost in the next version.
func TestNextVersionOfWhatIsAmended(t *testing.T) {
	engine := loaded(t, map[string]string{
		"catalogs/aqu.yaml": aqu,
		"catalogs/aqu_more.yaml": `amends: aqu
document: {title: 补充, basis: official}
not_modelled: [{what: 其他, why: 无关}]
`,
	})
	_, err := nextFiles(engine, engine.Catalog().ListsOf("aqu")[0], eldercare.Date{Year: 2027, Month: 1, Day: 1})
	if err == nil || !strings.Contains(err.Error(), "catalogs/aqu_more.yaml") {
		t.Errorf("%v", err)
	}
}
