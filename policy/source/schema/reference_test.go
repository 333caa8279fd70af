package schema_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source/schema"
)

var update = flag.Bool("update", false, "write docs/reference.md anew")

const (
	root          = "../../.."
	referenceFile = root + "/docs/reference.md"
)

// The reference is made from the schemas, the vocabularies and the METADATA of the shared rules.
func TestReference(t *testing.T) {
	want := reference(t)
	if *update {
		if err := os.WriteFile(referenceFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/reference.md is not up to date: go test ./policy/source/schema -run Reference -update")
	}
}

const head = `# Reference

What may stand in the YAML of a folder of lists, and what its Rego may call. It is made from the schemas and the vocabularies by
` + "`go test ./policy/source/schema -run Reference -update`" + `; what it cannot say is in [CONTRIBUTING.md](../CONTRIBUTING.md) and
[folder.md](folder.md). A dot stands between a key and a key under it, ` + "`[]`" + ` for each item of a list, ` + "`NAME`" + ` for a name of your own, and
` + "`SERVICE`, `MEASURE`, `ATTRIBUTE` and `TYPE`" + ` for a word of the vocabularies, which are below. A key in **bold** must be there, wherever what it
stands in is. A unit is one of those of the measures, or made as their head in ` + "`catalogs/measures.yaml`" + ` says. A text is one line, as it is printed
in one: lines after ` + "`>` or `|`" + ` are joined by spaces, and control characters, such as ` + "`\\n` or `\\t`" + ` in double quotes, are errors.
`

// reference returns the text of the reference.
func reference(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(head)
	// The words of the vocabularies have tables of their own.
	words := &policy.Vocabulary{
		Services:     []*policy.ServiceName{{ID: "SERVICE"}},
		Measures:     []*policy.Measure{{Name: "MEASURE", Label: "what is promised"}},
		ServiceTypes: []*policy.ServiceType{{Name: "TYPE"}},
		Attributes:   []*policy.Attribute{{Name: anAttribute, Type: policy.Boolean}},
	}
	var list []string
	for _, kind := range []schema.Kind{schema.List, schema.Amendment, schema.Cases} {
		s := decoded(t, schema.Of(kind, words))
		w := walker{definitions: object(s, "$defs")}
		path := ""
		if items := object(s, "items"); items != nil {
			path, s["properties"], s["required"] = "[]", items["properties"], items["required"]
		}
		w.walk(path, s)
		what, file, _ := strings.Cut(s["title"].(string), ", ")
		fmt.Fprintf(&b, "\n## %s\n\n`%s`", strings.ToUpper(what[:1])+what[1:], file)
		switch kind {
		case schema.List:
			list = w.rows
		case schema.Amendment:
			b.WriteString(". What it has as a list has it is not here again.")
			w.rows = slices.DeleteFunc(w.rows, func(row string) bool { return slices.Contains(list, row) })
		}
		fmt.Fprintf(&b, "\n\n| key | value | meaning |\n| --- | --- | --- |\n%s", strings.Join(w.rows, ""))
	}
	citations(t, &b, words)
	writeWords(&b, vocabulary(t, shipped))
	writeRules(t, &b)
	return b.String()
}

// anAttribute stands for the name of any attribute.
const anAttribute = "ATTRIBUTE"

// citations writes once what stands in many places.
func citations(t *testing.T, b *strings.Builder, words *policy.Vocabulary) {
	t.Helper()
	cite := object(object(decoded(t, schema.Of(schema.List, words)), "$defs"), "cite")
	w := walker{}
	w.walk("[]", object(cite, "items"))
	fmt.Fprintf(b, "\n## Citations\n\n%s.\n\n| key | value | meaning |\n| --- | --- | --- |\n%s", cite["description"], strings.Join(w.rows, ""))
}

// decoded returns a schema as JSON has it.
func decoded(t *testing.T, s map[string]any) map[string]any {
	t.Helper()
	written, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return fromJSON(t, written).(map[string]any)
}

// object returns the object under a key, nil when there is none.
func object(of map[string]any, key string) map[string]any {
	o, _ := of[key].(map[string]any)
	return o
}

// walker writes the rows of a schema.
type walker struct {
	definitions map[string]any
	rows        []string
}

// resolved returns a schema, or the one that it refers to.
func (w *walker) resolved(s map[string]any) map[string]any {
	if to, ok := s["$ref"].(string); ok {
		if to == "#/$defs/cite" {
			return map[string]any{"type": "citations"}
		}
		of := maps.Clone(object(w.definitions, strings.TrimPrefix(to, "#/$defs/")))
		if said, ok := s["description"]; ok {
			of["description"] = said
		}
		return of
	}
	return s
}

// walk writes the rows of what stands under a path.
func (w *walker) walk(path string, s map[string]any) {
	s = w.resolved(s)
	properties := object(s, "properties")
	required, _ := s["required"].([]any)
	for _, key := range keysOf(properties, required) {
		whole := key
		if path != "" {
			whole = path + "." + key
		}
		under := w.resolved(object(properties, key))
		name := "`" + whole + "`"
		if slices.Contains(required, any(key)) {
			name = "**" + name + "**"
		}
		value := w.value(under)
		if key == anAttribute {
			value = "as below"
		}
		w.rows = append(w.rows, fmt.Sprintf("| %s | %s | %s |\n", name, value, meaning(under)))
		w.walk(whole, under)
	}
	if items := object(s, "items"); items != nil && path != "[]" {
		w.walk(path+"[]", items)
	}
	if values := object(s, "additionalProperties"); values != nil {
		name := ".NAME"
		if object(s, "propertyNames")["$ref"] != nil {
			name = ".SERVICE"
		}
		w.walk(path+name, values)
	}
}

// keysOf returns the keys of a mapping: those that must be there first.
func keysOf(properties map[string]any, required []any) []string {
	keys := slices.Collect(maps.Keys(properties))
	slices.SortFunc(keys, func(a, b string) int {
		at := func(key string) int {
			if i := slices.Index(required, any(key)); i >= 0 {
				return i
			}
			return len(required)
		}
		return cmp.Or(cmp.Compare(at(a), at(b)), cmp.Compare(a, b))
	})
	return keys
}

// value says what a value may be.
func (w *walker) value(s map[string]any) string {
	s = w.resolved(s)
	if all, ok := s["enum"].([]any); ok {
		var words []string
		for _, word := range all {
			words = append(words, fmt.Sprintf("`%v`", word))
		}
		return strings.Join(words, " ")
	}
	if all, ok := s["oneOf"].([]any); ok && s["type"] == nil {
		var words []string
		for _, one := range all {
			word := fmt.Sprint(one.(map[string]any)["const"])
			words = append(words, "`"+word+"`")
		}
		return strings.Join(words, " ")
	}
	switch kind := s["type"].(type) {
	case []any:
		var kinds []string
		for _, k := range kind {
			kinds = append(kinds, w.value(map[string]any{"type": k}))
		}
		return strings.Join(kinds, " or ")
	case string:
		return w.plain(kind, s)
	}
	return ""
}

// plain says what a value of one type may be.
func (w *walker) plain(kind string, s map[string]any) string {
	switch {
	case kind == "string" && s["format"] == "date":
		return `day, "YYYY-MM-DD"`
	case kind == "string" && s["anyOf"] != nil:
		return "unit"
	case kind == "string":
		return "text"
	case kind == "integer":
		return fmt.Sprintf("%v–%v", s["minimum"], s["maximum"])
	case kind == "boolean":
		return "`true` `false`"
	case kind == "array":
		of := w.value(object(s, "items"))
		if of == "mapping" {
			of = "mappings"
		}
		return strings.TrimSuffix("list of "+of, " of ")
	case kind == "object" && s["propertyNames"] != nil:
		return "mapping by names"
	case kind == "object":
		return "mapping"
	}
	return kind
}

// meaning says what a value means, and what each of its words does.
func meaning(s map[string]any) string {
	said, _ := s["description"].(string)
	parts := []string{}
	if said != "" {
		parts = append(parts, said)
	}
	all, _ := s["oneOf"].([]any)
	for _, one := range all {
		word, _ := one.(map[string]any)
		if d, ok := word["description"].(string); ok {
			parts = append(parts, fmt.Sprintf("`%v`: %s", word["const"], d))
		}
	}
	return strings.ReplaceAll(strings.Join(parts, "; "), "|", `\|`)
}

// writeWords writes the vocabularies that come with the program.
func writeWords(b *strings.Builder, v *policy.Vocabulary) {
	b.WriteString("\n## Attributes\n\nRules read `input.age`, and cases and inputs say `age`.\n\n| attribute | label | values | asked of |\n| --- | --- | --- | --- |\n")
	for _, a := range v.Attributes {
		fmt.Fprintf(b, "| `%s` | %s, %s | %s | %s |\n", a.Name, a.Label, a.English, valuesOf(a), askedOf(a))
	}
	b.WriteString("\nInstead of an attribute an input may say what gives it:\n\n| input | label | gives |\n| --- | --- | --- |\n")
	for _, in := range v.Inputs {
		fmt.Fprintf(b, "| `%s` | %s, %s | `%s` |\n", in.Name, in.Label, in.English, in.Gives)
	}
	b.WriteString("\n## Measures\n\n| measure | label | kind | unit of its parameters |\n| --- | --- | --- | --- |\n")
	for _, m := range v.Measures {
		fmt.Fprintf(b, "| `%s` | %s, %s | %s | `%s` |\n", m.Name, m.Label, m.English, m.Kind, m.Unit)
	}
	b.WriteString("\n## Services\n\nTheir types: ")
	for i, s := range v.ServiceTypes {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(b, "%s (%s)", s.Name, s.English)
	}
	b.WriteString(".\n\n| id | name |\n| --- | --- |\n")
	for _, s := range v.Services {
		fmt.Fprintf(b, "| `%s` | %s, %s |\n", s.ID, s.Name, s.English)
	}
}

func valuesOf(a *policy.Attribute) string {
	switch a.Type {
	case policy.Boolean:
		return "`true` `false`"
	case policy.Integer:
		return fmt.Sprintf("%d–%d %s", a.Min, a.Max, a.Unit)
	}
	var all []string
	for _, e := range a.Values {
		all = append(all, "`"+e.Name+"` "+e.Label)
	}
	return strings.Join(all, ", ")
}

func askedOf(a *policy.Attribute) string {
	if a.AskedOf == nil {
		return "everybody"
	}
	var all []string
	for _, v := range a.AskedOf.Values {
		all = append(all, fmt.Sprintf("`%v`", v))
	}
	return "`" + a.AskedOf.Attribute + "` " + strings.Join(all, " ")
}

var (
	annotated = regexp.MustCompile(`(?m)^# METADATA\n((?:#.*\n)+)([a-z]\w*(?:\([^)]*\))?)(.*)$`)
	titleOf   = regexp.MustCompile(`(?m)^# title: (.*)$`)
	described = regexp.MustCompile(`(?m)^# description: (?:>-\n)?((?:#  )?.*\n(?:#  .*\n)*)`)
)

// writeRules writes what the rules of all lists may call, by its METADATA.
func writeRules(t *testing.T, b *strings.Builder) {
	t.Helper()
	b.WriteString("\n## Rego\n\nA list is a package `lists.<stem>` with a partial set `grants`; parameters are `data.parameters`. It may call:\n\n| | | |\n| --- | --- | --- |\n")
	for _, file := range []string{"grant", "elder"} {
		text, err := os.ReadFile(filepath.Join(root, "rego", file+".rego"))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, m := range annotated.FindAllStringSubmatch(string(text), -1) {
			if m[2] == "package" || strings.HasPrefix(m[3], " contains ") {
				continue
			}
			n++
			title, description := titleOf.FindStringSubmatch(m[1]), ""
			if d := described.FindStringSubmatch(m[1]); d != nil {
				description = strings.Join(strings.Fields(strings.ReplaceAll(d[1], "\n#", " ")), " ")
			}
			fmt.Fprintf(b, "| `%s.%s` | %s | %s |\n", file, m[2], title[1], strings.TrimPrefix(description, "# "))
		}
		if n < 5 {
			t.Errorf("%s.rego has only %d rules", file, n)
		}
	}
}
