package source_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

const (
	theirAttributes = `attributes:
  category: {values: {hero: {label: 功臣, english: hero}}}
  local_hukou: {type: boolean}
  medal: {label: 勋章, english: medal, type: enum, values: {none: {label: 无, english: none}}, asked_of: {category: [hero]}}
`
	theirMeasures = "measures:\n  meals: {label: 餐数, english: meals, unit: times_per_month}\n"
	theirServices = "types:\n  其他: {english: other}\nservices:\n  foot-care: {name: 修脚, english: foot care}\n"
)

// TestFoldersAddWords lays two folders over a vocabulary: each holds only what it adds, behind what
// was there.
func TestFoldersAddWords(t *testing.T) {
	c := load(t, nil, good,
		source.Source{Name: "one", FS: folder(map[string]string{
			"catalogs/attributes.yaml": theirAttributes, "catalogs/measures.yaml": theirMeasures, "catalogs/services.yaml": theirServices,
		})},
		source.Source{Name: "two", FS: folder(map[string]string{
			"catalogs/attributes.yaml": "attributes:\n  medal: {values: {gold: {label: 金, english: gold}}}\n  blind: {label: 盲, english: blind, type: boolean}\n" +
				"inputs:\n  own_code: {label: 码, english: code, type: division_code, gives: blind}\n",
		})},
	)
	v, ours := c.Vocabulary, load(t, nil, good).Vocabulary
	var attributes []string
	for _, a := range v.Attributes {
		attributes = append(attributes, a.Name)
	}
	var want []string
	for _, a := range ours.Attributes {
		want = append(want, a.Name)
	}
	if diff := cmp.Diff(append(want, "medal", "blind"), attributes); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	values := func(name string) string {
		var all []string
		for _, e := range v.Attribute(name).Values {
			all = append(all, e.Name)
		}
		return strings.Join(all, " ")
	}
	if got := values("category"); got != "none tekun hero" {
		t.Errorf("category: %s", got)
	}
	if got := values("medal"); got != "none gold" {
		t.Errorf("medal: %s", got)
	}
	if at := v.Attribute("blind").Pos; at != (policy.Position{File: "two/catalogs/attributes.yaml", Line: 3, Column: 3}) {
		t.Errorf("blind stands at %v", at)
	}
	if v.Measure("meals") == nil || v.Service("foot-care") == nil || v.ServiceType("其他") == nil || v.Input("own_code") == nil {
		t.Error("a word is missing")
	}
	if len(v.Measures) != len(ours.Measures)+1 || len(v.Services) != len(ours.Services)+1 {
		t.Errorf("%d measures, %d services", len(v.Measures), len(v.Services))
	}
}

// TestFoldersAddAliases has folders that add words for our words: to an attribute, an input and a
// value, also where there are some.
func TestFoldersAddAliases(t *testing.T) {
	v := load(t, nil, good,
		source.Source{Name: "one", FS: folder(map[string]string{
			"catalogs/attributes.yaml": "attributes:\n  age: {aliases: [岁数]}\n  category: {values: {tekun: {label: 特困, english: destitute, aliases: [五保]}}}\n" +
				"inputs:\n  birth_date: {aliases: [生日]}\n",
		})},
		source.Source{Name: "two", FS: folder(map[string]string{
			"catalogs/attributes.yaml": "attributes:\n  age: {aliases: [岁数, 年纪]}\n  category: {values: {tekun: {aliases: [五保户]}}}\n",
		})},
		good,
	).Vocabulary
	got := [][]string{v.Attribute("age").Aliases, v.Attribute("category").Values[1].Aliases, v.Input("birth_date").Aliases}
	if diff := cmp.Diff([][]string{{"岁数", "年纪"}, {"五保", "五保户"}, {"生日"}}, got); diff != "" {
		t.Errorf("aliases (-want +got):\n%s", diff)
	}
}

// TestFoldersContradictNoWord has folders that say something else of a word: each is an error at
// its place, and names the other.
func TestFoldersContradictNoWord(t *testing.T) {
	for _, tt := range []struct{ name, file, content, want string }{
		{"another label", "attributes", "attributes:\n  age: {label: 岁数}\n", `mine/catalogs/attributes.yaml:2:16: error: age is otherwise in catalogs/attributes.yaml:`},
		{"a key more", "attributes", "attributes:\n  local_hukou: {min: 1}\n", `mine/catalogs/attributes.yaml:2:17: error: local_hukou is otherwise in catalogs/attributes.yaml:`},
		{"another value", "attributes", "attributes:\n  category: {values: {tekun: {label: 特, english: tekun}}}\n", `mine/catalogs/attributes.yaml:2:30: error: category.tekun is otherwise in catalogs/attributes.yaml:`},
		{"an alias of another word", "attributes", "attributes:\n  age: {aliases: [岁数, 本地户籍]}\n", `mine/catalogs/attributes.yaml:2:23: error: "本地户籍" already means local_hukou;`},
		{"an alias of another value", "attributes", "attributes:\n  category: {values: {tekun: {aliases: [无]}}}\n", `mine/catalogs/attributes.yaml:2:41: error: "无" already means none;`},
		{"aliases that are no list", "attributes", "attributes:\n  age: {aliases: 岁数}\n", `mine/catalogs/attributes.yaml:2:18: error: aliases must be a list, not text;`},
		{"a value with another label and an alias", "attributes", "attributes:\n  category: {values: {tekun: {label: 特, english: destitute, aliases: [五保]}}}\n", `mine/catalogs/attributes.yaml:2:30: error: category.tekun is otherwise in catalogs/attributes.yaml:`},
		{"no mapping", "attributes", "attributes: 1\n", `mine/catalogs/attributes.yaml:1:13: error: attributes must be a mapping, not a number;`},
		{"no word", "measures", "measures:\n  monthly_cny: money\n", `mine/catalogs/measures.yaml:2:16: error: monthly_cny must be a mapping, not text;`},
		{"another unit", "measures", "measures:\n  monthly_cny: {unit: cny}\n", `mine/catalogs/measures.yaml:2:23: error: monthly_cny is otherwise in catalogs/measures.yaml:`},
		{"another section", "services", "service: {}\n", `mine/catalogs/services.yaml:1:1: error: the vocabulary of services has no key "service"; did you mean "services"?`},
		{"a word twice", "services", "services:\n  x: {name: 甲, english: x}\n  x: {name: 甲, english: x}\n", `mine/catalogs/services.yaml:3:3: error: the key "x" is already in line 2;`},
		{"an incomplete word", "measures", "measures:\n  meals: {label: 餐}\n", `mine/catalogs/measures.yaml:2:3: error: a measure lacks the key "english"; add english: …`},
		{"no YAML", "measures", "measures: [", `mine/catalogs/measures.yaml:1:`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mine := source.Source{Name: "mine", FS: folder(map[string]string{"catalogs/" + tt.file + ".yaml": tt.content})}
			_, err := source.Load(t.Context(), source.NewFiles(good, mine), nil)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestFoldersRepeatWords copies the whole vocabulary: nothing is added, and nothing wrong.
func TestFoldersRepeatWords(t *testing.T) {
	copied := source.Source{Name: "copy", FS: good.FS}
	got, want := load(t, nil, good, copied).Vocabulary, load(t, nil, good).Vocabulary
	if len(got.Attributes) != len(want.Attributes) || len(got.Measures) != len(want.Measures) || len(got.Services) != len(want.Services) {
		t.Errorf("%d attributes, %d measures, %d services", len(got.Attributes), len(got.Measures), len(got.Services))
	}
}
