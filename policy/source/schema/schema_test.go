package schema_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
	"github.com/basic-eldercare/eldercare/policy/source/schema"
)

var (
	shipped = source.Source{FS: os.DirFS("../../..")}
	good    = source.Source{FS: os.DirFS("../testdata/good")}
)

func vocabulary(t *testing.T, sources ...source.Source) *policy.Vocabulary {
	t.Helper()
	v, err := source.LoadVocabulary(source.NewFiles(sources...))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// compile returns the schema of a kind, through JSON as users get it. Formats count.
func compile(t *testing.T, kind schema.Kind, v *policy.Vocabulary) *jsonschema.Schema {
	t.Helper()
	written, err := json.Marshal(schema.Of(kind, v))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", fromJSON(t, written)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return s
}

func fromJSON(t *testing.T, content []byte) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// fromYAML reads YAML as an editor does (YAML 1.2): a date without quotes is text.
func fromYAML(t *testing.T, content []byte) any {
	t.Helper()
	var n yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&n); err != nil {
		t.Fatal(err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		t.Fatal("the file holds more than one document")
	}
	return value(t, n.Content[0])
}

func value(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for pair := range slices.Chunk(n.Content, 2) {
			m[pair[0].Value] = value(t, pair[1])
		}
		return m
	case yaml.SequenceNode:
		s := []any{}
		for _, item := range n.Content {
			s = append(s, value(t, item))
		}
		return s
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		return json.Number(n.Value)
	}
	return n.Value
}

func TestShippedFiles(t *testing.T) {
	for _, tt := range []struct {
		kind   schema.Kind
		source source.Source
		files  string
	}{
		{schema.List, shipped, "../../../catalogs/*.yaml"},
		{schema.Cases, shipped, "../../../catalogs/cases/*.yaml"},
		{schema.Elder, shipped, "../../../examples/*.json"},
		{schema.List, good, "../testdata/good/catalogs/*.yaml"},
		{schema.Amendment, good, "../testdata/good/catalogs/*_wages.yaml"},
	} {
		s := compile(t, tt.kind, vocabulary(t, tt.source))
		files, err := filepath.Glob(tt.files)
		if err != nil {
			t.Fatal(err)
		}
		validated := 0
		for _, name := range files {
			base := strings.TrimSuffix(filepath.Base(name), ".yaml")
			if slices.Contains([]string{"attributes", "measures", "services"}, base) || tt.kind == schema.List && strings.HasSuffix(base, "_wages") {
				continue
			}
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			read := fromYAML
			if strings.HasSuffix(name, ".json") {
				read = fromJSON
			}
			if err := s.Validate(read(t, content)); err != nil {
				t.Errorf("%s: %s: %v", tt.kind, name, err)
			}
			validated++
		}
		if validated == 0 {
			t.Errorf("%s: no file matches %s", tt.kind, tt.files)
		}
	}
}

// structural are the codes of what a schema can see: the look of one value, without what stands
// elsewhere.
var structural = []string{
	"unknown-key", "missing-key", "missing-citation", "wrong-type", "bad-name", "threshold-bound", "counting-day",
	"unknown-service", "unknown-service-type", "unknown-measure", "unknown-unit", "unknown-bound", "unknown-level", "unknown-basis", "unknown-access",
	"unknown-payment", "unknown-attribute", "yaml-text",
}

// problemsIn returns the codes of what the loader says of one file.
func problemsIn(files *source.Files, path string) []string {
	_, err := source.Load(context.Background(), files, nil)
	var problems policy.Diagnostics
	errors.As(err, &problems)
	var codes []string
	for _, d := range problems {
		if d.Pos.File == path {
			codes = append(codes, d.Code)
		}
	}
	return codes
}

func isStructural(code string) bool { return slices.Contains(structural, code) }

// What the loader refuses in its golden cases by the look of it, the schema refuses too.
func TestSchemaRefusesGoldenCases(t *testing.T) {
	archives, err := filepath.Glob("../testdata/errors/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	v := vocabulary(t, good)
	lists, amendments := compile(t, schema.List, v), compile(t, schema.Amendment, v)
	refused := 0
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		mine := fstest.MapFS{}
		for _, f := range archive.Files {
			mine[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		for _, word := range []string{"attributes", "measures", "services"} {
			delete(mine, "catalogs/"+word+".yaml")
		}
		for path, file := range mine {
			if !strings.HasSuffix(path, ".yaml") {
				continue
			}
			codes := problemsIn(source.NewFiles(good, source.Source{FS: mine}), path)
			if !slices.ContainsFunc(codes, isStructural) || filepath.Base(name) == "value-empty.txtar" { // JSON does not show it
				continue
			}
			refused++
			s := lists
			if bytes.HasPrefix(file.Data, []byte("amends:")) {
				s = amendments
			}
			if s.Validate(fromYAML(t, file.Data)) == nil {
				t.Errorf("%s: the loader says %v of %s, the schema nothing", name, codes, path)
			}
		}
	}
	if refused < 20 {
		t.Errorf("only %d files were tried", refused)
	}
}

// everyKey are a list and an amendment with every key that there is.
var everyKey = map[schema.Kind]string{
	schema.List: `jurisdiction: {id: east, code: "990102", name: 东县, level: county, parent: middle}
document: {title: 东县清单, number: 东政〔2024〕1号, issued: "2023-12-01", basis: official, note: 摘要}
effective_from: "2024-01-01"
effective_from_assumed: 无日期
counting_day: 15
parameters:
  least_age: {label: 年龄, unit: years, values: [{from: "2024-01-01", value: 60}], cite: [附件 1]}
  share: {label: 比例, unit: multiple, bound: at_least, values: [{from: "2024-01-01", value: 1/3, cite: [第二条]}], cite: [{document: 甲, at: 第一条}]}
  wage_monthly: {label: 最低工资, unit: cny_per_month, bound: set_locally, values: [{from: "2024-01-01", value: null}], payment: {from: month, until: month, suspended: [local_hukou]}, cite: [附件 1]}
services:
  - id: allowance
    item: "1"
    name: 津贴
    group: 老年人
    type: 物质帮助
    departments: [民政局]
    spending: 县级负担
    access: automatic
    inherits: true
    payment: {from: month_of_application, until: month_before, back_pay_months: 3, once: false, suspended: [local_hukou]}
    cite: [附件 1]
    readings: [{question: 何, answer: 此, why: 故, cite: [附件 1]}]
choose_higher:
  - {services: [allowance, bus-concession], measure: monthly_cny, reason: 不重复, cite: [附件 1]}
  - {members: [{service: allowance, measure: monthly_cny}, {service: bus-concession, measure: monthly_cny}], reason: 不重复, cite: [附件 1]}
not_modelled: [{what: 时间银行, why: 无权利内容}]
accepted: [{code: overlap, subject: allowance, reason: 就高}]
`,
	schema.Amendment: `amends: south
document: {title: 通知, number: 甲, issued: "2023-12-01", basis: official, note: 摘要}
parameters:
  wage_monthly: {label: 最低工资, unit: cny_per_month, bound: at_least, values: [{from: "2024-06-01", value: 1800, cite: [第一条]}], payment: {once: true}, cite: [{document: 乙, at: 第一条}]}
  elder_age: {unit: years, values: [{from: "2024-06-01", value: 60}], cite: [第一条]}
`,
}

// Loader and schema agree on every key of everyKey left out, on every mapping with one more, and on
// every value of another type: what the loader takes the schema takes, and what the loader refuses
// by the look of it the schema refuses.
func TestSchemaAgreesWithLoader(t *testing.T) {
	v := vocabulary(t, good)
	for kind, content := range everyKey {
		s := compile(t, kind, v)
		tried := 0
		for what, changed := range changes(t, content) {
			path := "catalogs/east.yaml"
			if kind == schema.Amendment {
				path = "catalogs/south_more.yaml"
			}
			files := source.NewFiles(good, source.Source{FS: fstest.MapFS{path: {Data: changed}}})
			codes := problemsIn(files, path)
			taken := s.Validate(fromYAML(t, changed)) == nil
			switch {
			case len(codes) == 0 && !taken:
				t.Errorf("%s: %s: the schema refuses what the loader takes", kind, what)
			case slices.ContainsFunc(codes, isStructural) && taken:
				t.Errorf("%s: %s: the loader says %v, the schema nothing", kind, what, codes)
			}
			tried++
		}
		if tried < 100 {
			t.Errorf("%s: only %d changes", kind, tried)
		}
	}
}

// changes returns all changes of one place of a YAML file, by what they do.
func changes(t *testing.T, content string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{"nothing": []byte(content)}
	others := []string{`~`, `文`, `""`, `12`, `-1`, `1.5`, `true`, `[]`, `[文]`, `[12]`, `{}`, `{key: 文}`, `"文\t字"`, `"文\u202e字"`, `"文\u2028"`}
	for place := 0; ; place++ {
		root, n, path := placeIn(t, content, place)
		if n == nil {
			return all
		}
		write := func(what string) {
			written, err := yaml.Marshal(root)
			if err != nil {
				t.Fatal(err)
			}
			all[path+" "+what] = written
		}
		for _, other := range others {
			before := *n
			var doc yaml.Node
			if err := yaml.Unmarshal([]byte(other), &doc); err != nil {
				t.Fatal(err)
			}
			*n = *doc.Content[0]
			write("= " + other)
			*n = before
		}
		if n.Kind != yaml.MappingNode {
			continue
		}
		whole := n.Content
		for i := 0; i < len(whole); i += 2 {
			n.Content = slices.Delete(slices.Clone(whole), i, i+2)
			write("without " + whole[i].Value)
		}
		n.Content = append(slices.Clone(whole), &yaml.Node{Kind: yaml.ScalarNode, Value: "colour"}, &yaml.Node{Kind: yaml.ScalarNode, Value: "red"})
		write("with colour")
	}
}

// placeIn returns a YAML file, and one of its values in order; nil behind the last.
func placeIn(t *testing.T, content string, place int) (root, at *yaml.Node, path string) {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(content), &doc); err != nil {
		t.Fatal(err)
	}
	var walk func(n *yaml.Node, name string)
	walk = func(n *yaml.Node, name string) {
		if place == 0 {
			at, path = n, name
		}
		place--
		for i, child := range n.Content {
			switch {
			case n.Kind == yaml.SequenceNode:
				walk(child, fmt.Sprintf("%s[%d]", name, i))
			case i%2 == 1:
				walk(child, name+"."+n.Content[i-1].Value)
			}
		}
	}
	walk(doc.Content[0], "")
	return &doc, at, path
}

func TestRefused(t *testing.T) {
	v := vocabulary(t, shipped)
	for _, tt := range []struct {
		kind    schema.Kind
		content string // YAML, of which JSON is a part
		taken   bool
	}{
		{schema.Elder, `{"id": "E1", "age": 80, "local_hukou": true, "self_care": "none", "birth_date": "1944-02-29"}`, true},
		{schema.Elder, `[{"age": 80}, {"age": null, "self_care": null}, {}]`, true},
		{schema.Elder, `[]`, true},
		{schema.Elder, `{"agee": 80}`, false},
		{schema.Elder, `{"age": "80"}`, false},
		{schema.Elder, `{"age": 131}`, false},
		{schema.Elder, `{"age": -1}`, false},
		{schema.Elder, `{"age": 80.5}`, false},
		{schema.Elder, `{"local_hukou": "yes"}`, false},
		{schema.Elder, `{"self_care": "half"}`, false},
		{schema.Elder, `{"birth_date": "1944-02-30"}`, false},
		{schema.Elder, `{"id_number": "1234"}`, false},
		{schema.Elder, `{"hukou_code": "1410"}`, false},
		{schema.Elder, `[{"age": 80}, {"agee": 80}]`, false},
		{schema.Elder, `80`, false},

		{schema.Cases, `[{note: a, elder: {age: 60}, refused: [old-age-allowance]}]`, true},
		{schema.Cases, `[{note: a, item: "8", elder: {age: 80}, on: "2026-11-22", entitled: {old-age-allowance: {monthly_cny: ">=30"}}, monthly_cny: "=30"}]`, true},
		{schema.Cases, `[{note: a, elder: {age: 60}, entitled: {nursing-subsidy: {monthly_cny: open dibao_standard_monthly, funeral: open}}}]`, true},
		{schema.Cases, `[{note: a, elder: {age: 60}, entitled: {}, discretionary: [care-service-subsidy]}]`, true},
		{schema.Cases, `[{note: a, item: "1", elder: {age: 60}}]`, false}, // wants nothing
		{schema.Cases, `[{note: a, elder: {age: 60}, entitled: {}, refused: []}]`, false},
		{schema.Cases, `[{note: a, elder: {age: 60}, refuse: [old-age-allowance]}]`, false},
		{schema.Cases, `[{note: a, elder: {age: 60}, refused: [old-age-alowance]}]`, false},
		{schema.Cases, `[{note: a, elder: {age: 60}, entitled: {old-age-alowance: {}}}]`, false},
		{schema.Cases, `[{note: a, elder: {age: 60}, entitled: {old-age-allowance: {montly_cny: "=1"}}}]`, false},
		{schema.Cases, `[{note: a, elder: {age: 60}, entitled: {old-age-allowance: {monthly_cny: "30"}}}]`, false},
		{schema.Cases, `[{note: a, elder: {age: 60}, entitled: {old-age-allowance: {monthly_cny: 30}}}]`, false},
		{schema.Cases, `[{note: a, elder: {}, refused: [old-age-allowance]}]`, false},
		{schema.Cases, `[{note: a, refused: [old-age-allowance]}]`, false},
		{schema.Cases, `[{elder: {age: 60}, refused: [old-age-allowance]}]`, false},
		{schema.Cases, `[{note: a, item: 8, elder: {age: 60}, refused: [old-age-allowance]}]`, false},
		{schema.Cases, `[{note: a, elder: {agee: 60}, refused: [old-age-allowance]}]`, false},
		{schema.Cases, `{note: a, elder: {age: 60}, refused: [old-age-allowance]}`, false},

		// An amendment without a document of its own cites others.
		{schema.Amendment, `{amends: huojia, parameters: {x: {values: [{from: "2024-01-01", value: 1}], cite: [{document: 甲}]}}}`, true},
		{schema.Amendment, `{amends: huojia, parameters: {x: {values: [{from: "2024-01-01", value: 1}], cite: [第一条]}}}`, false},
		{schema.Amendment, `{amends: huojia, parameters: {x: {values: [{from: "2024-01-01", value: 1, cite: [第一条]}], cite: [{document: 甲}]}}}`, false},
		{schema.Amendment, `{amends: huojia, parameters: {x: {values: [{from: "2024-01-01", value: 0/3}], cite: [{document: 甲}]}}}`, false},
	} {
		err := compile(t, tt.kind, v).Validate(fromYAML(t, []byte(tt.content)))
		if taken := err == nil; taken != tt.taken {
			t.Errorf("%s: %s: %v", tt.kind, tt.content, err)
		}
	}
}

// A schema speaks with the words of the vocabulary that it is made from, an overlay's own among
// them.
func TestWordsOfOverlay(t *testing.T) {
	overlay := source.Source{FS: fstest.MapFS{"catalogs/services.yaml": {Data: []byte("services:\n  own: {name: 自有, english: our own}\n")}}}
	s := schema.Of(schema.List, vocabulary(t, good, overlay))
	words := s["$defs"].(map[string]any)["service"].(map[string]any)["oneOf"].([]map[string]any)
	want := map[string]any{"const": "own", "title": "自有", "description": "our own"}
	if diff := cmp.Diff(want, words[len(words)-1]); diff != "" || len(words) < 2 {
		t.Errorf("%d words; the last (-want +got):\n%s", len(words), diff)
	}

	empty := &policy.Vocabulary{}
	for _, kind := range schema.Kinds() {
		compile(t, kind, empty) // a schema all the same
	}
	if schema.Of("lists", empty) != nil {
		t.Error("a schema of an unknown kind")
	}
}

func TestAttributes(t *testing.T) {
	got := schema.Attributes(vocabulary(t, good))
	want := map[string]any{
		"type": "object", "additionalProperties": false,
		"properties": map[string]any{
			"age":         map[string]any{"type": "integer", "minimum": 0, "maximum": 130, "title": "年龄", "description": "age"},
			"local_hukou": map[string]any{"type": "boolean", "title": "本地户籍", "description": "local household registration"},
			"category":    map[string]any{"type": "string", "enum": []any{"none", "tekun"}, "title": "类别", "description": "category: none 无, tekun 特困"},
			"support":     map[string]any{"type": "string", "enum": []any{"dispersed", "concentrated"}, "title": "供养方式", "description": "mode of support: dispersed 分散, concentrated 集中"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A set is an array of different values, in an elder as in a case.
func TestAttributesOfSets(t *testing.T) {
	v := &policy.Vocabulary{Attributes: []*policy.Attribute{{
		Name: "disabilities", Label: "残疾", English: "disabilities", Type: policy.Set,
		Values: []*policy.EnumValue{{Name: "visual", Label: "视力"}, {Name: "hearing", Label: "听力"}},
	}}}
	for text, want := range map[string]bool{
		`{"disabilities": []}`: true, `{"disabilities": null}`: true, `{"disabilities": ["hearing", "visual"]}`: true, `{"disabilities": "visual"}`: false,
		`{"disabilities": ["visual", "visual"]}`: false, `{"disabilities": ["speech"]}`: false, `{"disabilities": [null]}`: false,
	} {
		if got := compile(t, schema.Elder, v).Validate(fromYAML(t, []byte(text))) == nil; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
